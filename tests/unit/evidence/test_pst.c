// SPDX-License-Identifier: Apache-2.0
//
// Outlook's stores: items, bodies, attachments, messages attached to messages; and damage that must
// end in a record.
#include <string.h>

#include "mail_fixture.h"

#define STORE "evidence/apache_tika/testPST.pst"

static void opens_a_real_store(void)
{
    g_autoptr(Walked) walked = walk_fixture_media(STORE, (WalkFixtureOptions){0});
    if (walked == NULL)
        return;
    g_assert_cmpint(walked_root(walked)->status, ==, STATUS_OK);
    g_assert_true(has_identifier(walked_root(walked), "lfcnassif@gmail.com"));

    // A file in a message in a message.
    const WalkedItem *docx = walked_find(
        walked, "D\u00e9but du fichier de donn\u00e9es Outlook/FW: First email/First email/"
                "attachment.docx");
    g_assert_nonnull(docx);
    g_assert_cmpuint(docx->size_bytes, ==, 11862);
    g_assert_cmpstr(docx->sha256, ==,
                    "0c87a742c970907d3b08c73e7834768abadd00fe4f4995a7dd98a206d4c494c0");
    g_assert_cmpint(docx->times.modified.seconds, ==, 1606429020);
    g_assert_cmpint(docx->times.modified.zone, ==, ZONE_UTC);

    const WalkedItem *headers =
        walked_find(walked, "D\u00e9but du fichier de donn\u00e9es Outlook/Feature Generators/"
                            "headers.txt");
    g_assert_nonnull(headers);
    g_assert_cmpuint(headers->size_bytes, ==, 4281);
    g_assert_true(has_identifier(headers, "kenigma1122@gmail.com"));
    g_assert_nonnull(walked_find(walked, "D\u00e9but du fichier de donn\u00e9es Outlook/"
                                         "Feature Generators/body.txt"));
}

static void gives_every_kind_of_body(void)
{
    g_autoptr(Walked) walked = walk_fixture_media(
        "evidence/apache_tika/testPST_variousBodyTypes.pst", (WalkFixtureOptions){0});
    if (walked == NULL)
        return;
    unsigned texts = 0, htmls = 0, rtfs = 0;
    for (unsigned i = 0; i < walked->items->len; i++) {
        const WalkedItem *item = walked->items->pdata[i];
        texts += g_str_has_suffix(item->path, "/body.txt");
        htmls += g_str_has_suffix(item->path, "/body.html");
        rtfs += g_str_has_suffix(item->path, "/body.rtf");
    }
    g_assert_cmpuint(texts, ==, 4);
    g_assert_cmpuint(htmls, ==, 2);
    g_assert_cmpuint(rtfs, ==, 1);
}

// Names repeat in a store; layers do not.
static void names_every_item_uniquely(void)
{
    g_autoptr(Walked) walked = walk_fixture_media(
        "evidence/apache_tika/testPST_variousBodyTypes.pst", (WalkFixtureOptions){0});
    if (walked == NULL)
        return;
    g_autoptr(GHashTable) seen = g_hash_table_new(g_str_hash, g_str_equal);
    for (unsigned i = 0; i < walked->items->len; i++) {
        const WalkedItem *item = walked->items->pdata[i];
        g_assert_true(g_hash_table_add(seen, item->locator));
    }
}

static char *read_store(size_t *ret_size)
{
    const char *media = g_getenv("CLEW_TEST_MEDIA");
    char *bytes = NULL;
    if (media == NULL) {
        g_test_skip("CLEW_TEST_MEDIA is not set");
        return NULL;
    }
    g_autofree char *path = g_build_filename(media, STORE, NULL);
    g_assert_true(g_file_get_contents(path, &bytes, ret_size, NULL));
    return bytes;
}

static void says_that_a_store_is_cut(void)
{
    size_t size = 0;
    g_autofree char *bytes = read_store(&size);
    if (bytes == NULL)
        return;
    static const size_t cuts[] = {8, 300, 600, 70000, 2302975};
    for (size_t i = 0; i < G_N_ELEMENTS(cuts); i++) {
        g_autoptr(Walked) walked =
            walk_fixture_bytes(bytes, cuts[i], "a.pst", (WalkFixtureOptions){0});
        g_assert_cmpint(walked_root(walked)->status, ==, STATUS_CORRUPT);
        g_assert_nonnull(strstr(walked_root(walked)->reason, "store"));
    }
}

static void looks_behind_the_end(void)
{
    size_t size = 0;
    g_autofree char *bytes = read_store(&size);
    if (bytes == NULL)
        return;
    g_autoptr(GBytes) picture = sample_picture(300, 70);
    g_autofree char *block = uuencoded(picture, "behind.png");
    size_t length = strlen(block);
    bytes = g_realloc(bytes, size + length);
    memcpy(bytes + size, block, length);
    g_autoptr(Walked) walked =
        walk_fixture_bytes(bytes, size + length, "a.pst", (WalkFixtureOptions){0});
    g_assert_nonnull(walked_finding(walked_root(walked), FINDING_APPENDED_DATA));
    g_autofree char *sha256 = g_compute_checksum_for_bytes(G_CHECKSUM_SHA256, picture);
    g_assert_nonnull(walked_find_sha256(walked, sha256));
}

// The same damage in every run: on some, the library itself loses memory, which is not ours to mend
// and goes with the worker.
static void survives_damage(void)
{
    size_t size = 0;
    g_autofree char *bytes = read_store(&size);
    if (bytes == NULL)
        return;
    uint32_t random = 7;
    for (unsigned round = 0; round < 10; round++) {
        g_autofree char *damaged = g_memdup2(bytes, size);
        for (unsigned i = 0; i < 200; i++) {
            random = random * 1664525u + 1013904223u;
            damaged[4 + random % (size - 4)] ^= (char)(random >> 24 | 1);
        }
        g_autoptr(Walked) walked =
            walk_fixture_bytes(damaged, size, "a.pst", (WalkFixtureOptions){.time_limit_ms = 5000});
        g_assert_cmpuint(walked->items->len, >=, 1);
    }
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/pst/opens_a_real_store", opens_a_real_store);
    g_test_add_func("/pst/gives_every_kind_of_body", gives_every_kind_of_body);
    g_test_add_func("/pst/names_every_item_uniquely", names_every_item_uniquely);
    g_test_add_func("/pst/says_that_a_store_is_cut", says_that_a_store_is_cut);
    g_test_add_func("/pst/looks_behind_the_end", looks_behind_the_end);
    g_test_add_func("/pst/survives_damage", survives_damage);
    return g_test_run();
}
