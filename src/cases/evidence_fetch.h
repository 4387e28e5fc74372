// SPDX-License-Identifier: Apache-2.0
//
// A worker that stays on one file to read single items of it again. Private to
// cases/evidence_*.c.
#pragma once

#include "cases/evidence_session.h"

void fetch_session_free(FetchSession *fetch);
