#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""clew scan --case NUMBER --server URL, and what is then seen of it on the server."""
import json
import os
import signal
import struct
import subprocess
import tempfile
import time
from pathlib import Path

import client
import tap

MAKE = tap.BUILD / "tests" / "api" / "make_account"
STATE = {}


def picture(seed, side=160):
    """A chart of generated shapes, as an uncompressed bitmap."""
    rows = b""
    for y in range(side):
        for x in range(side):
            light = (x * (seed + 3) // 7 ^ y * (seed + 5) // 11) * 37 % 256
            rows += bytes([light, (light * 3 + x) % 256, (light + y * seed) % 256])
    head = struct.pack("<2sIHHI", b"BM", 54 + len(rows), 0, 0, 54)
    return head + struct.pack("<IiiHHIIiiII", 40, side, side, 1, 24, 0, len(rows), 0, 0, 0, 0) + rows


def database():
    """Also on PostgreSQL, when the environment gives one."""
    url = os.environ.get("CLEW_TEST_POSTGRES")
    return ["--database", url] if url else []


def account(data, name, roles, case):
    words = [MAKE, data, name, roles, "north", case]
    return json.loads(subprocess.run(words, check=True, stdout=subprocess.PIPE).stdout)


def begin():
    if STATE:
        return STATE
    folder = Path(tempfile.mkdtemp(prefix="clew-scan-server-"))
    evidence = folder / "evidence"
    (evidence / "disk").mkdir(parents=True)
    for seed in range(4):
        (evidence / "disk" / f"chart-{seed}.bmp").write_bytes(picture(seed))
    (evidence / "disk" / "letter.txt").write_text("A letter.\n", encoding="ascii")
    (evidence / "way-out").symlink_to("/etc")
    STATE.update(folder=folder, evidence=evidence)
    STATE["server"] = client.Server("--evidence-root", str(evidence), *database())
    STATE["ann"] = account(STATE["server"].data, "ann", "investigator,reviewer", "26-001")
    STATE["case"] = f"/api/v1/cases/{STATE['ann']['case']}"
    token = folder / "token"
    token.write_text(STATE["ann"]["token"] + "\n", encoding="ascii")
    STATE["token"] = token
    return STATE


def call(method, path, body=None, **options):
    return STATE["server"].request(method, path, body, session=STATE["ann"]["session"],
                                   csrf=STATE["ann"]["csrf"], **options)


def reveals_so_far():
    days = call("GET", "/api/v1/account/exposure").json["days"]
    return sum(day["reveals"] for day in days)


def scan_words(*more, port=None, case="26-001"):
    port = port or STATE["server"].port
    data = STATE["folder"] / "clew-data"
    return [tap.CLEW, "scan", "--data", data, "--case", case, "--server",
            f"http://127.0.0.1:{port}", "--token-file", STATE["token"], "--unconfined",
            "--evidence", "disk", *more, STATE["evidence"] / "disk"]


def scan(*more, **options):
    return subprocess.run(scan_words(*more, **options), stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE, text=True, timeout=120)


def test_a_scan_brings_its_records_and_previews():
    begin()
    done = scan()
    assert done.returncode in (0, 3), (done.returncode, done.stderr)
    assert "4 media" in done.stderr, done.stderr
    assert STATE["ann"]["token"] not in done.stdout + done.stderr
    rows = call("GET", STATE["case"] + "/media?kind=new").json["items"]
    assert len(rows) == 4, rows
    whole = call("GET", f"{STATE['case']}/media/{rows[0]['media']}").json
    assert {preview["kind"] for preview in whole["previews"]} == {"192", "512"}, whole
    shown = call("POST", f"{STATE['case']}/media/{rows[0]['media']}/reveals", {"kind": "192"})
    assert shown.status == 200 and shown.body[:2] == b"\xff\xd8"


def test_the_same_scan_again_changes_nothing():
    begin()
    done = scan()
    assert "0 items, 0 media" in done.stderr, done.stderr


def examinations(evidence):
    rows = call("GET", STATE["case"] + "/examinations").json["items"]
    return [row for row in rows if row["evidence_name"] == evidence]


def test_the_case_keeps_how_it_was_examined():
    begin()
    known = len(examinations("disk"))
    done = scan("--distance", "20", "--jobs", "1", "--json")
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    kept = examinations("disk")
    assert len(kept) == known + 1, kept
    said, totals = lines[0]["provenance"], lines[-1]["totals"]
    assert kept[-1]["provenance"] == said and said["distance"] == 20, kept[-1]
    assert kept[-1]["begun"][:19] + "Z" == said["started"], kept[-1]
    assert kept[-1]["ended"][:19] + "Z" == totals["ended"], kept[-1]
    assert kept[-1]["account"] == STATE["ann"]["account"] and kept[-1]["login"] is None
    for name in ("items", "media", "exact", "near", "left_out", "not_examined", "evidence_bytes",
                 "not_examined_bytes", "complete", "partial"):
        assert kept[-1]["totals"][name] == totals[name], name
    assert kept[-1]["totals"]["examined_bytes"] == totals["evidence_bytes"]
    assert STATE["ann"]["token"] not in json.dumps(kept)


def test_what_is_wrong_is_said():
    begin()
    assert "no case 26-009" in scan(case="26-009").stderr
    assert "cannot reach" in scan(port=1).stderr
    bad = STATE["folder"] / "bad-token"
    bad.write_text("clew_" + "0" * 72, encoding="ascii")
    words = [bad if word == STATE["token"] else word for word in scan_words()]
    done = subprocess.run(words, stderr=subprocess.PIPE, stdout=subprocess.DEVNULL, text=True)
    assert "refuses the token" in done.stderr and done.returncode == 2, done.stderr
    words = [f"http://example.org:{STATE['server'].port}" if str(word).startswith("http:") else word
             for word in scan_words()]
    done = subprocess.run(words, stderr=subprocess.PIPE, stdout=subprocess.DEVNULL, text=True)
    assert "in the clear" in done.stderr, done.stderr


def test_the_evidence_itself_is_shown_and_handed_out():
    begin()
    scan()
    media = call("GET", STATE["case"] + "/media?kind=new").json["items"][0]["media"]
    item = call("GET", f"{STATE['case']}/items?media={media}").json["items"][0]
    path = f"{STATE['case']}/media/{media}/views"
    body = {"item": item["item"], "purpose": "a look at the whole", "side": 100, "grey": True}
    before = reveals_so_far()
    shown = call("POST", path, body)
    assert shown.status == 200 and shown.body[:2] == b"\xff\xd8", shown
    assert reveals_so_far() == before + 1, "a full view is told to who had it"
    assert call("POST", path, {"item": item["item"]}).status == 422
    assert call("POST", path, dict(body, item=999999)).status == 404
    assert call("POST", path, dict(body, left=1, right=0)).status == 422
    given = call("POST", f"{STATE['case']}/items/{item['item']}/export", {"purpose": "for court"})
    file = Path(item["path"][0])
    assert given.status == 200 and given.body == file.read_bytes(), given.status
    assert "attachment" in given.headers["content-disposition"]
    assert call("POST", path, body, check=False).status == 200
    away = file.with_suffix(".away")
    file.rename(away)
    gone = call("POST", path, body)
    assert gone.status == 404 and "not at its place" in gone.json["detail"], gone
    away.rename(file)
    file.write_bytes(file.read_bytes() + b"x")
    changed = call("POST", path, body)
    assert changed.status == 409, changed
    file.write_bytes(file.read_bytes()[:-1])


def test_a_scan_waits_for_a_server_that_is_away():
    begin()
    more = STATE["evidence"] / "disk" / "late.bmp"
    more.write_bytes(picture(9))
    server = STATE["server"]
    server.process.send_signal(signal.SIGSTOP)
    running = subprocess.Popen(scan_words(), stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
                               text=True)
    time.sleep(2)
    assert running.poll() is None
    server.process.send_signal(signal.SIGCONT)
    _, said = running.communicate(timeout=120)
    assert "1 items, 1 media" in said, said


# ---- Scans by the server ----

def wait_for(scan_id):
    for _ in range(300):
        job = call("GET", f"{STATE['case']}/scans/{scan_id}").json
        if job["ended"]:
            return job
        time.sleep(0.2)
    raise AssertionError(f"the scan does not end: {job}")


def test_the_server_scans_below_its_evidence_roots():
    begin()
    folder = STATE["evidence"] / "stick"
    folder.mkdir()
    for seed in range(20, 23):
        (folder / f"chart-{seed}.bmp").write_bytes(picture(seed))
    begun = call("POST", STATE["case"] + "/scans", {"path": str(folder)})
    assert begun.status == 202 and begun.json["state"] in ("waiting", "running"), begun
    job = wait_for(begun.json["id"])
    assert job["state"] == "done" and job["error"] is None, job
    assert job["progress"]["items"] == 3, job
    names = [row["name"] for row in call("GET", STATE["case"] + "/evidence").json["items"]]
    assert "stick" in names, names
    again = wait_for(call("POST", STATE["case"] + "/scans", {"path": str(folder)}).json["id"])
    assert again["state"] == "done", again
    listed = call("GET", STATE["case"] + "/scans").json["items"]
    assert [one["id"] for one in listed] == [again["id"], job["id"]]
    kept = examinations("stick")
    assert [(one["totals"]["items"], one["account"]) for one in kept] == \
        [(3, STATE["ann"]["account"])] * 2, kept
    events = call("GET", f"{STATE['case']}/scans/{job['id']}/events")
    assert b"event: progress" in events.body and b'"done"' in events.body, events


def test_paths_outside_are_refused_with_one_sentence():
    begin()
    said = set()
    for path in ("/etc", "/nothing/there", str(STATE["evidence"] / "way-out"), "disk",
                 str(STATE["evidence"] / ".." / "token")):
        reply = call("POST", STATE["case"] + "/scans", {"path": path})
        assert reply.status == 403, (path, reply)
        said.add(reply.json["detail"])
    assert len(said) == 1, said


def test_a_scan_whose_process_dies_has_failed():
    begin()
    folder = STATE["evidence"] / "large"
    folder.mkdir()
    for seed in range(40):
        (folder / f"chart-{seed}.bmp").write_bytes(picture(seed + 100, side=64))
    begun = call("POST", STATE["case"] + "/scans", {"path": str(folder)}).json["id"]
    killed = kill_job(begun, signal.SIGKILL)
    job = wait_for(begun)
    assert not killed or (job["state"] == "failed" and "signal 9" in job["error"]), job
    assert all(one["ended"] is None for one in examinations("large") if killed)
    again = wait_for(call("POST", STATE["case"] + "/scans", {"path": str(folder)}).json["id"])
    assert again["state"] == "done", again


def kill_job(scan_id, number):
    """False when it ended before it could be killed."""
    mark = f"--job\0{scan_id}\0".encode()
    for _ in range(100):
        for entry in Path("/proc").iterdir():
            if not entry.name.isdigit():
                continue
            try:
                words = (entry / "cmdline").read_bytes()
                is_ours = mark in words and str(STATE["evidence"]).encode() in words
                if is_ours:
                    os.kill(int(entry.name), number)
                    return True
            except (OSError, ProcessLookupError):
                continue
        if call("GET", f"{STATE['case']}/scans/{scan_id}").json["ended"]:
            return False
        time.sleep(0.05)
    return False


def test_a_scan_can_be_cancelled():
    begin()
    folder = STATE["evidence"] / "long"
    folder.mkdir()
    for seed in range(60):
        (folder / f"chart-{seed}.bmp").write_bytes(picture(seed + 200, side=64))
    begun = call("POST", STATE["case"] + "/scans", {"path": str(folder)}).json["id"]
    assert call("DELETE", f"{STATE['case']}/scans/{begun}").status == 202
    job = wait_for(begun)
    assert job["state"] in ("cancelled", "done"), job
    assert call("GET", STATE["case"] + "/scans/999999").status == 404
    assert call("DELETE", STATE["case"] + "/scans/999999").status == 404


def test_zz_the_server_ends_in_order():
    begin()
    STATE["server"].__exit__()


if __name__ == "__main__":
    tap.main(globals())
