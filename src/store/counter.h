// SPDX-License-Identifier: Apache-2.0
//
// Ids of rows. They are given by the program, so that they are the same on every engine, and never
// twice: a number whose row was deleted, or whose transaction another one followed, stays used.
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

#include "store/database.h"

// Takes `count` numbers in a row, at least one, from the counter of that name; the first number a
// counter gives is 1. Call inside a write transaction: a rollback gives the numbers back.
bool store_next_ids(Database *database, const char *name, uint64_t count, uint64_t *ret_first,
                    GError **err);
