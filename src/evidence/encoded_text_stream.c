// SPDX-License-Identifier: Apache-2.0
#include "evidence/encoded_text_stream.h"

#include <string.h>

#include "base/error.h"

#define INPUT_BYTES 32768u
// A line of uuencode may leave its trailing blanks out: two bytes of input can stand for 45.
#define UU_INPUT_BYTES 1024u
#define LINE_BYTES 1024u // of a line that must be seen whole; uuencode needs 62

typedef struct {
    uint32_t bits;
    unsigned digits; // of the group of four begun
    bool escaped;    // a backslash came last
} Base64State;

typedef enum {
    QUOTED_PLAIN,
    QUOTED_SIGN,  // "="
    QUOTED_DIGIT, // "=4"
    QUOTED_BLANK, // "= ", blanks before a soft line break
} QuotedState;

typedef struct {
    QuotedState state;
    uint8_t held; // the digit, or the blank
} Quoted;

// uuencode and yEnc: a line that is being collected, and where in the block it is.
typedef struct {
    bool begun, ended;
    bool is_base64;  // begin-base64
    bool in_line;    // yEnc: behind the first byte of a line
    bool escaped;    // yEnc: "=" came last
    bool is_control; // yEnc: a line that begins "=y" is collected
    size_t length;
    uint8_t line[LINE_BYTES];
    uint64_t size_bytes; // decoded so far
} Block;

struct EncodedStream {
    Source *source;
    uint64_t offset, end;
    TextEncoding encoding;
    bool finished;
    const char *broken; // why it ends too early
    Base64State base64;
    Quoted quoted;
    Block block;
    size_t output_at, output_bytes;
    uint8_t input[INPUT_BYTES];
    // No decoder makes more of its input than it takes, but for what it held back.
    uint8_t output[INPUT_BYTES + LINE_BYTES];
};

EncodedStream *encoded_stream_new(Source *source, uint64_t offset, uint64_t size_bytes,
                                  TextEncoding encoding)
{
    EncodedStream *stream = g_new0(EncodedStream, 1);
    uint64_t size = source_size(source);
    stream->source = source;
    stream->offset = MIN(offset, size);
    uint64_t left = size - stream->offset;
    stream->end = stream->offset + MIN(size_bytes, left);
    stream->encoding = encoding;
    return stream;
}

void encoded_stream_free(EncodedStream *stream)
{
    g_free(stream);
}

// ---- base64 -----------------------------------------------------------------------------------

// The digit's value and one; 0 is no digit.
static const uint8_t base64_digits[256] = {
    ['+'] = 63, ['/'] = 64, ['0'] = 53, 54, 55, 56, 57, 58, 59, 60, 61, 62, ['A'] = 1,
    2,          3,          4,          5,  6,  7,  8,  9,  10, 11, 12, 13, 14,
    15,         16,         17,         18, 19, 20, 21, 22, 23, 24, 25, 26, ['a'] = 27,
    28,         29,         30,         31, 32, 33, 34, 35, 36, 37, 38, 39, 40,
    41,         42,         43,         44, 45, 46, 47, 48, 49, 50, 51, 52};

uint8_t encoded_text_base64_digit(uint8_t byte)
{
    return (uint8_t)(base64_digits[byte] - 1);
}

// The bytes of a group that has fewer than four digits. One digit alone says nothing.
static size_t flush_base64(Base64State *state, uint8_t *output)
{
    size_t count = 0;
    if (state->digits == 3) {
        output[count++] = (uint8_t)(state->bits >> 10);
        output[count++] = (uint8_t)(state->bits >> 2);
    } else if (state->digits == 2) {
        output[count++] = (uint8_t)(state->bits >> 4);
    }
    state->digits = 0;
    state->bits = 0;
    return count;
}

static size_t put_digit(Base64State *state, uint8_t digit, uint8_t *output)
{
    state->bits = state->bits << 6 | digit;
    if (++state->digits < 4)
        return 0;
    output[0] = (uint8_t)(state->bits >> 16);
    output[1] = (uint8_t)(state->bits >> 8);
    output[2] = (uint8_t)state->bits;
    state->digits = 0;
    state->bits = 0;
    return 3;
}

// Whole groups of four digits, which is nearly all of the input.
static size_t decode_groups(const uint8_t *input, size_t size, uint8_t *output, size_t *ret_used)
{
    size_t used = 0, count = 0;
    for (; used + 4 <= size; used += 4) {
        uint8_t a = base64_digits[input[used]], b = base64_digits[input[used + 1]];
        uint8_t c = base64_digits[input[used + 2]], d = base64_digits[input[used + 3]];
        if (a == 0 || b == 0 || c == 0 || d == 0)
            break;
        a--, b--, c--, d--;
        output[count++] = (uint8_t)(a << 2 | b >> 4);
        output[count++] = (uint8_t)(b << 4 | c >> 2);
        output[count++] = (uint8_t)(c << 6 | d);
    }
    *ret_used = used;
    return count;
}

static size_t decode_base64(Base64State *state, const uint8_t *input, size_t size, bool escapes,
                            uint8_t *output)
{
    size_t count = 0;
    for (size_t at = 0; at < size; at++) {
        if (state->digits == 0 && !state->escaped) {
            size_t used = 0;
            count += decode_groups(input + at, size - at, output + count, &used);
            at += used;
            if (at == size)
                break;
        }
        uint8_t byte = input[at];
        bool was_escaped = state->escaped;
        state->escaped = escapes && !was_escaped && byte == '\\';
        if (was_escaped && byte != '/')
            continue;
        if (byte == '=')
            count += flush_base64(state, output + count);
        else if (base64_digits[byte] != 0)
            count += put_digit(state, (uint8_t)(base64_digits[byte] - 1), output + count);
    }
    return count;
}

static bool is_blank(uint8_t byte)
{
    return byte == ' ' || byte == '\t' || byte == '\r' || byte == '\n';
}

uint64_t encoded_text_base64_end(Source *source, uint64_t offset, uint64_t size_bytes)
{
    uint64_t left = source_size(source) - MIN(offset, source_size(source));
    uint64_t end = offset + MIN(size_bytes, left);
    g_autofree uint8_t *piece = g_malloc(INPUT_BYTES);
    bool padded = false;
    for (uint64_t at = offset; at < end;) {
        ssize_t count = source_read(source, at, piece, (size_t)MIN(INPUT_BYTES, end - at), NULL);
        if (count <= 0)
            break;
        size_t i = 0;
        if (!padded) {
            const uint8_t *sign = memchr(piece, '=', (size_t)count);
            i = sign != NULL ? (size_t)(sign - piece) : (size_t)count;
        }
        for (; i < (size_t)count; i++) {
            if (piece[i] == '=')
                padded = true;
            else if (base64_digits[piece[i]] != 0)
                padded = false; // another block, or a sign that was no padding
            else if (padded && !is_blank(piece[i]))
                return at + i;
        }
        at += (uint64_t)count;
    }
    return end;
}

// ---- quoted-printable -------------------------------------------------------------------------

static int hex_value(uint8_t byte)
{
    return g_ascii_xdigit_value((char)byte);
}

// One byte of input; what was held back turns out to be plain text or part of an escape.
static size_t decode_quoted_byte(Quoted *quoted, uint8_t byte, uint8_t *output)
{
    size_t count = 0;
    switch (quoted->state) {
    case QUOTED_SIGN:
        if (byte == '\n' || hex_value(byte) >= 0 || is_blank(byte)) {
            quoted->state = byte == '\n'     ? QUOTED_PLAIN
                            : is_blank(byte) ? QUOTED_BLANK
                                             : QUOTED_DIGIT;
            quoted->held = byte;
            return 0;
        }
        output[count++] = '=';
        break;
    case QUOTED_DIGIT:
        if (hex_value(byte) >= 0) {
            output[count++] = (uint8_t)(hex_value(quoted->held) << 4 | hex_value(byte));
            quoted->state = QUOTED_PLAIN;
            return count;
        }
        output[count++] = '=';
        output[count++] = quoted->held;
        break;
    case QUOTED_BLANK:
        if (is_blank(byte)) {
            quoted->state = byte == '\n' ? QUOTED_PLAIN : QUOTED_BLANK;
            return 0;
        }
        output[count++] = '=';
        output[count++] = quoted->held;
        break;
    case QUOTED_PLAIN:
        break;
    }
    quoted->state = byte == '=' ? QUOTED_SIGN : QUOTED_PLAIN;
    if (byte != '=')
        output[count++] = byte;
    return count;
}

static size_t decode_quoted(Quoted *quoted, const uint8_t *input, size_t size, uint8_t *output)
{
    size_t count = 0;
    for (size_t at = 0; at < size; at++) {
        if (quoted->state == QUOTED_PLAIN) {
            const uint8_t *sign = memchr(input + at, '=', size - at);
            size_t plain = sign != NULL ? (size_t)(sign - (input + at)) : size - at;
            memcpy(output + count, input + at, plain);
            count += plain;
            at += plain;
            if (at == size)
                break;
        }
        count += decode_quoted_byte(quoted, input[at], output + count);
    }
    return count;
}

// ---- uuencode ---------------------------------------------------------------------------------

static bool starts_with(const uint8_t *line, size_t length, const char *text)
{
    size_t wanted = strlen(text);
    return length >= wanted && memcmp(line, text, wanted) == 0;
}

// Digits that blanks cut off at the end of the line are zero, as a blank is.
static uint8_t uu_digit(const uint8_t *line, size_t length, size_t at)
{
    return at < length ? (uint8_t)((line[at] - 0x20) & 0x3f) : 0;
}

static size_t decode_uu_line(EncodedStream *stream, const uint8_t *line, size_t length,
                             uint8_t *output)
{
    Block *block = &stream->block;
    if (length == 0 || uu_digit(line, length, 0) == 0 || starts_with(line, length, "end")) {
        block->ended = length > 0;
        return 0;
    }
    size_t wanted = uu_digit(line, length, 0);
    size_t count = 0;
    for (size_t i = 0; i < length; i++) {
        if (line[i] < 0x20 || line[i] > 0x60) {
            stream->broken = "a line of the uuencoded block is broken";
            return 0;
        }
    }
    for (size_t at = 1; count < wanted; at += 4) {
        uint8_t a = uu_digit(line, length, at), b = uu_digit(line, length, at + 1);
        uint8_t c = uu_digit(line, length, at + 2), d = uu_digit(line, length, at + 3);
        uint8_t group[3] = {(uint8_t)(a << 2 | b >> 4), (uint8_t)(b << 4 | c >> 2),
                            (uint8_t)(c << 6 | d)};
        for (size_t i = 0; i < 3 && count < wanted; i++)
            output[count++] = group[i];
    }
    return count;
}

static size_t uu_line(EncodedStream *stream, const uint8_t *line, size_t length, uint8_t *output)
{
    Block *block = &stream->block;
    if (!block->begun) {
        block->is_base64 = starts_with(line, length, "begin-base64 ");
        block->begun = block->is_base64 || starts_with(line, length, "begin ");
        return 0;
    }
    if (!block->is_base64)
        return decode_uu_line(stream, line, length, output);
    if (starts_with(line, length, "====")) {
        block->ended = true;
        return 0;
    }
    return decode_base64(&stream->base64, line, length, false, output);
}

static size_t decode_uuencode(EncodedStream *stream, const uint8_t *input, size_t size,
                              uint8_t *output)
{
    Block *block = &stream->block;
    size_t count = 0;
    for (size_t at = 0; at < size && !block->ended && stream->broken == NULL; at++) {
        if (input[at] != '\n') {
            if (block->length < LINE_BYTES)
                block->line[block->length++] = input[at];
            continue;
        }
        size_t length = block->length;
        if (length > 0 && block->line[length - 1] == '\r')
            length--;
        count += uu_line(stream, block->line, length, output + count);
        block->length = 0;
    }
    return count;
}

// ---- yEnc -------------------------------------------------------------------------------------

// A line that begins "=y". What =yend says of the size is checked.
static void end_control_line(EncodedStream *stream)
{
    Block *block = &stream->block;
    block->line[MIN(block->length, LINE_BYTES - 1)] = 0;
    const char *line = (const char *)block->line;
    if (g_str_has_prefix(line, "=ybegin ")) {
        block->begun = true;
    } else if (block->begun && g_str_has_prefix(line, "=yend")) {
        block->ended = true;
        const char *size = strstr(line, " size=");
        if (size != NULL && g_ascii_strtoull(size + 6, NULL, 10) != block->size_bytes)
            stream->broken = "the yEnc block has not the size that its end line says";
    }
    block->length = 0;
    block->is_control = false;
}

static size_t decode_yenc_byte(EncodedStream *stream, uint8_t byte, uint8_t *output)
{
    Block *block = &stream->block;
    if (block->is_control) {
        if (byte == '\n')
            end_control_line(stream);
        else if (block->length < LINE_BYTES)
            block->line[block->length++] = byte;
        return 0;
    }
    if (byte == '\r' || byte == '\n') {
        block->in_line = false;
        block->escaped = false;
        return 0;
    }
    bool is_first = !block->in_line;
    block->in_line = true;
    if (block->escaped) {
        block->escaped = false;
        if (byte == 'y' && block->length == 1) { // "=" was the line's first byte
            block->line[block->length++] = 'y';
            block->is_control = true;
            block->in_line = false;
            return 0;
        }
        block->length = 0;
        byte = (uint8_t)(byte - 64);
    } else if (byte == '=') {
        block->escaped = true;
        block->line[0] = '=';
        block->length = is_first ? 1 : 0;
        return 0;
    }
    if (!block->begun)
        return 0;
    output[0] = (uint8_t)(byte - 42);
    return 1;
}

static size_t decode_yenc(EncodedStream *stream, const uint8_t *input, size_t size, uint8_t *output)
{
    size_t count = 0;
    for (size_t at = 0; at < size && !stream->block.ended; at++) {
        size_t more = decode_yenc_byte(stream, input[at], output + count);
        stream->block.size_bytes += more;
        count += more;
    }
    return count;
}

// ---- Streams ----------------------------------------------------------------------------------

static size_t decode(EncodedStream *stream, const uint8_t *input, size_t size, uint8_t *output)
{
    switch (stream->encoding) {
    case TEXT_ENCODING_BASE64:
        return decode_base64(&stream->base64, input, size, false, output);
    case TEXT_ENCODING_ESCAPED_BASE64:
        return decode_base64(&stream->base64, input, size, true, output);
    case TEXT_ENCODING_QUOTED_PRINTABLE:
        return decode_quoted(&stream->quoted, input, size, output);
    case TEXT_ENCODING_UUENCODE:
        return decode_uuencode(stream, input, size, output);
    case TEXT_ENCODING_YENC:
        return decode_yenc(stream, input, size, output);
    }
    return 0;
}

// A block that must reach its end line.
static size_t finish_block(EncodedStream *stream, uint8_t *output)
{
    size_t count = 0;
    if (!stream->block.ended && stream->broken == NULL)
        count = decode(stream, (const uint8_t *)"\n", 1, output); // a last line without a break
    if (stream->block.is_base64)
        count += flush_base64(&stream->base64, output + count);
    if (!stream->block.ended && stream->broken == NULL)
        stream->broken = stream->block.begun ? "the encoded block ends before its end line"
                                             : "there is no encoded block";
    return count;
}

// What was held back when the input ends.
static size_t finish(EncodedStream *stream, uint8_t *output)
{
    stream->finished = true;
    const Quoted *quoted = &stream->quoted;
    size_t count = 0;
    switch (stream->encoding) {
    case TEXT_ENCODING_BASE64:
    case TEXT_ENCODING_ESCAPED_BASE64:
        return flush_base64(&stream->base64, output);
    case TEXT_ENCODING_QUOTED_PRINTABLE:
        if (quoted->state == QUOTED_DIGIT) {
            output[count++] = '=';
            output[count++] = quoted->held;
        }
        return count;
    case TEXT_ENCODING_UUENCODE:
    case TEXT_ENCODING_YENC:
        return finish_block(stream, output);
    }
    return 0;
}

// Fills the output once more. False with err set when the source cannot be read.
static bool advance(EncodedStream *stream, GError **err)
{
    stream->output_at = 0;
    stream->output_bytes = 0;
    uint64_t left = stream->end - stream->offset;
    size_t room = stream->encoding == TEXT_ENCODING_UUENCODE ? UU_INPUT_BYTES : INPUT_BYTES;
    size_t wanted = left < room ? (size_t)left : room;
    bool is_over = wanted == 0 || stream->block.ended || stream->broken != NULL;
    ssize_t count = 0;
    if (!is_over) {
        count = source_read(stream->source, stream->offset, stream->input, wanted, err);
        if (count < 0)
            return false;
    }
    if (count == 0) {
        stream->output_bytes = finish(stream, stream->output);
        return true;
    }
    stream->offset += (uint64_t)count;
    stream->output_bytes = decode(stream, stream->input, (size_t)count, stream->output);
    return true;
}

ssize_t encoded_stream_read(void *user_data, void *target, size_t size, GError **err)
{
    EncodedStream *stream = user_data;
    size_t done = 0;
    while (done < size) {
        size_t ready = stream->output_bytes - stream->output_at;
        if (ready == 0) {
            if (stream->finished)
                break;
            if (!advance(stream, err))
                return -1;
            continue;
        }
        size_t count = MIN(ready, size - done);
        memcpy((uint8_t *)target + done, stream->output + stream->output_at, count);
        stream->output_at += count;
        done += count;
    }
    if (done == 0 && stream->broken != NULL) {
        g_set_error_literal(err, CLEW_ERROR, CLEW_ERROR_CORRUPT, stream->broken);
        return -1;
    }
    return (ssize_t)done;
}
