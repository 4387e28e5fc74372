// SPDX-License-Identifier: Apache-2.0
//
// "Who is this?": decided notable media in which nobody has been identified yet.
#include "cases/case_file.h"
#include "cases/scheme.h"
#include "cases/victims.h"

#define PAGE 500u

typedef struct {
    Casework *work;
    const CaseSight *sight;
    GArray *found; // of WhoMedia
    WhoCursor *cursor;
    unsigned limit, looked_at;
} Queue;

static bool is_full(const Queue *queue)
{
    return queue->found->len >= queue->limit || queue->looked_at >= WHO_QUEUE_SCAN;
}

// Counts the victims that are still looked for, as far as the reader may know.
static bool is_open(const Queue *queue, uint64_t media_id, WhoMedia *media, bool *ret_open,
                    GError **err)
{
    g_autoptr(GArray) victims = g_array_new(FALSE, FALSE, sizeof(MediaVictim));
    if (!victim_rows_of_media(casework_database(queue->work), media_id, victims, err))
        return false;
    bool is_identified = false, is_sought = false;
    g_autoptr(GHashTable) seen = g_hash_table_new(g_int64_hash, g_int64_equal);
    for (unsigned i = 0; i < victims->len; i++) {
        MediaVictim *victim = &g_array_index(victims, MediaVictim, i);
        bool is_visible = case_sight_has(queue->sight, victim->case_id);
        if (!is_visible && victim->is_restricted)
            continue;
        if (victim->state >= VICTIM_IDENTIFIED)
            is_identified = true;
        else
            is_sought = true;
        if (is_visible && g_hash_table_add(seen, &victim->victim_id))
            media->victims++;
    }
    *ret_open = is_sought || !is_identified;
    return true;
}

static bool look_at(Queue *queue, const Scheme *scheme, const DecidedMedia *decided, GError **err)
{
    Meaning meaning;
    queue->cursor->case_media_id = decided->case_media_id;
    queue->looked_at++;
    if (decided->category == NULL || !scheme_meaning(scheme, decided->category, &meaning) ||
        meaning != MEANING_NOTABLE)
        return true;
    WhoMedia media = {.case_id = queue->cursor->case_id,
                      .case_media_id = decided->case_media_id,
                      .media_id = decided->media_id};
    bool open;
    if (!is_open(queue, decided->media_id, &media, &open, err))
        return false;
    if (open)
        g_array_append_val(queue->found, media);
    return true;
}

static void clear_decided(void *pointer)
{
    decided_media_clear(pointer);
}

// *ret_more: the case has more behind the cursor.
static bool one_case(Queue *queue, const CaseFile *file, bool *ret_more, GError **err)
{
    g_autoptr(Scheme) scheme = scheme_load(file->scheme, casework_folder(queue->work), err);
    if (scheme == NULL)
        return false;
    if (queue->cursor->case_id != file->id)
        *queue->cursor = (WhoCursor){.case_id = file->id};
    while (!is_full(queue)) {
        g_autoptr(GArray) page = g_array_new(FALSE, FALSE, sizeof(DecidedMedia));
        g_array_set_clear_func(page, clear_decided);
        if (!victim_rows_decided(casework_database(queue->work), file->id,
                                 queue->cursor->case_media_id, PAGE, page, err))
            return false;
        unsigned i = 0;
        for (; i < page->len && !is_full(queue); i++)
            if (!look_at(queue, scheme, &g_array_index(page, DecidedMedia, i), err))
                return false;
        if (i == page->len && page->len < PAGE) {
            *ret_more = false;
            return true;
        }
    }
    *ret_more = true;
    return true;
}

static bool all_cases(Queue *queue, const Actor *actor, uint64_t only_case, bool *ret_more,
                      GError **err)
{
    size_t count;
    const uint64_t *ids = case_sight_ids(queue->sight, &count);
    *ret_more = false;
    for (size_t i = 0; i < count && !*ret_more; i++) {
        if (ids[i] < queue->cursor->case_id || (only_case != 0 && ids[i] != only_case))
            continue;
        if (is_full(queue)) {
            *ret_more = true;
            return true;
        }
        g_autoptr(CaseFile) file = case_file_get(queue->work, actor, ids[i], err);
        if (file == NULL || !one_case(queue, file, ret_more, err))
            return false;
    }
    return true;
}

GArray *victims_who_queue(Casework *work, const Actor *actor, uint64_t case_id, WhoCursor *cursor,
                          unsigned limit, bool *ret_more, GError **err)
{
    if (case_id != 0) {
        g_autoptr(CaseFile) file = case_file_get(work, actor, case_id, err);
        if (file == NULL)
            return NULL;
    }
    g_autoptr(CaseSight) sight = case_sight_new(work, actor, err);
    g_autoptr(GArray) found = g_array_new(FALSE, FALSE, sizeof(WhoMedia));
    Queue queue = {work, sight, found, cursor, limit, 0};
    if (sight == NULL || !all_cases(&queue, actor, case_id, ret_more, err))
        return NULL;
    return g_steal_pointer(&found);
}
