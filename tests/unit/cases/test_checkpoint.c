// SPDX-License-Identifier: Apache-2.0
//
// Promise: keys, signatures and checkpoints have the C2SP form to the byte (published examples),
// and no other text than the true one is taken for signed.
#include "cases/checkpoint.h"

#include <string.h>

#include "base/error.h"
#include "base/limits.h"

#define DASH "\xe2\x80\x94"
#define ROOT "CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I="
#define NEUMANN "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"

static const AuditSeed seed = {{7, 7, 7}};

static AuditKey key_of_seed(const char *name, AuditKeyType type)
{
    AuditKey key;
    uint8_t bytes[AUDIT_KEY_BYTES];
    g_assert_true(audit_seed_public(&seed, bytes));
    g_assert_true(audit_key_init(&key, name, type, bytes, NULL));
    return key;
}

static char *signed_note(const char *body, const AuditKey *key, uint64_t seconds)
{
    uint8_t signature[AUDIT_SIGNATURE_BYTES];
    g_autofree char *text =
        key->type == AUDIT_KEY_WITNESS ? checkpoint_cosigned_text(body, seconds) : g_strdup(body);
    g_assert_true(audit_seed_sign(&seed, text, strlen(text), signature));
    g_autofree char *line = checkpoint_signature_line(key, seconds, signature);
    return checkpoint_note(body, line);
}

static Checkpoint *parsed(const char *text)
{
    g_autoptr(GError) error = NULL;
    Checkpoint *checkpoint = checkpoint_parse(text, strlen(text), &error);
    g_assert_no_error(error);
    return checkpoint;
}

// The example key and signature of the Go notes that the form comes from.
static void reads_the_published_key(void)
{
    static const char text[] = "If you think cryptography is the answer to your problem,\n"
                               "then you don't know what your problem is.\n";
    AuditKey key;
    g_autoptr(GError) error = NULL;
    g_assert_true(audit_key_parse(NEUMANN, &key, &error));
    g_assert_no_error(error);
    g_assert_cmpstr(key.name, ==, "PeterNeumann");
    g_autofree char *again = audit_key_text(&key);
    g_assert_cmpstr(again, ==, NEUMANN);
    size_t size;
    g_autofree guchar *bytes =
        g_base64_decode("x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdng"
                        "otpRZb6KE6RyyBwJnAM=",
                        &size);
    g_assert_cmpuint(size, ==, AUDIT_KEY_ID_BYTES + AUDIT_SIGNATURE_BYTES);
    g_assert_cmpmem(bytes, AUDIT_KEY_ID_BYTES, key.id, AUDIT_KEY_ID_BYTES);
    g_assert_true(audit_key_verify(&key, text, strlen(text), bytes + AUDIT_KEY_ID_BYTES));
    g_assert_false(audit_key_verify(&key, text, strlen(text) - 1, bytes + AUDIT_KEY_ID_BYTES));
}

static void refuses_keys_that_do_not_fit(void)
{
    static const char *const rows[] = {
        "",
        "PeterNeumann",
        "PeterNeumann+c74f20a3",
        "peterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",
        "PeterNeumann+c74f20a4+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",
        "PeterNeumann+c74f20a3+BRpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",
        "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10T",
        "Peter Neumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",
    };
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        AuditKey key;
        g_autoptr(GError) error = NULL;
        g_assert_false(audit_key_parse(rows[i], &key, &error));
        g_assert_error(error, CLEW_ERROR, CLEW_ERROR_INVALID);
    }
}

static void reads_what_it_made(void)
{
    AuditKey key = key_of_seed("clew/test", AUDIT_KEY_LOG);
    MerkleHash root = merkle_leaf("x", 1);
    g_autofree char *body = checkpoint_body("clew/test", 4711, &root);
    g_autofree char *note = signed_note(body, &key, 0);
    g_autoptr(Checkpoint) checkpoint = parsed(note);
    g_assert_cmpstr(checkpoint->origin, ==, "clew/test");
    g_assert_cmpuint(checkpoint->size, ==, 4711);
    g_assert_true(merkle_hash_equal(&checkpoint->root, &root));
    g_assert_cmpuint(checkpoint->body_length, ==, strlen(body));
    g_assert_true(checkpoint_is_signed(checkpoint, &key, NULL));
    AuditKey other = key_of_seed("clew/other", AUDIT_KEY_LOG);
    g_assert_false(checkpoint_is_signed(checkpoint, &other, NULL));
    AuditKey witness = key_of_seed("clew/test", AUDIT_KEY_WITNESS);
    g_assert_false(checkpoint_is_signed(checkpoint, &witness, NULL));
}

static void a_cosignature_tells_its_time(void)
{
    AuditKey witness = key_of_seed("witness.example/w1", AUDIT_KEY_WITNESS);
    MerkleHash root = merkle_leaf("x", 1);
    g_autofree char *body = checkpoint_body("clew/test", 5, &root);
    g_autofree char *note = signed_note(body, &witness, 1679315147);
    g_autoptr(Checkpoint) checkpoint = parsed(note);
    uint64_t seconds = 0;
    g_assert_true(checkpoint_is_signed(checkpoint, &witness, &seconds));
    g_assert_cmpuint(seconds, ==, 1679315147);
}

// One character after the other, each replaced by a near one: refused, or no longer signed.
static void no_changed_note_is_signed(void)
{
    AuditKey key = key_of_seed("clew/test", AUDIT_KEY_LOG);
    MerkleHash root = merkle_leaf("x", 1);
    g_autofree char *body = checkpoint_body("clew/test", 4711, &root);
    g_autofree char *note = signed_note(body, &key, 0);
    for (size_t i = 0; note[i] != '\0'; i++) {
        g_autofree char *changed = g_strdup(note);
        changed[i] ^= 1;
        g_autoptr(Checkpoint) checkpoint = checkpoint_parse(changed, strlen(changed), NULL);
        g_assert_false(checkpoint != NULL && checkpoint_is_signed(checkpoint, &key, NULL));
    }
}

// A forged line beside a true one makes the whole doubtful; a stranger's line does not.
static void a_false_signature_of_the_key_spoils_the_note(void)
{
    AuditKey key = key_of_seed("clew/test", AUDIT_KEY_LOG);
    AuditKey stranger = key_of_seed("stranger", AUDIT_KEY_LOG);
    MerkleHash root = merkle_leaf("x", 1);
    const uint8_t zeros[AUDIT_SIGNATURE_BYTES] = {0};
    g_autofree char *body = checkpoint_body("clew/test", 4711, &root);
    g_autofree char *note = signed_note(body, &key, 0);
    g_autofree char *false_line = checkpoint_signature_line(&key, 0, zeros);
    g_autofree char *strange_line = checkpoint_signature_line(&stranger, 0, zeros);
    g_autofree char *spoiled = g_strconcat(note, false_line, NULL);
    g_autofree char *accompanied = g_strconcat(note, strange_line, NULL);
    g_autoptr(Checkpoint) first = parsed(spoiled);
    g_autoptr(Checkpoint) second = parsed(accompanied);
    g_assert_false(checkpoint_is_signed(first, &key, NULL));
    g_assert_true(checkpoint_is_signed(second, &key, NULL));
}

static void refuses_texts_with_two_readings(void)
{
    static const char *const rows[] = {
        "",
        "a\n5\n" ROOT "\n",
        "a\n5\n" ROOT "\n\n",
        "a\n5\n" ROOT "\n\n" DASH " a AAAAAAE=",
        "a\n5\n" ROOT "\n\n" DASH " a AAAAAAE=\n\n",
        "a\n5\n" ROOT "\n\n" DASH " a AAAAAAF=\n",
        "a\n5\n" ROOT "\n\n" DASH " a AAAAAA==\n",
        "a\n5\n" ROOT "\n\n" DASH "  AAAAAAE=\n",
        "a\n5\n" ROOT "\n\n- a AAAAAAE=\n",
        "\n5\n" ROOT "\n\n" DASH " a AAAAAAE=\n",
        "a\n05\n" ROOT "\n\n" DASH " a AAAAAAE=\n",
        "a\n-5\n" ROOT "\n\n" DASH " a AAAAAAE=\n",
        "a\n+5\n" ROOT "\n\n" DASH " a AAAAAAE=\n",
        "a\n9223372036854775808\n" ROOT "\n\n" DASH " a AAAAAAE=\n",
        "a\n99999999999999999999\n" ROOT "\n\n" DASH " a AAAAAAE=\n",
        "a\n5\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2J=\n\n" DASH " a AAAAAAE=\n",
        "a\n5\nAAAA\n\n" DASH " a AAAAAAE=\n",
        "a\r\n5\n" ROOT "\n\n" DASH " a AAAAAAE=\n",
        "a\xff\n5\n" ROOT "\n\n" DASH " a AAAAAAE=\n",
    };
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(GError) error = NULL;
        g_test_message("row %zu", i);
        g_assert_null(checkpoint_parse(rows[i], strlen(rows[i]), &error));
        g_assert_error(error, CLEW_ERROR, CLEW_ERROR_INVALID);
    }
    g_autoptr(Checkpoint) sound = parsed("a\n5\n" ROOT "\nmore\n\n" DASH " a AAAAAAE=\n");
    g_assert_cmpuint(sound->size, ==, 5);
}

static void is_bounded(void)
{
    g_autoptr(GString) many = g_string_new("a\n5\n" ROOT "\n\n");
    for (unsigned i = 0; i <= LIMIT_CHECKPOINT_SIGNATURES; i++)
        g_string_append(many, DASH " a AAAAAAE=\n");
    g_autoptr(GError) error = NULL;
    g_assert_null(checkpoint_parse(many->str, many->len, &error));
    g_assert_error(error, CLEW_ERROR, CLEW_ERROR_LIMIT);
    g_clear_error(&error);
    g_string_set_size(many, LIMIT_CHECKPOINT_BYTES + 1);
    g_assert_null(checkpoint_parse(many->str, many->len, &error));
    g_assert_error(error, CLEW_ERROR, CLEW_ERROR_LIMIT);
}

static void reads_files_of_many(void)
{
    static const char text[] = "a\n5\n" ROOT "\n\n" DASH " a AAAAAAE=\n" DASH " b AAAAAAE=\n\n"
                               "a\n6\n" ROOT "\n\n" DASH " a AAAAAAE=\n\n";
    g_autoptr(GPtrArray) notes = g_ptr_array_new_with_free_func((GDestroyNotify)checkpoint_free);
    g_autoptr(GError) error = NULL;
    checkpoint_parse_many(text, strlen(text), notes, &error);
    g_assert_no_error(error);
    g_assert_cmpuint(notes->len, ==, 2);
    g_assert_cmpuint(((Checkpoint *)notes->pdata[1])->size, ==, 6);
    g_assert_cmpuint(((Checkpoint *)notes->pdata[0])->signatures->len, ==, 2);
    g_assert_false(checkpoint_parse_many(text, strlen(text) - 5, notes, &error));
    g_assert_error(error, CLEW_ERROR, CLEW_ERROR_INVALID);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/reads_the_published_key", reads_the_published_key);
    g_test_add_func("/refuses_keys_that_do_not_fit", refuses_keys_that_do_not_fit);
    g_test_add_func("/reads_what_it_made", reads_what_it_made);
    g_test_add_func("/a_cosignature_tells_its_time", a_cosignature_tells_its_time);
    g_test_add_func("/no_changed_note_is_signed", no_changed_note_is_signed);
    g_test_add_func("/a_false_signature_of_the_key_spoils_the_note",
                    a_false_signature_of_the_key_spoils_the_note);
    g_test_add_func("/refuses_texts_with_two_readings", refuses_texts_with_two_readings);
    g_test_add_func("/is_bounded", is_bounded);
    g_test_add_func("/reads_files_of_many", reads_files_of_many);
    return g_test_run();
}
