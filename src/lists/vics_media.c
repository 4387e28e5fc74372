// SPDX-License-Identifier: Apache-2.0
#include "lists/vics_media.h"

#include <string.h>

#include "base/limits.h"
#include "lists/json_copy.h"
#include "lists/list_date.h"
#include "lists/list_emit.h"
#include "lists/vics_segments.h"

// One object while it is read.
typedef struct {
    VicsReader *reader;
    ListEntry entry;
    GString *extra;      // "{" and members; never NULL
    uint64_t seen;       // bit per row of `members`
    bool has_file_name;  // entry.name came from RelativeFilePath
    bool values_refused; // reasons were told one by one
    const char *refused; // why the whole entry is refused, or NULL
    bool is_case;        // it held a CaseID or an array of Media
    VicsSegments segments;
} Media;

typedef bool (*MemberReader)(Media *media, const JsonToken *value, GError **err);

static bool refuse_value(Media *media, const JsonToken *value, const char *reason, GError **err)
{
    media->values_refused = true;
    return list_emit_refused(media->reader->sink, value->offset, reason, err);
}

// A value of a kind that the member cannot have.
static bool refuse_kind(Media *media, const JsonToken *value, const char *reason, GError **err)
{
    return json_tokenizer_skip(&media->reader->json, value, err) &&
           refuse_value(media, value, reason, err);
}

static bool is_absent(const JsonToken *value)
{
    return value->type == JSON_TOKEN_NULL ||
           (value->type == JSON_TOKEN_STRING && value->length == 0 && !value->too_long);
}

static bool is_scalar(const JsonToken *value)
{
    return value->type >= JSON_TOKEN_STRING && !value->too_long;
}

static bool add_hash(Media *media, HashType type, const JsonToken *value, GError **err)
{
    if (is_absent(value))
        return true;
    if (value->type != JSON_TOKEN_STRING || value->too_long)
        return refuse_kind(media, value, "a hash that is not text", err);
    const char *refused = list_add_hash(&media->entry, type, value->text, value->length);
    return refused == NULL || refuse_value(media, value, refused, err);
}

static bool read_md5(Media *media, const JsonToken *value, GError **err)
{
    return add_hash(media, HASH_MD5, value, err);
}

static bool read_sha1(Media *media, const JsonToken *value, GError **err)
{
    return add_hash(media, HASH_SHA1, value, err);
}

static bool read_photodna(Media *media, const JsonToken *value, GError **err)
{
    return add_hash(media, HASH_PHOTODNA, value, err);
}

static bool read_category(Media *media, const JsonToken *value, GError **err)
{
    uint64_t number;
    if (is_absent(value))
        return true;
    if (value->type != JSON_TOKEN_NUMBER && value->type != JSON_TOKEN_STRING)
        return refuse_kind(media, value, "Category is neither a number nor text", err);
    if (value->type == JSON_TOKEN_NUMBER &&
        (!list_parse_uint(value->text, value->length, &number) || number > UINT8_MAX))
        return refuse_value(media, value, "Category is not a number from 0 to 255", err);
    if (value->length > LIMIT_LIST_TEXT || value->too_long)
        return refuse_value(media, value, "Category is too long", err);
    list_text_set(&media->entry.category, value->text, value->length);
    return true;
}

// true, false, "true", "False", 0, 1, null: real lists have them all.
static bool read_tristate(Media *media, const JsonToken *value, int *field, GError **err)
{
    if (is_absent(value))
        return true;
    int state = value->type == JSON_TOKEN_TRUE    ? 1
                : value->type == JSON_TOKEN_FALSE ? 0
                : is_scalar(value)                ? list_tristate(value->text, value->length)
                                                  : -1;
    if (state < 0)
        return refuse_kind(media, value, "a value that is neither true nor false", err);
    *field = state;
    return true;
}

static bool read_victim(Media *media, const JsonToken *value, GError **err)
{
    return read_tristate(media, value, &media->entry.victim_identified, err);
}

static bool read_offender(Media *media, const JsonToken *value, GError **err)
{
    return read_tristate(media, value, &media->entry.offender_identified, err);
}

static bool read_distributed(Media *media, const JsonToken *value, GError **err)
{
    return read_tristate(media, value, &media->entry.distributed, err);
}

static bool read_size(Media *media, const JsonToken *value, GError **err)
{
    uint64_t size_bytes;
    if (is_absent(value))
        return true;
    bool usable = (value->type == JSON_TOKEN_NUMBER || value->type == JSON_TOKEN_STRING) &&
                  list_parse_uint(value->text, value->length, &size_bytes);
    if (!usable)
        return refuse_kind(media, value, "MediaSize is not a number of bytes", err);
    media->entry.has_size = true;
    media->entry.size_bytes = size_bytes;
    return true;
}

// Appends the value whose name stands at the end of what is kept already, from `before` on. One
// that is too large is passed over, its name taken back, and that is said.
static bool keep_value(Media *media, size_t before, const JsonToken *value, GError **err)
{
    bool kept;
    if (!json_copy_value(&media->reader->json, value, media->extra, LIMIT_LIST_EXTRA_BYTES - 1,
                         &kept, err))
        return false;
    if (kept)
        return true;
    g_string_truncate(media->extra, before);
    return refuse_value(media, value, "a member too large to be kept", err);
}

// Appends a member to what is kept as it came.
static bool keep_member(Media *media, const char *name, size_t name_length, const JsonToken *value,
                        GError **err)
{
    size_t before = media->extra->len;
    json_copy_token(media->extra,
                    &(JsonToken){.type = JSON_TOKEN_KEY, .text = name, .length = name_length});
    return keep_value(media, before, value, err);
}

static bool read_comments(Media *media, const JsonToken *value, GError **err)
{
    if (value->type != JSON_TOKEN_STRING || value->too_long || value->length > LIMIT_LIST_TEXT)
        return keep_member(media, "Comments", strlen("Comments"), value, err);
    list_text_set(&media->entry.comment, value->text, value->length);
    return true;
}

// Behind an opened object or array: every token is kept in extra_json while `see` looks at it with
// the name of the member it is the value of ("" in arrays).
typedef void (*TokenObserver)(Media *media, const char *name, const JsonToken *value);

static bool keep_observed(Media *media, const char *member, const JsonToken *value,
                          TokenObserver see, GError **err)
{
    JsonTokenizer *json = &media->reader->json;
    GString *extra = media->extra;
    size_t before = extra->len;
    unsigned outside = json->depth - 1;
    char name[32] = "";
    bool kept = true;
    JsonToken token = *value;
    json_copy_token(extra,
                    &(JsonToken){.type = JSON_TOKEN_KEY, .text = member, .length = strlen(member)});
    for (;;) {
        kept = kept && !token.too_long && extra->len + token.length < LIMIT_LIST_EXTRA_BYTES;
        if (kept)
            json_copy_token(extra, &token);
        if (json->depth <= outside)
            break;
        if (!json_tokenizer_next(json, &token, err))
            return false;
        if (token.type == JSON_TOKEN_KEY && token.length < sizeof name) {
            memcpy(name, token.text, token.length);
            name[token.length] = '\0';
        } else if (token.type != JSON_TOKEN_KEY) {
            see(media, name, &token);
        } else {
            name[0] = '\0';
        }
    }
    if (kept && extra->len < LIMIT_LIST_EXTRA_BYTES)
        return true;
    g_string_truncate(extra, before);
    return refuse_value(media, value, "a member too large to be kept", err);
}

static void append_series(Media *media, const char *text, size_t length)
{
    g_autofree char *name = list_text_new(text, length);
    if (name == NULL)
        return;
    char *before = media->entry.series;
    g_autofree char *both = before != NULL ? g_strdup_printf("%s; %s", before, name) : NULL;
    list_text_set(&media->entry.series, both != NULL ? both : name,
                  strlen(both != NULL ? both : name));
}

static void see_series(Media *media, const char *name, const JsonToken *value)
{
    bool names_it = name[0] == '\0' || g_ascii_strcasecmp(name, "Name") == 0;
    if (value->type == JSON_TOKEN_STRING && names_it)
        append_series(media, value->text, value->length);
}

// "name", {"Name": "name", …} or a list of either.
static bool read_series(Media *media, const JsonToken *value, GError **err)
{
    if (value->type == JSON_TOKEN_BEGIN_OBJECT || value->type == JSON_TOKEN_BEGIN_ARRAY)
        return keep_observed(media, "Series", value, see_series, err);
    if (is_absent(value))
        return true;
    if (!is_scalar(value))
        return refuse_kind(media, value, "Series is too long", err);
    list_text_set(&media->entry.series, value->text, value->length);
    return true;
}

// The path with "/" between its parts. NULL when it is absolute, names a drive or climbs out.
static char *normalise_path(const char *text, size_t length)
{
    g_autofree char *path = list_text_new(text, length);
    if (path == NULL || length > LIMIT_LIST_TEXT)
        return NULL;
    g_strdelimit(path, "\\", '/');
    if (path[0] == '/' || (g_ascii_isalpha(path[0]) && path[1] == ':'))
        return NULL;
    g_auto(GStrv) parts = g_strsplit(path, "/", -1);
    for (size_t i = 0; parts[i] != NULL; i++)
        if (strcmp(parts[i], "..") == 0)
            return NULL;
    return g_steal_pointer(&path);
}

static bool read_relative_path(Media *media, const JsonToken *value, GError **err)
{
    if (is_absent(value))
        return true;
    char *path = value->type == JSON_TOKEN_STRING && !value->too_long
                     ? normalise_path(value->text, value->length)
                     : NULL;
    if (path == NULL)
        return refuse_kind(media, value, "RelativeFilePath leaves its folder or is no path", err);
    g_free(media->entry.name);
    media->entry.name = path;
    media->has_file_name = true;
    return true;
}

static void see_media_file(Media *media, const char *name, const JsonToken *value)
{
    if (media->entry.name == NULL && value->type == JSON_TOKEN_STRING &&
        strcmp(name, "FileName") == 0)
        list_text_set(&media->entry.name, value->text, value->length);
}

static bool read_media_files(Media *media, const JsonToken *value, GError **err)
{
    if (value->type != JSON_TOKEN_BEGIN_ARRAY)
        return keep_member(media, "MediaFiles", strlen("MediaFiles"), value, err);
    return keep_observed(media, "MediaFiles", value, see_media_file, err);
}

static bool read_mime_type(Media *media, const JsonToken *value, GError **err)
{
    media->entry.is_video = value->type == JSON_TOKEN_STRING && value->length >= 6 &&
                            g_ascii_strncasecmp(value->text, "video/", 6) == 0;
    return keep_member(media, "MimeType", strlen("MimeType"), value, err);
}

static void see_segment(Media *media, const char *name, const JsonToken *value)
{
    vics_segments_see(&media->segments, name, value);
}

static bool read_segments(Media *media, const JsonToken *value, GError **err)
{
    if (value->type != JSON_TOKEN_BEGIN_ARRAY)
        return keep_member(media, "Segments", strlen("Segments"), value, err);
    JsonToken array = *value;
    if (!keep_observed(media, "Segments", value, see_segment, err))
        return false;
    if (media->segments.not_understood &&
        !refuse_value(media, &array, "a segment whose times are not understood", err))
        return false;
    return !media->segments.too_many ||
           refuse_value(media, &array, "more segments than one entry may have", err);
}

// When all members are known: the MD5 may stand behind the segments.
static bool finish_segments(Media *media, GError **err)
{
    if (vics_segments_finish(&media->segments, &media->entry))
        return true;
    media->values_refused = true;
    return list_emit_refused(media->reader->sink, media->entry.position,
                             "a segment of another media", err);
}

static bool read_date_updated(Media *media, const JsonToken *value, GError **err)
{
    JsonToken date = *value;
    g_autofree char *strict = value->type == JSON_TOKEN_STRING && !value->too_long
                                  ? list_date_normalise(value->text, value->length)
                                  : NULL;
    if (strict != NULL) {
        date.text = strict;
        date.length = strlen(strict);
    }
    return keep_member(media, "DateUpdated", strlen("DateUpdated"), &date, err);
}

static bool skip_member(Media *media, const JsonToken *value, GError **err)
{
    return json_tokenizer_skip(&media->reader->json, value, err);
}

// {"HashName": "SHA256", "HashValue": "…"}; the brace is read.
static bool read_alternative_hash(Media *media, const JsonToken *begin, GError **err)
{
    JsonTokenizer *json = &media->reader->json;
    g_autofree char *name = NULL;
    g_autofree char *hash = NULL;
    JsonToken key, value;
    for (;;) {
        if (!json_tokenizer_next(json, &key, err))
            return false;
        if (key.type == JSON_TOKEN_END_OBJECT)
            break;
        bool is_name = json_token_is(&key, "HashName");
        bool is_value = json_token_is(&key, "HashValue");
        if (!json_tokenizer_next(json, &value, err) || !json_tokenizer_skip(json, &value, err))
            return false;
        if ((is_name || is_value) && value.type == JSON_TOKEN_STRING && !value.too_long) {
            char **target = is_name ? &name : &hash;
            g_free(*target);
            *target = g_strndup(value.text, value.length);
        }
    }
    if (hash == NULL || hash[0] == '\0')
        return true;
    const char *refused = list_add_named_hash(&media->entry, name != NULL ? name : "",
                                              name != NULL ? strlen(name) : 0, hash, strlen(hash));
    return refused == NULL || refuse_value(media, begin, refused, err);
}

static bool read_alternative_hashes(Media *media, const JsonToken *value, GError **err)
{
    if (is_absent(value))
        return true;
    if (value->type != JSON_TOKEN_BEGIN_ARRAY)
        return refuse_kind(media, value, "AlternativeHashes is not a list", err);
    for (;;) {
        JsonToken element;
        if (!json_tokenizer_next(&media->reader->json, &element, err))
            return false;
        if (element.type == JSON_TOKEN_END_ARRAY)
            return true;
        if (!(element.type == JSON_TOKEN_BEGIN_OBJECT
                  ? read_alternative_hash(media, &element, err)
                  : refuse_kind(media, &element, "an alternative hash is not an object", err)))
            return false;
    }
}

// Says that this may be a Case; one without Media is no entry that lacks a hash.
static bool read_case_id(Media *media, const JsonToken *value, GError **err)
{
    media->is_case = true;
    return keep_member(media, "CaseID", strlen("CaseID"), value, err);
}

// A Media array makes this object a Case.
static bool read_case_media(Media *media, const JsonToken *value, GError **err)
{
    if (value->type != JSON_TOKEN_BEGIN_ARRAY)
        return keep_member(media, "Media", strlen("Media"), value, err);
    media->is_case = true;
    for (;;) {
        JsonToken element;
        if (!json_tokenizer_next(&media->reader->json, &element, err))
            return false;
        if (element.type == JSON_TOKEN_END_ARRAY)
            return true;
        if (!(element.type == JSON_TOKEN_BEGIN_OBJECT
                  ? vics_media_read(media->reader, &element, err)
                  : refuse_kind(media, &element, "an entry that is not an object", err)))
            return false;
    }
}

static const struct {
    const char *name;
    MemberReader read;
} members[] = {
    {"MD5", read_md5},
    {"SHA1", read_sha1},
    {"PhotoDNA", read_photodna},
    {"AlternativeHashes", read_alternative_hashes},
    {"Category", read_category},
    {"Series", read_series},
    {"VictimIdentified", read_victim},
    {"OffenderIdentified", read_offender},
    {"IsDistributed", read_distributed},
    {"MediaSize", read_size},
    {"RelativeFilePath", read_relative_path},
    {"MediaFiles", read_media_files},
    {"MimeType", read_mime_type},
    {"Segments", read_segments},
    {"Comments", read_comments},
    {"DateUpdated", read_date_updated},
    {"Miniature", skip_member},
    {"CaseID", read_case_id},
    {"Media", read_case_media},
};

_Static_assert(G_N_ELEMENTS(members) <= 64, "one bit a row in Media.seen");

// Row of the member a key names, or -1.
static int find_member(const JsonToken *key)
{
    for (size_t i = 0; i < G_N_ELEMENTS(members); i++)
        if (members[i].name[0] == (key->length > 0 ? key->text[0] : '\0') &&
            json_token_is(key, members[i].name))
            return (int)i;
    return -1;
}

static bool read_unknown(Media *media, const JsonToken *key, GError **err)
{
    JsonToken value;
    size_t before = media->extra->len;
    bool fits = !key->too_long && before + key->length < LIMIT_LIST_EXTRA_BYTES;
    if (fits)
        json_copy_token(media->extra, key);
    if (!json_tokenizer_next(&media->reader->json, &value, err))
        return false;
    return fits ? keep_value(media, before, &value, err)
                : refuse_kind(media, &value, "a member too large to be kept", err);
}

static bool read_member(Media *media, const JsonToken *key, GError **err)
{
    int row = find_member(key);
    if (row < 0)
        return read_unknown(media, key, err);
    JsonToken value;
    if (!json_tokenizer_next(&media->reader->json, &value, err))
        return false;
    if (media->seen >> row & 1) {
        // Two programs could read two different entries out of this one.
        media->refused = "a member is given twice";
        return json_tokenizer_skip(&media->reader->json, &value, err);
    }
    media->seen |= (uint64_t)1 << row;
    return members[row].read(media, &value, err);
}

static const uint8_t *md5_of(const ListEntry *entry)
{
    for (size_t i = 0; i < entry->hash_count; i++)
        if (entry->hashes[i].type == HASH_MD5)
            return entry->hashes[i].value;
    return NULL;
}

// Takes PhotoDNA values out that stand for failures.
static bool drop_bogus_photodna(Media *media, GError **err)
{
    ListEntry *entry = &media->entry;
    for (size_t i = 0; i < entry->hash_count;) {
        ListHash *hash = &entry->hashes[i];
        if (hash->type != HASH_PHOTODNA ||
            !photodna_guard_refuses(&media->reader->photodna, hash->text, md5_of(entry))) {
            i++;
            continue;
        }
        g_free(hash->text);
        memmove(hash, hash + 1, (entry->hash_count - i - 1) * sizeof *hash);
        entry->hash_count--;
        media->values_refused = true;
        if (!list_emit_refused(media->reader->sink, entry->position,
                               "PhotoDNA is a constant that stands for failures", err))
            return false;
    }
    return true;
}

static bool finish(Media *media, GError **err)
{
    if (media->refused != NULL)
        return list_emit_refused(media->reader->sink, media->entry.position, media->refused, err);
    if (media->is_case && media->entry.hash_count == 0)
        return true;
    if (!drop_bogus_photodna(media, err) || !finish_segments(media, err))
        return false;
    if (media->extra->len > 1) {
        g_string_append_c(media->extra, '}');
        media->entry.extra_json = g_strdup(media->extra->str);
    }
    return list_emit_entry(media->reader->sink, &media->entry, media->values_refused, err);
}

static bool read_object(Media *media, GError **err)
{
    JsonToken key;
    for (;;) {
        if (!json_tokenizer_next(&media->reader->json, &key, err))
            return false;
        if (key.type == JSON_TOKEN_END_OBJECT)
            return finish(media, err);
        if (!read_member(media, &key, err))
            return false;
    }
}

bool vics_media_read(VicsReader *reader, const JsonToken *begin, GError **err)
{
    GString *spare = g_steal_pointer(&reader->spare);
    Media media = {.reader = reader, .extra = spare != NULL ? spare : g_string_new(NULL)};
    g_string_assign(media.extra, "{");
    list_entry_init(&media.entry);
    media.entry.position = begin->offset;
    bool ok = read_object(&media, err);
    list_entry_clear(&media.entry);
    vics_segments_clear(&media.segments);
    vics_reader_clear(reader);
    reader->spare = media.extra;
    return ok;
}

void vics_reader_clear(VicsReader *reader)
{
    if (reader->spare != NULL)
        g_string_free(g_steal_pointer(&reader->spare), TRUE);
}
