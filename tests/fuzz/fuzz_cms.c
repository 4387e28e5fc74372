// SPDX-License-Identifier: Apache-2.0
//
// S/MIME: BER of any depth and length.
#include "fuzz_target.h"
#include "fuzz_walk.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    fuzz_walk(data, size, "application/octet-stream");
    return 0;
}
