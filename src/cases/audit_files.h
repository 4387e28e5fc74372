// SPDX-License-Identifier: Apache-2.0
//
// The files of the record beside the database:
//
//   DATA/audit/checkpoints     every checkpoint in order, one after another (checkpoint.h); 0600
//   DATA/audit/tree            nodes of the tree (audit_tree.h); derived
//   DATA/keys/audit.key        secret seed of the signing key; read by the signer alone
//   DATA/keys/audit.signed     size and root of what was signed last; the signer's
//   DATA/keys/audit.pub        public key
//
// A reader takes checkpoints from a file one by one, however many there are.
#pragma once

#include <glib.h>
#include <stdbool.h>

#include "cases/checkpoint.h"

// Newly allocated.
char *audit_file_checkpoints(const char *data_folder);
char *audit_file_tree(const char *data_folder);
char *audit_file_key(const char *data_folder);
char *audit_file_signed(const char *data_folder);
char *audit_file_public_key(const char *data_folder);

// CLEW_ERROR_NOT_FOUND when there is no such file yet.
bool audit_public_key_read(const char *path, AuditKey *ret_key, GError **err);

typedef struct CheckpointReader CheckpointReader;

CheckpointReader *checkpoint_reader_open(const char *path, GError **err);
void checkpoint_reader_free(CheckpointReader *reader);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(CheckpointReader, checkpoint_reader_free)

// *ret_checkpoint is NULL behind the last. CLEW_ERROR_CORRUPT names file and number of one that is
// damaged.
bool checkpoint_reader_next(CheckpointReader *reader, Checkpoint **ret_checkpoint, GError **err);

// Makes the folder when it is not there, appends the note and an empty line, and syncs.
bool checkpoint_file_append(const char *path, const char *note, GError **err);
