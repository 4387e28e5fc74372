// SPDX-License-Identifier: Apache-2.0
#include "evidence/ole_blip.h"

#include <string.h>

#include "base/reader.h"

#define RECORD_HEADER_BYTES 8u
#define DIGEST_BYTES 16u
#define METAFILE_HEADER_BYTES 34u
#define WINDOW_BYTES (64u << 10)
// Metafile header: bytes 28 to 31 are the size as stored, byte 32 is 0 when packed.
#define STORED_SIZE_OFFSET 28u
#define PACKING_OFFSET 32u

typedef struct {
    uint16_t type;
    uint16_t instance; // with one digest; one more: two
    OleBlipKind kind;
} BlipRow;

static const BlipRow rows[] = {
    {0xf01a, 0x3d4, OLE_BLIP_METAFILE},                                  // EMF
    {0xf01b, 0x216, OLE_BLIP_METAFILE},                                  // WMF
    {0xf01c, 0x542, OLE_BLIP_METAFILE},                                  // PICT
    {0xf01d, 0x46a, OLE_BLIP_WHOLE},                                     // JPEG
    {0xf01d, 0x6e2, OLE_BLIP_WHOLE},                                     // JPEG, CMYK
    {0xf01e, 0x6e0, OLE_BLIP_WHOLE},                                     // PNG
    {0xf01f, 0x7a8, OLE_BLIP_DIB},      {0xf029, 0x6e4, OLE_BLIP_WHOLE}, // TIFF
    {0xf02a, 0x46a, OLE_BLIP_WHOLE},                                     // JPEG
    {0xf02a, 0x6e2, OLE_BLIP_WHOLE},
};

static const BlipRow *row_of(const uint8_t *header, unsigned *ret_digests)
{
    unsigned version_instance = header[0] | (unsigned)header[1] << 8;
    unsigned type = header[2] | (unsigned)header[3] << 8;
    if ((version_instance & 15) != 0)
        return NULL;
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        unsigned more = (version_instance >> 4) - rows[i].instance;
        if (type == rows[i].type && more <= 1) {
            *ret_digests = 1 + more;
            return &rows[i];
        }
    }
    return NULL;
}

// Reads what stands before the picture of a metafile.
static bool take_metafile(Source *source, uint64_t offset, OleBlip *blip)
{
    uint8_t header[METAFILE_HEADER_BYTES];
    if (blip->size_bytes < sizeof header ||
        !source_read_exact(source, offset, header, sizeof header, NULL))
        return false;
    Reader reader = reader_init(header + STORED_SIZE_OFFSET, 4);
    uint32_t stored = reader_u32le(&reader);
    blip->is_packed = header[PACKING_OFFSET] == 0;
    blip->offset = offset + sizeof header;
    blip->size_bytes -= sizeof header;
    if (stored > 0 && stored < blip->size_bytes)
        blip->size_bytes = stored;
    return true;
}

// Is there a record at `offset`? Its first 8 bytes are in hand.
static bool take(Source *source, uint64_t offset, const uint8_t *header, OleBlip *ret_blip)
{
    unsigned digests = 0;
    const BlipRow *row = row_of(header, &digests);
    if (row == NULL)
        return false;
    Reader reader = reader_init(header + 4, 4);
    uint64_t length = reader_u32le(&reader);
    unsigned before = digests * DIGEST_BYTES + (row->kind == OLE_BLIP_METAFILE ? 0 : 1);
    if (length <= before || length > source_size(source) - offset - RECORD_HEADER_BYTES)
        return false;
    OleBlip blip = {.record_offset = offset,
                    .record_bytes = RECORD_HEADER_BYTES + length,
                    .kind = row->kind,
                    .offset = offset + RECORD_HEADER_BYTES + before,
                    .size_bytes = length - before};
    if (row->kind == OLE_BLIP_METAFILE && !take_metafile(source, blip.offset, &blip))
        return false;
    *ret_blip = blip;
    return true;
}

// The first record that begins in the window; `count` bytes from `offset` on.
static bool find_in(Source *source, uint64_t offset, const uint8_t *window, size_t count,
                    OleBlip *ret_blip)
{
    // The fourth byte of a record is 0xf0.
    const uint8_t *end = window + count - (RECORD_HEADER_BYTES - 4);
    const uint8_t *at = window + 3;
    while (at < end && (at = memchr(at, 0xf0, (size_t)(end - at))) != NULL) {
        size_t begin = (size_t)(at - window) - 3;
        if (take(source, offset + begin, window + begin, ret_blip))
            return true;
        at++;
    }
    return false;
}

bool ole_blip_find(Source *source, uint64_t offset, OleBlip *ret_blip, GError **err)
{
    g_autofree uint8_t *window = g_malloc(WINDOW_BYTES);
    for (;;) {
        ssize_t count = source_read(source, offset, window, WINDOW_BYTES, err);
        if (count < (ssize_t)RECORD_HEADER_BYTES)
            return false;
        if (find_in(source, offset, window, (size_t)count, ret_blip))
            return true;
        offset += (uint64_t)count - (RECORD_HEADER_BYTES - 1);
    }
}
