// SPDX-License-Identifier: Apache-2.0
#include "model/vote.h"

static const char *const self_generated_names[SELF_GENERATED_COUNT] = {
    [SELF_GENERATED_UNKNOWN] = "unknown", [SELF_GENERATED_NO] = "no",
    [SELF_GENERATED_SHARED] = "shared",   [SELF_GENERATED_PRESSURED] = "pressured",
    [SELF_GENERATED_ALONE] = "alone",
};

static const char *const commercial_names[COMMERCIAL_COUNT] = {
    [COMMERCIAL_UNKNOWN] = "unknown",
    [COMMERCIAL_NO] = "no",
    [COMMERCIAL_YES] = "yes",
};

static bool find_name(const char *const *names, unsigned count, const char *name,
                      unsigned *ret_place)
{
    for (unsigned i = 0; i < count; i++) {
        if (g_strcmp0(names[i], name) == 0) {
            *ret_place = i;
            return true;
        }
    }
    return false;
}

const char *self_generated_name(SelfGenerated self_generated)
{
    g_return_val_if_fail((unsigned)self_generated < SELF_GENERATED_COUNT, "unknown");
    return self_generated_names[self_generated];
}

bool self_generated_from_name(const char *name, SelfGenerated *ret_self_generated)
{
    unsigned place;
    if (!find_name(self_generated_names, SELF_GENERATED_COUNT, name, &place))
        return false;
    *ret_self_generated = (SelfGenerated)place;
    return true;
}

const char *commercial_name(Commercial commercial)
{
    g_return_val_if_fail((unsigned)commercial < COMMERCIAL_COUNT, "unknown");
    return commercial_names[commercial];
}

bool commercial_from_name(const char *name, Commercial *ret_commercial)
{
    unsigned place;
    if (!find_name(commercial_names, COMMERCIAL_COUNT, name, &place))
        return false;
    *ret_commercial = (Commercial)place;
    return true;
}

void vote_clear(Vote *vote)
{
    g_clear_pointer(&vote->category, g_free);
}

static void clear(gpointer vote)
{
    vote_clear(vote);
}

GArray *votes_new(void)
{
    GArray *votes = g_array_new(FALSE, FALSE, sizeof(Vote));
    g_array_set_clear_func(votes, clear);
    return votes;
}
