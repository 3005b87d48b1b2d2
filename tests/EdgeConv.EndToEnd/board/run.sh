#!/usr/bin/env bash
# run.sh PROGRAM_FOLDER [CPU]   boots the board that build.sh has made with the published arm64 program, runs in-board.sh in it and ends with
# the plain line `N passed, N failed`. Emulated time says nothing of a board's speed.
set -euo pipefail
. "$(dirname "$0")/environment.sh"
program=$1 cpu=${2:-cortex-a72}
# One run at a time: there is one share.
exec {lock}>"$board_dir/run.lock"
flock "$lock"
share=$board_dir/share
rm -rf "$share"
mkdir "$share"
cp -r "$scripts_dir"/{in-board.sh,tools.sh,checks} "$repository"/{systemd/*,README.md} "$share/"
cp "$program/edgeconv" "$program/libSkiaSharp.so" "$share/"
cp "$repository"/deploy/models/fashion/{fashion-s.onnx,fashion-s.ecfp,labels.txt} "$share/"
cp "$repository/tests/EdgeConv.Devices.Tests/Sensors/cases/bme280/registers.txt" "$share/bme280.txt"

BOARD_SHARE=$share BOARD_APPEND=edgeconv.test timeout --signal=TERM --kill-after=10 "${BOARD_TIMEOUT_SECONDS:-1800}" \
  "$scripts_dir/boot.sh" "$cpu" </dev/null >"$board_dir/console.log" 2>&1 || echo "the board ended with $?" >&2
# QEMU's status says nothing about the tests: only the file that the board wrote does.
if [ ! -s "$share/results.txt" ]; then
  echo "the board did not get as far as the tests; see $board_dir/console.log" >&2
  tail -n 20 "$board_dir/console.log" >&2
  echo "0 passed, 1 failed"
  exit 1
fi
cat "$share/results.txt"
tail -n 1 "$share/results.txt" | grep -q '^[1-9][0-9]* passed, 0 failed$' || { echo "details in $share/log.txt" >&2; exit 1; }
