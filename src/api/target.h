// SPDX-License-Identifier: Apache-2.0
//
// ApiTarget: the target of a request ("/api/v1/cases?limit=20"), taken apart strictly. Only the
// origin form is taken. Percent signs are decoded once; what is not UTF-8, holds control
// characters, or hides a slash, a backslash or a dot segment is refused, so that no later step sees
// a path that means something else to it than to the one before.
#pragma once

#include <stdbool.h>

#include "base/error.h"
#include "base/limits.h"

typedef struct {
    char *name;
    char *value;
} ApiQueryParameter;

typedef struct {
    char *path; // decoded, begins with '/'
    unsigned parameter_count;
    ApiQueryParameter parameters[LIMIT_API_QUERY_PARAMETERS];
} ApiTarget;

// Problem 400 or 414.
bool api_target_parse(const char *text, ApiTarget *ret_target, GError **err);
void api_target_clear(ApiTarget *target);

// NULL when there is none of the name.
const char *api_target_query(const ApiTarget *target, const char *name);
