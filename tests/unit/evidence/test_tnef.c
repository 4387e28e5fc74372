// SPDX-License-Identifier: Apache-2.0
//
// TNEF gives its attachments under their names, objects and messages in it, and says what is wrong.
#include <string.h>

#include "evidence/rtf_compressed.h"
#include "evidence/tnef.h"
#include "mail_fixture.h"

// ---- A builder --------------------------------------------------------------------------------

static void put_u16(GByteArray *out, unsigned value)
{
    const uint8_t bytes[] = {(uint8_t)value, (uint8_t)(value >> 8)};
    g_byte_array_append(out, bytes, sizeof bytes);
}

static void put_u32(GByteArray *out, uint32_t value)
{
    put_u16(out, value & 0xffff);
    put_u16(out, value >> 16);
}

static GByteArray *tnef_begin(void)
{
    GByteArray *out = g_byte_array_new();
    put_u32(out, 0x223e9f78);
    put_u16(out, 1);
    return out;
}

static void put_attribute(GByteArray *out, uint8_t level, uint32_t which, const void *data,
                          size_t size)
{
    unsigned sum = 0;
    for (size_t i = 0; i < size; i++)
        sum += ((const uint8_t *)data)[i];
    g_byte_array_append(out, &level, 1);
    put_u32(out, which);
    put_u32(out, (uint32_t)size);
    g_byte_array_append(out, data, (unsigned)size);
    put_u16(out, sum & 0xffff);
}

static void put_value(GByteArray *out, uint16_t type, uint16_t id, const void *data, size_t size)
{
    static const uint8_t zeros[4] = {0};
    put_u16(out, type);
    put_u16(out, id);
    put_u32(out, 1);
    put_u32(out, (uint32_t)size);
    g_byte_array_append(out, data, (unsigned)size);
    g_byte_array_append(out, zeros, (4 - size % 4) % 4);
}

static const uint8_t interface_message[] = {7, 3, 2, 0, 0, 0, 0, 0, 0xc0, 0, 0, 0, 0, 0, 0, 0x46};

static Walked *walk_array(GByteArray *bytes)
{
    return walk_fixture_bytes(bytes->data, bytes->len, "winmail.dat", (WalkFixtureOptions){0});
}

// ---- Real files -------------------------------------------------------------------------------

static void opens_a_real_file(void)
{
    // As tnef(1) unpacks them.
    static const struct {
        const char *name, *sha256;
    } rows[] = {
        {"quick.doc", "1240639edc264abf046523eed4bd0a154b0c4e487a9ec8b74be9d0c51b7de124"},
        {"quick.html", "5e7daab0b3edcfeec62bbde2371c95fc4fe7099469448abcee94cd49ffba072e"},
        {"quick.pdf", "263bea348ce44185f191b32efee29be44ef7ef7cc45ed32b9ae6753b1103d7d0"},
        {"quick.txt", "becf39adaa5a3526600ed1d443b5fd382e9879c219a08d183c0660382c59fb56"},
        {"quick.xml", "cc1704ac3bf0c4b83388c4e1912bbca08cc4dadcfc551521112b55794770a20c"},
    };
    g_autoptr(Walked) walked =
        walk_fixture_media("evidence/apache_tika/testWINMAIL.dat", (WalkFixtureOptions){0});
    if (walked == NULL)
        return;
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        const WalkedItem *item = walked_find(walked, rows[i].name);
        g_assert_nonnull(item);
        g_assert_cmpstr(item->sha256, ==, rows[i].sha256);
        g_assert_cmpint(item->times.modified.seconds, ==, 1272458456);
    }
    const WalkedItem *body = walked_find(walked, "body.rtf");
    g_assert_cmpuint(body->size_bytes, ==, 25528);
    g_assert_cmpint(walked_root(walked)->status, ==, STATUS_OK);
    g_assert_null(walked_finding(walked_root(walked), FINDING_DAMAGED));
}

// ---- Made ones --------------------------------------------------------------------------------

static void names_attachments_by_their_best_name(void)
{
    static const char long_name[] = "g\0r\0\xfc\0n\0.\0p\0n\0g\0\0";
    g_autoptr(GBytes) picture = sample_picture(300, 40);
    g_autoptr(GByteArray) properties = g_byte_array_new(), out = tnef_begin();
    put_u32(properties, 2);
    put_value(properties, 0x001f, 0x3707, long_name, sizeof long_name - 1);
    put_value(properties, 0x001e, 0x3704, "GRN~1.PNG", 10);
    put_attribute(out, 2, 0x00069002, "\1\0\0\0\0\0\0\0\0\0\0\0\0\0", 14);
    put_attribute(out, 2, 0x00018010, "short.png", 10);
    put_attribute(out, 2, 0x0006800f, g_bytes_get_data(picture, NULL), 300);
    put_attribute(out, 2, 0x00069005, properties->data, properties->len);
    put_attribute(out, 2, 0x00069002, "\1\0\0\0\0\0\0\0\0\0\0\0\0\0", 14);
    put_attribute(out, 2, 0x0006800f, "hello", 5);
    g_autoptr(Walked) walked = walk_array(out);
    assert_item(walked, "gr\u00fcn.png", picture);
    g_autoptr(GBytes) hello = g_bytes_new_static("hello", 5);
    assert_item(walked, "attachment 2", hello);
    g_assert_cmpstr(walked_find(walked, "attachment 2")->layer, ==, "{\"attachment\":2}");
}

static void converts_names_of_a_code_page(void)
{
    g_autoptr(GByteArray) out = tnef_begin();
    put_attribute(out, 1, 0x00069007, "\xe4\4\0\0\0\0\0\0", 8); // 1252
    put_attribute(out, 2, 0x00069002, "\1\0\0\0\0\0\0\0\0\0\0\0\0\0", 14);
    put_attribute(out, 2, 0x00018010, "gr\xfcn.png", 9);
    put_attribute(out, 2, 0x0006800f, "hello", 5);
    g_autoptr(Walked) walked = walk_array(out);
    g_assert_nonnull(walked_find(walked, "gr\u00fcn.png"));
}

// A message attached to the message is TNEF in TNEF.
static void opens_attached_messages(void)
{
    g_autoptr(GBytes) picture = sample_picture(300, 41);
    g_autoptr(GByteArray) inner = tnef_begin(), object = g_byte_array_new();
    put_attribute(inner, 2, 0x00069002, "\1\0\0\0\0\0\0\0\0\0\0\0\0\0", 14);
    put_attribute(inner, 2, 0x00018010, "deep.png", 9);
    put_attribute(inner, 2, 0x0006800f, g_bytes_get_data(picture, NULL), 300);
    g_byte_array_append(object, interface_message, sizeof interface_message);
    g_byte_array_append(object, inner->data, inner->len);

    g_autoptr(GByteArray) properties = g_byte_array_new(), out = tnef_begin();
    put_u32(properties, 1);
    put_value(properties, 0x000d, 0x3701, object->data, object->len);
    put_attribute(out, 2, 0x00069002, "\1\0\0\0\0\0\0\0\0\0\0\0\0\0", 14);
    put_attribute(out, 2, 0x00018010, "Attached message", 17);
    put_attribute(out, 2, 0x00069005, properties->data, properties->len);
    g_autoptr(Walked) walked = walk_array(out);
    assert_item(walked, "Attached message > deep.png", picture);
}

static void reads_message_properties(void)
{
    g_autoptr(GByteArray) properties = g_byte_array_new(), out = tnef_begin();
    put_u32(properties, 4);
    // A named property with a text as its name, several values of a fixed size.
    put_u16(properties, 0x1003);
    put_u16(properties, 0x8001);
    g_byte_array_append(properties, interface_message, 16);
    put_u32(properties, 1);
    put_u32(properties, 6);
    g_byte_array_append(properties, (const uint8_t *)"a\0b\0\0\0\0", 8);
    put_u32(properties, 2);
    put_u32(properties, 5);
    put_u32(properties, 6);
    put_value(properties, 0x001e, 0x5d01, "Sender@EXAMPLE.org", 19);
    put_value(properties, 0x0102, 0x1013, "<html>hello</html>", 18);
    put_value(properties, 0x001e, 0x1000, "hello", 5);
    put_attribute(out, 1, 0x00069003, properties->data, properties->len);
    g_autoptr(Walked) walked = walk_array(out);
    g_assert_true(has_identifier(walked_root(walked), "Sender@example.org"));
    g_autoptr(GBytes) html = g_bytes_new_static("<html>hello</html>", 18);
    assert_item(walked, "body.html", html);
    g_autoptr(GBytes) text = g_bytes_new_static("hello", 5);
    assert_item(walked, "body.txt", text);
    g_assert_null(walked_finding(walked_root(walked), FINDING_DAMAGED));
}

static void says_what_lies_elsewhere(void)
{
    g_autoptr(GByteArray) properties = g_byte_array_new(), out = tnef_begin();
    put_u32(properties, 1);
    put_value(properties, 0x001e, 0x370d, "\\\\server\\share\\a.png", 20);
    put_attribute(out, 2, 0x00069002, "\1\0\0\0\0\0\0\0\0\0\0\0\0\0", 14);
    put_attribute(out, 2, 0x00069005, properties->data, properties->len);
    g_autoptr(Walked) walked = walk_array(out);
    assert_status(walked, "attachment 1", STATUS_UNREADABLE, "elsewhere");
    g_assert_cmpstr(walked_finding(walked_find(walked, "attachment 1"), FINDING_REFERENCE), ==,
                    "\\\\server\\share\\a.png");
}

static void says_what_is_damaged(void)
{
    g_autoptr(GBytes) picture = sample_picture(300, 42);
    g_autoptr(GByteArray) out = tnef_begin();
    put_attribute(out, 2, 0x00069002, "\1\0\0\0\0\0\0\0\0\0\0\0\0\0", 14);
    put_attribute(out, 2, 0x00018010, "a.png", 6);
    put_attribute(out, 2, 0x0006800f, g_bytes_get_data(picture, NULL), 300);
    out->data[out->len - 1] ^= 1;
    {
        g_autoptr(Walked) walked = walk_array(out);
        assert_item(walked, "a.png", picture);
        g_assert_nonnull(strstr(walked_finding(walked_root(walked), FINDING_DAMAGED), "checksum"));
    }
    g_byte_array_set_size(out, out->len - 102);
    {
        g_autoptr(Walked) walked = walk_array(out);
        assert_status(walked, "", STATUS_CORRUPT, "breaks off");
        assert_status(walked, "a.png", STATUS_CORRUPT, "breaks off");
        g_assert_cmpuint(walked_find(walked, "a.png")->size_bytes, ==, 200);
    }
}

static void looks_behind_the_end(void)
{
    g_autoptr(GBytes) picture = sample_picture(300, 43);
    g_autofree char *block = uuencoded(picture, "behind.png");
    g_autoptr(GByteArray) out = tnef_begin();
    put_attribute(out, 1, 0x0002800c, "hello", 5);
    // No attribute begins with this byte.
    g_byte_array_append(out, (const uint8_t *)block, (unsigned)strlen(block));
    g_autoptr(Walked) walked = walk_array(out);
    g_assert_nonnull(walked_finding(walked_root(walked), FINDING_APPENDED_DATA));
    g_autofree char *sha256 = g_compute_checksum_for_bytes(G_CHECKSUM_SHA256, picture);
    g_assert_nonnull(walked_find_sha256(walked, sha256));
}

// ---- Compressed RTF ---------------------------------------------------------------------------

static char *unpack(const uint8_t *bytes, size_t size, bool *ret_is_damaged)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GBytes) rtf = rtf_compressed_unpack(bytes, size, ret_is_damaged, &error);
    g_assert_no_error(error);
    size_t length;
    const char *data = g_bytes_get_data(rtf, &length);
    return g_strndup(data, length);
}

static void unpacks_the_examples_of_the_specification(void)
{
    // MS-OXRTFCP section 4.1.1 and 4.2.1.
    static const uint8_t first[] = {0x2d, 0x00, 0x00, 0x00, 0x2b, 0x00, 0x00, 0x00, 0x4c, 0x5a,
                                    0x46, 0x75, 0xf1, 0xc5, 0xc7, 0xa7, 0x03, 0x00, 0x0a, 0x00,
                                    0x72, 0x63, 0x70, 0x67, 0x31, 0x32, 0x35, 0x42, 0x32, 0x0a,
                                    0xf3, 0x20, 0x68, 0x65, 0x6c, 0x09, 0x00, 0x20, 0x62, 0x77,
                                    0x05, 0xb0, 0x6c, 0x64, 0x7d, 0x0a, 0x80, 0x0f, 0xa0};
    static const uint8_t second[] = {0x1a, 0x00, 0x00, 0x00, 0x1c, 0x00, 0x00, 0x00, 0x4c, 0x5a,
                                     0x46, 0x75, 0xe2, 0xd4, 0x4b, 0x51, 0x41, 0x00, 0x04, 0x20,
                                     0x57, 0x58, 0x59, 0x5a, 0x0d, 0x6e, 0x7d, 0x01, 0x0e, 0xb0};
    bool is_damaged = true;
    g_autofree char *one = unpack(first, sizeof first, &is_damaged);
    g_assert_cmpstr(one, ==, "{\\rtf1\\ansi\\ansicpg1252\\pard hello world}\r\n");
    g_assert_false(is_damaged);
    g_autofree char *two = unpack(second, sizeof second, &is_damaged);
    g_assert_cmpstr(two, ==, "{\\rtf1 WXYZWXYZWXYZWXYZWXYZ}");
    g_assert_false(is_damaged);

    uint8_t wrong[sizeof first];
    memcpy(wrong, first, sizeof first);
    wrong[20] ^= 1;
    g_autofree char *changed = unpack(wrong, sizeof wrong, &is_damaged);
    g_assert_cmpstr(changed, !=, one);
    g_assert_true(is_damaged);
    g_autofree char *cut = unpack(first, sizeof first - 20, &is_damaged);
    g_assert_true(is_damaged);
    g_assert_true(g_str_has_prefix(one, cut));
}

static void refuses_sizes_beyond_reason(void)
{
    static const uint8_t header[] = {0x2d, 0,    0,    0,    0xff, 0xff, 0xff, 0x7f,
                                     0x4c, 0x5a, 0x46, 0x75, 0,    0,    0,    0};
    bool is_damaged;
    g_autoptr(GError) error = NULL;
    g_assert_null(rtf_compressed_unpack(header, sizeof header, &is_damaged, &error));
    g_assert_nonnull(error);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/tnef/opens_a_real_file", opens_a_real_file);
    g_test_add_func("/tnef/names_attachments_by_their_best_name",
                    names_attachments_by_their_best_name);
    g_test_add_func("/tnef/converts_names_of_a_code_page", converts_names_of_a_code_page);
    g_test_add_func("/tnef/opens_attached_messages", opens_attached_messages);
    g_test_add_func("/tnef/reads_message_properties", reads_message_properties);
    g_test_add_func("/tnef/says_what_lies_elsewhere", says_what_lies_elsewhere);
    g_test_add_func("/tnef/says_what_is_damaged", says_what_is_damaged);
    g_test_add_func("/tnef/looks_behind_the_end", looks_behind_the_end);
    g_test_add_func("/tnef/unpacks_the_examples_of_the_specification",
                    unpacks_the_examples_of_the_specification);
    g_test_add_func("/tnef/refuses_sizes_beyond_reason", refuses_sizes_beyond_reason);
    return g_test_run();
}
