// SPDX-License-Identifier: Apache-2.0
//
// Promise: whoever changes the database but lacks the signing key is found, for all of a thousand
// seeded changes, and the first record that is wrong is named. A checkpoint was kept elsewhere.
//
// Every change is made in a transaction that is rolled back afterwards, so that each attacker meets
// the same sound record.
#include "cases/audit_check.h"

#include <openssl/evp.h>
#include <string.h>
#include <unistd.h>

#include "cases/act.h"
#include "cases/audit_files.h"
#include "cases/checkpoint.h"
#include "store/audit_leaves.h"

#define ACTS 72u
#define CHECKPOINT_EACH 6u
#define CHANGES 1000u
#define ORIGIN "clew/test"

typedef struct {
    char *folder;
    char *kept; // file of checkpoints, elsewhere
    Casework *work;
    Database *database;
    AuditSeed seed;
    AuditKey key;
    uint64_t leaves;
    GRand *random;
} Scene;

// ---- A record ---------------------------------------------------------------------------------

// Rows of the tables that acts write; %1$u is the id, %2$u the leaf.
static const struct {
    AuditTable table;
    const char *columns;
} rows_of_tables[] = {
    {TABLE_UNIT, "%1$u, %2$u, 'unit %1$u', 'agency', 'NL', 'desk@example.org', 'active', 5"},
    {TABLE_ACCOUNT, "%1$u, %2$u, 'account%1$u', 'A. Person', 100, 2, 'active', 5, NULL"},
    {TABLE_CASE_FILE, "%1$u, %2$u, '26-%1$u', 100, 'title', 'open', 'vics-us', 2, 1, 0, NULL, "
                      "'r-%1$u', 5, NULL, NULL, 'it ended well'"},
    {TABLE_EVIDENCE, "%1$u, %2$u, 102, 'disk %1$u', '/evidence', 5"},
    {TABLE_MEDIA, "%1$u, %2$u, CAST(printf('%%032d', %1$u) AS BLOB), "
                  "CAST(printf('%%020d', %1$u) AS BLOB), CAST(printf('%%016d', %1$u) AS BLOB), "
                  "4711, 'image/jpeg', 'picture', 'ok', NULL, 640, 480, NULL, NULL, 100, "
                  "CAST('hashes' AS BLOB), '{}'"},
    {TABLE_ITEM, "%1$u, %2$u, 3, 5, CAST(printf('%%016d', %1$u) AS BLOB), NULL, 6, 'a/b.jpg', "
                 "'[]', 'b.jpg', 'ok', NULL, 4711, 5, 6, NULL, NULL"},
    {TABLE_CASE_MEDIA, "%1$u, %2$u, 3, %1$u, 'new', NULL, NULL, NULL, NULL, 5, NULL, NULL"},
    {TABLE_MEDIA_MATCH, "%1$u, %2$u, 3, 6, 1, 2, 'near', 'notable', 0, 12, '1', '{}'"},
    {TABLE_PREVIEW, "%1$u, %2$u, %1$u, 'small', 0, NULL, 1, CAST('sealed bytes of it' AS BLOB)"},
};

#define CASE_MEDIA_ROW 6u // its place among them

static void execute(Scene *scene, const char *format, ...) G_GNUC_PRINTF(2, 3);
static void execute(Scene *scene, const char *format, ...)
{
    g_autoptr(GError) error = NULL;
    va_list arguments;
    va_start(arguments, format);
    g_autofree char *script = g_strdup_vprintf(format, arguments);
    va_end(arguments);
    database_execute(scene->database, script, &error);
    g_assert_no_error(error);
}

static int64_t number(Scene *scene, const char *format, ...) G_GNUC_PRINTF(2, 3);
static int64_t number(Scene *scene, const char *format, ...)
{
    g_autoptr(GError) error = NULL;
    va_list arguments;
    va_start(arguments, format);
    g_autofree char *sql = g_strdup_vprintf(format, arguments);
    va_end(arguments);
    g_autoptr(Statement) statement = statement_prepare(scene->database, sql, &error);
    g_assert_no_error(error);
    bool row;
    statement_step(statement, &row, &error);
    g_assert_no_error(error);
    return row ? statement_int(statement, 0) : 0;
}

static void insert_row(Scene *scene, Act *act, unsigned which, unsigned id)
{
    const char *table = audit_table(rows_of_tables[which].table)->name;
    GString *sql = g_string_new(NULL);
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
    g_string_printf(sql, rows_of_tables[which].columns, id, (unsigned)act_seq(act));
#pragma GCC diagnostic pop
    execute(scene, "INSERT INTO %s (%s) VALUES (%s)", table,
            audit_table(rows_of_tables[which].table)->columns, sql->str);
    g_string_free(sql, TRUE);
    act_wrote(act, rows_of_tables[which].table, id);
}

// Every third act changes a row of an earlier one, every eighth deletes one, some write several.
static void fill_act(Scene *scene, Act *act, unsigned i)
{
    unsigned which = i % G_N_ELEMENTS(rows_of_tables), id = 100 + i;
    if (i % 8 == 7 && act_deletes(act, TABLE_CASE_MEDIA, 5000 + i - i % 8, NULL)) {
        execute(scene, "DELETE FROM case_media WHERE id = %u", 5000 + i - i % 8);
        return;
    }
    insert_row(scene, act, which, id);
    if (i % 8 == 0)
        insert_row(scene, act, CASE_MEDIA_ROW, 5000 + i);
    if (i % 12 == 4)
        for (unsigned k = 0; k < G_N_ELEMENTS(rows_of_tables); k++)
            insert_row(scene, act, k, 1000 + i);
    if (i % 3 == 2 && i > 12) {
        unsigned old = 1000 + (i - 4) / 12 * 12 + 4 - (i % 12 <= 4 ? 12 : 0);
        if (old >= 1004 && act_supersedes(act, TABLE_CASE_MEDIA, old, NULL))
            execute(scene, "UPDATE case_media SET decision = 'decided', seq = %u WHERE id = %u",
                    (unsigned)act_seq(act), old);
    }
}

static bool stored_node(void *user_data, unsigned level, uint64_t index, MerkleHash *ret_hash)
{
    MerkleHash left, right;
    if (level == 0) {
        g_autoptr(StoredLeaf) leaf =
            audit_leaf_read(((Scene *)user_data)->database, index + 1, NULL);
        memcpy(ret_hash->bytes, leaf->leaf.hash, MERKLE_HASH_BYTES);
        return true;
    }
    stored_node(user_data, level - 1, 2 * index, &left);
    stored_node(user_data, level - 1, 2 * index + 1, &right);
    *ret_hash = merkle_node(&left, &right);
    return true;
}

static void sign_head(Scene *scene, uint64_t size)
{
    MerkleRange range;
    uint8_t signature[AUDIT_SIGNATURE_BYTES];
    g_autoptr(GError) error = NULL;
    g_assert_true(merkle_range_load(size, stored_node, scene, &range));
    MerkleHash root = merkle_range_root(&range);
    g_autofree char *body = checkpoint_body(ORIGIN, size, &root);
    g_assert_true(audit_seed_sign(&scene->seed, body, strlen(body), signature));
    g_autofree char *line = checkpoint_signature_line(&scene->key, 0, signature);
    g_autofree char *text = checkpoint_note(body, line);
    StoredCheckpoint stored = {.size = size, .note = text};
    memcpy(stored.root, root.bytes, SHA256_BYTES);
    audit_checkpoints_put(scene->database, &stored, &error);
    g_assert_no_error(error);
    g_autofree char *own = audit_file_checkpoints(scene->folder);
    g_assert_true(checkpoint_file_append(own, text, NULL));
    unlink(scene->kept);
    g_assert_true(checkpoint_file_append(scene->kept, text, NULL));
}

static void do_act(Scene *scene, unsigned i)
{
    const Actor actor = actor_of_command_line("tester");
    g_autoptr(GError) error = NULL;
    g_autoptr(Act) act = act_begin(scene->work, &actor, i % 2 ? AUDIT_VOTE : AUDIT_INGEST, &error);
    g_assert_no_error(error);
    act_set_object(act, "thing %u", i);
    json_write_member_uint(act_payload(act), "number", i);
    if (i % 5 != 3) // some acts write nothing
        fill_act(scene, act, i);
    act_commit(act, &error);
    g_assert_no_error(error);
}

static void scene_init(Scene *scene)
{
    g_autoptr(GError) error = NULL;
    uint8_t bytes[AUDIT_KEY_BYTES];
    scene->folder = g_dir_make_tmp("clew-audit-XXXXXX", &error);
    g_assert_no_error(error);
    scene->kept = g_strconcat(scene->folder, ".kept", NULL);
    scene->work = casework_open(&(CaseworkOptions){.data_folder = scene->folder}, &error);
    g_assert_no_error(error);
    scene->database = casework_database(scene->work);
    scene->random = g_rand_new_with_seed(2026);
    execute(scene, "PRAGMA foreign_keys = OFF; PRAGMA ignore_check_constraints = ON");
    memset(scene->seed.bytes, 9, sizeof scene->seed.bytes);
    g_assert_true(audit_seed_public(&scene->seed, bytes));
    g_assert_true(audit_key_init(&scene->key, ORIGIN, AUDIT_KEY_LOG, bytes, NULL));
    for (unsigned i = 0; i < ACTS; i++) {
        do_act(scene, i);
        if ((i + 1) % CHECKPOINT_EACH == 0)
            sign_head(scene, (uint64_t)number(scene, "SELECT max(seq) FROM audit_leaf"));
    }
    scene->leaves = (uint64_t)number(scene, "SELECT max(seq) FROM audit_leaf");
    g_assert_cmpuint(scene->leaves, >=, ACTS);
}

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

static void scene_clear(Scene *scene)
{
    casework_close(scene->work);
    unlink(scene->kept);
    remove_all(scene->folder);
    g_rand_free(scene->random);
    g_free(scene->folder);
    g_free(scene->kept);
}

// ---- Attackers --------------------------------------------------------------------------------

// Where the first wrong record must be said to be, from first to last.
typedef struct {
    uint64_t first, last;
    char what[120];
} Expected;

static Expected at(uint64_t seq, const char *what)
{
    Expected expected = {.first = seq, .last = seq};
    g_strlcpy(expected.what, what, sizeof expected.what);
    return expected;
}

static unsigned below(Scene *scene, unsigned bound)
{
    return (unsigned)g_rand_int_range(scene->random, 0, (gint32)bound);
}

static uint64_t some_leaf(Scene *scene)
{
    return 1 + below(scene, (unsigned)scene->leaves);
}

// Another value of the same kind, in SQL.
static char *other_value(Scene *scene, const char *column, char type)
{
    switch (type) {
    case 'i':
        return g_strdup_printf("coalesce(%s, 0) + %u", column, 1 + below(scene, 9));
    case 'b':
        return below(scene, 2) == 0
                   ? g_strdup_printf("CAST(substr(coalesce(%s, 'x'), 2) || 'q' AS BLOB)", column)
                   : g_strdup_printf("CAST('~' || substr(coalesce(%s, 'x'), 2) AS BLOB)", column);
    default:
        return below(scene, 2) == 0 ? g_strdup_printf("coalesce(%s, '') || 'x'", column)
                                    : g_strdup_printf("'~' || substr(coalesce(%s, ''), 2)", column);
    }
}

static Expected change_leaf(Scene *scene)
{
    static const struct {
        const char *column;
        char type;
    } columns[] = {
        {"made_us", 'i'},  {"monotonic_us", 'i'}, {"account_id", 'i'},  {"actor", 't'},
        {"session", 't'},  {"action", 't'},       {"case_id", 'i'},     {"object", 't'},
        {"payload", 't'},  {"rows_written", 'i'}, {"rows_sha256", 'b'}, {"payload_sha256", 'b'},
        {"previous", 'b'}, {"hash", 'b'},
    };
    unsigned which = below(scene, G_N_ELEMENTS(columns));
    uint64_t seq = some_leaf(scene);
    g_autofree char *value = other_value(scene, columns[which].column, columns[which].type);
    execute(scene, "UPDATE audit_leaf SET %s = %s WHERE seq = %u", columns[which].column, value,
            (unsigned)seq);
    return at(seq, columns[which].column);
}

static Expected erase_payload(Scene *scene)
{
    uint64_t seq = some_leaf(scene);
    execute(scene, "UPDATE audit_leaf SET payload = NULL WHERE seq = %u", (unsigned)seq);
    return at(seq, "payload gone");
}

static Expected delete_leaf(Scene *scene)
{
    uint64_t seq = some_leaf(scene);
    execute(scene, "DELETE FROM audit_leaf WHERE seq = %u", (unsigned)seq);
    return at(seq, "leaf gone");
}

static Expected insert_leaf(Scene *scene)
{
    uint64_t seq = some_leaf(scene);
    execute(scene,
            "UPDATE audit_leaf SET seq = -seq - 1 WHERE seq > %u;"
            "UPDATE audit_leaf SET seq = -seq WHERE seq < 0;"
            "INSERT INTO audit_leaf SELECT seq + 1, made_us, monotonic_us, account_id, actor, "
            "session, action, case_id, object, payload, payload_sha256, 0, rows_sha256, hash, "
            "previous FROM audit_leaf WHERE seq = %u",
            (unsigned)seq, (unsigned)seq);
    return at(seq + 1, "leaf put between");
}

static Expected swap_leaves(Scene *scene)
{
    uint64_t a = some_leaf(scene), b = some_leaf(scene);
    if (a == b)
        b = a == 1 ? 2 : a - 1;
    execute(scene,
            "UPDATE audit_leaf SET seq = -1 WHERE seq = %u; UPDATE audit_leaf SET seq = %u "
            "WHERE seq = %u; UPDATE audit_leaf SET seq = %u WHERE seq = -1",
            (unsigned)a, (unsigned)a, (unsigned)b, (unsigned)b);
    return at(MIN(a, b), "leaves swapped");
}

// ---- Rows

typedef struct {
    const AuditTableInfo *info;
    int64_t id;
    uint64_t seq;
} Row;

static Row some_row(Scene *scene, const AuditTableInfo *only)
{
    Row row = {.info = only};
    do {
        if (only == NULL)
            row.info =
                audit_table(rows_of_tables[below(scene, G_N_ELEMENTS(rows_of_tables))].table);
        row.id = number(scene, "SELECT id FROM %s ORDER BY id LIMIT 1 OFFSET %u", row.info->name,
                        below(scene, 12));
    } while (row.id == 0);
    row.seq =
        (uint64_t)number(scene, "SELECT seq FROM %s WHERE id = %d", row.info->name, (int)row.id);
    return row;
}

static char *some_column(Scene *scene, const AuditTableInfo *info, char *ret_type)
{
    g_auto(GStrv) columns = g_strsplit(info->columns, ", ", -1);
    unsigned which = below(scene, (unsigned)strlen(info->types));
    *ret_type = info->types[which];
    return g_strdup(columns[which + 2]);
}

static Expected change_row(Scene *scene)
{
    Row row = some_row(scene, NULL);
    char type;
    g_autofree char *column = some_column(scene, row.info, &type);
    g_autofree char *value = other_value(scene, column, type);
    g_autofree char *what = g_strdup_printf("%s.%s", row.info->name, column);
    // Values that are unique in a table are so for the attacker, too.
    g_autoptr(GError) error = NULL;
    g_autofree char *sql = g_strdup_printf("UPDATE %s SET %s = %s WHERE id = %d", row.info->name,
                                           column, value, (int)row.id);
    if (!database_execute(scene->database, sql, &error)) {
        g_autofree char *unique = type == 'i'
                                      ? g_strdup_printf("%s + 100000", column)
                                      : g_strdup_printf("CAST('another ' || %s AS %s)", column,
                                                        type == 'b' ? "BLOB" : "TEXT");
        execute(scene, "UPDATE %s SET %s = %s WHERE id = %d", row.info->name, column, unique,
                (int)row.id);
    }
    return at(row.seq, what);
}

static Expected change_preview(Scene *scene)
{
    static const char *const values[] = {"substr(sealed, 1, 8)", "CAST(sealed || 'x' AS BLOB)",
                                         "zeroblob(18)", "CAST('~' || substr(sealed, 2) AS BLOB)"};
    Row row = some_row(scene, audit_table(TABLE_PREVIEW));
    execute(scene, "UPDATE preview SET sealed = %s WHERE id = %d",
            values[below(scene, G_N_ELEMENTS(values))], (int)row.id);
    return at(row.seq, "preview");
}

// Behind a character that ends a text for most readers.
static Expected hide_in_text(Scene *scene)
{
    Row row;
    switch (below(scene, 4)) {
    case 0:
        row.seq = some_leaf(scene);
        execute(scene, "UPDATE audit_leaf SET %s WHERE seq = %u",
                below(scene, 2) ? "actor = actor || char(0) || 'x'"
                                : "payload = payload || char(0)",
                (unsigned)row.seq);
        break;
    case 1:
        row.seq = CHECKPOINT_EACH * (1 + below(scene, ACTS / CHECKPOINT_EACH));
        execute(scene, "UPDATE audit_checkpoint SET note = note || char(0) WHERE size = %u",
                (unsigned)row.seq);
        break;
    default:
        row = some_row(scene, audit_table(TABLE_ITEM));
        execute(scene, "UPDATE item SET path = path || char(0) || 'x' WHERE id = %d", (int)row.id);
    }
    return at(row.seq, "hidden in a text");
}

static Expected delete_row(Scene *scene)
{
    Row row = some_row(scene, NULL);
    execute(scene, "DELETE FROM %s WHERE id = %d", row.info->name, (int)row.id);
    return at(row.seq, "row gone");
}

static Expected renumber_row(Scene *scene)
{
    Row row = some_row(scene, NULL);
    execute(scene, "UPDATE %s SET id = 90000 WHERE id = %d", row.info->name, (int)row.id);
    return at(row.seq, "row has another id");
}

// With a seq that fits the act it shall seem to be of.
static Expected move_row(Scene *scene)
{
    Row row = some_row(scene, NULL);
    uint64_t other = some_leaf(scene);
    if (other == row.seq)
        other = row.seq == 1 ? 2 : row.seq - 1;
    execute(scene, "UPDATE %s SET seq = %u WHERE id = %d", row.info->name, (unsigned)other,
            (int)row.id);
    return at(MIN(row.seq, other), "row moved to another act");
}

static Expected copy_row(Scene *scene)
{
    Row row = some_row(scene, audit_table(below(scene, 2) ? TABLE_ITEM : TABLE_MEDIA_MATCH));
    uint64_t other = below(scene, 2) ? row.seq : some_leaf(scene);
    execute(scene,
            "CREATE TEMP TABLE copied AS SELECT * FROM %s WHERE id = %d;"
            "UPDATE copied SET id = 90000, seq = %u;",
            row.info->name, (int)row.id, (unsigned)other);
    if (row.info == audit_table(TABLE_ITEM))
        execute(scene, "UPDATE copied SET item_key = CAST('fedcba9876543210' AS BLOB)");
    execute(scene, "INSERT INTO %s SELECT * FROM copied; DROP TABLE copied", row.info->name);
    return at(other, "row copied");
}

static Expected stray_row(Scene *scene)
{
    Row row = some_row(scene, NULL);
    execute(scene, "UPDATE %s SET seq = %s WHERE id = %d", row.info->name,
            below(scene, 2) ? "0" : "9223372036854775807", (int)row.id);
    return at(row.seq, "row of no act");
}

// ---- Kept hashes

static Expected change_superseded(Scene *scene)
{
    int64_t count = number(scene, "SELECT count(*) FROM audit_superseded");
    unsigned offset = below(scene, (unsigned)count);
    uint64_t seq = (uint64_t)number(
        scene,
        "SELECT seq FROM audit_superseded ORDER BY seq, table_number, row_id LIMIT 1 "
        "OFFSET %u",
        offset);
    int64_t id = number(scene,
                        "SELECT row_id FROM audit_superseded ORDER BY seq, table_number, "
                        "row_id LIMIT 1 OFFSET %u",
                        offset);
    static const char *const changes[] = {
        "UPDATE audit_superseded SET hash = CAST(printf('%032d', 4) AS BLOB)",
        "DELETE FROM audit_superseded",
        "UPDATE audit_superseded SET row_id = row_id + 7777",
        "UPDATE audit_superseded SET table_number = table_number + 1",
    };
    execute(scene, "%s WHERE seq = %u AND row_id = %d",
            changes[below(scene, G_N_ELEMENTS(changes))], (unsigned)seq, (int)id);
    return at(seq, "kept hash");
}

static Expected insert_superseded(Scene *scene)
{
    uint64_t seq = some_leaf(scene);
    execute(scene, "INSERT INTO audit_superseded VALUES (%u, 5, 4242, zeroblob(32))",
            (unsigned)seq);
    return at(seq, "kept hash put in");
}

// ---- Checkpoints, ends, chains

static Expected change_checkpoint(Scene *scene)
{
    uint64_t size = CHECKPOINT_EACH * (1 + below(scene, ACTS / CHECKPOINT_EACH));
    unsigned place = below(scene, 120);
    switch (below(scene, 4)) {
    case 0:
        execute(scene, "DELETE FROM audit_checkpoint WHERE size = %u", (unsigned)size);
        return at(size, "checkpoint gone");
    case 1:
        execute(scene, "UPDATE audit_checkpoint SET root = zeroblob(32) WHERE size = %u",
                (unsigned)size);
        return at(size, "root of a checkpoint");
    case 2:
        execute(scene, "UPDATE audit_checkpoint SET size = size + 1 WHERE size = %u",
                (unsigned)size);
        return (Expected){size, size + 1, "size of a checkpoint"};
    default:
        execute(scene,
                "UPDATE audit_checkpoint SET note = substr(note, 1, %u) || '~' || "
                "substr(note, %u) WHERE size = %u",
                place, place + 2, (unsigned)size);
        return at(size, "text of a checkpoint");
    }
}

static Expected cut_end(Scene *scene)
{
    unsigned size = (unsigned)scene->leaves - 1 - below(scene, 20);
    execute(scene,
            "DELETE FROM audit_leaf WHERE seq > %u; DELETE FROM audit_checkpoint WHERE size > %u;"
            "DELETE FROM audit_superseded WHERE seq > %u",
            size, size, size);
    for (size_t i = 0; i < G_N_ELEMENTS(rows_of_tables); i++)
        execute(scene, "DELETE FROM %s WHERE seq > %u", audit_table(rows_of_tables[i].table)->name,
                size);
    // Rows that the cut acts had changed are gone with them, so an earlier act may miss one.
    return (Expected){1, size + 1, "end cut off"};
}

static void make_chain_anew(Scene *scene, uint64_t from)
{
    uint8_t previous[SHA256_BYTES] = {0};
    for (uint64_t seq = 1; seq <= scene->leaves; seq++) {
        g_autoptr(StoredLeaf) leaf = audit_leaf_read(scene->database, seq, NULL);
        if (seq >= from) {
            Statement *statement = database_statement(scene->database,
                                                      "UPDATE audit_leaf SET previous = ?2, hash = "
                                                      "?3, payload_sha256 = ?4 WHERE seq = ?1",
                                                      NULL);
            memcpy(leaf->leaf.previous, previous, SHA256_BYTES);
            EVP_Digest(leaf->payload, strlen(leaf->payload), leaf->leaf.payload_sha256, NULL,
                       EVP_sha256(), NULL);
            audit_leaf_hash(&leaf->leaf, leaf->leaf.hash);
            statement_bind_int(statement, 1, (int64_t)seq);
            statement_bind_blob(statement, 2, previous, SHA256_BYTES);
            statement_bind_blob(statement, 3, leaf->leaf.hash, SHA256_BYTES);
            statement_bind_blob(statement, 4, leaf->leaf.payload_sha256, SHA256_BYTES);
            g_assert_true(statement_run(statement, NULL));
        }
        memcpy(previous, leaf->leaf.hash, SHA256_BYTES);
    }
}

// Everything fits everything else again, but what was signed.
static Expected rewrite_chain(Scene *scene)
{
    uint64_t seq = some_leaf(scene);
    bool forget = below(scene, 2) == 0;
    execute(scene, "UPDATE audit_leaf SET payload = '{\"number\":999}' WHERE seq = %u",
            (unsigned)seq);
    make_chain_anew(scene, seq);
    if (forget)
        execute(scene, "DELETE FROM audit_checkpoint");
    uint64_t before = (seq - 1) / CHECKPOINT_EACH * CHECKPOINT_EACH;
    return (Expected){forget ? 1 : before + 1, before + CHECKPOINT_EACH, "chain made anew"};
}

// ---- The test ---------------------------------------------------------------------------------

typedef Expected Attack(Scene *scene);

static Attack *const attacks[] = {
    change_leaf, change_leaf,       erase_payload,     delete_leaf,       insert_leaf,
    swap_leaves, change_row,        change_row,        hide_in_text,      change_preview,
    delete_row,  renumber_row,      move_row,          copy_row,          stray_row,
    cut_end,     change_checkpoint, change_superseded, insert_superseded, rewrite_chain,
};

static AuditCheck *check_record(Scene *scene)
{
    g_autoptr(GError) error = NULL;
    AuditCheck *check =
        audit_check(scene->work, (AuditCheckOptions){scene->kept, &scene->key}, &error);
    g_assert_no_error(error);
    return check;
}

static void the_untouched_record_is_sound(gconstpointer data)
{
    Scene *scene = (Scene *)data;
    g_autoptr(AuditCheck) check = check_record(scene);
    for (unsigned i = 0; i < check->findings->len; i++) {
        g_autofree char *text = audit_finding_text(g_ptr_array_index(check->findings, i));
        g_test_message("%s", text);
    }
    g_assert_cmpuint(check->faults, ==, 0);
    g_assert_cmpuint(check->counts.leaves, ==, scene->leaves);
    g_assert_cmpuint(check->signed_size, ==, scene->leaves);
    g_assert_cmpuint(check->given_size, ==, scene->leaves);
    g_assert_cmpuint(check->checkpoints, ==, ACTS / CHECKPOINT_EACH);
    g_assert_cmpuint(check->counts.rows, >=, 100);
    g_assert_cmpuint(check->counts.superseded, >=, 10);
}

static bool is_found(Scene *scene, const Expected *expected)
{
    g_autoptr(AuditCheck) check = check_record(scene);
    if (check->faults == 0)
        return false;
    const AuditFinding *first = g_ptr_array_index(check->findings, 0);
    if (first->seq >= expected->first && first->seq <= expected->last)
        return true;
    g_autofree char *text = audit_finding_text(first);
    g_test_message("expected %u to %u, said: %s", (unsigned)expected->first,
                   (unsigned)expected->last, text);
    return false;
}

static void a_thousand_changes_are_found(gconstpointer data)
{
    Scene *scene = (Scene *)data;
    unsigned found = 0;
    for (unsigned i = 0; i < CHANGES; i++) {
        g_assert_true(database_begin_write(scene->database, NULL));
        Expected expected = attacks[i % G_N_ELEMENTS(attacks)](scene);
        if (is_found(scene, &expected))
            found++;
        else
            g_test_message("change %u was not found or not named: %s", i, expected.what);
        database_rollback(scene->database);
    }
    g_assert_cmpuint(found, ==, CHANGES);
}

int main(int argc, char **argv)
{
    Scene scene = {0};
    g_test_init(&argc, &argv, NULL);
    scene_init(&scene);
    g_test_add_data_func("/the_untouched_record_is_sound", &scene, the_untouched_record_is_sound);
    g_test_add_data_func("/a_thousand_changes_are_found", &scene, a_thousand_changes_are_found);
    g_test_add_data_func("/the_record_is_sound_afterwards", &scene, the_untouched_record_is_sound);
    int status = g_test_run();
    scene_clear(&scene);
    return status;
}
