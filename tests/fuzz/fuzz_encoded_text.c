// SPDX-License-Identifier: Apache-2.0
//
// Text in which anything may be encoded.
#include "fuzz_target.h"
#include "fuzz_walk.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    fuzz_walk(data, size, "text/plain");
    return 0;
}
