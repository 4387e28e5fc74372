// SPDX-License-Identifier: Apache-2.0
//
// NCMEC hash sharing, version 2 (namespace https://hashsharing.ncmec.org/hashsharing/v2):
//
//   queryResult > images@count, videos > image | video | deletedImage | deletedVideo
//     > member@id, timestamp, id, classification?, fingerprints > md5, sha1, pdna, pdq, …,
//       feedback > affirmativeFeedback | negativeFeedback @type
//   paging > next
//
// An entry's key is "member/id": ids are unique within one member only. Deleted entries carry no
// fingerprints; the key says which entry goes. Prefixes differ between exporters, so elements are
// known by their local names. Document type declarations, and with them entities, are refused.
#include "lists/formats.h"

#include <expat.h>
#include <string.h>

#include "base/error.h"
#include "base/limits.h"
#include "lists/json_copy.h"
#include "lists/list_emit.h"
#include "lists/list_input.h"

#define FEEDBACK_KINDS 2

typedef struct {
    const ListSink *sink;
    XML_Parser parser;
    GError *error; // set by a callback; parsing has been stopped
    unsigned depth;
    unsigned entry_depth;        // of the open entry element; 0: none
    unsigned fingerprints_depth; // 0: none open
    GString *text;               // of the open leaf element, bounded
    bool text_too_long;
    ListEntry entry;
    GString *member_id;
    GString *entry_id;
    GString *extra;                    // "{" and members for extra_json
    unsigned feedback[FEEDBACK_KINDS]; // affirmative, negative
    bool values_refused;
    uint64_t declared_count;
    uint64_t start;       // offset of expat's first byte in the source
    uint64_t token_start; // of the token expat works on, as far as known
    bool has_more;
} NcmecReader;

static int recognise(const uint8_t *bytes, size_t size_bytes)
{
    const char *text = (const char *)bytes;
    return g_strstr_len(text, (gssize)size_bytes, "hashsharing.ncmec.org/hashsharing/v2") != NULL
               ? 2
           : g_strstr_len(text, (gssize)size_bytes, "<queryResult") != NULL ? 1
                                                                            : 0;
}

static void stop(NcmecReader *reader)
{
    XML_StopParser(reader->parser, XML_FALSE);
}

static uint64_t position_of(const NcmecReader *reader)
{
    XML_Index index = XML_GetCurrentByteIndex(reader->parser);
    return reader->start + (index >= 0 ? (uint64_t)index : reader->token_start);
}

// Behind the separator that expat puts between namespace and name.
static const char *local_name(const char *name)
{
    const char *separator = strrchr(name, '|');
    return separator != NULL ? separator + 1 : name;
}

static const char *attribute(const char *const *attributes, const char *name)
{
    for (size_t i = 0; attributes[i] != NULL; i += 2)
        if (strcmp(local_name(attributes[i]), name) == 0)
            return attributes[i + 1];
    return NULL;
}

static void refuse(NcmecReader *reader, uint64_t position, const char *reason)
{
    reader->values_refused = true;
    if (!list_emit_refused(reader->sink, position, reason, &reader->error))
        stop(reader);
}

static bool is_entry_element(const char *name, bool *ret_deleted, bool *ret_video)
{
    *ret_deleted = g_str_has_prefix(name, "deleted");
    *ret_video = strcmp(name, "video") == 0 || strcmp(name, "deletedVideo") == 0;
    return *ret_video || strcmp(name, "image") == 0 || strcmp(name, "deletedImage") == 0;
}

static void begin_entry(NcmecReader *reader, bool deleted, bool video)
{
    list_entry_clear(&reader->entry);
    reader->entry.action = deleted ? LIST_ENTRY_DELETED : LIST_ENTRY_PRESENT;
    reader->entry.is_video = video;
    reader->entry.position = position_of(reader);
    reader->entry_depth = reader->depth;
    reader->values_refused = false;
    memset(reader->feedback, 0, sizeof reader->feedback);
    g_string_truncate(reader->member_id, 0);
    g_string_truncate(reader->entry_id, 0);
    g_string_assign(reader->extra, "{");
}

static void count_declared(NcmecReader *reader, const char *const *attributes)
{
    const char *count = attribute(attributes, "count");
    uint64_t value;
    if (count != NULL && list_parse_uint(count, strlen(count), &value) &&
        !__builtin_add_overflow(reader->declared_count, value, &value))
        reader->declared_count = value;
}

// An element inside an entry.
static void begin_part(NcmecReader *reader, const char *name, const char *const *attributes)
{
    if (strcmp(name, "member") == 0 && reader->depth == reader->entry_depth + 1) {
        const char *id = attribute(attributes, "id");
        g_string_assign(reader->member_id, id != NULL ? id : "");
    } else if (strcmp(name, "fingerprints") == 0) {
        reader->fingerprints_depth = reader->depth;
    } else if (strcmp(name, "affirmativeFeedback") == 0) {
        reader->feedback[0]++;
    } else if (strcmp(name, "negativeFeedback") == 0) {
        reader->feedback[1]++;
    }
}

static void XMLCALL begin_element(void *user_data, const char *full_name, const char **attributes)
{
    NcmecReader *reader = user_data;
    const char *const *pairs = (const char *const *)attributes;
    const char *name = local_name(full_name);
    bool deleted, video;
    g_string_truncate(reader->text, 0);
    reader->text_too_long = false;
    if (reader->error != NULL)
        return;
    if (++reader->depth > LIMIT_LIST_DEPTH) {
        g_set_error(&reader->error, CLEW_ERROR, CLEW_ERROR_LIMIT,
                    "byte %" G_GUINT64_FORMAT ": elements are nested deeper than %u levels",
                    position_of(reader), LIMIT_LIST_DEPTH);
        stop(reader);
    } else if (reader->entry_depth > 0) {
        begin_part(reader, name, pairs);
    } else if (is_entry_element(name, &deleted, &video)) {
        begin_entry(reader, deleted, video);
    } else if (strcmp(name, "images") == 0 || strcmp(name, "videos") == 0) {
        count_declared(reader, pairs);
    }
}

static void XMLCALL character_data(void *user_data, const char *text, int length)
{
    NcmecReader *reader = user_data;
    if (reader->text->len + (size_t)length > LIMIT_LIST_TOKEN_BYTES)
        reader->text_too_long = true;
    else
        g_string_append_len(reader->text, text, length);
}

static void end_fingerprint(NcmecReader *reader, const char *name)
{
    const char *refused = reader->text_too_long
                              ? "the value is too long to be kept"
                              : list_add_named_hash(&reader->entry, name, strlen(name),
                                                    reader->text->str, reader->text->len);
    if (refused != NULL)
        refuse(reader, position_of(reader), refused);
}

// The text of a direct child of an entry.
static void end_part(NcmecReader *reader, const char *name)
{
    const GString *text = reader->text;
    if (strcmp(name, "id") == 0) {
        g_string_assign(reader->entry_id, text->str);
    } else if (strcmp(name, "classification") == 0) {
        list_text_set(&reader->entry.category, text->str, text->len);
    } else if (strcmp(name, "timestamp") == 0 && text->len > 0 && text->len <= 64) {
        json_copy_token(reader->extra,
                        &(JsonToken){.type = JSON_TOKEN_KEY, .text = name, .length = strlen(name)});
        json_copy_string(reader->extra, text->str, text->len);
    }
}

// What the members said of the entry counts as text for people; Clew does not vote for them.
static void keep_extra(NcmecReader *reader)
{
    static const char *const names[FEEDBACK_KINDS] = {"affirmativeFeedback", "negativeFeedback"};
    for (size_t i = 0; i < FEEDBACK_KINDS; i++)
        if (reader->feedback[i] > 0)
            g_string_append_printf(reader->extra, "%s\"%s\":%u", reader->extra->len > 1 ? "," : "",
                                   names[i], reader->feedback[i]);
    if (reader->extra->len > 1)
        reader->entry.extra_json = g_strdup_printf("%s}", reader->extra->str);
}

static void end_entry(NcmecReader *reader)
{
    reader->entry_depth = 0;
    if (reader->entry_id->len == 0) {
        refuse(reader, reader->entry.position, "the entry has no id");
        return;
    }
    g_autofree char *key = g_strdup_printf("%s/%s", reader->member_id->str, reader->entry_id->str);
    if (strlen(key) > LIMIT_LIST_TEXT) {
        refuse(reader, reader->entry.position, "the entry's id is too long");
        return;
    }
    list_text_set(&reader->entry.key, key, strlen(key));
    keep_extra(reader);
    if (!list_emit_entry(reader->sink, &reader->entry, reader->values_refused, &reader->error))
        stop(reader);
}

static void XMLCALL end_element(void *user_data, const char *full_name)
{
    NcmecReader *reader = user_data;
    const char *name = local_name(full_name);
    unsigned depth = reader->depth--;
    if (reader->error != NULL)
        return;
    if (depth == reader->entry_depth) {
        end_entry(reader);
    } else if (depth == reader->fingerprints_depth) {
        reader->fingerprints_depth = 0;
    } else if (reader->fingerprints_depth > 0 && depth == reader->fingerprints_depth + 1) {
        end_fingerprint(reader, name);
    } else if (reader->entry_depth > 0 && depth == reader->entry_depth + 1) {
        end_part(reader, name);
    } else if (strcmp(name, "next") == 0 && reader->text->len > 0) {
        reader->has_more = true;
    }
    g_string_truncate(reader->text, 0);
}

static void XMLCALL begin_doctype(void *user_data, const char *name, const char *system_id,
                                  const char *public_id, int has_internal_subset)
{
    NcmecReader *reader = user_data;
    if (reader->error == NULL)
        g_set_error(&reader->error, CLEW_ERROR, CLEW_ERROR_DENIED,
                    "byte %" G_GUINT64_FORMAT
                    ": the document declares a document type, which a hash list never needs",
                    position_of(reader));
    stop(reader);
}

static bool fail_parse(NcmecReader *reader, GError **err)
{
    if (reader->error != NULL) {
        g_propagate_error(err, g_steal_pointer(&reader->error));
        return false;
    }
    g_set_error(err, CLEW_ERROR, CLEW_ERROR_CORRUPT,
                "byte %" G_GUINT64_FORMAT ": expected well-formed XML but found: %s",
                position_of(reader), XML_ErrorString(XML_GetErrorCode(reader->parser)));
    return false;
}

// expat keeps a token that has begun until it ends; one that never does must not fill the memory.
// While it puts off looking at a long one again, it does not know where it stands.
static bool check_token(NcmecReader *reader, uint64_t fed, GError **err)
{
    XML_Index index = XML_GetCurrentByteIndex(reader->parser);
    if (index >= 0)
        reader->token_start = (uint64_t)index;
    if (fed - reader->token_start <= 2 * LIMIT_LIST_TOKEN_BYTES)
        return true;
    g_set_error(err, CLEW_ERROR, CLEW_ERROR_LIMIT,
                "byte %" G_GUINT64_FORMAT ": a tag or comment is longer than %u bytes",
                position_of(reader), 2 * LIMIT_LIST_TOKEN_BYTES);
    return false;
}

static bool feed(NcmecReader *reader, const ListSource *source, GError **err)
{
    ListInput input;
    bool ok = list_input_init(&input, source, err);
    uint64_t fed = 0;
    reader->start = list_input_offset(&input);
    while (ok) {
        size_t size_bytes = input.end - input.position;
        bool is_final = size_bytes == 0 && input.at_end;
        const char *bytes = (const char *)input.buffer + input.position;
        if (XML_Parse(reader->parser, bytes, (int)size_bytes, is_final) != XML_STATUS_OK)
            ok = fail_parse(reader, err);
        fed += size_bytes;
        input.position = input.end;
        if (is_final || !ok)
            break;
        ok = check_token(reader, fed, err) && list_input_more(&input, err);
    }
    list_input_clear(&input);
    return ok;
}

static bool tell_end(const NcmecReader *reader, GError **err)
{
    ListHeader header = {
        .description = reader->has_more ? "NCMEC hash sharing v2, of which more pages exist"
                                        : "NCMEC hash sharing v2",
        .scheme = "ncmec",
        .declared_count = reader->declared_count,
    };
    return list_emit_header(reader->sink, &header, err);
}

static bool read_list(const ListSource *source, const ListReadOptions *options,
                      const ListSink *sink, GError **err)
{
    NcmecReader reader = {
        .sink = sink,
        .parser = XML_ParserCreateNS(NULL, '|'),
        .text = g_string_new(NULL),
        .member_id = g_string_new(NULL),
        .entry_id = g_string_new(NULL),
        .extra = g_string_new(NULL),
    };
    list_entry_init(&reader.entry);
    XML_SetUserData(reader.parser, &reader);
    XML_SetElementHandler(reader.parser, begin_element, end_element);
    XML_SetCharacterDataHandler(reader.parser, character_data);
    XML_SetStartDoctypeDeclHandler(reader.parser, begin_doctype);

    bool ok = tell_end(&reader, err) && feed(&reader, source, err) && tell_end(&reader, err);

    XML_ParserFree(reader.parser);
    g_clear_error(&reader.error);
    list_entry_clear(&reader.entry);
    g_string_free(reader.text, TRUE);
    g_string_free(reader.member_id, TRUE);
    g_string_free(reader.entry_id, TRUE);
    g_string_free(reader.extra, TRUE);
    return ok;
}

const ListFormat list_format_ncmec = {
    .name = "ncmec",
    .summary = "NCMEC hash-sharing XML, version 2",
    .position_unit = "byte",
    .recognise = recognise,
    .read = read_list,
};
