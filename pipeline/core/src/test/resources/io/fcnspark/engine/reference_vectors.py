"""Computes what ReferenceExecutorTest expects, with ONNX's own reference implementation (numpy).

    pip install onnx && python reference_vectors.py > reference_vectors.json

Inputs and weights follow a formula that the test repeats: element i of a tensor with seed s is
((i * 37 + s * 11) % 23 - 11) / 8, which fp32 holds exactly.
"""
import json

import numpy as np
from onnx import TensorProto, helper
from onnx.reference import ReferenceEvaluator


def values(seed, *shape):
    i = np.arange(np.prod(shape))
    return (((i * 37 + seed * 11) % 23 - 11) / 8).astype(np.float32).reshape(shape)


def run(operator, data, weights=(), **attributes):
    names = ["data"] + ["w%d" % i for i in range(len(weights))]
    tensors = dict(zip(names, (data,) + tuple(weights)))
    inputs = [helper.make_tensor_value_info(n, TensorProto.FLOAT, t.shape) for n, t in tensors.items()]
    outputs = [helper.make_tensor_value_info("y", TensorProto.FLOAT, None)]
    graph = helper.make_graph([helper.make_node(operator, names, ["y"], **attributes)], "g", inputs, outputs)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)])
    return ReferenceEvaluator(model).run(None, tensors)[0]


def case(name, result):
    return {"name": name, "shape": list(result.shape[1:]), "values": [float(v) for v in result.ravel()]}


cases = [
    case("convolution 3x3, padding 1",
         run("Conv", values(1, 1, 2, 5, 4), (values(2, 3, 2, 3, 3), values(3, 3)), pads=[1] * 4)),
    case("convolution 7x7, no padding",
         run("Conv", values(1, 1, 2, 8, 9), (values(2, 2, 2, 7, 7), values(3, 2)), pads=[0] * 4)),
    case("convolution 3x3, padding 4",
         run("Conv", values(4, 1, 1, 2, 3), (values(5, 2, 1, 3, 3), values(6, 2)), pads=[4] * 4)),
    case("pooling of odd sizes",
         run("MaxPool", values(1, 1, 2, 5, 7), kernel_shape=[2, 2], strides=[2, 2], ceil_mode=1)),
    case("pooling of even sizes",
         run("MaxPool", values(2, 1, 1, 4, 6), kernel_shape=[2, 2], strides=[2, 2], ceil_mode=1)),
    case("transposed convolution, full",
         run("ConvTranspose", values(1, 1, 2, 3, 2), (values(2, 2, 3, 4, 4),), strides=[2, 2])),
    case("transposed convolution, padding 4",
         run("ConvTranspose", values(1, 1, 2, 2, 3), (values(2, 2, 1, 16, 16),), strides=[8, 8], pads=[4] * 4)),
]
print("[\n" + ",\n".join(json.dumps(c) for c in cases) + "\n]")
