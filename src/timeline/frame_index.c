// SPDX-License-Identifier: Apache-2.0
#include "timeline/frame_index.h"

#include <string.h>

#define WORDS 16u           // words of a hash, each with a table
#define WORD_BITS 16u       // bits in one of them
#define SMALL_COUNT 48u     // so few frames are compared one by one
#define BUCKET_BITS_MIN 6u  // of a table
#define BUCKET_BITS_MAX 16u //
#define SPREAD 0x9E3779B1u  // multiplies words, so that their high bits tell them apart
#define HINT_NEIGHBOURS 2u  // places tried on either side of a hint

typedef struct {
    uint64_t words[PDQ_BYTES / sizeof(uint64_t)];
} Value;

struct FrameIndex {
    Value *values;
    size_t count;
    unsigned bucket_bits;
    uint32_t *starts; // WORDS times the first id of each bucket, and one past the last
    uint32_t *ids;    // WORDS times `count`
};

// What a question keeps.
typedef struct {
    Value value;
    FrameHit *hits; // sorted
    size_t count, max;
    unsigned distance; // nothing further away is of use
    unsigned limit;    // the distance asked for
    unsigned checks;   // left
    unsigned enough;   // resemblances left
} Question;

static Value value_of(const uint8_t hash[PDQ_BYTES])
{
    Value value;
    memcpy(value.words, hash, PDQ_BYTES);
    return value;
}

static uint32_t word_of(const Value *value, unsigned word)
{
    return (uint32_t)(value->words[word / 4] >> (word % 4 * WORD_BITS)) & 0xffff;
}

// Set bits of two words. Baseline processors have no instruction for it, and the compiler's
// function costs three times as much.
static unsigned count_bits(uint64_t a, uint64_t b)
{
    const uint64_t ones = UINT64_MAX / 3, pairs = UINT64_MAX / 5, nibbles = UINT64_MAX / 17;
    a -= a >> 1 & ones;
    b -= b >> 1 & ones;
    a = (a & pairs) + (a >> 2 & pairs);
    b = (b & pairs) + (b >> 2 & pairs);
    a += b; // at most 8 in each nibble
    a = (a & nibbles) + (a >> 4 & nibbles);
    return (unsigned)(a * (UINT64_MAX / UINT8_MAX) >> 56); // the sum of the bytes, at most 128
}

// Bits that differ; anything above the limit when the first half alone exceeds it.
static unsigned bits_between(const Value *a, const Value *b, unsigned limit)
{
    unsigned bits = count_bits(a->words[0] ^ b->words[0], a->words[1] ^ b->words[1]);
    if (bits > limit)
        return bits;
    return bits + count_bits(a->words[2] ^ b->words[2], a->words[3] ^ b->words[3]);
}

// ---- Building ---------------------------------------------------------------------------------

static uint32_t bucket_of(const FrameIndex *index, uint32_t word)
{
    return word * SPREAD >> (32 - index->bucket_bits);
}

static uint32_t *starts_of(const FrameIndex *index, unsigned word)
{
    return index->starts + word * (((size_t)1 << index->bucket_bits) + 1);
}

// A counting sort of the frames by their bucket. While it fills the buckets from behind, the start
// of each lies one place too far up.
static void fill_table(FrameIndex *index, unsigned word)
{
    uint32_t *starts = starts_of(index, word), *ids = index->ids + word * index->count;
    size_t buckets = (size_t)1 << index->bucket_bits;
    for (size_t i = 0; i < index->count; i++)
        starts[bucket_of(index, word_of(&index->values[i], word)) + 1]++;
    for (size_t i = 0; i < buckets; i++)
        starts[i + 1] += starts[i];
    for (size_t i = index->count; i-- > 0;)
        ids[--starts[bucket_of(index, word_of(&index->values[i], word)) + 1]] = (uint32_t)i;
    memmove(starts, starts + 1, buckets * sizeof *starts);
    starts[buckets] = (uint32_t)index->count;
}

FrameIndex *frame_index_new(const FrameHash *frames, const uint32_t *numbers, size_t count)
{
    FrameIndex *index = g_new0(FrameIndex, 1);
    index->count = count;
    index->values = g_new(Value, count);
    for (size_t i = 0; i < count; i++)
        index->values[i] = value_of(frames[numbers[i]].hash);
    if (count <= SMALL_COUNT)
        return index;
    index->bucket_bits = BUCKET_BITS_MIN;
    while (index->bucket_bits < BUCKET_BITS_MAX && (size_t)1 << index->bucket_bits < 2 * count)
        index->bucket_bits++;
    index->starts = g_new0(uint32_t, WORDS * (((size_t)1 << index->bucket_bits) + 1));
    index->ids = g_new(uint32_t, WORDS * count);
    for (unsigned word = 0; word < WORDS; word++)
        fill_table(index, word);
    return index;
}

void frame_index_free(FrameIndex *index)
{
    if (index == NULL)
        return;
    g_free(index->values);
    g_free(index->starts);
    g_free(index->ids);
    g_free(index);
}

// ---- Asking -----------------------------------------------------------------------------------

static bool comes_before(FrameHit a, FrameHit b)
{
    return a.distance != b.distance ? a.distance < b.distance : a.place < b.place;
}

static void keep(Question *question, FrameHit hit)
{
    size_t at = question->count;
    while (at > 0 && comes_before(hit, question->hits[at - 1]))
        at--;
    if (at > 0 && question->hits[at - 1].place == hit.place)
        return;
    if (at == question->max)
        return;
    size_t last = question->count < question->max ? question->count++ : question->max - 1;
    memmove(question->hits + at + 1, question->hits + at, (last - at) * sizeof hit);
    question->hits[at] = hit;
    if (question->count == question->max)
        question->distance = question->hits[question->max - 1].distance;
}

static bool compare(const FrameIndex *index, Question *question, uint32_t place)
{
    unsigned bits = bits_between(&index->values[place], &question->value, question->limit);
    if (bits <= question->distance)
        keep(question, (FrameHit){place, bits});
    return bits <= question->limit;
}

static bool is_done(const Question *question)
{
    return question->checks == 0 || question->enough == 0 ||
           (question->max == 1 && question->count == 1);
}

static void look_up(const FrameIndex *index, Question *question, unsigned table, uint32_t word)
{
    const uint32_t *starts = starts_of(index, table), *ids = index->ids + table * index->count;
    uint32_t bucket = bucket_of(index, word);
    for (uint32_t i = starts[bucket]; i < starts[bucket + 1] && !is_done(question); i++) {
        question->checks--;
        question->enough -= compare(index, question, ids[i]);
    }
}

// Equal words first: what is nearest is found by them, before the checks are used up.
static void look_up_all(const FrameIndex *index, Question *question, bool with_flips)
{
    for (unsigned table = 0; table < WORDS; table++)
        look_up(index, question, table, word_of(&question->value, table));
    for (unsigned table = 0; with_flips && table < WORDS; table++)
        for (unsigned bit = 0; bit < WORD_BITS && !is_done(question); bit++)
            look_up(index, question, table, word_of(&question->value, table) ^ 1u << bit);
}

static void answer(const FrameIndex *index, Question *question)
{
    bool by_words = question->distance < 2 * WORDS;
    if (index->starts != NULL && by_words) {
        look_up_all(index, question, question->distance >= WORDS);
        return;
    }
    for (size_t i = 0; i < index->count && !is_done(question); i++)
        compare(index, question, (uint32_t)i);
}

size_t frame_index_nearest(const FrameIndex *index, const uint8_t hash[PDQ_BYTES],
                           unsigned distance, FrameHit *hits, size_t max)
{
    g_assert(max > 1);
    Question question = {.value = value_of(hash),
                         .hits = hits,
                         .max = max,
                         .distance = distance,
                         .limit = distance,
                         .checks = FRAME_INDEX_CHECKS,
                         .enough = FRAME_INDEX_ENOUGH};
    answer(index, &question);
    return question.count;
}

bool frame_index_has(const FrameIndex *index, const uint8_t hash[PDQ_BYTES], unsigned distance,
                     size_t *hint)
{
    FrameHit hit;
    Question question = {.value = value_of(hash),
                         .hits = &hit,
                         .max = 1,
                         .distance = distance,
                         .limit = distance,
                         .checks = FRAME_INDEX_CHECKS,
                         .enough = FRAME_INDEX_ENOUGH};
    size_t from = *hint - MIN(*hint, HINT_NEIGHBOURS);
    for (size_t i = from; i < index->count && i <= *hint + HINT_NEIGHBOURS && !is_done(&question);
         i++)
        compare(index, &question, (uint32_t)i);
    if (!is_done(&question))
        answer(index, &question);
    if (question.count == 0)
        return false;
    *hint = hit.place;
    return true;
}
