// SPDX-License-Identifier: Apache-2.0
#include "store/stored_entry.h"

#include <string.h>

#include "base/limits.h"
#include "store/frame_pack.h"

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

static void merge_hashes(ListEntry *target, const ListEntry *source)
{
    for (size_t i = 0; i < source->hash_count; i++) {
        const ListHash *hash = &source->hashes[i];
        bool computable = hash->type < HASH_COMPUTABLE_COUNT;
        if (!has_hash(target, hash))
            list_entry_add_hash(target, hash->type, computable ? hash->value : NULL,
                                computable ? hash_type_bytes(hash->type) : 0, hash->text);
    }
    list_entry_sort_hashes(target);
}

static bool has_segment(const ListEntry *entry, const ListSegment *segment)
{
    for (size_t i = 0; i < entry->segment_count; i++) {
        const ListSegment *other = &entry->segments[i];
        if (memcmp(&other->from, &segment->from, sizeof segment->from) == 0 &&
            memcmp(&other->to, &segment->to, sizeof segment->to) == 0 &&
            g_strcmp0(other->category, segment->category) == 0)
            return true;
    }
    return false;
}

static int compare_segments(const void *a, const void *b)
{
    const ListSegment *left = a, *right = b;
    if (left->from < right->from || left->from > right->from)
        return left->from < right->from ? -1 : 1;
    if (left->to < right->to || left->to > right->to)
        return left->to < right->to ? -1 : 1;
    return g_strcmp0(left->category, right->category);
}

static void merge_segments(ListEntry *target, const ListEntry *source)
{
    size_t before = target->segment_count;
    for (size_t i = 0; i < source->segment_count; i++) {
        const ListSegment *segment = &source->segments[i];
        if (before == 0 || !has_segment(target, segment))
            list_entry_add_segment(target, segment->from, segment->to, segment->category);
    }
    if (target->segment_count > before)
        qsort(target->segments, target->segment_count, sizeof *target->segments, compare_segments);
}

static void merge_frames(StoredEntry *target, const StoredEntry *source)
{
    ListEntry *content = &target->content;
    if (source->content.frame_count == 0)
        return;
    g_free(content->frames);
    content->frames =
        g_memdup2(source->content.frames, source->content.frame_count * sizeof(FrameHash));
    content->frame_count = source->content.frame_count;
    memcpy(target->frames_digest, source->frames_digest, sizeof target->frames_digest);
}

void stored_entry_merge_content(StoredEntry *stored, const StoredEntry *stored_source)
{
    ListEntry *target = &stored->content;
    const ListEntry *source = &stored_source->content;
    merge_hashes(target, source);
    merge_segments(target, source);
    merge_frames(stored, stored_source);
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

void stored_entry_copy_content(StoredEntry *target, const StoredEntry *source)
{
    list_entry_clear(&target->content);
    target->content.action = source->content.action;
    target->content.key = g_strdup(source->content.key);
    target->content.position = source->content.position;
    stored_entry_merge_content(target, source);
}

void stored_entry_note_frames(StoredEntry *entry, GChecksum *work)
{
    if (entry->content.frames != NULL)
        frames_digest(entry->content.frames, entry->content.frame_count, work,
                      entry->frames_digest);
}

static const ListHash *first_hash(const ListEntry *entry, HashType type)
{
    for (size_t i = 0; i < entry->hash_count; i++)
        if (entry->hashes[i].type == type)
            return &entry->hashes[i];
    return NULL;
}

// The hash that stands for an entry without a key; NULL when its frames do.
static const ListHash *identifying_hash(const ListEntry *entry)
{
    static const HashType by_strength[] = {HASH_SHA256, HASH_SHA1, HASH_MD5};
    for (size_t rank = 0; rank < G_N_ELEMENTS(by_strength); rank++) {
        const ListHash *hash = first_hash(entry, by_strength[rank]);
        if (hash != NULL)
            return hash;
    }
    if (entry->frame_count > 0 || entry->hash_count == 0)
        return NULL;
    const ListHash *perceptual = first_hash(entry, HASH_PDQ);
    return perceptual != NULL ? perceptual : &entry->hashes[0];
}

bool stored_entry_same_identity(const StoredEntry *a, const StoredEntry *b)
{
    if (a->content.key != NULL || b->content.key != NULL)
        return g_strcmp0(a->content.key, b->content.key) == 0;
    const ListHash *hash_a = identifying_hash(&a->content);
    const ListHash *hash_b = identifying_hash(&b->content);
    if (hash_a != NULL || hash_b != NULL)
        return hash_a != NULL && hash_b != NULL && hashes_equal(hash_a, hash_b);
    return a->content.frame_count > 0 && a->content.frame_count == b->content.frame_count &&
           memcmp(a->frames_digest, b->frames_digest, SHA256_BYTES) == 0;
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

static void update_number(GChecksum *work, char tag, int64_t number)
{
    uint8_t bytes[9] = {(uint8_t)tag};
    number = GINT64_TO_LE(number);
    memcpy(bytes + 1, &number, sizeof number);
    g_checksum_update(work, bytes, sizeof bytes);
}

static void update_frames(GChecksum *work, const StoredEntry *entry)
{
    update_number(work, 'F', (int64_t)entry->content.frame_count);
    g_checksum_update(work, entry->frames_digest, SHA256_BYTES);
}

static void update_segment(GChecksum *work, const ListSegment *segment)
{
    int64_t bits;
    memcpy(&bits, &segment->from, sizeof bits);
    update_number(work, 'g', bits);
    memcpy(&bits, &segment->to, sizeof bits);
    update_number(work, 'h', bits);
    update_text(work, 'j', segment->category);
}

int64_t stored_entry_identity(const StoredEntry *entry, GChecksum *work)
{
    const ListHash *hash = identifying_hash(&entry->content);
    if (entry->content.key != NULL)
        update_text(work, 'k', entry->content.key);
    else if (hash != NULL)
        update_hash(work, hash);
    else
        update_frames(work, entry);
    uint8_t digest[SHA256_BYTES];
    finish(work, digest);
    int64_t identity;
    memcpy(&identity, digest, sizeof identity);
    return GINT64_FROM_LE(identity);
}

// What an entry without frames and segments gives must not change: sums of digests are stored.
void stored_entry_digest(const StoredEntry *stored, GChecksum *work,
                         uint8_t ret_digest[SHA256_BYTES])
{
    const ListEntry *entry = &stored->content;
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
    if (entry->frame_count > 0)
        update_frames(work, stored);
    for (size_t i = 0; i < entry->segment_count; i++)
        update_segment(work, &entry->segments[i]);
    finish(work, ret_digest);
}
