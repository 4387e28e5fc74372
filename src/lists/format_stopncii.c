// SPDX-License-Identifier: Apache-2.0
//
// StopNCII pages, one or several behind one another:
//   {"count": 2, "nextPageToken": "…", "hasMoreRecords": false, "hashRecords": [
//     {"lastModtimestamp": 1, "signalType": "ImagePDQ", "hashValue": "…", "hashStatus": "Active",
//      "caseNumbers": {…}, "CSPFeedbacks": […]}]}
// Records have no id: the hash is the identity. Withdrawn and Deleted ask to take it out again.
#include "lists/formats.h"

#include <string.h>

#include "base/limits.h"
#include "lists/json_copy.h"
#include "lists/json_tokenizer.h"
#include "lists/list_emit.h"

typedef struct {
    JsonTokenizer json;
    const ListSink *sink;
    uint64_t declared_count;
    bool has_more;
} StopnciiReader;

// One record while it is read; texts owned.
typedef struct {
    char *signal, *value, *status;
    GString *extra;
    bool too_large; // a member was not kept
} Record;

static int recognise(const uint8_t *bytes, size_t size_bytes)
{
    const char *text = (const char *)bytes;
    return g_strstr_len(text, (gssize)size_bytes, "\"hashRecords\"") != NULL        ? 2
           : g_strstr_len(text, (gssize)size_bytes, "\"nextSetTimestamp\"") != NULL ? 1
                                                                                    : 0;
}

// NULL when done, else why the record is refused.
static const char *add_signal(ListEntry *entry, const Record *record)
{
    static const struct {
        const char *name;
        HashType type;
        bool is_video;
    } signals[] = {
        {"ImagePDQ", HASH_PDQ, false},
        {"VideoMD5", HASH_MD5, true},
        {"ImageMD5", HASH_MD5, false},
        {"VideoTMK", HASH_TMK_PDQF, true},
    };
    if (record->signal == NULL || record->value == NULL)
        return "a record without a signal type or a hash value";
    for (size_t i = 0; i < G_N_ELEMENTS(signals); i++) {
        if (strcmp(signals[i].name, record->signal) != 0)
            continue;
        entry->is_video = signals[i].is_video;
        return list_add_hash(entry, signals[i].type, record->value, strlen(record->value));
    }
    return "a signal type that is no hash of media";
}

static const char *set_action(ListEntry *entry, const Record *record)
{
    const char *status = record->status;
    if (status == NULL || strcmp(status, "Received") == 0 || strcmp(status, "Active") == 0)
        return NULL;
    if (strcmp(status, "Withdrawn") != 0 && strcmp(status, "Deleted") != 0)
        return "a hash status that is not known";
    entry->action = LIST_ENTRY_DELETED;
    return NULL;
}

static bool emit(StopnciiReader *reader, Record *record, uint64_t position, GError **err)
{
    ListEntry entry;
    list_entry_init(&entry);
    entry.position = position;
    const char *refused = add_signal(&entry, record);
    if (refused == NULL)
        refused = set_action(&entry, record);
    if (record->extra->len > 1)
        entry.extra_json = g_strdup_printf("%s}", record->extra->str);
    bool ok = refused != NULL ? list_emit_refused(reader->sink, position, refused, err)
                              : list_emit_entry(reader->sink, &entry, false, err);
    if (ok && record->too_large)
        ok = list_emit_refused(reader->sink, position, "a member too large to be kept", err);
    list_entry_clear(&entry);
    return ok;
}

static bool read_member(StopnciiReader *reader, Record *record, const JsonToken *key, GError **err)
{
    char **target = json_token_is(key, "signalType")   ? &record->signal
                    : json_token_is(key, "hashValue")  ? &record->value
                    : json_token_is(key, "hashStatus") ? &record->status
                                                       : NULL;
    size_t before = record->extra->len;
    json_copy_token(record->extra, key);
    JsonToken value;
    if (!json_tokenizer_next(&reader->json, &value, err))
        return false;
    if (target != NULL) {
        g_string_truncate(record->extra, before);
        if (value.type == JSON_TOKEN_STRING && !value.too_long) {
            g_free(*target);
            *target = g_strndup(value.text, value.length);
        }
        return json_tokenizer_skip(&reader->json, &value, err);
    }
    bool kept;
    if (!json_copy_value(&reader->json, &value, record->extra, LIMIT_LIST_EXTRA_BYTES - 1, &kept,
                         err))
        return false;
    record->too_large |= !kept;
    if (!kept)
        g_string_truncate(record->extra, before);
    return true;
}

static bool read_record(StopnciiReader *reader, const JsonToken *begin, GError **err)
{
    Record record = {.extra = g_string_new("{")};
    JsonToken key;
    bool ok;
    while ((ok = json_tokenizer_next(&reader->json, &key, err)) &&
           key.type != JSON_TOKEN_END_OBJECT)
        if (!(ok = read_member(reader, &record, &key, err)))
            break;
    ok = ok && emit(reader, &record, begin->offset, err);
    g_free(record.signal);
    g_free(record.value);
    g_free(record.status);
    g_string_free(record.extra, TRUE);
    return ok;
}

static bool read_records(StopnciiReader *reader, const JsonToken *value, GError **err)
{
    if (value->type != JSON_TOKEN_BEGIN_ARRAY)
        return json_token_unexpected(value, "a list as \"hashRecords\"", err);
    for (;;) {
        JsonToken element;
        if (!json_tokenizer_next(&reader->json, &element, err))
            return false;
        if (element.type == JSON_TOKEN_END_ARRAY)
            return true;
        bool is_object = element.type == JSON_TOKEN_BEGIN_OBJECT;
        if (!(is_object ? read_record(reader, &element, err)
                        : json_tokenizer_skip(&reader->json, &element, err) &&
                              list_emit_refused(reader->sink, element.offset,
                                                "an entry that is not an object", err)))
            return false;
    }
}

static bool read_page_member(StopnciiReader *reader, const JsonToken *key, GError **err)
{
    bool is_records = json_token_is(key, "hashRecords");
    bool is_count = json_token_is(key, "count");
    bool is_more = json_token_is(key, "hasMoreRecords");
    JsonToken value;
    uint64_t count;
    if (!json_tokenizer_next(&reader->json, &value, err))
        return false;
    if (is_records)
        return read_records(reader, &value, err);
    if (is_count && value.type == JSON_TOKEN_NUMBER &&
        list_parse_uint(value.text, value.length, &count) &&
        !__builtin_add_overflow(reader->declared_count, count, &count))
        reader->declared_count = count;
    if (is_more)
        reader->has_more = value.type == JSON_TOKEN_TRUE;
    return json_tokenizer_skip(&reader->json, &value, err);
}

static bool read_pages(StopnciiReader *reader, GError **err)
{
    JsonToken token;
    for (bool first = true;; first = false) {
        if (!json_tokenizer_next(&reader->json, &token, err))
            return false;
        if (token.type == JSON_TOKEN_END && !first)
            return true;
        if (token.type != JSON_TOKEN_BEGIN_OBJECT)
            return json_token_unexpected(&token, "'{' at the start of a page", err);
        for (;;) {
            if (!json_tokenizer_next(&reader->json, &token, err))
                return false;
            if (token.type == JSON_TOKEN_END_OBJECT)
                break;
            if (!read_page_member(reader, &token, err))
                return false;
        }
    }
}

static bool tell_end(const StopnciiReader *reader, GError **err)
{
    ListHeader header = {
        .description = reader->has_more ? "StopNCII, of which more pages exist" : "StopNCII",
        .declared_count = reader->declared_count,
    };
    return list_emit_header(reader->sink, &header, err);
}

static bool read_list(const ListSource *source, const ListReadOptions *options,
                      const ListSink *sink, GError **err)
{
    ListInput input;
    StopnciiReader reader = {.sink = sink};
    json_tokenizer_init(&reader.json, &input);
    reader.json.many = true;
    bool ok = list_input_init(&input, source, err) &&
              list_emit_header(sink, &(ListHeader){.description = "StopNCII"}, err) &&
              read_pages(&reader, err) && tell_end(&reader, err);
    list_input_clear(&input);
    return ok;
}

const ListFormat list_format_stopncii = {
    .name = "stopncii",
    .summary = "StopNCII JSON pages",
    .position_unit = "byte",
    .recognise = recognise,
    .read = read_list,
};
