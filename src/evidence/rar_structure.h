// SPDX-License-Identifier: Apache-2.0
//
// How a RAR archive is put together: a chain of headers, each followed by the data it announces, in
// the formats of RAR 1.5 to 4 (technote.txt of RAR 4) and of RAR 5 (its technical description).
// Nothing is unpacked here. Every header has a checksum, so what is read is what was written.
//
// In an archive of several volumes each begins with a signature and a main header of its own, and a
// member's data go on behind a file header that says so.
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

#include "evidence/source.h"
#include "model/record.h"

typedef enum {
    RAR_MAIN,
    RAR_FILE,
    RAR_ENCRYPTED, // all headers from here on are encrypted
    RAR_END,
    RAR_OTHER, // comments, recovery records and other services
} RarBlockKind;

typedef struct {
    RarBlockKind kind;
    uint64_t offset, header_bytes; // of the header; with the signature where one precedes
    uint64_t data_bytes;           // that follow the header

    // RAR_MAIN and RAR_END.
    bool is_volume;       // one of several
    bool is_solid;        // members are unpacked one after another only
    bool has_next_volume; // RAR_END: this is not the last
    bool has_number;
    uint64_t number; // of the volume, from 0

    // RAR_FILE.
    bool is_folder; // or a link
    bool is_encrypted;
    bool is_continued; // from the volume before
    bool continues;    // in the next volume
    bool has_size;
    uint64_t bytes; // unpacked
    bool has_crc32;
    uint32_t crc32;   // of the unpacked bytes; of a member that continues, of the packed ones here
    unsigned version; // of the packing: 15, 20, 26, 29, 36; 50 and above for RAR 5
    bool is_stored;
    bool follows_others; // unpacking needs the members before it
    ItemTimes times;
    char *name; // owned; NULL when the header has none
} RarBlock;

typedef struct {
    Source *source;
    uint64_t position;
    bool is_rar5;
} RarReader;

// Begins at the signature at `begin`. False when there is none.
bool rar_reader_begin(Source *source, uint64_t begin, RarReader *ret_reader);

// The next header. False at the end of the source (err not set), or where the chain breaks
// (CLEW_ERROR_CORRUPT); `position` stays there. The block is to be cleared.
bool rar_reader_next(RarReader *reader, RarBlock *ret_block, GError **err);
void rar_block_clear(RarBlock *block);

// The name of a RAR 4 header with a Unicode part: the plain name, a zero byte, and how the Unicode
// name differs from it. Newly allocated UTF-8, or the bytes as they are when it cannot be decoded.
char *rar_decode_name(const uint8_t *bytes, size_t size);
