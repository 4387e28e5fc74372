// SPDX-License-Identifier: Apache-2.0
//
// CsvReader: records of delimiter-separated text (RFC 4180): fields may be quoted, a quoted field
// may hold delimiters, line ends and doubled quotes. Line ends are LF or CRLF.
//
// A quote that never closes would swallow the rest of a file. So a record over several lines of
// more than CSV_RECORD_BYTES is refused, or one on a single line, which may hold a long hash, of
// more than CSV_LINE_BYTES; and reading goes on with the next line. A file that does the first more
// than CSV_RESYNCS times is CLEW_ERROR_CORRUPT, which also bounds the work.
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/limits.h"
#include "lists/list_input.h"

#define CSV_RECORD_BYTES (64u << 10)
#define CSV_LINE_BYTES (LIMIT_LIST_HASH_TEXT + CSV_RECORD_BYTES)
#define CSV_FIELDS 1024u
#define CSV_RESYNCS 100u

typedef struct {
    const char *text; // unquoted; borrowed until the next record
    size_t length;
} CsvField;

typedef struct {
    ListInput *input; // borrowed
    char delimiter;
    CsvField *fields;
    size_t field_count;
    uint64_t line;       // of the record given or refused last, 1-based
    uint64_t lines_read; // lines that ended before the next unread byte
    unsigned resyncs;
} CsvReader;

typedef enum {
    CSV_RECORD_GIVEN,
    CSV_RECORD_REFUSED, // *ret_reason is a static phrase
    CSV_RECORD_END,
    CSV_RECORD_FAILED, // *err is set
} CsvOutcome;

void csv_reader_init(CsvReader *reader, ListInput *input, char delimiter);
void csv_reader_clear(CsvReader *reader);

// The next record that is not an empty line.
CsvOutcome csv_reader_next(CsvReader *reader, const char **ret_reason, GError **err);

// The delimiter of which the first line has most, outside quotes: comma, semicolon or tab.
char csv_guess_delimiter(const uint8_t *bytes, size_t size_bytes);
