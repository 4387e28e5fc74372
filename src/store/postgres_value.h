// SPDX-License-Identifier: Apache-2.0
//
// Values in PostgreSQL's binary form, as columns of a result and as parameters.
#pragma once

#include <libpq-fe.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

// Object ids of types; fixed in every server.
enum {
    POSTGRES_BOOL = 16,
    POSTGRES_BYTEA = 17,
    POSTGRES_INT8 = 20,
    POSTGRES_INT2 = 21,
    POSTGRES_INT4 = 23,
    POSTGRES_TEXT = 25,
    POSTGRES_FLOAT4 = 700,
    POSTGRES_FLOAT8 = 701,
    POSTGRES_VARCHAR = 1043,
    POSTGRES_NUMERIC = 1700,
};

#define POSTGRES_WORD_BYTES 8

void postgres_put_int(int64_t value, uint8_t ret_word[POSTGRES_WORD_BYTES]);
void postgres_put_real(double value, uint8_t ret_word[POSTGRES_WORD_BYTES]);

// What is no number counts as 0, fractions are cut off, and what is too great is the greatest.
int64_t postgres_get_int(const PGresult *result, int row, int column);
double postgres_get_real(const PGresult *result, int row, int column);

// True for numbers and truth values, which have no text of their own in binary form.
bool postgres_is_number(const PGresult *result, int column);
bool postgres_is_fraction(const PGresult *result, int column);
