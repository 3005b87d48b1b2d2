#!/usr/bin/env bash
# run.sh PROGRAM_FOLDER [GROUP ...]   boots the board that build.sh has made with the published arm64 program, runs the checks of
# in-board.sh in it (all groups, or these) and ends with its time and the plain line `N passed, N failed`.
# BOARD_CPU: the emulated processor, default cortex-a72. Emulated time says nothing of a board's speed.
set -euo pipefail
. "$(dirname "$0")/environment.sh"
program=$1
shift
[ $# != 0 ] || set -- service cameras sensors streams reboot
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
: >"$share/results.txt"
echo "$@" >"$share/groups.txt"

BOARD_SHARE=$share BOARD_APPEND=edgeconv.test timeout --signal=TERM --kill-after=10 "${BOARD_TIMEOUT_SECONDS:-1400}" \
  "$scripts_dir/boot.sh" "${BOARD_CPU:-cortex-a72}" </dev/null >"$board_dir/console.log" 2>&1 || echo "the board ended with $?" >&2
# QEMU's status says nothing about the tests: only the file that the board wrote does.
grep -v '^end$' "$share/results.txt" || true
passed=$(grep -c '^ok ' "$share/results.txt" || true)
failed=$(grep -c '^FAIL ' "$share/results.txt" || true)
if ! grep -qx end "$share/results.txt"; then
  echo "the board did not get to the end of its checks; see $board_dir/console.log" >&2
  tail -n 20 "$board_dir/console.log" >&2
  failed=$((failed + 1))
fi
[ "$failed" = 0 ] || echo "details in $share/log.txt" >&2
echo "the board ran for $SECONDS s"
echo "$passed passed, $failed failed"
[ "$failed" = 0 ]
