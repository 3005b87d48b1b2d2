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
  build              compile everything
  publish [RID]      native binary into artifacts/RID/ (linux-x64, linux-arm64; default: this machine's)
  bench [MODEL ...]  our engine beside ONNX Runtime on our models, or the given ones
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

# install PACKAGE ...: status 1 and the one command to run when it cannot be done here.
install() {
  command -v apt-get >/dev/null || { say "please install: $* (this is not a Debian-family system)"; return 1; }
  can_be_root ||
    { say "please run: sudo sh -c 'apt-get update && apt-get install -y --no-install-recommends $*'"; return 1; }
  say "installing $*"
  as_root apt-get -qq update >"$log" 2>&1 || true
  as_root env DEBIAN_FRONTEND=noninteractive apt-get -qq -y install --no-install-recommends "$@" >"$log" 2>&1 ||
    { tail -n 3 "$log" >&2; say "could not install $*"; return 1; }
}

# need COMMAND=PACKAGE ...: installs the packages of the commands that are not there.
need() {
  local pair missing=()
  for pair in "$@"; do
    PATH=$PATH:/usr/sbin command -v "${pair%%=*}" >/dev/null || missing+=("${pair#*=}")
  done
  [ ${#missing[@]} = 0 ] || install "${missing[@]}"
}

need_sdk() {
  command -v dotnet >/dev/null || die "the .NET 10 SDK is missing: https://dotnet.microsoft.com/download"
  case $(dotnet --version) in 10.*) ;; *) die "dotnet is $(dotnet --version); the .NET 10 SDK is needed" ;; esac
}

need_linker() {
  local zlib=()
  [ -e /usr/include/zlib.h ] || zlib=(zlib.h=zlib1g-dev)
  need clang=clang ld.lld=lld ${zlib[@]+"${zlib[@]}"}
}

need_cross() {
  local libc=()
  [ -e /usr/aarch64-linux-gnu/lib/libc.so ] || libc=(libc.so=libc6-dev-arm64-cross)
  need aarch64-linux-gnu-gcc=gcc-aarch64-linux-gnu llvm-objcopy=llvm ${libc[@]+"${libc[@]}"}
}

need_emulator() {
  need qemu-aarch64=qemu-user
  [ -e /usr/lib/aarch64-linux-gnu/libssl.so.3 ] && [ -e /usr/lib/aarch64-linux-gnu/libstdc++.so.6 ] && return 0
  if can_be_root; then
    as_root dpkg --add-architecture arm64
  else
    say "and before that: sudo dpkg --add-architecture arm64"
  fi
  install libc6:arm64 libstdc++6:arm64 libgcc-s1:arm64 zlib1g:arm64 libssl3:arm64
}

restore_data() {
  local problem=0
  [ -e "$data/faces/blazeface-128.onnx" ] || need npm=npm || true
  deploy/demo/restore-data.sh "$data" "$@" || problem=$?
  [ $problem = 0 ] && return 0
  # A fresh machine has no package lists yet.
  if can_be_root; then as_root apt-get -qq update >"$log" 2>&1 || true; fi
  deploy/demo/restore-data.sh "$data" "$@" || say "going on without the data named above"
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
  need_linker || exit 1
  if [ "$rid" != "$(this_rid)" ]; then
    [ "$rid" = linux-arm64 ] || die "$rid can only be published on such a machine"
    need_cross || exit 1
    options+=(-p:LinkerFlavor=lld -p:ObjCopyName=llvm-objcopy)
  fi
  say "publishing artifacts/$rid/edgeconv"
  rm -rf "artifacts/$rid"
  dotnet publish src/EdgeConv.Daemon -c Release -r "$rid" -o "artifacts/$rid" -v quiet ${options[@]+"${options[@]}"}
}

demo() {
  publish
  restore_data fashion digits heart pictures faces
  "artifacts/$(this_rid)/edgeconv" demo --data "$data" --models deploy/models "$@"
}

bench() {
  publish
  [ $# -gt 0 ] || set -- deploy/models/*/*.onnx
  "artifacts/$(this_rid)/edgeconv" bench --vs onnxruntime "$@"
}

run_tests() {
  need_sdk
  if [ $# = 0 ]; then
    need mosquitto=mosquitto openssl=openssl systemd-analyze=systemd || say "tests that need it are skipped"
    restore_data
    publish
    if [ "$(this_rid)" = linux-x64 ]; then
      publish linux-arm64
      need_emulator || say "the arm64 tests are skipped"
    fi
  fi
  build
  EDGECONV_DATA=$data EDGECONV_SKLEARN_DATA=$data/tables EDGECONV_ONNX_TESTDATA=$data/onnx \
    EDGECONV_REPOSITORY=$root tests/scripts/run-tests.sh "$@"
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
  test) run_tests "$@" ;;
  build) build "$@" ;;
  publish) publish "$@" ;;
  bench) bench "$@" ;;
  clean) clean ;;
  -h | --help | help) usage ;;
  '') usage >&2; exit 2 ;;
  *) usage >&2; die "unknown command '$command'" ;;
esac
