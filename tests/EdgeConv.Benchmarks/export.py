#!/usr/bin/env python3
"""Exports a reference network at 224x224 as ONNX, with Debian's torch and torchvision.

    export.py FOLDER NAME...      writes FOLDER/NAME_224.onnx, unless it is there

Weights are random, from a seed of the network's own, so that no file depends on which others are exported.
Batch normalisation has statistics of real activations (two batches of noise) and scales and shifts that are
none of 1 and 0: nothing can be folded away, no layer dies out or overflows.
"""

import pathlib
import sys
import warnings

import torch
import torchvision

SIZE = 224
OPSET = 13
BATCHES = 2


def seed_of(name):
    return sum(name.encode())


def batch_norms(network):
    return [layer for layer in network.modules() if isinstance(layer, torch.nn.BatchNorm2d)]


def give_statistics(network):
    """Lets every batch normalisation see noise; everything else stays as at inference."""
    network.eval()
    for layer in batch_norms(network):
        layer.weight.data.uniform_(0.5, 1.5)
        layer.bias.data.normal_(0, 0.1)
        layer.reset_running_stats()
        # None averages over all batches alike.
        layer.momentum = None
        layer.train()
    with torch.no_grad():
        for _ in range(BATCHES):
            network(torch.randn(4, 3, SIZE, SIZE))
    network.eval()


def check(name, network):
    """Two inputs must give finite outputs that differ."""
    with torch.no_grad():
        first, second = (network(torch.randn(1, 3, SIZE, SIZE)) for _ in range(2))
    if not (first.isfinite().all() and second.isfinite().all()):
        sys.exit(f"export.py: {name}: an output is not finite")
    if (first - second).abs().max() < 1e-3 * first.abs().max():
        sys.exit(f"export.py: {name}: its output does not depend on its input")


def export(name, path):
    torch.manual_seed(seed_of(name))
    network = getattr(torchvision.models, name)(weights=None)
    give_statistics(network)
    check(name, network)
    part = path.with_suffix(".part")
    torch.onnx.export(network, torch.randn(1, 3, SIZE, SIZE), str(part), opset_version=OPSET,
                      input_names=["input"], output_names=["output"])
    part.rename(path)
    print(f"export.py: wrote {path.name}", file=sys.stderr)


def main():
    if len(sys.argv) < 3:
        sys.exit("usage: export.py FOLDER NAME...")
    warnings.filterwarnings("ignore")
    folder = pathlib.Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    for name in sys.argv[2:]:
        path = folder / f"{name}_{SIZE}.onnx"
        if not path.exists():
            export(name, path)


if __name__ == "__main__":
    main()
