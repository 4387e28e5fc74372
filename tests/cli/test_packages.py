#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""tools/packages.txt against what the build files ask for, and against docs/dependencies.md."""
import re

import tap

# What meson.build names -> the Debian package that brings it.
PACKAGE_OF = {
    "glib-2.0": "libglib2.0-dev", "gobject-2.0": "libglib2.0-dev", "gio-2.0": "libglib2.0-dev",
    "gmodule-2.0": "libglib2.0-dev", "gmodule-no-export-2.0": "libglib2.0-dev",
    "libcrypto": "libssl-dev", "libjpeg": "libjpeg62-turbo-dev",
    "vips": "libvips-dev", "libexif": "libexif-dev", "libseccomp": "libseccomp-dev",
    "libavformat": "libavformat-dev", "libavcodec": "libavcodec-dev", "libavutil": "libavutil-dev",
    "libswscale": "libswscale-dev",
    "sqlite3": "libsqlite3-dev", "libpq": "libpq-dev",
    "expat": "libexpat1-dev", "jansson": "libjansson-dev",
    "libmicrohttpd": "libmicrohttpd-dev",
    "libcurl": "libcurl4-openssl-dev",
    "libsodium": "libsodium-dev", "liboath": "liboath-dev",
    "libxxhash": "libxxhash-dev", "scdoc": "scdoc",
    "tsk": "libtsk-dev", "libarchive": "libarchive-dev", "libqpdf": "libqpdf-dev",
    "gmime-3.0": "libgmime-3.0-dev", "libpff": "libpff-dev", "zlib": "zlib1g-dev",
    "libdeflate": "libdeflate-dev", "bz2": "libbz2-dev", "liblzma": "liblzma-dev",
    "libzstd": "libzstd-dev", "libgsf-1": "libgsf-1-dev", "libewf": "libewf-dev",
    "nm": "binutils", "objcopy": "binutils",
    "libewf": "libewf-dev",
    "faiss": "libfaiss-dev", "openblas": "libopenblas-dev", "threads": None, "m": None, "openmp": None,  # with the compiler
    "python3": None,  # brought by meson
}


def packages():
    """(group, package) rows."""
    for line in (tap.SOURCE / "tools" / "packages.txt").read_text(encoding="utf-8").splitlines():
        line = line.split("#")[0].split()
        if line:
            yield line[0], line[1]


def test_every_package_is_of_a_group_that_make_installs():
    makefile = (tap.SOURCE / "Makefile").read_text(encoding="utf-8")
    installed = {group for words in re.findall(r"install-packages\.sh (?:--check )?([a-z ]+)", makefile)
                 for group in words.split()}
    tap.fail_with(f"{package} is of the group {group}, which no target installs"
                  for group, package in packages() if group not in installed)


def build_names():
    """(file, name) of every dependency, library and program the build files look for."""
    call = re.compile(r"\b(?:dependency|find_library|find_program)\('([^']+)'")
    for path in sorted(tap.SOURCE.rglob("meson.build")):
        parts = path.relative_to(tap.SOURCE).parts
        if not parts[0].startswith("build"):
            for name in call.findall(path.read_text(encoding="utf-8")):
                if name.endswith((".py", ".sh")):  # of this project
                    continue
                yield path.relative_to(tap.SOURCE), name


def test_every_dependency_of_the_build_is_a_listed_package():
    listed = {package for group, package in packages() if group in ("build", "check", "bench")}
    problems = []
    for path, name in build_names():
        if name not in PACKAGE_OF:
            problems.append(f"{path}: '{name}': this test knows no package for it")
        elif PACKAGE_OF[name] and PACKAGE_OF[name] not in listed:
            problems.append(f"{path}: '{name}' needs {PACKAGE_OF[name]}")
    tap.fail_with(problems)


def test_every_library_package_is_used_by_the_build():
    used = {PACKAGE_OF.get(name) for _, name in build_names()}
    libraries = {package for group, package in packages()
                 if group in ("build", "check", "bench") and package.startswith("lib")
                 and package.endswith("-dev") and package not in ("libpff-dev", "libbfio-dev", "libc6-dev",
                                                                  "libclang-rt-14-dev")}
    tap.fail_with(f"{package} is installed for nothing" for package in sorted(libraries - used))


def test_every_package_is_explained_in_the_documents():
    text = (tap.SOURCE / "docs" / "dependencies.md").read_text(encoding="utf-8")
    tap.fail_with(f"{package} is not in docs/dependencies.md"
                  for package in sorted({package for _, package in packages()})
                  if f"`{package}`" not in text)


if __name__ == "__main__":
    tap.main(globals())
