// SPDX-License-Identifier: Apache-2.0
//
// The desk's files: what lies below one folder, by a fixed table of types. Nothing that begins with
// a dot, no link, no folder listing. Every segment of a path is opened from the folder before it
// without following links, so that no name leads outside.
//
// A file may have its gzip form beside it, as NAME.gz: the same content in another coding, never
// made here, and no page of its own.
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"

typedef struct ApiStaticFiles ApiStaticFiles;

// `folder` NULL, or one that does not exist: one plain page says that the API is running.
// CLEW_ERROR_DENIED, _IO when it is there and cannot be opened.
ApiStaticFiles *api_static_files_new(const char *folder, GError **err);
void api_static_files_free(ApiStaticFiles *files);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ApiStaticFiles, api_static_files_free)

typedef struct {
    int descriptor;   // the caller's; -1: `text` is the content
    const char *text; // static
    uint64_t size_bytes;
    const char *content_type;
    bool immutable; // its name changes with its content
    bool varies;    // there are two codings of it
    bool is_gzip;   // this is the coded one
    char etag[48];  // with its quotes; each coding has its own
} ApiStaticFile;

// The file for a decoded path (api/target.h). A path whose last segment has no dot is a place
// within the desk and gives index.html. `accepts`: the request's Accept-Encoding, NULL for none.
// CLEW_ERROR_NOT_FOUND for anything else.
bool api_static_files_open(const ApiStaticFiles *files, const char *path, const char *accepts,
                           ApiStaticFile *ret_file, GError **err);
