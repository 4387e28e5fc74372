#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""clewd check, migrate, backup and restore, on both databases."""
import json
import os
import sqlite3
import subprocess
import tempfile
import threading
from pathlib import Path

import client
import stores
import tap
from stores import Store, run

SERVER = None  # of PostgreSQL
MASTER = "keys/master-1.key"


def folder():
    return tempfile.TemporaryDirectory(prefix="clew-ops-")


def check(store, status=0):
    return json.loads(store.clewd("check", "--json", "--quiet", status=status).stdout)


def back_up(store, place, keys=True):
    more = ["--with-keys", f"{place}/keys", "--passphrase-file",
            stores.passphrase_file(place)] if keys else []
    store.clewd("backup", f"{place}/archive", *more)
    return f"{place}/archive"


def restore(place, store, *more, status=0, archive=None):
    return store.clewd("restore", archive or f"{place}/archive", "--keys", f"{place}/keys",
                       "--passphrase-file", f"{place}/passphrase", *more, status=status)


# ---- Backup and restore ----

def restores_to_the_same(place, url=None, empty=None):
    store = Store.make(f"{place}/data", url)
    with store.server():  # makes the key of the record and a first head
        pass
    archive = back_up(store, place)
    digests = store.digests()
    for name in ("archive", "keys"):
        assert os.stat(f"{place}/{name}").st_mode & 0o777 == 0o600
    assert not [name for name in os.listdir(place) if name.startswith(".clew-backup")]
    held = Path(archive).read_bytes()
    assert (store.data / MASTER).read_bytes() not in held and b"manifest" in held
    assert (store.data / MASTER).read_text(encoding="ascii") not in Path(
        place, "keys").read_bytes().decode("latin-1")
    other = Store(f"{place}/other", empty, store.made)
    restore(place, other)
    assert other.digests() == digests
    found = check(other)
    assert found["sound"] and found["previews"] == 12 and found["leaves"] > 12, found
    before = store.answers()
    assert other.answers() == before
    other.clewd("audit", "verify") if not empty else None
    return store, other


def test_a_restored_store_answers_as_before_on_sqlite():
    with folder() as place:
        restores_to_the_same(place)


def test_a_restored_store_answers_as_before_on_postgresql():
    with folder() as place:
        url, empty = SERVER.create("one"), SERVER.create("two")
        store, _ = restores_to_the_same(place, url, empty)
        again = Store(f"{place}/again", empty, store.made)
        assert "holds tables" in restore(place, again, status=2).stderr
        wrong = Store(f"{place}/wrong")
        assert "PostgreSQL database" in restore(place, wrong, status=2).stderr


def test_a_backup_taken_under_writers_is_whole():
    with folder() as place:
        store = Store.make(f"{place}/data")
        known, stop = [], threading.Event()

        def write(server, name):
            session = store.made["ann"]
            csrf = server.get("/api/v1/session", session=session).json["csrf_token"]
            number = 0
            while not stop.is_set():
                reply = server.post("/api/v1/cases", {"number": f"{name}-{number}",
                                                      "scheme": "vics-us"},
                                    session=session, csrf=csrf)
                if reply.status == 201:
                    known.append(f"{name}-{number}")
                number += 1

        with store.server() as server:
            writers = [threading.Thread(target=write, args=(server, f"w{i}")) for i in range(3)]
            for writer in writers:
                writer.start()
            while len(known) < 5:
                stop.wait(0.05)
            before = list(known)
            back_up(store, place)
            stop.set()
            for writer in writers:
                writer.join()
        other = Store(f"{place}/other", None, store.made)
        restore(place, other)
        assert check(other)["sound"]
        numbers = other.tables()["case_file"]
        assert all(f"'{number}'" in numbers for number in before)


def test_a_damaged_backup_is_refused_before_anything_is_written():
    with folder() as place:
        store = Store.make(f"{place}/data")
        archive = back_up(store, place)
        whole = Path(archive).read_bytes()
        end = len(whole)
        damaged = [whole[:at] + bytes([whole[at] ^ 1]) + whole[at + 1:]
                   for at in (0, 130, 300, 511, 512, end // 2, end - 2000, end - 1300, end - 1)]
        damaged += [whole[:-1], whole[:5000], b"", whole + b"\0" * 512]
        for number, data in enumerate(damaged):
            Path(place, "damaged").write_bytes(data)
            other = Store(f"{place}/other")
            said = restore(place, other, status=2, archive=f"{place}/damaged").stderr
            assert "is damaged or none" in said, f"{number}: {said}"
            assert not other.data.exists(), number


def test_keys_are_opened_by_their_passphrase_only():
    with folder() as place:
        store = Store.make(f"{place}/data")
        back_up(store, place)
        other = Store(f"{place}/other")
        stores.passphrase_file(place, "another phrase altogether")
        assert "passphrase is another one" in restore(place, other, status=2).stderr
        stores.passphrase_file(place)
        sealed = Path(place, "keys").read_bytes()
        for at in (14, 30, 60, len(sealed) - 1):
            Path(place, "keys").write_bytes(sealed[:at] + bytes([sealed[at] ^ 1]) + sealed[at + 1:])
            assert "damaged" in restore(place, other, status=2).stderr
        assert not other.data.exists()
        stores.passphrase_file(place, "short")
        said = store.clewd("backup", f"{place}/more", "--with-keys", f"{place}/more-keys",
                           "--passphrase-file", f"{place}/passphrase", status=2).stderr
        assert "too short" in said and not Path(place, "more").exists()


def test_a_restore_takes_the_place_of_nothing():
    with folder() as place:
        store = Store.make(f"{place}/data")
        back_up(store, place)
        assert "something already" in restore(place, store, status=2).stderr
        assert check(store)["sound"]
        assert "exists" in store.clewd("backup", f"{place}/archive", status=2).stderr


def test_an_interrupted_restore_is_taken_for_none():
    with folder() as place:
        store = Store.make(f"{place}/data")
        back_up(store, place)
        other = Store(f"{place}/other")
        process = subprocess.Popen(
            [client.CLEWD, "--data", other.data, "restore", f"{place}/archive", "--keys",
             f"{place}/keys", "--passphrase-file", f"{place}/passphrase"],
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        while not (other.data / ".restoring").exists() and process.poll() is None:
            pass
        process.kill()
        process.wait()
        if (other.data / ".restoring").exists():
            for words in (("check",), ("migrate",)):
                assert "interrupted" in other.clewd(*words, status=2).stderr
            assert "interrupted" in restore(place, other, status=2).stderr
        else:  # it was faster
            assert check(other)["sound"]


def test_keys_from_another_store_do_not_fit_and_nothing_is_left():
    with folder() as place, folder() as elsewhere:
        back_up(Store.make(f"{elsewhere}/data"), elsewhere)
        store = Store.make(f"{place}/data")
        back_up(store, place)
        os.replace(f"{elsewhere}/keys", f"{place}/keys")
        other = Store(f"{place}/other")
        assert "sealed under keys" in restore(place, other, status=2).stderr
        assert os.listdir(other.data) == []


def test_postgresql_programs_that_are_missing_are_said():
    with folder() as place:
        store = Store.make(f"{place}/data", SERVER.create("three"))
        os.mkdir(f"{place}/empty")
        said = store.clewd("backup", f"{place}/archive", status=2,
                           env={**os.environ, "PATH": f"{place}/empty"}).stderr
        assert "pg_dump is not installed" in said
        assert not Path(place, "archive").exists()


# ---- Checking ----

def test_check_names_each_kind_of_fault():
    with folder() as place:
        store = Store.make(f"{place}/data")
        assert check(store)["sound"]
        os.chmod(store.data / MASTER, 0o644)
        assert "can be read by others" in " ".join(check(store, 1)["faults"])
        os.chmod(store.data / MASTER, 0o600)
        link = sqlite3.connect(store.data / "clew.db")
        link.execute("UPDATE stack SET open_count = open_count + 1 WHERE id = 1")
        link.commit()
        faults = check(store, 1)["faults"]
        assert len(faults) == 1 and "stack 1 counts other open media" in faults[0], faults
        assert "--rebuild" in faults[0]
        store.clewd("check", "--rebuild", "--quiet")
        link.execute("UPDATE preview SET sealed = randomblob(length(sealed)) WHERE id = 3")
        link.commit()
        faults = " ".join(check(store, 1)["faults"])
        assert "preview 3 of media" in faults and "record of acts" in faults
        some = json.loads(store.clewd("check", "--json", "--quiet", "--previews", "0",
                                      status=1).stdout)
        assert some["previews"] == 0
        link.close()
        os.rename(store.data / "keys", f"{place}/keys-elsewhere")
        assert "keys" in " ".join(check(store, 1)["faults"])
        assert "no sets" in Store(f"{place}/none").clewd("check", status=2).stderr


# ---- Older stores ----

STEPS = sorted((tap.SOURCE / "sql").glob("[0-9]*.sql"))[:2]
STEP_TABLE = ("CREATE TABLE schema_step (step INTEGER PRIMARY KEY, name TEXT NOT NULL, "
              "applied TEXT NOT NULL)")


def old_script(translate=lambda text: text):
    lines = [STEP_TABLE + ";"]
    for step, path in enumerate(STEPS, 1):
        lines.append(translate(path.read_text(encoding="utf-8")))
        lines.append(f"INSERT INTO schema_step VALUES ({step}, '{path.stem}', '2026-01-01');")
    lines.append("INSERT INTO store VALUES (1, '2026-01-01T00:00:00Z', 0, 0);")
    return "\n".join(lines)


def to_postgres(text):
    for word, other in ((" STRICT, WITHOUT ROWID;", ";"), (" STRICT;", ";"),
                        (" INTEGER", " BIGINT"), (" BLOB", " BYTEA"), (" REAL", " DOUBLE PRECISION")):
        text = text.replace(word, other)
    return text


def migrates(store):
    newest = len(list((tap.SOURCE / "sql").glob("[0-9]*.sql")))
    said = store.clewd("migrate", "--dry-run").stdout
    assert said == f"schema 2 would be brought to {newest}\n", said
    assert "case_file" not in store.tables()
    assert store.clewd("migrate").stdout == f"schema 2 was brought to {newest}\n"
    assert store.clewd("migrate").stdout == f"schema {newest}, nothing to do\n"
    assert "case_file" in store.tables()
    assert check(store)["schema"] == newest
    with store.server() as server:
        assert server.get("/api/v1/health").status == 200


def test_the_first_schema_is_brought_to_the_present_one_on_sqlite():
    with folder() as place:
        os.mkdir(f"{place}/data", 0o700)
        link = sqlite3.connect(f"{place}/data/clew.db")
        link.executescript(old_script())
        link.close()
        os.chmod(f"{place}/data/clew.db", 0o600)
        migrates(Store(f"{place}/data"))


def test_the_first_schema_is_brought_to_the_present_one_on_postgresql():
    with folder() as place:
        os.mkdir(f"{place}/data", 0o700)
        url = SERVER.create("old")
        run("psql", url, "-q", "-v", "ON_ERROR_STOP=1", "-f", "-", input=old_script(to_postgres))
        migrates(Store(f"{place}/data", url))


def test_a_newer_schema_is_refused_and_left_alone():
    with folder() as place:
        store = Store.make(f"{place}/data")
        link = sqlite3.connect(store.data / "clew.db")
        link.execute("INSERT INTO schema_step VALUES (99, 'later', '2030-01-01')")
        link.commit()
        link.close()
        for words in (("migrate",), ("migrate", "--dry-run"), ("check",), ("serve",)):
            if words != ("serve",):
                assert "newer Clew" in store.clewd(*words, status=2).stderr


if __name__ == "__main__":
    with stores.Postgres() as SERVER:
        tap.main(globals())
