#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Every #include line in src/ against the floors table in docs/ARCHITECTURE.md."""
import re

import tap

ROW = re.compile(r"^\| `([a-z/-]+)/` \|.*\| ([^|]*) \|$")
INCLUDE = re.compile(r'^\s*#\s*include\s+([<"])([^>"]+)[>"]')

# Which library a header of angle brackets belongs to; everything else must be libc's.
LIBRARY_OF = [
    (r"^glib(\.h|/|-unix\.h)|^gmodule|^gio/", "GLib"),
    (r"^openssl/", "libcrypto"),
    (r"^(jpeglib|jerror|jmorecfg)\.h$", "libjpeg"),
    (r"^vips/", "libvips"),
    (r"^libav(format|codec|util)/|^libswscale/", "FFmpeg"),
    (r"^libexif/", "libexif"),
    (r"^seccomp\.h$", "libseccomp"),
    (r"^sqlite3\.h$", "SQLite"),
    (r"^expat\.h$", "expat"),
    (r"^microhttpd\.h$", "libmicrohttpd"),
    (r"^jansson\.h$", "jansson"),
    (r"^sodium\.h$", "libsodium"),
    (r"^liboath/", "liboath"),
    (r"^libpq-fe\.h$", "libpq"),
    (r"^curl/", "libcurl"),
    (r"^xxhash\.h$", "xxHash"),
    (r"^tsk/", "libtsk"),
    (r"^libbfio(\.h|_)", "libbfio"),
    (r"^libewf(\.h|/)", "libewf"),
    (r"^libqcow(\.h|/)", "libqcow"),
    (r"^libvhdi(\.h|/)", "libvhdi"),
    (r"^libvmdk(\.h|/)", "libvmdk"),
    (r"^libpff(\.h|/)", "libpff"),
    (r"^archive(_entry)?\.h$", "libarchive"),
    (r"^qpdf/", "qpdf"),
    (r"^gsf/", "libgsf"),
    (r"^gmime/", "GMime"),
    (r"^zlib\.h$", "zlib"),
    (r"^bzlib\.h$", "bzip2"),
    (r"^lzma\.h$", "liblzma"),
    (r"^zstd(_errors)?\.h$", "zstd"),
    (r"^libdeflate\.h$", "libdeflate"),
]
LIBC = re.compile(r"^((sys|linux|asm|arpa|net|netinet)/[a-z0-9_-]+|immintrin|x86intrin|cpuid|"
                  r"assert|ctype|dirent|errno|fcntl|float|fnmatch|fts|ftw|getopt|glob|iconv|inttypes|limits|"
                  r"locale|malloc|math|poll|pthread|pwd|regex|sched|setjmp|signal|spawn|stdalign|"
                  r"stdarg|stdatomic|stdbool|stddef|stdint|stdio|stdlib|stdnoreturn|string|"
                  r"strings|termios|time|ucontext|unistd|wchar|wctype)\.h$")


def floors():
    """Folder below src/ -> the names its row allows."""
    table = {}
    for line in (tap.SOURCE / "docs" / "ARCHITECTURE.md").read_text(encoding="utf-8").splitlines():
        match = ROW.match(line)
        if match:
            table[match[1]] = {name.strip() for name in match[2].split(",")}
    return table


def folder_of(path, table):
    """The row a file or header belongs to: the longest folder of the table that begins it."""
    names = [name for name in table if path.startswith(name + "/")]
    return max(names, key=len, default=None)


def sources():
    return sorted(path for path in (tap.SOURCE / "src").rglob("*") if path.suffix in (".c", ".h"))


def includes():
    """(file below src, line number, bracket, header) of every include line."""
    for path in sources():
        name = str(path.relative_to(tap.SOURCE / "src"))
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
            match = INCLUDE.match(line)
            if match:
                yield name, number, match[1], match[2]


def library_of(header):
    for pattern, library in LIBRARY_OF:
        if re.search(pattern, header):
            return library
    return "libc" if LIBC.match(header) else None


def problem_with(table, name, bracket, header):
    """What is wrong with an include line, or None."""
    folder = folder_of(name, table)
    if folder is None:
        return "its folder is not in the floors table"
    if bracket == "<":
        library = library_of(header)
        if library is None:
            return f"<{header}> belongs to no library this test knows"
        return None if library in table[folder] else f"{folder}/ may not use {library} <{header}>"
    target = folder_of(header, table)
    if target is None:
        return f'"{header}" does not begin with a floor (src/ is the only include root)'
    if target == folder or target in table[folder]:
        return None
    return f'{folder}/ may not use {target}/ ("{header}")'


def test_every_include_keeps_to_the_floors():
    table = floors()
    assert len(table) >= 10, "the floors table was not found"
    tap.fail_with(f"src/{name}:{number}: {problem}"
                  for name, number, bracket, header in includes()
                  for problem in [problem_with(table, name, bracket, header)] if problem)


def test_every_folder_has_its_row_and_every_row_its_folder():
    table = floors()
    found = {folder_of(str(path.relative_to(tap.SOURCE / "src")), table) for path in sources()}
    tap.fail_with(f"{name}/ has no source" for name in set(table) - found)


def test_the_rules_refuse_what_they_should():
    table = {"base": {"libc", "GLib"}, "hash": {"libc"}, "model": {"base"}}
    assert problem_with(table, "hash/pdq.c", "<", "glib.h")
    assert problem_with(table, "base/error.c", '"', "model/record.h")
    assert problem_with(table, "model/record.c", '"', "record.h")
    assert problem_with(table, "util/x.c", "<", "stdio.h")
    assert problem_with(table, "model/record.c", '"', "base/error.h") is None


def test_no_file_of_probe_serves_two_workers():
    served = {}
    for name, _, bracket, header in includes():
        if name.startswith("probe/") and bracket == '"' and header.startswith(("media/", "evidence/", "lists/")):
            served.setdefault(name, set()).add(header.split("/")[0])
    tap.fail_with(f"src/{name} uses {' and '.join(sorted(floor))}"
                  for name, floor in served.items() if len(floor) > 1)


def test_a_header_that_shows_a_type_of_a_library_stays_on_its_floor():
    table = floors()
    shown = {name for name, _, bracket, header in includes()
             if name.endswith(".h") and bracket == "<"
             and library_of(header) not in ("GLib", "libc")}
    tap.fail_with(f'src/{name}:{number}: "{header}" shows a type of a library'
                  for name, number, bracket, header in includes()
                  if header in shown and folder_of(name, table) != folder_of(header, table))


if __name__ == "__main__":
    tap.main(globals())
