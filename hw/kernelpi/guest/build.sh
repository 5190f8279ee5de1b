#!/bin/bash
# build.sh DIR: builds the guest's kernel (linux-uml, User-Mode Linux) and its modules (vpi.ko, chip.ko) in DIR.
# Run it as root. It uses the kernel sources of Debian 12, 3 to 5 minutes on two cores, and 2 GB while it builds.
# It copies its own sources to DIR too: vpi.c, chip.c, uml.config, iio.config. iio.config and chip.c add the kernel's own
# driver for the ADC. They are apart because a kernel without them is good for all other tests.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
mkdir -p "$1"
dir=$(cd "$1" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
apt-get update -q
DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends \
  busybox-static kmod flex bison bc libelf-dev libssl-dev gcc make xz-utils linux-source-6.1
cd "$work"
tar -xf /usr/src/linux-source-6.1.tar.xz
src=$work/linux-source-6.1
# glibc 2.36 has no such symbol for a static link.
sed -i '/__xmknod/d' "$src/arch/um/os-Linux/user_syms.c"
# Add interrupt numbers: without one, a line of gpio-sim returns ENXIO for edges.
sed -i 's/^#define NR_IRQS\(\s*\)UM_LAST_SIGNAL_IRQ$/#define NR_IRQS\1(UM_LAST_SIGNAL_IRQ + 64)/' "$src/arch/um/include/asm/irq.h"
mkdir objects module
cp "$here/vpi.c" "$here/chip.c" module/
echo 'obj-m := vpi.o chip.o' >module/Kbuild
cat "$here/uml.config" "$here/iio.config" >all.config
make -C "$src" ARCH=um O="$work/objects" KCONFIG_ALLCONFIG="$work/all.config" allnoconfig
make -C objects ARCH=um -j"$(nproc)"
make -C objects ARCH=um M="$work/module" modules
strip -o "$dir/linux-uml" objects/linux
strip -g -o "$dir/vpi.ko" module/vpi.ko
strip -g -o "$dir/chip.ko" module/chip.ko
cp "$here/vpi.c" "$here/chip.c" "$here/uml.config" "$here/iio.config" "$dir/"
