// SPDX-License-Identifier: Apache-2.0
#include "store/withdrawals.h"

#include <string.h>

#include "base/clock.h"

// Keys are ListHash without text.
struct Withdrawals {
    GHashTable *hashes;
};

static guint hash_of_hash(gconstpointer data)
{
    const ListHash *hash = data;
    guint value;
    memcpy(&value, hash->value, sizeof value);
    return value;
}

static gboolean hashes_equal(gconstpointer left, gconstpointer right)
{
    const ListHash *a = left, *b = right;
    return a->type == b->type && memcmp(a->value, b->value, hash_type_bytes(a->type)) == 0;
}

Withdrawals *withdrawals_new(void)
{
    Withdrawals *withdrawals = g_new(Withdrawals, 1);
    withdrawals->hashes = g_hash_table_new_full(hash_of_hash, hashes_equal, g_free, NULL);
    return withdrawals;
}

void withdrawals_free(Withdrawals *withdrawals)
{
    if (withdrawals == NULL)
        return;
    g_hash_table_destroy(withdrawals->hashes);
    g_free(withdrawals);
}

void withdrawals_add(Withdrawals *withdrawals, HashType type, const uint8_t *value)
{
    ListHash *hash = g_new0(ListHash, 1);
    hash->type = type;
    memcpy(hash->value, value, hash_type_bytes(type));
    g_hash_table_add(withdrawals->hashes, hash);
}

bool withdrawals_contain(const Withdrawals *withdrawals, HashType type, const uint8_t *value)
{
    if (type >= HASH_COMPUTABLE_COUNT || g_hash_table_size(withdrawals->hashes) == 0)
        return false;
    ListHash hash = {.type = type};
    memcpy(hash.value, value, hash_type_bytes(type));
    return g_hash_table_contains(withdrawals->hashes, &hash);
}

bool withdrawals_touch(const Withdrawals *withdrawals, const ListEntry *entry)
{
    for (size_t i = 0; i < entry->hash_count; i++)
        if (withdrawals_contain(withdrawals, entry->hashes[i].type, entry->hashes[i].value))
            return true;
    return false;
}

Withdrawals *withdrawals_load(Database *database, uint64_t set_id, GError **err)
{
    Statement *statement =
        database_statement(database, "SELECT type, value FROM withdrawal WHERE set_id = ?1", err);
    if (statement == NULL)
        return NULL;
    statement_bind_int(statement, 1, (int64_t)set_id);
    g_autoptr(Withdrawals) withdrawals = withdrawals_new();
    bool row;
    while (true) {
        if (!statement_step(statement, &row, err))
            return NULL;
        if (!row)
            return g_steal_pointer(&withdrawals);
        HashType type;
        size_t size_bytes;
        const char *name = statement_text(statement, 0);
        const uint8_t *value = statement_blob(statement, 1, &size_bytes);
        if (name != NULL && hash_type_from_name(name, &type) && type < HASH_COMPUTABLE_COUNT &&
            size_bytes == hash_type_bytes(type))
            withdrawals_add(withdrawals, type, value);
    }
}

bool withdrawals_insert(Database *database, uint64_t set_id, HashType type, const uint8_t *value,
                        const char *who, GError **err)
{
    Statement *statement = database_statement(database,
                                              "INSERT INTO withdrawal VALUES (?1, ?2, ?3, ?4, ?5) "
                                              "ON CONFLICT (set_id, type, value) DO NOTHING",
                                              err);
    if (statement == NULL)
        return false;
    g_autofree char *now = clock_now_utc();
    statement_bind_int(statement, 1, (int64_t)set_id);
    statement_bind_text(statement, 2, hash_type_name(type));
    statement_bind_blob(statement, 3, value, hash_type_bytes(type));
    statement_bind_text(statement, 4, now);
    statement_bind_text(statement, 5, who);
    return statement_run(statement, err);
}

bool withdrawals_delete(Database *database, uint64_t set_id, HashType type, const uint8_t *value,
                        GError **err)
{
    Statement *statement = database_statement(
        database, "DELETE FROM withdrawal WHERE set_id = ?1 AND type = ?2 AND value = ?3", err);
    if (statement == NULL)
        return false;
    statement_bind_int(statement, 1, (int64_t)set_id);
    statement_bind_text(statement, 2, hash_type_name(type));
    statement_bind_blob(statement, 3, value, hash_type_bytes(type));
    return statement_run(statement, err);
}
