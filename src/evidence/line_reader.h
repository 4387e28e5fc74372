// SPDX-License-Identifier: Apache-2.0
//
// LineReader: the lines of a part of a source, one after another, in bounded memory however long a
// line is. Mail and encoded text are made of lines.
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "evidence/source.h"

// What is shown of a longer line: its beginning.
#define LINE_SHOWN_BYTES 32768u

typedef struct {
    uint64_t offset;      // of its first byte in the source
    uint64_t size_bytes;  // with its line break
    const uint8_t *text;  // borrowed until the next call
    size_t length;        // of text, without the line break; less than the line when it is long
    unsigned break_bytes; // LF: 1, CR LF: 2, 0 for a last line that just ends
} Line;

typedef struct LineReader LineReader;

// Reads `size_bytes` from `offset` on; `source` is borrowed.
LineReader *line_reader_new(Source *source, uint64_t offset, uint64_t size_bytes);
void line_reader_free(LineReader *reader);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(LineReader, line_reader_free)

// The next line, which ends behind LF or CR LF. False at the end, or where reading failed
// (line_reader_error).
bool line_reader_next(LineReader *reader, Line *ret_line);

// Why reading ended before the end; NULL when it did not. Borrowed.
const GError *line_reader_error(const LineReader *reader);
