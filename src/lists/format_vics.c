// SPDX-License-Identifier: Apache-2.0
//
// Project VIC VICS JSON. Two kinds of document with one shape, told apart by a context string:
//
//   {"@odata.context": "http://github.com/VICSDATAMODEL/ProjectVic/DataModels/2.0.xml/US/…#Cases",
//    "value": [{…case…, "Media": [{…}, …]}]}                                          a case
//   {"@odata.context": "…/DataModels/2.0.xml/Default/$metadata#Media", "value": [{…}, …]}  a hash
//   set
//   {"odata.metadata": "…/ICMEC/ProjectVic/DataModels/1.3.xml#Media", "value": […]}
//
// A hash set of version 1.2 is the NIST set of benign known files. Category numbers mean different
// things in different countries: a scheme follows from the region, and only where the document
// names one. Totals that a document states about itself are not believed: tools count differently.
#include "lists/formats.h"

#include <string.h>

#include "base/error.h"
#include "lists/list_emit.h"
#include "lists/vics_media.h"

typedef struct {
    VicsReader media;
    bool header_told;
    bool value_seen;
} VicsDocument;

static int recognise(const uint8_t *bytes, size_t size_bytes)
{
    const char *text = (const char *)bytes;
    gssize length = (gssize)size_bytes;
    size_t i = size_bytes >= 3 && memcmp(bytes, "\xef\xbb\xbf", 3) == 0 ? 3 : 0;
    while (i < size_bytes && g_ascii_isspace(text[i]))
        i++;
    if (i == size_bytes || text[i] != '{')
        return 0;
    if (g_strstr_len(text, length, "/DataModels/") != NULL &&
        g_strstr_len(text, length, "odata.") != NULL)
        return 2;
    return g_strstr_len(text, length, "\"value\"") != NULL &&
                   (g_strstr_len(text, length, "\"MD5\"") != NULL ||
                    g_strstr_len(text, length, "\"CaseID\"") != NULL)
               ? 1
               : 0;
}

// The part of the context between two marks, newly allocated; NULL when they are not there.
static char *context_part(const char *context, const char *from, const char *to)
{
    const char *start = strstr(context, from);
    if (start == NULL)
        return NULL;
    start += strlen(from);
    const char *end = strstr(start, to);
    return end != NULL ? g_strndup(start, (size_t)(end - start)) : NULL;
}

static const char *scheme_of_region(const char *region)
{
    return region == NULL              ? NULL
           : strcmp(region, "US") == 0 ? "vics-us"
           : strcmp(region, "UK") == 0 ? "vics-uk"
                                       : NULL;
}

static bool tell_header(VicsDocument *document, const char *context, GError **err)
{
    g_autofree char *version = context_part(context, "/DataModels/", ".xml");
    g_autofree char *region = context_part(context, ".xml/", "/$metadata");
    bool is_set = g_str_has_suffix(context, "#Media");
    bool is_case = g_str_has_suffix(context, "#Cases");
    g_autofree char *description =
        g_strdup_printf("VICS %.20s%s%s%.32s", version != NULL ? version : "of no stated version",
                        is_set    ? " hash set"
                        : is_case ? " case document"
                                  : "",
                        region != NULL ? ", region " : "", region != NULL ? region : "");
    ListHeader header = {
        .description = list_text_new(description, strlen(description)),
        .scheme = (char *)scheme_of_region(region),
        .is_benign = is_set && version != NULL && strcmp(version, "1.2") == 0,
    };
    document->header_told = true;
    bool ok = list_emit_header(document->media.sink, &header, err);
    g_free(header.description);
    return ok;
}

static bool read_elements(VicsDocument *document, GError **err)
{
    JsonTokenizer *json = &document->media.json;
    for (;;) {
        JsonToken element;
        if (!json_tokenizer_next(json, &element, err))
            return false;
        if (element.type == JSON_TOKEN_END_ARRAY)
            return true;
        if (element.type == JSON_TOKEN_BEGIN_OBJECT) {
            if (!vics_media_read(&document->media, &element, err))
                return false;
        } else if (!json_tokenizer_skip(json, &element, err) ||
                   !list_emit_refused(document->media.sink, element.offset,
                                      "an entry that is not an object", err)) {
            return false;
        }
    }
}

static bool read_value(VicsDocument *document, const JsonToken *value, GError **err)
{
    document->value_seen = true;
    if (!document->header_told && !tell_header(document, "", err))
        return false;
    if (value->type == JSON_TOKEN_BEGIN_ARRAY)
        return read_elements(document, err);
    if (value->type == JSON_TOKEN_BEGIN_OBJECT)
        return vics_media_read(&document->media, value, err);
    return json_token_unexpected(value, "a list of entries as \"value\"", err);
}

static bool read_root_member(VicsDocument *document, const JsonToken *key, GError **err)
{
    JsonTokenizer *json = &document->media.json;
    bool is_context = json_token_is(key, "@odata.context") || json_token_is(key, "odata.metadata");
    bool is_value = json_token_is(key, "value");
    JsonToken value;
    if (!json_tokenizer_next(json, &value, err))
        return false;
    if (is_value)
        return read_value(document, &value, err);
    if (!is_context || value.type != JSON_TOKEN_STRING)
        return json_tokenizer_skip(json, &value, err);
    g_autofree char *context = g_strndup(value.text, value.length);
    return tell_header(document, context, err);
}

static bool read_document(VicsDocument *document, GError **err)
{
    JsonTokenizer *json = &document->media.json;
    JsonToken token;
    if (!json_tokenizer_next(json, &token, err))
        return false;
    if (token.type != JSON_TOKEN_BEGIN_OBJECT)
        return json_token_unexpected(&token, "'{' at the start of a VICS document", err);
    for (;;) {
        if (!json_tokenizer_next(json, &token, err))
            return false;
        if (token.type == JSON_TOKEN_END_OBJECT)
            break;
        if (!read_root_member(document, &token, err))
            return false;
    }
    if (!document->value_seen)
        return json_token_unexpected(&token, "a member \"value\" before the end", err);
    return json_tokenizer_next(json, &token, err);
}

static bool read_list(const ListSource *source, const ListReadOptions *options,
                      const ListSink *sink, GError **err)
{
    ListInput input;
    g_autofree VicsDocument *document = g_new0(VicsDocument, 1);
    document->media.sink = sink;
    json_tokenizer_init(&document->media.json, &input);
    bool ok = list_input_init(&input, source, err) && read_document(document, err);
    vics_reader_clear(&document->media);
    list_input_clear(&input);
    return ok;
}

const ListFormat list_format_vics = {
    .name = "vics",
    .summary = "Project VIC VICS JSON 1.2, 1.3 and 2.0: hash sets and case documents",
    .position_unit = "byte",
    .recognise = recognise,
    .read = read_list,
};
