#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Clew on real media (CLEW_TEST_MEDIA): published hashes, bombs and crashers, nothing overlooked."""
import csv
import json
import os
import shutil
import subprocess
import tempfile
from pathlib import Path

import tap

# A whole disk is not digested unless that is asked for.
DISK_IMAGES = {f"application/{name}" for name in
               ("x-ewf", "x-ewf2", "x-ewf-logical", "x-aff", "x-qemu-disk", "x-vhd", "x-vhdx", "x-vmdk",
                "x-virtualbox-vdi", "x-apple-diskimage", "x-luks", "x-raw-disk-image")}
STATUSES = {"ok", "unsupported", "corrupt", "encrypted", "limit", "timeout", "crashed",
            "unreadable"}


def media(name):
    folder = os.environ.get("CLEW_TEST_MEDIA")
    if not folder:
        raise tap.Skip("CLEW_TEST_MEDIA is not set")
    place = Path(folder) / name
    assert place.exists(), f"{place} is missing"
    return place


def run(data, *command, statuses=(0, 1, 3, 4)):
    """Lines of JSON that a command prints."""
    environment = dict(os.environ, CLEW_DATA=str(data), LC_ALL="C.UTF-8")
    done = subprocess.run([tap.CLEW, *command], env=environment, stdin=subprocess.DEVNULL,
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=900, check=False)
    assert done.returncode in statuses, f"status {done.returncode}: {done.stderr[-500:]!r}"
    return done.returncode, [json.loads(line) for line in done.stdout.splitlines()]


def with_folder(story):
    folder = Path(tempfile.mkdtemp(prefix="clew-media-"))
    try:
        story(folder)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def files_below(folder):
    return sorted(str(path) for path in folder.rglob("*") if path.is_file())


def bits_between(first, second):
    return bin(int(first, 16) ^ int(second, 16)).count("1")


def differences(row, record):
    """What is wrong with one picture. JPEGs must agree to the bit in both pipelines; pictures with
    alpha, palette or LAB pixels went through another decoder in the reference: 10 bits there."""
    name = row["path"]
    apart = bits_between(record["pdq_512"], row["pdq_512"])
    if apart > (10 if name.startswith("misc-images/modes") else 0):
        yield f"{name}: pdq_512 differs in {apart} bits"
    if record["media_type"] != "image/jpeg" or name.startswith("misc-images/modes"):
        return
    wanted = {"pdq_full": row["pdq_full"], "pdq_512_quality": int(row["pdq_quality"]),
              "pdq_full_quality": int(row["pdq_full_quality"])}
    for key, value in wanted.items():
        if record.get(key) != value:
            yield f"{name}: {key} is {record.get(key)}, not {value}"


def test_every_published_hash_is_met_bit_for_bit():
    place = media("pdq")
    _, records = run("/nonexistent", "hash", "--json", str(place))
    found = {record["path"]: record for record in records}
    with open(place / "EXPECTED.tsv", encoding="utf-8") as table:
        # The reference kept the low byte of 16-bit samples: nothing to agree with.
        rows = [row for row in csv.DictReader(table, delimiter="\t")
                if "ushort" not in row["dimensions"]]
    assert len(rows) >= 50, f"only {len(rows)} pictures were compared"
    tap.fail_with(problem for row in rows
                  for problem in differences(row, found[str(place / row["path"])]))


def check_record(record):
    """What is wrong with one record: a status, a reason for any but ok, digests of what was read."""
    if record["status"] not in STATUSES or (record["status"] != "ok") != bool(record["reason"]):
        yield f"{record['path']}: {record['status']} {record['reason']}"
    is_image = record["media_type"] in DISK_IMAGES
    if record["parent_id"] is None and not record["sha256"] and not is_image:
        yield f"{record['path']}: a file without digests"


def check_accounted(place, data):
    """Every file below a folder has exactly one record, and every item one; the sums fit."""
    status, lines = run(data, "scan", "--json", str(place))
    records = [line for line in lines if "path" in line]
    files = [record["path"] for record in records if record["parent_id"] is None]
    assert sorted(files) == files_below(place)
    assert len({record["item_id"] for record in records}) == len(records)
    tap.fail_with(problem for record in records for problem in check_record(record))
    not_ok = [record for record in records if record["status"] != "ok"]
    totals = lines[-1]["totals"]
    is_whole = not not_ok and totals["not_examined_bytes"] == 0
    assert (status in (3, 4)) == (not is_whole), f"status {status}, {len(not_ok)} not examined"
    assert totals["items"] == len(records)
    assert sum(totals["not_examined"].values()) == len(not_ok)
    whole = [record for record in records if record["parent_id"] is None]
    assert totals["evidence_bytes"] == sum(record["size_bytes"] for record in whole)
    assert totals["not_examined_bytes"] == sum(record.get("not_examined_bytes", 0)
                                               for record in whole)
    print(f"# {len(records)} records, {totals['not_examined']}")
    return records


def test_bombs_and_crashers_are_all_accounted_for():
    def story(folder):
        records = check_accounted(media("evidence/python-pillow_Pillow"), folder / "data")
        assert len(records) >= 40
    with_folder(story)


def test_all_evidence_is_accounted_for():
    with_folder(lambda folder: check_accounted(media("evidence"), folder / "data"))


def test_known_pictures_are_found_among_all_media():
    place = media("pdq/bridge-mods")

    def story(folder):
        _, records = run(folder / "data", "hash", "--json", str(place / "aaa-orig.jpg"))
        (folder / "list.txt").write_text("pdq:" + records[0]["pdq_512"] + "\n")
        run(folder / "data", "set", "import", "known", str(folder / "list.txt"), "--kind",
            "notable", "--json", statuses=(0,))
        status, lines = run(folder / "data", "scan", "--json", str(place))
        assert status in (1, 4), status
        hits = [line["path"] for line in lines if line.get("matches")]
        assert str(place / "aaa-orig.jpg") in hits
        assert len(hits) >= 5, hits
    with_folder(story)


if __name__ == "__main__":
    tap.main(globals())
