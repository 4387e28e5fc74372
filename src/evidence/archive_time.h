// SPDX-License-Identifier: Apache-2.0
//
// Points in time as archives store them.
#pragma once

#include <stdint.h>

#include "model/record.h"

// MS-DOS date and time: local time of an unknown place, in steps of two seconds. The zero date and
// what is no date are ZONE_NONE.
ItemTime archive_time_dos(uint16_t date, uint16_t time);

// Windows FILETIME: 100 ns since 1601, UTC. 0 is ZONE_NONE.
ItemTime archive_time_windows(uint64_t filetime);

// Seconds since 1970, UTC.
ItemTime archive_time_unix(int64_t seconds);
