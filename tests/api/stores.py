# SPDX-License-Identifier: Apache-2.0
"""Stores in use (make_store.c) on both databases, and what the operator does with them."""
import hashlib
import json
import os
import sqlite3
import subprocess
import tempfile
from pathlib import Path

import client
import tap

MAKE = tap.BUILD / "tests" / "api" / "make_store"
POSTGRES = tap.SOURCE / "tests" / "tools" / "postgres.sh"
PASSPHRASE = "correct horse battery staple"
SECONDS = 120


def run(*words, status=0, **options):
    done = subprocess.run([str(word) for word in words], text=True, check=False, timeout=SECONDS,
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE, **options)
    assert done.returncode == status, f"{words}: {done.returncode} {done.stdout} {done.stderr}"
    return done


class Postgres:
    """A server of its own, reachable through a socket."""

    def __init__(self, *options):
        self.folder = tempfile.mkdtemp(prefix="clew-pg-")
        self.url = self.tool("start", *options).stdout.strip()

    def tool(self, action, *options):
        # The server keeps the streams it is given: files, so that nobody waits for their end.
        with tempfile.TemporaryFile("w+") as out:
            subprocess.run([POSTGRES, action, self.folder, *options], check=True, timeout=SECONDS,
                           stdout=out, stderr=subprocess.DEVNULL)
            out.seek(0)
            return subprocess.CompletedProcess(action, 0, out.read())

    def create(self, name):
        """URL of a new, empty database."""
        run("psql", self.url, "-qc", f"CREATE DATABASE {name}")
        return self.url.rsplit("/", 1)[0] + "/" + name

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.tool("stop")


class Store:
    """A data folder, and a database beside it when `url` names one."""

    def __init__(self, folder, url=None, made=None):
        self.data, self.url, self.made = Path(folder), url, made
        self.database = ["--database", url] if url else []

    @classmethod
    def make(cls, folder, url=None):
        made = run(MAKE, folder, *([url] if url else []))
        return cls(folder, url, json.loads(made.stdout))

    def clewd(self, *words, status=0, **options):
        name, *rest = words
        return run(client.CLEWD, "--data", self.data, name, *self.database, *rest, status=status,
                   **options)

    def server(self, *options):
        return client.Server(*self.database, *options, data=self.data)

    def tables(self):
        if self.url:
            names = run("psql", self.url, "-Atc", "SELECT table_name FROM information_schema.tables "
                        "WHERE table_schema = 'public'").stdout.split()
            return {name: run("psql", self.url, "-Atc", f"SELECT * FROM {name} t ORDER BY t::text")
                    .stdout for name in sorted(names)}
        link = sqlite3.connect(self.data / "clew.db")
        names = [row[0] for row in link.execute(
            "SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY 1")]
        rows = {name: repr(sorted(map(repr, link.execute(f"SELECT * FROM {name}"))))
                for name in names}
        link.close()
        return rows

    def digests(self):
        """Of every table, whatever order its rows are in."""
        return {name: hashlib.sha256(text.encode()).hexdigest()
                for name, text in self.tables().items()}

    def answers(self):
        """What the API says to ann."""
        with self.server() as server:
            replies = [server.get(path, session=self.made["ann"]) for path in (
                "/api/v1/session", "/api/v1/cases", f"/api/v1/cases/{self.made['case']}")]
        assert [reply.status for reply in replies] == [200, 200, 200], replies
        return [reply.json for reply in replies]


def passphrase_file(folder, text=PASSPHRASE):
    path = Path(folder, "passphrase")
    path.write_text(text + "\n", encoding="ascii")
    os.chmod(path, 0o600)
    return path
