// SPDX-License-Identifier: Apache-2.0
#include "cases/match_service.h"

#include <string.h>

#include "base/error.h"
#include "base/limits.h"
#include "cases/act.h"
#include "cases/match_rules.h"
#include "cases/media_client.h"
#include "sniff/sniff.h"

// Digests of a picture, and all its perceptual values.
#define PICTURE_HASHES_MAX (HASH_PDQ + ASKED_VALUES_MAX)

// What one token asked since the record was written, and how much more it may ask.
typedef struct {
    uint64_t token_id, account_id, unit_id;
    char *name, *session;
    int64_t since_us; // of the clock of the record; 0: nothing asked
    uint64_t asked, pictures, exact, near;
    double left; // hashes
    int64_t filled_us;
} Tally;

struct MatchService {
    MatchServiceOptions options;
    Casework *work; // of the thread; its vault is everybody's

    GMutex lock;         // of everything below
    GHashTable *tallies; // token id -> Tally
    GCond ended;
    bool ending;
    GThread *thread;

    GMutex decoders_lock; // of the next three
    GCond decoder_free;
    GQueue idle; // of MediaClient *
    unsigned decoders;
};

static void tally_free(gpointer data)
{
    Tally *tally = data;
    g_free(tally->name);
    g_free(tally->session);
    g_free(tally);
}

// ---- How much a token may ask -----------------------------------------------------------------

static double burst_of(const MatchService *service)
{
    double burst = (double)service->options.hashes_per_second * LIMIT_MATCH_BURST_SECONDS;
    return MAX(burst, LIMIT_MATCH_HASHES);
}

static Tally *tally_of(MatchService *service, const Identity *identity)
{
    uint64_t key = identity->token_id;
    Tally *tally = g_hash_table_lookup(service->tallies, &key);
    if (tally != NULL)
        return tally;
    tally = g_new0(Tally, 1);
    tally->token_id = key;
    tally->account_id = identity->actor.account_id;
    tally->unit_id = identity->actor.unit_id;
    tally->name = g_strdup(identity->name);
    tally->session = g_strdup(identity->session);
    tally->left = burst_of(service);
    tally->filled_us = g_get_monotonic_time();
    g_hash_table_insert(service->tallies, &tally->token_id, tally);
    return tally;
}

static void refill(const MatchService *service, Tally *tally)
{
    int64_t now = g_get_monotonic_time();
    double passed_s = (double)(now - tally->filled_us) / G_USEC_PER_SEC;
    double burst = burst_of(service);
    double left = tally->left + passed_s * service->options.hashes_per_second;
    tally->left = MIN(left, burst);
    tally->filled_us = now;
}

unsigned match_service_take(MatchService *service, const Identity *identity, unsigned hashes)
{
    unsigned wait_s = 0;
    g_mutex_lock(&service->lock);
    Tally *tally = tally_of(service, identity);
    refill(service, tally);
    double missing = hashes - tally->left;
    if (missing > 0)
        wait_s = 1 + (unsigned)(missing / service->options.hashes_per_second);
    else
        tally->left -= hashes;
    g_mutex_unlock(&service->lock);
    return wait_s;
}

// ---- The record -------------------------------------------------------------------------------

static void count(MatchService *service, const Identity *identity, const MatchVerdict *verdicts,
                  size_t verdict_count, bool is_picture)
{
    uint64_t exact = 0, near = 0;
    for (size_t i = 0; i < verdict_count; i++) {
        exact += verdicts[i].found && verdicts[i].match.type == MATCH_EXACT;
        near += verdicts[i].found && verdicts[i].match.type == MATCH_NEAR;
    }
    g_mutex_lock(&service->lock);
    Tally *tally = tally_of(service, identity);
    if (tally->since_us == 0)
        tally->since_us = g_get_real_time();
    tally->asked += verdict_count;
    tally->pictures += is_picture;
    tally->exact += exact;
    tally->near += near;
    g_mutex_unlock(&service->lock);
}

static bool write_act(Casework *work, const Tally *tally, GError **err)
{
    const Actor actor = {.account_id = tally->account_id,
                         .unit_id = tally->unit_id,
                         .name = tally->name,
                         .session = tally->session};
    g_autoptr(Act) act = act_begin(work, &actor, AUDIT_MATCHED, err);
    if (act == NULL)
        return false;
    act_set_object(act, "token %" G_GUINT64_FORMAT, tally->token_id);
    JsonWriter *json = act_payload(act);
    json_write_member_uint(json, "asked", tally->asked);
    json_write_member_uint(json, "pictures", tally->pictures);
    json_write_member_uint(json, "exact", tally->exact);
    json_write_member_uint(json, "near", tally->near);
    json_write_member_uint(json, "since_us", (uint64_t)tally->since_us);
    return act_commit(act, err);
}

// Copies of the tallies that have something to tell; those that have nothing and whose tokens may
// ask all they ever may are forgotten.
static GPtrArray *tallies_to_tell(MatchService *service)
{
    GPtrArray *told = g_ptr_array_new_with_free_func(tally_free);
    GHashTableIter iter;
    gpointer value;
    g_mutex_lock(&service->lock);
    g_hash_table_iter_init(&iter, service->tallies);
    while (g_hash_table_iter_next(&iter, NULL, &value)) {
        Tally *tally = value;
        refill(service, tally);
        if (tally->since_us == 0 && tally->left >= burst_of(service)) {
            g_hash_table_iter_remove(&iter);
        } else if (tally->since_us != 0) {
            Tally *copy = g_memdup2(tally, sizeof *tally);
            copy->name = g_strdup(tally->name);
            copy->session = g_strdup(tally->session);
            g_ptr_array_add(told, copy);
        }
    }
    g_mutex_unlock(&service->lock);
    return told;
}

static void take_off(MatchService *service, const Tally *told)
{
    g_mutex_lock(&service->lock);
    Tally *tally = g_hash_table_lookup(service->tallies, &told->token_id);
    if (tally != NULL) {
        tally->asked -= told->asked;
        tally->pictures -= told->pictures;
        tally->exact -= told->exact;
        tally->near -= told->near;
        tally->since_us = tally->asked > 0 ? g_get_real_time() : 0;
    }
    g_mutex_unlock(&service->lock);
}

// What could not be written is told the next time.
bool match_service_record(MatchService *service, Casework *work, GError **err)
{
    g_autoptr(GPtrArray) told = tallies_to_tell(service);
    for (unsigned i = 0; i < told->len; i++) {
        if (!write_act(work, told->pdata[i], err))
            return false;
        take_off(service, told->pdata[i]);
    }
    return true;
}

static void record_or_say(MatchService *service)
{
    g_autoptr(GError) error = NULL;
    if (match_service_record(service, service->work, &error) || service->options.say == NULL)
        return;
    g_autofree char *sentence =
        g_strdup_printf("what was matched could not be recorded: %s", error->message);
    service->options.say(service->options.user_data, sentence);
}

static gpointer keep_record(gpointer data)
{
    MatchService *service = data;
    bool ending = false;
    while (!ending) {
        int64_t until = g_get_monotonic_time() + MATCH_RECORD_SECONDS * G_TIME_SPAN_SECOND;
        g_mutex_lock(&service->lock);
        bool is_time = false;
        while (!service->ending && !is_time)
            is_time = !g_cond_wait_until(&service->ended, &service->lock, until);
        ending = service->ending;
        g_mutex_unlock(&service->lock);
        record_or_say(service);
    }
    return NULL;
}

// ---- Opening and closing ----------------------------------------------------------------------

MatchService *match_service_new(const MatchServiceOptions *options, GError **err)
{
    g_autoptr(Casework) work = casework_open(&options->casework, err);
    if (work == NULL || casework_vault(work, err) == NULL)
        return NULL;
    MatchService *service = g_new0(MatchService, 1);
    service->options = *options;
    if (service->options.hashes_per_second == 0)
        service->options.hashes_per_second = LIMIT_MATCH_HASHES_PER_SECOND;
    service->work = g_steal_pointer(&work);
    service->tallies = g_hash_table_new_full(g_int64_hash, g_int64_equal, NULL, tally_free);
    g_mutex_init(&service->lock);
    g_cond_init(&service->ended);
    g_mutex_init(&service->decoders_lock);
    g_cond_init(&service->decoder_free);
    g_queue_init(&service->idle);
    service->thread = g_thread_new("match record", keep_record, service);
    return service;
}

void match_service_free(MatchService *service)
{
    if (service == NULL)
        return;
    g_mutex_lock(&service->lock);
    service->ending = true;
    g_cond_signal(&service->ended);
    g_mutex_unlock(&service->lock);
    g_thread_join(service->thread);
    g_queue_clear_full(&service->idle, (GDestroyNotify)media_client_free);
    g_hash_table_unref(service->tallies);
    casework_close(service->work);
    g_mutex_clear(&service->lock);
    g_cond_clear(&service->ended);
    g_mutex_clear(&service->decoders_lock);
    g_cond_clear(&service->decoder_free);
    g_free(service);
}

// ---- Hashes -----------------------------------------------------------------------------------

static bool give_verdict(MatchService *service, const MatcherAnswer *answer,
                         MatchVerdict *ret_verdict, GError **err)
{
    const Vault *vault = casework_vault(service->work, err); // open since the beginning
    if (vault == NULL)
        return false;
    *ret_verdict = (MatchVerdict){
        .found = answer->found, .frequent = answer->frequent, .match = answer->match};
    if (answer->found)
        match_reference_seal(vault, answer->match.entry, ret_verdict->reference);
    return true;
}

bool match_service_hashes(MatchService *service, const Identity *identity, const ListHash *asked,
                          size_t asked_count, MatchVerdict *ret_verdicts, GError **err)
{
    g_return_val_if_fail(asked_count <= LIMIT_MATCH_HASHES, false);
    g_autofree MatcherAnswer *answers = g_new0(MatcherAnswer, asked_count);
    if (!matcher_batch(service->options.matcher, asked, asked_count, answers, err))
        return false;
    for (size_t i = 0; i < asked_count; i++)
        if (!give_verdict(service, &answers[i], &ret_verdicts[i], err))
            return false;
    count(service, identity, ret_verdicts, asked_count, false);
    return true;
}

// ---- Pictures ---------------------------------------------------------------------------------

static MediaClient *decoder_take(MatchService *service, GError **err)
{
    int64_t until =
        g_get_monotonic_time() + LIMIT_MATCH_PICTURE_WAIT_MS * (G_TIME_SPAN_MILLISECOND);
    bool in_time = true;
    g_mutex_lock(&service->decoders_lock);
    while (in_time && service->decoders >= LIMIT_MATCH_PICTURES)
        in_time = g_cond_wait_until(&service->decoder_free, &service->decoders_lock, until);
    MediaClient *decoder = in_time ? g_queue_pop_tail(&service->idle) : NULL;
    service->decoders += in_time;
    g_mutex_unlock(&service->decoders_lock);
    if (!in_time)
        g_set_error_literal(err, CLEW_ERROR, CLEW_ERROR_BUSY,
                            "too many pictures are looked at; ask again");
    else if (decoder == NULL)
        decoder = media_client_new(service->options.media, NULL, err);
    return decoder;
}

static void decoder_give(MatchService *service, MediaClient *decoder)
{
    g_mutex_lock(&service->decoders_lock);
    service->decoders--;
    if (decoder != NULL)
        g_queue_push_tail(&service->idle, decoder);
    g_cond_signal(&service->decoder_free);
    g_mutex_unlock(&service->decoders_lock);
}

static void add_digests(GBytes *picture, GArray *hashes)
{
    gsize size;
    const void *bytes = g_bytes_get_data(picture, &size);
    static const GChecksumType kinds[HASH_PDQ] = {[HASH_MD5] = G_CHECKSUM_MD5,
                                                  [HASH_SHA1] = G_CHECKSUM_SHA1,
                                                  [HASH_SHA256] = G_CHECKSUM_SHA256};
    for (unsigned type = 0; type < HASH_PDQ; type++) {
        ListHash hash = {.type = (HashType)type};
        gsize length = sizeof hash.value;
        g_autoptr(GChecksum) checksum = g_checksum_new(kinds[type]);
        g_checksum_update(checksum, bytes, (gssize)size);
        g_checksum_get_digest(checksum, hash.value, &length);
        g_array_append_val(hashes, hash);
    }
}

static void add_values(const StillFacts *still, GArray *hashes)
{
    AskedValues asked = {.distance = MATCHER_DISTANCE};
    asked_values_of_still(&asked, still, MATCHER_MIN_QUALITY);
    for (size_t i = 0; i < asked.count; i++) {
        ListHash hash = {.type = HASH_PDQ};
        memcpy(hash.value, asked.values[i], PDQ_BYTES);
        g_array_append_val(hashes, hash);
    }
}

static bool decode_with(MediaClient *decoder, GBytes *picture, GArray *hashes, Status *ret_status,
                        GError **err)
{
    gsize size;
    const uint8_t *bytes = g_bytes_get_data(picture, &size);
    const SniffType *type = sniff_bytes(bytes, size);
    *ret_status = STATUS_UNSUPPORTED;
    if (type->family != FAMILY_STILL || !type->can_decode)
        return true;
    if (!media_client_ready(decoder, err))
        return false;
    if (size > media_client_buffer_bytes(decoder)) {
        *ret_status = STATUS_LIMIT;
        return true;
    }
    memcpy(media_client_buffer(decoder), bytes, size);
    const MediaItem item = {size, type->media_type, -1};
    MediaReply reply;
    if (!media_client_still(decoder, &item, &reply, err))
        return false;
    *ret_status = reply.status;
    if (reply.still != NULL)
        add_values(reply.still, hashes);
    media_reply_clear(&reply);
    // Nothing of the picture stays behind.
    if (media_client_keeps_bytes(decoder))
        memset(media_client_buffer(decoder), 0, size);
    media_client_trim(decoder, size);
    return true;
}

static bool decode(MatchService *service, GBytes *picture, GArray *hashes, Status *ret_status,
                   GError **err)
{
    if (service->options.media == NULL) {
        g_set_error_literal(err, CLEW_ERROR, CLEW_ERROR_UNSUPPORTED,
                            "this server looks at no pictures; ask with hashes");
        return false;
    }
    g_autoptr(GError) error = NULL;
    MediaClient *decoder = decoder_take(service, &error);
    if (decoder == NULL && g_error_matches(error, CLEW_ERROR, CLEW_ERROR_BUSY)) {
        g_propagate_error(err, g_steal_pointer(&error));
        return false;
    }
    bool ok = decoder != NULL && decode_with(decoder, picture, hashes, ret_status, &error);
    if (!ok)
        g_clear_pointer(&decoder, media_client_free);
    decoder_give(service, decoder);
    if (!ok)
        g_propagate_error(err, g_steal_pointer(&error));
    return ok;
}

// What weighs most of all that its hashes found.
static void join_answers(const MatcherAnswer *answers, size_t answer_count, MatcherAnswer *ret_best)
{
    *ret_best = (MatcherAnswer){0};
    for (size_t i = 0; i < answer_count; i++) {
        ret_best->frequent = ret_best->frequent || answers[i].frequent;
        if (!answers[i].found ||
            (ret_best->found && !matcher_weighs_more(&answers[i].match, &ret_best->match)))
            continue;
        ret_best->found = true;
        ret_best->match = answers[i].match;
    }
}

bool match_service_picture(MatchService *service, const Identity *identity, GBytes *picture,
                           Status *ret_status, MatchVerdict *ret_verdict, GError **err)
{
    g_autoptr(GArray) hashes =
        g_array_sized_new(FALSE, FALSE, sizeof(ListHash), PICTURE_HASHES_MAX);
    MatcherAnswer answers[PICTURE_HASHES_MAX], best;
    Status status;
    add_digests(picture, hashes);
    if (!decode(service, picture, hashes, &status, err) ||
        !matcher_batch(service->options.matcher, (const ListHash *)(void *)hashes->data,
                       hashes->len, answers, err))
        return false;
    join_answers(answers, hashes->len, &best);
    if (!give_verdict(service, &best, ret_verdict, err))
        return false;
    *ret_status = status;
    count(service, identity, ret_verdict, 1, true);
    return true;
}
