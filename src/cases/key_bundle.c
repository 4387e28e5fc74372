// SPDX-License-Identifier: Apache-2.0
#include "cases/key_bundle.h"

#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/error.h"
#include "base/limits.h"
#include "base/output_file.h"

#define TITLE "clew keys 1\n"
#define TITLE_BYTES (sizeof TITLE - 1)
#define SALT_BYTES crypto_pwhash_SALTBYTES
#define NONCE_BYTES crypto_aead_xchacha20poly1305_ietf_NPUBBYTES
#define KEY_BYTES crypto_aead_xchacha20poly1305_ietf_KEYBYTES
#define TAG_BYTES crypto_aead_xchacha20poly1305_ietf_ABYTES
#define HEAD_BYTES (TITLE_BYTES + SALT_BYTES + NONCE_BYTES)
#define NAME_BYTES_MAX 64u
#define NAME_LETTERS "abcdefghijklmnopqrstuvwxyz0123456789.-"

typedef struct {
    size_t size;
    uint8_t bytes[];
} Wiped;

static void wipe(void *data)
{
    Wiped *wiped = data;
    sodium_memzero(wiped->bytes, wiped->size);
    g_free(wiped);
}

static Wiped *wiped_new(size_t size)
{
    Wiped *wiped = g_malloc0(sizeof(Wiped) + size);
    wiped->size = size;
    return wiped;
}

static GBytes *wiped_bytes(Wiped *wiped)
{
    return g_bytes_new_with_free_func(wiped->bytes, wiped->size, wipe, wiped);
}

// ---- Gathering --------------------------------------------------------------------------------

static bool is_key_name(const char *name)
{
    size_t length = strlen(name);
    return length > 0 && length <= NAME_BYTES_MAX && name[0] != '.' &&
           strspn(name, NAME_LETTERS) == length;
}

static int compare_names(const void *left, const void *right)
{
    return strcmp(*(const char *const *)left, *(const char *const *)right);
}

static GPtrArray *list_names(const char *folder, GError **err)
{
    g_autoptr(GPtrArray) names = g_ptr_array_new_with_free_func(g_free);
    g_autoptr(GDir) dir = g_dir_open(folder, 0, NULL);
    const char *name;
    while (dir != NULL && (name = g_dir_read_name(dir)) != NULL)
        if (is_key_name(name))
            g_ptr_array_add(names, g_strdup(name));
    if (names->len == 0 || names->len > LIMIT_KEY_FILES) {
        g_set_error(err, CLEW_ERROR, CLEW_ERROR_NOT_FOUND,
                    "there are no keys in %s that could be backed up; they are made when the "
                    "server is first used",
                    folder);
        return NULL;
    }
    g_ptr_array_sort(names, compare_names);
    return g_steal_pointer(&names);
}

// Appends "NAME SIZE\n" and the bytes; the array has room for them, so that nothing is moved and
// left behind unwiped.
static bool append_file(GByteArray *all, const char *folder, const char *name, GError **err)
{
    uint8_t bytes[LIMIT_KEY_FILE_BYTES];
    g_autofree char *path = g_build_filename(folder, name, NULL);
    int descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
    ssize_t got = descriptor >= 0 ? read(descriptor, bytes, sizeof bytes) : -1;
    int error = errno;
    if (descriptor >= 0)
        close(descriptor);
    if (got < 0)
        return clew_error_set_errno(err, error, "cannot read the key %s", path);
    g_autofree char *line = g_strdup_printf("%s %d\n", name, (int)got);
    g_byte_array_append(all, (const uint8_t *)line, (unsigned)strlen(line));
    g_byte_array_append(all, bytes, (unsigned)got);
    sodium_memzero(bytes, sizeof bytes);
    return true;
}

static bool sum_sizes(const char *folder, const GPtrArray *names, size_t *ret_size, GError **err)
{
    size_t size = 0;
    for (unsigned i = 0; i < names->len; i++) {
        struct stat status;
        g_autofree char *path = g_build_filename(folder, names->pdata[i], NULL);
        if (stat(path, &status) != 0)
            return clew_error_set_errno(err, errno, "cannot read the key %s", path);
        if (!S_ISREG(status.st_mode) || status.st_size >= LIMIT_KEY_FILE_BYTES) {
            g_set_error(err, CLEW_ERROR, CLEW_ERROR_LIMIT, "%s is no file of a key", path);
            return false;
        }
        size += (size_t)status.st_size + 2 * NAME_BYTES_MAX;
    }
    *ret_size = size;
    return true;
}

GBytes *key_bundle_gather(const char *data_folder, GError **err)
{
    size_t size = 0;
    g_autofree char *folder = g_build_filename(data_folder, "keys", NULL);
    g_autoptr(GPtrArray) names = list_names(folder, err);
    if (names == NULL || !sum_sizes(folder, names, &size, err))
        return NULL;
    GByteArray *all = g_byte_array_sized_new((unsigned)size);
    bool ok = true;
    for (unsigned i = 0; ok && i < names->len; i++)
        ok = append_file(all, folder, names->pdata[i], err);
    Wiped *wiped = wiped_new(all->len);
    memcpy(wiped->bytes, all->data, all->len);
    sodium_memzero(all->data, all->len);
    g_byte_array_unref(all);
    g_autoptr(GBytes) bytes = wiped_bytes(wiped);
    return ok ? g_steal_pointer(&bytes) : NULL;
}

// ---- Sealing ----------------------------------------------------------------------------------

static bool derive(const char *passphrase, const uint8_t *salt, uint8_t *ret_key, GError **err)
{
    if (crypto_pwhash(ret_key, KEY_BYTES, passphrase, strlen(passphrase), salt,
                      crypto_pwhash_OPSLIMIT_MODERATE, crypto_pwhash_MEMLIMIT_MODERATE,
                      crypto_pwhash_ALG_ARGON2ID13) == 0)
        return true;
    g_set_error_literal(err, CLEW_ERROR, CLEW_ERROR_LIMIT,
                        "cannot derive a key from the passphrase: 256 MiB of memory are needed");
    return false;
}

bool key_bundle_write(const char *path, GBytes *keys, const char *passphrase, GError **err)
{
    size_t size;
    uint8_t key[KEY_BYTES];
    const uint8_t *plain = g_bytes_get_data(keys, &size);
    g_autofree uint8_t *sealed = g_malloc(HEAD_BYTES + size + TAG_BYTES);
    uint8_t *salt = sealed + TITLE_BYTES, *nonce = salt + SALT_BYTES;
    memcpy(sealed, TITLE, TITLE_BYTES);
    randombytes_buf(salt, SALT_BYTES + NONCE_BYTES);
    if (!derive(passphrase, salt, key, err))
        return false;
    crypto_aead_xchacha20poly1305_ietf_encrypt(sealed + HEAD_BYTES, NULL, plain, size, sealed,
                                               HEAD_BYTES, NULL, nonce, key);
    sodium_memzero(key, sizeof key);
    g_autoptr(OutputFile) file = output_file_open(path, (OutputFileOptions){0}, err);
    return file != NULL && output_file_write(file, sealed, HEAD_BYTES + size + TAG_BYTES, err) &&
           output_file_commit(file, err);
}

// ---- Opening ----------------------------------------------------------------------------------

static uint8_t *read_sealed(const char *path, size_t *ret_size, GError **err)
{
    FILE *file = fopen(path, "re");
    if (file == NULL) {
        clew_error_set_errno(err, errno, "cannot read the keys in %s", path);
        return NULL;
    }
    g_autofree uint8_t *bytes = g_malloc(LIMIT_KEY_BUNDLE_BYTES);
    *ret_size = fread(bytes, 1, LIMIT_KEY_BUNDLE_BYTES, file);
    bool failed = ferror(file) != 0;
    fclose(file);
    if (!failed && *ret_size >= HEAD_BYTES + TAG_BYTES && *ret_size < LIMIT_KEY_BUNDLE_BYTES &&
        memcmp(bytes, TITLE, TITLE_BYTES) == 0)
        return g_steal_pointer(&bytes);
    g_set_error(err, CLEW_ERROR, CLEW_ERROR_CORRUPT,
                "%s is no file of keys as clewd backup --with-keys writes it", path);
    return NULL;
}

GBytes *key_bundle_read(const char *path, const char *passphrase, GError **err)
{
    size_t size;
    uint8_t key[KEY_BYTES];
    g_autofree uint8_t *sealed = read_sealed(path, &size, err);
    if (sealed == NULL || !derive(passphrase, sealed + TITLE_BYTES, key, err))
        return NULL;
    Wiped *plain = wiped_new(size - HEAD_BYTES - TAG_BYTES);
    g_autoptr(GBytes) bytes = wiped_bytes(plain);
    bool opened = crypto_aead_xchacha20poly1305_ietf_decrypt(
                      plain->bytes, NULL, NULL, sealed + HEAD_BYTES, size - HEAD_BYTES, sealed,
                      HEAD_BYTES, sealed + TITLE_BYTES + SALT_BYTES, key) == 0;
    sodium_memzero(key, sizeof key);
    if (opened)
        return g_steal_pointer(&bytes);
    g_set_error(err, CLEW_ERROR, CLEW_ERROR_ENCRYPTED,
                "cannot open the keys in %s: the passphrase is another one, or the file is damaged",
                path);
    return NULL;
}

// ---- Putting back -----------------------------------------------------------------------------

static bool write_key_file(const char *folder, const char *name, const uint8_t *bytes, size_t size,
                           GError **err)
{
    g_autofree char *path = g_build_filename(folder, name, NULL);
    g_autoptr(OutputFile) file = output_file_open(path, (OutputFileOptions){0}, err);
    return file != NULL && output_file_write(file, bytes, size, err) &&
           output_file_commit(file, err);
}

// The line "NAME SIZE" at *at; moves it behind the line.
static bool take_line(const uint8_t **at, const uint8_t *end, char ret_name[NAME_BYTES_MAX + 1],
                      uint64_t *ret_size)
{
    const uint8_t *newline = memchr(*at, '\n', (size_t)(end - *at));
    if (newline == NULL)
        return false;
    g_autofree char *line = g_strndup((const char *)*at, (size_t)(newline - *at));
    char *space = strchr(line, ' ');
    if (space == NULL)
        return false;
    *space = '\0';
    *at = newline + 1;
    g_strlcpy(ret_name, line, NAME_BYTES_MAX + 1);
    return is_key_name(line) &&
           g_ascii_string_to_unsigned(space + 1, 10, 0, LIMIT_KEY_FILE_BYTES, ret_size, NULL);
}

bool key_bundle_extract(GBytes *keys, const char *data_folder, GError **err)
{
    size_t all;
    const uint8_t *at = g_bytes_get_data(keys, &all), *end = at + all;
    g_autofree char *folder = g_build_filename(data_folder, "keys", NULL);
    if (mkdir(folder, 0700) != 0)
        return clew_error_set_errno(err, errno, "cannot create %s", folder);
    while (at < end) {
        char name[NAME_BYTES_MAX + 1];
        uint64_t size;
        if (!take_line(&at, end, name, &size) || size > (uint64_t)(end - at)) {
            g_set_error_literal(err, CLEW_ERROR, CLEW_ERROR_CORRUPT,
                                "what the file of keys holds is damaged");
            return false;
        }
        if (!write_key_file(folder, name, at, (size_t)size, err))
            return false;
        at += size;
    }
    return true;
}
