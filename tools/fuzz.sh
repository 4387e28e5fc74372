#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# Runs every libFuzzer program of a build folder for a while. New inputs gather in
# FOLDER/corpus/NAME; an input that crashes is kept as FOLDER/crashes/NAME-… and fails the run. What
# a target said last is in FOLDER/fuzz-NAME.log.
#
#   tools/fuzz.sh FOLDER SECONDS [NAME…]
set -uo pipefail

folder=$1
seconds=$2
shift 2
source_root=$(cd "$(dirname "$0")/.." && pwd)
export ASAN_OPTIONS=allocator_may_return_null=1:detect_leaks=1
export LSAN_OPTIONS=suppressions=$source_root/tests/fuzz/leaks-of-libraries.supp:print_suppressions=0
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
    log=$folder/fuzz-$name.log
    options=(-max_total_time="$seconds" -timeout=20 -rss_limit_mb=2048 -print_final_stats=1
        -verbosity=0 -artifact_prefix="$folder/crashes/$name-")
    [ -f "$dictionary" ] && options+=(-dict="$dictionary")
    # Decoders are talkative: only the end is kept.
    if "$program" "${options[@]}" "$folder/corpus/$name" "$source_root/tests/corpus/$name" 2>&1 |
        tail -c 100000 >"$log"; then
        runs=$(sed -n 's/^stat::number_of_executed_units: *//p' "$log")
        echo "$name: ${runs:-?} runs in $seconds s"
    else
        echo "$name: FAILED"
        grep -aE 'ERROR|SUMMARY|Test unit written' "$log" | tail -n 5
        failed="$failed $name"
    fi
done
if [ -n "$failed" ]; then
    echo "failed:$failed; the inputs are in $folder/crashes" >&2
    exit 1
fi
