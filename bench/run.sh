#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# Everything of docs/benchmarks.md, on this machine: bench/run.sh FOLDER [NAME…] (make bench).
# FOLDER is a build folder; photographs and results lie in FOLDER/bench. NAME is pdq, digest, scan,
# worker, index, frames, timeline, lists, evidence, video, casework, review or desk; all of them
# unless told. Each program says what it compares with and how often; the tab-separated lines that begin with "row" gather in FOLDER/bench/results.tsv.
#
#   CLEW_BENCH_MEDIA=DIR   JPEG pictures for the index on real hashes (default: the photographs)
#   CLEW_BENCH_FRAMES=N    frames of known videos in the index (5 million unless told; 50 million take
#                          8 GB of disk for a while and 4 GB of memory)
#   CLEW_BENCH_SIZE=small  smaller volumes, to see that it works
set -eu

build=$(cd "$1" && pwd)
shift
source_root=$(cd "$(dirname "$0")/.." && pwd)
work=$build/bench
photos=$work/photos
clew=$build/src/apps/clew/clew
mkdir -p "$work"

wanted() { [ -z "$chosen" ] || case " $chosen " in *" $1 "*) true ;; *) false ;; esac; }
chosen=$*

# Builds and runs one program of bench/, keeping its rows.
run() {
    program=$1
    shift
    meson compile -C "$build" "$program" >/dev/null
    printf '\n== %s\n' "$program"
    "$work/$program" "$@" | tee "$work/$program.txt"
    grep -i '^row	' "$work/$program.txt" >>"$work/results.tsv" || true
}

# The rows as a Markdown table, for docs/benchmarks.md.
table() {
    printf '\n| figure | value | to reach | compared with | ratio |\n|---|---|---|---|---|\n'
    awk -F '\t' '{ printf "| %s | %s %s | %s | %s | %s |\n", $2, $3, $4, $5, $6, $7 }' \
        "$work/results.tsv"
}

: >"$work/results.tsv"
echo "machine: $(sed -n 's/^model name.*: //p' /proc/cpuinfo | head -n 1), $(nproc) processors," \
    "Linux $(uname -r), $(cc --version | head -n 1)"

if wanted pdq || wanted scan || wanted index || wanted evidence; then
    VIPS_WARNING=0 "$source_root/bench/make_photos.sh" "$photos" >/dev/null
fi
if wanted pdq; then run bench_pdq "$photos"/*.jpg; fi
if wanted digest; then run bench_digest "$work"; fi
if wanted worker; then run bench_worker; fi
if wanted scan; then run bench_scan "$clew" 5 "$photos"/*.jpg; fi
if wanted index; then
    meson compile -C "$build" peer_faiss >/dev/null 2>&1 || echo "Faiss is not installed: no peer"
    meson compile -C "$build" make_pdq_values >/dev/null
    find "${CLEW_BENCH_MEDIA:-$photos}" -type f \( -iname '*.jpg' -o -iname '*.jpeg' \) -print0 |
        LC_ALL=C sort -z | xargs -0 "$work/make_pdq_values" "$work/real.pdq" 100000
    run bench_index --folder "$work" --real "$work/real.pdq"
fi
if wanted frames; then
    for kind in frames random; do
        run bench_frames --folder "$work" --values "${CLEW_BENCH_FRAMES:-5000000}" --kind "$kind"
    done
fi
if wanted timeline; then
    run bench_timeline --folder "$work" --values "${CLEW_BENCH_FRAMES:-5000000}"
fi
if wanted lists; then run bench_lists "$work"; fi
if wanted evidence; then
    meson compile -C "$build" evidence_walk evidence_ewf >/dev/null
    printf '\n== evidence\n'
    "$source_root/bench/evidence.py" "$build" "$work/evidence" "${CLEW_BENCH_SIZE:-full}" \
        "$photos"/01mp-*.jpg | tee "$work/evidence.txt"
    grep '^row	' "$work/evidence.txt" >>"$work/results.tsv"
fi
if wanted video; then
    meson compile -C "$build" video_decode >/dev/null
    printf '\n== video\n'
    "$source_root/bench/video.py" "$build" "$work/video" "${CLEW_BENCH_SIZE:-full}" |
        tee "$work/video.txt"
    grep '^row	' "$work/video.txt" >>"$work/results.tsv"
fi
records=1000000
if [ "${CLEW_BENCH_SIZE:-full}" = small ]; then records=50000; fi
if wanted casework || wanted review; then
    server=$source_root/tests/tools/postgres.sh
    trap '"$server" stop "$work/postgres" 2>/dev/null || true' EXIT
    url=$("$server" start "$work/postgres" fsync | tail -n 1)
fi
if wanted casework; then
    run bench_casework "$work" --records "$records"
    run bench_casework "$work" --records "$records" --database "$url"
fi
if wanted review; then
    run bench_review "$work" --media "$records"
fi
if wanted desk; then
    make -s -C "$source_root" desk tests/web/node_modules/.package-lock.json
    printf '\n== desk\n'
    sizes=
    if [ "${CLEW_BENCH_SIZE:-full}" = small ]; then sizes="--media 5000 --decisions 200"; fi
    # shellcheck disable=SC2086 # words
    CLEW_SOURCE=$source_root CLEW_BUILD=$build CLEW_DESK=${CLEW_DESK:-$source_root/build/desk} \
        node "$source_root/bench/bench_desk.mjs" $sizes | tee "$work/desk.txt"
    grep '^row	' "$work/desk.txt" >>"$work/results.tsv"
fi
table
