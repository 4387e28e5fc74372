// SPDX-License-Identifier: Apache-2.0
//
// Bytes that are written in a text as hexadecimal digits, here and there interrupted, as a source.
// Private to rtf*.c.
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

#include "evidence/source.h"

// The most that may be added at once.
#define RTF_PIECE_BYTES (32u << 10)

typedef struct RtfDigits RtfDigits;

RtfDigits *rtf_digits_new(void);
void rtf_digits_free(RtfDigits *digits);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(RtfDigits, rtf_digits_free)

// What a byte of text is: 1 to 16 a hexadecimal digit and its value plus one, RTF_SPECIAL a brace
// or backslash, 0 everything else. A table, since digits come in no order that could be foreseen.
#define RTF_SPECIAL 17u
extern const uint8_t rtf_byte_kinds[256];

static inline bool rtf_is_digit(uint8_t byte)
{
    return rtf_byte_kinds[byte] - 1u < 16;
}

// `size` bytes of text from `offset` on hold `count` digits.
void rtf_digits_add(RtfDigits *digits, uint64_t offset, size_t size, size_t count);
// `size` bytes stand there as they are. Half a byte before them is dropped.
void rtf_digits_add_binary(RtfDigits *digits, uint64_t offset, uint64_t size);

// Pieces that had to be noted: what memory it takes.
size_t rtf_digits_pieces(const RtfDigits *digits);

// The bytes. Borrows both.
Source *rtf_digits_source(const RtfDigits *digits, Source *text);
