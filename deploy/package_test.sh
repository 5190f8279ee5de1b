#!/bin/bash
# make test-package: install, upgrade, remove and purge the packages of make dist in a fresh Debian, as root.
# shellcheck disable=SC2016 # dpkg-query's formats
set -euo pipefail
cd "$(dirname "$0")/.."

skip() { echo "SKIPPED: test of the packages: $*"; exit 0; }
[ "$(id -u)" = 0 ] || skip "not root"
for program in debootstrap:debootstrap dpkg-deb:dpkg git:git qemu-arm-static:qemu-user-static; do
  command -v "${program%:*}" >/dev/null || skip "no ${program%:*} (apt-get install ${program#*:})"
done

work=$(mktemp -d)
root=$work/debian
# shellcheck disable=SC2329 # the trap calls it
cleanup() {
  status=$?
  umount "$root/proc" 2>/dev/null || true
  rm -rf --one-file-system "$work"
  [ $status = 0 ] || echo "FAILED: test of the packages"
}
trap cleanup EXIT

fail() { echo "FAIL: $*" >&2; exit 1; }
ok() { echo "ok    $*"; }
# same WHAT GOT WANT
same() { [ "$2" = "$3" ] || fail "$1: got '$2', want '$3'"; ok "$1: $3"; }
quietly() { "$@" >"$work/log" 2>&1 || { cat "$work/log" >&2; fail "$*"; }; }
inside() { chroot "$root" /usr/bin/env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin DEBIAN_FRONTEND=noninteractive LC_ALL=C.UTF-8 "$@"; }
as_hillock() { inside setpriv --reuid hillock --regid hillock --init-groups -- "$@"; }
# everything but /run and what apt and dpkg note for themselves
files() {
  (cd "$root" && find . -xdev \( -path ./proc -o -path ./tmp -o -path ./run -o -path ./var/lib/dpkg -o -path ./var/lib/apt -o -path ./var/log -o -path ./var/cache \) -prune -o -printf '%p %y %m %U:%G %l\n' | sort)
}
state() { inside dpkg-query -W -f '${Status}' hillock 2>/dev/null || true; }

echo "== versions sort"
mkdir "$work/clone"
commit() { git -C "$work/clone" -c user.name=t -c user.email=t@example.org commit -q --allow-empty -m "$1" --date "$2"; }
export GIT_COMMITTER_DATE
versions=()
version() { versions+=("$(deploy/version.sh "$work/clone")"); }
git -C "$work/clone" init -q
GIT_COMMITTER_DATE='2026-01-02T03:04:05+02:00' commit first 2026-01-01; version
GIT_COMMITTER_DATE='2026-01-02T03:04:06+02:00' commit second 2026-01-01; version
for tag in v0.9.0 v1.0.0-rc1 v1.0.0; do
  git -C "$work/clone" tag $tag; version
  GIT_COMMITTER_DATE='2026-01-03T00:00:00Z' commit after 2026-01-01; version
done
for ((i = 1; i < ${#versions[@]}; i++)); do
  dpkg --compare-versions "${versions[i-1]}" lt "${versions[i]}" || fail "versions: ${versions[i-1]} does not sort before ${versions[i]}"
done
same "the first" "${versions[0]%.*}" 0~git20260102010405
same "of a tag" "${versions[6]}" 1.0.0
ok "${versions[*]}"

echo "== architectures"
for want in armhf:arm:arm-static:-cpu:arm1176 arm64:arm64:aarch64-static amd64:amd64; do
  IFS=: read -r deb go qemu cpu model <<<"$want"
  package=$(echo dist/hillock_*_"$deb".deb)
  [ -f "$package" ] || fail "no package for $deb in dist/: make dist"
  same "$package" "$(dpkg-deb -f "$package" Architecture)" "$deb"
  rm -rf "$work/x"; dpkg-deb -x "$package" "$work/x"
  cmp -s "$work/x/usr/bin/hillock" "dist/hillock-linux-$go" || fail "$package: its binary is not dist/hillock-linux-$go"
  size=$(stat -c %s "$work/x/usr/bin/hillock")
  most=29000000 # bytes
  case $package in *_arm64.deb) most=27000000 ;; esac
  [ "$size" -le "$most" ] || fail "$package: the binary has $size bytes, more than $most"
  said=$(${qemu:+qemu-$qemu} ${cpu:+$cpu $model} "$work/x/usr/bin/hillock" version) || fail "$package: its binary does not run"
  case $said in *" linux/$go") ok "$said, $size bytes" ;; *) fail "$package: got '$said', want one for linux/$go" ;; esac
  for module in periph.io/x/host/v3 periph.io/x/conn/v3; do
    module=$module@$(go list -m -f '{{.Version}}' $module)
    grep -q "\"purl\": \"pkg:golang/$module?" "dist/hillock-linux-$go.cdx.json" || fail "dist/hillock-linux-$go.cdx.json: no $module"
  done
done
(cd dist && sha256sum --quiet -c SHA256SUMS) || fail "dist/SHA256SUMS"
same "checksums" "$(wc -l <dist/SHA256SUMS) files" "$(find dist -name 'hillock*' | wc -l) files"

echo "== a Debian to install it in"
quietly debootstrap --variant=minbase --include=systemd,udev,man-db,bash-completion bookworm "$root"
mount -t proc proc "$root/proc"
printf '#!/bin/sh\nexit 101\n' >"$root/usr/sbin/policy-rc.d" && chmod 755 "$root/usr/sbin/policy-rc.d"
deb=$(echo dist/hillock_*_amd64.deb)
cp "$deb" "$root/tmp/hillock.deb"
# the same, newer and with another default
dpkg-deb -R "$deb" "$work/newer"
version=$(dpkg-deb -f "$deb" Version)
sed -i "s/^Version: .*/Version: $version+newer/" "$work/newer/DEBIAN/control"
echo "# of the newer package" >>"$work/newer/etc/hillock/hillock.toml"
quietly dpkg-deb --root-owner-group -b "$work/newer" "$root/tmp/newer.deb"
quietly inside man -w man
files >"$work/before"
cp "$root/etc/passwd" "$root/etc/group" "$work"
ok "$(wc -l <"$work/before") files, no user hillock"

echo "== install"
quietly inside apt-get install -y --no-install-recommends /tmp/hillock.deb
same "state" "$(state)" "install ok installed"
present() { # PATH MODE: a file of root's, not empty
  [ -s "$root$1" ] || fail "$1: is not there, or empty"
  same "$1" "$(stat -c '%a %U:%G' "$root$1")" "$2 root:root"
}
present /usr/bin/hillock 755
for file in /etc/hillock/hillock.toml /lib/systemd/system/hillock.service /lib/udev/rules.d/70-hillock.rules \
  /etc/security/limits.d/hillock.conf /usr/lib/sysusers.d/hillock.conf /usr/share/doc/hillock/{copyright,changelog.gz} \
  /usr/share/doc/hillock/doc/{commands,doctor,model,mqtt,page,time,virtual-pi}.md \
  /usr/share/doc/hillock/avahi/hillock.service /usr/share/doc/hillock/examples/{ads1115.toml,class-node-red.json,clicks.toml,no-adc.toml,noise.toml,recorded.toml,shows.toml,tide.csv,two-neurons.toml} /usr/share/man/man1/hillock.1.gz \
  /usr/share/bash-completion/completions/hillock /usr/share/zsh/vendor-completions/_hillock \
  /usr/share/fish/vendor_completions.d/hillock.fish; do
  present "$file" 644
done
inside dpkg -V hillock || fail "dpkg -V: files differ from the package's sums"
same "conffiles" "$(inside dpkg-query -W -f '${Conffiles}' hillock | awk 'NF {print $1}' | sort | xargs)" "/etc/hillock/hillock.toml /etc/security/limits.d/hillock.conf"
same "user" "$(inside getent passwd hillock | cut -d: -f5-)" "hillock, a neuron you can wire:/:/usr/sbin/nologin"
for group in hillock gpio spi i2c; do
  inside getent group $group >/dev/null || fail "no group $group"
  ok "group $group"
done
same "enabled" "$(inside systemctl is-enabled hillock.service || true)" disabled
for file in /etc/hillock/hillock.toml /usr/share/doc/hillock/examples/{ads1115,clicks,no-adc,noise,recorded,shows,two-neurons}.toml; do
  said=$(as_hillock hillock config check "$file" 2>&1) || fail "as user hillock: $said"
  case $said in "$file: ok: "*) ok "as user hillock: $said" ;; *) fail "as user hillock: got '$said'" ;; esac
done
# each command of the unit's that only looks, as it stands there
reload=$(sed -n 's/^ExecReload=\(.*config check.*\)/\1/p' "$root/lib/systemd/system/hillock.service")
[ -n "$reload" ] || fail "hillock.service: no ExecReload= checks the configuration"
# shellcheck disable=SC2086 # words
as_hillock $reload >/dev/null || fail "as user hillock: $reload"
ok "as user hillock: $reload"
page=$(inside env MANWIDTH=80 man hillock 2>"$work/log") || { cat "$work/log" >&2; fail "man hillock"; }
grep -q 'hillock config check \[FILE\]' <<<"$page" || fail "man hillock: does not name 'hillock config check'"
[ -z "$(inside env MANROFFSEQ= man --warnings=w -Tutf8 hillock 2>&1 >/dev/null)" ] || fail "man --warnings hillock: has warnings"
ok "man hillock: $(wc -l <<<"$page") lines"
same "whatis" "$(inside whatis hillock | tr -s ' ')" "hillock (1) - a neuron you can wire"
words=$(inside bash -c '. /usr/share/bash-completion/bash_completion; . /usr/share/bash-completion/completions/hillock
  COMP_WORDS=(hillock con) COMP_CWORD=1 COMP_LINE="hillock con" COMP_POINT=11; __start_hillock; echo ${COMPREPLY[@]}' 2>/dev/null) || fail "completion of bash"
same "completion of 'hillock con'" "${words%% *}" config

echo "== the unit"
said=$(inside systemd-analyze verify hillock.service 2>&1) || fail "systemd-analyze verify: $said"
[ -z "$said" ] || fail "systemd-analyze verify: $said"
ok "systemd-analyze verify says nothing"
said=$(inside systemd-analyze security --no-pager --offline=true --threshold=10 /lib/systemd/system/hillock.service) ||
  { echo "$said" >&2; fail "systemd-analyze security: more than 1.0"; }
ok "$(tail -n 1 <<<"$said" | sed 's/^[^O]*//; s/ [^ ]*$//')"
same "not restarted" "$(sed -n 's/^RestartPreventExitStatus=//p' "$root/lib/systemd/system/hillock.service")" "2 3"

echo "== rights of a user"
# Debian's rule names another group for the pins: ours comes after it, and before the rules of Raspberry Pi OS.
for file in 60-rpi.gpio-common 99-com; do echo "# in its place" >"$root/lib/udev/rules.d/$file.rules"; done # udev skips empty files
said=$({ inside udevadm test /sys 2>&1 || true; } | sed -nE 's/^Reading rules file: .*(hillock|gpio-common|99-com).*/\1/p' | xargs)
same "order of udev's rules" "$said" "gpio-common hillock 99-com"
rm "$root/lib/udev/rules.d/60-rpi.gpio-common.rules" "$root/lib/udev/rules.d/99-com.rules"
limits=$root/etc/security/limits.d/hillock.conf
same "limits" "$(grep -v '^#' "$limits" | xargs)" "@hillock - rtprio 80 @hillock - memlock unlimited @hillock - nice -20"
same "real time of the service" "$(sed -nE 's/^Limit(RTPRIO|MEMLOCK)=//p' "$root/lib/systemd/system/hillock.service" | xargs)" "80 infinity"
if (ulimit -SHr 80) 2>/dev/null; then
  login() { inside runuser -u daemon -- bash -c 'echo $(ulimit -r; ulimit -l; ulimit -e)'; } # with PAM's limits
  other=$(login)
  quietly inside usermod -aG hillock daemon
  same "rtprio, memlock and nice of a member of hillock" "$(login)" "80 unlimited 40"
  quietly inside gpasswd -d daemon hillock
  same "of another user" "$(login)" "$other"
else
  echo "SKIPPED: limits of a login: this root may not raise them"
fi

echo "== upgrade, with a configuration that the user changed"
echo "# of the user" >>"$root/etc/hillock/hillock.toml"
inside systemctl enable hillock.service 2>/dev/null
[ -L "$root/etc/systemd/system/multi-user.target.wants/hillock.service" ] || fail "systemctl enable made no link"
quietly inside dpkg --force-confdef --force-confold -i /tmp/newer.deb </dev/null
same "version" "$(inside dpkg-query -W -f '${Version}' hillock)" "$version+newer"
same "kept" "$(tail -n 1 "$root/etc/hillock/hillock.toml")" "# of the user"
same "beside it" "$(tail -n 1 "$root/etc/hillock/hillock.toml.dpkg-dist" 2>/dev/null)" "# of the newer package"
same "enabled" "$(inside systemctl is-enabled hillock.service)" enabled

echo "== remove"
quietly inside dpkg -r hillock
same "state" "$(state)" "deinstall ok config-files"
for file in /usr/bin/hillock /lib/systemd/system/hillock.service /lib/udev/rules.d/70-hillock.rules; do
  [ ! -e "$root$file" ] || fail "$file: is still there"
done
same "kept" "$(tail -n 1 "$root/etc/hillock/hillock.toml")" "# of the user"

echo "== purge"
quietly inside dpkg -P hillock
same "state" "$(state)" ""
files >"$work/after"
left=$(diff "$work/before" "$work/after" | grep -E '^[<>]' | grep -vE '^[<>] \./etc/(passwd|group|shadow|gshadow)-? ' || true)
[ -z "$left" ] || { echo "$left" >&2; fail "purge: files differ (> left, < lost)"; }
ok "no file is left, none is lost"
same "users left" "$(diff "$work/passwd" "$root/etc/passwd" | sed -n 's/^> \([^:]*\).*/\1/p' | xargs)" hillock
same "groups left" "$(diff "$work/group" "$root/etc/group" | sed -n 's/^> \([^:]*\).*/\1/p' | sort | xargs)" "gpio hillock i2c spi"
echo "the packages are right"
