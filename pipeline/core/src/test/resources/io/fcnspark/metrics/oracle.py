"""Writes oracle.json: label maps and their scores as scikit-learn computes them.

    pip install numpy scikit-learn
    python oracle.py > oracle.json
"""

import json
import sys

import numpy as np
from sklearn.metrics import accuracy_score, confusion_matrix, jaccard_score, recall_score

CLASSES, IGNORE, HEIGHT, WIDTH = 6, 255, 13, 17
rng = np.random.default_rng(20150608)


def image(present):
    truth = rng.choice(present, size=(HEIGHT, WIDTH))
    wrong = rng.choice(present, size=(HEIGHT, WIDTH))
    predicted = np.where(rng.random((HEIGHT, WIDTH)) < 0.7, truth, wrong)
    truth = np.where(rng.random((HEIGHT, WIDTH)) < 0.1, IGNORE, truth)
    return truth, predicted


def mean_iou(truth, predicted):
    labels = np.union1d(truth, predicted)
    return jaccard_score(truth, predicted, labels=labels, average="macro")


# Class 5 never occurs; class 4 only in the last image.
images = [image([0, 1, 2]), image([1, 2, 3]), image([0, 3]), image([0, 1, 2, 3, 4])]
counted = [(t[t != IGNORE], p[t != IGNORE]) for t, p in images]
truth = np.concatenate([t for t, _ in counted])
predicted = np.concatenate([p for _, p in counted])
occurring = np.union1d(truth, predicted)
iou = jaccard_score(truth, predicted, labels=occurring, average=None)
recall = recall_score(truth, predicted, labels=occurring, average=None)

json.dump(
    {
        "classes": CLASSES,
        "ignore": IGNORE,
        "width": WIDTH,
        "height": HEIGHT,
        "images": [{"truth": t.ravel().tolist(), "predicted": p.ravel().tolist()} for t, p in images],
        "expected": {
            "confusion": confusion_matrix(truth, predicted, labels=range(CLASSES)).tolist(),
            "ignored_pixels": int(sum((t == IGNORE).sum() for t, _ in images)),
            "pixel_accuracy": accuracy_score(truth, predicted),
            "mean_accuracy": recall_score(truth, predicted, labels=np.unique(truth), average="macro"),
            "mean_iou": mean_iou(truth, predicted),
            "frequency_weighted_iou": jaccard_score(truth, predicted, average="weighted"),
            "mean_image_iou": float(np.mean([mean_iou(t, p) for t, p in counted])),
            "accuracy": dict(zip(occurring.tolist(), recall.tolist())),
            "iou": dict(zip(occurring.tolist(), iou.tolist())),
        },
    },
    sys.stdout,
)
print()
