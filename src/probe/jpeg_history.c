// SPDX-License-Identifier: Apache-2.0
//
// Annex K of the JPEG standard gives a luma table; encoders scale it, and nearly all of them as
// libjpeg does: by 5000/quality percent below 50, by 200 - 2 quality percent from there on.
#include "probe/jpeg_history.h"

#include "base/reader.h"

enum {
    MARK = 0xff,
    SOI = 0xd8,
    SOS = 0xda,
    EOI = 0xd9,
    DQT = 0xdb,
    SOF0 = 0xc0,
    SOF1 = 0xc1,
    SOF2 = 0xc2,
    SEGMENTS_MAX = 1000,
    LUMA_TABLE = 0,
    TABLE_VALUES = 64,
};

#define STANDARD_SUM 3688u // of the values of Annex K's luma table

// Of the luma table; 0 when the segment holds another.
static unsigned luma_sum(Reader segment)
{
    while (reader_remaining(&segment) > 0) {
        uint8_t head = reader_u8(&segment);
        unsigned sum = 0;
        for (unsigned i = 0; i < TABLE_VALUES; i++)
            sum += head >> 4 ? reader_u16be(&segment) : reader_u8(&segment);
        if (segment.failed)
            return 0;
        if ((head & 15) == LUMA_TABLE)
            return sum;
    }
    return 0;
}

static unsigned quality_of(unsigned sum)
{
    double percent = 100.0 * sum / STANDARD_SUM;
    double quality = percent <= 100 ? (200 - percent) / 2 : 5000 / percent;
    return quality < 1 ? 1 : quality > 100 ? 100 : (unsigned)(quality + 0.5);
}

static void read_frame(Reader segment, JpegHistory *history)
{
    reader_skip(&segment, 5); // precision, height, width
    unsigned components = reader_u8(&segment);
    reader_skip(&segment, 1);
    uint8_t luma = reader_u8(&segment);
    reader_skip(&segment, 2);
    uint8_t colour = reader_u8(&segment);
    unsigned across = luma >> 4, down = luma & 15;
    if (segment.failed || components != 3 || colour != 0x11 || across < 1 || across > 4 ||
        down < 1 || down > 4)
        return;
    history->across = across;
    history->down = down;
}

JpegHistory jpeg_history(const uint8_t *bytes, size_t size_bytes)
{
    JpegHistory history = {0};
    Reader reader = reader_init(bytes, size_bytes);
    if (reader_u8(&reader) != MARK || reader_u8(&reader) != SOI)
        return history;
    for (unsigned i = 0; i < SEGMENTS_MAX && !reader.failed; i++) {
        if (reader_u8(&reader) != MARK)
            break;
        uint8_t mark = reader_u8(&reader);
        while (mark == MARK)
            mark = reader_u8(&reader);
        if (mark == SOS || mark == EOI)
            break;
        uint16_t length = reader_u16be(&reader);
        const uint8_t *inside = length >= 2 ? reader_bytes(&reader, length - 2u) : NULL;
        if (inside == NULL)
            break;
        Reader segment = reader_init(inside, length - 2u);
        unsigned sum = mark == DQT ? luma_sum(segment) : 0;
        if (sum > 0)
            history.quality = quality_of(sum);
        if (mark == SOF0 || mark == SOF1 || mark == SOF2) {
            history.is_progressive = mark == SOF2;
            read_frame(segment, &history);
        }
    }
    return history;
}
