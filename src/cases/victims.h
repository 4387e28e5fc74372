// SPDX-License-Identifier: Apache-2.0
//
// Victims: children that media show. A victim has a reference and needs no name; its state says how
// far the work is, and every state is kept with date, unit and reason.
//
//   unidentified -> being_worked -> identified -> safeguarded     any step, also back: people err
//
// A victim is visible to who may see a case of its media, or a series it is in, and to its unit as
// long as nothing links it to either.
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

#include "cases/act.h"
#include "cases/case_sight.h"
#include "store/victim_rows.h"

typedef struct {
    uint64_t id, seq, unit_id;
    char *reference;
    VictimState state;
    bool has_name; // a sealed one
    int64_t made_us;
    int64_t since_us; // when it came to be in its state
} Victim;
void victim_free(Victim *victim);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Victim, victim_free)

// A victim of the actor's unit, unidentified. The reference is no name.
bool victim_make(Act *act, const char *reference, uint64_t *ret_id, GError **err);

// `since_us` is when it came to be so, not in the future; 0: now.
bool victim_set_state(Act *act, uint64_t id, VictimState state, int64_t since_us,
                      const char *reason, GError **err);

// Links that stand already change nothing; *ret_link_id is theirs then.
bool victim_link_media(Act *act, uint64_t id, uint64_t case_id, uint64_t media_id,
                       uint64_t *ret_link_id, GError **err);
bool victim_link_series(Act *act, uint64_t id, uint64_t series_id, uint64_t *ret_link_id,
                        GError **err);
bool victim_unlink(Act *act, uint64_t id, uint64_t link_id, GError **err);

Victim *victim_get(Casework *work, const Actor *actor, uint64_t id, GError **err);
// Of Victim *, by id behind `after_id`. CLEW_ERROR_NOT_FOUND: no such series or case; nobody is
// linked to a media that is not in the case.
GPtrArray *victim_list(Casework *work, const Actor *actor, const VictimFilter *filter,
                       uint64_t after_id, unsigned limit, GError **err);
// Of VictimStateRow *, oldest first.
GPtrArray *victim_history(Casework *work, const Actor *actor, uint64_t id, GError **err);
// Of VictimLinkRow, of visible cases and series; those that were taken away too.
GArray *victim_links(Casework *work, const Actor *actor, uint64_t id, GError **err);

// ---- Who is this? -------------------------------------------------------------------------------

typedef struct {
    uint64_t case_id, case_media_id, media_id;
    unsigned victims; // linked ones that the reader may see; none of them is identified
} WhoMedia;

// Where a page ends; all-zero is the beginning.
typedef struct {
    uint64_t case_id, case_media_id;
} WhoCursor;

// Media decided to be notable that nobody has been identified in, of one visible case or (case_id
// 0) all of them, behind the cursor, which moves on; of WhoMedia. *ret_more: there is more behind
// it, also when the page is not full, because one call looks at WHO_QUEUE_SCAN media at most.
//
// A media leaves the queue, in every case and unit, when a victim of it is identified or
// safeguarded and none is still looked for. What is linked in restricted cases counts for those
// alone who may see them.
#define WHO_QUEUE_SCAN 5000u
GArray *victims_who_queue(Casework *work, const Actor *actor, uint64_t case_id, WhoCursor *cursor,
                          unsigned limit, bool *ret_more, GError **err);

// ---- A name, where a unit must keep one ---------------------------------------------------------

// By people of the victim's unit alone. Sealed under a key of its own; a new name has a new key.
bool victim_name_set(Act *act, uint64_t id, const char *name, GError **err);
// In an act, so that reading it is on record. CLEW_ERROR_NOT_FOUND: none, or destroyed.
bool victim_name_read(Act *act, uint64_t id, char **ret_name, GError **err);
// Destroys the key: unreadable in every copy. Everything else stays.
bool victim_name_destroy(Act *act, uint64_t id, GError **err);

// ---- For other rules ----------------------------------------------------------------------------

// The victim's row, if the actor may see it (CLEW_ERROR_NOT_FOUND).
VictimRow *victim_visible_row(Casework *work, const Actor *actor, uint64_t id, GError **err);

// What a case has to say of a media: the least that was reached for any of its victims there;
// unidentified when it has none.
bool victim_state_of_media(Database *database, uint64_t case_id, uint64_t media_id,
                           VictimState *ret_state, GError **err);
