#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The last step of the demo: a server, people, two cases, and the desk to look at them.

    demo/desk.py TARGET BUILD    TARGET holds what demo/run.sh prepared, BUILD the programs

Everything goes through the API, as the desk does it, but for the scans. At a terminal the server
stays until Ctrl-C; elsewhere the page and one link are tried, and then it ends.
"""
import json
import re
import shutil
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path
from types import SimpleNamespace

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "tests" / "api"))
import people  # noqa: E402  pylint: disable=wrong-import-position
from people import API, good  # noqa: E402  pylint: disable=wrong-import-position

ANNS_CASE, EVES_CASE = "24-001", "24-900"
SOUTH = ("sunset_by_Aitzol_Berasategi", "life_by_Aitzol_Berasategi", "greentock_by_Peter_Nerlich")
START_SECONDS, STOP_SECONDS, ANSWER_SECONDS = 120, 30, 60
SCANNED = (0, 1, 4)  # found nothing; found something; some could not be examined


class Server:
    """A clewd over the demo's data folder. Requests as tests/api/people.py makes them."""

    def __init__(self, target, build, *arguments, links=0):
        self.data = target / "data"
        with open(target / "clewd.log", "ab") as log:
            self.process = subprocess.Popen(
                [build / "clewd", "--data", self.data, "--listen", "127.0.0.1:0",
                 "--evidence-root", target, *arguments],
                stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=log, text=True,
                start_new_session=True)  # Ctrl-C is for this script, which stops it
        alarm = signal.signal(signal.SIGALRM, lambda *_: self.process.kill())
        signal.alarm(START_SECONDS)
        match = re.search(r"listening on (http://\S+)", self.process.stdout.readline())
        self.links = [self.process.stdout.readline().strip() for _ in range(links if match else 0)]
        signal.alarm(0)
        signal.signal(signal.SIGALRM, alarm)
        if not match or not all(self.links):
            self.stop()
            sys.exit(f"demo: the server did not start; {target}/clewd.log says why")
        self.address = match[1]

    def stop(self):
        self.process.terminate()
        try:
            return self.process.wait(timeout=STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self.process.kill()
            return self.process.wait()

    def request(self, method, path, body=None, *, session=None, csrf=None):
        headers = {"Content-Type": "application/json"} if body is not None else {}
        if session:
            headers.update({"Cookie": "clew-session=" + session, "X-CSRF-Token": csrf})
        data = json.dumps(body).encode() if body is not None else None
        request = urllib.request.Request(self.address + path, data, headers, method=method)
        try:
            reply = urllib.request.urlopen(request, timeout=ANSWER_SECONDS)
        except urllib.error.HTTPError as error:
            reply = error
        with reply:
            text = reply.read()
        names = {name.lower(): value for name, value in reply.headers.items()}
        is_json = names.get("content-type", "").split(";")[0].endswith("json")
        return SimpleNamespace(status=reply.status, headers=names, body=text,
                               json=json.loads(text) if text and is_json else None)

    def get(self, path, **options):
        return self.request("GET", path, **options)

    def post(self, path, body, **options):
        return self.request("POST", path, body, **options)


def step(text):
    print(f"\n== {text}", flush=True)


def tell(text):
    print(f"   {text}", flush=True)


# ---- People and cases -----------------------------------------------------------------------------

def make_people(server):
    root = people.first_administrator(server)
    unit = {name: good(root.post(API + "/units", {"name": "Unit " + name, "agency": "Demo agency",
                                                  "country": country, "contact": "desk " + name}))["id"]
            for name, country in (("North", "DE"), ("South", "NL"))}
    return (people.add(root, "ann", unit["North"], ["investigator"]),
            people.add(root, "bob", unit["North"], ["reviewer"]),
            people.add(root, "eve", unit["South"], ["investigator", "reviewer"]))


def scan(target, build, number, evidence, *paths):
    """Scans into a case, on the command line."""
    print("   $ clew scan --case", number, *paths, flush=True)
    done = subprocess.run([build / "clew", "--quiet", "--data", "data", "scan", "--case", number,
                           "--evidence", evidence, *paths],
                          cwd=target, stdout=subprocess.DEVNULL, check=False)
    if done.returncode not in SCANNED:
        sys.exit(f"demo: the scan for {number} ended with status {done.returncode}")


def all_of(person, path):
    """The items of all pages of a list."""
    items, cursor = [], None
    while True:
        mark = "&" if "?" in path else "?"
        page = good(person.get(path + (f"{mark}cursor={cursor}" if cursor else "")))
        items += page["items"]
        cursor = page["next"]
        if not cursor:
            return items




# ---- What they did with them ----------------------------------------------------------------------

def work_of_eve(eve, case):
    """Three photographs are a series here, and somebody in it is being looked for."""
    media = [medium["media"] for medium in all_of(eve, f"{API}/cases/{case}/media?limit=200")]
    series = good(eve.post(API + "/series", {"name": "Holiday in the south"}))["id"]
    good(eve.post(f"{API}/cases/{case}/series/{series}/media", {"media": media}))
    victim = good(eve.post(API + "/victims", {"reference": "S-24-1"}))["id"]
    good(eve.post(f"{API}/victims/{victim}/links", {"series": series}))
    good(eve.post(f"{API}/victims/{victim}/states",
                  {"state": "being_worked", "reason": "the place is known"}))


def work_of_ann_and_bob(ann, bob, case):
    """A series, votes that agree and that do not, notes, and a question to other units."""
    path = f"{API}/cases/{case}"
    new = [medium["media"] for medium in all_of(ann, path + "/media?kind=new&limit=200")]
    known = {place["media"] for place in good(ann.post(path + "/enquiries", {"media": new}))["items"]}
    if not known:
        sys.exit("demo: nobody else was found to work on the photographs of the south")
    shown = all_of(ann, path + "/media?kind=new&family=picture&status=ok&limit=200")
    own = [medium["media"] for medium in shown
           if medium["has_preview"] and not medium["findings"] and medium["media"] not in known]
    series = good(ann.post(API + "/series", {"name": "Bridges and hills"}))["id"]
    good(ann.post(f"{path}/series/{series}/media", {"media": own[:3]}))
    victim = good(ann.post(API + "/victims", {"reference": "N-24-7"}))["id"]
    good(ann.post(f"{API}/victims/{victim}/links", {"series": series}))
    good(bob.post(path + "/votes", {"media": own[:2], "category": "0"}))
    good(ann.post(path + "/votes", {"media": own[2:3], "category": "0"}))
    good(bob.post(path + "/votes", {"media": own[2:3], "category": "4"}))
    for person, body in ((bob, {"text": "Taken from the same place as the one before?"}),
                         (ann, {"text": "Ask the unit that seized it for the camera."}),
                         (ann, {"tag": "landscape"}), (bob, {"tag": "bridge"})):
        good(person.post(f"{path}/media/{own[0]}/notes", body))
    good(ann.post(f"{path}/media/{own[2]}/notes", {"tag": "landscape"}))
    return len(new), len(own[:3]), len(known)


def south_folder(target, photos):
    folder = target / "south"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    for name in SOUTH:
        shutil.copy(photos / f"{name}.jpg", folder)


def open_case(person, number, title, voters):
    return person.open_case(number, title=title, voters=voters)


def make_casework(server, target, build):
    step("A server: units, people, two cases")
    ann, bob, eve = make_people(server)
    tell("Unit North: ann (investigator), bob (reviewer). Unit South: eve (both)")
    anns = open_case(ann, ANNS_CASE, "The demo disk", 2)
    good(ann.post(f"{API}/cases/{anns}/members", {"account": bob.id}))
    eves = open_case(eve, EVES_CASE, "Somewhere else", 1)
    tell(f"case {ANNS_CASE} of ann and bob, where two have to agree; case {EVES_CASE} of eve")

    step("What was scanned goes into the cases")
    south_folder(target, target / "evidence" / "unrelated")
    scan(target, build, ANNS_CASE, "demo disk", "evidence", "disk.E01", "films")
    scan(target, build, EVES_CASE, "laptop", "south")

    step("They work on them")
    work_of_eve(eve, eves)
    new, in_series, known = work_of_ann_and_bob(ann, bob, anns)
    tell(f"{new} media of {ANNS_CASE} are new; {in_series} are a series; on one ann and bob disagree")
    tell(f"ann asked who knows {known} of them: they are being worked on in Unit South")


# ---- The desk -------------------------------------------------------------------------------------

def prove(server, link):
    """That the page and what it loads are there, and that a link signs somebody in."""
    page = server.get("/")
    script = re.search(r'src="(/[^"]+\.js)"', page.body.decode())
    if page.status != 200 or not script or server.get(script[1]).status != 200:
        sys.exit("demo: the desk is not served; make desk builds it")
    opened = server.post(API + "/session/link", {"link": link.rpartition("/")[2]})
    if opened.status != 201 or not opened.json["second_factor"]:
        sys.exit(f"demo: the link does not sign in: {opened.status} {opened.body!r}")
    tell(f"the page is there, and its link signed {opened.json['name']} in")


def stay(server):
    print("\nCtrl-C ends the server.", flush=True)
    try:
        while server.process.poll() is None:
            time.sleep(0.5)
        return f"demo: the server ended with status {server.process.returncode}"
    except KeyboardInterrupt:
        print()
        return None


def open_desk(target, build):
    server = Server(target, build, "--sign-in-link", "ann", "--sign-in-link", "bob", links=2)
    try:
        step("The desk")
        ann, bob = server.links
        tell(f"ann, signed in:    {ann}")
        tell(f"bob, signed in:    {bob}")
        tell("Each link works once, for 15 minutes; use two browsers, or a private window for one.")
        tell("Everybody's password is 'seven quiet herons at NAME', but the authenticators are gone:")
        tell(f"new links come with build/clewd --data {target}/data --sign-in-link NAME")
        if sys.stdin.isatty() and sys.stdout.isatty():
            return stay(server)
        prove(server, bob)
        return None
    finally:
        server.stop()


def main():
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    target, build = (Path(name).resolve() for name in sys.argv[1:])
    (target / "clewd.log").unlink(missing_ok=True)
    server = Server(target, build)
    try:
        make_casework(server, target, build)
    finally:
        server.stop()
    return open_desk(target, build)


if __name__ == "__main__":
    sys.exit(main())
