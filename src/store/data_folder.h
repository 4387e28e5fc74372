// SPDX-License-Identifier: Apache-2.0
//
// The data folder: everything in it is secret, so it and its files are for one user alone.
#pragma once

#include <glib.h>
#include <stdbool.h>

// Creates the folder with mode 0700 when it does not exist (parents too). CLEW_ERROR_DENIED, with
// the command that mends it, when it belongs to somebody else or others can read it.
bool data_folder_prepare(const char *folder, GError **err);

// The same test for a file in it that exists: mode 0600, a regular file of this user.
bool data_folder_check_file(const char *path, GError **err);

// A folder in it that says: a restore has begun here and not ended. While it is there,
// data_folder_prepare refuses the data folder, so that nothing half restored is taken for whole.
#define DATA_FOLDER_RESTORING ".restoring"
