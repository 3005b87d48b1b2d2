#!/usr/bin/env bash
# One entry for everything; ./build.sh -h explains.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"
root=$PWD

export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1 MSBUILDTERMINALLOGGER=off ORT_DISABLE_TELEMETRY=1
export EDGECONV_CACHE=${EDGECONV_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/edgeconv}
data=$EDGECONV_CACHE/data

usage() {
  cat <<'TEXT'
usage: ./build.sh COMMAND

  demo [OPTION ...]  publish for this machine and run `edgeconv demo` (--seconds N bounds it, default 20)
  test [NAME ...]    build, publish and run every test, or only the named test projects (e.g. Gating.Tests)
  test load          the governor beside busy loops on all processors; asks for a machine that does nothing else
  test lossless      100,000 messages shared by three daemons that are killed all the time (a minute or two)
  test day           five days of operation on an accelerated clock, in which everything fails that can (some four minutes)
  test board         the arm64 program under its unit on an emulated board with cameras, sensors and GPIO
                     (as root; some ten minutes); `test` runs it too where its image is there
  build              compile everything
  publish [RID]      native binary into artifacts/RID/ (linux-x64, linux-arm64; default: this machine's)
  bench [MODEL ...]  our engine beside ONNX Runtime: the reference networks on 1 and 2 threads, written into
                     tests/EdgeConv.Benchmarks/results/ (Debian's torch exports them), or only the given models
  bench kernels      every kernel that accepts a convolution of these networks, beside the one that is chosen
  bench governor     what the governor reaches on simulated plants, written into the same folder
  bench mqtt         messages a second that one to three daemons of a group take, into the same folder
  bench overhead     from a camera's frame to the subscriber of its result without the inference, into the same folder
  bench pixels       from a camera's frame to a network's input, beside OpenCV and swscale, into the same folder;
                     with `mjpg` only the frames that are JPEG files, anew in the same table
  bench frontier     accuracy, multiply-adds, time and energy of the fashion family's members, into the same folder
  bench gate         what the gate is worth on pictures and labelled series, written into the same folder
  clean              remove what was built (the download cache stays)
  -h                 this text

What is missing is installed from the distribution's packages (apt-get, as root or through sudo). Downloads are
kept in $EDGECONV_CACHE (default ~/.cache/edgeconv). The .NET 10 SDK must be there.
TEXT
}

say() { printf 'build.sh: %s\n' "$*" >&2; }
die() { say "$*"; exit 1; }

# --- what the machine needs ------------------------------------------------------------------------------------

this_rid() {
  case $(uname -m) in
    x86_64) echo linux-x64 ;;
    aarch64) echo linux-arm64 ;;
    *) die "$(uname -m) machines are not supported; x86_64 and aarch64 are" ;;
  esac
}

as_root() {
  if [ "$(id -u)" = 0 ]; then "$@"; else sudo -n "$@"; fi
}

can_be_root() { [ "$(id -u)" = 0 ] || sudo -n true 2>/dev/null; }

# want PACKAGE COMMAND|FILE ...: notes the package when one of its commands or files is not there.
missing=() told=''
want() {
  local package=$1 thing
  shift
  for thing in "$@"; do
    PATH=$PATH:/usr/sbin command -v "$thing" >/dev/null || [ -e "$thing" ] || { missing+=("$package"); return 0; }
  done
}

want_linker() {
  want clang clang
  want lld ld.lld
  want zlib1g-dev /usr/include/zlib.h
}

want_cross() {
  want gcc-aarch64-linux-gnu aarch64-linux-gnu-gcc
  want libc6-dev-arm64-cross /usr/aarch64-linux-gnu/lib/libc.so
  want llvm llvm-objcopy
}

want_emulator() {
  local lib=/usr/lib/aarch64-linux-gnu
  want qemu-user qemu-aarch64
  want libc6:arm64 $lib/libc.so.6
  want libstdc++6:arm64 $lib/libstdc++.so.6
  want libgcc-s1:arm64 $lib/libgcc_s.so.1
  want zlib1g:arm64 $lib/libz.so.1
  want libssl3:arm64 $lib/libssl.so.3
}

want_for_tests() {
  want mosquitto mosquitto
  want openssl openssl
  want systemd systemd-analyze
  want libturbojpeg0 "/usr/lib/$(uname -m)-linux-gnu/libturbojpeg.so.0"
  want ffmpeg ffmpeg
  want python3-gi /usr/lib/python3/dist-packages/gi
  want gir1.2-gst-rtsp-server-1.0 "/usr/lib/$(uname -m)-linux-gnu/girepository-1.0/GstRtspServer-1.0.typelib"
  want gstreamer1.0-plugins-base "/usr/lib/$(uname -m)-linux-gnu/gstreamer-1.0/libgstvideotestsrc.so"
  want gstreamer1.0-plugins-good "/usr/lib/$(uname -m)-linux-gnu/gstreamer-1.0/libgstjpeg.so"
}

want_board() {
  want qemu-system-arm qemu-system-aarch64
  want mmdebstrap mmdebstrap
  want kmod modprobe depmod
  want cpio cpio
  want e2fsprogs mke2fs
  want xz-utils xz
  want make make
  want gcc gcc
}

# Tools of tests/EdgeConv.Evidence, each group on its own: what cannot be had skips the checks that want it.
install_for_evidence() {
  want llvm-19 llvm-mca-19
  install_missing || say "the loops of the arm64 program are not modelled"
  want valgrind valgrind
  want binutils objcopy
  install_missing || say "the caches of a board are not simulated"
}

# install_missing: installs what the functions above noted; status 1 when something could not be had, after printing
# the one command to run where that is all it takes.
install_missing() {
  local packages=("${missing[@]+"${missing[@]}"}") architecture='' step
  missing=()
  [ ${#packages[@]} != 0 ] || return 0
  command -v apt-get >/dev/null || { say "please install: ${packages[*]} (this is not a Debian-family system)"; return 1; }
  case "${packages[*]}" in
    *:arm64*) dpkg --print-foreign-architectures | grep -qx arm64 || architecture='dpkg --add-architecture arm64' ;;
  esac
  if ! can_be_root; then
    [ -z "$told" ] || { say "cannot go on without ${packages[*]}"; return 1; }
    told=yes
    step="apt-get update && apt-get install -y --no-install-recommends ${packages[*]}"
    say "please run: sudo sh -c '${architecture:+$architecture && }$step'"
    return 1
  fi
  say "installing ${packages[*]}"
  [ -z "$architecture" ] || as_root $architecture
  as_root apt-get -qq update >"$log" 2>&1 || true
  as_root env DEBIAN_FRONTEND=noninteractive apt-get -qq -y install --no-install-recommends "${packages[@]}" \
    >"$log" 2>&1 || { tail -n 3 "$log" >&2; say "could not install ${packages[*]}"; return 1; }
}

need_sdk() {
  command -v dotnet >/dev/null || die "the .NET 10 SDK is missing: https://dotnet.microsoft.com/download"
  case $(dotnet --version) in 10.*) ;; *) die "dotnet is $(dotnet --version); the .NET 10 SDK is needed" ;; esac
}

want_npm() { [ -e "$data/faces/blazeface-128.onnx" ] || want npm npm; }

restore_data() {
  deploy/demo/restore-data.sh "$data" "$@" && return 0
  if can_be_root; then
    # A fresh machine has no package lists yet.
    as_root apt-get -qq update >"$log" 2>&1 || true
    deploy/demo/restore-data.sh "$data" "$@" && return 0
  fi
  say "going on without the data named above"
}

# --- commands --------------------------------------------------------------------------------------------------

build() {
  need_sdk
  dotnet build EdgeConv.sln -c Release -v quiet "$@"
}

publish() {
  local rid=${1:-$(this_rid)} options=()
  need_sdk
  case $rid in linux-x64 | linux-arm64) ;; *) die "'$rid' is not supported; linux-x64 and linux-arm64 are" ;; esac
  want_linker
  if [ "$rid" != "$(this_rid)" ]; then
    [ "$rid" = linux-arm64 ] || die "$rid can only be published on such a machine"
    want_cross
    options+=(-p:LinkerFlavor=lld -p:ObjCopyName=llvm-objcopy)
  fi
  install_missing || exit 1
  say "publishing artifacts/$rid/edgeconv"
  rm -rf "artifacts/$rid"
  dotnet publish src/EdgeConv.Daemon -c Release -r "$rid" -o "artifacts/$rid" -v quiet ${options[@]+"${options[@]}"}
  # Asked for by name it may be for other machines.
  [ "$rid" = linux-x64 ] && { [ $# != 0 ] || grep -q avx512dq /proc/cpuinfo; } && publish_wide
  return 0
}

# The program for processors with AVX-512, which the other one starts in its place.
publish_wide() {
  local rid=linux-x64 folder
  say "publishing artifacts/$rid/edgeconv-v4"
  folder=$(mktemp -d)
  dotnet publish src/EdgeConv.Daemon -c Release -r $rid -p:IlcInstructionSet=x86-64-v4 -o "$folder" -v quiet
  mv "$folder/edgeconv" artifacts/$rid/edgeconv-v4
  rm -r "$folder"
}

# The engine in a program that runs a model a fixed number of times, for tools that count.
publish_fixed_runs() {
  local rid=$1 options=()
  [ "$rid" = "$(this_rid)" ] || options=(-p:LinkerFlavor=lld -p:ObjCopyName=llvm-objcopy)
  dotnet publish tests/EdgeConv.Evidence/FixedRuns -c Release -r "$rid" -o "artifacts/fixed-runs/$rid" -v quiet \
    ${options[@]+"${options[@]}"}
}

demo() {
  # Everything in one go, so that whoever has to run the command by hand runs one.
  want_npm
  want_linker
  install_missing || true
  publish
  restore_data fashion digits heart pictures faces
  "artifacts/$(this_rid)/edgeconv" demo --data "$data" --models deploy/models "$@"
}

want_torch() {
  local python=/usr/lib/python3/dist-packages
  want python3 python3
  want python3-torch $python/torch
  want python3-torchvision $python/torchvision
  want python3-onnx $python/onnx
}

# path_of_model ORIGIN FILE: where a model of models.txt lies, if it is to be had.
path_of_model() {
  local shared=${EDGECONV_SHARED_DATA:-../shared/data}
  case $1 in
    exported) echo "$EDGECONV_CACHE/bench/$2" ;;
    shared) echo "$shared/models/$2" ;;
    deployed) echo "deploy/models/$2" ;;
    restored) echo "$data/$2" ;;
  esac
}

# Exports the reference networks that are not in the cache yet.
export_networks() {
  local names=() origin file name
  while read -r origin file name; do
    [ "$origin" != exported ] || [ -e "$(path_of_model exported "$file")" ] || names+=("${file%_224.onnx}")
  done <"$1"
  [ ${#names[@]} != 0 ] || return 0
  want_torch
  install_missing || { say "going on without the reference networks"; return 0; }
  say "exporting ${names[*]}"
  # Debian's packages belong to Debian's interpreter.
  /usr/bin/python3 tests/EdgeConv.Benchmarks/export.py "$EDGECONV_CACHE/bench" "${names[@]}" ||
    say "going on without the networks that could not be exported"
}

# this_machine: its processor, how many, and what else it does.
this_machine() {
  local name load
  name=$(lscpu | sed -n 's/^Model name: *//p' | head -n 1)
  read -r load _ </proc/loadavg
  echo "${name:-unknown processor}, $(nproc) processors, load average $load before"
}

# reference_models: sets models to those of models.txt that are to be had, and names the others.
reference_models() {
  local list=tests/EdgeConv.Benchmarks/models.txt origin file name path
  want_npm
  install_missing || true
  export_networks $list
  restore_data faces
  models=()
  while read -r origin file name; do
    case $origin in '#'* | '') continue ;; esac
    path=$(path_of_model "$origin" "$file")
    if [ -e "$path" ]; then models+=("$path"); else say "skipping $name: $file is not there"; fi
  done <$list
}

bench_all() {
  local folder=tests/EdgeConv.Benchmarks models=() threads most lines=() status=0 machine
  want python3 python3
  reference_models
  command -v python3 >/dev/null || die "python3 is needed to write the report"
  most=$(nproc)
  machine=$(this_machine)
  mkdir -p artifacts/bench
  for threads in 1 2; do
    [ "$threads" -le "$most" ] || { say "skipping $threads threads: this machine has $most"; continue; }
    say "measuring on $threads thread(s)"
    "artifacts/$(this_rid)/edgeconv" bench --vs onnxruntime --cold --json --threads $threads "${models[@]}" \
      >artifacts/bench/$threads.jsonl || status=1
    lines+=(artifacts/bench/$threads.jsonl)
  done
  python3 $folder/report.py $folder/models.txt $folder/results "$machine" "${lines[@]}"
  cat $folder/results/bench.md
  say "wrote $folder/results/bench.md and bench.svg"
  return $status
}

# benchmarks ARGUMENT ...: runs the program of tests/EdgeConv.Benchmarks.
benchmarks() {
  local folder=tests/EdgeConv.Benchmarks
  need_sdk
  dotnet build $folder -c Release -v quiet >"$log" || { cat "$log"; exit 1; }
  dotnet $folder/bin/Release/net10.0/EdgeConv.Benchmarks.dll "$@"
}

bench_kernels() {
  local results=tests/EdgeConv.Benchmarks/results models=()
  reference_models
  mkdir -p artifacts
  {
    printf '# Kernels of convolutions\n\nWritten by `./build.sh bench kernels` on: %s. ' "$(this_machine)"
    benchmarks kernels "${models[@]}"
  } >artifacts/kernels.md
  mv artifacts/kernels.md $results/kernels.md
  cat $results/kernels.md
}

# Debian's packages belong to Debian's interpreter; swscale comes with OpenCV.
bench_pixels() {
  local folder=tests/EdgeConv.Benchmarks python=/usr/lib/python3/dist-packages arguments=()
  want python3 python3
  want python3-numpy $python/numpy
  want python3-opencv $python/cv2*.so
  want libturbojpeg0 "/usr/lib/$(uname -m)-linux-gnu/libturbojpeg.so.0"
  install_missing || die "OpenCV and libjpeg-turbo are needed to measure beside them"
  restore_data pictures
  mkdir -p artifacts
  arguments=(pixels /usr/bin/python3 $folder/Pixels/others.py "$data/pictures/motorcycle_left.png")
  {
    if [ "${1:-}" = mjpg ]; then
      printf '%s\n' "$(sed '/^## MJPG/,$d' $folder/results/pixels.md)"
      benchmarks "${arguments[@]}" mjpg
      printf '\nThis table alone was measured on: %s.\n' "$(this_machine)"
    else
      printf '# From camera to network\n\nWritten by `./build.sh bench pixels` on: %s.\n\n' "$(this_machine)"
      cat $folder/Pixels/report.md
      benchmarks "${arguments[@]}"
    fi
  } >artifacts/pixels.md
  mv artifacts/pixels.md $folder/results/pixels.md
  cat $folder/results/pixels.md
}

# The networks that know eight of Fashion-MNIST's ten classes; some twenty minutes, once.
train_splits() {
  local networks=$EDGECONV_CACHE/bench split missing=0
  for split in 0 1 2 3 4; do [ -e "$networks/fashion-split-$split.onnx" ] || missing=1; done
  [ $missing = 1 ] || return 0
  want_torch
  want python3-sklearn /usr/lib/python3/dist-packages/sklearn
  want dataset-fashion-mnist /usr/share/datasets/fashion-mnist/train-images-idx3-ubyte.gz
  install_missing || { say "going on without held-out classes"; return 0; }
  say "training five small networks for held-out classes, about four minutes each"
  /usr/bin/python3 tests/EdgeConv.Benchmarks/Gate/Fashion/train_splits.py deploy/models "$networks" ||
    say "going on without the networks that could not be trained"
}

bench_gate() {
  local file=tests/EdgeConv.Benchmarks/results/gate.md
  restore_data fashion digits
  export_networks tests/EdgeConv.Benchmarks/models.txt
  train_splits
  [ -x "artifacts/$(this_rid)/edgeconv" ] || publish
  benchmarks gate "${EDGECONV_SHARED_DATA:-../shared/data}" "$data" deploy/models "$EDGECONV_CACHE/bench" $file
  say "wrote $file and the charts beside it"
}

# table_of_tests FILE CLASS: writes what comes in, then the table: what the explicit tests say between bars.
table_of_tests() {
  local file=tests/EdgeConv.Benchmarks/results/$1
  {
    cat
    explicit_tests "$2" | tee /dev/stderr | sed -n 's/.*\[OUTPUT\] \(|.*|\).*/\1/p'
  } >"$log.md"
  mv "$log.md" "$file"
  cat "$file"
}

bench_mqtt() {
  {
    printf '# Messages shared by workers\n\nWritten by `./build.sh bench mqtt` on: %s. Messages a second from a shared\n' "$(this_machine)"
    printf 'subscription of mosquitto to results, with broker, publisher and observer on the same processors.\n\n'
  } | table_of_tests mqtt.md WorkersBench
}

bench_overhead() {
  {
    printf '# From a frame to the subscriber\n\nWritten by `./build.sh bench overhead` on: %s. Frames of 640x480 YUYV on the\n' "$(this_machine)"
    printf 'standard input of the native program, 30 a second; relay, mosquitto and observer on the same processors.\n\n'
  } | table_of_tests overhead.md OverheadBench
}

bench_frontier() {
  local file=tests/EdgeConv.Benchmarks/results/frontier.md
  restore_data fashion
  [ -x "artifacts/$(this_rid)/edgeconv" ] || publish
  benchmarks frontier "artifacts/$(this_rid)/edgeconv" "$data" deploy/models/fashion $file "$(this_machine)"
  say "wrote $file and the chart beside it"
}

bench() {
  case "$*" in
    frontier) bench_frontier; return ;;
    mqtt) bench_mqtt; return ;;
    overhead) bench_overhead; return ;;
    kernels) bench_kernels; return ;;
    gate) bench_gate; return ;;
    pixels | 'pixels mjpg') shift; bench_pixels "$@"; return ;;
    governor) benchmarks governor tests/EdgeConv.Benchmarks/results/governor.md; return ;;
  esac
  publish
  if [ $# = 0 ]; then bench_all; else "artifacts/$(this_rid)/edgeconv" bench --vs onnxruntime "$@"; fi
}

run_tests() {
  need_sdk
  if [ $# = 0 ]; then
    want_npm
    want_linker
    want_for_tests
    [ "$(this_rid)" = linux-arm64 ] || { want_cross; want_emulator; }
    install_missing || say "tests that need what is missing are skipped"
    publish
    if [ "$(this_rid)" = linux-x64 ]; then
      install_for_evidence
      publish linux-arm64
      publish_fixed_runs linux-arm64
      publish_fixed_runs linux-x64
    fi
    restore_data
  fi
  build
  EDGECONV_DATA=$data EDGECONV_SKLEARN_DATA=$data/tables EDGECONV_ONNX_TESTDATA=$data/onnx \
    EDGECONV_NETWORKS=${EDGECONV_NETWORKS:-$EDGECONV_CACHE/bench} EDGECONV_REPOSITORY=$root tests/scripts/run-tests.sh "$@"
}

# explicit_tests CLASS: runs the explicit tests of a class of tests/EdgeConv.EndToEnd with the published program.
explicit_tests() {
  local project=tests/EdgeConv.EndToEnd
  want mosquitto mosquitto
  want_linker
  install_missing || exit 1
  publish
  dotnet build $project -c Release -v quiet
  EDGECONV_REPOSITORY=$root dotnet $project/bin/Release/net10.0/EdgeConv.EndToEnd.dll -explicit only \
    -class "EdgeConv.EndToEnd.$1" -showLiveOutput
}

test_day() {
  local project=tests/EdgeConv.Day
  need_sdk
  want mosquitto mosquitto
  install_missing || die "mosquitto is the broker of that day"
  dotnet build $project -c Release -v quiet
  # Code is compiled once, or its growth would stand for memory that is lost.
  time DOTNET_TieredCompilation=0 EDGECONV_REPOSITORY=$root dotnet $project/bin/Release/net10.0/EdgeConv.Day.dll -explicit only -showLiveOutput
}

test_board() {
  local folder=tests/EdgeConv.EndToEnd/board
  want_linker
  want_cross
  want_board
  install_missing || exit 1
  publish linux-arm64
  # Root makes what lies in there, whoever tests.
  mkdir -p "$EDGECONV_CACHE/board"
  as_root env "EDGECONV_CACHE=$EDGECONV_CACHE" $folder/build.sh
  say "program and board are there after $SECONDS s"
  $folder/run.sh artifacts/linux-arm64
}

clean() {
  rm -rf artifacts
  find src tests -type d \( -name bin -o -name obj \) -prune -exec rm -rf {} +
}

log=$(mktemp)
trap 'rm -f "$log"' EXIT
command=${1:-}
[ $# = 0 ] || shift
case $command in
  demo) demo "$@" ;;
  test)
    case "$*" in
      board) test_board ;;
      day) test_day ;;
      load) explicit_tests LoadTest ;;
      lossless) explicit_tests LosslessTest ;;
      *) run_tests "$@" ;;
    esac
    ;;
  build) build "$@" ;;
  publish) publish "$@" ;;
  bench) bench "$@" ;;
  clean) clean ;;
  -h | --help | help) usage ;;
  '') usage >&2; exit 2 ;;
  *) usage >&2; die "unknown command '$command'" ;;
esac
