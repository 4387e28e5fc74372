// SPDX-License-Identifier: Apache-2.0
//
// Any bytes as a JSON body, read with every kind of reader. What is taken is strict UTF-8 without
// NUL, and a body that is wrong says where.
#include "api/body.h"

#include <stdlib.h>
#include <string.h>

#include "fuzz_target.h"

#define TEXT_MAX 20
#define BYTES_MAX 16
#define DEPTH_MAX 40

static void read_object(ApiObject *in, unsigned depth)
{
    static const char *const choices[] = {"one", "two", NULL};
    uint8_t bytes[4];
    int64_t number = api_object_int_or(in, "n", -5, 5, 0);
    if (number < -5 || number > 5)
        abort();
    const char *text = api_object_text_or(in, "t", 0, TEXT_MAX, "");
    if (strlen(text) > TEXT_MAX || !g_utf8_validate(text, -1, NULL))
        abort();
    if (api_object_choice_or(in, "c", choices, 0) > 1)
        abort();
    api_object_bool_or(in, "b", false);
    api_object_hex_or_none(in, "h", bytes, sizeof bytes);
    if (api_object_has(in, "z")) {
        GBytes *blob = api_object_base64(in, "z", BYTES_MAX);
        if (blob != NULL && g_bytes_get_size(blob) > BYTES_MAX)
            abort();
    }
    if (api_object_has(in, "r"))
        api_object_real(in, "r", 0, 1);
    ApiArray *array = api_object_array_or_empty(in, "a", 4);
    for (size_t i = 0; i < api_array_size(array); i++)
        read_object(api_array_object(array, i), depth + 1);
    ApiObject *child = api_object_child_or_null(in, "o");
    if (child != NULL && depth < DEPTH_MAX)
        read_object(child, depth + 1);
    if (depth >= DEPTH_MAX)
        abort(); // nesting is bounded before
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(ApiBody) body = api_body_parse((const char *)data, size, &error);
    if (body == NULL) {
        if (error == NULL || !g_utf8_validate(error->message, -1, NULL))
            abort();
        return 0;
    }
    if (memchr(data, '\0', size) != NULL ||
        !g_utf8_validate((const char *)data, (gssize)size, NULL))
        abort();
    read_object(api_body_root(body), 0);
    if (api_body_ok(body, &error) != (api_body_pointer(body) == NULL))
        abort();
    return 0;
}
