// SPDX-License-Identifier: Apache-2.0
//
// A SQLite file system of one read-only file that is a ListSource: the worker that reads the
// database has no files. Journals, write-ahead logs and temporary files do not exist in it.
#pragma once

#include <glib.h>
#include <sqlite3.h>

#include "lists/list_format.h"

// Opens the database in the source, hardened against a hostile schema: no extensions, no writing,
// nothing trusted that the file defines. The source outlives the connection. Only one connection
// may be open at a time. Close with nsrl_vfs_close.
sqlite3 *nsrl_vfs_open(const ListSource *source, GError **err);
void nsrl_vfs_close(sqlite3 *database);

// Sets CLEW_ERROR_CORRUPT, _LIMIT or _IO by the result code: "cannot WHAT: …". Returns false.
bool nsrl_vfs_fail(sqlite3 *database, int result, const char *what, GError **err);
