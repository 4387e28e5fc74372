// SPDX-License-Identifier: Apache-2.0
//
// Messages, and mailboxes of them.
#include "fuzz_target.h"
#include "fuzz_walk.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    fuzz_walk(data, size, "message/rfc822");
    fuzz_walk(data, size, "application/mbox");
    return 0;
}
