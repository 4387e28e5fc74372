// SPDX-License-Identifier: Apache-2.0
//
// Any bytes a worker or a program may send about a comparison. A message has exactly one form: what
// decodes must encode to the same bytes again.
#include "wire/compare_message.h"

#include <stdlib.h>
#include <string.h>

#include "fuzz_target.h"

static void assert_same(const GByteArray *again, const uint8_t *data, size_t size)
{
    if (again->len != size || memcmp(again->data, data, size) != 0)
        abort();
}

static void check_requests(const uint8_t *data, size_t size)
{
    CompareSideRequest side;
    CompareRequest pair;
    g_autofree char *media_type = NULL;
    g_autoptr(GByteArray) again = g_byte_array_new();
    if (compare_side_request_decode(data, size, &side, &media_type)) {
        compare_side_request_encode(&side, again);
        assert_same(again, data, size);
    } else if (compare_request_decode(data, size, &pair)) {
        compare_request_encode(&pair, again);
        assert_same(again, data, size);
    }
}

static void check_answers(const uint8_t *data, size_t size)
{
    CompareSideAnswer side;
    CompareAnswer pair;
    g_autoptr(GByteArray) again = g_byte_array_new();
    if (compare_side_answer_decode(data, size, &side)) {
        compare_side_answer_encode(&side, again);
        compare_side_answer_clear(&side);
        assert_same(again, data, size);
    } else if (compare_answer_decode(data, size, &pair)) {
        compare_answer_encode(&pair, again);
        compare_answer_clear(&pair);
        assert_same(again, data, size);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    check_requests(data, size);
    check_answers(data, size);
    return 0;
}
