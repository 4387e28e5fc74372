// SPDX-License-Identifier: Apache-2.0
//
// ListInput: a bounded window over a ListSource for readers that go forward only. It reads no more
// than it is asked for, so that the first entry of a slow pipe comes out as soon as its bytes are
// there, and it never holds more than one token of LIMIT_LIST_TOKEN_BYTES.
//
//   buffer:  dropped | mark ..... position ..... end | free
//
// Bytes from `mark` (or from `position` when there is no mark) survive list_input_more; their
// indexes may change, so callers keep indexes relative to `mark` and never pointers across it.
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lists/list_format.h"

#define LIST_INPUT_NO_MARK SIZE_MAX

typedef struct {
    const ListSource *source; // borrowed
    uint8_t *buffer;
    size_t capacity;
    size_t position; // next unread byte
    size_t end;
    size_t mark;     // first byte to keep, or LIST_INPUT_NO_MARK
    uint64_t offset; // of buffer[0] in the source
    bool at_end;     // the source has no more bytes
    uint64_t line;   // number of the line that list_input_line gave last, 1-based
} ListInput;

// Caller's storage. The first bytes are looked at: a UTF-8 byte order mark is skipped, a UTF-16 one
// is CLEW_ERROR_UNSUPPORTED. Call list_input_clear whatever the outcome.
bool list_input_init(ListInput *input, const ListSource *source, GError **err);
void list_input_clear(ListInput *input);

// Offset in the source of the next unread byte.
uint64_t list_input_offset(const ListInput *input);

// Reads at least one more byte behind `end`, or sets at_end. CLEW_ERROR_LIMIT when the kept bytes
// already fill the window, CLEW_ERROR_IO when the source fails.
bool list_input_more(ListInput *input, GError **err);

// True while the kept bytes leave room for list_input_more to succeed.
bool list_input_has_room(const ListInput *input);

typedef enum {
    LIST_LINE_GIVEN,
    LIST_LINE_TOO_LONG, // longer than LIMIT_LIST_TOKEN_BYTES: skipped, nothing given
    LIST_LINE_END,
    LIST_LINE_FAILED, // *err is set
} ListLine;

// The next line without its line end (LF or CRLF); borrowed until the next call on `input`.
ListLine list_input_line(ListInput *input, const char **ret_text, size_t *ret_length, GError **err);
