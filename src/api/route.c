// SPDX-License-Identifier: Apache-2.0
#include "api/route.h"

#include <string.h>

static const char *const method_names[API_METHOD_COUNT] = {
    [API_METHOD_GET] = "GET",     [API_METHOD_POST] = "POST",     [API_METHOD_PUT] = "PUT",
    [API_METHOD_PATCH] = "PATCH", [API_METHOD_DELETE] = "DELETE",
};

const char *api_method_name(ApiMethod method)
{
    g_return_val_if_fail((unsigned)method < API_METHOD_COUNT, "GET");
    return method_names[method];
}

bool api_method_from_name(const char *name, ApiMethod *ret_method)
{
    for (unsigned i = 0; i < API_METHOD_COUNT; i++)
        if (strcmp(method_names[i], name) == 0) {
            *ret_method = (ApiMethod)i;
            return true;
        }
    return false;
}

bool api_route_in_case(const ApiRoute *route)
{
    return strstr(route->path, "/{case}") != NULL;
}

bool api_route_needs_second_factor(const ApiRoute *route)
{
    return route->second_factor || permission_needs_second_factor(route->permission);
}

bool api_route_takes_query(const ApiRoute *route, const char *name)
{
    size_t length = strlen(name);
    const char *at = route->query;
    while (at != NULL && length > 0) {
        size_t word = strcspn(at, " ");
        if (word == length && memcmp(at, name, length) == 0)
            return true;
        at = at[word] == ' ' ? at + word + 1 : NULL;
    }
    return false;
}

size_t api_route_body_limit(const ApiRoute *route)
{
    if (route->body == API_BODY_NONE)
        return 0;
    return route->body_limit > 0 ? route->body_limit : LIMIT_API_BODY_BYTES;
}

// ---- Matching ---------------------------------------------------------------------------------

bool api_number_from_text(const char *text, size_t length, uint64_t *ret_number)
{
    if (length == 0 || text[0] < '1' || text[0] > '9')
        return false;
    uint64_t number = 0;
    for (size_t i = 0; i < length; i++) {
        if (text[i] < '0' || text[i] > '9')
            return false;
        unsigned digit = (unsigned)(text[i] - '0');
        if (number > ((uint64_t)INT64_MAX - digit) / 10)
            return false;
        number = number * 10 + digit;
    }
    *ret_number = number;
    return true;
}

static bool is_word(const char *text, size_t length)
{
    if (length == 0 || length > LIMIT_API_WORD || text[0] == '.')
        return false;
    for (size_t i = 0; i < length; i++)
        if (!g_ascii_isalnum(text[i]) && text[i] != '.' && text[i] != '_' && text[i] != '-')
            return false;
    return true;
}

// Takes one segment of the path as the parameter that `pattern` ("{case}", "{scheme:word}") names.
static bool take_parameter(ApiMatch *match, const char *pattern, size_t pattern_length,
                           const char *text, size_t length)
{
    g_return_val_if_fail(match->parameter_count < API_PATH_PARAMETERS_MAX, false);
    ApiPathParameter parameter = {.name = pattern + 1, .name_length = pattern_length - 2};
    const char *colon = memchr(parameter.name, ':', parameter.name_length);
    if (colon != NULL) {
        parameter.name_length = (size_t)(colon - parameter.name);
        if (!is_word(text, length))
            return false;
        memcpy(parameter.word, text, length);
    } else if (!api_number_from_text(text, length, &parameter.number)) {
        return false;
    }
    match->parameters[match->parameter_count++] = parameter;
    return true;
}

// Whether the path fits the row; its parameters go into *match.
static bool path_fits(const char *pattern, const char *path, ApiMatch *match)
{
    match->parameter_count = 0;
    while (*pattern == '/' && *path == '/') {
        pattern++, path++;
        size_t pattern_length = strcspn(pattern, "/"), length = strcspn(path, "/");
        if (*pattern == '{') {
            if (!take_parameter(match, pattern, pattern_length, path, length))
                return false;
        } else if (pattern_length != length || memcmp(pattern, path, length) != 0) {
            return false;
        }
        pattern += pattern_length, path += length;
    }
    return *pattern == '\0' && *path == '\0';
}

// Two rows that fit one path are a mistake in the table, which its test refuses.
ApiMatch api_match(const ApiRoute *const *routes, ApiMethod method, const char *path)
{
    ApiMatch found = {0};
    unsigned allowed = 0;
    for (; *routes != NULL; routes++)
        for (const ApiRoute *route = *routes; route->path != NULL; route++) {
            ApiMatch match = {.route = route};
            if (!path_fits(route->path, path, &match))
                continue;
            allowed |= 1u << route->method;
            if (route->method == method && found.route == NULL)
                found = match;
        }
    found.allowed = allowed;
    return found;
}
