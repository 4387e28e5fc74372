// SPDX-License-Identifier: Apache-2.0
//
// What clewd does without a command: it serves the API and the desk until it is told to stop.
#pragma once

#include "apps/command/command.h"

extern const Command command_serve;
