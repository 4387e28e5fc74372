#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Makes the videos of the demo: one known film, and a folder where pieces of it turn up.

    demo/videos.py PHOTOS TARGET    TARGET/film/known.mp4 and TARGET/films/…

The film is a camera that travels over photographs. What turns up where is printed, one line a file.
"""
import subprocess
import sys
import zipfile
from pathlib import Path

from prepare import KNOWN, UNRELATED

RATE = 25
SECONDS = 5  # of each photograph
SIDES = (640, 360)
ENCODER = ["-c:v", "libx264", "-preset", "veryfast", "-crf", "23", "-pix_fmt", "yuv420p", "-threads",
           "1", "-fflags", "+bitexact", "-map_metadata", "-1"]


def ffmpeg(*words):
    subprocess.run(["ffmpeg", "-hide_banner", "-v", "error", "-nostdin", "-y",
                    *(str(word) for word in words)], check=True)


def travel(photos, target):
    """The camera goes from left to right over the first photograph, back over the second."""
    width, height = SIDES
    words, graph = [], ""
    for number, photo in enumerate(photos):
        small = target.with_name(f"{number}.png")
        ffmpeg("-i", photo, "-vf", f"scale={width * 3 // 2}:{height * 3 // 2}"
               ":force_original_aspect_ratio=increase", "-frames:v", 1, small)
        words += ["-i", small]
        way = f"t/{SECONDS}" if number % 2 == 0 else f"(1-t/{SECONDS})"
        graph += f"[{number}:v]loop=loop={SECONDS * RATE - 1}:size=1,setpts=N/{RATE}/TB,fps={RATE}," \
            f"crop={width}:{height}" \
            f":x='(iw-ow)*{way}':y='(ih-oh)/2',setsar=1,format=yuv420p[v{number}];"
    graph += "".join(f"[v{number}]" for number in range(len(photos)))
    ffmpeg(*words, "-filter_complex", f"{graph}concat=n={len(photos)}:v=1:a=0[out]", "-map", "[out]",
           *ENCODER, target)
    for number in range(len(photos)):
        target.with_name(f"{number}.png").unlink()


def turn_up(film, other, folder):
    """Each of these shows a piece of the known film, the last one nothing of it."""
    def piece(name, begin, end, *options, source=film):
        ffmpeg("-ss", begin, "-t", end - begin, "-i", source, *options, *ENCODER, folder / name)

    piece("clip.mp4", 8, 19)
    print("   clip.mp4: 0:08 to 0:19 of the film")
    piece("framed.mkv", 3, 14, "-vf", "hflip,pad=iw:ih*4/3:0:(oh-ih)/2:black")
    print("   framed.mkv: 0:03 to 0:14, mirrored, between black bars")
    piece("faster.mp4", 10, 25, "-vf", f"setpts=PTS/1.25,fps={RATE}")
    print("   faster.mp4: 0:10 to 0:25, a quarter faster")
    ffmpeg("-i", other, "-ss", 20, "-t", 8, "-i", film, "-filter_complex",
           "[0:v][1:v]concat=n=2:v=1:a=0[out]", "-map", "[out]", *ENCODER, folder / "joined.mp4")
    print("   joined.mp4: another film of 0:15, then 0:20 to 0:28")
    piece("covered.mp4", 0, 20, "-vf",
          "drawbox=x=iw*0.62:y=ih*0.6:w=iw*0.25:h=ih*0.24:color=0x808080:t=fill"
          ":enable='gte(t,12)'")
    print("   covered.mp4: the first 0:20, with a grey box over 6 % from 0:12 on")
    ffmpeg("-ss", 17, "-i", film, "-frames:v", 1, folder / "screenshot.png")
    print("   screenshot.png: the picture at 0:17")
    with zipfile.ZipFile(folder / "backup.zip", "w") as archive:
        archive.write(film, "holiday.mp4")
    print("   backup.zip: the film itself, as holiday.mp4")
    whole = (folder / "joined.mp4").read_bytes()
    (folder / "unfinished.mp4").write_bytes(whole[:whole.rindex(b"moov")])
    print("   unfinished.mp4: breaks off before the index that a player needs")
    (folder / "other.mp4").write_bytes(other.read_bytes())
    print("   other.mp4: nothing of it")


def main():
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    photos, target = Path(sys.argv[1]), Path(sys.argv[2]).resolve()
    for name in ("film", "films"):
        (target / name).mkdir(exist_ok=True)
    film, other = target / "film" / "known.mp4", target / "film" / "other.mp4"
    travel([photos / f"{name}.jpg" for name in KNOWN], film)
    travel([photos / f"{name}.jpg" for name in UNRELATED[:3]], other)
    turn_up(film, other, target / "films")
    other.unlink()


if __name__ == "__main__":
    main()
