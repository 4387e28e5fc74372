#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The help of every command against its man page and against the command table."""
import re
import subprocess

import tap

GLOBAL = {"data", "json", "quiet", "help", "version"}


def help_of(*command):
    done = subprocess.run([tap.CLEW, *command, "--help"], stdout=subprocess.PIPE, text=True,
                          stderr=subprocess.PIPE, check=False)
    assert done.returncode == 0, f"clew {' '.join(command)} --help: {done.stderr}"
    return done.stdout


def commands_in(text):
    """Names in the "Commands:" part of a help."""
    part = text.partition("\nCommands:\n")[2].partition("\n\n")[0]
    return re.findall(r"^  ([a-z]+) ", part, re.MULTILINE)


def options_in(text):
    return set(re.findall(r"^  --([a-z0-9-]+)", text, re.MULTILINE))


def page(name):
    path = tap.SOURCE / "man" / f"{name}.scd"
    assert path.exists(), f"man/{path.name} is missing"
    return path.read_text(encoding="utf-8")


def page_options(text):
    """Options a page defines: bold at the start of a line, as scdoc writes them."""
    return set(re.findall(r"^\*--([a-z0-9-]+)\*", text, re.MULTILINE))


def all_commands():
    """Every command as a tuple of words, subcommands included."""
    names = commands_in(help_of())
    assert names, "clew --help lists no command"
    for name in names:
        subcommands = commands_in(help_of(name))
        yield from [(name, sub) for sub in subcommands] if subcommands else [(name,)]


def test_every_option_is_in_the_man_page_of_its_command():
    problems = []
    for command in all_commands():
        defined = page_options(page(f"clew-{command[0]}.1"))
        for option in sorted(options_in(help_of(*command)) - GLOBAL - defined):
            problems.append(f"clew {' '.join(command)} --{option} is not in clew-{command[0]}.1")
    tap.fail_with(problems)


def test_every_option_of_a_man_page_exists():
    known = {}
    for command in all_commands():
        known.setdefault(command[0], set()).update(options_in(help_of(*command)))
    tap.fail_with(f"clew-{name}.1 has --{option}, the command does not"
                  for name, options in known.items()
                  for option in sorted(page_options(page(f"clew-{name}.1")) - options))


def test_global_options_are_in_the_main_page():
    assert options_in(help_of()) == GLOBAL
    assert GLOBAL <= page_options(page("clew.1")), "clew.1 lacks an option of every command"


def test_every_command_is_named_in_the_main_page():
    text = page("clew.1")
    tap.fail_with(f"clew.1 does not name clew-{name}" for name in commands_in(help_of())
                  if f"clew-{name}" not in text)


def test_every_subcommand_is_in_its_page():
    tap.fail_with(f"clew-{command[0]}.1 does not name {' '.join(command)}"
                  for command in all_commands() if len(command) == 2
                  and f"*clew {' '.join(command)}*" not in page(f"clew-{command[0]}.1"))


def help_of_clewd(*words):
    done = subprocess.run([tap.BUILD / "src" / "apps" / "clewd" / "clewd", *words, "--help"],
                          stdout=subprocess.PIPE, text=True, check=True)
    return done.stdout


def test_the_options_of_clewd_are_those_of_its_page():
    named = options_in(help_of_clewd())
    for command in commands_in(help_of_clewd()):
        named |= options_in(help_of_clewd(command))
        for sub in commands_in(help_of_clewd(command)):
            named |= options_in(help_of_clewd(command, sub))
    assert named == page_options(page("clewd.8"))


def test_every_command_of_clewd_is_in_its_page():
    text = page("clewd.8")
    tap.fail_with(f"clewd.8 does not name {name}" for name in commands_in(help_of_clewd())
                  if f"*clewd {name}" not in text)


def test_help_keeps_to_a_terminal():
    tap.fail_with(f"clew {' '.join(command)} --help: {line}" for command in all_commands()
                  for line in help_of(*command).splitlines() if len(line) > 100)


if __name__ == "__main__":
    tap.main(globals())
