// SPDX-License-Identifier: Apache-2.0
//
// VICS 2.0 hash set: a flat list of Media, digests in capitals as real hash sets have them. MD5 is
// the key, so an entry without one is left out. Members that came with the entry and mean nothing
// to Clew are written back.
#include "lists/list_writer_format.h"

#include <string.h>

#include "base/json_writer.h"
#include "lists/json_copy.h"
#include "lists/text_source.h"
#include "lists/vics_json.h"

// Members this writer writes itself; they are not written again from extra_json.
static const char *const own_members[] = {
    "MediaID",
    "MD5",
    "SHA1",
    "PhotoDNA",
    "Category",
    "VictimIdentified",
    "MediaSize",
    "Comments",
    "AlternativeHashes",
    "RelativeFilePath",
    "IsDistributed",
    "IsPrecategorized",
    "OffenderIdentified",
};

static void begin(ListWriter *writer)
{
    g_string_append(writer->text,
                    "{\"@odata.context\":\"http://github.com/VICSDATAMODEL/ProjectVic/DataModels/"
                    "2.0.xml/Default/$metadata#Media\",\"value\":[");
}

static void end(ListWriter *writer)
{
    g_string_append(writer->text, "\n]}\n");
}

static void write_tristate(JsonWriter *json, const char *name, int value)
{
    if (value >= 0)
        json_write_member_bool(json, name, value != 0);
}

static void write_digest(JsonWriter *json, const char *name, const ListHash *hash)
{
    if (hash == NULL)
        return;
    g_autoptr(GString) hex = g_string_new(NULL);
    list_append_hex(hex, hash, true);
    json_write_member_string(json, name, hex->str);
}

// "name:value" of types that are known by name only.
static void write_other_hash(JsonWriter *json, const char *text)
{
    const char *colon = strchr(text, ':');
    g_autofree char *name = colon != NULL ? g_strndup(text, (size_t)(colon - text)) : g_strdup("");
    vics_write_alternative_hash(json, name, colon != NULL ? colon + 1 : text);
}

// Names are the key within one entry: the second hash of a type is called "PDQ_2".
static char *alternative_name(HashType type, unsigned number)
{
    const char *name = type == HASH_SHA256     ? "SHA256"
                       : type == HASH_PDQ      ? "PDQ"
                       : type == HASH_TMK_PDQF ? "TMK_PDQF"
                                               : "PhotoDNA";
    return number == 1 ? g_strdup(name) : g_strdup_printf("%s_%u", name, number);
}

static void write_alternative(JsonWriter *json, const ListHash *hash, unsigned number)
{
    if (hash->type == HASH_OTHER) {
        write_other_hash(json, hash->text);
        return;
    }
    g_autofree char *name = alternative_name(hash->type, number);
    g_autoptr(GString) hex = g_string_new(NULL);
    if (hash->type < HASH_COMPUTABLE_COUNT)
        list_append_hex(hex, hash, false);
    vics_write_alternative_hash(json, name, hash->text != NULL ? hash->text : hex->str);
}

// Hashes beyond the ones that have members of their own.
static void write_alternative_hashes(JsonWriter *json, const ListEntry *entry)
{
    unsigned numbers[HASH_TYPE_COUNT] = {0};
    bool any = false;
    for (size_t i = 0; i < entry->hash_count; i++) {
        const ListHash *hash = &entry->hashes[i];
        unsigned number = ++numbers[hash->type];
        bool has_member = hash->type == HASH_MD5 || hash->type == HASH_SHA1 ||
                          (hash->type == HASH_PHOTODNA && number == 1);
        if (has_member)
            continue;
        if (!any) {
            json_write_key(json, "AlternativeHashes");
            json_write_begin_array(json);
            any = true;
        }
        write_alternative(json, hash, number);
    }
    if (any)
        json_write_end_array(json);
}

static bool is_own_member(const ListEntry *entry, const JsonToken *key)
{
    for (size_t i = 0; i < G_N_ELEMENTS(own_members); i++)
        if (json_token_is(key, own_members[i]))
            return strcmp(own_members[i], "Comments") != 0 || entry->comment != NULL;
    return false;
}

typedef struct {
    bool series, segments;
} ExtraMembers;

// Writes back what came with the entry; says whether that held these.
static void write_extra(JsonWriter *json, const ListEntry *entry, ExtraMembers *ret_held)
{
    TextSource source;
    JsonTokenizer tokenizer;
    JsonToken key, value;
    g_autoptr(GString) copy = g_string_new(NULL);
    bool kept = false;
    bool ok = text_source_open(&source, entry->extra_json, &tokenizer) &&
              json_tokenizer_next(&tokenizer, &key, NULL) && key.type == JSON_TOKEN_BEGIN_OBJECT;
    while (ok && json_tokenizer_next(&tokenizer, &key, NULL) && key.type == JSON_TOKEN_KEY) {
        bool own = is_own_member(entry, &key);
        bool is_series = json_token_is(&key, "Series");
        bool is_segments = json_token_is(&key, "Segments");
        g_autofree char *name = g_strndup(key.text, key.length);
        g_string_truncate(copy, 0);
        ok = json_tokenizer_next(&tokenizer, &value, NULL) &&
             json_copy_value(&tokenizer, &value, copy, SIZE_MAX, &kept, NULL);
        if (!ok || own || !kept)
            continue;
        json_write_key(json, name);
        json_write_raw(json, copy->str, copy->len);
        ret_held->series = ret_held->series || is_series;
        ret_held->segments = ret_held->segments || is_segments;
    }
    text_source_close(&source);
}

static void write_time(JsonWriter *json, const char *name, double seconds)
{
    uint64_t milliseconds = (uint64_t)(seconds * 1000 + 0.5);
    uint64_t whole = milliseconds / 1000;
    g_autofree char *text = g_strdup_printf("%02" G_GUINT64_FORMAT ":%02u:%02u.%03u", whole / 3600,
                                            (unsigned)(whole / 60 % 60), (unsigned)(whole % 60),
                                            (unsigned)(milliseconds % 1000));
    json_write_member_string(json, name, text);
}

// Those that did not come with the entry as VICS has them.
static void write_segments(ListWriter *writer, JsonWriter *json, const ListEntry *entry)
{
    json_write_key(json, "Segments");
    json_write_begin_array(json);
    for (size_t i = 0; i < entry->segment_count; i++) {
        const ListSegment *segment = &entry->segments[i];
        unsigned number;
        bool fits = vics_category(writer->facts.scheme, segment->category, &number);
        json_write_begin_object(json);
        write_digest(json, "MD5", list_entry_first(entry, HASH_MD5));
        json_write_member_uint(json, "SegmentIndex", i + 1);
        write_time(json, "Start", segment->from);
        write_time(json, "End", segment->to);
        if (fits)
            json_write_member_uint(json, "Category", number);
        writer->left_out.categories += segment->category != NULL && !fits;
        json_write_end_object(json);
    }
    json_write_end_array(json);
}

// A path that a reader may join to its folder; VICS has backslashes in it.
static void write_relative_path(JsonWriter *json, const ListEntry *entry)
{
    const char *name = entry->name;
    if (name == NULL || name[0] == '/' || name[0] == '\\' || strstr(name, "..") != NULL ||
        strchr(name, ':') != NULL)
        return;
    g_autofree char *path = g_strdelimit(g_strdup(name), "/", '\\');
    json_write_member_string(json, "RelativeFilePath", path);
}

static void write_category(ListWriter *writer, JsonWriter *json, const ListEntry *entry)
{
    unsigned number;
    bool fits = vics_category(writer->facts.scheme, entry->category, &number);
    if (fits)
        json_write_member_uint(json, "Category", number);
    writer->left_out.categories += entry->category != NULL && !fits;
    json_write_member_bool(json, "IsPrecategorized", fits);
}

static bool write_entry(ListWriter *writer, const ListEntry *entry)
{
    const ListHash *md5 = list_entry_first(entry, HASH_MD5);
    const ListHash *photodna = list_entry_first(entry, HASH_PHOTODNA);
    ExtraMembers held = {0};
    if (md5 == NULL)
        return false;
    JsonWriter json;
    g_string_append(writer->text, writer->written > 0 ? ",\n" : "\n");
    json_writer_init(&json, writer->text);
    json_write_begin_object(&json);
    json_write_member_uint(&json, "MediaID", writer->written + 1);
    write_digest(&json, "MD5", md5);
    write_digest(&json, "SHA1", list_entry_first(entry, HASH_SHA1));
    if (photodna != NULL)
        json_write_member_string(&json, "PhotoDNA", photodna->text);
    write_alternative_hashes(&json, entry);
    write_category(writer, &json, entry);
    if (entry->has_size)
        json_write_member_uint(&json, "MediaSize", entry->size_bytes);
    write_tristate(&json, "VictimIdentified", entry->victim_identified);
    write_tristate(&json, "OffenderIdentified", entry->offender_identified);
    write_tristate(&json, "IsDistributed", entry->distributed);
    write_relative_path(&json, entry);
    if (entry->comment != NULL)
        json_write_member_string(&json, "Comments", entry->comment);
    if (entry->extra_json != NULL)
        write_extra(&json, entry, &held);
    if (entry->segment_count > 0 && !held.segments)
        write_segments(writer, &json, entry);
    if (entry->series != NULL && !held.series)
        json_write_member_string(&json, "Series", entry->series);
    json_write_end_object(&json);
    return true;
}

const ListWriterFormat list_writer_vics = {
    .name = "vics",
    .summary = "Project VIC VICS 2.0 hash set",
    .has_segments = true,
    .begin = begin,
    .entry = write_entry,
    .end = end,
};
