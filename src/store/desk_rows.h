// SPDX-License-Identifier: Apache-2.0
//
// Rows of one person's desk: what they skipped, their preferences, what was shown to them. Private
// to the person and not on record. The rules stand in cases/desk.h and cases/queue.h.
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

#include "store/database.h"

// ---- Skips --------------------------------------------------------------------------------------

typedef struct {
    uint64_t stack_id;
    int64_t made_us;
} SkipRow;

// One that is there stays as it is.
bool skip_rows_add(Database *database, uint64_t account_id, uint64_t case_id, const SkipRow *row,
                   GError **err);
bool skip_rows_remove(Database *database, uint64_t account_id, uint64_t case_id, uint64_t stack_id,
                      GError **err);
// Appends those of an account in a case behind `after` (SkipRow by value), by stack.
bool skip_rows_list(Database *database, uint64_t account_id, uint64_t case_id, uint64_t after,
                    unsigned limit, GArray *rows, GError **err);

// ---- Preferences --------------------------------------------------------------------------------

// Families of media as bits, as preferences and the queue have them.
#define FAMILY_BIT_PICTURE 1u
#define FAMILY_BIT_VIDEO 2u
#define FAMILY_BIT_OTHER 4u
#define FAMILY_BITS (FAMILY_BIT_PICTURE | FAMILY_BIT_VIDEO | FAMILY_BIT_OTHER)

// *ret_desk is newly allocated; NULL: none are set.
bool preference_rows_get(Database *database, uint64_t account_id, char **ret_desk,
                         unsigned *ret_families, GError **err);
// Appends newly allocated texts.
bool preference_rows_tags(Database *database, uint64_t account_id, GPtrArray *tags, GError **err);
bool preference_rows_set(Database *database, uint64_t account_id, const char *desk,
                         unsigned families, GError **err);
bool preference_rows_set_tags(Database *database, uint64_t account_id, const GPtrArray *tags,
                              GError **err);

// ---- Exposure -----------------------------------------------------------------------------------

typedef struct {
    int64_t day; // since 1970, of UTC
    uint64_t reveals, shown_ms;
} ExposureRow;

bool exposure_rows_add(Database *database, uint64_t account_id, const ExposureRow *row,
                       GError **err);
// Of everybody.
bool exposure_rows_forget(Database *database, int64_t before_day, GError **err);
// Appends those of an account, the newest first.
bool exposure_rows_list(Database *database, uint64_t account_id, unsigned limit, GArray *rows,
                        GError **err);

// ---- All of it ----------------------------------------------------------------------------------

bool desk_rows_forget(Database *database, uint64_t account_id, GError **err);
