// SPDX-License-Identifier: Apache-2.0
#include "evidence/line_reader.h"

#include <string.h>

#define BUFFER_BYTES 65536u
// Read at first: often only a few lines are looked at. Doubled each time.
#define FIRST_BYTES 2048u

struct LineReader {
    Source *source;
    uint64_t offset; // of buffer[0] in the source
    uint64_t end;
    size_t begin; // of the next line in the buffer
    size_t filled;
    size_t step; // bytes to read next time
    GError *error;
    uint8_t buffer[BUFFER_BYTES];
};

LineReader *line_reader_new(Source *source, uint64_t offset, uint64_t size_bytes)
{
    LineReader *reader = g_malloc(sizeof *reader);
    uint64_t size = source_size(source);
    reader->source = source;
    reader->offset = MIN(offset, size);
    uint64_t left = size - reader->offset;
    reader->end = reader->offset + MIN(size_bytes, left);
    reader->begin = 0;
    reader->filled = 0;
    reader->step = FIRST_BYTES;
    reader->error = NULL;
    return reader;
}

void line_reader_free(LineReader *reader)
{
    if (reader == NULL)
        return;
    g_clear_error(&reader->error);
    g_free(reader);
}

const GError *line_reader_error(const LineReader *reader)
{
    return reader->error;
}

// Reads on behind what is in the buffer. False at the end or on failure.
static bool fill(LineReader *reader)
{
    uint64_t at = reader->offset + reader->filled;
    uint64_t left = reader->end - at;
    size_t room = MIN(BUFFER_BYTES - reader->filled, reader->step);
    size_t wanted = left < room ? (size_t)left : room;
    reader->step = MIN(reader->step * 2, BUFFER_BYTES);
    if (wanted == 0 || reader->error != NULL)
        return false;
    ssize_t count =
        source_read(reader->source, at, reader->buffer + reader->filled, wanted, &reader->error);
    if (count <= 0)
        return false;
    reader->filled += (size_t)count;
    return true;
}

// Drops `count` bytes from the buffer's beginning.
static void drop(LineReader *reader, size_t count)
{
    memmove(reader->buffer, reader->buffer + count, reader->filled - count);
    reader->offset += count;
    reader->filled -= count;
}

// The line break that ends the line at the buffer's beginning, once it is there; NULL when the
// buffer is full or the source ends before.
static const uint8_t *find_break(LineReader *reader)
{
    size_t seen = 0;
    for (;;) {
        const uint8_t *found = memchr(reader->buffer + seen, '\n', reader->filled - seen);
        seen = reader->filled;
        if (found != NULL || !fill(reader))
            return found;
    }
}

// A line from `begin` to the line break at `found`, or without one when that is NULL.
static unsigned break_bytes(const uint8_t *begin, const uint8_t *found)
{
    if (found == NULL)
        return 0;
    return found > begin && found[-1] == '\r' ? 2 : 1;
}

// A line that does not fit the buffer: its beginning stays, the rest is gone through behind it.
static void skip_long_line(LineReader *reader, Line *line)
{
    line->text = reader->buffer;
    line->length = LINE_SHOWN_BYTES;
    uint64_t begin = reader->offset;
    const uint8_t *found = NULL;
    do {
        reader->offset += reader->filled - LINE_SHOWN_BYTES;
        reader->filled = LINE_SHOWN_BYTES;
        if (!fill(reader))
            break;
        found = memchr(reader->buffer + LINE_SHOWN_BYTES, '\n', reader->filled - LINE_SHOWN_BYTES);
    } while (found == NULL);
    reader->begin = found != NULL ? (size_t)(found + 1 - reader->buffer) : reader->filled;
    line->break_bytes = break_bytes(reader->buffer + LINE_SHOWN_BYTES, found);
    line->size_bytes = reader->offset + reader->begin - begin;
}

bool line_reader_next(LineReader *reader, Line *ret_line)
{
    const uint8_t *text = reader->buffer + reader->begin;
    const uint8_t *found = memchr(text, '\n', reader->filled - reader->begin);
    if (found == NULL) {
        drop(reader, reader->begin);
        reader->begin = 0;
        text = reader->buffer;
        found = find_break(reader);
    }
    Line line = {.offset = reader->offset + reader->begin, .text = text};
    if (found == NULL && reader->filled == BUFFER_BYTES) {
        skip_long_line(reader, &line);
    } else {
        size_t length = found != NULL ? (size_t)(found - text) : reader->filled;
        if (found == NULL && length == 0)
            return false;
        line.break_bytes = break_bytes(text, found);
        line.size_bytes = length + (found != NULL ? 1 : 0);
        line.length = (size_t)line.size_bytes - line.break_bytes;
        line.length = MIN(line.length, LINE_SHOWN_BYTES);
        reader->begin += (size_t)line.size_bytes;
    }
    *ret_line = line;
    return true;
}
