// SPDX-License-Identifier: Apache-2.0
#include "lists/json_copy.h"

#include <string.h>

static bool needs_escape(char c)
{
    return (unsigned char)c < 0x20 || c == '"' || c == '\\' || c == 0x7f;
}

void json_copy_string(GString *text, const char *value, size_t length)
{
    g_string_append_c(text, '"');
    for (size_t i = 0; i < length;) {
        size_t run = i;
        while (run < length && !needs_escape(value[run]))
            run++;
        g_string_append_len(text, value + i, (gssize)(run - i));
        if (run < length && (value[run] == '"' || value[run] == '\\'))
            g_string_append_printf(text, "\\%c", value[run]);
        else if (run < length)
            g_string_append_printf(text, "\\u%04x", (unsigned char)value[run]);
        i = run + 1;
    }
    g_string_append_c(text, '"');
}

// No comma stands at the start, or behind an opening bracket or a colon; a value ends otherwise.
static void append_comma(GString *text)
{
    if (text->len > 0 && strchr("{[:", text->str[text->len - 1]) == NULL)
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
