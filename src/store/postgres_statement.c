// SPDX-License-Identifier: Apache-2.0
//
// A statement is prepared on the server at its first execution, once for each combination of types
// it is bound with ("variant"); NULL fits any type. One that may return many rows reads them
// through a cursor, batch by batch; one that returned few runs at once.
#include <string.h>

#include "base/error.h"
#include "store/database_dialect.h"
#include "store/database_postgres.h"
#include "store/postgres_value.h"

#define VARIANTS_MAX 32u
#define BATCH_ROWS_FIRST 64
#define BATCH_ROWS_MAX 4096
#define BATCH_BYTES (1u << 20)

G_DEFINE_AUTOPTR_CLEANUP_FUNC(PGresult, PQclear)

typedef struct {
    char *name;
    Oid *types;
    uint64_t nulls; // these parameters stand as NULL in its text
} Variant;

typedef struct {
    Statement base;
    char *sql;
    bool kept, only_reads;
    bool many; // expect more rows than a batch
    bool ran;  // at least once
    // Parameters, arrays as libpq takes them.
    int count;
    Oid *types; // 0: NULL
    const char **values;
    int *lengths, *formats;
    uint8_t (*words)[POSTGRES_WORD_BYTES];
    GPtrArray *variants;
    uint64_t link_number; // of the connection that knows them
    // While stepping.
    bool started, more;
    PGresult *result, *next_result;
    int row, batch_rows;
    char *cursor; // NULL: none is open
    GPtrArray *texts;
} PostgresStatement;

static PostgresStatement *statement_of(const Statement *statement)
{
    return (PostgresStatement *)statement;
}

static PostgresDatabase *database_of(const PostgresStatement *statement)
{
    return (PostgresDatabase *)statement->base.database;
}

static PostgresLink *link_of(const PostgresStatement *statement)
{
    return &database_of(statement)->link;
}

static char *new_name(PostgresDatabase *database)
{
    return g_strdup_printf("clew_%u", ++database->last_name);
}

// ---- Variants ---------------------------------------------------------------------------------

static void variant_free(Variant *variant)
{
    g_free(variant->name);
    g_free(variant->types);
    g_free(variant);
}

static void drop_variants(PostgresStatement *statement, unsigned left)
{
    PostgresLink *link = link_of(statement);
    bool known = statement->link_number == link->number && link->connection != NULL;
    while (statement->variants->len > left) {
        Variant *oldest = g_ptr_array_index(statement->variants, 0);
        if (known)
            g_ptr_array_add(link->stale, g_strdup(oldest->name));
        g_ptr_array_remove_index(statement->variants, 0);
    }
}

void postgres_drop_stale(PostgresDatabase *database)
{
    GPtrArray *stale = database->link.stale;
    for (unsigned i = 0; i < stale->len; i++) {
        g_autofree char *command =
            g_strconcat("DEALLOCATE ", (const char *)g_ptr_array_index(stale, i), NULL);
        postgres_link_send(&database->link, command, NULL, NULL);
    }
    g_ptr_array_set_size(stale, 0);
}

// Bit of the first 64 parameters; those behind are left to the server to find out.
static uint64_t bound_nulls(const PostgresStatement *statement)
{
    uint64_t nulls = 0;
    for (int i = 0; i < statement->count && i < 64; i++)
        if (statement->values[i] == NULL)
            nulls |= UINT64_C(1) << i;
    return nulls;
}

static bool is_null_literal(uint64_t nulls, int index)
{
    return index < 64 && (nulls >> index & 1) != 0;
}

static bool variant_fits(const PostgresStatement *statement, const Variant *variant)
{
    for (int i = 0; i < statement->count; i++) {
        bool null = statement->values[i] == NULL;
        if (is_null_literal(variant->nulls, i) ? !null
                                               : !null && statement->types[i] != variant->types[i])
            return false;
    }
    return true;
}

static Variant *find_variant(PostgresStatement *statement)
{
    if (statement->link_number != link_of(statement)->number) {
        drop_variants(statement, 0);
        statement->link_number = link_of(statement)->number;
    }
    for (unsigned i = 0; i < statement->variants->len; i++) {
        Variant *variant = g_ptr_array_index(statement->variants, i);
        if (variant_fits(statement, variant))
            return variant;
    }
    return NULL;
}

static PostgresParameters parameters_with(const PostgresStatement *statement, const Oid *types)
{
    return (PostgresParameters){.count = statement->count,
                                .types = types,
                                .values = statement->values,
                                .lengths = statement->lengths,
                                .formats = statement->formats};
}

// A parameter that the text does not mention needs a type all the same.
static Oid *types_beside_nulls(const PostgresStatement *statement, uint64_t nulls)
{
    Oid *types = g_new0(Oid, (gsize)statement->count + 1);
    for (int i = 0; i < statement->count; i++)
        types[i] = is_null_literal(nulls, i) ? POSTGRES_TEXT : statement->types[i];
    return types;
}

static bool send_variant(PostgresStatement *statement, const Variant *variant, GError **err)
{
    g_autofree char *sql = database_dialect_postgres(statement->sql, variant->nulls);
    PostgresParameters parameters = parameters_with(statement, variant->types);
    return postgres_link_send_prepare(link_of(statement), variant->name, sql, &parameters, err);
}

// Lets the server say which types the NULLs have, so that the variant fits values later.
static bool ask_types(PostgresStatement *statement, Variant *variant, GError **err)
{
    g_autoptr(PGresult) described = NULL;
    if (!send_variant(statement, variant, err) ||
        !postgres_link_send_describe(link_of(statement), variant->name, err) ||
        !postgres_link_settle(link_of(statement), &described, err))
        return false;
    for (int i = 0; i < statement->count && i < PQnparams(described); i++)
        variant->types[i] = PQparamtype(described, i);
    return true;
}

// The server cannot always tell (`?1 IS NULL`); then NULL is written into the text. The savepoint
// keeps the transaction alive when it cannot.
static bool prepare_with_nulls(PostgresStatement *statement, Variant *variant, uint64_t nulls,
                               GError **err)
{
    PostgresLink *link = link_of(statement);
    bool inside = link->in_transaction;
    if (!postgres_link_settle(link, NULL, err) ||
        (inside && !postgres_link_query(link, "SAVEPOINT clew_prepare", NULL, err)))
        return false;
    if (ask_types(statement, variant, NULL))
        return !inside || postgres_link_send(link, "RELEASE SAVEPOINT clew_prepare", NULL, err);
    if (inside) {
        postgres_link_recover(link);
        if (!postgres_link_query(link, "ROLLBACK TO SAVEPOINT clew_prepare", NULL, err))
            return false;
    }
    g_free(variant->types);
    variant->nulls = nulls;
    variant->types = types_beside_nulls(statement, nulls);
    return send_variant(statement, variant, err);
}

static Variant *make_variant(PostgresStatement *statement, GError **err)
{
    Variant *variant = g_new0(Variant, 1);
    uint64_t nulls = bound_nulls(statement);
    variant->name = new_name(database_of(statement));
    variant->types = types_beside_nulls(statement, 0);
    bool ok = nulls == 0 ? send_variant(statement, variant, err)
                         : prepare_with_nulls(statement, variant, nulls, err);
    if (!ok) {
        variant_free(variant);
        return NULL;
    }
    drop_variants(statement, VARIANTS_MAX - 1);
    g_ptr_array_add(statement->variants, variant);
    return variant;
}

// ---- Executing --------------------------------------------------------------------------------

// A statement that runs but once is not worth preparing.
static bool send_once(PostgresStatement *statement, const char *before, GError **err)
{
    uint64_t nulls = bound_nulls(statement);
    g_autofree char *sql = database_dialect_postgres(statement->sql, nulls);
    g_autofree char *whole = g_strconcat(before, sql, NULL);
    g_autofree Oid *types = types_beside_nulls(statement, nulls);
    PostgresParameters parameters = parameters_with(statement, types);
    return postgres_link_send(link_of(statement), whole, &parameters, err);
}

static bool send_execution(PostgresStatement *statement, GError **err)
{
    if (!statement->kept && !statement->ran) {
        statement->ran = true;
        return send_once(statement, "", err);
    }
    Variant *variant = find_variant(statement);
    if (variant == NULL)
        variant = make_variant(statement, err);
    if (variant == NULL)
        return false;
    PostgresParameters parameters = parameters_with(statement, variant->types);
    return postgres_link_send_prepared(link_of(statement), variant->name, &parameters, err);
}

static bool start_plain(PostgresStatement *statement, GError **err)
{
    if (!send_execution(statement, err) ||
        !postgres_link_settle(link_of(statement), &statement->result, err))
        return false;
    statement->many = PQntuples(statement->result) > BATCH_ROWS_MAX ||
                      PQresultMemorySize(statement->result) > 4 * BATCH_BYTES;
    return true;
}

// Outside a transaction one is begun around it, so that it waits for its turn like any write.
static bool start_alone(PostgresStatement *statement, GError **err)
{
    Database *database = statement->base.database;
    if (!database_begin_write(database, err))
        return false;
    if (start_plain(statement, err))
        return database_commit(database, err);
    database_rollback(database);
    return false;
}

// ---- Cursors ----------------------------------------------------------------------------------

static void choose_batch(PostgresStatement *statement)
{
    int rows = PQntuples(statement->result);
    if (rows == 0)
        return;
    size_t bytes_a_row = PQresultMemorySize(statement->result) / (size_t)rows + 1;
    size_t fitting = BATCH_BYTES / bytes_a_row;
    statement->batch_rows = (int)CLAMP(fitting, 1, BATCH_ROWS_MAX);
}

static void close_cursor(PostgresStatement *statement)
{
    PostgresDatabase *database = database_of(statement);
    statement->more = statement->next_result != NULL;
    if (statement->cursor == NULL)
        return;
    g_ptr_array_remove(database->cursors, statement);
    g_autofree char *command = g_strconcat("CLOSE ", statement->cursor, NULL);
    g_clear_pointer(&statement->cursor, g_free);
    if (!database->cursors_only)
        postgres_link_send(&database->link, command, NULL, NULL);
    else if (database->cursors->len == 0)
        postgres_end_transaction(database);
}

static bool fetch(PostgresStatement *statement, const char *how_many, PGresult **ret_result,
                  GError **err)
{
    g_autofree char *command =
        g_strdup_printf("FETCH FORWARD %s FROM %s", how_many, statement->cursor);
    return postgres_link_query(link_of(statement), command, ret_result, err);
}

static bool fetch_batch(PostgresStatement *statement, GError **err)
{
    g_autofree char *how_many = g_strdup_printf("%d", statement->batch_rows);
    g_clear_pointer(&statement->result, PQclear);
    if (!fetch(statement, how_many, &statement->result, err))
        return false;
    statement->more = true;
    if (PQntuples(statement->result) < statement->batch_rows)
        close_cursor(statement);
    else
        choose_batch(statement);
    return true;
}

static bool start_cursor(PostgresStatement *statement, GError **err)
{
    PostgresDatabase *database = database_of(statement);
    if (!database->link.in_transaction) {
        database->cursors_only = database->link.in_transaction = true;
        if (!postgres_link_send(&database->link, POSTGRES_BEGIN_READ, NULL, err))
            return false;
    }
    statement->cursor = new_name(database);
    statement->batch_rows = BATCH_ROWS_FIRST;
    g_ptr_array_add(database->cursors, statement);
    g_autofree char *declare =
        g_strconcat("DECLARE ", statement->cursor, " NO SCROLL CURSOR FOR ", NULL);
    if (!send_once(statement, declare, err) || !fetch_batch(statement, err))
        return false;
    statement->many = statement->more;
    return true;
}

bool postgres_finish_cursors(PostgresDatabase *database, GError **err)
{
    if (!database->cursors_only)
        return true;
    bool ok = true;
    while (ok && database->cursors->len > 0) {
        PostgresStatement *statement = g_ptr_array_index(database->cursors, 0);
        ok = fetch(statement, "ALL", &statement->next_result, err);
        if (ok)
            close_cursor(statement);
    }
    if (!ok)
        postgres_end_transaction(database);
    return ok;
}

// Their statements fail when they are asked for more rows.
static void orphan_cursors(PostgresDatabase *database)
{
    for (unsigned i = 0; i < database->cursors->len; i++) {
        PostgresStatement *statement = g_ptr_array_index(database->cursors, i);
        g_clear_pointer(&statement->cursor, g_free);
    }
    g_ptr_array_set_size(database->cursors, 0);
    database->cursors_only = false;
}

void postgres_end_transaction(PostgresDatabase *database)
{
    PostgresLink *link = &database->link;
    orphan_cursors(database);
    if (!link->in_transaction)
        return;
    postgres_link_recover(link);
    link->in_transaction = false;
    if (!postgres_link_is_lost(link) && !postgres_link_query(link, "ROLLBACK", NULL, NULL))
        postgres_link_recover(link);
}

// ---- Stepping ---------------------------------------------------------------------------------

static bool start_read(PostgresStatement *statement, GError **err)
{
    return statement->many ? start_cursor(statement, err) : start_plain(statement, err);
}

// A read outside a transaction may be repeated on a new connection.
static bool start_read_outside(PostgresStatement *statement, GError **err)
{
    PostgresDatabase *database = database_of(statement);
    for (int attempt = 0;; attempt++) {
        g_autoptr(GError) error = NULL;
        if (!postgres_link_connect(&database->link, err))
            return false;
        postgres_drop_stale(database);
        if (start_read(statement, &error))
            return true;
        bool again = attempt == 0 && postgres_link_is_lost(&database->link);
        postgres_end_transaction(database);
        g_clear_pointer(&statement->result, PQclear);
        if (!again) {
            g_propagate_error(err, g_steal_pointer(&error));
            return false;
        }
        statement->ran = false;
    }
}

static bool start(PostgresStatement *statement, GError **err)
{
    statement->started = true;
    statement->more = false;
    statement->row = -1;
    if (statement->base.database->depth > 0)
        return statement->only_reads ? start_read(statement, err) : start_plain(statement, err);
    return statement->only_reads ? start_read_outside(statement, err) : start_alone(statement, err);
}

static bool next_batch(PostgresStatement *statement, GError **err)
{
    statement->row = 0;
    if (statement->next_result != NULL) {
        PQclear(statement->result);
        statement->result = g_steal_pointer(&statement->next_result);
        statement->more = false;
        return true;
    }
    if (statement->cursor != NULL)
        return fetch_batch(statement, err);
    g_set_error(err, CLEW_ERROR, CLEW_ERROR_INTERNAL,
                "cannot read on in the database %s: the transaction of these rows has ended",
                statement->base.database->name);
    return false;
}

bool postgres_step(Statement *base, bool *ret_row, GError **err)
{
    PostgresStatement *statement = statement_of(base);
    bool ok = statement->started || start(statement, err);
    g_ptr_array_set_size(statement->texts, 0);
    statement->row++;
    while (ok && statement->row >= PQntuples(statement->result) && statement->more)
        ok = next_batch(statement, err);
    bool row = ok && statement->row < PQntuples(statement->result);
    if (!row)
        postgres_reset(base);
    if (ok)
        *ret_row = row;
    return ok;
}

bool postgres_run(Statement *base, GError **err)
{
    PostgresStatement *statement = statement_of(base);
    const Database *database = base->database;
    bool writing = database->depth > 0 && (database->writers & 1) != 0;
    bool ok =
        statement->started || (writing ? send_execution(statement, err) : start(statement, err));
    postgres_reset(base);
    return ok;
}

void postgres_reset(Statement *base)
{
    PostgresStatement *statement = statement_of(base);
    close_cursor(statement);
    g_clear_pointer(&statement->result, PQclear);
    g_clear_pointer(&statement->next_result, PQclear);
    g_ptr_array_set_size(statement->texts, 0);
    statement->started = statement->more = false;
    for (int i = 0; i < statement->count; i++)
        postgres_bind_null(base, i + 1);
}

bool postgres_is_stepping(const Statement *base)
{
    return statement_of(base)->started;
}

// ---- Binding ----------------------------------------------------------------------------------

static void bind(Statement *base, int position, Oid type, const void *value, size_t size_bytes)
{
    PostgresStatement *statement = statement_of(base);
    g_assert(position >= 1 && position <= statement->count && size_bytes <= INT32_MAX);
    statement->types[position - 1] = type;
    statement->values[position - 1] = value;
    statement->lengths[position - 1] = (int)size_bytes;
    statement->formats[position - 1] = 1;
}

void postgres_bind_int(Statement *base, int position, int64_t value)
{
    bind(base, position, POSTGRES_INT8, statement_of(base)->words[position - 1],
         POSTGRES_WORD_BYTES);
    postgres_put_int(value, statement_of(base)->words[position - 1]);
}

void postgres_bind_real(Statement *base, int position, double value)
{
    bind(base, position, POSTGRES_FLOAT8, statement_of(base)->words[position - 1],
         POSTGRES_WORD_BYTES);
    postgres_put_real(value, statement_of(base)->words[position - 1]);
}

void postgres_bind_blob(Statement *base, int position, const void *bytes, size_t size_bytes)
{
    bind(base, position, POSTGRES_BYTEA, bytes, size_bytes);
}

void postgres_bind_text(Statement *base, int position, const char *text)
{
    bind(base, position, POSTGRES_TEXT, text, strlen(text));
}

void postgres_bind_null(Statement *base, int position)
{
    bind(base, position, 0, NULL, 0);
}

// ---- Columns ----------------------------------------------------------------------------------

int64_t postgres_column_int(const Statement *base, int column)
{
    const PostgresStatement *statement = statement_of(base);
    return postgres_get_int(statement->result, statement->row, column);
}

double postgres_column_real(const Statement *base, int column)
{
    const PostgresStatement *statement = statement_of(base);
    return postgres_get_real(statement->result, statement->row, column);
}

bool postgres_column_is_null(const Statement *base, int column)
{
    const PostgresStatement *statement = statement_of(base);
    return PQgetisnull(statement->result, statement->row, column) != 0;
}

static const char *number_text(const PostgresStatement *statement, int column)
{
    char *text =
        postgres_is_fraction(statement->result, column)
            ? g_strdup_printf("%.15g", postgres_column_real(&statement->base, column))
            : g_strdup_printf("%" G_GINT64_FORMAT, postgres_column_int(&statement->base, column));
    g_ptr_array_add(statement->texts, text);
    return text;
}

const char *postgres_column_text(const Statement *base, int column)
{
    const PostgresStatement *statement = statement_of(base);
    if (postgres_column_is_null(base, column))
        return NULL;
    return postgres_is_number(statement->result, column)
               ? number_text(statement, column)
               : PQgetvalue(statement->result, statement->row, column);
}

const uint8_t *postgres_column_blob(const Statement *base, int column, size_t *ret_size_bytes)
{
    const PostgresStatement *statement = statement_of(base);
    int length = PQgetlength(statement->result, statement->row, column);
    *ret_size_bytes = (size_t)length;
    return length > 0 ? (const uint8_t *)PQgetvalue(statement->result, statement->row, column)
                      : NULL;
}

// ---- Life -------------------------------------------------------------------------------------

Statement *postgres_prepare(Database *database, const char *sql, bool kept, GError **err)
{
    unsigned count = database_dialect_parameters(sql);
    PostgresStatement *statement = g_new0(PostgresStatement, 1);
    statement->base.database = database;
    statement->sql = g_strdup(sql);
    statement->kept = kept;
    statement->only_reads = database_dialect_only_reads(sql);
    statement->many = !kept && statement->only_reads;
    statement->count = (int)count;
    statement->types = g_new0(Oid, count + 1);
    statement->values = g_new0(const char *, count + 1);
    statement->lengths = g_new0(int, count + 1);
    statement->formats = g_new0(int, count + 1);
    statement->words = g_malloc0_n(count + 1, sizeof *statement->words);
    statement->variants = g_ptr_array_new_with_free_func((GDestroyNotify)variant_free);
    statement->texts = g_ptr_array_new_with_free_func(g_free);
    return &statement->base;
}

void postgres_statement_free(Statement *base)
{
    PostgresStatement *statement = statement_of(base);
    postgres_reset(base);
    drop_variants(statement, 0);
    g_ptr_array_unref(statement->variants);
    g_ptr_array_unref(statement->texts);
    g_free(statement->sql);
    g_free(statement->types);
    g_free(statement->values);
    g_free(statement->lengths);
    g_free(statement->formats);
    g_free(statement->words);
    g_free(statement);
}
