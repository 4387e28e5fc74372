// SPDX-License-Identifier: Apache-2.0
//
// Retrieve: the bytes that a path or a locator names, whether they are a file or lie deep inside
// one, byte for byte and without decoding.
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

#include "cases/evidence_reader.h"
#include "model/digest_set.h"
#include "model/locator.h"

typedef struct {
    char *path, *locator;
    uint64_t size_bytes;
    Digests digests; // of what was handed out
} Retrieved;

void retrieved_clear(Retrieved *retrieved);

typedef bool RetrieveWrite(void *user_data, const uint8_t *bytes, size_t size_bytes, GError **err);

// Hands the bytes to `write` piece by piece. CLEW_ERROR_NOT_FOUND when nothing is there;
// CLEW_ERROR_CONFLICT when several items have this path: `candidates` (of Candidate *) then holds
// them; else what reading failed with.
bool retrieve(const Locator *locator, EvidenceReaderOptions options, RetrieveWrite *write,
              void *user_data, GPtrArray *candidates, Retrieved *ret_retrieved, GError **err);
