#!/usr/bin/env bash
# Installs what the tests can use beside Node, npm, git and a C++ toolchain, where apt-get and root are at hand. What is missing in the
# end has its tests skipped, each of which says so.
set -euo pipefail

# command:package, and what it is for
tools=(
  rsync:rsync                 # the second judge
  getfattr:attr setfacl:acl   # attributes and ACLs
  chromium:chromium           # the dashboard
  mkfs.exfat:exfatprogs mount.exfat-fuse:exfat-fuse mkfs.ntfs:ntfs-3g mkfs.vfat:dosfstools mkfs.btrfs:btrfs-progs mkfs.xfs:xfsprogs
  shellcheck:shellcheck groff:groff zsh:zsh fish:fish systemd-analyze:systemd
)

PATH=$PATH:/usr/sbin:/sbin
missing=()
for tool in "${tools[@]}"; do
  command -v "${tool%%:*}" >/dev/null || missing+=("${tool#*:}")
done
[ ${#missing[@]} -gt 0 ] || exit 0

sudo=()
[ "$(id -u)" -eq 0 ] || sudo=(sudo -n)
export DEBIAN_FRONTEND=noninteractive
"${sudo[@]}" apt-get update -qq >/dev/null 2>&1 || true
for package in "${missing[@]}"; do
  "${sudo[@]}" apt-get install -y -qq --no-install-recommends "$package" >/dev/null 2>&1 || echo "$package cannot be installed here"
done
