// SPDX-License-Identifier: Apache-2.0
#include "probe/evidence_choice.h"

#include <string.h>

#include "model/path_text.h"

Place evidence_place(const WalkItem *item)
{
    Place place = {.depth = MIN(item->depth, LIMIT_EVIDENCE_DEPTH)};
    memcpy(place.ordinal, item->place, place.depth * sizeof place.ordinal[0]);
    return place;
}

// ---- A share, behind a place ------------------------------------------------------------------

// The items in the evidence file itself and in its structures are dealt out one by one; what lies
// in one of them belongs to whoever has it.
static bool is_dealt(const EvidenceChoice *choice, unsigned depth)
{
    for (unsigned i = 1; i < depth; i++)
        if (!choice->is_structure[i])
            return false;
    return true;
}

static WalkChoice choose_share(EvidenceChoice *choice, const WalkItem *item)
{
    const EvidenceOpen *open = choice->open;
    choice->is_structure[item->depth] = item->is_structure;
    if (open->shares <= 1 || !is_dealt(choice, item->depth))
        return WALK_TAKE;
    if (item->is_structure)
        return open->share == 0 ? WALK_TAKE : WALK_PASS;
    return item->place[item->depth - 1] % open->shares == open->share ? WALK_TAKE : WALK_SKIP;
}

WalkChoice evidence_choice_walk(EvidenceChoice *choice, const WalkItem *item)
{
    WalkChoice share = choose_share(choice, item);
    if (share == WALK_SKIP || !choice->open->has_resume)
        return share;
    const Place place = evidence_place(item);
    const Place *resume = &choice->open->resume;
    // What lies around the place of the fall was not finished.
    if (place_compare(&place, resume) > 0 ||
        (place.depth < resume->depth && place_is_within(resume, &place)))
        return share;
    return WALK_SKIP;
}

// ---- One by one -------------------------------------------------------------------------------

WalkChoice evidence_choice_fetch(const Place *target, const WalkItem *item, bool *ret_is_behind)
{
    const Place place = evidence_place(item);
    int order = place_compare(&place, target);
    *ret_is_behind = order > 0;
    if (order == 0)
        return WALK_FETCH;
    return order < 0 && place_is_within(target, &place) ? WALK_PASS : WALK_SKIP;
}

// ---- Along a path -----------------------------------------------------------------------------

static bool is_step(const EvidenceChoice *choice, const char *step, const WalkItem *item)
{
    if (choice->path_is_layers)
        return g_str_equal(step, item->layer);
    g_autofree char *name = path_text_new(item->name);
    return g_str_equal(step, name);
}

// Only carved items lie in searched space.
static bool may_be_carved(const EvidenceChoice *choice, const char *step)
{
    return g_str_has_prefix(step, choice->path_is_layers ? "{\"offset\":" : "@0x");
}

WalkChoice evidence_choice_find(EvidenceChoice *choice, const WalkItem *item)
{
    unsigned before = choice->steps[item->depth - 1];
    unsigned count = g_strv_length(choice->path);
    if (before >= count)
        return WALK_SKIP;
    const char *step = choice->path[before];
    // A stretch of searched space has no step of its own.
    if (item->name == NULL) {
        choice->steps[item->depth] = before;
        return may_be_carved(choice, step) ? WALK_PASS : WALK_SKIP;
    }
    if (!is_step(choice, step, item))
        return WALK_SKIP;
    choice->steps[item->depth] = before + 1;
    return before + 1 == count ? WALK_FETCH : WALK_PASS;
}
