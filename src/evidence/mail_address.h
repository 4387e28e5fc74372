// SPDX-License-Identifier: Apache-2.0
//
// Mail addresses as identifiers.
#pragma once

#include "evidence/walk.h"

// Adds an address to the walk's current container: the part before the "@" as written, since it is
// its owner's to interpret, the domain in lower case. What is no address is not added.
void mail_address_add(Walk *walk, const char *address);
