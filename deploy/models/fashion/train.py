#!/usr/bin/env python3
"""Trains and exports the fashion family: one depthwise-separable base network at several compound scales.

    python3 train.py                         train, export and verify every deployed member
    python3 train.py --member fashion-s      only this one
    python3 train.py --phi -1 1 2            instead the members that `edgeconv scale` tells of: fashion-phi-1, ...
    python3 train.py --gate-report           no training: gate feasibility of the members already exported
    python3 train.py --summary               no training: size and cost of the members already exported

Needs Debian 12's python3-torch, python3-onnx, python3-sklearn and dataset-fashion-mnist.
"""
import argparse
import sys
from collections import OrderedDict
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import sklearn.datasets
import torch
from torch import nn
from torch.nn import functional as F

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))
from modelkit import export, gate, scaling, training  # noqa: E402
from modelkit.garments import load  # noqa: E402
from modelkit.layers import ConvNorm  # noqa: E402

TRAINED_ON = 50_000  # the last 10,000 training images stay unseen, for fitting and calibrating the gate
MEAN, STD = 0.286, 0.353  # of pixel / 255
GOLDEN_IMAGES = 8
SEED = 20


# --- compound scaling -----------------------------------------------------------------------------

DEPLOYED = scaling.Constants(alpha=1.25, beta=1.25, gamma=1.18)
SMALLEST_RESOLUTION = 20
EPOCHS_BY_PHI = 20


@dataclass(frozen=True)
class Member:
    name: str
    phi: float
    epochs: int
    constants: scaling.Constants = DEPLOYED

    @property
    def scale(self):
        return self.constants.at(self.phi)

    @property
    def resolution(self):
        return self.scale.extent(SMALLEST_RESOLUTION)


MEMBERS = (Member("fashion-s", phi=0, epochs=20), Member("fashion-m", phi=1, epochs=8),
           Member("fashion-l", phi=2, epochs=12))


def member_at(phi):
    """The member that EfficientNet's constants give; that of phi 0 is fashion-s."""
    return Member(f"fashion-phi{phi:g}", phi, EPOCHS_BY_PHI, scaling.EFFICIENTNET)


@dataclass(frozen=True)
class Stage:
    expand: int
    channels: int
    repeats: int
    stride: int
    squeeze: bool
    activation: type


STEM_CHANNELS, HEAD_CHANNELS = 8, 96
STAGES = (
    Stage(expand=2, channels=16, repeats=1, stride=2, squeeze=False, activation=nn.ReLU6),
    Stage(expand=4, channels=16, repeats=1, stride=1, squeeze=False, activation=nn.ReLU6),
    Stage(expand=4, channels=32, repeats=2, stride=2, squeeze=True, activation=nn.Hardswish),
    Stage(expand=4, channels=48, repeats=1, stride=1, squeeze=True, activation=nn.Hardswish),
)


# --- network --------------------------------------------------------------------------------------

class SqueezeExcite(nn.Module):
    """Scales each channel by hard-sigmoid(W2 relu(W1 mean)); squeezed to a quarter of the block's input."""

    def __init__(self, channels, block_inputs):
        super().__init__()
        squeezed = scaling.multiple_of_8(block_inputs / 4)
        self.pool = nn.AdaptiveAvgPool2d(1)
        self.reduce = nn.Conv2d(channels, squeezed, 1)
        self.expand = nn.Conv2d(squeezed, channels, 1)

    def forward(self, x):
        return x * F.hardsigmoid(self.expand(self.reduce(self.pool(x)).relu()))


class InvertedResidual(nn.Module):
    """1x1 expand, 3x3 depthwise, perhaps squeeze-and-excitation, 1x1 project, residual where shapes allow."""

    def __init__(self, inputs, outputs, stride, stage):
        super().__init__()
        hidden = inputs * stage.expand
        self.residual = stride == 1 and inputs == outputs
        self.expand = ConvNorm(inputs, hidden, 1, activation=stage.activation)
        self.depthwise = ConvNorm(hidden, hidden, 3, stride, groups=hidden, activation=stage.activation)
        self.squeeze = SqueezeExcite(hidden, inputs) if stage.squeeze else nn.Identity()
        self.project = ConvNorm(hidden, outputs, 1)

    def forward(self, x):
        y = self.project(self.squeeze(self.depthwise(self.expand(x))))
        return x + y if self.residual else y


def build(member, classes=10):
    scale = member.scale
    channels = scale.channels(STEM_CHANNELS)
    stem = ConvNorm(1, channels, 3, activation=nn.ReLU6)
    blocks = []
    for stage in STAGES:
        for repeat in range(scale.repeats(stage.repeats)):
            outputs = scale.channels(stage.channels)
            blocks.append(InvertedResidual(channels, outputs, stage.stride if repeat == 0 else 1, stage))
            channels = outputs
    features = scale.channels(HEAD_CHANNELS)
    head = ConvNorm(channels, features, 1, activation=nn.Hardswish)
    return nn.Sequential(OrderedDict(stem=stem, blocks=nn.Sequential(*blocks), head=head,
                                     pool=nn.AdaptiveAvgPool2d(1), flatten=nn.Flatten(),
                                     classifier=nn.Linear(features, classes)))


# --- data -----------------------------------------------------------------------------------------

def preprocess(pixels, resolution):
    """As the daemon: bilinear resize (half-pixel centres, edge clamp, no antialias), then standardise."""
    x = pixels.float()
    if x.shape[-1] != resolution:
        x = F.interpolate(x, size=(resolution, resolution), mode="bilinear", align_corners=False,
                          antialias=False)
    return ((x / 255 - MEAN) / STD).contiguous(memory_format=torch.channels_last)


def shift_and_flip(pixels, reach=2):
    """Each image moved by up to `reach` pixels on both axes and mirrored with probability one half."""
    count, _, height, width = pixels.shape
    columns = torch.arange(width).expand(count, width)
    columns = torch.where(torch.rand(count, 1) < 0.5, columns.flip(1), columns)
    columns = columns + torch.randint(0, 2 * reach + 1, (count, 1))
    rows = torch.arange(height).expand(count, height) + torch.randint(0, 2 * reach + 1, (count, 1))
    padded = F.pad(pixels, (reach,) * 4)
    image = torch.arange(count)[:, None, None]
    return padded[image, 0, rows[:, :, None], columns[:, None, :]].unsqueeze(1)


# --- commands -------------------------------------------------------------------------------------

def metadata(member, test_accuracy):
    return {"family": "fashion", "member": member.name, "phi": f"{member.phi:g}",
            "width": f"{member.scale.width:.4f}", "depth": f"{member.scale.depth:.4f}",
            "resolution": member.resolution,
            "input": f"(pixel / 255 - {MEAN}) / {STD}, one grey channel",
            "resize": "bilinear, half-pixel centres, edge clamp, no antialias", "mean": MEAN, "std": STD,
            "labels": ",".join(labels()), "test_accuracy": f"{test_accuracy:.4f}",
            "license": "Apache-2.0", "trained_on": f"Fashion-MNIST, first {TRAINED_ON} training images"}


def labels():
    return (HERE / "labels.txt").read_text().split("\n")[:10]


def train(member):
    training.seed_everything(SEED)
    pixels, classes = load("train")
    model = build(member).to(memory_format=torch.channels_last)
    augment = lambda batch: preprocess(shift_and_flip(batch), member.resolution)
    return training.fit(model, pixels[:TRAINED_ON], classes[:TRAINED_ON], augment,
                        training.Recipe(epochs=member.epochs))


def deliver(member, model, out):
    """Exports, writes golden pairs, checks the file against torch and prints what a README needs."""
    pixels, classes = load("t10k")
    images = preprocess(pixels, member.resolution)
    logits = training.predict(model, images)
    test_accuracy = training.accuracy(logits, classes)
    path = out / f"{member.name}.onnx"
    export.export_onnx(model, torch.zeros(1, 1, member.resolution, member.resolution), path, "image",
                       metadata(member, test_accuracy))
    export.write_golden(out / "golden", member.name, images[:GOLDEN_IMAGES], logits[:GOLDEN_IMAGES])
    difference = export.verify(path, images[:1000], logits[:1000])
    print(f"{member.name}: test accuracy {test_accuracy:.4f}, "
          f"largest logit difference from torch {difference:.1e}")
    print_summary(member, out)


def print_summary(member, out):
    path = out / f"{member.name}.onnx"
    scale = member.scale
    print(f"{member.name}: width {scale.width:.3f} depth {scale.depth:.3f} resolution {member.resolution}")
    print(f"  {export.summarize(path)}")
    print(f"  1x1 convolutions: {export.pointwise_outputs(path)}")


def unfamiliar_kinds(pixels):
    """Inputs the family never saw, as pixels 0...255: other data, noise, and spoiled test images."""
    digits = torch.from_numpy(sklearn.datasets.load_digits().images).float().unsqueeze(1) * (255 / 16)
    half = pixels.clone()
    half[..., 14:] = 0
    noise, blank = torch.randint(0, 256, (2000, 1, 28, 28)), torch.randint(0, 4, (2000, 1, 28, 28))
    return {"digits": digits, "uniform noise": noise, "inverted": 255 - pixels,
            "turned 90 degrees": pixels.rot90(1, (2, 3)), "gain x0.3": pixels * 0.3, "right half dark": half,
            "blank": blank}


def print_gate_report(member, out):
    """Fits the gate on the first half of the unseen training images, calibrates on the second half."""
    training.seed_everything(SEED)
    pixels, classes = load("train")
    held_out = preprocess(pixels[TRAINED_ON:], member.resolution)
    middle = len(held_out) // 2
    fit, fit_labels, calibrate = held_out[:middle], classes[TRAINED_ON:][:middle].numpy(), held_out[middle:]
    test_pixels = load("t10k")[0]
    kinds = {"in-distribution: test images": test_pixels, **unfamiliar_kinds(test_pixels[:2000])}
    inputs = {kind: preprocess(x, member.resolution) for kind, x in kinds.items()}
    path = out / f"{member.name}.onnx"
    print(f"\n{member.name}: early tap {gate.early_and_deepest(path)[0]}\n")
    print(gate.report(path, fit, fit_labels, calibrate, inputs))


def main():
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    members = parser.add_mutually_exclusive_group()
    members.add_argument("--member", choices=[member.name for member in MEMBERS])
    members.add_argument("--phi", type=float, nargs="+", help="members at these scales instead of the deployed ones")
    parser.add_argument("--out", type=Path, default=HERE)
    parser.add_argument("--epochs", type=int, help="override the member's number of epochs (for a trial run)")
    parser.add_argument("--gate-report", action="store_true")
    parser.add_argument("--summary", action="store_true")
    options = parser.parse_args()
    options.out.mkdir(parents=True, exist_ok=True)
    for member in MEMBERS if options.phi is None else map(member_at, options.phi):
        if options.member not in (None, member.name):
            continue
        if options.summary:
            print_summary(member, options.out)
        elif options.gate_report:
            print_gate_report(member, options.out)
        else:
            if options.epochs:
                member = replace(member, epochs=options.epochs)
            deliver(member, train(member), options.out)


if __name__ == "__main__":
    main()
