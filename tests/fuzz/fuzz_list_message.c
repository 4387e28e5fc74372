// SPDX-License-Identifier: Apache-2.0
//
// Any bytes a list worker or a program may send. A message has exactly one form: what decodes must
// encode to the same bytes again.
#include "wire/list_message.h"

#include <stdlib.h>
#include <string.h>

#include "fuzz_target.h"

static void assert_same(const GByteArray *again, const uint8_t *data, size_t size)
{
    if (again->len != size || memcmp(again->data, data, size) != 0)
        abort();
}

static void encode_part(GByteArray *batch, const ListPart *part)
{
    g_autoptr(GError) error = NULL;
    switch (part->type) {
    case LIST_PART_DESCRIPTION:
        list_batch_add_description(batch, &part->description);
        break;
    case LIST_PART_ENTRY:
        list_batch_add_entry(batch, &part->entry);
        break;
    case LIST_PART_REFUSED:
        list_batch_add_refused(batch, part->position, part->text);
        break;
    case LIST_PART_END:
        if (part->text != NULL)
            error = g_error_new_literal(CLEW_ERROR, (int)part->error, part->text);
        list_batch_add_end(batch, error);
        break;
    }
}

static void check_batch(const uint8_t *data, size_t size)
{
    Reader reader;
    uint64_t bytes_read;
    if (!list_batch_open(data, size, &reader, &bytes_read))
        return;
    g_autoptr(GByteArray) again = g_byte_array_new();
    list_batch_begin(again);
    list_batch_set_progress(again, bytes_read);
    ListPart part;
    ListBatchOutcome outcome;
    while ((outcome = list_batch_next(&reader, &part)) == LIST_BATCH_PART) {
        encode_part(again, &part);
        list_part_clear(&part);
    }
    if (outcome == LIST_BATCH_OVER)
        assert_same(again, data, size);
}

static void check_request(const uint8_t *data, size_t size)
{
    ListReadRequest request;
    if (!list_request_decode(data, size, &request))
        return;
    g_autoptr(GByteArray) again = g_byte_array_new();
    list_request_encode(&request, again);
    list_request_clear(&request);
    assert_same(again, data, size);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    check_batch(data, size);
    check_request(data, size);
    return 0;
}
