#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""How fast frames of video are hashed, against decoding alone, and how near scaled hashes come.

    video.py BUILD FOLDER SIZE    bench/run.sh calls it; FOLDER keeps the video. SIZE is full or small

    CLEW_BENCH_ROUNDS=N    of each comparison (5)
    CLEW_TEST_MEDIA=DIR    its video/ is filmed material for the video that is measured; without it
                           everything is drawn

One minute of 720p H.264, encoded as videos are passed on (x264 medium, key frames 250 apart at
most, 3 B-frames). Clew and video_decode take turns; a figure is the median of the rounds. Each is
CPU of the command with all its workers on one lane, so starting them, the sandbox and the digests
count on Clew's side. Every ratio is decoding alone divided by Clew: 1 costs as much as decoding
alone. One row a figure:

    row <tab> name <tab> value <tab> unit <tab> target <tab> peer <tab> ratio
"""
import os
import shutil
import subprocess
import sys
from pathlib import Path

from evidence import Cost, in_turns, read_once, row

SIDES = "1280:720"
RATE = 30
SECONDS = {"full": 10, "small": 2}  # of each of the shots
ENCODER = ["-c:v", "libx264", "-preset", "medium", "-crf", "22", "-maxrate", "5M", "-bufsize",
           "10M", "-g", "250", "-bf", "3", "-pix_fmt", "yuv420p"]
NEAR = 10          # bits between a scaled hash and the native one
QUALITY_MIN = 50

# Drawn shots, as sources of ffmpeg.
CHART = f"testsrc2=size=1280x720:rate={RATE}"
FRACTAL = f"mandelbrot=size=1280x720:rate={RATE}:start_scale=0.6:end_scale=0.005:end_pts=600" \
    ":start_x=-0.743643887:start_y=-0.131825904"
INSET = f"mandelbrot=size=320x180:rate={RATE}:start_scale=0.4:end_pts=600"
# Filmed ones: the middle of each, at its own width.
FILMED = ["doorknob-hd-no-bar", "pattern-longer-no-bar", "chair-orig-22-sd-bar",
          "chair-22-with-large-logo-bar"]
DRAWN = [f"sierpinski=size=1280x720:rate={RATE}:type=carpet:seed=7:jump=40",
         f"life=size=160x90:rate=10:seed=5:ratio=0.35:mold=8,scale={SIDES}:flags=bicubic,fps={RATE}",
         f"cellauto=size=320x180:rate={RATE}:seed=4:rule=110,scale={SIDES}:flags=bicubic",
         f"sierpinski=size=1280x720:rate={RATE}:type=triangle:seed=8:jump=60"]


def shots():
    """Input options of each shot."""
    place = Path(os.environ.get("CLEW_TEST_MEDIA") or "/nonexistent") / "video"
    drawn = [["-f", "lavfi", "-i", source] for source in (CHART, FRACTAL)]
    if not place.is_dir():
        print("CLEW_TEST_MEDIA is not set: everything in the video is drawn")
        return drawn + [["-f", "lavfi", "-i", source] for source in DRAWN]
    return drawn + [["-stream_loop", "-1", "-i", place / f"{name}.mp4"] for name in FILMED]


def make_video(path, seconds):
    """All shots one after another, with a small moving picture over them."""
    words, graph, inputs = [], "", shots()
    for number, options in enumerate(inputs):
        words += ["-t", seconds, *options]
        graph += f"[{number}:v]fps={RATE},crop=iw:min(ih\\,iw*9/16),scale={SIDES}:flags=bicubic," \
            f"setsar=1,format=yuv420p,trim=duration={seconds}[v{number}];"
    graph += "".join(f"[v{number}]" for number in range(len(inputs)))
    graph += f"concat=n={len(inputs)}:v=1:a=0[all];" \
        f"[all][{len(inputs)}:v]overlay=x='60+40*sin(t)':y=500:shortest=1[out]"
    subprocess.run([str(word) for word in
                    ["ffmpeg", "-hide_banner", "-v", "error", "-nostdin", "-y", *words, "-f",
                     "lavfi", "-i", INSET, "-filter_complex", graph, "-map", "[out]", "-an",
                     *ENCODER, "-threads", "1", "-fflags", "+bitexact", path]], check=True)


def video_of(folder, size):
    """Made once; kept under its final name only when it is whole."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{size}.mp4"
    if not path.exists():
        if not shutil.which("ffmpeg"):
            sys.exit("ffmpeg is not installed: no video to measure")
        make_video(folder / "unfinished.mp4", SECONDS[size])
        (folder / "unfinished.mp4").rename(path)
    return path


class Clew:
    def __init__(self, build, folder):
        self.program = build / "src" / "apps" / "clew" / "clew"
        self.folder = folder

    def frames(self, name, path, *options):
        return Cost([self.program, "--data", self.folder / "data", "hash", "--frames", "--jobs", "1",
                     *options, path], self.folder / f"{name}.vpdq")

    def rows(self, name):
        """number -> (quality, hash) of the last run."""
        lines = (self.folder / f"{name}.vpdq").read_text(encoding="ascii").splitlines()
        fields = [line.split(",") for line in lines if line and line[0].isdigit()]
        return {int(number): (int(quality), int(value, 16))
                for number, quality, value, _ in fields}


def bench_speed(clew, decode, path):
    choices = [("every frame, native vPDQ", "native", [], ">= 0.5"),
               ("every frame, scaled", "scaled", ["--scaled"], ">= 0.9"),
               ("one frame a second", "second", ["--fps", "1"], ">= 1.0"),
               ("key frames", "key", ["--keyframes"], ">= 5")]
    actions = [lambda: Cost([decode, path], clew.folder / "decoded.txt")]
    actions += [lambda name=name, options=options: clew.frames(name, path, *options)
                for _, name, options, _ in choices]
    (_, alone), *costs = in_turns(*actions)
    frames = int((clew.folder / "decoded.txt").read_text())
    assert len(clew.rows("native")) == frames, "Clew and video_decode saw other frames"
    row("720p H.264, decoded alone", f"{frames / alone:.0f}", "frames/s")
    for (title, _, _, target), (_, cpu) in zip(choices, costs):
        row(f"720p H.264, {title}", f"{frames / cpu:.0f}", "frames/s", target,
            f"decoding alone: {frames / alone:.0f} frames/s", f"{alone / cpu:.2f}")


def bench_agreement(clew):
    native, scaled = clew.rows("native"), clew.rows("scaled")
    distances = sorted(bin(value ^ scaled[number][1]).count("1")
                       for number, (quality, value) in native.items() if quality >= QUALITY_MIN)
    assert distances and native.keys() == scaled.keys(), "scaled gave other frames"
    near = sum(distance <= NEAR for distance in distances) / len(distances)
    row(f"scaled within {NEAR} bits of native, quality >= {QUALITY_MIN}", f"{100 * near:.1f}", "%",
        ">= 99 %", f"{len(distances)} frames; median {distances[len(distances) // 2]} bits, "
        f"most {distances[-1]}")


def main():
    if len(sys.argv) != 4 or sys.argv[3] not in SECONDS:
        sys.exit(__doc__)
    build, folder = Path(sys.argv[1]), Path(sys.argv[2])
    path = video_of(folder, sys.argv[3])
    read_once(path)
    clew = Clew(build, folder)
    bench_speed(clew, build / "bench" / "video_decode", path)
    bench_agreement(clew)


if __name__ == "__main__":
    main()
