// SPDX-License-Identifier: Apache-2.0
//
// What the subcommands of clew case share.
#pragma once

#include <glib.h>
#include <stdbool.h>

#include "apps/command/command.h"
#include "cases/casework.h"

// Opens the data folder's casework, or that of `database` (NULL: the folder's own), for the person
// at this command line.
typedef struct {
    Casework *work;
    char *login;
    Actor actor;
} CaseDesk;

bool case_desk_open(const App *app, const char *database, bool must_exist, CaseDesk *ret_desk,
                    GError **err);
void case_desk_clear(CaseDesk *desk);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(CaseDesk, case_desk_clear)

extern const Command command_case_import;
extern const Command command_case_export;

#define CASE_DATABASE_OPTION(type)                                                                 \
    {                                                                                              \
        "database", OPTION_TEXT, offsetof(type, database), "URL",                                  \
            "a path, or postgresql://… (default: in the data folder)"                            \
    }
