#!/usr/bin/env python3
"""Share of inputs that the deployed fingerprints flag, as `edgeconv score` tells it: the last table of README.md.

    python3 flag-rates.py EDGECONV      e.g. ../../../artifacts/linux-x64/edgeconv

Needs what train.py needs.
"""
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np

import train

HERE = Path(__file__).resolve().parent


def main():
    edgeconv = Path(sys.argv[1]).resolve()
    train.training.seed_everything(train.SEED)
    pixels = train.load("t10k")[0]
    kinds = {"test images": pixels, **train.unfamiliar_kinds(pixels[:2000])}
    print("| member | " + " | ".join(kinds) + " |")
    with tempfile.TemporaryDirectory() as folder:
        for index, images in enumerate(kinds.values()):
            write(Path(folder, f"{index}.gray8"), images)
        for member in train.MEMBERS:
            rates = [flag_rate(edgeconv, member.name, Path(folder, f"{i}.gray8")) for i in range(len(kinds))]
            print(f"| {member.name} | " + " | ".join(f"{rate:.3f}" for rate in rates) + " |")


def write(path, images):
    """Bare pixels of 28x28, as fit.yaml reads them."""
    images = train.F.interpolate(images.float(), size=(28, 28), mode="bilinear", align_corners=False)
    images.round().numpy().astype(np.uint8).tofile(path)


def flag_rate(edgeconv, member, path):
    command = [edgeconv, "score", HERE / f"{member}.onnx", path, "--fingerprint", HERE / f"{member}.ecfp",
               "--config", HERE / "fit.yaml", "--csv"]
    header, *rows = subprocess.run(command, check=True, capture_output=True, text=True).stdout.splitlines()
    verdict = header.split(",").index("verdict")
    return np.mean([row.split(",")[verdict] == "ood" for row in rows])


if __name__ == "__main__":
    main()
