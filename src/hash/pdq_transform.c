// SPDX-License-Identifier: Apache-2.0
#include "hash/pdq_transform.h"

#include "hash/pdq_dct_table.h"

#include <stdlib.h>
#include <string.h>

#define SIDE PDQ_MATRIX_SIDE
#define BITS PDQ_BITS_SIDE
#define VALUES (BITS * BITS)
#define MEDIAN_RANK (VALUES / 2 - 1) // the lower median: the 128th smallest of 256

// The reference counts gradients in hundredths of the full range, each cut off towards zero.
static int gradient(float u, float v)
{
    return abs((int)((u - v) * 100 / 255));
}

static int quality_of(const float *matrix)
{
    int sum = 0;
    for (int i = 0; i < (SIDE - 1) * SIDE; i++)
        sum += gradient(matrix[i], matrix[i + SIDE]);
    for (int row = 0; row < SIDE; row++) {
        const float *values = matrix + row * SIDE;
        for (int column = 0; column < SIDE - 1; column++)
            sum += gradient(values[column], values[column + 1]);
    }
    int quality = sum / 90;
    return quality > 100 ? 100 : quality;
}

// out = D A D^T. Every element is summed in the order of k from 0, as the reference does; the loops
// are turned so that neighbouring elements are summed side by side.
static void transform(const float *matrix, float out[VALUES])
{
    float turned[SIDE][BITS]; // D^T
    for (int i = 0; i < BITS; i++) {
        for (int k = 0; k < SIDE; k++)
            turned[k][i] = pdq_dct_table[i][k];
    }
    for (int i = 0; i < BITS; i++) {
        float half[SIDE] = {0}; // row i of D A
        for (int k = 0; k < SIDE; k++) {
            for (int j = 0; j < SIDE; j++)
                half[j] += pdq_dct_table[i][k] * matrix[k * SIDE + j];
        }
        float row[BITS] = {0};
        for (int k = 0; k < SIDE; k++) {
            for (int j = 0; j < BITS; j++)
                row[j] += half[k] * turned[k][j];
        }
        memcpy(out + i * BITS, row, sizeof row);
    }
}

static void swap(float *a, float *b)
{
    float kept = *a;
    *a = *b;
    *b = kept;
}

// Quickselect; reorders `values`.
static float nth_smallest(float values[VALUES], int rank)
{
    int low = 0, high = VALUES - 1;
    while (low < high) {
        float pivot = values[(low + high) / 2];
        int i = low, j = high;
        while (i <= j) {
            for (; values[i] < pivot; i++)
                ;
            for (; values[j] > pivot; j--)
                ;
            if (i <= j)
                swap(&values[i++], &values[j--]);
        }
        if (rank <= j)
            high = j;
        else if (rank >= i)
            low = i;
        else
            break;
    }
    return values[rank];
}

// Bit 16 i + j says that value (i, j) lies above the median; bit 255 is the first to be printed.
static PdqHash threshold(const float frequencies[VALUES])
{
    float scratch[VALUES];
    memcpy(scratch, frequencies, sizeof scratch);
    float median = nth_smallest(scratch, MEDIAN_RANK);

    PdqHash hash = {0};
    for (int bit = 0; bit < VALUES; bit++) {
        if (frequencies[bit] > median)
            hash.bytes[PDQ_HASH_BYTES - 1 - bit / 8] |= (uint8_t)(1u << (bit % 8));
    }
    return hash;
}

// How an operation on the picture shows in its transform: frequency i + 1 changes its sign when it
// is odd and its axis is reversed, and a transposed picture has a transposed transform.
typedef struct {
    bool transpose;
    bool reverse_rows, reverse_columns; // in the source, before transposing
} Turn;

static const Turn turns[PDQ_ORIENTATIONS] = {
    [PDQ_ORIENTATION_ORIGINAL] = {false, false, false},
    [PDQ_ORIENTATION_ROT90] = {true, false, true},
    [PDQ_ORIENTATION_ROT180] = {false, true, true},
    [PDQ_ORIENTATION_ROT270] = {true, true, false},
    [PDQ_ORIENTATION_FLIP_X] = {false, true, false},
    [PDQ_ORIENTATION_FLIP_Y] = {false, false, true},
    [PDQ_ORIENTATION_FLIP_PLUS] = {true, false, false},
    [PDQ_ORIENTATION_FLIP_MINUS] = {true, true, true},
};

static void turn(const float from[VALUES], const Turn *how, float to[VALUES])
{
    for (int i = 0; i < BITS; i++) {
        for (int j = 0; j < BITS; j++) {
            bool negate = (how->reverse_rows && i % 2 == 0) != (how->reverse_columns && j % 2 == 0);
            float value = from[i * BITS + j];
            to[how->transpose ? j * BITS + i : i * BITS + j] = negate ? -value : value;
        }
    }
}

void pdq_transform(const float *matrix, PdqResult *ret_result)
{
    float frequencies[VALUES], turned[VALUES];
    transform(matrix, frequencies);
    ret_result->quality = quality_of(matrix);
    for (int o = 0; o < PDQ_ORIENTATIONS; o++) {
        turn(frequencies, &turns[o], turned);
        ret_result->dihedral[o] = threshold(turned);
    }
    ret_result->hash = ret_result->dihedral[PDQ_ORIENTATION_ORIGINAL];
}
