// SPDX-License-Identifier: Apache-2.0
//
// Scheme: what the categories of a list say. The same code means different things in different
// schemes, so a scheme is named by its id, and schemes are data: schemes/ID.ini compiled into the
// program, and DATA/schemes/ID.ini of the user's, which comes first.
//
//   [scheme]
//   name=Project VIC, United States
//   source=where the meanings were read
//   public=true           false: the meanings are not public, and the file has no codes
//
//   [1]                   one group a code; codes are compared without case
//   meaning=notable       notable, ignorable or neither
//   label=Category 1
#pragma once

#include <glib.h>
#include <stdbool.h>

#include "model/hash_list.h"

typedef struct Scheme Scheme;

// CLEW_ERROR_NOT_FOUND names the schemes there are; CLEW_ERROR_INVALID says what is wrong with a
// file of the user's. `data_folder` may be NULL.
Scheme *scheme_load(const char *id, const char *data_folder, GError **err);
void scheme_free(Scheme *scheme);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Scheme, scheme_free)

const char *scheme_id(const Scheme *scheme);
const char *scheme_name(const Scheme *scheme);
bool scheme_is_public(const Scheme *scheme);

// False when the scheme has no such code.
bool scheme_meaning(const Scheme *scheme, const char *code, Meaning *ret_meaning);

// Short and neutral; NULL when the scheme has no such code.
const char *scheme_label(const Scheme *scheme, const char *code);

// What an entry means: its category through the scheme, else what its set is for. Where the scheme
// does not know the code, a notable or alert set says notable and an ignorable one says neither:
// nothing is missed and nothing left out on the strength of a code that nobody knows. `scheme` and
// `category` may be NULL.
Meaning scheme_entry_meaning(const Scheme *scheme, SetKind kind, const char *category);

// Ids of all schemes, sorted; NULL-terminated, newly allocated (g_strfreev).
char **scheme_ids(const char *data_folder);
