// SPDX-License-Identifier: Apache-2.0
//
// Bytes that are written in a text as hexadecimal digits, here and there interrupted, as a source.
// Private to rtf*.c.
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

#include "evidence/source.h"

typedef struct RtfDigits RtfDigits;

RtfDigits *rtf_digits_new(void);
void rtf_digits_free(RtfDigits *digits);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(RtfDigits, rtf_digits_free)

// The byte of text at `offset` is a digit. `goes_on`: since the last one there was no other that
// does not count.
void rtf_digits_add(RtfDigits *digits, uint64_t offset, bool goes_on);
// `size` bytes stand there as they are. Half a byte before them is dropped.
void rtf_digits_add_binary(RtfDigits *digits, uint64_t offset, uint64_t size);

// Pieces that had to be noted: what memory it takes.
size_t rtf_digits_pieces(const RtfDigits *digits);

// The bytes. Borrows both.
Source *rtf_digits_source(const RtfDigits *digits, Source *text);
