// SPDX-License-Identifier: Apache-2.0
//
// Speed of review on a large case through its public calls.
//
//     bench_review FOLDER [--media N] [--database URL]
//
// N media of generated digests, four in five leading a stack; of the stacks a fifth was voted on by
// one of twenty reviewers and waits for a second vote, one in eight is decided, one in 160
// disputed. The case is made in FOLDER/review, or in the empty database of the URL, and used again
// by later runs, which leave the votes out: they would not be first ones. Prints one line for each
// figure: ROW, name, value, unit, target.
#include <glib.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/encoding.h"
#include "cases/act.h"
#include "cases/case_file.h"
#include "cases/queue.h"
#include "cases/search.h"
#include "cases/stacks.h"
#include "cases/statistics.h"
#include "cases/votes.h"
#include "store/bound.h"
#include "store/case_counts.h"

#define DEFAULT_MEDIA 1000000u
#define REVIEWERS 20u
#define ROUNDS 20u
#define THINK_US 1000000u
#define STACK_EVERY 5u // one in so many joins the stack before it
#define VOTED_EVERY 5u // one stack in so many has a vote
#define DISPUTED_EVERY 200u
#define DECIDED_EVERY 10u
#define PAGE 50u
#define PAGES 100u
#define MIDDLE 30000u // stacks of one from here on come last

typedef struct {
    const char *folder, *database;
    Casework *work;
    uint64_t case_id;
    Actor people[REVIEWERS];
    char names[REVIEWERS][16];
} Bench;

static void check(GError *error)
{
    if (error == NULL)
        return;
    fprintf(stderr, "bench_review: %s\n", error->message);
    exit(1);
}

static void row(const char *name, double value, const char *unit, double target)
{
    printf("ROW\t%s\t%.3f\t%s\t%g\n", name, value, unit, target);
    fflush(stdout);
}

static Casework *open_work(const Bench *bench)
{
    GError *error = NULL;
    Casework *work = casework_open(&(CaseworkOptions){.data_folder = bench->folder,
                                                      .database = bench->database,
                                                      .busy_ms = 60000},
                                   &error);
    check(error);
    return work;
}

// ---- The case -----------------------------------------------------------------------------------

static void run(Database *database, const char *sql, const char *types, uint64_t a, uint64_t b,
                uint64_t c, uint64_t d, uint64_t e)
{
    GError *error = NULL;
    bound_run(database, &error, sql, types, a, b, c, d, e);
    check(error);
}

static void name_people(Bench *bench)
{
    for (unsigned i = 0; i < REVIEWERS; i++) {
        g_snprintf(bench->names[i], sizeof bench->names[i], "reviewer %u", i + 1);
        bench->people[i] = (Actor){.account_id = i + 1,
                                   .unit_id = 1,
                                   .name = bench->names[i],
                                   .session = "",
                                   .roles = 1u << ROLE_REVIEWER,
                                   .permissions = permissions_of_roles(1u << ROLE_REVIEWER)};
    }
}

static void add_people(Bench *bench)
{
    GError *error = NULL;
    Actor root = actor_of_command_line("bench");
    Act *act = act_begin(bench->work, &root, AUDIT_STARTED, &error);
    check(error);
    database_execute(act_database(act),
                     "INSERT INTO unit (id, seq, name, agency, country, contact, state, made_us) "
                     "VALUES (1, 1, 'North', 'Agency', 'NL', '', 'active', 0)",
                     &error);
    check(error);
    for (unsigned i = 0; i < REVIEWERS; i++) {
        bound_run(act_database(act), &error,
                  "INSERT INTO account (id, seq, name, display, unit_id, roles, state, made_us) "
                  "VALUES (?1, 1, ?2, ?2, 1, 4, 'active', 0)",
                  "ut", bench->people[i].account_id, bench->names[i]);
        check(error);
    }
    CaseFile *file = case_file_open(
        act, &(CaseFileNew){.number = "1", .unit_id = 1, .scheme = "vics-us", .voters = 2}, &error);
    check(error);
    bench->case_id = file->id;
    for (unsigned i = 0; i < REVIEWERS; i++)
        case_file_add_member(act, file->id, i + 1, &error);
    check(error);
    act_commit(act, &error);
    check(error);
    case_file_free(file);
    act_free(act);
}

static void add_vote(Database *database, uint64_t id, uint64_t media, uint64_t account,
                     const char *category)
{
    GError *error = NULL;
    bound_run(database, &error,
              "INSERT INTO vote (id, seq, case_id, media_id, account_id, unit_id, category, "
              "self_generated, commercial, is_late, is_submitter, made_us) VALUES (?1, 2, 1, ?2, "
              "?3, 1, ?4, 'unknown', 'unknown', 0, 0, 1)",
              "uuut", id, media, account, category);
    check(error);
}

// The id, and random bytes behind it.
static void make_digest(uint64_t id, uint8_t digest[SHA256_BYTES])
{
    GRand *random = g_rand_new_with_seed((guint32)id);
    for (unsigned i = 8; i < SHA256_BYTES; i++)
        digest[i] = (uint8_t)g_rand_int(random);
    memcpy(digest, &id, sizeof id);
    g_rand_free(random);
}

static void add_media(Bench *bench, uint64_t id, uint64_t *stack, uint64_t *votes)
{
    Database *database = casework_database(bench->work);
    GError *error = NULL;
    uint8_t digest[SHA256_BYTES];
    make_digest(id, digest);
    bound_run(database, &error,
              "INSERT INTO media (id, seq, sha256, sha1, md5, size_bytes, media_type, family, "
              "status, width, height, pdq_quality) VALUES (?1, 2, ?2, ?3, ?4, 100000, "
              "'image/jpeg', 'picture', 'ok', 640, 480, 90)",
              "ubbb", id, digest, (size_t)32, digest, (size_t)20, digest, (size_t)16);
    check(error);
    bool leads = id % STACK_EVERY != 0;
    bool is_disputed = id % DISPUTED_EVERY == 1, is_voted = id % VOTED_EVERY == 2;
    bool is_decided = id % DECIDED_EVERY == 6;
    if (leads)
        *stack = id;
    const char *decision = is_decided ? "decided" : is_disputed ? "disputed" : NULL;
    bound_run(database, &error,
              "INSERT INTO case_media (id, seq, case_id, media_id, kind, stack_id, added_us, "
              "decision, category) VALUES (?1, 2, ?2, ?1, 'new', ?3, ?1 * 1000000, ?4, ?5)",
              "uuutt", id, bench->case_id, *stack, decision, is_decided ? "1" : NULL);
    check(error);
    uint64_t voter = id / VOTED_EVERY % REVIEWERS + 1;
    if (is_disputed || is_voted)
        add_vote(database, ++*votes, id, voter, "1");
    if (is_disputed)
        add_vote(database, ++*votes, id, voter % REVIEWERS + 1, "2");
    if (leads)
        bound_run(database, &error,
                  "INSERT INTO stack (id, case_id, media_count, open_count, disputed_count, "
                  "order_key, voted_by) VALUES (?1, ?2, 1, ?3, ?4, ?5, ?6)",
                  "uuiiui", id, bench->case_id, (int64_t)!is_decided, (int64_t)is_disputed,
                  id * 7919 % 1000003,
                  is_disputed ? (int64_t)-1
                  : is_voted  ? (int64_t)voter
                              : (int64_t)0);
    else
        run(database,
            "UPDATE stack SET media_count = media_count + 1, open_count = open_count + 1, "
            "voted_by = CASE WHEN voted_by = 0 THEN 0 ELSE -1 END WHERE id = ?1",
            "u", *stack, 0, 0, 0, 0);
    check(error);
    g_autofree char *key = g_strdup_printf("%016" G_GINT64_MODIFIER "x", id);
    bound_run(database, &error,
              "INSERT INTO item (id, seq, case_id, evidence_id, item_key, media_id, path, locator, "
              "name, status, size_bytes) VALUES (?1, 2, ?2, 1, ?3, ?1, ?4, ?4, ?4, ?5, 1)",
              "uubtt", id, bench->case_id, key, (size_t)16, key, id % 100 == 0 ? "corrupt" : "ok");
    check(error);
}

static void add_all_media(Bench *bench, unsigned count)
{
    GError *error = NULL;
    Database *database = casework_database(bench->work);
    uint64_t stack = 0, votes = 0;
    for (uint64_t id = 1; id <= count;) {
        database_begin_write(database, &error);
        check(error);
        for (unsigned i = 0; i < 20000 && id <= count; i++, id++)
            add_media(bench, id, &stack, &votes);
        database_commit(database, &error);
        check(error);
    }
    database_begin_write(database, &error);
    run(database, "INSERT INTO counter (name, last) VALUES ('vote', ?1)", "u", votes, 0, 0, 0, 0);
    run(database, "INSERT INTO counter (name, last) VALUES ('decision', ?1)", "u", 1, 0, 0, 0, 0);
    case_counts_recount(database, bench->case_id, &error);
    check(error);
    database_commit(database, &error);
    check(error);
    database_execute(database, "ANALYZE", &error);
    check(error);
}

// ---- Reviewers at once --------------------------------------------------------------------------

typedef struct {
    const Bench *bench;
    unsigned number;
    unsigned think_us;
    unsigned count;   // stacks a time
    GArray *times_us; // of every lease
    GHashTable *taken;
    GMutex *lock;
    unsigned *twice;
} Reviewer;

static void note(Reviewer *reviewer, const GArray *leased)
{
    g_mutex_lock(reviewer->lock);
    for (unsigned i = 0; i < leased->len; i++) {
        uint64_t id = g_array_index(leased, LeasedStack, i).facts.stack_id;
        // Two may have it; three never.
        unsigned before = GPOINTER_TO_UINT(g_hash_table_lookup(reviewer->taken, &id));
        g_hash_table_insert(reviewer->taken, g_memdup2(&id, sizeof id),
                            GUINT_TO_POINTER(before + 1));
        *reviewer->twice += before >= 2;
    }
    g_mutex_unlock(reviewer->lock);
}

static gpointer review(gpointer data)
{
    Reviewer *reviewer = data;
    Casework *work = open_work(reviewer->bench);
    const Actor *actor = &reviewer->bench->people[reviewer->number];
    GError *error = NULL;
    for (unsigned i = 0; i < ROUNDS; i++) {
        gint64 began = g_get_monotonic_time();
        GArray *leased = queue_lease(work, actor, reviewer->bench->case_id,
                                     &(QueueRequest){.count = reviewer->count}, &error);
        check(error);
        gint64 took = g_get_monotonic_time() - began;
        g_array_append_val(reviewer->times_us, took);
        note(reviewer, leased);
        if (leased->len > 0 && i % 20 == 19) { // not to run into the number one may hold
            Database *database = casework_database(work);
            database_begin_write(database, &error);
            bound_run(database, &error,
                      "UPDATE review_lease SET account_id = ?2 WHERE account_id = ?1", "ui",
                      actor->account_id, (int64_t)(reviewer->number + 1) * 1000 + i);
            check(error);
            database_commit(database, &error);
            check(error);
        }
        g_array_unref(leased);
        if (reviewer->think_us > 0)
            g_usleep(reviewer->think_us / 2 +
                     (gulong)g_random_int_range(0, (int)reviewer->think_us));
    }
    casework_close(work);
    return NULL;
}

static int compare_times(const void *a, const void *b)
{
    gint64 left = *(const gint64 *)a, right = *(const gint64 *)b;
    return left < right ? -1 : left > right;
}

static double percentile_ms(GArray *times, double share)
{
    g_array_sort(times, compare_times);
    return (double)g_array_index(times, gint64, (guint)((times->len - 1) * share)) / 1000.0;
}

static void run_reviewers(Bench *bench, const char *name, unsigned threads, unsigned think_us,
                          double target)
{
    GError *error = NULL;
    database_execute(casework_database(bench->work), "DELETE FROM review_lease", &error);
    check(error);
    Reviewer reviewers[REVIEWERS];
    GThread *handles[REVIEWERS];
    GMutex lock;
    g_mutex_init(&lock);
    unsigned twice = 0;
    GHashTable *taken = g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, NULL);
    for (unsigned i = 0; i < threads; i++) {
        reviewers[i] = (Reviewer){.bench = bench,
                                  .number = i,
                                  .think_us = think_us,
                                  .count = 1,
                                  .times_us = g_array_new(FALSE, FALSE, sizeof(gint64)),
                                  .taken = taken,
                                  .lock = &lock,
                                  .twice = &twice};
        handles[i] = g_thread_new("reviewer", review, &reviewers[i]);
    }
    GArray *all = g_array_new(FALSE, FALSE, sizeof(gint64));
    for (unsigned i = 0; i < threads; i++) {
        g_thread_join(handles[i]);
        g_array_append_vals(all, reviewers[i].times_us->data, reviewers[i].times_us->len);
        g_array_unref(reviewers[i].times_us);
    }
    g_autofree char *p50 = g_strdup_printf("%s, median", name);
    g_autofree char *p95 = g_strdup_printf("%s, p95", name);
    row(p50, percentile_ms(all, 0.5), "ms", 0);
    row(p95, percentile_ms(all, 0.95), "ms", target);
    if (twice > 0)
        row("stacks handed to a third", twice, "", 0);
    g_array_unref(all);
    g_hash_table_unref(taken);
    g_mutex_clear(&lock);
}

// ---- Single calls -------------------------------------------------------------------------------

static void time_votes(Bench *bench)
{
    GError *error = NULL;
    GArray *times = g_array_new(FALSE, FALSE, sizeof(gint64));
    for (uint64_t i = 0; i < 200; i++) {
        uint64_t media = 3 + i * STACK_EVERY;
        gint64 began = g_get_monotonic_time();
        for (unsigned voter = 0; voter < 2; voter++) {
            Act *act = act_begin(bench->work, &bench->people[voter], AUDIT_VOTE, &error);
            check(error);
            GArray *results = votes_cast(
                act,
                &(VoteRequest){
                    .case_id = bench->case_id, .media = &media, .count = 1, .category = "1"},
                &error);
            check(error);
            act_commit(act, &error);
            check(error);
            g_array_unref(results);
            act_free(act);
        }
        gint64 took = g_get_monotonic_time() - began;
        g_array_append_val(times, took);
    }
    row("two votes and the entry they decide, p95", percentile_ms(times, 0.95), "ms", 0);
    g_array_unref(times);
}

static void time_stack_of_thousand(Bench *bench)
{
    GError *error = NULL;
    uint64_t media[1000];
    for (unsigned i = 0; i < 1000; i++)
        media[i] = 100003 + i * STACK_EVERY;
    for (unsigned voter = 0; voter < 2; voter++) {
        gint64 began = g_get_monotonic_time();
        Act *act = act_begin(bench->work, &bench->people[voter], AUDIT_VOTE, &error);
        GArray *results = votes_cast(
            act,
            &(VoteRequest){
                .case_id = bench->case_id, .media = media, .count = 1000, .category = "1"},
            &error);
        check(error);
        act_commit(act, &error);
        check(error);
        row(voter == 0 ? "one act of 1000 first votes" : "one act of 1000 deciding votes",
            (double)(g_get_monotonic_time() - began) / 1000.0, "ms", 0);
        g_array_unref(results);
        act_free(act);
    }
}

static void time_reads(Bench *bench)
{
    GError *error = NULL;
    for (unsigned order = 0; order < QUEUE_ORDER_COUNT; order++) {
        static const char *const names[] = {"20 stacks in the case's order", "20 largest",
                                            "20 newest"};
        database_execute(casework_database(bench->work), "DELETE FROM review_lease", &error);
        gint64 began = g_get_monotonic_time();
        GArray *leased =
            queue_lease(bench->work, &bench->people[0], bench->case_id,
                        &(QueueRequest){.count = 20, .order = (QueueOrder)order}, &error);
        check(error);
        row(names[order], (double)(g_get_monotonic_time() - began) / 1000.0, "ms", 50);
        g_array_unref(leased);
    }
    GArray *times = g_array_new(FALSE, FALSE, sizeof(gint64));
    for (unsigned i = 0; i < 100; i++) {
        gint64 began = g_get_monotonic_time();
        GArray *held = queue_leases(bench->work, &bench->people[0], bench->case_id, &error);
        check(error);
        gint64 took = g_get_monotonic_time() - began;
        g_array_append_val(times, took);
        g_array_unref(held);
    }
    row("list of 20 held stacks, p95", percentile_ms(times, 0.95), "ms", 50);
    g_array_unref(times);
    for (unsigned i = 0; i < 3; i++) {
        gint64 began = g_get_monotonic_time();
        Statistics *statistics =
            statistics_of(bench->work, &bench->people[0], &(StatisticsFilter){0}, &error);
        check(error);
        row("statistics", (double)(g_get_monotonic_time() - began) / 1000.0, "ms", 0);
        statistics_free(statistics);
    }
}

// ---- Lists and searches -------------------------------------------------------------------------

static void add_time(GArray *times, gint64 began)
{
    gint64 took = g_get_monotonic_time() - began;
    g_array_append_val(times, took);
}

static void row_of(const char *name, GArray *times)
{
    g_autofree char *text = g_strdup_printf("%s, p95", name);
    row(text, percentile_ms(times, 0.95), "ms", 50);
    g_array_unref(times);
}

// Pages of 50, one behind another.
static void time_list(Bench *bench, StackFilter filter, QueueOrder order, const StackRow *from,
                      const char *name)
{
    GError *error = NULL;
    GArray *times = g_array_new(FALSE, FALSE, sizeof(gint64));
    StackRow after = from != NULL ? *from : (StackRow){0};
    const StackListQuery query = {
        .case_id = bench->case_id, .filter = filter, .order = order, .limit = PAGE + 1};
    for (unsigned i = 0; i < PAGES; i++) {
        gint64 began = g_get_monotonic_time();
        GArray *stacks = stacks_list(bench->work, &bench->people[0], &query,
                                     i > 0 || from != NULL ? &after : NULL, &error);
        check(error);
        add_time(times, began);
        bool is_last = stacks->len <= PAGE;
        if (!is_last)
            after = g_array_index(stacks, CaseStack, PAGE - 1).row;
        g_array_unref(stacks);
        if (is_last)
            break;
    }
    row_of(name, times);
}

static void time_lists(Bench *bench)
{
    static const char *const filters[STACK_FILTER_COUNT] = {"all", "open", "decided", "disputed"};
    static const char *const orders[QUEUE_ORDER_COUNT] = {"in the case's order", "largest first",
                                                          "newest first"};
    for (unsigned filter = 0; filter < STACK_FILTER_COUNT; filter++)
        for (unsigned order = 0; order < QUEUE_ORDER_COUNT; order++) {
            g_autofree char *name =
                g_strdup_printf("list of 50 stacks, %s, %s", filters[filter], orders[order]);
            time_list(bench, (StackFilter)filter, (QueueOrder)order, NULL, name);
        }
    time_list(bench, STACKS_ALL, QUEUE_LARGEST_FIRST, &(StackRow){.media_count = 1, .id = MIDDLE},
              "list of 50 stacks, all, largest first, far behind");
    GArray *times = g_array_new(FALSE, FALSE, sizeof(gint64));
    for (unsigned i = 0; i < 20; i++) {
        GError *error = NULL;
        CaseCounts counts;
        gint64 began = g_get_monotonic_time();
        case_file_counts(bench->work, &bench->people[0], bench->case_id, &counts, &error);
        check(error);
        add_time(times, began);
    }
    row_of("how far the case is", times);
}

static void search_once(Bench *bench, const Search *search, GArray *times)
{
    GError *error = NULL;
    gint64 began = g_get_monotonic_time();
    Act *act = act_begin(bench->work, &bench->people[0], AUDIT_SEARCH, &error);
    check(error);
    g_auto(SearchCursor) cursor = {0};
    bool more;
    GArray *hits = search_run(act, search, &cursor, PAGE, &more, &error);
    check(error);
    act_commit(act, &error);
    check(error);
    add_time(times, began);
    if (hits->len == 0)
        row("searches that found nothing", 1, "", 0);
    g_array_unref(hits);
    act_free(act);
}

static void time_searches(Bench *bench)
{
    GArray *by_prefix = g_array_new(FALSE, FALSE, sizeof(gint64));
    GArray *by_digest = g_array_new(FALSE, FALSE, sizeof(gint64));
    for (unsigned i = 1; i <= PAGES; i++) {
        uint64_t id = i * 1021;
        g_autofree char *name = g_strdup_printf("%016" G_GINT64_MODIFIER "x", id);
        name[strlen(name) - (i % 4)] = '\0';
        search_once(bench,
                    &(Search){.kind = SEARCH_PREFIX, .term = name, .case_id = bench->case_id},
                    by_prefix);
        uint8_t digest[SHA256_BYTES];
        make_digest(id, digest);
        char hex[2 * MD5_BYTES + 1];
        encoding_to_hex(digest, MD5_BYTES, hex);
        search_once(bench, &(Search){.kind = SEARCH_DIGEST, .term = hex}, by_digest);
    }
    row_of("search by the begin of a name", by_prefix);
    row_of("search by a hash", by_digest);
}

// Whether an earlier run made it.
static bool find_case(Bench *bench)
{
    g_autoptr(CaseFile) file = case_file_find(bench->work, &bench->people[0], "1", NULL);
    if (file != NULL)
        bench->case_id = file->id;
    return file != NULL;
}

int main(int argc, char **argv)
{
    Bench bench = {0};
    int media = DEFAULT_MEDIA;
    const char *database = NULL;
    const GOptionEntry entries[] = {
        {"media", 0, 0, G_OPTION_ARG_INT, &media, "Media in the case", "N"},
        {"database", 0, 0, G_OPTION_ARG_STRING, &database, "An empty database", "URL"},
        {0}};
    GError *error = NULL;
    GOptionContext *context = g_option_context_new("FOLDER");
    g_option_context_add_main_entries(context, entries, NULL);
    g_option_context_parse(context, &argc, &argv, &error);
    check(error);
    g_option_context_free(context);
    if (argc != 2 || media < 110000) {
        fprintf(stderr,
                "usage: bench_review FOLDER [--media N, 110000 or more] [--database URL]\n");
        return 2;
    }
    g_autofree char *folder = g_build_filename(argv[1], "review", NULL);
    bench.folder = folder;
    bench.database = database;
    bench.work = open_work(&bench);
    name_people(&bench);
    bool is_made = find_case(&bench);
    if (!is_made) {
        add_people(&bench);
        gint64 began = g_get_monotonic_time();
        add_all_media(&bench, (unsigned)media);
        row("making the case", (double)(g_get_monotonic_time() - began) / 1e6, "s", 0);
    }
    time_reads(&bench);
    time_lists(&bench);
    time_searches(&bench);
    if (!is_made) {
        time_votes(&bench);
        time_stack_of_thousand(&bench);
    }
    run_reviewers(&bench, "next stack, one reviewer", 1, 0, 20);
    run_reviewers(&bench, "next stack, 20 reviewers, one a second each", REVIEWERS, THINK_US, 20);
    run_reviewers(&bench, "next stack, 20 reviewers without pause", REVIEWERS, 0, 0);
    casework_close(bench.work);
    return 0;
}
