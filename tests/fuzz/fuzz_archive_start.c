// SPDX-License-Identifier: Apache-2.0
//
// Any bytes begin or do not begin an archive, also as a program that carries one; and where one is
// said to begin there are bytes.
#include "evidence/archive_start.h"

#include <stdlib.h>

#include "evidence/archive_rpm.h"
#include "fuzz_target.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    g_autoptr(Source) source = source_new_memory(data, size);
    const SniffType *type = sniff_bytes(data, size);
    ArchiveStart start;
    uint64_t payload = 0;
    if (archive_start_find(type, source, &start) && start.offset != 0)
        abort();
    if (archive_start_find_hidden(type, source, &start) && start.offset > size)
        abort();
    if (archive_rpm_payload(source, &payload) && payload > size)
        abort();
    return 0;
}
