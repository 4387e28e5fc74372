// SPDX-License-Identifier: Apache-2.0
#include "lists/list_input.h"

#include <errno.h>
#include <string.h>

#include "base/error.h"
#include "base/limits.h"

#define FIRST_CAPACITY (256u << 10)
#define READ_BYTES (64u << 10)
#define FULL_CAPACITY (LIMIT_LIST_TOKEN_BYTES + 2 * READ_BYTES)

static size_t first_kept(const ListInput *input)
{
    return input->mark != LIST_INPUT_NO_MARK ? input->mark : input->position;
}

static bool skip_byte_order_mark(ListInput *input, GError **err)
{
    while (input->end < 3 && !input->at_end)
        if (!list_input_more(input, err))
            return false;
    if (input->end >= 2 && ((input->buffer[0] == 0xff && input->buffer[1] == 0xfe) ||
                            (input->buffer[0] == 0xfe && input->buffer[1] == 0xff))) {
        g_set_error(err, CLEW_ERROR, CLEW_ERROR_UNSUPPORTED,
                    "the text is UTF-16; save it as UTF-8 first");
        return false;
    }
    if (input->end >= 3 && memcmp(input->buffer, "\xef\xbb\xbf", 3) == 0)
        input->position = 3;
    return true;
}

bool list_input_init(ListInput *input, const ListSource *source, GError **err)
{
    *input = (ListInput){
        .source = source,
        .buffer = g_malloc(FIRST_CAPACITY),
        .capacity = FIRST_CAPACITY,
        .mark = LIST_INPUT_NO_MARK,
    };
    return skip_byte_order_mark(input, err);
}

void list_input_clear(ListInput *input)
{
    g_clear_pointer(&input->buffer, g_free);
}

uint64_t list_input_offset(const ListInput *input)
{
    return input->offset + input->position;
}

bool list_input_has_room(const ListInput *input)
{
    return input->end - first_kept(input) <= FULL_CAPACITY - READ_BYTES;
}

static void drop_unkept(ListInput *input)
{
    size_t kept = first_kept(input);
    memmove(input->buffer, input->buffer + kept, input->end - kept);
    input->offset += kept;
    input->position -= kept;
    input->end -= kept;
    if (input->mark != LIST_INPUT_NO_MARK)
        input->mark = 0;
}

bool list_input_more(ListInput *input, GError **err)
{
    if (input->at_end)
        return true;
    if (!list_input_has_room(input)) {
        g_set_error(err, CLEW_ERROR, CLEW_ERROR_LIMIT,
                    "byte %" G_GUINT64_FORMAT ": a value is longer than %u bytes",
                    input->offset + first_kept(input), LIMIT_LIST_TOKEN_BYTES);
        return false;
    }
    if (input->capacity - input->end < READ_BYTES)
        drop_unkept(input);
    if (input->capacity - input->end < READ_BYTES) {
        input->buffer = g_realloc(input->buffer, FULL_CAPACITY);
        input->capacity = FULL_CAPACITY;
    }
    const ListSource *source = input->source;
    uint64_t offset = input->offset + input->end;
    int64_t got = source->read_at(source->user_data, offset, input->buffer + input->end,
                                  input->capacity - input->end);
    if (got < 0)
        return clew_error_set_errno(err, errno, "cannot read at byte %" G_GUINT64_FORMAT, offset);
    input->end += (size_t)got;
    input->at_end = got == 0;
    return true;
}

// Takes the line that ends before buffer[stop]; `next` is the first byte behind its line end.
static void take_line(ListInput *input, size_t stop, size_t next, const char **ret_text,
                      size_t *ret_length)
{
    size_t start = input->position;
    if (stop > start && input->buffer[stop - 1] == '\r')
        stop--;
    *ret_text = (const char *)input->buffer + start;
    *ret_length = stop - start;
    input->position = next;
}

static ListLine skip_line(ListInput *input, GError **err)
{
    for (;;) {
        const uint8_t *from = input->buffer + input->position;
        const uint8_t *newline = memchr(from, '\n', input->end - input->position);
        if (newline != NULL) {
            input->position = (size_t)(newline - input->buffer) + 1;
            return LIST_LINE_TOO_LONG;
        }
        input->position = input->end;
        if (input->at_end)
            return LIST_LINE_TOO_LONG;
        if (!list_input_more(input, err))
            return LIST_LINE_FAILED;
    }
}

ListLine list_input_line(ListInput *input, const char **ret_text, size_t *ret_length, GError **err)
{
    size_t searched = 0; // bytes behind position that hold no line end
    input->line++;
    for (;;) {
        const uint8_t *from = input->buffer + input->position + searched;
        size_t left = input->end - input->position - searched;
        const uint8_t *newline = left > 0 ? memchr(from, '\n', left) : NULL;
        if (newline != NULL) {
            size_t stop = (size_t)(newline - input->buffer);
            if (stop - input->position > LIMIT_LIST_TOKEN_BYTES)
                return skip_line(input, err);
            take_line(input, stop, stop + 1, ret_text, ret_length);
            return LIST_LINE_GIVEN;
        }
        searched = input->end - input->position;
        if (searched > LIMIT_LIST_TOKEN_BYTES)
            return skip_line(input, err);
        if (input->at_end) {
            if (searched == 0)
                return LIST_LINE_END;
            take_line(input, input->end, input->end, ret_text, ret_length);
            return LIST_LINE_GIVEN;
        }
        if (!list_input_more(input, err))
            return LIST_LINE_FAILED;
    }
}
