"""Fashion-MNIST, from Debian's package dataset-fashion-mnist."""
import gzip
from pathlib import Path

import numpy as np
import torch

DATASET = Path("/usr/share/datasets/fashion-mnist")


def read_idx(name):
    with gzip.open(DATASET / name) as stream:
        raw = stream.read()
    dimensions = raw[3]
    shape = np.frombuffer(raw, ">u4", dimensions, 4).astype(int)
    return np.frombuffer(raw, np.uint8, offset=4 + 4 * dimensions).reshape(shape)


def load(part):
    """Pixels uint8 [N,1,28,28] and labels int64 [N]; part is `train` or `t10k`."""
    pixels = torch.from_numpy(read_idx(f"{part}-images-idx3-ubyte.gz").copy()).unsqueeze(1)
    return pixels, torch.from_numpy(read_idx(f"{part}-labels-idx1-ubyte.gz").astype(np.int64))
