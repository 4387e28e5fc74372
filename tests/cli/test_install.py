#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What an installation puts where, in a staging folder."""
import shutil
import subprocess
import tempfile
from pathlib import Path

import tap


def installed():
    """Paths below the staging folder, with their modes."""
    folder = Path(tempfile.mkdtemp(prefix="clew-install-"))
    try:
        subprocess.run(["meson", "install", "-C", tap.BUILD, "--no-rebuild", "--quiet",
                        "--destdir", folder], check=True, stdout=subprocess.DEVNULL)
        return {str(path.relative_to(folder)): path.stat().st_mode & 0o7777
                for path in folder.rglob("*") if path.is_file()}
    finally:
        shutil.rmtree(folder)


def test_programs_workers_and_pages_are_installed_and_nothing_else():
    found = installed()
    programs = {"usr/local/bin/clew", "usr/local/sbin/clewd",
                "usr/local/libexec/clew/clew-media-worker",
                "usr/local/libexec/clew/clew-evidence-worker",
                "usr/local/libexec/clew/clew-list-worker"}
    tap.fail_with(f"{name} is missing" for name in sorted(programs - set(found)))
    sources = sorted(path.name[:-len(".scd")] for path in (tap.SOURCE / "man").glob("*.scd"))
    pages = {f"usr/local/share/man/man{name[-1]}/{name}" for name in sources}
    tap.fail_with(f"{name} is missing" for name in sorted(pages - set(found)))
    tap.fail_with(f"{name} is not expected" for name in sorted(set(found) - programs - pages))


def test_nothing_installed_can_be_written_by_others_or_gains_rights():
    tap.fail_with(f"{name} has mode {mode:o}" for name, mode in installed().items()
                  if mode & 0o6022)


if __name__ == "__main__":
    tap.main(globals())
