// SPDX-License-Identifier: Apache-2.0
#include "store/stored_entry.h"

#include <string.h>

void stored_entry_init(StoredEntry *entry)
{
    *entry = (StoredEntry){0};
    list_entry_init(&entry->content);
}

void stored_entry_clear(StoredEntry *entry)
{
    list_entry_clear(&entry->content);
    stored_entry_init(entry);
}

void list_entry_sort_hashes(ListEntry *entry)
{
    for (size_t i = 1; i < entry->hash_count; i++) {
        ListHash hash = entry->hashes[i];
        size_t place = i;
        for (; place > 0 && entry->hashes[place - 1].type > hash.type; place--)
            entry->hashes[place] = entry->hashes[place - 1];
        entry->hashes[place] = hash;
    }
}

void list_entry_copy(ListEntry *target, const ListEntry *source)
{
    list_entry_clear(target);
    *target = *source;
    target->hashes = NULL;
    target->hash_count = 0;
    target->key = g_strdup(source->key);
    target->category = g_strdup(source->category);
    target->series = g_strdup(source->series);
    target->name = g_strdup(source->name);
    target->comment = g_strdup(source->comment);
    target->extra_json = g_strdup(source->extra_json);
    list_entry_merge(target, &(ListEntry){.hashes = source->hashes,
                                          .hash_count = source->hash_count,
                                          .is_video = source->is_video,
                                          .victim_identified = -1,
                                          .offender_identified = -1,
                                          .distributed = -1});
}

static bool hashes_equal(const ListHash *a, const ListHash *b)
{
    if (a->type != b->type)
        return false;
    if (a->type >= HASH_COMPUTABLE_COUNT)
        return g_strcmp0(a->text, b->text) == 0;
    return memcmp(a->value, b->value, hash_type_bytes(a->type)) == 0;
}

static bool has_hash(const ListEntry *entry, const ListHash *hash)
{
    for (size_t i = 0; i < entry->hash_count; i++)
        if (hashes_equal(&entry->hashes[i], hash))
            return true;
    return false;
}

static void merge_text(char **target, const char *source)
{
    if (source == NULL)
        return;
    g_free(*target);
    *target = g_strdup(source);
}

static void merge_tristate(int *target, int source)
{
    if (source >= 0)
        *target = source;
}

void list_entry_merge(ListEntry *target, const ListEntry *source)
{
    for (size_t i = 0; i < source->hash_count; i++) {
        const ListHash *hash = &source->hashes[i];
        bool computable = hash->type < HASH_COMPUTABLE_COUNT;
        if (!has_hash(target, hash))
            list_entry_add_hash(target, hash->type, computable ? hash->value : NULL,
                                computable ? hash_type_bytes(hash->type) : 0, hash->text);
    }
    list_entry_sort_hashes(target);
    merge_text(&target->category, source->category);
    merge_text(&target->series, source->series);
    merge_text(&target->name, source->name);
    merge_text(&target->comment, source->comment);
    merge_text(&target->extra_json, source->extra_json);
    merge_tristate(&target->victim_identified, source->victim_identified);
    merge_tristate(&target->offender_identified, source->offender_identified);
    merge_tristate(&target->distributed, source->distributed);
    target->is_video = target->is_video || source->is_video;
    if (source->has_size) {
        target->has_size = true;
        target->size_bytes = source->size_bytes;
    }
}

// The hash that stands for an entry without a key.
static const ListHash *identifying_hash(const ListEntry *entry)
{
    static const HashType by_strength[] = {HASH_SHA256, HASH_SHA1, HASH_MD5, HASH_PDQ};
    for (size_t rank = 0; rank < G_N_ELEMENTS(by_strength); rank++)
        for (size_t i = 0; i < entry->hash_count; i++)
            if (entry->hashes[i].type == by_strength[rank])
                return &entry->hashes[i];
    return entry->hash_count > 0 ? &entry->hashes[0] : NULL;
}

bool list_entry_same_identity(const ListEntry *a, const ListEntry *b)
{
    if (a->key != NULL || b->key != NULL)
        return g_strcmp0(a->key, b->key) == 0;
    const ListHash *hash_a = identifying_hash(a), *hash_b = identifying_hash(b);
    return hash_a != NULL && hash_b != NULL && hashes_equal(hash_a, hash_b);
}

static void update_text(GChecksum *work, char tag, const char *text)
{
    if (text == NULL)
        return;
    uint32_t length = GUINT32_TO_LE((uint32_t)strlen(text));
    g_checksum_update(work, (const guchar *)&tag, 1);
    g_checksum_update(work, (const guchar *)&length, sizeof length);
    g_checksum_update(work, (const guchar *)text, (gssize)strlen(text));
}

static void update_hash(GChecksum *work, const ListHash *hash)
{
    update_text(work, 't', hash_type_name(hash->type));
    if (hash->type < HASH_COMPUTABLE_COUNT)
        g_checksum_update(work, hash->value, (gssize)hash_type_bytes(hash->type));
    else
        update_text(work, 'v', hash->text);
}

static void finish(GChecksum *work, uint8_t ret_digest[SHA256_BYTES])
{
    gsize size_bytes = SHA256_BYTES;
    g_checksum_get_digest(work, ret_digest, &size_bytes);
    g_checksum_reset(work);
}

int64_t list_entry_identity(const ListEntry *entry, GChecksum *work)
{
    if (entry->key != NULL)
        update_text(work, 'k', entry->key);
    else if (entry->hash_count > 0)
        update_hash(work, identifying_hash(entry));
    uint8_t digest[SHA256_BYTES];
    finish(work, digest);
    int64_t identity;
    memcpy(&identity, digest, sizeof identity);
    return GINT64_FROM_LE(identity);
}

static void update_number(GChecksum *work, char tag, int64_t number)
{
    uint8_t bytes[9] = {(uint8_t)tag};
    number = GINT64_TO_LE(number);
    memcpy(bytes + 1, &number, sizeof number);
    g_checksum_update(work, bytes, sizeof bytes);
}

void list_entry_digest(const ListEntry *entry, GChecksum *work, uint8_t ret_digest[SHA256_BYTES])
{
    for (size_t i = 0; i < entry->hash_count; i++)
        update_hash(work, &entry->hashes[i]);
    update_text(work, 'k', entry->key);
    update_text(work, 'c', entry->category);
    update_text(work, 's', entry->series);
    update_text(work, 'n', entry->name);
    update_text(work, 'm', entry->comment);
    update_text(work, 'x', entry->extra_json);
    if (entry->has_size)
        update_number(work, 'z', (int64_t)entry->size_bytes);
    int64_t flags = entry->is_video | (entry->victim_identified + 1) << 1 |
                    (entry->offender_identified + 1) << 3 | (entry->distributed + 1) << 5;
    update_number(work, 'f', flags);
    finish(work, ret_digest);
}
