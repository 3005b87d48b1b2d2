#!/usr/bin/env bash
# build-modules.sh ROOTFS   a hook of mmdebstrap: builds what Debian's kernel leaves out, and our own simulated buses, into the
# tree. Headers and source are fetched with the lists that its kernel came by, so that they are of the same version.
set -euo pipefail
. "$(dirname "$0")/environment.sh"
kernel=$(ls "$1/lib/modules")
series=$(cut -d. -f1-2 <<<"$kernel")
source=linux-source-$series
work=$board_dir/modules
rm -rf "$work"
mkdir -p "$work/modules"
cd "$work"
APT_CONFIG=$MMDEBSTRAP_APT_CONFIG apt-get -qq -o APT::Sandbox::User=root download "linux-headers-$kernel:arm64" \
  "linux-headers-${kernel%-arm64}-common" "linux-kbuild-$series:$(dpkg --print-architecture)" "$source"
for package in linux-{headers,kbuild}*.deb; do dpkg-deb -x "$package" .; done
headers=$work/usr/src/linux-headers-$kernel
# The packages expect to lie in /.
sed -i "s#include /usr/src/#include $work/usr/src/#" "$headers/Makefile"

files=(drivers/i2c/i2c-stub.c drivers/gpio/{gpio-sim.c,gpiolib.h} kernel/irq/irq_sim.c
  drivers/iio/industrialio-{configfs,sw-device,sw-trigger}.c drivers/iio/trigger/iio-trig-hrtimer.c
  drivers/iio/dummy/iio_simple_dummy{.c,.h,_buffer.c})
dpkg-deb --fsys-tarfile "$source"_*.deb | tar xO "./usr/src/$source.tar.xz" | xz -dcT0 | tar x "${files[@]/#/$source/}"
cp "${files[@]/#/$source/}" "$scripts_dir"/modules/* modules/
cd modules
# irq_sim is never a module: it gets a licence, and the exported call in place of the one that modules may not use.
sed -i 's/handle_simple_irq(irq_to_desc(irqnum));/generic_handle_irq(irqnum);/; 1i #include <linux/module.h>' irq_sim.c
echo 'MODULE_LICENSE("GPL");' >>irq_sim.c
make -s -C "$headers" M="$PWD" ARCH=arm64 CROSS_COMPILE=aarch64-linux-gnu- modules -j"$(nproc)"
aarch64-linux-gnu-strip -g ./*.ko
install -D -m 644 -t "$1/lib/modules/$kernel/updates" ./*.ko
rm -rf "$work"
