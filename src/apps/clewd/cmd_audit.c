// SPDX-License-Identifier: Apache-2.0
#include "apps/clewd/cmd_audit.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/error.h"
#include "base/json_writer.h"
#include "base/limits.h"
#include "base/output_file.h"
#include "cases/audit_check.h"
#include "cases/audit_files.h"
#include "cases/audit_proof.h"
#include "cases/casework.h"
#include "model/path_text.h"
#include "store/audit_leaves.h"

#define EXIT_STATUS_TAMPERED 1
#define LEAVES_AT_A_TIME 200u
#define MICROSECONDS 1000000

static Casework *open_work(const App *app, const char *database, GError **err)
{
    g_autofree char *folder = app_data_folder(app);
    return casework_open(
        &(CaseworkOptions){.data_folder = folder, .database = database, .must_exist = true}, err);
}

// The text of a key, or a file that holds it.
static bool take_key(const char *argument, AuditKey *ret_key, GError **err)
{
    return strchr(argument, '+') != NULL ? audit_key_parse(argument, ret_key, err)
                                         : audit_public_key_read(argument, ret_key, err);
}

static void print_json(GString *line)
{
    printf("%s\n", line->str);
}

static void write_time(JsonWriter *json, const char *key, int64_t made_us)
{
    g_autofree char *time =
        clock_format_utc(made_us / MICROSECONDS, (uint32_t)(made_us % MICROSECONDS) * 1000u);
    json_write_member_string(json, key, time);
}

// ---- verify -----------------------------------------------------------------------------------

typedef struct {
    char *database, *checkpoint, *key;
} VerifyOptions;

static const CommandOption verify_options[] = {
    {"database", OPTION_TEXT, offsetof(VerifyOptions, database), "URL",
     "SQLite file or postgresql:// URL (default: in the data folder)"},
    {"checkpoint", OPTION_FILE, offsetof(VerifyOptions, checkpoint), "FILE",
     "checkpoints that were kept elsewhere"},
    {"key", OPTION_TEXT, offsetof(VerifyOptions, key), "KEY",
     "the log's public key, or a file with it (default: in the data folder)"},
    {0},
};

static void write_finding(JsonWriter *json, const AuditFinding *finding)
{
    json_write_begin_object(json);
    json_write_key(json, "seq");
    if (finding->seq > 0)
        json_write_uint(json, finding->seq);
    else
        json_write_null(json);
    json_write_member_string(json, "action", finding->action);
    if (finding->action != NULL)
        write_time(json, "time", finding->made_us);
    json_write_member_string(json, "table", finding->table);
    if (finding->row_id != 0)
        json_write_member_uint(json, "row", finding->row_id);
    json_write_member_string(json, "text", finding->text);
    json_write_end_object(json);
}

static void print_check_json(const AuditCheck *check)
{
    g_autoptr(GString) line = g_string_new(NULL);
    JsonWriter json;
    json_writer_init(&json, line);
    json_write_begin_object(&json);
    json_write_member_bool(&json, "sound", check->faults == 0);
    json_write_member_uint(&json, "leaves", check->counts.leaves);
    json_write_member_uint(&json, "rows", check->counts.rows);
    json_write_member_uint(&json, "superseded_rows", check->counts.superseded);
    json_write_member_uint(&json, "erased_payloads", check->counts.erased);
    json_write_member_uint(&json, "clock_steps", check->counts.clock_steps);
    json_write_member_uint(&json, "checkpoints", check->checkpoints);
    json_write_member_uint(&json, "signed_leaves", check->signed_size);
    json_write_member_uint(&json, "given_checkpoint_leaves", check->given_size);
    json_write_member_uint(&json, "sets", check->sets);
    json_write_member_uint(&json, "faults", check->faults);
    json_write_key(&json, "first_faults");
    json_write_begin_array(&json);
    for (unsigned i = 0; i < check->findings->len; i++)
        write_finding(&json, g_ptr_array_index(check->findings, i));
    json_write_end_array(&json);
    json_write_key(&json, "notes");
    json_write_begin_array(&json);
    for (unsigned i = 0; i < check->notes->len; i++)
        json_write_string(&json, g_ptr_array_index(check->notes, i));
    json_write_end_array(&json);
    json_write_end_object(&json);
    print_json(line);
}

static void print_check(const AuditCheck *check)
{
    printf("checked %" G_GUINT64_FORMAT " leaves, %" G_GUINT64_FORMAT " rows, %" G_GUINT64_FORMAT
           " checkpoints, %" G_GUINT64_FORMAT " sets\n",
           check->counts.leaves, check->counts.rows, check->checkpoints, check->sets);
    printf("signed up to leaf %" G_GUINT64_FORMAT "\n", check->signed_size);
    if (check->given_size > 0)
        printf("the checkpoint given is of %" G_GUINT64_FORMAT " leaves\n", check->given_size);
    for (unsigned i = 0; i < check->notes->len; i++)
        printf("note: %s\n", (const char *)g_ptr_array_index(check->notes, i));
    for (unsigned i = 0; i < check->findings->len; i++) {
        g_autofree char *text = audit_finding_text(g_ptr_array_index(check->findings, i));
        g_autofree char *shown = path_text_new(text);
        printf("%s %s\n", i == 0 ? "FIRST FAULT:" : "fault:", shown);
    }
    if (check->faults > check->findings->len)
        printf("and %" G_GUINT64_FORMAT " more\n", check->faults - check->findings->len);
    printf("%s\n", check->faults == 0 ? "the record is whole" : "THE RECORD IS NOT WHOLE");
}

static int verify(const App *app, const void *parsed, char **arguments, int argument_count)
{
    const VerifyOptions *options = parsed;
    AuditKey key;
    g_autoptr(GError) error = NULL;
    g_autoptr(Casework) work = open_work(app, options->database, &error);
    if (work == NULL || (options->key != NULL && !take_key(options->key, &key, &error)))
        return command_fail(error);
    g_autoptr(AuditCheck) check =
        audit_check(work,
                    (AuditCheckOptions){.checkpoint_file = options->checkpoint,
                                        .key = options->key != NULL ? &key : NULL},
                    &error);
    if (check == NULL)
        return command_fail(error);
    if (app->options.json)
        print_check_json(check);
    else
        print_check(check);
    return check->faults == 0 ? EXIT_STATUS_OK : EXIT_STATUS_TAMPERED;
}

static const Command command_verify = {
    .name = "verify",
    .arguments = "",
    .summary = "Checks every leaf, every row and every signed head",
    .description = "Exit status 0: whole; 1: something was changed, and the first of it is named; "
                   "2: could not be checked.",
    .options = verify_options,
    .options_bytes = sizeof(VerifyOptions),
    .run = verify,
};

// ---- prove ------------------------------------------------------------------------------------

typedef struct {
    char *database, *out;
} ProveOptions;

static const CommandOption prove_options[] = {
    {"database", OPTION_TEXT, offsetof(ProveOptions, database), "URL",
     "SQLite file or postgresql:// URL (default: in the data folder)"},
    {"out", OPTION_FILE, offsetof(ProveOptions, out), "FILE",
     "write the proof here instead of to the terminal; must not exist"},
    {0},
};

static bool write_proof(const char *path, const char *text, GError **err)
{
    g_autoptr(OutputFile) file = output_file_open(path, (OutputFileOptions){0}, err);
    return file != NULL && output_file_write(file, text, strlen(text), err) &&
           output_file_commit(file, err);
}

static bool take_seq(const char *text, uint64_t *ret_seq, GError **err)
{
    if (g_ascii_string_to_unsigned(text, 10, 1, INT64_MAX, ret_seq, NULL))
        return true;
    g_set_error(err, CLEW_ERROR, CLEW_ERROR_INVALID, "%s is no number of a leaf", text);
    return false;
}

static int prove(const App *app, const void *parsed, char **arguments, int argument_count)
{
    const ProveOptions *options = parsed;
    uint64_t seq;
    g_autoptr(GError) error = NULL;
    if (!take_seq(arguments[0], &seq, &error))
        return command_fail(error);
    g_autoptr(Casework) work = open_work(app, options->database, &error);
    g_autofree char *text = work != NULL ? audit_proof_make(work, seq, &error) : NULL;
    if (text == NULL)
        return command_fail(error);
    if (options->out == NULL)
        fputs(text, stdout);
    else if (!write_proof(options->out, text, &error))
        return command_fail(error);
    return EXIT_STATUS_OK;
}

static const Command command_prove = {
    .name = "prove",
    .arguments = "SEQ",
    .summary = "Makes a proof of one leaf for somebody who has no access to the database",
    .options = prove_options,
    .options_bytes = sizeof(ProveOptions),
    .min_arguments = 1,
    .max_arguments = 1,
    .run = prove,
};

// ---- Leaves -----------------------------------------------------------------------------------

static void print_leaf_json(const AuditLeaf *leaf)
{
    g_autoptr(GString) line = g_string_new(NULL);
    JsonWriter json;
    json_writer_init(&json, line);
    json_write_begin_object(&json);
    json_write_member_uint(&json, "seq", leaf->seq);
    write_time(&json, "time", leaf->made_us);
    json_write_member_uint(&json, "account", leaf->account_id);
    json_write_member_string(&json, "actor", leaf->actor);
    json_write_member_string(&json, "session", leaf->session);
    json_write_member_string(&json, "action", leaf->action);
    json_write_member_uint(&json, "case", leaf->case_id);
    json_write_member_string(&json, "object", leaf->object);
    json_write_member_string(&json, "payload", leaf->payload);
    json_write_member_uint(&json, "rows_written", leaf->rows_written);
    json_write_member_hex(&json, "hash", leaf->hash, SHA256_BYTES);
    json_write_end_object(&json);
    print_json(line);
}

static void print_leaf_text(const AuditLeaf *leaf)
{
    g_autofree char *time = clock_format_utc(leaf->made_us / MICROSECONDS, 0);
    g_autofree char *line = g_strdup_printf("%" G_GUINT64_FORMAT " %s %s %s %s %s", leaf->seq, time,
                                            leaf->actor, leaf->action, leaf->object,
                                            leaf->payload != NULL ? leaf->payload : "(erased)");
    g_autofree char *shown = path_text_new(line);
    printf("%s\n", shown);
}

static void print_leaf(const App *app, const AuditLeaf *leaf)
{
    if (app->options.json)
        print_leaf_json(leaf);
    else
        print_leaf_text(leaf);
}

// ---- check-proof ------------------------------------------------------------------------------

typedef struct {
    char *key;
} CheckProofOptions;

static const CommandOption check_proof_options[] = {
    {"key", OPTION_TEXT, offsetof(CheckProofOptions, key), "KEY",
     "the log's public key, or a file with it"},
    {0},
};

// One byte more than may be, so that the check sees that it is too long.
static char *read_proof(const char *path, size_t *ret_length, GError **err)
{
    FILE *file = fopen(path, "re");
    if (file == NULL) {
        clew_error_set_errno(err, errno, "cannot read the proof %s", path);
        return NULL;
    }
    g_autofree char *text = g_malloc(LIMIT_PROOF_BYTES + 1);
    *ret_length = fread(text, 1, LIMIT_PROOF_BYTES + 1, file);
    bool ok = !ferror(file) || clew_error_set_errno(err, errno, "cannot read the proof %s", path);
    fclose(file);
    return ok ? g_steal_pointer(&text) : NULL;
}

static int check_proof(const App *app, const void *parsed, char **arguments, int argument_count)
{
    const CheckProofOptions *options = parsed;
    AuditKey key;
    size_t length;
    g_auto(AuditProof) proof = {0};
    g_autoptr(GError) error = NULL;
    if (options->key == NULL) {
        g_set_error_literal(&error, CLEW_ERROR, CLEW_ERROR_INVALID,
                            "a proof is checked against a key: give the log's public key with "
                            "--key, from a source that you trust");
        return command_fail(error);
    }
    if (!take_key(options->key, &key, &error))
        return command_fail(error);
    g_autofree char *text = read_proof(arguments[0], &length, &error);
    if (text == NULL)
        return command_fail(error);
    if (!audit_proof_check(text, length, &key, &proof, &error)) {
        bool is_false = g_error_matches(error, CLEW_ERROR, CLEW_ERROR_DENIED);
        command_fail(error);
        return is_false ? EXIT_STATUS_TAMPERED : EXIT_STATUS_ERROR;
    }
    print_leaf(app, &proof.leaf->leaf);
    fprintf(stderr,
            "the leaf is in the record of %s, whose head of %" G_GUINT64_FORMAT
            " leaves is signed\n",
            key.name, proof.checkpoint->size);
    return EXIT_STATUS_OK;
}

static const Command command_check_proof = {
    .name = "check-proof",
    .arguments = "FILE",
    .summary = "Checks a proof of one leaf; needs no database",
    .options = check_proof_options,
    .options_bytes = sizeof(CheckProofOptions),
    .min_arguments = 1,
    .max_arguments = 1,
    .run = check_proof,
};

// ---- key --------------------------------------------------------------------------------------

static int print_key(const App *app, const void *parsed, char **arguments, int argument_count)
{
    AuditKey key;
    g_autoptr(GError) error = NULL;
    g_autofree char *folder = app_data_folder(app);
    g_autofree char *path = audit_file_public_key(folder);
    if (!audit_public_key_read(path, &key, &error))
        return command_fail(error);
    g_autofree char *text = audit_key_text(&key);
    printf("%s\n", text);
    return EXIT_STATUS_OK;
}

static const Command command_key = {
    .name = "key",
    .arguments = "",
    .summary = "Prints the public key that heads of the record are checked with",
    .run = print_key,
};

// ---- log --------------------------------------------------------------------------------------

typedef struct {
    char *database;
    int64_t from, to;
} LogOptions;

static const CommandOption log_options[] = {
    {"database", OPTION_TEXT, offsetof(LogOptions, database), "URL",
     "SQLite file or postgresql:// URL (default: in the data folder)"},
    {"from", OPTION_NUMBER, offsetof(LogOptions, from), "SEQ", "first leaf (default: 1)"},
    {"to", OPTION_NUMBER, offsetof(LogOptions, to), "SEQ", "last leaf (default: the last)"},
    {0},
};

static int print_log(const App *app, const void *parsed, char **arguments, int argument_count)
{
    const LogOptions *options = parsed;
    g_autoptr(GError) error = NULL;
    g_autoptr(GPtrArray) leaves = g_ptr_array_new_with_free_func((GDestroyNotify)stored_leaf_free);
    g_autoptr(Casework) work = open_work(app, options->database, &error);
    bool has_from = options->from != OPTION_ABSENT && options->from > 0;
    uint64_t after = has_from ? (uint64_t)options->from - 1 : 0;
    if (work == NULL)
        return command_fail(error);
    do {
        g_ptr_array_set_size(leaves, 0);
        if (!audit_leaves_read(casework_database(work), after, (uint64_t)options->to,
                               LEAVES_AT_A_TIME, leaves, &error))
            return command_fail(error);
        for (unsigned i = 0; i < leaves->len; i++) {
            const StoredLeaf *leaf = g_ptr_array_index(leaves, i);
            print_leaf(app, &leaf->leaf);
            after = leaf->leaf.seq;
        }
    } while (leaves->len > 0 && !app->is_interrupted());
    return leaves->len > 0 ? EXIT_STATUS_INTERRUPTED : EXIT_STATUS_OK;
}

static const Command command_log = {
    .name = "log",
    .arguments = "",
    .summary = "Prints leaves of the record",
    .options = log_options,
    .options_bytes = sizeof(LogOptions),
    .run = print_log,
};

// ---- The table --------------------------------------------------------------------------------

static const Command *const subcommands[] = {&command_verify,      &command_log, &command_prove,
                                             &command_check_proof, &command_key, NULL};

const Command command_audit = {
    .name = "audit",
    .arguments = "COMMAND …",
    .summary = "The record of acts: check it, show it, prove a leaf of it",
    .description = "The record of acts: who did what and when, as leaves whose signed heads show "
                   "whether anything was changed.",
    .subcommands = subcommands,
};
