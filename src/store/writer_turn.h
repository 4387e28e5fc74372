// SPDX-License-Identifier: Apache-2.0
//
// WriterTurn: threads of this process that want to write to one SQLite file wait here, woken one
// after another in the order in which they came. SQLite itself lets a writer who finds another one
// sleep and try again, in steps of up to 100 ms and in no order.
//
// There is one for each file in use, shared by all Databases on it.
#pragma once

#include <stdbool.h>

typedef struct WriterTurn WriterTurn;

// The file exists. Give it back with writer_turn_unref.
WriterTurn *writer_turn_of(const char *path);
void writer_turn_unref(WriterTurn *turn);

// False when it did not come within busy_ms; then it was not taken.
bool writer_turn_take(WriterTurn *turn, unsigned busy_ms);
void writer_turn_give(WriterTurn *turn);
