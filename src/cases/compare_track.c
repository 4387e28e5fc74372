// SPDX-License-Identifier: Apache-2.0
#include "cases/compare_track.h"

#include <math.h>
#include <string.h>

#define LIKENESS 0.3     // of two boxes, common area of whole area, that are one region
#define INSIDE 0.7       // of a box that lies in another one's: then it is a part of that
#define STEADY 0.6       // likeness to the box before ...
#define STEADY_SHARE 0.7 // ... of so many of a region's boxes
#define SPARSE 3u        // with so few pairs, what was seen once counts
#define TIME_STEP 1e-6   // seconds that are no time

typedef struct {
    double time[2];
    unsigned tones;
    unsigned count;
    CompareRegion *regions; // owned
} Sighting;

struct Sightings {
    GArray *all; // of Sighting
};

static void sighting_clear(void *sighting)
{
    g_free(((Sighting *)sighting)->regions);
}

Sightings *sightings_new(void)
{
    Sightings *sightings = g_new0(Sightings, 1);
    sightings->all = g_array_new(FALSE, FALSE, sizeof(Sighting));
    g_array_set_clear_func(sightings->all, sighting_clear);
    return sightings;
}

void sightings_free(Sightings *sightings)
{
    if (sightings == NULL)
        return;
    g_array_unref(sightings->all);
    g_free(sightings);
}

static const Sighting *sighting_at(const Sightings *sightings, unsigned index)
{
    return &g_array_index(sightings->all, Sighting, index);
}

void sightings_add(Sightings *sightings, const double time[2], const CompareAnswer *answer)
{
    if (!answer->is_same)
        return;
    unsigned place = sightings->all->len;
    while (place > 0 && sighting_at(sightings, place - 1)->time[0] > time[0])
        place--;
    const Sighting sighting = {
        .time = {time[0], time[1]},
        .tones = answer->tones,
        .count = answer->region_count,
        .regions = g_memdup2(answer->regions, answer->region_count * sizeof(CompareRegion)),
    };
    g_array_insert_val(sightings->all, place, sighting);
}

unsigned sightings_count(const Sightings *sightings)
{
    return sightings->all->len;
}

unsigned sightings_tones(const Sightings *sightings)
{
    unsigned tones = 0;
    for (unsigned bit = 1; bit <= COMPARE_TONES; bit <<= 1) {
        unsigned count = 0;
        for (unsigned i = 0; i < sightings->all->len; i++)
            count += (sighting_at(sightings, i)->tones & bit) != 0;
        tones |= 2 * count > sightings->all->len ? bit : 0;
    }
    return tones;
}

// ---- Tracks -------------------------------------------------------------------------------------

// A region through the sightings [first, last].
typedef struct {
    unsigned first, last;
    unsigned taken;     // the sighting whose box was given to it last, plus one
    CompareRegion near; // of `last`
    GArray *seen;       // of CompareRegion
} Track;

static void track_clear(void *track)
{
    g_array_unref(((Track *)track)->seen);
}

static double size_of(const CompareBox *box)
{
    return (box->right - box->left) * (box->bottom - box->top);
}

static double common_of(const CompareBox *a, const CompareBox *b)
{
    double width = fmin(a->right, b->right) - fmax(a->left, b->left);
    double height = fmin(a->bottom, b->bottom) - fmax(a->top, b->top);
    return width > 0 && height > 0 ? width * height : 0;
}

static double likeness(const CompareBox *a, const CompareBox *b)
{
    double common = common_of(a, b);
    return common / fmax(size_of(a) + size_of(b) - common, 1);
}

static void extend(Track *track, unsigned index, const CompareRegion *region)
{
    track->last = index;
    track->taken = index + 1;
    track->near = *region;
    g_array_append_val(track->seen, *region);
}

// The track that this region goes on with; NULL: none.
static Track *track_of(const Sightings *sightings, GArray *tracks, unsigned index,
                       const CompareRegion *region)
{
    Track *best = NULL;
    double best_likeness = LIKENESS;
    const Sighting *now = sighting_at(sightings, index);
    for (unsigned i = 0; i < tracks->len; i++) {
        Track *track = &g_array_index(tracks, Track, i);
        const Sighting *last = sighting_at(sightings, track->last);
        bool goes_on =
            track->last + 1 >= index || now->time[0] - last->time[0] <= TRACK_GAP_SECONDS;
        double like = likeness(&track->near.box[0], &region->box[0]);
        if (goes_on && track->taken != index + 1 && like >= best_likeness) {
            best = track;
            best_likeness = like;
        }
    }
    return best;
}

static GArray *tracks_of(const Sightings *sightings)
{
    GArray *tracks = g_array_new(FALSE, FALSE, sizeof(Track));
    g_array_set_clear_func(tracks, track_clear);
    for (unsigned i = 0; i < sightings->all->len; i++) {
        const Sighting *sighting = sighting_at(sightings, i);
        for (unsigned j = 0; j < sighting->count; j++) {
            const CompareRegion *region = &sighting->regions[j];
            Track *track = track_of(sightings, tracks, i, region);
            if (track == NULL) {
                const Track begun = {.first = i,
                                     .seen = g_array_new(FALSE, FALSE, sizeof(CompareRegion))};
                g_array_append_val(tracks, begun);
                track = &g_array_index(tracks, Track, tracks->len - 1);
            }
            extend(track, i, region);
        }
    }
    return tracks;
}

static int compare_shares(const void *a, const void *b)
{
    const CompareRegion *x = a, *y = b;
    return (x->share[0] > y->share[0]) - (x->share[0] < y->share[0]);
}

// Most of its boxes lie where the one before did.
static bool is_steady(const Track *track)
{
    unsigned steady = 0;
    for (unsigned i = 1; i < track->seen->len; i++)
        steady += likeness(&g_array_index(track->seen, CompareRegion, i - 1).box[0],
                           &g_array_index(track->seen, CompareRegion, i).box[0]) >= STEADY;
    return steady >= STEADY_SHARE * (track->seen->len - 1);
}

static TimedRegion region_of(const Sightings *sightings, const Track *track)
{
    g_autoptr(GArray) seen = g_array_copy(track->seen);
    g_array_sort(seen, compare_shares);
    const Sighting *first = sighting_at(sightings, track->first);
    const Sighting *last = sighting_at(sightings, track->last);
    TimedRegion region = {.region = g_array_index(seen, CompareRegion, seen->len / 2),
                          .pairs = seen->len};
    for (unsigned i = 0; i < 2; i++) {
        region.from[i] = first->time[i];
        region.to[i] = last->time[i];
    }
    return region;
}

static bool is_flash(const Sightings *sightings, const TimedRegion *region)
{
    return sightings->all->len > SPARSE && region->to[0] - region->from[0] < TRACK_FLASH_SECONDS;
}

// For as long as it lasts it lies in another one that is larger.
static bool is_part(const TimedRegion *region, const TimedRegion *whole)
{
    const CompareBox *box = &region->region.box[0], *around = &whole->region.box[0];
    return region != whole && size_of(box) < size_of(around) &&
           common_of(box, around) >= INSIDE * size_of(box) &&
           region->from[0] >= whole->from[0] - TRACK_GAP_SECONDS &&
           region->to[0] <= whole->to[0] + TRACK_GAP_SECONDS;
}

static int compare_times(const void *a, const void *b)
{
    const TimedRegion *x = a, *y = b;
    if (x->from[0] != y->from[0])
        return x->from[0] > y->from[0] ? 1 : -1;
    return (x->region.share[0] < y->region.share[0]) - (x->region.share[0] > y->region.share[0]);
}

GArray *sightings_regions(const Sightings *sightings, unsigned *ret_unsteady)
{
    g_autoptr(GArray) tracks = tracks_of(sightings);
    g_autoptr(GArray) all = g_array_new(FALSE, FALSE, sizeof(TimedRegion));
    for (unsigned i = 0; i < tracks->len; i++) {
        const Track *track = &g_array_index(tracks, Track, i);
        TimedRegion region = region_of(sightings, track);
        if (!is_flash(sightings, &region) && is_steady(track))
            g_array_append_val(all, region);
    }
    *ret_unsteady = tracks->len - all->len;
    GArray *regions = g_array_new(FALSE, FALSE, sizeof(TimedRegion));
    for (unsigned i = 0; i < all->len; i++) {
        const TimedRegion *region = &g_array_index(all, TimedRegion, i);
        bool is_left = true;
        for (unsigned j = 0; j < all->len && is_left; j++)
            is_left = !is_part(region, &g_array_index(all, TimedRegion, j));
        if (is_left)
            g_array_append_val(regions, *region);
    }
    g_array_sort(regions, compare_times);
    return regions;
}

// ---- Moments ------------------------------------------------------------------------------------

static void add_moment(const Sightings *sightings, unsigned index, double frame_seconds,
                       GArray *moments)
{
    double from = sighting_at(sightings, index)->time[0];
    double to = sighting_at(sightings, index + 1)->time[0];
    double half = (from + to) / 2;
    if (to - from < 1.5 * frame_seconds)
        return;
    for (unsigned i = 0; i < moments->len; i++)
        if (fabs(g_array_index(moments, double, i) - half) < TIME_STEP)
            return;
    g_array_append_val(moments, half);
}

static int compare_doubles(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

// Seen once, and not a moment before or after: what it is needs no closer look.
static bool is_settled_flash(const Sightings *sightings, const Track *track)
{
    if (track->first != track->last || track->first == 0 || track->last + 1 >= sightings->all->len)
        return false;
    return sighting_at(sightings, track->last + 1)->time[0] -
               sighting_at(sightings, track->first - 1)->time[0] <
           TRACK_FLASH_SECONDS;
}

GArray *sightings_moments(const Sightings *sightings, double frame_seconds)
{
    GArray *moments = g_array_new(FALSE, FALSE, sizeof(double));
    g_autoptr(GArray) tracks = tracks_of(sightings);
    for (unsigned i = 0; i < tracks->len; i++) {
        const Track *track = &g_array_index(tracks, Track, i);
        if (is_settled_flash(sightings, track) || !is_steady(track))
            continue;
        if (track->first > 0)
            add_moment(sightings, track->first - 1, frame_seconds, moments);
        if (track->last + 1 < sightings->all->len)
            add_moment(sightings, track->last, frame_seconds, moments);
    }
    g_array_sort(moments, compare_doubles);
    return moments;
}
