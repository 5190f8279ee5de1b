#!/bin/bash
# witness.sh DIR puts other eyes into DIR/witness, for an arm64 guest: the kernel's own driver of the MCP3008, as modules, and
# libgpiod's tools. Both are Debian's; the modules are those of DIR/Image. It fails where the mirror has another kernel by now. Any
# user; half a minute, 0.2 GB in a temporary folder.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd); W=$(cd "$1" && pwd)
release=$(grep -aom1 'Linux version [^ ]*' "$W/Image" | head -1 | cut -d ' ' -f 3)
version=$(grep -aom1 'SMP Debian [^ ]*' "$W/Image" | head -1 | cut -d ' ' -f 3)
tmp=$(mktemp -d); trap 'rm -rf "$tmp"' EXIT; cd "$tmp"
. "$here/apt.sh" "$tmp" arm64 trixie
apt-get download -qq "linux-image-$release=$version" gpiod libgpiod3 libc6

mkdir -p new/bin new/lib new/modules
extract() { dpkg-deb --fsys-tarfile "$1"_*.deb | tar -xO --wildcards "$2" > "new/$3"; } # PACKAGE PATH TO
for module in industrialio adc/mcp320x; do
	extract "linux-image-$release" "*/drivers/iio/$module.ko.xz" modules/packed
	xz -dc new/modules/packed > "new/modules/${module##*/}.ko"; rm new/modules/packed
done
for tool in gpioget gpioinfo gpiomon; do extract gpiod "*/bin/$tool" bin/$tool; done
for library in ld-linux-aarch64.so.1 libc.so.6; do extract libc6 "./usr/lib/aarch64-linux-gnu/$library" lib/$library; done
extract libgpiod3 '*/libgpiod.so.3.*' lib/libgpiod.so.3
chmod 755 new/bin/* new/lib/*
rm -rf "$W/witness"; mv new "$W/witness"
ls -la "$W"/witness/*
