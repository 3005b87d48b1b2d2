"""A small ONNX interpreter on torch tensors: checks exported files, reads values inside the graph."""
import torch
from onnx import helper, numpy_helper
from torch.nn import functional as F


def symmetric_pads(pads):
    begin, end = pads[:len(pads) // 2], pads[len(pads) // 2:]
    if begin != end:
        raise NotImplementedError(f"asymmetric pads {pads}")
    return begin


def conv(attributes, x, weight, bias=None):
    apply = F.conv1d if weight.ndim == 3 else F.conv2d
    return apply(x, weight, bias, stride=attributes["strides"], padding=symmetric_pads(attributes["pads"]),
                 dilation=attributes["dilations"], groups=attributes["group"])


def gemm(attributes, a, b, c):
    a = a.T if attributes.get("transA", 0) else a
    b = b.T if attributes.get("transB", 0) else b
    return attributes.get("alpha", 1.0) * (a @ b) + attributes.get("beta", 1.0) * c


def hard_sigmoid(attributes, x):
    return (attributes.get("alpha", 0.2) * x + attributes.get("beta", 0.5)).clamp(0, 1)


def resize(attributes, x, region, scales):
    """Linear, the same factor along rows and columns, half-pixel centres: what F.interpolate exports."""
    mode = attributes["mode"], attributes["coordinate_transformation_mode"]
    if mode not in ((b"linear", b"half_pixel"), (b"linear", b"pytorch_half_pixel")):
        raise NotImplementedError(f"resize {mode}")
    return F.interpolate(x, scale_factor=tuple(scales[2:].tolist()), mode="bilinear", align_corners=False)


OPERATORS = {
    "Add": lambda attributes, a, b: a + b,
    "Clip": lambda attributes, x, low, high: x.clamp(low.item(), high.item()),
    "Constant": lambda attributes: torch.from_numpy(numpy_helper.to_array(attributes["value"]).copy()),
    "Conv": conv,
    "Flatten": lambda attributes, x: x.flatten(attributes.get("axis", 1)),
    "Gemm": gemm,
    "GlobalAveragePool": lambda attributes, x: x.mean(dim=tuple(range(2, x.ndim)), keepdim=True),
    "HardSigmoid": hard_sigmoid,
    "Identity": lambda attributes, x: x,
    "Mul": lambda attributes, a, b: a * b,
    "Relu": lambda attributes, x: x.relu(),
    "Resize": resize,
}


@torch.no_grad()
def run(graph_file, inputs, taps=()):
    """`logits` and each tap by name, for inputs [N, ...] to a graph exported with batch 1."""
    graph = graph_file.graph
    values = {item.name: torch.from_numpy(numpy_helper.to_array(item).copy()) for item in graph.initializer}
    values[graph.input[0].name] = inputs
    for node in graph.node:
        if node.op_type not in OPERATORS:
            raise NotImplementedError(f"operator {node.op_type} of node {node.name}")
        attributes = {item.name: helper.get_attribute_value(item) for item in node.attribute}
        operands = [values[name] if name else None for name in node.input]
        values[node.output[0]] = OPERATORS[node.op_type](attributes, *operands)
    return {name: values[name] for name in ("logits", *taps)}
