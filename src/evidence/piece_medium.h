// SPDX-License-Identifier: Apache-2.0
//
// PieceMedium: the medium inside an image whose format keeps it in pieces (chunks, clusters,
// grains, blocks), some packed, some not stored at all. A format's reader answers one question,
// which piece holds a byte; reading, unpacking, keeping unpacked pieces, and noting what is damaged
// happen here.
//
// A damaged piece reads as zeroes and is noted with its place and reason: one bad cluster must not
// hide a whole file system. The caller tells what was noted when everything has been read.
//
//     reader's open -> piece_medium_new -> piece_medium_source -> … -> piece_medium_free
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

#include "evidence/source.h"
#include "evidence/unpack.h"

// Pieces above this are refused: one must fit into memory unpacked.
#define PIECE_BYTES_MAX (16u << 20)

typedef enum {
    PIECE_ZERO,   // not stored: zeroes
    PIECE_PARENT, // not stored here: the parent's bytes, zeroes where there is none
    PIECE_STORED, // `file` holds the bytes as they are, from `offset` on
    PIECE_PACKED, // `file` holds `packed_bytes` at `offset` that unpack to the whole piece
} PieceKind;

typedef struct {
    uint64_t begin, end; // of the medium; what reaches over its end is cut
    PieceKind kind;
    Source *file; // borrowed from the reader
    uint64_t offset;
    // PIECE_PACKED:
    Packing packing;
    uint32_t packed_bytes;
    uint64_t least_bytes; // not 0: so many will do, zeroes follow (a last piece that is cut short)
} Piece;

typedef struct {
    // Fills in the piece that holds the byte at `offset` of the medium. On failure sets err (what
    // is wrong in a few words) and ret_piece's begin and end, which are then damaged.
    bool (*find)(void *user_data, uint64_t offset, Piece *ret_piece, GError **err);
    void (*free)(void *user_data);
} PieceMapOps;

typedef struct PieceMedium PieceMedium;

// Takes user_data.
PieceMedium *piece_medium_new(const PieceMapOps *ops, void *user_data, uint64_t size_bytes);
void piece_medium_free(PieceMedium *medium);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(PieceMedium, piece_medium_free)

// The reader's own data.
void *piece_medium_map(PieceMedium *medium);

// What answers for pieces that are not stored; borrowed, must outlive the medium.
void piece_medium_set_parent(PieceMedium *medium, Source *parent);

// Bytes of the medium that are left to a parent, as far as `limit` pieces tell.
uint64_t piece_medium_parent_bytes(PieceMedium *medium, unsigned limit);

// The medium's bytes; borrowed from the medium. Fails only when the source around it was cancelled.
Source *piece_medium_source(PieceMedium *medium);

typedef struct {
    uint64_t begin, end; // of the medium
    int code;            // of base/error.h
    char *reason;
} PieceDamage;

// Stretches that were read and found damaged (PieceDamage), by offset, neighbours of one reason
// joined, at most a few thousand. Borrowed until the next read.
const GArray *piece_medium_damage(PieceMedium *medium);
