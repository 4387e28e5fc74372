// SPDX-License-Identifier: Apache-2.0
//
// Times of a record: RFC 3339 with "Z", or without a zone where the zone is unknown; years may have
// more than four digits, as file systems store such.
#pragma once

#include <stdbool.h>

#include "model/record.h"

// False, and nothing written, when the text is no such time.
bool record_time_read(const char *text, ItemTime *ret_time);
