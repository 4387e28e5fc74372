// SPDX-License-Identifier: Apache-2.0
#include "evidence/ole_encryption.h"

#include <string.h>

#include "base/reader.h"

// Word: FIB ([MS-DOC] 2.5.2). A5EC since Word 97, A5DC before.
#define FIB_BYTES 12u
#define FIB_WORD97 0xa5ecu
#define FIB_WORD6 0xa5dcu
#define FIB_ENCRYPTED 0x0100u
#define FIB_OBFUSCATED 0x8000u
// PowerPoint: the token in CurrentUserAtom ([MS-PPT] 2.3.2).
#define TOKEN_OFFSET 12u
#define TOKEN_ENCRYPTED 0xf3d1c4dfu
// Excel ([MS-XLS] 2.4.117): it stands among the first records.
#define FILEPASS 0x002fu
#define FILEPASS_RECORDS_MAX 64u

static bool read_start(const OleFile *file, const OleEntry *entry, void *target, size_t size)
{
    g_autoptr(Source) stream = ole_file_stream(file, entry);
    return source_read_exact(stream, 0, target, size, NULL);
}

// ---- Each kind: what encrypts it, or NULL ------------------------------------------------------

static const char *word_method(const OleFile *file, const OleEntry *entry)
{
    uint8_t bytes[FIB_BYTES];
    if (!read_start(file, entry, bytes, sizeof bytes))
        return NULL;
    Reader reader = reader_init(bytes, sizeof bytes);
    unsigned magic = reader_u16le(&reader);
    reader_skip(&reader, 8);
    unsigned flags = reader_u16le(&reader);
    if ((magic != FIB_WORD97 && magic != FIB_WORD6) || (flags & FIB_ENCRYPTED) == 0)
        return NULL;
    bool is_xor = magic == FIB_WORD6 || (flags & FIB_OBFUSCATED) != 0;
    return is_xor ? "Word document with a password, XOR" : "Word document with a password, RC4";
}

static const char *excel_method(const OleFile *file, const OleEntry *entry)
{
    g_autoptr(Source) stream = ole_file_stream(file, entry);
    uint8_t header[6];
    uint64_t offset = 0;
    for (unsigned i = 0; i < FILEPASS_RECORDS_MAX; i++) {
        if (!source_read_exact(stream, offset, header, sizeof header, NULL))
            return NULL;
        Reader reader = reader_init(header, sizeof header);
        unsigned id = reader_u16le(&reader);
        unsigned length = reader_u16le(&reader);
        if (id == FILEPASS)
            return reader_u16le(&reader) == 0 ? "Excel workbook with a password, XOR"
                                              : "Excel workbook with a password, RC4";
        offset += 4 + length;
    }
    return NULL;
}

static const char *powerpoint_method(const OleFile *file, const OleEntry *entry)
{
    uint8_t bytes[TOKEN_OFFSET + 4];
    if (!read_start(file, entry, bytes, sizeof bytes))
        return NULL;
    Reader reader = reader_init(bytes + TOKEN_OFFSET, 4);
    return reader_u32le(&reader) == TOKEN_ENCRYPTED ? "PowerPoint presentation with a password, RC4"
                                                    : NULL;
}

// Office since 2007 puts the encrypted ZIP into a compound file ([MS-OFFCRYPTO] 2.3).
static const char *package_method(const OleFile *file, const OleEntry *entry)
{
    uint8_t bytes[4];
    const OleEntry *info = ole_file_find(file, entry->parent, "EncryptionInfo");
    if (info == NULL || !read_start(file, info, bytes, sizeof bytes))
        return "office document with a password or rights management";
    Reader reader = reader_init(bytes, sizeof bytes);
    unsigned major = reader_u16le(&reader);
    unsigned minor = reader_u16le(&reader);
    if (major == 4 && minor == 4)
        return "office document with a password, agile encryption";
    if (minor == 3)
        return "office document with a password, extensible encryption";
    return "office document with a password, standard encryption";
}

static const char *rights_method(const OleFile *file, const OleEntry *entry)
{
    return "document under rights management";
}

typedef struct {
    const char *stream;
    const char *(*method)(const OleFile *file, const OleEntry *entry);
} EncryptionRow;

static const EncryptionRow rows[] = {
    {"WordDocument", word_method},
    {"Workbook", excel_method},
    {"Book", excel_method},
    {"Current User", powerpoint_method},
    {"EncryptedPackage", package_method},
    {"\tDRMContent", rights_method},
};

static const char *method_of(const OleFile *file, const OleEntry *entry)
{
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++)
        if (strcmp(entry->name, rows[i].stream) == 0)
            return rows[i].method(file, entry);
    return NULL;
}

void ole_say_encrypted(Walk *walk, const OleFile *file)
{
    for (uint32_t i = 0; i < ole_file_count(file) && !walk_is_over(walk); i++) {
        const OleEntry *entry = ole_file_entry(file, i);
        const char *method = entry->is_storage ? NULL : method_of(file, entry);
        if (method == NULL)
            continue;
        walk_add_finding(walk, FINDING_ENCRYPTED, entry->size_bytes, "%s", method);
        walk_set_status(walk, STATUS_ENCRYPTED, "%s", method);
    }
}
