// SPDX-License-Identifier: Apache-2.0
//
// Any bytes that a file of Clew's own may hold where a record should stand. A record has exactly
// one form: what decodes must encode to the same bytes again.
#include "wire/record_message.h"

#include <stdlib.h>
#include <string.h>

#include "fuzz_target.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    RecordMessage message;
    if (!record_message_decode(data, size, &message))
        return 0;
    g_autoptr(GByteArray) again = g_byte_array_new();
    message.record->media_type = message.media_type;
    record_message_encode(message.record, message.matches, again);
    record_message_clear(&message);
    if (again->len != size || memcmp(again->data, data, size) != 0)
        abort();
    return 0;
}
