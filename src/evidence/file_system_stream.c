// SPDX-License-Identifier: Apache-2.0
//
// The kit tells where the bytes of a stream lie; they are read from the volume at once, in pieces
// as large as asked for. Only what is stored in another form (compressed, in the metadata itself,
// on raw copies of discs) is read by the kit.
#include <inttypes.h>
#include <string.h>

#include "base/error.h"
#include "evidence/file_system_private.h"
#include "evidence/tsk_image.h"

// ---- Where it lies ----------------------------------------------------------------------------

static void add_run(FileTree *tree, Run run)
{
    if (run.size_bytes == 0)
        return;
    if (tree->runs->len > 0) {
        Run *last = &g_array_index(tree->runs, Run, tree->runs->len - 1);
        bool goes_on = run.kind != RUN_STORED || last->offset + last->size_bytes == run.offset;
        if (last->kind == run.kind && goes_on) {
            last->size_bytes += run.size_bytes;
            return;
        }
    }
    g_array_append_val(tree->runs, run);
}

static uint64_t runs_end(const FileTree *tree)
{
    if (tree->runs->len == 0)
        return 0;
    const Run *last = &g_array_index(tree->runs, Run, tree->runs->len - 1);
    return last->begin + last->size_bytes;
}

// One run of the kit's, in bytes. False when its numbers overflow.
static bool convert_run(const FileTree *tree, const TSK_FS_ATTR_RUN *run, Run *ret_run)
{
    uint64_t block_bytes = tree->fs->block_size, begin = 0, offset = 0, size = 0, end = 0;
    if (!g_uint64_checked_mul(&begin, run->offset, block_bytes) ||
        !g_uint64_checked_mul(&offset, run->addr, block_bytes) ||
        !g_uint64_checked_mul(&size, run->len, block_bytes) ||
        !g_uint64_checked_add(&end, begin, size) ||
        !g_uint64_checked_add(&offset, offset, (uint64_t)tree->fs->offset) ||
        !g_uint64_checked_add(&end, offset, size))
        return false;
    RunKind kind = run->flags & TSK_FS_ATTR_RUN_FLAG_SPARSE   ? RUN_HOLE
                   : run->flags & TSK_FS_ATTR_RUN_FLAG_FILLER ? RUN_LOST
                                                              : RUN_STORED;
    *ret_run = (Run){.begin = begin, .offset = offset, .size_bytes = size, .kind = kind};
    return true;
}

// A run, in two when the volume ends inside it.
static void add_cut(FileTree *tree, Run run)
{
    uint64_t volume_bytes = source_size(tree->volume);
    if (run.kind != RUN_STORED || run.offset + run.size_bytes <= volume_bytes) {
        add_run(tree, run);
        return;
    }
    uint64_t inside = run.offset < volume_bytes ? volume_bytes - run.offset : 0;
    Run outside = {
        .begin = run.begin + inside, .size_bytes = run.size_bytes - inside, .kind = RUN_OUTSIDE};
    run.size_bytes = inside;
    add_run(tree, run);
    add_run(tree, outside);
}

static void collect_runs(FileTree *tree, const TSK_FS_ATTR *attribute, RunKind gap)
{
    uint64_t skipped = attribute->nrd.skiplen;
    g_array_set_size(tree->runs, 0);
    for (const TSK_FS_ATTR_RUN *next = attribute->nrd.run; next != NULL; next = next->next) {
        Run run;
        if (!convert_run(tree, next, &run))
            return;
        // A few attributes begin inside their first block.
        if (run.begin + run.size_bytes <= skipped)
            continue;
        uint64_t cut = run.begin < skipped ? skipped - run.begin : 0;
        run.begin = run.begin + cut - skipped;
        run.offset += cut;
        run.size_bytes -= cut;
        uint64_t end = runs_end(tree);
        if (run.begin < end)
            return; // not in order: what is known up to here counts
        run.kind = run.kind == RUN_LOST ? gap : run.kind;
        add_run(tree, (Run){.begin = end, .size_bytes = run.begin - end, .kind = gap});
        add_cut(tree, run);
    }
}

// What no run covers is a hole there; elsewhere it is lost.
static bool leaves_holes_out(const FileTree *tree)
{
    return tree->kind == VOLUME_EXT || tree->kind == VOLUME_UFS || tree->kind == VOLUME_APFS;
}

// Stored in the metadata, and read with it.
static bool is_in_memory(const TSK_FS_ATTR *attribute)
{
    return (attribute->flags & TSK_FS_ATTR_RES) && !(attribute->flags & TSK_FS_ATTR_COMP);
}

StreamPlan stream_plan(FileTree *tree, const TSK_FS_ATTR *attribute, bool gaps_are_holes)
{
    uint64_t size = attribute->size > 0 ? (uint64_t)attribute->size : 0;
    StreamPlan plan = {.size_bytes = size, .valid_bytes = size};
    g_array_set_size(tree->runs, 0);
    if (is_in_memory(attribute)) {
        uint64_t room = attribute->rd.buf_size;
        plan.size_bytes = plan.valid_bytes = attribute->rd.buf != NULL ? MIN(size, room) : 0;
        return plan;
    }
    if (!(attribute->flags & TSK_FS_ATTR_NONRES) || !tree->is_mapped)
        return plan;
    RunKind gap = gaps_are_holes || leaves_holes_out(tree) ? RUN_HOLE : RUN_LOST;
    collect_runs(tree, attribute, gap);
    plan.has_runs = (attribute->flags & TSK_FS_ATTR_COMP) == 0;
    if (!gaps_are_holes && attribute->nrd.initsize >= 0 && (uint64_t)attribute->nrd.initsize < size)
        plan.valid_bytes = (uint64_t)attribute->nrd.initsize;
    for (guint i = 0; i < tree->runs->len; i++) {
        const Run *run = &g_array_index(tree->runs, Run, i);
        if (run->begin >= size)
            break;
        uint64_t left = size - run->begin, inside = MIN(run->size_bytes, left);
        if (run->kind == RUN_STORED)
            plan.stored_bytes += inside;
        else if (run->kind == RUN_HOLE)
            plan.hole_bytes += inside;
        else
            plan.damaged_bytes += inside;
    }
    uint64_t end = runs_end(tree);
    if (end < size) {
        add_run(tree, (Run){.begin = end, .size_bytes = size - end, .kind = gap});
        *(gap == RUN_HOLE ? &plan.hole_bytes : &plan.damaged_bytes) += size - end;
    }
    return plan;
}

void stream_plan_compact(FileTree *tree, StreamPlan *plan)
{
    guint kept = 0;
    uint64_t begin = 0;
    for (guint i = 0; i < tree->runs->len; i++) {
        Run run = g_array_index(tree->runs, Run, i);
        if (run.kind == RUN_HOLE || run.begin >= plan->size_bytes)
            continue;
        uint64_t left = plan->size_bytes - run.begin;
        run.size_bytes = MIN(run.size_bytes, left);
        run.begin = begin;
        begin += run.size_bytes;
        g_array_index(tree->runs, Run, kept++) = run;
    }
    g_array_set_size(tree->runs, kept);
    plan->size_bytes = plan->valid_bytes = begin;
    plan->hole_bytes = 0;
}

// Bytes at the start of a run that are contents.
static uint64_t content_of(const Run *run, const StreamPlan *plan)
{
    uint64_t left = run->begin < plan->valid_bytes ? plan->valid_bytes - run->begin : 0;
    // What is compressed has its own way to end.
    return plan->has_runs ? MIN(left, run->size_bytes) : run->size_bytes;
}

void stream_note_space(FileTree *tree, const StreamPlan *plan)
{
    for (guint i = 0; i < tree->runs->len; i++) {
        const Run *run = &g_array_index(tree->runs, Run, i);
        if (run->kind != RUN_STORED)
            continue;
        uint64_t content = content_of(run, plan);
        volume_space_use(tree->space, run->offset, run->size_bytes);
        volume_space_add_slack(tree->space, run->offset + content, run->size_bytes - content);
    }
}

void stream_claim_space(FileTree *tree, const StreamPlan *plan, uint64_t inode)
{
    for (guint i = 0; i < tree->runs->len; i++) {
        const Run *run = &g_array_index(tree->runs, Run, i);
        if (run->kind == RUN_STORED)
            volume_space_claim(tree->space, inode, run->offset, run->size_bytes,
                               content_of(run, plan));
    }
}

// ---- Reading ----------------------------------------------------------------------------------

typedef struct {
    FileTree *tree;
    StreamPlan plan;
    const TSK_FS_ATTR *attribute;
    guint last; // run of the last read
} Stream;

static const Run *find_run(Stream *stream, uint64_t offset)
{
    const GArray *runs = stream->tree->runs;
    const Run *run = NULL;
    // Mostly the same as before, or the next.
    for (guint i = stream->last; i < runs->len && i < stream->last + 2; i++) {
        run = &g_array_index(runs, Run, i);
        if (offset >= run->begin && offset - run->begin < run->size_bytes) {
            stream->last = i;
            return run;
        }
    }
    guint low = 0, high = runs->len;
    while (low < high) {
        guint middle = low + (high - low) / 2;
        run = &g_array_index(runs, Run, middle);
        if (offset < run->begin) {
            high = middle;
        } else if (offset - run->begin >= run->size_bytes) {
            low = middle + 1;
        } else {
            stream->last = middle;
            return run;
        }
    }
    return NULL;
}

static ssize_t read_runs(Stream *stream, uint64_t offset, void *target, size_t size, GError **err)
{
    if (offset >= stream->plan.valid_bytes) {
        memset(target, 0, size);
        return (ssize_t)size;
    }
    const Run *run = find_run(stream, offset);
    if (run == NULL || run->kind == RUN_LOST) {
        g_set_error(err, CLEW_ERROR, CLEW_ERROR_CORRUPT,
                    "from byte %" PRIu64 " on, the file system does not say where it lies", offset);
        return -1;
    }
    if (run->kind == RUN_OUTSIDE) {
        g_set_error(err, CLEW_ERROR, CLEW_ERROR_CORRUPT,
                    "from byte %" PRIu64 " on, it is said to lie behind the end of the volume",
                    offset);
        return -1;
    }
    uint64_t inside = offset - run->begin, left = run->size_bytes - inside;
    uint64_t valid = stream->plan.valid_bytes - offset;
    uint64_t most = MIN(left, valid);
    size = (size_t)MIN((uint64_t)size, most);
    if (run->kind == RUN_HOLE) {
        memset(target, 0, size);
        return (ssize_t)size;
    }
    return source_read(stream->tree->volume, run->offset + inside, target, size, err);
}

static ssize_t read_by_kit(Stream *stream, uint64_t offset, void *target, size_t size, GError **err)
{
    tsk_error_reset();
    ssize_t count = tsk_fs_attr_read(stream->attribute, (TSK_OFF_T)offset, target, size,
                                     TSK_FS_FILE_READ_FLAG_NONE);
    if (count > 0)
        return MIN(count, (ssize_t)size);
    g_autofree char *reason = tsk_image_take_error("nothing could be read");
    g_set_error(err, CLEW_ERROR, CLEW_ERROR_CORRUPT, "at byte %" PRIu64 ": %s", offset, reason);
    return -1;
}

static ssize_t stream_read_at(void *user_data, uint64_t offset, void *target, size_t size,
                              GError **err)
{
    Stream *stream = user_data;
    if (walk_is_over(stream->tree->walk)) {
        g_set_error(err, CLEW_ERROR, CLEW_ERROR_LIMIT, "the time for this evidence file ran out");
        return -1;
    }
    if (is_in_memory(stream->attribute)) {
        memcpy(target, stream->attribute->rd.buf + offset, size);
        return (ssize_t)size;
    }
    return stream->plan.has_runs ? read_runs(stream, offset, target, size, err)
                                 : read_by_kit(stream, offset, target, size, err);
}

Source *stream_source_new(FileTree *tree, const StreamPlan *plan, const TSK_FS_ATTR *attribute)
{
    static const SourceOps ops = {.read_at = stream_read_at, .free = g_free};
    Stream *stream = g_new(Stream, 1);
    *stream = (Stream){.tree = tree, .plan = *plan, .attribute = attribute};
    return source_new(&ops, stream, plan->size_bytes);
}
