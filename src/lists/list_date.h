// SPDX-License-Identifier: Apache-2.0
//
// Dates as lists write them. The reader is tolerant, what Clew writes is strict.
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

// The date as "2023-06-07T02:31:49.83Z", newly allocated; NULL when the text is no date, or none
// that says its zone (guessing one would move it). Accepted:
//   2023-06-07T02:31:49[.fraction](Z|+01:00|+0100|+01:00Z)   also with a blank for the T
//   /Date(1686105109830)/  /Date(1686105109830+0100)/        milliseconds since 1970, UTC
char *list_date_normalise(const char *text, size_t length);

// A point in time as VICS dates are written: UTC, a fraction without trailing zeros and of at most
// seven digits, which is what readers of the type (DateTimeOffset) hold. Newly allocated.
char *list_date_format(int64_t seconds, uint32_t nanoseconds);
