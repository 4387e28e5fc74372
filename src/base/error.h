// SPDX-License-Identifier: Apache-2.0
//
// The one error domain. A code says what the caller can do about a failure; the message is whole:
// what was attempted, on what, why, in lower case and without a newline. Media that is corrupt or
// unsupported is an outcome stored in its record (model/record.h), not an error.
#pragma once

#include <glib.h>
#include <stdbool.h>

typedef enum {
    CLEW_ERROR_NOT_FOUND,   // the thing named does not exist
    CLEW_ERROR_INVALID,     // the request or input is wrong; asking again will not help
    CLEW_ERROR_UNSUPPORTED, // understood, but not something this build or machine can do
    CLEW_ERROR_CORRUPT,     // stored or received bytes are damaged
    CLEW_ERROR_LIMIT,       // a named limit of base/limits.h was reached
    CLEW_ERROR_DENIED,      // permissions, or a safety rule, forbid it
    CLEW_ERROR_CONFLICT,    // exists already, or changed meanwhile
    CLEW_ERROR_BUSY,        // somebody else is at it; later may work
    CLEW_ERROR_ENCRYPTED,   // the bytes are encrypted and there is no key
    CLEW_ERROR_IO,          // reading or writing failed
    CLEW_ERROR_CANCELLED,   // the user stopped it
    CLEW_ERROR_INTERNAL,    // a fault of ours
} ClewError;

#define CLEW_ERROR (clew_error_quark())
GQuark clew_error_quark(void);

// Sets *err in CLEW_ERROR_IO, _NOT_FOUND or _DENIED by errno_value; the message is the formatted
// text followed by ": " and the system's words. Returns false, so that callers may return it.
bool clew_error_set_errno(GError **err, int errno_value, const char *format, ...)
    G_GNUC_PRINTF(3, 4);
