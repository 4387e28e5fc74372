// SPDX-License-Identifier: Apache-2.0
//
// One VICS Media object -> one ListEntry.
//
// Members with a field of their own go there, AlternativeHashes become hashes, everything else is
// kept in extra_json as it came, so that it can be written back; Segments are both. Two exceptions:
// Miniature, a picture, is never kept, and DateUpdated is kept in strict form where its zone is
// known. IsPrecategorized says nothing (real lists set it on every entry): Category is the only
// verdict.
#pragma once

#include <glib.h>
#include <stdbool.h>

#include "lists/json_tokenizer.h"
#include "lists/list_format.h"
#include "lists/photodna_guard.h"

typedef struct {
    JsonTokenizer json;
    const ListSink *sink;
    PhotodnaGuard photodna;
    GString *spare; // a buffer of an entry that is done, for the next; or NULL
} VicsReader;

// Frees what reading left behind.
void vics_reader_clear(VicsReader *reader);

// Reads the object whose opening brace is `begin` and hands its entry to the sink. Where the
// object is a Case, its Media are handed over one by one instead.
bool vics_media_read(VicsReader *reader, const JsonToken *begin, GError **err);
