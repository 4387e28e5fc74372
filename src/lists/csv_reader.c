// SPDX-License-Identifier: Apache-2.0
//
// A record is first found (where does it end?) and then taken apart in place: unquoted text is
// never longer than quoted.
#include "lists/csv_reader.h"

#include <string.h>

#include "base/error.h"

void csv_reader_init(CsvReader *reader, ListInput *input, char delimiter)
{
    *reader = (CsvReader){
        .input = input,
        .delimiter = delimiter,
        .fields = g_new0(CsvField, CSV_FIELDS),
    };
}

void csv_reader_clear(CsvReader *reader)
{
    g_clear_pointer(&reader->fields, g_free);
}

typedef enum {
    SCAN_FIELD_START,
    SCAN_BARE,
    SCAN_QUOTED,
    SCAN_QUOTE_IN_QUOTED, // the field ends, or the quote was doubled
} ScanState;

// Where a scan through a record stands; indexes count from the record's first byte.
typedef struct {
    ScanState state;
    size_t index;
    size_t first_line_end; // length of the first line with its line end; 0 before it was seen
    size_t lines;          // line ends passed
    bool bad_quote;        // text behind a closing quote
} Scan;

// Goes through the bytes; true when the record ended (index is behind its line end).
static bool scan_bytes(Scan *scan, const uint8_t *record, size_t size_bytes, uint8_t delimiter)
{
    while (scan->index < size_bytes) {
        uint8_t c = record[scan->index++];
        if (c == '\n') {
            scan->lines++;
            if (scan->first_line_end == 0)
                scan->first_line_end = scan->index;
            if (scan->state != SCAN_QUOTED)
                return true;
            continue;
        }
        switch (scan->state) {
        case SCAN_FIELD_START:
            scan->state = c == '"' ? SCAN_QUOTED : c == delimiter ? SCAN_FIELD_START : SCAN_BARE;
            break;
        case SCAN_BARE:
            if (c == delimiter)
                scan->state = SCAN_FIELD_START;
            break;
        case SCAN_QUOTED:
            if (c == '"')
                scan->state = SCAN_QUOTE_IN_QUOTED;
            break;
        case SCAN_QUOTE_IN_QUOTED:
            if (c == '"') {
                scan->state = SCAN_QUOTED;
            } else if (c == delimiter) {
                scan->state = SCAN_FIELD_START;
            } else if (c != '\r') {
                scan->bad_quote = true;
                scan->state = SCAN_BARE;
            }
            break;
        }
    }
    return false;
}

// Unquotes a field in place; the record is known to be well formed.
static CsvField unquote(char *text, size_t length)
{
    size_t out = 0;
    for (size_t i = 1; i < length; i++) {
        if (text[i] == '"' && (i + 1 == length || text[++i] != '"'))
            break;
        text[out++] = text[i];
    }
    return (CsvField){.text = text, .length = out};
}

// Length of the field at the start of the text, quotes and all.
static size_t field_length(const char *text, size_t length, char delimiter)
{
    size_t i = 0;
    if (length > 0 && text[0] == '"') {
        for (i = 1; i < length; i++) {
            if (text[i] != '"')
                continue;
            if (i + 1 == length || text[i + 1] != '"')
                break;
            i++;
        }
    }
    const char *end = memchr(text + i, delimiter, length - i);
    return end != NULL ? (size_t)(end - text) : length;
}

// False when there are too many fields.
static bool split(CsvReader *reader, char *text, size_t length)
{
    reader->field_count = 0;
    for (size_t start = 0; start <= length;) {
        if (reader->field_count == CSV_FIELDS)
            return false;
        size_t field = field_length(text + start, length - start, reader->delimiter);
        reader->fields[reader->field_count++] = field > 0 && text[start] == '"'
                                                    ? unquote(text + start, field)
                                                    : (CsvField){text + start, field};
        start += field + 1;
    }
    return true;
}

// The record at the position takes `size_bytes` with its line end.
static CsvOutcome take_record(CsvReader *reader, size_t size_bytes, const char **ret_reason)
{
    ListInput *input = reader->input;
    char *text = (char *)input->buffer + input->position;
    size_t length = size_bytes;
    if (length > 0 && text[length - 1] == '\n')
        length--;
    if (length > 0 && text[length - 1] == '\r')
        length--;
    input->position += size_bytes;
    if (memchr(text, '\0', length) != NULL) {
        *ret_reason = "the record holds a NUL byte";
        return CSV_RECORD_REFUSED;
    }
    if (!split(reader, text, length)) {
        *ret_reason = "the record has too many fields";
        return CSV_RECORD_REFUSED;
    }
    return CSV_RECORD_GIVEN;
}

// Passes over the line at the position; *known_end is its length when it was seen already.
static bool skip_line(CsvReader *reader, size_t known_end, GError **err)
{
    ListInput *input = reader->input;
    reader->lines_read++;
    if (known_end > 0) {
        input->position += known_end;
        return true;
    }
    for (;;) {
        size_t left = input->end - input->position;
        const uint8_t *from = input->buffer + input->position;
        const uint8_t *newline = left > 0 ? memchr(from, '\n', left) : NULL;
        input->position = newline != NULL ? (size_t)(newline - input->buffer) + 1 : input->end;
        if (newline != NULL || input->at_end)
            return true;
        if (!list_input_more(input, err))
            return false;
    }
}

// A record that is too long or whose last quote never closes: only its first line is passed over.
static CsvOutcome resync(CsvReader *reader, const Scan *scan, const char **ret_reason, GError **err)
{
    bool over_lines = scan->state == SCAN_QUOTED || scan->lines > 1;
    if (over_lines && ++reader->resyncs > CSV_RESYNCS) {
        g_set_error(err, CLEW_ERROR, CLEW_ERROR_CORRUPT,
                    "line %" G_GUINT64_FORMAT ": more than %u quoted fields do not end",
                    reader->line, CSV_RESYNCS);
        return CSV_RECORD_FAILED;
    }
    if (!skip_line(reader, scan->first_line_end, err))
        return CSV_RECORD_FAILED;
    *ret_reason = over_lines ? "a quoted field never ends" : "the record is too long";
    return CSV_RECORD_REFUSED;
}

static bool is_too_long(const Scan *scan, bool ended)
{
    size_t lines_begun = scan->lines + (ended ? 0 : 1);
    return scan->index > (lines_begun > 1 ? CSV_RECORD_BYTES : CSV_LINE_BYTES);
}

static CsvOutcome next_record(CsvReader *reader, const char **ret_reason, GError **err)
{
    ListInput *input = reader->input;
    Scan scan = {0};
    for (;;) {
        size_t available = input->end - input->position;
        bool ended = scan_bytes(&scan, input->buffer + input->position, available,
                                (uint8_t)reader->delimiter);
        bool file_ended = !ended && input->at_end;
        if (file_ended && available == 0)
            return CSV_RECORD_END;
        if (is_too_long(&scan, ended) || (file_ended && scan.state == SCAN_QUOTED))
            return resync(reader, &scan, ret_reason, err);
        if (ended || file_ended) {
            reader->lines_read += ended ? scan.lines : scan.lines + 1;
            CsvOutcome outcome = take_record(reader, scan.index, ret_reason);
            if (!scan.bad_quote || outcome != CSV_RECORD_GIVEN)
                return outcome;
            *ret_reason = "text behind a closing quote";
            return CSV_RECORD_REFUSED;
        }
        if (!list_input_more(input, err))
            return CSV_RECORD_FAILED;
    }
}

CsvOutcome csv_reader_next(CsvReader *reader, const char **ret_reason, GError **err)
{
    for (;;) {
        reader->line = reader->lines_read + 1;
        CsvOutcome outcome = next_record(reader, ret_reason, err);
        bool is_empty_line = outcome == CSV_RECORD_GIVEN && reader->field_count == 1 &&
                             reader->fields[0].length == 0;
        if (!is_empty_line)
            return outcome;
    }
}

char csv_guess_delimiter(const uint8_t *bytes, size_t size_bytes)
{
    static const char delimiters[] = {',', ';', '\t'};
    size_t counts[sizeof delimiters] = {0};
    bool quoted = false;
    for (size_t i = 0; i < size_bytes && bytes[i] != '\n'; i++) {
        if (bytes[i] == '"')
            quoted = !quoted;
        for (size_t k = 0; !quoted && k < sizeof delimiters; k++)
            counts[k] += bytes[i] == (uint8_t)delimiters[k];
    }
    size_t best = 0;
    for (size_t k = 1; k < sizeof delimiters; k++)
        if (counts[k] > counts[best])
            best = k;
    return delimiters[best];
}
