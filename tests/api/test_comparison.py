#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Two media of a case are compared by their previews, which a scan brought in."""
import struct
import subprocess

import record_case
import tap
from record_case import expect, record

CASE = None
MEDIA = {}                      # by name of the file
SIDE = 480
BOX = (300, 60, 400, 200)       # left, top, right, bottom of what was put over the picture


def picture(seed, box=None):
    """A chart of generated shapes, as an uncompressed bitmap; it is written from below."""
    rows = bytearray()
    for y in reversed(range(SIDE)):
        for x in range(SIDE):
            light = 60 + 50 * ((x * seed // 37 + y // 29) % 3) + (x // 7 * y // 11) % 17
            if (x - 170) ** 2 + (y - 250) ** 2 < (40 * seed) ** 2:
                light = 220 - light // 2
            if box and box[0] <= x < box[2] and box[1] <= y < box[3]:
                light = 12 + 5 * (x // 20 % 2)
            rows += bytes([light, light * 7 // 8, light * 3 // 4])
    head = struct.pack("<2sIHHI", b"BM", 54 + len(rows), 0, 0, 54)
    return head + struct.pack("<IiiHHIIiiII", 40, SIDE, SIDE, 1, 24, 0, len(rows), 0, 0, 0, 0) + \
        bytes(rows)


def begin():
    global CASE
    if CASE:
        return
    CASE = record_case.RecordCase()
    folder = CASE.server.data.parent / "evidence"
    folder.mkdir()
    (folder / "plain.bmp").write_bytes(picture(2))
    (folder / "covered.bmp").write_bytes(picture(2, BOX))
    (folder / "other.bmp").write_bytes(picture(3))
    token = CASE.server.data.parent / "token"
    token.write_text(CASE.ann.made["token"] + "\n", encoding="ascii")
    done = subprocess.run(
        [tap.CLEW, "scan", "--data", folder.parent / "clew-data", "--case", "26-001", "--server",
         f"http://127.0.0.1:{CASE.server.port}", "--token-file", token, "--evidence", "disk",
         "--unconfined", folder], stderr=subprocess.PIPE, stdout=subprocess.DEVNULL, text=True,
        timeout=120)
    assert done.returncode in (0, 3), done.stderr
    for item in expect(CASE.ann.get(CASE.path + "/items"), 200)["items"]:
        MEDIA[item["path"][-1].rsplit("/", 1)[-1]] = item["media"]
    CASE.bring(record(1), evidence="records")


def compare(first, second, who=None, **options):
    body = {"with": MEDIA.get(second, second)}
    return (who or CASE.ann).post(f"{CASE.path}/media/{MEDIA[first]}/comparisons", body, **options)


def test_what_was_put_over_a_picture_is_a_region():
    begin()
    found = expect(compare("plain.bmp", "covered.bmp"), 200)
    assert found["comparable"] is True and found["reason"] is None, found
    assert found["orientation"] == "original" and found["regions"], found
    expected = dict(zip(("left", "top", "right", "bottom"), (place / SIDE for place in BOX)))
    for side, place in found["regions"][0].items():
        assert abs(place - expected[side]) < 0.05, found
    covered = (BOX[2] - BOX[0]) * (BOX[3] - BOX[1]) / SIDE ** 2
    assert covered * 0.8 < found["share"] < covered * 1.5, (covered, found)


def test_reviewers_compare_too():
    begin()
    assert expect(compare("covered.bmp", "plain.bmp", who=CASE.rev), 200)["comparable"] is True


def test_pictures_that_do_not_show_the_same_are_not_compared():
    begin()
    found = expect(compare("plain.bmp", "other.bmp"), 200)
    assert found["comparable"] is False and found["reason"], found
    assert (found["share"], found["orientation"], found["regions"]) == (None, None, []), found


def test_a_media_without_a_preview_cannot_be_compared():
    begin()
    ids = expect(CASE.ann.get(CASE.path + "/media/order"), 200)["ids"]
    bare = next(one for one in ids if one not in MEDIA.values())
    found = expect(compare("plain.bmp", bare), 200)
    assert found["comparable"] is False and f"media {bare} has no preview" in found["reason"], found
    body = {"media": [{"sha256": record(1)["sha256"], "reason": "it is too small"}]}
    expect(CASE.ann.post(CASE.path + "/previews", body, token=True), 200)
    assert "it is too small" in expect(compare("plain.bmp", bare), 200)["reason"]


def leaves():
    items = expect(CASE.ann.get(CASE.path + "/audit?limit=200"), 200)["items"]
    return [leaf for leaf in items if leaf["action"] == "compared"]


def test_a_comparison_is_on_record_once_for_a_key():
    begin()
    before = len(leaves())
    key = {"Idempotency-Key": "compare-0001-0001"}
    first = expect(compare("plain.bmp", "covered.bmp", headers=key), 200)
    assert expect(compare("plain.bmp", "covered.bmp", headers=key), 200) == first
    after = leaves()
    assert len(after) == before + 1, after


def test_what_is_wrong_is_named():
    begin()
    path = f"{CASE.path}/media/{MEDIA['plain.bmp']}/comparisons"
    for body, pointer in (({}, "/with"), ({"with": 0}, "/with"), ({"with": "1"}, "/with"),
                          ({"with": MEDIA["plain.bmp"]}, "/with"),
                          ({"with": MEDIA["other.bmp"], "purpose": ""}, "/purpose"),
                          ({"with": MEDIA["other.bmp"], "side": 9}, "/side")):
        expect(CASE.ann.post(path, body), 422, pointer=pointer)
    expect(compare("plain.bmp", 999999), 404, "not_found")
    expect(CASE.ann.post(f"{CASE.path}/media/999999/comparisons", {"with": MEDIA["plain.bmp"]}), 404)


def test_it_is_for_reviewers_of_the_case():
    begin()
    path = f"/media/{MEDIA['plain.bmp']}/comparisons"
    record_case.check_doors(CASE, "POST", path, {"with": MEDIA["other.bmp"]})
    expect(CASE.aud.post(CASE.path + path, {"with": MEDIA["other.bmp"]}), 403, "denied")
    expect(CASE.eve.post(CASE.eve.case + path, {"with": MEDIA["other.bmp"]}), 404, "not_found")


if __name__ == "__main__":
    tap.main(globals())
