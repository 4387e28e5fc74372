// SPDX-License-Identifier: Apache-2.0
//
// Points in time as Clew stores and prints them.
#pragma once

#include <stdint.h>
#include <time.h>

// "2026-01-31T23:59:59Z", or with ".123456789" when nanoseconds is not 0. Newly allocated.
char *clock_format_utc(int64_t seconds, uint32_t nanoseconds);

// Now, UTC, whole seconds.
char *clock_now_utc(void);

// Monotonic, for durations.
int64_t clock_monotonic_ms(void);
