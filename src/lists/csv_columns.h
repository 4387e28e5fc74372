// SPDX-License-Identifier: Apache-2.0
//
// What the columns of a table of entries mean, by their headings, by --columns or, without either,
// by values that can only be digests; and how a record becomes an entry.
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stddef.h>

#include "lists/csv_reader.h"
#include "lists/list_format.h"

typedef enum {
    ROLE_NONE, // not read
    ROLE_HASH,
    ROLE_BARE_HASH, // its type follows from ROLE_HASH_TYPE's value or from its length
    ROLE_HASH_TYPE,
    ROLE_CATEGORY,
    ROLE_SERIES,
    ROLE_NAME,
    ROLE_KEY,
    ROLE_SIZE,
    ROLE_COMMENT,
    ROLE_VICTIM,
    ROLE_OFFENDER,
    ROLE_DISTRIBUTED,
    ROLE_MEDIA_TYPE, // "Video", "video/mp4"
    ROLE_EXTRA,      // kept in extra_json under its heading
} ColumnRole;

typedef struct {
    ColumnRole role;
    HashType type; // ROLE_HASH
    char *heading; // ROLE_EXTRA
} CsvColumn;

typedef struct {
    CsvColumn *columns;
    size_t count;
    size_t hash_columns; // of ROLE_HASH and ROLE_BARE_HASH
} CsvColumns;

// From a record of headings; `extra` lists headings to keep as ROLE_EXTRA, NULL-terminated, or is
// NULL. A heading that comes twice counts where it comes first.
CsvColumns csv_columns_from_headings(const CsvField *fields, size_t count,
                                     const char *const *extra);

// From --columns; hash_columns is 0 when it names no hash.
CsvColumns csv_columns_from_options(const ListReadOptions *options);

// From the values of a record without headings: columns that are digests by their length.
CsvColumns csv_columns_from_values(const CsvField *fields, size_t count,
                                   const ListReadOptions *options);

void csv_columns_clear(CsvColumns *columns);

// Turns a record into an entry and hands it over; values that are wrong are refused one by one.
bool csv_columns_emit(const CsvColumns *columns, const CsvReader *record,
                      const ListReadOptions *options, const ListSink *sink, GError **err);
