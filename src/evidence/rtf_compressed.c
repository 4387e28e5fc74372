// SPDX-License-Identifier: Apache-2.0
#include "evidence/rtf_compressed.h"

#include <string.h>
#include <zlib.h>

#include "base/error.h"
#include "base/limits.h"
#include "base/reader.h"

#define WINDOW_BYTES 4096u
#define TYPE_COMPRESSED 0x75465a4cu   // "LZFu"
#define TYPE_UNCOMPRESSED 0x414c454du // "MELA"
#define HEADER_BYTES 16u
#define UNCOUNTED_BYTES 12u // of the header, in the size that it says

// Section 2.1.2.1: what the window holds at first.
static const char dictionary[] =
    "{\\rtf1\\ansi\\mac\\deff0\\deftab720{\\fonttbl;}{\\f0\\fnil \\froman \\fswiss \\fmodern "
    "\\fscript \\fdecor MS Sans SerifSymbolArialTimes New RomanCourier{\\colortbl\\red0\\green0"
    "\\blue0\r\n\\par \\pard\\plain\\f0\\fs20\\b\\i\\u\\tab\\tx";
_Static_assert(sizeof dictionary - 1 == 207, "MS-OXRTFCP section 2.1.2.1");

typedef struct {
    uint8_t window[WINDOW_BYTES];
    unsigned position; // of the next byte in the window
    GByteArray *output;
    size_t limit;
} Unpacking;

static void put(Unpacking *unpacking, uint8_t byte)
{
    unpacking->window[unpacking->position] = byte;
    unpacking->position = (unpacking->position + 1) % WINDOW_BYTES;
    g_byte_array_append(unpacking->output, &byte, 1);
}

// Section 3.1.3.1: eight tokens behind each control byte, a set bit being a reference of 12 bits of
// offset and 4 of length. One that points to the window's own position ends the text.
static bool unpack_tokens(Unpacking *unpacking, Reader *reader)
{
    for (;;) {
        uint8_t control = reader_u8(reader);
        for (unsigned bit = 0; bit < 8; bit++) {
            if (reader->failed || reader_remaining(reader) == 0 ||
                unpacking->output->len >= unpacking->limit)
                return false;
            if ((control >> bit & 1) == 0) {
                put(unpacking, reader_u8(reader));
                continue;
            }
            uint16_t reference = reader_u16be(reader);
            unsigned offset = reference >> 4, length = (reference & 0xfu) + 2;
            if (reader->failed)
                return false;
            if (offset == unpacking->position)
                return true;
            for (unsigned i = 0; i < length && unpacking->output->len < unpacking->limit; i++)
                put(unpacking, unpacking->window[(offset + i) % WINDOW_BYTES]);
        }
    }
}

// The size said is not believed for more than it can be: a reference makes 17 bytes of 2.
static GBytes *unpack(const uint8_t *bytes, size_t size, uint32_t raw_size, bool *is_damaged)
{
    uint64_t most = (uint64_t)size * 9 + 17;
    Unpacking unpacking = {.position = sizeof dictionary - 1,
                           .output = g_byte_array_new(),
                           .limit = (size_t)MIN(most, (uint64_t)raw_size)};
    memcpy(unpacking.window, dictionary, sizeof dictionary - 1);
    Reader reader = reader_init(bytes, size);
    unpack_tokens(&unpacking, &reader);
    *is_damaged |= unpacking.output->len < raw_size;
    return g_byte_array_free_to_bytes(unpacking.output);
}

GBytes *rtf_compressed_unpack(const uint8_t *bytes, size_t size, bool *ret_is_damaged, GError **err)
{
    Reader reader = reader_init(bytes, size);
    uint32_t packed_size = reader_u32le(&reader), raw_size = reader_u32le(&reader);
    uint32_t type = reader_u32le(&reader), checksum = reader_u32le(&reader);
    if (reader.failed || (type != TYPE_COMPRESSED && type != TYPE_UNCOMPRESSED)) {
        g_set_error(err, CLEW_ERROR, CLEW_ERROR_CORRUPT, "it has no header of compressed RTF");
        return NULL;
    }
    if (raw_size > LIMIT_EVIDENCE_MEMORY_BYTES) {
        g_set_error(err, CLEW_ERROR, CLEW_ERROR_LIMIT, "%u bytes of RTF are too many", raw_size);
        return NULL;
    }
    size_t left = reader_remaining(&reader);
    size_t said = packed_size >= UNCOUNTED_BYTES ? packed_size - UNCOUNTED_BYTES : 0;
    size_t count = MIN(left, said);
    const uint8_t *packed = bytes + HEADER_BYTES;
    *ret_is_damaged = said > left;
    if (type == TYPE_UNCOMPRESSED) {
        *ret_is_damaged |= raw_size > left;
        return g_bytes_new(packed, MIN((size_t)raw_size, left));
    }
    // Section 2.1.3.2: a CRC-32 that begins and ends without inverting.
    uint32_t actual = ~(uint32_t)crc32(0xffffffff, packed, (uInt)count);
    *ret_is_damaged |= actual != checksum;
    return unpack(packed, count, raw_size, ret_is_damaged);
}
