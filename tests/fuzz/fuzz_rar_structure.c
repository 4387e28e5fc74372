// SPDX-License-Identifier: Apache-2.0
//
// Any bytes behind the signature of a RAR archive are a chain of headers that comes to an end.
// Checksums are put right before it is followed, because no mutation would.
#include "evidence/rar_structure.h"

#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#include "fuzz_target.h"

static void put(uint8_t *target, unsigned bytes, uint32_t value)
{
    for (unsigned i = 0; i < bytes; i++)
        target[i] = (uint8_t)(value >> 8 * i);
}

// Puts the checksum of the header at `at` right, when one fits there.
static void mend(uint8_t *bytes, size_t size, uint64_t at, bool is_rar5)
{
    if (at >= size)
        return;
    uint8_t *header = bytes + at;
    size_t left = size - (size_t)at;
    if (!is_rar5 && left >= 7) {
        size_t length = header[5] | (size_t)header[6] << 8;
        size_t covered = header[2] == 0x73 && length > 13 ? 13 : length;
        if (length >= 7 && length <= left)
            put(header, 2, (uint32_t)crc32(0, header + 2, (unsigned)covered - 2) & 0xffff);
    } else if (is_rar5 && left >= 6) {
        size_t length = header[4] + 1u;
        if (header[4] > 0 && header[4] < 0x80 && 4 + length <= left)
            put(header, 4, (uint32_t)crc32(0, header + 4, (unsigned)length));
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size < 9 || size > 1 << 20)
        return 0;
    // Exactly as long as the input, so that a read behind its end is seen.
    g_autofree uint8_t *bytes = g_memdup2(data, size);
    bool is_rar5 = bytes[0] & 1;
    memcpy(bytes, is_rar5 ? "Rar!\x1a\x07\1\0" : "Rar!\x1a\x07\0", is_rar5 ? 8 : 7);
    g_autoptr(Source) source = source_new_memory(bytes, size);
    RarReader reader;
    if (!rar_reader_begin(source, 0, &reader))
        abort();
    mend(bytes, size, is_rar5 ? 8 : 7, is_rar5);
    RarBlock block;
    while (rar_reader_next(&reader, &block, NULL)) {
        if (block.header_bytes == 0 || block.offset + block.header_bytes > size)
            abort();
        rar_block_clear(&block);
        mend(bytes, size, reader.position, reader.is_rar5);
    }
    g_autofree char *name = rar_decode_name(data, MIN(size, 4096));
    return name == NULL;
}
