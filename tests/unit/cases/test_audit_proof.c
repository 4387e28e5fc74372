// SPDX-License-Identifier: Apache-2.0
//
// Promise: a proof of a leaf holds with nothing but the log's public key, and no changed one does.
#include "cases/audit_proof.h"

#include <string.h>
#include <unistd.h>

#include "base/error.h"
#include "cases/act.h"
#include "cases/audit_appender.h"
#include "cases/audit_files.h"

#define ACTS 21u

typedef struct {
    char *folder;
    Casework *work;
    AuditSigner *signer;
    AuditKey key;
} Bench;

static void remove_all(const char *path)
{
    g_autoptr(GDir) folder = g_dir_open(path, 0, NULL);
    const char *name;
    while (folder != NULL && (name = g_dir_read_name(folder)) != NULL) {
        g_autofree char *child = g_build_filename(path, name, NULL);
        if (g_file_test(child, G_FILE_TEST_IS_DIR))
            remove_all(child);
        else
            unlink(child);
    }
    rmdir(path);
}

static void sign_head(Bench *bench)
{
    g_autoptr(GError) error = NULL;
    uint64_t size;
    g_autoptr(AuditHead) head =
        audit_head_new(bench->work, &(AuditAppenderOptions){.signer = bench->signer}, &error);
    g_assert_no_error(error);
    audit_head_advance(head, &size, &error);
    g_assert_no_error(error);
}

static void act(Bench *bench, unsigned i)
{
    const Actor actor = {.name = "O'Neill \"\xc3\xa9\"\n\\", .session = "s", .account_id = 3};
    g_autoptr(GError) error = NULL;
    g_autoptr(Act) act = act_begin(bench->work, &actor, AUDIT_SEARCH, &error);
    g_assert_no_error(error);
    json_write_member_uint(act_payload(act), "number", i);
    act_set_object(act, "media %u", i);
    act_commit(act, &error);
    g_assert_no_error(error);
}

static void bench_init(Bench *bench)
{
    g_autoptr(GError) error = NULL;
    bench->folder = g_dir_make_tmp("clew-audit-XXXXXX", &error);
    bench->signer = audit_signer_start(bench->folder, &error);
    g_assert_no_error(error);
    bench->work = casework_open(&(CaseworkOptions){.data_folder = bench->folder}, &error);
    g_assert_no_error(error);
    for (unsigned i = 0; i < ACTS; i++) {
        act(bench, i);
        if (i % 8 == 7)
            sign_head(bench);
    }
    sign_head(bench);
    g_autofree char *path = audit_file_public_key(bench->folder);
    audit_public_key_read(path, &bench->key, &error);
    g_assert_no_error(error);
}

static void bench_clear(Bench *bench)
{
    audit_signer_free(bench->signer);
    casework_close(bench->work);
    remove_all(bench->folder);
    g_free(bench->folder);
}

static char *proof_of(Bench *bench, uint64_t seq)
{
    g_autoptr(GError) error = NULL;
    char *text = audit_proof_make(bench->work, seq, &error);
    g_assert_no_error(error);
    return text;
}

static void every_leaf_can_be_proven(gconstpointer data)
{
    Bench *bench = (Bench *)data;
    for (uint64_t seq = 1; seq <= ACTS; seq++) {
        g_autoptr(GError) error = NULL;
        g_auto(AuditProof) proof = {0};
        g_autofree char *text = proof_of(bench, seq);
        audit_proof_check(text, strlen(text), &bench->key, &proof, &error);
        g_assert_no_error(error);
        g_assert_cmpuint(proof.leaf->leaf.seq, ==, seq);
        g_assert_cmpstr(proof.leaf->leaf.actor, ==, "O'Neill \"\xc3\xa9\"\n\\");
        g_assert_cmpuint(proof.checkpoint->size, >=, seq);
    }
}

// Another character at each place: of the leaf, the path, the head.
static void no_changed_proof_holds(gconstpointer data)
{
    Bench *bench = (Bench *)data;
    g_autofree char *text = proof_of(bench, 6);
    for (size_t i = 0; text[i] != '\0'; i++) {
        g_auto(AuditProof) proof = {0};
        g_autofree char *changed = g_strdup(text);
        changed[i] ^= 1;
        g_assert_false(audit_proof_check(changed, strlen(changed), &bench->key, &proof, NULL));
    }
}

static void a_proof_needs_its_own_key(gconstpointer data)
{
    Bench *bench = (Bench *)data;
    AuditKey other = bench->key;
    g_auto(AuditProof) proof = {0};
    g_autoptr(GError) error = NULL;
    g_autofree char *text = proof_of(bench, 6);
    other.key[0] ^= 1;
    g_assert_false(audit_proof_check(text, strlen(text), &other, &proof, &error));
    g_assert_error(error, CLEW_ERROR, CLEW_ERROR_DENIED);
}

static void a_missing_tree_is_no_hindrance(gconstpointer data)
{
    Bench *bench = (Bench *)data;
    g_auto(AuditProof) proof = {0};
    g_autofree char *tree = audit_file_tree(bench->folder);
    unlink(tree);
    g_autofree char *text = proof_of(bench, 13);
    g_assert_true(audit_proof_check(text, strlen(text), &bench->key, &proof, NULL));
}

static void leaves_that_are_not_there_are_said(gconstpointer data)
{
    Bench *bench = (Bench *)data;
    g_autoptr(GError) error = NULL;
    g_assert_null(audit_proof_make(bench->work, ACTS + 1, &error));
    g_assert_error(error, CLEW_ERROR, CLEW_ERROR_NOT_FOUND);
    g_clear_error(&error);
    act(bench, 99); // no head covers it
    g_assert_null(audit_proof_make(bench->work, ACTS + 1, &error));
    g_assert_error(error, CLEW_ERROR, CLEW_ERROR_NOT_FOUND);
}

int main(int argc, char **argv)
{
    Bench bench = {0};
    g_test_init(&argc, &argv, NULL);
    bench_init(&bench);
    g_test_add_data_func("/every_leaf_can_be_proven", &bench, every_leaf_can_be_proven);
    g_test_add_data_func("/no_changed_proof_holds", &bench, no_changed_proof_holds);
    g_test_add_data_func("/a_proof_needs_its_own_key", &bench, a_proof_needs_its_own_key);
    g_test_add_data_func("/a_missing_tree_is_no_hindrance", &bench, a_missing_tree_is_no_hindrance);
    g_test_add_data_func("/leaves_that_are_not_there_are_said", &bench,
                         leaves_that_are_not_there_are_said);
    int status = g_test_run();
    bench_clear(&bench);
    return status;
}
