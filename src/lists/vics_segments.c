// SPDX-License-Identifier: Apache-2.0
#include "lists/vics_segments.h"

#include <stdlib.h>
#include <string.h>

#include "base/encoding.h"
#include "base/limits.h"
#include "lists/list_emit.h"

// A year, in hours; longer is no video.
#define HOURS_MAX 8784u
#define FRACTION_DIGITS_MAX 9u

typedef struct {
    double from, to;
    bool has_from, has_to;
    bool has_md5, has_other_md5; // a digest, or something that is none
    uint8_t md5[MD5_BYTES];
    char *category;
} VicsSegment;

static void segment_clear(void *segment)
{
    g_free(((VicsSegment *)segment)->category);
}

// ".5" as billionths of a second.
static bool parse_fraction(const char *text, size_t length, uint64_t *ret_billionths)
{
    uint64_t value = 0;
    if (length == 0)
        return false;
    for (size_t i = 0; i < MAX(length, FRACTION_DIGITS_MAX); i++) {
        if (i < length && !g_ascii_isdigit(text[i]))
            return false;
        if (i < FRACTION_DIGITS_MAX)
            value = value * 10 + (i < length ? (uint64_t)(text[i] - '0') : 0);
    }
    *ret_billionths = value;
    return true;
}

bool vics_seconds_parse(const char *text, size_t length, double *ret_seconds)
{
    list_trim(&text, &length);
    const char *point = length > 0 ? memchr(text, '.', length) : NULL;
    size_t whole = point != NULL ? (size_t)(point - text) : length;
    uint64_t billionths = 0, seconds = 0;
    if (point != NULL && !parse_fraction(point + 1, length - whole - 1, &billionths))
        return false;
    unsigned colons = 0;
    for (size_t begin = 0; begin <= whole;) {
        const char *colon = memchr(text + begin, ':', whole - begin);
        size_t end = colon != NULL ? (size_t)(colon - text) : whole;
        uint64_t part;
        if (!list_parse_uint(text + begin, end - begin, &part) || part > HOURS_MAX * 3600u ||
            (colons > 0 && part >= 60))
            return false;
        seconds = seconds * 60 + part;
        colons += colon != NULL;
        begin = end + 1;
        if (colons > 2)
            return false;
    }
    if (seconds > HOURS_MAX * 3600u)
        return false;
    *ret_seconds = (double)seconds + (double)billionths / 1e9;
    return true;
}

static void see_time(const JsonToken *token, double *seconds, bool *has)
{
    *has = (token->type == JSON_TOKEN_STRING || token->type == JSON_TOKEN_NUMBER) &&
           !token->too_long && vics_seconds_parse(token->text, token->length, seconds);
}

static void see_member(VicsSegment *segment, const char *name, const JsonToken *token)
{
    bool is_text = token->type == JSON_TOKEN_STRING && !token->too_long;
    if (strcmp(name, "Start") == 0) {
        see_time(token, &segment->from, &segment->has_from);
    } else if (strcmp(name, "End") == 0) {
        see_time(token, &segment->to, &segment->has_to);
    } else if (strcmp(name, "MD5") == 0 && token->type != JSON_TOKEN_NULL) {
        segment->has_md5 =
            is_text && encoding_from_hex(token->text, token->length, segment->md5, MD5_BYTES);
        segment->has_other_md5 = !segment->has_md5;
    } else if (strcmp(name, "Category") == 0 && (is_text || token->type == JSON_TOKEN_NUMBER)) {
        list_text_set(&segment->category, token->text, token->length);
    }
}

static void begin_segment(VicsSegments *segments)
{
    if (segments->found == NULL) {
        segments->found = g_array_new(FALSE, TRUE, sizeof(VicsSegment));
        g_array_set_clear_func(segments->found, segment_clear);
    }
    segments->too_many = segments->too_many || segments->found->len >= LIMIT_LIST_SEGMENTS;
    if (!segments->too_many)
        g_array_set_size(segments->found, segments->found->len + 1);
}

static void end_segment(VicsSegments *segments)
{
    const VicsSegment *last =
        &g_array_index(segments->found, VicsSegment, segments->found->len - 1);
    if (last->has_from && last->has_to && last->from <= last->to)
        return;
    segments->not_understood = true;
    g_array_set_size(segments->found, segments->found->len - 1);
}

void vics_segments_see(VicsSegments *segments, const char *name, const JsonToken *token)
{
    if (token->type == JSON_TOKEN_BEGIN_OBJECT && segments->depth++ == 0)
        begin_segment(segments);
    else if (token->type == JSON_TOKEN_END_OBJECT && --segments->depth == 0 && !segments->too_many)
        end_segment(segments);
    else if (segments->depth == 1 && !segments->too_many && token->type >= JSON_TOKEN_STRING)
        see_member(&g_array_index(segments->found, VicsSegment, segments->found->len - 1), name,
                   token);
}

static int compare_segments(const void *a, const void *b)
{
    const ListSegment *left = a, *right = b;
    if (left->from < right->from || left->from > right->from)
        return left->from < right->from ? -1 : 1;
    if (left->to < right->to || left->to > right->to)
        return left->to < right->to ? -1 : 1;
    return g_strcmp0(left->category, right->category);
}

static const uint8_t *md5_of(const ListEntry *entry)
{
    for (size_t i = 0; i < entry->hash_count; i++)
        if (entry->hashes[i].type == HASH_MD5)
            return entry->hashes[i].value;
    return NULL;
}

static bool belongs(const VicsSegment *segment, const uint8_t *md5)
{
    return !segment->has_other_md5 &&
           (!segment->has_md5 || (md5 != NULL && memcmp(segment->md5, md5, MD5_BYTES) == 0));
}

bool vics_segments_finish(VicsSegments *segments, ListEntry *entry)
{
    bool all_belong = true;
    const uint8_t *md5 = md5_of(entry);
    for (unsigned i = 0; segments->found != NULL && i < segments->found->len; i++) {
        const VicsSegment *segment = &g_array_index(segments->found, VicsSegment, i);
        if (belongs(segment, md5))
            list_entry_add_segment(entry, segment->from, segment->to, segment->category);
        else
            all_belong = false;
    }
    if (entry->segment_count > 0) {
        entry->is_video = true;
        qsort(entry->segments, entry->segment_count, sizeof *entry->segments, compare_segments);
    }
    return all_belong;
}

void vics_segments_clear(VicsSegments *segments)
{
    if (segments->found != NULL)
        g_array_unref(segments->found);
    *segments = (VicsSegments){0};
}
