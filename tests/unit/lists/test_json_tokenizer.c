// SPDX-License-Identifier: Apache-2.0
//
// The tokenizer accepts exactly RFC 8259 text, gives the values that jansson gives, gives the same
// tokens in whatever pieces the text arrives, and says where and why it stops.
#include <glib.h>
#include <jansson.h>
#include <string.h>

#include "base/error.h"
#include "base/limits.h"
#include "list_render.h"
#include "lists/json_copy.h"
#include "lists/json_tokenizer.h"

static const char *const type_names[] = {"end", "{",   "}",    "[",     "]",   "key",
                                         "str", "num", "true", "false", "null"};

// All tokens of a document as text, or the error it stops with.
static char *tokens_of(const char *text, size_t length, size_t chunk_bytes, bool many)
{
    GString *tokens = g_string_new(NULL);
    MemoryList list = {
        .bytes = (const uint8_t *)text, .size_bytes = length, .chunk_bytes = chunk_bytes};
    const ListSource source = memory_list_source(&list);
    g_autoptr(GError) error = NULL;
    ListInput input;
    JsonTokenizer tokenizer;
    JsonToken token = {.type = JSON_TOKEN_NULL};
    json_tokenizer_init(&tokenizer, &input);
    tokenizer.many = many;
    bool ok = list_input_init(&input, &source, &error);
    while (ok && token.type != JSON_TOKEN_END) {
        ok = json_tokenizer_next(&tokenizer, &token, &error);
        if (ok)
            g_string_append_printf(tokens, "%" G_GUINT64_FORMAT "%s(%.*s)%s ", token.offset,
                                   type_names[token.type], (int)token.length,
                                   token.text != NULL ? token.text : "", token.too_long ? "!" : "");
    }
    if (!ok)
        g_string_append_printf(tokens, "error %s", error->message);
    list_input_clear(&input);
    return g_string_free(tokens, FALSE);
}

static void assert_tokens(const char *text, const char *expected)
{
    g_autofree char *tokens = tokens_of(text, strlen(text), 0, false);
    g_assert_cmpstr(tokens, ==, expected);
}

static void gives_tokens_with_their_offsets(void)
{
    assert_tokens("{\"a\": [1, -2.5e+3, true], \"b\": null}",
                  "0{() 1key(a) 6[() 7num(1) 10num(-2.5e+3) 19true() 23]() 26key(b) 31null() 35}() "
                  "36end() ");
    assert_tokens(" \t\r\n\"x\" ", "4str(x) 8end() ");
}

static void unescapes_strings(void)
{
    assert_tokens("\"\\\"\\\\\\/\\u0041\\u00e9\\u20ac\\ud83d\\ude00\"",
                  "0str(\"\\/A\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80) 38end() ");
    g_autofree char *tokens = tokens_of("\"\\b\\f\\n\\r\\t\"", 12, 0, false);
    g_assert_cmpstr(tokens, ==, "0str(\b\f\n\r\t) 12end() ");
}

static void says_where_and_what_it_expected(void)
{
    assert_tokens("", "error byte 0: expected a value but found the end of the file");
    assert_tokens("[1,]", "0[() 1num(1) error byte 3: expected a value but found ']'");
    assert_tokens("[1 2]", "0[() 1num(1) error byte 3: expected ',' or ']' but found '2'");
    assert_tokens("{\"a\" 1}",
                  "0{() error byte 5: expected ':' behind a member's name but found '1'");
    assert_tokens("{a:1}",
                  "0{() error byte 1: expected a member's name in quotes, or '}' but found 'a'");
    assert_tokens("{\"a\":1,}",
                  "0{() 1key(a) 5num(1) error byte 7: expected a member's name in quotes "
                  "but found '}'");
    assert_tokens("[1] x",
                  "0[() 1num(1) 2]() error byte 4: expected the end of the file but found 'x'");
    assert_tokens("\"a",
                  "error byte 2: expected the end of a string but found the end of the file");
    assert_tokens("01", "error byte 1: expected no digit behind a leading zero but found '1'");
    assert_tokens("\"\\ud800x\"", "error byte 1: half a surrogate pair");
    assert_tokens("\"\\u0000\"", "error byte 1: a NUL character inside a string");
    assert_tokens("\"a\nb\"",
                  "error byte 2: expected an escape instead of a bare control character "
                  "but found byte 0x0a");
}

static void refuses_what_is_not_utf8(void)
{
    static const char *const texts[] = {
        "\"\xff\"",         "\"\xc0\x80\"",         "\"\xc1\xbf\"",
        "\"\xe0\x80\x80\"", "\"\xed\xa0\x80\"",     "\"\xf0\x80\x80\x80\"",
        "\"\xf5\x80\x80\"", "\"\xf4\x90\x80\x80\"", "\"\xe2\x82\"",
        "\"\x80\"",
    };
    for (size_t i = 0; i < G_N_ELEMENTS(texts); i++)
        assert_tokens(texts[i], "error byte 1: text that is not UTF-8");
}

// Strings are searched eight bytes at a time: every special byte must be seen at every place.
static void sees_special_bytes_at_every_place_of_a_string(void)
{
    for (unsigned byte = 1; byte < 256; byte++) {
        for (unsigned place = 0; place < 20; place++) {
            char text[] = "\"abcdefghijklmnopqrstuvwxyz\"";
            text[1 + place] = (char)byte;
            g_autofree char *tokens = tokens_of(text, strlen(text), 0, false);
            // Behind a backslash some letters of the alphabet make an escape.
            bool fits = byte >= 0x20 && byte < 0x80 && byte != '"' &&
                        (byte != '\\' || strchr("bfnrt", text[2 + place]) != NULL);
            g_assert_true((strstr(tokens, "error") == NULL) == fits);
        }
    }
}

static void passes_over_a_byte_order_mark(void)
{
    assert_tokens("\xef\xbb\xbf[]", "3[() 4]() 5end() ");
    assert_tokens("[]\xef\xbb\xbf",
                  "0[() 1]() error byte 2: expected the end of the file but found byte 0xef");
}

static void takes_several_documents_when_asked(void)
{
    g_autofree char *tokens = tokens_of("{}[1]\n2", 7, 0, true);
    g_assert_cmpstr(tokens, ==, "0{() 1}() 2[() 3num(1) 4]() 6num(2) 7end() ");
}

static void stops_at_the_depth_limit(void)
{
    for (unsigned over = 0; over <= 1; over++) {
        unsigned depth = LIMIT_LIST_DEPTH + over;
        g_autofree char *open = g_strnfill(depth, '[');
        g_autofree char *close = g_strnfill(depth, ']');
        g_autofree char *text = g_strconcat(open, close, NULL);
        g_autofree char *tokens = tokens_of(text, strlen(text), 0, false);
        g_assert_true((strstr(tokens, "nested deeper than 64 levels") != NULL) == (over == 1));
    }
}

static void passes_over_strings_that_are_too_long(void)
{
    g_autoptr(GString) text = g_string_new("[\"");
    for (unsigned i = 0; i < LIMIT_LIST_TOKEN_BYTES / 2; i++)
        g_string_append(text, i % 1000 == 0 ? "\\u00e9\xc3\xa9" : "ab\\n");
    g_string_append(text, "\",\"next\"]");
    g_autofree char *tokens = tokens_of(text->str, text->len, 10007, false);
    g_autofree char *expected = g_strdup_printf("0[() 1str()! %zustr(next) %zu]() %zuend() ",
                                                text->len - 7, text->len - 1, text->len);
    g_assert_cmpstr(tokens, ==, expected);
}

static void keeps_strings_as_long_as_the_limit(void)
{
    g_autoptr(GString) text = g_string_new("\"");
    for (unsigned i = 0; i < LIMIT_LIST_TOKEN_BYTES - 8; i++)
        g_string_append_c(text, (char)('a' + i % 26));
    g_string_append_c(text, '"');
    g_autofree char *tokens = tokens_of(text->str, text->len, 4096, false);
    g_assert_cmpuint(strlen(tokens), >, LIMIT_LIST_TOKEN_BYTES - 8);
    g_assert_null(strchr(tokens, '!'));
}

static void refuses_a_number_without_end(void)
{
    g_autofree char *text = g_strnfill(2 * LIMIT_LIST_TOKEN_BYTES, '1');
    g_autofree char *tokens = tokens_of(text, strlen(text), 0, false);
    g_assert_true(g_str_has_prefix(tokens, "error byte 0: a value is longer than"));
}

// Corpus ------------------------------------------------------------------------------------------

static const char *const corpus[] = {
    "null",
    "true",
    "false",
    "0",
    "-0",
    "-1.5e10",
    "1E-3",
    "123456789012",
    "\"\"",
    "\"text with \\\"escapes\\\" and \\u00e9\\ud834\\udd1e \xe6\xbc\xa2\"",
    "[]",
    "{}",
    "[[],{},[{}]]",
    "{\"a\":{\"b\":{\"c\":[1,2,{\"d\":null}]}}}",
    " { \"key\" : [ 1 , 2.5 , \"three\" , true , false , null ] , \"other\" : { } } ",
    "{\"@odata.context\":\"x/"
    "$metadata#Media\",\"value\":[{\"MD5\":\"AAAABBBBCCCCDDDD0000000000000001\","
    "\"Category\":1,\"IsDistributed\":\"true\",\"AlternativeHashes\":[{\"HashName\":\"PDQ\","
    "\"HashValue\":\"f0f0\"}],\"Comments\":\"line\\nline\\ttab \\\\ \\/ \xc3\xa9\"}]}",
    "[\"\\b\\f\\n\\r\\t\\\"\\\\\\/\",-12.25,0.5,1e2,[[[[[[1]]]]]]]",
};

static void gives_the_same_tokens_for_every_split(void)
{
    for (size_t i = 0; i < G_N_ELEMENTS(corpus); i++) {
        size_t length = strlen(corpus[i]);
        g_autofree char *whole = tokens_of(corpus[i], length, 0, false);
        for (size_t chunk = 1; chunk <= length; chunk++) {
            g_autofree char *split = tokens_of(corpus[i], length, chunk, false);
            g_assert_cmpstr(split, ==, whole);
        }
    }
}

// The document written again from its tokens; NULL when the tokenizer refuses it.
static char *written_again(const char *text, size_t length, size_t chunk_bytes)
{
    MemoryList list = {
        .bytes = (const uint8_t *)text, .size_bytes = length, .chunk_bytes = chunk_bytes};
    const ListSource source = memory_list_source(&list);
    GString *again = g_string_new(NULL);
    ListInput input;
    JsonTokenizer tokenizer;
    JsonToken token, end;
    bool kept;
    json_tokenizer_init(&tokenizer, &input);
    bool ok = list_input_init(&input, &source, NULL) &&
              json_tokenizer_next(&tokenizer, &token, NULL) &&
              json_copy_value(&tokenizer, &token, again, SIZE_MAX, &kept, NULL) &&
              json_tokenizer_next(&tokenizer, &end, NULL) && end.type == JSON_TOKEN_END;
    list_input_clear(&input);
    return g_string_free(again, !ok);
}

// Both accept it with equal values, or both refuse it.
static void assert_agrees_with_jansson(const char *text, size_t length)
{
    json_error_t error = {0};
    json_t *theirs = json_loadb(text, length, JSON_DECODE_ANY, &error);
    int code = theirs == NULL ? json_error_code(&error) : 0;
    g_autofree char *again = written_again(text, length, 1 + (size_t)g_test_rand_int_range(0, 64));
    bool has_mark = length >= 3 && memcmp(text, "\xef\xbb\xbf", 3) == 0;
    bool is_utf16 = length >= 2 && (memcmp(text, "\xff\xfe", 2) == 0);
    // Numbers past the range of a double are the reader's matter; a byte order mark is passed over.
    if (code == json_error_numeric_overflow || code == json_error_stack_overflow || has_mark ||
        is_utf16) {
        json_decref(theirs);
        return;
    }
    if ((again != NULL) != (theirs != NULL))
        g_error("ours %s, jansson %s (%s): %.*s", again != NULL ? "accepts" : "refuses",
                theirs != NULL ? "accepts" : "refuses", error.text, (int)length, text);
    if (again == NULL)
        return;
    json_t *ours = json_loads(again, JSON_DECODE_ANY, &error);
    g_assert_nonnull(ours);
    g_assert_true(json_equal(ours, theirs));
    json_decref(ours);
    json_decref(theirs);
}

static void agrees_with_jansson_on_the_corpus(void)
{
    for (size_t i = 0; i < G_N_ELEMENTS(corpus); i++)
        assert_agrees_with_jansson(corpus[i], strlen(corpus[i]));
}

static void mutate(GString *text)
{
    static const char bytes[] = "{}[]\",:\\/u0123456789abcdefEtrunls+-. \n\t\x80\xc3\xa9\xed\xff";
    int changes = g_test_rand_int_range(1, 4);
    for (int i = 0; i < changes && text->len > 0; i++) {
        gssize at = g_test_rand_int_range(0, (gint32)text->len);
        char byte = bytes[g_test_rand_int_range(0, sizeof bytes - 1)];
        switch (g_test_rand_int_range(0, 4)) {
        case 0:
            text->str[at] = byte;
            break;
        case 1:
            g_string_insert_c(text, at, byte);
            break;
        case 2:
            g_string_erase(text, at, 1);
            break;
        default:
            g_string_truncate(text, (gsize)at);
        }
    }
}

static void agrees_with_jansson_on_mutations(void)
{
    for (unsigned i = 0; i < 40000; i++) {
        const char *from = corpus[g_test_rand_int_range(0, G_N_ELEMENTS(corpus))];
        g_autoptr(GString) text = g_string_new(from);
        mutate(text);
        assert_agrees_with_jansson(text->str, text->len);
    }
}

static void append_random_value(GString *text, unsigned depth)
{
    static const char *const scalars[] = {"null",
                                          "true",
                                          "false",
                                          "-0.0",
                                          "17",
                                          "1e-7",
                                          "\"\"",
                                          "\"\\u00df\\n\"",
                                          "\"plain text of some length\""};
    int kind = depth > 5 ? 2 : g_test_rand_int_range(0, 4);
    int members = g_test_rand_int_range(0, 5);
    if (kind > 1) {
        g_string_append(text, scalars[g_test_rand_int_range(0, G_N_ELEMENTS(scalars))]);
        return;
    }
    g_string_append_c(text, kind == 0 ? '[' : '{');
    for (int i = 0; i < members; i++) {
        g_string_append_printf(text, "%s\n", i > 0 ? "," : "");
        if (kind == 1)
            g_string_append_printf(text, "\"key%d\" : ", i);
        append_random_value(text, depth + 1);
    }
    g_string_append_c(text, kind == 0 ? ']' : '}');
}

static void agrees_with_jansson_on_random_documents(void)
{
    for (unsigned i = 0; i < 2000; i++) {
        g_autoptr(GString) text = g_string_new(NULL);
        append_random_value(text, 0);
        assert_agrees_with_jansson(text->str, text->len);
    }
}

static void agrees_with_jansson_on_the_fixtures(void)
{
    g_autofree char *folder =
        g_build_filename(g_getenv("CLEW_SOURCE"), "tests", "fixtures", "lists", "vics", NULL);
    g_autoptr(GDir) dir = g_dir_open(folder, 0, NULL);
    g_assert_nonnull(dir);
    const char *name;
    unsigned count = 0;
    while ((name = g_dir_read_name(dir)) != NULL) {
        if (!g_str_has_suffix(name, ".json"))
            continue;
        g_autofree char *path = g_build_filename(folder, name, NULL);
        g_autofree char *text = NULL;
        size_t length;
        g_assert_true(g_file_get_contents(path, &text, &length, NULL));
        assert_agrees_with_jansson(text, length);
        count++;
    }
    g_assert_cmpuint(count, >, 10);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
#define TEST(name) g_test_add_func("/lists/json_tokenizer/" #name, name)
    TEST(gives_tokens_with_their_offsets);
    TEST(unescapes_strings);
    TEST(says_where_and_what_it_expected);
    TEST(refuses_what_is_not_utf8);
    TEST(sees_special_bytes_at_every_place_of_a_string);
    TEST(passes_over_a_byte_order_mark);
    TEST(takes_several_documents_when_asked);
    TEST(stops_at_the_depth_limit);
    TEST(passes_over_strings_that_are_too_long);
    TEST(keeps_strings_as_long_as_the_limit);
    TEST(refuses_a_number_without_end);
    TEST(gives_the_same_tokens_for_every_split);
    TEST(agrees_with_jansson_on_the_corpus);
    TEST(agrees_with_jansson_on_mutations);
    TEST(agrees_with_jansson_on_random_documents);
    TEST(agrees_with_jansson_on_the_fixtures);
    return g_test_run();
}
