// SPDX-License-Identifier: Apache-2.0
//
// ListSourceDigest: the SHA-256 of a list file, computed beside its import by a thread of its own,
// and whether the file stayed as it was meanwhile. A pipe can be read only once and has none.
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

#include "model/digest_set.h"

typedef struct ListSourceDigest ListSourceDigest;

// `descriptor` is borrowed until the end; its offset is not moved.
ListSourceDigest *list_source_digest_begin(int descriptor, const char *name);

// False for pipes: then there is nothing to ask.
bool list_source_is_file(const ListSourceDigest *source);
uint64_t list_source_bytes(const ListSourceDigest *source);

// Waits for the thread. CLEW_ERROR_CONFLICT when the file changed meanwhile, CLEW_ERROR_IO when it
// could not be read.
bool list_source_digest_end(ListSourceDigest *source, uint8_t ret_sha256[SHA256_BYTES],
                            GError **err);

// Stops the thread if it still runs.
void list_source_digest_free(ListSourceDigest *source);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ListSourceDigest, list_source_digest_free)
