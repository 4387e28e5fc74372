// SPDX-License-Identifier: Apache-2.0
//
// One table a kind of object: the member's name, how its value is read, where it goes. A member
// that is repeated counts by its last value that is understood.
#include "lists/vics_case_members.h"

#include <string.h>

#include "base/encoding.h"
#include "base/limits.h"
#include "lists/list_date.h"
#include "lists/list_emit.h"
#include "lists/text_source.h"
#include "model/plain_text.h"

#define PHOTODNA_BYTES 144u

// A walk through one object. The text is our own copy of what the tokenizer accepted: it cannot
// fail but for want of sense, and then the walk ends.
typedef struct {
    JsonTokenizer json;
    unsigned *refused;
    unsigned elements; // of all its lists
    char *photodna;    // of a media
} Scan;

typedef void (*ValueReader)(Scan *scan, void *field, const JsonToken *value);

typedef struct {
    const char *name;
    ValueReader read;
    size_t offset; // of the field in the object's struct
} MemberRow;

static bool is_nested(const JsonToken *value)
{
    return value->type == JSON_TOKEN_BEGIN_OBJECT || value->type == JSON_TOKEN_BEGIN_ARRAY;
}

static bool is_absent(const JsonToken *value)
{
    return value->type == JSON_TOKEN_NULL ||
           (value->type == JSON_TOKEN_STRING && value->length == 0);
}

static bool is_text_or_number(const JsonToken *value)
{
    return value->type == JSON_TOKEN_STRING || value->type == JSON_TOKEN_NUMBER;
}

static bool next(Scan *scan, JsonToken *ret_token)
{
    return json_tokenizer_next(&scan->json, ret_token, NULL);
}

static void refuse(Scan *scan, const JsonToken *value)
{
    (*scan->refused)++;
    json_tokenizer_skip(&scan->json, value, NULL);
}

static void set_text(char **field, const char *text, size_t length)
{
    list_trim(&text, &length);
    g_free(*field);
    *field = length > 0 ? plain_text_new(text, length, LIMIT_VICS_TEXT_BYTES) : NULL;
}

// The members of an object whose brace has been read.
static void read_members(Scan *scan, const MemberRow *rows, size_t row_count, void *object)
{
    JsonToken key, value;
    while (next(scan, &key) && key.type == JSON_TOKEN_KEY) {
        size_t row = 0;
        while (row < row_count && !json_token_is(&key, rows[row].name))
            row++;
        if (!next(scan, &value))
            return;
        if (row < row_count && !is_absent(&value))
            rows[row].read(scan, (char *)object + rows[row].offset, &value);
        else
            json_tokenizer_skip(&scan->json, &value, NULL);
    }
}

// Values ------------------------------------------------------------------------------------------

static void read_text(Scan *scan, void *field, const JsonToken *value)
{
    if (is_text_or_number(value))
        set_text(field, value->text, value->length);
    else
        refuse(scan, value);
}

static void read_date(Scan *scan, void *field, const JsonToken *value)
{
    char **target = field;
    char *date =
        value->type == JSON_TOKEN_STRING ? list_date_normalise(value->text, value->length) : NULL;
    if (date == NULL) {
        refuse(scan, value);
        return;
    }
    g_free(*target);
    *target = date;
}

// true, false, "true", "False", 0, 1.
static void read_flag(Scan *scan, void *field, const JsonToken *value)
{
    int state = value->type == JSON_TOKEN_TRUE    ? 1
                : value->type == JSON_TOKEN_FALSE ? 0
                : is_text_or_number(value)        ? list_tristate(value->text, value->length)
                                                  : -1;
    if (state >= 0)
        *(int *)field = state;
    else
        refuse(scan, value);
}

static void read_number(Scan *scan, void *field, const JsonToken *value)
{
    VicsNumber number = {.present = true};
    if (is_text_or_number(value) && list_parse_uint(value->text, value->length, &number.value) &&
        number.value <= INT64_MAX)
        *(VicsNumber *)field = number;
    else
        refuse(scan, value);
}

static bool parse_digest(const char *text, size_t length, uint8_t *ret_bytes, size_t size_bytes)
{
    list_trim(&text, &length);
    return encoding_from_hex(text, length, ret_bytes, size_bytes);
}

// These two are given the whole media.
static void read_md5(Scan *scan, void *field, const JsonToken *value)
{
    VicsMedia *media = field;
    if (value->type == JSON_TOKEN_STRING &&
        parse_digest(value->text, value->length, media->md5, MD5_BYTES))
        media->has_md5 = true;
    else
        refuse(scan, value);
}

static void read_sha1(Scan *scan, void *field, const JsonToken *value)
{
    VicsMedia *media = field;
    if (value->type == JSON_TOKEN_STRING &&
        parse_digest(value->text, value->length, media->sha1, SHA1_BYTES))
        media->has_sha1 = true;
    else
        refuse(scan, value);
}

static void read_category(Scan *scan, void *field, const JsonToken *value)
{
    uint64_t number;
    bool fits = value->type == JSON_TOKEN_STRING ||
                (value->type == JSON_TOKEN_NUMBER &&
                 list_parse_uint(value->text, value->length, &number) && number <= UINT8_MAX);
    if (fits)
        set_text(field, value->text, value->length);
    else
        refuse(scan, value);
}

// The path with "/" between its parts, unless it is absolute, names a drive or climbs out.
static void read_relative_path(Scan *scan, void *field, const JsonToken *value)
{
    char **target = field;
    g_autofree char *path = NULL;
    if (value->type == JSON_TOKEN_STRING && value->length <= LIMIT_VICS_TEXT_BYTES)
        set_text(&path, value->text, value->length);
    bool fits = path != NULL && path[0] != '/' && path[0] != '\\' && path[1] != ':';
    if (fits) {
        g_strdelimit(path, "\\", '/');
        g_auto(GStrv) parts = g_strsplit(path, "/", -1);
        for (size_t i = 0; parts[i] != NULL; i++)
            fits = fits && strcmp(parts[i], "..") != 0;
    }
    if (!fits) {
        refuse(scan, value);
        return;
    }
    g_free(*target);
    *target = g_steal_pointer(&path);
}

static void append_series(char **field, const JsonToken *value)
{
    g_autofree char *before = g_steal_pointer(field);
    set_text(field, value->text, value->length);
    if (before == NULL || *field == NULL) {
        if (*field == NULL)
            *field = g_steal_pointer(&before);
        return;
    }
    g_autofree char *last = g_steal_pointer(field);
    g_autofree char *both = g_strdup_printf("%s; %s", before, last);
    set_text(field, both, strlen(both));
}

// "name", {"Name": "name", …} or a list of either.
static void read_series(Scan *scan, void *field, const JsonToken *value)
{
    char **target = field;
    g_clear_pointer(target, g_free);
    unsigned outside = is_nested(value) ? scan->json.depth - 1 : scan->json.depth;
    bool names_it = true;
    JsonToken token = *value;
    for (;;) {
        if (token.type == JSON_TOKEN_KEY)
            names_it = token.length == strlen("Name") &&
                       g_ascii_strncasecmp(token.text, "Name", token.length) == 0;
        else if (is_text_or_number(&token) && names_it)
            append_series(target, &token);
        if (token.type == JSON_TOKEN_BEGIN_ARRAY || token.type == JSON_TOKEN_END_OBJECT)
            names_it = true;
        if (scan->json.depth <= outside || !next(scan, &token))
            return;
    }
}

// Judged when all members are known: the MD5 may stand behind it.
static void read_photodna(Scan *scan, void *field, const JsonToken *value)
{
    if (is_text_or_number(value))
        set_text(&scan->photodna, value->text, value->length);
    else
        refuse(scan, value);
}

// Lists -------------------------------------------------------------------------------------------

typedef void (*ElementReader)(Scan *scan, void *owner);

// Calls `read` behind the brace of each element; anything but objects is refused.
static void read_list(Scan *scan, const JsonToken *value, ElementReader read, void *owner)
{
    JsonToken element;
    if (value->type != JSON_TOKEN_BEGIN_ARRAY) {
        refuse(scan, value);
        return;
    }
    while (next(scan, &element) && element.type != JSON_TOKEN_END_ARRAY) {
        if (element.type == JSON_TOKEN_BEGIN_OBJECT && scan->elements < LIMIT_VICS_LIST) {
            scan->elements++;
            read(scan, owner);
        } else {
            refuse(scan, &element);
        }
    }
}

static const MemberRow property_rows[] = {
    {"PropertyName", read_text, offsetof(VicsField, name)},
    {"PropertyValue", read_text, offsetof(VicsField, value)},
    {"PropertyGroup", read_text, offsetof(VicsField, group)},
};

static const MemberRow hash_rows[] = {
    {"HashName", read_text, offsetof(VicsField, name)},
    {"HashValue", read_text, offsetof(VicsField, value)},
};

static const MemberRow repository_rows[] = {
    {"RepositoryName", read_text, offsetof(VicsField, name)},
};

// A field without a name names nothing.
static void read_field(Scan *scan, GPtrArray *fields, VicsFieldKind kind, const MemberRow *rows,
                       size_t row_count)
{
    VicsField *field = vics_fields_add(fields, kind);
    read_members(scan, rows, row_count, field);
    if (field->name == NULL) {
        g_ptr_array_set_size(fields, (int)fields->len - 1);
        (*scan->refused)++;
    }
}

static void read_exif_element(Scan *scan, void *owner)
{
    read_field(scan, owner, VICS_FIELD_EXIF, property_rows, G_N_ELEMENTS(property_rows));
}

static void read_metadata_element(Scan *scan, void *owner)
{
    read_field(scan, owner, VICS_FIELD_METADATA, property_rows, G_N_ELEMENTS(property_rows));
}

static void read_hash_element(Scan *scan, void *owner)
{
    read_field(scan, owner, VICS_FIELD_HASH, hash_rows, G_N_ELEMENTS(hash_rows));
}

static void read_repository_element(Scan *scan, void *owner)
{
    read_field(scan, owner, VICS_FIELD_REPOSITORY, repository_rows, G_N_ELEMENTS(repository_rows));
}

// `field` is the array's place in the struct.
static void read_exifs(Scan *scan, void *field, const JsonToken *value)
{
    GPtrArray *fields = *(GPtrArray **)field;
    read_list(scan, value, read_exif_element, fields);
}

static void read_metadata(Scan *scan, void *field, const JsonToken *value)
{
    GPtrArray *fields = *(GPtrArray **)field;
    read_list(scan, value, read_metadata_element, fields);
}

static void read_hashes(Scan *scan, void *field, const JsonToken *value)
{
    GPtrArray *fields = *(GPtrArray **)field;
    read_list(scan, value, read_hash_element, fields);
}

static void read_repositories(Scan *scan, void *field, const JsonToken *value)
{
    GPtrArray *fields = *(GPtrArray **)field;
    read_list(scan, value, read_repository_element, fields);
}

static const MemberRow file_rows[] = {
    {"FileName", read_text, offsetof(VicsMediaFile, file_name)},
    {"FilePath", read_text, offsetof(VicsMediaFile, file_path)},
    {"Created", read_date, offsetof(VicsMediaFile, created)},
    {"Written", read_date, offsetof(VicsMediaFile, written)},
    {"Accessed", read_date, offsetof(VicsMediaFile, accessed)},
    {"SourceID", read_text, offsetof(VicsMediaFile, source_id)},
    {"PhysicalLocation", read_number, offsetof(VicsMediaFile, location)},
    {"Unallocated", read_flag, offsetof(VicsMediaFile, unallocated)},
    {"Deleted", read_flag, offsetof(VicsMediaFile, deleted)},
    {"ParentMD5", read_text, offsetof(VicsMediaFile, parent_md5)},
    {"ParentFileName", read_text, offsetof(VicsMediaFile, parent_name)},
    {"ParentFilePath", read_text, offsetof(VicsMediaFile, parent_path)},
};

static void read_file_element(Scan *scan, void *owner)
{
    read_members(scan, file_rows, G_N_ELEMENTS(file_rows), vics_media_add_file(owner));
}

static void read_files(Scan *scan, void *field, const JsonToken *value)
{
    VicsMedia *media = field;
    read_list(scan, value, read_file_element, media);
}

static const MemberRow event_rows[] = {
    {"EventID", read_text, offsetof(VicsEvent, event_id)},
    {"EventTime", read_date, offsetof(VicsEvent, time)},
    {"EventType", read_text, offsetof(VicsEvent, type)},
};

static void read_event_element(Scan *scan, void *owner)
{
    read_members(scan, event_rows, G_N_ELEMENTS(event_rows), vics_identifier_add_event(owner));
}

static void read_events(Scan *scan, void *field, const JsonToken *value)
{
    VicsIdentifier *identifier = field;
    read_list(scan, value, read_event_element, identifier);
}

static const MemberRow identifier_rows[] = {
    {"MD5", read_text, offsetof(VicsIdentifier, key)},
    {"IdentifierType", read_text, offsetof(VicsIdentifier, type)},
    {"Name", read_text, offsetof(VicsIdentifier, name)},
    {"Application", read_text, offsetof(VicsIdentifier, application)},
    {"Comments", read_text, offsetof(VicsIdentifier, comments)},
    {"Tags", read_text, offsetof(VicsIdentifier, tags)},
    {"IdentifierMetadata", read_metadata, offsetof(VicsIdentifier, fields)},
    {"Events", read_events, 0},
};

static void read_identifier_element(Scan *scan, void *owner)
{
    read_members(scan, identifier_rows, G_N_ELEMENTS(identifier_rows),
                 vics_media_add_identifier(owner));
}

static void read_identifiers(Scan *scan, void *field, const JsonToken *value)
{
    VicsMedia *media = field;
    read_list(scan, value, read_identifier_element, media);
}

// Objects -----------------------------------------------------------------------------------------

static const MemberRow media_rows[] = {
    {"MD5", read_md5, 0},
    {"SHA1", read_sha1, 0},
    {"PhotoDNA", read_photodna, 0},
    {"MediaFiles", read_files, 0},
    {"Identifiers", read_identifiers, 0},
    {"Exifs", read_exifs, offsetof(VicsMedia, fields)},
    {"MediaMetadata", read_metadata, offsetof(VicsMedia, fields)},
    {"AlternativeHashes", read_hashes, offsetof(VicsMedia, fields)},
    {"Repositories", read_repositories, offsetof(VicsMedia, fields)},
    {"Category", read_category, offsetof(VicsMedia, category)},
    {"PrecategorizationSource", read_text, offsetof(VicsMedia, precategorization_source)},
    {"Series", read_series, offsetof(VicsMedia, series)},
    {"Comments", read_text, offsetof(VicsMedia, comments)},
    {"Tags", read_text, offsetof(VicsMedia, tags)},
    {"MimeType", read_text, offsetof(VicsMedia, mime_type)},
    {"RelativeFilePath", read_relative_path, offsetof(VicsMedia, relative_path)},
    {"DateUpdated", read_date, offsetof(VicsMedia, updated)},
    {"MediaSize", read_number, offsetof(VicsMedia, size_bytes)},
    {"VictimIdentified", read_flag, offsetof(VicsMedia, victim_identified)},
    {"OffenderIdentified", read_flag, offsetof(VicsMedia, offender_identified)},
    {"IsDistributed", read_flag, offsetof(VicsMedia, distributed)},
    {"IsSuspected", read_flag, offsetof(VicsMedia, suspected)},
    {"IsPrecategorized", read_flag, offsetof(VicsMedia, precategorized)},
    {"SelfGenerated", read_flag, offsetof(VicsMedia, self_generated)},
};

static void take_object(Scan *scan, const char *raw, const MemberRow *rows, size_t row_count,
                        void *object)
{
    TextSource source;
    JsonToken begin;
    if (text_source_open(&source, raw, &scan->json) && next(scan, &begin) &&
        begin.type == JSON_TOKEN_BEGIN_OBJECT)
        read_members(scan, rows, row_count, object);
    text_source_close(&source);
}

// PhotoDNA stands there, too, and from Clew the SHA-256.
static void see_alternative_hashes(Scan *scan, VicsMedia *media)
{
    for (unsigned i = 0; i < media->fields->len; i++) {
        const VicsField *field = media->fields->pdata[i];
        HashType type;
        if (field->kind != VICS_FIELD_HASH || field->value == NULL)
            continue;
        if (g_ascii_strcasecmp(field->name, "PhotoDNA") == 0 && scan->photodna == NULL)
            set_text(&scan->photodna, field->value, strlen(field->value));
        else if (hash_type_from_name(field->name, &type) && type == HASH_SHA256 &&
                 parse_digest(field->value, strlen(field->value), media->sha256, SHA256_BYTES))
            media->has_sha256 = true;
    }
}

static VicsPhotodna judge_photodna(const VicsMedia *media, const char *text, PhotodnaGuard *guard)
{
    uint8_t bytes[PHOTODNA_BYTES];
    if (text == NULL)
        return VICS_PHOTODNA_NONE;
    if (!encoding_from_hex(text, strlen(text), bytes, sizeof bytes) &&
        !encoding_from_base64(text, strlen(text), bytes, sizeof bytes))
        return VICS_PHOTODNA_NOT_VALID;
    return photodna_guard_refuses(guard, text, media->has_md5 ? media->md5 : NULL)
               ? VICS_PHOTODNA_BOGUS
               : VICS_PHOTODNA_KEPT;
}

void vics_media_take_members(VicsMedia *media, PhotodnaGuard *guard)
{
    Scan scan = {.refused = &media->refused};
    take_object(&scan, media->raw, media_rows, G_N_ELEMENTS(media_rows), media);
    see_alternative_hashes(&scan, media);
    media->photodna = judge_photodna(media, scan.photodna, guard);
    g_free(scan.photodna);
}

void vics_identifier_take_members(VicsIdentifier *identifier)
{
    Scan scan = {.refused = &identifier->refused};
    take_object(&scan, identifier->raw, identifier_rows, G_N_ELEMENTS(identifier_rows), identifier);
}

static const MemberRow head_rows[] = {
    {"CaseID", read_text, offsetof(VicsCaseHead, case_id)},
    {"CaseNumber", read_text, offsetof(VicsCaseHead, case_number)},
    {"ContactOrganization", read_text, offsetof(VicsCaseHead, contact_organization)},
    {"ContactName", read_text, offsetof(VicsCaseHead, contact_name)},
    {"ContactPhone", read_text, offsetof(VicsCaseHead, contact_phone)},
    {"ContactEmail", read_text, offsetof(VicsCaseHead, contact_email)},
    {"ContactTitle", read_text, offsetof(VicsCaseHead, contact_title)},
    {"SeizureDate", read_date, offsetof(VicsCaseHead, seized)},
    {"SourceApplicationName", read_text, offsetof(VicsCaseHead, application_name)},
    {"SourceApplicationVersion", read_text, offsetof(VicsCaseHead, application_version)},
};

void vics_case_head_take(VicsCaseHead *head, const char *name, const JsonToken *value)
{
    // The readers of these rows look at scalars alone and so never at the tokenizer.
    Scan scan = {.refused = &head->refused};
    if (is_nested(value) || is_absent(value))
        return;
    for (size_t i = 0; i < G_N_ELEMENTS(head_rows); i++)
        if (strcmp(head_rows[i].name, name) == 0)
            head_rows[i].read(&scan, (char *)head + head_rows[i].offset, value);
}
