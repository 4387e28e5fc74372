// SPDX-License-Identifier: Apache-2.0
//
// Vote: what one person said of one media, and the words beside the category.
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

// Whether the person shown made it themselves, and how that came about.
typedef enum {
    SELF_GENERATED_UNKNOWN,
    SELF_GENERATED_NO,
    SELF_GENERATED_SHARED,    // made and shared among peers of their own accord
    SELF_GENERATED_PRESSURED, // under pressure, threat or deceit
    SELF_GENERATED_ALONE,     // of their own accord, for nobody in particular
    SELF_GENERATED_COUNT,
} SelfGenerated;

const char *self_generated_name(SelfGenerated self_generated); // "unknown" …
bool self_generated_from_name(const char *name, SelfGenerated *ret_self_generated);

typedef enum {
    COMMERCIAL_UNKNOWN,
    COMMERCIAL_NO,
    COMMERCIAL_YES,
    COMMERCIAL_COUNT,
} Commercial;

const char *commercial_name(Commercial commercial);
bool commercial_from_name(const char *name, Commercial *ret_commercial);

typedef struct {
    uint64_t id, seq;
    uint64_t case_id, media_id;
    uint64_t account_id, unit_id; // who voted, and their unit at that time
    uint64_t undoes;              // the vote that this row takes back; 0: it is a vote
    char *category;               // NULL in a row that undoes
    SelfGenerated self_generated;
    Commercial commercial;
    bool is_late;      // after the lease of its voter had ended; counts all the same
    bool is_submitter; // its voter brought the list entry that names the media: does not count
    int64_t made_us;
} Vote;

void vote_clear(Vote *vote);

// A growing array of Vote by value that owns its texts.
GArray *votes_new(void);
