// SPDX-License-Identifier: Apache-2.0
//
// Finding bytes that are written as text inside a text: uuencoded and yEnc blocks, data: URIs,
// base64 that decodes to media or a container (in JSON, vCards, XML), and PGP messages. One pass
// over the text with all first letters at once; what looks like a beginning is looked at closely.
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "evidence/encoded_text_stream.h"
#include "evidence/source.h"

typedef enum {
    ENCODED_BLOCK_DATA,
    ENCODED_BLOCK_PGP_ENCRYPTED,
    ENCODED_BLOCK_PGP_OTHER, // signed or compressed, but not encrypted
} EncodedBlockKind;

typedef struct {
    EncodedBlockKind kind;
    TextEncoding encoding;       // of ENCODED_BLOCK_DATA
    uint64_t offset, size_bytes; // in the text
    char name[256];              // as the block says; "" when it says none
} EncodedBlock;

// The first block that begins in [*position, end); it may end behind `end`. Sets *position behind
// what was searched: behind the block, or to `end`. What cannot be read ends the search.
bool encoded_text_find(Source *source, uint64_t *position, uint64_t end, EncodedBlock *ret_block);

// Does the text begin with base64 and nothing else, judged by its first 64 KiB? Lines of one
// length, with capitals, small letters and digits: so that lists of words and of hexadecimal hashes
// are not meant.
bool encoded_text_find_whole(Source *source, EncodedBlock *ret_block);
