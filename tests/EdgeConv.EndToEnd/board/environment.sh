# Sourced by the scripts beside it: where things are, and which Debian release the board runs.
board_dir=${EDGECONV_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/edgeconv}/board
scripts_dir=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
repository=$(cd "$scripts_dir/../../.." && pwd)
suite=bookworm
rootfs=$board_dir/rootfs
mkdir -p "$board_dir"
