// SPDX-License-Identifier: Apache-2.0
//
// How an evidence was examined, as a scan prints it (docs/json.md), out of a body: every member is
// checked, and the object is given back as text to be kept.
#pragma once

#include "api/body.h"

// Text of the object, for g_free. Whatever it is when the body is not ok.
char *examination_provenance(ApiObject *in, const char *member);
char *examination_totals(ApiObject *in, const char *member);
