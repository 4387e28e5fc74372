// SPDX-License-Identifier: Apache-2.0
//
// The commands of clew, one file each. Adding one: its file, a line here, a row in main.c, a man
// page, a scenario in tests/cli (docs/adding-a-command.md).
#pragma once

#include "apps/command/command.h"

extern const Command command_hash;
extern const Command command_set;
extern const Command command_match;
extern const Command command_scan;
extern const Command command_cat;
extern const Command command_diff;
extern const Command command_case;
extern const Command command_doctor;
