// SPDX-License-Identifier: Apache-2.0
//
// The vault: keys that lie beside the database, never in it. What must not be read by somebody who
// got hold of the database alone (second factors, password hashes, previews, names) is sealed here
// before it is stored.
//
// - Master keys are the files DATA/keys/master-N.key (folder 0700, files 0600); the highest N
// seals,
//   all of them open. They are lost without a copy: back them up, apart from the database.
// - What is sealed says what it is (kind and object id), so that sealed bytes which were moved to
//   another row or another column do not open there.
// - An object key is a key for one object alone, kept in the database wrapped by a master key. Once
//   its row is gone, what was sealed under it is lost in every copy, though bytes of the row may
//   stay in the database's own files until it is vacuumed, and in backups until they are thrown
//   away.
// - A box is sealed by whoever has the server's public key, and opened by the server alone.
//
// XChaCha20-Poly1305 and X25519 of libsodium. A vault does not change once it is open: threads may
// share it. Keys are wiped when freed and kept out of swap where the system allows it.
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "store/database.h"

typedef struct Vault Vault;

// What is sealed: "totp" of account 7. A kind is a short word of the program's own.
typedef struct {
    const char *kind;
    uint64_t id;
} VaultObject;

#define VAULT_KEY_BYTES 32u
#define VAULT_HASH_BYTES 32u
#define VAULT_PUBLIC_KEY_BYTES 32u
#define VAULT_SEAL_OVERHEAD_BYTES 49u // version, key id, nonce, tag
#define VAULT_BOX_OVERHEAD_BYTES 48u

// Opens DATA/keys/. Without any key there, they are made when `database` holds nothing sealed yet;
// otherwise, and when its rows were sealed under keys that are not there, CLEW_ERROR_ENCRYPTED says
// so in a sentence. `database` NULL: keys are neither made nor compared with anything.
Vault *vault_open(const char *data_folder, Database *database, GError **err);
void vault_close(Vault *vault);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Vault, vault_close)

// Makes a new master key; what it seals can be opened by vaults that are opened from now on, this
// one included. Nobody else may use this vault meanwhile.
bool vault_rotate(Vault *vault, GError **err);

// Seals under the newest master key.
GBytes *vault_seal(const Vault *vault, VaultObject what, const void *plain, size_t size_bytes);

// CLEW_ERROR_ENCRYPTED: its key is not in this vault. CLEW_ERROR_CORRUPT: it was changed, or sealed
// as something else. The bytes are wiped when freed.
GBytes *vault_unseal(const Vault *vault, VaultObject what, const void *sealed, size_t size_bytes,
                     GError **err);

// Whether the newest master key sealed it; if not, seal it anew when it is written next.
bool vault_is_current(const Vault *vault, const void *sealed, size_t size_bytes);

// A hash that nobody can compute without the vault, apart for every purpose.
void vault_keyed_hash(const Vault *vault, const char *purpose, const void *bytes, size_t size_bytes,
                      uint8_t ret_hash[VAULT_HASH_BYTES]);

// ---- Keys of single objects ---------------------------------------------------------------------

typedef struct {
    uint8_t bytes[VAULT_KEY_BYTES];
} ObjectKey;

void object_key_clear(ObjectKey *key); // wipes
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(ObjectKey, object_key_clear)

// Where the key's row goes: an id from store_next_ids(…, "object_key", …), and the leaf's number.
typedef struct {
    uint64_t id;
    uint64_t seq;
    int64_t now_us;
} ObjectKeyRow;

// Makes a key for an object and writes its row; table object_key is audited, the caller tells its
// act. CLEW_ERROR_CONFLICT when the object has one.
bool vault_object_key_new(const Vault *vault, Database *database, VaultObject object,
                          ObjectKeyRow row, ObjectKey *ret_key, GError **err);

// The id of the object's row, 0 when there is none.
bool vault_object_key_find(Database *database, VaultObject object, uint64_t *ret_row_id,
                           GError **err);

// CLEW_ERROR_NOT_FOUND when there is no such row, so also when the key was destroyed.
bool vault_object_key_open(const Vault *vault, Database *database, uint64_t row_id,
                           ObjectKey *ret_key, GError **err);

// Deletes the row; the caller has told its act.
bool vault_object_key_destroy(Database *database, uint64_t row_id, GError **err);

// As vault_seal and vault_unseal, under this key.
GBytes *object_key_seal(const ObjectKey *key, VaultObject what, const void *plain,
                        size_t size_bytes);
GBytes *object_key_unseal(const ObjectKey *key, VaultObject what, const void *sealed,
                          size_t size_bytes, GError **err);

// ---- Boxes that travel --------------------------------------------------------------------------

void vault_public_key(const Vault *vault, uint8_t ret_key[VAULT_PUBLIC_KEY_BYTES]);

// Needs no vault: done where the bytes are made. NULL when that is no public key.
GBytes *vault_seal_box(const uint8_t public_key[VAULT_PUBLIC_KEY_BYTES], const void *plain,
                       size_t size_bytes);
GBytes *vault_unseal_box(const Vault *vault, const void *sealed, size_t size_bytes, GError **err);
