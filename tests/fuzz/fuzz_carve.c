// SPDX-License-Identifier: Apache-2.0
//
// Any bytes are searched, at every offset and at block borders, and asked for the end of every
// format. What is found lies inside, in order, and what is whole ends where carve_end says.
#include "evidence/carve.h"

#include <stdlib.h>

#include "fuzz_target.h"

#define BLOCK_BYTES 16u

typedef struct {
    Source *source;
    uint64_t size_bytes, next;
} Expected;

static void require(bool is_so)
{
    if (!is_so)
        abort();
}

static bool check_found(void *user_data, const Carved *carved)
{
    Expected *expected = user_data;
    require(carved->type->family == FAMILY_STILL || carved->type->family == FAMILY_VIDEO);
    require(carved->size_bytes > 0 && carved->offset >= expected->next);
    require(carved->offset < expected->size_bytes &&
            carved->size_bytes <= expected->size_bytes - carved->offset);
    expected->next = carved->offset + (carved->complete ? carved->size_bytes : 1);
    uint64_t end = 0;
    if (carved->complete)
        require(
            carve_end(expected->source, carved->offset, expected->size_bytes, carved->type, &end) &&
            end == expected->next);
    return true;
}

static bool count_progress(void *user_data, uint64_t bytes)
{
    return true;
}

static void search(Source *source, uint32_t alignment)
{
    uint64_t size = source_size(source);
    Expected expected = {.source = source, .size_bytes = size};
    const CarveRange range = {.begin = 0, .end = size, .limit = size, .alignment = alignment};
    require(carve_search(source, range, check_found, count_progress, &expected, NULL));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    g_autoptr(Source) source = source_new_memory(data, size);
    search(source, 1);
    search(source, BLOCK_BYTES);
    uint64_t end = 0;
    const SniffType *type = sniff_bytes(data, size);
    if (carve_end(source, 0, size, type, &end))
        require(end > 0 && end <= size);
    return 0;
}
