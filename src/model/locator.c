// SPDX-License-Identifier: Apache-2.0
#include "model/locator.h"

#include <string.h>

#include "base/error.h"
#include "base/limits.h"
#include "model/path_text.h"

static bool refuse(GError **err, const char *why)
{
    g_set_error(err, CLEW_ERROR, CLEW_ERROR_INVALID,
                "cannot read the locator: %s; give it as clew printed it", why);
    return false;
}

void locator_clear(Locator *locator)
{
    g_free(locator->file);
    g_strfreev(locator->steps);
    *locator = (Locator){0};
}

// ---- JSON -------------------------------------------------------------------------------------

static void skip_space(const char **at)
{
    *at += strspn(*at, " \t\r\n");
}

// Copies one object without the white space between its parts. Strings are passed over as they
// stand. NULL when it does not end.
static char *take_object(const char **at)
{
    g_autoptr(GString) object = g_string_new(NULL);
    bool in_string = false;
    unsigned depth = 0;
    for (; **at != '\0'; (*at)++) {
        char c = **at;
        if (!in_string && strchr(" \t\r\n", c) != NULL)
            continue;
        g_string_append_c(object, c);
        if (in_string && c == '\\' && (*at)[1] != '\0')
            g_string_append_c(object, *++*at);
        else if (c == '"')
            in_string = !in_string;
        else if (!in_string && c == '{')
            depth++;
        else if (!in_string && c == '}' && --depth == 0) {
            (*at)++;
            return g_string_free(g_steal_pointer(&object), FALSE);
        }
    }
    return NULL;
}

// The four digits behind "\u", or -1.
static int take_code_unit(const char **at)
{
    int unit = 0;
    for (unsigned i = 0; i < 4; i++) {
        int digit = g_ascii_xdigit_value(**at);
        if (digit < 0)
            return -1;
        unit = unit << 4 | digit;
        ++*at;
    }
    return unit;
}

// RFC 8259 section 7: what lies beyond the first plane is written as two surrogates.
static bool append_unicode(GString *text, const char **at)
{
    int unit = take_code_unit(at);
    if (unit <= 0 || (unit >= 0xdc00 && unit < 0xe000))
        return false;
    gunichar rune = (gunichar)unit;
    if (unit >= 0xd800 && unit < 0xdc00) {
        int low = -1;
        if ((*at)[0] == '\\' && (*at)[1] == 'u') {
            *at += 2;
            low = take_code_unit(at);
        }
        if (low < 0xdc00 || low >= 0xe000)
            return false;
        rune = 0x10000 + ((rune - 0xd800) << 10) + (gunichar)low - 0xdc00;
    }
    g_string_append_unichar(text, rune);
    return true;
}

static bool append_escape(GString *text, const char **at)
{
    static const char plain[] = "\"\\/bfnrt", meant[] = "\"\\/\b\f\n\r\t";
    char c = *(*at)++;
    const char *found = c != '\0' ? strchr(plain, c) : NULL;
    if (found != NULL)
        g_string_append_c(text, meant[found - plain]);
    return found != NULL || (c == 'u' && append_unicode(text, at));
}

// The file of the first layer, {"file":"…"}. NULL when it is none.
static char *take_file(const char *object)
{
    static const char prefix[] = "{\"file\":\"";
    if (!g_str_has_prefix(object, prefix))
        return NULL;
    g_autoptr(GString) text = g_string_new(NULL);
    const char *at = object + strlen(prefix);
    while (*at != '"' && *at != '\0') {
        if (*at != '\\')
            g_string_append_c(text, *at++);
        else if (at++, !append_escape(text, &at))
            return NULL;
    }
    if (strcmp(at, "\"}") != 0 || text->len == 0)
        return NULL;
    return path_text_decode(text->str);
}

static bool parse_layers(const char *text, Locator *ret_locator, GError **err)
{
    g_autoptr(GPtrArray) layers = g_ptr_array_new_with_free_func(g_free);
    const char *at = text + 1;
    for (;;) {
        skip_space(&at);
        if (*at != '{')
            return refuse(err, "a layer does not begin with {");
        char *layer = take_object(&at);
        if (layer == NULL)
            return refuse(err, "a layer does not end");
        g_ptr_array_add(layers, layer);
        skip_space(&at);
        if (*at != ',')
            break;
        at++;
    }
    if (*at != ']' || at[1 + strspn(at + 1, " \t\r\n")] != '\0')
        return refuse(err, "it does not end with ]");
    g_autofree char *file = take_file(layers->pdata[0]);
    if (file == NULL)
        return refuse(err, "its first layer names no file");
    if (layers->len - 1 > LIMIT_EVIDENCE_DEPTH)
        return refuse(err, "it has more layers than containers can be nested");
    g_ptr_array_remove_index(layers, 0);
    g_ptr_array_add(layers, NULL);
    g_ptr_array_set_free_func(layers, NULL);
    *ret_locator = (Locator){.file = g_steal_pointer(&file),
                             .steps = (char **)g_ptr_array_free(g_steal_pointer(&layers), FALSE),
                             .are_layers = true};
    return true;
}

// ---- Path -------------------------------------------------------------------------------------

static bool parse_path(const char *text, Locator *ret_locator, GError **err)
{
    g_auto(GStrv) parts = g_strsplit(text, " > ", -1);
    unsigned count = g_strv_length(parts);
    if (count == 0 || *parts[0] == '\0')
        return refuse(err, "it names no file");
    if (count - 1 > LIMIT_EVIDENCE_DEPTH)
        return refuse(err, "it has more layers than containers can be nested");
    char *file = path_text_decode(parts[0]);
    if (file == NULL)
        return refuse(err, "a backslash in it begins no escape that clew writes");
    *ret_locator = (Locator){.file = file, .steps = g_strdupv(parts + 1)};
    return true;
}

bool locator_parse(const char *text, Locator *ret_locator, GError **err)
{
    const char *first = text;
    skip_space(&first);
    const char *second = *first == '[' ? first + 1 : first;
    skip_space(&second);
    bool is_locator = *first == '[' && *second == '{';
    return is_locator ? parse_layers(first, ret_locator, err) : parse_path(text, ret_locator, err);
}
