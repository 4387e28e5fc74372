// SPDX-License-Identifier: Apache-2.0
#include "store/media_hashes.h"

#include <string.h>

#define OF_THUMBNAIL 0x10u

static void pack(GByteArray *packed, const StillFacts *facts, unsigned mark)
{
    if (facts == NULL)
        return;
    for (unsigned pipeline = 0; pipeline < PIPELINE_COUNT; pipeline++) {
        const PdqFacts *pdq = &facts->pdq[pipeline];
        if (!pdq->present)
            continue;
        const uint8_t head[2] = {(uint8_t)(pipeline | mark), pdq->quality};
        g_byte_array_append(packed, head, sizeof head);
        g_byte_array_append(packed, pdq->hash[0], sizeof pdq->hash);
    }
}

GBytes *media_hashes_pack(const StillFacts *still, const StillFacts *thumbnail)
{
    GByteArray *packed = g_byte_array_new();
    pack(packed, still, 0);
    pack(packed, thumbnail, OF_THUMBNAIL);
    if (packed->len > 0)
        return g_byte_array_free_to_bytes(packed);
    g_byte_array_unref(packed);
    return NULL;
}

bool media_hashes_unpack(const uint8_t *bytes, size_t size_bytes, PdqFacts still[PIPELINE_COUNT],
                         PdqFacts thumbnail[PIPELINE_COUNT])
{
    memset(still, 0, PIPELINE_COUNT * sizeof *still);
    memset(thumbnail, 0, PIPELINE_COUNT * sizeof *thumbnail);
    if (size_bytes > MEDIA_HASHES_MAX || size_bytes % MEDIA_HASHES_SECTION != 0)
        return false;
    for (const uint8_t *section = bytes; section < bytes + size_bytes;
         section += MEDIA_HASHES_SECTION) {
        unsigned pipeline = section[0] & ~OF_THUMBNAIL;
        if (pipeline >= PIPELINE_COUNT)
            return false;
        PdqFacts *pdq = &(section[0] & OF_THUMBNAIL ? thumbnail : still)[pipeline];
        pdq->present = true;
        pdq->quality = section[1];
        memcpy(pdq->hash, section + 2, sizeof pdq->hash);
    }
    return true;
}
