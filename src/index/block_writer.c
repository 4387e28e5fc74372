// SPDX-License-Identifier: Apache-2.0
#include "index/block_writer.h"

#include "index/blocks.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <xxhash.h>

struct BlockWriter {
    int descriptor;
    uint64_t file_offset;
    uint64_t position;
    uint64_t *checksums;
    size_t block_count; // full blocks written
    size_t capacity;
    size_t held; // bytes in block
    uint8_t block[BLOCK_BYTES];
};

BlockWriter *block_writer_new(int descriptor, uint64_t file_offset)
{
    BlockWriter *writer = calloc(1, sizeof *writer);
    if (writer == NULL)
        return NULL;
    writer->descriptor = descriptor;
    writer->file_offset = file_offset;
    return writer;
}

void block_writer_free(BlockWriter *writer)
{
    if (writer == NULL)
        return;
    free(writer->checksums);
    free(writer);
}

bool block_writer_put(int descriptor, const void *data, size_t size_bytes, uint64_t file_offset)
{
    const uint8_t *bytes = data;
    while (size_bytes > 0) {
        ssize_t written = pwrite(descriptor, bytes, size_bytes, (off_t)file_offset);
        if (written < 0 && errno == EINTR)
            continue;
        if (written < 0)
            return false;
        bytes += written;
        file_offset += (uint64_t)written;
        size_bytes -= (size_t)written;
    }
    return true;
}

static bool keep_checksum(BlockWriter *writer, uint64_t checksum)
{
    if (writer->block_count == writer->capacity) {
        size_t capacity = writer->capacity * 2 + 64;
        uint64_t *checksums = realloc(writer->checksums, capacity * sizeof *checksums);
        if (checksums == NULL)
            return false;
        writer->checksums = checksums;
        writer->capacity = capacity;
    }
    writer->checksums[writer->block_count++] = checksum;
    return true;
}

static bool flush_block(BlockWriter *writer)
{
    uint64_t offset = writer->file_offset + (uint64_t)writer->block_count * BLOCK_BYTES;
    size_t size = writer->held;
    writer->held = 0;
    return block_writer_put(writer->descriptor, writer->block, size, offset) &&
           keep_checksum(writer, XXH3_64bits(writer->block, size));
}

bool block_writer_add(BlockWriter *writer, const void *data, size_t size_bytes)
{
    const uint8_t *bytes = data;
    writer->position += size_bytes;
    while (size_bytes > 0) {
        size_t room = BLOCK_BYTES - writer->held;
        size_t part = size_bytes < room ? size_bytes : room;
        memcpy(writer->block + writer->held, bytes, part);
        writer->held += part;
        bytes += part;
        size_bytes -= part;
        if (writer->held == BLOCK_BYTES && !flush_block(writer))
            return false;
    }
    return true;
}

bool block_writer_align(BlockWriter *writer, uint32_t alignment)
{
    static const uint8_t zeros[BLOCK_BYTES];
    uint64_t over = writer->position % alignment;
    return over == 0 || block_writer_add(writer, zeros, alignment - over);
}

uint64_t block_writer_position(const BlockWriter *writer)
{
    return writer->position;
}

bool block_writer_end(BlockWriter *writer, uint64_t *ret_checksum)
{
    if (writer->held > 0 && !flush_block(writer))
        return false;
    size_t size = writer->block_count * sizeof *writer->checksums;
    *ret_checksum = XXH3_64bits(writer->checksums, size);
    return block_writer_put(writer->descriptor, writer->checksums, size,
                            writer->file_offset + writer->position);
}
