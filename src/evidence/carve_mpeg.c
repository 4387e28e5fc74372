// SPDX-License-Identifier: Apache-2.0
//
// MPEG program streams (ISO/IEC 11172-1, 13818-1) and transport streams (13818-1), the latter also
// with 4 bytes of time before each packet, as cameras write them (M2TS).
//
//   program:    00 00 01 BA pack header | 00 00 01 stream (1) length (2) contents | … 00 00 01 B9
//   transport:  packets of 188 bytes: 47 | error, start, priority, PID (2) | control (1) | …
//
// Neither has to say where it ends: it ends where nothing of the kind follows, or with the bytes.
#include <string.h>

#include "evidence/carve_formats.h"

#define PACKETS_MAX 1000000000u

// ---- Program streams --------------------------------------------------------------------------

#define PACKS_MIN 2u
#define STREAM_ID_MIN 0xbb // system header; above it all packets have a length

// Bytes of the pack header at the reader: 14 and stuffing (MPEG-2) or 12 (MPEG-1); 0 when neither.
static unsigned pack_bytes(Reader *reader)
{
    unsigned first = reader_u8(reader);
    if (first >> 6 == 1) {
        reader_skip(reader, 8);
        unsigned stuffing = reader_u8(reader) & 7;
        return reader->failed ? 0 : 14 + stuffing;
    }
    return first >> 4 == 2 ? 12 : 0;
}

CarveShape carve_mpeg_ps(CarveView *view)
{
    uint64_t at = 0, packs = 0, packets = 0;
    bool has_ended = false;
    for (unsigned i = 0; i < PACKETS_MAX; i++) {
        Reader reader = carve_view_reader(view, at, 14);
        uint32_t code = reader_u32be(&reader);
        unsigned stream = code & 0xff;
        uint64_t bytes = 0;
        if (reader.failed || code >> 8 != 1 || (has_ended && stream != 0xba))
            break;
        has_ended = stream == 0xb9;
        if (stream == 0xba)
            bytes = pack_bytes(&reader);
        else if (has_ended)
            bytes = 4;
        else if (stream >= STREAM_ID_MIN)
            bytes = 6u + reader_u16be(&reader);
        if (bytes == 0)
            break;
        packs += stream == 0xba;
        packets += stream > STREAM_ID_MIN;
        // Recorders end anywhere. Were that no end, every pack would be looked at as a beginning.
        uint64_t left = view->size_bytes - at;
        at += MIN(bytes, left);
    }
    return carve_shape_by(packs >= PACKS_MIN && packets >= PACKS_MIN, false, at);
}

// ---- Transport streams ------------------------------------------------------------------------

#define PACKET_BYTES 188u
#define SYNC 0x47
#define TIME_BYTES 4u
#define PACKETS_MIN 12u
#define TABLE_PACKETS 2048u // the table of programs, PID 0, stands among so many
#define PIDS 8192u

typedef struct {
    CarveView *view;
    unsigned time_bytes;
    uint8_t pids[PIDS / 8]; // seen so far
} TransportWalk;

// The PID of the packet at `at`, -1 when there is none.
static int packet_pid(const TransportWalk *walk, uint64_t at)
{
    const uint8_t *packet =
        carve_view_bytes(walk->view, at, (size_t)walk->time_bytes + PACKET_BYTES);
    if (packet == NULL)
        return -1;
    packet += walk->time_bytes;
    bool is_packet = packet[0] == SYNC && (packet[1] & 0x80) == 0 && (packet[3] & 0x30) != 0;
    return is_packet ? (packet[1] & 0x1f) << 8 | packet[2] : -1;
}

// A stray 47 behind the end is no packet: its PID is new and no packet follows it.
static bool is_believed(TransportWalk *walk, uint64_t at, int pid)
{
    bool is_known = (walk->pids[pid / 8] >> pid % 8 & 1) != 0;
    walk->pids[pid / 8] |= (uint8_t)(1u << pid % 8);
    return is_known || packet_pid(walk, at + walk->time_bytes + PACKET_BYTES) >= 0;
}

CarveShape carve_mpeg_ts(CarveView *view)
{
    TransportWalk walk = {.view = view};
    const uint8_t *first = carve_view_bytes(view, 0, 1);
    walk.time_bytes = first != NULL && *first == SYNC ? 0 : TIME_BYTES;
    uint64_t at = 0, packets = 0;
    bool has_table = false;
    for (; packets < PACKETS_MAX; packets++) {
        int pid = packet_pid(&walk, at);
        if (pid < 0 || !is_believed(&walk, at, pid))
            break;
        has_table |= pid == 0;
        if (!has_table && packets == TABLE_PACKETS)
            break;
        at += walk.time_bytes + PACKET_BYTES;
    }
    // A recorder may end within a packet.
    const uint8_t *last = carve_view_bytes(view, at, (size_t)walk.time_bytes + 1);
    if (last != NULL && last[walk.time_bytes] == SYNC &&
        view->size_bytes - at < walk.time_bytes + PACKET_BYTES)
        at = view->size_bytes;
    bool is_whole = has_table && packets >= PACKETS_MIN;
    return carve_shape_by(is_whole, false, at);
}
