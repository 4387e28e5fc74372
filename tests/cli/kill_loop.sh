#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# kill_loop.sh [ROUNDS [SEED]]: changes sets and kills the program with SIGKILL at a random moment.
# After each kill: what was acknowledged is there, an import is there whole or not at all, a state
# that was seen once does not change by itself, and clew set verify finds nothing.
#
# CLEW names the program; without it that of the build folder CLEW_BUILD.
set -u

rounds=${1:-10}
RANDOM=${2:-$$}
seed=${2:-$$}
clew=${CLEW:-${CLEW_BUILD:?set CLEW or CLEW_BUILD}/src/apps/clew/clew}
folder=$(mktemp -d "${TMPDIR:-/tmp}/clew-kill-XXXXXX") || exit 2
trap 'rm -rf "$folder"' EXIT
export CLEW_DATA=$folder/data
entries=400
killed=0

fail() {
    echo "not ok 1 - $*"
    echo "# round ${round:-0} of $rounds, seed $seed"
    exit 1
}

now_ms() {
    date +%s%3N
}

# make_list NUMBER: a list of $entries hashes that no other number shares.
make_list() {
    awk -v list="$1" -v entries="$entries" \
        'BEGIN { for (i = 0; i < entries; i++) printf "%08x%024x\n", list, i }' > "$folder/list-$1"
}

# known FILE: how many of its hashes the sets hold.
known() {
    local answers
    answers=$("$clew" match --quiet --hashes "$1")
    [ $? -le 1 ] || fail "clew match failed after a kill"
    [ -z "$answers" ] && echo 0 || wc -l <<< "$answers"
}

# run_and_kill COMMAND…: starts clew and kills it within about the time it takes. Sets `status`.
run_and_kill() {
    "$clew" "$@" > "$folder/out" 2> "$folder/err" &
    local process=$!
    local wait_ms=$((RANDOM % (duration_ms + duration_ms / 4 + 1)))
    sleep "$(printf '%d.%03d' $((wait_ms / 1000)) $((wait_ms % 1000)))"
    kill -9 "$process" 2> /dev/null
    wait "$process" 2> /dev/null
    status=$?
    [ "$status" -eq 137 ] && killed=$((killed + 1))
    [ "$status" -eq 0 ] || [ "$status" -eq 137 ] || fail "clew $1 $2: $(cat "$folder/err")"
}

# Bash would report each kill.
exec 2> /dev/null

begin=$(now_ms)
make_list 1
"$clew" set import --quiet base "$folder/list-1" --kind notable > /dev/null || fail "first import"
duration_ms=$(($(now_ms) - begin))
make_list 2
make_list 3
"$clew" set import --quiet swap "$folder/list-2" --kind alert > /dev/null || fail "second import"

: > "$folder/held"      # hashes added by hand that must be known
: > "$folder/withdrawn" # and those that must not
next=16

add_one() {
    local hash
    hash=$(printf '%08x%024x' 4294901760 "$round")
    run_and_kill set add base "$hash"
    echo "$hash" > "$folder/one"
    local found
    found=$(known "$folder/one")
    [ "$status" -ne 0 ] || [ "$found" -eq 1 ] || fail "an acknowledged hash is lost"
    [ "$found" -eq 0 ] || echo "$hash" >> "$folder/held"
}

merge_list() {
    make_list "$next"
    run_and_kill set import base "$folder/list-$next" --merge
    local found
    found=$(known "$folder/list-$next")
    [ "$status" -ne 0 ] || [ "$found" -eq "$entries" ] || fail "an acknowledged import is lost"
    [ "$found" -eq 0 ] || [ "$found" -eq "$entries" ] || fail "an import is there in part: $found"
    rm "$folder/list-$next"
    next=$((next + 1))
}

swap_lists() {
    local wanted=$((2 + RANDOM % 2)) other first second
    other=$((5 - wanted))
    run_and_kill set import swap "$folder/list-$wanted" --replace
    first=$(known "$folder/list-$wanted")
    second=$(known "$folder/list-$other")
    [ $((first + second)) -eq "$entries" ] || fail "a replaced set holds $first and $second"
    [ "$first" -eq 0 ] || [ "$second" -eq 0 ] || fail "a set is replaced in part"
    [ "$status" -ne 0 ] || [ "$first" -eq "$entries" ] || fail "an acknowledged replace is lost"
}

withdraw_one() {
    [ -s "$folder/held" ] || return 0
    head -n 1 "$folder/held" > "$folder/one"
    run_and_kill set withdraw base "$(cat "$folder/one")"
    local found
    found=$(known "$folder/one")
    [ "$status" -ne 0 ] || [ "$found" -eq 0 ] || fail "an acknowledged withdrawal is lost"
    [ "$found" -eq 0 ] || return 0
    cat "$folder/one" >> "$folder/withdrawn"
    sed -i 1d "$folder/held"
}

actions=(add_one merge_list swap_lists withdraw_one)
for ((round = 1; round <= rounds; round++)); do
    "${actions[RANDOM % 4]}"
    "$clew" set verify > "$folder/out" || fail "clew set verify: $(cat "$folder/out")"
    [ "$(known "$folder/held")" -eq "$(wc -l < "$folder/held")" ] || fail "a hash is gone"
    [ "$(known "$folder/withdrawn")" -eq 0 ] || fail "a withdrawn hash is back"
    [ "$(known "$folder/list-1")" -eq "$entries" ] || fail "the first list is not whole"
done
leftovers=$(find "$CLEW_DATA" -type f ! -name 'clew.db*' ! -name 'index.*' ! -name '.*' | wc -l)
[ "$leftovers" -eq 0 ] || fail "$leftovers files are left behind"
echo "ok 1 - $rounds changes, $killed of them killed: nothing acknowledged is lost, nothing half done"
echo "1..1"
