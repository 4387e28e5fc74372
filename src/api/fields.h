// SPDX-License-Identifier: Apache-2.0
//
// Members that many resources have.
#pragma once

#include <glib.h>
#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

#include "api/body.h"

// The number, or null for 0.
json_t *api_id(uint64_t id);

// An array of 1 to `max` ids; of uint64_t, owned. Empty after an error.
GArray *api_object_ids(ApiObject *object, const char *member, size_t max);

// RFC 3339 text in UTC, as microseconds; 0: absent or null, or an error.
int64_t api_object_time_or_none(ApiObject *object, const char *member);

// The text of an RFC 3339 time; false when it is none.
bool api_time_read(const char *text, int64_t *ret_us);
