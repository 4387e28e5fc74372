// SPDX-License-Identifier: Apache-2.0
//
// Many hashes asked of the matcher at once: one question to the index for all digests and one for
// all perceptual values, entries from memory. For each the one match that weighs most. What is
// asked here does not count in matcher_hits.
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stddef.h>

#include "cases/matcher.h"
#include "model/hash_list.h"

// A perceptual value with more hits than these lies near a blank or a template. It is answered with
// `frequent` and no match by likeness.
#define MATCHER_BATCH_HITS 512u
// Videos whose frames are compared for one value; further ones are as `frequent`.
#define MATCHER_BATCH_VIDEOS 8u

typedef struct {
    bool found;
    bool frequent;
    Match match; // when found
} MatcherAnswer;

// Whether a match says more than another one: notable and alert before the rest, ignorable last
// but for what means neither; then exact, nearest, and the entry's number.
bool matcher_weighs_more(const Match *a, const Match *b);

// Types of `asked` are computable ones; ret_answers has `count` places.
bool matcher_batch(Matcher *matcher, const ListHash *asked, size_t count,
                   MatcherAnswer *ret_answers, GError **err);
