#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# A PostgreSQL server for one test run, reachable through a socket in DIR only.
#
#   postgres.sh start DIR [fsync]   makes it and prints its URL, for CLEW_TEST_POSTGRES
#   postgres.sh restart DIR         starts it again after it was killed; prints the URL
#   postgres.sh kill DIR            ends it at once, as a crash does (SIGKILL)
#   postgres.sh stop DIR            stops it and removes DIR
#
# The user clew may do everything and needs no password, the role guarded, where a test creates it,
# does. With fsync it writes as a server in use does; without, it is faster and loses data with the power.
# initdb refuses to run as root; then the user postgres (else nobody) runs it.
set -eu

usage() {
    sed -n '3,14s/^# \{0,1\}//p' "$0" >&2
    exit 2
}

[ $# -ge 2 ] || usage
action=$1
dir=$2
fsync=${3:-}

programs() {
    for place in /usr/lib/postgresql/*/bin /usr/pgsql-*/bin; do
        [ -x "$place/initdb" ] && found=$place
    done
    if [ -z "${found:-}" ]; then
        found=$(dirname "$(command -v initdb)") || {
            echo "postgres.sh: there is no initdb here; install postgresql" >&2
            exit 1
        }
    fi
    echo "$found"
}

# Runs a command as the one who owns the cluster.
as_owner() {
    if [ "$(id -u)" -eq 0 ]; then
        owner=postgres
        id postgres >/dev/null 2>&1 || owner=nobody
        setpriv --reuid="$owner" --regid="$(id -g "$owner")" --clear-groups env HOME="$dir" "$@"
    else
        "$@"
    fi
}

url() {
    encoded=$(printf '%s' "$dir" | sed 's:/:%2F:g')
    echo "postgresql://clew@$encoded/postgres"
}

run_server() {
    as_owner "$bin/pg_ctl" -D "$dir/data" -l "$dir/log" -w -t 60 start >/dev/null || {
        tail -n 5 "$dir/log" >&2
        exit 1
    }
}

bin=$(programs)
case $action in
start)
    mkdir -p "$dir"
    dir=$(cd "$dir" && pwd)
    chmod 700 "$dir"
    if [ "$(id -u)" -eq 0 ]; then
        owner=postgres
        id postgres >/dev/null 2>&1 || owner=nobody
        chown "$owner" "$dir"
    fi
    cd /
    as_owner "$bin/initdb" -D "$dir/data" -U clew -A trust -E UTF8 --locale=C.UTF-8 -N >/dev/null
    {
        echo "listen_addresses = ''"
        echo "unix_socket_directories = '$dir'"
        echo "max_connections = 60"
        echo "shared_buffers = 128MB"
        echo "max_wal_size = 1GB"
        echo "wal_level = minimal"
        echo "max_wal_senders = 0"
        [ "$fsync" = fsync ] || echo "fsync = off"
    } >>"$dir/data/postgresql.conf"
    # One role must give its password, so that tests can see it asked for.
    {
        echo "local all guarded scram-sha-256"
        cat "$dir/data/pg_hba.conf"
    } >"$dir/data/pg_hba.new"
    cat "$dir/data/pg_hba.new" >"$dir/data/pg_hba.conf"
    rm "$dir/data/pg_hba.new"
    run_server
    url
    ;;
restart)
    cd /
    run_server
    url
    ;;
kill)
    server=$(head -n 1 "$dir/data/postmaster.pid")
    # Stopped first, so that it starts no more children while they are listed.
    kill -STOP "$server"
    children=$(ps -o pid= --ppid "$server")
    # shellcheck disable=SC2086 # one word each
    kill -9 "$server" $children
    # A dead process nobody waited for yet would be taken for a server that runs.
    rm -f "$dir/data/postmaster.pid" "$dir"/.s.PGSQL.*.lock
    ;;
stop)
    cd /
    as_owner "$bin/pg_ctl" -D "$dir/data" -m immediate -w stop >/dev/null 2>&1 || true
    rm -rf "$dir"
    ;;
*)
    usage
    ;;
esac
