#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""clew on a real terminal: the progress line, and Ctrl-C as it is typed."""
import os
import pty
import select
import shutil
import tempfile
import time
from pathlib import Path

import tap

CTRL_C = b"\x03"


def read_for(terminal, seconds, until=None):
    """What the terminal shows within some seconds, or until it shows `until`, or until the end."""
    shown = b""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline and not (until and until in shown):
        ready, _, _ = select.select([terminal], [], [], 0.1)
        if ready:
            try:
                chunk = os.read(terminal, 65536)
            except OSError:  # the program has ended
                break
            if not chunk:
                break
            shown += chunk
    return shown


def with_large_file(story, *options):
    """Runs clew hash on a terminal over a file that takes long; story gets the terminal."""
    folder = Path(tempfile.mkdtemp(prefix="clew-terminal-"))
    pid, terminal = None, None
    try:
        with open(folder / "large.bin", "wb") as file:
            file.truncate(200 << 30)
        pid, terminal = pty.fork()
        if pid == 0:
            os.chdir(folder)
            os.execve(tap.CLEW, ["clew", "hash", *options, "large.bin"],
                      dict(os.environ, CLEW_DATA=str(folder / "data"), TERM="xterm",
                           LC_ALL="C.UTF-8"))
        story(terminal)
        os.write(terminal, CTRL_C)
        rest = read_for(terminal, 20, until=b"interrupted")
        _, status = os.waitpid(pid, 0)
        pid = None
        assert os.waitstatus_to_exitcode(status) == 130, f"status {status}, shown {rest!r}"
        assert b"interrupted" in rest, rest
    finally:
        if pid:
            os.kill(pid, 9)
            os.waitpid(pid, 0)
        if terminal is not None:
            os.close(terminal)
        shutil.rmtree(folder, ignore_errors=True)


def test_work_over_two_seconds_shows_its_rate_and_ctrl_c_ends_it():
    def story(terminal):
        shown = read_for(terminal, 15, until=b"/s")
        assert b"/s" in shown, f"no rate is shown: {shown[-300:]!r}"
        assert b"hashing" in shown, shown[-300:]
    with_large_file(story)


def test_quiet_shows_no_progress():
    def story(terminal):
        shown = read_for(terminal, 4)
        assert shown == b"", shown[-300:]
    with_large_file(story, "--quiet")


def test_cat_writes_nothing_to_a_terminal():
    with tempfile.TemporaryDirectory(prefix="clew-terminal-") as folder:
        file = Path(folder) / "a.txt"
        file.write_text("\x1b[2Jhostile")
        pid, terminal = pty.fork()
        if pid == 0:
            os.execve(tap.CLEW, ["clew", "cat", str(file), "--force", "-o", os.ttyname(1)],
                      dict(os.environ, CLEW_DATA=folder, LC_ALL="C.UTF-8"))
        shown = read_for(terminal, 20)
        _, status = os.waitpid(pid, 0)
        os.close(terminal)
    assert os.waitstatus_to_exitcode(status) == 2, f"status {status}, shown {shown!r}"
    assert b"no regular file" in shown and b"hostile" not in shown, shown


if __name__ == "__main__":
    tap.main(globals())
