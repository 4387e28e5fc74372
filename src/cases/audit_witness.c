// SPDX-License-Identifier: Apache-2.0
#include "cases/audit_witness.h"

#include <string.h>

#include "base/error.h"

enum { HTTP_OK = 200, HTTP_FORBIDDEN = 403, HTTP_NOT_FOUND = 404, HTTP_CONFLICT = 409 };

char *audit_witness_request(uint64_t old_size, const MerkleProof *proof, const char *note)
{
    GString *text = g_string_new(NULL);
    g_string_printf(text, "old %" G_GUINT64_FORMAT "\n", old_size);
    for (size_t i = 0; i < proof->count; i++) {
        g_autofree char *hash = g_base64_encode(proof->hashes[i].bytes, MERKLE_HASH_BYTES);
        g_string_append_printf(text, "%s\n", hash);
    }
    g_string_append_printf(text, "\n%s", note);
    return g_string_free(text, FALSE);
}

static bool is_of(const CheckpointSignature *signature, const AuditKey *key)
{
    return strcmp(signature->name, key->name) == 0 &&
           memcmp(signature->key_id, key->id, AUDIT_KEY_ID_BYTES) == 0;
}

static void append_signature(GString *note, const CheckpointSignature *signature)
{
    g_autoptr(GByteArray) bytes = g_byte_array_new();
    g_byte_array_append(bytes, signature->key_id, AUDIT_KEY_ID_BYTES);
    g_byte_array_append(bytes, signature->bytes, (unsigned)signature->size_bytes);
    g_autofree char *text = g_base64_encode(bytes->data, bytes->len);
    g_string_append_printf(note, "\xe2\x80\x94 %s %s\n", signature->name, text);
}

static AuditWitnessAnswer refuse(GError **err, const AuditKey *key, const char *why)
{
    g_set_error(err, CLEW_ERROR, CLEW_ERROR_DENIED, "witness %s: %s", key->name, why);
    return AUDIT_WITNESS_REFUSED;
}

static AuditWitnessAnswer take_signatures(const AuditKey *key, const char *note, const char *answer,
                                          char **ret_note, GError **err)
{
    g_autofree char *joined = g_strconcat(note, answer, NULL);
    g_autoptr(Checkpoint) before = checkpoint_parse(note, strlen(note), NULL);
    g_autoptr(Checkpoint) after = checkpoint_parse(joined, strlen(joined), NULL);
    if (before == NULL || after == NULL)
        return refuse(err, key, "its answer holds something else than signatures");
    GString *text = g_string_new(note);
    for (unsigned i = before->signatures->len; i < after->signatures->len; i++) {
        const CheckpointSignature *signature = g_ptr_array_index(after->signatures, i);
        if (is_of(signature, key))
            append_signature(text, signature);
    }
    g_autofree char *cosigned = g_string_free(text, FALSE);
    g_autoptr(Checkpoint) result = checkpoint_parse(cosigned, strlen(cosigned), NULL);
    if (result == NULL || !checkpoint_is_signed(result, key, NULL))
        return refuse(err, key, "its signature is missing or false");
    *ret_note = g_steal_pointer(&cosigned);
    return AUDIT_WITNESS_COSIGNED;
}

static AuditWitnessAnswer take_size(const AuditKey *key, const char *answer, uint64_t *ret_size,
                                    GError **err)
{
    char *end;
    uint64_t size = g_ascii_strtoull(answer, &end, 10);
    if (end == answer || strcmp(end, "\n") != 0 || size > MERKLE_SIZE_MAX)
        return refuse(err, key, "it says that it knows another head, and not of what size");
    *ret_size = size;
    return AUDIT_WITNESS_HAS_OTHER;
}

AuditWitnessAnswer audit_witness_answer(const AuditKey *key, const char *note, unsigned status,
                                        const char *answer, char **ret_note, uint64_t *ret_size,
                                        GError **err)
{
    switch (status) {
    case HTTP_OK:
        return take_signatures(key, note, answer, ret_note, err);
    case HTTP_CONFLICT:
        return take_size(key, answer, ret_size, err);
    case HTTP_FORBIDDEN:
    case HTTP_NOT_FOUND:
        return refuse(err, key,
                      "it does not know this log; its operator must be given the public key (clewd "
                      "audit key)");
    default: {
        g_autofree char *why = g_strdup_printf("it answered with status %u", status);
        return refuse(err, key, why);
    }
    }
}
