// SPDX-License-Identifier: Apache-2.0
//
// The state says what may come next. Strings are unescaped in place: the unescaped form is never
// longer than the escaped one, so text that needs no change is handed out straight from the window.
#include "lists/json_tokenizer.h"

#include <string.h>

#include "base/error.h"
#include "base/limits.h"

_Static_assert(LIMIT_LIST_DEPTH <= 64, "one bit a level in is_object");

enum {
    AT_DOCUMENT, // before the root value
    AT_VALUE,    // behind a colon, or behind a comma in an array
    AT_FIRST_VALUE,
    AT_FIRST_KEY,
    AT_KEY,      // behind a comma in an object
    AT_NEXT,     // behind a value inside an object or array
    AT_COMPLETE, // behind the root value
};

void json_tokenizer_init(JsonTokenizer *tokenizer, ListInput *input)
{
    *tokenizer = (JsonTokenizer){.input = input, .state = AT_DOCUMENT};
}

static uint64_t offset_of(const ListInput *input, size_t index)
{
    return input->offset + index;
}

static const char *describe_byte(uint8_t byte, char *buffer, size_t size_bytes)
{
    if (byte > 0x20 && byte < 0x7f)
        g_snprintf(buffer, size_bytes, "'%c'", byte);
    else
        g_snprintf(buffer, size_bytes, "byte 0x%02x", byte);
    return buffer;
}

// The text breaks at the next unread byte.
static bool fail_expected(const ListInput *input, const char *expected, GError **err)
{
    char found[16];
    g_set_error(err, CLEW_ERROR, CLEW_ERROR_CORRUPT,
                "byte %" G_GUINT64_FORMAT ": expected %s but found %s", list_input_offset(input),
                expected,
                input->position < input->end
                    ? describe_byte(input->buffer[input->position], found, sizeof found)
                    : "the end of the file");
    return false;
}

static bool fail_at(uint64_t offset, const char *what, GError **err)
{
    g_set_error(err, CLEW_ERROR, CLEW_ERROR_CORRUPT, "byte %" G_GUINT64_FORMAT ": %s", offset,
                what);
    return false;
}

// Makes `count` unread bytes available; fewer only at the end of the source.
static bool ensure(ListInput *input, size_t count, GError **err)
{
    while (input->end - input->position < count && !input->at_end)
        if (!list_input_more(input, err))
            return false;
    return true;
}

static bool skip_space(ListInput *input, GError **err)
{
    for (;;) {
        size_t i = input->position;
        while (i < input->end && (input->buffer[i] == ' ' || input->buffer[i] == '\n' ||
                                  input->buffer[i] == '\r' || input->buffer[i] == '\t'))
            i++;
        input->position = i;
        if (i < input->end || input->at_end)
            return true;
        if (!list_input_more(input, err))
            return false;
    }
}

// Length of the well-formed UTF-8 sequence that begins with a byte >= 0x80 (RFC 3629: no
// overlong forms, no surrogates, nothing past U+10FFFF), or 0.
static size_t utf8_length(const uint8_t *b, size_t available)
{
    size_t length = b[0] >= 0xf0 ? 4 : b[0] >= 0xe0 ? 3 : 2;
    if (b[0] < 0xc2 || b[0] > 0xf4 || available < length)
        return 0;
    for (size_t i = 1; i < length; i++)
        if ((b[i] & 0xc0) != 0x80)
            return 0;
    if ((b[0] == 0xe0 && b[1] < 0xa0) || (b[0] == 0xed && b[1] > 0x9f) ||
        (b[0] == 0xf0 && b[1] < 0x90) || (b[0] == 0xf4 && b[1] > 0x8f))
        return 0;
    return length;
}

// Bytes before the first that is not plain inside a string: quote, backslash, control or
// non-ASCII. Eight at a time: each test leaves the high bit of a byte set.
static size_t plain_run(const uint8_t *bytes, size_t size_bytes)
{
    const uint64_t ones = 0x0101010101010101u;
    const uint64_t highs = 0x8080808080808080u;
    size_t i = 0;
    for (; i + 8 <= size_bytes; i += 8) {
        uint64_t word;
        memcpy(&word, bytes + i, sizeof word);
        word = GUINT64_FROM_LE(word);
        uint64_t quote = word ^ (ones * '"');
        uint64_t backslash = word ^ (ones * '\\');
        // A borrow may flag a byte behind the first hit, never before it.
        uint64_t special = ((quote - ones) & ~quote) | ((backslash - ones) & ~backslash) |
                           (word - ones * 0x20) | word;
        special &= highs;
        if (special != 0)
            return i + (size_t)__builtin_ctzll(special) / 8;
    }
    while (i < size_bytes && bytes[i] >= 0x20 && bytes[i] < 0x80 && bytes[i] != '"' &&
           bytes[i] != '\\')
        i++;
    return i;
}

// A string while it is read. `kept` bytes of unescaped text stand from the window's mark on.
typedef struct {
    ListInput *input;
    uint64_t offset; // of the opening quote
    size_t kept;
    bool too_long;
} StringScan;

static void keep_bytes(StringScan *scan, const void *bytes, size_t count)
{
    if (scan->too_long)
        return;
    uint8_t *target = scan->input->buffer + scan->input->mark + scan->kept;
    if (target != bytes)
        memmove(target, bytes, count);
    scan->kept += count;
}

// Once a string is too long, what was kept is dropped and the window follows the reading.
static void bound_scan(StringScan *scan)
{
    ListInput *input = scan->input;
    if (input->position - input->mark > LIMIT_LIST_TOKEN_BYTES || scan->too_long) {
        scan->too_long = true;
        scan->kept = 0;
        input->mark = input->position;
    }
}

// Reads XXXX of \uXXXX.
static bool scan_hex4(StringScan *scan, uint32_t *ret_unit, GError **err)
{
    ListInput *input = scan->input;
    if (!ensure(input, 4, err))
        return false;
    uint32_t unit = 0;
    for (int i = 0; i < 4; i++) {
        int digit = input->position < input->end
                        ? g_ascii_xdigit_value((char)input->buffer[input->position])
                        : -1;
        if (digit < 0)
            return fail_expected(input, "four hexadecimal digits behind \\u", err);
        unit = unit << 4 | (uint32_t)digit;
        input->position++;
    }
    *ret_unit = unit;
    return true;
}

// Behind "\u": one character, from two escapes where it is a surrogate pair.
static bool scan_unicode_escape(StringScan *scan, GError **err)
{
    ListInput *input = scan->input;
    uint64_t offset = list_input_offset(input) - 2;
    uint32_t rune, low;
    if (!scan_hex4(scan, &rune, err))
        return false;
    if (rune >= 0xd800 && rune <= 0xdbff) {
        if (!ensure(input, 2, err))
            return false;
        if (input->end - input->position < 2 || input->buffer[input->position] != '\\' ||
            input->buffer[input->position + 1] != 'u')
            return fail_at(offset, "half a surrogate pair", err);
        input->position += 2;
        if (!scan_hex4(scan, &low, err))
            return false;
        if (low < 0xdc00 || low > 0xdfff)
            return fail_at(offset, "half a surrogate pair", err);
        rune = 0x10000 + ((rune - 0xd800) << 10) + (low - 0xdc00);
    } else if (rune >= 0xdc00 && rune <= 0xdfff) {
        return fail_at(offset, "half a surrogate pair", err);
    }
    if (rune == 0)
        return fail_at(offset, "a NUL character inside a string", err);
    char utf8[6];
    keep_bytes(scan, utf8, (size_t)g_unichar_to_utf8(rune, utf8));
    return true;
}

// At a backslash.
static bool scan_escape(StringScan *scan, GError **err)
{
    static const char names[] = "\"\\/bfnrt";
    static const char values[] = "\"\\/\b\f\n\r\t";
    ListInput *input = scan->input;
    if (!ensure(input, 2, err))
        return false;
    input->position++;
    if (input->position == input->end)
        return fail_expected(input, "an escape", err);
    uint8_t c = input->buffer[input->position];
    if (c == 'u') {
        input->position++;
        return scan_unicode_escape(scan, err);
    }
    const char *name = c != '\0' ? strchr(names, c) : NULL;
    if (name == NULL)
        return fail_expected(input, "one of \"\\/bfnrtu behind a backslash", err);
    input->position++;
    keep_bytes(scan, &values[name - names], 1);
    return true;
}

// At a byte >= 0x80.
static bool scan_utf8(StringScan *scan, GError **err)
{
    ListInput *input = scan->input;
    if (!ensure(input, 4, err))
        return false;
    const uint8_t *from = input->buffer + input->position;
    size_t length = utf8_length(from, input->end - input->position);
    if (length == 0)
        return fail_at(list_input_offset(input), "text that is not UTF-8", err);
    keep_bytes(scan, from, length);
    input->position += length;
    return true;
}

// At the opening quote; leaves the position behind the closing one. The token's text lies in the
// window, which stays as it is until the next token is asked for.
static bool scan_string(ListInput *input, JsonTokenType type, JsonToken *ret_token, GError **err)
{
    StringScan scan = {.input = input, .offset = list_input_offset(input)};
    input->position++;
    input->mark = input->position;
    for (;;) {
        const uint8_t *from = input->buffer + input->position;
        size_t run = plain_run(from, input->end - input->position);
        keep_bytes(&scan, from, run);
        input->position += run;
        bound_scan(&scan);
        if (input->position == input->end) {
            if (input->at_end)
                return fail_expected(input, "the end of a string", err);
            if (!list_input_more(input, err))
                return false;
            continue;
        }
        uint8_t c = input->buffer[input->position];
        if (c == '"')
            break;
        if (c < 0x20)
            return fail_expected(input, "an escape instead of a bare control character", err);
        if (!(c == '\\' ? scan_escape(&scan, err) : scan_utf8(&scan, err)))
            return false;
    }
    *ret_token = (JsonToken){
        .type = type,
        .too_long = scan.too_long,
        .text = (const char *)input->buffer + input->mark,
        .length = scan.kept,
        .offset = scan.offset,
    };
    input->position++;
    input->mark = LIST_INPUT_NO_MARK;
    return true;
}

static bool is_digit_at(const ListInput *input)
{
    return input->position < input->end && g_ascii_isdigit(input->buffer[input->position]);
}

// Passes over one or more digits.
static bool scan_digits(ListInput *input, GError **err)
{
    if (!ensure(input, 1, err))
        return false;
    if (!is_digit_at(input))
        return fail_expected(input, "a digit", err);
    do {
        input->position++;
        if (!ensure(input, 1, err))
            return false;
    } while (is_digit_at(input));
    return true;
}

// Whether the next byte is one of `bytes`; it is passed over when it is.
static bool take_one_of(ListInput *input, const char *bytes)
{
    if (input->position == input->end || input->buffer[input->position] == '\0' ||
        strchr(bytes, input->buffer[input->position]) == NULL)
        return false;
    input->position++;
    return true;
}

// number = [ "-" ] ( "0" / 1-9 digits ) [ "." digits ] [ e [ + / - ] digits ]
static bool scan_number_grammar(ListInput *input, GError **err)
{
    take_one_of(input, "-");
    if (!ensure(input, 1, err))
        return false;
    if (take_one_of(input, "0")) {
        if (!ensure(input, 1, err))
            return false;
        if (is_digit_at(input))
            return fail_expected(input, "no digit behind a leading zero", err);
    } else if (!scan_digits(input, err)) {
        return false;
    }
    if (take_one_of(input, ".") && !scan_digits(input, err))
        return false;
    if (take_one_of(input, "eE")) {
        if (!ensure(input, 1, err))
            return false;
        take_one_of(input, "+-");
        if (!scan_digits(input, err))
            return false;
    }
    return true;
}

static bool scan_number(ListInput *input, JsonToken *ret_token, GError **err)
{
    input->mark = input->position;
    if (!scan_number_grammar(input, err))
        return false;
    *ret_token = (JsonToken){
        .type = JSON_TOKEN_NUMBER,
        .text = (const char *)input->buffer + input->mark,
        .length = input->position - input->mark,
        .offset = offset_of(input, input->mark),
    };
    input->mark = LIST_INPUT_NO_MARK;
    return true;
}

static bool scan_word(ListInput *input, const char *word, JsonTokenType type, JsonToken *ret_token,
                      GError **err)
{
    size_t length = strlen(word);
    if (!ensure(input, length, err))
        return false;
    if (input->end - input->position < length ||
        memcmp(input->buffer + input->position, word, length) != 0)
        return fail_expected(input, "a value", err);
    *ret_token = (JsonToken){.type = type, .offset = list_input_offset(input)};
    input->position += length;
    return true;
}

static bool open_level(JsonTokenizer *tokenizer, bool is_object, JsonToken *ret_token, GError **err)
{
    ListInput *input = tokenizer->input;
    if (tokenizer->depth == LIMIT_LIST_DEPTH) {
        g_set_error(err, CLEW_ERROR, CLEW_ERROR_LIMIT,
                    "byte %" G_GUINT64_FORMAT ": values are nested deeper than %u levels",
                    list_input_offset(input), LIMIT_LIST_DEPTH);
        return false;
    }
    uint64_t bit = (uint64_t)1 << tokenizer->depth++;
    tokenizer->is_object = is_object ? tokenizer->is_object | bit : tokenizer->is_object & ~bit;
    tokenizer->state = is_object ? AT_FIRST_KEY : AT_FIRST_VALUE;
    *ret_token = (JsonToken){
        .type = is_object ? JSON_TOKEN_BEGIN_OBJECT : JSON_TOKEN_BEGIN_ARRAY,
        .offset = list_input_offset(input),
    };
    input->position++;
    return true;
}

static void close_level(JsonTokenizer *tokenizer, JsonTokenType type, JsonToken *ret_token)
{
    tokenizer->depth--;
    tokenizer->state = tokenizer->depth > 0 ? AT_NEXT : AT_COMPLETE;
    *ret_token = (JsonToken){.type = type, .offset = list_input_offset(tokenizer->input)};
    tokenizer->input->position++;
}

static bool scan_value(JsonTokenizer *tokenizer, JsonToken *ret_token, GError **err)
{
    ListInput *input = tokenizer->input;
    uint8_t c = input->position < input->end ? input->buffer[input->position] : '\0';
    if (c == '{' || c == '[')
        return open_level(tokenizer, c == '{', ret_token, err);
    tokenizer->state = tokenizer->depth > 0 ? AT_NEXT : AT_COMPLETE;
    switch (c) {
    case '"':
        return scan_string(input, JSON_TOKEN_STRING, ret_token, err);
    case 't':
        return scan_word(input, "true", JSON_TOKEN_TRUE, ret_token, err);
    case 'f':
        return scan_word(input, "false", JSON_TOKEN_FALSE, ret_token, err);
    case 'n':
        return scan_word(input, "null", JSON_TOKEN_NULL, ret_token, err);
    default:
        if (c == '-' || g_ascii_isdigit(c))
            return scan_number(input, ret_token, err);
        return fail_expected(input, "a value", err);
    }
}

// A key and the colon behind it. The key's text must outlive the search for the colon, so the
// window is kept from the key on.
static bool scan_key(JsonTokenizer *tokenizer, JsonToken *ret_token, GError **err)
{
    ListInput *input = tokenizer->input;
    JsonToken key;
    if (!scan_string(input, JSON_TOKEN_KEY, &key, err))
        return false;
    size_t start = (size_t)((const uint8_t *)key.text - input->buffer);
    input->mark = start;
    if (!skip_space(input, err))
        return false;
    key.text = (const char *)input->buffer + input->mark;
    if (input->position == input->end || input->buffer[input->position] != ':')
        return fail_expected(input, "':' behind a member's name", err);
    input->position++;
    input->mark = LIST_INPUT_NO_MARK;
    tokenizer->state = AT_VALUE;
    *ret_token = key;
    return true;
}

static bool is_next(const ListInput *input, char c)
{
    return input->position < input->end && input->buffer[input->position] == (uint8_t)c;
}

// Behind a value: a comma and what follows it, or the end of the level.
static bool scan_next(JsonTokenizer *tokenizer, JsonToken *ret_token, GError **err)
{
    ListInput *input = tokenizer->input;
    bool is_object = tokenizer->is_object >> (tokenizer->depth - 1) & 1;
    if (is_next(input, is_object ? '}' : ']')) {
        close_level(tokenizer, is_object ? JSON_TOKEN_END_OBJECT : JSON_TOKEN_END_ARRAY, ret_token);
        return true;
    }
    if (!is_next(input, ','))
        return fail_expected(input, is_object ? "',' or '}'" : "',' or ']'", err);
    input->position++;
    if (!skip_space(input, err))
        return false;
    if (!is_object)
        return scan_value(tokenizer, ret_token, err);
    if (!is_next(input, '"'))
        return fail_expected(input, "a member's name in quotes", err);
    return scan_key(tokenizer, ret_token, err);
}

static bool scan_first(JsonTokenizer *tokenizer, JsonToken *ret_token, GError **err)
{
    ListInput *input = tokenizer->input;
    if (tokenizer->state == AT_FIRST_VALUE) {
        if (!is_next(input, ']'))
            return scan_value(tokenizer, ret_token, err);
        close_level(tokenizer, JSON_TOKEN_END_ARRAY, ret_token);
        return true;
    }
    if (is_next(input, '}')) {
        close_level(tokenizer, JSON_TOKEN_END_OBJECT, ret_token);
        return true;
    }
    if (!is_next(input, '"'))
        return fail_expected(input, "a member's name in quotes, or '}'", err);
    return scan_key(tokenizer, ret_token, err);
}

bool json_tokenizer_next(JsonTokenizer *tokenizer, JsonToken *ret_token, GError **err)
{
    ListInput *input = tokenizer->input;
    if (!skip_space(input, err))
        return false;
    switch (tokenizer->state) {
    case AT_FIRST_VALUE:
    case AT_FIRST_KEY:
        return scan_first(tokenizer, ret_token, err);
    case AT_NEXT:
        return scan_next(tokenizer, ret_token, err);
    case AT_COMPLETE:
        if (input->position == input->end) {
            *ret_token = (JsonToken){.type = JSON_TOKEN_END, .offset = list_input_offset(input)};
            return true;
        }
        if (!tokenizer->many)
            return fail_expected(input, "the end of the file", err);
        return scan_value(tokenizer, ret_token, err);
    default:
        return scan_value(tokenizer, ret_token, err);
    }
}

bool json_tokenizer_skip(JsonTokenizer *tokenizer, const JsonToken *token, GError **err)
{
    if (token->type != JSON_TOKEN_BEGIN_OBJECT && token->type != JSON_TOKEN_BEGIN_ARRAY)
        return true;
    unsigned outside = tokenizer->depth - 1;
    JsonToken next;
    do {
        if (!json_tokenizer_next(tokenizer, &next, err))
            return false;
    } while (tokenizer->depth > outside);
    return true;
}

bool json_token_unexpected(const JsonToken *token, const char *expected, GError **err)
{
    g_set_error(err, CLEW_ERROR, CLEW_ERROR_CORRUPT, "byte %" G_GUINT64_FORMAT ": expected %s",
                token->offset, expected);
    return false;
}

bool json_token_is(const JsonToken *token, const char *text)
{
    return strlen(text) == token->length && memcmp(token->text, text, token->length) == 0;
}
