#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Makes one system call after another fail during an import and during a scan.

Wherever it happens the program must end by itself with a status of its own, say one sentence, and
leave nothing half done: a set is there whole or not at all, and a scan either gives the whole
answer or says what is missing. The shim (tests/fault/shim.c) acts on clew itself; its workers are
programs of their own and are covered by the scan of crashing pictures.

CLEW_FAULT_POINTS is how many points each sweep visits, spread evenly (default 100), or all.
"""
import json
import os
import shutil
import subprocess
import tempfile
from pathlib import Path

import pictures
import tap

SHIM = tap.BUILD / "tests" / "fault" / "libfault_shim.so"
POINTS = os.environ.get("CLEW_FAULT_POINTS", "100")
ENTRIES = 3000
# Each class of calls with the error that fits it.
FAULTS = [("open", "EMFILE"), ("read", "EIO"), ("read", "SHORT"), ("write", "ENOSPC"),
          ("write", "SHORT"), ("sync", "EIO"), ("rename", "EIO"), ("alloc", "ENOMEM")]


class World:
    """A folder with a list, evidence and a data folder that already holds a set."""

    def __init__(self, folder):
        self.folder = Path(folder)
        self.ends = {}  # exit status -> how many runs with a fault ended so
        self.evidence = self.folder / "evidence"
        self.evidence.mkdir()
        (self.evidence / "a.jpg").write_bytes(pictures.encoded("320x240", "1"))
        (self.evidence / "b.txt").write_bytes(b"hello\n")
        (self.evidence / "big.bin").write_bytes(pictures.random_bytes(3_000_000, 1))
        (self.folder / "list.txt").write_text(
            "".join(f"{number:032x}\n" for number in range(1, ENTRIES + 1)))
        self.pristine = self.folder / "pristine"
        (self.folder / "known.txt").write_text("b1946ac92492d2347c6235b4d2611184\n")
        self.run(self.pristine, "set", "import", "known", "known.txt", "--kind", "notable",
                 expect=0)

    def data(self):
        """A fresh copy of the data folder."""
        data = self.folder / "data"
        shutil.rmtree(data, ignore_errors=True)
        shutil.copytree(self.pristine, data)
        data.chmod(0o700)
        return data

    def run(self, data, *command, fault=None, expect=None):
        environment = dict(os.environ)
        environment.update({"LC_ALL": "C.UTF-8", "XDG_DATA_HOME": str(self.folder)})
        if fault:
            environment.update({"LD_PRELOAD": str(SHIM), "CLEW_FAULT_PROGRAM": "clew",
                                "CLEW_FAULT": fault,
                                "CLEW_FAULT_COUNTS": str(self.folder / "counts")})
        done = subprocess.run([tap.CLEW, "--data", data, *command], cwd=self.folder,
                              env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                              stderr=subprocess.PIPE, timeout=120, check=False)
        if fault:
            self.ends[done.returncode] = self.ends.get(done.returncode, 0) + 1
        if expect is not None:
            assert done.returncode == expect, f"{command}: {done.returncode}: {done.stderr!r}"
        return done

    def counts(self, *command):
        """How many calls of each class the command makes when nothing fails."""
        self.run(self.data(), *command, fault="count")
        lines = (self.folder / "counts").read_text().split("\n")
        return {name: int(number) for name, number in (line.split() for line in lines if line)}


def spread(count, budget):
    """Numbers from 1 to count, at most budget of them, evenly, with both ends."""
    if count <= budget:
        return range(1, count + 1)
    return sorted({1 + round(step * (count - 1) / (budget - 1)) for step in range(budget)})


def points(counts):
    """Every fault to try, as CLASS:N:ERROR."""
    wanted = sum(counts[name] for name, _ in FAULTS)
    assert wanted > 20, f"the shim counted nothing: {counts}"
    for name, error in FAULTS:
        share = counts[name] if POINTS == "all" else \
            max(4, int(POINTS) * counts[name] // wanted)
        for number in spread(counts[name], share):
            yield f"{name}:{number}:{error}"


def check_end(done, statuses, fault):
    """The end of the program itself: its own status, and a sentence when it failed."""
    if done.returncode < 0:
        return f"{fault}: killed by signal {-done.returncode}: {done.stderr[-300:]!r}"
    if done.returncode not in statuses:
        return f"{fault}: status {done.returncode}: {done.stderr[-300:]!r}"
    if done.returncode == 2 and b"clew: " not in done.stderr:
        return f"{fault}: status 2 without a sentence: {done.stderr[-300:]!r}"
    return None


def sets_of(world, data):
    """Name -> number of entries, from a run without faults; None when that fails."""
    done = world.run(data, "set", "list", "--json")
    if done.returncode != 0:
        return None
    rows = [json.loads(line) for line in done.stdout.splitlines()]
    return {row["set"]: row["entries"] for row in rows}


def check_import(world, fault):
    data = world.data()
    done = world.run(data, "set", "import", "new", "list.txt", "--type", "md5", "--kind",
                     "notable", fault=fault)
    problem = check_end(done, (0, 2), fault)
    if problem:
        return problem
    sets = sets_of(world, data)
    if sets is None or sets.get("known") != 1:
        return f"{fault}: the sets afterwards are {sets}"
    if sets.get("new") not in (None, ENTRIES):
        return f"{fault}: the set is half there: {sets}"
    if done.returncode == 0 and sets.get("new") != ENTRIES:
        return f"{fault}: acknowledged and lost: {sets}"
    if world.run(data, "set", "verify").returncode != 0:
        return f"{fault}: set verify finds a fault afterwards"
    return None


def answers(output):
    """path -> (status, number of matches) of a scan's JSON lines."""
    found = {}
    for line in output.splitlines():
        record = json.loads(line)
        if "path" in record:
            found[record["path"]] = (record["status"], len(record["matches"]))
    return found


def check_scan(world, fault, baseline):
    report = world.folder / "report.csv"
    report.unlink(missing_ok=True)
    data = world.data()
    done = world.run(data, "scan", "--json", "--jobs", "1", "--csv", "report.csv", "evidence",
                     fault=fault)
    problem = check_end(done, (1, 2, 3, 4), fault)
    if problem:
        return problem
    if done.returncode == 1 and answers(done.stdout) != baseline:
        return f"{fault}: complete by its status, but {answers(done.stdout)}"
    if done.returncode in (3, 4):
        found = answers(done.stdout)
        broken = [path for path, (status, _) in found.items() if status != "ok"]
        overlooked = [path for path in baseline if path not in found
                      and not any(path.startswith(folder + "/") for folder in broken)]
        if overlooked:
            return f"{fault}: nothing is said of {overlooked}"
        if not broken:
            return f"{fault}: incomplete by its status, but nothing says why"
    whole = report.exists() and len(report.read_text().splitlines()) >= 2
    if done.returncode != 2 and not whole or report.exists() and not whole:
        return f"{fault}: status {done.returncode} and the report is not whole"
    if sets_of(world, data) != {"known": 1}:
        return f"{fault}: the sets were changed"
    return None


def sweep(world, check, *command):
    if not SHIM.exists():
        raise tap.Skip("the shim is not built with a sanitizer")
    faults = list(points(world.counts(*command)))
    problems = [problem for problem in map(check, faults) if problem]
    ends = ", ".join(f"{count} with {status}" for status, count in sorted(world.ends.items()))
    print(f"# {len(faults)} points; runs ended {ends}")
    assert world.ends.get(2, 0) > len(faults) // 10, "hardly a fault was felt: is the shim loaded?"
    tap.fail_with(problems)


def with_world(story):
    if not SHIM.exists():
        raise tap.Skip("the shim is not built with a sanitizer")
    folder = tempfile.mkdtemp(prefix="clew-fault-")
    try:
        story(World(folder))
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def test_an_import_ends_cleanly_wherever_it_fails():
    with_world(lambda world: sweep(
        world, lambda fault: check_import(world, fault),
        "set", "import", "new", "list.txt", "--type", "md5", "--kind", "notable"))


def test_a_scan_ends_cleanly_wherever_it_fails():
    def story(world):
        command = ("scan", "--json", "--jobs", "1", "--csv", "report.csv", "evidence")
        baseline = answers(world.run(world.data(), *command, expect=1).stdout)
        assert len(baseline) == 3, baseline
        sweep(world, lambda fault: check_scan(world, fault, baseline), *command, "--force")
    with_world(story)


if __name__ == "__main__":
    tap.main(globals())
