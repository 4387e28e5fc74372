// SPDX-License-Identifier: Apache-2.0
//
// clewd audit: the record of acts, checked, shown and proven. Needs no network and no signing key,
// and works beside a running server.
#pragma once

#include "apps/command/command.h"

extern const Command command_audit;
