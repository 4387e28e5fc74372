// SPDX-License-Identifier: Apache-2.0
//
// IndexFile: one index file (index_format.h), open for searching. Everything in it is secret: files
// that group or others may access are refused.
//
// Opening reads the header and the checksums, a few hundred kilobytes at most; the rest is loaded
// and checked in 64 KiB blocks as searches come to need it (blocks.h says why it is not mmapped).
// Checksums find damage; against a forged file every offset and number is checked where it is used.
// Either way the search fails with the file, block and offset named: nothing is silently missed.
//
// Safe to search from many threads. The open file stays usable when another takes its name.
#pragma once

#include "index/digest_index.h"
#include "index/hamming_index.h"
#include "index/index_types.h"

#include <glib.h>

typedef struct IndexFile IndexFile;

typedef struct {
    uint64_t generation;
    uint64_t covered_seq; // the last change to the sets that the file holds
    uint64_t file_bytes;
    uint64_t refs[INDEX_TYPE_COUNT];   // rows
    uint32_t values[INDEX_TYPE_COUNT]; // distinct values
} IndexFileInfo;

// One entry that has a value.
typedef struct {
    uint64_t entry_id;
    uint32_t set_id;
} IndexRef;

// CLEW_ERROR_NOT_FOUND: no such file. DENIED: others could read it, or it is no regular file.
// UNSUPPORTED: another version. CORRUPT: header, length or checksums do not agree.
IndexFile *index_file_open(const char *path, GError **err);

void index_file_free(IndexFile *file);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(IndexFile, index_file_free)

const IndexFileInfo *index_file_info(const IndexFile *file);

// Bytes of the file in memory so far.
size_t index_file_loaded_bytes(const IndexFile *file);

// Reads and checks every block. CLEW_ERROR_CORRUPT or IO names the first bad one.
bool index_file_verify(IndexFile *file, GError **err);

// The searchable parts, borrowed; NULL where the file has no values of the type.
const DigestIndex *index_file_digests(const IndexFile *file, IndexType type);
HammingIndex *index_file_pdq(IndexFile *file);

// The entries of value `id` are numbers [*ret_start, *ret_end) of the type's refs.
bool index_file_ref_range(const IndexFile *file, IndexType type, uint32_t id, uint32_t *ret_start,
                          uint32_t *ret_end, IndexFault *fault);

// One of them.
bool index_file_ref(const IndexFile *file, IndexType type, uint32_t number, IndexRef *ret_ref,
                    IndexFault *fault);

// Says in *err what a search met; returns false.
bool index_file_set_error(const IndexFile *file, const IndexFault *fault, GError **err);
