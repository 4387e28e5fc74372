# SPDX-License-Identifier: Apache-2.0
"""One scenario file: reading it, preparing its folder, running its commands, checking the answers.

tests/cli/README.md describes the format for people who write scenarios. Every line is a keyword and
its arguments; a keyword is one function below, found by its name in a table, so that a new one is a
function and a row.
"""
import json
import os
import re
import shlex
import shutil
import signal
import socket
import stat
import subprocess
from pathlib import Path

import pictures

RUN_TIMEOUT_SECONDS = 120


class Failure(Exception):
    """An expectation that did not hold."""


class Skip(Exception):
    """The scenario needs what this machine does not have."""


class Result:
    """What one command gave."""

    def __init__(self, command, status, stdout, stderr):
        self.command = command
        self.status = status
        self.stdout = stdout.decode("utf-8", "surrogateescape")
        self.stderr = stderr.decode("utf-8", "surrogateescape")
        self.status_checked = False

    def json_lines(self):
        return [json.loads(line) for line in self.stdout.splitlines()]


class Scenario:
    """State of one running scenario. `folder` is its own empty folder."""

    def __init__(self, path, folder, environment):
        self.path = path
        self.folder = Path(folder)
        self.environment = dict(environment)
        self.stdin = b""
        self.result = None

    def place(self, name):
        return self.folder / os.fsencode(unescape(name)).decode("utf-8", "surrogateescape")

    def new_file(self, name):
        target = self.place(name)
        target.parent.mkdir(parents=True, exist_ok=True)
        return target


def unescape(text):
    r"""\n, \t, \\ and \xHH; a byte that is not UTF-8 becomes a surrogate, as os.fsencode wants."""
    raw = re.sub(rb"\\(n|t|\\|x[0-9a-fA-F]{2})",
                 lambda match: {b"n": b"\n", b"t": b"\t", b"\\": b"\\"}.get(match[1])
                 or bytes([int(match[1][1:], 16)]), text.encode())
    return raw.decode("utf-8", "surrogateescape")


def words_of(line):
    """Words of a line; quotes keep spaces together, backslashes are left to unescape()."""
    words = shlex.shlex(line, posix=True)
    words.whitespace_split = True
    words.escape = ""
    words.commenters = ""
    return list(words)


def title_of(path):
    for line in path.read_text(encoding="utf-8").splitlines():
        if line.startswith("title "):
            return line[len("title "):].strip()
    raise ValueError(f"{path}: no title line")


# --- preparing -----------------------------------------------------------------------------------

def do_needs(scenario, what):
    if what == "media":
        if not os.environ.get("CLEW_TEST_MEDIA"):
            raise Skip("CLEW_TEST_MEDIA is not set")
    elif what == "not-root":
        if os.geteuid() == 0:
            raise Skip("root may read everything")
    elif what == "no-sanitizer":
        if scenario.environment.get("CLEW_SANITIZED") == "1":
            raise Skip("a sanitizer build is no measure here")
    else:
        raise ValueError(f"needs {what}: not known")


def do_file(scenario, line):
    name, kind, *arguments = words_of(line)
    target = scenario.new_file(name)
    if kind == "text":
        target.write_bytes(os.fsencode(unescape(" ".join(arguments))))
    elif kind == "picture":
        target.write_bytes(pictures.encoded(*arguments))
    elif kind == "random":
        size, seed = int(arguments[0]), int(arguments[1])
        target.write_bytes(pictures.random_bytes(size, seed))
    elif kind == "copy":
        target.write_bytes(scenario.place(arguments[0]).read_bytes())
    elif kind == "cut":
        target.write_bytes(scenario.place(arguments[0]).read_bytes()[:int(arguments[1])])
    elif kind == "fixture":
        target.write_bytes((fixtures(scenario) / arguments[0]).read_bytes())
    elif kind == "made":  # by a shell command whose stdout it becomes
        made = subprocess.run(["/bin/sh", "-c", " ".join(arguments)], cwd=scenario.folder,
                              env=scenario.environment, stdin=subprocess.DEVNULL,
                              stdout=subprocess.PIPE, check=True)
        target.write_bytes(made.stdout)
    else:
        raise ValueError(f"file kind {kind}: not known")


def fixtures(scenario):
    return Path(scenario.environment["CLEW_SOURCE"]) / "tests" / "fixtures"


def do_dir(scenario, name):
    scenario.place(name).mkdir(parents=True, exist_ok=True)


def do_link(scenario, line):
    name, target = line.split(" -> ")
    scenario.new_file(name).symlink_to(unescape(target))


def do_fifo(scenario, name):
    os.mkfifo(scenario.new_file(name))


def do_socket(scenario, name):
    here = os.getcwd()
    target = scenario.new_file(name)
    os.chdir(target.parent)  # socket names are short
    try:
        with socket.socket(socket.AF_UNIX) as listener:
            listener.bind(target.name)
    finally:
        os.chdir(here)


def do_mode(scenario, line):
    mode, name = line.split(None, 1)
    scenario.place(name).chmod(int(mode, 8))


def do_env(scenario, line):
    name, value = line.split("=", 1)
    scenario.environment[name] = value


def do_stdin(scenario, text):
    scenario.stdin = os.fsencode(unescape(text))


# --- running -------------------------------------------------------------------------------------

def do_run(scenario, command):
    check_status_was_expected(scenario)
    process = subprocess.Popen(["/bin/sh", "-c", command], cwd=scenario.folder,
                               env=scenario.environment, stdin=subprocess.PIPE,
                               stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                               start_new_session=True)
    try:
        stdout, stderr = process.communicate(scenario.stdin, timeout=RUN_TIMEOUT_SECONDS)
    finally:
        end_session(process.pid)
        process.wait()
    scenario.stdin = b""
    scenario.result = Result(command, process.returncode, stdout, stderr)


def end_session(leader):
    """Ends what a command may have left in the background."""
    try:
        os.killpg(leader, signal.SIGKILL)
    except ProcessLookupError:
        pass  # nothing was left


def check_status_was_expected(scenario):
    """A command whose exit line is missing must have ended with 0."""
    result = scenario.result
    if result and not result.status_checked:
        do_exit(scenario, "0")


# --- checking ------------------------------------------------------------------------------------

def do_exit(scenario, status):
    scenario.result.status_checked = True
    if scenario.result.status != int(status):
        raise Failure(f"exit status is {scenario.result.status}, not {status}")


def check_stream(name, text, expectation):
    what, _, wanted = expectation.partition(" ")
    wanted = unescape(wanted)
    if what == "empty":
        good = text == ""
    elif what == "is":
        good = text.rstrip("\n") == wanted
    elif what == "has":
        good = wanted in text
    elif what == "lacks":
        good = wanted not in text
    elif what == "matches":
        good = re.search(expectation.partition(" ")[2], text, re.MULTILINE) is not None
    elif what == "lines":
        good = len(text.splitlines()) == int(wanted)
    else:
        raise ValueError(f"{name} {what}: not known")
    if not good:
        raise Failure(f"{name} does not hold: {expectation}")


def do_stdout(scenario, expectation):
    check_stream("stdout", scenario.result.stdout, expectation)


def do_stderr(scenario, expectation):
    check_stream("stderr", scenario.result.stderr, expectation)


SELECTOR = re.compile(r"^\[([^\]]*)\]\s+(.*)$")
MISSING = object()


def selected(scenario, selector):
    """Lines of JSON that a selector names: *, a number from 1, -1 for the last, or key=value, …"""
    lines = scenario.result.json_lines()
    if selector == "*":
        return lines
    if re.fullmatch(r"-?\d+", selector):
        number = int(selector)
        at = number - 1 if number > 0 else number
        return [lines[at]] if -len(lines) <= at < len(lines) else []
    wanted = [pair.split("=", 1) for pair in re.split(r",\s*", selector)]
    return [line for line in lines
            if all(str(lookup(line, key)) == unescape(value) for key, value in wanted)]


def lookup(value, path):
    """Members by name, list elements by number, # for a length."""
    for step in path.split("."):
        if step == "#" and isinstance(value, (list, dict)):
            value = len(value)
        elif isinstance(value, dict) and step in value:
            value = value[step]
        elif isinstance(value, list) and step.isdigit() and int(step) < len(value):
            value = value[int(step)]
        else:
            return MISSING
    return value


COMPARISONS = {
    "==": lambda value, wanted: value == json.loads(wanted),
    "!=": lambda value, wanted: value is not MISSING and value != json.loads(wanted),
    ">=": lambda value, wanted: value is not MISSING and value >= json.loads(wanted),
    "<=": lambda value, wanted: value is not MISSING and value <= json.loads(wanted),
    "~": lambda value, wanted: isinstance(value, str) and re.search(wanted, value) is not None,
    "present": lambda value, wanted: value is not MISSING,
    "absent": lambda value, wanted: value is MISSING,
}


def do_json(scenario, line):
    selector, rest = SELECTOR.match(line).groups()
    path, comparison, *wanted = rest.split(None, 2)
    lines = selected(scenario, selector)
    if not lines:
        raise Failure(f"no line of JSON is [{selector}]")
    for value in (lookup(each, path) for each in lines):
        if not COMPARISONS[comparison](value, wanted[0] if wanted else ""):
            found = "missing" if value is MISSING else json.dumps(value)
            raise Failure(f"json {line}: it is {found}")


def do_count(scenario, line):
    selector, wanted = SELECTOR.match(line).groups()
    found = len(selected(scenario, selector))
    if found != int(wanted):
        raise Failure(f"{found} lines of JSON are [{selector}], not {wanted}")


def do_keys(scenario, line):
    selector, names = SELECTOR.match(line).groups()
    lines = selected(scenario, selector)
    if not lines:
        raise Failure(f"no line of JSON is [{selector}]")
    for each in lines:
        absent = [name for name in names.split() if lookup(each, name) is MISSING]
        if absent:
            raise Failure(f"keys are absent: {' '.join(absent)}")


def do_exists(scenario, name):
    if not os.path.lexists(scenario.place(name)):
        raise Failure(f"{name} does not exist")


def do_missing(scenario, name):
    if os.path.lexists(scenario.place(name)):
        raise Failure(f"{name} exists")


def do_private(scenario, name):
    mode = stat.S_IMODE(scenario.place(name).stat().st_mode)
    if mode & 0o077:
        raise Failure(f"{name} has mode {mode:o}; others can reach it")


def do_same(scenario, line):
    first, second = line.split()
    if scenario.place(first).read_bytes() != scenario.place(second).read_bytes():
        raise Failure(f"{first} and {second} differ")


def do_content(scenario, line):
    name, expectation = line.split(None, 1)
    text = scenario.place(name).read_text(encoding="utf-8", errors="surrogateescape")
    check_stream(name, text, expectation)


KEYWORDS = {
    "needs": do_needs, "file": do_file, "dir": do_dir, "link": do_link, "fifo": do_fifo,
    "socket": do_socket, "mode": do_mode, "env": do_env, "stdin": do_stdin, "run": do_run,
    "exit": do_exit, "stdout": do_stdout, "stderr": do_stderr, "json": do_json, "count": do_count,
    "keys": do_keys, "exists": do_exists, "missing": do_missing, "private": do_private,
    "same": do_same, "content": do_content, "title": lambda scenario, line: None,
}


def run(path, folder, environment):
    """Runs the scenario in `folder`. Raises Failure or Skip; returns when all of it holds."""
    scenario = Scenario(path, folder, environment)
    lines = path.read_text(encoding="utf-8").splitlines()
    for number, line in enumerate(lines, 1):
        if not line.strip() or line.startswith("#"):
            continue
        keyword, _, rest = line.partition(" ")
        try:
            KEYWORDS[keyword](scenario, rest.strip())
        except Failure as failure:
            raise Failure(explain(path, number, failure, scenario.result)) from None
        except subprocess.TimeoutExpired:
            raise Failure(f"{path.name}:{number}: no end after {RUN_TIMEOUT_SECONDS} s") from None
        except (KeyError, ValueError, AttributeError, OSError) as error:
            raise Failure(explain(path, number, f"{type(error).__name__}: {error}",
                                  scenario.result)) from None
    try:
        check_status_was_expected(scenario)
    except Failure as failure:
        raise Failure(explain(path, len(lines), failure, scenario.result)) from None


def explain(path, number, failure, result):
    text = f"{path.name}:{number}: {failure}"
    if result:
        text += (f"\nran: {result.command}\nexit status: {result.status}"
                 f"\nstdout:\n{result.stdout[:4000]}\nstderr:\n{result.stderr[:4000]}")
    return text


def remove_folder(folder):
    """Removes a scenario's folder, also where it took its own permissions away."""
    for root, folders, _ in os.walk(folder):
        for name in folders:
            path = os.path.join(root, name)
            if not os.path.islink(path):
                os.chmod(path, 0o700)
    shutil.rmtree(folder, ignore_errors=True)
