// SPDX-License-Identifier: Apache-2.0
#include "lists/list_lines.h"

#include <string.h>

#include "lists/list_emit.h"
#include "lists/list_input.h"

static bool handle_lines(ListInput *input, const ListSink *sink, LineHandler handle, void *state,
                         GError **err)
{
    for (;;) {
        Line line = {0};
        ListLine outcome = list_input_line(input, &line.text, &line.length, err);
        line.number = input->line;
        const char *refused = NULL;
        switch (outcome) {
        case LIST_LINE_END:
            return true;
        case LIST_LINE_FAILED:
            return false;
        case LIST_LINE_TOO_LONG:
            refused = "the line is too long";
            break;
        case LIST_LINE_GIVEN:
            if (line.length > 0 && memchr(line.text, '\0', line.length) != NULL)
                refused = "the line holds a NUL byte";
            break;
        }
        if (!(refused != NULL ? list_emit_refused(sink, line.number, refused, err)
                              : handle(state, &line, err)))
            return false;
    }
}

bool list_read_lines(const ListSource *source, const ListSink *sink, LineHandler handle,
                     void *state, GError **err)
{
    ListInput input;
    bool ok =
        list_input_init(&input, source, err) && handle_lines(&input, sink, handle, state, err);
    list_input_clear(&input);
    return ok;
}

bool list_first_line(const uint8_t *bytes, size_t size_bytes, Line *ret_line, bool *ret_complete)
{
    const char *text = (const char *)bytes;
    size_t left = size_bytes;
    if (left >= 3 && memcmp(text, "\xef\xbb\xbf", 3) == 0) {
        text += 3;
        left -= 3;
    }
    for (uint64_t number = 1; left > 0; number++) {
        const char *newline = memchr(text, '\n', left);
        size_t length = newline != NULL ? (size_t)(newline - text) : left;
        Line line = {.text = text, .length = length, .number = number};
        if (length > 0 && text[length - 1] == '\r')
            line.length--;
        if (line.length > 0 && text[0] != '#') {
            *ret_line = line;
            *ret_complete = newline != NULL;
            return true;
        }
        if (newline == NULL)
            return false;
        text += length + 1;
        left -= length + 1;
    }
    return false;
}

size_t list_hex_run(const char *text, size_t length)
{
    size_t i = 0;
    while (i < length && g_ascii_isxdigit(text[i]))
        i++;
    return i;
}
