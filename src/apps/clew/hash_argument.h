// SPDX-License-Identifier: Apache-2.0
//
// Hashes and entries as users write them: bare digits (32 MD5, 40 SHA-1, 64 SHA-256), TYPE:HEX, or
// the number of an entry as clew prints it (e4294967297).
#pragma once

#include <glib.h>
#include <stdbool.h>

#include "model/hash_list.h"
#include "store/set_edit.h"

// --type: what bare digits are. PDQ has as many as SHA-256 and must be said.
bool hash_type_of_option(const char *text, bool *ret_has_type, HashType *ret_type, GError **err);

// *ret_hash gets a computable type. The message of a failure never repeats the hash; `what` ("line
// 12", "argument 2") says which one it was.
bool hash_of_text(const char *text, bool has_type, HashType type, const char *what,
                  ListHash *ret_hash, GError **err);

// A hash or an entry's number.
bool selector_of_text(const char *text, bool has_type, HashType type, const char *what,
                      EntrySelector *ret_selector, GError **err);
