// SPDX-License-Identifier: Apache-2.0
//
// Source: bytes of known size that can be read at any place, and never written: a file of the
// evidence, a block of memory, a part of another source, a file in a file system, the medium inside
// an E01 set. All container libraries read through one, by their callbacks; none opens anything
// itself, and no descriptor's own offset is used or moved.
//
// A source belongs to one thread. Reading changes nothing that a later read could see.
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

typedef struct Source Source;

typedef struct {
    // Reads 1 to `size` bytes at `offset`; both lie inside the source and size is not 0. Returns
    // the number of bytes read; 0 when, against what the size said, nothing is there; -1 with err
    // set (CLEW_ERROR_CORRUPT for damaged bytes, CLEW_ERROR_IO when the medium fails).
    ssize_t (*read_at)(void *user_data, uint64_t offset, void *target, size_t size, GError **err);
    // Called once by source_free; may be NULL.
    void (*free)(void *user_data);
} SourceOps;

// Takes user_data.
Source *source_new(const SourceOps *ops, void *user_data, uint64_t size_bytes);

// pread() of a descriptor, which is closed with the source.
Source *source_new_descriptor(int descriptor, uint64_t size_bytes);

// Borrowed memory; it must outlive the source.
Source *source_new_memory(const void *bytes, uint64_t size_bytes);

// Takes the bytes.
Source *source_new_bytes(GBytes *bytes);

// The part of `whole` (borrowed, must outlive it) that begins at `offset`; cut to what `whole` has.
Source *source_new_range(Source *whole, uint64_t offset, uint64_t size_bytes);

// Extents of `whole` (borrowed) one after another, such as unallocated runs or a split stream.
typedef struct {
    uint64_t offset, size_bytes;
} Extent;
Source *source_new_extents(Source *whole, const Extent *extents, size_t count);

// Several sources (taken) one after another, such as the segments of a split raw image.
Source *source_new_joined(GPtrArray *sources);

void source_free(Source *source);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Source, source_free)

uint64_t source_size(const Source *source);

// Fills `target` from `offset` as far as the source reaches. Returns the bytes read (0 at the end),
// or -1 with err set when not even the first byte could be read; a failure behind the first bytes
// gives the bytes before it.
ssize_t source_read(Source *source, uint64_t offset, void *target, size_t size, GError **err);

// True when exactly `size` bytes could be read. CLEW_ERROR_CORRUPT when the source ends before.
bool source_read_exact(Source *source, uint64_t offset, void *target, size_t size, GError **err);

// All bytes as one block of memory, for libraries that want it so. Borrowed until the source is
// freed; loaded once. CLEW_ERROR_LIMIT past LIMIT_EVIDENCE_MAPPED_BYTES.
const uint8_t *source_map(Source *source, size_t *ret_size_bytes, GError **err);

// Damaged parts of an image read as zeroes, so that what lies around them can be reached. Whoever
// hands out such zeroes notes it; the count, over all sources of this thread, has grown when what
// was read in between is not whole.
void source_note_damage(void);
uint64_t source_damage_count(void);

// Wraps a source (taken) in a cache of its last-read blocks, for libraries that read a few bytes at
// a time from something slow.
Source *source_new_cached(Source *inner, size_t block_bytes, size_t block_count);
