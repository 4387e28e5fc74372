// SPDX-License-Identifier: Apache-2.0
//
// OpenDocument and EPUB files say in a member of their own that others are encrypted.
#include <glib.h>
#include <string.h>
#include <zlib.h>

#include "evidence/office.h"
#include "walk_fixture.h"

static void put(GByteArray *target, uint64_t value, unsigned bytes)
{
    for (unsigned i = 0; i < bytes; i++, value >>= 8) {
        uint8_t byte = (uint8_t)value;
        g_byte_array_append(target, &byte, 1);
    }
}

static void put_text(GByteArray *target, const char *text)
{
    g_byte_array_append(target, (const guint8 *)text, (guint)strlen(text));
}

// What a local header and an entry of the directory share.
static void put_facts(GByteArray *target, const char *name, const char *text)
{
    uLong sum = crc32(0, (const Bytef *)text, (uInt)strlen(text));
    put(target, 20, 2);
    put(target, 0, 4);
    put(target, 0, 4);
    put(target, sum, 4);
    put(target, strlen(text), 4);
    put(target, strlen(text), 4);
    put(target, strlen(name), 2);
    put(target, 0, 2);
}

typedef struct {
    const char *name, *text;
} Member;

// A ZIP archive of stored members.
static GByteArray *zip_of(const Member *members, unsigned count)
{
    GByteArray *zip = g_byte_array_new();
    g_autoptr(GByteArray) directory = g_byte_array_new();
    for (unsigned i = 0; i < count; i++) {
        put(directory, 0x02014b50, 4);
        put(directory, 20, 2);
        put_facts(directory, members[i].name, members[i].text);
        put(directory, 0, 10);
        put(directory, zip->len, 4);
        put_text(directory, members[i].name);
        put(zip, 0x04034b50, 4);
        put_facts(zip, members[i].name, members[i].text);
        put_text(zip, members[i].name);
        put_text(zip, members[i].text);
    }
    unsigned offset = zip->len;
    g_byte_array_append(zip, directory->data, directory->len);
    put(zip, 0x06054b50, 4);
    put(zip, 0, 4);
    put(zip, count, 2);
    put(zip, count, 2);
    put(zip, directory->len, 4);
    put(zip, offset, 4);
    put(zip, 0, 2);
    return zip;
}

#define ODT "application/vnd.oasis.opendocument.text"
#define ENTRY(inside)                                                                              \
    "<manifest:file-entry manifest:full-path=\"content.xml\">" inside "</manifest:file-entry>"
#define ENCRYPTION                                                                                 \
    "<manifest:encryption-data manifest:checksum=\"x\"><manifest:algorithm/>"                      \
    "</manifest:encryption-data>"

static Walked *walk_zip(const char *mimetype, const char *member, const char *text)
{
    const Member members[] = {{"mimetype", mimetype}, {"content.xml", "??"}, {member, text}};
    g_autoptr(GByteArray) zip = zip_of(members, G_N_ELEMENTS(members));
    return walk_fixture_bytes(zip->data, zip->len, "a", (WalkFixtureOptions){0});
}

static void a_document_with_a_password_is_said(void)
{
    g_autoptr(Walked) walked =
        walk_zip(ODT, "META-INF/manifest.xml",
                 "<manifest:manifest>" ENTRY(ENCRYPTION) "</manifest:manifest>");
    const WalkedItem *root = walked_root(walked);
    g_assert_cmpint(root->status, ==, STATUS_ENCRYPTED);
    g_assert_cmpstr(root->reason, ==, "OpenDocument file with a password");
    g_assert_cmpstr(walked_finding(root, FINDING_ENCRYPTED), ==,
                    "OpenDocument file with a password, 1 members");
    g_assert_nonnull(walked_find(walked, "content.xml"));
}

static void a_document_without_a_password_is_not(void)
{
    g_autoptr(Walked) walked = walk_zip(ODT, "META-INF/manifest.xml",
                                        "<manifest:manifest>" ENTRY("") "</manifest:manifest>");
    g_assert_cmpint(walked_root(walked)->status, ==, STATUS_OK);
    g_assert_null(walked_finding(walked_root(walked), FINDING_ENCRYPTED));
}

static void a_real_document_is_not(void)
{
    g_autoptr(Walked) walked =
        walk_fixture_media("evidence/apache_tika/testODP_NPE.odp", (WalkFixtureOptions){0});
    if (walked != NULL)
        g_assert_null(walked_finding(walked_root(walked), FINDING_ENCRYPTED));
}

#define DATA(algorithm)                                                                            \
    "<enc:EncryptedData><enc:EncryptionMethod Algorithm=\"" algorithm "\"/></enc:EncryptedData>"
#define AES "http://www.w3.org/2001/04/xmlenc#aes128-cbc"
#define KEY                                                                                        \
    "<enc:EncryptedKey><enc:EncryptionMethod "                                                     \
    "Algorithm=\"http://www.w3.org/2001/04/xmlenc#rsa-1_5\""                                       \
    "/></enc:EncryptedKey>"

static void a_book_under_rights_management_is_said(void)
{
    g_autoptr(Walked) walked = walk_zip("application/epub+zip", "META-INF/encryption.xml",
                                        "<encryption>" KEY DATA(AES) DATA(AES) "</encryption>");
    g_assert_cmpint(walked_root(walked)->status, ==, STATUS_ENCRYPTED);
    g_assert_cmpstr(walked_finding(walked_root(walked), FINDING_ENCRYPTED), ==,
                    "EPUB file under rights management, 2 members");
}

static void obfuscated_fonts_do_not_count(void)
{
    g_autoptr(Walked) walked =
        walk_zip("application/epub+zip", "META-INF/encryption.xml",
                 "<encryption>" DATA("http://www.idpf.org/2008/embedding") "</encryption>");
    g_assert_cmpint(walked_root(walked)->status, ==, STATUS_OK);
}

static void broken_xml_is_read_to_its_end(void)
{
    static const char *const texts[] = {"",
                                        "<",
                                        "<a",
                                        "<encryption-data",
                                        "</encryption-data>",
                                        "<:",
                                        "<a:>",
                                        "<<encryption-data>",
                                        "<?encryption-data?>"};
    static const unsigned counts[] = {0, 0, 0, 1, 0, 0, 0, 0, 0};
    for (size_t i = 0; i < G_N_ELEMENTS(texts); i++) {
        g_autofree char *exact = g_memdup2(texts[i], MAX(strlen(texts[i]), 1));
        g_assert_cmpuint(office_manifest_encrypted(exact, strlen(texts[i])), ==, counts[i]);
        g_assert_cmpuint(office_rights_encrypted(exact, strlen(texts[i])), ==, 0);
    }
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/office/a_document_with_a_password_is_said",
                    a_document_with_a_password_is_said);
    g_test_add_func("/office/a_document_without_a_password_is_not",
                    a_document_without_a_password_is_not);
    g_test_add_func("/office/a_real_document_is_not", a_real_document_is_not);
    g_test_add_func("/office/a_book_under_rights_management_is_said",
                    a_book_under_rights_management_is_said);
    g_test_add_func("/office/obfuscated_fonts_do_not_count", obfuscated_fonts_do_not_count);
    g_test_add_func("/office/broken_xml_is_read_to_its_end", broken_xml_is_read_to_its_end);
    return g_test_run();
}
