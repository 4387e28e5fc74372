// SPDX-License-Identifier: Apache-2.0
//
// The digest of the rows of a leaf, for the two who compute it: the log and its verifier.
#pragma once

#include <openssl/types.h>
#include <stdint.h>

#include "model/digest_set.h"
#include "store/audit_tables.h"

#define AUDIT_ROWS_LABEL "clew rows 1"

// Adds one row to a digest that hash_text_new(AUDIT_ROWS_LABEL) began. In order of table and id.
void audit_rows_add(EVP_MD_CTX *digest, AuditTable table, uint64_t id,
                    const uint8_t hash[SHA256_BYTES]);
