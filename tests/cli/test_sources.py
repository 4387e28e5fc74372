#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Rules about the sources as a whole: licence line, size, complexity, layout, registration."""
import re
import shutil
import subprocess

import tap

LINES_MAX = 800
COMPLEXITY_MAX = 40
# Tables of numbers, generated once and checked by their tests.
TABLES = re.compile(r"_table\.[ch]$")


def tracked(*patterns):
    """Files of the tree by pattern; from git where there is one, else from the folders."""
    listing = subprocess.run(["git", "ls-files", "-z", "--", *patterns], cwd=tap.SOURCE,
                             stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, check=False)
    names = [name for name in listing.stdout.decode().split("\0") if name]
    if names:
        paths = [tap.SOURCE / name for name in names]
    else:
        paths = [path for pattern in patterns for path in tap.SOURCE.rglob(pattern)]
    return sorted(path for path in paths if path.is_file()
                  and not path.relative_to(tap.SOURCE).parts[0].startswith("build"))


def name_of(path):
    return str(path.relative_to(tap.SOURCE))


def c_sources():
    found = tracked("*.c", "*.h")
    assert len(found) > 20, "the sources were not found"
    return found


def test_every_source_begins_with_its_licence():
    wanted = "SPDX-License-Identifier: Apache-2.0"
    scripts = tracked("*.py", "*.sh")
    tap.fail_with(name_of(path) for path in c_sources() + scripts
                  if not any(wanted in line for line in
                             path.read_text(encoding="utf-8").splitlines()[:2]))


def test_no_source_is_longer_than_800_lines():
    tap.fail_with(f"{name_of(path)} has {lines} lines" for path in c_sources()
                  if not TABLES.search(path.name)
                  for lines in [len(path.read_text(encoding="utf-8").splitlines())]
                  if lines > LINES_MAX)


def test_no_function_is_too_complex():
    if not shutil.which("pmccabe"):
        raise tap.Skip("pmccabe is not installed")
    sources = [path for path in c_sources() if path.suffix == ".c"]
    text = subprocess.run(["pmccabe", *sources], check=True, text=True,
                          stdout=subprocess.PIPE).stdout
    rows = [line.split("\t") for line in text.splitlines()]
    assert len(rows) > 100, "pmccabe measured nothing"
    tap.fail_with(f"{row[5]}: complexity {row[0]}" for row in rows if int(row[0]) > COMPLEXITY_MAX)


def test_layout_is_what_clang_format_gives():
    program = shutil.which("clang-format-14")
    if not program:
        raise tap.Skip("clang-format-14 is not installed")
    done = subprocess.run([program, "--dry-run", "-Werror", *c_sources()], text=True,
                          stderr=subprocess.PIPE, check=False)
    places = sorted({line.split(":")[0] for line in done.stderr.splitlines() if "error:" in line})
    tap.fail_with(f"{name}: run make format" for name in places)
    assert done.returncode == 0, done.stderr[:2000]


def test_no_open_ends_and_no_banned_calls():
    banned = re.compile(r"\b(strcpy|strcat|sprintf|vsprintf|gets|tmpnam|mktemp|strtok|alloca|"
                        r"system|popen)\s*\(")
    marks = re.compile(r"\b(%s)\b" % "|".join(("TO" + "DO", "FIX" + "ME", "X" * 3)))
    problems = []
    for path in c_sources():
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
            called = banned.search(line) and not line.lstrip().startswith("//")
            if marks.search(line) or (called and name_of(path).startswith("src/")):
                problems.append(f"{name_of(path)}:{number}: {line.strip()}")
    tap.fail_with(problems)


def test_every_test_and_fuzz_target_is_registered():
    problems = []
    for path in tracked("tests/unit/*/test_*.c", "tests/unit/*/test_*.py"):
        build = (path.parent / "meson.build").read_text(encoding="utf-8")
        if path.name not in build and path.stem not in build \
                and path.stem[len("test_"):] not in build:
            problems.append(f"{name_of(path)} is not in its meson.build")
    targets = (tap.SOURCE / "tests/fuzz/meson.build").read_text(encoding="utf-8")
    for path in tracked("tests/fuzz/fuzz_*.c"):
        if f"'{path.stem[len('fuzz_'):]}':" not in targets and path.name not in targets:
            problems.append(f"{name_of(path)} has no row in tests/fuzz/meson.build")
    scripts = (tap.SOURCE / "tests/cli/meson.build").read_text(encoding="utf-8")
    for path in tracked("tests/cli/test_*.py"):
        if f"'{path.stem[len('test_'):]}'" not in scripts:
            problems.append(f"{name_of(path)} is not in tests/cli/meson.build")
    tap.fail_with(problems)


def test_shell_scripts_parse():
    tap.fail_with(name_of(path) for path in tracked("*.sh", ".ci/run")
                  if subprocess.run(["bash", "-n", path], check=False).returncode != 0)


if __name__ == "__main__":
    tap.main(globals())
