#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# Makes the photos that bench_pdq is run on: the pictures of Debian's wallpaper packages at 1, 2, 4,
# 8 and 12 megapixels, JPEG quality 85 with 4:2:0 chroma, as OUTDIR/NNmp-name.jpg.
#
#     apt-get install libvips-tools mate-backgrounds gnome-backgrounds \
#         plasma-workspace-wallpapers ukui-wallpapers
#     bench/make_photos.sh /tmp/photos
#
# A picture is never enlarged: it appears in the sizes it has the pixels for. Drawings in SVG are
# left out, and so are very flat pictures (under 40 KB at 1 megapixel): they decode at twice the
# speed of a photo and say little.
set -eu

[ $# -eq 1 ] || { echo "usage: $0 OUTDIR" >&2; exit 2; }
command -v vips >/dev/null || { echo "$0: vips not found; install libvips-tools" >&2; exit 2; }
out=$1
mkdir -p "$out"
export VIPS_CONCURRENCY=1

# width * height * scale^2 = pixels
scale_for() {
    awk -v w="$1" -v h="$2" -v p="$3" 'BEGIN { printf "%.6f", sqrt(p * 1000000 / (w * h)) }'
}

find /usr/share/backgrounds /usr/share/wallpapers -type f -size +100k \
    \( -name '*.jpg' -o -name '*.png' -o -name '*.webp' \) ! -name 'screenshot*' 2>/dev/null |
    LC_ALL=C sort | while read -r picture; do
    width=$(vipsheader -f width "$picture")
    height=$(vipsheader -f height "$picture")
    name=$(printf '%s' "$picture" | sed 's|^/usr/share/||; s|/contents||; s|[/ ]|-|g; s|\.[^.]*$||')
    for megapixels in 01 02 04 08 12; do
        [ $((width * height)) -ge $((${megapixels#0} * 950000)) ] || continue
        target="$out/${megapixels}mp-$name.jpg"
        [ ! -e "$target" ] || continue
        vips resize "$picture" "$out/tmp.v" "$(scale_for "$width" "$height" "${megapixels#0}")"
        vips colourspace "$out/tmp.v" "$out/tmp2.v" srgb
        if vips jpegsave "$out/tmp2.v" "$target" --Q 85 --subsample-mode on --strip \
            --background 128 && [ "$megapixels" = 01 ] && [ "$(wc -c <"$target")" -lt 40000 ]; then
            rm "$target"
            break
        fi
    done
    rm -f "$out/tmp.v" "$out/tmp2.v"
done
ls "$out" | cut -c1-4 | sort | uniq -c
