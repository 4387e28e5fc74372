// SPDX-License-Identifier: Apache-2.0
//
// What a reader says of a list, as lines of text, so that a test can compare all of it at once.
#pragma once

#include <glib.h>
#include <stddef.h>
#include <stdint.h>

#include "lists/list_format.h"

// A list in memory as a source that gives at most `chunk_bytes` a read (0: as much as is asked).
typedef struct {
    const uint8_t *bytes;
    size_t size_bytes;
    size_t chunk_bytes;
    bool is_pipe;
} MemoryList;

// The source borrows `list`.
ListSource memory_list_source(MemoryList *list);

// Reads the list and renders it; newly allocated. `options` may be NULL.
char *render_list(const ListFormat *format, MemoryList list, const ListReadOptions *options);

// The same for text, with everything in one read.
char *render_text(const char *format, const char *text, const ListReadOptions *options);

// One line for one entry, newly allocated: "entry 12 md5=… category=1".
char *render_entry(const ListEntry *entry);

// A SQLite database made from SQL statements, newly allocated.
uint8_t *database_from_sql(const char *sql, size_t *ret_size_bytes);
