// SPDX-License-Identifier: Apache-2.0
//
// Hash-list formats as descriptors in one table: adding a format is one file and one row
// (docs/adding-a-format.md). Readers run in clew-list-worker on a source that can only be read;
// writers run in the program. Entries stream: memory does not grow with the file.
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "model/hash_list.h"

// Where a reader gets its bytes: pread-like, so that formats that seek (SQLite) work too. Returns
// bytes read (0 at the end), or -1 with errno set.
typedef struct {
    int64_t (*read_at)(void *user_data, uint64_t offset, void *target, size_t size_bytes);
    uint64_t size_bytes; // UINT64_MAX when unknown (a pipe): then offsets only ever grow
    void *user_data;
} ListSource;

// What a document says of itself before or among its entries.
typedef struct {
    char *description;       // "VICS 2.0 hash set, region US"
    char *scheme;            // id of a category scheme the format or document states; else NULL
    bool is_benign;          // the format declares known benign files (VICS 1.2 NIST set, NSRL)
    uint64_t declared_count; // entries the document says it holds; 0 when it does not
} ListHeader;

// Where a reader delivers. Each returns false to stop the reader (cancelled, strict, or broken
// pipe); the reader then returns false with CLEW_ERROR_CANCELLED.
typedef struct {
    // Comes before the first entry, and again when the document later says more of itself.
    bool (*header)(void *user_data, const ListHeader *header);
    bool (*entry)(void *user_data, const ListEntry *entry); // borrowed until it returns
    // One entry, or one value of an entry that otherwise stands, that was refused: where (in the
    // format's position_unit), and why, in a phrase.
    bool (*refused)(void *user_data, uint64_t position, const char *reason);
    void *user_data;
} ListSink;

typedef struct {
    bool has_default_type;
    HashType default_type; // bare values of ambiguous length (--type)
    // CSV: which column is what, 1-based; 0 when not given. From --columns md5=1,category=4.
    unsigned column_of_hash[HASH_TYPE_COUNT];
    unsigned column_of_category, column_of_name, column_of_key, column_of_size;
} ListReadOptions;

// Fills the columns from the text of --columns, "md5=1,category=4": a hash type, category, name,
// key or size, each with a column counted from 1. CLEW_ERROR_INVALID says what is wrong.
bool list_read_options_parse_columns(ListReadOptions *options, const char *text, GError **err);

typedef struct {
    const char *name;          // "vics", for --format
    const char *summary;       // "Project VIC VICS JSON 1.2, 1.3, 2.0"
    const char *position_unit; // what positions count: "line", "byte" or "row"
    // 0 no, 1 could be, 2 surely: asked of the first bytes when no --format is given; "surely"
    // settles it before the rest of LIST_RECOGNISE_BYTES has come.
    int (*recognise)(const uint8_t *bytes, size_t size_bytes);
    // Reads the whole source. False with CLEW_ERROR_CORRUPT and a message that names the position
    // when the document itself breaks; entries delivered before then stand or fall with the
    // import's transaction.
    bool (*read)(const ListSource *source, const ListReadOptions *options, const ListSink *sink,
                 GError **err);
} ListFormat;

// What recognising looks at, at most.
#define LIST_RECOGNISE_BYTES 8192u

// NULL when there is no such format.
const ListFormat *list_format_by_name(const char *name);
// The format that recognises these first bytes best, or NULL. *ret_sure (may be NULL) says whether
// more bytes could change the answer.
const ListFormat *list_format_recognise(const uint8_t *bytes, size_t size_bytes, bool *ret_sure);
// All formats, in the order they are tried; NULL-terminated.
const ListFormat *const *list_formats(void);

// Before the process locks itself: starts the parsers that start lazily.
bool list_formats_prepare(GError **err);

// Versions of the parsers inside, for provenance: "expat_2.5.0, SQLite 3.40.1".
const char *list_formats_versions(void);
