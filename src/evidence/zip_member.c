// SPDX-License-Identifier: Apache-2.0
#include "evidence/zip_member.h"

#include <libdeflate.h>
#include <string.h>

#include "base/error.h"
#include "evidence/archive_codec.h"
#include "evidence/archive_reader.h"
#include "evidence/zip_crypto.h"

// Deriving an AES key takes about a millisecond. After so many in vain only the password that
// fitted last is tried.
#define FAILURES_MAX 20000u
#define DRAIN_BYTES (256u << 10)

// ---- Methods and ciphers ----------------------------------------------------------------------

uint16_t zip_member_method(const ZipEntry *entry)
{
    return entry->method == ZIP_AES ? entry->aes_method : entry->method;
}

const char *zip_method_unsupported(uint16_t method)
{
    static const struct {
        uint16_t method;
        const char *name;
    } unsupported[] = {
        {1, "Shrink"},      {2, "Reduce"},     {3, "Reduce"},     {4, "Reduce"},
        {5, "Reduce"},      {6, "Implode"},    {7, "Tokenize"},   {9, "Deflate64"},
        {10, "PKWARE DCL"}, {16, "IBM CMPSC"}, {18, "IBM TERSE"}, {19, "IBM LZ77"},
        {94, "MP3"},        {96, "JPEG"},      {97, "WavPack"},
    };
    static const uint16_t supported[] = {ZIP_STORED, ZIP_DEFLATED, 12, 14, 93, 95, 98};
    for (size_t i = 0; i < G_N_ELEMENTS(supported); i++)
        if (supported[i] == method)
            return NULL;
    for (size_t i = 0; i < G_N_ELEMENTS(unsupported); i++)
        if (unsupported[i].method == method)
            return unsupported[i].name;
    return "unknown";
}

static ZipCipher cipher_of(const ZipEntry *entry)
{
    // Where the checksum follows the data, the time stands in for it.
    bool is_behind = (entry->flags & ZIP_SIZES_BEHIND) != 0;
    return (ZipCipher){.aes_strength = entry->aes_strength,
                       .check = (uint8_t)(is_behind ? entry->dos_time >> 8 : entry->crc32 >> 24)};
}

static bool is_encrypted(const ZipEntry *entry)
{
    return (entry->flags & ZIP_ENCRYPTED) != 0 || entry->method == ZIP_AES;
}

bool zip_member_takes_password(const ZipEntry *entry)
{
    bool is_aes = entry->method == ZIP_AES;
    return is_encrypted(entry) && !(entry->flags & (ZIP_STRONG | ZIP_MASKED)) &&
           (is_aes ? entry->aes_strength >= 1 && entry->aes_strength <= 3
                   : entry->aes_strength == 0);
}

const char *zip_member_cipher(const ZipEntry *entry)
{
    if (!is_encrypted(entry))
        return NULL;
    if (!zip_member_takes_password(entry))
        return entry->flags & (ZIP_STRONG | ZIP_MASKED) ? "PKWARE strong encryption"
                                                        : "an unknown cipher";
    const ZipCipher cipher = cipher_of(entry);
    return zip_cipher_name(&cipher);
}

// ---- Methods that libarchive unpacks ----------------------------------------------------------

// A local header of our own and then the packed data, as libarchive reads a ZIP archive that comes
// as a stream.
typedef struct {
    ArchiveStream *packed;
    uint8_t header[30 + 1 + 20];
    size_t given; // of the header
} Wrapped;

static ssize_t wrapped_read(void *state, void *target, size_t size, GError **err)
{
    Wrapped *wrapped = state;
    size_t left = sizeof wrapped->header - wrapped->given;
    if (left == 0)
        return archive_stream_read(wrapped->packed, target, size, err);
    size_t count = MIN(size, left);
    memcpy(target, wrapped->header + wrapped->given, count);
    wrapped->given += count;
    return (ssize_t)count;
}

static void wrapped_free(void *state)
{
    Wrapped *wrapped = state;
    archive_stream_free(wrapped->packed);
    g_free(wrapped);
}

static void put(uint8_t *target, unsigned bytes, uint64_t value)
{
    for (unsigned i = 0; i < bytes; i++)
        target[i] = (uint8_t)(value >> 8 * i);
}

// APPNOTE 4.3.7, with both sizes in a ZIP64 field.
static ArchiveStream *wrap(ArchiveStream *packed, uint16_t method, uint64_t packed_bytes,
                           uint64_t bytes)
{
    static const ArchiveStreamOps ops = {wrapped_read, wrapped_free};
    Wrapped *wrapped = g_new0(Wrapped, 1);
    uint8_t *header = wrapped->header;
    wrapped->packed = packed;
    memcpy(header, "PK\x03\x04", 4);
    put(header + 4, 2, 63);
    put(header + 8, 2, method);
    put(header + 18, 4, UINT32_MAX);
    put(header + 22, 4, UINT32_MAX);
    put(header + 26, 2, 1);
    put(header + 28, 2, 20);
    header[30] = 'm';
    put(header + 31, 2, 1);
    put(header + 33, 2, 16);
    put(header + 35, 8, bytes);
    put(header + 43, 8, packed_bytes);
    return archive_stream_new(&ops, wrapped);
}

typedef struct {
    ArchiveStream *wrapped;
    ArchiveReader *reader;
} Unpacked;

static ssize_t unpacked_read(void *state, void *target, size_t size, GError **err)
{
    return archive_reader_read(((Unpacked *)state)->reader, target, size, err);
}

static void unpacked_free(void *state)
{
    Unpacked *unpacked = state;
    archive_reader_free(unpacked->reader);
    archive_stream_free(unpacked->wrapped);
    g_free(unpacked);
}

// Takes `wrapped`. NULL with err set.
static ArchiveStream *unpack(Walk *walk, ArchiveStream *wrapped, GError **err)
{
    static const ArchiveStreamOps ops = {unpacked_read, unpacked_free};
    ArchiveEntry entry;
    Unpacked *unpacked = g_new0(Unpacked, 1);
    unpacked->wrapped = wrapped;
    unpacked->reader = archive_reader_open_stream(walk, READER_ZIP_MEMBER, wrapped, err);
    ReaderNext next = unpacked->reader != NULL ? archive_reader_next(unpacked->reader, &entry, err)
                                               : READER_FAILED;
    if (next == READER_ENTRY)
        return archive_stream_new(&ops, unpacked);
    if (next == READER_END)
        g_set_error_literal(err, CLEW_ERROR, CLEW_ERROR_CORRUPT, "it cannot be unpacked");
    unpacked_free(unpacked);
    return NULL;
}

// ---- Checked ----------------------------------------------------------------------------------

typedef struct {
    ArchiveStream *inner;
    bool has_sizes;
    bool has_crc32;
    uint32_t expected_crc32;
    uint64_t expected_bytes;
    uint32_t crc32;
    uint64_t bytes;
} Checked;

static ssize_t check_end(const Checked *checked, GError **err)
{
    bool is_size_right = !checked->has_sizes || checked->bytes == checked->expected_bytes;
    bool is_sum_right = !checked->has_crc32 || checked->crc32 == checked->expected_crc32;
    if (is_size_right && is_sum_right)
        return 0;
    if (!is_size_right)
        g_set_error(err, CLEW_ERROR, CLEW_ERROR_CORRUPT,
                    "it has %" G_GUINT64_FORMAT " bytes where the archive says %" G_GUINT64_FORMAT,
                    checked->bytes, checked->expected_bytes);
    else
        g_set_error_literal(err, CLEW_ERROR, CLEW_ERROR_CORRUPT,
                            "its checksum is wrong: it is damaged");
    return -1;
}

static ssize_t checked_read(void *state, void *target, size_t size, GError **err)
{
    Checked *checked = state;
    ssize_t count = archive_stream_read(checked->inner, target, size, err);
    if (count < 0)
        return -1;
    if (count == 0)
        return check_end(checked, err);
    checked->crc32 = libdeflate_crc32(checked->crc32, target, (size_t)count);
    checked->bytes += (uint64_t)count;
    return count;
}

static void checked_free(void *state)
{
    Checked *checked = state;
    archive_stream_free(checked->inner);
    g_free(checked);
}

// Takes `inner`.
static ArchiveStream *check(ArchiveStream *inner, const ZipEntry *entry)
{
    static const ArchiveStreamOps ops = {checked_read, checked_free};
    Checked *checked = g_new0(Checked, 1);
    checked->inner = inner;
    checked->has_sizes = entry->has_sizes;
    // AE-2 has an authentication code instead.
    checked->has_crc32 = entry->has_sizes && !(entry->method == ZIP_AES && entry->aes_version == 2);
    checked->expected_crc32 = entry->crc32;
    checked->expected_bytes = entry->bytes;
    return archive_stream_new(&ops, checked);
}

// ---- A member ---------------------------------------------------------------------------------

// From packed data (taken) to checked contents.
static ArchiveStream *open_packed(const ZipMember *member, ArchiveStream *packed,
                                  uint64_t packed_bytes, GError **err)
{
    static const struct {
        uint16_t method;
        ArchiveCodec codec;
    } codecs[] = {
        {ZIP_DEFLATED, CODEC_DEFLATE}, {12, CODEC_BZIP2}, {93, CODEC_ZSTD}, {95, CODEC_XZ}};
    uint16_t method = zip_member_method(&member->entry);
    if (method == ZIP_STORED)
        return check(packed, &member->entry);
    for (size_t i = 0; i < G_N_ELEMENTS(codecs); i++)
        if (codecs[i].method == method)
            return check(archive_codec_new(codecs[i].codec, packed, NULL), &member->entry);
    ArchiveStream *inner =
        unpack(member->walk, wrap(packed, method, packed_bytes, member->entry.bytes), err);
    return inner != NULL ? check(inner, &member->entry) : NULL;
}

static ArchiveStream *open_plain(const ZipMember *member, GError **err)
{
    const ZipEntry *entry = &member->entry;
    bool is_deflated = zip_member_method(entry) == ZIP_DEFLATED && entry->has_sizes;
    ArchiveStream *small = is_deflated
                               ? archive_codec_new_small(member->source, member->local.data_offset,
                                                         entry->packed_bytes, entry->bytes)
                               : NULL;
    if (small != NULL)
        return check(small, entry);
    return open_packed(
        member,
        archive_stream_new_range(member->source, member->local.data_offset, entry->packed_bytes),
        entry->packed_bytes, err);
}

static ArchiveStream *open_encrypted(const ZipMember *member, const char *password, GError **err)
{
    const ZipEntry *entry = &member->entry;
    const ZipCipher cipher = cipher_of(entry);
    ArchiveStream *packed = zip_decrypt_new(member->source, member->local.data_offset,
                                            entry->packed_bytes, &cipher, password, err);
    if (packed == NULL)
        return NULL;
    return open_packed(member, packed, entry->packed_bytes - zip_cipher_overhead(&cipher), err);
}

// Do all bytes come out with the right checksum? Takes the stream, which may be NULL.
static bool is_right(Walk *walk, ArchiveStream *stream)
{
    if (stream == NULL)
        return false;
    g_autofree uint8_t *piece = g_malloc(DRAIN_BYTES);
    ssize_t count;
    do
        count = archive_stream_read(stream, piece, DRAIN_BYTES, NULL);
    while (count > 0 && !walk_is_over(walk));
    archive_stream_free(stream);
    return count == 0;
}

bool zip_member_is_marked_only(const ZipMember *member)
{
    const ZipEntry *entry = &member->entry;
    uint16_t method = zip_member_method(entry);
    bool fits = method != ZIP_STORED || entry->packed_bytes == entry->bytes;
    return entry->method != ZIP_AES && entry->has_sizes && fits &&
           zip_method_unsupported(method) == NULL &&
           is_right(member->walk, open_plain(member, NULL));
}

static bool fits(const ZipMember *member, const char *password, bool is_certain, GError **err)
{
    g_autoptr(GError) error = NULL;
    ArchiveStream *stream = open_encrypted(member, password, &error);
    if (stream != NULL && is_certain) {
        // Its check bytes are enough, and its authentication code is checked when it is read.
        archive_stream_free(stream);
        return true;
    }
    if (is_right(member->walk, stream))
        return true;
    if (error != NULL && error->code != CLEW_ERROR_DENIED)
        g_propagate_error(err, g_steal_pointer(&error));
    return false;
}

// The password that opens the member, the one that did so last being tried first. NULL with err set
// when there is none.
static const char *find_password(const ZipMember *member, GError **err)
{
    ZipPasswords *passwords = member->passwords;
    size_t count = 0;
    while (passwords->list[count] != NULL)
        count++;
    for (size_t i = 0; i < count; i++) {
        size_t index = (i + passwords->last_good) % count;
        const char *password = passwords->list[index];
        if ((i > 0 && passwords->failures >= FAILURES_MAX) || walk_is_over(member->walk))
            break;
        g_autoptr(GError) error = NULL;
        if (fits(member, password, count == 1 && member->entry.method == ZIP_AES, &error)) {
            passwords->last_good = index;
            return password;
        }
        if (error != NULL) {
            g_propagate_error(err, g_steal_pointer(&error));
            return NULL;
        }
        passwords->failures += member->entry.aes_strength > 0;
    }
    g_set_error(err, CLEW_ERROR, CLEW_ERROR_DENIED,
                "it is encrypted (%s) and no given password fits",
                zip_member_cipher(&member->entry));
    return NULL;
}

static ArchiveStream *open_member(ZipMember *member, GError **err)
{
    const ZipEntry *entry = &member->entry;
    if (zip_member_cipher(entry) == NULL)
        return open_plain(member, err);
    if (zip_member_is_marked_only(member)) {
        member->passwords->not_encrypted++;
        if (member->findings != NULL)
            findings_add(member->findings, FINDING_ENCRYPTED, 0,
                         "marked as encrypted, but it is not");
        return open_plain(member, err);
    }
    if (member->passwords->list[0] == NULL) {
        g_set_error(err, CLEW_ERROR, CLEW_ERROR_DENIED, "it is encrypted (%s)",
                    zip_member_cipher(entry));
        return NULL;
    }
    const char *password = find_password(member, err);
    if (password == NULL)
        return NULL;
    member->passwords->opened++;
    if (member->findings != NULL)
        findings_add(member->findings, FINDING_ENCRYPTED, 0, "opened with a given password");
    return open_encrypted(member, password, err);
}

ssize_t zip_member_read(void *user_data, void *target, size_t size, GError **err)
{
    ZipMember *member = user_data;
    if (member->stream == NULL)
        member->stream = open_member(member, err);
    if (member->stream == NULL)
        return -1;
    return archive_stream_read(member->stream, target, size, err);
}

// ---- To be read at any place ------------------------------------------------------------------

static ssize_t member_read_at(void *user_data, uint64_t offset, void *target, size_t size,
                              GError **err)
{
    ZipMember *member = user_data;
    ssize_t count =
        source_read(member->source, member->local.data_offset + offset, target, size, err);
    if (count > 0 && offset == member->checked_bytes) {
        member->checked_crc32 = libdeflate_crc32(member->checked_crc32, target, (size_t)count);
        member->checked_bytes += (uint64_t)count;
    }
    return count;
}

Source *zip_member_source(ZipMember *member)
{
    static const SourceOps ops = {member_read_at, NULL};
    const ZipEntry *entry = &member->entry;
    bool is_plain = entry->method == ZIP_STORED && zip_member_cipher(entry) == NULL &&
                    entry->has_sizes && entry->packed_bytes == entry->bytes;
    if (is_plain && member->bytes == NULL)
        member->bytes = source_new(&ops, member, entry->bytes);
    return member->bytes;
}

bool zip_member_is_damaged(const ZipMember *member)
{
    return member->bytes != NULL && member->checked_bytes == member->entry.bytes &&
           member->checked_crc32 != member->entry.crc32;
}

void zip_member_clear(ZipMember *member)
{
    archive_stream_free(member->stream);
    source_free(member->bytes);
    *member = (ZipMember){0};
}
