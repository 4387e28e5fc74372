// SPDX-License-Identifier: Apache-2.0
//
// OneNote sections: objects found by their GUID.
#include "fuzz_target.h"
#include "fuzz_walk.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    fuzz_walk(data, size, "application/onenote");
    return 0;
}
