// SPDX-License-Identifier: Apache-2.0
//
// Points in time as the API writes them: RFC 3339 in UTC, to the microsecond where there are any.
#pragma once

#include <jansson.h>
#include <stdint.h>

// A new string, or null when `us` is 0: it has not happened.
json_t *api_time(int64_t us);
