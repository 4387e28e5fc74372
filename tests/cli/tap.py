# SPDX-License-Identifier: Apache-2.0
"""TAP for the Python tests: functions named test_… are run in order, each is one subtest.

A test fails by raising (assert does), passes by returning, and is skipped by raising Skip.
"""
import os
import sys
import traceback
from pathlib import Path

SOURCE = Path(os.environ["CLEW_SOURCE"]) if "CLEW_SOURCE" in os.environ else \
    Path(__file__).resolve().parent.parent.parent
BUILD = Path(os.environ.get("CLEW_BUILD", SOURCE / "build"))
CLEW = BUILD / "src" / "apps" / "clew" / "clew"


class Skip(Exception):
    """The test cannot run here; the text says why."""


def fail_with(problems):
    """Fails with one line for each problem; passes when there are none."""
    problems = list(problems)
    assert not problems, "\n" + "\n".join(str(problem) for problem in problems)


def main(module_globals):
    tests = [(name[len("test_"):].replace("_", " "), function)
             for name, function in module_globals.items()
             if name.startswith("test_") and callable(function)]
    failed = False
    for number, (name, test) in enumerate(tests, 1):
        try:
            test()
            print(f"ok {number} - {name}")
        except Skip as reason:
            print(f"ok {number} - {name} # SKIP {reason}")
        except Exception:  # pylint: disable=broad-except
            failed = True
            print(f"not ok {number} - {name}")
            for line in traceback.format_exc().splitlines():
                print("# " + line)
        sys.stdout.flush()
    print(f"1..{len(tests)}")
    sys.exit(1 if failed else 0)
