// SPDX-License-Identifier: Apache-2.0
//
// Any bytes a list worker or a program may send. A message has exactly one form: what decodes must
// encode to the same bytes again. An entry in pieces may have been cut elsewhere; what it encodes
// to must decode and encode to the same bytes.
#include "wire/list_message.h"

#include <stdlib.h>
#include <string.h>

#include "fuzz_target.h"

static void assert_same(const GByteArray *again, const uint8_t *data, size_t size)
{
    if (again->len != size || memcmp(again->data, data, size) != 0)
        abort();
}

static void encode_entry(GByteArray *batch, const ListEntry *entry)
{
    ListEntryCursor cursor;
    list_batch_add_entry(batch, entry, &cursor);
    while (!cursor.is_whole)
        list_batch_add_more(batch, entry, &cursor);
}

static void encode_part(GByteArray *batch, const ListPart *part)
{
    g_autoptr(GError) error = NULL;
    switch (part->type) {
    case LIST_PART_DESCRIPTION:
        list_batch_add_description(batch, &part->description);
        break;
    case LIST_PART_ENTRY:
        encode_entry(batch, &part->entry);
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

// The batch encoded again; NULL when it breaks a rule or ends within an entry.
static GByteArray *encode_again(const uint8_t *data, size_t size)
{
    Reader reader;
    uint64_t bytes_read;
    if (!list_batch_open(data, size, &reader, &bytes_read))
        return NULL;
    g_autoptr(GByteArray) again = g_byte_array_new();
    list_batch_begin(again);
    list_batch_set_progress(again, bytes_read);
    ListEntryAssembly assembly = {0};
    ListPart part;
    ListBatchOutcome outcome;
    while ((outcome = list_batch_next(&reader, &assembly, &part)) == LIST_BATCH_PART) {
        encode_part(again, &part);
        list_part_clear(&part);
    }
    bool whole = outcome == LIST_BATCH_OVER && !assembly.is_open;
    list_entry_assembly_clear(&assembly);
    return whole ? g_steal_pointer(&again) : NULL;
}

// Pieces end with a part of its own, 'w'.
static bool may_hold_pieces(const uint8_t *data, size_t size)
{
    return size > 0 && memchr(data, 'w', size) != NULL;
}

static void check_batch(const uint8_t *data, size_t size)
{
    g_autoptr(GByteArray) again = encode_again(data, size);
    if (again == NULL)
        return;
    if (!may_hold_pieces(data, size)) {
        assert_same(again, data, size);
        return;
    }
    g_autoptr(GByteArray) once_more = encode_again(again->data, again->len);
    if (once_more == NULL)
        abort();
    assert_same(once_more, again->data, again->len);
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
