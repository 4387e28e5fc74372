// SPDX-License-Identifier: Apache-2.0
//
// Any bytes as vPDQ text (fuzz_list_reader.h).
#include "fuzz_list_reader.h"

#include "fuzz_target.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    fuzz_list_reader("vpdq", data, size);
    return 0;
}
