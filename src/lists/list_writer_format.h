// SPDX-License-Identifier: Apache-2.0
//
// What the file of one written format sees of the writer, and the row it gives to the table.
#pragma once

#include "lists/list_writer.h"

struct ListWriterFormat {
    const char *name;
    const char *summary;
    bool has_frames, has_segments; // it has a place for these
    // Each appends to writer->text, which goes out in between.
    void (*begin)(ListWriter *writer);
    // False when the entry has no place; then nothing was appended.
    bool (*entry)(ListWriter *writer, const ListEntry *entry);
    void (*end)(ListWriter *writer); // may be NULL
};

struct ListWriter {
    const ListWriterFormat *format;
    ListWriterFacts facts;
    ListOutput output;
    GString *text;
    uint64_t written; // entries
    ListLeftOut left_out;
    unsigned columns; // hashdeep: bits 1 << HASH_…
};

extern const ListWriterFormat list_writer_vics;
extern const ListWriterFormat list_writer_hashdeep;
extern const ListWriterFormat list_writer_csv;
extern const ListWriterFormat list_writer_icse;
extern const ListWriterFormat list_writer_vpdq;

// The first hash of a type, or NULL.
const ListHash *list_entry_first(const ListEntry *entry, HashType type);

// Appends the hexadecimal digits of a computable value.
void list_append_hex(GString *text, const ListHash *hash, bool upper);

// Appends one cell and quotes it where needed (RFC 4180). Text that a spreadsheet would run (it
// begins with = + - or @) is guarded by a quote, which our reader takes away again.
void csv_append_cell(GString *text, const char *value, char delimiter);

// The value of a member of extra_json as text, newly allocated; NULL when it is absent, no scalar,
// or extra_json is none.
char *extra_member(const ListEntry *entry, const char *name);
