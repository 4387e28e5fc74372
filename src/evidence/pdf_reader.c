// SPDX-License-Identifier: Apache-2.0
#include "evidence/pdf_reader.h"

#include <string.h>

#include "base/error.h"
#include "base/limits.h"

#define WINDOW_BYTES_MAX LIMIT_EVIDENCE_MEMORY_BYTES
#define WINDOW_BYTES_MIN (64u << 10)

struct PdfReader {
    Walk *walk;
    PdfFile *file;
    PdfNode stream;
    PdfReaderOptions options;
    size_t head_taken;
    uint64_t window_begin; // in the decoded stream
    uint8_t *window;
    size_t window_bytes, window_capacity, window_taken;
    uint64_t passed; // decoded bytes in this pass
    bool has_begun, has_more, has_failed, has_no_memory;
};

PdfReader *pdf_reader_new(Walk *walk, PdfFile *file, PdfNode stream, PdfReaderOptions options)
{
    PdfReader *reader = g_new0(PdfReader, 1);
    *reader = (PdfReader){.walk = walk, .file = file, .stream = stream, .options = options};
    return reader;
}

void pdf_reader_free(PdfReader *reader)
{
    if (reader == NULL)
        return;
    g_free(reader->window);
    g_free(reader);
}

// ---- One window -------------------------------------------------------------------------------

static bool reserve(PdfReader *reader, size_t size)
{
    if (size <= reader->window_capacity)
        return true;
    size_t doubled = MAX(reader->window_capacity * 2, (size_t)WINDOW_BYTES_MIN);
    size_t capacity = MAX(doubled, size);
    uint8_t *window = g_try_realloc(reader->window, capacity);
    if (window == NULL) {
        reader->has_no_memory = true;
        return false;
    }
    reader->window = window;
    reader->window_capacity = capacity;
    return true;
}

// Takes a piece as far as it lies in the window. False when the rest is not wanted in this pass.
static bool collect(void *user_data, const uint8_t *bytes, size_t size)
{
    PdfReader *reader = user_data;
    if (walk_is_over(reader->walk))
        return false;
    uint64_t begin = reader->passed, end = begin + size;
    reader->passed = end;
    if (end <= reader->window_begin)
        return true;
    if (begin < reader->window_begin) {
        bytes += reader->window_begin - begin;
        size = (size_t)(end - reader->window_begin);
    }
    size_t room = WINDOW_BYTES_MAX - reader->window_bytes;
    size_t taken = MIN(size, room);
    if (!reserve(reader, reader->window_bytes + taken))
        return false;
    memcpy(reader->window + reader->window_bytes, bytes, taken);
    reader->window_bytes += taken;
    reader->has_more = taken < size;
    return !reader->has_more;
}

static void next_window(PdfReader *reader)
{
    reader->window_begin += reader->window_bytes;
    reader->window_bytes = 0;
    reader->window_taken = 0;
    reader->passed = 0;
    reader->has_more = false;
    reader->has_begun = true;
    reader->has_failed =
        !pdf_pipe(reader->file, reader->stream, reader->options.raw, collect, reader);
}

// ---- Reading ----------------------------------------------------------------------------------

static ssize_t take_head(PdfReader *reader, void *target, size_t size)
{
    size_t head_bytes = 0;
    const uint8_t *head =
        reader->options.head != NULL ? g_bytes_get_data(reader->options.head, &head_bytes) : NULL;
    size_t count = MIN(size, head_bytes - reader->head_taken);
    if (count > 0)
        memcpy(target, head + reader->head_taken, count);
    reader->head_taken += count;
    return (ssize_t)count;
}

static size_t wanted_bytes(const PdfReader *reader, size_t size)
{
    size_t wanted = MIN(size, reader->window_bytes - reader->window_taken);
    uint64_t done = reader->window_begin + reader->window_taken;
    if (!reader->options.has_limit)
        return wanted;
    uint64_t left = reader->options.limit_bytes > done ? reader->options.limit_bytes - done : 0;
    return (size_t)MIN((uint64_t)wanted, left);
}

static ssize_t end_of_stream(PdfReader *reader, GError **err)
{
    // Nothing will be read again: an item in this one may need the room.
    g_clear_pointer(&reader->window, g_free);
    reader->window_capacity = 0;
    if (reader->has_no_memory)
        g_set_error_literal(err, CLEW_ERROR, CLEW_ERROR_LIMIT, "there is no memory to decode it");
    else if (reader->has_failed)
        g_set_error_literal(err, CLEW_ERROR, CLEW_ERROR_CORRUPT,
                            "the stream is damaged: decoding broke off");
    return reader->has_no_memory || reader->has_failed ? -1 : 0;
}

ssize_t pdf_reader_read(void *user_data, void *target, size_t size, GError **err)
{
    PdfReader *reader = user_data;
    ssize_t count = take_head(reader, target, size);
    if (count > 0)
        return count;
    bool is_used_up = reader->window_taken == reader->window_bytes;
    if (!reader->has_begun || (is_used_up && reader->has_more))
        next_window(reader);
    size_t wanted = wanted_bytes(reader, size);
    if (wanted > 0) {
        memcpy(target, reader->window + reader->window_taken, wanted);
        reader->window_taken += wanted;
        return (ssize_t)wanted;
    }
    // Behind the limit nothing is missed.
    if (reader->window_taken < reader->window_bytes)
        reader->has_failed = false;
    return end_of_stream(reader, err);
}

// ---- Counting ---------------------------------------------------------------------------------

typedef struct {
    Walk *walk;
    uint64_t bytes;
} Count;

static bool count_piece(void *user_data, const uint8_t *bytes, size_t size)
{
    Count *count = user_data;
    count->bytes += size;
    return !walk_is_over(count->walk);
}

uint64_t pdf_stream_bytes(Walk *walk, PdfFile *file, PdfNode stream, bool raw)
{
    Count count = {.walk = walk};
    pdf_pipe(file, stream, raw, count_piece, &count);
    return count.bytes;
}
