#!/usr/bin/env bash
# boot.sh [CPU]   starts the board with its serial console on stdin and stdout; log in as root, Ctrl-A X ends it.
# BOARD_SHARE=DIR   shares DIR over 9p (tag "share")      BOARD_APPEND=...   more of the kernel's command line
# The disk is a snapshot: what the board writes to it is gone at power-off.
set -euo pipefail
. "$(dirname "$0")/environment.sh"
share=()
[ -z "${BOARD_SHARE:-}" ] || share=(-virtfs "local,path=$BOARD_SHARE,mount_tag=share,security_model=none")
serial=stdio
[ ! -t 0 ] || serial=mon:stdio
exec qemu-system-aarch64 -M virt,gic-version=3 -cpu "${1:-cortex-a72}" -smp 2 -m 2G -nodefaults -nographic \
  -accel tcg,thread=multi,tb-size=512 -serial "$serial" -monitor none \
  -kernel "$board_dir/vmlinuz" -initrd "$board_dir/initrd.gz" \
  -append "console=ttyAMA0 loglevel=3 systemd.show_status=auto mitigations=off ${BOARD_APPEND:-}" \
  -drive "file=$board_dir/disk.img,format=raw,if=none,id=disk,cache=unsafe,snapshot=on" -device virtio-blk-pci,drive=disk \
  -device virtio-rng-pci "${share[@]}"
