# SPDX-License-Identifier: Apache-2.0
"""A server on cases with leads between them, and people who are signed in (make_leads.c).

ann (investigator) and bob (reviewer) of unit North work on NORTH; eve (both) of South works on
SOUTH, which is hidden from all others; aud (auditor), adm (administrator) and cur (list curator)
are of North.
"""
import json
import shutil
import subprocess
import tempfile
from pathlib import Path

import client
import tap

MAKE = tap.BUILD / "tests" / "api" / "make_leads"


class Person:
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

    def post(self, path, body=None, **options):
        return self.request("POST", path, body, **options)

    def put(self, path, body):
        return self.request("PUT", path, body)

    def delete(self, path):
        return self.request("DELETE", path)


class LeadsCase:
    def __init__(self):
        self.folder = Path(tempfile.mkdtemp(prefix="clew-leads-"))
        self.data = self.folder / "data"
        self.made = self.make()
        self.north, self.south = self.made["north"], self.made["south"]
        self.media = {int(seed): media for seed, media in self.made["media"].items()}
        self.server = client.Server(data=self.data)
        self.people = {name: Person(self, name) for name in self.made["people"]}

    def make(self, *arguments):
        made = subprocess.run([MAKE, self.data, *map(str, arguments)], check=True,
                              stdout=subprocess.PIPE)
        return json.loads(made.stdout)

    def add(self, case, *seeds):
        """Pictures come in beside the server: media by seed."""
        made = self.make(case, *seeds)["media"]
        return {int(seed): media for seed, media in made.items()}

    def __enter__(self):
        return self

    def __exit__(self, *_):
        status, log = self.server.stop(), self.server.log()
        shutil.rmtree(self.server.folder, ignore_errors=True)
        shutil.rmtree(self.folder, ignore_errors=True)
        assert status == 0, f"the server ended with {status}: {log[-3000:]}"


def expect(reply, status, pointer=None):
    assert reply.status == status, reply
    if pointer is not None:
        assert reply.json["pointer"] == pointer, reply
    return reply.json


def run(module_globals):
    """Runs the tests of a module with CASE, NORTH, SOUTH and the people as globals ANN, BOB …"""
    with LeadsCase() as case:
        module_globals.update(CASE=case, NORTH=f"/cases/{case.north}", SOUTH=f"/cases/{case.south}")
        module_globals.update({name.upper(): person for name, person in case.people.items()})
        try:
            tap.main(module_globals)
        except SystemExit as done:
            ended = done
    raise ended
