// SPDX-License-Identifier: Apache-2.0
#include "hash/pdq_reference.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { SIDE = 64, BITS = 16, NEAREST = 512, SIDE_MIN = 5, PASSES = 2 };

typedef struct {
    int rows, columns;
    float *values; // row-major
} Plane;

// Step 3. `at` is the pixel in the source picture.
static float luma(const uint8_t *pixels, PdqPixels kind, size_t at)
{
    if (kind == PDQ_PIXELS_GREY)
        return (float)pixels[at];
    const uint8_t *p = pixels + 4 * at;
    return 0.299f * (float)p[0] + 0.587f * (float)p[1] + 0.114f * (float)p[2];
}

// Steps 2 and 3: nearest neighbour to 512x512 where the pipeline wants it, then luma.
static bool plane_load(Plane *plane, const uint8_t *pixels, PdqPixels kind, uint32_t width,
                       uint32_t height, PdqPipeline pipeline)
{
    bool shrink = pipeline == PDQ_512 && (width > NEAREST || height > NEAREST);
    plane->rows = shrink ? NEAREST : (int)height;
    plane->columns = shrink ? NEAREST : (int)width;
    plane->values = malloc((size_t)plane->rows * (size_t)plane->columns * sizeof(float));
    if (!plane->values)
        return false;
    float *to = plane->values;
    for (int y = 0; y < plane->rows; y++) {
        for (int x = 0; x < plane->columns; x++) {
            size_t from_x = shrink ? (size_t)x * width / NEAREST : (size_t)x;
            size_t from_y = shrink ? (size_t)y * height / NEAREST : (size_t)y;
            *to++ = luma(pixels, kind, from_y * width + from_x);
        }
    }
    return true;
}

// Step 4, along one line of `size` values `stride` apart.
static void box_line(const float *in, float *out, int size, ptrdiff_t stride, int window)
{
    int half = (window + 2) / 2;
    int newest = 0, oldest = 0, next = 0, count = 0;
    float sum = 0;

    for (int i = 0; i < half - 1; i++) {
        sum += in[newest++ * stride];
        count++;
    }
    for (int i = 0; i < window - half + 1; i++) {
        sum += in[newest++ * stride];
        count++;
        out[next++ * stride] = sum / (float)count;
    }
    for (int i = 0; i < size - window; i++) {
        sum += in[newest++ * stride];
        sum -= in[oldest++ * stride];
        out[next++ * stride] = sum / (float)count;
    }
    for (int i = 0; i < half - 1; i++) {
        sum -= in[oldest++ * stride];
        count--;
        out[next++ * stride] = sum / (float)count;
    }
}

static int window_of(int size)
{
    return (size + 127) / 128;
}

static void filter(Plane *plane, float *scratch)
{
    int rows = plane->rows, columns = plane->columns;
    for (int pass = 0; pass < PASSES; pass++) {
        for (int y = 0; y < rows; y++)
            box_line(plane->values + (ptrdiff_t)y * columns, scratch + (ptrdiff_t)y * columns,
                     columns, 1, window_of(columns));
        for (int x = 0; x < columns; x++)
            box_line(scratch + x, plane->values + x, rows, columns, window_of(rows));
    }
}

// Step 5.
static void decimate(const Plane *plane, float matrix[SIDE][SIDE])
{
    for (int i = 0; i < SIDE; i++) {
        int y = (int)((i + 0.5) * plane->rows / SIDE);
        for (int j = 0; j < SIDE; j++) {
            int x = (int)((j + 0.5) * plane->columns / SIDE);
            matrix[i][j] = plane->values[(ptrdiff_t)y * plane->columns + x];
        }
    }
}

// Step 6.
static int quality_of(float matrix[SIDE][SIDE])
{
    int sum = 0;
    for (int i = 0; i < SIDE - 1; i++) {
        for (int j = 0; j < SIDE; j++)
            sum += abs((int)((matrix[i][j] - matrix[i + 1][j]) * 100 / 255));
    }
    for (int i = 0; i < SIDE; i++) {
        for (int j = 0; j < SIDE - 1; j++)
            sum += abs((int)((matrix[i][j] - matrix[i][j + 1]) * 100 / 255));
    }
    return sum / 90 > 100 ? 100 : sum / 90;
}

// Step 7.
static void transform(float matrix[SIDE][SIDE], float out[BITS][BITS])
{
    float cosines[BITS][SIDE], half[BITS][SIDE];
    float scale = (float)sqrt(2.0 / SIDE);
    for (int i = 0; i < BITS; i++) {
        for (int j = 0; j < SIDE; j++)
            cosines[i][j] = (float)(scale * cos(M_PI / 2.0 / SIDE * (i + 1) * (2 * j + 1)));
    }
    for (int i = 0; i < BITS; i++) {
        for (int j = 0; j < SIDE; j++) {
            float sum = 0;
            for (int k = 0; k < SIDE; k++)
                sum += cosines[i][k] * matrix[k][j];
            half[i][j] = sum;
        }
    }
    for (int i = 0; i < BITS; i++) {
        for (int j = 0; j < BITS; j++) {
            float sum = 0;
            for (int k = 0; k < SIDE; k++)
                sum += half[i][k] * cosines[j][k];
            out[i][j] = sum;
        }
    }
}

static int compare_floats(const void *a, const void *b)
{
    float x = *(const float *)a, y = *(const float *)b;
    return (x > y) - (x < y);
}

// Steps 8 and 9.
static PdqHash hash_of(float values[BITS][BITS])
{
    float sorted[BITS * BITS];
    memcpy(sorted, values, sizeof sorted);
    qsort(sorted, BITS * BITS, sizeof(float), compare_floats);
    float median = sorted[BITS * BITS / 2 - 1];

    uint16_t words[16] = {0};
    for (int i = 0; i < BITS; i++) {
        for (int j = 0; j < BITS; j++) {
            int k = 16 * i + j;
            if (values[i][j] > median)
                words[k >> 4] |= (uint16_t)(1u << (k & 15));
        }
    }
    PdqHash hash;
    for (int w = 0; w < 16; w++) {
        hash.bytes[2 * w] = (uint8_t)(words[15 - w] >> 8);
        hash.bytes[2 * w + 1] = (uint8_t)(words[15 - w] & 255);
    }
    return hash;
}

// Step 10: value (i, j) of the source, and whether it lands transposed.
static float turned(float v, PdqOrientation o, int i, int j, bool *ret_transposed)
{
    bool even_row = i % 2 == 0, even_column = j % 2 == 0, odd_sum = (i + j) % 2 != 0;
    *ret_transposed = o == PDQ_ORIENTATION_ROT90 || o == PDQ_ORIENTATION_ROT270 ||
                      o == PDQ_ORIENTATION_FLIP_PLUS || o == PDQ_ORIENTATION_FLIP_MINUS;
    switch (o) {
    case PDQ_ORIENTATION_ROT90:
    case PDQ_ORIENTATION_FLIP_Y:
        return even_column ? -v : v;
    case PDQ_ORIENTATION_ROT180:
    case PDQ_ORIENTATION_FLIP_MINUS:
        return odd_sum ? -v : v;
    case PDQ_ORIENTATION_ROT270:
    case PDQ_ORIENTATION_FLIP_X:
        return even_row ? -v : v;
    default:
        return v;
    }
}

static void turn(float from[BITS][BITS], PdqOrientation o, float to[BITS][BITS])
{
    for (int i = 0; i < BITS; i++) {
        for (int j = 0; j < BITS; j++) {
            bool transposed;
            float value = turned(from[i][j], o, i, j, &transposed);
            to[transposed ? j : i][transposed ? i : j] = value;
        }
    }
}

static bool matrix_of(Plane *plane, float matrix[SIDE][SIDE])
{
    if (plane->rows == SIDE && plane->columns == SIDE) {
        memcpy(matrix, plane->values, SIDE * SIDE * sizeof(float));
        return true;
    }
    float *scratch = malloc((size_t)plane->rows * (size_t)plane->columns * sizeof(float));
    if (!scratch)
        return false;
    filter(plane, scratch);
    free(scratch);
    decimate(plane, matrix);
    return true;
}

bool pdq_reference(const uint8_t *pixels, PdqPixels kind, uint32_t width, uint32_t height,
                   PdqPipeline pipeline, PdqReference *ret_reference)
{
    Plane plane;
    if (!plane_load(&plane, pixels, kind, width, height, pipeline))
        return false;
    memset(ret_reference, 0, sizeof *ret_reference);
    if (plane.rows < SIDE_MIN || plane.columns < SIDE_MIN) {
        free(plane.values);
        return true;
    }
    bool done = matrix_of(&plane, ret_reference->matrix);
    free(plane.values);
    if (!done)
        return false;

    float values[BITS][BITS], other[BITS][BITS];
    ret_reference->quality = quality_of(ret_reference->matrix);
    transform(ret_reference->matrix, values);
    for (int o = 0; o < PDQ_ORIENTATIONS; o++) {
        turn(values, (PdqOrientation)o, other);
        ret_reference->dihedral[o] = hash_of(other);
    }
    ret_reference->hash = ret_reference->dihedral[PDQ_ORIENTATION_ORIGINAL];
    return true;
}
