// SPDX-License-Identifier: Apache-2.0
#include "store/postgres_value.h"

#include <glib.h>
#include <math.h>
#include <string.h>

// ---- Writing ----------------------------------------------------------------------------------

void postgres_put_int(int64_t value, uint8_t ret_word[POSTGRES_WORD_BYTES])
{
    uint64_t word = GUINT64_TO_BE((uint64_t)value);
    memcpy(ret_word, &word, sizeof word);
}

void postgres_put_real(double value, uint8_t ret_word[POSTGRES_WORD_BYTES])
{
    int64_t word;
    memcpy(&word, &value, sizeof word);
    postgres_put_int(word, ret_word);
}

// ---- Reading ----------------------------------------------------------------------------------

static int64_t signed_number(const uint8_t *bytes, int length)
{
    uint64_t value = length > 0 && (bytes[0] & 0x80) != 0 ? UINT64_MAX : 0;
    for (int i = 0; i < length && i < POSTGRES_WORD_BYTES; i++)
        value = value << 8 | bytes[i];
    return (int64_t)value;
}

static double float4_value(const uint8_t *bytes)
{
    uint32_t word = (uint32_t)signed_number(bytes, 4);
    float value;
    memcpy(&value, &word, sizeof value);
    return (double)value;
}

static double float8_value(const uint8_t *bytes)
{
    int64_t word = signed_number(bytes, 8);
    double value;
    memcpy(&value, &word, sizeof value);
    return value;
}

// A numeric: four 16-bit words (number of digits, weight of the first, sign, digits to show), then
// digits to the base 10000.
#define NUMERIC_HEAD_BYTES 8
#define NUMERIC_BASE 10000
#define NUMERIC_POSITIVE 0x0000
#define NUMERIC_NEGATIVE 0x4000

typedef struct {
    int digits, weight;
    bool negative;
    const uint8_t *first;
} Numeric;

static bool read_numeric(const uint8_t *bytes, int length, Numeric *ret_numeric)
{
    if (length < NUMERIC_HEAD_BYTES)
        return false;
    int sign = (int)signed_number(bytes + 4, 2) & 0xffff;
    *ret_numeric = (Numeric){.digits = (int)signed_number(bytes, 2),
                             .weight = (int)signed_number(bytes + 2, 2),
                             .negative = sign == NUMERIC_NEGATIVE,
                             .first = bytes + NUMERIC_HEAD_BYTES};
    return (sign == NUMERIC_POSITIVE || sign == NUMERIC_NEGATIVE) && ret_numeric->digits >= 0 &&
           length >= NUMERIC_HEAD_BYTES + 2 * ret_numeric->digits;
}

static int numeric_digit(const Numeric *numeric, int place)
{
    return place < numeric->digits ? (int)signed_number(numeric->first + (ptrdiff_t)2 * place, 2)
                                   : 0;
}

static int64_t numeric_int(const uint8_t *bytes, int length)
{
    Numeric numeric;
    int64_t value = 0;
    if (!read_numeric(bytes, length, &numeric))
        return 0;
    for (int place = 0; place <= numeric.weight; place++) {
        int digit = numeric_digit(&numeric, place);
        if (__builtin_mul_overflow(value, (int64_t)NUMERIC_BASE, &value) ||
            __builtin_add_overflow(value, (int64_t)(numeric.negative ? -digit : digit), &value))
            return numeric.negative ? INT64_MIN : INT64_MAX;
    }
    return value;
}

static double numeric_real(const uint8_t *bytes, int length)
{
    Numeric numeric;
    double value = 0;
    if (!read_numeric(bytes, length, &numeric))
        return 0;
    for (int place = 0; place < numeric.digits; place++)
        value += numeric_digit(&numeric, place) * pow(NUMERIC_BASE, numeric.weight - place);
    return numeric.negative ? -value : value;
}

static int64_t int_of_real(double value)
{
    if (isnan(value))
        return 0;
    if (value >= (double)INT64_MAX)
        return INT64_MAX;
    return value <= (double)INT64_MIN ? INT64_MIN : (int64_t)value;
}

bool postgres_is_fraction(const PGresult *result, int column)
{
    Oid type = PQftype(result, column);
    return type == POSTGRES_FLOAT4 || type == POSTGRES_FLOAT8 || type == POSTGRES_NUMERIC;
}

bool postgres_is_number(const PGresult *result, int column)
{
    Oid type = PQftype(result, column);
    return type == POSTGRES_BOOL || type == POSTGRES_INT2 || type == POSTGRES_INT4 ||
           type == POSTGRES_INT8 || postgres_is_fraction(result, column);
}

static bool is_floating(const PGresult *result, int row, int column)
{
    Oid type = PQftype(result, column);
    int length = PQgetlength(result, row, column);
    return (type == POSTGRES_FLOAT4 && length == 4) || (type == POSTGRES_FLOAT8 && length == 8);
}

static double floating_value(const uint8_t *bytes, int length)
{
    return length == 4 ? float4_value(bytes) : float8_value(bytes);
}

int64_t postgres_get_int(const PGresult *result, int row, int column)
{
    if (PQgetisnull(result, row, column))
        return 0;
    const uint8_t *bytes = (const uint8_t *)PQgetvalue(result, row, column);
    int length = PQgetlength(result, row, column);
    if (is_floating(result, row, column))
        return int_of_real(floating_value(bytes, length));
    if (PQftype(result, column) == POSTGRES_NUMERIC)
        return numeric_int(bytes, length);
    if (postgres_is_number(result, column))
        return signed_number(bytes, length);
    return g_ascii_strtoll((const char *)bytes, NULL, 10);
}

double postgres_get_real(const PGresult *result, int row, int column)
{
    if (PQgetisnull(result, row, column))
        return 0;
    const uint8_t *bytes = (const uint8_t *)PQgetvalue(result, row, column);
    int length = PQgetlength(result, row, column);
    if (is_floating(result, row, column))
        return floating_value(bytes, length);
    if (PQftype(result, column) == POSTGRES_NUMERIC)
        return numeric_real(bytes, length);
    if (postgres_is_number(result, column))
        return (double)signed_number(bytes, length);
    return g_ascii_strtod((const char *)bytes, NULL);
}
