// SPDX-License-Identifier: Apache-2.0
#include "store/frame_pack.h"

#include <string.h>

// Frames packed at a time for the digest.
#define DIGEST_BATCH 256u

static void put_word(uint8_t *target, uint32_t word)
{
    word = GUINT32_TO_LE(word);
    memcpy(target, &word, sizeof word);
}

static uint32_t get_word(const uint8_t *source)
{
    uint32_t word;
    memcpy(&word, source, sizeof word);
    return GUINT32_FROM_LE(word);
}

void frame_pack(const FrameHash *frame, uint8_t ret_bytes[FRAME_PACKED_BYTES])
{
    put_word(ret_bytes, frame->number);
    put_word(ret_bytes + 4, frame->milliseconds);
    ret_bytes[8] = frame->quality;
    memcpy(ret_bytes + 9, frame->hash, PDQ_BYTES);
}

FrameHash frame_unpack(const uint8_t bytes[FRAME_PACKED_BYTES])
{
    FrameHash frame = {
        .number = get_word(bytes), .milliseconds = get_word(bytes + 4), .quality = bytes[8]};
    memcpy(frame.hash, bytes + 9, PDQ_BYTES);
    return frame;
}

void frames_digest(const FrameHash *frames, size_t count, GChecksum *work,
                   uint8_t ret_digest[SHA256_BYTES])
{
    uint8_t packed[DIGEST_BATCH * FRAME_PACKED_BYTES];
    for (size_t done = 0; done < count;) {
        size_t batch = MIN(count - done, DIGEST_BATCH);
        for (size_t i = 0; i < batch; i++)
            frame_pack(&frames[done + i], packed + i * FRAME_PACKED_BYTES);
        g_checksum_update(work, packed, (gssize)(batch * FRAME_PACKED_BYTES));
        done += batch;
    }
    gsize size_bytes = SHA256_BYTES;
    g_checksum_get_digest(work, ret_digest, &size_bytes);
    g_checksum_reset(work);
}
