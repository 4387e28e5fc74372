// SPDX-License-Identifier: Apache-2.0
#include "evidence/rar_structure.h"

#include <string.h>
#include <zlib.h>

#include "base/error.h"
#include "evidence/rar_private.h"

// Bytes of the signature at `offset`; 0: there is none.
static unsigned signature_bytes(Source *source, uint64_t offset)
{
    uint8_t bytes[8];
    ssize_t count = source_read(source, offset, bytes, sizeof bytes, NULL);
    if (count < 7 || memcmp(bytes, "Rar!\x1a\x07", 6) != 0)
        return 0;
    if (bytes[6] == 0)
        return 7;
    return count == 8 && bytes[6] == 1 && bytes[7] == 0 ? 8 : 0;
}

bool rar_reader_begin(Source *source, uint64_t begin, RarReader *ret_reader)
{
    unsigned bytes = signature_bytes(source, begin);
    if (bytes == 0)
        return false;
    *ret_reader = (RarReader){.source = source, .position = begin, .is_rar5 = bytes == 8};
    return true;
}

bool rar_reader_next(RarReader *reader, RarBlock *ret_block, GError **err)
{
    uint64_t begin = reader->position;
    *ret_block = (RarBlock){0};
    if (begin >= source_size(reader->source))
        return false;
    // Every volume begins with a signature.
    reader->position += signature_bytes(reader->source, begin);
    bool ok = reader->is_rar5 ? rar5_parse(reader, ret_block) : rar4_parse(reader, ret_block);
    if (!ok) {
        rar_block_clear(ret_block);
        reader->position = begin;
        g_set_error(err, CLEW_ERROR, CLEW_ERROR_CORRUPT,
                    "the RAR archive is damaged at byte %" G_GUINT64_FORMAT, begin);
        return false;
    }
    ret_block->offset = begin;
    ret_block->header_bytes = reader->position - begin;
    uint64_t end;
    if (__builtin_add_overflow(reader->position, ret_block->data_bytes, &end))
        end = UINT64_MAX;
    reader->position = end;
    return true;
}

void rar_block_clear(RarBlock *block)
{
    g_free(block->name);
    block->name = NULL;
}
