// SPDX-License-Identifier: Apache-2.0
//
// Any text in place of a proof, and of a witness' answer. The key signed nothing that a fuzzer
// finds.
#include "cases/audit_proof.h"
#include "cases/audit_witness.h"

#include <stdlib.h>

#include "fuzz_target.h"

#define NOTE "a\n5\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n\n\xe2\x80\x94 a AAAAAAE=\n"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    AuditKey key;
    const uint8_t bytes[AUDIT_KEY_BYTES] = {1};
    g_auto(AuditProof) proof = {0};
    g_autofree char *text = g_strndup((const char *)data, size);
    g_autofree char *note = NULL;
    uint64_t other;
    if (!audit_key_init(&key, "a", AUDIT_KEY_WITNESS, bytes, NULL) ||
        audit_proof_check((const char *)data, size, &key, &proof, NULL))
        abort();
    for (unsigned status = 200; status <= 409; status += 209)
        if (audit_witness_answer(&key, NOTE, status, text, &note, &other, NULL) ==
            AUDIT_WITNESS_COSIGNED)
            abort();
    return 0;
}
