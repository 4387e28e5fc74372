// SPDX-License-Identifier: Apache-2.0
//
// Streams that tell no length: whether the file ends within one of the pieces that such a stream
// is made of. One that is cut between two of them cannot be told from one that ends there.
#include "media/video_ffmpeg.h"

#include <string.h>

#include "base/reader.h"

#define TAIL_BYTES (192u << 10) // more than two pages of Ogg, or packets of a program stream
#define OGG_HEADER 27u          // of a page, before its table of segments
#define OGG_SEGMENTS_AT 26u
#define TS_PACKET 188u
#define TS_SYNC 0x47
#define TS_CHECKED 8u // packets at the start that say how long they are
#define PS_PACK 0xba
#define PS_END 0xb9
#define PS_HEADER 6u // start code and length of a packet

typedef struct {
    uint8_t *bytes;
    size_t size_bytes;
} Tail;

static size_t read_all(const Video *video, uint64_t offset, uint8_t *target, size_t size_bytes)
{
    size_t count = 0;
    while (count < size_bytes) {
        int64_t got = video->source.read_at(video->source.user_data, offset + count, target + count,
                                            size_bytes - count);
        if (got <= 0)
            break;
        count += (size_t)got;
    }
    return count;
}

// Where the last of these bytes begin, or NULL.
static const uint8_t *find_last(const Tail *tail, const void *sign, size_t sign_bytes)
{
    const uint8_t *last = NULL, *place = tail->bytes, *end = tail->bytes + tail->size_bytes;
    while ((place = memmem(place, (size_t)(end - place), sign, sign_bytes)) != NULL)
        last = place++;
    return last;
}

static bool is_ogg_cut(const Tail *tail)
{
    const uint8_t *page = find_last(tail, "OggS", 4);
    if (page == NULL)
        return false;
    size_t left = (size_t)(tail->bytes + tail->size_bytes - page);
    if (left < OGG_HEADER || left < OGG_HEADER + page[OGG_SEGMENTS_AT])
        return true;
    size_t size = OGG_HEADER + page[OGG_SEGMENTS_AT];
    for (unsigned i = 0; i < page[OGG_SEGMENTS_AT]; i++)
        size += page[OGG_HEADER + i];
    return size > left;
}

// The length of a pack's header, of MPEG-1 or 2.
static size_t pack_size(const uint8_t *pack, size_t left)
{
    enum { MPEG1_BYTES = 12, MPEG2_BYTES = 14, STUFFING_AT = 13, STUFFING = 7 };
    bool is_mpeg2 = left > 4 && pack[4] >> 6 == 1;
    if (!is_mpeg2)
        return MPEG1_BYTES;
    return MPEG2_BYTES + (left > STUFFING_AT ? pack[STUFFING_AT] & STUFFING : 0u);
}

// From the last pack on, packet by packet.
static bool is_program_stream_cut(const Tail *tail)
{
    static const uint8_t sign[] = {0, 0, 1, PS_PACK};
    const uint8_t *place = find_last(tail, sign, sizeof sign);
    if (place == NULL)
        return false;
    size_t left = (size_t)(tail->bytes + tail->size_bytes - place);
    while (left >= PS_HEADER && memcmp(place, sign, 3) == 0 && place[3] >= PS_PACK) {
        Reader reader = reader_init(place + 4, 2);
        size_t size = place[3] == PS_PACK ? pack_size(place, left)
                                          : PS_HEADER + (size_t)reader_u16be(&reader);
        if (size > left)
            return true;
        place += size;
        left -= size;
    }
    return left > 0 && left < PS_HEADER && place[0] == 0 && !(left >= 4 && place[3] == PS_END);
}

static bool is_transport_stream_cut(const Video *video)
{
    uint8_t start[TS_CHECKED * TS_PACKET];
    if (read_all(video, 0, start, sizeof start) < sizeof start)
        return false;
    for (size_t i = 0; i < TS_CHECKED; i++) {
        if (start[i * TS_PACKET] != TS_SYNC)
            return false;
    }
    uint64_t rest = video->source.size_bytes % TS_PACKET;
    uint8_t first = 0; // of what is left over: bytes that were added are no packet
    return rest > 0 && read_all(video, video->source.size_bytes - rest, &first, 1) == 1 &&
           first == TS_SYNC;
}

bool ffmpeg_end_is_cut(const Video *video)
{
    const FfmpegState *state = video->state;
    if (g_str_equal(state->media_type, "video/mp2t"))
        return is_transport_stream_cut(video);
    bool is_ogg = g_str_equal(state->media_type, "video/ogg");
    if (!is_ogg && !g_str_equal(state->media_type, "video/mpeg"))
        return false;
    size_t size = (size_t)MIN(video->source.size_bytes, TAIL_BYTES);
    g_autofree uint8_t *bytes = g_try_malloc(size);
    if (bytes == NULL || read_all(video, video->source.size_bytes - size, bytes, size) < size)
        return false;
    const Tail tail = {bytes, size};
    return is_ogg ? is_ogg_cut(&tail) : is_program_stream_cut(&tail);
}
