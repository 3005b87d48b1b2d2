#!/usr/bin/env python3
"""Trains the networks that held-out classes are told by: fashion-s of deploy/models, knowing eight of ten classes.

    train_splits.py MODELS FOLDER      writes FOLDER/fashion-split-K.onnx for K = 0..4, unless it is there

MODELS is deploy/models. Split K holds classes 2K and 2K + 1 out, so that each class is held out once. Output i is the
i-th of the other eight. Trained as the member itself, with fewer epochs. Needs Debian's python3-torch, python3-onnx,
python3-sklearn and dataset-fashion-mnist.
"""
import pathlib
import sys

import torch

SPLITS, HELD_OUT, CLASSES = 5, 2, 10
EPOCHS = 8
SEED = 100


def known_classes(split):
    return [c for c in range(CLASSES) if c // HELD_OUT != split]


def select(pixels, labels, known):
    """The pictures of known classes, and their labels counted anew from 0."""
    number = torch.full((CLASSES,), -1)
    number[known] = torch.arange(len(known))
    labels = number[labels]
    return pixels[labels >= 0], labels[labels >= 0]


def train(split, path, fashion, training, export):
    """One network; prints its accuracy on test pictures of the classes it knows."""
    member, known = fashion.MEMBERS[0], known_classes(split)
    training.seed_everything(SEED + split)
    pixels, labels = select(*fashion.load("train"), known)
    model = fashion.build(member, len(known)).to(memory_format=torch.channels_last)
    augment = lambda batch: fashion.preprocess(fashion.shift_and_flip(batch), member.resolution)
    model = training.fit(model, pixels, labels, augment, training.Recipe(epochs=EPOCHS))
    pixels, labels = select(*fashion.load("t10k"), known)
    accuracy = training.accuracy(training.predict(model, fashion.preprocess(pixels, member.resolution)), labels)
    part = path.with_suffix(".part")
    metadata = {"known_classes": ",".join(map(str, known)), "test_accuracy": f"{accuracy:.4f}"}
    export.export_onnx(model, torch.zeros(1, 1, member.resolution, member.resolution), part, "image", metadata)
    part.rename(path)
    print(f"train_splits.py: {path.name}: accuracy {accuracy:.4f} on known classes", file=sys.stderr)


def main():
    if len(sys.argv) != 3:
        sys.exit("usage: train_splits.py MODELS FOLDER")
    models, folder = map(pathlib.Path, sys.argv[1:])
    sys.path[:0] = [str(models / "fashion"), str(models)]
    import train as fashion
    from modelkit import export, training
    torch.set_num_threads(1)
    folder.mkdir(parents=True, exist_ok=True)
    for split in range(SPLITS):
        path = folder / f"fashion-split-{split}.onnx"
        if not path.exists():
            train(split, path, fashion, training, export)


if __name__ == "__main__":
    main()
