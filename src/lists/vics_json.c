// SPDX-License-Identifier: Apache-2.0
#include "lists/vics_json.h"

void vics_write_context(JsonWriter *json, const char *region, const char *kind)
{
    g_autofree char *context = g_strdup_printf(
        "http://github.com/VICSDATAMODEL/ProjectVic/DataModels/2.0.xml/%s/$metadata#%s", region,
        kind);
    json_write_member_string(json, "@odata.context", context);
}

bool vics_category(const char *scheme, const char *category, unsigned *ret_number)
{
    guint64 number;
    if (scheme == NULL || category == NULL || !g_str_has_prefix(scheme, "vics-") ||
        !g_ascii_string_to_unsigned(category, 10, 0, UINT8_MAX, &number, NULL))
        return false;
    *ret_number = (unsigned)number;
    return true;
}

void vics_write_alternative_hash(JsonWriter *json, const char *name, const char *value)
{
    json_write_begin_object(json);
    json_write_member_string(json, "HashName", name);
    json_write_member_string(json, "HashValue", value);
    json_write_end_object(json);
}

void vics_write_property(JsonWriter *json, const char *name, const char *value)
{
    if (value == NULL)
        return;
    json_write_begin_object(json);
    json_write_member_string(json, "PropertyName", name);
    json_write_member_string(json, "PropertyValue", value);
    json_write_end_object(json);
}
