#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# Makes one relocatable object of our own objects and the static libraries they use, in which only
# what our entry objects define stays visible.
#
# The libyal libraries (libewf, libpff, libvmdk, libvhdi, libqcow) each carry and export helper
# libraries of the same names in different years' versions. Linked into one program, the first
# loaded of each name serves all of them, up to double frees. Sealed, each family calls its own.
#
#   tools/seal-object.sh NM OBJCOPY OUTPUT ENTRY-OBJECT… -- COMPILER… -- INNER-OBJECT-OR-LIBRARY…
#
# Fails when the object would show any symbol of the libraries.
set -eu

nm=$1
objcopy=$2
output=$3
shift 3
entries=
while [ "$1" != -- ]; do
    entries="$entries $1"
    shift
done
shift
compiler=
while [ "$1" != -- ]; do
    compiler="$compiler $1"
    shift
done
shift

# Names in these lists come from the build and hold no white space.
# shellcheck disable=SC2086
$nm --defined-only --extern-only --format=posix $entries | awk 'NF > 1 { print $1 }' |
    sort -u >"$output.keep"
# shellcheck disable=SC2086
$compiler -r -nostdlib -o "$output.open" $entries -Wl,--force-group-allocation \
    -Wl,-Bstatic -Wl,--start-group "$@" -Wl,--end-group -Wl,-Bdynamic
$objcopy --keep-global-symbols="$output.keep" "$output.open" "$output"
rm -f "$output.open"

shown=$($nm --defined-only --extern-only --format=posix "$output" | awk 'NF > 1 { print $1 }' |
    grep -E '^lib[a-z]+_' || true)
if [ -n "$shown" ]; then
    rm -f "$output"
    echo "seal-object.sh: $output would show symbols of its libraries:" >&2
    echo "$shown" | head -n 5 >&2
    exit 1
fi
