// SPDX-License-Identifier: Apache-2.0
//
// vPDQ text, as the reference tool prints it, one hashed frame a line:
//
//   0,100,e42926b9…c54,0.000          frame,quality,hash,seconds
//
// One file is one video. A list of several, our own extension, has a line "# video NAME" before the
// frames of each; other lines that begin with # are remarks. "# pipeline X" says how frames were
// hashed: any other way than vPDQ gives other hashes, and such a list is refused as a whole.
#include "lists/formats.h"

#include <stdlib.h>
#include <string.h>

#include "base/encoding.h"
#include "base/error.h"
#include "base/limits.h"
#include "lists/list_emit.h"
#include "lists/list_lines.h"

#define FIELD_COUNT 4u
#define PDQ_DIGITS (2u * PDQ_BYTES)

// A line's fields; texts borrowed.
typedef struct {
    const char *text[FIELD_COUNT];
    size_t length[FIELD_COUNT];
} Fields;

enum { FIELD_NUMBER, FIELD_QUALITY, FIELD_HASH, FIELD_SECONDS };

typedef struct {
    FrameHash frame;
    uint64_t line;
} FrameLine;

typedef struct {
    const ListSink *sink;
    ListEntry entry;    // the video's name and place
    GArray *frames;     // of FrameLine, as they came
    bool is_named;      // begun by a "# video" line
    bool is_too_long;   // more frames than a video may have
    bool lines_refused; // reasons were told one by one
} Reading;

// ---- Lines ------------------------------------------------------------------------------------

static bool split_fields(const char *text, size_t length, Fields *fields)
{
    for (unsigned i = 0; i < FIELD_COUNT; i++) {
        const char *comma = memchr(text, ',', length);
        if ((comma == NULL) != (i == FIELD_COUNT - 1))
            return false;
        fields->text[i] = text;
        fields->length[i] = comma != NULL ? (size_t)(comma - text) : length;
        list_trim(&fields->text[i], &fields->length[i]);
        if (comma != NULL) {
            length -= (size_t)(comma - text) + 1;
            text = comma + 1;
        }
    }
    return true;
}

// "12.345" as milliseconds, rounded. False when it is none or larger than a frame can hold.
static bool parse_seconds(const char *text, size_t length, uint32_t *ret_milliseconds)
{
    static const uint64_t worth[] = {100, 10, 1};
    const char *point = memchr(text, '.', length);
    size_t whole_length = point != NULL ? (size_t)(point - text) : length;
    uint64_t milliseconds;
    if (!list_parse_uint(text, whole_length, &milliseconds) || milliseconds > UINT32_MAX)
        return false;
    milliseconds *= 1000;
    for (size_t i = whole_length + 1; i < length; i++) {
        size_t place = i - whole_length - 1;
        if (!g_ascii_isdigit(text[i]))
            return false;
        unsigned digit = (unsigned)(text[i] - '0');
        if (place < G_N_ELEMENTS(worth))
            milliseconds += digit * worth[place];
        else if (place == G_N_ELEMENTS(worth))
            milliseconds += digit >= 5;
    }
    if (milliseconds > UINT32_MAX)
        return false;
    *ret_milliseconds = (uint32_t)milliseconds;
    return true;
}

// NULL, or why the line is no frame.
static const char *parse_frame(const char *text, size_t length, FrameHash *ret_frame)
{
    Fields fields;
    uint64_t number, quality;
    FrameHash frame;
    if (!split_fields(text, length, &fields))
        return "the line is not frame,quality,hash,seconds";
    if (!list_parse_uint(fields.text[FIELD_NUMBER], fields.length[FIELD_NUMBER], &number) ||
        number > UINT32_MAX)
        return "the frame is not a number";
    if (!list_parse_uint(fields.text[FIELD_QUALITY], fields.length[FIELD_QUALITY], &quality) ||
        quality > 100)
        return "the quality is not a number from 0 to 100";
    if (!encoding_from_hex(fields.text[FIELD_HASH], fields.length[FIELD_HASH], frame.hash,
                           PDQ_BYTES))
        return "PDQ is not 64 hexadecimal digits";
    if (!parse_seconds(fields.text[FIELD_SECONDS], fields.length[FIELD_SECONDS],
                       &frame.milliseconds))
        return "the time is not a number of seconds";
    frame.number = (uint32_t)number;
    frame.quality = (uint8_t)quality;
    *ret_frame = frame;
    return NULL;
}

// The text behind "# WORD"; false when the line says something else.
static bool is_remark(const char *text, size_t length, const char *word, const char **ret_rest,
                      size_t *ret_length)
{
    size_t word_length = strlen(word);
    if (length == 0 || text[0] != '#')
        return false;
    text++;
    length--;
    list_trim(&text, &length);
    if (length < word_length || memcmp(text, word, word_length) != 0 ||
        (length > word_length && !g_ascii_isspace(text[word_length])))
        return false;
    *ret_rest = text + word_length;
    *ret_length = length - word_length;
    list_trim(ret_rest, ret_length);
    return true;
}

static bool says_otherwise(const char *pipeline, size_t length)
{
    const char *name = frame_pipeline_name(FRAMES_VPDQ);
    return length != strlen(name) || memcmp(pipeline, name, length) != 0;
}

// ---- Videos -----------------------------------------------------------------------------------

static int compare_frames(const void *a, const void *b)
{
    const FrameLine *left = a, *right = b;
    if (left->frame.number != right->frame.number)
        return left->frame.number < right->frame.number ? -1 : 1;
    return left->line < right->line ? -1 : left->line > right->line;
}

static bool refuse_line(Reading *reading, uint64_t line, const char *reason, GError **err)
{
    reading->lines_refused = true;
    return list_emit_refused(reading->sink, line, reason, err);
}

// Puts the frames into the entry in order. Those that contradict an earlier one are refused.
static bool order_frames(Reading *reading, GError **err)
{
    ListEntry *entry = &reading->entry;
    g_array_sort(reading->frames, compare_frames);
    for (unsigned i = 0; i < reading->frames->len; i++) {
        const FrameLine *line = &g_array_index(reading->frames, FrameLine, i);
        const FrameHash *last =
            entry->frame_count > 0 ? &entry->frames[entry->frame_count - 1] : NULL;
        const char *refused = NULL;
        if (last != NULL && last->number == line->frame.number)
            refused = "the video has this frame already";
        else if (last != NULL && last->milliseconds > line->frame.milliseconds)
            refused = "the frame is earlier than one with a lower number";
        if (refused != NULL && !refuse_line(reading, line->line, refused, err))
            return false;
        if (refused == NULL)
            list_entry_add_frame(entry, &line->frame);
    }
    return true;
}

static bool emit_video(Reading *reading, GError **err)
{
    if (reading->is_too_long)
        return list_emit_refused(reading->sink, reading->entry.position,
                                 "the video has more frames than one may have", err);
    if (!order_frames(reading, err))
        return false;
    if (reading->entry.frame_count > 0)
        return list_emit_entry(reading->sink, &reading->entry, false, err);
    return !reading->is_named || reading->lines_refused ||
           list_emit_refused(reading->sink, reading->entry.position, "the video has no frames",
                             err);
}

static void begin_video(Reading *reading, uint64_t line)
{
    list_entry_clear(&reading->entry);
    reading->entry.is_video = true;
    reading->entry.position = line;
    g_array_set_size(reading->frames, 0);
    reading->is_named = reading->is_too_long = reading->lines_refused = false;
}

// ---- The list ---------------------------------------------------------------------------------

static bool read_remark(Reading *reading, const Line *line, GError **err)
{
    const char *rest;
    size_t length;
    if (is_remark(line->text, line->length, "pipeline", &rest, &length) &&
        says_otherwise(rest, length)) {
        g_autofree char *pipeline = list_text_new(rest, length);
        g_set_error(err, CLEW_ERROR, CLEW_ERROR_INVALID,
                    "line %" G_GUINT64_FORMAT ": its frames were hashed as %s and not as vPDQ, so "
                    "they would not match what others call vPDQ; hash the videos again without "
                    "--scaled",
                    line->number, pipeline != NULL ? pipeline : "something unnamed");
        return false;
    }
    if (!is_remark(line->text, line->length, "video", &rest, &length))
        return true;
    if (!emit_video(reading, err))
        return false;
    begin_video(reading, line->number);
    reading->is_named = true;
    reading->entry.name = list_text_new(rest, length);
    return true;
}

static bool read_line(void *state, const Line *line, GError **err)
{
    Reading *reading = state;
    const char *text = line->text;
    size_t length = line->length;
    list_trim(&text, &length);
    if (length == 0)
        return true;
    if (text[0] == '#')
        return read_remark(reading, line, err);
    FrameLine frame = {.line = line->number};
    const char *refused = parse_frame(text, length, &frame.frame);
    if (refused != NULL)
        return refuse_line(reading, line->number, refused, err);
    if (reading->frames->len == 0 && !reading->is_named)
        reading->entry.position = line->number;
    if (reading->frames->len < LIMIT_LIST_FRAMES)
        g_array_append_val(reading->frames, frame);
    else
        reading->is_too_long = true;
    return true;
}

static bool read_list(const ListSource *source, const ListReadOptions *options,
                      const ListSink *sink, GError **err)
{
    Reading reading = {.sink = sink, .frames = g_array_new(FALSE, FALSE, sizeof(FrameLine))};
    list_entry_init(&reading.entry);
    begin_video(&reading, 1);
    bool ok = list_emit_header(sink, &(ListHeader){.description = "vPDQ text"}, err) &&
              list_read_lines(source, sink, read_line, &reading, err) && emit_video(&reading, err);
    list_entry_clear(&reading.entry);
    g_array_unref(reading.frames);
    return ok;
}

// What stands before a hash and the hash are enough.
static bool begins_like_a_frame(const Line *line)
{
    const char *text = line->text;
    size_t length = line->length, at = 0;
    for (unsigned field = 0; field < 2; field++) {
        size_t digits = 0;
        while (at < length && g_ascii_isdigit(text[at])) {
            at++;
            digits++;
        }
        if (digits == 0 || at == length || text[at++] != ',')
            return false;
    }
    return length - at > PDQ_DIGITS && list_hex_run(text + at, length - at) == PDQ_DIGITS &&
           text[at + PDQ_DIGITS] == ',';
}

static bool begins_with_our_remark(const uint8_t *bytes, size_t size_bytes)
{
    const char *text = (const char *)bytes;
    const char *newline = memchr(text, '\n', size_bytes);
    const char *rest;
    size_t length;
    if (newline == NULL)
        return false;
    size_t line = (size_t)(newline - text);
    return is_remark(text, line, "video", &rest, &length) ||
           is_remark(text, line, "pipeline", &rest, &length);
}

static int recognise(const uint8_t *bytes, size_t size_bytes)
{
    Line first;
    bool complete;
    if (list_first_line(bytes, size_bytes, &first, &complete) && begins_like_a_frame(&first))
        return 2;
    return begins_with_our_remark(bytes, size_bytes) ? 1 : 0;
}

const ListFormat list_format_vpdq = {
    .name = "vpdq",
    .summary = "vPDQ text: frame,quality,hash,seconds, one hashed frame of a video a line",
    .position_unit = "line",
    .recognise = recognise,
    .read = read_list,
};
