// SPDX-License-Identifier: Apache-2.0
#include "evidence/archive_stream.h"

#include <stdbool.h>

#include "base/error.h"

struct ArchiveStream {
    const ArchiveStreamOps *ops;
    void *state;
    bool is_over;
    GError *error; // what ended it
};

ArchiveStream *archive_stream_new(const ArchiveStreamOps *ops, void *state)
{
    ArchiveStream *stream = g_new0(ArchiveStream, 1);
    stream->ops = ops;
    stream->state = state;
    return stream;
}

void archive_stream_free(ArchiveStream *stream)
{
    if (stream == NULL)
        return;
    stream->ops->free(stream->state);
    g_clear_error(&stream->error);
    g_free(stream);
}

ssize_t archive_stream_read(void *user_data, void *target, size_t size, GError **err)
{
    ArchiveStream *stream = user_data;
    if (!stream->is_over) {
        ssize_t count = stream->ops->read(stream->state, target, size, &stream->error);
        if (count > 0)
            return count;
        stream->is_over = true;
    }
    if (stream->error == NULL)
        return 0;
    g_propagate_error(err, g_error_copy(stream->error));
    return -1;
}

ssize_t archive_stream_fill(ArchiveStream *stream, void *target, size_t size, GError **err)
{
    size_t done = 0;
    while (done < size) {
        // An error behind the first bytes stays in the stream for the next read.
        ssize_t count = archive_stream_read(stream, (uint8_t *)target + done, size - done,
                                            done == 0 ? err : NULL);
        if (count < 0 && done == 0)
            return -1;
        if (count <= 0)
            break;
        done += (size_t)count;
    }
    return (ssize_t)done;
}

// ---- A part of a source -----------------------------------------------------------------------

typedef struct {
    Source *source;
    uint64_t offset, left;
} Range;

static ssize_t range_read(void *state, void *target, size_t size, GError **err)
{
    Range *range = state;
    if (range->left == 0)
        return 0;
    size_t wanted = (size_t)MIN((uint64_t)size, range->left);
    ssize_t count = source_read(range->source, range->offset, target, wanted, err);
    if (count > 0) {
        range->offset += (uint64_t)count;
        range->left -= (uint64_t)count;
        return count;
    }
    if (count == 0)
        g_set_error(err, CLEW_ERROR, CLEW_ERROR_CORRUPT,
                    "the archive ends %" G_GUINT64_FORMAT " bytes before the member does",
                    range->left);
    return -1;
}

ArchiveStream *archive_stream_new_range(Source *source, uint64_t offset, uint64_t size_bytes)
{
    static const ArchiveStreamOps ops = {range_read, g_free};
    Range *range = g_new(Range, 1);
    *range = (Range){.source = source, .offset = offset, .left = size_bytes};
    return archive_stream_new(&ops, range);
}
