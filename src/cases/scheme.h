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
//   share_ignorable=true  what votes found ignorable is left out of other cases as well; without
//                         this, only what they found notable becomes known
//
//   [1]                   one group a code, in the order in which they are offered to voters; codes
//                         are compared without case
//   meaning=notable       notable, ignorable or neither
//   label=Category 1
//   key=1                 what a voter presses, one character; without it: its place, 1 to 9
//   offered=false         it stands in lists, but nobody votes for it
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

// The codes in their order.
typedef struct {
    const char *code; // as the scheme writes it
    const char *label;
    Meaning meaning;
    char key; // what a voter presses; '\0': nothing
    bool is_offered;
} SchemeCode;
size_t scheme_code_count(const Scheme *scheme);
const SchemeCode *scheme_code(const Scheme *scheme, size_t place);

// The code as the scheme writes it, for a vote; else NULL, and CLEW_ERROR_INVALID names the codes
// that are offered.
const SchemeCode *scheme_offered_code(const Scheme *scheme, const char *code, GError **err);

bool scheme_shares_ignorable(const Scheme *scheme);

// What an entry means: its category through the scheme, else what its set is for. Where the scheme
// does not know the code, a notable or alert set says notable and an ignorable one says neither:
// nothing is missed and nothing left out on the strength of a code that nobody knows. `scheme` and
// `category` may be NULL.
Meaning scheme_entry_meaning(const Scheme *scheme, SetKind kind, const char *category);

// Ids of all schemes, sorted; NULL-terminated, newly allocated (g_strfreev).
char **scheme_ids(const char *data_folder);
