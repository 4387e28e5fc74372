// SPDX-License-Identifier: Apache-2.0
#include "api/body.h"

#include <math.h>
#include <string.h>

#include "api/problem.h"
#include "base/encoding.h"
#include "base/limits.h"

struct ApiObject {
    ApiBody *body;
    json_t *json; // borrowed; NULL after an error
    char *pointer;
    GHashTable *read; // set of names, borrowed from callers' literals by copy
};

struct ApiArray {
    ApiBody *body;
    json_t *json; // borrowed; NULL: empty
    char *pointer;
};

struct ApiBody {
    json_t *json;
    GPtrArray *objects; // of ApiObject
    GPtrArray *arrays;  // of ApiArray
    GPtrArray *blobs;   // of GBytes
    ApiObject *root;
    char *wrong; // the first thing that was wrong
    char *wrong_pointer;
};

static void object_free(void *data)
{
    ApiObject *object = data;
    g_hash_table_unref(object->read);
    g_free(object->pointer);
    g_free(object);
}

static void array_free(void *data)
{
    ApiArray *array = data;
    g_free(array->pointer);
    g_free(array);
}

// Takes `pointer`.
static ApiObject *object_new(ApiBody *body, json_t *json, char *pointer)
{
    ApiObject *object = g_new0(ApiObject, 1);
    object->body = body;
    object->json = json_is_object(json) ? json : NULL;
    object->pointer = pointer;
    object->read = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    g_ptr_array_add(body->objects, object);
    return object;
}

static ApiArray *array_new(ApiBody *body, json_t *json, char *pointer)
{
    ApiArray *array = g_new0(ApiArray, 1);
    array->body = body;
    array->json = json;
    array->pointer = pointer;
    g_ptr_array_add(body->arrays, array);
    return array;
}

// ---- Parsing ----------------------------------------------------------------------------------

// jansson nests up to 2048 deep; what goes deeper than ours is refused before it is built. Brackets
// in texts do not count. Bytes that are no JSON do not matter here: the parser refuses them.
static bool nests_too_deep(const char *bytes, size_t size)
{
    unsigned depth = 0;
    bool in_text = false;
    for (size_t i = 0; i < size; i++) {
        char c = bytes[i];
        if (in_text && c == '\\')
            i++;
        else if (c == '"')
            in_text = !in_text;
        else if (!in_text && (c == '{' || c == '['))
            depth++;
        else if (!in_text && (c == '}' || c == ']') && depth > 0)
            depth--;
        if (depth > LIMIT_API_DEPTH)
            return true;
    }
    return false;
}

ApiBody *api_body_parse(const char *bytes, size_t size_bytes, GError **err)
{
    if (nests_too_deep(bytes, size_bytes)) {
        g_set_error(err, API_PROBLEM, API_PROBLEM_BAD_REQUEST,
                    "the body is JSON nested deeper than %u", LIMIT_API_DEPTH);
        return NULL;
    }
    // jansson loses a NUL that follows a number instead of refusing it.
    if (memchr(bytes, '\0', size_bytes) != NULL) {
        g_set_error_literal(err, API_PROBLEM, API_PROBLEM_BAD_REQUEST, "the body has a NUL byte");
        return NULL;
    }
    json_error_t why;
    json_t *json = json_loadb(bytes, size_bytes, JSON_REJECT_DUPLICATES, &why);
    if (json == NULL) {
        // jansson's words may quote the body and cut a character in two.
        g_autofree char *text = g_utf8_make_valid(why.text, -1);
        g_set_error(err, API_PROBLEM, API_PROBLEM_BAD_REQUEST,
                    "the body is not JSON as it must be: line %d, column %d: %s", why.line,
                    why.column, text);
        return NULL;
    }
    if (!json_is_object(json)) {
        json_decref(json);
        g_set_error(err, API_PROBLEM, API_PROBLEM_BAD_REQUEST, "the body is not a JSON object");
        return NULL;
    }
    ApiBody *body = g_new0(ApiBody, 1);
    body->json = json;
    body->objects = g_ptr_array_new_with_free_func(object_free);
    body->arrays = g_ptr_array_new_with_free_func(array_free);
    body->blobs = g_ptr_array_new_with_free_func((GDestroyNotify)g_bytes_unref);
    body->root = object_new(body, json, g_strdup(""));
    return body;
}

void api_body_free(ApiBody *body)
{
    if (body == NULL)
        return;
    g_ptr_array_unref(body->objects);
    g_ptr_array_unref(body->arrays);
    g_ptr_array_unref(body->blobs);
    json_decref(body->json);
    g_free(body->wrong);
    g_free(body->wrong_pointer);
    g_free(body);
}

ApiObject *api_body_root(ApiBody *body)
{
    return body->root;
}

// ---- What is wrong ----------------------------------------------------------------------------

// RFC 6901: '~' and '/' are escaped.
static char *pointer_to(const char *pointer, const char *member)
{
    GString *text = g_string_new(pointer);
    g_string_append_c(text, '/');
    for (; *member != '\0'; member++) {
        if (*member == '~')
            g_string_append(text, "~0");
        else if (*member == '/')
            g_string_append(text, "~1");
        else
            g_string_append_c(text, *member);
    }
    return g_string_free(text, FALSE);
}

// Takes both texts.
static void note_wrong(ApiBody *body, char *pointer, char *what)
{
    if (body->wrong == NULL) {
        body->wrong = what;
        body->wrong_pointer = pointer;
    } else {
        g_free(what);
        g_free(pointer);
    }
}

void api_object_refuse(ApiObject *object, const char *member, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    char *what = g_strdup_vprintf(format, arguments);
    va_end(arguments);
    note_wrong(object->body, pointer_to(object->pointer, member), what);
}

static void refuse_unread(ApiObject *object)
{
    const char *name;
    json_t *value;
    json_object_foreach(object->json, name, value)
    {
        if (g_hash_table_contains(object->read, name))
            continue;
        api_object_refuse(object, name, "is no member that is known here");
        return;
    }
}

bool api_body_ok(ApiBody *body, GError **err)
{
    for (unsigned i = 0; i < body->objects->len && body->wrong == NULL; i++)
        refuse_unread(body->objects->pdata[i]);
    if (body->wrong == NULL)
        return true;
    g_set_error(err, CLEW_ERROR, CLEW_ERROR_INVALID, "%s: %s",
                *body->wrong_pointer != '\0' ? body->wrong_pointer : "the body", body->wrong);
    return false;
}

const char *api_body_pointer(const ApiBody *body)
{
    return body->wrong_pointer;
}

// ---- Single values ----------------------------------------------------------------------------

// The member's value, marked as read; null counts as absent.
static json_t *value_of(ApiObject *object, const char *member)
{
    if (object->json == NULL)
        return NULL;
    g_hash_table_add(object->read, g_strdup(member));
    json_t *value = json_object_get(object->json, member);
    return json_is_null(value) ? NULL : value;
}

static json_t *required(ApiObject *object, const char *member)
{
    json_t *value = value_of(object, member);
    if (value == NULL)
        api_object_refuse(object, member, "is missing");
    return value;
}

bool api_object_has(ApiObject *object, const char *member)
{
    return object->json != NULL && json_object_get(object->json, member) != NULL &&
           !json_is_null(json_object_get(object->json, member));
}

// What is wrong with a text, or NULL.
static char *text_fault(const json_t *value, size_t min_bytes, size_t max_bytes)
{
    if (!json_is_string(value))
        return g_strdup("must be a text");
    size_t length = json_string_length(value);
    if (length < min_bytes || length > max_bytes)
        return g_strdup_printf("must be a text of %zu to %zu bytes, and has %zu", min_bytes,
                               max_bytes, length);
    for (const char *c = json_string_value(value); *c != '\0'; c++)
        if (g_ascii_iscntrl(*c) && *c != '\t' && *c != '\n')
            return g_strdup("must not have control characters");
    return NULL;
}

static char *int_fault(const json_t *value, int64_t min, int64_t max)
{
    if (!json_is_integer(value))
        return g_strdup("must be a whole number");
    if (json_integer_value(value) < min || json_integer_value(value) > max)
        return g_strdup_printf(
            "must be a whole number from %" G_GINT64_FORMAT " to %" G_GINT64_FORMAT, min, max);
    return NULL;
}

// Takes `fault`; true when there is none.
static bool member_fits(ApiObject *object, const char *member, char *fault)
{
    if (fault == NULL)
        return true;
    note_wrong(object->body, pointer_to(object->pointer, member), fault);
    return false;
}

int64_t api_object_int_or(ApiObject *object, const char *member, int64_t min, int64_t max,
                          int64_t fallback)
{
    json_t *value = value_of(object, member);
    if (value == NULL || !member_fits(object, member, int_fault(value, min, max)))
        return fallback;
    return json_integer_value(value);
}

int64_t api_object_int(ApiObject *object, const char *member, int64_t min, int64_t max)
{
    return required(object, member) ? api_object_int_or(object, member, min, max, min) : min;
}

double api_object_real(ApiObject *object, const char *member, double min, double max)
{
    json_t *value = required(object, member);
    if (value == NULL)
        return min;
    double number = json_number_value(value);
    if (json_is_number(value) && isfinite(number) && number >= min && number <= max)
        return number;
    api_object_refuse(object, member, "must be a number from %g to %g", min, max);
    return min;
}

bool api_object_bool_or(ApiObject *object, const char *member, bool fallback)
{
    json_t *value = value_of(object, member);
    if (value == NULL)
        return fallback;
    if (!json_is_boolean(value))
        api_object_refuse(object, member, "must be true or false");
    return json_is_true(value);
}

bool api_object_bool(ApiObject *object, const char *member)
{
    return required(object, member) != NULL && api_object_bool_or(object, member, false);
}

const char *api_object_text_or(ApiObject *object, const char *member, size_t min_bytes,
                               size_t max_bytes, const char *fallback)
{
    json_t *value = value_of(object, member);
    if (value == NULL || !member_fits(object, member, text_fault(value, min_bytes, max_bytes)))
        return fallback;
    return json_string_value(value);
}

const char *api_object_text(ApiObject *object, const char *member, size_t min_bytes,
                            size_t max_bytes)
{
    if (required(object, member) == NULL)
        return "";
    return api_object_text_or(object, member, min_bytes, max_bytes, "");
}

unsigned api_object_choice_or(ApiObject *object, const char *member, const char *const *choices,
                              unsigned fallback)
{
    json_t *value = value_of(object, member);
    if (value == NULL)
        return fallback;
    for (unsigned i = 0; json_is_string(value) && choices[i] != NULL; i++)
        if (strcmp(choices[i], json_string_value(value)) == 0)
            return i;
    g_autofree char *known = g_strjoinv(", ", (char **)choices);
    api_object_refuse(object, member, "must be one of: %s", known);
    return fallback;
}

unsigned api_object_choice(ApiObject *object, const char *member, const char *const *choices)
{
    return required(object, member) != NULL ? api_object_choice_or(object, member, choices, 0) : 0;
}

bool api_object_hex_or_none(ApiObject *object, const char *member, uint8_t *ret_bytes,
                            size_t size_bytes)
{
    json_t *value = value_of(object, member);
    if (value == NULL)
        return false;
    if (json_is_string(value) &&
        encoding_from_hex(json_string_value(value), json_string_length(value), ret_bytes,
                          size_bytes))
        return true;
    api_object_refuse(object, member, "must be %zu hexadecimal digits", 2 * size_bytes);
    return false;
}

void api_object_hex(ApiObject *object, const char *member, uint8_t *ret_bytes, size_t size_bytes)
{
    memset(ret_bytes, 0, size_bytes);
    if (required(object, member) != NULL)
        api_object_hex_or_none(object, member, ret_bytes, size_bytes);
}

GBytes *api_object_base64(ApiObject *object, const char *member, size_t max_bytes)
{
    json_t *value = required(object, member);
    if (value == NULL)
        return NULL;
    size_t length = json_string_length(value);
    const char *text = json_string_value(value);
    size_t padding = length < 2 ? 0 : (size_t)(text[length - 1] == '=') + (text[length - 2] == '=');
    size_t size = length / 4 * 3 - (length >= 4 ? padding : 0);
    if (!json_is_string(value) || length % 4 != 0 || size > max_bytes) {
        api_object_refuse(object, member, "must be base64 of at most %zu bytes", max_bytes);
        return NULL;
    }
    g_autofree uint8_t *bytes = g_malloc(size + 1);
    if (!encoding_from_base64(text, length, bytes, size)) {
        api_object_refuse(object, member, "is no base64 with padding");
        return NULL;
    }
    GBytes *blob = g_bytes_new_take(g_steal_pointer(&bytes), size);
    g_ptr_array_add(object->body->blobs, blob);
    return blob;
}

const json_t *api_object_any(ApiObject *object, const char *member)
{
    return value_of(object, member);
}

// ---- Objects and arrays -----------------------------------------------------------------------

ApiObject *api_object_child_or_null(ApiObject *object, const char *member)
{
    json_t *value = value_of(object, member);
    if (value == NULL)
        return NULL;
    if (!json_is_object(value))
        api_object_refuse(object, member, "must be an object");
    return object_new(object->body, value, pointer_to(object->pointer, member));
}

ApiObject *api_object_child(ApiObject *object, const char *member)
{
    ApiObject *child = required(object, member) ? api_object_child_or_null(object, member) : NULL;
    if (child != NULL)
        return child;
    return object_new(object->body, NULL, pointer_to(object->pointer, member));
}

static ApiArray *read_array(ApiObject *object, const char *member, json_t *value, size_t min,
                            size_t max)
{
    if (value != NULL && !json_is_array(value)) {
        api_object_refuse(object, member, "must be an array");
        value = NULL;
    } else if (value != NULL && (json_array_size(value) < min || json_array_size(value) > max)) {
        api_object_refuse(object, member, "must have %zu to %zu elements, and has %zu", min, max,
                          json_array_size(value));
        value = NULL;
    }
    return array_new(object->body, value, pointer_to(object->pointer, member));
}

ApiArray *api_object_array_or_empty(ApiObject *object, const char *member, size_t max)
{
    return read_array(object, member, value_of(object, member), 0, max);
}

ApiArray *api_object_array(ApiObject *object, const char *member, size_t min, size_t max)
{
    return read_array(object, member, required(object, member), min, max);
}

size_t api_array_size(const ApiArray *array)
{
    return array->json != NULL ? json_array_size(array->json) : 0;
}

static char *element_pointer(const ApiArray *array, size_t at)
{
    return g_strdup_printf("%s/%zu", array->pointer, at);
}

ApiObject *api_array_object(ApiArray *array, size_t at)
{
    json_t *value = array->json != NULL ? json_array_get(array->json, at) : NULL;
    if (!json_is_object(value))
        note_wrong(array->body, element_pointer(array, at), g_strdup("must be an object"));
    return object_new(array->body, value, element_pointer(array, at));
}

static bool element_fits(ApiArray *array, size_t at, char *fault)
{
    if (fault != NULL)
        note_wrong(array->body, element_pointer(array, at), fault);
    return fault == NULL;
}

int64_t api_array_int(ApiArray *array, size_t at, int64_t min, int64_t max)
{
    json_t *value = array->json != NULL ? json_array_get(array->json, at) : NULL;
    return element_fits(array, at, int_fault(value, min, max)) ? json_integer_value(value) : min;
}

const char *api_array_text(ApiArray *array, size_t at, size_t min_bytes, size_t max_bytes)
{
    json_t *value = array->json != NULL ? json_array_get(array->json, at) : NULL;
    return element_fits(array, at, text_fault(value, min_bytes, max_bytes))
               ? json_string_value(value)
               : "";
}
