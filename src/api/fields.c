// SPDX-License-Identifier: Apache-2.0
#include "api/fields.h"

#include <string.h>

#define TIME_BYTES_MAX 64u
#define TIME_BYTES_MIN 20u // 2026-01-31T23:59:59Z

json_t *api_id(uint64_t id)
{
    return id != 0 ? json_integer((json_int_t)id) : json_null();
}

GArray *api_object_ids(ApiObject *object, const char *member, size_t max)
{
    ApiArray *array = api_object_array(object, member, 1, max);
    size_t count = api_array_size(array);
    GArray *ids = g_array_new(FALSE, FALSE, sizeof(uint64_t));
    for (size_t i = 0; i < count && i < max; i++) {
        uint64_t id = (uint64_t)api_array_int(array, i, 1, INT64_MAX);
        g_array_append_val(ids, id);
    }
    return ids;
}

bool api_time_read(const char *text, int64_t *ret_us)
{
    size_t length = strlen(text);
    if (length < TIME_BYTES_MIN || length > TIME_BYTES_MAX || text[length - 1] != 'Z')
        return false;
    g_autoptr(GDateTime) time = g_date_time_new_from_iso8601(text, NULL);
    if (time == NULL)
        return false;
    *ret_us = g_date_time_to_unix(time) * G_USEC_PER_SEC + g_date_time_get_microsecond(time);
    return true;
}

int64_t api_object_time_or_none(ApiObject *object, const char *member)
{
    const char *text = api_object_text_or(object, member, 1, TIME_BYTES_MAX, NULL);
    int64_t us = 0;
    if (text != NULL && !api_time_read(text, &us))
        api_object_refuse(object, member, "this is no time like 2026-01-31T23:59:59Z");
    return us;
}
