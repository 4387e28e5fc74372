// SPDX-License-Identifier: Apache-2.0
#include "evidence/office.h"

#include <string.h>

#include "evidence/archive.h"
#include "evidence/zip_member.h"
#include "evidence/zip_structure.h"

// Unpacked; longer ones are read so far.
#define MEMBER_BYTES_MAX (8u << 20)
// Members of the archive among which they are looked for.
#define MEMBERS_MAX 100000u

// ---- What the members say ---------------------------------------------------------------------

// An opening tag: its name without prefix, and all of it.
typedef struct {
    const char *name;
    size_t name_length;
    const char *begin, *end;
} Tag;

// The next opening tag at or behind `at`.
static bool next_tag(const char *at, const char *end, Tag *ret_tag)
{
    while ((at = memchr(at, '<', (size_t)(end - at))) != NULL) {
        const char *begin = ++at, *name = at;
        while (at < end && strchr("/?!> \t\r\n", *at) == NULL)
            if (*at++ == ':')
                name = at;
        const char *close = memchr(at, '>', (size_t)(end - at));
        *ret_tag = (Tag){.name = name,
                         .name_length = (size_t)(at - name),
                         .begin = begin,
                         .end = close != NULL ? close : end};
        if (at > begin)
            return true;
    }
    return false;
}

static bool is_named(const Tag *tag, const char *name)
{
    return tag->name_length == strlen(name) && memcmp(tag->name, name, tag->name_length) == 0;
}

static bool contains(const Tag *tag, const char *text)
{
    return memmem(tag->begin, (size_t)(tag->end - tag->begin), text, strlen(text)) != NULL;
}

unsigned office_manifest_encrypted(const char *xml, size_t size)
{
    unsigned count = 0;
    Tag tag;
    for (const char *at = xml; next_tag(at, xml + size, &tag); at = tag.end)
        count += is_named(&tag, "encryption-data");
    return count;
}

unsigned office_rights_encrypted(const char *xml, size_t size)
{
    unsigned count = 0;
    bool is_data = false; // the method that comes next is that of a resource, not of a key
    Tag tag;
    for (const char *at = xml; next_tag(at, xml + size, &tag); at = tag.end) {
        if (is_named(&tag, "EncryptedData")) {
            is_data = true;
        } else if (is_data && is_named(&tag, "EncryptionMethod")) {
            bool is_font = contains(&tag, "http://www.idpf.org/2008/embedding") ||
                           contains(&tag, "http://ns.adobe.com/pdf/enc#RC");
            count += !is_font;
            is_data = false;
        }
    }
    return count;
}

// ---- The archive ------------------------------------------------------------------------------

typedef struct {
    const char *member;
    unsigned (*count)(const char *xml, size_t size);
    const char *phrase;
} SignRow;

static const SignRow signs[] = {
    {"META-INF/manifest.xml", office_manifest_encrypted, "OpenDocument file with a password"},
    {"META-INF/encryption.xml", office_rights_encrypted, "EPUB file under rights management"},
};

static const SignRow *sign_of(const ZipEntry *entry)
{
    for (size_t i = 0; i < G_N_ELEMENTS(signs); i++)
        if (entry->name_bytes == strlen(signs[i].member) &&
            memcmp(entry->name, signs[i].member, entry->name_bytes) == 0)
            return &signs[i];
    return NULL;
}

// As much of a member as is looked at. Yours to free.
static GByteArray *read_member(Walk *walk, Source *source, ZipEntry *entry)
{
    static const char *const no_passwords[] = {NULL};
    ZipPasswords passwords = {.list = no_passwords};
    ZipMember member = {.walk = walk, .source = source, .passwords = &passwords, .entry = *entry};
    GByteArray *bytes = g_byte_array_new();
    if (!zip_local_read(source, entry, &member.local))
        return bytes;
    uint8_t piece[16384];
    ssize_t count = 0;
    while (bytes->len < MEMBER_BYTES_MAX &&
           (count = zip_member_read(&member, piece, sizeof piece, NULL)) > 0)
        g_byte_array_append(bytes, piece, (unsigned)count);
    zip_member_clear(&member);
    return bytes;
}

static void say_encrypted(Walk *walk, Source *source)
{
    ZipEnd end;
    ZipEntry entry;
    if (!zip_end_find(source, (ZipVolumes){0}, false, &end))
        return;
    g_autoptr(ZipDirectory) directory = zip_directory_open(source, &end);
    for (unsigned i = 0;
         i < MEMBERS_MAX && !walk_is_over(walk) && zip_directory_next(directory, &entry, NULL);
         i++) {
        const SignRow *sign = sign_of(&entry);
        if (sign == NULL)
            continue;
        g_autoptr(GByteArray) xml = read_member(walk, source, &entry);
        unsigned count = sign->count((const char *)xml->data, xml->len);
        if (count == 0)
            continue;
        walk_add_finding(walk, FINDING_ENCRYPTED, 0, "%s, %u members", sign->phrase, count);
        walk_set_status(walk, STATUS_ENCRYPTED, "%s", sign->phrase);
    }
}

static void office_open(Walk *walk, Source *source)
{
    say_encrypted(walk, source);
    archive_container.open(walk, source);
}

static bool office_fits(const SniffType *type, Source *source)
{
    return (g_str_has_prefix(type->media_type, "application/vnd.oasis.opendocument") ||
            strcmp(type->media_type, "application/epub+zip") == 0) &&
           archive_container.fits(type, source);
}

const Container office_container = {
    .name = "OpenDocument or EPUB file", .fits = office_fits, .open = office_open};
