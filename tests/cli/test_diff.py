#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""clew diff on videos and pictures with ground truth: which region differs, from when to when, and
that what could not be compared is said."""
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

SIZE = "160x120"
PATCH = (0.6, 0.55, 0.3, 0.2)  # left, top, width, height: shares of the picture
SHARE_TOLERANCE = 0.02
STEP = 0.4  # seconds: pairs are a third of a second apart


def drawn(begin, end):
    """A filter that replaces 6 % of the picture from one second to another."""
    left, top, width, height = PATCH
    return f"drawbox=x=iw*{left}:y=ih*{top}:w=iw*{width}:h=ih*{height}:color=0x808080:t=fill" \
        f":enable='between(t,{begin},{end})'"


class Studio:
    """A short film, another one, and copies that are made when they are asked for."""

    def __init__(self):
        self.folder = tempfile.TemporaryDirectory(prefix="clew-diff-")  # gone with this object
        self.top = Path(self.folder.name)
        self.film = self.top / "film.mp4"
        self.other = self.top / "other.mp4"
        film.shoot(self.film, [(film.MANDELBROT, 3), (film.CHART, 3)], SIZE)
        film.shoot(self.other, [(film.OTHER_CELLS, 4)], SIZE)

    def copy(self, name, filters, *options, begin=0, encoder=None,
             source=None):
        path = self.top / name
        film.ffmpeg("-ss", begin, "-i", source or self.film, "-vf", filters, *(encoder or film.H264),
                    *film.EXACT, *options, path)
        return path

    def diff(self, first, second, *words):
        environment = dict(os.environ, CLEW_DATA=str(self.top / "data"), LC_ALL="C.UTF-8", TZ="UTC")
        done = subprocess.run([tap.CLEW, "diff", *words, first, second], env=environment,
                              stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                              stderr=subprocess.PIPE, timeout=300, check=False)
        return done.returncode, done.stdout.decode()

    def compare(self, first, second):
        """Status and the comparison."""
        status, text = self.diff(first, second, "--json")
        return status, json.loads(text)


@functools.lru_cache(maxsize=1)
def studio():
    return Studio()


def assert_patch(found, begin, end, side="a"):
    """One region, of the size that was drawn, between those seconds."""
    regions = found["regions"]
    assert len(regions) == 1, f"{len(regions)} regions: {regions}"
    share = PATCH[2] * PATCH[3]
    assert abs(regions[0][side + "_share"] - share) <= SHARE_TOLERANCE, regions
    assert abs(regions[0][side + "_from"] - begin) <= STEP, regions
    assert abs(regions[0][side + "_to"] - end) <= STEP, regions


def test_a_smaller_copy_of_a_lower_bit_rate_does_not_differ():
    copy = studio().copy("small.mp4", "scale=iw/2:ih/2",
                         encoder=[*film.H264[:4], "-crf", "30", *film.H264[6:]])
    status, found = studio().compare(copy, studio().film)
    assert status == 0, (status, found)
    assert found["same"] and found["complete"] and found["regions"] == [], found


def test_a_patch_in_the_middle_of_a_mirrored_copy():
    copy = studio().copy("middle.mp4", f"{drawn(2, 4)},hflip")
    status, found = studio().compare(copy, studio().film)
    assert status == 1 and found["orientation"] == "flip_y", (status, found)
    assert_patch(found, 2, 4)


def test_a_patch_up_to_the_end_of_a_faster_cut():
    """A second is cut off in front, then all goes a quarter faster: a speed needs some seconds."""
    whole = studio().top / "long.mp4"
    film.shoot(whole, [(film.MANDELBROT, 5), (film.gradients(7), 4)], SIZE)
    copy = studio().copy("faster.mp4", f"setpts=PTS/1.25,fps={film.RATE},{drawn(4, 9)}", begin=1,
                         source=whole)
    status, found = studio().compare(copy, whole)
    assert status == 1, (status, found)
    end = (9 - 1) / 1.25
    assert_patch(found, 4, end)
    assert_patch(found, 1 + 4 * 1.25, 9, "b")
    assert abs(found["regions"][0]["a_to"] - end) < 3 / film.RATE, "the last frames were missed"
    piece = found["pieces"][0]
    assert abs(piece["speed"] - 1.25) < 0.02 and abs(piece["b_from"] - 1) < 0.15, piece


def test_a_grey_copy_in_a_frame_differs_in_tone_and_border_alone():
    copy = studio().copy("grey.mp4", "hue=s=0,pad=iw:ih*4/3:0:(oh-ih)/2:black")
    status, found = studio().compare(copy, studio().film)
    assert status == 1 and found["regions"] == [], (status, found["regions"])
    assert "a_colourless" in found["tones"], found["tones"]
    assert found["a_only"]["border"] and not found["b_only"]["border"], found


def test_unrelated_videos_are_not_compared():
    status, found = studio().compare(studio().film, studio().other)
    assert status == 3 and not found["same"] and found["reason"], (status, found)


def test_a_video_that_ends_early_is_said_to():
    """What is left shows the same; the rest was not there."""
    whole = studio().copy("whole.mkv", "null")
    cut = studio().top / "cut.mkv"
    cut.write_bytes(whole.read_bytes()[:whole.stat().st_size * 2 // 3])
    status, found = studio().compare(cut, studio().film)
    assert status in (1, 3) and not found["complete"], (status, found)
    assert found["a"]["missing"], found["a"]
    status, text = studio().diff(cut, cut)
    assert status == 3, f"{status}: of the same truncated file it is said that nothing differs"
    assert "A was not there as a whole" in text, text


def test_the_same_bytes_that_cannot_be_decoded_are_not_compared():
    broken = studio().top / "broken.mp4"
    broken.write_bytes(studio().film.read_bytes()[:2000])
    status, found = studio().compare(broken, broken)
    assert status == 3 and found["identical"] and not found["same"], (status, found)
    assert found["status"] != "ok" and found["reason"], found


def test_a_still_that_ends_early_is_said_to():
    still = studio().top / "still.jpg"
    film.ffmpeg("-ss", 1, "-i", studio().film, "-frames:v", 1, "-q:v", 2, still)
    cut = studio().top / "cut.jpg"
    cut.write_bytes(still.read_bytes()[:still.stat().st_size * 3 // 4])
    status, found = studio().compare(still, cut)
    assert status in (1, 3) and not found["complete"] and found["b"]["missing"], (status, found)
    status, text = studio().diff(cut, cut)
    assert status == 3 and "B was not there as a whole" in text, (status, text)


if __name__ == "__main__":
    tap.main(globals())
