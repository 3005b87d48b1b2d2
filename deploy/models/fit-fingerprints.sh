#!/usr/bin/env bash
# Fits the fingerprints of our models with edgeconv itself, on the data that training left out for the gate.
#
#   fit-fingerprints.sh EDGECONV [MODEL ...]     e.g. ../../artifacts/linux-x64/edgeconv heart fashion-s
#
# Needs Debian's python3-numpy, python3-scipy and dataset-fashion-mnist for the data only.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"
edgeconv=$(realpath "${1:?usage: fit-fingerprints.sh EDGECONV [MODEL ...]}")
shift
models=${*:-heart fashion-s fashion-m fashion-l}
data=$(mktemp -d)
trap 'rm -rf "$data"' EXIT

/usr/bin/python3 - "$data" <<'PYTHON'
import gzip, pathlib, sys
import numpy as np

folder = pathlib.Path(sys.argv[1])
fashion = "/usr/share/datasets/fashion-mnist/train-images-idx3-ubyte.gz"
pictures = np.frombuffer(gzip.open(fashion).read()[16:], np.uint8).reshape(-1, 28 * 28)
pictures[50_000:].tofile(folder / "fashion.gray8")
counts = np.load("/usr/lib/python3/dist-packages/scipy/misc/ecg.dat")["ecg"].astype(int)
np.savetxt(folder / "heart.csv", counts[180 * 360:240 * 360], fmt="%d")
PYTHON

for model in $models; do
  case $model in
    heart) family=heart file=$data/heart.csv taps=(--tap /head/conv/Conv_output_0) ;;
    fashion-*) family=fashion file=$data/fashion.gray8
      taps=(--tap /head/conv/Conv_output_0 --tap /blocks/blocks.0/expand/conv/Conv_output_0=mean+variance) ;;
  esac
  "$edgeconv" fit "$family/$model.onnx" --config "$family/fit.yaml" --data "$file" --out "$family/$model.ecfp" "${taps[@]}"
done
