// SPDX-License-Identifier: Apache-2.0
//
// winmail.dat: attributes, properties and compressed RTF.
#include "fuzz_target.h"
#include "fuzz_walk.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    fuzz_walk(data, size, "application/vnd.ms-tnef");
    return 0;
}
