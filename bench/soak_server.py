#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Ten minutes of a server at work: 200 records and 20 calls a second, and what its memory does.

    soak_server.py BUILD [MINUTES]

Items are always new. Their contents are new for the first fifth of the time and come again after it,
as they do on seized disks: each new picture stays in memory as a leader of a stack (about 200 bytes),
and that growth is not what is looked for. The slope is that of a straight line through one sample a
second, after the first third of the time. Prints "row" lines for bench/run.sh.
"""
import base64
import hashlib
import os
import sys
import time
from pathlib import Path

SOURCE = Path(__file__).resolve().parent.parent
os.environ["CLEW_BUILD"] = str(Path(sys.argv[1]).resolve())
os.environ["CLEW_SOURCE"] = str(SOURCE)
sys.path.insert(0, str(SOURCE / "tests" / "api"))
import client  # noqa: E402  pylint: disable=wrong-import-position

RECORDS = 200
CALLS = 20
MINUTES = float(sys.argv[2]) if len(sys.argv) > 2 else 10.0
MIB = 1 << 20


def record(number, contents):
    item = f"item {number}".encode()
    number %= contents
    content = f"soak {number}".encode()
    sections = b"".join(
        bytes([pipeline, 100]) + b"".join(hashlib.sha256(b"%d %d %d" % (number, pipeline, turn)).digest()
                                          for turn in range(8)) for pipeline in (0, 1))
    return {"path": f"/evidence/{number // 1000}/IMG_{number}.jpg",
            "locator": [{"file": f"/evidence/{number}"}],
            "item_id": hashlib.md5(item).hexdigest(), "parent_id": None,
            "size_bytes": number + 1, "media_type": "image/jpeg", "status": "ok", "reason": None,
            "md5": hashlib.md5(content).hexdigest(), "sha1": hashlib.sha1(content).hexdigest(),
            "sha256": hashlib.sha256(content).hexdigest(), "width": 640, "height": 480,
            "findings": [], "times": {}, "is_media": True,
            "hashes": base64.b64encode(sections).decode()}


def slope_mib_an_hour(samples):
    """Least squares over (second, bytes)."""
    count = len(samples)
    mean_x = sum(x for x, _ in samples) / count
    mean_y = sum(y for _, y in samples) / count
    above = sum((x - mean_x) * (y - mean_y) for x, y in samples)
    below = sum((x - mean_x) ** 2 for x, _ in samples)
    return above / below * 3600 / MIB


def main():
    errors, samples, slow, sent = 0, [], 0.0, 0
    contents = int(MINUTES * 60 * RECORDS / 5)
    with client.Server("--quiet") as server:
        people = server.people()
        case = people.ann.open_case("1")
        path = f"/api/v1/cases/{case}"
        token = people.ann.token("ingest", case=case)
        calls = [path, f"{path}/media?limit=20", f"{path}/stacks?limit=20", f"{path}/items?limit=20"]
        begin = time.monotonic()
        second = 0
        while second < MINUTES * 60:
            body = {"evidence": "disk", "root": "/evidence",
                    "records": [record(sent + i, contents) for i in range(RECORDS)]}
            sent += RECORDS
            reply = server.request("POST", f"{path}/records", body, token=token, check=False)
            errors += reply.status >= 300
            for i in range(CALLS):
                before = time.monotonic()
                errors += people.ann.get(calls[i % len(calls)]).status >= 300
                slow = max(slow, time.monotonic() - before)
            second += 1
            samples.append((time.monotonic() - begin, server.resident_bytes()))
            if second % 60 == 0:
                print(f"{second // 60:3d} min: {samples[-1][1] / MIB:.1f} MiB, {sent} records, "
                      f"{errors} errors, slowest call {slow * 1e3:.0f} ms", flush=True)
            time.sleep(max(0.0, begin + second - time.monotonic()))
        took = time.monotonic() - begin
    kept = samples[len(samples) // 3:]
    slope = slope_mib_an_hour(kept)
    print(f"{sent / took:.0f} records/s for {took / 60:.1f} minutes")
    print(f"row\t10 minutes at 200 records/s and 20 calls/s: errors\t{errors}\t\t0\t-\t-")
    print(f"row\tthe same: slope of resident memory\t{slope:.1f}\tMB/h\t<= 1\t-\t-")


main()
