#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Runs every scenario of one folder as a TAP subtest each (tests/cli/README.md).

    tests/cli/run_scenarios.py FOLDER [NAME…]

Reads CLEW_SOURCE and CLEW_BUILD. Each scenario gets a folder of its own, a data folder in it, and
`clew` on its PATH. A folder without scenarios fails: nothing tested is not success.
"""
import os
import sys
import tempfile
from pathlib import Path

import scenario


def environment_for(folder, build):
    """The environment of a scenario: nothing of the user's own folders is reachable by name."""
    environment = {name: value for name, value in os.environ.items()
                   if name.startswith(("ASAN_", "UBSAN_", "LSAN_", "G_", "CLEW_", "LD_"))}
    programs = folder / ".bin"
    programs.mkdir()
    (programs / "clew").symlink_to(build / "src" / "apps" / "clew" / "clew")
    environment.update({
        "PATH": f"{programs}:{os.environ['PATH']}",
        "HOME": str(folder / ".home"),
        "XDG_DATA_HOME": str(folder / ".home" / "share"),
        "CLEW_DATA": str(folder / ".data"),
        "LC_ALL": "C.UTF-8",
        "PYTHONDONTWRITEBYTECODE": "1",
        "TZ": "UTC",
    })
    return environment


def run_one(path, build):
    """(outcome, text) of one scenario, where outcome is ok, not ok or skip."""
    folder = Path(tempfile.mkdtemp(prefix="clew-scenario-"))
    work = folder / "work"
    work.mkdir()
    try:
        scenario.run(path, work, environment_for(folder, build))
    except scenario.Skip as reason:
        return "skip", str(reason)
    except scenario.Failure as failure:
        return "not ok", str(failure)
    finally:
        scenario.remove_folder(folder)
    return "ok", ""


def main():
    source, build = Path(os.environ["CLEW_SOURCE"]), Path(os.environ["CLEW_BUILD"])
    folder = source / "tests" / "cli" / "scenarios" / sys.argv[1]
    wanted = sys.argv[2:]
    if not (build / "src" / "apps" / "clew" / "clew").exists():
        print(f"Bail out! clew is not built in {build}")
        return 1
    paths = sorted(path for path in folder.glob("*.scenario") if not wanted or path.stem in wanted)
    failed = not paths
    for number, path in enumerate(paths, 1):
        outcome, text = run_one(path, build)
        name = f"{path.stem}: {scenario.title_of(path)}".replace("#", "no.")
        if outcome == "skip":
            print(f"ok {number} - {name} # SKIP {text}", flush=True)
            continue
        print(f"{outcome} {number} - {name}", flush=True)
        if outcome == "not ok":
            failed = True
            print("\n".join("# " + line for line in text.splitlines()), flush=True)
    print(f"1..{len(paths)}")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
