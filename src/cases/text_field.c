// SPDX-License-Identifier: Apache-2.0
#include "cases/text_field.h"

#include <string.h>

#include "base/error.h"

#define DELETE '\x7f'

bool text_field_check(const char *what, const char *text, size_t limit, GError **err)
{
    size_t length = text != NULL ? strlen(text) : 0;
    bool ok = length > 0 && length <= limit && g_utf8_validate(text, -1, NULL);
    for (size_t i = 0; ok && i < length; i++)
        ok = (unsigned char)text[i] >= ' ' && text[i] != DELETE;
    if (!ok)
        g_set_error(err, CLEW_ERROR, CLEW_ERROR_INVALID,
                    "%s must be 1 to %zu bytes of text without control characters", what, limit);
    return ok;
}
