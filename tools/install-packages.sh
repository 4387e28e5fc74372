#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# Installs what is missing of the named groups of tools/packages.txt, after saying what, how much
# and how long, and asking once.
#
#   tools/install-packages.sh [--check] GROUP…
#
#   --check   only say what is missing and the line that installs it; exit 1 if anything is
#   YES=1     do not ask (CI=true means the same)
#
# Not root: uses sudo where there is one, else prints the line to run. Without a terminal and
# without YES=1 it prints the line too: nothing is ever installed unasked.
set -eu
export LC_ALL=C

here=$(dirname "$0")
check_only=false
if [ "${1:-}" = --check ]; then
    check_only=true
    shift
fi
[ $# -gt 0 ] || { echo "usage: $0 [--check] GROUP…" >&2; exit 2; }

say() { printf '%s\n' "$*" >&2; }

packages_of() {
    for group in "$@"; do
        awk -v group="$group" '{ sub(/#.*/, "") } $1 == group { print $2, $3 }' "$here/packages.txt"
    done | while read -r package unless; do
        [ -n "$unless" ] && command -v "${unless#unless:}" >/dev/null || echo "$package"
    done | sort -u
}

is_installed() {
    dpkg-query -W -f='${db:Status-Abbrev}' "$1" 2>/dev/null | grep -q '^ii'
}

apt_get() { apt-get -o Debug::NoLocking=1 --no-install-recommends "$@"; }

missing=
for package in $(packages_of "$@"); do
    is_installed "$package" || missing="$missing $package"
done
missing=${missing# }
[ -n "$missing" ] || exit 0

line="apt-get install -y --no-install-recommends $missing"

# How the packages can be installed from here: as root, by sudo, or only by somebody else.
if [ "$(id -u)" = 0 ]; then
    as_root=
elif command -v sudo >/dev/null; then
    as_root=sudo
else
    as_root=none
fi

print_line_and_stop() {
    say "$1 To install what is missing, run${3:-}:"
    say ""
    say "    ${2:-}apt-get update && ${2:-}$line"
    say ""
    say "and then start again."
    exit 1
}

if $check_only; then
    print_line_and_stop "Missing packages." "$([ "$(id -u)" = 0 ] || echo 'sudo ')"
fi
[ "$as_root" != none ] ||
    print_line_and_stop "Not root, and there is no sudo." "" " as root"

# A fresh system has no package lists; sizes cannot be known before they are fetched.
# shellcheck disable=SC2086
if ! apt_get -s install $missing >/dev/null 2>&1; then
    say "Fetching the package lists (apt-get update, about 10 MB) …"
    $as_root apt-get update -qq </dev/null
fi

# shellcheck disable=SC2086
plan=$(apt_get --assume-no install $missing 2>/dev/null || true)
count=$(printf '%s\n' "$plan" | sed -n 's/.* \([0-9]*\) newly installed.*/\1/p')
fetch=$(printf '%s\n' "$plan" | sed -n 's/^Need to get \(.*\) of archives.*/\1/p' | sed 's|.*/||')
space=$(printf '%s\n' "$plan" | sed -n 's/^After this operation, \(.*\) of additional disk.*/\1/p')

# Minutes: 3 MB/s from the mirror, 15 MB/s unpacked; rounded up.
minutes=$(awk -v fetch="$fetch" -v space="$space" 'function mb(text, part) {
        split(text, part, " "); gsub(",", "", part[1])
        return part[1] * (part[2] == "GB" ? 1000 : part[2] == "kB" ? 0.001 : 1) }
    BEGIN { print int((mb(fetch) / 3 + mb(space) / 15) / 60) + 1 }')

say "Clew needs these Debian packages:"
printf "%s\n" "$missing" | fold -s -w 92 | sed "s|^|    |" >&2
say "With what they depend on: ${count:-?} packages, ${fetch:-?} to download, ${space:-?} on disk," \
    "about $minutes minute(s)."

if [ "${YES:-}" != 1 ] && [ "${CI:-}" != true ]; then
    [ -t 0 ] || print_line_and_stop "This is no terminal to ask on (YES=1 installs unasked)." \
        "${as_root:+$as_root }"
    printf 'Install them now? [Y/n] ' >&2
    read -r answer
    case $answer in
    '' | y | Y | yes | Yes) ;;
    *) print_line_and_stop "Nothing was installed." "${as_root:+$as_root }" ;;
    esac
fi

# What dpkg says is of interest only when it fails.
log=$(mktemp)
trap 'rm -f "$log"' EXIT
install_now() {
    # shellcheck disable=SC2086
    $as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -q -o Dpkg::Use-Pty=0 \
        --no-install-recommends $missing </dev/null >"$log" 2>&1
}
say "Installing …"
# Old lists name files that the mirror has replaced: one more try with fresh ones.
install_now || { $as_root apt-get update -qq </dev/null && install_now; } || {
    tail -n 20 "$log" >&2
    exit 1
}
