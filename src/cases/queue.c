// SPDX-License-Identifier: Apache-2.0
#include "cases/queue.h"

#include "base/error.h"
#include "base/limits.h"
#include "cases/outcome.h"
#include "store/case_rows.h"
#include "store/vote_rows.h"

// Stacks of one value of voted_by read ahead.
#define READ_AHEAD 32u
// Searches that others may overtake, before one is made that they wait for.
#define FREE_SEARCHES 4u
// A lease that ended so long ago makes no vote late any more.
#define SWEEP_AFTER_US (24 * 60 * G_GINT64_CONSTANT(60000000))

// Stacks with one value of voted_by, in order, read as they are needed.
typedef struct {
    int64_t voted_by;
    GArray *ahead; // of StackRow
    unsigned next; // in `ahead`
    StackRow last;
    bool is_begun, is_at_end;
} Group;

typedef struct {
    Database *database;
    const QueueRequest *request;
    uint64_t case_id;
    Voter voter;
    Policy policy;
    int64_t now_us;
    unsigned families; // of the leader, FAMILY_BITS: any
    GArray *groups;    // of Group
    GArray *found;     // ids of stacks that are for this person
    GArray *taken;     // of LeasedStack
} Queue;

static void clear_group(gpointer data)
{
    Group *group = data;
    g_array_unref(group->ahead);
}

static void clear_leased(gpointer data)
{
    LeasedStack *leased = data;
    stack_facts_clear(&leased->facts);
}

static GArray *leased_new(void)
{
    GArray *leased = g_array_new(FALSE, FALSE, sizeof(LeasedStack));
    g_array_set_clear_func(leased, clear_leased);
    return leased;
}

static void queue_clear(Queue *queue)
{
    g_clear_pointer(&queue->groups, g_array_unref);
    g_clear_pointer(&queue->found, g_array_unref);
    g_clear_pointer(&queue->taken, g_array_unref);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Queue, queue_clear)

// A lease that is lost with the power was never missed by anybody.
static bool begin_lease(Database *database, GError **err)
{
    g_assert(!database_in_transaction(database));
    return database_begin_light(database, err);
}

static bool end_lease(Database *database, bool commits, GError **err)
{
    if (commits)
        return database_commit(database, err);
    database_rollback(database);
    return false;
}

// ---- Who asks -----------------------------------------------------------------------------------

CaseFile *queue_case_of_reviewer(Casework *work, const Actor *actor, uint64_t case_id, GError **err)
{
    g_autoptr(CaseFile) file = case_file_get(work, actor, case_id, err);
    uint64_t member = 0;
    if (file == NULL ||
        !case_rows_member(casework_database(work), case_id, actor->account_id, &member, err))
        return NULL;
    if (member == 0 || (actor->permissions & PERMISSION_BIT(PERMISSION_REVIEW)) == 0) {
        g_set_error(err, CLEW_ERROR, CLEW_ERROR_DENIED,
                    "stacks of case %s are leased by its members who may review", file->number);
        return NULL;
    }
    return g_steal_pointer(&file);
}

// ---- Groups -------------------------------------------------------------------------------------

static bool read_ahead(Queue *queue, Group *group, GError **err)
{
    if (group->next < group->ahead->len || group->is_at_end)
        return true;
    g_array_set_size(group->ahead, 0);
    group->next = 0;
    const StackQuery query = {.case_id = queue->case_id,
                              .account_id = queue->voter.account_id,
                              .voted_by = group->voted_by,
                              .order = queue->request->order,
                              .now_us = queue->now_us,
                              .slots = queue->policy.voters,
                              .limit = READ_AHEAD,
                              .families = queue->families,
                              .finding = queue->request->finding};
    if (!lease_rows_stacks(queue->database, &query, group->is_begun ? &group->last : NULL,
                           group->ahead, err))
        return false;
    group->is_begun = true;
    group->is_at_end = group->ahead->len < READ_AHEAD;
    if (group->ahead->len > 0)
        group->last = g_array_index(group->ahead, StackRow, group->ahead->len - 1);
    return true;
}

// A person's own group holds what they are through with.
static bool open_groups(Queue *queue, GError **err)
{
    g_autoptr(GArray) values = g_array_new(FALSE, FALSE, sizeof(int64_t));
    g_array_set_size(queue->groups, 0);
    if (!lease_rows_voted_by(queue->database, queue->case_id, values, err))
        return false;
    for (unsigned i = 0; i < values->len; i++) {
        Group group = {.voted_by = g_array_index(values, int64_t, i)};
        if (group.voted_by == (int64_t)queue->voter.account_id)
            continue;
        group.ahead = g_array_new(FALSE, FALSE, sizeof(StackRow));
        g_array_append_val(queue->groups, group);
    }
    return true;
}

static bool comes_before(const StackRow *a, const StackRow *b, QueueOrder order)
{
    switch (order) {
    case QUEUE_LARGEST_FIRST:
        return a->media_count != b->media_count ? a->media_count > b->media_count : a->id > b->id;
    case QUEUE_NEWEST_FIRST:
        return a->id > b->id;
    default:
        return a->order_key != b->order_key ? a->order_key < b->order_key : a->id < b->id;
    }
}

// The group whose next stack comes first; NULL when all are through.
static bool next_group(Queue *queue, Group **ret_group, GError **err)
{
    *ret_group = NULL;
    const StackRow *first = NULL;
    for (unsigned i = 0; i < queue->groups->len; i++) {
        Group *group = &g_array_index(queue->groups, Group, i);
        if (!read_ahead(queue, group, err))
            return false;
        if (group->next >= group->ahead->len)
            continue;
        const StackRow *stack = &g_array_index(group->ahead, StackRow, group->next);
        if (first == NULL || comes_before(stack, first, queue->request->order)) {
            first = stack;
            *ret_group = group;
        }
    }
    return true;
}

// ---- Whether a stack is for this person ---------------------------------------------------------

static bool has_said_something(const GArray *votes, uint64_t account_id)
{
    for (unsigned i = votes->len; i-- > 0;) {
        const Vote *vote = &g_array_index(votes, Vote, i);
        bool is_undone = false;
        for (unsigned k = i + 1; k < votes->len; k++)
            is_undone = is_undone || g_array_index(votes, Vote, k).undoes == vote->id;
        if (vote->account_id == account_id && vote->undoes == 0 && !is_undone)
            return true;
    }
    return false;
}

static bool is_media_wanted(Queue *queue, uint64_t media_id, const GArray *others, bool *ret_wanted,
                            GError **err)
{
    g_autoptr(GArray) votes = votes_new();
    if (!vote_rows_of_media(queue->database, queue->case_id, media_id, votes, err))
        return false;
    g_autoptr(GPtrArray) counting = outcome_counting(votes);
    *ret_wanted = !has_said_something(votes, queue->voter.account_id) &&
                  outcome_wants(counting, (const Voter *)(void *)others->data, others->len,
                                queue->voter, queue->policy);
    return true;
}

static bool is_any_wanted(Queue *queue, uint64_t stack_id, const GArray *others, bool *ret_wanted,
                          GError **err)
{
    g_autoptr(GArray) media = g_array_new(FALSE, FALSE, sizeof(uint64_t));
    uint64_t case_id;
    if (!vote_rows_open_of_stack(queue->database, stack_id, LIMIT_VOTE_MEDIA, &case_id, media, err))
        return false;
    *ret_wanted = false;
    for (unsigned i = 0; i < media->len && !*ret_wanted; i++)
        if (!is_media_wanted(queue, g_array_index(media, uint64_t, i), others, ret_wanted, err))
            return false;
    return true;
}

// People who hold the stack now.
static GArray *holders_of(Queue *queue, uint64_t stack_id, GError **err)
{
    g_autoptr(GArray) leases = g_array_new(FALSE, FALSE, sizeof(LeaseRow));
    if (!lease_rows_of_stack(queue->database, stack_id, queue->now_us, leases, err))
        return NULL;
    GArray *holders = g_array_new(FALSE, FALSE, sizeof(Voter));
    for (unsigned i = 0; i < leases->len; i++) {
        const LeaseRow *lease = &g_array_index(leases, LeaseRow, i);
        Voter holder = {.account_id = lease->account_id, .unit_id = lease->unit_id};
        g_array_append_val(holders, holder);
    }
    return holders;
}

static bool is_wanted_beside(Queue *queue, const StackRow *stack, const GArray *others,
                             bool *ret_wanted, GError **err)
{
    if (stack->voted_by != VOTED_BY_NOBODY)
        return is_any_wanted(queue, stack->id, others, ret_wanted, err);
    g_autoptr(GPtrArray) no_votes = g_ptr_array_new();
    *ret_wanted = outcome_wants(no_votes, (const Voter *)(void *)others->data, others->len,
                                queue->voter, queue->policy);
    return true;
}

static bool is_wanted(Queue *queue, const StackRow *stack, bool *ret_wanted, GError **err)
{
    g_autoptr(GArray) others = holders_of(queue, stack->id, err);
    return others != NULL && is_wanted_beside(queue, stack, others, ret_wanted, err);
}

static bool has_room(const Queue *queue, const GArray *holders)
{
    for (unsigned i = 0; i < holders->len; i++)
        if (g_array_index(holders, Voter, i).account_id == queue->voter.account_id)
            return false;
    return holders->len < queue->policy.voters;
}

// The same of a stack that was not read from the queue, which leaves out what is not free.
static bool is_free_and_wanted(Queue *queue, uint64_t stack_id, StackRow *ret_stack,
                               bool *ret_wanted, GError **err)
{
    uint64_t case_id;
    bool found;
    *ret_wanted = false;
    if (!lease_rows_stack(queue->database, stack_id, &case_id, ret_stack, &found, err))
        return false;
    if (!found || case_id != queue->case_id || ret_stack->open_count == 0)
        return true;
    g_autoptr(GArray) holders = holders_of(queue, stack_id, err);
    if (holders == NULL)
        return false;
    return !has_room(queue, holders) ||
           is_wanted_beside(queue, ret_stack, holders, ret_wanted, err);
}

// ---- Leasing ------------------------------------------------------------------------------------

static bool take_stack(Queue *queue, const StackRow *stack, GError **err)
{
    const LeaseRow lease = {.stack_id = stack->id,
                            .account_id = queue->voter.account_id,
                            .case_id = queue->case_id,
                            .unit_id = queue->voter.unit_id,
                            .ends_us = queue->now_us + REVIEW_LEASE_US};
    LeasedStack leased = {.facts = {.stack_id = stack->id},
                          .media_count = stack->media_count,
                          .open_count = stack->open_count,
                          .disputed_count = stack->disputed_count,
                          .ends_us = lease.ends_us};
    g_array_append_val(queue->taken, leased);
    return lease_rows_write(queue->database, &lease, err);
}

static bool note_stack(Queue *queue, const StackRow *stack, GError **err)
{
    (void)err;
    g_array_append_val(queue->found, stack->id);
    return true;
}

// Goes along the queue and does this with the first `wanted` stacks that are for this person.
static bool walk(Queue *queue, unsigned wanted,
                 bool (*use)(Queue *queue, const StackRow *stack, GError **err), GError **err)
{
    if (!open_groups(queue, err))
        return false;
    for (unsigned used = 0; used < wanted;) {
        Group *group;
        bool is_for_them;
        if (!next_group(queue, &group, err))
            return false;
        if (group == NULL)
            return true;
        const StackRow *stack = &g_array_index(group->ahead, StackRow, group->next++);
        if (!is_wanted(queue, stack, &is_for_them, err) || (is_for_them && !use(queue, stack, err)))
            return false;
        used += is_for_them;
    }
    return true;
}

static bool take_these(Queue *queue, const uint64_t *stacks, size_t count, unsigned wanted,
                       GError **err)
{
    for (size_t i = 0; i < count && queue->taken->len < wanted; i++) {
        StackRow stack;
        bool is_for_them;
        if (!is_free_and_wanted(queue, stacks[i], &stack, &is_for_them, err) ||
            (is_for_them && !take_stack(queue, &stack, err)))
            return false;
    }
    return true;
}

// Those that are named, those that were found, or the next ones.
static bool run_lease(Queue *queue, bool was_searched, GError **err)
{
    const QueueRequest *request = queue->request;
    g_autoptr(GArray) held = g_array_new(FALSE, FALSE, sizeof(LeaseRow));
    if (!lease_rows_sweep(queue->database, queue->now_us - SWEEP_AFTER_US, err) ||
        !lease_rows_of_account(queue->database, queue->case_id, queue->voter.account_id,
                               queue->now_us, held, err))
        return false;
    unsigned room = LIMIT_REVIEW_LEASES - MIN(held->len, LIMIT_REVIEW_LEASES);
    unsigned wanted = MIN(request->count, room);
    if (request->stacks != NULL)
        return take_these(queue, request->stacks, request->stack_count, wanted, err);
    if (was_searched)
        return take_these(queue, (const uint64_t *)(void *)queue->found->data, queue->found->len,
                          wanted, err);
    return walk(queue, wanted, take_stack, err);
}

static bool lease_once(Queue *queue, Casework *work, bool was_searched, GError **err)
{
    if (!begin_lease(queue->database, err))
        return false;
    queue->now_us = casework_now_us(work);
    return end_lease(queue->database, run_lease(queue, was_searched, err), err);
}

static bool search(Queue *queue, Casework *work, GError **err)
{
    g_array_set_size(queue->found, 0);
    queue->now_us = casework_now_us(work);
    if (!database_begin_read(queue->database, err))
        return false;
    bool ok = walk(queue, queue->request->count, note_stack, err);
    database_rollback(queue->database);
    return ok;
}

// What few stacks have may lie far behind in the queue. It is looked for while others lease, and
// what was found is leased when it is still free. When others were faster each time, they got on,
// and are made to wait at last.
static bool lease_searched(Queue *queue, Casework *work, GError **err)
{
    for (unsigned i = 0; i < FREE_SEARCHES; i++) {
        if (!search(queue, work, err))
            return false;
        if (queue->found->len == 0)
            return true;
        if (!lease_once(queue, work, true, err))
            return false;
        if (queue->taken->len > 0)
            return true;
    }
    return lease_once(queue, work, false, err);
}

static bool lease_stacks(Queue *queue, Casework *work, GError **err)
{
    const QueueRequest *request = queue->request;
    bool is_plain = queue->families == FAMILY_BITS && request->finding == NULL;
    if (request->stacks != NULL || is_plain)
        return lease_once(queue, work, false, err);
    return queue->families == 0 || lease_searched(queue, work, err);
}

// What was asked for, without what is not theirs.
static bool choose_families(Queue *queue, GError **err)
{
    g_autofree char *desk = NULL;
    unsigned not_mine;
    if (!preference_rows_get(queue->database, queue->voter.account_id, &desk, &not_mine, err))
        return false;
    unsigned asked = queue->request->families != 0 ? queue->request->families : FAMILY_BITS;
    queue->families = asked & FAMILY_BITS & ~not_mine;
    return true;
}

static bool read_facts(Database *database, GArray *taken, GError **err)
{
    g_autoptr(GPtrArray) facts = g_ptr_array_new();
    for (unsigned i = 0; i < taken->len; i++)
        g_ptr_array_add(facts, &g_array_index(taken, LeasedStack, i).facts);
    return lease_rows_facts_of(database, (StackFacts *const *)facts->pdata, facts->len, err);
}

static bool check_open(const CaseFile *file, GError **err)
{
    if (file->state != CASE_OPEN)
        g_set_error(err, CLEW_ERROR, CLEW_ERROR_CONFLICT,
                    "case %s is %s and has nothing to review; reopen it first", file->number,
                    case_state_name(file->state));
    return file->state == CASE_OPEN;
}

GArray *queue_lease(Casework *work, const Actor *actor, uint64_t case_id,
                    const QueueRequest *request, GError **err)
{
    if (request->purpose != QUEUE_REVIEW) {
        g_set_error(err, CLEW_ERROR, CLEW_ERROR_UNSUPPORTED,
                    "stacks are leased to be reviewed; ask victims for those whom nobody knows");
        return NULL;
    }
    g_autoptr(CaseFile) file = queue_case_of_reviewer(work, actor, case_id, err);
    if (file == NULL || !check_open(file, err))
        return NULL;
    Database *database = casework_database(work);
    g_auto(Queue) queue = {
        .database = database,
        .request = request,
        .case_id = case_id,
        .voter = {.account_id = actor->account_id, .unit_id = actor->unit_id},
        .policy = {.voters = file->voters, .voter_units = file->voter_units},
        .groups = g_array_new(FALSE, FALSE, sizeof(Group)),
        .found = g_array_new(FALSE, FALSE, sizeof(uint64_t)),
        .taken = leased_new(),
    };
    g_array_set_clear_func(queue.groups, clear_group);
    if (!choose_families(&queue, err) || !lease_stacks(&queue, work, err) ||
        !read_facts(database, queue.taken, err))
        return NULL;
    return g_steal_pointer(&queue.taken);
}

GArray *queue_leases(Casework *work, const Actor *actor, uint64_t case_id, GError **err)
{
    g_autoptr(CaseFile) file = queue_case_of_reviewer(work, actor, case_id, err);
    Database *database = casework_database(work);
    g_autoptr(GArray) rows = g_array_new(FALSE, FALSE, sizeof(LeaseRow));
    if (file == NULL || !lease_rows_of_account(database, case_id, actor->account_id,
                                               casework_now_us(work), rows, err))
        return NULL;
    g_autoptr(GArray) held = leased_new();
    for (unsigned i = 0; i < rows->len; i++) {
        const LeaseRow *row = &g_array_index(rows, LeaseRow, i);
        uint64_t stack_case;
        StackRow stack;
        bool found;
        if (!lease_rows_stack(database, row->stack_id, &stack_case, &stack, &found, err))
            return NULL;
        LeasedStack leased = {.facts = {.stack_id = row->stack_id}, .ends_us = row->ends_us};
        if (!found)
            continue;
        leased.media_count = stack.media_count;
        leased.open_count = stack.open_count;
        leased.disputed_count = stack.disputed_count;
        g_array_append_val(held, leased);
    }
    return read_facts(database, held, err) ? g_steal_pointer(&held) : NULL;
}

// ---- Renewing and releasing ---------------------------------------------------------------------

static bool is_named(const uint64_t *stacks, size_t count, uint64_t stack_id)
{
    for (size_t i = 0; i < count; i++)
        if (stacks[i] == stack_id)
            return true;
    return stacks == NULL;
}

// `new_end_us` 0 ends them.
static bool change_leases(Database *database, const GArray *held, const uint64_t *stacks,
                          size_t count, int64_t new_end_us, unsigned *ret_count, GError **err)
{
    *ret_count = 0;
    for (unsigned i = 0; i < held->len; i++) {
        LeaseRow lease = g_array_index(held, LeaseRow, i);
        if (!is_named(stacks, count, lease.stack_id))
            continue;
        lease.ends_us = new_end_us;
        bool ok = new_end_us != 0
                      ? lease_rows_write(database, &lease, err)
                      : lease_rows_delete(database, lease.stack_id, lease.account_id, err);
        if (!ok)
            return false;
        (*ret_count)++;
    }
    return true;
}

static bool change_held(Casework *work, const Actor *actor, uint64_t case_id,
                        const uint64_t *stacks, size_t count, int64_t lasts_us, unsigned *ret_count,
                        GError **err)
{
    g_autoptr(CaseFile) file = queue_case_of_reviewer(work, actor, case_id, err);
    Database *database = casework_database(work);
    g_autoptr(GArray) held = g_array_new(FALSE, FALSE, sizeof(LeaseRow));
    if (file == NULL || !begin_lease(database, err))
        return false;
    int64_t now_us = casework_now_us(work);
    bool ok = lease_rows_of_account(database, case_id, actor->account_id, now_us, held, err) &&
              change_leases(database, held, stacks, count, lasts_us != 0 ? now_us + lasts_us : 0,
                            ret_count, err);
    return end_lease(database, ok, err);
}

bool queue_renew(Casework *work, const Actor *actor, uint64_t case_id, const uint64_t *stacks,
                 size_t count, unsigned *ret_count, GError **err)
{
    return change_held(work, actor, case_id, stacks, count, REVIEW_LEASE_US, ret_count, err);
}

bool queue_release(Casework *work, const Actor *actor, uint64_t case_id, const uint64_t *stacks,
                   size_t count, unsigned *ret_count, GError **err)
{
    return change_held(work, actor, case_id, stacks, count, 0, ret_count, err);
}

// ---- Counting again -----------------------------------------------------------------------------

bool queue_stack_changed(Casework *work, uint64_t stack_id, GError **err)
{
    return lease_rows_recount(casework_database(work), stack_id, err);
}

static bool rebuild_batch(Database *database, uint64_t case_id, uint64_t after, GArray *ids,
                          GError **err)
{
    if (!lease_rows_stack_ids(database, case_id, after, QUEUE_REBUILD_BATCH, ids, err))
        return false;
    for (unsigned i = 0; i < ids->len; i++)
        if (!lease_rows_recount(database, g_array_index(ids, uint64_t, i), err))
            return false;
    return true;
}

bool queue_rebuild(Casework *work, uint64_t case_id, uint64_t *ret_stacks, GError **err)
{
    Database *database = casework_database(work);
    g_autoptr(GArray) ids = g_array_new(FALSE, FALSE, sizeof(uint64_t));
    uint64_t after = 0;
    *ret_stacks = 0;
    do {
        g_array_set_size(ids, 0);
        if (!database_begin_write(database, err))
            return false;
        if (!rebuild_batch(database, case_id, after, ids, err)) {
            database_rollback(database);
            return false;
        }
        if (!database_commit(database, err))
            return false;
        after = ids->len > 0 ? g_array_index(ids, uint64_t, ids->len - 1) : 0;
        *ret_stacks += ids->len;
    } while (ids->len == QUEUE_REBUILD_BATCH);
    return true;
}
