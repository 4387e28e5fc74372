// SPDX-License-Identifier: Apache-2.0
//
// ASF (Windows Media): objects of an id (16), a size that counts them (8), and contents.
//
//   Header object | Data object | index objects
//
// A live recording leaves the data's size at 0; then nothing says where it ends.
#include <string.h>

#include "evidence/carve_formats.h"

#define ID_BYTES 16u
#define OBJECT_HEADER_BYTES 24u
#define HEADER_OBJECT_BYTES_MAX (16u << 20)
#define OBJECTS_MAX 4096u

static const uint8_t data_id[ID_BYTES] = {0x36, 0x26, 0xb2, 0x75, 0x8e, 0x66, 0xcf, 0x11,
                                          0xa6, 0xd9, 0x00, 0xaa, 0x00, 0x62, 0xce, 0x6c};

// Objects that may follow: the simple index, the index, the media index, the timecode index.
static const uint8_t index_ids[][ID_BYTES] = {
    {0x90, 0x08, 0x00, 0x33, 0xb1, 0xe5, 0xcf, 0x11, 0x89, 0xf4, 0x00, 0xa0, 0xc9, 0x03, 0x49,
     0xcb},
    {0xd3, 0x29, 0xe2, 0xd6, 0xda, 0x35, 0xd1, 0x11, 0x90, 0x34, 0x00, 0xa0, 0xc9, 0x03, 0x49,
     0xbe},
    {0xf8, 0x03, 0xb1, 0xfe, 0xad, 0x12, 0x64, 0x4c, 0x84, 0x0f, 0x2a, 0x1d, 0x2f, 0x7a, 0xd4,
     0x8c},
    {0xd0, 0x3f, 0xb7, 0x3c, 0x4a, 0x0c, 0x03, 0x48, 0x95, 0x3d, 0xed, 0xf7, 0xb6, 0x22, 0x8f,
     0x0c},
};

static bool is_index(const uint8_t *id)
{
    for (size_t i = 0; i < sizeof(index_ids) / sizeof(index_ids[0]); i++) {
        if (memcmp(id, index_ids[i], ID_BYTES) == 0)
            return true;
    }
    return false;
}

// The size of the object at `at`, 0 when there is none of these.
static uint64_t object_bytes(CarveView *view, uint64_t at, bool (*is_wanted)(const uint8_t *id))
{
    Reader reader = carve_view_reader(view, at, OBJECT_HEADER_BYTES);
    const uint8_t *id = reader_bytes(&reader, ID_BYTES);
    uint64_t size = reader_u64le(&reader);
    if (reader.failed || (is_wanted != NULL && !is_wanted(id)) || size < OBJECT_HEADER_BYTES)
        return 0;
    return size;
}

static bool is_data(const uint8_t *id)
{
    return memcmp(id, data_id, ID_BYTES) == 0;
}

CarveShape carve_asf(CarveView *view)
{
    uint64_t at = object_bytes(view, 0, NULL);
    if (at == 0 || at > HEADER_OBJECT_BYTES_MAX)
        return carve_shape(CARVE_NOTHING, 0);
    const uint8_t *data = carve_view_bytes(view, at, OBJECT_HEADER_BYTES);
    if (data == NULL || !is_data(data))
        return carve_shape(CARVE_NOTHING, 0);
    uint64_t size = object_bytes(view, at, is_data);
    if (size == 0)
        return carve_shape(CARVE_OPEN, view->size_bytes);
    for (unsigned i = 0; i < OBJECTS_MAX && size != 0; i++) {
        if (size > view->size_bytes - at)
            return carve_shape(CARVE_CUT, view->size_bytes);
        at += size;
        size = object_bytes(view, at, is_index);
    }
    return carve_shape(CARVE_WHOLE, at);
}
