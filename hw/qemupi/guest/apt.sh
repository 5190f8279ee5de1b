# . apt.sh DIR ARCHITECTURES RELEASES SOURCES: sets up an apt of its own in DIR and reads the mirror's lists. It leaves the host's apt
# as it is, but uses its mirror. RELEASES have packages, the first one by default; SOURCES have source packages.
apt=$1
mirror=$(grep -rhoE 'https?://[^ ]+/debian/?( |$)' /etc/apt/sources.list /etc/apt/sources.list.d/ 2>/dev/null | head -1 | tr -d ' ' || true)
[ "$mirror" ] || { echo "no Debian mirror among this machine's sources" >&2; exit 1; }
mkdir -p "$apt"/apt/etc/{apt.conf.d,preferences.d,sources.list.d} "$apt"/apt/state/lists/partial "$apt"/apt/cache/archives/partial
: > "$apt/apt/status"
entry() { echo "$1 [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] $mirror $2 main"; }
{ for s in $3; do entry deb "$s"; done; for s in ${4:-}; do entry deb-src "$s"; done; } > "$apt/apt/etc/sources.list"
cat > "$apt/apt.conf" <<C
Dir::Etc "$apt/apt/etc";
Dir::State "$apt/apt/state";
Dir::State::status "$apt/apt/status";
Dir::Cache "$apt/apt/cache";
APT::Architecture "${2%% *}";
APT::Architectures { $(for a in $2; do echo "\"$a\";"; done) };
APT::Default-Release "${3%% *}";
APT::Sandbox::User "root";
Acquire::Languages "none";
C
export APT_CONFIG=$apt/apt.conf
apt-get update -qq
