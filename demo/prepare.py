#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Prepares what the demo works on, from photographs of a Debian package.

    demo/prepare.py folder PHOTOS TARGET    TARGET/known and TARGET/evidence from the photos
    demo/prepare.py list                    clew hash --json on stdin -> a CSV hash list on stdout

The folder is what somebody might find on a disk: some pictures are known, as they are or changed in
the ways pictures get changed, some are not, and some files are broken.
"""
import csv
import json
import random
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

KNOWN = ["Bridge_by_Sander_Klootwijk", "Dragonfly_by_Bolly", "Wine_by_Jakkub_Mede",
         "aitzgorri_by_Aitzol_Berasategi", "picosdeeuropa_by_Aitzol_Berasategi",
         "seeding_by_Clements_Engelhardt"]
UNRELATED = ["umang_by_Abhishek_Mudgal", "sunset_by_Aitzol_Berasategi",
             "life_by_Aitzol_Berasategi", "greentock_by_Peter_Nerlich", "Picture_1A_by_freespace"]


def tool(*command):
    subprocess.run([str(word) for word in command], check=True, stdout=subprocess.DEVNULL)


def exif_with_thumbnail(thumbnail):
    """An EXIF block (little endian) whose second directory is a JPEG thumbnail."""
    def entry(tag, kind, count, value):
        return (tag.to_bytes(2, "little") + kind.to_bytes(2, "little")
                + count.to_bytes(4, "little") + value.to_bytes(4, "little"))

    first = (1).to_bytes(2, "little") + entry(0x0112, 3, 1, 1) + (26).to_bytes(4, "little")
    at = 8 + len(first) + 2 + 3 * 12 + 4
    second = ((3).to_bytes(2, "little") + entry(0x0103, 3, 1, 6) + entry(0x0201, 4, 1, at)
              + entry(0x0202, 4, 1, len(thumbnail)) + bytes(4))
    tiff = b"II*\0" + (8).to_bytes(4, "little") + first + second + thumbnail
    body = b"Exif\0\0" + tiff
    return b"\xff\xe1" + (len(body) + 2).to_bytes(2, "big") + body


def crop_that_forgot_its_thumbnail(source, target):
    """The lower right quarter of the picture, with the whole picture still in the thumbnail."""
    size = [int(subprocess.run(["vipsheader", "-f", name, source], check=True, text=True,
                               stdout=subprocess.PIPE).stdout) for name in ("width", "height")]
    crop, thumbnail = target.with_suffix(".crop.jpg"), target.with_suffix(".thumb.jpg")
    tool("vips", "crop", source, f"{crop}[strip,Q=90]", size[0] // 2, size[1] // 2,
         size[0] // 2, size[1] // 2)
    tool("vipsthumbnail", source, "-s", "320x320", "-o", f"{thumbnail}[strip,Q=75]")
    picture = crop.read_bytes()
    target.write_bytes(picture[:2] + exif_with_thumbnail(thumbnail.read_bytes()) + picture[2:])
    crop.unlink()
    thumbnail.unlink()


def letterbox(source, target):
    """Black bars above and below, as a video player or a phone adds them."""
    tool("vipsthumbnail", source, "-s", "1280x1280", "-o", f"{target}.v")
    height = int(subprocess.run(["vipsheader", "-f", "height", f"{target}.v"], check=True,
                                text=True, stdout=subprocess.PIPE).stdout)
    tool("vips", "embed", f"{target}.v", f"{target}[strip,Q=85]", 0, 160, 1280, height + 320,
         "--extend", "black")
    Path(f"{target}.v").unlink()


def make_changed(photos, folder):
    """Known pictures, changed in one way each."""
    bridge, dragonfly, wine, aitzgorri, picos, seeding = photos
    tool("vips", "copy", bridge, f"{folder}/resaved_quality50.jpg[strip,Q=50]")
    tool("vipsthumbnail", dragonfly, "-s", "640x640", "-o", f"{folder}/resized_640.jpg[strip]")
    tool("jpegtran", "-copy", "none", "-flip", "horizontal", "-outfile",
         folder / "mirrored.jpg", wine)
    tool("jpegtran", "-copy", "none", "-rotate", "90", "-outfile", folder / "turned.jpg", aitzgorri)
    letterbox(picos, folder / "black_bars.jpg")
    crop_that_forgot_its_thumbnail(seeding, folder / "cropped.jpg")
    tool("vipsthumbnail", bridge, "-s", "1600x1600", "-o", f"{folder}/saved_as.png")


def make_copies(photos, folder):
    """The same bytes, under their own and other names, and in an archive."""
    shutil.copy(photos[0], folder / photos[0].name)
    shutil.copy(photos[1], folder / "IMG_0001.jpg")
    (folder / "old").mkdir()
    shutil.copy(photos[1], folder / "old" / "IMG_0001 (2).jpg")
    shutil.copy(photos[2], folder / "invoice.txt")
    with zipfile.ZipFile(folder / "holiday.zip", "w") as archive:
        archive.write(photos[4], photos[4].name)


def make_broken(photos, folder):
    """Files that are no whole pictures."""
    (folder / "cut_off.jpg").write_bytes(photos[3].read_bytes()[:200_000])
    (folder / "header_only.jpg").write_bytes(photos[3].read_bytes()[:120])
    (folder / "notes.jpg").write_text("This is a text with a picture's name.\n")
    (folder / "empty.jpg").write_bytes(b"")
    (folder / "noise.jpg").write_bytes(random.Random(1).randbytes(50_000))


def make_folder(source, target):
    shutil.rmtree(target / "evidence", ignore_errors=True)
    shutil.rmtree(target / "known", ignore_errors=True)
    folders = {name: target / "evidence" / name
               for name in ("copies", "changed", "unrelated", "broken")}
    for folder in [*folders.values(), target / "known"]:
        folder.mkdir(parents=True)
    known = [source / f"{name}.jpg" for name in KNOWN]
    for path in known:
        shutil.copy(path, target / "known")
    make_copies(known, folders["copies"])
    make_changed(known, folders["changed"])
    make_broken(known, folders["broken"])
    for name in UNRELATED:
        shutil.copy(source / f"{name}.jpg", folders["unrelated"])


def make_list():
    rows = csv.writer(sys.stdout)
    rows.writerow(["md5", "sha1", "sha256", "pdq", "name"])
    for line in sys.stdin:
        record = json.loads(line)
        rows.writerow([record["md5"], record["sha1"], record["sha256"], record["pdq_512"],
                       Path(record["path"]).name])


def main():
    if sys.argv[1:] == ["list"]:
        make_list()
    elif len(sys.argv) == 4 and sys.argv[1] == "folder":
        make_folder(Path(sys.argv[2]), Path(sys.argv[3]).resolve())
    else:
        sys.exit(__doc__)


if __name__ == "__main__":
    main()
