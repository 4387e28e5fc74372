// SPDX-License-Identifier: Apache-2.0
//
// The worker's descriptor is the same file opened for reading only. Sealing it against future
// writing would do as well, but such a seal also forbids giving pages back. The size is sealed, so
// no SIGBUS can arise on either side.
#include "wire/shared_buffer.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/error.h"

#ifndef MFD_NOEXEC_SEAL
#define MFD_NOEXEC_SEAL 0x0008U // Linux 6.3
#endif

// Trimming smaller remains costs more than it gives.
#define TRIM_STEP_BYTES (1u << 20)

static int open_memory(void)
{
    unsigned flags = MFD_CLOEXEC | MFD_ALLOW_SEALING;
    int descriptor = memfd_create("clew-buffer", flags | MFD_NOEXEC_SEAL);
    return descriptor < 0 && errno == EINVAL ? memfd_create("clew-buffer", flags) : descriptor;
}

static int open_read_only(int descriptor)
{
    char path[64];
    snprintf(path, sizeof path, "/proc/self/fd/%d", descriptor);
    return open(path, O_RDONLY | O_CLOEXEC);
}

static bool open_parts(SharedBuffer *buffer, size_t size_bytes)
{
    buffer->descriptor = open_memory();
    if (buffer->descriptor < 0 || ftruncate(buffer->descriptor, (off_t)size_bytes) < 0)
        return false;

    void *bytes = mmap(NULL, size_bytes, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_NORESERVE,
                       buffer->descriptor, 0);
    if (bytes == MAP_FAILED)
        return false;
    buffer->bytes = bytes;
    buffer->size_bytes = size_bytes;

    buffer->for_worker = open_read_only(buffer->descriptor);
    return buffer->for_worker >= 0 &&
           fcntl(buffer->descriptor, F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL) == 0;
}

bool shared_buffer_open(SharedBuffer *buffer, size_t size_bytes, GError **err)
{
    SharedBuffer opened = {.descriptor = -1, .for_worker = -1};
    if (size_bytes > 0 && !open_parts(&opened, size_bytes)) {
        clew_error_set_errno(err, errno, "cannot make a shared buffer of %zu bytes", size_bytes);
        shared_buffer_close(&opened);
        return false;
    }
    *buffer = opened;
    return true;
}

void shared_buffer_trim(SharedBuffer *buffer, size_t keep_bytes)
{
    if (keep_bytes >= buffer->size_bytes)
        return;
    size_t start = (keep_bytes + TRIM_STEP_BYTES - 1) / TRIM_STEP_BYTES * TRIM_STEP_BYTES;
    if (start >= buffer->size_bytes)
        return;
    (void)fallocate(buffer->descriptor, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, (off_t)start,
                    (off_t)(buffer->size_bytes - start));
}

void shared_buffer_handed_over(SharedBuffer *buffer)
{
    if (buffer->for_worker >= 0)
        close(buffer->for_worker);
    buffer->for_worker = -1;
}

void shared_buffer_close(SharedBuffer *buffer)
{
    shared_buffer_handed_over(buffer);
    if (buffer->bytes != NULL)
        munmap(buffer->bytes, buffer->size_bytes);
    if (buffer->descriptor >= 0)
        close(buffer->descriptor);
    *buffer = (SharedBuffer){.descriptor = -1, .for_worker = -1};
}
