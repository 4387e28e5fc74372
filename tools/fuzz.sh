#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# Runs every libFuzzer program of a build folder for a while. New inputs gather in
# FOLDER/corpus/NAME; an input that crashes is kept as FOLDER/crashes/NAME-… and fails the run.
#
#   tools/fuzz.sh FOLDER SECONDS [NAME…]
set -u

folder=$1
seconds=$2
shift 2
source_root=$(cd "$(dirname "$0")/.." && pwd)
export ASAN_OPTIONS=allocator_may_return_null=1:detect_leaks=1
export UBSAN_OPTIONS=halt_on_error=1:print_stacktrace=1
export G_SLICE=always-malloc

mkdir -p "$folder/crashes"
failed=
for program in "$folder"/tests/fuzz/fuzz_*; do
    [ -f "$program" ] && [ -x "$program" ] || continue
    name=${program##*/fuzz_}
    if [ $# -gt 0 ]; then
        case " $* " in *" $name "*) ;; *) continue ;; esac
    fi
    dictionary=$source_root/tests/fuzz/$name.dict
    mkdir -p "$folder/corpus/$name"
    echo "== $name, $seconds s"
    "$program" -max_total_time="$seconds" -timeout=20 -rss_limit_mb=2048 -print_final_stats=0 \
        -verbosity=0 -artifact_prefix="$folder/crashes/$name-" \
        $([ -f "$dictionary" ] && echo "-dict=$dictionary") \
        "$folder/corpus/$name" "$source_root/tests/corpus/$name" || failed="$failed $name"
done
if [ -n "$failed" ]; then
    echo "failed:$failed; the inputs are in $folder/crashes" >&2
    exit 1
fi
