// SPDX-License-Identifier: Apache-2.0
//
// Makes small compound files for tests: streams one after another in ordinary sectors, siblings as
// a chain. (Mini sectors and balanced trees are in the real files.)
#pragma once

#include <glib.h>
#include <stdint.h>

typedef struct OleBuilder OleBuilder;

// Sectors of 1 << sector_shift bytes.
OleBuilder *ole_builder_new(unsigned sector_shift);
void ole_builder_free(OleBuilder *builder);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(OleBuilder, ole_builder_free)

// Each returns the number of the new entry; `parent` is 0 for the root. Names are ASCII.
uint32_t ole_builder_storage(OleBuilder *builder, uint32_t parent, const char *name);
uint32_t ole_builder_stream(OleBuilder *builder, uint32_t parent, const char *name,
                            const void *bytes, size_t size);
// An entry that no storage leads to.
uint32_t ole_builder_unlinked(OleBuilder *builder, const char *name, const void *bytes,
                              size_t size);
// Bytes in free sectors.
void ole_builder_free_bytes(OleBuilder *builder, const void *bytes, size_t size);

// The file. Offsets of FAT and directory: see ole_builder.c.
GByteArray *ole_builder_finish(const OleBuilder *builder);
