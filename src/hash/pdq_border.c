// SPDX-License-Identifier: Apache-2.0
//
// Top and bottom. Rows come in order, so the top border is the run of uniform rows from row 0, and
// the bottom border the run that is still open at the end. Of each row 32 pixels are kept; mostly
// two or three of them show that it is not uniform, and only a row that seems so is read whole.
//
// Left and right. Every column starts as a candidate up to half the width. A column drops out, and
// with it all columns further in, once it has differed from the corner in too many rows. Without a
// border the candidates are gone after a few rows and nothing is left to look at.
#include "hash/pdq_border.h"

#include <stdlib.h>
#include <string.h>

enum {
    SAMPLES = 32,   // pixels of a row that are looked at first, and kept
    STRICT = 4,     // luma steps that a border may vary by
    ROUGH = 16,     // luma steps that compression noise at the true edge may reach
    EDGE = 7,       // rows or columns of such noise
    ROWS_MIN = 128, // rows on which columns are judged, if the picture has them
};

// One over these shares of the pixels may differ.
enum { STRICT_SHARE = 32, ROUGH_SHARE = 8, SMALLEST_SHARE = 64, LEFT_SHARE = 8 };
enum { LEFT_MIN = 32 };

typedef uint32_t Profile[SAMPLES]; // pixels of a row, evenly spread

// The newest rows, in a ring.
typedef struct {
    Profile profiles[EDGE + 1];
    uint32_t added;
} History;

// Uniform rows that follow one another.
typedef struct {
    uint8_t value;
    uint32_t start, rows; // rows 0: none
    History before;       // the rows above
} Run;

// Columns from one side inwards.
typedef struct {
    uint8_t value;
    uint32_t limit;   // columns that are still candidates
    uint16_t *strict; // rows in which each column differed by more than STRICT ...
    uint16_t *rough;  // ... and by more than ROUGH
} Side;

struct PdqBorder {
    uint32_t width, height, next_row;
    PdqPixels pixels;
    uint32_t samples[SAMPLES]; // their columns
    uint32_t row_step;         // every how many rows the columns are judged
    uint32_t rows_judged;
    uint32_t half; // columns in each side's counters

    Run run; // of uniform rows up to the newest row
    History recent;
    uint8_t top_value;
    uint32_t top_strict, top_rough; // rows of the top border; rough ones behind the strict
    bool top_open;                  // the top border may still grow
    Side left, right;
    uint16_t counters[];
};

static uint32_t pixel_at(const PdqBorder *border, const uint8_t *row, uint32_t x)
{
    if (border->pixels == PDQ_PIXELS_GREY)
        return row[x];
    uint32_t pixel;
    memcpy(&pixel, row + (size_t)4 * x, sizeof pixel);
    return pixel;
}

static uint8_t luma_of(const PdqBorder *border, uint32_t pixel)
{
    if (border->pixels == PDQ_PIXELS_GREY)
        return (uint8_t)pixel;
    uint8_t bytes[4];
    memcpy(bytes, &pixel, sizeof bytes);
    return (uint8_t)((77u * bytes[0] + 150u * bytes[1] + 29u * bytes[2]) >> 8);
}

static uint8_t luma_at(const PdqBorder *border, const uint8_t *row, uint32_t x)
{
    return luma_of(border, pixel_at(border, row, x));
}

static bool differs(uint8_t a, uint8_t b, int steps)
{
    return abs(a - b) > steps;
}

static bool allowed(uint32_t count, uint32_t total, uint32_t share)
{
    return count <= total / share;
}

PdqBorder *pdq_border_new(uint32_t width, uint32_t height, PdqPixels pixels)
{
    size_t half = (size_t)width / 2;
    PdqBorder *border = calloc(1, sizeof *border + 4 * half * sizeof(uint16_t));
    if (!border)
        return NULL;
    border->width = width;
    border->height = height;
    border->pixels = pixels;
    border->half = (uint32_t)half;
    border->row_step = height < 2 * ROWS_MIN ? 1 : height / ROWS_MIN;
    border->top_open = true;
    for (uint32_t i = 0; i < SAMPLES; i++)
        border->samples[i] = (uint32_t)(((uint64_t)i * 2 + 1) * width / (2 * SAMPLES));
    border->left =
        (Side){.limit = border->half, .strict = border->counters, .rough = border->counters + half};
    border->right = (Side){.limit = border->half,
                           .strict = border->counters + 2 * half,
                           .rough = border->counters + 3 * half};
    return border;
}

void pdq_border_free(PdqBorder *border)
{
    free(border);
}

size_t pdq_border_bytes(const PdqBorder *border)
{
    return sizeof *border + 4 * (size_t)border->half * sizeof(uint16_t);
}

// All but a `share`-th of the pixels are within `steps` of `value`. Stops when it is known.
static bool profile_matches(const PdqBorder *border, const Profile profile, uint8_t value,
                            int steps, uint32_t share)
{
    uint32_t count = 0;
    for (int i = 0; i < SAMPLES && allowed(count, SAMPLES, share); i++)
        count += differs(luma_of(border, profile[i]), value, steps);
    return allowed(count, SAMPLES, share);
}

static bool profile_is_rough(const PdqBorder *border, const Profile profile, uint8_t value)
{
    return profile_matches(border, profile, value, ROUGH, ROUGH_SHARE);
}

// Flat areas decode to identical pixels, which memcmp sees fastest; else every fourth is looked at,
// not the same columns in every row.
static bool row_is_uniform(const PdqBorder *border, const uint8_t *row, uint8_t value)
{
    size_t pixel = border->pixels == PDQ_PIXELS_GREY ? 1 : 4;
    if (memcmp(row, row + pixel, (border->width - 1) * pixel) == 0)
        return !differs(luma_at(border, row, 0), value, STRICT);
    uint32_t count = 0, most = border->width / 4 / STRICT_SHARE;
    for (uint32_t x = border->next_row % 4; x < border->width && count <= most; x += 4)
        count += differs(luma_at(border, row, x), value, STRICT);
    return count <= most;
}

static bool row_matches(const PdqBorder *border, const uint8_t *row, const Profile profile,
                        uint8_t value)
{
    return profile_matches(border, profile, value, STRICT, STRICT_SHARE) &&
           row_is_uniform(border, row, value);
}

static void run_add_row(PdqBorder *border, const uint8_t *row, const Profile profile)
{
    Run *run = &border->run;
    if (run->rows > 0 && row_matches(border, row, profile, run->value)) {
        run->rows++;
        return;
    }
    uint8_t value = luma_of(border, profile[SAMPLES / 2]);
    if (!row_matches(border, row, profile, value)) {
        run->rows = 0;
        return;
    }
    run->value = value;
    run->start = border->next_row;
    run->rows = 1;
    run->before = border->recent;
}

static void top_add_row(PdqBorder *border, const Profile profile)
{
    const Run *run = &border->run;
    if (run->rows > 0 && run->start == 0) {
        border->top_value = run->value;
        border->top_strict = run->rows;
    } else if (border->top_strict > 0 && border->top_rough <= EDGE &&
               profile_is_rough(border, profile, border->top_value)) {
        border->top_rough++;
    } else {
        border->top_open = false;
    }
}

// `first` is the outermost column, `step` leads inwards.
static void side_add_row(const PdqBorder *border, Side *side, const uint8_t *row, uint32_t first,
                         int step)
{
    if (side->limit == 0)
        return;
    const uint32_t judged = (border->height + border->row_step - 1) / border->row_step;
    uint32_t end = side->limit + EDGE + 1;
    if (end > border->half)
        end = border->half;
    for (uint32_t i = 0; i < end; i++) {
        uint8_t luma = luma_at(border, row, (uint32_t)((int64_t)first + (int64_t)step * i));
        side->strict[i] += differs(luma, side->value, STRICT);
        side->rough[i] += differs(luma, side->value, ROUGH);
        if (i < side->limit && !allowed(side->strict[i], judged, STRICT_SHARE))
            side->limit = i;
    }
}

static void sides_add_row(PdqBorder *border, const uint8_t *row)
{
    uint32_t last = border->width - 1;
    if (border->next_row == 0) {
        border->left.value = luma_at(border, row, 0);
        border->right.value = luma_at(border, row, last);
    }
    if (border->next_row % border->row_step != 0)
        return;
    border->rows_judged++;
    side_add_row(border, &border->left, row, 0, 1);
    side_add_row(border, &border->right, row, last, -1);
}

// For top and bottom.
static void lines_add_row(PdqBorder *border, const uint8_t *row)
{
    Profile profile;
    for (int i = 0; i < SAMPLES; i++)
        profile[i] = pixel_at(border, row, border->samples[i]);
    if (border->top_open || border->next_row >= border->height / 2)
        run_add_row(border, row, profile);
    if (border->top_open)
        top_add_row(border, profile);
    History *recent = &border->recent;
    memcpy(recent->profiles[recent->added++ % (EDGE + 1)], profile, sizeof profile);
}

void pdq_border_add_row(PdqBorder *border, const uint8_t *row)
{
    if (border->next_row >= border->height)
        return;
    if (border->top_open || border->next_row + EDGE + 1 >= border->height / 2)
        lines_add_row(border, row);
    sides_add_row(border, row);
    border->next_row++;
}

// How far the border on one side reaches.
typedef struct {
    uint8_t value;
    uint32_t strict; // rows or columns of one value
    uint32_t depth;  // with the rough ones behind them, if then there is a step; else 0
} Reach;

static Reach top_reach(const PdqBorder *border)
{
    bool stepped = border->top_strict > 0 && border->top_rough <= EDGE && !border->top_open;
    return (Reach){.value = border->top_value,
                   .strict = border->top_strict,
                   .depth = stepped ? border->top_strict + border->top_rough : 0};
}

static Reach bottom_reach(const PdqBorder *border)
{
    const Run *run = &border->run;
    if (run->rows == 0 || run->start == 0)
        return (Reach){0};
    const History *before = &run->before;
    uint32_t known = before->added < EDGE + 1 ? before->added : EDGE + 1;
    uint32_t rough = 0;
    while (rough < known &&
           profile_is_rough(border, before->profiles[(before->added - 1 - rough) % (EDGE + 1)],
                            run->value))
        rough++;
    return (Reach){
        .value = run->value, .strict = run->rows, .depth = rough < known ? run->rows + rough : 0};
}

static Reach side_reach(const PdqBorder *border, const Side *side)
{
    Reach reach = {.value = side->value, .strict = side->limit};
    if (side->limit == 0)
        return reach;
    for (uint32_t i = side->limit; i < border->half && i <= side->limit + EDGE; i++) {
        if (!allowed(side->rough[i], border->rows_judged, ROUGH_SHARE)) {
            reach.depth = i;
            break;
        }
    }
    return reach;
}

// Dark content against a dark bar shows no step. Bars come in pairs: such a side is taken to be as
// deep as the opposite one, if it is of the same value at least that far.
static uint32_t depth_of(const Reach *side, const Reach *opposite, uint32_t size)
{
    uint32_t depth = side->depth;
    if (depth == 0 && !differs(side->value, opposite->value, ROUGH) &&
        side->strict + EDGE >= opposite->depth)
        depth = opposite->depth;
    // One that is too thin to matter is none.
    return depth > 1 && depth >= size / SMALLEST_SHARE ? depth : 0;
}

static bool enough_left(uint32_t left, uint32_t size)
{
    return left >= LEFT_MIN && left >= size / LEFT_SHARE;
}

bool pdq_border_inside(const PdqBorder *border, PdqRect *ret_inside)
{
    if (border->next_row < border->height)
        return false;
    Reach tops = top_reach(border), bottoms = bottom_reach(border);
    Reach lefts = side_reach(border, &border->left), rights = side_reach(border, &border->right);
    uint32_t top = depth_of(&tops, &bottoms, border->height);
    uint32_t bottom = depth_of(&bottoms, &tops, border->height);
    uint32_t left = depth_of(&lefts, &rights, border->width);
    uint32_t right = depth_of(&rights, &lefts, border->width);
    if (top + bottom + left + right == 0)
        return false;

    PdqRect inside = {left, top, border->width - left - right, border->height - top - bottom};
    if (!enough_left(inside.width, border->width) || !enough_left(inside.height, border->height))
        return false;
    *ret_inside = inside;
    return true;
}
