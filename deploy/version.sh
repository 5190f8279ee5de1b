#!/bin/sh
# The Debian version of a clone, so that later ones sort after earlier ones:
#   no tag yet       0~git20261123034944.2bba84a    the commit's time
#   v1.0.0-rc1       1.0.0~rc1
#   v1.0.0           1.0.0
#   5 commits later  1.0.0+5.g2bba84a               and +dirty for changes that are not committed
set -e
cd "${1:-.}"
if described=$(git describe --tags --long --match 'v[0-9]*' 2>/dev/null); then
	tag=${described%-*-g*}
	since=${described#"$tag"-}
	version=$(echo "${tag#v}" | tr - '~')
	[ "${since%-*}" = 0 ] || version=$version+$(echo "$since" | tr - .)
else
	version=0~git$(TZ=UTC git log -1 --format=%cd --date=format-local:%Y%m%d%H%M%S).$(git rev-parse --short HEAD)
fi
[ -z "$(git status --porcelain --untracked-files=no)" ] || version=$version+dirty
echo "$version"
