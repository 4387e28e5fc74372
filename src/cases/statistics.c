// SPDX-License-Identifier: Apache-2.0
#include "cases/statistics.h"

#include "base/error.h"
#include "cases/case_file.h"
#include "store/statistics_rows.h"

#define CASES_AT_ONCE 200u
#define SECONDS_OF_A_DAY 86400
#define MEDIAN 0.5
#define NINETIETH 0.9

typedef struct {
    Database *database;
    const StatisticsFilter *filter;
    Statistics *result;
} Counting;

void statistics_free(Statistics *statistics)
{
    if (statistics == NULL)
        return;
    g_array_unref(statistics->cells);
    g_array_unref(statistics->cases);
    g_array_unref(statistics->statuses);
    g_string_chunk_free(statistics->texts);
    g_free(statistics);
}

static Statistics *statistics_new(void)
{
    Statistics *statistics = g_new0(Statistics, 1);
    statistics->cells = g_array_new(FALSE, FALSE, sizeof(StatisticsCell));
    statistics->cases = g_array_new(FALSE, FALSE, sizeof(StatisticsCase));
    statistics->statuses = g_array_new(FALSE, FALSE, sizeof(StatisticsStatus));
    statistics->texts = g_string_chunk_new(1024);
    return statistics;
}

static const char *keep(Counting *counting, const char *text)
{
    return text != NULL ? g_string_chunk_insert_const(counting->result->texts, text) : NULL;
}

// ---- Cells --------------------------------------------------------------------------------------

static int compare_numbers(uint64_t a, uint64_t b)
{
    return a < b ? -1 : a > b;
}

// Texts are kept once each, but order is by what they say.
static int compare_cells(const void *left, const void *right)
{
    const StatisticsCell *a = left, *b = right;
    const int by[] = {compare_numbers(a->unit_id, b->unit_id),
                      a->year - b->year,
                      a->month - b->month,
                      g_strcmp0(a->kind, b->kind),
                      g_strcmp0(a->state, b->state),
                      g_strcmp0(a->scheme, b->scheme),
                      g_strcmp0(a->category, b->category)};
    for (unsigned i = 0; i < G_N_ELEMENTS(by); i++)
        if (by[i] != 0)
            return by[i];
    return 0;
}

static void set_month(StatisticsCell *cell, int64_t day)
{
    g_autoptr(GDateTime) time = g_date_time_new_from_unix_utc(day * SECONDS_OF_A_DAY);
    cell->year = time != NULL ? g_date_time_get_year(time) : 0;
    cell->month = time != NULL ? g_date_time_get_month(time) : 0;
}

// Cells that have all in common become one.
static void fold_cells(GArray *cells)
{
    unsigned kept = 0;
    g_array_sort(cells, compare_cells);
    for (unsigned i = 0; i < cells->len; i++) {
        StatisticsCell *cell = &g_array_index(cells, StatisticsCell, i);
        StatisticsCell *last = kept > 0 ? &g_array_index(cells, StatisticsCell, kept - 1) : NULL;
        if (last != NULL && compare_cells(last, cell) == 0)
            last->media += cell->media;
        else
            g_array_index(cells, StatisticsCell, kept++) = *cell;
    }
    g_array_set_size(cells, kept);
}

static void clear_media_count(gpointer count)
{
    media_count_clear(count);
}

static bool count_media(Counting *counting, const CaseFile *file, StatisticsCase *numbers,
                        GError **err)
{
    g_autoptr(GArray) counts = g_array_new(FALSE, FALSE, sizeof(MediaCount));
    g_array_set_clear_func(counts, clear_media_count);
    int64_t to_us = counting->filter->to_us != 0 ? counting->filter->to_us : INT64_MAX;
    if (!statistics_rows_media(counting->database, file->id, counting->filter->from_us, to_us,
                               counts, err))
        return false;
    for (unsigned i = 0; i < counts->len; i++) {
        const MediaCount *count = &g_array_index(counts, MediaCount, i);
        StatisticsCell cell = {
            .unit_id = file->unit_id,
            .kind = keep(counting, count->kind),
            .state = keep(counting, count->decision != NULL ? count->decision : "open"),
            .scheme = keep(counting, file->scheme),
            .category = keep(counting, count->category),
            .media = count->count};
        set_month(&cell, count->day);
        g_array_append_val(counting->result->cells, cell);
        numbers->media += count->count;
    }
    return true;
}

// ---- Items and times ----------------------------------------------------------------------------

static void add_status(Counting *counting, const char *status, uint64_t items)
{
    GArray *statuses = counting->result->statuses;
    for (unsigned i = 0; i < statuses->len; i++) {
        StatisticsStatus *known = &g_array_index(statuses, StatisticsStatus, i);
        if (g_strcmp0(known->status, status) == 0) {
            known->items += items;
            return;
        }
    }
    StatisticsStatus added = {.status = keep(counting, status), .items = items};
    g_array_append_val(statuses, added);
}

static void clear_status(gpointer data)
{
    StatusCount *count = data;
    g_free(count->status);
}

static bool count_items(Counting *counting, StatisticsCase *numbers, GError **err)
{
    g_autoptr(GArray) not_examined = g_array_new(FALSE, FALSE, sizeof(StatusCount));
    g_array_set_clear_func(not_examined, clear_status);
    if (!statistics_rows_items(counting->database, numbers->case_id, &numbers->items, not_examined,
                               err))
        return false;
    numbers->items_examined = numbers->items;
    for (unsigned i = 0; i < not_examined->len; i++) {
        const StatusCount *count = &g_array_index(not_examined, StatusCount, i);
        add_status(counting, count->status, count->count);
        numbers->items_examined -= count->count;
    }
    add_status(counting, "ok", numbers->items_examined);
    return true;
}

static bool count_times(Counting *counting, StatisticsCase *numbers, GError **err)
{
    return statistics_rows_decided(counting->database, numbers->case_id, &numbers->decided, err) &&
           statistics_rows_waited(counting->database, numbers->case_id, numbers->decided, MEDIAN,
                                  &numbers->median_us, err) &&
           statistics_rows_waited(counting->database, numbers->case_id, numbers->decided, NINETIETH,
                                  &numbers->ninetieth_us, err);
}

// ---- Cases --------------------------------------------------------------------------------------

static bool count_case(Counting *counting, const CaseFile *file, GError **err)
{
    StatisticsCase numbers = {.case_id = file->id, .unit_id = file->unit_id};
    if (counting->filter->unit_id != 0 && counting->filter->unit_id != file->unit_id)
        return true;
    if (!count_media(counting, file, &numbers, err) || !count_items(counting, &numbers, err) ||
        !count_times(counting, &numbers, err))
        return false;
    g_array_append_val(counting->result->cases, numbers);
    return true;
}

static bool count_all(Counting *counting, Casework *work, const Actor *actor, GError **err)
{
    uint64_t after = 0;
    unsigned count;
    do {
        g_autoptr(GPtrArray) files = case_file_list(work, actor, after, CASES_AT_ONCE, err);
        if (files == NULL)
            return false;
        count = files->len;
        for (unsigned i = 0; i < count; i++) {
            const CaseFile *file = g_ptr_array_index(files, i);
            after = file->id;
            if (!count_case(counting, file, err))
                return false;
        }
        fold_cells(counting->result->cells); // so that many cases need little memory
    } while (count == CASES_AT_ONCE);
    return true;
}

static bool count_one(Counting *counting, Casework *work, const Actor *actor, GError **err)
{
    g_autoptr(CaseFile) file = case_file_get(work, actor, counting->filter->case_id, err);
    if (file == NULL || !count_case(counting, file, err))
        return false;
    fold_cells(counting->result->cells);
    return true;
}

static int compare_statuses(const void *a, const void *b)
{
    return g_strcmp0(((const StatisticsStatus *)a)->status, ((const StatisticsStatus *)b)->status);
}

Statistics *statistics_of(Casework *work, const Actor *actor, const StatisticsFilter *filter,
                          GError **err)
{
    g_autoptr(Statistics) result = statistics_new();
    Counting counting = {.database = casework_database(work), .filter = filter, .result = result};
    if (!database_begin_read(counting.database, err))
        return NULL;
    bool ok = filter->case_id != 0 ? count_one(&counting, work, actor, err)
                                   : count_all(&counting, work, actor, err);
    database_rollback(counting.database);
    g_array_sort(result->statuses, compare_statuses);
    return ok ? g_steal_pointer(&result) : NULL;
}
