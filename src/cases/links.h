// SPDX-License-Identifier: Apache-2.0
//
// Links: the same value in two places. Values are stored once and joined when somebody asks, never
// as pairs. A reader gets links, counts and places of the cases they may see; for them a value has
// no others.
//
// A value that occurs in more than LINK_CASES_MAX cases or LINK_USES_MAX times, as far as the
// reader sees, occurs everywhere: the link has its counts, says so, and lists no places.
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

#include "cases/casework.h"
#include "cases/traits.h"
#include "store/trait_rows.h"

#define LINK_CASES_MAX 20u
#define LINK_USES_MAX 10000u
#define LINK_PLACES_MAX 100u // listed of one link
#define LINK_ITEMS_MAX 50u   // items of a media whose names and folders are looked at

typedef struct {
    TraitKind kind;
    char *value;
    uint64_t uses, cases; // the place itself included
    bool is_everywhere;
    GArray *places; // of TraitPlace, at most LINK_PLACES_MAX; of folders only the cases
} Link;
void link_free(Link *link);

// Of Link *: every value that the media has in this case and that is in another place as well.
GPtrArray *links_of_media(Casework *work, const Actor *actor, uint64_t case_id, uint64_t media_id,
                          GError **err);

// Of Link *: values of the case that are in another visible case too. The cursor (0 at first) moves
// on; *ret_more: call again, also when there are fewer than `limit`, because one call looks at
// LINK_SCAN values at most.
#define LINK_SCAN 2000u
GPtrArray *links_of_case(Casework *work, const Actor *actor, uint64_t case_id, uint64_t *cursor,
                         unsigned limit, bool *ret_more, GError **err);
