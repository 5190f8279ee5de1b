#!/bin/bash
# build-qemu.sh DIR builds QEMU from Debian's source with pikit.c, in a root of unpacked packages, and installs nothing. As root
# (chroot, mknod), after fetch.sh; 6 minutes on two cores, 1.5 GB in DIR/build.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd); W=$(cd "$1" && pwd); cd "$W"; export APT_CONFIG=$W/apt.conf
R=$W/build/root
if [ ! -e "$R/src" ]; then
	mkdir -p build/src; (cd build/src && apt-get source -qq --download-only qemu/trixie)
	apt-get install -qq -y --no-install-recommends --download-only base-files dash bash coreutils sed grep gawk mawk findutils tar xz-utils diffutils perl \
		gcc libc6-dev make meson/bookworm-backports ninja-build libglib2.0-dev libfdt-dev libpixman-1-dev zlib1g-dev flex bison \
		python3 python3-venv python3-setuptools python3-pip pkg-config gzip hostname patch > build/apt.log
	mkdir -p "$R"/usr/{bin,sbin,lib,lib64}; for d in bin sbin lib lib64; do ln -sfn usr/$d "$R/$d"; done
	for d in apt/cache/archives/*_amd64.deb apt/cache/archives/*_all.deb; do dpkg-deb --fsys-tarfile "$d" | tar -x --keep-directory-symlink -C "$R" -f -; done
	ln -sf gcc "$R/usr/bin/cc"; ln -sf mawk "$R/usr/bin/awk"; mkdir -p "$R/tmp"
	for n in null:3 zero:5 random:8 urandom:9; do mknod -m 666 "$R/dev/${n%:*}" c 1 "${n#*:}" || true; done
	mkdir "$R/src.new"; tar xf build/src/qemu_*.orig.tar.xz -C "$R/src.new" --strip-components=1
	tar xf build/src/qemu_*.debian.tar.xz -C build/src; patch -d "$R/src.new" -p1 -s < build/src/debian/patches/disable-pycotap.patch
	echo "system_ss.add(when: 'CONFIG_RASPI', if_true: files('pikit.c'))" >> "$R/src.new/hw/misc/meson.build"
	# RASPI needs OR_IRQ and UNIMP, and does not select them
	printf 'CONFIG_%s=y\n' RASPI OR_IRQ SPLIT_IRQ UNIMP ARM_GIC USB SSI I2C > "$R/src.new/configs/devices/aarch64-softmmu/rig.mak"
	mv "$R/src.new" "$R/src"
fi
cp "$here/pikit.c" "$R/src/hw/misc/pikit.c"
cat > "$R/build.sh" <<'C'
set -e
mkdir -p /src/b; cd /src/b
[ -e build.ninja ] || ../configure --target-list=aarch64-softmmu --without-default-features --without-default-devices --with-devices-aarch64=rig \
	--enable-tcg --enable-fdt=system --enable-pixman --disable-download --disable-docs --disable-werror --disable-tools --disable-user --disable-install-blobs > configure.log
ninja -j$(nproc) qemu-system-aarch64 > ninja.log || { tail -30 ninja.log; exit 1; }
strip -o /qemu-rig qemu-system-aarch64
C
chroot "$R" /bin/bash /build.sh
mkdir -p lib; cp "$R/qemu-rig" qemu-rig; cp -L "$R"/usr/lib/x86_64-linux-gnu/{libfdt.so.1,libpixman-1.so.0,libglib-2.0.so.0,libpcre2-8.so.0} lib/
cp "$here/pikit.c" pikit.c # qemupi.Find compares it
ls -la qemu-rig lib
