// SPDX-License-Identifier: Apache-2.0
#include "base/reader.h"

#include <string.h>

Reader reader_init(const void *data, size_t size_bytes)
{
    return (Reader){.data = data, .size_bytes = size_bytes};
}

size_t reader_remaining(const Reader *reader)
{
    return reader->size_bytes - reader->position;
}

const uint8_t *reader_bytes(Reader *reader, size_t count)
{
    if (reader->failed || count > reader_remaining(reader)) {
        reader->failed = true;
        return NULL;
    }
    const uint8_t *bytes = reader->data + reader->position;
    reader->position += count;
    return bytes;
}

void reader_copy(Reader *reader, void *target, size_t count)
{
    const uint8_t *bytes = reader_bytes(reader, count);
    if (bytes != NULL && count > 0)
        memcpy(target, bytes, count);
    else
        memset(target, 0, count);
}

void reader_skip(Reader *reader, size_t count)
{
    reader_bytes(reader, count);
}

uint8_t reader_u8(Reader *reader)
{
    const uint8_t *b = reader_bytes(reader, 1);
    return b ? b[0] : 0;
}

uint16_t reader_u16le(Reader *reader)
{
    const uint8_t *b = reader_bytes(reader, 2);
    return b ? (uint16_t)(b[0] | b[1] << 8) : 0;
}

uint16_t reader_u16be(Reader *reader)
{
    const uint8_t *b = reader_bytes(reader, 2);
    return b ? (uint16_t)(b[0] << 8 | b[1]) : 0;
}

uint32_t reader_u32le(Reader *reader)
{
    uint32_t low = reader_u16le(reader);
    uint32_t high = reader_u16le(reader);
    return reader->failed ? 0 : high << 16 | low;
}

uint32_t reader_u32be(Reader *reader)
{
    uint32_t high = reader_u16be(reader);
    uint32_t low = reader_u16be(reader);
    return reader->failed ? 0 : high << 16 | low;
}

uint64_t reader_u64le(Reader *reader)
{
    uint64_t low = reader_u32le(reader);
    uint64_t high = reader_u32le(reader);
    return reader->failed ? 0 : high << 32 | low;
}
