// SPDX-License-Identifier: Apache-2.0
//
// Short texts that people give: names, references, reasons.
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stddef.h>

// 1 to `limit` bytes of UTF-8 without control characters; else CLEW_ERROR_INVALID, which begins
// with `what` ("the reason").
bool text_field_check(const char *what, const char *text, size_t limit, GError **err);
