// SPDX-License-Identifier: Apache-2.0
//
// BlockWriter: the data part of an index file while it is written from front to back, keeping the
// checksum of every block. Plain libc; failures leave their reason in errno.
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct BlockWriter BlockWriter;

// Writes at file_offset and on. The descriptor is borrowed. NULL: no memory.
BlockWriter *block_writer_new(int descriptor, uint64_t file_offset);
void block_writer_free(BlockWriter *writer);

bool block_writer_add(BlockWriter *writer, const void *data, size_t size_bytes);

// Fills up with zeros to a multiple of `alignment`; of BLOCK_BYTES: everything so far is then in
// the file and can be read back.
bool block_writer_align(BlockWriter *writer, uint32_t alignment);

// Bytes added so far, which is where the next one goes.
uint64_t block_writer_position(const BlockWriter *writer);

// Writes the last block and the array of checksums behind it; returns the latter's own checksum.
bool block_writer_end(BlockWriter *writer, uint64_t *ret_checksum);

// All of `data` at a place of the file.
bool block_writer_put(int descriptor, const void *data, size_t size_bytes, uint64_t file_offset);
