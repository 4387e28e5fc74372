#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Clew on generated evidence (tests/fixtures/evidence): everything is found where it lay, once, with
its digest and findings; nothing is written to the evidence; the ways back lead to the same bytes."""
import functools
import hashlib
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

import tap

sys.path.insert(0, str(tap.SOURCE / "tests" / "fixtures" / "evidence"))
import make  # noqa: E402  pylint: disable=wrong-import-position

ANY = "*"
DISK_IMAGES = ["fat12", "fat16", "fat32", "exfat", "ext2", "ext4", "ntfs", "apfs", "dos", "gpt",
              "apple", "bsd", "ewf", "split"]


def run(place, *command, statuses=(0, 1, 3, 4)):
    """Lines of JSON that a command prints, run where the evidence lies."""
    environment = dict(os.environ, CLEW_DATA=str(place.parent / "data"), LC_ALL="C.UTF-8",
                       TZ="UTC")
    done = subprocess.run([tap.CLEW, *command], cwd=place, env=environment,
                          stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE, timeout=600, check=False)
    assert done.returncode in statuses, \
        f"{command}: status {done.returncode}: {done.stderr[-500:]!r}"
    return [json.loads(line) for line in done.stdout.splitlines() if line.startswith(b"{")]


def scan(place, *command):
    """Records and totals of a scan."""
    lines = run(place, "scan", "--json", *command)
    return [line for line in lines if "path" in line], lines[-1]["totals"]


class Bench:
    """All evidence in a folder of its own, made once, and the set of everything that it hides."""

    def __init__(self):
        self.folder = tempfile.TemporaryDirectory(prefix="clew-evidence-")  # gone with this object
        self.top = Path(self.folder.name)
        self.place = self.top / "evidence"
        self.place.mkdir()
        run(self.place, "--version", statuses=(0,))
        self.truths = {}
        for name in make.MAKERS:
            self.truths[name] = make.make(self.place, [name])
        for table in self.place.glob("*.tsv"):
            table.unlink()
        self.known = {row["sha256"] for truth in self.all_truths() for row in truth.rows
                      if row["sha256"] and not self.is_container(truth, row)}
        known = self.top / "known.txt"
        known.write_text("".join(sorted(digest + "\n" for digest in self.known)))
        run(self.place, "set", "import", "known", str(known), "--kind", "notable", "--json",
            statuses=(0,))

    @staticmethod
    def is_container(truth, row):
        """What is known as a whole need not be looked into."""
        return row["path"] == truth.evidence and len(truth.rows) > 1

    def all_truths(self):
        return [truth for truths in self.truths.values() for truth in truths]


@functools.lru_cache(maxsize=1)
def bench():
    return Bench()


@functools.lru_cache(maxsize=None)
def scanned(evidence):
    """Records and totals of one evidence file."""
    return scan(bench().place, evidence)


def same_place(wanted, found):
    wanted, found = wanted.split(" > "), found.split(" > ")
    return len(wanted) == len(found) and all(a in (ANY, b) for a, b in zip(wanted, found))


def findings_of(record):
    return {finding["type"] for finding in record["findings"]}


def faults_of(row, record):
    """In what a record differs from what has to be found."""
    wanted = set(filter(None, row["findings"].split(",")))
    if wanted - findings_of(record):
        yield f"lacks {sorted(wanted - findings_of(record))}"
    if row["status"] and record["status"] != row["status"]:
        yield f"is {record['status']} ({record['reason']}), not {row['status']}"
    if row["modified"] and record["times"].get("modified") != row["modified"]:
        yield f"was modified {record['times'].get('modified')}, not {row['modified']}"
    if row["offset"] and record["locator"][-1].get("offset") != int(row["offset"]):
        yield f"has the locator {record['locator'][-1]}"
    if row["password"]:
        return
    if row["size_bytes"] and record["size_bytes"] != int(row["size_bytes"]):
        yield f"has {record['size_bytes']} bytes"
    if row["sha256"] in bench().known and not any(match["match"] == "exact"
                                                  for match in record["matches"]):
        yield "is not matched"


def missing(truth, records):
    """What of the ground truth was not found as it should be."""
    for row in truth.rows:
        there = [record for record in records if same_place(row["path"], record["path"])]
        right = [record for record in there if row["password"] or not row["sha256"]
                 or record["sha256"] == row["sha256"]]
        if right:
            faults = [list(faults_of(row, record)) for record in right]
            yield from (f"{row['path']} {fault}" for fault in min(faults, key=len))
            continue
        elsewhere = [record["path"] for record in records
                     if row["sha256"] and record["sha256"] == row["sha256"]]
        yield f"{row['path']} " + (f"has the bytes {there[0]['sha256']}" if there
                                   else "was not found") + (f"; {elsewhere}" if elsewhere else "")


def is_carved(record):
    return "carved" in findings_of(record)


def repeated(truth, records):
    """What was carved although it had been delivered, or although nothing lies there."""
    named = {record["sha256"] for record in records if not is_carved(record)}
    for record in filter(is_carved, records):
        if record["sha256"] in named:
            yield f"{record['path']} was carved and has a name as well"
        is_media = record["media_type"].startswith(("image/", "video/"))
        if is_media and not any(same_place(row["path"], record["path"]) for row in truth.rows):
            yield f"{record['path']} was carved ({record['media_type']}) but nothing lies there"


def check_piece(name):
    if not bench().truths[name]:
        raise tap.Skip("CLEW_TEST_MEDIA is not set")
    for truth in bench().truths[name]:
        records, totals = scanned(truth.evidence)
        problems = [*missing(truth, records), *repeated(truth, records)]
        not_ok = sum(record["status"] != "ok" for record in records)
        if sum(totals["not_examined"].values()) < not_ok:
            problems.append(f"{not_ok} records are not ok, totals say {totals['not_examined']}")
        assert not problems, f"{truth.evidence}:\n" + "\n".join(problems)


for piece in make.MAKERS:
    globals()[f"test_{piece}: everything is found where it lay, once"] = \
        functools.partial(check_piece, piece)


def test_passwords_open_what_can_be_opened():
    place = bench().place
    problems = []
    for truth in bench().truths["encrypted"]:
        rows = [row for row in truth.rows if row["password"]]
        words = place.parent / "passwords.txt"
        words.write_text("wrong\n" + "".join(row["password"] + "\n" for row in rows))
        records, _ = scan(place, "--passwords", str(words), truth.evidence)
        problems += [row["path"] for row in rows
                     if not any(same_place(row["path"], record["path"])
                                and record["sha256"] == row["sha256"]
                                and record["status"] == "ok" for record in records)]
    tap.fail_with(problems)


def test_one_worker_and_eight_find_the_same():
    problems = []
    for truth in (truth for name in DISK_IMAGES for truth in bench().truths[name]):
        one, eight = (sorted((record["path"], record["sha256"] or "", record["status"],
                              json.dumps(record["locator"]))
                             for record in scan(bench().place, "--jobs", jobs, truth.evidence)[0])
                      for jobs in ("1", "8"))
        problems += [f"{truth.evidence}: {row}" for row in sorted(set(one) ^ set(eight))]
        if len(one) != len(eight):
            problems.append(f"{truth.evidence}: {len(one)} and {len(eight)} records")
    tap.fail_with(problems)


def test_what_was_found_can_be_fetched_by_path_and_by_locator():
    place, problems = bench().place, []
    for name in ("fat32", "ext4", "ntfs", "dos", "nested", "documents", "cache", "ewf"):
        truth = bench().truths[name][0]
        records, _ = scanned(truth.evidence)
        wanted = {row["sha256"] for row in truth.rows if row["sha256"]}
        for record in (record for record in records if record["sha256"] in wanted):
            for key in (record["path"], json.dumps(record["locator"])):
                target = place.parent / "fetched"
                target.unlink(missing_ok=True)
                run(place, "cat", key, "-o", str(target), statuses=(0,))
                if hashlib.sha256(target.read_bytes()).hexdigest() != record["sha256"]:
                    problems.append(f"{key} gave other bytes")
                if target.stat().st_mode & 0o777 != 0o600:
                    problems.append(f"{key}: mode {target.stat().st_mode & 0o777:o}")
    tap.fail_with(problems)


def state_of(folder):
    """Everything that writing or reading could change of the files below a folder."""
    state = {}
    for path in sorted(folder.rglob("*")):
        info = path.stat()
        state[path.name] = (info.st_ino, info.st_size, info.st_mode, info.st_mtime_ns,
                            info.st_ctime_ns, info.st_atime_ns)
    return state


def test_nothing_is_written_to_evidence_not_even_access_times():
    """The files are ours, so the kernel lets us read without leaving a time."""
    place = bench().place
    digests = {path.name: hashlib.sha256(path.read_bytes()).digest() for path in place.iterdir()}
    for path in place.iterdir():
        os.utime(path, (1, path.stat().st_mtime))  # older than the last change: reading would show
    before = state_of(place)
    scan(place, ".")
    after = state_of(place)
    tap.fail_with(f"{name}: {before.get(name)} became {after.get(name)}"
                  for name in sorted(before.keys() | after.keys())
                  if before.get(name) != after.get(name))
    for path in place.iterdir():
        assert hashlib.sha256(path.read_bytes()).digest() == digests[path.name], path.name


def test_examined_and_not_examined_add_up_to_the_medium():
    place, problems = bench().place, []
    for truth in bench().all_truths():
        records, totals = scanned(truth.evidence)
        size = (place / truth.evidence).stat().st_size
        top = [record for record in records if record["path"] == truth.evidence]
        if len(top) != 1 or top[0]["size_bytes"] != size or totals["evidence_bytes"] < size:
            problems.append(f"{truth.evidence}: {size} bytes are not accounted for: {totals}")
            continue
        left = totals["not_examined_bytes"]
        if left != sum(record.get("not_examined_bytes", 0) for record in top) or left > size:
            problems.append(f"{truth.evidence}: {left} bytes not examined are not its own")
        if top[0]["status"] == "encrypted" and left != size:
            problems.append(f"{truth.evidence} is encrypted, but only {left} bytes were not seen")
        is_complete = left == 0 and all(record["status"] == "ok" for record in records)
        if totals["partial"] or totals["complete"] != is_complete:
            problems.append(f"{truth.evidence}: {totals}")
    tap.fail_with(problems)


def test_every_part_of_a_set_says_so():
    """Scanned as a folder, the later segments are named as parts, not as unknown files."""
    records, _ = scan(bench().place, ".")
    parts = [path.name for path in bench().place.iterdir()
             if path.suffix in (".E02", ".E03", ".E04", ".002", ".003")]
    assert len(parts) >= 9
    tap.fail_with(name for name in parts
                  if not any(record["path"].endswith("/" + name) and "segment"
                             in findings_of(record) for record in records))


if __name__ == "__main__":
    tap.main(globals())
