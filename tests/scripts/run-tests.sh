#!/usr/bin/env bash
# Runs the built test programs (all, or the named ones), then the arm64 ones under qemu-user, and ends with the
# plain line `N passed, N failed` over every runner. Called by build.sh, which builds and sets the environment.
set -uo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
logs=$root/artifacts/test-logs
mkdir -p "$logs"
passed=0
failed=0
skipped=0

# count NAME: adds up the summary line of an xunit runner that measure has run; one without it has failed as a whole.
count() {
  local name=$1 log="$logs/$1.log" status seconds line total errors fails skips
  read -r status seconds <"$logs/$1.end"
  line=$(grep -oE 'Total: [0-9]+, Errors: [0-9]+, Failed: [0-9]+, Skipped: [0-9]+' "$log" | tail -n 1)
  if [ -z "$line" ]; then
    failed=$((failed + 1))
    printf '%-34s ended with status %s and no summary; see artifacts/test-logs/\n' "$name" "$status"
    tail -n 5 "$log"
    return
  fi
  read -r total errors fails skips <<<"$(grep -oE '[0-9]+' <<<"$line" | tr '\n' ' ')"
  fails=$((fails + errors))
  [ "$total" != 0 ] || fails=1
  [ "$status" = 0 ] || [ "$fails" != 0 ] || fails=1
  passed=$((passed + total - fails - skips))
  failed=$((failed + fails))
  skipped=$((skipped + skips))
  printf '%-34s %6d passed %4d failed %4d skipped  %4d s\n' "$name" $((total - fails - skips)) "$fails" "$skips" "$seconds"
  [ "$fails" = 0 ] || grep -E -A6 '\[FAIL\]' "$log" | head -n 60
  [ "$skips" = 0 ] || grep -A1 -F '[SKIP]' "$log" | grep -vE '\[SKIP\]|^--' | sed 's/^ */    skipped: /' | sort | uniq -c |
    sed 's/^ *\([0-9]*\)  */    \1 x /'
}

# measure NAME COMMAND ...: leaves its output in NAME.log, its status and its seconds in NAME.end.
measure() {
  local name=$1 status=0 begun=$SECONDS
  shift
  timeout --kill-after=10 1500 "$@" >"$logs/$name.log" 2>&1 </dev/null || status=$?
  echo "$status $((SECONDS - begun))" >"$logs/$name.end"
}

run() { # run NAME COMMAND ...
  measure "$@"
  count "$1"
}

# The emulated board, where its image is there; it mostly waits, so that it runs beside what only computes and takes no time.
board=$root/tests/EdgeConv.EndToEnd/board
has_board=

start_board() {
  if [ -x "$root/artifacts/linux-arm64/edgeconv" ] && command -v qemu-system-aarch64 >/dev/null && "$board/build.sh" --check; then
    has_board=yes
    measure board "$board/run.sh" "$root/artifacts/linux-arm64" &
  else
    echo "left out: the emulated board; ./build.sh test board makes its image, or makes it anew where it has changed"
  fi
}

# count_board: as count, of what ends with a summary of its own.
count_board() {
  local log=$logs/board.log status seconds fine bad
  read -r status seconds <"$logs/board.end"
  read -r fine bad <<<"$(sed -nE '$s/^([0-9]+) passed, ([0-9]+) failed$/\1 \2/p' "$log")"
  [ -n "$fine" ] && [ "$((fine + bad))" != 0 ] || { fine=0 bad=1; tail -n 5 "$log"; }
  passed=$((passed + fine))
  failed=$((failed + bad))
  printf '%-34s %6d passed %4d failed %4d skipped  %4d s\n' board "$fine" "$bad" 0 "$seconds"
  [ "$bad" = 0 ] || grep '^FAIL' "$log"
}

wanted() { # wanted PROJECT NAME ...: no names means every one
  local project=$1 name
  shift
  [ $# = 0 ] && return 0
  for name in "$@"; do
    [ "$project" = "EdgeConv.$name" ] || [ "$project" = "$name" ] && return 0
  done
  return 1
}

run_project() { # run_project NAME
  run "$1" "$root/tests/$1/bin/Release/net10.0/$1" -noColor
}

for project in "$root"/tests/*/*.csproj; do
  name=$(basename "$project" .csproj)
  case $name in EdgeConv.Testing | EdgeConv.Plants | EdgeConv.Benchmarks | EdgeConv.Evidence) continue ;; esac
  ! wanted "$name" "$@" || run_project "$name"
done

if [ $# = 0 ] && [ "$(uname -m)" = x86_64 ]; then start_board; fi
# It counts; how long that takes means nothing.
if wanted EdgeConv.Evidence "$@"; then
  rm -f "$root"/artifacts/evidence/*.txt
  run_project EdgeConv.Evidence
  sed -s '$G' "$root"/artifacts/evidence/*.txt 2>/dev/null
fi

# The kernel and engine tests once more on emulated arm64: the NEON paths, on a core without and with everything, both
# at once. The runtime writes code through one mapping and runs it through another, which qemu-user does not notice:
# unless that is off, it goes on with what it translated before.
emulate() { # emulate PROJECT CPU FILTER ...
  local project=$1 cpu=$2
  shift 2
  measure "$project ($cpu)" qemu-aarch64 -cpu "$cpu" -E DOTNET_EnableWriteXorExecute=0 -E DOTNET_TieredCompilation=0 \
    "$root/artifacts/arm64-tests/$project/$project" -noColor -parallelMode none "$@"
}

# What reads files and plans memory is the same on every core: each part runs on one of them.
without() { # without PART ...: sets filter to leave out these parts of the engine's tests
  local part
  filter=()
  for part in "$@"; do filter+=(-class- "EdgeConv.Engine.Tests.$part"); done
}

if [ $# = 0 ] && [ "$(uname -m)" = x86_64 ] && ! command -v qemu-aarch64 >/dev/null; then
  echo "skipped: kernel and engine tests on emulated arm64; qemu-aarch64 (package qemu-user) is not there"
elif [ $# = 0 ] && [ "$(uname -m)" = x86_64 ]; then
  export EDGECONV_TEST_GRID=small
  for name in EdgeConv.Kernels.Tests EdgeConv.Engine.Tests; do
    published=$root/artifacts/arm64-tests/$name
    dotnet publish "$root/tests/$name" -c Release -r linux-arm64 --self-contained -o "$published" -v quiet \
      >"$logs/$name.arm64.publish.log" 2>&1 ||
      { tail -n 3 "$logs/$name.arm64.publish.log"; failed=$((failed + 1)); continue; }
    without PlanCache.\* Execution.HostileModelTest
    emulate "$name" cortex-a72 "${filter[@]}" &
    a72=$!
    without Onnx.\* Planning.\* Graph.\* Inspection.\*
    emulate "$name" max "${filter[@]}" &
    wait $a72 $!
    count "$name (cortex-a72)"
    count "$name (max)"
  done
fi

if [ -n "$has_board" ]; then
  wait
  count_board
fi

[ $((passed + failed)) != 0 ] || { echo "no such test project: $*"; failed=1; }
[ "$skipped" = 0 ] || echo "$skipped skipped, for the reasons above"
echo "$passed passed, $failed failed"
[ "$failed" = 0 ]
