// SPDX-License-Identifier: Apache-2.0
//
// The temporary name is visible (".NAME.XXXXXX.tmp") rather than O_TMPFILE, because renameat2 can
// replace or refuse an existing target atomically and O_TMPFILE + linkat can only refuse.
#include "base/output_file.h"

#include "base/error.h"

#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define BUFFER_BYTES (64u << 10)

struct OutputFile {
    char *path;
    char *temporary_path; // NULL once named or removed
    int descriptor;
    OutputFileOptions options;
    GByteArray *buffer;
};

// Renaming puts a new file in the place of whatever has the name: of a device, a FIFO or a link it
// would make a file, for root also of /dev/null.
static bool may_take_place(const char *path, bool overwrite, GError **err)
{
    struct stat status;
    if (lstat(path, &status) != 0)
        return true; // what else is wrong shows when the file is made
    if (!S_ISREG(status.st_mode)) {
        g_set_error(err, CLEW_ERROR, CLEW_ERROR_DENIED,
                    "cannot write %s: it is no regular file, and a file would take its place",
                    path);
        return false;
    }
    if (!overwrite)
        g_set_error(err, CLEW_ERROR, CLEW_ERROR_CONFLICT,
                    "cannot write %s: the file exists; name another or add --force", path);
    return overwrite;
}

OutputFile *output_file_open(const char *path, OutputFileOptions options, GError **err)
{
    if (!may_take_place(path, options.overwrite, err))
        return NULL;
    g_autofree char *folder = g_path_get_dirname(path);
    g_autofree char *name = g_path_get_basename(path);
    g_autofree char *temporary = g_strdup_printf("%s/.%s.XXXXXX.tmp", folder, name);
    int descriptor = mkostemps(temporary, 4, O_CLOEXEC);
    if (descriptor < 0) {
        clew_error_set_errno(err, errno, "cannot write %s", path);
        return NULL;
    }
    OutputFile *file = g_new0(OutputFile, 1);
    file->path = g_strdup(path);
    file->temporary_path = g_steal_pointer(&temporary);
    file->descriptor = descriptor;
    file->options = options;
    file->buffer = g_byte_array_sized_new(BUFFER_BYTES);
    if (options.mode != 0 && fchmod(descriptor, options.mode) != 0) {
        clew_error_set_errno(err, errno, "cannot set the mode of %s", path);
        output_file_free(file);
        return NULL;
    }
    return file;
}

static bool write_all(OutputFile *file, const uint8_t *data, size_t size_bytes, GError **err)
{
    while (size_bytes > 0) {
        ssize_t written = write(file->descriptor, data, size_bytes);
        if (written < 0 && errno == EINTR)
            continue;
        if (written < 0)
            return clew_error_set_errno(err, errno, "cannot write %s", file->path);
        data += written;
        size_bytes -= (size_t)written;
    }
    return true;
}

static bool flush(OutputFile *file, GError **err)
{
    bool ok = write_all(file, file->buffer->data, file->buffer->len, err);
    g_byte_array_set_size(file->buffer, 0);
    return ok;
}

bool output_file_write(OutputFile *file, const void *data, size_t size_bytes, GError **err)
{
    if (file->buffer->len + size_bytes > BUFFER_BYTES && !flush(file, err))
        return false;
    if (size_bytes >= BUFFER_BYTES)
        return write_all(file, data, size_bytes, err);
    g_byte_array_append(file->buffer, data, (guint)size_bytes);
    return true;
}

int output_file_descriptor(OutputFile *file)
{
    return file->descriptor;
}

static bool sync_folder(const char *path, GError **err)
{
    g_autofree char *folder = g_path_get_dirname(path);
    int descriptor = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (descriptor < 0)
        return clew_error_set_errno(err, errno, "cannot open folder %s", folder);
    // Some file systems cannot sync a folder; the rename itself has succeeded then.
    bool ok = fsync(descriptor) == 0 || errno == EINVAL || errno == EROFS;
    if (!ok)
        clew_error_set_errno(err, errno, "cannot sync folder %s", folder);
    close(descriptor);
    return ok;
}

static bool rename_into_place(OutputFile *file, GError **err)
{
    unsigned flags = file->options.overwrite ? 0 : RENAME_NOREPLACE;
    int failed = renameat2(AT_FDCWD, file->temporary_path, AT_FDCWD, file->path, flags);
    if (failed != 0 && errno == EINVAL && flags != 0) { // file system without RENAME_NOREPLACE
        failed = link(file->temporary_path, file->path);
        if (failed == 0)
            unlink(file->temporary_path);
    }
    if (failed != 0)
        return clew_error_set_errno(err, errno, "cannot write %s", file->path);
    g_clear_pointer(&file->temporary_path, g_free);
    return true;
}

bool output_file_commit(OutputFile *file, GError **err)
{
    if (!flush(file, err))
        return false;
    if (fsync(file->descriptor) != 0 && errno != EINVAL)
        return clew_error_set_errno(err, errno, "cannot sync %s", file->path);
    return rename_into_place(file, err) && sync_folder(file->path, err);
}

void output_file_free(OutputFile *file)
{
    if (file == NULL)
        return;
    if (file->temporary_path != NULL)
        unlink(file->temporary_path);
    if (file->descriptor >= 0)
        close(file->descriptor);
    g_byte_array_unref(file->buffer);
    g_free(file->temporary_path);
    g_free(file->path);
    g_free(file);
}
