// SPDX-License-Identifier: Apache-2.0
#include "evidence/sealed/bfio_source.h"

#include <stdio.h>
#include <string.h>

#include "base/error.h"

#define ERROR_TEXT_BYTES 4096

// The error functions that every libyal library carries, for which no header is installed. An error
// is the same type in all of them.
void libcerror_error_set(libbfio_error_t **error, int domain, int code, const char *format, ...);
void libcerror_error_free(libbfio_error_t **error);
int libcerror_error_matches(libbfio_error_t *error, int domain, int code);
int libcerror_error_backtrace_sprint(libbfio_error_t *error, char *text, size_t size);

// Marks errors of the source among those of the library: added to the code of base/error.h.
#define SOURCE_ERROR 0x5000

typedef struct {
    Source *source;
    uint64_t position;
    bool is_open;
} Handle;

static Handle *handle_of(intptr_t *opaque)
{
    return (Handle *)opaque;
}

static int handle_free(intptr_t **opaque, libbfio_error_t **error)
{
    g_free(*opaque);
    *opaque = NULL;
    return 1;
}

static int handle_clone(intptr_t **ret_copy, intptr_t *opaque, libbfio_error_t **error)
{
    Handle *copy = g_new0(Handle, 1);
    copy->source = handle_of(opaque)->source;
    *ret_copy = (intptr_t *)copy;
    return 1;
}

static int handle_open(intptr_t *opaque, int flags, libbfio_error_t **error)
{
    if ((flags & LIBBFIO_ACCESS_FLAG_WRITE) != 0)
        return -1;
    handle_of(opaque)->is_open = true;
    handle_of(opaque)->position = 0;
    return 1;
}

static int handle_close(intptr_t *opaque, libbfio_error_t **error)
{
    handle_of(opaque)->is_open = false;
    return 0;
}

static ssize_t handle_read(intptr_t *opaque, uint8_t *target, size_t size, libbfio_error_t **error)
{
    Handle *handle = handle_of(opaque);
    g_autoptr(GError) failure = NULL;
    ssize_t count = source_read(handle->source, handle->position, target, size, &failure);
    if (count < 0) {
        libcerror_error_set(error, LIBBFIO_ERROR_DOMAIN_IO, SOURCE_ERROR + failure->code, "%s",
                            failure->message);
        return -1;
    }
    handle->position += (uint64_t)count;
    return count;
}

static ssize_t handle_write(intptr_t *opaque, const uint8_t *bytes, size_t size,
                            libbfio_error_t **error)
{
    return -1;
}

static off64_t handle_seek(intptr_t *opaque, off64_t offset, int whence, libbfio_error_t **error)
{
    Handle *handle = handle_of(opaque);
    off64_t base = whence == SEEK_CUR   ? (off64_t)handle->position
                   : whence == SEEK_END ? (off64_t)source_size(handle->source)
                                        : 0;
    off64_t target;
    if (__builtin_add_overflow(base, offset, &target) || target < 0)
        return -1;
    handle->position = (uint64_t)target;
    return target;
}

static int handle_exists(intptr_t *opaque, libbfio_error_t **error)
{
    return 1;
}

static int handle_is_open(intptr_t *opaque, libbfio_error_t **error)
{
    return handle_of(opaque)->is_open;
}

static int handle_get_size(intptr_t *opaque, size64_t *ret_size, libbfio_error_t **error)
{
    *ret_size = source_size(handle_of(opaque)->source);
    return 1;
}

libbfio_handle_t *bfio_source_handle(Source *source, GError **err)
{
    Handle *handle = g_new0(Handle, 1);
    handle->source = source;
    libbfio_handle_t *bfio = NULL;
    libbfio_error_t *error = NULL;
    int result = libbfio_handle_initialize(
        &bfio, (intptr_t *)handle, handle_free, handle_clone, handle_open, handle_close,
        handle_read, handle_write, handle_seek, handle_exists, handle_is_open, handle_get_size,
        LIBBFIO_FLAG_IO_HANDLE_MANAGED | LIBBFIO_FLAG_IO_HANDLE_CLONE_BY_FUNCTION, &error);
    if (result == 1)
        return bfio;
    g_free(handle);
    bfio_source_take_error(&error, CLEW_ERROR_INTERNAL, "no handle could be made", err);
    return NULL;
}

// The library's words of the first line, "libewf_section_read: unable to read.": without the
// function's name and the full stop.
static const char *first_cause(char *text)
{
    text[strcspn(text, "\r\n")] = 0;
    size_t length = strlen(text);
    if (length > 0 && text[length - 1] == '.')
        text[length - 1] = 0;
    char *colon = strstr(text, ": ");
    return g_str_has_prefix(text, "lib") && colon != NULL ? colon + 2 : text;
}

bool bfio_source_take_error(libbfio_error_t **error, int code, const char *attempted, GError **err)
{
    char text[ERROR_TEXT_BYTES] = "";
    int shown = code;
    if (*error != NULL) {
        if (libcerror_error_backtrace_sprint(*error, text, sizeof(text)) < 0)
            text[0] = 0;
        text[sizeof(text) - 1] = 0;
        for (int each = 0; each <= CLEW_ERROR_INTERNAL; each++) {
            if (libcerror_error_matches(*error, LIBBFIO_ERROR_DOMAIN_IO, SOURCE_ERROR + each) == 1)
                shown = each;
        }
        libcerror_error_free(error);
    }
    const char *cause = first_cause(text);
    if (cause[0] != 0)
        g_set_error(err, CLEW_ERROR, shown, "%s: %s", attempted, cause);
    else
        g_set_error_literal(err, CLEW_ERROR, shown, attempted);
    return false;
}
