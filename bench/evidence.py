#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""How fast and how completely evidence is looked into, against the tools that others use.

    evidence.py BUILD FOLDER SIZE PHOTO…    bench/run.sh calls it; FOLDER is kept (evidence_make.py)

    CLEW_BENCH_ROUNDS=N    of each comparison (5)
    CLEW_TEST_MEDIA=DIR    with evidence/MANIFEST.tsv: wrappers seen into are counted as well

Clew and the peer take turns; a figure is the median of the rounds, wall clock unless it says CPU.
The pictures are in the set that is scanned for, so that a digest settles them and none is decoded:
the peers do not decode either. One row a figure:

    row <tab> name <tab> value <tab> unit <tab> target <tab> peer <tab> ratio
"""
import csv
import hashlib
import json
import os
import random
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import evidence_make

ROUNDS = int(os.environ.get("CLEW_BENCH_ROUNDS", "5"))
LANES = os.cpu_count()
HASHES = 200_000
PHOTOREC = ("partition_none,options,paranoid,fileopt,everything,disable,jpg,enable,png,enable,"
            "gif,enable,wholespace,search")
CLAM_LIMITS = ["--allmatch=yes", "--max-filesize=2000M", "--max-scansize=4000M", "--max-files=1000000",
               "--max-recursion=100", "--max-scantime=0", "--alert-exceeds-max=no"]


def row(name, value, unit="-", target="-", peer="-", ratio="-"):
    print("row", name, value, unit, target, peer, ratio, sep="\t", flush=True)


class Cost:
    """What a command took; CPU with all its children."""

    def __init__(self, command, output=None, statuses=(0,)):
        environment = dict(os.environ, TERM="dumb", LC_ALL="C.UTF-8")
        begin = time.monotonic()
        with open(output or os.devnull, "wb") as file:
            process = subprocess.Popen([str(word) for word in command], stdin=subprocess.DEVNULL,
                                       stdout=file, stderr=subprocess.PIPE, env=environment)
            errors = process.stderr.read()
            _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        self.wall = time.monotonic() - begin
        self.cpu = usage.ru_utime + usage.ru_stime
        assert process.returncode in statuses, \
            f"{command}: status {process.returncode}: {errors[-500:]!r}"


def in_turns(*actions):
    """Medians of the wall clock of each action, and of each action's CPU."""
    costs = [[] for _ in actions]
    for _ in range(ROUNDS):
        for action, kept in zip(actions, costs):
            kept.append(action())
    return [(statistics.median(cost.wall for cost in kept),
             statistics.median(cost.cpu for cost in kept)) for kept in costs]


class Clew:
    def __init__(self, build, place):
        self.program = build / "src" / "apps" / "clew" / "clew"
        self.place = place
        self.data = place / "data"
        self.output = place / "scan.jsonl"
        shutil.rmtree(self.data, ignore_errors=True)

    def import_set(self, name, digests):
        path = self.place / f"{name}.txt"
        path.write_text("".join(digest + "\n" for digest in digests))
        Cost([self.program, "--data", self.data, "set", "import", name, path, "--kind",
              "notable"])

    def scan(self, *options):
        return Cost([self.program, "--data", self.data, "scan", "--json", "--quiet", *options],
                    self.output, statuses=(0, 1, 3, 4))

    def records(self):
        """Of the last scan."""
        with open(self.output, encoding="utf-8") as lines:
            found = (json.loads(line) for line in lines)
            return [record for record in found if "path" in record]


def is_carved(record):
    return any(finding["type"] == "carved" for finding in record["findings"])


def have(tool):
    if shutil.which(tool):
        return True
    print(f"{tool} is not installed: no peer")
    return False


def read_once(*paths):
    """Into the page cache: nobody is to wait for the disk."""
    for path in paths:
        with open(path, "rb") as file:
            while file.read(1 << 22):
                pass


# ---- Volumes ----------------------------------------------------------------------------------

def bench_walk(clew, place):
    database = place / "tsk.db"

    def peer(volume):
        database.unlink(missing_ok=True)
        return Cost(["tsk_loaddb", "-h", "-d", database, volume])

    for name, least in (("fat32", 2), ("ext4", 2), ("ntfs", 1.5)):
        volume = place / f"{name}.img"
        read_once(volume)
        if not have("tsk_loaddb"):
            return
        (own, _), (other, _) = in_turns(lambda: clew.scan("--no-verify", volume),
                                        lambda: peer(volume))
        row(f"walk of {name}, digests of every stream", f"{own:.2f}", "s", f">= {least}x",
            f"tsk_loaddb -h: {other:.2f} s", f"{other / own:.2f}")
    database.unlink(missing_ok=True)


def bench_recall(clew, place, pictures):
    for name in ("fat32", "ntfs", "ext4"):
        clew.scan(place / f"{name}.img")
        records = clew.records()
        named = {record["sha256"] for record in records if not is_carved(record)}
        found = {record["sha256"] for record in records if record.get("matches")}
        repeats = sum(is_carved(record) and record["sha256"] in named for record in records)
        gone = [digest for digest, is_deleted in pictures.items() if is_deleted]
        row(f"{name}, deleted pictures found", sum(digest in found for digest in gone), "",
            f"{len(gone)}")
        row(f"{name}, pictures found", sum(digest in found for digest in pictures), "",
            f"{len(pictures)}")
        row(f"{name}, carved although delivered", repeats, "", "0")


def bench_overhead(clew, build, place):
    program, volume = build / "bench" / "evidence_walk", place / "fat32.img"
    (_, own), (_, plain) = in_turns(lambda: clew.scan("--jobs", "1", "--no-verify", volume),
                                    lambda: Cost([program, volume]))
    row("worker, CPU of clew scan --jobs 1 against in-process", f"{own / plain:.3f}", "x",
        "<= 1.05", f"the same walk in one process: {plain:.2f} s", f"{own / plain:.3f}")


# ---- Carving ----------------------------------------------------------------------------------

def digests_below(folder):
    return {hashlib.sha256(path.read_bytes()).hexdigest()
            for path in folder.rglob("*") if path.is_file() and not path.is_symlink()}


def bench_carving(clew, place, pictures):
    volume, target = place / "formatted.img", place / "photorec"
    read_once(volume)

    def peer():
        for path in place.glob("photorec*"):
            shutil.rmtree(path)
        return Cost(["photorec", "/d", target, "/cmd", volume, PHOTOREC])

    if not have("photorec"):
        return
    (own, _), (other, _) = in_turns(lambda: clew.scan("--no-verify", volume), peer)
    exact = {record["sha256"] for record in clew.records()} & pictures.keys()
    theirs = {digest for path in place.glob("photorec*") for digest in digests_below(path)}
    row("carving of free space", f"{own:.2f}", "s", ">= 1.5x", f"PhotoRec: {other:.2f} s",
        f"{other / own:.2f}")
    row("carved exactly", len(exact), f"of {len(pictures)}", ">= PhotoRec",
        f"PhotoRec: {len(theirs & pictures.keys())}")
    for path in place.glob("photorec*"):
        shutil.rmtree(path)


# ---- E01 --------------------------------------------------------------------------------------

def bench_ewf(build, place):
    program = build / "bench" / "evidence_ewf"
    if program.exists():
        read_once(*place.glob("fat32.E*"))
        subprocess.run([program, place / "fat32.E01", str(ROUNDS), str(LANES)], check=True)


# ---- Documents --------------------------------------------------------------------------------

def write_signatures(path, digests):
    """ClamAV's hash list, with the sizes unknown, as lists of pictures have them."""
    with open(path, "w", encoding="ascii") as file:
        file.writelines(f"{digest}:*:known{number}:73\n" for number, digest in enumerate(digests))


def clamscan(signatures, folder, output):
    return Cost(["clamscan", "-d", signatures, "-r", "--infected", "--no-summary", *CLAM_LIMITS,
                 folder], output, statuses=(0, 1))


def top_of(folder, record):
    """Name of the file on disk that a record lies in, relative to the folder."""
    return os.path.relpath(record["path"].split(" > ")[0], folder)


def hit_by_clam(output, folder):
    lines = Path(output).read_text(encoding="utf-8", errors="replace").splitlines()
    return {os.path.relpath(line.rpartition(": ")[0], folder) for line in lines
            if line.endswith(" FOUND")}


def bench_documents(clew, place, pictures):
    folder, signatures, output = place / "documents", place / "known.hsb", place / "clam.txt"
    if not have("clamscan"):
        return
    source = random.Random(5)
    digests = [*pictures, *(source.randbytes(32).hex() for _ in range(HASHES - len(pictures)))]
    clew.import_set("known", digests)
    write_signatures(signatures, digests)
    files = [path for path in folder.rglob("*") if path.is_file()]
    read_once(*files)
    (own, _), (other, _) = in_turns(lambda: clew.scan("--no-verify", folder),
                                    lambda: clamscan(signatures, folder, output))
    total = sum(path.stat().st_size for path in files) * 1e-6
    hits = {top_of(folder, record) for record in clew.records() if record["matches"]}
    row(f"documents and archives, {HASHES} hashes", f"{total / own:.1f}", "MB/s", ">= 15x",
        f"clamscan: {total / other:.1f} MB/s", f"{other / own:.1f}")
    row("documents with a hit", len(hits), f"of {len(files)}", ">= clamscan",
        f"clamscan: {len(hit_by_clam(output, folder))}")


def wrappers_of(place):
    """The files of the manifest, copied flat, so that both programs see the same names."""
    media = os.environ.get("CLEW_TEST_MEDIA")
    manifest = Path(media or "/nonexistent") / "evidence" / "MANIFEST.tsv"
    if not manifest.exists():
        print("CLEW_TEST_MEDIA is not set: no wrappers to look into")
        return None
    folder = place / "wrappers"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    with open(manifest, encoding="utf-8") as table:
        for number, line in enumerate(csv.DictReader(table, delimiter="\t")):
            path = manifest.parent / line["path"]
            if path.is_file():
                shutil.copyfile(path, folder / f"{number:03}{path.suffix}")
    return folder


def bench_wrappers(clew, place):
    """What either program takes out of the wrappers is put into the lists of both; a wrapper counts
    for a program that finds something of its inside."""
    folder = wrappers_of(place)
    if folder is None or not have("clamscan"):
        return
    shutil.rmtree(clew.data)
    clew.scan(folder)
    outer = digests_below(folder)
    inner = {record["sha256"] for record in clew.records()
             if " > " in record["path"] and record["sha256"] and record["size_bytes"] >= 64}
    signatures, output = place / "inner.hsb", place / "clam.txt"
    with tempfile.TemporaryDirectory(dir=place) as taken:
        write_signatures(signatures, [hashlib.sha256(b"nothing").hexdigest()])
        Cost(["clamscan", "-d", signatures, "-r", "--no-summary", "--leave-temps=yes",
              f"--tempdir={taken}", *CLAM_LIMITS, folder], statuses=(0, 1, 2))
        for path in Path(taken).rglob("*"):
            if path.is_file() and path.stat().st_size >= 64:
                inner.add(hashlib.sha256(path.read_bytes()).hexdigest())
    digests = sorted(inner - outer)
    clew.import_set("inner", digests)
    write_signatures(signatures, digests)
    clew.scan("--no-verify", folder)
    Cost(["clamscan", "-d", signatures, "-r", "--infected", "--no-summary", *CLAM_LIMITS, folder],
         output, statuses=(0, 1, 2))
    hits = {top_of(folder, record) for record in clew.records() if record["matches"]}
    row("wrappers of the manifest seen into", len(hits),
        f"of {sum(1 for _ in folder.iterdir())}", ">= clamscan",
        f"clamscan: {len(hit_by_clam(output, folder))}")
    shutil.rmtree(folder)


def main():
    if len(sys.argv) < 5:
        sys.exit(__doc__)
    build, place, size = Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3]
    evidence_make.make(place, size, [Path(name) for name in sys.argv[4:]])
    pictures = json.loads((place / "pictures.json").read_text())
    clew = Clew(build, place)
    clew.import_set("pictures", pictures)
    bench_walk(clew, place)
    bench_recall(clew, place, pictures)
    bench_overhead(clew, build, place)
    bench_carving(clew, place, pictures)
    bench_ewf(build, place)
    bench_documents(clew, place, pictures)
    bench_wrappers(clew, place)


if __name__ == "__main__":
    main()
