// SPDX-License-Identifier: Apache-2.0
//
// AuditSigner: signs heads of the record in a process of its own, so that the key never lies in the
// memory of the process that serves requests.
//
//     clewd ── fork ──> keeper ── fork ──> signer (reads the key, answers, ends with clewd)
//                          └── starts another when it falls
//
// The signer holds to one rule, whatever it is asked: it signs a head only when that head is, or by
// a proof that it checks itself extends, the one it signed last; and what it is about to sign is on
// disk before it signs. So there are never two heads that do not follow one another, and a server
// that was taken over can add to the record but not take back.
//
// audit_signer_start is called before any thread is started. The first start makes the key.
// A signer belongs to one thread at a time.
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

#include "cases/audit_key.h"
#include "hash/merkle.h"

typedef struct AuditSigner AuditSigner;

AuditSigner *audit_signer_start(const char *data_folder, GError **err);
void audit_signer_free(AuditSigner *signer); // ends both processes
G_DEFINE_AUTOPTR_CLEANUP_FUNC(AuditSigner, audit_signer_free)

// What was signed last, and with which key. CLEW_ERROR_BUSY when no answer comes: the signer fell
// and the keeper starts another; ask again later. Other errors are the signer's own words.
bool audit_signer_state(AuditSigner *signer, AuditKey *ret_key, uint64_t *ret_size,
                        MerkleHash *ret_root, GError **err);

// `proof` leads from the head that was signed last to this one. CLEW_ERROR_DENIED when it does not.
bool audit_signer_sign(AuditSigner *signer, uint64_t size, const MerkleHash *root,
                       const MerkleProof *proof, uint8_t ret_signature[AUDIT_SIGNATURE_BYTES],
                       GError **err);

// For tests: the signer's process, 0 when it does not answer.
int audit_signer_process(AuditSigner *signer);
