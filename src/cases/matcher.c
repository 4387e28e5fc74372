// SPDX-License-Identifier: Apache-2.0
//
// The index names candidates; what a match says is read from the store, and the hashes are compared
// once more there. So a candidate that has been withdrawn or changed meanwhile is dropped, and a
// damaged or forged index can hide nothing behind a wrong answer but an error.
#include "cases/matcher.h"

#include <string.h>

#include "base/error.h"
#include "cases/entry_cache.h"
#include "cases/frame_cache.h"
#include "cases/match_rules.h"
#include "cases/match_video_pool.h"
#include "cases/matcher_private.h"
#include "cases/scheme.h"
#include "cases/set_index.h"
#include "cases/video_match.h"

// How long an answer may rest on what was last known of the store.
#define LOOK_AGAIN_US 3000

// Frames of known videos kept in memory.
#define FRAME_CACHE_BYTES (64u << 20)

// Entries kept in memory: some hundred thousand of a few hashes each.
#define ENTRY_CACHE_BYTES (64u << 20)

// An index in use; threads that search hold a reference, so that it can be replaced under way.
typedef struct {
    Index *index;
    int references; // guarded by Matcher.lock
} IndexView;

typedef struct {
    uint64_t id;
    const char *name; // interned
    SetKind kind;
    Scheme *scheme; // NULL: no categories
} KnownSet;

// Hits of one entry.
typedef struct {
    uint64_t entry;
    const char *set_name; // interned
    uint64_t hits;        // of any kind
    uint64_t near_media;  // distinct media that only look like it
} EntryHits;

struct Matcher {
    MatcherOptions options; // set_names is not kept
    uint32_t *filter_ids;   // sets asked, ascending; NULL: all
    size_t filter_count;
    MatcherSet *sets; // as they were at the opening
    size_t set_count;
    void (*talk)(const char *text, void *user_data);
    void *user_data;

    GMutex lock; // of everything below
    SetStore *store;
    IndexView *view;
    SetIndexPosition position;
    uint64_t version; // of the store, when it was last looked at
    int64_t looked_us;
    GPtrArray *known_sets;  // of KnownSet *
    GHashTable *texts;      // interned names and categories; live as long as the matcher
    GHashTable *entry_hits; // entry id -> EntryHits
    uint64_t near_media;    // media asked about by likeness
    EntryCache *entries;    // as of `position`
    FrameCache *frames;
    MatchVideoPool *videos;
};

// ---- Sets -------------------------------------------------------------------------------------

static void known_set_free(gpointer data)
{
    KnownSet *set = data;
    scheme_free(set->scheme);
    g_free(set);
}

static const char *intern(Matcher *matcher, const char *text)
{
    if (text == NULL)
        return NULL;
    char *known = g_hash_table_lookup(matcher->texts, text);
    if (known == NULL) {
        known = g_strdup(text);
        g_hash_table_add(matcher->texts, known);
    }
    return known;
}

static bool add_known_set(Matcher *matcher, GPtrArray *sets, const SetInfo *info, GError **err)
{
    KnownSet *set = g_new0(KnownSet, 1);
    g_ptr_array_add(sets, set);
    *set = (KnownSet){.id = info->id, .name = intern(matcher, info->name), .kind = info->kind};
    if (info->scheme == NULL)
        return true;
    set->scheme = scheme_load(info->scheme, set_store_folder(matcher->store), err);
    return set->scheme != NULL;
}

// `infos` of SetInfo *.
static bool learn_sets(Matcher *matcher, const GPtrArray *infos, GError **err)
{
    g_autoptr(GPtrArray) sets = g_ptr_array_new_with_free_func(known_set_free);
    for (unsigned i = 0; i < infos->len; i++)
        if (!add_known_set(matcher, sets, infos->pdata[i], err))
            return false;
    g_clear_pointer(&matcher->known_sets, g_ptr_array_unref);
    matcher->known_sets = g_steal_pointer(&sets);
    return true;
}

static const KnownSet *find_known_set(const Matcher *matcher, uint64_t set_id)
{
    for (unsigned i = 0; i < matcher->known_sets->len; i++) {
        const KnownSet *set = matcher->known_sets->pdata[i];
        if (set->id == set_id)
            return set;
    }
    return NULL;
}

// ---- Opening ----------------------------------------------------------------------------------

static SetIndexOptions index_options(const Matcher *matcher)
{
    return (SetIndexOptions){.talk = matcher->talk, .user_data = matcher->user_data};
}

static bool open_view(Matcher *matcher, GError **err)
{
    Index *index = set_index_open(matcher->store, index_options(matcher), &matcher->position, err);
    if (index == NULL)
        return false;
    matcher->view = g_new(IndexView, 1);
    *matcher->view = (IndexView){.index = index, .references = 1};
    return true;
}

static void release_view(IndexView *view)
{
    if (view == NULL || --view->references > 0)
        return;
    index_free(view->index);
    g_free(view);
}

static bool is_chosen(const char *const *names, const char *name)
{
    return names == NULL || names[0] == NULL || g_strv_contains(names, name);
}

static bool check_names(SetStore *store, const char *const *names, GError **err)
{
    for (; names != NULL && *names != NULL; names++) {
        g_autoptr(SetInfo) info = set_store_find(store, *names, err);
        if (info == NULL)
            return false;
    }
    return true;
}

static int compare_ids(const void *a, const void *b)
{
    uint32_t left = *(const uint32_t *)a, right = *(const uint32_t *)b;
    return left < right ? -1 : left > right;
}

// What the caller is told of the sets, and which of them count.
static void choose_sets(Matcher *matcher, const GPtrArray *infos, const char *const *names)
{
    matcher->sets = g_new0(MatcherSet, infos->len);
    matcher->filter_ids = g_new0(uint32_t, infos->len + 1);
    for (unsigned i = 0; i < infos->len; i++) {
        const SetInfo *info = infos->pdata[i];
        if (!is_chosen(names, info->name))
            continue;
        matcher->filter_ids[matcher->filter_count++] = (uint32_t)info->id;
        matcher->sets[matcher->set_count++] = (MatcherSet){.name = g_strdup(info->name),
                                                           .kind = info->kind,
                                                           .generation = info->generation,
                                                           .digest = g_strdup(info->digest),
                                                           .entries = info->tally.active};
    }
    qsort(matcher->filter_ids, matcher->filter_count, sizeof *matcher->filter_ids, compare_ids);
    if (names == NULL || names[0] == NULL)
        g_clear_pointer(&matcher->filter_ids, g_free);
}

static bool prepare(Matcher *matcher, const char *const *names, GError **err)
{
    if (!check_names(matcher->store, names, err) ||
        !set_store_version(matcher->store, &matcher->version, err))
        return false;
    g_autoptr(GPtrArray) infos = set_store_list(matcher->store, err);
    if (infos == NULL || !learn_sets(matcher, infos, err))
        return false;
    choose_sets(matcher, infos, names);
    matcher->looked_us = g_get_monotonic_time();
    return open_view(matcher, err);
}

Matcher *matcher_open(SetStore *store, MatcherOptions options,
                      void (*talk)(const char *text, void *user_data), void *user_data,
                      GError **err)
{
    // A connection of its own: lanes ask from their threads while the caller uses the other.
    SetStore *own = set_store_reopen(store, err);
    if (own == NULL)
        return NULL;
    g_autoptr(Matcher) matcher = g_new0(Matcher, 1);
    g_mutex_init(&matcher->lock);
    matcher->store = own;
    matcher->options = options;
    matcher->options.set_names = NULL;
    matcher->talk = talk;
    matcher->user_data = user_data;
    matcher->texts = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    matcher->entry_hits = g_hash_table_new_full(g_int64_hash, g_int64_equal, NULL, g_free);
    matcher->entries = entry_cache_new(ENTRY_CACHE_BYTES);
    matcher->frames = frame_cache_new(FRAME_CACHE_BYTES);
    matcher->videos = match_video_pool_new();
    return prepare(matcher, options.set_names, err) ? g_steal_pointer(&matcher) : NULL;
}

void matcher_free(Matcher *matcher)
{
    if (matcher == NULL)
        return;
    release_view(matcher->view);
    set_store_close(matcher->store);
    for (size_t i = 0; i < matcher->set_count; i++) {
        g_free(matcher->sets[i].name);
        g_free(matcher->sets[i].digest);
    }
    g_free(matcher->sets);
    g_free(matcher->filter_ids);
    g_clear_pointer(&matcher->known_sets, g_ptr_array_unref);
    g_hash_table_unref(matcher->texts);
    g_hash_table_unref(matcher->entry_hits);
    entry_cache_free(matcher->entries);
    frame_cache_free(matcher->frames);
    match_video_pool_free(matcher->videos);
    g_mutex_clear(&matcher->lock);
    g_free(matcher);
}

const MatcherSet *matcher_sets(const Matcher *matcher, size_t *ret_count)
{
    *ret_count = matcher->set_count;
    return matcher->sets;
}

// ---- Following, under the lock ----------------------------------------------------------------

static bool replace_view(Matcher *matcher, GError **err)
{
    IndexView *old = g_steal_pointer(&matcher->view);
    if (!open_view(matcher, err)) {
        matcher->view = old;
        return false;
    }
    release_view(old);
    return true;
}

static bool catch_up(Matcher *matcher, GError **err)
{
    SetChangeMark before = matcher->position.mark;
    g_autoptr(GPtrArray) infos = set_store_list(matcher->store, err);
    bool behind;
    if (infos == NULL || !learn_sets(matcher, infos, err) ||
        !set_index_follow(matcher->view->index, matcher->store, &matcher->position, &behind, err))
        return false;
    SetChangeMark now = matcher->position.mark;
    if (behind || now.seq != before.seq || now.token != before.token)
        entry_cache_forget(matcher->entries);
    return !behind || replace_view(matcher, err);
}

static bool look_at_store(Matcher *matcher, GError **err)
{
    int64_t now = g_get_monotonic_time();
    if (now - matcher->looked_us < LOOK_AGAIN_US)
        return true;
    uint64_t version;
    if (!set_store_version(matcher->store, &version, err))
        return false;
    if (version != matcher->version && !catch_up(matcher, err))
        return false;
    matcher->version = version;
    matcher->looked_us = now;
    return true;
}

// ---- Asking the index -------------------------------------------------------------------------

static bool ask_index(const Matcher *matcher, Index *index, const MatcherQuestion *question,
                      IndexHits *hits, GError **err)
{
    IndexFilter chosen = {.set_ids = matcher->filter_ids, .count = matcher->filter_count};
    const IndexFilter *filter = matcher->filter_ids != NULL ? &chosen : NULL;
    if (question->digest_count > 0) {
        IndexDigestQuery query = {question->digests, question->digest_count, filter};
        return index_lookup_digests(index, &query, hits, err);
    }
    IndexPdqQuery query = {.values = question->values,
                           .count = question->value_count,
                           .radius = matcher->options.distance,
                           .filter = filter,
                           .max_hits = question->max_hits,
                           .ret_frequent = question->ret_frequent};
    return index_query_pdq(index, &query, hits, err);
}

static IndexView *hold_view(Matcher *matcher, GError **err)
{
    g_mutex_lock(&matcher->lock);
    IndexView *view = NULL;
    if (look_at_store(matcher, err)) {
        view = matcher->view;
        view->references++;
    }
    g_mutex_unlock(&matcher->lock);
    return view;
}

static void let_go(Matcher *matcher, IndexView *view)
{
    g_mutex_lock(&matcher->lock);
    release_view(view);
    g_mutex_unlock(&matcher->lock);
}

// Threads that meet the same damage wait here for the first of them.
static bool repair_view(Matcher *matcher, const IndexView *damaged, GError **err)
{
    g_mutex_lock(&matcher->lock);
    bool ok = matcher->view != damaged ||
              (set_index_repair(matcher->store, index_options(matcher), err) &&
               replace_view(matcher, err));
    g_mutex_unlock(&matcher->lock);
    return ok;
}

// Damage is repaired once, from the store, and the question asked again.
bool matcher_ask(Matcher *matcher, const MatcherQuestion *question, IndexHits *hits, GError **err)
{
    for (int attempt = 0;; attempt++) {
        IndexView *view = hold_view(matcher, err);
        if (view == NULL)
            return false;
        g_autoptr(GError) fault = NULL;
        bool ok = ask_index(matcher, view->index, question, hits, &fault);
        bool mend = !ok && attempt == 0 && g_error_matches(fault, CLEW_ERROR, CLEW_ERROR_CORRUPT);
        bool mended = mend && repair_view(matcher, view, err);
        let_go(matcher, view);
        if (ok)
            return true;
        if (mend && !mended)
            return false;
        if (!mend) {
            g_propagate_error(err, g_steal_pointer(&fault));
            return false;
        }
    }
}

// ---- From candidates to matches, under the lock -----------------------------------------------

// One of match_rules.h.
typedef bool (*MatchFunction)(const ListEntry *entry, const void *asked, Match *match);

static EntryHits *hits_of(Matcher *matcher, const Match *match)
{
    EntryHits *hits = g_hash_table_lookup(matcher->entry_hits, &match->entry);
    if (hits == NULL) {
        hits = g_new0(EntryHits, 1);
        hits->entry = match->entry;
        hits->set_name = match->set_name;
        g_hash_table_insert(matcher->entry_hits, &hits->entry, hits);
    }
    return hits;
}

// False when it was there already.
static bool mark_seen(GHashTable *seen, uint64_t entry)
{
    return g_hash_table_add(seen, g_memdup2(&entry, sizeof entry));
}

// Reads the entry, and what it says of itself into the match; *ret_entry is NULL when it is gone or
// does not count, else borrowed until the next entry is read.
static bool read_entry(Matcher *matcher, uint64_t entry_id, Match *match,
                       const StoredEntry **ret_entry, GError **err)
{
    const StoredEntry *entry;
    if (!entry_cache_get(matcher->entries, matcher->store, entry_id, &entry, err))
        return false;
    const KnownSet *set = find_known_set(matcher, entry_id_set(entry_id));
    *ret_entry = entry != NULL && set != NULL && entry->state == 0 ? entry : NULL;
    if (*ret_entry == NULL)
        return true;
    match->entry = entry_id;
    match->set_name = set->name;
    match->set_kind = set->kind;
    match->category = intern(matcher, entry->content.category);
    match->scheme = set->scheme != NULL ? intern(matcher, scheme_id(set->scheme)) : NULL;
    match->meaning = scheme_entry_meaning(set->scheme, set->kind, match->category);
    return true;
}

bool matcher_each_hit(Matcher *matcher, const IndexHits *hits, MatcherVisit *visit, void *user_data,
                      GError **err)
{
    bool ok = true;
    g_mutex_lock(&matcher->lock);
    for (size_t i = 0; ok && i < hits->count; i++) {
        Match match = {0};
        const StoredEntry *entry;
        ok = read_entry(matcher, hits->items[i].entry_id, &match, &entry, err);
        if (ok && entry != NULL)
            visit(user_data, &hits->items[i], &entry->content, &match);
    }
    g_mutex_unlock(&matcher->lock);
    return ok;
}

static void append_match(Matcher *matcher, const Match *match, GArray *matches)
{
    EntryHits *hits = hits_of(matcher, match);
    hits->hits++;
    hits->near_media += match->type == MATCH_NEAR && !match->in_thumbnail;
    g_array_append_vals(matches, match, 1);
}

// Entries with frames are left to compare_frames, which takes its time without the lock: of
// uint64_t in `videos`; NULL: they are compared by their hashes too.
static bool add_match(Matcher *matcher, uint64_t entry_id, MatchFunction fits, const void *asked,
                      GArray *videos, GArray *matches, GError **err)
{
    Match match = {0};
    const StoredEntry *entry;
    if (!read_entry(matcher, entry_id, &match, &entry, err))
        return false;
    if (entry == NULL)
        return true;
    if (videos != NULL && entry->content.frame_count > 0)
        g_array_append_val(videos, entry_id);
    else if (fits(&entry->content, asked, &match))
        append_match(matcher, &match, matches);
    return true;
}

static int compare_matches(const void *a, const void *b)
{
    const Match *left = a, *right = b;
    if (left->distance != right->distance)
        return left->distance < right->distance ? -1 : 1;
    return left->entry < right->entry ? -1 : left->entry > right->entry;
}

// The entries that `matches` has already.
static GHashTable *seen_in(const GArray *matches)
{
    GHashTable *seen = g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, NULL);
    for (unsigned i = 0; i < matches->len; i++)
        mark_seen(seen, g_array_index(matches, Match, i).entry);
    return seen;
}

static void sort_new_matches(GArray *matches, unsigned before)
{
    if (matches->len > before)
        qsort(&g_array_index(matches, Match, before), matches->len - before, sizeof(Match),
              compare_matches);
}

// Entries that `matches` has already are left out.
static bool add_matches(Matcher *matcher, const IndexHits *hits, MatchFunction fits,
                        const void *asked, GArray *videos, GArray *matches, GError **err)
{
    if (hits->count == 0)
        return true;
    g_autoptr(GHashTable) seen = seen_in(matches);
    bool ok = true;
    g_mutex_lock(&matcher->lock);
    for (size_t i = 0; ok && i < hits->count; i++)
        if (mark_seen(seen, hits->items[i].entry_id))
            ok = add_match(matcher, hits->items[i].entry_id, fits, asked, videos, matches, err);
    g_mutex_unlock(&matcher->lock);
    return ok;
}

// ---- Frames -----------------------------------------------------------------------------------

// An entry as it is compared without the lock.
typedef struct {
    Match match;    // what the entry says of itself
    GArray *frames; // of FrameHash; NULL: the entry is gone
    GArray *values; // PDQ values
} KnownEntry;

static void known_entry_clear(KnownEntry *known)
{
    if (known->frames != NULL)
        g_array_unref(known->frames);
    if (known->values != NULL)
        g_array_unref(known->values);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(KnownEntry, known_entry_clear)

static GArray *pdq_values_of(const ListEntry *entry)
{
    GArray *values = g_array_new(FALSE, FALSE, PDQ_BYTES);
    for (size_t i = 0; i < entry->hash_count; i++)
        if (entry->hashes[i].type == HASH_PDQ)
            g_array_append_vals(values, entry->hashes[i].value, 1);
    return values;
}

static bool take_known_entry(Matcher *matcher, uint64_t entry_id, KnownEntry *known, GError **err)
{
    g_mutex_lock(&matcher->lock);
    const StoredEntry *entry;
    bool ok = read_entry(matcher, entry_id, &known->match, &entry, err);
    if (ok && entry != NULL) {
        known->values = pdq_values_of(&entry->content);
        known->frames = frame_cache_get(matcher->frames, matcher->store, entry, err);
        ok = known->frames != NULL;
    }
    g_mutex_unlock(&matcher->lock);
    return ok;
}

// A still or a video that asks.
typedef struct {
    const AskedValues *still;
    const VideoQuestion *video; // NULL: it is the still
    const VideoNominee *nominee;
} FrameQuestion;

static bool compare_known(const FrameQuestion *question, KnownEntry *known, VideoFinding *finding)
{
    VideoKnown content = {.frames = (const FrameHash *)known->frames->data,
                          .frame_count = known->frames->len,
                          .values = (const uint8_t(*)[PDQ_BYTES])known->values->data,
                          .value_count = known->values->len};
    if (question->video != NULL)
        return video_match_video(question->video, question->nominee, &content, &known->match,
                                 finding);
    return video_match_still(question->still, &content, &known->match, finding);
}

static bool compare_frames(Matcher *matcher, uint64_t entry_id, const FrameQuestion *question,
                           GArray *matches, GError **err)
{
    g_auto(KnownEntry) known = {0};
    g_auto(VideoFinding) finding = {0};
    if (!take_known_entry(matcher, entry_id, &known, err))
        return false;
    if (known.frames == NULL || !compare_known(question, &known, &finding))
        return true;
    g_mutex_lock(&matcher->lock);
    known.match.video = match_video_pool_keep(matcher->videos, &finding.video);
    append_match(matcher, &known.match, matches);
    g_mutex_unlock(&matcher->lock);
    return true;
}

bool matcher_compare_film(Matcher *matcher, uint64_t entry_id, const AskedValues *still,
                          Match *ret_match, bool *ret_fits, GError **err)
{
    g_auto(KnownEntry) known = {0};
    g_auto(VideoFinding) finding = {0};
    if (!take_known_entry(matcher, entry_id, &known, err))
        return false;
    *ret_fits =
        known.frames != NULL && compare_known(&(FrameQuestion){.still = still}, &known, &finding);
    if (*ret_fits) {
        *ret_match = known.match;
        ret_match->video = NULL;
    }
    return true;
}

// ---- Exact ------------------------------------------------------------------------------------

static bool ask_exact(Matcher *matcher, const AskedDigests *asked, GArray *matches, GError **err)
{
    IndexDigest digests[HASH_PDQ];
    static const IndexType types[HASH_PDQ] = {
        [HASH_MD5] = INDEX_MD5, [HASH_SHA1] = INDEX_SHA1, [HASH_SHA256] = INDEX_SHA256};
    size_t count = 0;
    for (unsigned type = 0; type < HASH_PDQ; type++) {
        if (!(asked->types & 1u << type))
            continue;
        digests[count].type = types[type];
        memcpy(digests[count++].value, asked->values[type], hash_type_bytes((HashType)type));
    }
    unsigned before = matches->len;
    IndexHits hits = {0};
    bool ok = matcher_ask(matcher, &(MatcherQuestion){.digests = digests, .digest_count = count},
                          &hits, err) &&
              add_matches(matcher, &hits, match_rules_exact, asked, NULL, matches, err);
    index_hits_clear(&hits);
    sort_new_matches(matches, before);
    return ok;
}

bool matcher_exact(Matcher *matcher, const Digests *digests, GArray *matches, GError **err)
{
    AskedDigests asked = {.types = 1u << HASH_MD5 | 1u << HASH_SHA1 | 1u << HASH_SHA256,
                          .values = {[HASH_MD5] = digests->md5,
                                     [HASH_SHA1] = digests->sha1,
                                     [HASH_SHA256] = digests->sha256}};
    return ask_exact(matcher, &asked, matches, err);
}

// ---- Near -------------------------------------------------------------------------------------

static bool ask_near(Matcher *matcher, const AskedValues *asked, GArray *matches, GError **err)
{
    if (asked->count == 0 || matcher->options.exact_only)
        return true;
    unsigned before = matches->len;
    IndexHits hits = {0};
    MatcherQuestion question = {.values = asked->values, .value_count = asked->count};
    g_autoptr(GArray) videos = g_array_new(FALSE, FALSE, sizeof(uint64_t));
    bool ok = matcher_ask(matcher, &question, &hits, err) &&
              add_matches(matcher, &hits, match_rules_near, asked, videos, matches, err);
    index_hits_clear(&hits);
    for (unsigned i = 0; ok && i < videos->len; i++)
        ok = compare_frames(matcher, g_array_index(videos, uint64_t, i),
                            &(FrameQuestion){.still = asked}, matches, err);
    sort_new_matches(matches, before);
    return ok;
}

static void count_near_media(Matcher *matcher)
{
    g_mutex_lock(&matcher->lock);
    matcher->near_media++;
    g_mutex_unlock(&matcher->lock);
}

unsigned matcher_distance(const Matcher *matcher)
{
    return matcher->options.distance;
}

bool matcher_near(Matcher *matcher, const StillFacts *still, bool is_thumbnail, GArray *matches,
                  GError **err)
{
    AskedValues asked = {.distance = matcher->options.distance, .is_thumbnail = is_thumbnail};
    asked_values_of_still(&asked, still, matcher->options.min_quality);
    if (!is_thumbnail && asked.count > 0)
        count_near_media(matcher);
    return ask_near(matcher, &asked, matches, err);
}

static bool has_good_frame(const VideoFrames *frames, unsigned min_quality)
{
    const GArray *plain = frames->variants[0];
    for (unsigned i = 0; plain != NULL && i < plain->len; i++)
        if (g_array_index(plain, FrameHash, i).quality >= min_quality)
            return true;
    return false;
}

// All values of the question, in batches.
static bool ask_video(Matcher *matcher, VideoQuestion *question, GError **err)
{
    IndexHits hits = {0};
    bool ok = true;
    const uint8_t(*values)[PDQ_BYTES];
    size_t count;
    while (ok && (count = video_question_next(question, &values)) > 0) {
        hits.count = 0;
        MatcherQuestion batch = {
            .values = values, .value_count = count, .max_hits = VIDEO_HITS_MAX};
        ok = matcher_ask(matcher, &batch, &hits, err);
        if (ok)
            video_question_take(question, &hits);
    }
    index_hits_clear(&hits);
    return ok;
}

bool matcher_video(Matcher *matcher, const VideoFrames *frames, GArray *matches, GError **err)
{
    if (!has_good_frame(frames, matcher->options.min_quality))
        return true;
    count_near_media(matcher);
    if (matcher->options.exact_only)
        return true;
    g_autoptr(VideoQuestion) question =
        video_question_new(frames, matcher->options.distance, matcher->options.min_quality);
    if (!ask_video(matcher, question, err))
        return false;
    g_autoptr(GHashTable) seen = seen_in(matches);
    g_autoptr(GArray) nominees = video_question_nominees(question);
    unsigned before = matches->len;
    bool ok = true;
    for (unsigned i = 0; ok && i < nominees->len; i++) {
        const VideoNominee *nominee = &g_array_index(nominees, VideoNominee, i);
        if (mark_seen(seen, nominee->entry))
            ok = compare_frames(matcher, nominee->entry,
                                &(FrameQuestion){.video = question, .nominee = nominee}, matches,
                                err);
    }
    sort_new_matches(matches, before);
    return ok;
}

bool matcher_value(Matcher *matcher, HashType type, const uint8_t *value, GArray *matches,
                   GError **err)
{
    if (type < HASH_PDQ) {
        AskedDigests asked = {.types = 1u << type};
        asked.values[type] = value;
        return ask_exact(matcher, &asked, matches, err);
    }
    if (type != HASH_PDQ) {
        g_set_error(err, CLEW_ERROR, CLEW_ERROR_UNSUPPORTED,
                    "hashes of type %s are kept but cannot be matched", hash_type_name(type));
        return false;
    }
    AskedValues asked = {.distance = matcher->options.distance};
    asked_values_add(&asked, value, PIPELINE_COUNT, 0);
    return ask_near(matcher, &asked, matches, err);
}

// ---- What matches say together ----------------------------------------------------------------

bool matcher_may_leave_out(const GArray *matches)
{
    bool certain = false;
    for (unsigned i = 0; i < matches->len; i++) {
        const Match *match = &g_array_index(matches, Match, i);
        if (match->meaning == MEANING_NOTABLE || match->set_kind == SET_ALERT)
            return false;
        certain = certain || (match->type == MATCH_EXACT && !match->weak_digest &&
                              !match->contradicted && match->meaning == MEANING_IGNORABLE);
    }
    return certain;
}

uint64_t matcher_hits(Matcher *matcher, uint64_t entry)
{
    g_mutex_lock(&matcher->lock);
    const EntryHits *hits = g_hash_table_lookup(matcher->entry_hits, &entry);
    uint64_t count = hits != NULL ? hits->hits : 0;
    g_mutex_unlock(&matcher->lock);
    return count;
}

static int compare_frequency(const void *a, const void *b)
{
    const MatcherFrequentEntry *left = a, *right = b;
    if (left->media != right->media)
        return left->media > right->media ? -1 : 1;
    return left->entry < right->entry ? -1 : left->entry > right->entry;
}

GArray *matcher_frequent_entries(Matcher *matcher)
{
    GArray *frequent = g_array_new(FALSE, FALSE, sizeof(MatcherFrequentEntry));
    g_mutex_lock(&matcher->lock);
    double share = MATCHER_FREQUENT_SHARE * (double)matcher->near_media;
    GHashTableIter iter;
    gpointer value;
    g_hash_table_iter_init(&iter, matcher->entry_hits);
    while (g_hash_table_iter_next(&iter, NULL, &value)) {
        const EntryHits *hits = value;
        MatcherFrequentEntry entry = {hits->entry, hits->set_name, hits->near_media};
        if (entry.media > MATCHER_FREQUENT_MEDIA && (double)entry.media > share)
            g_array_append_val(frequent, entry);
    }
    g_mutex_unlock(&matcher->lock);
    g_array_sort(frequent, compare_frequency);
    return frequent;
}
