// SPDX-License-Identifier: Apache-2.0
//
// What lies in a OneNote section comes out whole, and no length that lies hides anything.
#include <string.h>

#include "mail_fixture.h"

static const uint8_t magic[] = {0xe4, 0x52, 0x5c, 0x7b, 0x8c, 0xd8, 0xa7, 0x4d,
                                0xae, 0xb1, 0x53, 0x78, 0xd0, 0x29, 0x96, 0xd3};
static const uint8_t object_begin[] = {0xe7, 0x16, 0xe3, 0xbd, 0x65, 0x26, 0x11, 0x45,
                                       0xa4, 0xc4, 0x8d, 0x4d, 0x0b, 0x7a, 0x9e, 0xac};
static const uint8_t object_end[] = {0x22, 0xa7, 0xfb, 0x71, 0x79, 0x0f, 0x0b, 0x4a,
                                     0xbb, 0x13, 0x89, 0x92, 0x56, 0x42, 0x6b, 0x24};

static GByteArray *section_begin(void)
{
    GByteArray *out = g_byte_array_new();
    g_byte_array_append(out, magic, sizeof magic);
    g_byte_array_set_size(out, 1024);
    memset(out->data + sizeof magic, 0, 1024 - sizeof magic);
    return out;
}

static void put_object(GByteArray *out, GBytes *bytes, uint64_t said)
{
    static const uint8_t zeros[12] = {0};
    size_t size;
    const uint8_t *data = g_bytes_get_data(bytes, &size);
    g_byte_array_append(out, object_begin, sizeof object_begin);
    for (unsigned i = 0; i < 8; i++) {
        uint8_t byte = (uint8_t)(said >> (8 * i));
        g_byte_array_append(out, &byte, 1);
    }
    g_byte_array_append(out, zeros, 12);
    g_byte_array_append(out, data, (unsigned)size);
    g_byte_array_append(out, zeros, (8 - out->len % 8) % 8);
    g_byte_array_append(out, object_end, sizeof object_end);
}

static Walked *walk_section(GByteArray *out)
{
    return walk_fixture_bytes(out->data, out->len, "a.one", (WalkFixtureOptions){0});
}

static void opens_a_real_section(void)
{
    g_autoptr(Walked) walked =
        walk_fixture_media("evidence/apache_tika/testOneNote2.one", (WalkFixtureOptions){0});
    if (walked == NULL)
        return;
    g_assert_cmpuint(walked->items->len, ==, 34);
    for (unsigned i = 0; i < 33; i++) {
        const WalkedItem *item = walked->items->pdata[i];
        g_assert_cmpstr(item->type->media_type, ==, "image/png");
        g_assert_cmpint(item->status, ==, STATUS_OK);
        g_assert_null(walked_finding(item, FINDING_APPENDED_DATA));
    }
    const WalkedItem *first = walked_find(walked, "object 1"),
                     *last = walked_find(walked, "object 33");
    g_assert_cmpuint(first->size_bytes, ==, 2332);
    g_assert_cmpstr(first->layer, ==, "{\"offset\":28560}");
    g_assert_cmpuint(last->size_bytes, ==, 4081);
    g_assert_cmpint(walked_root(walked)->status, ==, STATUS_OK);
}

static void gives_objects_exactly(void)
{
    g_autoptr(GByteArray) out = section_begin();
    g_autoptr(GBytes) one = sample_picture(100, 50), two = sample_picture(200000, 51);
    put_object(out, one, 100);
    put_object(out, two, 200000);
    put_object(out, one, 100);
    g_autoptr(Walked) walked = walk_section(out);
    assert_item(walked, "object 1", one);
    assert_item(walked, "object 2", two);
    assert_item(walked, "object 3", one);
    g_assert_cmpuint(walked->items->len, ==, 4);
}

// Pieces that are read one after another have their border anywhere.
static void finds_an_object_at_any_place(void)
{
    g_autoptr(GBytes) picture = sample_picture(100, 56);
    for (unsigned begin = 65536 - 20; begin < 65536 + 4; begin++) {
        g_autoptr(GByteArray) out = section_begin();
        g_byte_array_set_size(out, begin);
        memset(out->data + 1024, 0, begin - 1024);
        put_object(out, picture, 100);
        g_autoptr(Walked) walked = walk_section(out);
        assert_item(walked, "object 1", picture);
    }
}

// The bytes of what is carried may hold the GUID themselves.
static void does_not_cut_an_object_at_a_guid_in_it(void)
{
    g_autoptr(GByteArray) out = section_begin(), bytes = g_byte_array_new();
    g_autoptr(GBytes) picture = sample_picture(100, 52);
    put_object(bytes, picture, 100);
    g_autoptr(GBytes) carried = g_byte_array_free_to_bytes(g_steal_pointer(&bytes));
    put_object(out, carried, g_bytes_get_size(carried));
    g_autoptr(Walked) walked = walk_section(out);
    assert_item(walked, "object 1", carried);
}

static void does_not_believe_lengths_that_lie(void)
{
    static const uint64_t lies[] = {UINT64_MAX, 1 << 20, 90};
    g_autoptr(GBytes) one = sample_picture(100, 53), two = sample_picture(300, 54);
    for (size_t i = 0; i < G_N_ELEMENTS(lies); i++) {
        g_autoptr(GByteArray) out = section_begin();
        put_object(out, one, lies[i]);
        put_object(out, two, 300);
        g_autoptr(Walked) walked = walk_section(out);
        assert_status(walked, "object 1", STATUS_CORRUPT, "does not end");
        assert_item(walked, "object 2", two);
    }
}

static void survives_any_cut(void)
{
    g_autoptr(GByteArray) out = section_begin();
    g_autoptr(GBytes) picture = sample_picture(100, 55);
    put_object(out, picture, 100);
    for (unsigned size = out->len; size > 1000; size--) {
        g_autoptr(Walked) walked =
            walk_fixture_bytes(out->data, size, "a.one", (WalkFixtureOptions){0});
        g_assert_cmpuint(walked->items->len, <=, 2);
    }
}

static void says_that_a_section_is_protected(void)
{
    static const uint8_t key[] = {0x67, 0xa0, 0xd1, 0xda, 0x85, 0xa3, 0x6b, 0xfb};
    g_autoptr(GByteArray) out = section_begin();
    memcpy(out->data + 500, key, sizeof key);
    g_autoptr(Walked) walked = walk_section(out);
    assert_status(walked, "", STATUS_ENCRYPTED, "password");
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/onenote/opens_a_real_section", opens_a_real_section);
    g_test_add_func("/onenote/gives_objects_exactly", gives_objects_exactly);
    g_test_add_func("/onenote/finds_an_object_at_any_place", finds_an_object_at_any_place);
    g_test_add_func("/onenote/does_not_cut_an_object_at_a_guid_in_it",
                    does_not_cut_an_object_at_a_guid_in_it);
    g_test_add_func("/onenote/does_not_believe_lengths_that_lie",
                    does_not_believe_lengths_that_lie);
    g_test_add_func("/onenote/survives_any_cut", survives_any_cut);
    g_test_add_func("/onenote/says_that_a_section_is_protected", says_that_a_section_is_protected);
    return g_test_run();
}
