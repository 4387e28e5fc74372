// SPDX-License-Identifier: Apache-2.0
#include "lists/json_copy.h"

#include <string.h>

#include "model/plain_text.h"

static void append_escaped(GString *text, gunichar c)
{
    if (c > 0xffff) {
        g_string_append_printf(text, "\\u%04x", 0xd800 + ((c - 0x10000) >> 10));
        c = 0xdc00 + ((c - 0x10000) & 0x3ff);
    }
    g_string_append_printf(text, "\\u%04x", c);
}

// Text that is not plain: every character that is not printable ASCII is escaped.
static void append_by_character(GString *text, const char *value, size_t length)
{
    for (const char *at = value; at < value + length; at = g_utf8_next_char(at)) {
        if (*at == '"' || *at == '\\')
            g_string_append_c(text, '\\');
        if (g_ascii_isprint(*at))
            g_string_append_c(text, *at);
        else
            append_escaped(text, g_utf8_get_char(at));
    }
}

static void append_plain(GString *text, const char *value, size_t length)
{
    for (size_t i = 0; i < length;) {
        size_t run = i;
        while (run < length && value[run] != '"' && value[run] != '\\')
            run++;
        g_string_append_len(text, value + i, (gssize)(run - i));
        if (run == length)
            return;
        g_string_append_c(text, '\\');
        g_string_append_c(text, value[run]);
        i = run + 1;
    }
}

void json_copy_string(GString *text, const char *value, size_t length)
{
    g_string_append_c(text, '"');
    if (plain_text_is(value, length))
        append_plain(text, value, length);
    else
        append_by_character(text, value, length);
    g_string_append_c(text, '"');
}

// No comma stands at the start, or behind an opening bracket or a colon; a value ends otherwise.
static void append_comma(GString *text)
{
    char last = text->len > 0 ? text->str[text->len - 1] : '[';
    if (last != '{' && last != '[' && last != ':')
        g_string_append_c(text, ',');
}

void json_copy_token(GString *text, const JsonToken *token)
{
    bool closes = token->type == JSON_TOKEN_END_OBJECT || token->type == JSON_TOKEN_END_ARRAY;
    if (!closes)
        append_comma(text);
    switch (token->type) {
    case JSON_TOKEN_BEGIN_OBJECT:
        g_string_append_c(text, '{');
        break;
    case JSON_TOKEN_END_OBJECT:
        g_string_append_c(text, '}');
        break;
    case JSON_TOKEN_BEGIN_ARRAY:
        g_string_append_c(text, '[');
        break;
    case JSON_TOKEN_END_ARRAY:
        g_string_append_c(text, ']');
        break;
    case JSON_TOKEN_KEY:
        json_copy_string(text, token->text, token->length);
        g_string_append_c(text, ':');
        break;
    case JSON_TOKEN_STRING:
        json_copy_string(text, token->text, token->length);
        break;
    case JSON_TOKEN_NUMBER:
        g_string_append_len(text, token->text, (gssize)token->length);
        break;
    case JSON_TOKEN_TRUE:
        g_string_append(text, "true");
        break;
    case JSON_TOKEN_FALSE:
        g_string_append(text, "false");
        break;
    default:
        g_string_append(text, "null");
        break;
    }
}

bool json_copy_value(JsonTokenizer *tokenizer, const JsonToken *token, GString *text,
                     size_t limit_bytes, bool *ret_kept, GError **err)
{
    size_t before = text->len;
    bool is_nested =
        token->type == JSON_TOKEN_BEGIN_OBJECT || token->type == JSON_TOKEN_BEGIN_ARRAY;
    unsigned outside = is_nested ? tokenizer->depth - 1 : tokenizer->depth;
    JsonToken next = *token;
    bool kept = true;
    for (;;) {
        kept = kept && !next.too_long && text->len + next.length <= limit_bytes;
        if (kept)
            json_copy_token(text, &next);
        if (tokenizer->depth <= outside)
            break;
        if (!json_tokenizer_next(tokenizer, &next, err))
            return false;
    }
    kept = kept && text->len <= limit_bytes;
    if (!kept)
        g_string_truncate(text, before);
    *ret_kept = kept;
    return true;
}
