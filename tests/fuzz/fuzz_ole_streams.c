// SPDX-License-Identifier: Apache-2.0
//
// Streams of office files that are containers themselves. The first byte says which kind.
#include "evidence/ole_streams.h"
#include "fuzz_target.h"
#include "fuzz_walk.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const SniffType *const types[] = {
        &ole_pictures_type, &ole_workbook_type,  &ole_presentation_type,
        &ole_package_type,  &ole_thumbnail_type,
    };
    if (size > 1)
        fuzz_walk_as(data + 1, size - 1, types[data[0] % (sizeof types / sizeof types[0])]);
    return 0;
}
