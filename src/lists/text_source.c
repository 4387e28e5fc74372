// SPDX-License-Identifier: Apache-2.0
#include "lists/text_source.h"

#include <string.h>

static int64_t read_at(void *user_data, uint64_t offset, void *target, size_t size_bytes)
{
    const TextSource *source = user_data;
    if (offset >= source->length)
        return 0;
    size_t count = MIN(size_bytes, source->length - (size_t)offset);
    memcpy(target, source->text + offset, count);
    return (int64_t)count;
}

bool text_source_open(TextSource *source, const char *text, JsonTokenizer *ret_json)
{
    *source = (TextSource){.text = text, .length = strlen(text)};
    source->source =
        (ListSource){.read_at = read_at, .size_bytes = source->length, .user_data = source};
    json_tokenizer_init(ret_json, &source->input);
    return list_input_init(&source->input, &source->source, NULL);
}

void text_source_close(TextSource *source)
{
    list_input_clear(&source->input);
}
