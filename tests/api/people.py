# SPDX-License-Identifier: Apache-2.0
"""People who are signed in to a fresh clewd, made the way real ones are.

    with client.Server() as server:
        people = server.people()                # once for a test file: passwords are slow
        people.ann.post("/api/v1/cases", {"number": "1", "scheme": "vics-us"})

ann (investigator) and bob (reviewer) of unit North, eve (reviewer and investigator) of unit South,
aud (auditor), adm (administrator) and cur (list curator) of North; root made them. All have a fresh
second factor.
"""
import base64
import hashlib
import hmac
import re
import struct
import time
from types import SimpleNamespace
from urllib.parse import parse_qs, urlparse

API = "/api/v1"
STEP_SECONDS = 30
PASSWORD = "seven quiet herons at {}"
ROLES = {
    "ann": ("North", ["investigator"]),
    "bob": ("North", ["reviewer"]),
    "eve": ("South", ["reviewer", "investigator"]),
    "aud": ("North", ["auditor"]),
    "adm": ("North", ["administrator"]),
    "cur": ("North", ["list_curator"]),
}


def good(reply):
    assert reply.status < 300, reply
    return reply.json


def totp(secret, step):
    """The code of a step (RFC 6238, SHA-1, six digits)."""
    digest = hmac.new(secret, struct.pack(">Q", step), hashlib.sha1).digest()
    at = digest[-1] & 15
    return f"{(struct.unpack_from('>I', digest, at)[0] & 0x7fffffff) % 1000000:06d}"


class Person:
    """Somebody with a name, a password and an authenticator; requests go in their session."""

    def __init__(self, server, name):
        self.server, self.name, self.password = server, name, PASSWORD.format(name)
        self.secret, self.session, self.csrf, self.recovery_codes = b"", None, None, []
        self.last_step = 0
        self.id = 0

    # ---- Codes: each is good once, in the step before, the present one and the one behind ----

    def read_uri(self, uri):
        text = parse_qs(urlparse(uri).query)["secret"][0]
        self.secret = base64.b32decode(text + "=" * (-len(text) % 8))
        self.last_step = 0

    def code(self):
        """A code that was not used yet; waits for one when there is none."""
        now = int(time.time()) // STEP_SECONDS
        step = max(now, self.last_step + 1)
        if step > now + 1:
            time.sleep((step - 1) * STEP_SECONDS - time.time() + 0.1)
        self.last_step = step
        return totp(self.secret, step)

    # ---- Signing in ----

    def accept(self, invitation):
        server = self.server
        self.read_uri(good(server.post(API + "/invitation/enrol", {"invitation": invitation}))["uri"])
        answer = {"invitation": invitation, "password": self.password, "code": self.code()}
        self.recovery_codes = good(server.post(API + "/invitation/accept", answer))["recovery_codes"]
        return self

    def log_in(self, *, second_factor=True, code=None):
        """`code`: a recovery code, say, in place of one of the authenticator."""
        request = {"name": self.name, "password": self.password}
        if second_factor:
            request["code"] = code or self.code()
        reply = self.server.post(API + "/session", request)
        self.id = good(reply)["account"]
        self.csrf = reply.json["csrf_token"]
        self.session = re.match(r"(?:__Host-)?clew-session=([0-9a-f]{64});",
                                reply.headers["set-cookie"])[1]
        return self

    # ---- Requests ----

    def request(self, method, path, body=None, **options):
        options = {"session": self.session, "csrf": self.csrf, **options}
        return self.server.request(method, path, body, **options)

    def get(self, path, **options):
        return self.request("GET", path, **options)

    def post(self, path, body=None, **options):
        return self.request("POST", path, body, **options)

    def put(self, path, body=None, **options):
        return self.request("PUT", path, body, **options)

    def patch(self, path, body=None, **options):
        return self.request("PATCH", path, body, **options)

    def delete(self, path, **options):
        return self.request("DELETE", path, **options)

    # ---- What they make ----

    def token(self, *scopes, case=None, days=1):
        """A token of their own."""
        body = {"name": "test", "scopes": list(scopes), "days": days, "case": case}
        return good(self.post(API + "/tokens", body))["token"]

    def open_case(self, number, **more):
        """Its id."""
        body = {"number": number, "scheme": "vics-us", **more}
        return good(self.post(API + "/cases", body))["id"]


def first_invitation(server):
    """What stands in the file that a fresh clewd writes."""
    link = (server.data / "administrator-link").read_text(encoding="ascii")
    return re.fullmatch(r"https?://\S+/#/invitation/([0-9a-f]{64})\n", link)[1]


def first_administrator(server):
    return Person(server, "administrator").accept(first_invitation(server)).log_in()


def add(administrator, name, unit, roles):
    """Makes an account and signs it in."""
    fields = {"name": name, "display": name.capitalize(), "unit": unit, "roles": roles}
    made = good(administrator.post(API + "/accounts", fields))
    return Person(administrator.server, name).accept(made["invitation"]).log_in()


def make(server):
    root = first_administrator(server)
    units = {name: good(root.post(API + "/units", {"name": name, "agency": "Agency", "country": "NL",
                                                   "contact": "desk " + name}))["id"]
             for name in ("North", "South")}
    everybody = {name: add(root, name, units[unit], roles) for name, (unit, roles) in ROLES.items()}
    return SimpleNamespace(root=root, units=units, **everybody)
