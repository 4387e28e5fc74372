// SPDX-License-Identifier: Apache-2.0
#include "model/hash_list.h"

#include <string.h>

#include "base/limits.h"
#include "model/digest_set.h"

static const char *const hash_type_names[HASH_TYPE_COUNT] = {
    [HASH_MD5] = "md5",     [HASH_SHA1] = "sha1",         [HASH_SHA256] = "sha256",
    [HASH_PDQ] = "pdq",     [HASH_PHOTODNA] = "photodna", [HASH_TMK_PDQF] = "tmk_pdqf",
    [HASH_OTHER] = "other",
};

const char *hash_type_name(HashType type)
{
    g_assert((unsigned)type < HASH_TYPE_COUNT);
    return hash_type_names[type];
}

// Compares names without case, "-", "_" and blanks.
static bool names_equal(const char *a, const char *b)
{
    for (;; a++, b++) {
        while (*a == '-' || *a == '_' || *a == ' ')
            a++;
        while (*b == '-' || *b == '_' || *b == ' ')
            b++;
        if (g_ascii_tolower(*a) != g_ascii_tolower(*b))
            return false;
        if (*a == '\0')
            return true;
    }
}

bool hash_type_from_name(const char *name, HashType *ret_type)
{
    for (unsigned type = 0; type < HASH_OTHER; type++) {
        if (names_equal(name, hash_type_names[type])) {
            *ret_type = (HashType)type;
            return true;
        }
    }
    return false;
}

size_t hash_type_bytes(HashType type)
{
    static const size_t bytes[HASH_COMPUTABLE_COUNT] = {
        [HASH_MD5] = MD5_BYTES,
        [HASH_SHA1] = SHA1_BYTES,
        [HASH_SHA256] = SHA256_BYTES,
        [HASH_PDQ] = PDQ_BYTES,
    };
    g_assert((unsigned)type < HASH_COMPUTABLE_COUNT);
    return bytes[type];
}

static const char *const set_kind_names[SET_KIND_COUNT] = {
    [SET_NOTABLE] = "notable",
    [SET_IGNORABLE] = "ignorable",
    [SET_ALERT] = "alert",
};

const char *set_kind_name(SetKind kind)
{
    g_assert((unsigned)kind < SET_KIND_COUNT);
    return set_kind_names[kind];
}

bool set_kind_from_name(const char *name, SetKind *ret_kind)
{
    for (unsigned kind = 0; kind < SET_KIND_COUNT; kind++) {
        if (strcmp(name, set_kind_names[kind]) == 0) {
            *ret_kind = (SetKind)kind;
            return true;
        }
    }
    return false;
}

const char *meaning_name(Meaning meaning)
{
    return meaning == MEANING_NOTABLE     ? "notable"
           : meaning == MEANING_IGNORABLE ? "ignorable"
                                          : "neither";
}

void list_entry_init(ListEntry *entry)
{
    *entry = (ListEntry){.victim_identified = -1, .offender_identified = -1, .distributed = -1};
}

void list_entry_clear(ListEntry *entry)
{
    for (size_t i = 0; i < entry->hash_count; i++)
        g_free(entry->hashes[i].text);
    g_free(entry->hashes);
    g_free(entry->key);
    g_free(entry->category);
    g_free(entry->series);
    g_free(entry->name);
    g_free(entry->comment);
    g_free(entry->extra_json);
    g_free(entry->frames);
    for (size_t i = 0; i < entry->segment_count; i++)
        g_free(entry->segments[i].category);
    g_free(entry->segments);
    list_entry_init(entry);
}

// Arrays grow by doubling: a reallocation whenever the number is a power of two.
static bool is_full(size_t count)
{
    return (count & (count - 1)) == 0;
}

bool list_entry_add_frame(ListEntry *entry, const FrameHash *frame)
{
    if (entry->frame_count >= LIMIT_LIST_FRAMES)
        return false;
    if (is_full(entry->frame_count))
        entry->frames =
            g_renew(FrameHash, entry->frames, entry->frame_count > 0 ? 2 * entry->frame_count : 1);
    entry->frames[entry->frame_count++] = *frame;
    return true;
}

bool list_entry_add_segment(ListEntry *entry, double from, double to, const char *category)
{
    if (entry->segment_count >= LIMIT_LIST_SEGMENTS)
        return false;
    entry->segments = g_renew(ListSegment, entry->segments, entry->segment_count + 1);
    entry->segments[entry->segment_count++] =
        (ListSegment){.from = from, .to = to, .category = g_strdup(category)};
    return true;
}

bool list_entry_add_hash(ListEntry *entry, HashType type, const uint8_t *value, size_t size_bytes,
                         const char *text)
{
    if (entry->hash_count >= LIMIT_LIST_ENTRY_HASHES)
        return false;
    entry->hashes = g_renew(ListHash, entry->hashes, entry->hash_count + 1);
    ListHash *hash = &entry->hashes[entry->hash_count++];
    *hash = (ListHash){.type = type, .text = g_strdup(text)};
    if (type < HASH_COMPUTABLE_COUNT) {
        g_assert(size_bytes == hash_type_bytes(type));
        memcpy(hash->value, value, size_bytes);
    }
    return true;
}
