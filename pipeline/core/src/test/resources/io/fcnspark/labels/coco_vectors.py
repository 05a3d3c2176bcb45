"""Writes coco_vectors.json: masks with what pycocotools (2.0.11, numpy 2.4) makes of them.

    pip install pycocotools numpy
    python coco_vectors.py polygons.json > coco_vectors.json

polygons.json holds, for each mask and class, the polygons of MaskPolygons; pycocotools rasterises them, so that the
test sees whether others find the same pixels inside. Without it, those of the coco_vectors.json that is there are kept.
"""
import json
import sys

import numpy as np
from pycocotools import mask as coco

CLASSES = 4


def masks():
    random = np.random.default_rng(20260131)
    yield np.zeros((1, 1), np.uint8)
    yield np.full((3, 5), 2, np.uint8)
    yield np.arange(7, dtype=np.uint8).reshape(1, 7) % CLASSES
    yield np.arange(9, dtype=np.uint8).reshape(9, 1) % CLASSES
    yield np.indices((6, 7)).sum(0).astype(np.uint8) % 2
    rings = np.zeros((11, 12), np.uint8)
    for step in range(5):
        rings[step:11 - step, step:12 - step] = step % 2
    yield rings
    for _ in range(20):
        yield random.integers(0, CLASSES, random.integers(1, 12, 2)).astype(np.uint8)
    for _ in range(20):
        height, width = random.integers(8, 60, 2)
        mask = np.zeros((height, width), np.uint8)
        for _ in range(12):
            y, x = random.integers(0, height), random.integers(0, width)
            mask[y:y + random.integers(1, 20), x:x + random.integers(1, 20)] = random.integers(0, CLASSES)
        yield mask
    large = np.zeros((180, 240), np.uint8)
    large[30:170, 5:230] = 1
    large[60:90, 50:200] = 2
    yield large


def vectors(polygons):
    for number, mask in enumerate(masks()):
        height, width = mask.shape
        classes = []
        for label in range(CLASSES):
            rle = coco.encode(np.asfortranarray(mask == label, np.uint8))
            entry = {
                "counts": rle["counts"].decode(),
                "area": int(coco.area(rle)),
                "bbox": [int(v) for v in coco.toBbox(rle)],
            }
            if polygons:
                entry["polygons"] = polygons[number][label]
                if entry["polygons"]:
                    merged = coco.merge(coco.frPyObjects(entry["polygons"], height, width))
                else:
                    merged = coco.encode(np.zeros((height, width), np.uint8, "F"))
                entry["polygon_counts"] = merged["counts"].decode()
            classes.append(entry)
        yield {"height": height, "width": width, "pixels": "".join(map(str, mask.ravel())), "classes": classes}


if __name__ == "__main__":
    if len(sys.argv) > 1:
        given = json.load(open(sys.argv[1]))
    else:
        try:
            given = [[c["polygons"] for c in v["classes"]] for v in json.load(open("coco_vectors.json"))]
        except (OSError, KeyError):
            given = None
    print("[" + ",\n".join(json.dumps(v, separators=(",", ":")) for v in vectors(given)) + "]")
