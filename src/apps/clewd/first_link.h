// SPDX-License-Identifier: Apache-2.0
//
// The one-time link with which the first administrator of a new store begins. There is no password
// that anybody could know before.
#pragma once

#include "base/error.h"
#include "cases/casework.h"

// While no administrator has accepted an invitation: writes a new link to the terminal or, when
// standard error is none, to the file "administrator-link" in the data folder, readable by its
// owner alone, and says where unless `quiet`. Afterwards removes the file. `origin`:
// "http://127.0.0.1:8600".
bool first_link_write(Casework *work, const char *origin, bool quiet, GError **err);
