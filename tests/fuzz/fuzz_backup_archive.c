// SPDX-License-Identifier: Apache-2.0
//
// Any bytes in place of a backup: what is taken for whole has members within the file, and gives
// them out as they were checked.
#include "cases/backup_archive.h"

#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "fuzz_target.h"

static void assert_that(bool rule)
{
    if (!rule)
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    BackupManifest manifest;
    int descriptor = memfd_create("backup", MFD_CLOEXEC);
    assert_that(descriptor >= 0 && write(descriptor, data, size) == (ssize_t)size);
    if (backup_archive_check(descriptor, "it", &manifest, NULL))
        for (unsigned i = 0; i < BACKUP_MEMBER_COUNT; i++) {
            assert_that(manifest.members[i].offset <= size);
            assert_that(manifest.members[i].size_bytes <= size - manifest.members[i].offset);
        }
    close(descriptor);
    return 0;
}
