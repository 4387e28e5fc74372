// SPDX-License-Identifier: Apache-2.0
//
// Rows of identifiers of a case. The rules are in cases/identifiers.h.
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

#include "store/database.h"

#define IDENTIFIER_NONCE_BYTES 16u

typedef struct {
    uint64_t id, seq, case_id;
    uint64_t media_id, item_id; // 0: none
    char *kind, *value, *written, *source;
    bool has_at;
    int64_t at_us;
    uint16_t port; // 0: none
    int64_t made_us;
} IdentifierRow;
void identifier_row_free(IdentifierRow *row);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(IdentifierRow, identifier_row_free)

bool identifier_rows_insert(Database *database, const IdentifierRow *row,
                            const uint8_t nonce[IDENTIFIER_NONCE_BYTES], GError **err);
bool identifier_rows_delete(Database *database, uint64_t id, GError **err);
// *ret_row is NULL without an error when the case has no such one.
bool identifier_rows_get(Database *database, uint64_t case_id, uint64_t id, IdentifierRow **ret_row,
                         GError **err);
// Of IdentifierRow *, by id; when `media_id` is not 0, those found at that media or at an item of
// it.
bool identifier_rows_list(Database *database, uint64_t case_id, uint64_t media_id,
                          uint64_t after_id, unsigned limit, GPtrArray *rows, GError **err);
// How many rows say the same of the same place.
bool identifier_rows_same(Database *database, const IdentifierRow *row, uint64_t *ret_count,
                          GError **err);
