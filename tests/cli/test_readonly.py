#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Nothing is ever written to evidence: bytes, modes, times of files and folders stay as they are,
access times included where the kernel lets us, and no evidence file is even opened for writing."""
import functools
import hashlib
import os
import pty
import re
import shutil
import stat
import subprocess
import sys
import tempfile
from pathlib import Path

import tap

sys.path.insert(0, str(tap.SOURCE / "tests" / "fixtures" / "evidence"))
import make  # noqa: E402  pylint: disable=wrong-import-position

PIECES = ["fat12", "ext2", "ntfs", "dos", "ewf", "split", "nested", "names", "documents", "mail",
          "archives", "appended", "renamed", "encrypted"]
OLD = 1_000_000_000  # before any change: reading would show on any file system
# Arguments of clew that read the evidence in every way there is; {} is the folder, {top} the one
# around it.
WAYS = {
    "scan": ["scan", "{}"],
    "scan with a state, with passwords, into reports":
        ["scan", "--state", "{top}/state", "--csv", "{top}/out.csv", "--passwords",
         "{top}/passwords", "{}"],
    "hash of whole images": ["hash", "--verify-images", "{}"],
    "cat of a file": ["cat", "{}/fat12.img", "-o", "{top}/whole"],
    "cat of something inside": ["cat", "{}/fat12.img > /setup.dll", "-o", "{top}/inside"],
    "cat of something in a set": ["cat", "{}/split.001 > /picture 5.jpg", "-o", "{top}/part"],
}


class Place:
    """Evidence in folders that may not be written to, and the set of what it hides."""

    def __init__(self):
        self.top = Path(tempfile.mkdtemp(prefix="clew-readonly-"))
        self.evidence = self.top / "evidence"
        digests = set()
        for piece in PIECES:
            truths = make.make(self.evidence, [piece])
            digests |= {row["sha256"] for truth in truths for row in truth.rows if row["sha256"]}
        for table in self.evidence.glob("*.tsv"):
            table.unlink()
        nested = self.evidence / "folder" / "in a folder"
        nested.mkdir(parents=True)
        shutil.copy(self.evidence / "fat12.img", nested / "copy.img")
        (nested / "link").symlink_to("copy.img")
        (self.top / "passwords").write_text("wrong\n")
        (self.top / "known").write_text("".join(digest + "\n" for digest in sorted(digests)))
        self.clew("set", "import", "known", str(self.top / "known"), "--kind", "notable")
        for path in [*self.evidence.rglob("*"), self.evidence]:
            if not path.is_symlink():
                path.chmod(0o555 if path.is_dir() else 0o444)

    def environment(self):
        return dict(os.environ, CLEW_DATA=str(self.top / "data"), LC_ALL="C.UTF-8", TZ="UTC")

    def arguments(self, way):
        return [argument.replace("{}", str(self.evidence)).replace("{top}", str(self.top))
                for argument in WAYS[way]]

    def forget_output(self):
        for path in self.top.iterdir():
            if path.name in ("state", "out.csv", "whole", "inside", "part"):
                path.unlink()

    def clew(self, *arguments, before=()):
        environment = self.environment()
        if before:  # a leak checker does not run under a tracer
            environment["ASAN_OPTIONS"] = environment.get("ASAN_OPTIONS", "") + ":detect_leaks=0"
        done = subprocess.run([*before, tap.CLEW, *arguments], env=environment,
                              stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                              stderr=subprocess.PIPE, timeout=600, check=False)
        assert done.returncode in (0, 1, 3, 4), f"{arguments}: {done.stderr[-500:]!r}"
        return done

    def remove(self):
        for path in [self.evidence, *self.evidence.rglob("*")]:
            if path.is_dir() and not path.is_symlink():
                path.chmod(0o755)
        shutil.rmtree(self.top)


@functools.lru_cache(maxsize=1)
def place():
    return Place()


def age(path):
    """Makes the access time older than any change. The change time is that of this call."""
    os.utime(path, ns=(OLD * 10**9, path.lstat().st_mtime_ns), follow_symlinks=False)


def state_of(path):
    info = path.lstat()
    state = {name: getattr(info, "st_" + name)
             for name in ("ino", "mode", "uid", "gid", "nlink", "size", "mtime_ns", "ctime_ns",
                          "atime_ns")}
    if not stat.S_ISLNK(info.st_mode):  # following a link is an access to it
        state["extended attributes"] = sorted(os.listxattr(path))
    return state


def content_of(path):
    is_file = stat.S_ISREG(path.lstat().st_mode)
    return hashlib.sha256(path.read_bytes()).hexdigest() if is_file else None


def everything():
    return sorted([place().evidence, *place().evidence.rglob("*")])


class Watch:
    """What the evidence is like before a command; `problems` says what is different afterwards."""

    def __init__(self):
        self.paths = everything()
        self.contents = {path: content_of(path) for path in self.paths}
        for path in self.paths:
            age(path)
        # From here on nothing is listed or read, which would be an access.
        self.before = {path: state_of(path) for path in self.paths}

    def problems(self):
        after = {path: state_of(path) for path in self.paths if os.path.lexists(path)}
        for path in after:
            yield from (f"{path}: {key} was {self.before[path][key]}, is {value}"
                        for key, value in after[path].items() if self.before[path][key] != value)
        yield from (f"{path} came or went" for path in set(self.paths) ^ set(everything()))
        yield from (f"{path} has other bytes" for path in after
                    if content_of(path) != self.contents[path])


def check_way(way):
    watch = Watch()
    place().forget_output()
    place().clew(*place().arguments(way))
    tap.fail_with(watch.problems())


for each in WAYS:
    globals()[f"test_{each} leaves the evidence as it is"] = functools.partial(check_way, each)


def test_counting_bytes_for_the_progress_line_leaves_the_evidence_as_it_is():
    """On a terminal the folders are read a second time."""
    watch = Watch()
    leader, follower = pty.openpty()
    with subprocess.Popen([tap.CLEW, "scan", place().evidence], env=place().environment(),
                          stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                          stderr=follower) as scan:
        os.close(follower)
        try:
            while os.read(leader, 4096):
                pass
        except OSError:
            pass  # how the end of a terminal shows
        assert scan.wait(600) in (0, 1, 3, 4)
    os.close(leader)
    tap.fail_with(watch.problems())


# Calls that change a file by its name, and flags of open that could.
CHANGES = ("creat", "truncate", "unlink", "rename", "link", "symlink", "mkdir", "rmdir", "mknod",
           "chmod", "chown", "utime", "setxattr", "removexattr", "mount")
WRITING = re.compile(r"O_(WRONLY|RDWR|CREAT|TRUNC|APPEND|TMPFILE)")


def faults_of_trace(log, folder):
    for line in log.read_text(errors="replace").splitlines():
        call = re.match(r"(?:\[pid +\d+\] |\d+ +)?(\w+)\(", line)
        if not call or folder not in line:
            continue
        name = call[1]
        changes = any(change in name for change in CHANGES) and not name.startswith("readlink")
        if changes or (name.startswith("open") and WRITING.search(line)):
            yield line


def test_no_evidence_file_is_opened_for_writing():
    if shutil.which("strace") is None or \
            subprocess.run(["strace", "-o", os.devnull, "true"], stderr=subprocess.DEVNULL,
                           check=False).returncode != 0:
        raise tap.Skip("no process may be traced here")
    log, problems, opened = place().top / "trace", [], 0
    for way in WAYS:
        place().forget_output()
        # Names stay whole: no descriptor leads to a file that was opened by another name.
        place().clew(*place().arguments(way), before=[
            "strace", "-f", "-s", "4096", "-o", str(log), "-e", "trace=%file,openat,openat2"])
        problems += [f"{way}: {line}" for line in faults_of_trace(log, str(place().evidence))]
        opened += log.read_text(errors="replace").count("O_RDONLY")
    assert opened > 50, "the trace shows too little to prove anything"
    tap.fail_with(problems)


if __name__ == "__main__":
    try:
        tap.main(globals())
    finally:
        if place.cache_info().currsize:
            place().remove()
