// SPDX-License-Identifier: Apache-2.0
#include "api/target.h"

#include <string.h>

#include "api/problem.h"

static bool refuse(GError **err, const char *why)
{
    g_set_error(err, API_PROBLEM, API_PROBLEM_BAD_REQUEST, "the request's target %s", why);
    return false;
}

// What RFC 3986 lets stand in a path or query unescaped, and '%'.
static bool is_target_byte(char c)
{
    return g_ascii_isalnum(c) || (c != '\0' && strchr("-._~!$&'()*+,;=:@/?%[]", c) != NULL);
}

static bool has_control(const char *text)
{
    for (; *text != '\0'; text++)
        if (g_ascii_iscntrl(*text))
            return true;
    return false;
}

// Decodes percent signs, and '+' as a blank where forms do. NULL when a sign is cut or stands for
// NUL, or when the result is not UTF-8.
static char *decoded(const char *text, size_t length, bool plus_is_blank)
{
    g_autoptr(GString) out = g_string_sized_new(length);
    for (size_t i = 0; i < length; i++) {
        char c = text[i];
        if (c == '%') {
            if (length - i < 3 || !g_ascii_isxdigit(text[i + 1]) || !g_ascii_isxdigit(text[i + 2]))
                return NULL;
            c = (char)(g_ascii_xdigit_value(text[i + 1]) * 16 + g_ascii_xdigit_value(text[i + 2]));
            i += 2;
            if (c == '\0')
                return NULL;
        } else if (c == '+' && plus_is_blank) {
            c = ' ';
        }
        g_string_append_c(out, c);
    }
    if (!g_utf8_validate(out->str, (gssize)out->len, NULL))
        return NULL;
    return g_string_free(g_steal_pointer(&out), FALSE);
}

static bool is_dot_segment(const char *text, size_t length)
{
    return (length == 1 && text[0] == '.') || (length == 2 && text[0] == '.' && text[1] == '.');
}

// The decoded path segment by segment, so that an escaped slash cannot become one.
static bool parse_path(const char *text, size_t length, ApiTarget *target, GError **err)
{
    g_autoptr(GString) path = g_string_sized_new(length);
    const char *end = text + length;
    while (text < end) {
        const char *segment = text + 1; // behind the slash
        size_t size = 0;
        while (segment + size < end && segment[size] != '/')
            size++;
        g_autofree char *plain = decoded(segment, size, false);
        if (plain == NULL || has_control(plain))
            return refuse(err, "has a path that is no escaped UTF-8 text");
        if (strpbrk(plain, "/\\") != NULL || is_dot_segment(plain, strlen(plain)))
            return refuse(err, "has a path with dot segments, or with an escaped slash");
        if (size == 0 && segment < end)
            return refuse(err, "has an empty segment in its path");
        g_string_append_c(path, '/');
        g_string_append(path, plain);
        text = segment + size;
    }
    target->path = g_string_free(g_steal_pointer(&path), FALSE);
    return true;
}

const char *api_target_query(const ApiTarget *target, const char *name)
{
    for (unsigned i = 0; i < target->parameter_count; i++)
        if (strcmp(target->parameters[i].name, name) == 0)
            return target->parameters[i].value;
    return NULL;
}

static bool add_parameter(const char *text, size_t length, ApiTarget *target, GError **err)
{
    const char *equals = memchr(text, '=', length);
    if (equals == NULL)
        return refuse(err, "has a query parameter without a value");
    size_t name_length = (size_t)(equals - text);
    g_autofree char *name = decoded(text, name_length, true);
    g_autofree char *value = decoded(equals + 1, length - name_length - 1, true);
    if (name == NULL || value == NULL || has_control(name) || has_control(value))
        return refuse(err, "has a query that is no escaped UTF-8 text");
    if (*name == '\0' || strlen(name) > LIMIT_API_WORD || strlen(value) > LIMIT_API_QUERY_TEXT)
        return refuse(err, "has a query parameter of a wrong length");
    if (api_target_query(target, name) != NULL)
        return refuse(err, "has a query parameter twice");
    if (target->parameter_count == LIMIT_API_QUERY_PARAMETERS)
        return refuse(err, "has too many query parameters");
    target->parameters[target->parameter_count++] =
        (ApiQueryParameter){g_steal_pointer(&name), g_steal_pointer(&value)};
    return true;
}

static bool parse_query(const char *text, ApiTarget *target, GError **err)
{
    while (*text != '\0') {
        size_t length = strcspn(text, "&");
        if (!add_parameter(text, length, target, err))
            return false;
        text += length;
        if (*text == '&' && *++text == '\0')
            return refuse(err, "ends in the middle of its query");
    }
    return true;
}

bool api_target_parse(const char *text, ApiTarget *ret_target, GError **err)
{
    size_t length = strlen(text);
    if (length > LIMIT_API_TARGET_BYTES) {
        g_set_error(err, API_PROBLEM, API_PROBLEM_TARGET_TOO_LONG,
                    "the request's target is longer than %u bytes", LIMIT_API_TARGET_BYTES);
        return false;
    }
    if (text[0] != '/')
        return refuse(err, "is not a path that begins with /");
    for (size_t i = 0; i < length; i++)
        if (!is_target_byte(text[i]))
            return refuse(err, "has bytes that must be escaped");

    ApiTarget target = {0};
    size_t path_length = strcspn(text, "?");
    if (!parse_path(text, path_length, &target, err) ||
        (text[path_length] == '?' && !parse_query(text + path_length + 1, &target, err))) {
        api_target_clear(&target);
        return false;
    }
    *ret_target = target;
    return true;
}

void api_target_clear(ApiTarget *target)
{
    g_clear_pointer(&target->path, g_free);
    for (unsigned i = 0; i < target->parameter_count; i++) {
        g_free(target->parameters[i].name);
        g_free(target->parameters[i].value);
    }
    target->parameter_count = 0;
}
