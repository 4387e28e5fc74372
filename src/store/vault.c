// SPDX-License-Identifier: Apache-2.0
#include "store/vault.h"

#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <string.h>
#include <unistd.h>

#include "base/encoding.h"
#include "base/error.h"
#include "base/output_file.h"
#include "store/data_folder.h"

#define SEAL_VERSION 1
#define KEY_ID_BYTES 8
#define NONCE_BYTES crypto_aead_xchacha20poly1305_ietf_NPUBBYTES
#define TAG_BYTES crypto_aead_xchacha20poly1305_ietf_ABYTES
#define KIND_BYTES_MAX 64
#define KEY_FILES_MAX 1000
#define KEY_FILE_BYTES_MAX 128

_Static_assert(VAULT_KEY_BYTES == crypto_aead_xchacha20poly1305_ietf_KEYBYTES, "key");
_Static_assert(VAULT_SEAL_OVERHEAD_BYTES == 1 + KEY_ID_BYTES + NONCE_BYTES + TAG_BYTES, "overhead");
_Static_assert(VAULT_BOX_OVERHEAD_BYTES == crypto_box_SEALBYTES, "box");
_Static_assert(VAULT_PUBLIC_KEY_BYTES == crypto_box_PUBLICKEYBYTES, "public key");
_Static_assert(VAULT_KEY_BYTES == crypto_box_SECRETKEYBYTES, "secret key");

typedef struct {
    uint8_t *secret; // VAULT_KEY_BYTES, guarded
    uint8_t id[KEY_ID_BYTES];
} VaultKey;

struct Vault {
    char *folder;
    GPtrArray *masters; // VaultKey, oldest first
    GPtrArray *boxes;   // VaultKey, oldest first
};

static void start_sodium(void)
{
    int result = sodium_init(); // safe to call again, from any thread
    g_assert(result >= 0);      // fails only where the system gives no random bytes
}

// ---- Keys ---------------------------------------------------------------------------------------

// Names a key in what it sealed without saying anything of it.
static void name_key(const uint8_t key[VAULT_KEY_BYTES], uint8_t ret_id[KEY_ID_BYTES])
{
    static const char purpose[] = "clew key id";
    uint8_t hash[crypto_generichash_BYTES];
    crypto_generichash(hash, sizeof hash, (const uint8_t *)purpose, sizeof purpose, key,
                       VAULT_KEY_BYTES);
    memcpy(ret_id, hash, KEY_ID_BYTES);
}

static void free_key(gpointer data)
{
    VaultKey *key = data;
    sodium_free(key->secret); // wipes
    g_free(key);
}

static VaultKey *new_key(const uint8_t bytes[VAULT_KEY_BYTES])
{
    VaultKey *key = g_new0(VaultKey, 1);
    key->secret = sodium_malloc(VAULT_KEY_BYTES);
    g_assert(key->secret != NULL);
    memcpy(key->secret, bytes, VAULT_KEY_BYTES);
    name_key(key->secret, key->id);
    return key;
}

static const VaultKey *newest(const GPtrArray *keys)
{
    return keys->pdata[keys->len - 1];
}

// ---- Key files ----------------------------------------------------------------------------------

static char *key_path(const char *folder, const char *kind, unsigned number)
{
    g_autofree char *name = g_strdup_printf("%s-%u.key", kind, number);
    return g_build_filename(folder, name, NULL);
}

// "clew master key\n" and 64 hexadecimal digits.
static char *key_title(const char *kind)
{
    return g_strdup_printf("clew %s key\n", kind);
}

static bool write_key(const char *path, const char *kind, const uint8_t key[VAULT_KEY_BYTES],
                      GError **err)
{
    char digits[2 * VAULT_KEY_BYTES + 1];
    g_autofree char *title = key_title(kind);
    g_autoptr(OutputFile) file = output_file_open(path, (OutputFileOptions){.mode = 0600}, err);
    if (file == NULL)
        return false;
    sodium_bin2hex(digits, sizeof digits, key, VAULT_KEY_BYTES);
    bool written = output_file_write(file, title, strlen(title), err) &&
                   output_file_write(file, digits, sizeof digits - 1, err) &&
                   output_file_write(file, "\n", 1, err) && output_file_commit(file, err);
    sodium_memzero(digits, sizeof digits);
    return written;
}

static bool read_small_file(const char *path, char *ret_text, size_t capacity, size_t *ret_size,
                            GError **err)
{
    int descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
    if (descriptor < 0)
        return clew_error_set_errno(err, errno, "cannot read the key %s", path);
    ssize_t size;
    do
        size = read(descriptor, ret_text, capacity);
    while (size < 0 && errno == EINTR);
    int failure = errno;
    close(descriptor);
    if (size < 0)
        return clew_error_set_errno(err, failure, "cannot read the key %s", path);
    *ret_size = (size_t)size;
    return true;
}

// Of a folder that others can reach, nothing is read.
static VaultKey *read_key(const char *path, const char *kind, GError **err)
{
    char text[KEY_FILE_BYTES_MAX];
    uint8_t bytes[VAULT_KEY_BYTES];
    size_t size = 0;
    if (!data_folder_check_file(path, err) || !read_small_file(path, text, sizeof text, &size, err))
        return NULL;
    g_autofree char *title = key_title(kind);
    size_t title_length = strlen(title);
    bool sound = size == title_length + 2 * VAULT_KEY_BYTES + 1 &&
                 memcmp(text, title, title_length) == 0 && text[size - 1] == '\n' &&
                 encoding_from_hex(text + title_length, 2 * VAULT_KEY_BYTES, bytes, sizeof bytes);
    VaultKey *key = sound ? new_key(bytes) : NULL;
    sodium_memzero(text, sizeof text);
    sodium_memzero(bytes, sizeof bytes);
    if (key == NULL)
        g_set_error(err, CLEW_ERROR, CLEW_ERROR_CORRUPT,
                    "the key %s is damaged; put it back from its backup, without it what it sealed "
                    "cannot be opened",
                    path);
    return key;
}

// Reads KIND-1.key, KIND-2.key … up to the first that does not exist.
static GPtrArray *read_keys(const char *folder, const char *kind, GError **err)
{
    g_autoptr(GPtrArray) keys = g_ptr_array_new_with_free_func(free_key);
    for (unsigned number = 1; number <= KEY_FILES_MAX; number++) {
        g_autofree char *path = key_path(folder, kind, number);
        if (access(path, F_OK) != 0 && errno == ENOENT)
            return g_steal_pointer(&keys);
        VaultKey *key = read_key(path, kind, err);
        if (key == NULL)
            return NULL;
        g_ptr_array_add(keys, key);
    }
    g_set_error(err, CLEW_ERROR, CLEW_ERROR_LIMIT, "more than %d %s keys in %s", KEY_FILES_MAX,
                kind, folder);
    return NULL;
}

// Another process may make the same file at the same moment: then its key counts.
static bool make_key(const char *folder, const char *kind, unsigned number, GError **err)
{
    g_autofree char *path = key_path(folder, kind, number);
    g_autoptr(GError) error = NULL;
    uint8_t bytes[VAULT_KEY_BYTES];
    randombytes_buf(bytes, sizeof bytes);
    bool made = write_key(path, kind, bytes, &error);
    sodium_memzero(bytes, sizeof bytes);
    if (made || g_error_matches(error, CLEW_ERROR, CLEW_ERROR_CONFLICT))
        return true;
    g_propagate_prefixed_error(err, g_steal_pointer(&error),
                               "cannot make the keys in %s: ", folder);
    return false;
}

// ---- The vault and its database -----------------------------------------------------------------

// The first and the last sealed row of each table stand for the rest: keys folders are lost or
// swapped whole.
static const char sealed_samples_sql[] =
    "SELECT wrapped FROM object_key WHERE id = (SELECT min(id) FROM object_key) "
    "OR id = (SELECT max(id) FROM object_key) "
    "UNION ALL SELECT totp_sealed FROM account_secret "
    "WHERE id = (SELECT min(id) FROM account_secret) "
    "OR id = (SELECT max(id) FROM account_secret)";

static const VaultKey *key_of(const GPtrArray *masters, const uint8_t *sealed, size_t size_bytes)
{
    if (size_bytes < VAULT_SEAL_OVERHEAD_BYTES || sealed[0] != SEAL_VERSION)
        return NULL;
    for (unsigned i = 0; i < masters->len; i++) {
        const VaultKey *key = masters->pdata[i];
        if (memcmp(key->id, sealed + 1, KEY_ID_BYTES) == 0)
            return key;
    }
    return NULL;
}

static bool fits(const Vault *vault, Database *database, bool *ret_holds_sealed, GError **err)
{
    g_autoptr(Statement) statement = statement_prepare(database, sealed_samples_sql, err);
    if (statement == NULL)
        return false;
    bool row;
    *ret_holds_sealed = false;
    while (true) {
        if (!statement_step(statement, &row, err))
            return false;
        if (!row)
            return true;
        *ret_holds_sealed = true;
        size_t size;
        const uint8_t *sealed = statement_blob(statement, 0, &size);
        if (sealed != NULL && key_of(vault->masters, sealed, size) != NULL)
            continue;
        const char *why = vault->masters->len == 0 ? "there are none" : "they are others";
        g_set_error(err, CLEW_ERROR, CLEW_ERROR_ENCRYPTED,
                    "the database was sealed under keys that are not in %s (%s): nobody can log "
                    "in and no preview can be opened until the folder is put back from its backup",
                    vault->folder, why);
        return false;
    }
}

static bool read_all(Vault *vault, GError **err)
{
    g_clear_pointer(&vault->masters, g_ptr_array_unref);
    g_clear_pointer(&vault->boxes, g_ptr_array_unref);
    vault->masters = read_keys(vault->folder, "master", err);
    vault->boxes = vault->masters != NULL ? read_keys(vault->folder, "box", err) : NULL;
    return vault->boxes != NULL;
}

static bool make_missing(Vault *vault, GError **err)
{
    if (vault->masters->len > 0 && vault->boxes->len > 0)
        return true;
    return data_folder_prepare(vault->folder, err) &&
           (vault->masters->len > 0 || make_key(vault->folder, "master", 1, err)) &&
           (vault->boxes->len > 0 || make_key(vault->folder, "box", 1, err)) &&
           read_all(vault, err);
}

static bool open_keys(Vault *vault, Database *database, GError **err)
{
    bool exists = g_file_test(vault->folder, G_FILE_TEST_EXISTS);
    if (exists && !data_folder_prepare(vault->folder, err)) // refuses one that lets others in
        return false;
    if (!read_all(vault, err))
        return false;
    bool holds_sealed = false;
    if (database != NULL && !fits(vault, database, &holds_sealed, err))
        return false;
    if (database != NULL)
        return make_missing(vault, err);
    if (vault->masters->len > 0 && vault->boxes->len > 0)
        return true;
    g_set_error(err, CLEW_ERROR, CLEW_ERROR_ENCRYPTED,
                "there are no keys in %s: what is sealed in the database cannot be opened until "
                "the folder is put back from its backup",
                vault->folder);
    return false;
}

Vault *vault_open(const char *data_folder, Database *database, GError **err)
{
    start_sodium();
    g_autoptr(Vault) vault = g_new0(Vault, 1);
    vault->folder = g_build_filename(data_folder, "keys", NULL);
    if (!open_keys(vault, database, err))
        return NULL;
    return g_steal_pointer(&vault);
}

void vault_close(Vault *vault)
{
    if (vault == NULL)
        return;
    g_clear_pointer(&vault->masters, g_ptr_array_unref);
    g_clear_pointer(&vault->boxes, g_ptr_array_unref);
    g_free(vault->folder);
    g_free(vault);
}

bool vault_rotate(Vault *vault, GError **err)
{
    g_autofree char *path = key_path(vault->folder, "master", vault->masters->len + 1);
    uint8_t bytes[VAULT_KEY_BYTES];
    randombytes_buf(bytes, sizeof bytes);
    bool made = write_key(path, "master", bytes, err);
    if (made)
        g_ptr_array_add(vault->masters, new_key(bytes));
    sodium_memzero(bytes, sizeof bytes);
    return made;
}

// ---- Sealing ------------------------------------------------------------------------------------

typedef struct {
    uint8_t bytes[sizeof "clew seal" + KIND_BYTES_MAX + 1 + sizeof(uint64_t)];
    size_t size;
} Context;

// What is authenticated beside the bytes; every part ends where the next begins.
static Context context_of(VaultObject what)
{
    Context context = {.size = sizeof "clew seal"};
    size_t kind_size = strlen(what.kind) + 1;
    g_assert(kind_size <= KIND_BYTES_MAX + 1);
    memcpy(context.bytes, "clew seal", sizeof "clew seal");
    memcpy(context.bytes + context.size, what.kind, kind_size);
    context.size += kind_size;
    uint64_t id = GUINT64_TO_BE(what.id);
    memcpy(context.bytes + context.size, &id, sizeof id);
    context.size += sizeof id;
    return context;
}

static GBytes *seal(const uint8_t key[VAULT_KEY_BYTES], const uint8_t key_id[KEY_ID_BYTES],
                    VaultObject what, const void *plain, size_t size_bytes)
{
    g_assert(size_bytes <= SIZE_MAX - VAULT_SEAL_OVERHEAD_BYTES);
    Context context = context_of(what);
    size_t sealed_size = size_bytes + VAULT_SEAL_OVERHEAD_BYTES;
    uint8_t *sealed = g_malloc(sealed_size);
    uint8_t *nonce = sealed + 1 + KEY_ID_BYTES;
    sealed[0] = SEAL_VERSION;
    memcpy(sealed + 1, key_id, KEY_ID_BYTES);
    randombytes_buf(nonce, NONCE_BYTES);
    crypto_aead_xchacha20poly1305_ietf_encrypt(nonce + NONCE_BYTES, NULL, plain, size_bytes,
                                               context.bytes, context.size, NULL, nonce, key);
    return g_bytes_new_take(sealed, sealed_size);
}

typedef struct {
    uint8_t *bytes;
    size_t size;
} Plain;

static void wipe_plain(gpointer data)
{
    Plain *plain = data;
    sodium_memzero(plain->bytes, plain->size);
    g_free(plain->bytes);
    g_free(plain);
}

static Plain *new_plain(size_t size_bytes)
{
    Plain *plain = g_new(Plain, 1);
    *plain = (Plain){.bytes = g_malloc(size_bytes + 1), .size = size_bytes};
    return plain;
}

static GBytes *take_plain(Plain *plain)
{
    return g_bytes_new_with_free_func(plain->bytes, plain->size, wipe_plain, plain);
}

static GBytes *unseal(const uint8_t key[VAULT_KEY_BYTES], VaultObject what, const uint8_t *sealed,
                      size_t size_bytes, GError **err)
{
    const uint8_t *nonce = sealed + 1 + KEY_ID_BYTES;
    Context context = context_of(what);
    Plain *plain = new_plain(size_bytes - VAULT_SEAL_OVERHEAD_BYTES);
    if (crypto_aead_xchacha20poly1305_ietf_decrypt(plain->bytes, NULL, NULL, nonce + NONCE_BYTES,
                                                   size_bytes - 1 - KEY_ID_BYTES - NONCE_BYTES,
                                                   context.bytes, context.size, nonce, key) == 0)
        return take_plain(plain);
    wipe_plain(plain);
    g_set_error(err, CLEW_ERROR, CLEW_ERROR_CORRUPT,
                "the sealed %s of object %" G_GUINT64_FORMAT
                " was changed, or was sealed for something else; it cannot be opened",
                what.kind, what.id);
    return NULL;
}

static bool is_sealed(VaultObject what, const uint8_t *sealed, size_t size_bytes, GError **err)
{
    if (sealed != NULL && size_bytes >= VAULT_SEAL_OVERHEAD_BYTES && sealed[0] == SEAL_VERSION)
        return true;
    g_set_error(err, CLEW_ERROR, CLEW_ERROR_CORRUPT,
                "the sealed %s of object %" G_GUINT64_FORMAT " is cut or damaged", what.kind,
                what.id);
    return false;
}

GBytes *vault_seal(const Vault *vault, VaultObject what, const void *plain, size_t size_bytes)
{
    const VaultKey *key = newest(vault->masters);
    return seal(key->secret, key->id, what, plain, size_bytes);
}

GBytes *vault_unseal(const Vault *vault, VaultObject what, const void *sealed, size_t size_bytes,
                     GError **err)
{
    if (!is_sealed(what, sealed, size_bytes, err))
        return NULL;
    const VaultKey *key = key_of(vault->masters, sealed, size_bytes);
    if (key != NULL)
        return unseal(key->secret, what, sealed, size_bytes, err);
    g_set_error(err, CLEW_ERROR, CLEW_ERROR_ENCRYPTED,
                "the %s of object %" G_GUINT64_FORMAT
                " was sealed under a key that is not in %s; put that key back from its backup",
                what.kind, what.id, vault->folder);
    return NULL;
}

bool vault_is_current(const Vault *vault, const void *sealed, size_t size_bytes)
{
    return key_of(vault->masters, sealed, size_bytes) == newest(vault->masters);
}

void vault_keyed_hash(const Vault *vault, const char *purpose, const void *bytes, size_t size_bytes,
                      uint8_t ret_hash[VAULT_HASH_BYTES])
{
    const VaultKey *key = newest(vault->masters);
    crypto_generichash_state state;
    crypto_generichash_init(&state, key->secret, VAULT_KEY_BYTES, VAULT_HASH_BYTES);
    crypto_generichash_update(&state, (const uint8_t *)purpose, strlen(purpose) + 1);
    crypto_generichash_update(&state, bytes, size_bytes);
    crypto_generichash_final(&state, ret_hash, VAULT_HASH_BYTES);
    sodium_memzero(&state, sizeof state);
}

// ---- Keys of single objects ---------------------------------------------------------------------

// Bound to its row, so that no row can take another's place.
static VaultObject wrapping_of(uint64_t row_id)
{
    return (VaultObject){.kind = "object key", .id = row_id};
}

void object_key_clear(ObjectKey *key)
{
    sodium_memzero(key, sizeof *key);
}

static bool insert_object_key(Database *database, VaultObject object, ObjectKeyRow row,
                              GBytes *wrapped, GError **err)
{
    size_t size;
    const void *bytes = g_bytes_get_data(wrapped, &size);
    Statement *statement =
        database_statement(database, "INSERT INTO object_key VALUES (?1, ?2, ?3, ?4, ?5, ?6)", err);
    if (statement == NULL)
        return false;
    statement_bind_int(statement, 1, (int64_t)row.id);
    statement_bind_int(statement, 2, (int64_t)row.seq);
    statement_bind_text(statement, 3, object.kind);
    statement_bind_int(statement, 4, (int64_t)object.id);
    statement_bind_blob(statement, 5, bytes, size);
    statement_bind_int(statement, 6, row.now_us);
    return statement_run(statement, err);
}

bool vault_object_key_new(const Vault *vault, Database *database, VaultObject object,
                          ObjectKeyRow row, ObjectKey *ret_key, GError **err)
{
    g_auto(ObjectKey) key;
    randombytes_buf(key.bytes, sizeof key.bytes);
    g_autoptr(GBytes) wrapped = vault_seal(vault, wrapping_of(row.id), key.bytes, sizeof key.bytes);
    if (!insert_object_key(database, object, row, wrapped, err))
        return false;
    *ret_key = key;
    return true;
}

bool vault_object_key_find(Database *database, VaultObject object, uint64_t *ret_row_id,
                           GError **err)
{
    Statement *statement = database_statement(
        database, "SELECT id FROM object_key WHERE kind = ?1 AND object_id = ?2", err);
    if (statement == NULL)
        return false;
    statement_bind_text(statement, 1, object.kind);
    statement_bind_int(statement, 2, (int64_t)object.id);
    bool row;
    if (!statement_step(statement, &row, err))
        return false;
    *ret_row_id = row ? (uint64_t)statement_int(statement, 0) : 0;
    statement_reset(statement);
    return true;
}

// An empty one when there is no such row.
static GBytes *load_wrapped(Database *database, uint64_t row_id, GError **err)
{
    Statement *statement =
        database_statement(database, "SELECT wrapped FROM object_key WHERE id = ?1", err);
    if (statement == NULL)
        return NULL;
    statement_bind_int(statement, 1, (int64_t)row_id);
    bool row;
    if (!statement_step(statement, &row, err))
        return NULL;
    size_t size = 0;
    const uint8_t *bytes = row ? statement_blob(statement, 0, &size) : NULL;
    GBytes *wrapped = g_bytes_new(bytes, size);
    statement_reset(statement);
    return wrapped;
}

bool vault_object_key_open(const Vault *vault, Database *database, uint64_t row_id,
                           ObjectKey *ret_key, GError **err)
{
    g_autoptr(GBytes) wrapped = load_wrapped(database, row_id, err);
    if (wrapped == NULL)
        return false;
    size_t size;
    const void *bytes = g_bytes_get_data(wrapped, &size);
    if (size == 0) {
        g_set_error(err, CLEW_ERROR, CLEW_ERROR_NOT_FOUND,
                    "there is no object key %" G_GUINT64_FORMAT
                    ": it was destroyed, and what it sealed is lost",
                    row_id);
        return false;
    }
    g_autoptr(GBytes) plain = vault_unseal(vault, wrapping_of(row_id), bytes, size, err);
    if (plain == NULL)
        return false;
    g_assert(g_bytes_get_size(plain) == VAULT_KEY_BYTES); // authenticated: we wrote it
    memcpy(ret_key->bytes, g_bytes_get_data(plain, NULL), VAULT_KEY_BYTES);
    return true;
}

bool vault_object_key_destroy(Database *database, uint64_t row_id, GError **err)
{
    Statement *statement =
        database_statement(database, "DELETE FROM object_key WHERE id = ?1", err);
    if (statement == NULL)
        return false;
    statement_bind_int(statement, 1, (int64_t)row_id);
    return statement_run(statement, err);
}

GBytes *object_key_seal(const ObjectKey *key, VaultObject what, const void *plain,
                        size_t size_bytes)
{
    uint8_t id[KEY_ID_BYTES];
    name_key(key->bytes, id);
    return seal(key->bytes, id, what, plain, size_bytes);
}

GBytes *object_key_unseal(const ObjectKey *key, VaultObject what, const void *sealed,
                          size_t size_bytes, GError **err)
{
    return is_sealed(what, sealed, size_bytes, err)
               ? unseal(key->bytes, what, sealed, size_bytes, err)
               : NULL;
}

// ---- Boxes that travel --------------------------------------------------------------------------

static void public_of(const VaultKey *key, uint8_t ret_key[VAULT_PUBLIC_KEY_BYTES])
{
    crypto_scalarmult_base(ret_key, key->secret);
}

void vault_public_key(const Vault *vault, uint8_t ret_key[VAULT_PUBLIC_KEY_BYTES])
{
    public_of(newest(vault->boxes), ret_key);
}

GBytes *vault_seal_box(const uint8_t public_key[VAULT_PUBLIC_KEY_BYTES], const void *plain,
                       size_t size_bytes)
{
    start_sodium();
    g_assert(size_bytes <= SIZE_MAX - VAULT_BOX_OVERHEAD_BYTES);
    size_t sealed_size = size_bytes + VAULT_BOX_OVERHEAD_BYTES;
    uint8_t *sealed = g_malloc(sealed_size);
    if (crypto_box_seal(sealed, plain, size_bytes, public_key) == 0)
        return g_bytes_new_take(sealed, sealed_size);
    g_free(sealed);
    return NULL; // a public key that is none
}

GBytes *vault_unseal_box(const Vault *vault, const void *sealed, size_t size_bytes, GError **err)
{
    Plain *plain = size_bytes >= VAULT_BOX_OVERHEAD_BYTES
                       ? new_plain(size_bytes - VAULT_BOX_OVERHEAD_BYTES)
                       : NULL;
    for (unsigned i = vault->boxes->len; plain != NULL && i > 0; i--) {
        const VaultKey *key = vault->boxes->pdata[i - 1];
        uint8_t public_key[VAULT_PUBLIC_KEY_BYTES];
        public_of(key, public_key);
        if (crypto_box_seal_open(plain->bytes, sealed, size_bytes, public_key, key->secret) == 0)
            return take_plain(plain);
    }
    if (plain != NULL)
        wipe_plain(plain);
    g_set_error(err, CLEW_ERROR, CLEW_ERROR_CORRUPT,
                "a sealed box of %zu bytes was damaged on its way, or was not sealed for this "
                "server",
                size_bytes);
    return NULL;
}
