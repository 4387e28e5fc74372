// SPDX-License-Identifier: Apache-2.0
#include "evidence/sealed/pst_values.h"

// 100 ns steps from 1601 to 1970.
#define FILETIME_EPOCH UINT64_C(116444736000000000)
#define FILETIME_PER_SECOND UINT64_C(10000000)

// The entry with any type of value; NULL when there is none.
static libpff_record_entry_t *find_entry(libpff_item_t *item, int set, PstProperty property)
{
    libpff_record_set_t *record_set = NULL;
    libpff_record_entry_t *entry = NULL;
    libpff_error_t *error = NULL;
    if (libpff_item_get_record_set_by_index(item, set, &record_set, &error) == 1)
        libpff_record_set_get_entry_by_type(record_set, (uint32_t)property, 0, &entry,
                                            LIBPFF_ENTRY_VALUE_FLAG_MATCH_ANY_VALUE_TYPE, &error);
    if (record_set != NULL)
        libpff_record_set_free(&record_set, NULL);
    libpff_error_free(&error);
    return entry;
}

char *pst_text(libpff_item_t *item, int set, PstProperty property, size_t limit)
{
    libpff_record_entry_t *entry = find_entry(item, set, property);
    if (entry == NULL)
        return NULL;
    size_t size = 0;
    g_autofree char *text = NULL;
    libpff_error_t *error = NULL;
    bool ok = libpff_record_entry_get_data_as_utf8_string_size(entry, &size, &error) == 1 &&
              size > 1 && size <= limit;
    if (ok) {
        text = g_try_malloc0(size + 1);
        ok = text != NULL &&
             libpff_record_entry_get_data_as_utf8_string(entry, (uint8_t *)text, size, &error) == 1;
    }
    libpff_record_entry_free(&entry, NULL);
    libpff_error_free(&error);
    return ok ? g_steal_pointer(&text) : NULL;
}

bool pst_number(libpff_item_t *item, PstProperty property, uint32_t *ret_number)
{
    libpff_record_entry_t *entry = find_entry(item, 0, property);
    if (entry == NULL)
        return false;
    libpff_error_t *error = NULL;
    uint32_t number = 0;
    bool ok = libpff_record_entry_get_data_as_32bit_integer(entry, &number, &error) == 1;
    if (ok)
        *ret_number = number;
    libpff_record_entry_free(&entry, NULL);
    libpff_error_free(&error);
    return ok;
}

ItemTime pst_time(libpff_item_t *item, PstProperty property)
{
    ItemTime time = {.zone = ZONE_NONE};
    libpff_record_entry_t *entry = find_entry(item, 0, property);
    if (entry == NULL)
        return time;
    libpff_error_t *error = NULL;
    uint64_t value = 0;
    if (libpff_record_entry_get_data_as_filetime(entry, &value, &error) == 1 && value != 0 &&
        value <= INT64_MAX) {
        int64_t since_1970 = (int64_t)value - (int64_t)FILETIME_EPOCH;
        int64_t rest = since_1970 % (int64_t)FILETIME_PER_SECOND;
        if (rest < 0)
            rest += (int64_t)FILETIME_PER_SECOND;
        time.seconds = (since_1970 - rest) / (int64_t)FILETIME_PER_SECOND;
        time.nanoseconds = (uint32_t)rest * 100;
        time.zone = ZONE_UTC;
    }
    libpff_record_entry_free(&entry, NULL);
    libpff_error_free(&error);
    return time;
}
