// SPDX-License-Identifier: Apache-2.0
//
// The catalog of Thumbs.db: which stream is the thumbnail of which file, and when that file was
// last changed.
#pragma once

#include <glib.h>

#include "evidence/ole_file.h"
#include "model/record.h"

typedef struct OleCatalog OleCatalog;

// Reads the stream "Catalog"; NULL when there is none: then it is no Thumbs.db.
OleCatalog *ole_catalog_read(const OleFile *file);
void ole_catalog_free(OleCatalog *catalog);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(OleCatalog, ole_catalog_free)

// Is a stream of this name in the root a thumbnail? `ret_file_name` (borrowed, NULL when not known)
// and `ret_modified` are those of the file it shows.
bool ole_catalog_find(const OleCatalog *catalog, const char *stream_name,
                      const char **ret_file_name, ItemTime *ret_modified);
