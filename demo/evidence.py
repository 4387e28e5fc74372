#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Makes the disk image of the demo: known photographs in every hiding place.

    demo/evidence.py KNOWN_FOLDER OTHER_PHOTO TARGET    TARGET/disk.E01 and its segments

What hides where is printed, one line a place. Nothing is mounted and nobody has to be root.
"""
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "tests" / "fixtures" / "evidence"))
# pylint: disable=wrong-import-position
import wrappers  # noqa: E402
from ewf_writer import ewf_segments  # noqa: E402
from fat_volume import FatVolume  # noqa: E402
from partition_table import SECTOR, write_dos  # noqa: E402

FAT16 = 0x06
FIRST, SIZE = 63, 40_000  # sectors of the first partition
GAP = 6_000
SECOND_SIZE = 20_000
CHUNKS_PER_SEGMENT = 300


def first_volume(photos, innocent):
    """Deleted, renamed, appended, nested."""
    volume = FatVolume(16, SIZE, 8)
    volume.add_folder("/Holiday 2024")
    volume.add("/Holiday 2024/IMG_2041.jpg", photos[0].read_bytes())
    volume.delete("/Holiday 2024/IMG_2041.jpg")
    print(f"   {photos[0].stem}: deleted, in the first partition")
    volume.add("/winhelp32.dll", photos[1].read_bytes())
    print(f"   {photos[1].stem}: renamed to winhelp32.dll")
    volume.add("/view.jpg", innocent.read_bytes() + photos[2].read_bytes())
    print(f"   {photos[2].stem}: behind the end of another picture, view.jpg")
    album = wrappers.zip_of([("album/p1.jpg", photos[3].read_bytes())])
    letter = wrappers.docx_of([("album.zip", album)])
    volume.add("/letter.eml", wrappers.mail_of([("letter.docx", letter)]))
    print(f"   {photos[3].stem}: in a zip in a Word document in a mail, letter.eml")
    return volume.finish()


def second_volume(photo):
    """Free space: nothing says any more that something was there."""
    volume = FatVolume(16, SECOND_SIZE, 4)
    volume.add_unnamed(photo.read_bytes())
    print(f"   {photo.stem}: in free space of the second partition, without a name")
    volume.add("/readme.txt", b"Nothing here.\n")
    return volume.finish()


def make(known, innocent, target):
    photos = sorted(known.glob("*.jpg"))
    assert len(photos) == 6, "six photographs are hidden"
    second = FIRST + SIZE + GAP
    image = bytearray((second + SECOND_SIZE + 100) * SECTOR)
    write_dos(image, [(FAT16, FIRST, SIZE), (FAT16, second, SECOND_SIZE)])
    for sector, data in ((FIRST, first_volume(photos, innocent)),
                         (FIRST + SIZE + 500, photos[4].read_bytes()),
                         (second, second_volume(photos[5]))):
        image[sector * SECTOR:sector * SECTOR + len(data)] = data
    print(f"   {photos[4].stem}: between the partitions")
    for number, segment in enumerate(ewf_segments(image, CHUNKS_PER_SEGMENT), 1):
        (target / f"disk.E{number:02}").write_bytes(segment)


def main():
    if len(sys.argv) != 4:
        sys.exit(__doc__)
    make(*(Path(name) for name in sys.argv[1:]))


if __name__ == "__main__":
    main()
