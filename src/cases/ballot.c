// SPDX-License-Identifier: Apache-2.0
#include "cases/ballot.h"

#include "base/error.h"
#include "cases/case_file.h"
#include "cases/decisions.h"
#include "store/vote_rows.h"

void ballot_free(Ballot *ballot)
{
    if (ballot == NULL)
        return;
    g_clear_pointer(&ballot->votes, g_array_unref);
    g_clear_pointer(&ballot->decisions, g_array_unref);
    g_free(ballot);
}

bool ballot_is_undone(const Ballot *ballot, uint64_t vote_id)
{
    for (unsigned i = 0; i < ballot->votes->len; i++)
        if (g_array_index(ballot->votes, Vote, i).undoes == vote_id)
            return true;
    return false;
}

static OutcomeState state_of(const CaseMediaState *media)
{
    if (media->decision == NULL)
        return OUTCOME_OPEN;
    return g_str_equal(media->decision, "decided") ? OUTCOME_DECIDED : OUTCOME_DISPUTED;
}

static bool has_own_vote(const Ballot *ballot, uint64_t account_id)
{
    for (unsigned i = 0; i < ballot->votes->len; i++) {
        const Vote *vote = &g_array_index(ballot->votes, Vote, i);
        if (vote->account_id == account_id && vote->undoes == 0 &&
            !ballot_is_undone(ballot, vote->id))
            return true;
    }
    return false;
}

static bool may_vote(const Actor *actor)
{
    return actor->account_id != 0 && (actor->permissions & PERMISSION_BIT(PERMISSION_REVIEW)) != 0;
}

static void keep_own(Ballot *ballot, uint64_t account_id)
{
    g_array_set_size(ballot->decisions, 0);
    for (unsigned i = ballot->votes->len; i-- > 0;)
        if (g_array_index(ballot->votes, Vote, i).account_id != account_id)
            g_array_remove_index(ballot->votes, i);
}

static bool read_state(Casework *work, uint64_t case_id, uint64_t media_id, OutcomeState *ret_state,
                       GError **err)
{
    CaseMediaState media = {0};
    bool found;
    if (!vote_rows_case_media(casework_database(work), case_id, media_id, &media, &found, err))
        return false;
    if (found)
        *ret_state = state_of(&media);
    else
        g_set_error(err, CLEW_ERROR, CLEW_ERROR_NOT_FOUND,
                    "there is no media %" G_GUINT64_FORMAT " in this case", media_id);
    case_media_state_clear(&media);
    return found;
}

Ballot *ballot_read(Casework *work, const Actor *actor, uint64_t case_id, uint64_t media_id,
                    GError **err)
{
    g_autoptr(CaseFile) file = case_file_get(work, actor, case_id, err);
    g_autoptr(Ballot) ballot = g_new0(Ballot, 1);
    if (file == NULL || !read_state(work, case_id, media_id, &ballot->state, err))
        return NULL;
    ballot->votes = decisions_votes(work, actor, case_id, media_id, err);
    ballot->decisions =
        ballot->votes != NULL ? decisions_of_media(work, actor, case_id, media_id, err) : NULL;
    if (ballot->decisions == NULL)
        return NULL;
    ballot->is_blind = ballot->state != OUTCOME_DECIDED && may_vote(actor) &&
                       !has_own_vote(ballot, actor->account_id);
    if (ballot->is_blind)
        keep_own(ballot, actor->account_id);
    return g_steal_pointer(&ballot);
}
