// SPDX-License-Identifier: Apache-2.0
#include "test_sink.h"

#include <string.h>

#define ROOM 7 // rows handed out at a time: not a divisor of anything
#define GUARD 0x5a

typedef struct {
    Picture *picture;
    size_t row_bytes;
    uint8_t *rows[ROOM];
    uint32_t done;
} Memory;

static uint8_t **memory_rows(void *user_data, unsigned *ret_room)
{
    Memory *memory = user_data;
    *ret_room = ROOM;
    return memory->rows;
}

static void memory_commit(void *user_data, unsigned count)
{
    Memory *memory = user_data;
    Picture *picture = memory->picture;
    unsigned step = picture->bands == 1 ? 1 : 4;
    for (unsigned i = 0; i < count; i++, memory->done++) {
        const uint8_t *row = memory->rows[i];
        g_assert_cmpuint(row[-1], ==, GUARD);
        g_assert_cmpuint(row[memory->row_bytes], ==, GUARD);
        g_assert_cmpuint(memory->done, <, picture->height);
        uint8_t *target = picture->pixels + (size_t)memory->done * picture->width * picture->bands;
        for (uint32_t x = 0; x < picture->width; x++)
            memcpy(target + (size_t)x * picture->bands, row + (size_t)x * step, picture->bands);
    }
}

bool test_sink_decode(Still *still, Picture *ret_picture, GError **err)
{
    *ret_picture = (Picture){.width = still_width(still),
                             .height = still_height(still),
                             .bands = still_format(still) == STILL_GREY ? 1 : 3};
    ret_picture->pixels =
        g_malloc0((size_t)ret_picture->width * ret_picture->height * ret_picture->bands);
    Memory memory = {.picture = ret_picture,
                     .row_bytes = (size_t)ret_picture->width * (ret_picture->bands == 1 ? 1 : 4)};
    for (unsigned i = 0; i < ROOM; i++) {
        uint8_t *allocated = g_malloc(memory.row_bytes + 2);
        memset(allocated, GUARD, memory.row_bytes + 2);
        memory.rows[i] = allocated + 1;
    }
    StillSink sink = {memory_rows, memory_commit, &memory};
    bool is_decoded =
        still_decode(still, &sink, &ret_picture->rows, &ret_picture->is_truncated, err);
    if (is_decoded)
        g_assert_cmpuint(memory.done, ==, ret_picture->height);
    for (unsigned i = 0; i < ROOM; i++)
        g_free(memory.rows[i] - 1);
    return is_decoded;
}

void picture_clear(Picture *picture)
{
    g_clear_pointer(&picture->pixels, g_free);
}

static uint8_t **hasher_rows(void *user_data, unsigned *ret_room)
{
    return pdq_hasher_rows(user_data, ret_room);
}

static void hasher_commit(void *user_data, unsigned count)
{
    pdq_hasher_commit(user_data, count);
}

PdqHasher *test_sink_hash(Still *still, GError **err)
{
    PdqOptions options = {.pixels = still_format(still) == STILL_GREY ? PDQ_PIXELS_GREY
                                                                      : PDQ_PIXELS_RGBX};
    PdqHasher *hasher = pdq_hasher_new(still_width(still), still_height(still), &options);
    g_assert_nonnull(hasher);
    StillSink sink = {hasher_rows, hasher_commit, hasher};
    uint32_t rows;
    bool is_truncated;
    if (!still_decode(still, &sink, &rows, &is_truncated, err)) {
        pdq_hasher_free(hasher);
        return NULL;
    }
    g_assert_true(pdq_hasher_finish(hasher));
    return hasher;
}
