#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The documents against the code and against one another."""
import re
import shutil
import subprocess

import tap

DOCUMENTS = ["README.md", "CHANGELOG.md", "SECURITY.md", "tests/cli/README.md"]


def documents():
    return [tap.SOURCE / name for name in DOCUMENTS] + sorted((tap.SOURCE / "docs").glob("*.md"))


def text_of(name):
    return (tap.SOURCE / name).read_text(encoding="utf-8")


def json_keys():
    """Every key that a record or a match is printed with, from the source."""
    source = text_of("src/model/record_json.c")
    keys = set(re.findall(r'json_(?:write_)?(?:member_\w+|key)\(json, "([a-z0-9_]+)"', source))
    keys |= set(re.findall(r'write_t(?:ext|ime)\(json, "([a-z0-9_]+)"', source))
    keys |= set(re.findall(r'= "(pdq_\w+_quality)"', source))
    assert len(keys) > 30, f"the keys were not found: {keys}"
    return keys


def test_every_json_key_is_documented():
    places = ["docs/json.md", "man/clew-json.5.scd"]
    texts = {name: text_of(name).replace("\\_", "_") for name in places}
    tap.fail_with(f"{key} is not in {name}" for name in places for key in sorted(json_keys())
                  if not re.search(rf"[`*]{key}[`*]", texts[name]))


def test_every_key_that_a_command_prints_is_documented():
    text = text_of("docs/json.md")
    problems = []
    for path in sorted((tap.SOURCE / "src" / "apps" / "clew").glob("*.c")):
        if path.name == "case_sink_server.c":  # what it writes is api/openapi.yaml's to describe
            continue
        source = path.read_text(encoding="utf-8")
        keys = set(re.findall(r'json_write_(?:member_\w+|key)\(&?json, "([a-z0-9_]+)"', source))
        problems += [f"{path.name}: {key}" for key in sorted(keys) if f"`{key}`" not in text]
    tap.fail_with(problems)


def test_every_list_format_is_in_its_page():
    text = text_of("man/clew-formats.5.scd")
    problems = []
    for path in sorted((tap.SOURCE / "src" / "lists").glob("*.c")):
        for name in re.findall(r'^    \.name = "([a-z]+)"', path.read_text(encoding="utf-8"),
                               re.MULTILINE):
            if f"*{name}*" not in text:
                problems.append(f"{path.name}: {name}")
    tap.fail_with(problems)


def names_in(source, function):
    """The quoted names in the table of one function."""
    body = re.search(rf"{function}\(.*?\n}}", text_of(source), re.DOTALL)[0]
    return re.findall(r'= "([a-z_0-9]+)"', body)


def test_every_status_and_finding_is_documented():
    text = text_of("docs/json.md")
    names = (names_in("src/model/record.c", "status_name")
             + names_in("src/model/record.c", "finding_type_name"))
    assert len(names) >= 12, names
    tap.fail_with(f"{name} is not in docs/json.md" for name in names if f"`{name}`" not in text)


def test_every_link_leads_somewhere():
    problems = []
    for document in documents():
        for target in re.findall(r"\]\(([^)#]+)\)", document.read_text(encoding="utf-8")):
            if not target.startswith("https://") and not (document.parent / target).exists():
                problems.append(f"{document.name}: {target}")
    tap.fail_with(problems)


def test_every_path_named_in_the_documents_exists():
    named = re.compile(r"`((?:src|docs|tests|tools|demo|bench|man|schemes)/[A-Za-z0-9_./-]+)`")
    problems = []
    for document in documents():
        for path in named.findall(document.read_text(encoding="utf-8")):
            if not (tap.SOURCE / path).exists() and not re.search("NAME|PATH", path):
                problems.append(f"{document.name}: {path}")
    tap.fail_with(problems)


def test_every_make_target_named_exists():
    targets = set(re.findall(r"^([a-z-]+):", text_of("Makefile"), re.MULTILINE))
    tap.fail_with(f"{document.name}: make {target}" for document in documents()
                  for target in re.findall(r"`make ([a-z-]+)", document.read_text(encoding="utf-8"))
                  if target not in targets)


def test_the_changelog_has_the_version_being_built():
    version = re.search(r"version: '([^']+)'", text_of("meson.build"))[1]
    text = text_of("CHANGELOG.md")
    assert f"## [{version}]" in text or "## [Unreleased]" in text


def test_man_pages_render_without_a_warning():
    if not shutil.which("man"):
        raise tap.Skip("man is not installed")
    pages = sorted(path for path in (tap.BUILD / "man").glob("clew*.[158]") if path.is_file())
    assert len(pages) >= 6, f"pages were not built: {pages}"
    problems = []
    for page in pages:
        done = subprocess.run(["man", "--warnings", "-E", "UTF-8", "-l", "-Tutf8", "-Z", page],
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE, check=False,
                              env={"LC_ALL": "C.UTF-8", "MANWIDTH": "80", "PATH": "/usr/bin:/bin"})
        warnings = done.stderr.decode(errors="replace")
        if done.returncode != 0 or warnings:
            problems.append(f"{page.name}: {warnings}")
    tap.fail_with(problems)


if __name__ == "__main__":
    tap.main(globals())
