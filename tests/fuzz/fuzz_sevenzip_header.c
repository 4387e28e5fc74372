// SPDX-License-Identifier: Apache-2.0
//
// Any bytes are the end header of a 7z archive, or the archive itself.
#include "evidence/sevenzip_header.h"

#include <stdlib.h>

#include "fuzz_target.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    g_autoptr(Source) source = source_new_memory(data, size);
    SevenzipHeader header = sevenzip_header_read(source, 0);
    bool is_there = header.state == SEVENZIP_PLAIN || header.state == SEVENZIP_PACKED ||
                    header.state == SEVENZIP_ENCRYPTED || header.state == SEVENZIP_EMPTY;
    if (is_there && header.end > size)
        abort();
    sevenzip_header_is_encrypted(data, size);
    return 0;
}
