#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""POST /api/v1/match over HTTP: batches of 100 hashes against a million perceptual hashes and a
million digests, two connections that are kept open.

    bench_match.py ADDRESS TOKEN PDQ_LIST SHA256_LIST [SECONDS]

clewd runs at ADDRESS (HOST:PORT) with --match-rate large enough; the lists, one hash a line, are
those its sets were made of. One hash in ten is a listed one, half of these with a few bits changed
where they are perceptual. Prints hashes a second, and the time of a request.
"""
import http.client
import json
import multiprocessing
import random
import sys
import time

CONNECTIONS = 2
BATCH = 100
BODIES = 200
LISTED_ONE_IN = 10
BITS_CHANGED = 12


def near(random_, value):
    number = int(value, 16)
    for bit in random_.sample(range(256), BITS_CHANGED):
        number ^= 1 << bit
    return f"{number:064x}"


def hash_of(random_, kind, listed):
    if random_.randrange(LISTED_ONE_IN):
        return f"{random_.getrandbits(256):064x}"
    value = random_.choice(listed)
    return near(random_, value) if kind == "pdq" and random_.randrange(2) else value


def bodies(seed, kinds, lists):
    random_ = random.Random(seed)
    made = []
    for _ in range(BODIES):
        hashes = [{"type": kind, "value": hash_of(random_, kind, lists[kind])}
                  for kind in (random_.choice(kinds) for _ in range(BATCH))]
        made.append(json.dumps({"hashes": hashes}).encode())
    return made


def ask(address, token, made, seconds, out):
    link = http.client.HTTPConnection(address, timeout=60)
    headers = {"Content-Type": "application/json", "Authorization": "Bearer " + token}
    times, found, end = [], 0, time.monotonic() + seconds
    while time.monotonic() < end:
        body = made[len(times) % len(made)]
        begun = time.monotonic()
        link.request("POST", "/api/v1/match", body, headers)
        reply = link.getresponse()
        text = reply.read()
        times.append(time.monotonic() - begun)
        assert reply.status == 200, text
        found += text.count(b'"reference"')
    out.put((times, found))


def measure(name, kinds, address, token, lists, seconds):
    out = multiprocessing.Queue()
    runs = [multiprocessing.Process(target=ask, args=(address, token, bodies(i, kinds, lists),
                                                      seconds, out)) for i in range(CONNECTIONS)]
    for run in runs:
        run.start()
    results = [out.get() for _ in runs]
    for run in runs:
        run.join()
    times = sorted(t for part, _ in results for t in part)
    found = sum(part for _, part in results)
    print(f"{name}: {len(times) * BATCH / seconds:,.0f} hashes/s, request median "
          f"{times[len(times) // 2] * 1000:.1f} ms, p95 {times[len(times) * 95 // 100] * 1000:.1f} "
          f"ms, {found / (len(times) * BATCH):.1%} known")


def main():
    address, token, *paths = sys.argv[1:5]
    seconds = float(sys.argv[5]) if len(sys.argv) > 5 else 10
    lists = {}
    for kind, path in zip(("pdq", "sha256"), paths):
        with open(path, encoding="ascii") as file:
            lists[kind] = file.read().split()
    measure("digests", ["sha256"], address, token, lists, seconds)
    measure("perceptual", ["pdq"], address, token, lists, seconds)
    measure("both", ["sha256", "pdq"], address, token, lists, seconds)


if __name__ == "__main__":
    main()
