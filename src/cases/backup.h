// SPDX-License-Identifier: Apache-2.0
//
// Backup and restore of everything that cannot be derived: the database, the signed heads of the
// record, and, in a file apart, the keys. What is not in it (the index of the sets, the tree of the
// record) is made anew.
//
// A backup is taken while the server works and is of one moment. The keys are read before that
// moment and the heads after it, so that the signing key never has signed more than the database
// holds; a restore leaves out the heads that are of later leaves.
//
// A restore fills an empty data folder (and an empty PostgreSQL database). It checks the whole
// archive before it writes anything. Until it has ended, the folder says that it is being restored
// (DATA_FOLDER_RESTORING) and no program uses it.
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

#include "cases/backup_archive.h"
#include "cases/casework.h"

typedef struct {
    const char *path;       // of the archive; must not exist
    const char *keys_path;  // NULL: without keys; must not exist
    const char *passphrase; // of the keys
} BackupRequest;

bool backup_make(Casework *work, const BackupRequest *request, BackupManifest *ret_manifest,
                 GError **err);

// Reads all of an archive. CLEW_ERROR_CORRUPT when it is damaged.
bool backup_check(const char *path, BackupManifest *ret_manifest, GError **err);

typedef struct {
    const char *path;
    const char *data_folder; // empty, or not there
    const char *database;    // as CaseworkOptions has it
    const char *keys_path;   // NULL: they are put into the data folder by hand
    const char *passphrase;
} RestoreRequest;

// CLEW_ERROR_CONFLICT when there is something already, CLEW_ERROR_UNSUPPORTED when the backup is of
// the other database engine or of a newer program.
bool backup_restore(const RestoreRequest *request, BackupManifest *ret_manifest, GError **err);
