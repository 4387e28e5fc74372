#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Clew on generated and given videos (tests/fixtures/video): known ones are recognised whole or in
pieces, at the right seconds of both sides, however they were edited; others never."""
import functools
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

import tap

sys.path.insert(0, str(tap.SOURCE / "tests" / "fixtures" / "video"))
import film  # noqa: E402  pylint: disable=wrong-import-position
import make  # noqa: E402  pylint: disable=wrong-import-position
from film_truth import TOLERANCE, Piece, Row  # noqa: E402  pylint: disable=wrong-import-position

ANY = "*"
SPEED_TOLERANCE = 0.03      # of the speed itself
OFFSET_TOLERANCE = 1.0      # seconds between where a second should lie opposite and where it does
QUALITY_MIN = 50            # below, a frame says too little: vPDQ's rule
HASH_TOLERANCE = 31         # bits by which versions of FFmpeg may move a frame
GIVEN = ["chair-20-sd-bar", "chair-22-with-large-logo-bar", "chair-orig-22-sd-bar",
         "doorknob-hd-no-bar", "pattern-hd-no-bar", "pattern-longer-no-bar",
         "test-padded-dimensions"]


def command(data, *words, place=None, statuses=(0, 1, 3, 4)):
    """What a command printed, and what it said."""
    environment = dict(os.environ, CLEW_DATA=str(data), LC_ALL="C.UTF-8", TZ="UTC")
    done = subprocess.run([tap.CLEW, *(str(word) for word in words)], cwd=place, env=environment,
                          stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE, timeout=600, check=False)
    assert done.returncode in statuses, \
        f"{words}: status {done.returncode}: {done.stderr[-500:].decode(errors='replace')}"
    return done.stdout.decode(), done.stderr.decode(errors="replace")


def lines_of(text):
    return [json.loads(line) for line in text.splitlines() if line.startswith("{")]


def record_of(data, path, *options):
    """The one record that clew hash gives of a file."""
    records = lines_of(command(data, "hash", "--json", *options, path)[0])
    assert len(records) == 1, f"{path}: {len(records)} records"
    return records[0]


def parsed_frames(text):
    """(number, quality, hash, seconds) of the reference's lines."""
    rows = [line.split(",") for line in text.splitlines() if line and line[0].isdigit()]
    return [(int(number), int(quality), value, float(seconds))
            for number, quality, value, seconds in rows]


def bits_between(first, second):
    return bin(int(first, 16) ^ int(second, 16)).count("1")


class Bench:
    """Everything made once, and a set for each known video, named as the video is."""

    def __init__(self):
        self.folder = tempfile.TemporaryDirectory(prefix="clew-video-")  # gone with this object
        self.top = Path(self.folder.name)
        self.data = self.top / "data"
        self.lists = self.top / "lists"
        self.lists.mkdir()
        self.rows = make.make(self.top)
        self.made = self.top / "made"
        self.known = {path.stem: path for path in sorted((self.top / "known").glob("*.mp4"))}
        if film.given_folder():
            self.known |= {name: film.given_folder() / f"{name}.mp4" for name in GIVEN}
        for name, path in self.known.items():
            frames, _ = command(self.data, "hash", "--frames", path, statuses=(0,))
            self.import_list(name, f"{name}.vpdq", frames)
        still = record_of(self.data, self.top / "known" / "still.png")
        self.import_list("still", "still.txt", "pdq:" + still["pdq_full"] + "\n")

    def import_list(self, name, file, text):
        (self.lists / file).write_text(text)
        command(self.data, "set", "import", name, self.lists / file, "--kind", "notable",
                statuses=(0,))

    def frames(self, name):
        return parsed_frames((self.lists / f"{name}.vpdq").read_text())

    def scan(self, *words):
        """Records of a scan, run where the made videos lie."""
        text, _ = command(self.data, "scan", "--json", *words, place=self.made)
        return [line for line in lines_of(text) if "path" in line]


@functools.lru_cache(maxsize=1)
def bench():
    return Bench()


def given(name):
    place = film.given_folder()
    if place is None:
        raise tap.Skip("CLEW_TEST_MEDIA is not set")
    return place / f"{name}.mp4"


# ---- The ground truth ---------------------------------------------------------------------------

def same_place(wanted, found):
    wanted, found = wanted.split(" > "), found.split(" > ")
    return len(wanted) == len(found) and all(a in (ANY, b) for a, b in zip(wanted, found))


def text_of(piece):
    def stretch(begin, end):
        return f"{piece[begin]:.2f}-{piece[end]:.2f}" if begin in piece else "still"
    text = f"{stretch('from', 'to')}={stretch('their_from', 'their_to')}"
    if "speed" in piece:  # two videos
        text += f"x{piece['speed']:.3f} ({piece['matched']} of {piece['frames']} frames)"
    return text


def ends_differ(begin, end, piece, first, last, tolerance):
    return abs(piece[first] - begin) > tolerance or abs(piece[last] - end) > tolerance


def differs(wanted, found, tolerance):
    """In what a piece found differs from the one that should have been. A still has no seconds of
    its own, and may resemble its neighbours as well."""
    is_still = wanted.our_from == wanted.our_to
    if is_still:
        if not found["their_from"] - tolerance <= wanted.their_from <= found["their_to"] + tolerance:
            yield "another second of theirs"
        return
    if "from" not in found:
        yield "the video is matched as a still"
        return
    if ends_differ(wanted.our_from, wanted.our_to, found, "from", "to", tolerance):
        yield "other seconds of ours"
    if wanted.their_from is None:
        return
    if ends_differ(wanted.their_from, wanted.their_to, found, "their_from", "their_to", tolerance):
        yield "other seconds of theirs"
    for ours, theirs in ((found["from"], found["their_from"]), (found["to"], found["their_to"])):
        if abs(wanted.their_from + (ours - wanted.our_from) * wanted.speed - theirs) \
                > OFFSET_TOLERANCE:
            yield f"{ours:.2f} does not lie opposite {theirs:.2f}"
    if abs(found["speed"] / wanted.speed - 1) > SPEED_TOLERANCE:
        yield "another speed"


def piece_faults(row, match):
    found = match["video"]["pieces"]
    shown = ", ".join(text_of(piece) for piece in found)
    if row.recognised == "maybe":
        for piece in found if row.pieces else []:
            if not any(wanted.our_from - row.tolerance <= piece["from"]
                       and piece["to"] <= wanted.our_to + row.tolerance for wanted in row.pieces):
                yield f"{text_of(piece)} lies outside of what is shared"
        return
    if len(found) != len(row.pieces):
        yield f"has the pieces {shown} instead of {', '.join(map(str, row.pieces))}"
        return
    for wanted, piece in zip(row.pieces, found):
        yield from (f"{fault}: {text_of(piece)} instead of {wanted}"
                    for fault in differs(wanted, piece, row.tolerance))
        if row.known == "wall" and not piece["static"]:
            yield f"{text_of(piece)} is not called static"


def match_faults(row, record):
    """What is wrong with how a record is matched with the known video of its row."""
    near = [match for match in record["matches"] if match["set"] == row.known]
    if not near:
        if row.recognised == "yes":
            yield f"is not recognised as {row.known}"
        return
    for match in near:
        if match["match"] != "near" or "video" not in match:
            yield f"{row.known}: not matched by frames: {match}"
            continue
        if row.orientation and match["orientation"] != row.orientation:
            yield f"{row.known}: {match['orientation']} instead of {row.orientation}"
        if row.trimmed and not match["trimmed"]:
            yield f"{row.known}: no border was cut off"
        yield from (f"{row.known}: {fault}" for fault in piece_faults(row, match))


def record_faults(row, record):
    if row.frames and record.get("video", {}).get("frames_hashed", 0) < int(row.frames):
        yield f"has {record.get('video')}, not {row.frames} frames or more"
    if row.status and record["status"] not in row.status.split("|"):
        yield f"is {record['status']} ({record['reason']}), not {row.status}"
    types = {finding["type"] for finding in record["findings"]}
    if row.findings and not types & set(row.findings.split("|")):
        yield f"has the findings {sorted(types)}, not {row.findings}"
    if row.known:
        yield from match_faults(row, record)


def strangers(rows, records):
    """Matches that no row speaks of."""
    for record in records:
        top = record["path"].split(" > ")[0]
        knowns = {row.known for row in rows if row.file.split(" > ")[0] == top}
        for match in record["matches"]:
            if match["set"] not in knowns:
                pieces = match.get("video", {}).get("pieces", [])
                yield f"{record['path']} is taken for {match['set']}: " \
                    f"distance {match.get('distance')}, {', '.join(map(text_of, pieces))}"


def check_rows(rows, records):
    problems = []
    for row in rows:
        faults = [list(record_faults(row, record)) for record in records
                  if same_place(row.file, record["path"])]
        problems += [f"{row.file} {fault}"
                     for fault in min(faults, key=len, default=["was not found"])]
    tap.fail_with([*problems, *strangers(rows, records)])


def check_piece(name):
    rows = bench().rows[name]
    if not rows:
        raise tap.Skip("CLEW_TEST_MEDIA is not set")
    check_rows(rows, bench().scan(*dict.fromkeys(row.file.split(" > ")[0] for row in rows)))


for piece_name in make.MAKERS:
    globals()[f"test_{piece_name}: what is known is recognised at its seconds, nothing else is"] = \
        functools.partial(check_piece, piece_name)


# ---- The given videos ---------------------------------------------------------------------------

def lasting(name):
    return bench().frames(name)[-1][3]


def given_rows():
    """Each is itself; the chairs are one take, cut two seconds apart; one pattern is longer."""
    rows = [Row(f"{name}.mp4", name, [Piece(0, lasting(name), 0)]) for name in GIVEN
            if name != "doorknob-hd-no-bar"]
    # Half of it is too dark to say anything.
    rows.append(Row("doorknob-hd-no-bar.mp4", "doorknob-hd-no-bar", recognised="maybe"))
    for first, second, begin in (("chair-20-sd-bar", "chair-orig-22-sd-bar", 2.0),
                                 ("pattern-hd-no-bar", "pattern-longer-no-bar", 0.0)):
        seconds = lasting(first)
        rows.append(Row(f"{first}.mp4", second, [Piece(0, seconds, begin)]))
        rows.append(Row(f"{second}.mp4", first, [Piece(begin, begin + seconds, 0)]))
    return rows


LOGO = "chair-22-with-large-logo-bar"
LOGO_OFFSETS = {"chair-20-sd-bar": 2.0, "chair-orig-22-sd-bar": 0.0}  # theirs minus ours


def test_given_videos_are_recognised_in_one_another_and_never_in_others():
    given(LOGO)
    records = bench().scan(*(given(name) for name in GIVEN))
    for record in records:
        record["path"] = Path(record["path"]).name
    rows = given_rows()
    rows += [Row(f"{name}.mp4", LOGO, recognised="maybe") for name in LOGO_OFFSETS]
    rows += [Row(f"{LOGO}.mp4", name, recognised="maybe") for name in LOGO_OFFSETS]
    check_rows(rows, records)


def test_a_large_logo_over_the_chair_does_not_hide_it():
    """Few frames come near, so the ends of a piece are not known, but where it lies is."""
    problems = []
    for name, offset in LOGO_OFFSETS.items():
        record = bench().scan("--fps", "15", given(name))[0]
        pieces = [piece for match in record["matches"] if match["set"] == LOGO
                  for piece in match["video"]["pieces"]]
        if not pieces:
            problems.append(f"{name} is not recognised in {LOGO}")
        problems += [f"{name}: {text_of(piece)}" for piece in pieces
                     if abs(piece["their_from"] - piece["from"] - offset) > OFFSET_TOLERANCE]
    tap.fail_with(problems)


def frame_faults(name):
    expected = parsed_frames((given(name).parent / "expected" / f"{name}.txt").read_text())
    found = bench().frames(name)
    if len(found) != len(expected):
        yield f"{name}: {len(found)} frames, not {len(expected)}"
    for ours, theirs in zip(found, expected):
        if ours[0] != theirs[0] or abs(ours[3] - theirs[3]) > 0.001:
            yield f"{name}: frame {ours[0]} at {ours[3]}, not {theirs[0]} at {theirs[3]}"
        if abs(ours[1] - theirs[1]) > 1:
            yield f"{name}: frame {ours[0]} has the quality {ours[1]}, not {theirs[1]}"
        if min(ours[1], theirs[1]) >= QUALITY_MIN and \
                bits_between(ours[2], theirs[2]) > HASH_TOLERANCE:
            yield f"{name}: frame {ours[0]} differs in {bits_between(ours[2], theirs[2])} bits"


def test_frames_are_those_of_the_public_reference():
    given(LOGO)
    tap.fail_with(fault for name in GIVEN for fault in list(frame_faults(name))[:5])


# ---- What was done is said ----------------------------------------------------------------------

def check_choice(options, wanted, frames):
    """`frames` is the range of how many are hashed of the 24 seconds, 720 frames."""
    video = record_of(bench().data, bench().known["shots"], *options)["video"]
    problems = [f"{key} is {video.get(key)}, not {value}" for key, value in wanted.items()
                if video.get(key) != value]
    if not frames[0] <= video["frames_hashed"] <= frames[1]:
        problems.append(f"{video['frames_hashed']} frames were hashed, not {frames}")
    tap.fail_with(problems)


def test_a_record_says_what_a_video_is():
    check_choice([], {"width": 320, "height": 240, "codec": "h264", "frame_rate": 30,
                      "duration_seconds": 24, "pipeline": "vpdq",
                      "sampling": "per_second", "per_second": 1, "frames_seen": 720}, (24, 24))


def test_frames_a_second_are_said():
    check_choice(["--fps", "2"], {"pipeline": "vpdq", "sampling": "per_second", "per_second": 2},
                 (48, 48))


def test_scaled_is_said():
    check_choice(["--scaled"], {"pipeline": "pdq_scaled", "sampling": "per_second"}, (24, 24))


def test_key_frames_are_said():
    # One at least every 60 frames, and one for each of the three cuts.
    check_choice(["--keyframes"], {"pipeline": "vpdq", "sampling": "key_frames"}, (12, 16))


def test_frame_lines_follow_the_choice():
    shots = bench().known["shots"]
    every = bench().frames("shots")
    assert [row[0] for row in every] == list(range(720))
    chosen = parsed_frames(command(bench().data, "hash", "--frames", "--fps", "2", shots)[0])
    assert chosen == every[::15], "two frames a second are not every fifteenth"


def test_scaled_frames_are_no_vpdq_and_are_refused():
    text, _ = command(bench().data, "hash", "--frames", "--scaled", bench().known["shots"])
    path = bench().lists / "scaled.vpdq"
    path.write_text(text)
    _, said = command(bench().data, "set", "import", "scaled", path, "--kind", "notable",
                      statuses=(2,))
    assert "scaled" in said, said
    listed, _ = command(bench().data, "set", "list", "--json")
    assert "scaled" not in {line["set"] for line in lines_of(listed)}


def test_scaled_frames_find_vpdq_of_the_same():
    record = bench().scan("--scaled", "shots.cut.mp4")[0]
    match = [match for match in record["matches"] if match["set"] == "shots"]
    assert match and match[0]["pipeline"] == "pdq_scaled", record["matches"]


def test_key_frames_are_enough_to_be_recognised():
    record = bench().scan("--keyframes", "shots.half_size.mp4")[0]
    assert "shots" in {match["set"] for match in record["matches"]}, record["matches"]


# ---- Digests first, reports ---------------------------------------------------------------------

def exact_bench():
    """A data folder that knows the digest of one video and the frames of another."""
    data = bench().top / "exact"
    if not data.exists():
        cells = bench().known["cells"]
        digest = record_of(data, cells)["sha256"]
        (bench().lists / "digest.txt").write_text(digest + "\n")
        for name, file in (("digest", "digest.txt"), ("shots", "shots.vpdq")):
            command(data, "set", "import", name, bench().lists / file, "--kind", "notable",
                    statuses=(0,))
    return data


def test_a_digest_settles_a_known_video_before_any_frame_is_decoded():
    text, _ = command(exact_bench(), "scan", "--json", bench().known["cells"])
    record = [line for line in lines_of(text) if "path" in line][0]
    assert [match["match"] for match in record["matches"]] == ["exact"], record["matches"]
    assert "video" not in record, record["video"]


def test_reports_name_exact_videos_and_pieces_of_others():
    html, table = bench().top / "report.html", bench().top / "report.csv"
    text, _ = command(exact_bench(), "scan", "--html", html, "--csv", table,
                      bench().known["cells"], bench().made / "shots.cut.mp4")
    problems = []
    for name, shown in (("text", text), ("html", html.read_text()), ("csv", table.read_text())):
        problems += [f"{name} lacks {word}" for word in ("exact", "near", "shots", "digest")
                     if word not in shown.lower()]
        if not any(second in shown for second in ("0:03", "3.2", "3.1", "3.3", "0:04")):
            problems.append(f"{name} does not say where in the known video the piece lies")
    tap.fail_with(problems)


def test_bags_of_frames_are_reported_as_vpdq_does():
    match = [match for match in bench().scan("shots.cut.mp4")[0]["matches"]
             if match["set"] == "shots"][0]
    # All of 5.5 seconds, which are a quarter of 24; the known one has every frame.
    assert match["video"]["item_percent"] >= 80, match["video"]
    assert match["video"]["entry_percent"] <= 35, match["video"]


def test_two_scans_say_the_same():
    first, second = (bench().scan("joined.mp4", "clip.webm") for _ in range(2))
    assert first == second


def test_tolerances_are_tight_enough_to_fail():
    """The comparison itself: a piece two seconds off is none."""
    found = {"from": 0, "to": 5, "their_from": 5.2, "their_to": 10.2, "speed": 1, "matched": 5,
             "frames": 5}
    assert list(differs(Piece(0, 5.5, 3.2), found, TOLERANCE))
    found.update(their_from=3.2, their_to=8.2)
    assert not list(differs(Piece(0, 5.5, 3.2), found, TOLERANCE))
    assert list(differs(Piece(0, 5.5, 3.2, 1.25), found, TOLERANCE))
    assert list(differs(Piece(0, 0, 9), {"their_from": 7, "their_to": 8}, 0.5))


if __name__ == "__main__":
    tap.main(globals())
