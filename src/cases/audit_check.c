// SPDX-License-Identifier: Apache-2.0
#include "cases/audit_check.h"

#include <string.h>

#include "base/clock.h"
#include "base/encoding.h"
#include "base/error.h"
#include "cases/audit_files.h"
#include "cases/checkpoint.h"
#include "store/audit_leaves.h"

#define STORED_AT_A_TIME 100u
#define MICROSECONDS 1000000

// The head of a checkpoint that was given.
typedef struct {
    uint64_t size;
    MerkleHash root;
} Head;

typedef struct {
    Casework *work;
    AuditCheck *check;
    AuditKey key;
    bool has_key;
    GError *error; // of reading in the middle of the walk

    MerkleRange range;   // over the leaves so far, as computed
    uint64_t sound_size; // of the last checkpoint whose root is that of the leaves
    bool root_differed;
    uint64_t first_fault; // its leaf; 0: none yet

    GArray *given; // of Head, by size
    unsigned next_given;

    GPtrArray *stored; // a page of StoredCheckpoint *
    unsigned next_stored;
    uint64_t last_stored;
    StoredCheckpoint *newest; // NULL: none

    CheckpointReader *file; // NULL: there is none
    Checkpoint *in_file;    // the next one; NULL behind the last

    GHashTable *set_digests; // set id -> digest text, as the record last said
} Walk;

// ---- Findings ---------------------------------------------------------------------------------

static void finding_free(void *data)
{
    AuditFinding *finding = data;
    g_free(finding->action);
    g_free(finding->table);
    g_free(finding->text);
    g_free(finding);
}

static void add_finding(AuditCheck *check, const AuditFault *fault)
{
    if (check->faults++ >= AUDIT_CHECK_FAULTS_KEPT)
        return;
    AuditFinding *finding = g_new0(AuditFinding, 1);
    *finding = (AuditFinding){.seq = fault->seq,
                              .action = g_strdup(fault->action),
                              .made_us = fault->made_us,
                              .table = g_strdup(fault->table),
                              .row_id = fault->row_id,
                              .text = g_strdup(fault->text)};
    g_ptr_array_add(check->findings, finding);
}

static void say(Walk *walk, uint64_t seq, const char *format, ...) G_GNUC_PRINTF(3, 4);
static void say(Walk *walk, uint64_t seq, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    g_autofree char *text = g_strdup_vprintf(format, arguments);
    va_end(arguments);
    add_finding(walk->check, &(AuditFault){.seq = seq, .text = text});
}

static void note(AuditCheck *check, const char *format, ...) G_GNUC_PRINTF(2, 3);
static void note(AuditCheck *check, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    g_ptr_array_add(check->notes, g_strdup_vprintf(format, arguments));
    va_end(arguments);
}

char *audit_finding_text(const AuditFinding *finding)
{
    GString *text = g_string_new(NULL);
    g_string_printf(text, "leaf %" G_GUINT64_FORMAT, finding->seq);
    if (finding->action != NULL) {
        g_autofree char *time = clock_format_utc(finding->made_us / MICROSECONDS, 0);
        g_string_append_printf(text, ", %s, %s", finding->action, time);
    }
    if (finding->table != NULL && finding->row_id != 0)
        g_string_append_printf(text, ", row %" G_GUINT64_FORMAT " of %s", finding->row_id,
                               finding->table);
    else if (finding->table != NULL)
        g_string_append_printf(text, ", table %s", finding->table);
    g_string_append_printf(text, ": %s", finding->text);
    return g_string_free(text, FALSE);
}

// ---- Checkpoints ------------------------------------------------------------------------------

// The leaves so far are as many as the checkpoint says.
static void compare_root(Walk *walk, const MerkleHash *root, const char *where)
{
    MerkleHash own = merkle_range_root(&walk->range);
    if (merkle_hash_equal(&own, root)) {
        if (!walk->root_differed)
            walk->sound_size = walk->range.size;
        return;
    }
    if (walk->root_differed) // all later ones differ for the same reason
        return;
    walk->root_differed = true;
    if (walk->first_fault > walk->sound_size && walk->first_fault <= walk->range.size + 1)
        return; // said already, and which leaf it is
    say(walk, walk->sound_size + 1,
        "the checkpoint of %" G_GUINT64_FORMAT " leaves in %s is of other leaves: a leaf from "
        "%" G_GUINT64_FORMAT " to %" G_GUINT64_FORMAT
        " was changed, and those behind it were made anew",
        walk->range.size, where, walk->sound_size + 1, walk->range.size);
}

static bool is_signed(const Walk *walk, const Checkpoint *checkpoint)
{
    return !walk->has_key || (strcmp(checkpoint->origin, walk->key.name) == 0 &&
                              checkpoint_is_signed(checkpoint, &walk->key, NULL));
}

static void check_stored(Walk *walk, const StoredCheckpoint *stored)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(Checkpoint) checkpoint = checkpoint_parse(stored->note, strlen(stored->note), &error);
    walk->check->checkpoints++;
    if (checkpoint == NULL)
        say(walk, stored->size, "the stored checkpoint of %" G_GUINT64_FORMAT " leaves: %s",
            stored->size, error->message);
    else if (!is_signed(walk, checkpoint))
        say(walk, stored->size,
            "the stored checkpoint of %" G_GUINT64_FORMAT " leaves is not signed by %s",
            stored->size, walk->key.name);
    else if (checkpoint->size != stored->size || !stored->has_root ||
             memcmp(checkpoint->root.bytes, stored->root, SHA256_BYTES) != 0)
        say(walk, stored->size,
            "the stored checkpoint of %" G_GUINT64_FORMAT
            " leaves has another size or root in its row than in its text",
            stored->size);
    else if (stored->size == walk->range.size)
        compare_root(walk, &checkpoint->root, "the database");
}

static void advance_file(Walk *walk)
{
    g_autoptr(GError) error = NULL;
    g_clear_pointer(&walk->in_file, checkpoint_free);
    if (walk->file == NULL || checkpoint_reader_next(walk->file, &walk->in_file, &error))
        return;
    say(walk, 0, "%s", error->message);
    g_clear_pointer(&walk->file, checkpoint_reader_free);
}

// Passes what the file has of this size; whether one has that text.
static bool pass_in_file(Walk *walk, uint64_t size, const char *text)
{
    bool has_text = false;
    while (walk->in_file != NULL && walk->in_file->size == size) {
        if (!is_signed(walk, walk->in_file))
            say(walk, size,
                "the checkpoint of %" G_GUINT64_FORMAT
                " leaves in the data folder is not signed by %s",
                size, walk->key.name);
        else if (size == walk->range.size)
            compare_root(walk, &walk->in_file->root, "the data folder");
        has_text |= text != NULL && strcmp(text, walk->in_file->text) == 0;
        advance_file(walk);
    }
    return has_text;
}

// Those in the file that the database passed over, up to a size: it must have them all.
static void report_only_in_file(Walk *walk, uint64_t up_to)
{
    while (walk->in_file != NULL && walk->in_file->size <= up_to) {
        uint64_t size = walk->in_file->size;
        say(walk, size,
            "the checkpoint of %" G_GUINT64_FORMAT
            " leaves lies in the data folder and not in the database",
            size);
        pass_in_file(walk, size, NULL);
    }
}

static const StoredCheckpoint *peek_stored(Walk *walk)
{
    if (walk->next_stored < walk->stored->len)
        return g_ptr_array_index(walk->stored, walk->next_stored);
    g_ptr_array_set_size(walk->stored, 0);
    walk->next_stored = 0;
    if (walk->error != NULL ||
        !audit_checkpoints_read(casework_database(walk->work), walk->last_stored, STORED_AT_A_TIME,
                                walk->stored, &walk->error) ||
        walk->stored->len == 0)
        return NULL;
    const StoredCheckpoint *last = g_ptr_array_index(walk->stored, walk->stored->len - 1);
    walk->last_stored = last->size;
    return g_ptr_array_index(walk->stored, 0);
}

static void pass_stored(Walk *walk, const StoredCheckpoint *stored)
{
    bool has_file = walk->file != NULL;
    check_stored(walk, stored);
    if ((int64_t)stored->size > 0)
        report_only_in_file(walk, stored->size - 1);
    bool in_file = pass_in_file(walk, stored->size, stored->note);
    // The newest may not have reached the file when the server ended.
    if (has_file && !in_file && stored->size != walk->newest->size)
        say(walk, stored->size,
            "the stored checkpoint of %" G_GUINT64_FORMAT
            " leaves does not lie as it is in the data folder",
            stored->size);
    walk->next_stored++;
}

// Everything that speaks of the leaves up to now.
static void check_heads(Walk *walk)
{
    const StoredCheckpoint *stored;
    uint64_t size = walk->range.size;
    for (; walk->next_given < walk->given->len; walk->next_given++) {
        const Head *head = &g_array_index(walk->given, Head, walk->next_given);
        if (head->size > size)
            break;
        compare_root(walk, &head->root, "the file given");
    }
    // Sizes below 1 are none.
    while ((stored = peek_stored(walk)) != NULL &&
           (stored->size <= size || (int64_t)stored->size < 1))
        pass_stored(walk, stored);
    report_only_in_file(walk, size);
}

static void report_cut(Walk *walk, uint64_t size, const char *where)
{
    say(walk, walk->range.size + 1,
        "the record ends behind leaf %" G_GUINT64_FORMAT ", and a checkpoint of %" G_GUINT64_FORMAT
        " leaves was signed (in %s): its end was cut off, or the database is an older copy",
        walk->range.size, size, where);
}

static void check_longer_heads(Walk *walk)
{
    const StoredCheckpoint *stored;
    if (walk->next_given < walk->given->len)
        report_cut(walk, g_array_index(walk->given, Head, walk->given->len - 1).size,
                   "the file given");
    while ((stored = peek_stored(walk)) != NULL) {
        report_cut(walk, stored->size, "the database");
        pass_stored(walk, stored);
    }
    if (walk->in_file != NULL && is_signed(walk, walk->in_file))
        report_cut(walk, walk->in_file->size, "the data folder");
}

// ---- Given and own files ----------------------------------------------------------------------

static int compare_heads(const void *a, const void *b)
{
    const Head *left = a, *right = b;
    return left->size < right->size ? -1 : left->size > right->size;
}

static bool read_given(Walk *walk, const char *path, GError **err)
{
    g_autoptr(CheckpointReader) reader = checkpoint_reader_open(path, err);
    if (reader == NULL)
        return false;
    while (true) {
        g_autoptr(Checkpoint) checkpoint = NULL;
        if (!checkpoint_reader_next(reader, &checkpoint, err))
            return false;
        if (checkpoint == NULL)
            break;
        if (!is_signed(walk, checkpoint)) {
            g_set_error(err, CLEW_ERROR, CLEW_ERROR_INVALID,
                        "the checkpoint of %" G_GUINT64_FORMAT " leaves in %s is not signed by %s; "
                        "give the log's public key with --key when it is another one",
                        checkpoint->size, path, walk->key.name);
            return false;
        }
        const Head head = {.size = checkpoint->size, .root = checkpoint->root};
        g_array_append_val(walk->given, head);
    }
    if (walk->given->len == 0) {
        g_set_error(err, CLEW_ERROR, CLEW_ERROR_INVALID, "%s holds no checkpoint", path);
        return false;
    }
    g_array_sort(walk->given, compare_heads);
    walk->check->given_size = g_array_index(walk->given, Head, walk->given->len - 1).size;
    return true;
}

static bool find_key(Walk *walk, const AuditKey *given, GError **err)
{
    g_autofree char *path = audit_file_public_key(casework_folder(walk->work));
    g_autoptr(GError) error = NULL;
    if (given != NULL)
        walk->key = *given;
    walk->has_key = given != NULL || audit_public_key_read(path, &walk->key, &error);
    if (walk->has_key)
        return true;
    if (!g_error_matches(error, CLEW_ERROR, CLEW_ERROR_NOT_FOUND)) {
        g_propagate_error(err, g_steal_pointer(&error));
        return false;
    }
    note(walk->check, "signatures were not checked: there is no public key in the data folder, and "
                      "none was given");
    return true;
}

static bool open_file(Walk *walk, GError **err)
{
    g_autofree char *path = audit_file_checkpoints(casework_folder(walk->work));
    g_autoptr(GError) error = NULL;
    walk->file = checkpoint_reader_open(path, &error);
    if (walk->file != NULL) {
        advance_file(walk);
        return true;
    }
    if (g_error_matches(error, CLEW_ERROR, CLEW_ERROR_NOT_FOUND)) {
        note(walk->check, "there is no file of checkpoints in the data folder");
        return true;
    }
    g_propagate_error(err, g_steal_pointer(&error));
    return false;
}

// ---- Sets -------------------------------------------------------------------------------------

// A number or text behind "key": in a payload, whose own digest was checked. NULL: none.
static char *payload_member(const char *payload, const char *key)
{
    g_autofree char *start = g_strdup_printf("\"%s\":", key);
    const char *at = strstr(payload, start);
    if (at == NULL)
        return NULL;
    at += strlen(start);
    at += strspn(at, " \"");
    return g_strndup(at, strcspn(at, "\",}"));
}

static void note_set(Walk *walk, const AuditLeaf *leaf)
{
    if (leaf->payload == NULL || strcmp(leaf->action, "set_changed") != 0)
        return;
    g_autofree char *set = payload_member(leaf->payload, "set");
    g_autofree char *digest = payload_member(leaf->payload, "digest");
    if (set != NULL && digest != NULL)
        g_hash_table_replace(walk->set_digests, g_steal_pointer(&set), g_steal_pointer(&digest));
}

static bool check_sets(Walk *walk, GError **err)
{
    g_autoptr(GPtrArray) faults = g_ptr_array_new_with_free_func(g_free);
    SetStore *sets = casework_sets(walk->work);
    if (!set_store_verify(sets, faults, err))
        return false;
    for (unsigned i = 0; i < faults->len; i++)
        say(walk, 0, "%s", (const char *)g_ptr_array_index(faults, i));
    g_autoptr(GPtrArray) list = set_store_list(sets, err);
    if (list == NULL)
        return false;
    for (unsigned i = 0; i < list->len; i++) {
        const SetInfo *info = g_ptr_array_index(list, i);
        g_autofree char *id = g_strdup_printf("%" G_GUINT64_FORMAT, info->id);
        const char *digest = g_hash_table_lookup(walk->set_digests, id);
        walk->check->sets += digest != NULL;
        if (digest != NULL && strcmp(digest, info->digest) != 0)
            say(walk, 0, "the set %s is not as the record last saw it", info->name);
        g_hash_table_remove(walk->set_digests, id);
    }
    GHashTableIter iter;
    gpointer id, digest;
    g_hash_table_iter_init(&iter, walk->set_digests);
    while (g_hash_table_iter_next(&iter, &id, &digest))
        if (*(const char *)digest != '\0')
            say(walk, 0, "the set %s is gone, and no leaf says that it was removed",
                (const char *)id);
    return true;
}

// ---- The walk ---------------------------------------------------------------------------------

static void on_leaf(void *user_data, const AuditLeaf *leaf)
{
    Walk *walk = user_data;
    MerkleHash hash;
    memcpy(hash.bytes, leaf->hash, MERKLE_HASH_BYTES);
    merkle_range_append(&walk->range, &hash, NULL, NULL);
    note_set(walk, leaf);
    check_heads(walk);
}

static void on_fault(void *user_data, const AuditFault *fault)
{
    Walk *walk = user_data;
    if (fault->seq > 0 && (walk->first_fault == 0 || fault->seq < walk->first_fault))
        walk->first_fault = fault->seq;
    add_finding(walk->check, fault);
}

// What belongs to no leaf comes last.
static int compare_findings(const void *a, const void *b)
{
    uint64_t left = (*(const AuditFinding *const *)a)->seq - 1;
    uint64_t right = (*(const AuditFinding *const *)b)->seq - 1;
    return left < right ? -1 : left > right;
}

static void tell_what_is_not_proven(Walk *walk)
{
    AuditCheck *check = walk->check;
    check->signed_size = walk->sound_size;
    uint64_t proven = check->given_size;
    if (check->counts.leaves > check->signed_size)
        note(check, "%" G_GUINT64_FORMAT " leaves at the end are covered by no checkpoint yet",
             check->counts.leaves - check->signed_size);
    if (check->counts.leaves > proven)
        note(check,
             "against somebody who holds the signing key, %s: keep checkpoints elsewhere and give "
             "them with --checkpoint",
             proven == 0 ? "nothing is proven"
                         : "what is newer than the checkpoint given is not proven");
    if (check->counts.clock_steps > 0)
        note(check,
             "the clock was set back %" G_GUINT64_FORMAT " times, first before leaf "
             "%" G_GUINT64_FORMAT,
             check->counts.clock_steps, check->counts.first_clock_step);
    if (check->counts.erased > 0)
        note(check, "%" G_GUINT64_FORMAT " payloads were erased", check->counts.erased);
}

static bool run(Walk *walk, const AuditCheckOptions *options, GError **err)
{
    Database *database = casework_database(walk->work);
    const AuditVerifyCalls calls = {on_leaf, on_fault, walk};
    if (!find_key(walk, options->key, err) ||
        (options->checkpoint_file != NULL && !read_given(walk, options->checkpoint_file, err)))
        return false;
    g_autoptr(AuditVerify) verify = audit_verify_begin(database, err);
    if (verify == NULL || !audit_checkpoints_last(database, &walk->newest, err) ||
        !open_file(walk, err))
        return false;
    check_heads(walk);
    if (!audit_verify_run(verify, &calls, &walk->check->counts, err))
        return false;
    check_longer_heads(walk);
    if (walk->error != NULL) {
        g_propagate_error(err, g_steal_pointer(&walk->error));
        return false;
    }
    if (!check_sets(walk, err))
        return false;
    tell_what_is_not_proven(walk);
    g_ptr_array_sort(walk->check->findings, compare_findings);
    return true;
}

static void walk_clear(Walk *walk)
{
    g_clear_error(&walk->error);
    g_array_free(walk->given, TRUE);
    g_ptr_array_free(walk->stored, TRUE);
    stored_checkpoint_free(walk->newest);
    checkpoint_free(walk->in_file);
    checkpoint_reader_free(walk->file);
    g_hash_table_unref(walk->set_digests);
}

AuditCheck *audit_check(Casework *work, AuditCheckOptions options, GError **err)
{
    g_autoptr(AuditCheck) check = g_new0(AuditCheck, 1);
    check->findings = g_ptr_array_new_with_free_func(finding_free);
    check->notes = g_ptr_array_new_with_free_func(g_free);
    Walk walk = {
        .work = work,
        .check = check,
        .given = g_array_new(FALSE, FALSE, sizeof(Head)),
        .stored = g_ptr_array_new_with_free_func((GDestroyNotify)stored_checkpoint_free),
        .last_stored = (uint64_t)INT64_MIN,
        .set_digests = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free),
    };
    merkle_range_init(&walk.range);
    bool ok = run(&walk, &options, err);
    walk_clear(&walk);
    return ok ? g_steal_pointer(&check) : NULL;
}

void audit_check_free(AuditCheck *check)
{
    if (check == NULL)
        return;
    g_ptr_array_free(check->findings, TRUE);
    g_ptr_array_free(check->notes, TRUE);
    g_free(check);
}
