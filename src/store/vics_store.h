// SPDX-License-Identifier: Apache-2.0
//
// Rows of imported case documents. The rules are in cases/vics_import.h; everything here is inside
// the caller's transaction, ids and seq are the caller's.
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

#include "model/digest_set.h"
#include "model/vics_case.h"
#include "store/database.h"

typedef struct {
    uint64_t id, seq, case_id, account_id;
    char *name;
    uint8_t sha256[SHA256_BYTES];
    uint64_t size_bytes;
    bool is_complete;
    char *frame; // NULL until complete; not read by vics_document_rows_list
    char *version, *region, *scheme, *case_number, *application;
    uint64_t media, identifiers, files, not_understood, photodna, photodna_bad;
    int64_t added_us;
} VicsDocumentRow;

void vics_document_row_free(VicsDocumentRow *row);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(VicsDocumentRow, vics_document_row_free)

// *ret_row is NULL without an error when there is none.
bool vics_document_rows_get(Database *database, uint64_t case_id, uint64_t id,
                            VicsDocumentRow **ret_row, GError **err);
bool vics_document_rows_find(Database *database, uint64_t case_id,
                             const uint8_t sha256[SHA256_BYTES], VicsDocumentRow **ret_row,
                             GError **err);
// Those that are complete, by id: appends VicsDocumentRow *.
bool vics_document_rows_list(Database *database, uint64_t case_id, GPtrArray *rows, GError **err);
bool vics_document_rows_insert(Database *database, const VicsDocumentRow *row, GError **err);
// Writes what may change: state, frame, what it says of itself, counts, seq.
bool vics_document_rows_update(Database *database, const VicsDocumentRow *row, GError **err);

typedef struct {
    uint64_t id, seq, document_id, case_id, ordinal;
} VicsElementKey;
// With what is derived from them.
bool vics_media_rows_insert(Database *database, const VicsElementKey *key, const VicsMedia *media,
                            GError **err);
bool vics_identifier_rows_insert(Database *database, const VicsElementKey *key,
                                 const VicsIdentifier *identifier, GError **err);

// What a complete document of the case says of a media.
typedef struct {
    uint64_t document_id, vics_media_id;
    char *document_name, *scheme;
    bool is_weak; // known by its MD5 alone
    char *category, *category_source, *series;
    int victim_identified; // 1, 0, -1: not said
} VicsSaying;

void vics_saying_free(VicsSaying *saying);
// Appends VicsSaying *, in the order of documents and elements.
bool vics_rows_say(Database *database, uint64_t case_id, const Digests *digests, GPtrArray *sayings,
                   GError **err);
