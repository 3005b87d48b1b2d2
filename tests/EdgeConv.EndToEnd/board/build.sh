#!/usr/bin/env bash
# Builds the board: Debian's arm64 packages, kernel and initramfs in a disk image, without running arm64 code. Packages
# are only extracted; the few files that their maintainer scripts would have made are written here. Run as root; does
# nothing while what goes into it is the same. --check only tells by its status whether that is so.
set -euo pipefail
. "$(dirname "$0")/environment.sh"
packages=(
  base-files base-passwd bash dash coreutils sed grep findutils mawk tar gzip diffutils debianutils hostname mount
  login passwd util-linux ncurses-base sysvinit-utils procps libc-bin libpam-runtime libpam-modules tzdata
  systemd systemd-sysv udev dbus kmod netbase linux-image-arm64
  mosquitto mosquitto-clients v4l-utils i2c-tools ffmpeg libturbojpeg0 jq libssl3 zlib1g libstdc++6)

inputs=$(cat "$scripts_dir"/{environment.sh,build.sh,build-modules.sh,initramfs-init.c,board.service,modules/*} |
  sha256sum | cut -c1-64)
if [ "$(cat "$board_dir/inputs.sha256" 2>/dev/null)" = "$inputs" ]; then exit 0; fi
[ "${1:-}" != --check ] || exit 1
[ "$(id -u)" = 0 ] || { echo "board: run as root: the tree holds device nodes and other users' files" >&2; exit 1; }
rm -rf "$board_dir/inputs.sha256" "$rootfs"

# mirror: where this machine's apt finds that Debian release.
mirror() {
  local uri=${EDGECONV_DEBIAN_MIRROR:-}
  [ -n "$uri" ] || uri=$(apt-get indextargets --format '$(REPO_URI)|$(RELEASE)|$(COMPONENT)|$(ORIGIN)' |
    awk -F'|' -v s="$suite" '$2 == s && $3 == "main" && (uri == "" || $4 == "Debian") { uri = $1 } END { print uri }')
  [ -n "$uri" ] || { echo "board: apt knows no Debian $suite; set EDGECONV_DEBIAN_MIRROR" >&2; return 1; }
  echo "$uri"
}

# The packages of this machine's kind are listed for the modules' compiler, which runs here.
extract_packages() {
  mmdebstrap --quiet --arch=arm64,"$(dpkg --print-architecture)" --variant=extract --mode=root --components=main \
    --aptopt='APT::Install-Recommends "false"' --setup-hook=/usr/share/mmdebstrap/hooks/merged-usr/setup00.sh \
    --extract-hook="$scripts_dir/build-modules.sh" --include="$(IFS=,; echo "${packages[*]}")" \
    "$suite" "$rootfs" "$(mirror)" >"$board_dir/build.log" 2>&1 || { tail -n 20 "$board_dir/build.log" >&2; exit 1; }
  # What nobody reads there; no picture is drawn by OpenGL.
  rm -rf "$rootfs"/usr/share/{man,doc,locale} "$rootfs"/usr/lib/aarch64-linux-gnu/{libLLVM*,libz3*,dri}
}

# Root without a password, as this board is on nobody's network, and the users that the services run as.
write_users() {
  local etc=$rootfs/etc
  cp "$rootfs/usr/share/base-passwd/passwd.master" "$etc/passwd"
  cp "$rootfs/usr/share/base-passwd/group.master" "$etc/group"
  sed -i 's/^root:\*:/root::/' "$etc/passwd"
  printf 'root:::0:99999:7:::\n' >"$etc/shadow"
  chmod 640 "$etc/shadow"
  printf '%s\n' messagebus:x:100:101::/nonexistent:/usr/sbin/nologin \
    mosquitto:x:101:102::/var/lib/mosquitto:/usr/sbin/nologin >>"$etc/passwd"
  printf '%s\n' messagebus:x:101: mosquitto:x:102: >>"$etc/group"
  # Without these nobody can log in.
  echo 'auth required pam_unix.so nullok' >"$etc/pam.d/common-auth"
  echo 'account required pam_unix.so' >"$etc/pam.d/common-account"
  echo 'password required pam_unix.so' >"$etc/pam.d/common-password"
  echo 'session required pam_unix.so' | tee "$etc/pam.d/common-session" >"$etc/pam.d/common-session-noninteractive"
  install -d -o 101 -g 102 "$rootfs/var/lib/mosquitto" "$rootfs/var/log/mosquitto"
}

write_units() {
  local etc=$rootfs/etc units=$rootfs/etc/systemd/system name
  echo board >"$etc/hostname"
  echo '127.0.0.1 localhost board' >"$etc/hosts"
  : >"$etc/machine-id"
  : >"$etc/fstab"
  ln -sfn mawk "$rootfs/usr/bin/awk"
  ln -sfn dash "$rootfs/usr/bin/sh"
  for name in blas lapack; do ln -sfn $name/lib$name.so.3 "$rootfs/usr/lib/aarch64-linux-gnu/"; done
  # The journal outlives a reboot.
  mkdir -p "$rootfs/var/log/journal"
  mkdir -p "$units/multi-user.target.wants"
  ln -sfn /lib/systemd/system/multi-user.target "$units/default.target"
  for name in systemd-timesyncd systemd-networkd-wait-online systemd-firstboot systemd-update-utmp apt-daily \
    apt-daily-upgrade dpkg-db-backup fstrim e2scrub_all; do
    ln -sfn /dev/null "$units/$name.service"
    ln -sfn /dev/null "$units/$name.timer"
  done
  install -m 644 "$scripts_dir/board.service" "$units/"
  ln -sfn ../board.service "$units/multi-user.target.wants/board.service"
  ln -sfn /lib/systemd/system/mosquitto.service "$units/multi-user.target.wants/mosquitto.service"
}

# One static program, and the modules between the kernel, its root disk and the shared folder.
write_initramfs() {
  local kernel initramfs=$board_dir/initramfs order module file name
  kernel=$(ls "$rootfs/lib/modules")
  depmod -b "$rootfs" "$kernel"
  cp "$rootfs/boot/vmlinuz-$kernel" "$board_dir/vmlinuz"
  rm -rf "$initramfs"
  mkdir -p "$initramfs"/{modules,dev,new}
  aarch64-linux-gnu-gcc -O2 -static -o "$initramfs/init" "$scripts_dir/initramfs-init.c"
  order=$initramfs/modules/order
  : >"$order"
  for module in virtio_pci virtio_mmio virtio_blk ext4 9pnet_virtio 9p virtio_rng; do
    modprobe -d "$rootfs" -S "$kernel" --show-depends "$module" | awk '$1 == "insmod" { print $2 }' | while read -r file; do
      name=$(basename "${file%.xz}")
      grep -qx "$name" "$order" && continue
      case $file in *.xz) xz -dc "$file" >"$initramfs/modules/$name" ;; *) cp "$file" "$initramfs/modules/$name" ;; esac
      echo "$name" >>"$order"
    done
  done
  (cd "$initramfs" && find . | cpio -o -H newc --quiet | gzip -1 >"$board_dir/initrd.gz")
}

extract_packages
write_users
write_units
write_initramfs
rm -f "$board_dir/disk.img"
mke2fs -q -t ext4 -d "$rootfs" -L board -E lazy_itable_init=1 -O ^has_journal "$board_dir/disk.img" 1600M >/dev/null
echo "$inputs" >"$board_dir/inputs.sha256"
