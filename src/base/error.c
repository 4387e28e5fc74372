// SPDX-License-Identifier: Apache-2.0
#include "base/error.h"

#include <errno.h>
#include <stdarg.h>

G_DEFINE_QUARK(clew - error - quark, clew_error)

static ClewError code_of_errno(int errno_value)
{
    switch (errno_value) {
    case ENOENT:
    case ENOTDIR:
        return CLEW_ERROR_NOT_FOUND;
    case EACCES:
    case EPERM:
    case EROFS:
        return CLEW_ERROR_DENIED;
    case EEXIST:
        return CLEW_ERROR_CONFLICT;
    default:
        return CLEW_ERROR_IO;
    }
}

bool clew_error_set_errno(GError **err, int errno_value, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    g_autofree char *what = g_strdup_vprintf(format, arguments);
    va_end(arguments);

    g_set_error(err, CLEW_ERROR, code_of_errno(errno_value), "%s: %s", what,
                g_strerror(errno_value));
    return false;
}
