#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""No symbol of a library that was sealed may be seen: two of these libraries in one program would
use each other's helpers, which are of different years (tools/seal-object.sh).

    test_sealed.py NM SEALED-OBJECT… -- PROGRAM…
"""
import re
import subprocess
import sys

LIBRARIES = re.compile(r"^lib(bfio|cdata|cerror|cfile|clocale|cnotify|cpath|csplit|cthreads|ewf|"
                       r"fcache|fdata|fdatetime|fguid|fmapi|fvalue|fwnt|mfdata|pff|qcow|una|vhdi|"
                       r"vmdk)_")


def symbols(nm, path, *options):
    text = subprocess.run([nm, "--format=posix", *options, path], check=True, text=True,
                          stdout=subprocess.PIPE).stdout
    return {line.split()[0] for line in text.splitlines() if line.strip()}


def shown(nm, path):
    return sorted(name for name in symbols(nm, path, "--extern-only", "--defined-only")
                  if LIBRARIES.match(name))


def wanted(nm, path):
    """Of a sealed object: what it would take from another's helpers."""
    return sorted(name for name in symbols(nm, path, "--undefined-only") if LIBRARIES.match(name))


def main():
    nm, *rest = sys.argv[1:]
    objects, programs = rest[:rest.index("--")], rest[rest.index("--") + 1:]
    checks = [(f"{path} shows nothing of its libraries", shown, path) for path in objects + programs]
    checks += [(f"{path} takes nothing from other libraries", wanted, path) for path in objects]
    checks += [(f"{path} holds a library at all",
                lambda nm, path: [] if any(map(LIBRARIES.match, symbols(nm, path))) else ["none"],
                path) for path in objects]
    print(f"1..{len(checks)}")
    for number, (name, check, path) in enumerate(checks, 1):
        found = check(nm, path)
        print(f"{'not ok' if found else 'ok'} {number} {name}")
        for symbol in found[:5]:
            print(f"# {symbol}")


if __name__ == "__main__":
    main()
