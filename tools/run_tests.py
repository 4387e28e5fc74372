#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Runs the tests of one or more Meson build folders and counts them honestly.

    tools/run_tests.py LABEL=FOLDER[:SUITE] …

The label `postgres` stands for a pass on a PostgreSQL server, which is started for it: its tests
find the server in CLEW_TEST_POSTGRES and count on their own.

The label `web` stands for the tests of the desk on the programs of that folder: its types, and what
tests/web/run.mjs prints as TAP. They find the desk in CLEW_DESK. Without Node.js they have failed.

Every TAP subtest counts as one test, a test without TAP as one. A test that runs in several builds
counts once: it has failed if it failed in any of them, and it is skipped only if it ran in none.
A program that crashes, times out or breaks the TAP protocol (ends half-way, say) adds a failure.
The last line is `N passed, N failed, N skipped`. The exit status is 0 only when something passed,
nothing failed, and every skipped test is on the list in tests/allowed-skips.txt.
"""
import fnmatch
import json
import os
import re
import subprocess
import sys
import tempfile
import threading
from contextlib import contextmanager
from pathlib import Path

SOURCE = Path(__file__).resolve().parent.parent
ALLOWED_SKIPS = SOURCE / "tests" / "allowed-skips.txt"
TAP_LINE = re.compile(r"^(not )?ok\b[ \t]*(\d*)[ \t]*(?:- )?([^#]*?)[ \t]*(#.*)?$")
SERVER = SOURCE / "tests" / "tools" / "postgres.sh"
DESK = SOURCE / "build" / "desk"
WEB_SECONDS = 1800
PASSED, SKIPPED, FAILED = "passed", "skipped", "failed"
WORSE = {SKIPPED: 0, PASSED: 1, FAILED: 2}


def tap_outcomes(text):
    """(name, outcome) of each subtest line. TODO is no excuse: a failing test has failed."""
    for line in text.splitlines():
        match = TAP_LINE.match(line)
        if not match:
            continue
        failed, number, name, directive = match.groups()
        skipped = directive is not None and directive[1:].strip().upper().startswith("SKIP")
        outcome = FAILED if failed else SKIPPED if skipped else PASSED
        yield name or number, outcome


def outcomes_of(entry, protocol):
    """(name, outcome) pairs of one entry of Meson's test log."""
    test = entry["name"].split(" / ")[-1]
    result = entry["result"]
    if protocol == "tap":
        subtests = [(f"{test}: {name}", outcome)
                    for name, outcome in tap_outcomes(entry.get("stdout") or "")]
        if result == "OK" and subtests:
            return subtests
        if result == "SKIP":
            return subtests if subtests else [(test, SKIPPED)]
        if not any(outcome == FAILED for _, outcome in subtests):
            subtests.append((f"{test}: {result.lower()}", FAILED))
        return subtests
    if result in ("OK", "EXPECTEDFAIL"):
        return [(test, PASSED)]
    return [(test, SKIPPED if result == "SKIP" else FAILED)]


def run_folder(folder, suite):
    """Runs the tests of one build folder; yields (name, outcome)."""
    log = Path(folder) / "meson-logs" / "testlog.json"
    log.unlink(missing_ok=True)
    command = ["meson", "test", "-C", folder, "--no-rebuild", "--print-errorlogs",
               "--timeout-multiplier", "3"]
    if suite:
        command += ["--suite", suite]
    status = subprocess.run(command, stdin=subprocess.DEVNULL).returncode

    introspected = subprocess.run(["meson", "introspect", "--tests", folder], check=True,
                                  stdout=subprocess.PIPE).stdout
    protocols = {test["name"]: test["protocol"] for test in json.loads(introspected)}
    outcomes = []
    if log.exists():
        for line in log.read_text(encoding="utf-8", errors="replace").splitlines():
            entry = json.loads(line)
            outcomes += outcomes_of(entry, protocols.get(entry["name"].split(" / ")[-1], "tap"))
    if status != 0 and not any(outcome == FAILED for _, outcome in outcomes):
        outcomes.append((f"meson test in {folder} ended with status {status}", FAILED))
    return outcomes


@contextmanager
def server():
    """A PostgreSQL server whose URL stands in the environment."""
    with tempfile.TemporaryDirectory(prefix="clew-postgres-") as parent:
        os.chmod(parent, 0o755)  # the server may run as another user
        folder = os.path.join(parent, "server")
        started = subprocess.run([SERVER, "start", folder], check=True, stdout=subprocess.PIPE,
                                 text=True)
        os.environ["CLEW_TEST_POSTGRES"] = started.stdout.strip()
        try:
            yield
        finally:
            del os.environ["CLEW_TEST_POSTGRES"]
            subprocess.run([SERVER, "stop", folder], check=True)


def run_on_server(folder, suite):
    """run_folder on a server; its outcomes bear other names than those without."""
    try:
        with server():
            return [(f"postgres: {name}", outcome) for name, outcome in run_folder(folder, suite)]
    except (OSError, subprocess.CalledProcessError) as error:
        return [(f"postgres: the server does not run ({error})", FAILED)]


def web_step(name, *command):
    """One outcome: the command ends with status 0 or it has failed."""
    try:
        status = subprocess.run(command, stdin=subprocess.DEVNULL, cwd=SOURCE,
                                timeout=WEB_SECONDS).returncode
    except (OSError, subprocess.TimeoutExpired) as error:
        print(f"web: {name}: {error}", flush=True)
        status = None
    return (f"web: {name}", PASSED if status == 0 else FAILED)


def web_tests(folder):
    """(name, outcome) of each test in tests/web; what is not "ok" is shown as it comes."""
    environment = {**os.environ, "CLEW_SOURCE": str(SOURCE), "CLEW_DESK": str(DESK),
                   "CLEW_BUILD": str(Path(folder).resolve())}
    lines, failure = [], None
    try:
        process = subprocess.Popen(["node", "tests/web/run.mjs"], cwd=SOURCE, env=environment, text=True,
                                   stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, errors="replace")
    except OSError as error:
        return [(f"web: tests/web/run.mjs does not run ({error})", FAILED)]
    alarm = threading.Timer(WEB_SECONDS, process.kill)
    alarm.start()
    for line in process.stdout:
        lines.append(line)
        if not line.startswith("ok"):
            print(line, end="", flush=True)
    status = process.wait()
    alarm.cancel()
    text = "".join(lines)
    outcomes = [(f"web: {name}", outcome) for name, outcome in tap_outcomes(text)]
    plan = re.search(r"^1\.\.(\d+)", text, re.MULTILINE)
    if not plan or int(plan[1]) != len(outcomes):
        failure = f"planned {plan[1] if plan else 'nothing'} and ran {len(outcomes)}"
    elif status != 0 and not any(outcome == FAILED for _, outcome in outcomes):
        failure = f"ended with status {status}"
    return outcomes + ([(f"web: tests/web/run.mjs {failure}", FAILED)] if failure else [])


def run_web(folder, _suite):
    return [
        web_step("the desk's types are right", "web/node_modules/.bin/tsc", "--noEmit", "-p", "web"),
        web_step("its types of the API are those of api/openapi.yaml", "node",
                 "web/types/generate.mjs", "--check"),
        web_step("its sources are laid out", "tests/web/node_modules/.bin/prettier", "--check",
                 "--log-level=warn", "web", "tests/web", "bench/bench_desk.mjs"),
        *web_tests(folder),
    ]


def allowed_skips():
    """Patterns of names that may be skipped here. Lines: WHEN PATTERN, then # and the reason."""
    holds = {
        "always": True,
        "no-media": not os.environ.get("CLEW_TEST_MEDIA"),
        "as-root": os.geteuid() == 0,
        "as-user": os.geteuid() != 0,
    }
    patterns = []
    for line in ALLOWED_SKIPS.read_text(encoding="utf-8").splitlines():
        line = line.split("#")[0].strip()
        if line:
            when, pattern = line.split(None, 1)
            if holds[when]:
                patterns.append(pattern)
    return patterns


def count(outcomes):
    values = list(outcomes)
    return "{} passed, {} failed, {} skipped".format(
        *(sum(value == wanted for value in values) for wanted in (PASSED, FAILED, SKIPPED)))


def main():
    total = {}
    per_build = []
    for argument in sys.argv[1:]:
        label, place = argument.split("=", 1)
        folder, _, suite = place.partition(":")
        print(f"== {label} build ({folder}{', suite ' + suite if suite else ''})", flush=True)
        run = {"postgres": run_on_server, "web": run_web}.get(label, run_folder)
        outcomes = run(folder, suite)
        per_build.append((label, count(outcome for _, outcome in outcomes)))
        seen = {}
        for name, outcome in outcomes:  # two subtests of one name in one program stay two tests
            seen[name] = seen.get(name, 0) + 1
            key = (name, seen[name])
            if key not in total or WORSE[outcome] > WORSE[total[key]]:
                total[key] = outcome

    print()
    patterns = allowed_skips()
    unlisted = []
    for (name, _), outcome in total.items():
        if outcome == FAILED:
            print(f"failed: {name}")
        elif outcome == SKIPPED:
            listed = any(fnmatch.fnmatchcase(name, pattern) for pattern in patterns)
            print(f"skipped{'' if listed else ', which is not allowed'}: {name}")
            if not listed:
                unlisted.append(name)
    for label, line in per_build:
        print(f"{label} build ran {line.replace(',', ' /')}")
    if unlisted:
        print(f"{len(unlisted)} skipped tests are not in {ALLOWED_SKIPS.relative_to(SOURCE)}")
    print(count(total.values()))
    passed_some = any(outcome == PASSED for outcome in total.values())
    failed_some = any(outcome == FAILED for outcome in total.values())
    return 0 if passed_some and not failed_some and not unlisted else 1


if __name__ == "__main__":
    sys.exit(main())
