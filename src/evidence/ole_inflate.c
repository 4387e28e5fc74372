// SPDX-License-Identifier: Apache-2.0
#include "evidence/ole_inflate.h"

#include <stdbool.h>
#include <zlib.h>

#include "base/error.h"

#define PACKED_BYTES (64u << 10)

struct OleInflate {
    Source *packed;
    uint64_t offset, end;
    z_stream stream;
    bool is_open, has_ended, is_damaged;
    uint8_t input[PACKED_BYTES];
};

OleInflate *ole_inflate_new(Source *packed, uint64_t offset, uint64_t size_bytes)
{
    OleInflate *self = g_new0(OleInflate, 1);
    uint64_t begin = MIN(offset, source_size(packed));
    uint64_t left = source_size(packed) - begin;
    self->packed = packed;
    self->offset = begin;
    self->end = begin + MIN(size_bytes, left);
    self->is_open = inflateInit(&self->stream) == Z_OK;
    return self;
}

void ole_inflate_free(OleInflate *self)
{
    if (self == NULL)
        return;
    if (self->is_open)
        inflateEnd(&self->stream);
    g_free(self);
}

static bool refill(OleInflate *self, GError **err)
{
    uint64_t left = self->end - self->offset;
    ssize_t count = source_read(self->packed, self->offset, self->input,
                                (size_t)MIN(left, (uint64_t)PACKED_BYTES), err);
    if (count < 0)
        return false;
    if (count == 0) {
        g_set_error_literal(err, CLEW_ERROR, CLEW_ERROR_CORRUPT,
                            "the packed data breaks off before its end");
        return false;
    }
    self->offset += (uint64_t)count;
    self->stream.next_in = self->input;
    self->stream.avail_in = (unsigned)count;
    return true;
}

static ssize_t fail_damaged(const OleInflate *self, GError **err)
{
    g_set_error(err, CLEW_ERROR, CLEW_ERROR_CORRUPT, "the packed data is damaged (%s)",
                self->stream.msg != NULL ? self->stream.msg : "zlib");
    return -1;
}

ssize_t ole_inflate_read(void *user_data, void *target, size_t size, GError **err)
{
    OleInflate *self = user_data;
    if (!self->is_open) {
        g_set_error_literal(err, CLEW_ERROR, CLEW_ERROR_LIMIT, "there is no memory to unpack it");
        return -1;
    }
    unsigned wanted = (unsigned)MIN(size, (size_t)G_MAXINT);
    self->stream.next_out = target;
    self->stream.avail_out = wanted;
    while (self->stream.avail_out == wanted && !self->has_ended && !self->is_damaged) {
        if (self->stream.avail_in == 0 && !refill(self, err))
            return -1;
        int code = inflate(&self->stream, Z_NO_FLUSH);
        self->has_ended = code == Z_STREAM_END;
        self->is_damaged = code != Z_OK && code != Z_STREAM_END && code != Z_BUF_ERROR;
    }
    // What came out before the break counts.
    ssize_t count = (ssize_t)(wanted - self->stream.avail_out);
    return count == 0 && self->is_damaged ? fail_damaged(self, err) : count;
}
