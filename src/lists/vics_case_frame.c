// SPDX-License-Identifier: Apache-2.0
#include "lists/vics_case_frame.h"

#include <string.h>

#include "base/error.h"
#include "base/limits.h"
#include "lists/json_copy.h"
#include "lists/text_source.h"

#define FLUSH_BYTES (64u << 10)
#define EDITS_MAX 64u

typedef enum { NOT_A_TOTAL, TOTAL_FILES, TOTAL_PRECATEGORIZED } Total;

struct VicsCaseFrame {
    const VicsFrameContent *content;
    const ListOutput *output;
    JsonTokenizer json;
    GString *text;
    uint64_t elements;   // of the open array
    unsigned case_depth; // of the members of cases; 0 outside of "value"
    unsigned case_ordinal;
    bool media_seen; // in the open case
};

static bool fail(const char *what, GError **err)
{
    g_set_error(err, CLEW_ERROR, CLEW_ERROR_CORRUPT,
                "cannot write the case document: what is stored of it is damaged (%s)", what);
    return false;
}

// The last byte stays: it says whether a comma is due.
static bool flush(VicsCaseFrame *frame, size_t threshold, GError **err)
{
    GString *text = frame->text;
    if (text->len < threshold || text->len < 2)
        return true;
    size_t count = text->len - 1;
    bool ok = frame->output->write(frame->output->user_data, text->str, count, err);
    g_string_erase(text, 0, (gssize)count);
    return ok;
}

static bool next(JsonTokenizer *json, JsonToken *ret_token, GError **err)
{
    g_autoptr(GError) error = NULL;
    if (!json_tokenizer_next(json, ret_token, &error))
        return fail(error->message, err);
    return !ret_token->too_long || fail("a text is too long", err);
}

// Copied by the tokenizer: text that only looks like one value could end the list it stands in.
bool vics_case_frame_element(VicsCaseFrame *frame, const char *raw, GError **err)
{
    g_string_append_c(frame->text, '\n');
    if (frame->elements++ > 0)
        g_string_append_c(frame->text, ',');
    return vics_normalise(raw, frame->text, err) && flush(frame, FLUSH_BYTES, err);
}

static bool write_elements(VicsCaseFrame *frame, VicsArray array, GError **err)
{
    frame->elements = 0;
    frame->media_seen = frame->media_seen || array == VICS_ARRAY_MEDIA;
    return frame->content->elements(frame->content->user_data, frame, frame->case_ordinal, array,
                                    err);
}

// Behind the bracket of an array that the frame holds empty.
static bool fill_array(VicsCaseFrame *frame, VicsArray array, GError **err)
{
    JsonToken end;
    if (!write_elements(frame, array, err) || !next(&frame->json, &end, err))
        return false;
    if (end.type != JSON_TOKEN_END_ARRAY)
        return fail("a list that is not empty", err);
    json_copy_token(frame->text, &end);
    return true;
}

static void copy_key(GString *text, const char *name)
{
    json_copy_token(text,
                    &(JsonToken){.type = JSON_TOKEN_KEY, .text = name, .length = strlen(name)});
}

static Total total_of(const VicsCaseFrame *frame, const JsonToken *key)
{
    if (!frame->content->has_more || frame->case_ordinal != 0)
        return NOT_A_TOTAL;
    return json_token_is(key, "TotalMediaFiles")       ? TOTAL_FILES
           : json_token_is(key, "TotalPrecategorized") ? TOTAL_PRECATEGORIZED
                                                       : NOT_A_TOTAL;
}

// The value of a case's member, whose key is written.
static bool write_member(VicsCaseFrame *frame, const JsonToken *key, GError **err)
{
    bool is_media = json_token_is(key, "Media");
    bool is_identifiers = json_token_is(key, "Identifiers");
    Total total = total_of(frame, key);
    JsonToken value;
    if (!next(&frame->json, &value, err))
        return false;
    if (total != NOT_A_TOTAL) {
        uint64_t count =
            total == TOTAL_FILES ? frame->content->media_files : frame->content->precategorized;
        g_string_append_printf(frame->text, "%" G_GUINT64_FORMAT, count);
        return json_tokenizer_skip(&frame->json, &value, err);
    }
    bool is_array = value.type == JSON_TOKEN_BEGIN_ARRAY;
    if (is_array && (is_media || is_identifiers)) {
        json_copy_token(frame->text, &value);
        return fill_array(frame, is_media ? VICS_ARRAY_MEDIA : VICS_ARRAY_IDENTIFIERS, err);
    }
    bool kept;
    return json_copy_value(&frame->json, &value, frame->text, SIZE_MAX, &kept, err);
}

// Before the brace that ends a case.
static bool end_case(VicsCaseFrame *frame, GError **err)
{
    if (frame->content->has_more && frame->case_ordinal == 0 && !frame->media_seen) {
        copy_key(frame->text, "Media");
        g_string_append_c(frame->text, '[');
        if (!write_elements(frame, VICS_ARRAY_MEDIA, err))
            return false;
        g_string_append_c(frame->text, ']');
    }
    frame->case_ordinal++;
    frame->media_seen = false;
    return true;
}

static bool write_token(VicsCaseFrame *frame, const JsonToken *token, GError **err)
{
    unsigned depth = frame->json.depth;
    bool in_case = frame->case_depth > 0 && depth == frame->case_depth;
    bool ends_case = token->type == JSON_TOKEN_END_OBJECT && frame->case_depth > 0 &&
                     depth + 1 == frame->case_depth;
    if (ends_case && !end_case(frame, err))
        return false;
    json_copy_token(frame->text, token);
    if (token->type != JSON_TOKEN_KEY)
        return true;
    if (in_case)
        return write_member(frame, token, err);
    if (depth == 1)
        frame->case_depth = json_token_is(token, "value") ? 2 : 0;
    return true;
}

static bool write_tokens(VicsCaseFrame *frame, GError **err)
{
    bool behind_value_key = false;
    for (;;) {
        JsonToken token;
        if (!next(&frame->json, &token, err))
            return false;
        if (token.type == JSON_TOKEN_END)
            return true;
        if (behind_value_key && token.type == JSON_TOKEN_BEGIN_ARRAY)
            frame->case_depth = 3; // the cases stand in a list
        if (!write_token(frame, &token, err) || !flush(frame, FLUSH_BYTES, err))
            return false;
        behind_value_key =
            token.type == JSON_TOKEN_KEY && frame->json.depth == 1 && frame->case_depth > 0;
    }
}

bool vics_case_frame_write(const char *frame, const VicsFrameContent *content,
                           const ListOutput *output, GError **err)
{
    TextSource source;
    VicsCaseFrame writer = {.content = content, .output = output, .text = g_string_new(NULL)};
    bool ok = text_source_open(&source, frame, &writer.json) || fail("it is no text", err);
    ok = ok && write_tokens(&writer, err);
    g_string_append_c(writer.text, '\n');
    ok = ok && output->write(output->user_data, writer.text->str, writer.text->len, err);
    text_source_close(&source);
    g_string_free(writer.text, TRUE);
    return ok;
}

// Objects -----------------------------------------------------------------------------------------

static bool edit_members(JsonTokenizer *json, const VicsMemberEdit *edits, size_t edit_count,
                         GString *text, GError **err)
{
    uint64_t done = 0;
    JsonToken token;
    g_assert(edit_count <= EDITS_MAX);
    if (!next(json, &token, err))
        return false;
    if (token.type != JSON_TOKEN_BEGIN_OBJECT)
        return fail("a media that is no object", err);
    json_copy_token(text, &token);
    while (next(json, &token, err) && token.type == JSON_TOKEN_KEY) {
        size_t edit = 0;
        bool kept;
        while (edit < edit_count && !json_token_is(&token, edits[edit].name))
            edit++;
        json_copy_token(text, &token);
        if (!next(json, &token, err))
            return false;
        if (edit == edit_count) {
            if (!json_copy_value(json, &token, text, SIZE_MAX, &kept, err))
                return false;
            continue;
        }
        done |= UINT64_C(1) << edit;
        g_string_append(text, edits[edit].json);
        if (!json_tokenizer_skip(json, &token, err))
            return false;
    }
    if (token.type != JSON_TOKEN_END_OBJECT)
        return false;
    for (size_t i = 0; i < edit_count; i++) {
        if ((done >> i & 1) == 0) {
            copy_key(text, edits[i].name);
            g_string_append(text, edits[i].json);
        }
    }
    json_copy_token(text, &token);
    return true;
}

bool vics_object_edit(const char *raw, const VicsMemberEdit *edits, size_t edit_count,
                      GString *text, GError **err)
{
    TextSource source;
    JsonTokenizer json;
    g_autoptr(GString) edited = g_string_new(NULL);
    bool ok = text_source_open(&source, raw, &json) || fail("it is no text", err);
    ok = ok && edit_members(&json, edits, edit_count, edited, err);
    text_source_close(&source);
    if (ok)
        g_string_append_len(text, edited->str, (gssize)edited->len);
    return ok;
}

bool vics_normalise(const char *raw, GString *text, GError **err)
{
    TextSource source;
    JsonTokenizer json;
    JsonToken token;
    bool kept;
    g_autoptr(GString) normal = g_string_new(NULL);
    bool ok = text_source_open(&source, raw, &json) || fail("it is no text", err);
    ok = ok && next(&json, &token, err) &&
         json_copy_value(&json, &token, normal, SIZE_MAX, &kept, err) && next(&json, &token, err);
    text_source_close(&source);
    if (ok)
        g_string_append_len(text, normal->str, (gssize)normal->len);
    return ok;
}
