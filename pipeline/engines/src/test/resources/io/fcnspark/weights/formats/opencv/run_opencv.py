"""Runs the authors' FCNs with seeded random weights in OpenCV's dnn module, which reads Caffe's prototxt and caffemodel.

Needs numpy and OpenCV 4 (opencv-python-headless 4.14; OpenCV 5 reads no Caffe files). In this folder:

    python3 run_opencv.py                                    writes the small files that are kept here
    python3 run_opencv.py --width 1 --classes 21 --photo PHOTO.jpg --out DIR
                                                             writes the same in full size, from a photograph

and for the latter: FCN_CAFFE_RUNTIME=DIR mvn -pl pipeline/engines -am test -Dtest=CaffeRuntimeTest -Dsurefire.failIfNoSpecifiedTests=false

For each net it writes NET.caffemodel and NET.scores (classes x height x width, fp32, little-endian); picture.png for all.
"""

import argparse
import os
import struct

import cv2
import numpy as np

MEAN = (104.00699, 116.66877, 122.67892)  # voc_layers.py, BGR


class Net:
    """A prototxt and its weights, line by line as in the authors' net.py."""

    def __init__(self, width, classes, seed):
        self.width, self.classes = width, classes
        self.random = np.random.default_rng(seed)
        self.text = ['input: "data" input_dim: 1 input_dim: 3 input_dim: HEIGHT input_dim: WIDTH']
        self.blobs = []
        self.channels = {"data": 3}

    def scaled(self, channels):
        return max(1, int(channels * self.width + 0.5))

    def layer(self, name, kind, bottoms, parameters="", blobs=(), channels=None):
        bottom = " ".join(f'bottom: "{b}"' for b in bottoms)
        self.text.append(f'layer {{ name: "{name}" type: "{kind}" {bottom} top: "{name}" {parameters} }}')
        if blobs:
            self.blobs.append((name, kind, blobs))
        self.channels[name] = channels or self.channels[bottoms[0]]
        return name

    def convolution(self, name, bottom, channels, kernel, pad):
        inputs = self.channels[bottom]
        deviation = np.sqrt(2 / (inputs * kernel * kernel))
        weights = self.random.standard_normal((channels, inputs, kernel, kernel), np.float32) * np.float32(deviation)
        biases = self.random.standard_normal(channels, np.float32) * np.float32(0.1)
        return self.layer(
            name, "Convolution", [bottom],
            f"convolution_param {{ num_output: {channels} kernel_size: {kernel} pad: {pad} }}",
            [weights, biases], channels)

    def conv_relu(self, name, bottom, vgg_channels, kernel=3, pad=1):
        conv = self.convolution(name, bottom, self.scaled(vgg_channels), kernel, pad)
        return self.layer(name.replace("conv", "relu").replace("fc", "relu"), "ReLU", [conv])

    def score(self, name, bottom):
        return self.convolution(name, bottom, self.classes, 1, 0)

    def pool(self, name, bottom):
        return self.layer(name, "Pooling", [bottom], "pooling_param { pool: MAX kernel_size: 2 stride: 2 }")

    def upsample(self, name, bottom, kernel, stride):
        factor = (kernel + 1) // 2
        line = 1 - np.abs(np.arange(kernel) - (factor - 0.5)) / factor
        weights = np.zeros((self.classes, self.classes, kernel, kernel), np.float32)
        weights[range(self.classes), range(self.classes)] = np.outer(line, line)
        return self.layer(
            name, "Deconvolution", [bottom],
            f"convolution_param {{ num_output: {self.classes} kernel_size: {kernel} stride: {stride} bias_term: false }}",
            [weights])

    def scale(self, name, bottom, factor):
        return self.layer(name, "Scale", [bottom], blobs=[np.full(self.channels[bottom], factor, np.float32)])

    def crop(self, name, bottom, like, offset):
        return self.layer(name, "Crop", [bottom, like], f"crop_param {{ axis: 2 offset: {offset} }}")

    def add(self, name, left, right):
        return self.layer(name, "Eltwise", [left, right], "eltwise_param { operation: SUM }")

    def build(self, variant):
        x = "data"
        pools = {}
        for block, (channels, count) in enumerate([(64, 2), (128, 2), (256, 3), (512, 3), (512, 3)], 1):
            for i in range(1, count + 1):
                x = self.conv_relu(f"conv{block}_{i}", x, channels, pad=100 if x == "data" else 1)
            x = pools[block] = self.pool(f"pool{block}", x)
        x = self.conv_relu("fc6", x, 4096, kernel=7, pad=0)
        x = self.conv_relu("fc7", x, 4096, kernel=1, pad=0)
        x = self.score("score_fr", x)
        if variant == "fcn32s":
            return self.crop("score", self.upsample("upscore", x, 64, 32), "data", 19)
        x = self.upsample("upscore2", x, 4, 2)
        pool4 = self.scale("scale_pool4", pools[4], 0.01) if variant == "fcn8s-atonce" else pools[4]
        side = self.crop("score_pool4c", self.score("score_pool4", pool4), x, 5)
        x = self.add("fuse_pool4", x, side)
        if variant == "fcn16s":
            return self.crop("score", self.upsample("upscore16", x, 32, 16), "data", 27)
        x = self.upsample("upscore_pool4", x, 4, 2)
        pool3 = self.scale("scale_pool3", pools[3], 0.0001) if variant == "fcn8s-atonce" else pools[3]
        side = self.crop("score_pool3c", self.score("score_pool3", pool3), x, 9)
        x = self.add("fuse_pool3", x, side)
        return self.crop("score", self.upsample("upscore8", x, 16, 8), "data", 31)

    def balance(self, means):
        """Takes the mean score of each class off its bias, so that the label map is not all of one class."""
        next(blobs for name, _, blobs in self.blobs if name == "score_fr")[1] -= means

    def run(self, base, picture):
        """Writes the caffemodel and has OpenCV compute the scores, classes x height x width."""
        self.caffemodel(base + ".caffemodel")
        prototxt = np.frombuffer(self.prototxt(*picture.shape[:2]).encode(), np.uint8)
        dnn = cv2.dnn.readNetFromCaffe(prototxt, np.fromfile(base + ".caffemodel", np.uint8))
        dnn.enableWinograd(False)
        blob = (picture.astype(np.float32) - np.array(MEAN, np.float32)).transpose(2, 0, 1)[None]
        dnn.setInput(np.ascontiguousarray(blob))
        return dnn.forward("score")[0]

    def prototxt(self, height, width):
        return "\n".join(self.text).replace("HEIGHT", str(height)).replace("WIDTH", str(width)) + "\n"

    def caffemodel(self, path):
        """NetParameter { layer = 100 { name = 1 type = 2 blobs = 7 { data = 5 shape = 7 { dim = 1 } } } }"""
        with open(path, "wb") as file:
            for name, kind, arrays in self.blobs:
                blobs = []
                for array in arrays:
                    dims = b"".join(varint(d) for d in array.shape)
                    head = field(7, len(field(1, len(dims)) + dims)) + field(1, len(dims)) + dims
                    data = memoryview(np.ascontiguousarray(array, "<f4")).cast("B")
                    blobs.append((head + field(5, len(data)), data))
                strings = b"".join(field(n, len(s)) + s.encode() for n, s in ((1, name), (2, kind)))
                sizes = [len(head) + len(data) for head, data in blobs]
                total = len(strings) + sum(len(field(7, size)) + size for size in sizes)
                file.write(field(100, total) + strings)
                for (head, data), size in zip(blobs, sizes):
                    file.write(field(7, size) + head)
                    file.write(data)


def varint(number):
    out = bytearray()
    while number > 127:
        out.append(number & 127 | 128)
        number >>= 7
    return bytes(out + bytes([number]))


def field(number, length):
    """Tag and length of a length-delimited field."""
    return varint(number << 3 | 2) + varint(length)


def generated_picture(height, width):
    y, x = np.mgrid[:height, :width]
    planes = [120 + 100 * np.sin(x / 7.0 + c) * np.cos(y / (5.0 + c)) + (x * y + 11 * c) % 23 for c in range(3)]
    return np.stack(planes, axis=2).astype(np.uint8)


def main():
    arguments = argparse.ArgumentParser()
    arguments.add_argument("--width", type=float, default=1 / 128)
    arguments.add_argument("--classes", type=int, default=3)
    arguments.add_argument("--photo")
    arguments.add_argument("--out", default=os.path.dirname(os.path.abspath(__file__)))
    arguments = arguments.parse_args()
    picture = cv2.imread(arguments.photo) if arguments.photo else generated_picture(45, 70)
    os.makedirs(arguments.out, exist_ok=True)
    cv2.imwrite(os.path.join(arguments.out, "picture.png"), picture)
    height, width = picture.shape[:2]
    for seed, variant in enumerate(["fcn32s", "fcn16s", "fcn8s", "fcn8s-atonce"]):
        base = os.path.join(arguments.out, variant)
        net = Net(arguments.width, arguments.classes, seed)
        net.build(variant)
        net.balance(net.run(base, picture).mean((1, 2)))
        scores = net.run(base, picture)
        assert scores.shape == (arguments.classes, height, width), scores.shape
        counts = np.bincount(scores.argmax(0).ravel(), minlength=arguments.classes)
        print(variant, "pixels by class", counts, "scores", scores.min(), "to", scores.max())
        scores.astype("<f4").tofile(base + ".scores")


if __name__ == "__main__":
    main()
