// SPDX-License-Identifier: Apache-2.0
//
// The commands of those who run the server: is all sound, what is backed up and restored, which
// schema a store has. All work on the data folder and the database, not through the server.
#pragma once

#include "apps/command/command.h"

extern const Command command_check;
extern const Command command_backup;
extern const Command command_restore;
extern const Command command_migrate;
