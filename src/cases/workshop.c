// SPDX-License-Identifier: Apache-2.0
#include "cases/workshop.h"

#include "base/error.h"

struct WorkshopBench {
    uint64_t case_id; // 0: free
    Casework *work;
    Stacker *stacker;
    bool is_taken;
    uint64_t left_at; // count of leavings, for the one that was left longest ago
};

struct Workshop {
    CaseworkOptions options; // its texts are owned
    GMutex lock;             // of all below
    GCond left;
    uint64_t leavings;
    WorkshopBench benches[WORKSHOP_BENCHES];
};

Workshop *workshop_new(const CaseworkOptions *options)
{
    Workshop *workshop = g_new0(Workshop, 1);
    workshop->options = *options;
    workshop->options.data_folder = g_strdup(options->data_folder);
    workshop->options.database = g_strdup(options->database);
    g_mutex_init(&workshop->lock);
    g_cond_init(&workshop->left);
    return workshop;
}

static void clear_bench(WorkshopBench *bench)
{
    stacker_free(bench->stacker);
    casework_close(bench->work);
    *bench = (WorkshopBench){0};
}

void workshop_free(Workshop *workshop)
{
    if (workshop == NULL)
        return;
    for (unsigned i = 0; i < WORKSHOP_BENCHES; i++)
        clear_bench(&workshop->benches[i]);
    g_mutex_clear(&workshop->lock);
    g_cond_clear(&workshop->left);
    g_free((char *)workshop->options.data_folder);
    g_free((char *)workshop->options.database);
    g_free(workshop);
}

static WorkshopBench *bench_of(Workshop *workshop, uint64_t case_id)
{
    for (unsigned i = 0; i < WORKSHOP_BENCHES; i++)
        if (workshop->benches[i].case_id == case_id)
            return &workshop->benches[i];
    return NULL;
}

// The case's own, or the one that nobody needs most; NULL: that one is taken, or all are.
static WorkshopBench *choose(Workshop *workshop, uint64_t case_id)
{
    WorkshopBench *own = bench_of(workshop, case_id);
    if (own != NULL)
        return own->is_taken ? NULL : own;
    WorkshopBench *oldest = NULL;
    for (unsigned i = 0; i < WORKSHOP_BENCHES; i++) {
        WorkshopBench *bench = &workshop->benches[i];
        if (!bench->is_taken && (oldest == NULL || bench->left_at < oldest->left_at))
            oldest = bench;
    }
    return oldest;
}

static WorkshopBench *take(Workshop *workshop, uint64_t case_id, WorkshopBench *ret_old)
{
    gint64 deadline_us =
        g_get_monotonic_time() + (gint64)WORKSHOP_WAIT_MS * G_TIME_SPAN_MILLISECOND;
    g_mutex_lock(&workshop->lock);
    WorkshopBench *bench;
    while ((bench = choose(workshop, case_id)) == NULL &&
           g_cond_wait_until(&workshop->left, &workshop->lock, deadline_us))
        ;
    if (bench != NULL) {
        if (bench->case_id != case_id) {
            *ret_old = *bench;
            *bench = (WorkshopBench){.case_id = case_id};
        }
        bench->is_taken = true;
    }
    g_mutex_unlock(&workshop->lock);
    return bench;
}

WorkshopBench *workshop_enter(Workshop *workshop, uint64_t case_id, GError **err)
{
    WorkshopBench old = {0};
    WorkshopBench *bench = take(workshop, case_id, &old);
    clear_bench(&old);
    if (bench == NULL) {
        g_set_error(err, CLEW_ERROR, CLEW_ERROR_BUSY,
                    "other records are coming into case %" G_GUINT64_FORMAT "; try again", case_id);
        return NULL;
    }
    if (bench->work == NULL)
        bench->work = casework_open(&workshop->options, err);
    if (bench->work != NULL && bench->stacker == NULL)
        bench->stacker = stacker_open(bench->work, case_id, err);
    if (bench->stacker != NULL)
        return bench;
    workshop_leave(workshop, bench, true);
    return NULL;
}

Casework *workshop_bench_work(WorkshopBench *bench)
{
    return bench->work;
}

Stacker *workshop_bench_stacker(WorkshopBench *bench)
{
    return bench->stacker;
}

void workshop_leave(Workshop *workshop, WorkshopBench *bench, bool spoiled)
{
    WorkshopBench old = {0};
    g_mutex_lock(&workshop->lock);
    if (spoiled) {
        old = *bench;
        *bench = (WorkshopBench){0};
    }
    bench->is_taken = false;
    bench->left_at = ++workshop->leavings;
    g_cond_broadcast(&workshop->left);
    g_mutex_unlock(&workshop->lock);
    clear_bench(&old);
}
