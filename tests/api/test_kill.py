#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""kill -9 of clewd, and of PostgreSQL, under four writers: nothing that was acknowledged is lost,
nothing is done twice, the record stays whole, and the server comes back.

A writer sends each request until it is answered, always under the same idempotency key, as a client
that does not know whether its request arrived must. CLEW_KILL_ROUNDS says how many kills of each
kind there are (default 8); CLEW_KILL_SEED repeats a run.
"""
import json
import os
import random
import tempfile
import threading
import time

import client
import stores
import tap
from stores import Store

ROUNDS = int(os.environ.get("CLEW_KILL_ROUNDS", "8"))
SEED = int(os.environ.get("CLEW_KILL_SEED", str(random.randrange(1 << 30))))
WRITERS = 4
PATIENCE_SECONDS = 60  # until a request is answered, whatever happens meanwhile


class Work:
    """Writers on a server that goes away and comes back."""

    def __init__(self, store):
        self.store, self.server, self.stopped = store, None, threading.Event()
        self.acknowledged, self.faults, self.retries = [], [], 0
        self.lock = threading.Lock()

    def send(self, csrf, path, body, key):
        """The first answer that counts; tries again until there is one."""
        end = time.monotonic() + PATIENCE_SECONDS
        while time.monotonic() < end:
            server = self.server
            try:
                reply = server.post(path, body, session=self.store.made["ann"], csrf=csrf,
                                    headers={"Idempotency-Key": key})
                if reply.status < 500 and reply.status != 429:
                    return reply
            except (OSError, client.http.client.HTTPException):
                pass
            with self.lock:
                self.retries += 1
            time.sleep(0.05)
        raise AssertionError(f"{path} was not answered for {PATIENCE_SECONDS} s")

    def write(self, name, csrf):
        try:
            number = 0
            while not self.stopped.is_set():
                case = f"{name}-{number}"
                number += 1
                reply = self.send(csrf, "/api/v1/cases", {"number": case, "scheme": "vics-us"},
                                  f"key-{SEED}-{case}")
                # A number that is taken would mean that the same request was done twice.
                assert reply.status == 201, f"{case}: {reply}"
                with self.lock:
                    self.acknowledged.append((case, reply.json["id"]))
        except Exception as fault:  # pylint: disable=broad-except
            self.faults.append(repr(fault))

    def run(self, disturb):
        chance = random.Random(SEED)
        self.server = self.store.server()
        csrf = self.server.get("/api/v1/session",
                               session=self.store.made["ann"]).json["csrf_token"]
        writers = [threading.Thread(target=self.write, args=(f"w{i}", csrf))
                   for i in range(WRITERS)]
        for writer in writers:
            writer.start()
        for _ in range(ROUNDS):
            time.sleep(chance.uniform(0.05, 0.5))
            disturb(self)
        time.sleep(0.3)
        self.stopped.set()
        for writer in writers:
            writer.join()
        log = self.server.log()
        assert self.server.stop() == 0, log[-3000:]

    def cases(self):
        """All that the server lists."""
        with self.store.server() as server:
            cursor = ""
            while cursor is not None:
                page = server.get(f"/api/v1/cases?limit=200{cursor}",
                                  session=self.store.made["ann"])
                assert page.status == 200, page
                yield from page.json["items"]
                cursor = page.json["next"] and "&cursor=" + page.json["next"]

    def check(self):
        assert not self.faults, f"seed {SEED}: {self.faults}"
        found = json.loads(self.store.clewd("check", "--json", "--quiet").stdout)
        assert found["sound"], f"seed {SEED}: {found['faults']}"
        held = list(self.cases())
        for case, number in self.acknowledged:
            ids = [item["id"] for item in held if item["number"] == case]
            assert ids == [number], f"seed {SEED}: {case} is {ids}, not {number}"
        assert len(self.acknowledged) >= ROUNDS
        print(f"# {ROUNDS} kills, {len(self.acknowledged)} acknowledged, {self.retries} retries, "
              f"{len(held)} cases")


def kill_clewd(work):
    old = work.server
    old.process.kill()
    old.process.wait()
    old.process.stdout.close()
    work.server = work.store.server()


def under_kills(disturb, url=None):
    with tempfile.TemporaryDirectory(prefix="clew-kill-") as place:
        work = Work(Store.make(f"{place}/data", url))
        work.run(disturb)
        work.check()


def test_clewd_killed_on_sqlite_loses_and_repeats_nothing():
    under_kills(kill_clewd)


def test_clewd_killed_on_postgresql_loses_and_repeats_nothing():
    with stores.Postgres("fsync") as postgres:
        under_kills(kill_clewd, postgres.create("work"))


def test_postgresql_killed_loses_and_repeats_nothing_and_clewd_comes_back_by_itself():
    with stores.Postgres("fsync") as postgres:
        def kill_database(_work):
            postgres.tool("kill")
            time.sleep(0.2)
            postgres.tool("restart")

        under_kills(kill_database, postgres.create("work"))


if __name__ == "__main__":
    tap.main(globals())
