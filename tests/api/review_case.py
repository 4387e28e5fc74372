# SPDX-License-Identifier: Apache-2.0
"""A server on a data folder with a case to review, and people who are signed in (make_review.c)."""
import json
import shutil
import subprocess
import tempfile
from pathlib import Path

import client
import tap

MAKE = tap.BUILD / "tests" / "api" / "make_review"


class Person:
    """Requests as one of ann, bob (reviewers), eve (of another unit), aud, adm, cur."""

    def __init__(self, case, name):
        self.case, self.name = case, name
        self.account = case.made["people"][name]["account"]
        self.session = case.made["people"][name]["session"]
        self.csrf = self.get("/session").json["csrf_token"]

    def request(self, method, path, body=None, **options):
        options.setdefault("csrf", getattr(self, "csrf", None))
        return self.case.server.request(method, "/api/v1" + path, body, session=self.session,
                                        **options)

    def get(self, path):
        return self.request("GET", path)

    def post(self, path, body=None, key=None):
        return self.request("POST", path, body, headers={"Idempotency-Key": key} if key else None)

    def delete(self, path):
        return self.request("DELETE", path)

    def pages(self, path, limit):
        """Items of all pages."""
        items, cursor = [], ""
        while cursor is not None:
            mark = "&" if "?" in path else "?"
            page = self.get(f"{path}{mark}limit={limit}{cursor}")
            assert page.status == 200, page
            assert len(page.json["items"]) <= limit
            items += page.json["items"]
            cursor = page.json["next"] and "&cursor=" + page.json["next"]
        return items


class ReviewCase:
    """The folder outlives its server, which may be killed and started again."""

    def __init__(self):
        self.folder = Path(tempfile.mkdtemp(prefix="clew-review-"))
        made = subprocess.run([MAKE, self.folder / "data"], check=True, stdout=subprocess.PIPE)
        self.made = json.loads(made.stdout)
        self.id = self.made["case"]
        self.start()
        self.people = {name: Person(self, name) for name in self.made["people"]}

    def start(self):
        self.server = client.Server(data=self.folder / "data")

    def kill(self):
        """kill -9, as it comes."""
        self.server.process.kill()
        self.server.process.wait()
        self.server.process.stdout.close()
        shutil.rmtree(self.server.folder, ignore_errors=True)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        status, log = self.server.stop(), self.server.log()
        shutil.rmtree(self.server.folder, ignore_errors=True)
        shutil.rmtree(self.folder, ignore_errors=True)
        assert status == 0, f"the server ended with {status}: {log[-3000:]}"


def run(module_globals):
    """Runs the tests of a module with CASE and its people as globals ANN, BOB …"""
    with ReviewCase() as case:
        module_globals["CASE"] = case
        module_globals.update({name.upper(): person for name, person in case.people.items()})
        try:
            tap.main(module_globals)
        except SystemExit as done:
            ended = done
    raise ended
