// SPDX-License-Identifier: Apache-2.0
#include "model/layer.h"

#include <glib.h>
#include <string.h>

#include "base/limits.h"

#define DIGITS_MAX 20 // of 2^64 - 1

// What is left of the text; the first byte that fits nothing makes it `wrong` for good.
typedef struct {
    const char *at, *end;
    bool wrong;
} Text;

static char peek(const Text *text)
{
    return text->at < text->end ? *text->at : '\0';
}

static bool accept_char(Text *text, char c)
{
    if (text->wrong || text->at == text->end || *text->at != c)
        return false;
    text->at++;
    return true;
}

static void expect(Text *text, char c)
{
    if (!accept_char(text, c))
        text->wrong = true;
}

// The four digits behind "\u"; 0 when they are wrong, as it is when they stand for NUL.
static unsigned take_code_unit(Text *text)
{
    unsigned unit = 0;
    for (unsigned i = 0; i < 4; i++) {
        int digit = g_ascii_xdigit_value(peek(text));
        if (digit < 0)
            return 0;
        unit = unit << 4 | (unsigned)digit;
        text->at++;
    }
    return unit;
}

static void take_unicode_escape(Text *text)
{
    unsigned unit = take_code_unit(text);
    bool is_high = unit >= 0xd800 && unit < 0xdc00;
    bool is_low = unit >= 0xdc00 && unit < 0xe000;
    text->wrong = text->wrong || unit == 0 || is_low;
    if (!is_high)
        return;
    expect(text, '\\');
    expect(text, 'u');
    unit = text->wrong ? 0 : take_code_unit(text);
    text->wrong = text->wrong || unit < 0xdc00 || unit >= 0xe000;
}

static void take_escape(Text *text)
{
    char kind = peek(text);
    if (kind == '\0' || strchr("\"\\/bfnrtu", kind) == NULL) {
        text->wrong = true;
        return;
    }
    text->at++;
    if (kind == 'u')
        take_unicode_escape(text);
}

// Behind the opening quote, up to and with the closing one.
static void take_string(Text *text)
{
    while (!text->wrong && !accept_char(text, '"')) {
        char c = peek(text);
        if (!g_ascii_isprint(c)) {
            text->wrong = true;
            return;
        }
        text->at++;
        if (c == '\\')
            take_escape(text);
    }
}

static void take_integer(Text *text)
{
    bool is_negative = accept_char(text, '-');
    const char *first = text->at;
    while (g_ascii_isdigit(peek(text)))
        text->at++;
    size_t digits = (size_t)(text->at - first);
    bool has_zero_first = digits > 0 && *first == '0' && (digits > 1 || is_negative);
    text->wrong = text->wrong || digits == 0 || digits > DIGITS_MAX || has_zero_first;
}

static bool is_key_letter(char c)
{
    return g_ascii_islower(c) || g_ascii_isdigit(c) || c == '_';
}

static void take_member(Text *text)
{
    expect(text, '"');
    const char *key = text->at;
    while (is_key_letter(peek(text)))
        text->at++;
    text->wrong = text->wrong || text->at == key;
    expect(text, '"');
    expect(text, ':');
    if (accept_char(text, '"'))
        take_string(text);
    else
        take_integer(text);
}

// The key of the member that begins at `member`, with its quotes.
static size_t key_length(const char *member)
{
    return (size_t)(strchr(member + 1, '"') + 1 - member);
}

// Keys have no escapes, so that the same key is the same bytes. The layer is short.
static bool is_among(const char *member, const char *const *members, size_t count)
{
    size_t length = key_length(member);
    for (size_t i = 0; i < count; i++)
        if (key_length(members[i]) == length && memcmp(members[i], member, length) == 0)
            return true;
    return false;
}

bool layer_is(const char *text, size_t length)
{
    // The shortest member is "a":1 and a comma.
    const char *members[LIMIT_LAYER_BYTES / 6 + 1];
    size_t count = 0;
    if (length > LIMIT_LAYER_BYTES)
        return false;

    Text rest = {.at = text, .end = text + length};
    expect(&rest, '{');
    do {
        const char *member = rest.at;
        take_member(&rest);
        if (rest.wrong || is_among(member, members, count))
            return false;
        members[count++] = member;
    } while (accept_char(&rest, ','));
    expect(&rest, '}');
    return !rest.wrong && rest.at == rest.end;
}
