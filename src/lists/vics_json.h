// SPDX-License-Identifier: Apache-2.0
//
// What the two VICS writers share.
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/json_writer.h"
#include "model/hash_list.h"

// The context of a VICS 2.0 document: region "Default", "US" …, kind "Media" or "Cases".
void vics_write_context(JsonWriter *json, const char *region, const char *kind);

// The number of a category that fits the one-byte number VICS has, under a scheme of its own.
// False for anything else.
bool vics_category(const char *scheme, const char *category, unsigned *ret_number);

// {"HashName": …, "HashValue": …}
void vics_write_alternative_hash(JsonWriter *json, const char *name, const char *value);

// {"PropertyName": …, "PropertyValue": …}; nothing when the value is NULL.
void vics_write_property(JsonWriter *json, const char *name, const char *value);
