// SPDX-License-Identifier: Apache-2.0
//
// RTF: groups, words, digits and counted bytes; objects of OLE 1 in them.
#include "fuzz_target.h"
#include "fuzz_walk.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    fuzz_walk(data, size, "application/rtf");
    return 0;
}
