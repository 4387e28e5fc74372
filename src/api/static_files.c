// SPDX-License-Identifier: Apache-2.0
#include "api/static_files.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/limits.h"

#define HASH_DIGITS_MIN 8
#define GZIP_ENDING ".gz"

struct ApiStaticFiles {
    int folder; // -1: none
};

static const struct {
    const char *ending, *type;
} types[] = {
    {".html", "text/html; charset=utf-8"},
    {".js", "text/javascript; charset=utf-8"},
    {".mjs", "text/javascript; charset=utf-8"},
    {".css", "text/css; charset=utf-8"},
    {".json", "application/json"},
    {".svg", "image/svg+xml"},
    {".png", "image/png"},
    {".jpg", "image/jpeg"},
    {".webp", "image/webp"},
    {".ico", "image/x-icon"},
    {".woff2", "font/woff2"},
    {".txt", "text/plain; charset=utf-8"},
    {".webmanifest", "application/manifest+json"},
};

static const char page_without_desk[] =
    "<!doctype html>\n<html lang=\"en\">\n<meta charset=\"utf-8\">\n<title>Clew</title>\n"
    "<h1>Clew</h1>\n<p>The API is running at <code>/api/v1</code>. The desk is not installed.</p>\n"
    "</html>\n";

ApiStaticFiles *api_static_files_new(const char *folder, GError **err)
{
    int descriptor = -1;
    if (folder != NULL) {
        descriptor = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
        if (descriptor < 0 && errno != ENOENT) {
            clew_error_set_errno(err, errno, "the desk's folder '%s' cannot be opened", folder);
            return NULL;
        }
    }
    ApiStaticFiles *files = g_new0(ApiStaticFiles, 1);
    files->folder = descriptor;
    return files;
}

void api_static_files_free(ApiStaticFiles *files)
{
    if (files == NULL)
        return;
    if (files->folder >= 0)
        close(files->folder);
    g_free(files);
}

static const char *type_of(const char *name)
{
    for (unsigned i = 0; i < G_N_ELEMENTS(types); i++)
        if (g_str_has_suffix(name, types[i].ending))
            return types[i].type;
    return NULL;
}

// "desk-3f2a9c1e.js", "desk.3f2a9c1e.css": at least HASH_DIGITS_MIN hexadecimal digits before the
// ending.
static bool has_hash_in_name(const char *name)
{
    const char *ending = strrchr(name, '.');
    if (ending == NULL)
        return false;
    size_t digits = 0;
    const char *at = ending;
    while (at > name && g_ascii_isxdigit(at[-1]) && !g_ascii_isupper(at[-1]))
        at--, digits++;
    return digits >= HASH_DIGITS_MIN && at > name && (at[-1] == '-' || at[-1] == '.');
}

static bool not_found(GError **err)
{
    g_set_error_literal(err, CLEW_ERROR, CLEW_ERROR_NOT_FOUND, "there is no such page");
    return false;
}

// Opens what `path` names below `folder`, segment by segment. -1 when there is none.
static int open_below(int folder, const char *path)
{
    int at = fcntl(folder, F_DUPFD_CLOEXEC, 0);
    while (at >= 0 && *path == '/') {
        path++;
        size_t length = strcspn(path, "/");
        g_autofree char *name = g_strndup(path, length);
        path += length;
        int flags = O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK;
        int next = -1;
        if (length > 0 && length <= LIMIT_NAME_BYTES && name[0] != '.')
            next = openat(at, name, *path == '/' ? flags | O_DIRECTORY : flags);
        close(at);
        at = next;
    }
    return at;
}

static bool fill(int descriptor, const char *name, ApiStaticFile *ret_file)
{
    struct stat info;
    const char *type = type_of(name);
    if (type == NULL || fstat(descriptor, &info) != 0 || !S_ISREG(info.st_mode))
        return false;
    *ret_file = (ApiStaticFile){.descriptor = descriptor,
                                .size_bytes = (uint64_t)info.st_size,
                                .content_type = type,
                                .immutable = has_hash_in_name(name)};
    int64_t written_ns = (int64_t)info.st_mtim.tv_sec * 1000000000 + info.st_mtim.tv_nsec;
    g_snprintf(ret_file->etag, sizeof ret_file->etag,
               "\"%" G_GINT64_MODIFIER "x-%" G_GINT64_MODIFIER "x\"", (guint64)info.st_size,
               (guint64)written_ns);
    return true;
}

// "q=0", "q=0.000": the client does not want it (RFC 9110, 12.4.2).
static bool is_weight_of_nothing(const char *parameters)
{
    const char *weight = strstr(parameters, "q=");
    return weight != NULL && weight[2] == '0' && strpbrk(weight, "123456789") == NULL;
}

// Whether an Accept-Encoding names gzip (RFC 9110, 12.5.3). "*" is not taken for it: the plain form
// is always right.
static bool wants_gzip(const char *accepts)
{
    g_auto(GStrv) codings = g_strsplit(accepts != NULL ? accepts : "", ",", -1);
    for (unsigned i = 0; codings[i] != NULL; i++) {
        char *parameters = strchr(codings[i], ';');
        if (parameters != NULL)
            *parameters++ = '\0';
        if (g_ascii_strcasecmp(g_strstrip(codings[i]), "gzip") == 0)
            return parameters == NULL || !is_weight_of_nothing(parameters);
    }
    return false;
}

// Puts the gzip form in the place of the plain one, when there is one and it is wanted.
static void prefer_gzip(const ApiStaticFiles *files, const char *path, const char *accepts,
                        ApiStaticFile *file)
{
    g_autofree char *coded = g_strconcat(path, GZIP_ENDING, NULL);
    struct stat info;
    int descriptor = open_below(files->folder, coded);
    file->varies = descriptor >= 0 && fstat(descriptor, &info) == 0 && S_ISREG(info.st_mode);
    file->is_gzip = file->varies && wants_gzip(accepts);
    if (file->is_gzip) {
        close(file->descriptor);
        file->descriptor = descriptor;
        file->size_bytes = (uint64_t)info.st_size;
        g_strlcpy(file->etag + strlen(file->etag) - 1, "-gzip\"", sizeof "-gzip\"");
    } else if (descriptor >= 0) {
        close(descriptor);
    }
}

bool api_static_files_open(const ApiStaticFiles *files, const char *path, const char *accepts,
                           ApiStaticFile *ret_file, GError **err)
{
    const char *name = strrchr(path, '/');
    if (name == NULL)
        return not_found(err);
    bool is_place = strchr(name, '.') == NULL;
    if (files->folder < 0) {
        if (!is_place)
            return not_found(err);
        *ret_file = (ApiStaticFile){.descriptor = -1,
                                    .text = page_without_desk,
                                    .size_bytes = sizeof page_without_desk - 1,
                                    .content_type = "text/html; charset=utf-8",
                                    .etag = "\"none\""};
        return true;
    }
    if (is_place)
        path = "/index.html";
    int descriptor = open_below(files->folder, path);
    if (descriptor < 0)
        return not_found(err);
    if (!fill(descriptor, strrchr(path, '/') + 1, ret_file)) {
        close(descriptor);
        return not_found(err);
    }
    prefer_gzip(files, path, accepts, ret_file);
    return true;
}
