#!/bin/bash
# make dist: binaries, Debian packages, SBOMs and checksums in dist/. One commit always gives the same bytes.
set -euo pipefail
cd "$(dirname "$0")/.."
umask 022
export TZ=UTC LC_ALL=C GOFLAGS="${GOFLAGS:-} -trimpath" CGO_ENABLED=0
export DEB_ARCH DEB_VERSION=${DEB_VERSION:-$(deploy/version.sh)} STAGE MAINTAINER=maintainers@hillock.invalid
SOURCE_DATE_EPOCH=$(git log -1 --format=%ct) && export SOURCE_DATE_EPOCH
STAGE=$(mktemp -d) && trap 'rm -rf "$STAGE"' EXIT
version=$(git describe --tags --always --dirty)
ldflags="-s -w -X main.version=$version"

tool() { GOOS='' GOARCH='' go tool -modfile=deploy/tools/go.mod "$@"; }
pack() { gzip -9n >"$STAGE/$1.gz"; }

rm -rf dist && mkdir dist
go build -ldflags "$ldflags" -o "$STAGE/native" ./cmd/hillock
"$STAGE/native" man | pack hillock.1
for shell in bash zsh fish; do "$STAGE/native" completion $shell >"$STAGE/completion.$shell"; done

# List the changes since the last tag before this commit, or all changes.
since=$(git describe --tags --abbrev=0 --match 'v[0-9]*' HEAD^ 2>/dev/null || true)
{
  echo "hillock ($DEB_VERSION) unstable; urgency=medium"; echo
  git log --format='%w(78,2,4)* %s' ${since:+"$since.."}HEAD; echo
  echo " -- the hillock maintainers <$MAINTAINER>  $(date -R -d "@$SOURCE_DATE_EPOCH")"
} | pack changelog

# A static binary contains Go and the modules. Their licences require a copy.
{
  cat LICENSE
  echo; echo "Its page for browsers contains uPlot:"; echo; cat cmd/hillock/internal/web/page/uPlot.LICENSE
  echo; echo "The program contains Go's runtime and library, and these modules, under the licences below:"
  deps() { GOOS=linux go list -deps -f '{{with .Module}}{{if not .Main}}{{.Path}} {{.Version}} {{.Dir}}{{end}}{{end}}' ./cmd/hillock | sort -u; }
  deps | while read -r path v _; do echo "  $path $v"; done
  { echo "Go $(go env GOVERSION) $(go env GOROOT)"; deps; } | while read -r path v dir; do
    for file in "$dir"/LICEN[CS]E* "$dir"/COPYING* "$dir"/NOTICE*; do
      [ ! -f "$file" ] || { echo; echo "---- $path $v: ${file##*/}"; echo; cat "$file"; }
    done
  done
} >"$STAGE/copyright"

for target in arm:armhf arm64:arm64 amd64:amd64; do # GOARM=6: armhf for every Pi, also Zero and 1
  arch=${target%:*} DEB_ARCH=${target#*:} binary=dist/hillock-linux-$arch
  GOOS=linux GOARCH=$arch GOARM=6 go build -ldflags "$ldflags" -o "$binary" ./cmd/hillock
  cp "$binary" "$STAGE/hillock"
  touch -d "@$SOURCE_DATE_EPOCH" "$binary"
  tool nfpm package --config deploy/nfpm.yaml --packager deb --target dist/
  tool cyclonedx-gomod bin -json -std -noserial -version "$version" "$binary" |
    sed "s/\"timestamp\": \".*\"/\"timestamp\": \"$(date -d "@$SOURCE_DATE_EPOCH" +%FT%TZ)\"/" >"$binary.cdx.json"
done
(cd dist && sha256sum hillock* >SHA256SUMS && cat SHA256SUMS)
