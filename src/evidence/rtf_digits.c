// SPDX-License-Identifier: Apache-2.0
//
// A piece is a stretch of text of at most RTF_PIECE_BYTES that holds digits and, between them,
// bytes that are none; or a stretch of bytes as they are. To read at a place, the piece is found by
// its first digit's number and decoded whole.
#include "evidence/rtf_digits.h"

const uint8_t rtf_byte_kinds[256] = {
    ['0'] = 1,  ['1'] = 2,  ['2'] = 3,           ['3'] = 4,           ['4'] = 5,
    ['5'] = 6,  ['6'] = 7,  ['7'] = 8,           ['8'] = 9,           ['9'] = 10,
    ['a'] = 11, ['b'] = 12, ['c'] = 13,          ['d'] = 14,          ['e'] = 15,
    ['f'] = 16, ['A'] = 11, ['B'] = 12,          ['C'] = 13,          ['D'] = 14,
    ['E'] = 15, ['F'] = 16, ['{'] = RTF_SPECIAL, ['}'] = RTF_SPECIAL, ['\\'] = RTF_SPECIAL,
};

typedef struct {
    uint64_t offset, size_bytes; // in the text
    uint64_t first;              // number of its first digit
    bool is_binary;
} Piece;

struct RtfDigits {
    GArray *pieces; // of Piece
    uint64_t count; // digits so far; each binary byte counts for two
};

RtfDigits *rtf_digits_new(void)
{
    RtfDigits *digits = g_new0(RtfDigits, 1);
    digits->pieces = g_array_new(FALSE, FALSE, sizeof(Piece));
    return digits;
}

void rtf_digits_free(RtfDigits *digits)
{
    if (digits == NULL)
        return;
    g_array_unref(digits->pieces);
    g_free(digits);
}

static Piece *last_piece(const RtfDigits *digits)
{
    return digits->pieces->len > 0 ? &g_array_index(digits->pieces, Piece, digits->pieces->len - 1)
                                   : NULL;
}

static void add_piece(RtfDigits *digits, Piece piece)
{
    g_array_append_val(digits->pieces, piece);
}

void rtf_digits_add(RtfDigits *digits, uint64_t offset, size_t size, size_t count)
{
    Piece *last = last_piece(digits);
    bool goes_on = last != NULL && !last->is_binary && last->offset + last->size_bytes == offset &&
                   last->size_bytes + size <= RTF_PIECE_BYTES;
    if (goes_on)
        last->size_bytes += size;
    else
        add_piece(digits, (Piece){.offset = offset, .size_bytes = size, .first = digits->count});
    digits->count += count;
}

void rtf_digits_add_binary(RtfDigits *digits, uint64_t offset, uint64_t size)
{
    digits->count &= ~1ull;
    add_piece(
        digits,
        (Piece){.offset = offset, .size_bytes = size, .first = digits->count, .is_binary = true});
    digits->count += 2 * size;
}

size_t rtf_digits_pieces(const RtfDigits *digits)
{
    return digits->pieces->len;
}

// ---- Reading ----------------------------------------------------------------------------------

typedef struct {
    const RtfDigits *digits;
    Source *text;
    size_t decoded; // the piece that `values` are of; pieces->len: none
    size_t count;   // values
    uint8_t values[RTF_PIECE_BYTES];
} Reading;

static const Piece *piece_at(const RtfDigits *digits, size_t i)
{
    return &g_array_index(digits->pieces, Piece, i);
}

// The last piece that begins at or before a digit.
static size_t find_piece(const RtfDigits *digits, uint64_t digit)
{
    size_t low = 0, high = digits->pieces->len;
    while (high - low > 1) {
        size_t middle = low + (high - low) / 2;
        if (piece_at(digits, middle)->first <= digit)
            low = middle;
        else
            high = middle;
    }
    return low;
}

// Digits to values, over the text they came from.
static bool decode(Reading *reading, size_t number, GError **err)
{
    const Piece *piece = piece_at(reading->digits, number);
    if (reading->decoded == number)
        return true;
    reading->decoded = reading->digits->pieces->len;
    ssize_t size = source_read(reading->text, piece->offset, reading->values,
                               (size_t)MIN(piece->size_bytes, (uint64_t)RTF_PIECE_BYTES), err);
    if (size < 0)
        return false;
    reading->count = 0;
    for (ssize_t i = 0; i < size; i++) {
        uint8_t byte = reading->values[i];
        reading->values[reading->count] = (uint8_t)(rtf_byte_kinds[byte] - 1);
        reading->count += rtf_is_digit(byte);
    }
    reading->decoded = number;
    return true;
}

static ssize_t read_binary(const Reading *reading, const Piece *piece, uint64_t digit, void *target,
                           size_t size, GError **err)
{
    uint64_t within = (digit - piece->first) / 2;
    uint64_t left = piece->size_bytes - within;
    return source_read(reading->text, piece->offset + within, target,
                       (size_t)MIN((uint64_t)size, left), err);
}

// The value of one digit; -1 when it cannot be had.
static int value_of(Reading *reading, uint64_t digit, GError **err)
{
    size_t number = find_piece(reading->digits, digit);
    uint64_t within = digit - piece_at(reading->digits, number)->first;
    if (!decode(reading, number, err) || within >= reading->count)
        return -1;
    return reading->values[within];
}

static ssize_t digits_read_at(void *user_data, uint64_t offset, void *target, size_t size,
                              GError **err)
{
    Reading *reading = user_data;
    uint64_t digit = 2 * offset;
    size_t number = find_piece(reading->digits, digit);
    const Piece *piece = piece_at(reading->digits, number);
    uint8_t *bytes = target;
    if (piece->is_binary)
        return read_binary(reading, piece, digit, target, size, err);
    if (!decode(reading, number, err))
        return -1;
    size_t at = (size_t)(digit - piece->first);
    size_t done = 0;
    for (; done < size && at + 1 < reading->count; at += 2)
        bytes[done++] = (uint8_t)(reading->values[at] << 4 | reading->values[at + 1]);
    if (done > 0)
        return (ssize_t)done;
    // A byte whose halves lie in two pieces.
    int high = value_of(reading, digit, err);
    int low = high >= 0 ? value_of(reading, digit + 1, err) : -1;
    if (low < 0)
        return err != NULL && *err != NULL ? -1 : 0;
    bytes[0] = (uint8_t)(high << 4 | low);
    return 1;
}

Source *rtf_digits_source(const RtfDigits *digits, Source *text)
{
    static const SourceOps ops = {digits_read_at, g_free};
    Reading *reading = g_new(Reading, 1);
    reading->digits = digits;
    reading->text = text;
    reading->decoded = digits->pieces->len;
    reading->count = 0;
    return source_new(&ops, reading, digits->count / 2);
}
