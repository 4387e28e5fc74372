// SPDX-License-Identifier: Apache-2.0
#include "lists/vics_case_object.h"

#include <string.h>

#include "base/encoding.h"
#include "base/limits.h"
#include "lists/list_date.h"
#include "lists/text_source.h"
#include "lists/vics_json.h"

#define MILLISECONDS 1000u
#define SECONDS_MAX 1e8

static void upper_hex(const uint8_t *bytes, size_t size_bytes, char *ret_text)
{
    encoding_to_hex(bytes, size_bytes, ret_text);
    for (char *at = ret_text; *at != '\0'; at++)
        *at = g_ascii_toupper(*at);
}

static void write_text(JsonWriter *json, const char *name, const char *value)
{
    if (value != NULL)
        json_write_member_string(json, name, value);
}

static void write_hash(JsonWriter *json, const char *name, const uint8_t *bytes, size_t size_bytes)
{
    if (bytes == NULL)
        return;
    g_autofree char *hex = encoding_hex_new(bytes, size_bytes);
    vics_write_alternative_hash(json, name, hex);
}

static void write_number(JsonWriter *json, const char *name, uint64_t value)
{
    g_autofree char *text = g_strdup_printf("%" G_GUINT64_FORMAT, value);
    vics_write_property(json, name, text);
}

static void write_metadata(JsonWriter *json, const VicsOwnMedia *media)
{
    if (!media->has_dimensions && !media->has_duration)
        return;
    json_write_key(json, "MediaMetadata");
    json_write_begin_array(json);
    if (media->has_dimensions) {
        write_number(json, "Width", media->width);
        write_number(json, "Height", media->height);
    }
    if (media->has_duration) {
        g_autofree char *text = g_strdup_printf("%u.%03u", media->duration_ms / MILLISECONDS,
                                                media->duration_ms % MILLISECONDS);
        vics_write_property(json, "Duration", text);
    }
    json_write_end_array(json);
}

// Members of our own JSON -------------------------------------------------------------------------

typedef void (*MemberFunction)(void *user_data, const char *name, const JsonToken *value);

// Calls the function with every scalar member at any depth, and with NULL for each object's end.
static void each_member(const char *text, MemberFunction function, void *user_data)
{
    TextSource source;
    JsonTokenizer json;
    JsonToken token;
    g_autofree char *name = NULL;
    bool ok = text_source_open(&source, text, &json);
    while (ok && json_tokenizer_next(&json, &token, NULL) && token.type != JSON_TOKEN_END) {
        if (token.type == JSON_TOKEN_KEY) {
            g_free(name);
            name = g_strndup(token.text, token.length);
        } else if (token.type == JSON_TOKEN_END_OBJECT) {
            function(user_data, NULL, &token);
        } else if (token.type >= JSON_TOKEN_STRING && name != NULL) {
            function(user_data, name, &token);
        }
    }
    text_source_close(&source);
}

// Segments ----------------------------------------------------------------------------------------

typedef struct {
    const VicsObject *object;
    JsonWriter *json;
    unsigned category, count;
    double from, to; // negative: not said
} Segments;

// 3725.5 as "01:02:05.500".
static void write_seconds(JsonWriter *json, const char *name, double seconds)
{
    uint64_t milliseconds = (uint64_t)(seconds * MILLISECONDS + 0.5);
    uint64_t whole = milliseconds / MILLISECONDS;
    g_autofree char *text = g_strdup_printf("%02u:%02u:%02u.%03u", (unsigned)(whole / 3600),
                                            (unsigned)(whole / 60 % 60), (unsigned)(whole % 60),
                                            (unsigned)(milliseconds % MILLISECONDS));
    json_write_member_string(json, name, text);
}

static void see_piece(void *user_data, const char *name, const JsonToken *value)
{
    Segments *segments = user_data;
    if (name != NULL) {
        double *target = strcmp(name, "from") == 0 ? &segments->from
                         : strcmp(name, "to") == 0 ? &segments->to
                                                   : NULL;
        if (target != NULL && value->type == JSON_TOKEN_NUMBER) {
            g_autofree char *text = g_strndup(value->text, value->length);
            *target = g_ascii_strtod(text, NULL);
        }
        return;
    }
    if (segments->from >= 0 && segments->to >= segments->from && segments->to < SECONDS_MAX &&
        segments->count < LIMIT_LIST_SEGMENTS) {
        if (segments->count == 0) {
            json_write_key(segments->json, "Segments");
            json_write_begin_array(segments->json);
        }
        json_write_begin_object(segments->json);
        json_write_member_string(segments->json, "MD5", segments->object->md5);
        json_write_member_uint(segments->json, "SegmentIndex", ++segments->count);
        write_seconds(segments->json, "Start", segments->from);
        write_seconds(segments->json, "End", segments->to);
        json_write_member_uint(segments->json, "Category", segments->category);
        json_write_end_object(segments->json);
    }
    segments->from = segments->to = -1;
}

static void write_segments(VicsObject *object, const VicsOwnMedia *media)
{
    if (!media->has_category || media->match_details == NULL)
        return;
    Segments segments = {
        .object = object, .json = &object->json, .category = media->category, .from = -1, .to = -1};
    for (size_t i = 0; media->match_details[i] != NULL; i++)
        each_member(media->match_details[i], see_piece, &segments);
    if (segments.count > 0)
        json_write_end_array(&object->json);
}

// Media -------------------------------------------------------------------------------------------

void vics_object_begin(VicsObject *object, const VicsOwnMedia *media)
{
    char sha1[2 * SHA1_BYTES + 1];
    JsonWriter *json = &object->json;
    object->text = g_string_new(NULL);
    json_writer_init(json, object->text);
    upper_hex(media->digests->md5, MD5_BYTES, object->md5);
    upper_hex(media->digests->sha1, SHA1_BYTES, sha1);
    json_write_begin_object(json);
    json_write_member_uint(json, "MediaID", media->number);
    json_write_member_string(json, "MD5", object->md5);
    json_write_member_string(json, "SHA1", sha1);
    if (media->has_category)
        json_write_member_uint(json, "Category", media->category);
    json_write_member_bool(json, "IsPrecategorized",
                           media->has_category && media->category_source != NULL);
    if (media->has_category)
        write_text(json, "PrecategorizationSource", media->category_source);
    if (media->victim_identified)
        json_write_member_bool(json, "VictimIdentified", true);
    write_text(json, "Series", media->series);
    json_write_member_uint(json, "MediaSize", media->size_bytes);
    write_text(json, "MimeType", media->media_type);
    json_write_key(json, "AlternativeHashes");
    json_write_begin_array(json);
    write_hash(json, "SHA256", media->digests->sha256, SHA256_BYTES);
    write_hash(json, "PDQ", media->pdq_full, PDQ_BYTES);
    write_hash(json, "PDQ_512", media->pdq_512, PDQ_BYTES);
    json_write_end_array(json);
    write_metadata(json, media);
    write_segments(object, media);
    json_write_key(json, "MediaFiles");
    json_write_begin_array(json);
}

static void see_time(void *user_data, const char *name, const JsonToken *value)
{
    const char *member = name == NULL                    ? NULL
                         : strcmp(name, "created") == 0  ? "Created"
                         : strcmp(name, "modified") == 0 ? "Written"
                         : strcmp(name, "accessed") == 0 ? "Accessed"
                                                         : NULL;
    if (member == NULL || value->type != JSON_TOKEN_STRING)
        return;
    g_autofree char *date = list_date_normalise(value->text, value->length);
    write_text(user_data, member, date);
}

// A name that is one on every system.
static void append_part(GString *text, const char *part, size_t length)
{
    size_t begin = text->len;
    for (size_t i = 0; i < length; i++) {
        char c = part[i];
        bool is_safe = (unsigned char)c >= 0x20 && c != 0x7f && strchr("<>:\"|?*\\/", c) == NULL;
        g_string_append_c(text, is_safe ? c : '_');
    }
    char *last = &text->str[text->len - 1];
    if (text->len > begin && (*last == '.' || *last == ' '))
        *last = '_';
}

void vics_path_split(const char *path, char **ret_folder, char **ret_name)
{
    static const char layer_mark[] = " > ";
    GString *folder = g_string_new(NULL);
    g_autoptr(GString) name = g_string_new(NULL);
    for (const char *at = path; *at != '\0';) {
        const char *slash = strchr(at, '/');
        const char *layer = strstr(at, layer_mark);
        const char *end = slash != NULL ? slash : at + strlen(at);
        size_t mark = slash != NULL ? 1 : 0;
        if (layer != NULL && layer < end) {
            end = layer;
            mark = strlen(layer_mark);
        }
        if (end > at) {
            if (name->len > 0)
                g_string_append_printf(folder, "%s%s", folder->len > 0 ? "\\" : "", name->str);
            g_string_truncate(name, 0);
            append_part(name, at, (size_t)(end - at));
        }
        at = end + mark;
    }
    *ret_folder = g_string_free(folder, FALSE);
    *ret_name = g_strdup(name->len > 0 ? name->str : "_");
}

void vics_object_file(VicsObject *object, const VicsOwnFile *file)
{
    JsonWriter *json = &object->json;
    g_autofree char *folder = NULL;
    g_autofree char *name = NULL;
    vics_path_split(file->path, &folder, &name);
    json_write_begin_object(json);
    json_write_member_string(json, "MD5", object->md5);
    json_write_member_uint(json, "MediaFileID", file->number);
    json_write_member_string(json, "FileName", name);
    if (folder[0] != '\0')
        json_write_member_string(json, "FilePath", folder);
    if (file->times != NULL)
        each_member(file->times, see_time, json);
    write_text(json, "SourceID", file->source);
    if (file->is_deleted)
        json_write_member_bool(json, "Deleted", true);
    json_write_end_object(json);
}

char *vics_object_end(VicsObject *object)
{
    json_write_end_array(&object->json);
    json_write_end_object(&object->json);
    return g_string_free(g_steal_pointer(&object->text), FALSE);
}
