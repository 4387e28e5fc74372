// SPDX-License-Identifier: Apache-2.0
#include "store/data_folder.h"

#include <errno.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/error.h"

static bool is_private(const char *path, const struct stat *status, const char *mend_mode,
                       GError **err)
{
    if (status->st_uid != geteuid()) {
        g_set_error(err, CLEW_ERROR, CLEW_ERROR_DENIED,
                    "refusing to use %s: it belongs to user %u, not to you (%u)", path,
                    status->st_uid, geteuid());
        return false;
    }
    if (status->st_mode & 077) {
        g_set_error(err, CLEW_ERROR, CLEW_ERROR_DENIED,
                    "refusing to use %s: its mode %04o lets others in, and hash sets are secret; "
                    "run: chmod %s '%s'",
                    path, status->st_mode & 07777, mend_mode, path);
        return false;
    }
    return true;
}

static bool is_whole(const char *folder, GError **err)
{
    g_autofree char *mark = g_build_filename(folder, DATA_FOLDER_RESTORING, NULL);
    if (access(mark, F_OK) != 0)
        return true;
    g_set_error(err, CLEW_ERROR, CLEW_ERROR_CONFLICT,
                "refusing to use %s: a restore into it was interrupted or is running; when none "
                "runs, remove the folder and restore again",
                folder);
    return false;
}

bool data_folder_prepare(const char *folder, GError **err)
{
    if (g_mkdir_with_parents(folder, 0700) != 0)
        return clew_error_set_errno(err, errno, "cannot create the data folder %s", folder);
    struct stat status;
    if (stat(folder, &status) != 0)
        return clew_error_set_errno(err, errno, "cannot use the data folder %s", folder);
    return is_private(folder, &status, "700", err) && is_whole(folder, err);
}

bool data_folder_check_file(const char *path, GError **err)
{
    struct stat status;
    if (lstat(path, &status) != 0)
        return clew_error_set_errno(err, errno, "cannot use %s", path);
    if (!S_ISREG(status.st_mode)) {
        g_set_error(err, CLEW_ERROR, CLEW_ERROR_DENIED,
                    "refusing to use %s: it is not a regular file", path);
        return false;
    }
    return is_private(path, &status, "600", err);
}
