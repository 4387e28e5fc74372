// SPDX-License-Identifier: Apache-2.0
#include "cases/backup_archive.h"

#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/encoding.h"
#include "base/error.h"
#include "base/limits.h"
#include "base/output_file.h"

#define BLOCK_BYTES 512u
#define COPY_BYTES (1u << 20)
#define OCTAL_SIZE_MAX 077777777777ull // what eleven octal digits hold
#define MANIFEST_NAME "manifest"

static const char *const member_names[BACKUP_MEMBER_COUNT] = {"database", "checkpoints"};

// ---- Blocks of a tar file ---------------------------------------------------------------------

// Offsets of the fields of a header, as POSIX has them.
enum {
    TAR_MODE = 100,
    TAR_UID = 108,
    TAR_GID = 116,
    TAR_SIZE = 124,
    TAR_TIME = 136,
    TAR_SUM = 148,
    TAR_TYPE = 156,
    TAR_MAGIC = 257,
};

#define TAR_SIZE_BYTES 12u
#define TAR_SUM_BYTES 8u
#define TAR_BINARY 0x80u // a size in binary, as GNU tar writes large ones

static void write_size(uint8_t *field, uint64_t size)
{
    if (size <= OCTAL_SIZE_MAX) {
        snprintf((char *)field, TAR_SIZE_BYTES, "%011" G_GINT64_MODIFIER "o", size);
        return;
    }
    field[0] = TAR_BINARY;
    for (unsigned i = TAR_SIZE_BYTES - 1; i > 0 && size > 0; i--, size >>= 8)
        field[i] = (uint8_t)size;
}

static uint64_t read_size(const uint8_t *field)
{
    uint64_t size = 0;
    if (field[0] == TAR_BINARY) {
        for (unsigned i = TAR_SIZE_BYTES - sizeof size; i < TAR_SIZE_BYTES; i++)
            size = size << 8 | field[i];
        return size;
    }
    for (unsigned i = 0; i < TAR_SIZE_BYTES && field[i] >= '0' && field[i] <= '7'; i++)
        size = size << 3 | (uint64_t)(field[i] - '0');
    return size;
}

static void make_header(const char *name, uint64_t size, uint8_t ret_block[BLOCK_BYTES])
{
    char *block = (char *)ret_block;
    memset(block, 0, BLOCK_BYTES);
    g_strlcpy(block, name, TAR_MODE);
    memcpy(block + TAR_MODE, "0000600", sizeof "0000600");
    memcpy(block + TAR_UID, "0000000", sizeof "0000000");
    memcpy(block + TAR_GID, "0000000", sizeof "0000000");
    write_size(ret_block + TAR_SIZE, size);
    memcpy(block + TAR_TIME, "00000000000", sizeof "00000000000");
    memset(block + TAR_SUM, ' ', TAR_SUM_BYTES);
    block[TAR_TYPE] = '0';
    memcpy(block + TAR_MAGIC, "ustar\00000", sizeof "ustar\00000" - 1);
    unsigned sum = 0;
    for (unsigned i = 0; i < BLOCK_BYTES; i++)
        sum += ret_block[i];
    snprintf(block + TAR_SUM, TAR_SUM_BYTES, "%06o", sum);
}

static uint64_t padding_of(uint64_t size)
{
    return (BLOCK_BYTES - size % BLOCK_BYTES) % BLOCK_BYTES;
}

// ---- Manifest ---------------------------------------------------------------------------------

static void end_manifest(GString *text)
{
    uint8_t digest[BACKUP_SHA256_BYTES];
    crypto_hash_sha256(digest, (const uint8_t *)text->str, text->len);
    g_autofree char *hex = encoding_hex_new(digest, sizeof digest);
    g_string_append_printf(text, "end %s\n", hex);
}

static char *manifest_text(const BackupManifest *manifest)
{
    g_autoptr(GString) text = g_string_new(NULL);
    g_string_printf(text,
                    "clew backup 1\nmade %s\nprogram %s\nengine %s\nschema %" G_GUINT64_FORMAT "\n",
                    manifest->made, manifest->program,
                    manifest->is_postgres ? "postgresql" : "sqlite", manifest->schema);
    for (unsigned i = 0; i < BACKUP_MEMBER_COUNT; i++) {
        g_autofree char *hex = encoding_hex_new(manifest->members[i].sha256, BACKUP_SHA256_BYTES);
        g_string_append_printf(text, "%s %" G_GUINT64_FORMAT " %s\n", member_names[i],
                               manifest->members[i].size_bytes, hex);
    }
    end_manifest(text);
    return g_strdup(text->str);
}

// The rest of a line that begins with a word; "" for another line.
static const char *rest_of(const char *line, const char *word)
{
    size_t length = strlen(word);
    return g_str_has_prefix(line, word) && line[length] == ' ' ? line + length + 1 : "";
}

static void take_member(const char *line, unsigned member, BackupManifest *manifest)
{
    char *hex = NULL;
    const char *rest = rest_of(line, member_names[member]);
    manifest->members[member].size_bytes = g_ascii_strtoull(rest, &hex, 10);
    if (*hex == ' ' && strlen(hex + 1) == 2 * (size_t)BACKUP_SHA256_BYTES)
        encoding_from_hex(hex + 1, 2 * (size_t)BACKUP_SHA256_BYTES,
                          manifest->members[member].sha256, BACKUP_SHA256_BYTES);
}

// What is read is written again: it must be the same text.
static bool parse_manifest(const char *text, BackupManifest *manifest)
{
    enum { LINE_MADE = 1, LINE_PROGRAM, LINE_ENGINE, LINE_SCHEMA, LINE_MEMBERS };
    g_auto(GStrv) lines = g_strsplit(text, "\n", LINE_MEMBERS + BACKUP_MEMBER_COUNT + 2);
    if (g_strv_length(lines) != LINE_MEMBERS + BACKUP_MEMBER_COUNT + 2)
        return false;
    g_strlcpy(manifest->made, rest_of(lines[LINE_MADE], "made"), sizeof manifest->made);
    g_strlcpy(manifest->program, rest_of(lines[LINE_PROGRAM], "program"), sizeof manifest->program);
    manifest->is_postgres = strcmp(rest_of(lines[LINE_ENGINE], "engine"), "postgresql") == 0;
    manifest->schema = g_ascii_strtoull(rest_of(lines[LINE_SCHEMA], "schema"), NULL, 10);
    for (unsigned i = 0; i < BACKUP_MEMBER_COUNT; i++)
        take_member(lines[LINE_MEMBERS + i], i, manifest);
    g_autofree char *again = manifest_text(manifest);
    return strcmp(again, text) == 0;
}

// ---- Writing ----------------------------------------------------------------------------------

static bool write_padding(OutputFile *file, uint64_t size, GError **err)
{
    static const uint8_t zeros[BLOCK_BYTES];
    return output_file_write(file, zeros, padding_of(size), err);
}

static bool write_text(OutputFile *file, const char *text, GError **err)
{
    static const uint8_t end[2 * BLOCK_BYTES];
    uint8_t header[BLOCK_BYTES];
    size_t size = strlen(text);
    make_header(MANIFEST_NAME, size, header);
    return output_file_write(file, header, sizeof header, err) &&
           output_file_write(file, text, size, err) && write_padding(file, size, err) &&
           output_file_write(file, end, sizeof end, err);
}

// Exactly so many bytes of it, though it may grow meanwhile.
static bool copy_into(OutputFile *file, int source, const char *path, uint64_t size,
                      uint8_t *ret_sha256, GError **err)
{
    g_autofree uint8_t *buffer = g_malloc(COPY_BYTES);
    crypto_hash_sha256_state state;
    crypto_hash_sha256_init(&state);
    for (uint64_t left = size; left > 0;) {
        ssize_t got = read(source, buffer, left < COPY_BYTES ? (size_t)left : COPY_BYTES);
        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0)
            return clew_error_set_errno(err, got < 0 ? errno : EIO, "cannot read %s", path);
        crypto_hash_sha256_update(&state, buffer, (size_t)got);
        if (!output_file_write(file, buffer, (size_t)got, err))
            return false;
        left -= (uint64_t)got;
    }
    crypto_hash_sha256_final(&state, ret_sha256);
    return true;
}

static bool write_member(OutputFile *file, BackupMember member, const char *path,
                         BackupManifest *manifest, GError **err)
{
    struct stat status;
    uint8_t header[BLOCK_BYTES];
    int source = open(path, O_RDONLY | O_CLOEXEC);
    bool ok = source >= 0 && fstat(source, &status) == 0;
    if (!ok)
        clew_error_set_errno(err, errno, "cannot read %s", path);
    uint64_t size = ok ? (uint64_t)status.st_size : 0;
    manifest->members[member].size_bytes = size;
    make_header(member_names[member], size, header);
    ok = ok && output_file_write(file, header, sizeof header, err) &&
         copy_into(file, source, path, size, manifest->members[member].sha256, err) &&
         write_padding(file, size, err);
    if (source >= 0)
        close(source);
    return ok;
}

bool backup_archive_write(const char *path, BackupManifest *manifest,
                          const char *const files[BACKUP_MEMBER_COUNT], GError **err)
{
    g_autoptr(OutputFile) file = output_file_open(path, (OutputFileOptions){0}, err);
    if (file == NULL)
        return false;
    for (unsigned i = 0; i < BACKUP_MEMBER_COUNT; i++)
        if (!write_member(file, (BackupMember)i, files[i], manifest, err))
            return false;
    g_autofree char *text = manifest_text(manifest);
    return write_text(file, text, err) && output_file_commit(file, err);
}

// ---- Reading ----------------------------------------------------------------------------------

typedef struct {
    int descriptor;
    const char *name;
    uint64_t offset, size; // of the file
} Archive;

static bool fail_damaged(const char *name, const char *what, GError **err)
{
    g_set_error(err, CLEW_ERROR, CLEW_ERROR_CORRUPT,
                "the backup %s is damaged or none: %s; nothing was restored, take another copy",
                name, what);
    return false;
}

static bool read_at(const Archive *archive, uint64_t offset, void *bytes, size_t size, GError **err)
{
    size_t done = 0;
    while (done < size) {
        ssize_t got = pread(archive->descriptor, (uint8_t *)bytes + done, size - done,
                            (off_t)(offset + done));
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return clew_error_set_errno(err, errno, "cannot read the backup %s", archive->name);
        if (got == 0)
            return fail_damaged(archive->name, "it ends too early", err);
        done += (size_t)got;
    }
    return true;
}

// The header at the present place; it leaves the place at the contents.
static bool read_header(Archive *archive, const char *member, uint64_t *ret_size, GError **err)
{
    uint8_t block[BLOCK_BYTES], wanted[BLOCK_BYTES];
    if (!read_at(archive, archive->offset, block, sizeof block, err))
        return false;
    *ret_size = read_size(block + TAR_SIZE);
    make_header(member, *ret_size, wanted);
    archive->offset += BLOCK_BYTES;
    if (memcmp(block, wanted, sizeof block) != 0 || *ret_size > archive->size - archive->offset)
        return fail_damaged(archive->name, "the head of a member is wrong", err);
    return true;
}

static bool are_zeros(Archive *archive, uint64_t count, GError **err)
{
    uint8_t block[2 * BLOCK_BYTES];
    g_assert(count <= sizeof block);
    if (!read_at(archive, archive->offset, block, (size_t)count, err))
        return false;
    archive->offset += count;
    return (count == 0 || sodium_is_zero(block, (size_t)count)) ||
           fail_damaged(archive->name, "there is something between its members", err);
}

// Gives the contents to `target` as well unless that is negative.
static bool digest_contents(const Archive *archive, uint64_t offset, uint64_t size, int target,
                            uint8_t *ret_sha256, GError **err)
{
    g_autofree uint8_t *buffer = g_malloc(COPY_BYTES);
    crypto_hash_sha256_state state;
    crypto_hash_sha256_init(&state);
    for (uint64_t done = 0; done < size;) {
        size_t part = size - done < COPY_BYTES ? (size_t)(size - done) : COPY_BYTES;
        if (!read_at(archive, offset + done, buffer, part, err))
            return false;
        crypto_hash_sha256_update(&state, buffer, part);
        for (size_t put = 0; target >= 0 && put < part;) {
            ssize_t wrote = write(target, buffer + put, part - put);
            if (wrote < 0 && errno != EINTR)
                return clew_error_set_errno(err, errno, "cannot write what %s holds",
                                            archive->name);
            put += wrote > 0 ? (size_t)wrote : 0;
        }
        done += part;
    }
    crypto_hash_sha256_final(&state, ret_sha256);
    return true;
}

static bool check_member(Archive *archive, BackupMember member, BackupManifest *manifest,
                         GError **err)
{
    uint64_t size;
    if (!read_header(archive, member_names[member], &size, err))
        return false;
    manifest->members[member].offset = archive->offset;
    manifest->members[member].size_bytes = size;
    if (!digest_contents(archive, archive->offset, size, -1, manifest->members[member].sha256, err))
        return false;
    archive->offset += size;
    return are_zeros(archive, padding_of(size), err);
}

static bool check_manifest(Archive *archive, BackupManifest *manifest, GError **err)
{
    uint64_t size;
    if (!read_header(archive, MANIFEST_NAME, &size, err))
        return false;
    if (size > LIMIT_BACKUP_MANIFEST_BYTES)
        return fail_damaged(archive->name, "its manifest is too long", err);
    g_autofree char *text = g_malloc0((size_t)size + 1);
    if (!read_at(archive, archive->offset, text, (size_t)size, err))
        return false;
    archive->offset += size;
    BackupManifest stated = {0};
    if (strlen(text) != size || !parse_manifest(text, &stated))
        return fail_damaged(archive->name, "its manifest is not whole", err);
    for (unsigned i = 0; i < BACKUP_MEMBER_COUNT; i++) {
        if (stated.members[i].size_bytes != manifest->members[i].size_bytes ||
            memcmp(stated.members[i].sha256, manifest->members[i].sha256, BACKUP_SHA256_BYTES) != 0)
            return fail_damaged(archive->name, "a member is not what its manifest says", err);
        stated.members[i].offset = manifest->members[i].offset;
    }
    *manifest = stated;
    return are_zeros(archive, padding_of(size), err);
}

bool backup_archive_check(int descriptor, const char *name, BackupManifest *ret_manifest,
                          GError **err)
{
    struct stat status;
    if (fstat(descriptor, &status) != 0)
        return clew_error_set_errno(err, errno, "cannot read the backup %s", name);
    if (!S_ISREG(status.st_mode))
        return fail_damaged(name, "it is no file", err);
    Archive archive = {.descriptor = descriptor, .name = name, .size = (uint64_t)status.st_size};
    BackupManifest manifest = {0};
    for (unsigned i = 0; i < BACKUP_MEMBER_COUNT; i++)
        if (!check_member(&archive, (BackupMember)i, &manifest, err))
            return false;
    if (!check_manifest(&archive, &manifest, err) || !are_zeros(&archive, 2 * BLOCK_BYTES, err))
        return false;
    if (archive.offset != archive.size)
        return fail_damaged(name, "there is something behind its end", err);
    *ret_manifest = manifest;
    return true;
}

bool backup_archive_extract(int descriptor, const BackupManifest *manifest, BackupMember member,
                            const char *path, GError **err)
{
    uint8_t digest[BACKUP_SHA256_BYTES];
    Archive archive = {.descriptor = descriptor, .name = "the backup"};
    int target = open(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
    if (target < 0)
        return clew_error_set_errno(err, errno, "cannot create %s", path);
    bool ok = digest_contents(&archive, manifest->members[member].offset,
                              manifest->members[member].size_bytes, target, digest, err);
    if (ok && memcmp(digest, manifest->members[member].sha256, sizeof digest) != 0)
        ok = fail_damaged("file", "it changed while it was read", err);
    if (ok && fsync(target) != 0)
        ok = clew_error_set_errno(err, errno, "cannot make %s durable", path);
    close(target);
    return ok;
}
