"""Writes the files in this folder: the weights of one tiny VGG16 and of FCNs over it, as the tools write them that publish weights.

Needs numpy, h5py, torch, safetensors, onnx and grpcio-tools; versions with which the files were made: numpy 2.4, h5py 3.16,
torch 2.6, safetensors 0.8, onnx 1.23, protobuf 7.36. Run it in this folder: python3 write_weights.py

Every value follows from the name of its tensor and its index in OIHW order, see value(); the tests compute the same.
"""

import argparse
import importlib
import io
import os
import pickle
import struct
import sys
import tempfile
import zipfile
import zlib
from collections import OrderedDict

import h5py
import numpy as np
import onnx
import torch
from onnx import TensorProto, helper
from safetensors.torch import save_file

HERE = os.path.dirname(os.path.abspath(__file__))

# Width 1/128 of VGG16, channels rounded as the network rounds them.
BLOCKS = [[1, 1], [1, 1], [2, 2, 2], [4, 4, 4], [4, 4, 4]]
FC = 32
CLASSES = 2
HEAD = 10


def convolutions():
    inputs = 3
    for block, channels in enumerate(BLOCKS, 1):
        for i, outputs in enumerate(channels, 1):
            yield f"conv{block}_{i}", (outputs, inputs, 3, 3)
            inputs = outputs


SHAPES = OrderedDict(convolutions())
SHAPES["fc6"] = (FC, BLOCKS[-1][-1], 7, 7)
SHAPES["fc7"] = (FC, FC, 1, 1)
FEATURES = [layer for layer in SHAPES if layer.startswith("conv")]
SCORES = {"score_fr": FC, "score_pool4": BLOCKS[3][-1], "score_pool3": BLOCKS[2][-1]}
VARIANTS = {
    "fcn32s": (["score_fr"], {"upscore": 64}),
    "fcn16s": (["score_fr", "score_pool4"], {"upscore2": 4, "upscore16": 32}),
    "fcn8s": (["score_fr", "score_pool4", "score_pool3"], {"upscore2": 4, "upscore_pool4": 4, "upscore8": 16}),
}


def value(name, shape):
    """fp32 numbers between -0.5 and 0.5, exact in every language: a hash of the index, begun with the CRC-32 of the name."""
    index = np.arange(int(np.prod(shape)), dtype=np.uint64)
    mixed = (index * np.uint64(2654435761) + np.uint64(zlib.crc32(name.encode()))) & np.uint64(0xFFFFFFFF)
    mixed = (mixed ^ (mixed >> np.uint64(15))) * np.uint64(2246822519) & np.uint64(0xFFFFFFFF)
    return ((mixed >> np.uint64(8)).astype(np.float64) / 2**24 - 0.5).astype(np.float32).reshape(shape)


def bilinear(channels, kernel):
    factor = (kernel + 1) // 2
    centre = factor - 1 if kernel % 2 == 1 else factor - 0.5
    line = 1 - np.abs(np.arange(kernel) - centre) / factor
    weights = np.zeros((channels, channels, kernel, kernel), np.float32)
    for c in range(channels):
        weights[c, c] = np.outer(line, line)
    return weights


def weight(layer):
    return value(layer + ".weight", SHAPES[layer])


def bias(layer):
    return value(layer + ".bias", SHAPES[layer][:1])


def head(dtype=np.float32):
    """The classifier's last layer: outputs x inputs, and biases."""
    return value("fc8.weight", (HEAD, FC)).astype(dtype), value("fc8.bias", (HEAD,)).astype(dtype)


def fcn(variant):
    """All tensors of an FCN under the authors' names."""
    tensors = OrderedDict()
    for layer in SHAPES:
        tensors[layer + ".weight"] = weight(layer)
        tensors[layer + ".bias"] = bias(layer)
    scores, upsampling = VARIANTS[variant]
    for layer in scores:
        tensors[layer + ".weight"] = value(layer + ".weight", (CLASSES, SCORES[layer], 1, 1))
        tensors[layer + ".bias"] = value(layer + ".bias", (CLASSES,))
    for layer, kernel in upsampling.items():
        tensors[layer + ".weight"] = bilinear(CLASSES, kernel)
    return tensors


# --- Caffe -------------------------------------------------------------------------------------------------------------

PROTO = """
syntax = "proto2";
message BlobShape { repeated int64 dim = 1 [packed = true]; }
message BlobProto {
  optional int32 num = 1; optional int32 channels = 2; optional int32 height = 3; optional int32 width = 4;
  repeated float data = 5 [packed = PACKED];
  optional BlobShape shape = 7;
  repeated double double_data = 8 [packed = PACKED];
}
message V1LayerParameter {
  optional string name = 4; optional int32 type = 5; repeated BlobProto blobs = 6; repeated string bottom = 2;
}
message LayerParameter {
  optional string name = 1; optional string type = 2; repeated string bottom = 3; repeated BlobProto blobs = 7;
}
message NetParameter {
  optional string name = 1; repeated V1LayerParameter layers = 2; optional bool debug_info = 7;
  repeated LayerParameter layer = 100;
}
"""


def caffe_messages(packed):
    from grpc_tools import protoc

    name = "net_packed" if packed else "net_unpacked"
    with tempfile.TemporaryDirectory() as folder:
        proto = PROTO.replace("PACKED", str(packed).lower()).replace('"proto2";', f'"proto2"; package {name};')
        with open(os.path.join(folder, name + ".proto"), "w") as file:
            file.write(proto)
        assert protoc.main(["protoc", "-I" + folder, "--python_out=" + folder, name + ".proto"]) == 0
        sys.path.insert(0, folder)
        try:
            return importlib.import_module(name + "_pb2")
        finally:
            sys.path.pop(0)


def caffe(path, layers, generation=2, legacy=False, double=False, packed=True):
    """layers: names with lists of arrays."""
    pb2 = caffe_messages(packed)
    net = pb2.NetParameter(name="VGG16")
    for name, blobs in layers.items():
        if generation == 1:
            layer = net.layers.add(name=name, type=4)
        else:
            layer = net.layer.add(name=name, type="Convolution", bottom=["data"])
        for array in blobs:
            blob = layer.blobs.add()
            if legacy:
                blob.num, blob.channels, blob.height, blob.width = (1,) * (4 - array.ndim) + array.shape
            else:
                blob.shape.dim.extend(array.shape)
            (blob.double_data if double else blob.data).extend(array.ravel().tolist())
        if generation == 2 and name.startswith("conv"):
            net.layer.add(name=name.replace("conv", "relu"), type="ReLU", bottom=[name])
    with open(path, "wb") as file:
        file.write(net.SerializeToString())


def caffe_classifier():
    layers = OrderedDict((layer, [weight(layer), bias(layer)]) for layer in FEATURES)
    for layer in ("fc6", "fc7"):
        layers[layer] = [weight(layer).reshape(FC, -1), bias(layer)]
    layers["fc8"] = list(head())
    return layers


def caffe_fcn(variant, atonce=False):
    layers = OrderedDict()
    for name, array in fcn(variant).items():
        layers.setdefault(name.rsplit(".", 1)[0], []).append(array)
    if atonce:
        layers["scale_pool4"] = [np.full(SCORES["score_pool4"], 0.01, np.float32)]
        layers["scale_pool3"] = [np.full(SCORES["score_pool3"], 0.0001, np.float32)]
    return layers


# --- the others --------------------------------------------------------------------------------------------------------


def torchvision(dtype=torch.float32, classifier=True):
    state = OrderedDict()
    for layer, i in zip(FEATURES, [0, 2, 5, 7, 10, 12, 14, 17, 19, 21, 24, 26, 28]):
        state[f"features.{i}.weight"] = torch.from_numpy(weight(layer))
        state[f"features.{i}.bias"] = torch.from_numpy(bias(layer))
    if classifier:
        for layer, i in (("fc6", 0), ("fc7", 3)):
            state[f"classifier.{i}.weight"] = torch.from_numpy(weight(layer).reshape(FC, -1))
            state[f"classifier.{i}.bias"] = torch.from_numpy(bias(layer))
        state["classifier.6.weight"], state["classifier.6.bias"] = map(torch.from_numpy, head())
    return OrderedDict((name, tensor.to(dtype)) for name, tensor in state.items())


def features_only():
    """As torchvision's IMAGENET1K_FEATURES: the classifier is there, but holds no values."""
    state = torchvision()
    for name in state:
        if name.startswith("classifier"):
            state[name] = torch.full_like(state[name], float("nan"))
    return state


def strided(state):
    """The same tensors, but in memory as slices and transposes of others."""
    views = OrderedDict()
    for name, tensor in state.items():
        if tensor.ndim == 4:
            views[name] = tensor.contiguous(memory_format=torch.channels_last)
        elif tensor.ndim == 2:
            views[name] = tensor.t().contiguous().t()
        else:
            views[name] = torch.cat([torch.zeros(3), tensor])[3:]
    return views


def wrapped(state):
    """A checkpoint as PyTorch's example for ImageNet writes it, of a network in wrappers, with whatever scripts put beside it."""
    return {
        "epoch": 3,
        "arch": "vgg16",
        "best_acc1": torch.tensor(71.6),
        "best_mean_iu": np.float64(0.61),
        "args": argparse.Namespace(lr=0.1, stages={1, 2}),
        "state_dict": OrderedDict(
            ("_orig_mod.model." + n.replace("features.", "features.module."), t) for n, t in state.items()),
        "optimizer": {"state": {0: {"momentum_buffer": torch.zeros(3)}}, "param_groups": [{"lr": 0.1, "params": [0]}]},
        "generator": torch.get_rng_state(),
        "schedule": slice(1, 2),
    }


def renamed(state, names):
    return OrderedDict((next((new + n[len(old):] for old, new in names.items() if n.startswith(old)), n), t)
                       for n, t in state.items())


EPSILON = 1e-5


def before_normalisation(layer):
    """Weight and bias of a convolution, and scale, shift, mean and variance behind it, that together compute weight(layer)."""
    channels = SHAPES[layer][0]
    scale = value(layer + ".scale", (channels,)) + np.float32(1)
    shift = value(layer + ".shift", (channels,))
    mean = value(layer + ".mean", (channels,))
    variance = value(layer + ".variance", (channels,)) + np.float32(1)
    factor = np.sqrt(variance.astype(np.float64) + EPSILON) / scale
    return (
        (weight(layer) * factor[:, None, None, None]).astype(np.float32),
        ((bias(layer) - shift) * factor + mean).astype(np.float32),
        scale, shift, mean, variance,
    )


def normalised(affine=True):
    """torchvision's vgg16_bn."""
    state, position = OrderedDict(), 0
    for layer in FEATURES:
        if layer.endswith("_1") and layer != "conv1_1":
            position += 1
        w, b, scale, shift, mean, variance = (torch.from_numpy(a) for a in before_normalisation(layer))
        state[f"features.{position}.weight"], state[f"features.{position}.bias"] = w, b
        norm = f"features.{position + 1}"
        state[norm + ".weight"], state[norm + ".bias"] = scale, shift
        state[norm + ".running_mean"], state[norm + ".running_var"] = mean, variance
        state[norm + ".num_batches_tracked"] = torch.tensor(7)
        position += 3
    state.update((n, t) for n, t in torchvision().items() if n.startswith("classifier"))
    return state


def timm():
    state = OrderedDict((n, t) for n, t in torchvision().items() if n.startswith("features"))
    for layer, name in (("fc6", "pre_logits.fc1"), ("fc7", "pre_logits.fc2")):
        state[name + ".weight"] = torch.from_numpy(weight(layer))
        state[name + ".bias"] = torch.from_numpy(bias(layer))
    state["head.fc.weight"], state["head.fc.bias"] = map(torch.from_numpy, head())
    return state


def hwio(layer):
    """Convolutions as HWIO; fc6 and fc7 as inputs x outputs, inputs flattened as rows, columns, channels."""
    array = weight(layer).transpose(2, 3, 1, 0)
    return np.ascontiguousarray(array.reshape(-1, FC) if layer.startswith("fc") else array)


def keras(group, names, classifier, **storage):
    group.attrs["layer_names"] = [layer.encode() for layer in names.values()] + [b"flatten"] + (
        [b"predictions"] if classifier else [])
    group.attrs["backend"] = b"tensorflow"
    group.create_group("flatten").attrs["weight_names"] = []
    items = [(k, hwio(layer), bias(layer)) for layer, k in names.items()]
    if classifier:
        items.append(("predictions", head()[0].T.copy(), head()[1]))
    for name, kernel, offset in items:
        layer = group.create_group(name)
        layer.attrs["weight_names"] = [f"{name}/kernel:0".encode(), f"{name}/bias:0".encode()]
        layer.create_dataset(f"{name}/kernel:0", data=kernel, **storage)
        layer.create_dataset(f"{name}/bias:0", data=offset)


def keras_names(classifier):
    names = OrderedDict((layer, f"block{layer[4]}_conv{layer[6]}") for layer in FEATURES)
    if classifier:
        names.update(fc6="fc1", fc7="fc2")
    return names


def keras3(group, names, classifier, named=True):
    """What model.save_weights("….weights.h5") of Keras 3 writes: groups named after classes, and the layers' names beside."""
    counts = {}

    def layer(kind, name, *arrays):
        number = counts[kind] = counts.get(kind, -1) + 1
        variables = group.create_group(f"layers/{kind}{f'_{number}' if number else ''}/vars")
        if named:
            variables.attrs["name"] = name
        for i, array in enumerate(arrays):
            variables.create_dataset(str(i), data=array)

    layer("input_layer", "input_layer")
    for vgg, name in names.items():
        layer("conv2d" if vgg.startswith("conv") else "dense", name, hwio(vgg), bias(vgg))
    layer("flatten", "flatten")
    if classifier:
        layer("dense", "predictions", head()[0].T.copy(), head()[1])
    group.create_group("vars").attrs["name"] = "vgg16"


def caffe_tensorflow():
    """ethereon/caffe-tensorflow's dictionaries."""
    return {layer: {"weights": arrays[0], "biases": arrays[1]} for layer, arrays in tensorflow_vgg().items()}


def python2_pickle(array):
    """The array as Python 2 pickled it: strings are byte strings. Python 3 cannot write that, so it is written op by op."""
    out = io.BytesIO()

    def short(text):
        out.write(b"U" + bytes([len(text)]) + text)

    def integer(number):
        out.write(b"K" + bytes([number]) if number < 256 else b"J" + struct.pack("<i", number))

    def ndarray(a):
        out.write(b"cnumpy.core.multiarray\n_reconstruct\ncnumpy\nndarray\n")
        out.write(b"K\x00\x85")
        short(b"b")
        out.write(b"\x87R(K\x01(")
        for dimension in a.shape:
            integer(dimension)
        out.write(b"tcnumpy\ndtype\n")
        short(b"f4")
        out.write(b"K\x00K\x01\x87R(K\x03")
        short(b"<")
        out.write(b"NNNJ\xff\xff\xff\xffJ\xff\xff\xff\xffK\x00tb\x89")
        data = a.astype("<f4").tobytes()
        out.write(b"T" + struct.pack("<i", len(data)) + data + b"tb")

    out.write(b"\x80\x02cnumpy.core.multiarray\n_reconstruct\ncnumpy\nndarray\nK\x00\x85")
    short(b"b")
    out.write(b"\x87R(K\x01)cnumpy\ndtype\n")
    short(b"O8")
    out.write(b"K\x00K\x01\x87R(K\x03")
    short(b"|")
    out.write(b"NNNJ\xff\xff\xff\xffJ\xff\xff\xff\xffK?tb\x89]}(")
    for layer, arrays in array.items():
        short(layer.encode())
        out.write(b"](")
        for a in arrays:
            ndarray(a)
        out.write(b"e")
    out.write(b"uatb.")
    return out.getvalue()


def npy(path, description, data):
    header = f"{{'descr': '{description}', 'fortran_order': False, 'shape': (), }}"
    header += " " * (-(len(header) + 11) % 64) + "\n"
    with open(path, "wb") as file:
        file.write(b"\x93NUMPY\x01\x00" + struct.pack("<H", len(header)) + header.encode() + data)


def tensorflow_vgg():
    layers = {layer: [hwio(layer), bias(layer)] for layer in SHAPES}
    layers["fc8"] = [head()[0].T.copy(), head()[1]]
    return layers


def onnx_classifier(path, style="gemm", constants=False, external=False, normalised=False, half=False, before=None, dilation=1):
    """
    The graph of a classifier; initialisers are named after nothing. Styles of fully connected layers: gemm, gemm-inputs-first,
    matmul-channels-last, as tf2onnx writes Keras' models. With before, that operator is the first of the graph.
    """
    nodes, initializers, previous, count = [], [], "data", 0
    channels_last = style == "matmul-channels-last"

    def parameter(array):
        nonlocal count
        count += 1
        if half:
            # onnx.helper stores fp16 in int32_data.
            tensor = helper.make_tensor(f"p{count}", TensorProto.FLOAT16, array.shape, array.astype(np.float16).ravel().tolist())
        else:
            tensor = onnx.numpy_helper.from_array(array, f"p{count}")
        if constants:
            nodes.append(helper.make_node("Constant", [], [f"p{count}"], value=tensor))
        else:
            initializers.append(tensor)
        return f"p{count}"

    def node(kind, inputs, **attributes):
        nonlocal previous
        previous = f"{kind}_{len(nodes)}"
        nodes.append(helper.make_node(kind, inputs, [previous], **attributes))

    if before:
        node(before, [previous, parameter(np.full(1, 0.5, np.float32))])
    if channels_last:
        node("Transpose", [previous], perm=[0, 3, 1, 2])
    for layer in FEATURES:
        w, b, *norm = before_normalisation(layer) if normalised else (weight(layer), bias(layer))
        gaps = dilation if layer.startswith("conv5") else 1
        node("Conv", [previous, parameter(w), parameter(b)], kernel_shape=[3, 3], pads=[gaps] * 4, dilations=[gaps] * 2)
        if normalised:
            node("BatchNormalization", [previous, *map(parameter, norm)], epsilon=EPSILON)
        node("Relu", [previous])
        if layer in ("conv1_2", "conv2_2", "conv3_3", "conv4_3", "conv5_3"):
            node("MaxPool", [previous], kernel_shape=[2, 2], strides=[2, 2])
    if channels_last:
        node("Transpose", [previous], perm=[0, 2, 3, 1])
    node("Flatten", [previous])
    for layer in ("fc6", "fc7", "fc8"):
        if layer == "fc8":
            matrix, offset = head()
        else:
            matrix, offset = hwio(layer).T if channels_last else weight(layer).reshape(FC, -1), bias(layer)
        if style == "gemm":
            node("Gemm", [previous, parameter(matrix), parameter(offset)], transB=1)
        elif style == "gemm-inputs-first":
            node("Gemm", [previous, parameter(np.ascontiguousarray(matrix.T)), parameter(offset)])
        else:
            node("MatMul", [previous, parameter(np.ascontiguousarray(matrix.T))])
            node("Add", [previous, parameter(offset)])
        if layer != "fc8":
            node("Relu", [previous])
            node("Dropout", [previous])
    element = TensorProto.FLOAT16 if half else TensorProto.FLOAT
    size = [224, 224, 3] if channels_last else [3, 224, 224]
    save_graph(path, nodes, initializers, ("data", element, ["N", *size]), (previous, element, ["N", HEAD]), external)


def onnx_fcn8s(path):
    """FCN-8s in Caffe's geometry; two layers share their equal kernels, as exporters make them do."""
    tensors = fcn("fcn8s")
    initializers = [onnx.numpy_helper.from_array(a, n) for n, a in tensors.items() if n != "upscore_pool4.weight"]
    nodes = [helper.make_node("Identity", ["upscore2.weight"], ["upscore_pool4.weight"])]

    def node(kind, name, inputs, **attributes):
        nodes.append(helper.make_node(kind, inputs, [name], **attributes))
        return name

    def convolution(layer, previous, pad):
        return node("Conv", layer, [previous, layer + ".weight", layer + ".bias"], pads=[pad] * 4)

    def crop(name, previous, like, offset):
        size = node("Shape", name + "_size", [like], start=2)
        for key, numbers in (("offset", [offset, offset]), ("axes", [2, 3])):
            initializers.append(onnx.numpy_helper.from_array(np.array(numbers, np.int64), f"{name}_{key}"))
        end = node("Add", name + "_end", [size, name + "_offset"])
        return node("Slice", name, [previous, name + "_offset", end, name + "_axes"])

    previous, pools = "data", {}
    for layer in list(FEATURES) + ["fc6", "fc7"]:
        pad = 100 if layer == "conv1_1" else 1 if layer.startswith("conv") else 0
        previous = node("Relu", "relu_" + layer, [convolution(layer, previous, pad)])
        if layer in ("conv1_2", "conv2_2", "conv3_3", "conv4_3", "conv5_3"):
            previous = node("MaxPool", "pool" + layer[4], [previous], kernel_shape=[2, 2], strides=[2, 2], ceil_mode=1)
    scores = {name: convolution("score_" + name, source, 0)
              for name, source in (("fr", previous), ("pool4", "pool4"), ("pool3", "pool3"))}
    up2 = node("ConvTranspose", "upscore2", [scores["fr"], "upscore2.weight"], strides=[2, 2])
    fuse4 = node("Add", "fuse_pool4", [up2, crop("score_pool4c", scores["pool4"], up2, 5)])
    up4 = node("ConvTranspose", "upscore_pool4", [fuse4, "upscore_pool4.weight"], strides=[2, 2])
    fuse3 = node("Add", "fuse_pool3", [up4, crop("score_pool3c", scores["pool3"], up4, 9)])
    up8 = node("ConvTranspose", "upscore8", [fuse3, "upscore8.weight"], strides=[8, 8])
    score = crop("score", up8, "data", 31)
    save_graph(path, nodes, initializers, ("data", TensorProto.FLOAT, ["N", 3, "H", "W"]),
               (score, TensorProto.FLOAT, ["N", CLASSES, "H", "W"]))


def save_graph(path, nodes, initializers, graph_input, graph_output, external=False):
    graph = helper.make_graph(
        nodes, "vgg16", [helper.make_tensor_value_info(*graph_input)], [helper.make_tensor_value_info(*graph_output)], initializers)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 15)])
    onnx.checker.check_model(model, full_check=True)
    if external:
        if os.path.exists(path + ".data"):
            os.remove(path + ".data")
        onnx.save_model(model, path, save_as_external_data=True, location=os.path.basename(path) + ".data", size_threshold=0)
    else:
        onnx.save_model(model, path)


class SystemCall:
    def __reduce__(self):
        return os.system, ("touch fcn-spark-was-here",)


def fully_connected():
    """fc6 and fc7 on features given by value(), computed in both flatten orders; the tests compute convolutions instead."""
    features = value("features", (BLOCKS[-1][-1], 7, 7)).astype(np.float64)
    results = []
    for order in ("chw", "hwc"):
        x = (features if order == "chw" else features.transpose(1, 2, 0)).ravel()
        for layer in ("fc6", "fc7"):
            w = (weight(layer).reshape(FC, -1) if order == "chw" else hwio(layer).T).astype(np.float64)
            x = np.maximum(w @ x + bias(layer), 0)
        results.append(x)
    np.testing.assert_allclose(results[0], results[1], rtol=1e-12)
    assert 5 < np.count_nonzero(results[0]) < FC
    return results[0]


def main():
    os.chdir(HERE)
    caffe("classifier-v1-legacy.caffemodel", caffe_classifier(), generation=1, legacy=True)
    caffe("classifier-double.caffemodel", caffe_classifier(), double=True)
    caffe("classifier-unpacked.caffemodel", caffe_classifier(), packed=False)
    for variant in VARIANTS:
        caffe(f"{variant}.caffemodel", caffe_fcn(variant))
    caffe("fcn8s-atonce.caffemodel", caffe_fcn("fcn8s", atonce=True))
    wrong = caffe_fcn("fcn8s", atonce=True)
    wrong["scale_pool4"][0][1] = 0.02
    caffe("fcn8s-atonce-other-scale.caffemodel", wrong)
    transposed = caffe_classifier()
    transposed["conv3_1"][0] = np.ascontiguousarray(transposed["conv3_1"][0].transpose(2, 3, 1, 0))
    caffe("transposed.caffemodel", transposed)

    torch.save(torchvision(), "torchvision.pth")
    torch.save(torchvision(), "torchvision-legacy.pth", _use_new_zipfile_serialization=False)
    torch.save({"epoch": 3, "model_state_dict": strided(torchvision(torch.float64))}, "checkpoint-strided.pth")
    torch.save(strided(torchvision()), "strided-legacy.pth", _use_new_zipfile_serialization=False)
    torch.save(features_only(), "features-nan.pth")
    torch.save(torchvision(classifier=False), "features.pth")
    torch.save(OrderedDict((n, torch.from_numpy(a)) for n, a in fcn("fcn8s").items()), "fcn8s.pth")
    torch.save({"conv1_1.weight": SystemCall()}, "system-call.pth")
    torch.save({"conv1_1.weight": SystemCall()}, "system-call-legacy.pth", _use_new_zipfile_serialization=False)
    torch.save(torch.nn.Linear(2, 2), "module.pth")
    torch.save(wrapped(torchvision()), "checkpoint-wrapped.pth")
    torch.save(wrapped(torchvision()), "checkpoint-wrapped-legacy.pth", _use_new_zipfile_serialization=False)
    torch.save(renamed(torchvision(), {"classifier.0": "classifier.1", "classifier.3": "classifier.4"}), "jcjohnson.pth")
    torch.save(renamed(torchvision(classifier=False), {"features.": ""}), "features-bare.pth")
    torch.save(normalised(), "batchnorm.pth")
    save_file(normalised(), "batchnorm.safetensors")
    save_file({n: t for n, t in renamed(torchvision(), {"": "encoder."}).items()} | {"decoder.weight": torch.zeros(2, 4, 3, 3)},
              "unet.safetensors")
    save_file({n: t.contiguous() for n, t in timm().items()}, "timm.safetensors")
    save_file({n: t.half() for n, t in torchvision().items()}, "torchvision-half.safetensors")
    save_file({n: t.bfloat16() for n, t in torchvision().items()}, "torchvision-bfloat16.safetensors")

    with h5py.File("keras.h5", "w") as file:
        keras(file, keras_names(True), True)
    with h5py.File("keras-notop.h5", "w") as file:
        keras(file, keras_names(False), False)
    with h5py.File("keras-model.h5", "w") as file:
        file.attrs["model_config"] = b'{"class_name": "Functional"}'
        keras(file.create_group("model_weights"), keras_names(True), True, chunks=True, compression="gzip")
    with h5py.File("keras3.weights.h5", "w") as file:
        keras3(file, keras_names(True), True)
    with h5py.File("keras3-unnamed.weights.h5", "w") as file:
        keras3(file, keras_names(True), True, named=False)
    with zipfile.ZipFile("keras3.keras", "w") as archive:
        archive.writestr("metadata.json", '{"keras_version": "3.15.1"}')
        archive.writestr("config.json", '{"module": "keras.src.models.functional", "class_name": "Functional"}')
        archive.write("keras3.weights.h5", "model.weights.h5")
    with h5py.File("keras3-nested.weights.h5", "w") as file:
        keras3(file.create_group("layers/functional"), keras_names(False), False)
        dense = file.create_group("layers/dense/vars")
        dense.attrs["name"] = "dense"
        dense.create_dataset("0", data=head()[0].T.copy())
        dense.create_dataset("1", data=head()[1])
    with h5py.File("keras-nested.h5", "w") as file:
        file.attrs["layer_names"] = [b"vgg16", b"global_average_pooling2d", b"dense"]
        vgg, dense = file.create_group("vgg16"), file.create_group("dense")
        file.create_group("global_average_pooling2d").attrs["weight_names"] = []
        vgg.attrs["weight_names"] = [f"{name}/{kind}:0".encode() for name in keras_names(False).values() for kind in ("kernel", "bias")]
        dense.attrs["weight_names"] = [b"dense/kernel:0", b"dense/bias:0"]
        for layer, name in keras_names(False).items():
            vgg.create_dataset(name + "/kernel:0", data=hwio(layer))
            vgg.create_dataset(name + "/bias:0", data=bias(layer))
        dense.create_dataset("dense/kernel:0", data=head()[0].T.copy())
        dense.create_dataset("dense/bias:0", data=head()[1])
    with h5py.File("caffe.h5", "w") as file:
        for layer, blobs in caffe_classifier().items():
            for i, blob in enumerate(blobs):
                file.create_dataset(f"data/{layer}/{i}", data=blob)
    with h5py.File("no-layers.h5", "w") as file:
        file.create_dataset("images", data=np.zeros((2, 3), np.float32))

    npy("vgg16.npy", "|O", python2_pickle(tensorflow_vgg()))
    for protocol in (2, 3, 4):
        npy(f"vgg16-protocol{protocol}.npy", "|O", pickle.dumps(np.array(tensorflow_vgg(), dtype=object), protocol))
    np.save("caffe-tensorflow.npy", caffe_tensorflow())
    npy("system-call.npy", "|O", pickle.dumps(np.array({"conv1_1": SystemCall()}, dtype=object), 2))
    np.save("one-array.npy", np.zeros((2, 3), np.float32))
    arrays = OrderedDict()
    for layer in SHAPES:
        arrays[layer + "_W"], arrays[layer + "_b"] = hwio(layer), bias(layer)
    arrays["fc8_W"], arrays["fc8_b"] = head()[0].T.copy(), head()[1]
    arrays["conv4_1_W"] = np.asfortranarray(arrays["conv4_1_W"])
    arrays["conv4_2_W"] = arrays["conv4_2_W"].astype(">f4")
    arrays["conv4_3_W"] = arrays["conv4_3_W"].astype(np.float64)
    np.savez("arrays.npz", **arrays)
    np.savez_compressed("arrays-compressed.npz", **arrays)

    onnx_classifier("classifier.onnx")
    onnx_classifier("classifier-constants.onnx", style="gemm-inputs-first", constants=True)
    onnx_classifier("classifier-external.onnx", external=True)
    onnx_classifier("classifier-channels-last.onnx", style="matmul-channels-last")
    onnx_classifier("classifier-batchnorm.onnx", normalised=True)
    onnx_classifier("classifier-half.onnx", half=True)
    onnx_classifier("classifier-dilated.onnx", dilation=2)
    onnx_classifier("classifier-rescaling.onnx", before="Mul")
    onnx_fcn8s("fcn8s-shared.onnx")

    with open("fully_connected.txt", "w") as file:
        file.writelines(f"{float(x)!r}\n" for x in fully_connected())


if __name__ == "__main__":
    main()
