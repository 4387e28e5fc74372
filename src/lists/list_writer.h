// SPDX-License-Identifier: Apache-2.0
//
// ListWriter: writes the entries of a set in a format that others read. Runs in the program: what
// it writes comes from Clew's own store, and it links no parser of strangers' files. Entries
// stream; memory does not grow with the set.
//
//   list_writer_new -> list_writer_entry … -> list_writer_end -> list_writer_left_out -> free
//
// No format holds everything. What has no place in one is left out and counted, never bent.
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "model/hash_list.h"

// Where the text goes.
typedef struct {
    bool (*write)(void *user_data, const void *bytes, size_t size_bytes, GError **err);
    void *user_data;
} ListOutput;

// What is known of the set before its first entry; texts borrowed until the writer is freed.
typedef struct {
    const char *scheme; // id of the categories' scheme; NULL: none
    const char *remark; // one line for formats that have remarks: program, set, generation; or NULL
    uint64_t hashes[HASH_TYPE_COUNT]; // how many of each type: decides the columns of hashdeep
    uint64_t videos;                  // entries that are videos
} ListWriterFacts;

typedef struct ListWriterFormat ListWriterFormat;
typedef struct ListWriter ListWriter;

// What was left out so far for want of a place.
typedef struct {
    uint64_t entries;          // whole entries: no hash of a type that the format needs
    uint64_t hashes;           // of entries that were written
    uint64_t categories;       // of entries that were written: not of the format's kind
    uint64_t frames, segments; // of entries that were written
} ListLeftOut;

// NULL when there is no such format to write.
const ListWriterFormat *list_writer_format_by_name(const char *name);
// All of them, NULL-terminated, and what to tell of each.
const ListWriterFormat *const *list_writer_formats(void);
const char *list_writer_format_name(const ListWriterFormat *format);
const char *list_writer_format_summary(const ListWriterFormat *format);
// Whether entries are to be given with their frames.
bool list_writer_format_has_frames(const ListWriterFormat *format);

ListWriter *list_writer_new(const ListWriterFormat *format, const ListWriterFacts *facts,
                            const ListOutput *output);
// Entries that are a deletion are passed over. Frames that are only counted (frames NULL) are not
// written.
bool list_writer_entry(ListWriter *writer, const ListEntry *entry, GError **err);
// Closes the document. The caller then commits the file.
bool list_writer_end(ListWriter *writer, GError **err);
ListLeftOut list_writer_left_out(const ListWriter *writer);
uint64_t list_writer_written(const ListWriter *writer);

void list_writer_free(ListWriter *writer);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ListWriter, list_writer_free)
