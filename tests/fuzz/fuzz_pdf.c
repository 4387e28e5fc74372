// SPDX-License-Identifier: Apache-2.0
//
// PDF: what is made of the objects that qpdf finds.
#include "fuzz_target.h"
#include "fuzz_walk.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    fuzz_walk(data, size, "application/pdf");
    return 0;
}
