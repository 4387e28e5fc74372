// SPDX-License-Identifier: Apache-2.0
#include "cases/audit_appender.h"

#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/error.h"
#include "base/limits.h"
#include "cases/audit_files.h"
#include "cases/audit_tree.h"
#include "cases/audit_witness.h"
#include "cases/checkpoint.h"
#include "store/audit_leaves.h"

#define HASHES_AT_A_TIME 4096u
#define PERIOD_US 1000000
#define FIRST_WAIT_US (10 * PERIOD_US)
#define LONGEST_WAIT_US (300 * PERIOD_US)
#define TAIL_BYTES (2 * LIMIT_CHECKPOINT_BYTES)

typedef struct {
    AuditKey key;
    char *url;
    uint64_t size;        // of the last head it is known to have seen
    uint64_t signed_size; // of the last head it cosigned for us
    int64_t next_us;      // not asked before
    int64_t wait_us;      // after the next failure
} Witness;

struct AuditHead {
    Casework *work;
    AuditSigner *signer;
    AuditTree *tree;
    AuditPost *post;
    void *user_data;
    Witness *witnesses;
    size_t witness_count;
    char *checkpoints; // path

    bool knows_signer; // the fields below are the signer's
    AuditKey key;
    uint64_t signed_size;
    MerkleHash signed_root;

    uint64_t size;  // of the newest head that is stored; 0: none
    char *note;     // its text
    bool file_lags; // a head may be in the table and not in the file
};

// ---- The checkpoint file ----------------------------------------------------------------------

// Whether a text stands near the end of a file.
static bool stands_at_end(const char *path, const char *text)
{
    struct stat status;
    bool stands = false;
    int descriptor = open(path, O_RDONLY | O_CLOEXEC);
    if (descriptor < 0)
        return false;
    if (fstat(descriptor, &status) == 0) {
        g_autofree char *tail = g_malloc0(TAIL_BYTES + 1);
        off_t from = MAX(status.st_size - (off_t)TAIL_BYTES, 0);
        ssize_t got = pread(descriptor, tail, TAIL_BYTES, from);
        stands = got > 0 && g_strstr_len(tail, got, text) != NULL;
    }
    close(descriptor);
    return stands;
}

// The newest head is taken from the table; it may not have reached the file.
static bool take_newest(AuditHead *head, GError **err)
{
    g_autoptr(StoredCheckpoint) newest = NULL;
    if (!audit_checkpoints_last(casework_database(head->work), &newest, err))
        return false;
    if (newest == NULL)
        return true;
    head->size = newest->size;
    g_free(head->note);
    head->note = g_strdup(newest->note);
    return stands_at_end(head->checkpoints, newest->note) ||
           checkpoint_file_append(head->checkpoints, newest->note, err);
}

AuditHead *audit_head_new(Casework *work, const AuditAppenderOptions *options, GError **err)
{
    g_autoptr(AuditHead) head = g_new0(AuditHead, 1);
    g_autofree char *tree = audit_file_tree(casework_folder(work));
    head->work = work;
    head->signer = options->signer;
    head->post = options->post;
    head->user_data = options->user_data;
    head->checkpoints = audit_file_checkpoints(casework_folder(work));
    head->witness_count = options->witness_count;
    head->witnesses = g_new0(Witness, options->witness_count);
    for (size_t i = 0; i < options->witness_count; i++)
        head->witnesses[i] = (Witness){.key = options->witnesses[i].key,
                                       .url = g_strdup(options->witnesses[i].url),
                                       .wait_us = FIRST_WAIT_US};
    head->tree = audit_tree_open(tree, err);
    return head->tree != NULL && take_newest(head, err) ? g_steal_pointer(&head) : NULL;
}

void audit_head_free(AuditHead *head)
{
    if (head == NULL)
        return;
    for (size_t i = 0; i < head->witness_count; i++)
        g_free(head->witnesses[i].url);
    g_free(head->witnesses);
    audit_tree_free(head->tree);
    g_free(head->checkpoints);
    g_free(head->note);
    g_free(head);
}

// ---- Heads ------------------------------------------------------------------------------------

static bool follow_leaves(AuditHead *head, GError **err)
{
    Database *database = casework_database(head->work);
    g_autoptr(GByteArray) hashes = g_byte_array_new();
    uint64_t last;
    if (!audit_leaves_last(database, &last, err) ||
        (last < audit_tree_size(head->tree) && !audit_tree_clear(head->tree, err)))
        return false;
    do {
        g_byte_array_set_size(hashes, 0);
        if (!audit_leaves_read_hashes(database, audit_tree_size(head->tree), HASHES_AT_A_TIME,
                                      hashes, err) ||
            !audit_tree_append(head->tree, hashes->data, hashes->len / SHA256_BYTES, err))
            return false;
    } while (hashes->len > 0);
    return true;
}

static bool know_signer(AuditHead *head, GError **err)
{
    head->knows_signer =
        head->knows_signer ||
        audit_signer_state(head->signer, &head->key, &head->signed_size, &head->signed_root, err);
    return head->knows_signer;
}

static bool store_head(AuditHead *head, uint64_t size, const MerkleHash *root, const char *note,
                       GError **err)
{
    StoredCheckpoint stored = {.size = size, .has_root = true, .note = (char *)note};
    memcpy(stored.root, root->bytes, SHA256_BYTES);
    head->file_lags = true;
    if (!audit_checkpoints_put(casework_database(head->work), &stored, err) ||
        !checkpoint_file_append(head->checkpoints, note, err))
        return false;
    head->file_lags = false;
    char *kept = g_strdup(note);
    g_free(head->note);
    head->note = kept;
    head->size = size;
    return true;
}

static bool refuse_shorter(const AuditHead *head, uint64_t size, GError **err)
{
    g_set_error(err, CLEW_ERROR, CLEW_ERROR_DENIED,
                "the record has %" G_GUINT64_FORMAT " leaves, and a head of %" G_GUINT64_FORMAT
                " was signed: the database is an older copy or its end was cut off; no head is "
                "signed until that is settled",
                size, head->signed_size);
    return false;
}

static bool sign_head(AuditHead *head, uint64_t size, GError **err)
{
    MerkleHash root;
    MerkleProof proof;
    uint8_t signature[AUDIT_SIGNATURE_BYTES];
    if (!know_signer(head, err))
        return false;
    if (size < head->signed_size)
        return refuse_shorter(head, size, err);
    if (!audit_tree_root(head->tree, size, &root, err) ||
        !audit_tree_prove_consistency(head->tree, head->signed_size, size, &proof, err))
        return false;
    if (!audit_signer_sign(head->signer, size, &root, &proof, signature, err)) {
        head->knows_signer = false; // it may have signed and fallen before it answered
        return false;
    }
    head->signed_size = size;
    head->signed_root = root;
    g_autofree char *body = checkpoint_body(head->key.name, size, &root);
    g_autofree char *line = checkpoint_signature_line(&head->key, 0, signature);
    g_autofree char *note = checkpoint_note(body, line);
    return store_head(head, size, &root, note, err);
}

// The file is derived: what it says wrongly of leaves that are right is no reason not to sign.
static bool sign_with_new_tree(AuditHead *head, GError **err)
{
    return audit_tree_clear(head->tree, err) && follow_leaves(head, err) &&
           sign_head(head, audit_tree_size(head->tree), err);
}

bool audit_head_advance(AuditHead *head, uint64_t *ret_size, GError **err)
{
    g_autoptr(GError) error = NULL;
    if (head->file_lags && !take_newest(head, err))
        return false;
    head->file_lags = false;
    *ret_size = head->size;
    if (!follow_leaves(head, err))
        return false;
    uint64_t size = audit_tree_size(head->tree);
    if (size == head->size) // the first start makes the key
        return know_signer(head, err) &&
               (size >= head->signed_size || refuse_shorter(head, size, err));
    if (!sign_head(head, size, &error)) {
        bool may_be_tree =
            g_error_matches(error, CLEW_ERROR, CLEW_ERROR_DENIED) && size >= head->signed_size;
        if (!may_be_tree) {
            g_propagate_error(err, g_steal_pointer(&error));
            return false;
        }
        if (!sign_with_new_tree(head, err))
            return false;
    }
    *ret_size = head->size;
    return true;
}

// ---- Witnesses --------------------------------------------------------------------------------

// Once; *ret_again when the witness named another size to begin from.
static bool ask_witness(AuditHead *head, Witness *witness, bool *ret_again, GError **err)
{
    MerkleProof proof;
    unsigned status;
    uint64_t other;
    g_autofree char *answer = NULL, *cosigned = NULL;
    *ret_again = false;
    if (!audit_tree_prove_consistency(head->tree, witness->size, head->size, &proof, err))
        return false;
    g_autofree char *body = audit_witness_request(witness->size, &proof, head->note);
    g_autofree char *url = g_strconcat(witness->url, "/add-checkpoint", NULL);
    if (!head->post(head->user_data, url, body, &status, &answer, err))
        return false;
    switch (
        audit_witness_answer(&witness->key, head->note, status, answer, &cosigned, &other, err)) {
    case AUDIT_WITNESS_COSIGNED:
        witness->size = witness->signed_size = head->size;
        return store_head(head, head->size, &head->signed_root, cosigned, err);
    case AUDIT_WITNESS_HAS_OTHER:
        if (other > head->size || other == witness->size) {
            g_set_error(err, CLEW_ERROR, CLEW_ERROR_CONFLICT,
                        "witness %s knows a head of %" G_GUINT64_FORMAT
                        " leaves that this record of %" G_GUINT64_FORMAT
                        " leaves does not extend: run clewd audit verify",
                        witness->key.name, other, head->size);
            return false;
        }
        witness->size = other;
        *ret_again = true;
        return true;
    default:
        return false;
    }
}

static bool bring_to_witness(AuditHead *head, Witness *witness, GError **err)
{
    bool again;
    bool ok = ask_witness(head, witness, &again, err);
    if (ok && again)
        ok = ask_witness(head, witness, &again, err);
    int64_t now = g_get_monotonic_time();
    witness->next_us = ok ? 0 : now + witness->wait_us;
    witness->wait_us = ok ? FIRST_WAIT_US : MIN(2 * witness->wait_us, (int64_t)LONGEST_WAIT_US);
    return ok;
}

bool audit_head_witness(AuditHead *head, GError **err)
{
    bool all = true;
    // Only of a head that this process signed or learned of from the signer is the root known.
    if (head->size == 0 || head->witness_count == 0)
        return true;
    if (!know_signer(head, err))
        return false;
    if (head->signed_size != head->size)
        return true;
    for (size_t i = 0; i < head->witness_count; i++) {
        Witness *witness = &head->witnesses[i];
        if (witness->signed_size == head->size || g_get_monotonic_time() < witness->next_us)
            continue;
        if (!bring_to_witness(head, witness, all ? err : NULL))
            all = false;
    }
    return all;
}

// ---- The thread -------------------------------------------------------------------------------

struct AuditAppender {
    GThread *thread;
    GMutex lock;
    GCond wake;
    bool stops; // under the lock
    CaseworkOptions casework;
    char *data_folder, *database;
    AuditAppenderOptions options;
    AuditWitness *witnesses;
    AuditSay *say;
    void *user_data;
    char *trouble; // what was said last; NULL: all is well
};

static void tell(AuditAppender *appender, const GError *error)
{
    const char *text = error != NULL ? error->message : NULL;
    if (g_strcmp0(text, appender->trouble) == 0)
        return;
    if (appender->say != NULL)
        appender->say(appender->user_data,
                      text != NULL ? text : "heads of the record are signed and witnessed again");
    g_free(appender->trouble);
    appender->trouble = g_strdup(text);
}

static void step(AuditAppender *appender, AuditHead *head)
{
    g_autoptr(GError) error = NULL;
    uint64_t size;
    if (audit_head_advance(head, &size, &error) && audit_head_witness(head, &error)) {
        bool waits = false; // a witness that failed is asked later: not well yet
        for (size_t i = 0; i < head->witness_count; i++)
            waits |= head->witnesses[i].next_us != 0;
        if (!waits)
            tell(appender, NULL);
        return;
    }
    tell(appender, error);
}

// False when it is time to end.
static bool wait_a_period(AuditAppender *appender)
{
    int64_t until = g_get_monotonic_time() + PERIOD_US;
    g_mutex_lock(&appender->lock);
    while (!appender->stops && g_cond_wait_until(&appender->wake, &appender->lock, until))
        continue;
    bool goes_on = !appender->stops;
    g_mutex_unlock(&appender->lock);
    return goes_on;
}

static void *run(void *data)
{
    AuditAppender *appender = data;
    g_autoptr(Casework) work = NULL;
    g_autoptr(AuditHead) head = NULL;
    bool goes_on = true;
    while (goes_on) {
        g_autoptr(GError) error = NULL;
        if (work == NULL)
            work = casework_open(&appender->casework, &error);
        if (work != NULL && head == NULL)
            head = audit_head_new(work, &appender->options, &error);
        if (head != NULL)
            step(appender, head);
        else
            tell(appender, error);
        goes_on = wait_a_period(appender);
    }
    if (head != NULL)
        step(appender, head);
    return NULL;
}

AuditAppender *audit_appender_start(const AuditAppenderOptions *options, GError **err)
{
    AuditAppender *appender = g_new0(AuditAppender, 1);
    g_mutex_init(&appender->lock);
    g_cond_init(&appender->wake);
    appender->data_folder = g_strdup(options->casework.data_folder);
    appender->database = g_strdup(options->casework.database);
    appender->casework = options->casework;
    appender->casework.data_folder = appender->data_folder;
    appender->casework.database = appender->database;
    appender->witnesses = g_new0(AuditWitness, options->witness_count);
    for (size_t i = 0; i < options->witness_count; i++)
        appender->witnesses[i] = (AuditWitness){.key = options->witnesses[i].key,
                                                .url = g_strdup(options->witnesses[i].url)};
    appender->options = *options;
    appender->options.witnesses = appender->witnesses;
    appender->say = options->say;
    appender->user_data = options->user_data;
    appender->thread = g_thread_try_new("audit", run, appender, err);
    if (appender->thread == NULL)
        g_clear_pointer(&appender, audit_appender_stop);
    return appender;
}

void audit_appender_stop(AuditAppender *appender)
{
    if (appender == NULL)
        return;
    g_mutex_lock(&appender->lock);
    appender->stops = true;
    g_cond_signal(&appender->wake);
    g_mutex_unlock(&appender->lock);
    if (appender->thread != NULL)
        g_thread_join(appender->thread);
    for (size_t i = 0; i < appender->options.witness_count; i++)
        g_free((char *)appender->witnesses[i].url);
    g_free(appender->witnesses);
    g_free(appender->data_folder);
    g_free(appender->database);
    g_free(appender->trouble);
    g_mutex_clear(&appender->lock);
    g_cond_clear(&appender->wake);
    g_free(appender);
}
