// SPDX-License-Identifier: Apache-2.0
//
// Case documents in, typed members out, and the same document again: every quirk seen in public has
// a file in tests/fixtures/vics_case/ and beside it NAME.expected, what is taken out of it. The
// round trip is judged by another reader of JSON (jansson), which keeps the order of members.
//
// CLEW_UPDATE_EXPECTED=1 rewrites the expectations; read the difference before committing it.
#include <glib.h>
#include <jansson.h>
#include <string.h>

#include "base/encoding.h"
#include "base/error.h"
#include "base/limits.h"
#include "list_render.h"
#include "lists/vics_case_frame.h"
#include "lists/vics_case_reader.h"

typedef struct {
    GPtrArray *media[8], *identifiers[8]; // raw, by case
    char *frame;
    GString *lines;
    unsigned stop_after; // media; 0: never
    unsigned media_count;
} Taken;

static void taken_init(Taken *taken)
{
    *taken = (Taken){.lines = g_string_new(NULL)};
    for (unsigned i = 0; i < G_N_ELEMENTS(taken->media); i++) {
        taken->media[i] = g_ptr_array_new_with_free_func(g_free);
        taken->identifiers[i] = g_ptr_array_new_with_free_func(g_free);
    }
}

static void taken_clear(Taken *taken)
{
    for (unsigned i = 0; i < G_N_ELEMENTS(taken->media); i++) {
        g_ptr_array_unref(taken->media[i]);
        g_ptr_array_unref(taken->identifiers[i]);
    }
    g_string_free(taken->lines, TRUE);
    g_free(taken->frame);
}

static void say_text(Taken *taken, const char *name, const char *value)
{
    if (value != NULL)
        g_string_append_printf(taken->lines, " %s=[%s]", name, value);
}

static void say_flag(Taken *taken, const char *name, int flag)
{
    if (flag >= 0)
        g_string_append_printf(taken->lines, " %s=%d", name, flag);
}

static void say_number(Taken *taken, const char *name, VicsNumber number)
{
    if (number.present)
        g_string_append_printf(taken->lines, " %s=%" G_GUINT64_FORMAT, name, number.value);
}

static void say_bytes(Taken *taken, const char *name, bool present, const uint8_t *bytes,
                      size_t size_bytes)
{
    g_autofree char *hex = present ? encoding_hex_new(bytes, size_bytes) : NULL;
    say_text(taken, name, hex);
}

static void say_fields(Taken *taken, const GPtrArray *fields)
{
    for (unsigned i = 0; i < fields->len; i++) {
        const VicsField *field = fields->pdata[i];
        g_string_append_printf(taken->lines, "\n  %s %s", vics_field_kind_name(field->kind),
                               field->name);
        say_text(taken, "value", field->value);
        say_text(taken, "group", field->group);
    }
}

static void say_identifier(Taken *taken, const char *indent, const VicsIdentifier *identifier)
{
    g_string_append_printf(taken->lines, "%sidentifier", indent);
    say_text(taken, "key", identifier->key);
    say_text(taken, "type", identifier->type);
    say_text(taken, "name", identifier->name);
    say_text(taken, "application", identifier->application);
    say_text(taken, "tags", identifier->tags);
    if (identifier->refused > 0)
        g_string_append_printf(taken->lines, " refused=%u", identifier->refused);
    say_fields(taken, identifier->fields);
    for (unsigned i = 0; i < identifier->events->len; i++) {
        const VicsEvent *event = identifier->events->pdata[i];
        g_string_append(taken->lines, "\n  event");
        say_text(taken, "id", event->event_id);
        say_text(taken, "time", event->time);
        say_text(taken, "type", event->type);
    }
}

static void say_file(Taken *taken, const VicsMediaFile *file)
{
    g_string_append(taken->lines, "\n  file");
    say_text(taken, "name", file->file_name);
    say_text(taken, "path", file->file_path);
    say_text(taken, "created", file->created);
    say_text(taken, "written", file->written);
    say_text(taken, "accessed", file->accessed);
    say_number(taken, "location", file->location);
    say_flag(taken, "unallocated", file->unallocated);
    say_flag(taken, "deleted", file->deleted);
}

static void say_media(Taken *taken, const VicsMedia *media)
{
    static const char *const photodna[] = {"", " photodna=kept", " photodna=not-valid",
                                           " photodna=bogus"};
    g_string_append_printf(taken->lines, "media of case %u", media->case_ordinal);
    say_bytes(taken, "md5", media->has_md5, media->md5, MD5_BYTES);
    say_bytes(taken, "sha1", media->has_sha1, media->sha1, SHA1_BYTES);
    say_bytes(taken, "sha256", media->has_sha256, media->sha256, SHA256_BYTES);
    say_text(taken, "category", media->category);
    say_text(taken, "source", media->precategorization_source);
    say_text(taken, "series", media->series);
    say_text(taken, "mime", media->mime_type);
    say_text(taken, "path", media->relative_path);
    say_text(taken, "updated", media->updated);
    say_number(taken, "size", media->size_bytes);
    say_flag(taken, "victim", media->victim_identified);
    say_flag(taken, "offender", media->offender_identified);
    say_flag(taken, "distributed", media->distributed);
    say_flag(taken, "suspected", media->suspected);
    say_flag(taken, "precategorized", media->precategorized);
    say_flag(taken, "self", media->self_generated);
    g_string_append(taken->lines, photodna[media->photodna]);
    if (media->refused > 0)
        g_string_append_printf(taken->lines, " refused=%u", media->refused);
    say_fields(taken, media->fields);
    for (unsigned i = 0; i < media->files->len; i++)
        say_file(taken, media->files->pdata[i]);
    for (unsigned i = 0; i < media->identifiers->len; i++)
        say_identifier(taken, "\n  ", media->identifiers->pdata[i]);
    g_string_append_c(taken->lines, '\n');
}

static bool take_media(void *user_data, const VicsMedia *media, GError **err)
{
    Taken *taken = user_data;
    g_assert_cmpuint(media->case_ordinal, <, G_N_ELEMENTS(taken->media));
    g_ptr_array_add(taken->media[media->case_ordinal], g_strdup(media->raw));
    say_media(taken, media);
    return ++taken->media_count != taken->stop_after;
}

static bool take_identifier(void *user_data, const VicsIdentifier *identifier, GError **err)
{
    Taken *taken = user_data;
    g_ptr_array_add(taken->identifiers[identifier->case_ordinal], g_strdup(identifier->raw));
    say_identifier(taken, "", identifier);
    g_string_append_c(taken->lines, '\n');
    return true;
}

static bool take_head(void *user_data, const VicsCaseHead *head, GError **err)
{
    Taken *taken = user_data;
    g_string_append_printf(taken->lines, "case %u", head->ordinal);
    say_text(taken, "id", head->case_id);
    say_text(taken, "number", head->case_number);
    say_text(taken, "seized", head->seized);
    g_string_append_c(taken->lines, '\n');
    return true;
}

static bool take_document(void *user_data, const VicsDocument *document, GError **err)
{
    Taken *taken = user_data;
    g_assert_null(taken->frame);
    taken->frame = g_strdup(document->frame);
    g_string_append_printf(taken->lines, "document cases=%u media=%" G_GUINT64_FORMAT,
                           document->case_count, document->media_count);
    say_text(taken, "version", document->version);
    say_text(taken, "region", document->region);
    g_string_append_c(taken->lines, '\n');
    return true;
}

static bool take(Taken *taken, const char *text, size_t length, size_t chunk, GError **err)
{
    MemoryList list = {.bytes = (const uint8_t *)text, .size_bytes = length, .chunk_bytes = chunk};
    ListSource source = memory_list_source(&list);
    const VicsCaseSink sink = {
        .media = take_media,
        .identifier = take_identifier,
        .head = take_head,
        .document = take_document,
        .user_data = taken,
    };
    return vics_case_read(&source, &sink, err);
}

static bool bring_elements(void *user_data, VicsCaseFrame *frame, unsigned case_ordinal,
                           VicsArray array, GError **err)
{
    Taken *taken = user_data;
    const GPtrArray *elements =
        array == VICS_ARRAY_MEDIA ? taken->media[case_ordinal] : taken->identifiers[case_ordinal];
    for (unsigned i = 0; i < elements->len; i++)
        if (!vics_case_frame_element(frame, elements->pdata[i], err))
            return false;
    return true;
}

static bool append_output(void *user_data, const void *bytes, size_t size_bytes, GError **err)
{
    g_string_append_len(user_data, bytes, (gssize)size_bytes);
    return true;
}

static char *written_again(Taken *taken, VicsFrameContent content)
{
    GString *text = g_string_new(NULL);
    g_autoptr(GError) error = NULL;
    content.elements = bring_elements;
    content.user_data = taken;
    const ListOutput output = {.write = append_output, .user_data = text};
    vics_case_frame_write(taken->frame, &content, &output, &error);
    g_assert_no_error(error);
    return g_string_free(text, FALSE);
}

// As jansson understands it, members in their order.
static char *understood(const char *text, size_t length)
{
    if (length >= 3 && memcmp(text, "\xef\xbb\xbf", 3) == 0) {
        text += 3;
        length -= 3;
    }
    json_error_t error;
    json_t *root = json_loadb(text, length, JSON_DECODE_INT_AS_REAL, &error);
    g_assert_cmpstr(root != NULL ? "" : error.text, ==, "");
    char *dump = json_dumps(root, JSON_COMPACT);
    json_decref(root);
    return dump;
}

static char *fixture_path(const char *name, const char *end)
{
    g_autofree char *file = g_strconcat(name, end, NULL);
    return g_build_filename(g_getenv("CLEW_SOURCE"), "tests", "fixtures", "vics_case", file, NULL);
}

static void check_expected(const char *name, const char *lines)
{
    g_autofree char *path = fixture_path(name, ".expected");
    g_autofree char *expected = NULL;
    g_autoptr(GError) error = NULL;
    if (g_getenv("CLEW_UPDATE_EXPECTED") != NULL)
        g_assert_true(g_file_set_contents(path, lines, -1, NULL));
    g_file_get_contents(path, &expected, NULL, &error);
    g_assert_no_error(error);
    g_assert_cmpstr(lines, ==, expected);
}

static void check_fixture(gconstpointer data)
{
    const char *name = data;
    g_autofree char *path = fixture_path(name, ".json");
    g_autofree char *text = NULL;
    size_t length;
    g_assert_true(g_file_get_contents(path, &text, &length, NULL));
    char *before = understood(text, length);
    g_autofree char *first = NULL;
    for (size_t chunk = 0; chunk < 40; chunk += 13) {
        Taken taken;
        g_autoptr(GError) error = NULL;
        taken_init(&taken);
        take(&taken, text, length, chunk, &error);
        g_assert_no_error(error);
        check_expected(name, taken.lines->str);
        g_autofree char *again = written_again(&taken, (VicsFrameContent){0});
        char *after = understood(again, strlen(again));
        g_assert_cmpstr(after, ==, before);
        free(after);
        if (first != NULL)
            g_assert_cmpstr(again, ==, first);
        g_free(first);
        first = g_steal_pointer(&again);
        taken_clear(&taken);
    }
    // What was written once is in normal form: byte for byte the same from now on.
    Taken taken;
    taken_init(&taken);
    g_assert_true(take(&taken, first, strlen(first), 0, NULL));
    g_autofree char *twice = written_again(&taken, (VicsFrameContent){0});
    g_assert_cmpstr(twice, ==, first);
    taken_clear(&taken);
    free(before);
}

static void assert_refused(const char *text, int code, const char *part)
{
    Taken taken;
    g_autoptr(GError) error = NULL;
    taken_init(&taken);
    g_assert_false(take(&taken, text, strlen(text), 0, &error));
    g_assert_error(error, CLEW_ERROR, code);
    g_assert_nonnull(strstr(error->message, part));
    g_assert_null(taken.frame);
    taken_clear(&taken);
}

static void refuses_what_is_no_case_document(void)
{
    assert_refused("", CLEW_ERROR_CORRUPT, "end of the file");
    assert_refused("[]", CLEW_ERROR_CORRUPT, "byte 0: expected '{'");
    assert_refused("{}", CLEW_ERROR_CORRUPT, "\"value\"");
    assert_refused("{\"value\":3}", CLEW_ERROR_CORRUPT, "a list of cases");
    assert_refused("{\"value\":[],\"value\":[]}", CLEW_ERROR_CORRUPT, "one member \"value\"");
    assert_refused("{\"value\":[{\"Media\":[],\"Media\":[]}]}", CLEW_ERROR_CORRUPT, "one list");
    assert_refused("{\"value\":[{\"Media\":[{\"MD5\":\"", CLEW_ERROR_CORRUPT, "end of the file");
    assert_refused("{\"value\":[]} x", CLEW_ERROR_CORRUPT, "byte 13");
}

static void sends_hash_sets_elsewhere(void)
{
    assert_refused("{\"@odata.context\":\"a/$metadata#Media\",\"value\":[]}",
                   CLEW_ERROR_UNSUPPORTED, "import it as a set");
    assert_refused("{\"value\":[{\"MD5\":\"00\"}],\"@odata.context\":\"a\"}",
                   CLEW_ERROR_UNSUPPORTED, "import it as a set");
}

static void nesting_is_bounded_everywhere(void)
{
    static const char *const before[] = {"", "{\"a\":", "{\"value\":[{\"Media\":[",
                                         "{\"value\":[{\"Media\":[{\"a\":"};
    for (unsigned i = 0; i < G_N_ELEMENTS(before); i++) {
        g_autoptr(GString) text = g_string_new(before[i]);
        for (unsigned j = 0; j < 100000; j++)
            g_string_append_c(text, '[');
        Taken taken;
        taken_init(&taken);
        g_assert_false(take(&taken, text->str, text->len, 0, NULL));
        taken_clear(&taken);
    }
}

static char *repeated(char c, size_t count)
{
    char *text = g_malloc(count + 1);
    memset(text, c, count);
    text[count] = '\0';
    return text;
}

static void what_is_too_large_fails_as_a_whole(void)
{
    g_autofree char *long_text = repeated('a', LIMIT_LIST_TOKEN_BYTES + 1);
    g_autofree char *in_media =
        g_strdup_printf("{\"value\":[{\"Media\":[{\"a\":\"%s\"}]}]}", long_text);
    assert_refused(in_media, CLEW_ERROR_LIMIT, "byte 20: a media larger");
    g_autofree char *in_case = g_strdup_printf("{\"value\":[{\"a\":\"%s\"}]}", long_text);
    assert_refused(in_case, CLEW_ERROR_LIMIT, "the members of the case");
    g_autofree char *key = g_strdup_printf("{\"value\":[{\"%s\":1}]}", long_text);
    assert_refused(key, CLEW_ERROR_LIMIT, "the members of the case");
    g_autofree char *numbers = repeated('1', LIMIT_VICS_OBJECT_BYTES);
    for (size_t i = 1; i < LIMIT_VICS_OBJECT_BYTES; i += 2)
        numbers[i] = ',';
    numbers[LIMIT_VICS_OBJECT_BYTES - 1] = '2';
    g_autofree char *wide = g_strdup_printf("{\"value\":[{\"Media\":[[1,%s]]}]}", numbers);
    assert_refused(wide, CLEW_ERROR_LIMIT, "a media larger");
}

static void stops_when_told(void)
{
    static const char text[] = "{\"value\":[{\"Media\":[{\"MD5\":\"1\"},{\"MD5\":\"2\"},{}]}]}";
    Taken taken;
    g_autoptr(GError) error = NULL;
    taken_init(&taken);
    taken.stop_after = 2;
    g_assert_false(take(&taken, text, strlen(text), 0, &error));
    g_assert_error(error, CLEW_ERROR, CLEW_ERROR_CANCELLED);
    g_assert_cmpuint(taken.media_count, ==, 2);
    taken_clear(&taken);
}

static void totals_are_counted_anew_when_there_is_more(void)
{
    static const char text[] =
        "{\"value\":[{\"TotalMediaFiles\":[9],\"a\":1,\"TotalPrecategorized\":"
        "\"x\"},{\"TotalMediaFiles\":8}]}";
    Taken taken;
    taken_init(&taken);
    g_assert_true(take(&taken, text, strlen(text), 0, NULL));
    g_ptr_array_add(taken.media[0], g_strdup("{\"MD5\":\"1\"}"));
    const VicsFrameContent more = {.has_more = true, .media_files = 12, .precategorized = 3};
    g_autofree char *again = written_again(&taken, more);
    g_assert_cmpstr(again, ==,
                    "{\"value\":[{\"TotalMediaFiles\":12,\"a\":1,\"TotalPrecategorized\":3,"
                    "\"Media\":[\n{\"MD5\":\"1\"}]},{\"TotalMediaFiles\":8}]}\n");
    taken_clear(&taken);
}

static void members_are_changed_in_their_place(void)
{
    static const VicsMemberEdit edits[] = {
        {"Category", "2"}, {"Series", "\"Blue kites\""}, {"Tags", "\"new\""}};
    g_autoptr(GString) text = g_string_new(NULL);
    g_autoptr(GError) error = NULL;
    vics_object_edit("{\"a\":{\"Category\":7},\"Category\":null,\"Series\":{\"Name\":[1]},"
                     "\"b\":1.50,\"Category\":\"1\"}",
                     edits, G_N_ELEMENTS(edits), text, &error);
    g_assert_no_error(error);
    g_assert_cmpstr(text->str, ==,
                    "{\"a\":{\"Category\":7},\"Category\":2,\"Series\":\"Blue kites\",\"b\":1.50,"
                    "\"Category\":2,\"Tags\":\"new\"}");
    g_string_truncate(text, 0);
    g_assert_true(vics_object_edit("{}", edits, 1, text, NULL));
    g_assert_cmpstr(text->str, ==, "{\"Category\":2}");
    g_assert_false(vics_object_edit("[]", edits, 1, text, &error));
    g_assert_error(error, CLEW_ERROR, CLEW_ERROR_CORRUPT);
    g_clear_error(&error);
    g_assert_false(vics_object_edit("{\"a\":1", edits, 1, text, &error));
    g_assert_error(error, CLEW_ERROR, CLEW_ERROR_CORRUPT);
    g_assert_cmpstr(text->str, ==, "{\"Category\":2}");
}

// Text of a worker that was taken over must not reach beyond its place.
static void an_element_cannot_leave_its_list(void)
{
    static const char *const elements[] = {"{}],\"Evil\":[{}", "{},{}", "", "{"};
    for (unsigned i = 0; i < G_N_ELEMENTS(elements); i++) {
        Taken taken;
        g_autoptr(GError) error = NULL;
        g_autoptr(GString) text = g_string_new(NULL);
        taken_init(&taken);
        g_ptr_array_add(taken.media[0], g_strdup(elements[i]));
        const VicsFrameContent content = {.elements = bring_elements, .user_data = &taken};
        const ListOutput output = {.write = append_output, .user_data = text};
        g_assert_false(
            vics_case_frame_write("{\"value\":[{\"Media\":[]}]}", &content, &output, &error));
        g_assert_error(error, CLEW_ERROR, CLEW_ERROR_CORRUPT);
        taken_clear(&taken);
    }
}

static void a_damaged_frame_is_said(void)
{
    static const char *const frames[] = {"", "{", "{\"value\":[{\"Media\":[1]}]}",
                                         "{\"value\":[{\"Media\":[]}]",
                                         "{\"value\":[{\"Media\":[}"};
    for (unsigned i = 0; i < G_N_ELEMENTS(frames); i++) {
        Taken taken;
        g_autoptr(GError) error = NULL;
        g_autoptr(GString) text = g_string_new(NULL);
        taken_init(&taken);
        const VicsFrameContent content = {.elements = bring_elements, .user_data = &taken};
        const ListOutput output = {.write = append_output, .user_data = text};
        g_assert_false(vics_case_frame_write(frames[i], &content, &output, &error));
        g_assert_error(error, CLEW_ERROR, CLEW_ERROR_CORRUPT);
        taken_clear(&taken);
    }
}

int main(int argc, char **argv)
{
    static const char *const fixtures[] = {
        "booleans",
        "byte_order_mark_and_crlf",
        "dates",
        "empty",
        "identifiers",
        "no_media",
        "one_case_without_a_list",
        "paths",
        "photodna",
        "precategorized_without_category",
        "segments",
        "series",
        "several_cases",
        "unknown_members",
        "upper_case_and_repeated_md5",
        "version_1_3",
    };
    g_test_init(&argc, &argv, NULL);
    for (unsigned i = 0; i < G_N_ELEMENTS(fixtures); i++) {
        g_autofree char *path = g_strconcat("/vics_case/fixture/", fixtures[i], NULL);
        g_test_add_data_func(path, fixtures[i], check_fixture);
    }
    g_test_add_func("/vics_case/refuses_what_is_no_case_document",
                    refuses_what_is_no_case_document);
    g_test_add_func("/vics_case/sends_hash_sets_elsewhere", sends_hash_sets_elsewhere);
    g_test_add_func("/vics_case/nesting_is_bounded_everywhere", nesting_is_bounded_everywhere);
    g_test_add_func("/vics_case/what_is_too_large_fails_as_a_whole",
                    what_is_too_large_fails_as_a_whole);
    g_test_add_func("/vics_case/stops_when_told", stops_when_told);
    g_test_add_func("/vics_case/totals_are_counted_anew_when_there_is_more",
                    totals_are_counted_anew_when_there_is_more);
    g_test_add_func("/vics_case/members_are_changed_in_their_place",
                    members_are_changed_in_their_place);
    g_test_add_func("/vics_case/an_element_cannot_leave_its_list",
                    an_element_cannot_leave_its_list);
    g_test_add_func("/vics_case/a_damaged_frame_is_said", a_damaged_frame_is_said);
    return g_test_run();
}
