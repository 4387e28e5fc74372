// SPDX-License-Identifier: Apache-2.0
//
// Rows of victims, their states and what links them to series and media. The rules are in
// cases/victims.h.
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

#include "store/database.h"

// In the order of what has been reached.
typedef enum {
    VICTIM_UNIDENTIFIED,
    VICTIM_BEING_WORKED,
    VICTIM_IDENTIFIED,
    VICTIM_SAFEGUARDED,
    VICTIM_STATE_COUNT,
} VictimState;

const char *victim_state_name(VictimState state);
bool victim_state_from_name(const char *name, VictimState *ret_state);

typedef struct {
    uint64_t id, seq, unit_id;
    char *reference;
    VictimState state;
    uint64_t name_key_id; // 0: no name
    GBytes *name_sealed;  // NULL: no name
    int64_t made_us;
    int64_t since_us; // when it came to be in its state; read alone
} VictimRow;
void victim_row_free(VictimRow *row);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(VictimRow, victim_row_free)

bool victim_rows_insert(Database *database, const VictimRow *row, GError **err);
// Writes state, name and seq.
bool victim_rows_update(Database *database, const VictimRow *row, GError **err);
bool victim_rows_get(Database *database, uint64_t id, VictimRow **ret_row, GError **err);

// Which victims, by all that is not 0, and by links that stand.
typedef struct {
    uint64_t series_id; // linked to it
    uint64_t case_id;   // linked to media of it, or to a series that holds media of it
    uint64_t media_id;  // with case_id: linked to this media of it, or to a series that holds it
    bool has_state;
    VictimState state;
} VictimFilter;
// Appends ids behind `after_id`, in order.
bool victim_rows_ids(Database *database, const VictimFilter *filter, uint64_t after_id,
                     unsigned limit, GArray *ids, GError **err);

typedef struct {
    uint64_t id, seq, victim_id, unit_id;
    VictimState state;
    char *reason;
    int64_t since_us, made_us;
} VictimStateRow;
void victim_state_row_free(VictimStateRow *row);
bool victim_states_insert(Database *database, const VictimStateRow *row, GError **err);
// Of VictimStateRow *, oldest first.
bool victim_states_list(Database *database, uint64_t victim_id, GPtrArray *rows, GError **err);

typedef struct {
    uint64_t id, seq, victim_id, series_id, case_id, media_id; // 0: none
    int64_t made_us, left_us;
} VictimLinkRow;
bool victim_links_insert(Database *database, const VictimLinkRow *row, GError **err);
bool victim_links_set_left(Database *database, uint64_t id, uint64_t seq, int64_t left_us,
                           GError **err);
// Appends (of VictimLinkRow), those that were taken away too.
bool victim_links_list(Database *database, uint64_t victim_id, GArray *rows, GError **err);

// A victim of a media, as a case says.
typedef struct {
    uint64_t victim_id, case_id;
    VictimState state;
    bool is_restricted; // the case is
} MediaVictim;
// Appends the victims of a media, directly and by series, in whatever cases.
bool victim_rows_of_media(Database *database, uint64_t media_id, GArray *victims, GError **err);

// How many victims of a case, directly and by series, are in each state.
bool victim_rows_count(Database *database, uint64_t case_id,
                       uint64_t ret_counts[VICTIM_STATE_COUNT], GError **err);

// Media of a case that are decided, behind `after_id` in order of their id in it.
typedef struct {
    uint64_t case_media_id, media_id;
    char *category;
} DecidedMedia;
void decided_media_clear(DecidedMedia *media);
bool victim_rows_decided(Database *database, uint64_t case_id, uint64_t after_id, unsigned limit,
                         GArray *media, GError **err);
