"""From a trained torch module to a checked ONNX file with golden input and output beside it."""
import copy
from pathlib import Path

import numpy as np
import onnx
import torch
from onnx import shape_inference
from torch import nn
from torch.nn.utils.fusion import fuse_conv_bn_eval

from . import interpret

OPSET = 13
AGREEMENT = 1e-4  # largest allowed |logit difference| between torch and the exported file


def fold_batch_norms(model):
    """Folds every `norm` into the `conv` beside it, so that weights keep the module's names in the file."""
    model = copy.deepcopy(model).eval()
    for module in list(model.modules()):
        if isinstance(getattr(module, "norm", None), nn.modules.batchnorm._BatchNorm):
            module.conv = fuse_conv_bn_eval(module.conv, module.norm)
            module.norm = nn.Identity()
    return model


def export_onnx(model, example, path, input_name, metadata):
    """Writes `path`: batch 1, input `input_name`, output `logits`, the given metadata strings."""
    path = Path(path)
    folded = fold_batch_norms(model).to(memory_format=torch.contiguous_format)
    torch.onnx.export(folded, example, str(path), opset_version=OPSET, input_names=[input_name],
                      output_names=["logits"], do_constant_folding=True)
    graph_file = onnx.load(str(path))
    for key, value in metadata.items():
        graph_file.metadata_props.add(key=key, value=str(value))
    onnx.save(graph_file, str(path))
    onnx.checker.check_model(onnx.load(str(path)), full_check=True)


def write_golden(directory, member, inputs, logits):
    directory = Path(directory)
    directory.mkdir(parents=True, exist_ok=True)
    np.save(directory / f"{member}.in.npy", inputs.contiguous().numpy().astype(np.float32))
    np.save(directory / f"{member}.out.npy", logits.contiguous().numpy().astype(np.float32))


def verify(path, inputs, logits):
    """Runs the file with our interpreter; returns the largest difference from torch, or raises."""
    graph_file = onnx.load(str(path))
    output = interpret.run(graph_file, inputs)["logits"]
    difference = (output - logits).abs().max().item()
    if difference > AGREEMENT:
        raise AssertionError(f"{path}: logits differ from torch by {difference:.2e}")
    return difference


def weight_shapes(graph):
    return {item.name: tuple(item.dims) for item in graph.initializer}


def value_shapes(graph):
    return {value.name: [d.dim_value for d in value.type.tensor_type.shape.dim]
            for value in (*graph.value_info, *graph.output)}


def summarize(path):
    """Parameters, multiply-accumulates of Conv and Gemm for batch 1, operator counts and file size."""
    graph = shape_inference.infer_shapes(onnx.load(str(path))).graph
    weights, shapes = weight_shapes(graph), value_shapes(graph)
    macs, operators = 0, {}
    for node in graph.node:
        operators[node.op_type] = operators.get(node.op_type, 0) + 1
        if node.op_type in ("Conv", "Gemm"):
            outputs = int(np.prod(shapes[node.output[0]]))
            macs += outputs * int(np.prod(weights[node.input[1]][1:]))
    return {"parameters": sum(int(np.prod(shape)) for shape in weights.values()), "macs": macs,
            "operators": dict(sorted(operators.items())), "bytes": Path(path).stat().st_size}


def pointwise_outputs(path):
    """Output values of the 1x1 convolutions on feature maps (not squeeze-and-excitation), in graph order."""
    graph = shape_inference.infer_shapes(onnx.load(str(path))).graph
    weights, shapes = weight_shapes(graph), value_shapes(graph)
    return [node.output[0] for node in graph.node
            if node.op_type == "Conv" and set(weights[node.input[1]][2:]) == {1}
            and np.prod(shapes[node.output[0]][2:]) > 1]


def first_separable_output(path):
    """Output of the first 1x1 convolution behind a depthwise one, the early tap of `edgeconv fit`."""
    graph = onnx.load(str(path)).graph
    on_maps = set(pointwise_outputs(path))
    seen_depthwise = False
    for node in (node for node in graph.node if node.op_type == "Conv"):
        if seen_depthwise and node.output[0] in on_maps:
            return node.output[0]
        seen_depthwise |= any(item.name == "group" and item.i > 1 for item in node.attribute)
    raise ValueError(f"{path}: no 1x1 convolution behind a depthwise one")
