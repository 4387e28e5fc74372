// SPDX-License-Identifier: Apache-2.0
#include "evidence/rtf_reader.h"

#include <string.h>

#include "evidence/rtf_digits.h"

#define BUFFER_BYTES (64u << 10)
// Groups in groups of which data is looked for.
#define DEPTH_MAX 1024u
#define WORD_BYTES_MAX 32u
// Of one document.
#define PIECES_MAX (1u << 20)

// ---- Bytes ------------------------------------------------------------------------------------

typedef struct {
    Source *source;
    uint64_t offset; // of the buffer
    size_t size, at;
    GError *error;
    uint8_t buffer[BUFFER_BYTES];
} Bytes;

static uint64_t position(const Bytes *bytes)
{
    return bytes->offset + bytes->at;
}

// The next byte without taking it; -1 at the end.
static int peek(Bytes *bytes)
{
    if (bytes->at == bytes->size && bytes->error == NULL) {
        bytes->offset += bytes->size;
        bytes->at = 0;
        ssize_t count =
            source_read(bytes->source, bytes->offset, bytes->buffer, BUFFER_BYTES, &bytes->error);
        bytes->size = count > 0 ? (size_t)count : 0;
    }
    return bytes->at < bytes->size ? bytes->buffer[bytes->at] : -1;
}

static int take(Bytes *bytes)
{
    int byte = peek(bytes);
    if (byte >= 0)
        bytes->at++;
    return byte;
}

// Passes over what a \bin counts; returns how much of it is there.
static uint64_t skip(Bytes *bytes, uint64_t count)
{
    uint64_t left = source_size(bytes->source) - position(bytes);
    uint64_t taken = MIN(count, left);
    uint64_t target = position(bytes) + taken;
    if (target <= bytes->offset + bytes->size) {
        bytes->at = (size_t)(target - bytes->offset);
    } else {
        bytes->offset = target;
        bytes->at = 0;
        bytes->size = 0;
    }
    return taken;
}

// ---- Groups -----------------------------------------------------------------------------------

// Destinations that hold data.
typedef struct {
    const char *word;
    RtfKind kind;
} DestinationRow;

static const DestinationRow destinations[] = {
    {"pict", RTF_PICTURE},      {"objdata", RTF_OBJECT}, {"themedata", RTF_FILE},
    {"datastore", RTF_OBJECT},  {"fontemb", RTF_FILE},   {"fontfile", RTF_FILE},
    {"passwordhash", RTF_FILE},
};

typedef struct {
    RtfDigits *digits; // of a group that holds data; NULL: it holds none of its own
    RtfData data;
    int collects;   // the group whose data digits in this one belong to; -1: none
    bool is_marked; // \* was seen: what follows may be unknown
} Group;

typedef struct {
    Bytes bytes;
    const RtfSink *sink;
    GArray *groups;    // of Group
    uint64_t too_deep; // open groups that are not in the list
    uint64_t opened;
    size_t pieces;
    bool is_stopped;
    RtfResult *result;
} Parser;

static Group *group_at(const Parser *parser, int i)
{
    return &g_array_index(parser->groups, Group, (unsigned)i);
}

// NULL outside of all groups, and in those that are too deep.
static Group *innermost(const Parser *parser)
{
    if (parser->groups->len == 0 || parser->too_deep > 0)
        return NULL;
    return group_at(parser, (int)parser->groups->len - 1);
}

static void open_group(Parser *parser)
{
    const Group *around = innermost(parser);
    Group group = {.collects = around != NULL ? around->collects : -1};
    group.data.group = parser->opened++;
    group.data.begin = position(&parser->bytes) - 1;
    if (parser->groups->len < DEPTH_MAX && parser->too_deep == 0)
        g_array_append_val(parser->groups, group);
    else
        parser->too_deep++;
    parser->result->is_limited |= parser->too_deep > 0;
}

static void finish_data(Parser *parser, Group *group, bool is_cut)
{
    if (group->digits == NULL)
        return;
    g_autoptr(RtfDigits) digits = g_steal_pointer(&group->digits);
    g_autoptr(Source) data = rtf_digits_source(digits, parser->bytes.source);
    group->data.data = data;
    group->data.end = position(&parser->bytes);
    group->data.is_cut = is_cut;
    if (!parser->is_stopped && !parser->sink->found(parser->sink->user_data, &group->data))
        parser->is_stopped = true;
    parser->pieces -= rtf_digits_pieces(digits);
}

// True when the group that holds all others was closed.
static bool close_group(Parser *parser)
{
    if (parser->too_deep > 0) {
        parser->too_deep--;
        return false;
    }
    Group *group = innermost(parser);
    if (group == NULL)
        return false;
    finish_data(parser, group, false);
    g_array_set_size(parser->groups, parser->groups->len - 1);
    return parser->groups->len == 0;
}

// ---- Words ------------------------------------------------------------------------------------

static void begin_data(Parser *parser, Group *group, const DestinationRow *row)
{
    if (group->digits == NULL)
        group->digits = rtf_digits_new();
    group->data.kind = row->kind;
    group->data.word = row->word;
    group->collects = (int)parser->groups->len - 1;
}

static void take_binary(Parser *parser, int64_t count)
{
    const Group *group = innermost(parser);
    uint64_t offset = position(&parser->bytes);
    uint64_t taken = skip(&parser->bytes, count > 0 ? (uint64_t)count : 0);
    if (group == NULL || group->collects < 0 || taken == 0)
        return;
    rtf_digits_add_binary(group_at(parser, group->collects)->digits, offset, taken);
    parser->pieces++;
}

static void act_on_word(Parser *parser, const char *word, int64_t value)
{
    Group *group = innermost(parser);
    if (strcmp(word, "bin") == 0) {
        take_binary(parser, value);
        return;
    }
    if (group == NULL)
        return;
    for (size_t i = 0; i < G_N_ELEMENTS(destinations); i++) {
        if (strcmp(word, destinations[i].word) == 0) {
            begin_data(parser, group, &destinations[i]);
            return;
        }
    }
    if (group->digits != NULL && strcmp(word, "dibitmap") == 0)
        group->data.is_dib = true;
    // An unknown destination: digits in it are its own.
    if (group->is_marked && group->digits == NULL)
        group->collects = -1;
    group->is_marked = false;
}

// Letters, then perhaps a number, then perhaps a blank (Rich Text Format 1.9.1, "Conventions").
static void take_word(Parser *parser)
{
    char word[WORD_BYTES_MAX + 1];
    size_t length = 0;
    int64_t value = 0;
    while (g_ascii_isalpha(peek(&parser->bytes))) {
        char letter = (char)take(&parser->bytes);
        if (length < WORD_BYTES_MAX)
            word[length++] = letter;
    }
    word[length] = '\0';
    bool is_negative = peek(&parser->bytes) == '-';
    if (is_negative)
        take(&parser->bytes);
    while (g_ascii_isdigit(peek(&parser->bytes))) {
        int digit = take(&parser->bytes) - '0';
        if (value < INT64_MAX / 20)
            value = value * 10 + digit;
    }
    if (peek(&parser->bytes) == ' ')
        take(&parser->bytes);
    act_on_word(parser, word, is_negative ? -value : value);
}

static void take_control(Parser *parser)
{
    int next = peek(&parser->bytes);
    if (next >= 0 && g_ascii_isalpha((char)next)) {
        take_word(parser);
        return;
    }
    take(&parser->bytes);
    Group *group = innermost(parser);
    if (next == '*' && group != NULL)
        group->is_marked = true;
    // \'hh is one character of text.
    for (unsigned i = 0; next == '\'' && i < 2; i++)
        if (g_ascii_isxdigit(peek(&parser->bytes)))
            take(&parser->bytes);
}

// Text up to the next brace or word, as far as it lies in the buffer. The first byte is in hand.
static void take_text(Parser *parser, int first)
{
    Bytes *bytes = &parser->bytes;
    uint64_t offset = position(bytes) - 1;
    size_t begin = bytes->at, count = rtf_is_digit((uint8_t)first);
    size_t bound = MIN(bytes->size, begin + RTF_PIECE_BYTES - 1), at = begin;
    for (; at < bound && rtf_byte_kinds[bytes->buffer[at]] != RTF_SPECIAL; at++)
        count += rtf_is_digit(bytes->buffer[at]);
    bytes->at = at;
    const Group *group = innermost(parser);
    if (group == NULL || group->collects < 0 || count == 0)
        return;
    if (parser->pieces >= PIECES_MAX) {
        parser->result->is_limited = true;
        return;
    }
    RtfDigits *digits = group_at(parser, group->collects)->digits;
    size_t before = rtf_digits_pieces(digits);
    rtf_digits_add(digits, offset, at - begin + 1, count);
    parser->pieces += rtf_digits_pieces(digits) - before;
}

// ---- The whole --------------------------------------------------------------------------------

// Behind the closing brace of everything: does another group follow? Readers stop here, which is
// why something may be hidden behind.
static bool begins_again(Parser *parser)
{
    parser->result->end = position(&parser->bytes);
    while (g_ascii_isspace(peek(&parser->bytes)))
        take(&parser->bytes);
    return peek(&parser->bytes) == '{';
}

// True when the text has come to its end.
static bool step(Parser *parser)
{
    int byte = take(&parser->bytes);
    switch (byte) {
    case -1:
        return true;
    case '{':
        open_group(parser);
        return false;
    case '}':
        return close_group(parser) && !begins_again(parser);
    case '\\':
        take_control(parser);
        return false;
    default:
        take_text(parser, byte);
        return false;
    }
}

static bool may_go_on(Parser *parser)
{
    if (!parser->is_stopped && parser->sink->go_on != NULL &&
        !parser->sink->go_on(parser->sink->user_data))
        parser->is_stopped = true;
    return !parser->is_stopped;
}

bool rtf_read(Source *source, const RtfSink *sink, RtfResult *ret_result, GError **err)
{
    g_autofree Parser *parser = g_new0(Parser, 1);
    *ret_result = (RtfResult){0};
    parser->bytes.source = source;
    parser->sink = sink;
    parser->result = ret_result;
    parser->groups = g_array_new(FALSE, FALSE, sizeof(Group));
    uint64_t told = 0;
    bool has_ended = false;
    while (!has_ended && may_go_on(parser)) {
        for (told = position(&parser->bytes);
             !has_ended && !parser->is_stopped && position(&parser->bytes) - told < BUFFER_BYTES;)
            has_ended = step(parser);
    }
    ret_result->is_cut = parser->groups->len > 0 && has_ended;
    if (ret_result->is_cut || ret_result->end == 0)
        ret_result->end = position(&parser->bytes);
    // What is still open, innermost first.
    for (int i = (int)parser->groups->len; i-- > 0;)
        finish_data(parser, group_at(parser, i), true);
    g_array_unref(parser->groups);
    if (parser->bytes.error != NULL) {
        g_propagate_error(err, parser->bytes.error);
        return false;
    }
    return !parser->is_stopped;
}
