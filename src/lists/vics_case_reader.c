// SPDX-License-Identifier: Apache-2.0
#include "lists/vics_case_reader.h"

#include <string.h>

#include "base/error.h"
#include "base/limits.h"
#include "lists/json_copy.h"
#include "lists/vics_case_members.h"
#include "model/plain_text.h"

#define CONTEXT_PART_BYTES 64u
#define SCRATCH_KEEP_BYTES (1u << 20)

typedef struct {
    const VicsCaseSink *sink;
    JsonTokenizer json;
    GString *frame;
    GString *scratch; // one media or identifier
    PhotodnaGuard *guard;
    char *context; // NULL while not read
    bool value_seen;
    unsigned case_count;
    uint64_t media_count, identifier_count;
} Document;

// One element of "value".
typedef struct {
    VicsCaseHead head;
    bool media_seen, identifiers_seen;
    bool has_md5; // it is a Media, and the document a hash set
} Case;

static bool fail_limit(const JsonToken *token, const char *what, GError **err)
{
    g_set_error(err, CLEW_ERROR, CLEW_ERROR_LIMIT,
                "byte %" G_GUINT64_FORMAT ": %s; nothing of the document was taken", token->offset,
                what);
    return false;
}

static bool stopped(GError **err)
{
    if (err != NULL && *err == NULL)
        g_set_error_literal(err, CLEW_ERROR, CLEW_ERROR_CANCELLED, "the reader was stopped");
    return false;
}

static bool fail_hash_set(GError **err)
{
    g_set_error_literal(err, CLEW_ERROR, CLEW_ERROR_UNSUPPORTED,
                        "the document is a hash set and belongs to no case; import it as a set");
    return false;
}

// Into the frame --------------------------------------------------------------------------------

static bool frame_token(Document *document, const JsonToken *token, GError **err)
{
    if (token->too_long || document->frame->len + token->length > LIMIT_VICS_FRAME_BYTES)
        return fail_limit(token, "the members of the case are larger than they may be", err);
    json_copy_token(document->frame, token);
    return true;
}

static bool frame_value(Document *document, const JsonToken *value, GError **err)
{
    bool kept;
    if (!json_copy_value(&document->json, value, document->frame, LIMIT_VICS_FRAME_BYTES, &kept,
                         err))
        return false;
    return kept || fail_limit(value, "the members of the case are larger than they may be", err);
}

// Media and identifiers ---------------------------------------------------------------------------

static bool deliver_media(Document *document, char *raw, uint64_t position, GError **err)
{
    VicsMedia media;
    vics_media_init(&media);
    media.raw = raw;
    media.case_ordinal = document->case_count;
    media.position = position;
    vics_media_take_members(&media, document->guard);
    document->media_count++;
    bool ok = document->sink->media(document->sink->user_data, &media, err) || stopped(err);
    media.raw = NULL;
    vics_media_clear(&media);
    return ok;
}

static bool deliver_identifier(Document *document, char *raw, GError **err)
{
    VicsIdentifier identifier;
    vics_identifier_init(&identifier);
    identifier.raw = raw;
    identifier.case_ordinal = document->case_count;
    vics_identifier_take_members(&identifier);
    document->identifier_count++;
    bool ok =
        document->sink->identifier(document->sink->user_data, &identifier, err) || stopped(err);
    identifier.raw = NULL;
    vics_identifier_clear(&identifier);
    return ok;
}

// The scratch gives back what one large media took.
static void empty_scratch(Document *document)
{
    if (document->scratch->allocated_len <= SCRATCH_KEEP_BYTES) {
        g_string_truncate(document->scratch, 0);
        return;
    }
    g_string_free(document->scratch, TRUE);
    document->scratch = g_string_new(NULL);
}

// The elements of a "Media" or "Identifiers" array, whose bracket is read.
static bool read_elements(Document *document, bool are_media, GError **err)
{
    for (;;) {
        JsonToken element;
        bool kept;
        if (!json_tokenizer_next(&document->json, &element, err))
            return false;
        if (element.type == JSON_TOKEN_END_ARRAY)
            return frame_token(document, &element, err);
        empty_scratch(document);
        if (!json_copy_value(&document->json, &element, document->scratch, LIMIT_VICS_OBJECT_BYTES,
                             &kept, err))
            return false;
        if (!kept)
            return fail_limit(&element,
                              are_media ? "a media larger than one may be"
                                        : "an identifier larger than one may be",
                              err);
        bool ok = are_media ? deliver_media(document, document->scratch->str, element.offset, err)
                            : deliver_identifier(document, document->scratch->str, err);
        if (!ok)
            return false;
    }
}

// Cases -------------------------------------------------------------------------------------------

static bool read_stream(Document *document, const JsonToken *begin, bool are_media, bool *seen,
                        GError **err)
{
    if (*seen)
        return json_token_unexpected(begin, "one list of media and one of identifiers in a case",
                                     err);
    *seen = true;
    return frame_token(document, begin, err) && read_elements(document, are_media, err);
}

static bool read_case_member(Document *document, Case *object, const JsonToken *key, GError **err)
{
    bool is_media = json_token_is(key, "Media");
    bool is_identifiers = json_token_is(key, "Identifiers");
    object->has_md5 = object->has_md5 || json_token_is(key, "MD5");
    if (!frame_token(document, key, err))
        return false;
    g_autofree char *name = g_strndup(key->text, key->length);
    JsonToken value;
    if (!json_tokenizer_next(&document->json, &value, err))
        return false;
    if (value.type == JSON_TOKEN_BEGIN_ARRAY && is_media)
        return read_stream(document, &value, true, &object->media_seen, err);
    if (value.type == JSON_TOKEN_BEGIN_ARRAY && is_identifiers)
        return read_stream(document, &value, false, &object->identifiers_seen, err);
    if (!value.too_long)
        vics_case_head_take(&object->head, name, &value);
    return frame_value(document, &value, err);
}

static bool read_case_members(Document *document, Case *object, GError **err)
{
    JsonToken key;
    for (;;) {
        if (!json_tokenizer_next(&document->json, &key, err))
            return false;
        if (key.type == JSON_TOKEN_END_OBJECT)
            break;
        if (!read_case_member(document, object, &key, err))
            return false;
    }
    if (object->has_md5 && !object->media_seen && object->head.case_id == NULL)
        return fail_hash_set(err);
    return frame_token(document, &key, err) &&
           (document->sink->head(document->sink->user_data, &object->head, err) || stopped(err));
}

static bool read_case(Document *document, const JsonToken *begin, GError **err)
{
    Case object = {.head = {.ordinal = document->case_count}};
    bool ok = frame_token(document, begin, err) && read_case_members(document, &object, err);
    document->case_count++;
    vics_case_head_clear(&object.head);
    return ok;
}

static bool read_cases(Document *document, const JsonToken *begin, GError **err)
{
    if (!frame_token(document, begin, err))
        return false;
    for (;;) {
        JsonToken element;
        if (!json_tokenizer_next(&document->json, &element, err))
            return false;
        if (element.type == JSON_TOKEN_END_ARRAY)
            return frame_token(document, &element, err);
        bool ok = element.type == JSON_TOKEN_BEGIN_OBJECT ? read_case(document, &element, err)
                                                          : frame_value(document, &element, err);
        if (!ok)
            return false;
    }
}

static bool read_value(Document *document, const JsonToken *value, GError **err)
{
    if (document->value_seen)
        return json_token_unexpected(value, "one member \"value\"", err);
    document->value_seen = true;
    if (document->context != NULL && g_str_has_suffix(document->context, "#Media"))
        return fail_hash_set(err);
    if (value->type == JSON_TOKEN_BEGIN_ARRAY)
        return read_cases(document, value, err);
    if (value->type == JSON_TOKEN_BEGIN_OBJECT)
        return read_case(document, value, err);
    return json_token_unexpected(value, "a list of cases as \"value\"", err);
}

// Document ----------------------------------------------------------------------------------------

static bool read_root_member(Document *document, const JsonToken *key, GError **err)
{
    bool is_value = json_token_is(key, "value");
    bool is_context = json_token_is(key, "@odata.context") || json_token_is(key, "odata.metadata");
    JsonToken value;
    if (!frame_token(document, key, err) || !json_tokenizer_next(&document->json, &value, err))
        return false;
    if (is_value)
        return read_value(document, &value, err);
    if (is_context && value.type == JSON_TOKEN_STRING && document->context == NULL)
        document->context = g_strndup(value.text, value.length);
    return frame_value(document, &value, err);
}

static bool read_root(Document *document, GError **err)
{
    JsonToken token;
    if (!json_tokenizer_next(&document->json, &token, err))
        return false;
    if (token.type != JSON_TOKEN_BEGIN_OBJECT)
        return json_token_unexpected(&token, "'{' at the start of a VICS document", err);
    if (!frame_token(document, &token, err))
        return false;
    for (;;) {
        if (!json_tokenizer_next(&document->json, &token, err))
            return false;
        if (token.type == JSON_TOKEN_END_OBJECT)
            break;
        if (!read_root_member(document, &token, err))
            return false;
    }
    if (!document->value_seen)
        return json_token_unexpected(&token, "a member \"value\" before the end", err);
    return frame_token(document, &token, err) && json_tokenizer_next(&document->json, &token, err);
}

// The part of the context between two marks, newly allocated; NULL when they are not there.
static char *context_part(const char *context, const char *from, const char *to)
{
    const char *start = context != NULL ? strstr(context, from) : NULL;
    if (start == NULL)
        return NULL;
    start += strlen(from);
    const char *end = strstr(start, to);
    return end != NULL && end > start
               ? plain_text_new(start, (size_t)(end - start), CONTEXT_PART_BYTES)
               : NULL;
}

static bool deliver_document(Document *document, GError **err)
{
    VicsDocument found = {
        .frame = document->frame->str,
        .version = context_part(document->context, "/DataModels/", ".xml"),
        .region = context_part(document->context, ".xml/", "/$metadata"),
        .case_count = document->case_count,
        .media_count = document->media_count,
        .identifier_count = document->identifier_count,
    };
    bool ok = document->sink->document(document->sink->user_data, &found, err) || stopped(err);
    found.frame = NULL;
    vics_document_clear(&found);
    return ok;
}

bool vics_case_read(const ListSource *source, const VicsCaseSink *sink, GError **err)
{
    ListInput input;
    Document document = {
        .sink = sink,
        .frame = g_string_new(NULL),
        .scratch = g_string_new(NULL),
        .guard = g_new0(PhotodnaGuard, 1),
    };
    g_autoptr(GError) error = NULL;
    json_tokenizer_init(&document.json, &input);
    bool ok = list_input_init(&input, source, &error) && read_root(&document, &error) &&
              deliver_document(&document, &error);
    list_input_clear(&input);
    g_string_free(document.frame, TRUE);
    g_string_free(document.scratch, TRUE);
    g_free(document.guard);
    g_free(document.context);
    if (!ok)
        g_propagate_error(err, g_steal_pointer(&error));
    return ok;
}
