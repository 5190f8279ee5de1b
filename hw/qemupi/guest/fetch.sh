#!/bin/bash
# fetch.sh DIR downloads everything but QEMU into DIR: Debian's kernels, device trees, busybox and dtc. It unpacks them, installs
# nothing, and makes the trees with SPI on and the initial file systems without a job. Any user; 1 minute, 0.4 GB.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd); mkdir -p "$1"; W=$(cd "$1" && pwd); cd "$W"

. "$here/apt.sh" "$W" "amd64 arm64 armel" "bookworm bookworm-backports trixie" trixie
mkdir -p deb
k64=$(apt-cache show linux-image-arm64:arm64/trixie | sed -n 's/^Depends: \(linux-image-[^ ]*\).*/\1/p' | head -1)
k6=$(apt-cache show linux-image-rpi:armel/bookworm | sed -n 's/^Depends: \(linux-image-[^ ]*\).*/\1/p' | head -1)
(cd deb && apt-get download -qq "$k64:arm64" "$k6:armel" busybox-static:arm64/bookworm busybox-static:armel/bookworm device-tree-compiler/bookworm libfdt1/bookworm)

unpack() { rm -rf "$2"; mkdir -p "$2"; dpkg-deb -x deb/$1 "$2"; }
unpack "${k64}_*_arm64.deb" k64; unpack "${k6}_*_armel.deb" k6
mkdir -p tools; for d in deb/device-tree-compiler_* deb/libfdt1_*; do dpkg-deb -x "$d" tools; done
dt() { LD_LIBRARY_PATH=tools/usr/lib/x86_64-linux-gnu tools/usr/bin/"$@"; }
cp k64/boot/vmlinuz-* Image; cp k6/boot/vmlinuz-* zImage

# Make the trees: with SPI and I2C on, and again with the line names of Raspberry Pi OS.
for o in pi names; do dt dtc -q -@ -I dts -O dtb -o $o.dtbo "$here/$o.dtso"; done
b64=$(echo k64/usr/lib/linux-image-*/broadcom) b6=$(echo k6/usr/lib/linux-image-*)
tree() {
	local p=$1-plain.dtb; cp "$2" "$p"
	dt fdtput -r "$p" /soc/serial@7e201000/bluetooth 2>/dev/null || true # the console needs the serial port, as with disable-bt
	if [ "$1" = 4b ]; then # QEMU's Pi 4 has no model of these and answers with an abort
		for n in $(dt fdtget -l "$p" /soc | grep -E '^(interrupt-controller|clock|i2c)@7ef|^(hdmi|avs|pixelvalve|hvs|vec|txp|dpi|dsi|csi)'); do dt fdtput -t s "$p" "/soc/$n" status disabled; done
	fi
	dt fdtput -d "$p" /soc/spi@7e204000 dmas dma-names 2>/dev/null || true # QEMU's SPI has no DMA: long transfers use interrupts
	dt fdtoverlay -i "$p" -o "$1.dtb" pi.dtbo
	if [ "$1" = zero ]; then dt fdtput -d zero.dtb /soc/spi@7e204000 pinctrl-0 pinctrl-names; fi # a hog already has the pins
	dt fdtoverlay -i "$1.dtb" -o "$1-os.dtb" names.dtbo
}
tree 3b "$b64/bcm2837-rpi-3-b.dtb"; tree 4b "$b64/bcm2711-rpi-4-b.dtb"; tree zero "$b6/bcm2835-rpi-zero.dtb"

# Make the initial file system without the job, padded: another archive follows it.
base() { # OUT ARCH MODULES...
	local out=$1 arch=$2 d; shift 2; d=$(mktemp -d); chmod 755 "$d"; mkdir -p "$d"/{bin,dev,etc,proc,sys,tmp,run,root,home/pi,job,modules}
	dpkg-deb --fsys-tarfile deb/busybox-static_*_"$arch".deb | tar -xO ./bin/busybox > "$d/bin/busybox"; chmod 755 "$d/bin/busybox"; ln -s busybox "$d/bin/sh"
	cp "$here/init" "$d/init"; : > "$d/modules/order"
	for m; do f=$(basename "${m%.xz}"); case $m in *.xz) xz -dc "$m" ;; *) cat "$m" ;; esac > "$d/modules/$f"; echo "$f" >> "$d/modules/order"; done
	printf '%s\n' root:x:0:0:root:/root:/bin/sh pi:x:1000:1000::/home/pi:/bin/sh guest:x:1001:1001::/tmp:/bin/sh nobody:x:65534:65534::/:/bin/sh > "$d/etc/passwd"
	printf '%s\n' root:x:0: pi:x:1000: guest:x:1001: gpio:x:997:pi spi:x:999:pi i2c:x:998:pi nogroup:x:65534: > "$d/etc/group"
	echo 'PRETTY_NAME="Debian GNU/Linux on QEMU"' > "$d/etc/os-release"
	(cd "$d" && find . | sort | busybox cpio -o -H newc -R 0:0 2>/dev/null) | gzip -9n > "$out"; rm -rf "$d"
	truncate -s %4 "$out"
}
m64=$(echo k64/usr/lib/modules/*/kernel/drivers) m6=$(echo k6/lib/modules/*/kernel/drivers)
base base64.cpio.gz arm64 "$m64"/spi/spi-bcm2835.ko.xz "$m64"/i2c/i2c-dev.ko.xz "$m64"/i2c/busses/i2c-bcm2835.ko.xz "$m64"/watchdog/bcm2835_wdt.ko.xz
base base6.cpio.gz armel "$m6"/i2c/i2c-dev.ko
rm -rf k64 k6
"$here/witness.sh" "$W" || echo "no kernel modules and no libgpiod in $W: the tests with them are skipped" >&2
ls -la Image zImage ./*.dtb ./*.cpio.gz
