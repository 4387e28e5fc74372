// SPDX-License-Identifier: Apache-2.0
//
// Any text in place of a locator or a path: what is accepted, printed as clew prints it, is
// accepted again and means the same.
#include <stdlib.h>
#include <string.h>

#include "base/json_writer.h"
#include "base/limits.h"
#include "fuzz_target.h"
#include "model/layer.h"
#include "model/locator.h"
#include "model/path_text.h"

static void assert_that(bool rule)
{
    if (!rule)
        abort();
}

static char *printed_locator(const Locator *locator)
{
    g_autofree char *file = path_text_new(locator->file);
    GString *text = g_string_new(NULL);
    JsonWriter json;
    json_writer_init(&json, text);
    json_write_begin_array(&json);
    json_write_begin_object(&json);
    json_write_member_string(&json, "file", file);
    json_write_end_object(&json);
    for (char **step = locator->steps; *step != NULL; step++)
        json_write_raw(&json, *step, strlen(*step));
    json_write_end_array(&json);
    return g_string_free(text, FALSE);
}

static char *printed_path(const Locator *locator)
{
    GString *text = g_string_new(NULL);
    path_text_append(text, locator->file);
    for (char **step = locator->steps; *step != NULL; step++)
        g_string_append_printf(text, " > %s", *step);
    return g_string_free(text, FALSE);
}

static void check(const Locator *locator)
{
    unsigned count = g_strv_length(locator->steps);
    assert_that(locator->file[0] != '\0' && count <= LIMIT_EVIDENCE_DEPTH);
    g_autofree char *text = locator->are_layers ? printed_locator(locator) : printed_path(locator);
    // A file whose name looks like a locator is reached through its folder.
    if (!locator->are_layers && text[strspn(text, " \t\r\n")] == '[')
        return;
    g_auto(Locator) again = {0};
    assert_that(locator_parse(text, &again, NULL));
    assert_that(again.are_layers == locator->are_layers);
    assert_that(g_str_equal(again.file, locator->file));
    assert_that(
        g_strv_equal((const char *const *)again.steps, (const char *const *)locator->steps));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    g_autofree char *text = g_strndup((const char *)data, size);
    g_auto(Locator) locator = {0};
    g_autoptr(GError) error = NULL;
    if (locator_parse(text, &locator, &error))
        check(&locator);
    else
        assert_that(error != NULL && locator.file == NULL);

    g_autofree char *name = path_text_decode(text);
    g_autofree char *shown = name != NULL ? path_text_new(name) : NULL;
    g_autofree char *again = shown != NULL ? path_text_decode(shown) : NULL;
    assert_that(g_strcmp0(name, again) == 0);
    layer_is(text, strlen(text));
    return 0;
}
