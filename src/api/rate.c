// SPDX-License-Identifier: Apache-2.0
#include "api/rate.h"

#include <string.h>
#include <sys/random.h>

#define WAYS 8u // places a key may take
#define MILLI 1000
#define SEED_BYTES 16

typedef struct {
    uint64_t key; // 0: free
    int64_t filled_ms;
    int64_t tokens_milli;
} Bucket;

struct ApiRate {
    GMutex lock;
    unsigned sets;
    uint8_t seed[SEED_BYTES]; // so that nobody can choose names that fall together
    Bucket *buckets;
};

ApiRate *api_rate_new(unsigned keys)
{
    ApiRate *rate = g_new0(ApiRate, 1);
    g_mutex_init(&rate->lock);
    rate->sets = MAX(1, keys / WAYS);
    rate->buckets = g_new0(Bucket, (size_t)rate->sets * WAYS);
    if (getrandom(rate->seed, sizeof rate->seed, 0) != (ssize_t)sizeof rate->seed)
        g_error("no random numbers from the system"); // aborts
    return rate;
}

void api_rate_free(ApiRate *rate)
{
    if (rate == NULL)
        return;
    g_mutex_clear(&rate->lock);
    g_free(rate->buckets);
    g_free(rate);
}

static uint64_t key_of(const ApiRate *rate, const char *text)
{
    g_autoptr(GChecksum) checksum = g_checksum_new(G_CHECKSUM_SHA256);
    uint8_t digest[32];
    gsize size = sizeof digest;
    g_checksum_update(checksum, rate->seed, sizeof rate->seed);
    g_checksum_update(checksum, (const guchar *)text, -1);
    g_checksum_get_digest(checksum, digest, &size);
    uint64_t key;
    memcpy(&key, digest, sizeof key);
    return key != 0 ? key : 1;
}

static void refill(Bucket *bucket, ApiRateLimit limit, int64_t now_ms)
{
    int64_t full = (int64_t)limit.burst * MILLI;
    int64_t passed_ms = CLAMP(now_ms - bucket->filled_ms, 0, full); // enough to fill any bucket
    bucket->tokens_milli = MIN(full, bucket->tokens_milli + passed_ms * limit.per_second);
    bucket->filled_ms = now_ms;
}

// The key's bucket, or the one that it takes over, which is full then.
static Bucket *bucket_of(ApiRate *rate, uint64_t key, ApiRateLimit limit, int64_t now_ms)
{
    Bucket *set = rate->buckets + (size_t)(key % rate->sets) * WAYS, *fullest = set;
    for (Bucket *bucket = set; bucket < set + WAYS; bucket++) {
        if (bucket->key == key)
            return bucket;
        if (bucket->key == 0 && fullest->key != 0)
            fullest = bucket;
        else if (fullest->key != 0 && bucket->tokens_milli > fullest->tokens_milli)
            fullest = bucket;
    }
    *fullest = (Bucket){key, now_ms, (int64_t)limit.burst * MILLI};
    return fullest;
}

unsigned api_rate_take(ApiRate *rate, const char *key, ApiRateLimit limit, int64_t now_ms)
{
    g_return_val_if_fail(limit.per_second > 0 && limit.burst > 0, 0);
    g_mutex_lock(&rate->lock);
    Bucket *bucket = bucket_of(rate, key_of(rate, key), limit, now_ms);
    refill(bucket, limit, now_ms);
    unsigned wait_seconds = 0;
    if (bucket->tokens_milli >= MILLI) {
        bucket->tokens_milli -= MILLI;
    } else {
        int64_t wait_ms = (MILLI - bucket->tokens_milli + limit.per_second - 1) / limit.per_second;
        wait_seconds = (unsigned)((wait_ms + MILLI - 1) / MILLI);
    }
    g_mutex_unlock(&rate->lock);
    return wait_seconds;
}
