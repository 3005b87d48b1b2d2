#!/usr/bin/env python3
"""Trains and exports `wardrobe`: clothing, footwear or bag for each pixel of a picture.

    python3 train.py                  train, export and verify
    python3 train.py --examples N     no training: the first N test pictures as PNG, with their masks
    python3 train.py --score          no training: the exported model on the test pictures
    python3 train.py --summary        no training: size and cost of the exported model

Pictures are composed: items of Fashion-MNIST, tinted, turned and scaled, on crops of photographs. Needs Debian 12's
python3-torch, python3-onnx, python3-scipy, python3-pil, dataset-fashion-mnist and the photographs that
`deploy/demo/restore-data.sh FOLDER pictures` restores.
"""
import argparse
import math
import sys
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import onnx
import torch
from PIL import Image
from scipy import ndimage
from torch import nn
from torch.nn import functional as F

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))
from modelkit import export, garments, interpret, training  # noqa: E402
from modelkit.layers import ConvNorm  # noqa: E402

PHOTOGRAPHS = Path.home() / ".cache" / "edgeconv" / "data" / "pictures"
TRAIN_PHOTOGRAPHS = ("china.jpg", "flower.jpg", "motorcycle_left.png", "rocket.jpg")
TEST_PHOTOGRAPHS = ("chelsea.png", "coffee.png")
TRAINED_ON = 50_000  # the last 10,000 training items stay unseen, as in fashion
LABELS = ("background", "clothing", "footwear", "bag")
CLOTHING, FOOTWEAR, BAG = 1, 2, 3
# T-shirt, trouser, pullover, dress, coat, sandal, shirt, sneaker, bag, ankle boot
CLASS_OF_ITEM = (1, 1, 1, 1, 1, 2, 1, 2, 3, 2)
SIDE, ITEM_SIDE = 96, 28
SMALLEST_ITEM, LARGEST_ITEM = 28, 48  # pixels
MOST_ITEMS = 3
SHARE_OF_COUNTS = (0.05, 0.25, 0.35, 0.35)  # pictures with 0, 1, 2 and 3 items
MEAN, STD = 127.5, 63.75  # on the 0..255 scale
THREADS = 1
STEPS_PER_EPOCH = 200
TEST_PICTURES = 1000
GOLDEN_PICTURES = [0, 7, 11]  # one without items, two with several
SEED = 20


# --- what pictures are composed of ----------------------------------------------------------------

@dataclass(frozen=True)
class Items:
    """Cut-outs float32 [N,2,28,28]: brightness and mask, both 0..1; and which of them belong to each class."""
    cutouts: torch.Tensor
    members: dict


def mask_of(pixels, kind):
    """What is lighter than black, with dark print filled in; straps keep the gaps that one sees through."""
    mask = pixels > 12
    holes, count = ndimage.label(ndimage.binary_fill_holes(mask) & ~mask)
    for hole in range(1, count + 1):
        if kind == CLOTHING or (holes == hole).sum() <= 8:
            mask = mask | (holes == hole)
    # Without specks beside the item.
    parts, count = ndimage.label(mask, np.ones((3, 3)))
    sizes = np.bincount(parts.ravel(), minlength=count + 1)
    return mask & (sizes[parts] >= 0.05 * mask.sum())


def load_items(part, count):
    pixels, labels = garments.load(part)
    pixels, kinds = pixels[:count, 0].numpy(), np.array(CLASS_OF_ITEM)[labels[:count].numpy()]
    masks = np.stack([mask_of(item, kind) for item, kind in zip(pixels, kinds)])
    cutouts = np.stack([pixels / np.float32(255), masks.astype(np.float32)], 1)
    members = {kind: torch.from_numpy(np.flatnonzero(kinds == kind)) for kind in (CLOTHING, FOOTWEAR, BAG)}
    return Items(torch.from_numpy(cutouts), members)


def load_photographs(folder, names):
    """uint8 [3,H,W] each."""
    return [torch.from_numpy(np.asarray(Image.open(folder / name).convert("RGB")).copy()).permute(2, 0, 1)
            for name in names]


def uniform(low, high, *shape):
    return low + (high - low) * torch.rand(*shape)


def crop_backgrounds(photographs, count):
    """uint8 [count,3,SIDE,SIDE]: random squares, turned by right angles, mirrored, lighter or darker, tinted."""
    crops = torch.empty(count, 3, SIDE, SIDE, dtype=torch.uint8)
    for i in range(count):
        photograph = photographs[torch.randint(len(photographs), ()).item()]
        height, width = photograph.shape[1:]
        side = int(uniform(SIDE / 2, min(height, width), ()).item())
        top, left = (torch.randint(extent - side + 1, ()).item() for extent in (height, width))
        crop = photograph[:, top:top + side, left:left + side].rot90(torch.randint(4, ()).item(), (1, 2))
        if torch.rand(()) < 0.5:
            crop = crop.flip(2)
        crop = F.interpolate(crop[None].float(), (SIDE, SIDE), mode="bilinear", align_corners=False,
                             antialias=bool(torch.rand(()) < 0.5))
        tint = uniform(0.55, 1.25, ()) * uniform(0.85, 1.15, 3, 1, 1)
        crops[i] = (crop[0] * tint).round().clamp(0, 255)
    return crops


# --- composing ------------------------------------------------------------------------------------

def draw_items(items, count):
    """Cut-outs [count,2,28,28] and their classes [count], each class equally often."""
    kinds = torch.randint(1, len(LABELS), (count,))
    chosen = [items.members[kind][torch.randint(len(items.members[kind]), ()).item()] for kind in kinds.tolist()]
    return items.cutouts[torch.stack(chosen)], kinds


def place(cutouts):
    """[N,2,SIDE,SIDE]: each cut-out scaled, turned by up to 20 degrees, perhaps mirrored, somewhere in the picture."""
    count = len(cutouts)
    side = uniform(SMALLEST_ITEM, LARGEST_ITEM, count)
    angle = uniform(-math.pi / 9, math.pi / 9, count)
    mirror = torch.where(torch.rand(count) < 0.5, -1.0, 1.0)
    # Up to a quarter of an item lies beyond the edge.
    reach = (1 - side / SIDE / 2)[:, None]
    x, y = uniform(-1, 1, count, 2).mul(reach).unbind(1)
    scale, cos, sin = SIDE / side, angle.cos(), angle.sin()
    rows = torch.stack([torch.stack([mirror * cos, mirror * sin, -mirror * (cos * x + sin * y)], 1),
                        torch.stack([-sin, cos, sin * x - cos * y], 1)], 1) * scale[:, None, None]
    grid = F.affine_grid(rows, (count, 2, SIDE, SIDE), align_corners=False)
    return F.grid_sample(cutouts, grid, mode="bilinear", padding_mode="zeros", align_corners=False)


def tint(brightness):
    """[N,3,SIDE,SIDE] on the 0..255 scale: from a dark to a light colour of random hue and contrast."""
    count = len(brightness)
    dark = uniform(0, 70, count, 1, 1, 1) * uniform(0.6, 1, count, 3, 1, 1)
    hue = 1 - uniform(0, 0.8, count, 1, 1, 1) * torch.rand(count, 3, 1, 1)
    light = uniform(90, 255, count, 1, 1, 1) * hue
    return dark + (light - dark) * brightness[:, None] ** uniform(0.6, 1.3, count, 1, 1, 1)


def compose(items, backgrounds):
    """Pictures uint8 [N,3,SIDE,SIDE] and the class of each pixel, int64 [N,SIDE,SIDE]; later items cover earlier."""
    count = len(backgrounds)
    pictures, classes = backgrounds.float(), torch.zeros(count, SIDE, SIDE, dtype=torch.int64)
    numbers = torch.multinomial(torch.tensor(SHARE_OF_COUNTS), count, replacement=True)
    for layer in range(MOST_ITEMS):
        cutouts, kinds = draw_items(items, count)
        brightness, cover = place(cutouts).unbind(1)
        cover = cover * (numbers > layer)[:, None, None]
        # Brightness fades with the mask at its edge; undone, so that only `cover` does.
        colors = tint((brightness / cover.clamp(min=0.05)).clamp(0, 1))
        pictures += cover[:, None] * (colors - pictures)
        classes = torch.where(cover >= 0.5, kinds[:, None, None], classes)
    noise = uniform(0, 6, count, 1, 1, 1) * torch.randn(count, 1, SIDE, SIDE)
    return (pictures + noise).round().clamp(0, 255).to(torch.uint8), classes


def normalise(pictures):
    """As the daemon: (pixel - mean) / std."""
    return ((pictures.float() - MEAN) / STD).contiguous(memory_format=torch.channels_last)


def test_pictures(photographs):
    training.seed_everything(SEED + 1)
    backgrounds = crop_backgrounds(load_photographs(photographs, TEST_PHOTOGRAPHS), TEST_PICTURES)
    return compose(load_items("t10k", 10_000), backgrounds)


# --- network --------------------------------------------------------------------------------------

class InvertedResidual(nn.Module):
    """1x1 expand, depthwise, 1x1 project; residual where shapes allow."""

    def __init__(self, inputs, outputs, kernel=3, stride=1, expand=3):
        super().__init__()
        hidden = inputs * expand
        self.residual = stride == 1 and inputs == outputs
        self.expand = ConvNorm(inputs, hidden, 1, activation=nn.ReLU6)
        self.depthwise = ConvNorm(hidden, hidden, kernel, stride, groups=hidden, activation=nn.ReLU6)
        self.project = ConvNorm(hidden, outputs, 1)

    def forward(self, x):
        y = self.project(self.depthwise(self.expand(x)))
        return x + y if self.residual else y


class Refine(nn.Module):
    """What is known at half the resolution, enlarged and joined by what is seen at this one."""

    def __init__(self, coarse, fine, outputs):
        super().__init__()
        self.known = ConvNorm(coarse, outputs, 1)
        self.seen = ConvNorm(fine, outputs, 1)
        self.depthwise = ConvNorm(outputs, outputs, 3, groups=outputs, activation=nn.ReLU6)
        self.pointwise = ConvNorm(outputs, outputs, 1, activation=nn.ReLU6)

    def forward(self, coarse, fine):
        return self.pointwise(self.depthwise((enlarge(self.known(coarse)) + self.seen(fine)).relu()))


def enlarge(x):
    return F.interpolate(x, scale_factor=2.0, mode="bilinear", align_corners=False)


class Wardrobe(nn.Module):
    """Scores [N,4,96,96] of pictures [N,3,96,96]; the deepest features are of stride 8."""

    def __init__(self):
        super().__init__()
        self.stem = ConvNorm(3, 16, 3, 2, activation=nn.ReLU6)
        self.quarter = nn.Sequential(InvertedResidual(16, 24, stride=2), InvertedResidual(24, 24))
        self.eighth = nn.Sequential(InvertedResidual(24, 32, 5, stride=2), InvertedResidual(32, 32, 5),
                                    InvertedResidual(32, 32, 5, expand=2))
        self.refine_quarter = Refine(32, 24, 24)
        self.refine_half = Refine(24, 16, 16)
        self.classifier = nn.Conv2d(16, len(LABELS), 1)

    def forward(self, x):
        half = self.stem(x)
        quarter = self.quarter(half)
        known = self.refine_quarter(self.eighth(quarter), quarter)
        return enlarge(self.classifier(self.refine_half(known, half)))


# --- commands -------------------------------------------------------------------------------------

def train(photographs, epochs):
    training.seed_everything(SEED)
    items = load_items("train", TRAINED_ON)
    backgrounds = crop_backgrounds(load_photographs(photographs, TRAIN_PHOTOGRAPHS), 4000)
    recipe = training.Recipe(epochs=epochs, batch_size=32, learning_rate=0.1, weight_decay=1e-4, label_smoothing=0.0)

    def batches():
        for _ in range(STEPS_PER_EPOCH):
            chosen = torch.randint(len(backgrounds), (recipe.batch_size,))
            pictures, classes = compose(items, backgrounds[chosen])
            yield normalise(pictures), classes

    model = Wardrobe().to(memory_format=torch.channels_last)
    return training.fit_batches(model, batches, STEPS_PER_EPOCH, recipe)


def intersections_over_unions(found, classes):
    """For each class, over all pixels of all pictures."""
    both = [((found == kind) & (classes == kind)).sum().item() for kind in range(len(LABELS))]
    either = [((found == kind) | (classes == kind)).sum().item() for kind in range(len(LABELS))]
    return [b / e for b, e in zip(both, either)]


def score(logits, classes):
    """Prints and returns the mean IoU."""
    found = logits.argmax(1)
    ious = intersections_over_unions(found, classes)
    mean = sum(ious) / len(ious)
    print(f"mean IoU {mean:.4f} (" + ", ".join(f"{label} {iou:.4f}" for label, iou in zip(LABELS, ious)) +
          f"); {(found == classes).float().mean():.4f} of all pixels; "
          f"background is {(classes == 0).float().mean():.4f} of them")
    return mean


def metadata(mean_iou):
    return {"family": "wardrobe", "member": "wardrobe", "input": f"(pixel - {MEAN}) / {STD}, red, green, blue",
            "labels": ",".join(LABELS), "test_mean_iou": f"{mean_iou:.4f}", "license": "Apache-2.0",
            "trained_on": f"Fashion-MNIST, first {TRAINED_ON} training images, on {', '.join(TRAIN_PHOTOGRAPHS)}"}


def deliver(model, photographs, out):
    pictures, classes = test_pictures(photographs)
    inputs = normalise(pictures)
    logits = training.predict(model, inputs, 50)
    path = out / "wardrobe.onnx"
    export.export_onnx(model, torch.zeros(1, 3, SIDE, SIDE), path, "image", metadata(score(logits, classes)))
    golden = GOLDEN_PICTURES
    export.write_golden(out / "golden", "wardrobe", inputs[golden], logits[golden])
    np.save(out / "golden" / "wardrobe.mask.npy", classes[golden].numpy().astype(np.uint8))
    print(f"largest score difference from torch {export.verify(path, inputs[:100], logits[:100]):.1e}")
    print_summary(out)


def score_file(photographs, out):
    pictures, classes = test_pictures(photographs)
    graph_file = onnx.load(str(out / "wardrobe.onnx"))
    score(torch.cat([interpret.run(graph_file, part)["logits"] for part in normalise(pictures).split(50)]), classes)


def print_summary(out):
    print(export.summarize(out / "wardrobe.onnx"))
    print(f"1x1 convolutions: {export.pointwise_outputs(out / 'wardrobe.onnx')}")


def write_examples(photographs, count, out):
    pictures, classes = test_pictures(photographs)
    for i in range(count):
        Image.fromarray(pictures[i].permute(1, 2, 0).numpy()).save(out / f"{i:03}.png")
        Image.fromarray((classes[i] * (255 // BAG)).numpy().astype(np.uint8)).save(out / f"{i:03}.mask.png")


def main():
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--photographs", type=Path, default=PHOTOGRAPHS)
    parser.add_argument("--out", type=Path, default=HERE)
    parser.add_argument("--epochs", type=int, default=14)
    parser.add_argument("--examples", type=int)
    parser.add_argument("--score", action="store_true")
    parser.add_argument("--summary", action="store_true")
    options = parser.parse_args()
    torch.set_num_threads(THREADS)
    options.out.mkdir(parents=True, exist_ok=True)
    if options.examples is not None:
        write_examples(options.photographs, options.examples, options.out)
    elif options.summary:
        print_summary(options.out)
    elif options.score:
        score_file(options.photographs, options.out)
    else:
        deliver(train(options.photographs, options.epochs), options.photographs, options.out)


if __name__ == "__main__":
    main()
