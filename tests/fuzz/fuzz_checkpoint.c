// SPDX-License-Identifier: Apache-2.0
//
// Any text in place of a checkpoint, of a file of many and of a public key: whatever is read must
// be made again from what was read.
#include "cases/checkpoint.h"

#include <stdlib.h>
#include <string.h>

#include "fuzz_target.h"

static void assert_that(bool rule)
{
    if (!rule)
        abort();
}

static void check_key(const char *text)
{
    AuditKey key;
    if (!audit_key_parse(text, &key, NULL))
        return;
    // Hexadecimal digits of either case are read, and leftover bits of base64 ignored.
    AuditKey again;
    g_autofree char *made = audit_key_text(&key);
    assert_that(audit_key_parse(made, &again, NULL) && memcmp(&key, &again, sizeof key) == 0);
}

static void check_note(const char *text, size_t size)
{
    g_autoptr(Checkpoint) checkpoint = checkpoint_parse(text, size, NULL);
    if (checkpoint == NULL)
        return;
    AuditKey key;
    const uint8_t bytes[AUDIT_KEY_BYTES] = {1};
    g_autofree char *body =
        checkpoint_body(checkpoint->origin, checkpoint->size, &checkpoint->root);
    assert_that(strlen(body) <= checkpoint->body_length &&
                strncmp(body, checkpoint->text, strlen(body)) == 0);
    assert_that(checkpoint->signatures->len > 0);
    const CheckpointSignature *signature = g_ptr_array_index(checkpoint->signatures, 0);
    if (audit_key_init(&key, signature->name, AUDIT_KEY_WITNESS, bytes, NULL)) {
        memcpy(key.id, signature->key_id, sizeof key.id);
        assert_that(!checkpoint_is_signed(checkpoint, &key, NULL));
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    g_autofree char *text = g_strndup((const char *)data, size);
    g_autoptr(GPtrArray) notes = g_ptr_array_new_with_free_func((GDestroyNotify)checkpoint_free);
    check_key(text);
    check_note((const char *)data, size);
    checkpoint_parse_many(text, strlen(text), notes, NULL);
    return 0;
}
