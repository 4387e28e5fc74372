// SPDX-License-Identifier: Apache-2.0
//
// Values of traits, once each, how often each occurs in a case, and where. Derived from records and
// identifiers.
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

#include "store/database.h"

// 0 when there is none.
bool trait_rows_find(Database *database, const char *kind, const char *value, uint64_t *ret_id,
                     GError **err);
// Makes it when there is none.
bool trait_rows_value(Database *database, const char *kind, const char *value, uint64_t *ret_id,
                      GError **err);
// *ret_new is false when it was there.
bool trait_rows_use(Database *database, uint64_t value_id, uint64_t case_id, uint64_t media_id,
                    uint64_t item_id, bool *ret_new, GError **err);
bool trait_rows_drop_use(Database *database, uint64_t value_id, uint64_t case_id, uint64_t media_id,
                         uint64_t item_id, GError **err);
// Adds to the uses in a case; at zero the row goes, and the value with its last row.
bool trait_rows_count(Database *database, uint64_t value_id, uint64_t case_id, int64_t uses,
                      GError **err);

typedef struct {
    uint64_t value_id;
    char *kind, *value;
} TraitValue;
void trait_value_clear(TraitValue *value);
// Append TraitValue.
bool trait_rows_of_media(Database *database, uint64_t case_id, uint64_t media_id, GArray *values,
                         GError **err);
bool trait_rows_of_case(Database *database, uint64_t case_id, uint64_t after_value_id,
                        unsigned limit, GArray *values, GError **err);

typedef struct {
    uint64_t case_id, uses;
} TraitCase;
bool trait_rows_cases(Database *database, uint64_t value_id, GArray *cases, GError **err);

typedef struct {
    uint64_t case_id, media_id, item_id;
} TraitPlace;
// Behind a media and item in one case (of TraitPlace).
bool trait_rows_places(Database *database, uint64_t value_id, uint64_t case_id,
                       const TraitPlace *after, unsigned limit, GArray *places, GError **err);

// Names of the items of a media in a case: appends char * of paths and names.
bool trait_rows_item_names(Database *database, uint64_t case_id, uint64_t media_id, unsigned limit,
                           GPtrArray *paths, GPtrArray *names, GError **err);
// Items of this name in a case, counted up to `limit`.
bool trait_rows_name_uses(Database *database, uint64_t case_id, const char *name, unsigned limit,
                          uint64_t *ret_uses, GError **err);
bool trait_rows_name_places(Database *database, uint64_t case_id, const char *name, unsigned limit,
                            GArray *places, GError **err);

// What a case leaves behind when it goes: its uses, its counts, and values that nobody else has.
bool trait_rows_forget_case(Database *database, uint64_t case_id, GError **err);
// The same for one kind.
bool trait_rows_forget_kind(Database *database, uint64_t case_id, const char *kind, GError **err);
