// SPDX-License-Identifier: Apache-2.0
//
// RowSorter: any number of 48-byte rows, sorted and without repeats, in bounded memory. Rows
// compare byte by byte, so a row's fields are laid out in the order of importance, numbers highest
// byte first. What does not fit the memory is written as sorted runs to unnamed files in a folder
// and merged at the end. Plain libc.
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define ROW_BYTES 48u

typedef struct {
    uint8_t bytes[ROW_BYTES];
} SortRow;

typedef struct RowSorter RowSorter;

// `folder` takes the runs (mode 0600, never visible by name for longer than it takes to unlink
// them). memory_bytes bounds the rows held; at least 1 MiB is used. NULL: no memory.
RowSorter *row_sorter_new(const char *folder, size_t memory_bytes);

void row_sorter_free(RowSorter *sorter);

// False: errno says why (ENOMEM, or what writing a run failed with).
bool row_sorter_add(RowSorter *sorter, const SortRow *row);

// No more rows follow; they can be read from now on. False: errno.
bool row_sorter_finish(RowSorter *sorter);

// Distinct rows, after finish.
uint64_t row_sorter_count(const RowSorter *sorter);

// Goes to row number `first`; then row_sorter_next gives one row after another, NULL at the end or,
// with *ret_errno not 0, when reading failed. The row is borrowed until the next call.
void row_sorter_seek(RowSorter *sorter, uint64_t first);
const SortRow *row_sorter_next(RowSorter *sorter, int *ret_errno);
