// SPDX-License-Identifier: Apache-2.0
#include "compare/registration.h"

#include "compare/border.h"
#include "compare/refine.h"
#include "compare/search.h"

enum {
    LEVELS = 6,        // of the pyramid; the last is a 32nd of the working size
    SMALL_SIDE = 48,   // where a candidate is first refined ...
    JUDGED_SIDE = 128, // ... and where it is judged
    FULL_SIDE = REDUCED_SIDE,
    ORIENTATIONS = 8,
    ROUNDS = 14,
    HINT_ROUNDS = 2,               // what is right already needs no more
    INSIDE_MIN = REDUCED_SIDE_MIN, // pixels of the working size that a border must leave
};

#define AGREEMENT_SURE 0.8   // a guess as good as this needs no search
#define AGREEMENT_MIN 0.45   // of blocks: below, the pictures do not show the same ...
#define CORRELATION_MIN 0.45 // ... nor below this on average
#define SHOWN_FEW 8.0        // with so few blocks, all must agree
#define SHOWN_MIN 6u         // blocks with content without which nothing can be said
#define OVERLAP_MIN 0.4      // of the smaller picture
#define HINT_LOSS 0.1   // of correlation, by which a hint may be worse here than where it is from
#define STRETCH_MAX 3.0 // how differently the two directions may be scaled
#define TILT_MAX 0.35   // radians (20 degrees) off the nearest of the eight orientations

// A picture and what it looks like from afar: each level half as large as the one before.
typedef struct {
    const Plane *levels[LEVELS];
    Plane *owned[LEVELS];
    unsigned count;
    Area inside; // of level 0
} Pyramid;

static void pyramid_init(Pyramid *pyramid, const Plane *plane, const Area *inside)
{
    *pyramid = (Pyramid){.levels = {plane}, .count = 1, .inside = *inside};
    while (pyramid->count < LEVELS) {
        const Plane *last = pyramid->levels[pyramid->count - 1];
        if (last->width < 2 * REDUCED_SIDE_MIN || last->height < 2 * REDUCED_SIDE_MIN)
            break;
        pyramid->owned[pyramid->count] = plane_halve(last);
        pyramid->levels[pyramid->count] = pyramid->owned[pyramid->count];
        pyramid->count++;
    }
}

static void pyramid_clear(Pyramid *pyramid)
{
    for (unsigned i = 0; i < LEVELS; i++)
        plane_free(pyramid->owned[i]);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Pyramid, pyramid_clear)

static double longer_side(const Area *area)
{
    return fmax(area_width(area), area_height(area));
}

// The level at which what counts of the picture is not larger than `side`, or the last there is.
static unsigned level_for(const Pyramid *pyramid, double side)
{
    unsigned level = 0;
    while (level + 1 < pyramid->count && ldexp(longer_side(&pyramid->inside), -(int)level) > side)
        level++;
    return level;
}

// The pair of levels at which `from` is about `side` large and `to` of the same resolution.
static RefinePair pair_at(const Pyramid *from, const Pyramid *to, const Affine *map, double side,
                          unsigned ret_levels[2])
{
    unsigned a = level_for(from, side), b = 0;
    double scale = ldexp(affine_scale(map), (int)a);
    while (a + 1 < from->count && scale < M_SQRT1_2) {
        scale *= 2;
        a++;
    }
    while (b + 1 < to->count && scale > M_SQRT2) {
        scale /= 2;
        b++;
    }
    ret_levels[0] = a;
    ret_levels[1] = b;
    double down_a = ldexp(1, -(int)a), down_b = ldexp(1, -(int)b);
    return (RefinePair){.from = from->levels[a],
                        .to = to->levels[b],
                        .from_inside = area_rescale(&from->inside, down_a, down_a),
                        .to_inside = area_rescale(&to->inside, down_b, down_b)};
}

static Affine map_at(const Affine *map, const unsigned levels[2])
{
    double a = ldexp(1, -(int)levels[0]), b = ldexp(1, -(int)levels[1]);
    return affine_rescale(map, a, a, b, b);
}

static Affine map_from(const Affine *map, const unsigned levels[2])
{
    double a = ldexp(1, (int)levels[0]), b = ldexp(1, (int)levels[1]);
    return affine_rescale(map, a, a, b, b);
}

// A map of level 0 and how good it is.
typedef struct {
    Affine map;
    Agreement agreement;
    bool is_there;
    bool is_taken; // without proof: nothing is shown by which it could be told
} Candidate;

static bool refine_rounds(const Pyramid *from, const Pyramid *to, double side, unsigned rounds,
                          Affine *map)
{
    unsigned levels[2];
    RefinePair pair = pair_at(from, to, map, side, levels);
    Affine small = map_at(map, levels);
    if (!refine(&pair, rounds, &small))
        return false;
    *map = map_from(&small, levels);
    return true;
}

static bool refine_at(const Pyramid *from, const Pyramid *to, double side, Affine *map)
{
    return refine_rounds(from, to, side, ROUNDS, map);
}

static Agreement judge(const Pyramid *from, const Pyramid *to, const Affine *map)
{
    unsigned levels[2];
    RefinePair pair = pair_at(from, to, map, JUDGED_SIDE, levels);
    Affine small = map_at(map, levels);
    return refine_agreement(&pair, &small);
}

// Neither squeezed to a line nor tilted as no copy is.
static bool is_plausible(const Affine *map)
{
    double across = hypot(map->xx, map->yx), down = hypot(map->xy, map->yy);
    if (!(across > 0 && down > 0) || across / down > STRETCH_MAX || down / across > STRETCH_MAX)
        return false;
    bool swaps = affine_orientation_swaps(affine_orientation(map));
    double straight = swaps ? fabs(map->xy) / down + fabs(map->yx) / across
                            : fabs(map->xx) / across + fabs(map->yy) / down;
    return straight / 2 >= cos(TILT_MAX) &&
           fabs(affine_determinant(map)) / (across * down) >= cos(TILT_MAX);
}

static void consider(const Pyramid *from, const Pyramid *to, Affine map, Candidate *best)
{
    if (!refine_at(from, to, SMALL_SIDE, &map) || !is_plausible(&map) ||
        !refine_at(from, to, JUDGED_SIDE, &map) || !is_plausible(&map))
        return;
    Agreement agreement = judge(from, to, &map);
    if (agreement.overlap < OVERLAP_MIN || agreement.shown < SHOWN_MIN)
        return;
    if (!best->is_there || agreement.mean > best->agreement.mean)
        *best = (Candidate){.map = map, .agreement = agreement, .is_there = true};
}

static bool is_sure(const Candidate *candidate)
{
    return candidate->is_there && candidate->agreement.share >= AGREEMENT_SURE;
}

static void consider_whole(const Pyramid *from, const Pyramid *to, Candidate *best)
{
    for (unsigned i = 0; i < ORIENTATIONS && !is_sure(best); i++)
        consider(from, to, affine_onto(&from->inside, &to->inside, i), best);
}

static void consider_found(const Pyramid *from, const Pyramid *to, Candidate *best)
{
    unsigned a = level_for(from, JUDGED_SIDE), b = level_for(to, JUDGED_SIDE);
    double down_a = ldexp(1, -(int)a), down_b = ldexp(1, -(int)b);
    const RefinePair pair = {.from = from->levels[a],
                             .to = to->levels[b],
                             .from_inside = area_rescale(&from->inside, down_a, down_a),
                             .to_inside = area_rescale(&to->inside, down_b, down_b)};
    SearchCandidate candidates[SEARCH_CANDIDATES];
    unsigned count = search_maps(&pair, candidates);
    for (unsigned i = 0; i < count && !is_sure(best); i++)
        consider(from, to, map_from(&candidates[i].map, (unsigned[2]){a, b}), best);
}

// ---- What lies in both --------------------------------------------------------------------------

// How far one can go from `middle` in a direction before the other picture ends, up to `most`.
static double reach(Point middle, double x, double y, double most, const Affine *map,
                    const Area *other)
{
    double low = 0, high = most;
    if (area_holds(other,
                   affine_apply(map, middle.x + x * (most - 0.01), middle.y + y * (most - 0.01))))
        return most;
    for (unsigned i = 0; i < 40; i++) {
        double half = (low + high) / 2;
        if (area_holds(other, affine_apply(map, middle.x + x * half, middle.y + y * half)))
            low = half;
        else
            high = half;
    }
    return low;
}

// The mean of the points that both hold; the middle of `inside` when there is none.
static Point middle_of(const Area *inside, const Affine *map, const Area *other)
{
    enum { GRID = 32 };
    double x_sum = 0, y_sum = 0, count = 0;
    for (unsigned i = 0; i < GRID * GRID; i++) {
        double x = inside->left + (i % GRID + 0.5) / GRID * area_width(inside);
        double y = inside->top + (i / GRID + 0.5) / GRID * area_height(inside);
        if (!area_holds(other, affine_apply(map, x, y)))
            continue;
        x_sum += x;
        y_sum += y;
        count++;
    }
    if (count == 0)
        return (Point){(inside->left + inside->right) / 2, (inside->top + inside->bottom) / 2};
    return (Point){x_sum / count, y_sum / count};
}

static Area shared_of(const Area *inside, const Affine *map, const Area *other)
{
    Point middle = middle_of(inside, map, other);
    return (Area){
        .left = middle.x - reach(middle, -1, 0, middle.x - inside->left, map, other),
        .top = middle.y - reach(middle, 0, -1, middle.y - inside->top, map, other),
        .right = middle.x + reach(middle, 1, 0, inside->right - middle.x, map, other),
        .bottom = middle.y + reach(middle, 0, 1, inside->bottom - middle.y, map, other),
    };
}

// -------------------------------------------------------------------------------------------------

static Area inside_of(const Plane *luma)
{
    Area inside = border_inside(luma);
    if (area_width(&inside) < INSIDE_MIN || area_height(&inside) < INSIDE_MIN)
        return (Area){0, 0, luma->width, luma->height};
    return inside;
}

static bool is_whole(const Area *inside, const Plane *luma)
{
    return area_width(inside) >= luma->width && area_height(inside) >= luma->height;
}

static Registration refused(const char *reason)
{
    return (Registration){.is_same = false, .reason = reason};
}

// Any two pictures can be bent until some blocks agree, the easier the fewer there are.
static bool is_good(const Candidate *candidate)
{
    const Agreement *agreement = &candidate->agreement;
    double few = fmin(1, SHOWN_FEW / fmax(agreement->shown, 1));
    if (candidate->is_taken)
        return true;
    return candidate->is_there && agreement->share >= AGREEMENT_MIN + (1 - AGREEMENT_MIN) * few &&
           agreement->mean >= CORRELATION_MIN;
}

// With these insides: guesses, the search, and the last refinement at working size.
static Candidate find(const Pyramid *from, const Pyramid *to)
{
    Candidate best = {0};
    consider_whole(from, to, &best);
    if (!is_sure(&best))
        consider_found(from, to, &best);
    if (!is_good(&best))
        return best;
    Affine map = best.map;
    if (!refine_at(from, to, 2 * JUDGED_SIDE, &map) || !refine_at(from, to, FULL_SIDE, &map) ||
        !is_plausible(&map))
        return best;
    Agreement agreement = judge(from, to, &map);
    // Fine texture that differs may lead astray what the coarse levels agreed on.
    if (agreement.mean >= best.agreement.mean - 0.05)
        best = (Candidate){.map = map, .agreement = agreement, .is_there = true};
    return best;
}

static Candidate find_inside(const Reduced *a, const Reduced *b, const Area insides[2])
{
    g_auto(Pyramid) from = {0}, to = {0};
    pyramid_init(&from, a->luma, &insides[0]);
    pyramid_init(&to, b->luma, &insides[1]);
    return find(&from, &to);
}

// The map that was right for other pictures is mostly right for these, too, and then left alone.
static Candidate follow_hint(const Pyramid *from, const Pyramid *to, const Affine *map,
                             double correlation)
{
    Candidate best = {.map = *map, .agreement = judge(from, to, map)};
    if (best.agreement.shown < SHOWN_MIN) {
        // Black frames among others: nothing speaks against it.
        best.is_taken = true;
        best.agreement.mean = correlation;
        return best;
    }
    best.is_there = best.agreement.overlap >= OVERLAP_MIN;
    if (is_good(&best) && best.agreement.mean >= correlation - HINT_LOSS)
        return best;
    Affine finer = best.map;
    if (!refine_rounds(from, to, JUDGED_SIDE, HINT_ROUNDS, &finer) || !is_plausible(&finer))
        return best;
    Agreement agreement = judge(from, to, &finer);
    if (agreement.mean >= best.agreement.mean && agreement.overlap >= OVERLAP_MIN &&
        agreement.shown >= SHOWN_MIN)
        best = (Candidate){.map = finer, .agreement = agreement, .is_there = true};
    return best;
}

// By the hint alone, its borders included: what is dark in one frame looks like a border there.
static Candidate find_hinted(const Reduced *a, const Reduced *b, const Registration *hint,
                             Area ret_insides[2])
{
    double a_x = reduced_across(a), a_y = reduced_down(a);
    double b_x = reduced_across(b), b_y = reduced_down(b);
    ret_insides[0] = area_rescale(&hint->inside[0], a_x, a_y);
    ret_insides[1] = area_rescale(&hint->inside[1], b_x, b_y);
    Affine map = affine_rescale(&hint->map, a_x, a_y, b_x, b_y);
    g_auto(Pyramid) from = {0}, to = {0};
    pyramid_init(&from, a->luma, &ret_insides[0]);
    pyramid_init(&to, b->luma, &ret_insides[1]);
    return follow_hint(&from, &to, &map, hint->correlation);
}

static bool is_large_enough(const Reduced *picture)
{
    return picture->luma->width >= REDUCED_SIDE_MIN && picture->luma->height >= REDUCED_SIDE_MIN;
}

static Registration describe(const Reduced *a, const Reduced *b, const Area insides[2],
                             const Candidate *found)
{
    double a_x = reduced_across(a), a_y = reduced_down(a);
    double b_x = reduced_across(b), b_y = reduced_down(b);
    Registration registration = {
        .is_same = true,
        .map = affine_rescale(&found->map, 1 / a_x, 1 / a_y, 1 / b_x, 1 / b_y),
        .orientation = affine_orientation(&found->map),
        .correlation = found->agreement.mean,
        .agreement = found->agreement.share,
        .inside = {area_rescale(&insides[0], 1 / a_x, 1 / a_y),
                   area_rescale(&insides[1], 1 / b_x, 1 / b_y)},
    };
    Affine back = affine_invert(&registration.map);
    registration.shared[0] =
        shared_of(&registration.inside[0], &registration.map, &registration.inside[1]);
    registration.shared[1] = shared_of(&registration.inside[1], &back, &registration.inside[0]);
    return registration;
}

static Registration registration_of(const Reduced *a, const Reduced *b, const Area insides[2],
                                    const Candidate *found)
{
    if (is_good(found))
        return describe(a, b, insides, found);
    return refused(found->is_there ? "the pictures do not show the same"
                                   : "the pictures show nothing in common by which they could be "
                                     "laid over each other");
}

void register_pictures(const Reduced *a, const Reduced *b, const Registration *hint,
                       Registration *ret_registration)
{
    if (!is_large_enough(a) || !is_large_enough(b)) {
        *ret_registration = refused("a picture is too small or too narrow to be compared");
        return;
    }
    Area insides[2] = {inside_of(a->luma), inside_of(b->luma)};
    Candidate found = hint != NULL ? find_hinted(a, b, hint, insides) : find_inside(a, b, insides);
    // What was taken for a border may be content.
    if (hint == NULL && !is_good(&found) &&
        !(is_whole(&insides[0], a->luma) && is_whole(&insides[1], b->luma))) {
        insides[0] = (Area){0, 0, a->luma->width, a->luma->height};
        insides[1] = (Area){0, 0, b->luma->width, b->luma->height};
        found = find_inside(a, b, insides);
    }
    *ret_registration = registration_of(a, b, insides, &found);
}
