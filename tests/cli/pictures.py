# SPDX-License-Identifier: Apache-2.0
"""Benign pictures for tests: smooth coloured waves and blocks from a seed, the same on every run.

They are rich enough for a perceptual hash of full quality, and two seeds are far apart. Pixels are
made here, encoding is cjpeg's or vips' work.
"""
import functools
import math
import random
import subprocess
import tempfile
import zlib
from pathlib import Path


def random_bytes(size, seed):
    return random.Random(seed).randbytes(size)


@functools.lru_cache(maxsize=64)
def pixels(width, height, seed):
    """RGB rows of a picture, as one bytes object."""
    source = random.Random(seed)
    waves = [(source.uniform(0.5, 6), source.uniform(0, 6.3), source.uniform(0.5, 6),
              source.uniform(0, 6.3), [source.uniform(-40, 40) for _ in range(3)])
             for _ in range(7)]
    blocks = []
    for _ in range(9):
        left, top = source.randrange(width), source.randrange(height)
        blocks.append((left, top, left + source.randrange(width // 8, width // 2),
                       top + source.randrange(height // 8, height // 2),
                       [source.randint(-60, 60) for _ in range(3)]))
    across = [[math.cos(fx * x * 6.283 / width + px) for x in range(width)]
              for fx, px, _, _, _ in waves]
    data = bytearray()
    for y in range(height):
        down = [math.cos(fy * y * 6.283 / height + py) for _, _, fy, py, _ in waves]
        row = [b for b in blocks if b[1] <= y < b[3]]
        for x in range(width):
            red = green = blue = 128.0
            for i, wave in enumerate(waves):
                value = across[i][x] * down[i]
                red += wave[4][0] * value
                green += wave[4][1] * value
                blue += wave[4][2] * value
            for left, _, right, _, colour in row:
                if left <= x < right:
                    red += colour[0]
                    green += colour[1]
                    blue += colour[2]
            data += bytes((max(0, min(255, int(red))), max(0, min(255, int(green))),
                           max(0, min(255, int(blue)))))
    return bytes(data)


def ppm(width, height, seed):
    return b"P6\n%d %d\n255\n" % (width, height) + pixels(width, height, seed)


def png(width, height, seed):
    rgb = pixels(width, height, seed)
    raw = b"".join(b"\0" + rgb[y * width * 3:(y + 1) * width * 3] for y in range(height))

    def chunk(name, body):
        return (len(body).to_bytes(4, "big") + name + body
                + zlib.crc32(name + body).to_bytes(4, "big"))

    header = width.to_bytes(4, "big") + height.to_bytes(4, "big") + bytes((8, 2, 0, 0, 0))
    return (b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(raw))
            + chunk(b"IEND", b""))


@functools.lru_cache(maxsize=64)
def encoded(size="240x180", seed="1", kind="jpeg", *options):
    """The bytes of a picture file. `kind` is jpeg, png, ppm or a vips suffix such as webp or tiff;
    options go to cjpeg (-quality 50) or, for vips, behind the suffix (Q=50)."""
    width, height = (int(number) for number in size.split("x"))
    if kind == "png":
        return png(width, height, int(seed))
    source = ppm(width, height, int(seed))
    if kind == "ppm":
        return source
    if kind == "jpeg":
        return subprocess.run(["cjpeg", "-quality", "90", *options], input=source,
                              stdout=subprocess.PIPE, check=True).stdout
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "in.ppm").write_bytes(source)
        suffix = f"{kind}[{','.join(options)}]" if options else kind
        subprocess.run(["vips", "copy", "in.ppm", f"out.{suffix}"], cwd=folder, check=True,
                       stdout=subprocess.DEVNULL)
        return (Path(folder) / f"out.{kind}").read_bytes()
