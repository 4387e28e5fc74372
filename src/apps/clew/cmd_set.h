// SPDX-License-Identifier: Apache-2.0
//
// The parts of clew set, one const struct each.
#pragma once

#include "apps/command/command.h"
#include "model/hash_list.h"
#include "store/set_store.h"

extern const Command command_set_import;
extern const Command command_set_add;
extern const Command command_set_withdraw;
extern const Command command_set_reinstate;
extern const Command command_set_list;
extern const Command command_set_show;
extern const Command command_set_export;
extern const Command command_set_remove;
extern const Command command_set_verify;

// --kind: absent, or one of the three.
bool set_kind_of_option(const char *text, bool *ret_has_kind, SetKind *ret_kind, GError **err);

// Opens the store of the data folder for work on a set, which messages name (NULL: none).
// `create` makes the store when there is none.
SetStore *set_store_of_app(const App *app, const char *set_name, bool create, GError **err);

// A remark on standard error unless quiet. `user_data` is the App.
void set_talk(const char *text, void *user_data);
