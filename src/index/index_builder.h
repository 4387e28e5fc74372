// SPDX-License-Identifier: Apache-2.0
//
// IndexBuilder: makes an index file (index_format.h) from rows in any order.
//
//     new --add*--> write --> free
//
// Rows are sorted and repeats dropped in bounded memory (row_sorter.h), written to a temporary file
// in the folder of the target and put in its place in one step, durably, with mode 0600. Readers
// that have the old file open keep it. Dying at any moment leaves the old file; what a dead builder
// left behind is removed by the next one.
#pragma once

#include "index/index_types.h"

#include <glib.h>
#include <stdbool.h>

typedef struct IndexBuilder IndexBuilder;

typedef struct {
    size_t memory_bytes; // for rows; 0: 640 MiB. Tables take 16 bytes a PDQ value on top
} IndexBuilderOptions;

// What the file is said to hold: every change to the sets up to and including covered_seq.
typedef struct {
    uint64_t generation;
    uint64_t covered_seq;
} IndexStamp;

// `path`: of the file that write will make; its folder must exist.
IndexBuilder *index_builder_new(const char *path, IndexBuilderOptions options, GError **err);

// CLEW_ERROR_INVALID: a type that does not exist. IO: no room for a run of sorted rows.
bool index_builder_add(IndexBuilder *builder, const IndexRow *rows, size_t count, GError **err);

// Once. LIMIT: more than 2^31 - 1 rows of one type. IO: the file could not be written; the old one
// is untouched.
bool index_builder_write(IndexBuilder *builder, IndexStamp stamp, GError **err);

void index_builder_free(IndexBuilder *builder);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(IndexBuilder, index_builder_free)
