// SPDX-License-Identifier: Apache-2.0
//
// Blocks of disk images: the first byte says how the rest is packed, the second how large it is
// unpacked.
#include <stdlib.h>

#include "evidence/unpack.h"
#include "fuzz_target.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size < 2)
        return 0;
    size_t room = (size_t)data[1] * 64 + 1, least = data[0] >= 0x80 ? 1 : room, count = 0;
    g_autofree uint8_t *target = g_malloc(room);
    g_autofree uint8_t *packed = g_memdup2(data + 2, size - 2);
    g_autoptr(GError) error = NULL;
    bool ok =
        unpack(data[0] % (PACKING_ADC + 1), packed, size - 2, target, least, room, &count, &error);
    if (ok != (error == NULL) || (ok && (count < least || count > room)))
        abort();
    return 0;
}
