// SPDX-License-Identifier: Apache-2.0
//
// Any bytes as JSON. What is accepted and written again must be accepted again and come out the
// same, and pieces of any size must give what the whole gives.
#include "lists/json_copy.h"
#include "lists/json_tokenizer.h"

#include <stdlib.h>
#include <string.h>

#include "fuzz_target.h"

typedef struct {
    const uint8_t *data;
    size_t size;
    size_t chunk;
} Bytes;

static int64_t read_at(void *user_data, uint64_t offset, void *target, size_t size_bytes)
{
    const Bytes *bytes = user_data;
    if (offset >= bytes->size)
        return 0;
    size_t count = MIN(MIN(size_bytes, bytes->chunk), bytes->size - (size_t)offset);
    memcpy(target, bytes->data + offset, count);
    return (int64_t)count;
}

// NULL when the tokenizer refuses it.
static char *written_again(Bytes bytes)
{
    const ListSource source = {.read_at = read_at, .size_bytes = bytes.size, .user_data = &bytes};
    GString *text = g_string_new(NULL);
    ListInput input;
    JsonTokenizer tokenizer;
    JsonToken token, end;
    bool kept;
    json_tokenizer_init(&tokenizer, &input);
    bool ok = list_input_init(&input, &source, NULL) &&
              json_tokenizer_next(&tokenizer, &token, NULL) &&
              json_copy_value(&tokenizer, &token, text, SIZE_MAX, &kept, NULL) && kept &&
              json_tokenizer_next(&tokenizer, &end, NULL);
    list_input_clear(&input);
    return g_string_free(text, !ok);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    g_autofree char *whole = written_again((Bytes){data, size, SIZE_MAX});
    g_autofree char *pieces =
        written_again((Bytes){data, size, size > 0 ? 1u + data[size / 2] % 61u : 1});
    if (g_strcmp0(whole, pieces) != 0)
        abort();
    if (whole == NULL)
        return 0;
    g_autofree char *again =
        written_again((Bytes){(const uint8_t *)whole, strlen(whole), SIZE_MAX});
    if (g_strcmp0(whole, again) != 0)
        abort();
    return 0;
}
