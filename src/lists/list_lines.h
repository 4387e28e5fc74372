// SPDX-License-Identifier: Apache-2.0
//
// Formats that are one entry a line: the loop they share.
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lists/list_format.h"

typedef struct {
    const char *text; // without its line end; borrowed until the handler returns
    size_t length;
    uint64_t number; // 1-based
} Line;

// Handles one line; false with *err set ends the reading.
typedef bool (*LineHandler)(void *state, const Line *line, GError **err);

// Hands every line of the source to `handle`. Lines that are too long or hold a NUL byte are
// refused and passed over.
bool list_read_lines(const ListSource *source, const ListSink *sink, LineHandler handle,
                     void *state, GError **err);

// The first line of these bytes that is neither empty nor a comment (#); false when there is none.
// *ret_complete says whether its end was among the bytes.
bool list_first_line(const uint8_t *bytes, size_t size_bytes, Line *ret_line, bool *ret_complete);

// Number of hexadecimal digits at the start of the text.
size_t list_hex_run(const char *text, size_t length);
