#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""A live worker, looked at from outside while clew waits for its next file."""
import json
import os
import shutil
import subprocess
import tempfile
import time
from pathlib import Path

import pictures
import tap


def status_of(pid):
    """The fields of /proc/PID/status."""
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return {name: value.strip() for name, _, value in (line.partition(":") for line in lines)}


def descendants(pid):
    """Processes below `pid`, by their parents in /proc."""
    parents = {}
    for entry in os.listdir("/proc"):
        if entry.isdigit():
            try:
                parents[int(entry)] = int(status_of(entry)["PPid"])
            except (OSError, KeyError):
                pass  # it ended meanwhile
    found, frontier = [], [pid]
    while frontier:
        frontier = [child for child, parent in parents.items() if parent in frontier]
        found += frontier
    return found


def confined(pid):
    """The processes below `pid` that have the seccomp filter on."""
    found = []
    for child in descendants(pid):
        try:
            if status_of(child).get("Seccomp") == "2":
                found.append(child)
        except OSError:
            pass  # it ended meanwhile
    return found


def lasting_workers(pid):
    """Confined processes that are there to stay: trying out a sandbox makes short-lived ones."""
    deadline = time.monotonic() + 30
    before = []
    while time.monotonic() < deadline:
        workers = confined(pid)
        if workers and workers == before:
            return workers
        before = workers
        time.sleep(0.3)
    raise AssertionError("no process below clew stays confined")


def with_live_worker(story):
    """Runs clew until it has decoded one picture and waits for the next name."""
    folder = Path(tempfile.mkdtemp(prefix="clew-confined-"))
    process = None
    try:
        (folder / "a.jpg").write_bytes(pictures.encoded("240x180", "1"))
        process = subprocess.Popen([tap.CLEW, "hash", "--json", "--jobs", "1", "--files0-from",
                                    "-"], cwd=folder, stdin=subprocess.PIPE,
                                   stdout=subprocess.PIPE)
        process.stdin.write(b"a.jpg\0")
        process.stdin.flush()
        workers = lasting_workers(process.pid)
        story(process.pid, workers)
        output, _ = process.communicate(timeout=60)
        assert json.loads(output.splitlines()[0])["status"] == "ok"
        assert process.returncode == 0
    finally:
        if process and process.poll() is None:
            process.kill()
            process.wait()
        shutil.rmtree(folder, ignore_errors=True)


def test_a_live_worker_has_its_filter_and_no_privileges_to_gain():
    def story(_, workers):
        for worker in workers:
            status = status_of(worker)
            assert status["NoNewPrivs"] == "1", status
            assert status["Threads"] == "1", "a worker has one thread"
    with_live_worker(story)


def test_a_live_worker_can_leave_no_core_and_map_no_endless_memory():
    if os.environ.get("CLEW_SANITIZED") == "1":
        raise tap.Skip("a sanitizer needs its own memory")

    def story(_, workers):
        for worker in workers:
            limits = Path(f"/proc/{worker}/limits").read_text()
            core = [line for line in limits.splitlines() if line.startswith("Max core file size")]
            space = [line for line in limits.splitlines() if line.startswith("Max address space")]
            assert core[0].split()[4] == "0", core
            assert space[0].split()[3] != "unlimited", space
    with_live_worker(story)


def test_a_live_worker_holds_no_file_and_no_network():
    if os.geteuid() != 0:
        raise tap.Skip("only root may look into a process that is not dumpable")

    def story(_, workers):
        for worker in workers:
            for name in os.listdir(f"/proc/{worker}/fd"):
                target = os.readlink(f"/proc/{worker}/fd/{name}")
                good = target.startswith(("socket:", "pipe:", "/memfd:", "/dev/null", "anon_inode"))
                assert good, f"descriptor {name} is {target}"
    with_live_worker(story)


def test_the_program_itself_maps_no_decoder():
    def story(clew, _):
        maps = Path(f"/proc/{clew}/maps").read_text()
        for library in ("libvips", "libjpeg", "libexif", "libheif", "libexpat", "libxml2"):
            assert library not in maps, f"clew maps {library}"
    with_live_worker(story)


if __name__ == "__main__":
    tap.main(globals())
