// SPDX-License-Identifier: Apache-2.0
//
// What a walk through an archive found, as one line that a test compares.
#pragma once

#include "walk_fixture.h"

// The status of the archive, then its members: "corrupt | ok a.jpg 4f60a9db | encrypted b -", with
// the first four bytes of their SHA-256. What lies deeper is left out. Newly allocated.
char *archive_describe(const Walked *walked);

// Walks bytes and compares.
void archive_assert(const void *bytes, size_t size, const char *name, const char *expected);
