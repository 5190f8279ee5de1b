#!/bin/bash
# build.sh DIR: builds the guest's kernel (linux-uml, User-Mode Linux) and its modules (vpi.ko, chip.ko) in DIR.
# Run it as root. It uses the kernel sources of Debian 12, 3 to 5 minutes on two cores, and 2 GB while it builds.
# It copies its own sources to DIR too: vpi.c, chip.c, uml.config, iio.config. The file registers has the largest size of a process's
# registers, in bytes. iio.config and chip.c add the kernel's own
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
# Keep all registers of a process: those of a processor with AMX take 11,008 bytes. The host restores all of them or none, and without them
# init dies. The kernel's stacks, with a copy each, become larger too.
sed -i '/HOST_FP_SIZE/s/2696/11008/' "$src/arch/x86/um/user-offsets.c"
sed -i '/^config KERNEL_STACK_ORDER/,/^config /s/default 2 if 64BIT/default 4 if 64BIT/' "$src/arch/um/Kconfig"
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
echo 11008 >"$dir/registers"
