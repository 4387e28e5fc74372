// SPDX-License-Identifier: Apache-2.0
//
// Text that holds encoded bytes gives them exactly, wherever they stand in it; text that only looks
// like it gives nothing.
#include <string.h>

#include "evidence/encoded_text.h"
#include "evidence/encoded_text_stream.h"
#include "mail_fixture.h"

// ---- Streams ----------------------------------------------------------------------------------

// Reads a whole stream, `step` bytes at a time. What comes before an error is kept.
static char *read_all(const char *text, TextEncoding encoding, size_t step, GError **err)
{
    g_autoptr(Source) source = source_new_memory(text, strlen(text));
    g_autoptr(EncodedStream) stream = encoded_stream_new(source, 0, UINT64_MAX, encoding);
    GString *all = g_string_new(NULL);
    char piece[64];
    ssize_t count;
    while ((count = encoded_stream_read(stream, piece, step, err)) > 0)
        g_string_append_len(all, piece, count);
    return g_string_free(all, FALSE);
}

static void decodes_each_encoding(void)
{
    static const struct {
        TextEncoding encoding;
        const char *text, *plain;
    } rows[] = {
        {TEXT_ENCODING_BASE64, "aGVsbG8gd29ybGQ=", "hello world"},
        {TEXT_ENCODING_BASE64, "aGVs\r\nbG8g\r\n d29ybGQ\n=", "hello world"},
        {TEXT_ENCODING_BASE64, "aGVsbG8gd29ybGQ", "hello world"},     // no padding
        {TEXT_ENCODING_BASE64, "aGVsbG8=IHdvcmxk", "hello world"},    // two blocks in one
        {TEXT_ENCODING_BASE64, "aGV!sb*G8gd2(9ybGQ=", "hello world"}, // signs of no meaning
        {TEXT_ENCODING_BASE64, "aGVsbG8gd29ybGQh", "hello world!"},
        {TEXT_ENCODING_BASE64, "YWE/YWE/", "aa?aa?"},
        {TEXT_ENCODING_ESCAPED_BASE64, "YWE\\/YWE\\/\\nYWE\\/", "aa?aa?aa?"},
        {TEXT_ENCODING_QUOTED_PRINTABLE, "a=20b=\r\nc=3D=3d", "a bc=="},
        {TEXT_ENCODING_QUOTED_PRINTABLE, "soft=  \nbreak", "softbreak"},
        {TEXT_ENCODING_QUOTED_PRINTABLE, "=zz=4=", "=zz=4"}, // no escapes
        {TEXT_ENCODING_UUENCODE, "text\nbegin 644 a\n+:&5L;&\\@=V]R;&0\n`\nend\nmore",
         "hello world"},
        {TEXT_ENCODING_UUENCODE, "begin-base64 644 a\naGVsbG8g\nd29ybGQ=\n====\n", "hello world"},
        {TEXT_ENCODING_YENC, "=ybegin line=128 size=2 name=a\r\n\x8b=}\r\n=yend size=2\r\n",
         "a\x13"},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        for (size_t step = 1; step <= 64; step += 21) {
            g_autoptr(GError) error = NULL;
            g_autofree char *plain = read_all(rows[i].text, rows[i].encoding, step, &error);
            g_assert_no_error(error);
            g_assert_cmpstr(plain, ==, rows[i].plain);
        }
    }
}

static void says_where_a_block_breaks(void)
{
    static const struct {
        TextEncoding encoding;
        const char *text, *plain, *word;
    } rows[] = {
        {TEXT_ENCODING_UUENCODE, "begin 644 a\n+:&5L;&\\@=V]R;&0\n", "hello world", "end line"},
        {TEXT_ENCODING_UUENCODE, "begin 644 a\n+:&5L;&\\@=V]R;&0\nabc\n", "hello world", "broken"},
        {TEXT_ENCODING_UUENCODE, "nothing\n", "", "no encoded block"},
        {TEXT_ENCODING_YENC, "=ybegin size=9 name=a\n\x8b\n=yend size=9\n", "a", "size"},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(GError) error = NULL;
        g_autofree char *plain = read_all(rows[i].text, rows[i].encoding, 7, &error);
        g_assert_nonnull(error);
        g_assert_nonnull(strstr(error->message, rows[i].word));
        g_assert_cmpstr(plain, ==, rows[i].plain);
    }
}

// Two bytes of a line whose blanks were cut off stand for 45.
static void short_lines_stay_in_bounds(void)
{
    GString *text = g_string_new("begin 644 a\n");
    for (unsigned i = 0; i < 20000; i++)
        g_string_append(text, "M\n");
    g_string_append(text, "end\n");
    g_autofree char *owned = g_string_free(text, FALSE);
    g_autoptr(Source) source = source_new_memory(owned, strlen(owned));
    g_autoptr(EncodedStream) stream =
        encoded_stream_new(source, 0, UINT64_MAX, TEXT_ENCODING_UUENCODE);
    g_autofree uint8_t *bytes = g_malloc(1 << 20);
    g_assert_cmpint(encoded_stream_read(stream, bytes, 1 << 20, NULL), ==, 20000 * 45);
    g_assert_cmpint(bytes[0], ==, 0);
}

static void finds_where_base64_ends(void)
{
    static const struct {
        const char *text;
        uint64_t end;
    } rows[] = {{"YWFhYQ==", 8},
                {"YWFhYQ==\n", 9},
                {"YWFhYQ==\n___\nlist", 9},
                {"YWFhYWFh__", 10},
                {"YWFhYQ==\nYWFhYQ==\n--x", 18}};
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(Source) source = source_new_memory(rows[i].text, strlen(rows[i].text));
        g_assert_cmpuint(encoded_text_base64_end(source, 0, UINT64_MAX), ==, rows[i].end);
    }
}

// ---- Texts ------------------------------------------------------------------------------------

static void opens_real_files(void)
{
    static const struct {
        const char *file, *path, *sha256;
    } rows[] = {
        {"evidence/jstedfast_gmime/tests/data/encodings/photo.b64", "base64 at 0",
         "4f60a9dbc20beccc740ee6717e3d2da765235f2ebf9a78654e878fbb68c53317"},
        {"evidence/jstedfast_gmime/tests/data/encodings/photo.uu", "photo.jpg",
         "4f60a9dbc20beccc740ee6717e3d2da765235f2ebf9a78654e878fbb68c53317"},
        {"evidence/log2timeline_dfvfs/test_data/syslog.base64", "base64 at 0",
         "0420b023f8dc1b71ff25191ce4ce88d10028f99f99f7c21532611f4c273aeae9"},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(Walked) walked = walk_fixture_media(rows[i].file, (WalkFixtureOptions){0});
        if (walked == NULL)
            return;
        const WalkedItem *item = walked_find(walked, rows[i].path);
        g_assert_nonnull(item);
        g_assert_cmpstr(item->sha256, ==, rows[i].sha256);
        g_assert_cmpint(walked_root(walked)->status, ==, STATUS_OK);
    }
}

static void finds_base64_in_other_texts(void)
{
    g_autoptr(GBytes) picture = sample_picture(501, 1);
    g_autofree char *digits = base64_lines(picture, 100000, "");
    g_autofree char *unpadded = base64_lines(picture, 76, "\n");
    unpadded[strlen(unpadded) - 1] = 0;
    g_autofree char *lines = base64_lines(picture, 76, "\r\n");
    g_autofree char *folded = base64_lines(picture, 74, "\r\n ");
    g_auto(GStrv) parts = g_strsplit(digits, "/", -1);
    g_autofree char *escaped = g_strjoinv("\\/", parts);
    const struct {
        const char *before, *digits, *after;
    } rows[] = {
        {"<html><img src=\"data:image/png;base64,", digits, "\"></html>"},
        {"{\"photo\": \"", escaped, "\", \"name\": \"a\"}"},
        {"BEGIN:VCARD\nPHOTO;ENCODING=b;TYPE=PNG:", folded, "\r\nEND:VCARD\n"},
        {"<?xml version=\"1.0\"?><binary>\n", lines, "</binary>"},
        {"Some words first.\n\n", lines, "\r\nAnd some words behind it.\n"},
        {"Without padding:\n\n", unpadded, "\n\nRegards\n"},
        {"url('data:font/x;charset=x;base64,", digits, "')"},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autofree char *text = g_strconcat(rows[i].before, rows[i].digits, rows[i].after, NULL);
        g_autofree char *path = g_strdup_printf("base64 at %zu", strlen(rows[i].before));
        g_autoptr(Walked) walked = walk_text(text, "text");
        assert_item(walked, path, picture);
        g_assert_cmpuint(walked->items->len, ==, 2);
    }
}

static void finds_all_blocks_of_a_text(void)
{
    g_autoptr(GBytes) first = sample_picture(700, 2), second = sample_picture(90, 3);
    g_autofree char *one = uuencoded(first, "one.png"), *two = uuencoded(second, "two words.png");
    g_autofree char *third = base64_lines(first, 60, "\n");
    g_autofree char *text = g_strconcat("Here are\nbegin the pictures\n", one, two, "and\n\n",
                                        third, "\nbye\n", two, NULL);
    g_autoptr(Walked) walked = walk_text(text, "letter.txt");
    assert_item(walked, "one.png", first);
    assert_item(walked, "two words.png", second);
    g_assert_cmpuint(walked->items->len, ==, 5);
    const WalkedItem *item = walked->items->pdata[0];
    g_assert_cmpstr(item->layer, ==, "{\"offset\":28}");
}

// Behind what is read at once, and across its border.
static void finds_a_block_late_in_a_long_text(void)
{
    g_autoptr(GBytes) picture = sample_picture(3000, 4);
    g_autofree char *block = uuencoded(picture, "late.png");
    for (size_t before = 65520; before < 65560; before++) {
        GString *text = g_string_new(NULL);
        while (text->len < before - 1)
            g_string_append_c(text, text->len % 70 == 69 ? '\n' : 'x');
        g_string_append_c(text, '\n');
        g_string_append(text, block);
        g_autofree char *owned = g_string_free(text, FALSE);
        g_autoptr(Walked) walked = walk_text(owned, "late.txt");
        assert_item(walked, "late.png", picture);
    }
}

// A text that is too long to be searched at once is searched piece by piece.
static void finds_a_block_across_long_pieces(void)
{
    const size_t piece = 64u << 20;
    g_autoptr(GBytes) picture = sample_picture(300, 7);
    g_autofree char *block = uuencoded(picture, "late.png");
    size_t length = strlen(block);
    g_autofree char *text = g_malloc(piece + length + 1);
    for (size_t i = 0; i < piece; i++)
        text[i] = i % 80 == 79 ? '\n' : 'x';
    size_t begin = piece - 1;
    text[begin - 1] = '\n';
    memcpy(text + begin, block, length);
    g_autoptr(Walked) walked =
        walk_fixture_bytes(text, begin + length, "long.txt", (WalkFixtureOptions){0});
    assert_item(walked, "late.png", picture);
}

static void finds_yenc(void)
{
    g_autoptr(GBytes) picture = sample_picture(1000, 5);
    const uint8_t *data = g_bytes_get_data(picture, NULL);
    GString *text = g_string_new("=ybegin line=128 size=1000 name=a picture.png\r\n");
    for (size_t i = 0; i < 1000; i++) {
        char byte = (char)(data[i] + 42);
        if (byte == 0 || byte == '\n' || byte == '\r' || byte == '=')
            g_string_append_printf(text, "=%c", (char)(byte + 64));
        else
            g_string_append_c(text, byte);
        if (i % 128 == 127)
            g_string_append(text, "\r\n");
    }
    g_string_append(text, "\r\n=yend size=1000\r\n");
    g_autoptr(Walked) walked =
        walk_fixture_bytes(text->str, text->len, "a.ync", (WalkFixtureOptions){0});
    assert_item(walked, "a picture.png", picture);
    g_string_free(text, TRUE);
}

static void says_of_a_cut_block_that_it_is_cut(void)
{
    g_autoptr(GBytes) picture = sample_picture(450, 6);
    g_autofree char *block = uuencoded(picture, "cut.png");
    block[strlen("begin 644 cut.png\n") + 5 * 62] = 0; // five of ten lines
    g_autoptr(Walked) walked = walk_text(block, "a.uu");
    assert_status(walked, "cut.png", STATUS_CORRUPT, "end line");
    g_assert_cmpuint(walked_find(walked, "cut.png")->size_bytes, ==, 5 * 45);
}

static void leaves_other_texts_alone(void)
{
    static const char *const texts[] = {
        "d41d8cd98f00b204e9800998ecf8427e\n0cc175b9c0f1b6a831c399e269772661\n"
        "92eb5ffee6ae2fec3ad71c777531578f\n4a8a08f09d37b73795649038408b5f33\n",
        "aardvark\nabacus\nabalone\nabandon\nabase\nabash\nabate\nabattoir\nabbess\nabbey\nabbot\n"
        "abbreviate\nabdicate\nabdomen\nabduct\n",
        "ABCDEFGHIJKLMNOP0123456789ABCDEFGHIJKLMNOP0123456789\nABCDEFGHIJKLMNOP\n",
        "Abcdefghijklmnop1\nAbcdefghijklmnopq2\nAbcdefghijklmnopqr3\nAbcdefghijklmnopqrs4\n",
        "a token: Qz/9j/4AAQSkZJRgABAQEASABIAAD/4gxYSUNDX1BST0ZJTEUAAQEAAAxITGlub\n",
        "begin the day with a smile\nand end it so\n",
        "begin 644 nothing\nthis is no data\nend\n",
        "The marker ;base64, is followed by nothing.\n",
        "/9j/ is how a picture begins in base64\n",
        "=ybegin without the rest\n",
        "it says -----BEGIN PGP MESSAGE----- in the middle of a line\n",
    };
    for (size_t i = 0; i < G_N_ELEMENTS(texts); i++) {
        g_autoptr(Source) source = source_new_memory(texts[i], strlen(texts[i]));
        g_assert_false(encoded_text_container.fits(sniff_by_media_type("text/plain"), source));
    }
}

static void says_what_pgp_hides(void)
{
    // Packets: a session key for a public key; compressed data.
    static const struct {
        const char *digits, *word;
        Status status;
    } rows[] = {{"hQEMA0yXaY1pmhmvAQf/", "encrypted", STATUS_ENCRYPTED},
                {"owEBbAGT/pANAwAIAa8=", "signed or compressed", STATUS_UNSUPPORTED}};
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autofree char *text =
            g_strdup_printf("Hello,\n-----BEGIN PGP MESSAGE-----\nVersion: 1\n\n%s\n=abcd\n"
                            "-----END PGP MESSAGE-----\nbye\n",
                            rows[i].digits);
        g_autoptr(Walked) walked = walk_text(text, "a.asc");
        assert_status(walked, "PGP message", rows[i].status, rows[i].word);
    }
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/encoded_text/decodes_each_encoding", decodes_each_encoding);
    g_test_add_func("/encoded_text/says_where_a_block_breaks", says_where_a_block_breaks);
    g_test_add_func("/encoded_text/short_lines_stay_in_bounds", short_lines_stay_in_bounds);
    g_test_add_func("/encoded_text/finds_where_base64_ends", finds_where_base64_ends);
    g_test_add_func("/encoded_text/opens_real_files", opens_real_files);
    g_test_add_func("/encoded_text/finds_base64_in_other_texts", finds_base64_in_other_texts);
    g_test_add_func("/encoded_text/finds_all_blocks_of_a_text", finds_all_blocks_of_a_text);
    g_test_add_func("/encoded_text/finds_a_block_late_in_a_long_text",
                    finds_a_block_late_in_a_long_text);
    g_test_add_func("/encoded_text/finds_a_block_across_long_pieces",
                    finds_a_block_across_long_pieces);
    g_test_add_func("/encoded_text/finds_yenc", finds_yenc);
    g_test_add_func("/encoded_text/says_of_a_cut_block_that_it_is_cut",
                    says_of_a_cut_block_that_it_is_cut);
    g_test_add_func("/encoded_text/leaves_other_texts_alone", leaves_other_texts_alone);
    g_test_add_func("/encoded_text/says_what_pgp_hides", says_what_pgp_hides);
    return g_test_run();
}
