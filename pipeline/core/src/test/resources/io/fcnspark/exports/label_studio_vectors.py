"""Makes label_studio_vectors.json: masks with what label-studio-converter 0.0.59 (brush.py) makes of each of their classes.

    pip install label-studio-converter==0.0.59
    python label_studio_vectors.py > label_studio_vectors.json

A mask is stored as runs [pixels, class] in the order of its rows.
"""

import itertools
import json

import numpy as np
from label_studio_converter.brush import decode_rle, mask2rle


def masks():
    rng = np.random.default_rng(7)
    yield np.zeros((1, 1), int)
    yield np.ones((3, 5), int)
    yield np.array([[0, 1, 0], [1, 0, 1]])
    for height, width in [(7, 11), (16, 16), (40, 30)]:
        yield rng.integers(0, 3, (height, width))
        yield np.repeat(rng.integers(0, 3, (height, 1)), width, 1)
    # Runs that need several pieces, and one that ends where a piece does.
    big = np.zeros((256, 256), int)
    big[100:164] = 1
    big[200:210, 17:60] = 2
    yield big
    yield np.zeros((300, 300), int)


def main():
    vectors = []
    for mask in masks():
        classes = []
        for id in range(int(mask.max()) + 1):
            inside = ((mask == id) * 255).astype(np.uint8)
            rle = mask2rle(inside)
            assert (decode_rle(rle).reshape(*mask.shape, 4)[:, :, 3] == inside).all()
            classes.append(rle)
        runs = [[len(list(group)), int(value)] for value, group in itertools.groupby(mask.ravel())]
        vectors.append({"height": mask.shape[0], "width": mask.shape[1], "runs": runs, "rle": classes})
    print(json.dumps(vectors, separators=(",", ":")))


main()
