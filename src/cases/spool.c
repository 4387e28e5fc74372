// SPDX-License-Identifier: Apache-2.0
#include "cases/spool.h"

#include <errno.h>
#include <fcntl.h>
#include <glib.h>
#include <stdlib.h>
#include <unistd.h>

int spool_open(void)
{
    const char *folder = g_get_tmp_dir();
    int descriptor = open(folder, O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
    if (descriptor >= 0)
        return descriptor;
    g_autofree char *path = g_build_filename(folder, "clew-spool-XXXXXX", NULL);
    descriptor = mkostemp(path, O_CLOEXEC);
    if (descriptor >= 0)
        unlink(path);
    return descriptor;
}

int spool_reopen_read_only(int descriptor)
{
    g_autofree char *path = g_strdup_printf("/proc/self/fd/%d", descriptor);
    return open(path, O_RDONLY | O_CLOEXEC);
}

bool spool_write(int descriptor, const uint8_t *bytes, size_t size_bytes)
{
    while (size_bytes > 0) {
        ssize_t count = write(descriptor, bytes, size_bytes);
        if (count < 0 && errno == EINTR)
            continue;
        if (count <= 0)
            return false;
        bytes += count;
        size_bytes -= (size_t)count;
    }
    return true;
}
