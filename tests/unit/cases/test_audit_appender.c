// SPDX-License-Identifier: Apache-2.0
//
// Promise: heads follow the record, are signed once and never against one another, reach file,
// table and witnesses, and what falls in between is made up for.
#include "cases/audit_appender.h"

#include <glib/gstdio.h>
#include <signal.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/error.h"
#include "cases/act.h"
#include "cases/audit_check.h"
#include "cases/audit_files.h"
#include "cases/audit_tree.h"
#include "cases/checkpoint.h"
#include "store/audit_leaves.h"

// A witness as it should be, but for what a test tells it.
typedef struct {
    AuditSeed seed;
    AuditKey key, log;
    bool is_offline, lies;
    uint64_t size;
    MerkleHash root;
    unsigned asked;
} FakeWitness;

typedef struct {
    char *folder;
    Casework *work;
    AuditSigner *signer;
    FakeWitness witness;
    AuditWitness known;
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

static void bench_init(Bench *bench)
{
    g_autoptr(GError) error = NULL;
    uint8_t bytes[AUDIT_KEY_BYTES];
    memset(bench, 0, sizeof *bench);
    bench->folder = g_dir_make_tmp("clew-audit-XXXXXX", &error);
    g_assert_no_error(error);
    bench->signer = audit_signer_start(bench->folder, &error);
    g_assert_no_error(error);
    bench->work = casework_open(&(CaseworkOptions){.data_folder = bench->folder}, &error);
    g_assert_no_error(error);
    memset(bench->witness.seed.bytes, 5, AUDIT_KEY_BYTES);
    g_assert_true(audit_seed_public(&bench->witness.seed, bytes));
    g_assert_true(
        audit_key_init(&bench->witness.key, "witness.example/w1", AUDIT_KEY_WITNESS, bytes, NULL));
    bench->known = (AuditWitness){.url = "http://witness.example", .key = bench->witness.key};
}

static void bench_clear(Bench *bench)
{
    audit_signer_free(bench->signer);
    casework_close(bench->work);
    remove_all(bench->folder);
    g_free(bench->folder);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Bench, bench_clear)

static void act_times(Bench *bench, unsigned count)
{
    const Actor actor = actor_of_command_line("tester");
    g_autoptr(GError) error = NULL;
    for (unsigned i = 0; i < count; i++) {
        g_autoptr(Act) act = act_begin(bench->work, &actor, AUDIT_SEARCH, &error);
        g_assert_no_error(error);
        act_commit(act, &error);
        g_assert_no_error(error);
    }
}

// ---- The fake witness

static char *cosign(FakeWitness *witness, const Checkpoint *checkpoint)
{
    uint8_t signature[AUDIT_SIGNATURE_BYTES];
    g_autofree char *body = g_strndup(checkpoint->text, checkpoint->body_length);
    g_autofree char *text = checkpoint_cosigned_text(body, 1700000000);
    g_assert_true(audit_seed_sign(&witness->seed, text, strlen(text), signature));
    signature[3] ^= witness->lies;
    return checkpoint_signature_line(&witness->key, 1700000000, signature);
}

static bool post(void *user_data, const char *url, const char *body, unsigned *ret_status,
                 char **ret_answer, GError **err)
{
    FakeWitness *witness = user_data;
    MerkleProof proof = {0};
    witness->asked++;
    g_assert_cmpstr(url, ==, "http://witness.example/add-checkpoint");
    if (witness->is_offline) {
        g_set_error(err, CLEW_ERROR, CLEW_ERROR_IO, "nobody answers");
        return false;
    }
    const char *blank = strstr(body, "\n\n");
    g_autoptr(Checkpoint) checkpoint = checkpoint_parse(blank + 2, strlen(blank + 2), NULL);
    g_assert_nonnull(checkpoint);
    g_assert_true(checkpoint_is_signed(checkpoint, &witness->log, NULL));
    g_autofree char *head = g_strndup(body, (size_t)(blank - body));
    g_auto(GStrv) lines = g_strsplit(head, "\n", -1);
    g_assert_true(g_str_has_prefix(lines[0], "old "));
    uint64_t old_size = g_ascii_strtoull(lines[0] + 4, NULL, 10);
    if (old_size != witness->size) {
        *ret_status = 409;
        *ret_answer = g_strdup_printf("%" G_GUINT64_FORMAT "\n", witness->size);
        return true;
    }
    for (unsigned i = 1; lines[i] != NULL; i++) {
        size_t size;
        g_autofree guchar *bytes = g_base64_decode(lines[i], &size);
        g_assert_cmpuint(size, ==, MERKLE_HASH_BYTES);
        memcpy(proof.hashes[proof.count++].bytes, bytes, size);
    }
    if (!merkle_verify_consistency(old_size, &witness->root, checkpoint->size, &checkpoint->root,
                                   &proof)) {
        *ret_status = 422;
        *ret_answer = g_strdup("");
        return true;
    }
    witness->size = checkpoint->size;
    witness->root = checkpoint->root;
    *ret_status = 200;
    *ret_answer = cosign(witness, checkpoint);
    return true;
}

static AuditHead *head_of(Bench *bench)
{
    g_autoptr(GError) error = NULL;
    AuditHead *head = audit_head_new(bench->work,
                                     &(AuditAppenderOptions){.signer = bench->signer,
                                                             .witnesses = &bench->known,
                                                             .witness_count = 1,
                                                             .post = post,
                                                             .user_data = &bench->witness},
                                     &error);
    g_assert_no_error(error);
    return head;
}

static void advance(AuditHead *head, uint64_t expected)
{
    g_autoptr(GError) error = NULL;
    uint64_t size;
    audit_head_advance(head, &size, &error);
    g_assert_no_error(error);
    g_assert_cmpuint(size, ==, expected);
}

static void know_log(Bench *bench)
{
    uint64_t size;
    MerkleHash root;
    g_autoptr(GError) error = NULL;
    audit_signer_state(bench->signer, &bench->witness.log, &size, &root, &error);
    g_assert_no_error(error);
}

static void assert_sound(Bench *bench, uint64_t size)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *own = audit_file_checkpoints(bench->folder);
    g_autoptr(AuditCheck) check =
        audit_check(bench->work, (AuditCheckOptions){.checkpoint_file = own}, &error);
    g_assert_no_error(error);
    g_assert_cmpuint(check->faults, ==, 0);
    g_assert_cmpuint(check->signed_size, ==, size);
}

// ---- Tests

static void heads_follow_the_record(void)
{
    g_auto(Bench) bench;
    bench_init(&bench);
    g_autoptr(AuditHead) head = head_of(&bench);
    advance(head, 0);
    act_times(&bench, 3);
    advance(head, 3);
    advance(head, 3);
    act_times(&bench, 7);
    advance(head, 10);
    assert_sound(&bench, 10);
    struct stat status;
    g_autofree char *key = audit_file_key(bench.folder);
    g_autofree char *own = audit_file_checkpoints(bench.folder);
    g_assert_cmpint(stat(key, &status), ==, 0);
    g_assert_cmpuint(status.st_mode & 0777, ==, 0600);
    g_assert_cmpint(stat(own, &status), ==, 0);
    g_assert_cmpuint(status.st_mode & 0777, ==, 0600);
}

static void a_new_head_goes_on_where_the_last_one_was(void)
{
    g_auto(Bench) bench;
    bench_init(&bench);
    act_times(&bench, 5);
    AuditHead *first = head_of(&bench);
    advance(first, 5);
    audit_head_free(first);
    act_times(&bench, 4);
    g_autoptr(AuditHead) second = head_of(&bench);
    advance(second, 9);
    assert_sound(&bench, 9);
}

static void a_damaged_tree_is_made_anew(void)
{
    g_auto(Bench) bench;
    bench_init(&bench);
    act_times(&bench, 6);
    AuditHead *first = head_of(&bench);
    advance(first, 6);
    audit_head_free(first);
    g_autofree char *tree = audit_file_tree(bench.folder);
    FILE *file = fopen(tree, "r+");
    g_assert_nonnull(file);
    fputc('x', file);
    fclose(file);
    act_times(&bench, 3);
    g_autoptr(AuditHead) second = head_of(&bench);
    advance(second, 9);
    assert_sound(&bench, 9);
}

static void the_signer_never_signs_two_heads(void)
{
    g_auto(Bench) bench;
    bench_init(&bench);
    act_times(&bench, 6);
    AuditHead *head = head_of(&bench);
    advance(head, 6);
    audit_head_free(head);
    uint8_t signature[AUDIT_SIGNATURE_BYTES];
    MerkleHash other = merkle_leaf("other", 5);
    const MerkleProof none = {0};
    static const uint64_t sizes[] = {1, 5, 6, 7, 12};
    for (size_t i = 0; i < G_N_ELEMENTS(sizes); i++) {
        g_autoptr(GError) error = NULL;
        g_assert_false(audit_signer_sign(bench.signer, sizes[i], &other, &none, signature, &error));
        g_assert_error(error, CLEW_ERROR, CLEW_ERROR_DENIED);
    }
}

// The database goes back to an older state, as from a backup; the signer's own file does not.
static void an_older_copy_of_the_record_is_not_signed(void)
{
    g_auto(Bench) bench;
    g_autoptr(GError) error = NULL;
    uint64_t size;
    bench_init(&bench);
    act_times(&bench, 6);
    g_autoptr(AuditHead) head = head_of(&bench);
    advance(head, 6);
    database_execute(casework_database(bench.work),
                     "DELETE FROM audit_leaf WHERE seq > 4; DELETE FROM audit_checkpoint", &error);
    g_assert_no_error(error);
    g_assert_false(audit_head_advance(head, &size, &error));
    g_assert_error(error, CLEW_ERROR, CLEW_ERROR_DENIED);
    g_clear_error(&error);
    act_times(&bench, 4); // as long as before, but another record
    g_assert_false(audit_head_advance(head, &size, &error));
    g_assert_error(error, CLEW_ERROR, CLEW_ERROR_DENIED);
}

static void a_fallen_signer_comes_back(void)
{
    g_auto(Bench) bench;
    bench_init(&bench);
    act_times(&bench, 2);
    g_autoptr(AuditHead) head = head_of(&bench);
    advance(head, 2);
    int process = audit_signer_process(bench.signer);
    g_assert_cmpint(process, >, 0);
    g_assert_cmpint(kill(process, SIGKILL), ==, 0);
    act_times(&bench, 2); // acts do not wait for it
    advance(head, 4);
    g_assert_cmpint(audit_signer_process(bench.signer), !=, process);
    assert_sound(&bench, 4);
}

static void a_key_that_others_can_read_signs_nothing(void)
{
    g_auto(Bench) bench;
    g_autoptr(GError) error = NULL;
    uint64_t size;
    bench_init(&bench);
    know_log(&bench);
    g_autofree char *key = audit_file_key(bench.folder);
    g_assert_cmpint(chmod(key, 0640), ==, 0);
    act_times(&bench, 1);
    g_autoptr(AuditHead) head = head_of(&bench);
    g_assert_false(audit_head_advance(head, &size, &error));
    g_assert_error(error, CLEW_ERROR, CLEW_ERROR_DENIED);
}

static void a_witness_cosigns(void)
{
    g_auto(Bench) bench;
    g_autoptr(GError) error = NULL;
    bench_init(&bench);
    know_log(&bench);
    act_times(&bench, 3);
    g_autoptr(AuditHead) head = head_of(&bench);
    advance(head, 3);
    g_assert_true(audit_head_witness(head, &error));
    act_times(&bench, 4);
    advance(head, 7);
    g_assert_true(audit_head_witness(head, &error));
    g_assert_true(audit_head_witness(head, &error)); // nothing to ask
    g_assert_no_error(error);
    g_assert_cmpuint(bench.witness.asked, ==, 2);
    g_assert_cmpuint(bench.witness.size, ==, 7);
    g_autoptr(StoredCheckpoint) newest = NULL;
    g_assert_true(audit_checkpoints_last(casework_database(bench.work), &newest, NULL));
    g_autoptr(Checkpoint) checkpoint = checkpoint_parse(newest->note, strlen(newest->note), NULL);
    g_assert_true(checkpoint_is_signed(checkpoint, &bench.witness.key, NULL));
    g_assert_true(checkpoint_is_signed(checkpoint, &bench.witness.log, NULL));
    assert_sound(&bench, 7);
}

// After a restart the server does not know what the witness saw; it says so.
static void a_witness_that_knows_more_is_asked_again(void)
{
    g_auto(Bench) bench;
    bench_init(&bench);
    know_log(&bench);
    act_times(&bench, 3);
    AuditHead *first = head_of(&bench);
    advance(first, 3);
    g_assert_true(audit_head_witness(first, NULL));
    audit_head_free(first);
    act_times(&bench, 2);
    g_autoptr(AuditHead) second = head_of(&bench);
    advance(second, 5);
    g_assert_true(audit_head_witness(second, NULL));
    g_assert_cmpuint(bench.witness.asked, ==, 3);
    g_assert_cmpuint(bench.witness.size, ==, 5);
}

static void a_witness_that_is_offline_or_lies_is_said(void)
{
    g_auto(Bench) bench;
    bench_init(&bench);
    know_log(&bench);
    act_times(&bench, 3);
    for (unsigned i = 0; i < 2; i++) {
        g_autoptr(GError) error = NULL;
        g_autoptr(AuditHead) head = head_of(&bench);
        bench.witness.is_offline = i == 0;
        bench.witness.lies = i == 1;
        advance(head, 3);
        g_assert_false(audit_head_witness(head, &error));
        int code = i == 0 ? CLEW_ERROR_IO : CLEW_ERROR_DENIED;
        g_assert_error(error, CLEW_ERROR, code);
        unsigned asked = bench.witness.asked;
        g_assert_true(audit_head_witness(head, NULL)); // later
        g_assert_cmpuint(bench.witness.asked, ==, asked);
    }
    assert_sound(&bench, 3);
}

static void a_witness_with_a_longer_record_is_said(void)
{
    g_auto(Bench) bench;
    g_autoptr(GError) error = NULL;
    bench_init(&bench);
    know_log(&bench);
    act_times(&bench, 3);
    bench.witness.size = 900;
    g_autoptr(AuditHead) head = head_of(&bench);
    advance(head, 3);
    g_assert_false(audit_head_witness(head, &error));
    g_assert_error(error, CLEW_ERROR, CLEW_ERROR_CONFLICT);
}

static void a_tree_file_gives_every_node(void)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *folder = g_dir_make_tmp("clew-tree-XXXXXX", &error);
    g_autofree char *path = g_build_filename(folder, "audit", "tree", NULL);
    MerkleHash leaves[70], roots[71];
    MerkleRange range;
    merkle_range_init(&range);
    for (unsigned i = 0; i < G_N_ELEMENTS(leaves); i++) {
        leaves[i] = merkle_leaf(&i, sizeof i);
        merkle_range_append(&range, &leaves[i], NULL, NULL);
        roots[i + 1] = merkle_range_root(&range);
        g_autoptr(AuditTree) tree = audit_tree_open(path, &error);
        g_assert_no_error(error);
        g_assert_cmpuint(audit_tree_size(tree), ==, i);
        g_assert_true(audit_tree_append(tree, leaves[i].bytes, 1, &error));
        for (uint64_t size = 1; size <= i + 1; size++) {
            MerkleHash root;
            MerkleProof proof;
            g_assert_true(audit_tree_root(tree, size, &root, &error));
            g_assert_true(merkle_hash_equal(&root, &roots[size]));
            g_assert_true(audit_tree_prove_inclusion(tree, size - 1, i + 1, &proof, &error));
            g_assert_true(
                merkle_verify_inclusion(&leaves[size - 1], size - 1, i + 1, &proof, &roots[i + 1]));
            g_assert_true(audit_tree_prove_consistency(tree, size, i + 1, &proof, &error));
            g_assert_true(
                merkle_verify_consistency(size, &roots[size], i + 1, &roots[i + 1], &proof));
        }
    }
    // Half an entry, as a crash may leave it.
    g_assert_cmpint(truncate(path, 32 * 60 + 7), ==, 0);
    g_autoptr(AuditTree) tree = audit_tree_open(path, &error);
    g_assert_no_error(error);
    uint64_t size = audit_tree_size(tree);
    g_assert_cmpuint(size, ==, 31);
    g_assert_true(audit_tree_append(tree, leaves[size].bytes, 70 - size, &error));
    MerkleHash root;
    g_assert_true(audit_tree_root(tree, 70, &root, &error));
    g_assert_true(merkle_hash_equal(&root, &roots[70]));
    remove_all(folder);
}

static void count_sentence(void *user_data, const char *sentence)
{
    g_test_message("%s", sentence);
}

static void the_thread_appends_and_ends(void)
{
    g_auto(Bench) bench;
    g_autoptr(GError) error = NULL;
    bench_init(&bench);
    act_times(&bench, 4);
    AuditAppender *appender =
        audit_appender_start(&(AuditAppenderOptions){.casework = {.data_folder = bench.folder},
                                                     .signer = bench.signer,
                                                     .say = count_sentence},
                             &error);
    g_assert_no_error(error);
    act_times(&bench, 4);
    audit_appender_stop(appender);
    assert_sound(&bench, 8);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/heads_follow_the_record", heads_follow_the_record);
    g_test_add_func("/a_new_head_goes_on_where_the_last_one_was",
                    a_new_head_goes_on_where_the_last_one_was);
    g_test_add_func("/a_damaged_tree_is_made_anew", a_damaged_tree_is_made_anew);
    g_test_add_func("/the_signer_never_signs_two_heads", the_signer_never_signs_two_heads);
    g_test_add_func("/an_older_copy_of_the_record_is_not_signed",
                    an_older_copy_of_the_record_is_not_signed);
    g_test_add_func("/a_fallen_signer_comes_back", a_fallen_signer_comes_back);
    g_test_add_func("/a_key_that_others_can_read_signs_nothing",
                    a_key_that_others_can_read_signs_nothing);
    g_test_add_func("/a_witness_cosigns", a_witness_cosigns);
    g_test_add_func("/a_witness_that_knows_more_is_asked_again",
                    a_witness_that_knows_more_is_asked_again);
    g_test_add_func("/a_witness_that_is_offline_or_lies_is_said",
                    a_witness_that_is_offline_or_lies_is_said);
    g_test_add_func("/a_witness_with_a_longer_record_is_said",
                    a_witness_with_a_longer_record_is_said);
    g_test_add_func("/a_tree_file_gives_every_node", a_tree_file_gives_every_node);
    g_test_add_func("/the_thread_appends_and_ends", the_thread_appends_and_ends);
    return g_test_run();
}
