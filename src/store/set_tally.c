// SPDX-License-Identifier: Apache-2.0
#include "store/set_tally.h"

#include <string.h>

#include "base/encoding.h"
#include "base/error.h"

static void words_from_digest(const uint8_t digest[SHA256_BYTES], uint64_t words[4])
{
    memcpy(words, digest, SHA256_BYTES);
    for (unsigned i = 0; i < 4; i++)
        words[i] = GUINT64_FROM_LE(words[i]);
}

static void sum_add(uint64_t sum[4], const uint64_t words[4])
{
    uint64_t carry = 0;
    for (unsigned i = 0; i < 4; i++) {
        unsigned __int128 total = (unsigned __int128)sum[i] + words[i] + carry;
        sum[i] = (uint64_t)total;
        carry = (uint64_t)(total >> 64);
    }
}

static void sum_subtract(uint64_t sum[4], const uint64_t words[4])
{
    uint64_t negative[4] = {~words[0], ~words[1], ~words[2], ~words[3]};
    static const uint64_t one[4] = {1, 0, 0, 0};
    sum_add(sum, negative);
    sum_add(sum, one);
}

static uint64_t *counter_of(SetTally *tally, const StoredEntry *entry)
{
    if (entry->state == 0)
        return &tally->active;
    return entry->state & ENTRY_WITHDRAWN_LOCALLY ? &tally->withdrawn_locally
                                                  : &tally->withdrawn_by_list;
}

void set_tally_add(SetTally *tally, const StoredEntry *entry, GChecksum *work)
{
    (*counter_of(tally, entry))++;
    if (entry->state != 0)
        return;
    for (size_t i = 0; i < entry->content.hash_count; i++)
        tally->hashes[entry->content.hashes[i].type]++;
    tally->videos += entry->content.is_video;
    tally->frames += entry->content.frame_count;
    uint8_t digest[SHA256_BYTES];
    uint64_t words[4];
    stored_entry_digest(entry, work, digest);
    words_from_digest(digest, words);
    sum_add(tally->sum, words);
}

void set_tally_remove(SetTally *tally, const StoredEntry *entry, GChecksum *work)
{
    (*counter_of(tally, entry))--;
    if (entry->state != 0)
        return;
    for (size_t i = 0; i < entry->content.hash_count; i++)
        tally->hashes[entry->content.hashes[i].type]--;
    tally->videos -= entry->content.is_video;
    tally->frames -= entry->content.frame_count;
    uint8_t digest[SHA256_BYTES];
    uint64_t words[4];
    stored_entry_digest(entry, work, digest);
    words_from_digest(digest, words);
    sum_subtract(tally->sum, words);
}

static void sum_to_bytes(const uint64_t sum[4], uint8_t ret_bytes[SHA256_BYTES])
{
    uint64_t words[4];
    for (unsigned i = 0; i < 4; i++)
        words[i] = GUINT64_TO_LE(sum[i]);
    memcpy(ret_bytes, words, SHA256_BYTES);
}

void set_tally_digest(const SetTally *tally, char ret_hex[2 * SHA256_BYTES + 1])
{
    g_autoptr(GChecksum) checksum = g_checksum_new(G_CHECKSUM_SHA256);
    uint64_t active = GUINT64_TO_LE(tally->active);
    uint8_t sum[SHA256_BYTES];
    sum_to_bytes(tally->sum, sum);
    g_checksum_update(checksum, (const guchar *)&active, sizeof active);
    g_checksum_update(checksum, sum, sizeof sum);
    g_strlcpy(ret_hex, g_checksum_get_string(checksum), 2 * SHA256_BYTES + 1);
}

bool set_tally_equal(const SetTally *a, const SetTally *b)
{
    return a->active == b->active && a->withdrawn_by_list == b->withdrawn_by_list &&
           a->withdrawn_locally == b->withdrawn_locally && a->videos == b->videos &&
           a->frames == b->frames && memcmp(a->hashes, b->hashes, sizeof a->hashes) == 0 &&
           memcmp(a->sum, b->sum, sizeof a->sum) == 0;
}

static bool load_hash_counts(Database *database, uint64_t set_id, SetTally *tally, GError **err)
{
    Statement *statement = database_statement(
        database, "SELECT type, active FROM set_hash_count WHERE set_id = ?1", err);
    if (statement == NULL)
        return false;
    statement_bind_int(statement, 1, (int64_t)set_id);
    bool row;
    while (true) {
        if (!statement_step(statement, &row, err))
            return false;
        if (!row)
            return true;
        const char *name = statement_text(statement, 0);
        for (unsigned type = 0; type < HASH_TYPE_COUNT; type++)
            if (g_strcmp0(name, hash_type_name((HashType)type)) == 0)
                tally->hashes[type] = (uint64_t)statement_int(statement, 1);
    }
}

bool set_tally_load(Database *database, uint64_t set_id, SetTally *tally, GError **err)
{
    Statement *statement =
        database_statement(database,
                           "SELECT active, withdrawn_by_list, "
                           "withdrawn_locally, digest_sum, videos, frames FROM hash_set "
                           "WHERE id = ?1",
                           err);
    if (statement == NULL)
        return false;
    statement_bind_int(statement, 1, (int64_t)set_id);
    bool row;
    if (!statement_step(statement, &row, err))
        return false;
    size_t size_bytes = 0;
    const uint8_t *sum = row ? statement_blob(statement, 3, &size_bytes) : NULL;
    if (sum == NULL || size_bytes != SHA256_BYTES) {
        statement_reset(statement);
        g_set_error(err, CLEW_ERROR, CLEW_ERROR_CORRUPT,
                    "the database is damaged: set %u has no tally", (unsigned)set_id);
        return false;
    }
    *tally = (SetTally){.active = (uint64_t)statement_int(statement, 0),
                        .withdrawn_by_list = (uint64_t)statement_int(statement, 1),
                        .withdrawn_locally = (uint64_t)statement_int(statement, 2),
                        .videos = (uint64_t)statement_int(statement, 4),
                        .frames = (uint64_t)statement_int(statement, 5)};
    words_from_digest(sum, tally->sum);
    statement_reset(statement);
    return load_hash_counts(database, set_id, tally, err);
}

static bool save_hash_count(Database *database, uint64_t set_id, HashType type, uint64_t count,
                            GError **err)
{
    Statement *statement =
        database_statement(database,
                           "INSERT INTO set_hash_count VALUES (?1, ?2, ?3) "
                           "ON CONFLICT (set_id, type) DO UPDATE SET active = excluded.active",
                           err);
    if (statement == NULL)
        return false;
    statement_bind_int(statement, 1, (int64_t)set_id);
    statement_bind_text(statement, 2, hash_type_name(type));
    statement_bind_int(statement, 3, (int64_t)count);
    return statement_run(statement, err);
}

bool set_tally_save(Database *database, uint64_t set_id, const SetTally *tally, GError **err)
{
    Statement *statement = database_statement(database,
                                              "UPDATE hash_set SET active = ?2, withdrawn_by_list "
                                              "= ?3, withdrawn_locally = ?4, digest_sum = ?5, "
                                              "videos = ?6, frames = ?7 "
                                              "WHERE id = ?1",
                                              err);
    if (statement == NULL)
        return false;
    uint8_t sum[SHA256_BYTES];
    sum_to_bytes(tally->sum, sum);
    statement_bind_int(statement, 1, (int64_t)set_id);
    statement_bind_int(statement, 2, (int64_t)tally->active);
    statement_bind_int(statement, 3, (int64_t)tally->withdrawn_by_list);
    statement_bind_int(statement, 4, (int64_t)tally->withdrawn_locally);
    statement_bind_blob(statement, 5, sum, sizeof sum);
    statement_bind_int(statement, 6, (int64_t)tally->videos);
    statement_bind_int(statement, 7, (int64_t)tally->frames);
    if (!statement_run(statement, err))
        return false;
    for (unsigned type = 0; type < HASH_TYPE_COUNT; type++)
        if (!save_hash_count(database, set_id, (HashType)type, tally->hashes[type], err))
            return false;
    return true;
}
