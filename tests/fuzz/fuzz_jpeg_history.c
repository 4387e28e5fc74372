// SPDX-License-Identifier: Apache-2.0
//
// Headers of JPEGs: whatever they say, the numbers stay within what the messages carry.
#include "probe/jpeg_history.h"

#include <stdlib.h>

#include "fuzz_target.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    JpegHistory history = jpeg_history(data, size);
    if (history.quality > 100 || history.across > 4 || history.down > 4 ||
        (history.across == 0) != (history.down == 0))
        abort();
    return 0;
}
