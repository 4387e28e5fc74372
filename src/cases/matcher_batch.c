// SPDX-License-Identifier: Apache-2.0
#include "cases/matcher_batch.h"

#include <string.h>

#include "cases/matcher_private.h"

typedef struct {
    const ListHash *asked;
    MatcherAnswer *answers;
    unsigned distance;
    const size_t *places; // of the values of the running question in `asked`
    GArray *films;        // of Film
} Batch;

// An entry with frames that a value may be among.
typedef struct {
    size_t place;
    uint64_t entry;
} Film;

// ---- What weighs most -------------------------------------------------------------------------

static unsigned weight_of(const Match *match)
{
    if (match->meaning == MEANING_NOTABLE || match->set_kind == SET_ALERT)
        return 2;
    return match->meaning == MEANING_IGNORABLE;
}

bool matcher_weighs_more(const Match *a, const Match *b)
{
    if (weight_of(a) != weight_of(b))
        return weight_of(a) > weight_of(b);
    if (a->type != b->type)
        return a->type == MATCH_EXACT;
    if (a->weak_digest != b->weak_digest)
        return b->weak_digest;
    if (a->distance != b->distance)
        return a->distance < b->distance;
    return a->entry < b->entry;
}

static void offer(Batch *batch, size_t place, const Match *match)
{
    MatcherAnswer *answer = &batch->answers[place];
    if (answer->found && !matcher_weighs_more(match, &answer->match))
        return;
    answer->found = true;
    answer->match = *match;
}

// ---- Digests ----------------------------------------------------------------------------------

static void visit_digest(void *user_data, const IndexHit *hit, const ListEntry *entry,
                         const Match *said)
{
    Batch *batch = user_data;
    size_t place = batch->places[hit->query];
    const ListHash *hash = &batch->asked[place];
    AskedDigests asked = {.types = 1u << hash->type};
    asked.values[hash->type] = hash->value;
    Match match = *said;
    if (match_rules_exact(entry, &asked, &match))
        offer(batch, place, &match);
}

static bool ask_digests(Matcher *matcher, Batch *batch, size_t count, GError **err)
{
    static const IndexType types[HASH_PDQ] = {
        [HASH_MD5] = INDEX_MD5, [HASH_SHA1] = INDEX_SHA1, [HASH_SHA256] = INDEX_SHA256};
    g_autofree IndexDigest *digests = g_new0(IndexDigest, count);
    g_autofree size_t *places = g_new(size_t, count);
    size_t asked = 0;
    for (size_t i = 0; i < count; i++) {
        if (batch->asked[i].type >= HASH_PDQ)
            continue;
        digests[asked].type = types[batch->asked[i].type];
        memcpy(digests[asked].value, batch->asked[i].value, hash_type_bytes(batch->asked[i].type));
        places[asked++] = i;
    }
    if (asked == 0)
        return true;
    IndexHits hits = {0};
    batch->places = places;
    bool ok = matcher_ask(matcher, &(MatcherQuestion){.digests = digests, .digest_count = asked},
                          &hits, err) &&
              matcher_each_hit(matcher, &hits, visit_digest, batch, err);
    index_hits_clear(&hits);
    return ok;
}

// ---- Perceptual values ------------------------------------------------------------------------

static void ask_with(AskedValues *asked, const ListHash *hash, unsigned distance)
{
    asked->count = 0;
    asked->distance = distance;
    asked->is_thumbnail = false;
    asked_values_add(asked, hash->value, PIPELINE_COUNT, 0);
}

static void visit_value(void *user_data, const IndexHit *hit, const ListEntry *entry,
                        const Match *said)
{
    Batch *batch = user_data;
    size_t place = batch->places[hit->query];
    if (entry->frame_count > 0) {
        const Film film = {place, hit->entry_id};
        g_array_append_val(batch->films, film);
        return;
    }
    AskedValues asked;
    ask_with(&asked, &batch->asked[place], batch->distance);
    Match match = *said;
    if (match_rules_near(entry, &asked, &match))
        offer(batch, place, &match);
}

// Films come in order of their places.
static bool compare_films(Matcher *matcher, Batch *batch, GError **err)
{
    unsigned of_place = 0;
    for (unsigned i = 0; i < batch->films->len; i++) {
        const Film *film = &g_array_index(batch->films, Film, i);
        of_place = i > 0 && film[-1].place == film->place ? of_place + 1 : 0;
        if (of_place >= MATCHER_BATCH_VIDEOS) {
            batch->answers[film->place].frequent = true;
            continue;
        }
        AskedValues asked;
        Match match;
        bool fits;
        ask_with(&asked, &batch->asked[film->place], batch->distance);
        if (!matcher_compare_film(matcher, film->entry, &asked, &match, &fits, err))
            return false;
        if (fits)
            offer(batch, film->place, &match);
    }
    return true;
}

static bool ask_values(Matcher *matcher, Batch *batch, size_t count, GError **err)
{
    g_autofree uint8_t(*values)[PDQ_BYTES] = g_malloc0_n(count, PDQ_BYTES);
    g_autofree size_t *places = g_new(size_t, count);
    g_autofree bool *frequent = g_new0(bool, count);
    size_t asked = 0;
    for (size_t i = 0; i < count; i++) {
        if (batch->asked[i].type != HASH_PDQ)
            continue;
        memcpy(values[asked], batch->asked[i].value, PDQ_BYTES);
        places[asked++] = i;
    }
    if (asked == 0)
        return true;
    IndexHits hits = {0};
    batch->places = places;
    MatcherQuestion question = {.values = (const uint8_t(*)[PDQ_BYTES])values,
                                .value_count = asked,
                                .max_hits = MATCHER_BATCH_HITS,
                                .ret_frequent = frequent};
    bool ok = matcher_ask(matcher, &question, &hits, err) &&
              matcher_each_hit(matcher, &hits, visit_value, batch, err);
    index_hits_clear(&hits);
    for (size_t i = 0; i < asked; i++)
        batch->answers[places[i]].frequent = frequent[i];
    return ok && compare_films(matcher, batch, err);
}

bool matcher_batch(Matcher *matcher, const ListHash *asked, size_t count,
                   MatcherAnswer *ret_answers, GError **err)
{
    g_autoptr(GArray) films = g_array_new(FALSE, FALSE, sizeof(Film));
    Batch batch = {.asked = asked,
                   .answers = ret_answers,
                   .distance = matcher_distance(matcher),
                   .films = films};
    memset(ret_answers, 0, count * sizeof *ret_answers);
    return ask_digests(matcher, &batch, count, err) && ask_values(matcher, &batch, count, err);
}
