// SPDX-License-Identifier: Apache-2.0
#include "compare/difference.h"

#include <stdlib.h>
#include <string.h>

#include "compare/tone.h"

enum {
    CELL = 4,   // pixels: the grid on which is decided ...
    WINDOW = 8, // ... by a window around each cell
    SHIFT = 1,  // pixels by which the registration may be off
    MARGIN = 2, // pixels at the edge of what both show that mix with what is beyond
    SMOOTH = 2, // times
    MERGE = 3,  // cells between boxes that are one region
};

#define UNLIKE_MIN 0.5              // of the energy that a window shows: less is the same
#define UNLIKE_TIMES 3.0            // the usual
#define ENERGY_MIN 225.0            // squared levels
#define ENERGY_MIN_COLOURLESS 450.0 // where the brightness of colours had to be guessed
#define ENERGY_TIMES 20.0           // the usual
#define ENERGY_FLOOR 40.0           // squared levels: what even an empty window is taken to show
#define REGION_SHARE_MIN 0.001      // of what both show, in cells
#define REGION_CELLS_MIN 6u
#define TRIM_LEVELS 10.0   // a pixel that differs by less ...
#define TRIM_TIMES 3.0     // ... or by less than so many times the noise says nothing
#define TRIM_STRENGTH 0.35 // ... or less than that share of the region's strength
#define TRIM_SHARE 0.12    // of a line of a box that must differ for the line to belong to it
#define BEYOND_MIN 0.01    // of a side: less is rounding
#define COLOUR_WEIGHT 2.0  // colour planes are half as large

// ---- Laying over each other ---------------------------------------------------------------------

static Laid *laid_new(uint32_t width, uint32_t height)
{
    Laid *laid = g_new0(Laid, 1);
    laid->width = width;
    laid->height = height;
    size_t pixels = (size_t)width * height;
    laid->counts = g_new0(bool, pixels);
    return laid;
}

typedef struct {
    Laid *laid;
    Affine to_a, to_b; // from the grid to the pixels of each picture
} Grid;

// Smoothed, because how sharp a copy is says nothing of what it shows.
static Plane *lay_plane(const Plane *plane, const Affine *to_work, const Laid *laid)
{
    Plane *laid_plane = plane_warp(plane, to_work, laid->width, laid->height);
    for (unsigned i = 0; i < SMOOTH; i++) {
        Plane *smooth = plane_smooth(laid_plane);
        plane_free(laid_plane);
        laid_plane = smooth;
    }
    return laid_plane;
}

static void lay(Laid *laid, unsigned side, const Reduced *picture, const Affine *to_work)
{
    laid->luma[side] = lay_plane(picture->luma, to_work, laid);
    laid->blue[side] = lay_plane(picture->blue, to_work, laid);
    laid->red[side] = lay_plane(picture->red, to_work, laid);
}

static Area shrink(const Area *area, double by_x, double by_y)
{
    return (Area){area->left + by_x, area->top + by_y, area->right - by_x, area->bottom - by_y};
}

static void mark_shared(Grid *grid, const Area insides[2])
{
    Laid *laid = grid->laid;
    double step_a = MARGIN * affine_scale(&grid->to_a), step_b = MARGIN * affine_scale(&grid->to_b);
    const Area a = shrink(&insides[0], step_a, step_a), b = shrink(&insides[1], step_b, step_b);
    for (uint32_t y = 0; y < laid->height; y++) {
        for (uint32_t x = 0; x < laid->width; x++) {
            bool counts = area_holds(&a, affine_apply(&grid->to_a, x + 0.5, y + 0.5)) &&
                          area_holds(&b, affine_apply(&grid->to_b, x + 0.5, y + 0.5));
            laid->counts[(size_t)y * laid->width + x] = counts;
            laid->counting += counts;
        }
    }
}

// The grid is the picture that has fewer pixels for the same content.
static Grid lay_over(const Reduced *a, const Reduced *b, const Registration *registration)
{
    Affine work = affine_rescale(&registration->map, reduced_across(a), reduced_down(a),
                                 reduced_across(b), reduced_down(b));
    const Affine same = {.xx = 1, .yy = 1};
    bool on_a = affine_scale(&work) >= 1;
    Affine back = affine_invert(&work);
    const Plane *under = on_a ? a->luma : b->luma;
    Affine a_work = on_a ? same : back, b_work = on_a ? work : same;
    Grid grid = {.laid = laid_new(under->width, under->height)};
    lay(grid.laid, 0, a, &a_work);
    lay(grid.laid, 1, b, &b_work);
    grid.to_a = affine_rescale(&a_work, 1, 1, 1 / reduced_across(a), 1 / reduced_down(a));
    grid.to_b = affine_rescale(&b_work, 1, 1, 1 / reduced_across(b), 1 / reduced_down(b));
    mark_shared(&grid, registration->inside);
    return grid;
}

// ---- Windows ------------------------------------------------------------------------------------

// The grid of cells, and what the window around each says.
typedef struct {
    uint32_t across, down;
    bool *counts, *differs;
    float *energy; // mean square of what differs
    float *unlike; // that, against how much the window shows
    double noise;  // levels that differ where nothing does
} Cells;

static void cells_free(Cells *cells)
{
    g_free(cells->counts);
    g_free(cells->differs);
    g_free(cells->energy);
    g_free(cells->unlike);
    g_free(cells);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Cells, cells_free)

static Cells *cells_new(const Laid *laid)
{
    Cells *cells = g_new0(Cells, 1);
    cells->across = laid->width / CELL;
    cells->down = laid->height / CELL;
    size_t count = (size_t)cells->across * cells->down + 1;
    cells->counts = g_new0(bool, count);
    cells->differs = g_new0(bool, count);
    cells->energy = g_new0(float, count);
    cells->unlike = g_new0(float, count);
    return cells;
}

// One side's planes with the change of tone in them, to be compared with the other's.
typedef struct {
    const Laid *laid;
    unsigned seen;            // the other side
    Plane *luma, *blue, *red; // colours: NULL when they cannot be compared
} Expected;

static Plane *expected_colour(const Plane *from, const double line[2])
{
    Plane *expected = plane_new(from->width, from->height);
    for (size_t i = 0; i < (size_t)from->width * from->height; i++)
        expected->values[i] = (float)(line[0] + line[1] * from->values[i]);
    return expected;
}

static float clip(float value)
{
    return value < 0 ? 0 : value > 255 ? 255 : value;
}

// Colours that a picture cannot hold are cut off in it, and so they are here.
static void clip_colours(Expected *expected)
{
    for (size_t i = 0; i < (size_t)expected->luma->width * expected->luma->height; i++) {
        float *luma = &expected->luma->values[i];
        float red = *luma + 2 * expected->red->values[i];
        float blue = *luma + 2 * expected->blue->values[i];
        float green = clip((*luma - 0.299F * red - 0.114F * blue) / 0.587F);
        red = clip(red);
        blue = clip(blue);
        *luma = 0.299F * red + 0.587F * green + 0.114F * blue;
        expected->red->values[i] = (red - *luma) / 2;
        expected->blue->values[i] = (blue - *luma) / 2;
    }
}

static Expected expect(const Laid *laid, const ToneChange *change)
{
    Expected expected = {
        .laid = laid, .seen = 1 - change->from, .luma = plane_new(laid->width, laid->height)};
    for (size_t i = 0; i < (size_t)laid->width * laid->height; i++)
        expected.luma->values[i] = tone_luma(change, laid, i);
    if (change->has_colour) {
        expected.blue = expected_colour(laid->blue[0], change->colour[0]);
        expected.red = expected_colour(laid->red[0], change->colour[1]);
        clip_colours(&expected);
    }
    return expected;
}

static void expected_clear(Expected *expected)
{
    plane_free(expected->luma);
    plane_free(expected->blue);
    plane_free(expected->red);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Expected, expected_clear)

typedef struct {
    uint32_t left, top, right, bottom; // pixels
} Window;

// The window around a cell; false when a part of it is not shown by both.
static bool window_of(const Laid *laid, uint32_t column, uint32_t row, Window *ret_window)
{
    const uint32_t more = (WINDOW - CELL) / 2;
    uint32_t left = column * CELL, top = row * CELL;
    if (left < more + SHIFT || top < more + SHIFT || left + CELL + more + SHIFT > laid->width ||
        top + CELL + more + SHIFT > laid->height)
        return false;
    *ret_window = (Window){left - more, top - more, left + CELL + more, top + CELL + more};
    for (uint32_t y = ret_window->top; y < ret_window->bottom; y++)
        for (uint32_t x = ret_window->left; x < ret_window->right; x++)
            if (!laid->counts[(size_t)y * laid->width + x])
                return false;
    return true;
}

// Mean square of the difference with `expected` pushed by (dx, dy).
static float difference_energy(const Plane *expected, const Plane *seen, const Window *window,
                               int dx, int dy)
{
    float sum = 0;
    for (uint32_t y = window->top; y < window->bottom; y++) {
        const float *a = expected->values + (size_t)(y + dy) * expected->width;
        const float *b = seen->values + (size_t)y * seen->width;
        for (uint32_t x = window->left; x < window->right; x++) {
            float difference = b[x] - a[x + dx];
            sum += difference * difference;
        }
    }
    return sum / (WINDOW * WINDOW);
}

static float variance(const Plane *plane, const Window *window)
{
    float sum = 0, squares = 0;
    for (uint32_t y = window->top; y < window->bottom; y++) {
        for (uint32_t x = window->left; x < window->right; x++) {
            float value = plane_at(plane, x, y);
            sum += value;
            squares += value * value;
        }
    }
    float mean = sum / (WINDOW * WINDOW);
    return fmaxf(0, squares / (WINDOW * WINDOW) - mean * mean);
}

// The least over the places where the registration may be off.
static float least_energy(const Plane *expected, const Plane *seen, const Window *window)
{
    float least = difference_energy(expected, seen, window, 0, 0);
    if (least < ENERGY_MIN)
        return least;
    for (int dy = -SHIFT; dy <= SHIFT; dy++) {
        for (int dx = -SHIFT; dx <= SHIFT; dx++) {
            float energy = difference_energy(expected, seen, window, dx, dy);
            least = energy < least ? energy : least;
        }
    }
    return least;
}

static void look(const Expected *expected, const Window *window, float *ret_energy,
                 float *ret_unlike)
{
    const Laid *laid = expected->laid;
    float energy = least_energy(expected->luma, laid->luma[expected->seen], window);
    float shown =
        (variance(expected->luma, window) + variance(laid->luma[expected->seen], window)) / 2;
    if (expected->blue != NULL) {
        float blue = difference_energy(expected->blue, laid->blue[expected->seen], window, 0, 0);
        float red = difference_energy(expected->red, laid->red[expected->seen], window, 0, 0);
        energy += (float)COLOUR_WEIGHT * (blue + red);
    }
    *ret_energy = energy;
    *ret_unlike = energy / (shown + (float)ENERGY_FLOOR);
}

static int compare_floats(const void *a, const void *b)
{
    float x = *(const float *)a, y = *(const float *)b;
    return (x > y) - (x < y);
}

// Of the cells that count.
static float median_of(const Cells *cells, const float *values)
{
    size_t count = 0, all = (size_t)cells->across * cells->down;
    g_autofree float *sorted = g_new(float, all + 1);
    for (size_t i = 0; i < all; i++)
        if (cells->counts[i])
            sorted[count++] = values[i];
    if (count == 0)
        return 0;
    qsort(sorted, count, sizeof *sorted, compare_floats);
    return sorted[count / 2];
}

static Cells *compare_cells(const Expected *expected, const ToneChange *change)
{
    Cells *cells = cells_new(expected->laid);
    size_t all = (size_t)cells->across * cells->down;
    for (size_t i = 0; i < all; i++) {
        Window window;
        cells->counts[i] = window_of(expected->laid, (uint32_t)(i % cells->across),
                                     (uint32_t)(i / cells->across), &window);
        if (cells->counts[i])
            look(expected, &window, &cells->energy[i], &cells->unlike[i]);
    }
    double energy = median_of(cells, cells->energy), unlike = median_of(cells, cells->unlike);
    double least = change->tones & (TONE_A_COLOURLESS | TONE_B_COLOURLESS) ? ENERGY_MIN_COLOURLESS
                                                                           : ENERGY_MIN;
    cells->noise = sqrt(energy);
    for (size_t i = 0; i < all; i++)
        cells->differs[i] = cells->counts[i] &&
                            cells->energy[i] > fmax(least, ENERGY_TIMES * energy) &&
                            cells->unlike[i] > fmax(UNLIKE_MIN, UNLIKE_TIMES * unlike);
    return cells;
}

// ---- Regions ------------------------------------------------------------------------------------

// A box of cells, [left, right) x [top, bottom).
typedef struct {
    uint32_t left, top, right, bottom;
    uint32_t cells; // that differ
    double energy;  // summed up over them
} CellBox;

// Takes the cells that hang together with `start`, diagonally too, out of `left`.
static CellBox take_component(const Cells *cells, bool *left, uint32_t start, uint32_t *stack)
{
    CellBox box = {.left = UINT32_MAX, .top = UINT32_MAX};
    uint32_t depth = 0;
    stack[depth++] = start;
    left[start] = false;
    while (depth > 0) {
        uint32_t cell = stack[--depth], x = cell % cells->across, y = cell / cells->across;
        box.left = MIN(box.left, x);
        box.top = MIN(box.top, y);
        box.right = MAX(box.right, x + 1);
        box.bottom = MAX(box.bottom, y + 1);
        box.cells++;
        box.energy += cells->energy[cell];
        for (uint32_t v = y > 0 ? y - 1 : 0; v <= y + 1 && v < cells->down; v++) {
            for (uint32_t u = x > 0 ? x - 1 : 0; u <= x + 1 && u < cells->across; u++) {
                uint32_t next = v * cells->across + u;
                if (left[next])
                    stack[depth++] = next;
                left[next] = false;
            }
        }
    }
    return box;
}

static bool are_close(const CellBox *a, const CellBox *b)
{
    return a->left < b->right + MERGE && b->left < a->right + MERGE && a->top < b->bottom + MERGE &&
           b->top < a->bottom + MERGE;
}

static void merge(CellBox *into, const CellBox *box)
{
    into->left = MIN(into->left, box->left);
    into->top = MIN(into->top, box->top);
    into->right = MAX(into->right, box->right);
    into->bottom = MAX(into->bottom, box->bottom);
    into->cells += box->cells;
    into->energy += box->energy;
}

// Adds a box to others of which no two are close; what it is close to it swallows.
static void add_box(GArray *boxes, CellBox box)
{
    for (unsigned i = 0; i < boxes->len;) {
        const CellBox *other = &g_array_index(boxes, CellBox, i);
        if (!are_close(&box, other)) {
            i++;
            continue;
        }
        merge(&box, other);
        g_array_remove_index_fast(boxes, i);
        i = 0;
    }
    g_array_append_val(boxes, box);
}

// Specks of one or two cells are left out before they can join others.
static GArray *find_boxes(const Cells *cells)
{
    enum { SPECK = 2 };
    size_t all = (size_t)cells->across * cells->down;
    GArray *boxes = g_array_new(FALSE, FALSE, sizeof(CellBox));
    g_autofree bool *left = g_memdup2(cells->differs, all + 1);
    g_autofree uint32_t *stack = g_new(uint32_t, all + 1);
    for (uint32_t i = 0; i < all; i++) {
        if (!left[i])
            continue;
        CellBox box = take_component(cells, left, i, stack);
        if (box.cells > SPECK)
            add_box(boxes, box);
    }
    return boxes;
}

// ---- From cells to pixels -----------------------------------------------------------------------

static bool pixel_differs(const Expected *expected, uint32_t x, uint32_t y, double least)
{
    size_t at = (size_t)y * expected->laid->width + x;
    double difference =
        fabs(expected->laid->luma[expected->seen]->values[at] - expected->luma->values[at]);
    if (expected->blue != NULL)
        difference = fmax(difference, fmax(fabs(expected->laid->blue[expected->seen]->values[at] -
                                                expected->blue->values[at]),
                                           fabs(expected->laid->red[expected->seen]->values[at] -
                                                expected->red->values[at])) *
                                          M_SQRT2);
    return difference > least;
}

static bool column_differs(const Expected *expected, const Window *box, uint32_t x, double least)
{
    uint32_t count = 0;
    for (uint32_t y = box->top; y < box->bottom; y++)
        count += pixel_differs(expected, x, y, least);
    return count >= TRIM_SHARE * (box->bottom - box->top);
}

static bool row_differs(const Expected *expected, const Window *box, uint32_t y, double least)
{
    uint32_t count = 0;
    for (uint32_t x = box->left; x < box->right; x++)
        count += pixel_differs(expected, x, y, least);
    return count >= TRIM_SHARE * (box->right - box->left);
}

// Windows reach further than what they see: the box shrinks to the lines that really differ.
static Window trim_box(const Expected *expected, const CellBox *cells, double noise)
{
    enum { TRIM_MAX = CELL + WINDOW / 2 };
    double strength = sqrt(cells->energy / cells->cells);
    double least = fmax(fmax(TRIM_LEVELS, TRIM_TIMES * noise), TRIM_STRENGTH * strength);
    Window box = {cells->left * CELL, cells->top * CELL, cells->right * CELL, cells->bottom * CELL};
    for (unsigned i = 0; i < TRIM_MAX && box.right - box.left > CELL &&
                         !column_differs(expected, &box, box.left, least);
         i++)
        box.left++;
    for (unsigned i = 0; i < TRIM_MAX && box.right - box.left > CELL &&
                         !column_differs(expected, &box, box.right - 1, least);
         i++)
        box.right--;
    for (unsigned i = 0; i < TRIM_MAX && box.bottom - box.top > CELL &&
                         !row_differs(expected, &box, box.top, least);
         i++)
        box.top++;
    for (unsigned i = 0; i < TRIM_MAX && box.bottom - box.top > CELL &&
                         !row_differs(expected, &box, box.bottom - 1, least);
         i++)
        box.bottom--;
    return box;
}

// The rectangle around the image of a box, within `inside`.
static Area image_of(const Window *box, const Affine *map, const Area *inside)
{
    const Point corners[4] = {
        affine_apply(map, box->left, box->top), affine_apply(map, box->right, box->top),
        affine_apply(map, box->left, box->bottom), affine_apply(map, box->right, box->bottom)};
    Area area = {INFINITY, INFINITY, -INFINITY, -INFINITY};
    for (unsigned i = 0; i < 4; i++) {
        area.left = fmin(area.left, corners[i].x);
        area.top = fmin(area.top, corners[i].y);
        area.right = fmax(area.right, corners[i].x);
        area.bottom = fmax(area.bottom, corners[i].y);
    }
    return (Area){fmax(area.left, inside->left), fmax(area.top, inside->top),
                  fmin(area.right, inside->right), fmin(area.bottom, inside->bottom)};
}

static double size_of(const Area *area)
{
    return area_width(area) * area_height(area);
}

// Shares are taken on the grid, where a tilt does not blow the box up.
static DifferenceRegion region_of(const Grid *grid, const Window *box, const CellBox *cells,
                                  const Registration *registration)
{
    DifferenceRegion region = {.strength = sqrt(cells->energy / cells->cells)};
    double pixels = (double)(box->right - box->left) * (box->bottom - box->top);
    const Affine *maps[2] = {&grid->to_a, &grid->to_b};
    for (unsigned i = 0; i < 2; i++) {
        const Area *inside = &registration->inside[i];
        region.box[i] = image_of(box, maps[i], inside);
        region.share[i] = fmin(1, pixels * fabs(affine_determinant(maps[i])) / size_of(inside));
    }
    return region;
}

static int larger_first(const void *a, const void *b)
{
    const DifferenceRegion *x = a, *y = b;
    if (x->share[0] != y->share[0])
        return x->share[0] < y->share[0] ? 1 : -1;
    return x->box[0].top != y->box[0].top
               ? (x->box[0].top > y->box[0].top ? 1 : -1)
               : (x->box[0].left > y->box[0].left) - (x->box[0].left < y->box[0].left);
}

static GArray *regions_of(const Grid *grid, const Expected *expected, const Cells *cells,
                          const Registration *registration)
{
    GArray *regions = g_array_new(FALSE, FALSE, sizeof(DifferenceRegion));
    g_autoptr(GArray) boxes = find_boxes(cells);
    double least =
        fmax(REGION_CELLS_MIN, REGION_SHARE_MIN * grid->laid->counting / (double)(CELL * CELL));
    for (unsigned i = 0; i < boxes->len; i++) {
        const CellBox *cell_box = &g_array_index(boxes, CellBox, i);
        if (cell_box->cells < least)
            continue;
        Window box = trim_box(expected, cell_box, cells->noise);
        DifferenceRegion region = region_of(grid, &box, cell_box, registration);
        g_array_append_val(regions, region);
    }
    g_array_sort(regions, larger_first);
    return regions;
}

// -------------------------------------------------------------------------------------------------

static double beyond(double more, double side)
{
    double share = more / side;
    return share >= BEYOND_MIN ? share : 0;
}

static void note_beyond(const Reduced *picture, const Registration *registration, unsigned side,
                        Difference *difference)
{
    const Area *inside = &registration->inside[side], *shared = &registration->shared[side];
    double *share = difference->beyond[side];
    share[0] = beyond(shared->left - inside->left, area_width(inside));
    share[1] = beyond(shared->top - inside->top, area_height(inside));
    share[2] = beyond(inside->right - shared->right, area_width(inside));
    share[3] = beyond(inside->bottom - shared->bottom, area_height(inside));
    difference->has_border[side] =
        area_width(inside) < picture->width - 0.5 || area_height(inside) < picture->height - 0.5;
}

void difference_find(const Reduced *a, const Reduced *b, const Registration *registration,
                     Difference *ret_difference)
{
    Grid grid = lay_over(a, b, registration);
    g_autoptr(Laid) laid = grid.laid;
    ToneChange change = tone_change(laid);
    g_auto(Expected) expected = expect(laid, &change);
    g_autoptr(Cells) cells = compare_cells(&expected, &change);
    g_autoptr(GArray) regions = regions_of(&grid, &expected, cells, registration);

    Difference difference = {.tones = change.tones,
                             .gain = change.gain,
                             .offset = change.offset,
                             .noise = cells->noise,
                             .has_more = regions->len > DIFFERENCE_REGIONS_MAX};
    difference.region_count = MIN(regions->len, DIFFERENCE_REGIONS_MAX);
    if (difference.region_count > 0)
        memcpy(difference.regions, regions->data,
               difference.region_count * sizeof(DifferenceRegion));
    note_beyond(a, registration, 0, &difference);
    note_beyond(b, registration, 1, &difference);
    *ret_difference = difference;
}

bool difference_is_any(const Difference *difference)
{
    bool any = difference->tones != TONE_SAME || difference->region_count > 0;
    for (unsigned i = 0; i < 2; i++) {
        any = any || difference->has_border[i] != difference->has_border[0];
        for (unsigned j = 0; j < 4; j++)
            any = any || difference->beyond[i][j] > 0;
    }
    return any;
}
