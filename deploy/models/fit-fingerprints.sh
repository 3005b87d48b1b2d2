#!/usr/bin/env bash
# Fits the fingerprints of our models with edgeconv itself, on the data that training left out for the gate.
#
#   fit-fingerprints.sh EDGECONV DATA [MODEL ...]     e.g. artifacts/linux-x64/edgeconv ~/.cache/edgeconv/data heart
#
# DATA is the folder that deploy/demo/restore-data.sh fills. Needs Debian's python3-numpy, python3-pil, python3-scipy and
# dataset-fashion-mnist for the data only. The face detector's fingerprint knows random crops of eight photographs, which
# is enough to tell photographs from noise and covered lenses, and no more.
set -euo pipefail
usage='usage: fit-fingerprints.sh EDGECONV DATA [MODEL ...]'
edgeconv=$(realpath "${1:?$usage}")
restored=$(realpath "${2:?$usage}")
shift 2
cd "$(dirname "${BASH_SOURCE[0]}")"
models=${*:-heart fashion-s fashion-m fashion-l faces}
data=$(mktemp -d)
trap 'rm -rf "$data"' EXIT

/usr/bin/python3 - "$data" "$restored" <<'PYTHON'
import gzip, pathlib, sys
import numpy as np
from PIL import Image

folder, restored = map(pathlib.Path, sys.argv[1:])
fashion = "/usr/share/datasets/fashion-mnist/train-images-idx3-ubyte.gz"
pictures = np.frombuffer(gzip.open(fashion).read()[16:], np.uint8).reshape(-1, 28 * 28)
pictures[50_000:].tofile(folder / "fashion.gray8")
counts = np.load("/usr/lib/python3/dist-packages/scipy/misc/ecg.dat")["ecg"].astype(int)
np.savetxt(folder / "heart.csv", counts[180 * 360:240 * 360], fmt="%d")

random = np.random.default_rng(20261103)
with open(folder / "faces.rgb24", "wb") as crops:
    for path in sorted((restored / "pictures").iterdir()):
        picture = Image.open(path).convert("RGB")
        shorter = min(picture.size)
        for _ in range(150):
            side = int(shorter * random.uniform(0.4, 1))
            x, y = (int(random.integers(extent - side + 1)) for extent in picture.size)
            crop = picture.crop((x, y, x + side, y + side)).resize((128, 128), Image.BILINEAR)
            pixels = np.asarray(crop, float) * random.uniform(0.7, 1.2)
            if random.random() < 0.5:
                pixels = pixels[:, ::-1]
            crops.write(np.clip(pixels, 0, 255).astype(np.uint8).tobytes())
PYTHON

for model in $models; do
  case $model in
    heart) family=heart file=$data/heart.csv options=(--tap /head/conv/Conv_output_0) ;;
    fashion-*) family=fashion file=$data/fashion.gray8 options=(--map) ;;
    # The last separable layer of a detector with one class ranks turned and inverted pictures backwards.
    faces) family=faces file=$data/faces.rgb24 layers=StatefulPartitionedCall/functional_1
      options=(--tap "$layers/conv2d_1/BiasAdd:0=mean+variance" --tap "$layers/conv2d_16/BiasAdd:0") ;;
  esac
  onnx=$family/$model.onnx
  [ "$model" != faces ] || onnx=$restored/faces/blazeface-128.onnx
  "$edgeconv" fit "$onnx" --config "$family/fit.yaml" --data "$file" --out "$family/$model.ecfp" ${options[@]+"${options[@]}"}
done
