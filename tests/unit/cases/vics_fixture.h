// SPDX-License-Identifier: Apache-2.0
//
// Case documents brought into the case of a CaseworkFixture through the real list worker.
#pragma once

#include <stdio.h>

#include "cases/vics_import.h"
#include "casework_fixture.h"

Zygote *vics_fixture_zygote(void);

// A document in a file of its own, unlinked; close it.
FILE *vics_fixture_file(const char *text);
// One of many media, number 0 to count - 1: MD5 and SHA-1 are the number in 32 and 40 digits.
FILE *vics_fixture_many(unsigned count);

// Imports and insists on success; *ret_was_there may be NULL. Yours.
VicsDocumentRow *vics_fixture_import(CaseworkFixture *fixture, FILE *file, bool *ret_was_there);

// The digests that number stands for.
Digests vics_fixture_digests(unsigned number);

// What a query without parameters counts.
int64_t vics_fixture_count(CaseworkFixture *fixture, const char *sql);
