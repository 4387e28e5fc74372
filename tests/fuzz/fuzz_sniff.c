// SPDX-License-Identifier: Apache-2.0
//
// Any bytes have a type, and any name beside them a verdict. The name is the text up to the first
// NUL or line break; the rest is the item.
#include "sniff/sniff.h"

#include <stdlib.h>
#include <string.h>

#include "fuzz_target.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char name[64] = "";
    size_t length = 0;
    while (length < size && length < sizeof(name) - 1 && data[length] != 0 && data[length] != '\n')
        length++;
    memcpy(name, data, length);
    name[length] = 0;
    if (length < size)
        length++;

    const SniffType *type = sniff_bytes(data + length, size - length);
    if (type == NULL || sniff_by_media_type(type->media_type) != type)
        abort();
    ExtensionCheck check = sniff_check_extension(type, name);
    if (check > EXTENSION_DISGUISE || (type->family == FAMILY_UNKNOWN && check != EXTENSION_FITS))
        abort();
    return 0;
}
