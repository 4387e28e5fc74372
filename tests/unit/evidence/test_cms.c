// SPDX-License-Identifier: Apache-2.0
//
// What a signature wraps is opened; what is encrypted is said to be.
#include <string.h>

#include "evidence/cms.h"
#include "mail_fixture.h"

// One element of definite length.
static GByteArray *element(uint8_t tag, const void *bytes, size_t size)
{
    GByteArray *out = g_byte_array_new();
    const uint8_t head[] = {tag, 0x83, (uint8_t)(size >> 16), (uint8_t)(size >> 8), (uint8_t)size};
    g_byte_array_append(out, head, sizeof head);
    g_byte_array_append(out, bytes, (unsigned)size);
    return out;
}

static void put(GByteArray *out, GByteArray *taken)
{
    g_byte_array_append(out, taken->data, taken->len);
    g_byte_array_unref(taken);
}

static GByteArray *wrap(uint8_t tag, GByteArray *taken)
{
    GByteArray *out = element(tag, taken->data, taken->len);
    g_byte_array_unref(taken);
    return out;
}

// ContentInfo { 1.2.840.113549.1.7.`last`, [0] content }.
static GByteArray *content_info(uint8_t last, GByteArray *content)
{
    const uint8_t identifier[] = {0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x07, last};
    GByteArray *out = element(0x06, identifier, sizeof identifier);
    put(out, wrap(0xa0, content));
    return wrap(0x30, out);
}

// SignedData around `octets` (taken; NULL: the signature stands alone).
static GByteArray *signed_data(GByteArray *octets)
{
    static const uint8_t identifier[] = {0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x07, 0x01};
    GByteArray *inner = element(0x06, identifier, sizeof identifier);
    if (octets != NULL)
        put(inner, wrap(0xa0, octets));
    GByteArray *out = element(0x02, "\1", 1);
    put(out, element(0x31, "", 0));
    put(out, wrap(0x30, inner));
    put(out, element(0x31, "signatures", 10));
    return content_info(2, wrap(0x30, out));
}

static Walked *walk_taken(GByteArray *taken)
{
    Walked *walked = walk_fixture_bytes(taken->data, taken->len, "a.p7m", (WalkFixtureOptions){0});
    g_byte_array_unref(taken);
    return walked;
}

static void opens_what_was_signed(void)
{
    g_autoptr(GBytes) picture = sample_picture(500, 60);
    const uint8_t *data = g_bytes_get_data(picture, NULL);
    g_autoptr(Walked) whole = walk_taken(signed_data(element(0x04, data, 500)));
    assert_item(whole, "signed content", picture);
    GByteArray *pieces = element(0x04, data, 200);
    put(pieces, element(0x04, data + 200, 300));
    g_autoptr(Walked) cut = walk_taken(signed_data(wrap(0x24, pieces)));
    assert_item(cut, "signed content", picture);
}

// As streaming signers write it: every outer element open.
static void opens_elements_of_open_length(void)
{
    static const uint8_t begin[] = {0x30, 0x80, 0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d,
                                    0x01, 0x07, 0x02, 0xa0, 0x80, 0x30, 0x80, 0x02, 0x01, 0x01,
                                    0x31, 0x80, 0x30, 0x80, 0x05, 0x00, 0x00, 0x00, 0x00, 0x00,
                                    0x30, 0x80, 0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d,
                                    0x01, 0x07, 0x01, 0xa0, 0x80, 0x24, 0x80};
    GByteArray *out = g_byte_array_new();
    g_byte_array_append(out, begin, sizeof begin);
    put(out, element(0x04, "hello ", 6));
    put(out, element(0x04, "world", 5));
    g_byte_array_append(out, (const uint8_t *)"\0\0\0\0\0\0\0\0\0\0\0", 12);
    g_autoptr(Walked) walked = walk_taken(out);
    g_autoptr(GBytes) hello = g_bytes_new_static("hello world", 11);
    assert_item(walked, "signed content", hello);
}

static void opens_a_signed_message(void)
{
    static const char part[] = "Content-Type: image/png; name=a.png\r\n\r\nhello";
    g_autoptr(Walked) walked = walk_taken(signed_data(element(0x04, part, sizeof part - 1)));
    g_autoptr(GBytes) hello = g_bytes_new_static("hello", 5);
    assert_item(walked, "signed content > a.png", hello);
}

static void a_signature_alone_holds_nothing(void)
{
    g_autoptr(Walked) walked = walk_taken(signed_data(NULL));
    g_assert_cmpuint(walked->items->len, ==, 1);
    g_assert_cmpint(walked_root(walked)->status, ==, STATUS_OK);
}

static void says_what_it_cannot_open(void)
{
    g_autoptr(Walked) enveloped = walk_taken(content_info(3, element(0x30, "secret", 6)));
    assert_status(enveloped, "", STATUS_ENCRYPTED, "encrypted");
    g_autoptr(Walked) other = walk_taken(content_info(5, element(0x30, "digest", 6)));
    assert_status(other, "", STATUS_UNSUPPORTED, "not opened");
    g_autoptr(Walked) broken = walk_taken(content_info(2, element(0x30, "\2\1\1\7", 4)));
    assert_status(broken, "", STATUS_CORRUPT, "broken");
}

static void survives_any_cut(void)
{
    g_autoptr(GBytes) picture = sample_picture(50, 61);
    g_autoptr(GByteArray) whole = signed_data(element(0x04, g_bytes_get_data(picture, NULL), 50));
    for (unsigned size = 1; size <= whole->len; size++) {
        g_autoptr(Walked) walked =
            walk_fixture_bytes(whole->data, size, "a.p7m", (WalkFixtureOptions){0});
        g_assert_cmpuint(walked->items->len, <=, 2);
    }
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/cms/opens_what_was_signed", opens_what_was_signed);
    g_test_add_func("/cms/opens_elements_of_open_length", opens_elements_of_open_length);
    g_test_add_func("/cms/opens_a_signed_message", opens_a_signed_message);
    g_test_add_func("/cms/a_signature_alone_holds_nothing", a_signature_alone_holds_nothing);
    g_test_add_func("/cms/says_what_it_cannot_open", says_what_it_cannot_open);
    g_test_add_func("/cms/survives_any_cut", survives_any_cut);
    return g_test_run();
}
