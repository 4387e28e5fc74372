#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Makes what bench/evidence.py measures on: volumes, an E01 image, documents and archives.

    evidence_make.py FOLDER SIZE PHOTO…    SIZE is full or small

    fat32.img ntfs.img ext4.img   files of log-normal sizes; of the pictures among them some deleted
    formatted.img                 the ext4 volume, formatted anew: everything is free space
    fat32.E01                     the first, compressed "fast"
    documents/                    documents, mails and archives with pictures in them
    pictures.json                 SHA-256 -> deleted?, of the volumes' pictures

Nothing is made twice: a folder that is complete is left as it is. The same photographs give the same
contents on every run.
"""
import hashlib
import json
import random
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import NamedTuple

SOURCE = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(SOURCE / "tests" / "fixtures" / "evidence"))
# pylint: disable=wrong-import-position
import make_ext  # noqa: E402
import make_ntfs  # noqa: E402
import wrappers  # noqa: E402
from fat_volume import FatVolume  # noqa: E402
from ntfs_image import NtfsImage  # noqa: E402
from truth import write_sparse  # noqa: E402


class Plan(NamedTuple):
    mib: int
    files: int
    total: int  # bytes, pictures included
    pictures: int
    deleted: int
    documents: int


PLANS = {"full": Plan(512, 2540, 205_000_000, 99, 40, 480),
         "small": Plan(64, 300, 22_000_000, 25, 10, 40)}
MIB = 1 << 20


class Contents:
    """Text and bytes like those of programs: neither all zeroes nor all random."""

    def __init__(self):
        source = random.Random(1)
        words = ["".join(source.choices("etaoinshrdlucmfwypvbgkqjxz", k=source.randint(2, 9)))
                 for _ in range(3000)]
        self.text = " ".join(source.choices(words, k=MIB // 3)).encode()
        parts = []
        while sum(map(len, parts[-8:])) < 2 * MIB and len(parts) < 4000:
            parts += [source.randbytes(source.randint(50, 800)),
                      bytes(source.choices(range(48), k=source.randint(100, 900))),
                      bytes(source.randint(4, 200))]
        self.binary = b"".join(parts)

    def take(self, source, size_bytes, is_text):
        store = self.text if is_text else self.binary
        parts, left = [], size_bytes
        while left > 0:
            at = source.randrange(len(store) // 2)
            part = store[at:at + min(left, len(store) // 2)]
            parts.append(part)
            left -= len(part)
        return b"".join(parts)


KINDS = [("txt", True, b""), ("log", True, b"[log] "), ("xml", True, b"<?xml version='1.0'?><a>"),
         ("csv", True, b"a,b,c\n"), ("dll", False, b"MZ\x90\0"), ("dat", False, b""),
         ("bin", False, b"\x01\0\0\0"), ("idx", False, b"IDX1")]


def files_of(plan, photos):
    """(path, contents, is picture, is deleted), the same on every run."""
    source, contents = random.Random(2), Contents()
    pictures = [path.read_bytes() for path in photos[:plan.pictures]]
    count = plan.files - len(pictures)
    sizes = [source.lognormvariate(9.3, 1.7) for _ in range(count)]
    scale = (plan.total - sum(map(len, pictures))) / sum(sizes)
    rows = []
    for number, size in enumerate(sizes):
        suffix, is_text, head = KINDS[number % len(KINDS)]
        size = max(1, min(int(size * scale), 8 * MIB))
        rows.append((f"file {number:04}.{suffix}",
                     (head + contents.take(source, size, is_text))[:size], False, False))
    step = max(1, len(rows) // len(pictures))
    for number, data in enumerate(pictures):
        is_deleted = number * plan.deleted // len(pictures) < (number + 1) * plan.deleted \
            // len(pictures)
        rows.insert(number * (step + 1), (f"IMG_{number:04}.jpg", data, True, is_deleted))
    return [(f"/folder {number // 50:02}/{name}", *rest)
            for number, (name, *rest) in enumerate(rows)]


def make_fat32(target, plan, rows):
    volume = FatVolume(32, plan.mib * 2048, 8 if plan.mib >= 512 else 1, root_bytes=1 << 15)
    for path, data, _, _ in rows:
        parent = path.rpartition("/")[0]
        if parent not in volume.folders:
            volume.add_folder(parent, 16384)
        volume.add(path, data)
    for path, _, _, is_deleted in rows:
        if is_deleted:
            volume.delete(path)
    write_sparse(target, volume.finish())


def make_ntfs_volume(target, plan, rows):
    """All in the root folder: the tool makes no others."""
    make_ntfs.make_filesystem(target, plan.mib * MIB)
    with tempfile.TemporaryDirectory() as place:
        copier = make_ntfs.Copier(target, place)
        for path, data, _, _ in rows:
            copier.add(path.rpartition("/")[2], data)
    image = NtfsImage(target)
    for path, _, _, is_deleted in rows:
        if is_deleted:
            image.delete(path.rpartition("/")[2])
    image.save()


def make_ext4_volume(target, plan, rows):
    files = {path.replace(" ", "_").encode(): data for path, data, _, _ in rows}
    make_ext.make_filesystem(target, "ext4", f"{plan.mib}M", files, block_bytes=4096)
    for path, _, _, is_deleted in rows:
        if is_deleted:
            make_ext.delete(target, path.replace(" ", "_"), empties_inode=True)


def make_formatted(target, source):
    shutil.copyfile(source, target)
    subprocess.run(["mke2fs", "-q", "-F", "-t", "ext4", "-b", "4096", "-I", "256", "-E",
                    "nodiscard", target], check=True, stdin=subprocess.DEVNULL)


def make_e01(target, source):
    with open(source, "rb") as file:
        subprocess.run(["ewfacquirestream", "-q", "-t", target.with_suffix(""), "-c",
                        "deflate:fast"], stdin=file, check=True, stdout=subprocess.DEVNULL,
                       stderr=subprocess.DEVNULL)


def make_documents(folder, plan, photos):
    """Each has a picture or two among text; half of them are nested."""
    source, contents = random.Random(3), Contents()
    pictures = [path.read_bytes() for path in photos[:plan.pictures]]
    folder.mkdir()

    def text(most):
        return contents.take(source, source.randint(5_000, most), True)

    makers = [("docx", lambda data: wrappers.docx_of([("image1.jpg", data),
                                                      ("notes.bin", text(400_000))])),
              ("odt", lambda data: wrappers.odt_of([("1.jpg", data), ("text.xml",
                                                                      text(400_000))])),
              ("pdf", lambda data: wrappers.pdf_of([(data, ["DCTDecode"])],
                                                   [("notes.txt", text(400_000))])),
              ("eml", lambda data: wrappers.mail_of([("photo.jpg", data),
                                                     ("notes.txt", text(100_000))])),
              ("zip", lambda data: wrappers.zip_of([("a/photo.jpg", data),
                                                    ("a/text.txt", text(800_000))])),
              ("tar.gz", lambda data: wrappers.tar_gz_of([("photo.jpg", data),
                                                          ("text.txt", text(800_000))])),
              ("mbox", lambda data: wrappers.mbox_of(
                  [wrappers.mail_of([("photo.jpg", data)]),
                   wrappers.mail_of([("text.txt", text(200_000))])])),
              ("xlsx", lambda data: wrappers.zip_of([("xl/media/image1.jpg", data),
                                                     ("xl/sheet1.xml", text(900_000))]))]
    for number in range(plan.documents):
        suffix, wrap = makers[number % len(makers)]
        data = wrap(pictures[number % len(pictures)])
        if number % 2:
            data = wrappers.zip_of([(f"document.{suffix}", data), ("readme.txt", text(50_000))])
            suffix = "zip"
        (folder / f"document {number:03}.{suffix}").write_bytes(data)


def make_all(folder, plan, photos):
    rows = files_of(plan, photos)
    make_fat32(folder / "fat32.img", plan, rows)
    make_ntfs_volume(folder / "ntfs.img", plan, rows)
    make_ext4_volume(folder / "ext4.img", plan, rows)
    make_formatted(folder / "formatted.img", folder / "ext4.img")
    make_e01(folder / "fat32.E01", folder / "fat32.img")
    make_documents(folder / "documents", plan, photos)
    pictures = {hashlib.sha256(data).hexdigest(): is_deleted
                for _, data, is_picture, is_deleted in rows if is_picture}
    (folder / "pictures.json").write_text(json.dumps(pictures, indent=1))


def make(folder, size, photos):
    """`photos` are paths; the first ones are used, so they should be of one size."""
    plan = PLANS[size]
    assert len(photos) >= plan.pictures, f"{plan.pictures} photographs are needed"
    folder = Path(folder)
    stamp = folder / "pictures.json"  # written last
    if stamp.exists():
        return
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    make_all(folder, plan, photos)


if __name__ == "__main__":
    if len(sys.argv) < 4 or sys.argv[2] not in PLANS:
        sys.exit(__doc__)
    make(sys.argv[1], sys.argv[2], [Path(name) for name in sys.argv[3:]])
