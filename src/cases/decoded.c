// SPDX-License-Identifier: Apache-2.0
#include "cases/decoded.h"

#include <string.h>

#include "base/limits.h"

// The answer of one distinct content.
typedef struct {
    bool ready; // false: another lane is at it
    Status status;
    char *reason;
    GPtrArray *findings;
    StillFacts *still, *thumbnail;
    VideoFacts *video;
    GArray *near; // of Match
} Answer;

struct Decoded {
    GMutex lock;
    GCond ready;
    GHashTable *answers; // Key as 32 bytes -> Answer
};

// The SHA-256 with the realm laid over a part of it.
typedef struct {
    uint8_t bytes[SHA256_BYTES];
} Key;

static Key key_of(uint64_t realm, const Record *record)
{
    Key key;
    memcpy(key.bytes, record->digests.sha256, SHA256_BYTES);
    for (unsigned i = 0; i < sizeof realm; i++)
        key.bytes[SHA256_BYTES - 1 - i] ^= (uint8_t)(realm >> (8 * i));
    return key;
}

static void answer_free(void *pointer)
{
    Answer *answer = pointer;
    g_free(answer->reason);
    if (answer->findings != NULL)
        g_ptr_array_unref(answer->findings);
    if (answer->near != NULL)
        g_array_unref(answer->near);
    still_facts_free(answer->still);
    still_facts_free(answer->thumbnail);
    video_facts_free(answer->video);
    g_free(answer);
}

Decoded *decoded_new(void)
{
    Decoded *decoded = g_new0(Decoded, 1);
    g_mutex_init(&decoded->lock);
    g_cond_init(&decoded->ready);
    decoded->answers =
        g_hash_table_new_full(sha256_key_hash, sha256_key_equal, g_free, answer_free);
    return decoded;
}

void decoded_free(Decoded *decoded)
{
    if (decoded == NULL)
        return;
    g_hash_table_unref(decoded->answers);
    g_cond_clear(&decoded->ready);
    g_mutex_clear(&decoded->lock);
    g_free(decoded);
}

static void copy_answer(Record *record, GArray *matches, const Answer *answer)
{
    if (answer->status != STATUS_OK)
        record_set_status(record, answer->status, "%s", answer->reason);
    record->still = answer->still ? still_facts_copy(answer->still) : NULL;
    record->thumbnail = answer->thumbnail ? still_facts_copy(answer->thumbnail) : NULL;
    record->video = video_facts_copy(answer->video);
    findings_copy(record->findings, answer->findings);
    g_array_append_vals(matches, answer->near->data, answer->near->len);
}

DecodedTurn decoded_ask(Decoded *decoded, uint64_t realm, Record *record, GArray *matches)
{
    const Key key = key_of(realm, record);
    g_mutex_lock(&decoded->lock);
    const Answer *answer;
    while ((answer = g_hash_table_lookup(decoded->answers, key.bytes)) != NULL && !answer->ready)
        g_cond_wait(&decoded->ready, &decoded->lock);
    DecodedTurn turn = DECODED_KNOWN;
    if (answer != NULL) {
        copy_answer(record, matches, answer);
    } else if (g_hash_table_size(decoded->answers) >= LIMIT_SCAN_REMEMBERED) {
        turn = DECODED_UNSHARED;
    } else {
        g_hash_table_insert(decoded->answers, g_memdup2(key.bytes, SHA256_BYTES),
                            g_new0(Answer, 1));
        turn = DECODED_MINE;
    }
    g_mutex_unlock(&decoded->lock);
    return turn;
}

void decoded_put(Decoded *decoded, uint64_t realm, const Record *record, const GPtrArray *findings,
                 const GArray *matches, unsigned first_near)
{
    const Key key = key_of(realm, record);
    g_mutex_lock(&decoded->lock);
    Answer *answer = g_hash_table_lookup(decoded->answers, key.bytes);
    answer->status = record->status;
    answer->reason = g_strdup(record->reason);
    answer->findings = findings_new();
    findings_copy(answer->findings, findings);
    answer->still = record->still ? still_facts_copy(record->still) : NULL;
    answer->thumbnail = record->thumbnail ? still_facts_copy(record->thumbnail) : NULL;
    answer->video = video_facts_copy(record->video);
    answer->near = g_array_new(FALSE, FALSE, sizeof(Match));
    if (matches->len > first_near)
        g_array_append_vals(answer->near, &g_array_index(matches, Match, first_near),
                            matches->len - first_near);
    answer->ready = true;
    g_cond_broadcast(&decoded->ready);
    g_mutex_unlock(&decoded->lock);
}

void decoded_give_up(Decoded *decoded, uint64_t realm, const Record *record)
{
    const Key key = key_of(realm, record);
    g_mutex_lock(&decoded->lock);
    g_hash_table_remove(decoded->answers, key.bytes);
    g_cond_broadcast(&decoded->ready);
    g_mutex_unlock(&decoded->lock);
}
