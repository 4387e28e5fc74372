// SPDX-License-Identifier: Apache-2.0
//
// The keys of a data folder (DATA/keys/) as one file, sealed under a passphrase: for their backup,
// apart from that of the database. Whoever has both, and the passphrase, has everything.
//
//   "clew keys 1\n", salt, nonce, then the files sealed: XChaCha20-Poly1305 under Argon2id of the
//   passphrase (3 passes over 256 MiB), bound to what stands before
#pragma once

#include <glib.h>
#include <stdbool.h>

// Reads the key files. Bytes are wiped when freed. CLEW_ERROR_NOT_FOUND when there are none.
GBytes *key_bundle_gather(const char *data_folder, GError **err);

// Seals them into a new file of mode 0600.
bool key_bundle_write(const char *path, GBytes *keys, const char *passphrase, GError **err);

// CLEW_ERROR_ENCRYPTED when the passphrase is another one or the file was changed: which of the two
// cannot be told.
GBytes *key_bundle_read(const char *path, const char *passphrase, GError **err);

// Writes the key files to DATA/keys/, which must not exist, and syncs them.
bool key_bundle_extract(GBytes *keys, const char *data_folder, GError **err);
