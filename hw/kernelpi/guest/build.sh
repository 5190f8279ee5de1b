#!/bin/bash
# build.sh DIR: makes the guest's kernel (linux-uml, User-Mode Linux) and its module (vpi.ko) in DIR, from the sources of
# Debian 12's kernel, as root; 3 to 5 minutes on two cores, 2 GB while it builds. What they were made from lies beside them.
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
# A static link with glibc 2.36 lacks this symbol.
sed -i '/__xmknod/d' "$src/arch/um/os-Linux/user_syms.c"
# Without more interrupt numbers the lines of gpio-sim have none, and edges give ENXIO.
sed -i 's/^#define NR_IRQS\(\s*\)UM_LAST_SIGNAL_IRQ$/#define NR_IRQS\1(UM_LAST_SIGNAL_IRQ + 64)/' "$src/arch/um/include/asm/irq.h"
mkdir objects module
cp "$here/vpi.c" module/
echo 'obj-m := vpi.o' >module/Kbuild
make -C "$src" ARCH=um O="$work/objects" KCONFIG_ALLCONFIG="$here/uml.config" allnoconfig
make -C objects ARCH=um -j"$(nproc)"
make -C objects ARCH=um M="$work/module" modules
strip -o "$dir/linux-uml" objects/linux
strip -g -o "$dir/vpi.ko" module/vpi.ko
cp "$here/vpi.c" "$here/uml.config" "$dir/"
