"""Writes evaluation_oracle.json: what SciPy, scikit-image and NumPy make of random shapes.

    pip install numpy scipy scikit-image
    python evaluation_oracle.py > evaluation_oracle.json

Boundary F1 by contours from morphological dilation and SciPy's Euclidean distance transform, calibration by NumPy's digitize,
the distances of a set of points by SciPy.
"""

import json
import sys

import numpy as np
from scipy.ndimage import binary_dilation, distance_transform_edt, generate_binary_structure
from skimage.segmentation import find_boundaries

CLASSES, IGNORE = 6, 255
CROSS = generate_binary_structure(2, 1)
rng = np.random.default_rng(20130909)


def blobs(height, width, present, count):
    """Overlapping ellipses."""
    y, x = np.mgrid[:height, :width]
    labels = np.full((height, width), present[0])
    for _ in range(count):
        cy, cx = rng.uniform(0, height), rng.uniform(0, width)
        ry, rx = rng.uniform(2, height / 3), rng.uniform(2, width / 3)
        labels[((y - cy) / ry) ** 2 + ((x - cx) / rx) ** 2 < 1] = rng.choice(present)
    return labels


def contour(labels, c):
    known = labels != IGNORE
    mine = labels == c
    found = mine & binary_dilation(known & ~mine, CROSS)
    if known.all():
        # Nothing ignored: scikit-image has a name for it.
        assert (found == find_boundaries(mine, connectivity=1, mode="inner", background=0)).all()
    return found


def boundary_f1(truth, predicted):
    theta = 0.0075 * np.hypot(*truth.shape)
    predicted = np.where(truth == IGNORE, IGNORE, predicted)
    values = {}
    for c in range(CLASSES):
        t, p = contour(truth, c), contour(predicted, c)
        if not t.any() and not p.any():
            continue
        if not t.any() or not p.any():
            values[c] = 0.0
            continue
        precision = (distance_transform_edt(~t)[p] < theta).mean()
        recall = (distance_transform_edt(~p)[t] < theta).mean()
        values[c] = 2 * precision * recall / (precision + recall) if precision + recall > 0 else 0.0
    return values


def image(height, width, present, ignored):
    truth = blobs(height, width, present, 12)
    predicted = np.roll(truth, rng.integers(0, 4, 2), (0, 1))
    extra = blobs(height, width, present, 6)
    predicted = np.where(rng.random((height, width)) < 0.01, extra, predicted)
    predicted[height // 2 :, : width // 3] = extra[height // 2 :, : width // 3]
    if ignored:
        truth[blobs(height, width, [0, 1], 3) == 1] = IGNORE
    confidence = np.clip(rng.normal(200, 60, (height, width)), 0, 255).astype(int)
    return truth, predicted, confidence


images = [
    image(60, 80, [0, 1, 2], False),
    image(97, 41, [1, 2, 3, 4], True),
    image(200, 150, [0, 1, 2, 3, 4], True),
    image(64, 64, [2], False),
]
f1 = [boundary_f1(t, p) for t, p, _ in images]

correct = np.concatenate([(t == p)[t != IGNORE] for t, p, _ in images])
confidence = np.concatenate([c[t != IGNORE] for t, _, c in images])
# (m - 1)/15 < confidence <= m/15, and 0 with the first.
bins = np.maximum(np.digitize(confidence, np.arange(16) * 17, right=True) - 1, 0)
bin_pixels = [int((bins == b).sum()) for b in range(15)]
error = sum(
    abs(correct[bins == b].mean() - confidence[bins == b].mean() / 255) * (bins == b).sum() / len(bins)
    for b in range(15)
    if (bins == b).any()
)

points = rng.random((37, 53)) < 0.01
distances = np.rint(distance_transform_edt(~points) ** 2).astype(int)

values = rng.normal(size=41)

json.dump(
    {
        "classes": CLASSES,
        "ignore": IGNORE,
        "images": [
            {
                "height": t.shape[0],
                "width": t.shape[1],
                "truth": "".join(chr(48 + v) if v != IGNORE else "." for v in t.ravel()),
                "predicted": "".join(chr(48 + v) for v in p.ravel()),
                "confidence": bytes(c.astype(np.uint8).ravel()).hex(),
                "boundary_f1": values_of_image,
            }
            for (t, p, c), values_of_image in zip(images, f1)
        ],
        "mean_boundary_f1": float(
            np.mean([np.mean([v[c] for v in f1 if c in v]) for c in range(CLASSES) if any(c in v for v in f1)])
        ),
        "bin_pixels": bin_pixels,
        "expected_calibration_error": float(error),
        "points": {"height": 37, "width": 53, "set": "".join("#" if v else "." for v in points.ravel()), "squared": distances.ravel().tolist()},
        "percentiles": {"values": values.tolist(), "low": np.percentile(values, 2.5), "high": np.percentile(values, 97.5)},
    },
    sys.stdout,
)
print()
