#!/bin/sh
# Installs BTSOOT on Debian and Raspberry Pi OS. Running it again changes nothing that is right already.
set -eu

usage() {
  cat <<'USAGE'
Usage: install.sh remote --root DIR [option...]   on the machine with the disk for the copies
       install.sh source [option...]              on the machine with the folders

Options:
  --root DIR          where the copies go: a mounted disk, or a folder on it
  --listen HOST:PORT  where the remote is served (default: 0.0.0.0:7713)
  --name NAME         what the remote is called (default: the machine's name)
  --as-root           the remote runs as root, so that the copies have the owners of the originals on the disk too
  --deb FILE          the package to install (default: the one in deploy/deb/out, else one that is built here)
  --dry-run           say what would be done, and do nothing
  --help
USAGE
}

say() { printf '%s\n' "$*"; }

fail() {
  printf 'install.sh: %s\n' "$1" >&2
  shift
  for line in "$@"; do printf '  %s\n' "$line" >&2; done
  exit 1
}

wrong() {
  printf 'install.sh: %s (--help shows how)\n' "$1" >&2
  exit 2
}

run() {
  say "+ $*"
  [ "$dry" = yes ] || "$@"
}

here=$(cd "$(dirname "$0")" && pwd)
side='' root='' listen='' name='' deb='' dry=no as_root=no

value() { [ $# -ge 2 ] || wrong "$1 needs a value"; }

while [ $# -gt 0 ]; do
  case $1 in
    remote | source) side=$1 ;;
    --root) value "$@"; root=$2; shift ;;
    --listen) value "$@"; listen=$2; shift ;;
    --name) value "$@"; name=$2; shift ;;
    --deb) value "$@"; deb=$2; shift ;;
    --as-root) as_root=yes ;;
    --dry-run) dry=yes ;;
    --help | -h) usage; exit 0 ;;
    *) wrong "what is \"$1\"?" ;;
  esac
  shift
done

[ -n "$side" ] || wrong 'say whether this is the "remote" or the "source"'
if [ "$side" = remote ]; then
  case $root in
    '') wrong 'a remote needs --root DIR' ;;
    *[!A-Za-z0-9/._+@-]*) fail "the root \"$root\" has characters that a systemd unit takes for something else" \
      'Use a folder whose path has letters, digits and / . _ + @ - only.' ;;
    /*) ;;
    *) wrong '--root must be an absolute path' ;;
  esac
  while [ "${root%/}" != "$root" ]; do root=${root%/}; done
  [ -n "$root" ] || fail 'the root cannot be /' 'Name the folder that the disk is mounted at.'
elif [ -n "$root$listen$name" ] || [ "$as_root" = yes ]; then
  wrong '--root, --listen, --name and --as-root are for a remote'
fi

command -v dpkg >/dev/null || fail 'this is not Debian, nor made of it: there is no dpkg' \
  'Install from a clone instead: README.md says how.'
[ "$dry" = yes ] || [ "$(id -u)" -eq 0 ] || fail 'this takes root' "Run it again with sudo: sudo $0 $side ..."
architecture=$(dpkg --print-architecture)

# --- Node. The package's native parts are for Debian's node or NodeSource's, in /usr/bin.
node_found=$(/usr/bin/node --version 2>/dev/null || true)
node_is_new() {
  major=${1#v}; minor=${major#*.}; major=${major%%.*}; minor=${minor%%.*}
  [ "$major" -gt 20 ] || { [ "$major" -eq 20 ] && [ "$minor" -ge 19 ]; }
}
node_offered=$(apt-cache policy nodejs 2>/dev/null | sed -n 's/^ *Candidate: *\([0-9].*\)$/v\1/p')
if [ -n "$node_found" ] && node_is_new "$node_found"; then
  say "Node $node_found is here."
elif [ -n "$node_offered" ] && node_is_new "$node_offered"; then
  run apt-get install -y nodejs
else
  fail "BTSOOT needs Node 20.19 or newer in /usr/bin; here is ${node_found:-none}, and apt offers ${node_offered:-none}" \
    'Debian 13 and the Raspberry Pi OS made of it have it: apt-get install nodejs' \
    'On Debian 12 it comes from NodeSource: https://github.com/nodesource/distributions, version 20' \
    'A Pi Zero or a Pi 1 (ARMv6) is too old for it.'
fi

# --- The package
package="btsoot-$side"
if [ -z "$deb" ]; then
  for found in "$here/deb/out/${package}"_*_"$architecture".deb; do
    if [ -e "$found" ]; then deb=$found; fi
  done
fi
if [ -z "$deb" ]; then
  command -v npm >/dev/null || fail 'there is no package here yet, and no npm to build it with' \
    'Bring one along with --deb FILE (npm run deb on a machine of the same kind makes it),' \
    'or install what building takes: apt-get install npm g++ make python3'
  # As whose clone it is: what root writes there, its owner could not build again.
  builder=$(stat -c %U "$here/..")
  builder_home=$(getent passwd "$builder" | cut -d: -f6)
  run runuser -u "$builder" -- env HOME="$builder_home" npm --prefix "$here/.." run deb
  if [ "$dry" = yes ]; then deb="$here/deb/out/$package.deb"; else deb=$(ls "$here/deb/out/${package}"_*_"$architecture".deb); fi
fi
sums_of_installed="/var/lib/dpkg/info/$package.md5sums"
if [ -e "$deb" ] && [ -e "$sums_of_installed" ] && dpkg-deb --ctrl-tarfile "$deb" | tar -xO ./md5sums | cmp -s - "$sums_of_installed"; then
  say "$package is installed, as $deb has it."
else
  run apt-get install -y --allow-downgrades --reinstall "$(dirname "$deb")/$(basename "$deb")"
fi

command=btsoot
[ "$side" = source ] || command=btsoot-remote
if [ -e "/usr/local/bin/$command" ]; then
  say "/usr/local/bin/$command, of an installation by hand, is found before the package's. To remove it:"
  say "  sudo npm rm --global @btsoot/agent-$side"
fi

systemd_runs() { [ -d /run/systemd/system ]; }

if [ "$side" = source ]; then
  say 'Installed. Next, with the code that btsoot-remote pair prints on the other machine:'
  say '  sudo btsoot pair CODE --name pi'
  say '  sudo btsoot add photos /path/to/photos pi:photos'
  say '  sudo systemctl enable --now btsoot-agent      the blocks with "schedule" or "watch"; man btsoot.toml'
  say '  or: sudo systemctl enable --now btsoot-sync@photos.timer      every night, without an agent'
  exit 0
fi

# --- The root
[ -d "$root" ] || fail "$root is not there" 'Mount the disk if it is not mounted, or make the folder on it.'
drop_ins=/etc/systemd/system/btsoot-remote.service.d
if [ "$as_root" = yes ] || [ -e "$drop_ins/as-root.conf" ]; then owner=root; else owner=btsoot-remote; fi
owner_now() { stat -c %U "$1"; }

if [ -e "$root/.btsoot" ] && [ "$(owner_now "$root/.btsoot")" != "$owner" ]; then
  if [ "$owner" = root ]; then
    advice="chown -R root: $root; the next sync sees the change, and gives the copies their own owners"
  else
    advice="chown -R $owner: $root; or let it run as root: --as-root"
  fi
  fail "$root/.btsoot belongs to $(owner_now "$root/.btsoot"), and the remote is to run as $owner" \
    "Stop what uses it, then give the service what is there: $advice"
fi
if [ "$owner" != root ] && [ "$(owner_now "$root")" != "$owner" ]; then
  others=$(find "$root" -mindepth 1 -maxdepth 1 ! -name lost+found -print -quit)
  [ -z "$others" ] || fail "$root belongs to $(owner_now "$root") and has other things in it: $others" \
    "Give the copies a folder of their own: mkdir $root/btsoot, and --root $root/btsoot" \
    "If those are the copies, give them to the service: chown -R $owner: $root"
  run chown "$owner:" "$root" || fail "the owner of $root cannot be set: its file system has no owners" \
    "Mount it for the service, in /etc/fstab: uid=$owner,gid=$owner,umask=077"
fi
set -- btsoot-remote init --root "$root"
[ -z "$listen" ] || set -- "$@" --listen "$listen"
[ -z "$name" ] || set -- "$@" --name "$name"
if [ -e "$root/.btsoot/remote.json" ] && [ -z "$listen$name" ]; then
  say "$root is a remote already."
else
  # A remote that is being served has its root locked.
  if systemd_runs; then run systemctl stop btsoot-remote.service; fi
  run runuser -u "$owner" -- "$@"
fi

# --- The service
changed=no
put() {
  if [ -e "$1" ] && printf '%s\n' "$2" | cmp -s - "$1"; then return; fi
  changed=yes
  say "+ write $1"
  [ "$dry" = yes ] && return
  mkdir -p "$(dirname "$1")"
  printf '%s\n' "$2" >"$1"
}
case $root/ in
  /home/* | /root/* | /run/user/*) in_home='
# The root lies in what ProtectHome= would hide.
ProtectHome=no' ;;
  *) in_home='' ;;
esac
put "$drop_ins/root.conf" "# Written by install.sh.
[Unit]
RequiresMountsFor=$root

[Service]
Environment=BTSOOT_REMOTE_ROOT=$root
ReadWritePaths=$root$in_home"
if [ "$as_root" = yes ]; then
  example=/usr/share/doc/btsoot-remote/examples/as-root.conf
  [ -e "$example" ] || example=$here/systemd/examples/as-root.conf
  put "$drop_ins/as-root.conf" "$(cat "$example")"
fi
if command -v systemctl >/dev/null; then run systemctl enable btsoot-remote.service; fi
if systemd_runs; then
  run systemctl daemon-reload
  if [ "$changed" = yes ]; then run systemctl restart btsoot-remote.service; else run systemctl start btsoot-remote.service; fi
else
  say 'systemd does not run here: the service starts with the machine.'
fi

say 'Next, to let a source in (the code is good for ten minutes):'
say "  sudo -u $owner btsoot-remote pair --root $root"
