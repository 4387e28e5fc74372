// SPDX-License-Identifier: Apache-2.0
#include "cases/outcome.h"

#include <string.h>

static const char *const state_names[OUTCOME_COUNT] = {
    [OUTCOME_OPEN] = "open",
    [OUTCOME_DISPUTED] = "disputed",
    [OUTCOME_DECIDED] = "decided",
};

const char *outcome_state_name(OutcomeState state)
{
    g_return_val_if_fail((unsigned)state < OUTCOME_COUNT, "open");
    return state_names[state];
}

// ---- Which votes count --------------------------------------------------------------------------

static bool was_undone(const GArray *votes, const Vote *vote)
{
    for (unsigned i = 0; i < votes->len; i++)
        if (g_array_index(votes, Vote, i).undoes == vote->id)
            return true;
    return false;
}

GPtrArray *outcome_counting(const GArray *votes)
{
    GPtrArray *counting = g_ptr_array_new();
    g_autoptr(GHashTable) seen = g_hash_table_new(g_int64_hash, g_int64_equal);
    for (unsigned i = votes->len; i-- > 0;) {
        const Vote *vote = &g_array_index(votes, Vote, i);
        if (vote->undoes == 0 && !vote->is_submitter && !was_undone(votes, vote) &&
            g_hash_table_add(seen, (gpointer)&vote->account_id))
            g_ptr_array_insert(counting, 0, (gpointer)vote);
    }
    return counting;
}

// ---- What they come to --------------------------------------------------------------------------

static const Vote *vote_at(const GPtrArray *votes, unsigned place)
{
    return g_ptr_array_index(votes, place);
}

static bool is_for(const Vote *vote, const char *category)
{
    return g_ascii_strcasecmp(vote->category, category) == 0;
}

// Voters for a category, and their units.
static void tally(const GPtrArray *counting, const char *category, unsigned *ret_voters,
                  unsigned *ret_units)
{
    g_autoptr(GHashTable) units = g_hash_table_new(g_int64_hash, g_int64_equal);
    *ret_voters = 0;
    for (unsigned i = 0; i < counting->len; i++) {
        const Vote *vote = vote_at(counting, i);
        if (!is_for(vote, category))
            continue;
        (*ret_voters)++;
        g_hash_table_add(units, (gpointer)&vote->unit_id);
    }
    *ret_units = g_hash_table_size(units);
}

// Of equal groups the one whose first voter came first.
static void find_largest(const GPtrArray *counting, Outcome *outcome)
{
    for (unsigned i = 0; i < counting->len; i++) {
        unsigned voters, units;
        const char *category = vote_at(counting, i)->category;
        tally(counting, category, &voters, &units);
        if (voters <= outcome->in_favour)
            continue;
        outcome->category = category;
        outcome->in_favour = voters;
        outcome->units = units;
    }
    outcome->against = counting->len - outcome->in_favour;
}

// The answer that more than half of the answers give; 0 is no answer.
static unsigned majority(const unsigned *answers, unsigned kinds)
{
    unsigned given = 0;
    for (unsigned i = 1; i < kinds; i++)
        given += answers[i];
    for (unsigned i = 1; i < kinds; i++)
        if (2 * answers[i] > given)
            return i;
    return 0;
}

static void find_answers(const GPtrArray *counting, Outcome *outcome)
{
    unsigned self_generated[SELF_GENERATED_COUNT] = {0}, commercial[COMMERCIAL_COUNT] = {0};
    for (unsigned i = 0; i < counting->len; i++) {
        const Vote *vote = vote_at(counting, i);
        if (!is_for(vote, outcome->category))
            continue;
        self_generated[vote->self_generated]++;
        commercial[vote->commercial]++;
    }
    outcome->self_generated = (SelfGenerated)majority(self_generated, SELF_GENERATED_COUNT);
    outcome->commercial = (Commercial)majority(commercial, COMMERCIAL_COUNT);
}

Outcome outcome_of(const GPtrArray *counting, Policy policy)
{
    Outcome outcome = {.state = OUTCOME_OPEN};
    find_largest(counting, &outcome);
    bool is_carried =
        outcome.in_favour >= MAX(policy.voters, 1u) && outcome.units >= MAX(policy.voter_units, 1u);
    if (is_carried && outcome.in_favour > outcome.against)
        outcome.state = OUTCOME_DECIDED;
    else if (outcome.against > 0)
        outcome.state = OUTCOME_DISPUTED;
    if (outcome.state == OUTCOME_DECIDED)
        find_answers(counting, &outcome);
    else
        outcome.category = NULL;
    return outcome;
}

// ---- Who may help -------------------------------------------------------------------------------

static bool has_voted(const GPtrArray *counting, uint64_t account_id)
{
    for (unsigned i = 0; i < counting->len; i++)
        if (vote_at(counting, i)->account_id == account_id)
            return true;
    return false;
}

// Whether so many voters of these units would be enough if they agreed.
static bool more_are_wanted(GHashTable *voters, GHashTable *units, Voter voter, Policy policy)
{
    unsigned voters_wanting = policy.voters - MIN(policy.voters, g_hash_table_size(voters));
    unsigned units_wanting = policy.voter_units - MIN(policy.voter_units, g_hash_table_size(units));
    bool is_of_new_unit = !g_hash_table_contains(units, &voter.unit_id);
    return voters_wanting > units_wanting || (units_wanting > 0 && is_of_new_unit);
}

bool outcome_wants(const GPtrArray *counting, const Voter *others, size_t other_count, Voter voter,
                   Policy policy)
{
    Outcome now = outcome_of(counting, policy);
    if (now.state == OUTCOME_DECIDED || has_voted(counting, voter.account_id))
        return false;
    g_autoptr(GHashTable) voters = g_hash_table_new(g_int64_hash, g_int64_equal);
    g_autoptr(GHashTable) units = g_hash_table_new(g_int64_hash, g_int64_equal);
    for (size_t i = 0; i < other_count; i++) {
        if (has_voted(counting, others[i].account_id))
            continue;
        g_hash_table_add(voters, (gpointer)&others[i].account_id);
        g_hash_table_add(units, (gpointer)&others[i].unit_id);
    }
    if (now.state == OUTCOME_DISPUTED)
        return g_hash_table_size(voters) == 0; // a third, one at a time
    for (unsigned i = 0; i < counting->len; i++) {
        g_hash_table_add(voters, (gpointer)&vote_at(counting, i)->account_id);
        g_hash_table_add(units, (gpointer)&vote_at(counting, i)->unit_id);
    }
    return more_are_wanted(voters, units, voter, policy);
}
