// SPDX-License-Identifier: Apache-2.0
#include "evidence/walk.h"

#include <stdarg.h>
#include <string.h>
#include <time.h>

#include "base/clock.h"
#include "base/error.h"
#include "evidence/carve.h"
#include "evidence/image.h"
#include "evidence/random_region.h"
#include "evidence/walk_private.h"
#include "model/layer.h"

// How often the time used is looked at.
#define LOOK_MS 50

#define TIME_REASON "the time for this evidence file ran out"

// ---- The current container --------------------------------------------------------------------

void frame_clear(Frame *frame)
{
    g_free(frame->reason);
    g_clear_pointer(&frame->findings, g_ptr_array_unref);
    g_clear_pointer(&frame->identifiers, g_ptr_array_unref);
    g_clear_pointer(&frame->delivered, g_hash_table_unref);
}

static void set_status(Frame *frame, Status status, const char *reason)
{
    if (frame->status != STATUS_OK || status == STATUS_OK)
        return;
    frame->status = status;
    frame->reason = g_strdup(reason);
}

void walk_set_status(Walk *walk, Status status, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    g_autofree char *reason = g_strdup_vprintf(format, arguments);
    va_end(arguments);
    set_status(walk->frame, status, reason);
}

void walk_set_error(Walk *walk, const GError *error)
{
    set_status(walk->frame, status_of_error(error),
               error != NULL ? error->message : "it could not be read");
}

// One more than the limit shows that some are left out (cap_findings).
static void add_finding(Frame *frame, FindingType type, uint64_t bytes, const char *detail)
{
    if (frame->findings == NULL)
        frame->findings = findings_new();
    if (frame->findings->len <= LIMIT_ITEM_FINDINGS)
        findings_add(frame->findings, type, bytes, detail);
}

// What is left out is said in the last one.
static void cap_findings(GPtrArray *findings)
{
    if (findings == NULL || findings->len <= LIMIT_ITEM_FINDINGS)
        return;
    g_ptr_array_set_size(findings, LIMIT_ITEM_FINDINGS - 1);
    findings_add(findings, FINDING_NOT_EXAMINED, 0, "there are more findings than are listed");
}

void walk_add_finding(Walk *walk, FindingType type, uint64_t bytes, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    g_autofree char *detail = g_strdup_vprintf(format, arguments);
    va_end(arguments);
    add_finding(walk->frame, type, bytes, detail);
}

void walk_not_examined(Walk *walk, uint64_t bytes, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    g_autofree char *detail = g_strdup_vprintf(format, arguments);
    va_end(arguments);
    add_finding(walk->frame, FINDING_NOT_EXAMINED, bytes, detail);
    if (walk->frame->is_taken)
        walk->frame->not_examined_bytes += bytes;
}

void walk_add_identifier(Walk *walk, IdentifierKind kind, const char *value)
{
    Frame *frame = walk->frame;
    if (frame->identifiers == NULL)
        frame->identifiers = identifiers_new();
    if (frame->has_left_out_identifiers)
        return;
    identifiers_add(frame->identifiers, kind, value);
    if (frame->identifiers->len <= LIMIT_ITEM_IDENTIFIERS)
        return;
    g_ptr_array_set_size(frame->identifiers, LIMIT_ITEM_IDENTIFIERS);
    frame->has_left_out_identifiers = true;
    walk_add_finding(walk, FINDING_NOT_EXAMINED, 0,
                     "there are more than the %u addresses that are listed",
                     LIMIT_ITEM_IDENTIFIERS);
}

// CPU time, because a program that is busy with what it was handed makes the walk wait.
static int64_t used_ms(void)
{
    struct timespec used = {0};
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &used);
    return (int64_t)used.tv_sec * 1000 + used.tv_nsec / 1000000;
}

bool walk_is_over(Walk *walk)
{
    if (walk->ended || walk->expired)
        return true;
    int64_t now_ms = clock_monotonic_ms();
    if (now_ms - walk->looked_ms < LOOK_MS)
        return false;
    walk->looked_ms = now_ms;
    walk->expired = used_ms() > walk->deadline_ms;
    // Shows that the walk is alive where nothing is read for long.
    return !walk_tell_progress(walk, 0) || walk->expired;
}

const char *walk_name(const Walk *walk)
{
    return walk->frame->name != NULL ? walk->frame->name : "";
}

const char *const *walk_passwords(const Walk *walk)
{
    static const char *const none[] = {NULL};
    return walk->options->passwords != NULL ? walk->options->passwords : none;
}

bool walk_verifies_images(const Walk *walk)
{
    return walk->options->verify_images;
}

Source *walk_sibling(Walk *walk, const char *name)
{
    if (!walk->frame->is_root || walk->sink->sibling == NULL)
        return NULL;
    uint64_t size_bytes = 0;
    int descriptor = walk->sink->sibling(walk->sink->user_data, name, &size_bytes);
    return descriptor >= 0 ? source_new_descriptor(descriptor, size_bytes) : NULL;
}

bool walk_tell_progress(Walk *walk, uint64_t bytes)
{
    if (!walk->sink->progress(walk->sink->user_data, bytes))
        walk->ended = true;
    return !walk->ended;
}

// ---- What was delivered -----------------------------------------------------------------------

// Media that one container delivered, so that carving does not deliver it again. More than this are
// not remembered: they might then be found twice.
#define DELIVERED_MAX 200000u

bool walk_was_delivered(const Walk *walk, const uint8_t *sha256)
{
    for (const Frame *frame = walk->frame; frame != NULL && !frame->is_structure;
         frame = frame->parent)
        if (frame->delivered != NULL && g_hash_table_contains(frame->delivered, sha256))
            return true;
    return false;
}

static bool is_media(const SniffType *type)
{
    return type->family == FAMILY_STILL || type->family == FAMILY_VIDEO;
}

static void note_delivered(Walk *walk, const Work *work)
{
    if (!work->contents.has_digests || !is_media(work->item.type))
        return;
    for (Frame *frame = walk->frame; frame != NULL && !frame->is_structure; frame = frame->parent) {
        if (frame->delivered == NULL)
            frame->delivered =
                g_hash_table_new_full(sha256_key_hash, sha256_key_equal, g_free, NULL);
        if (g_hash_table_size(frame->delivered) < DELIVERED_MAX)
            g_hash_table_add(frame->delivered,
                             g_memdup2(work->contents.digests.sha256, SHA256_BYTES));
    }
}

// ---- One item ---------------------------------------------------------------------------------

static void set_work_status(Work *work, Status status, const char *reason)
{
    if (work->item.status != STATUS_OK)
        return;
    work->item.status = status;
    work->item.reason = reason;
}

// The same bytes as a container around it: going in would never end.
static bool contains_itself(const Walk *walk, const Work *work)
{
    if (!work->contents.has_digests)
        return false;
    for (const Frame *frame = walk->frame; frame != NULL; frame = frame->parent)
        if (frame->has_digests &&
            memcmp(frame->sha256, work->contents.digests.sha256, SHA256_BYTES) == 0)
            return true;
    return false;
}

// A picture or video that ends before the item does: the media alone, whose digests a list may
// hold, and what lies behind it. A picture whose end cannot be told is searched behind its first
// byte, unless a search found it: that goes on there by itself. True when it was looked into.
static bool open_media(Walk *walk, const Child *child, Source *source, const SniffType *type)
{
    uint64_t end = 0, size = source_size(source);
    if (!carve_end(source, 0, size, type, &end)) {
        if (!child->is_carved && type->family == FAMILY_STILL)
            walk_search_from(walk, source, 1);
        return false;
    }
    if (end >= size)
        return false;
    const Extent behind = {.offset = end, .size_bytes = size - end};
    if (walk_deliver_media(walk, source, end))
        walk_leftover(walk, source, &behind, 1, LEFTOVER_APPENDED, 1);
    return true;
}

// Archives, documents and mail that nothing opens are searched, and said not to be opened.
static bool is_closed_container(const SniffType *type)
{
    return type->family == FAMILY_ARCHIVE || type->family == FAMILY_DOCUMENT ||
           type->family == FAMILY_MAIL || type->family == FAMILY_DISK_IMAGE;
}

static void note_random(Walk *walk, Source *source)
{
    g_autofree char *detail = NULL;
    uint64_t bytes = random_region_find(source, &detail);
    if (bytes > 0)
        add_finding(walk->frame, FINDING_RANDOM_REGION, bytes, detail);
}

// What lies inside an item whose bytes can be read at any place. The frame is the item's own.
static void open_contents(Walk *walk, const Child *child, const SniffType *type, Source *source)
{
    bool is_picture = is_media(type) && (type->can_decode || type->family == FAMILY_VIDEO);
    if (is_picture && open_media(walk, child, source, type))
        return;
    bool is_closed = walk->frame->is_root && walk->options->only_search;
    const Container *container = is_closed ? NULL : container_find(type, source);
    if (container != NULL) {
        if (walk->depth >= LIMIT_EVIDENCE_DEPTH)
            walk_set_status(walk, STATUS_LIMIT, "containers are nested deeper than %u",
                            LIMIT_EVIDENCE_DEPTH);
        else
            container->open(walk, source);
        return;
    }
    if (child->is_structure) {
        walk_add_finding(walk, FINDING_UNRECOGNISED, source_size(source),
                         "no file system that Clew knows; it was searched for media");
        const Extent all = {.offset = 0, .size_bytes = source_size(source)};
        walk_leftover(walk, source, &all, 1, LEFTOVER_UNALLOCATED, 1);
        return;
    }
    if (is_picture)
        return;
    if (is_closed_container(type) && !is_closed)
        walk_set_status(walk, STATUS_UNSUPPORTED,
                        "%s is not opened; its bytes were searched for media", type->media_type);
    if (type->family == FAMILY_UNKNOWN && !child->is_carved)
        note_random(walk, source);
    if (!child->is_not_searched)
        walk_search_from(walk, source, 0);
}

// Makes the item the current container, looks inside, and takes back what was said of it.
static void look_inside(Walk *walk, const Child *child, Work *work)
{
    Frame frame = {.parent = walk->frame,
                   .name = child->name,
                   .is_structure = child->is_structure,
                   .is_taken = work->is_taken,
                   .has_digests = work->contents.has_digests};
    memcpy(frame.sha256, work->contents.digests.sha256, SHA256_BYTES);
    if (contains_itself(walk, work)) {
        findings_add(work->findings, FINDING_REFERENCE, 0,
                     "the same bytes as a container around it; not opened again");
        return;
    }
    walk->frame = &frame;
    open_contents(walk, child, work->item.type, work->contents.source);
    if (walk->expired)
        set_status(&frame, STATUS_TIMEOUT, TIME_REASON);
    walk->frame = frame.parent;

    if (frame.findings != NULL)
        findings_copy(work->findings, frame.findings);
    if (frame.status != STATUS_OK && work->item.status == STATUS_OK) {
        work->item.status = frame.status;
        g_free(work->contents.reason);
        work->contents.reason = g_steal_pointer(&frame.reason);
        work->item.reason = work->contents.reason;
    }
    work->item.identifiers = g_steal_pointer(&frame.identifiers);
    work->item.not_examined_bytes += frame.not_examined_bytes;
    work->inside_not_examined_bytes = frame.inside_not_examined_bytes;
    frame_clear(&frame);
}

static const SniffType *type_of(const Child *child, Source *source)
{
    uint8_t first[SNIFF_BYTES];
    if (child->type != NULL)
        return child->type;
    ssize_t count = source_read(source, 0, first, sizeof first, NULL);
    return sniff_bytes(first, count > 0 ? (size_t)count : 0);
}

static void check_name(const Child *child, Work *work)
{
    if (child->is_structure || child->is_carved || child->name == NULL)
        return;
    const char *slash = strrchr(child->name, '/');
    ExtensionCheck check =
        sniff_check_extension(work->item.type, slash != NULL ? slash + 1 : child->name);
    g_autofree char *detail = NULL;
    if (check == EXTENSION_DISGUISE)
        detail = g_strdup_printf("%s under a name that is not media", work->item.type->media_type);
    else if (check == EXTENSION_MISMATCH)
        detail = g_strdup_printf("%s under a name of another family", work->item.type->media_type);
    if (detail != NULL)
        findings_add(work->findings, FINDING_EXTENSION_MISMATCH, 0, detail);
}

// Bytes of the item that nobody could look at: all of it when it could not be opened or read, else
// what its container said of its own bytes and what is said of the items in it. Never more than it
// has. A structure's record speaks of itself alone, because the workers that share the walk know a
// part each; the evidence file's sums up.
static uint64_t count_not_examined(Work *work)
{
    WalkItem *item = &work->item;
    uint64_t size = item->size_bytes, own = item->not_examined_bytes;
    bool is_closed = item->status != STATUS_OK && own == 0 && work->inside_not_examined_bytes == 0;
    if (is_closed)
        own = size;
    uint64_t all = MIN(own + work->inside_not_examined_bytes, size);
    item->not_examined_bytes = item->is_structure ? MIN(own, size) : all;
    return all;
}

// Tells what became of an item.
static bool finish(Walk *walk, Work *work)
{
    if (!work->is_taken) {
        walk->frame->inside_not_examined_bytes += work->inside_not_examined_bytes;
        return true;
    }
    walk->frame->inside_not_examined_bytes += count_not_examined(work);
    work->item.place = walk->place;
    work->item.depth = walk->depth;
    cap_findings(work->findings);
    work->item.findings = work->findings;
    if (!walk->sink->finish(walk->sink->user_data, &work->item))
        walk->ended = true;
    return !walk->ended;
}

// Hands out a picture or video that a decoder will want.
static bool send_media(Walk *walk, Work *work)
{
    const Contents *contents = &work->contents;
    bool is_video = work->item.type->family == FAMILY_VIDEO;
    uint64_t limit = is_video ? LIMIT_VIDEO_SPOOL_BYTES : LIMIT_STILL_BYTES;
    if (!work->is_taken || contents->source == NULL || !work->item.type->can_decode ||
        contents->size_bytes > limit || contents->size_bytes == 0)
        return true;
    work->item.has_contents = true;
    return contents_send(walk, contents->source);
}

// Describes what was read. False when the walk has ended.
static bool examine(Walk *walk, const Child *child, Work *work)
{
    Contents *contents = &work->contents;
    if (!contents_read(walk, child, !child->is_structure && work->is_taken, contents))
        return false;
    // Of what gave no byte the size stays that it is listed with: it was not examined.
    bool is_unread = contents->size_bytes == 0 && contents->status != STATUS_OK;
    if (!is_unread) {
        work->item.has_size = true;
        work->item.size_bytes = contents->size_bytes;
    }
    work->item.has_digests = contents->has_digests;
    memcpy(work->item.digests.md5, contents->digests.md5, MD5_BYTES);
    memcpy(work->item.digests.sha1, contents->digests.sha1, SHA1_BYTES);
    memcpy(work->item.digests.sha256, contents->digests.sha256, SHA256_BYTES);
    set_work_status(work, contents->status, contents->reason);
    if (contents->source == NULL) {
        set_work_status(work, STATUS_LIMIT, "it is too large to be kept and was not looked into");
        work->item.type = sniff_bytes(NULL, 0);
        return true;
    }
    work->item.type = type_of(child, contents->source);
    if (child->is_carved && walk_was_delivered(walk, contents->digests.sha256)) {
        work->is_taken = false;
        return true;
    }
    note_delivered(walk, work);
    check_name(child, work);
    if (contents->size_bytes > 0)
        look_inside(walk, child, work);
    // Last, because the program has room for one picture at a time.
    return !walk->ended && send_media(walk, work);
}

static bool announce(Walk *walk, const WalkItem *item)
{
    if (!walk->sink->announce(walk->sink->user_data, item))
        walk->ended = true;
    return !walk->ended;
}

static bool take(Walk *walk, const Child *child, const WalkItem *item, bool is_taken)
{
    if (!announce(walk, item))
        return false;
    Work work = {.item = *item, .is_taken = is_taken, .findings = findings_new()};
    set_work_status(&work, child->status, child->reason);
    bool has_bytes = child->source != NULL || child->read != NULL;
    bool ok = !has_bytes || examine(walk, child, &work);
    // What the container knows of it may have grown while it was read: that a password fitted.
    if (child->findings != NULL)
        findings_copy(work.findings, child->findings);
    ok = ok && finish(walk, &work);
    contents_clear(walk, &work.contents);
    g_ptr_array_unref(work.findings);
    if (work.item.identifiers != NULL)
        g_ptr_array_unref((GPtrArray *)(uintptr_t)work.item.identifiers);
    return ok;
}

// Hands out the bytes of one item that was asked for.
static bool fetch(Walk *walk, const Child *child, const WalkItem *item)
{
    if (!announce(walk, item))
        return false;
    Work work = {.item = *item, .is_taken = true, .findings = findings_new()};
    set_work_status(&work, child->status, child->reason);
    bool has_bytes = child->source != NULL || child->read != NULL;
    bool is_read = has_bytes && child->status == STATUS_OK;
    bool ok = !is_read || contents_read(walk, child, false, &work.contents);
    const Contents *contents = &work.contents;
    set_work_status(&work, contents->status, contents->reason);
    if (ok && contents->source != NULL) {
        work.item.has_size = true;
        work.item.size_bytes = contents->size_bytes;
        work.item.has_contents = true;
        ok = contents_send(walk, contents->source);
    } else if (is_read) {
        set_work_status(&work, STATUS_LIMIT, "it is too large to be kept");
    }
    ok = ok && finish(walk, &work);
    contents_clear(walk, &work.contents);
    g_ptr_array_unref(work.findings);
    return ok;
}

static bool deal_with(Walk *walk, const Child *child)
{
    const WalkItem item = {.place = walk->place,
                           .depth = walk->depth,
                           .name = child->name,
                           .layer = child->layer,
                           .is_structure = child->is_structure,
                           .has_size = child->has_size || child->source != NULL,
                           .size_bytes = child->source != NULL ? source_size(child->source)
                                                               : child->size_bytes,
                           .times = child->times};
    WalkChoice choice =
        walk->sink->choose != NULL ? walk->sink->choose(walk->sink->user_data, &item) : WALK_TAKE;
    switch (choice) {
    case WALK_TAKE:
    case WALK_PASS:
        return take(walk, child, &item, choice == WALK_TAKE);
    case WALK_FETCH:
        return fetch(walk, child, &item);
    case WALK_SKIP:
        return true;
    case WALK_END:
        break;
    }
    walk->ended = true;
    return false;
}

// What no locator can name cannot be told of, nor found again. The program would not believe a word
// more of a worker that tried.
static void leave_out(Walk *walk, const Child *child)
{
    uint64_t bytes = child->source != NULL ? source_size(child->source) : child->size_bytes;
    walk_set_status(walk, STATUS_UNSUPPORTED, "what lies in it cannot all be named by a locator");
    walk_not_examined(walk, bytes, "item %u in it cannot be named by a locator and was not opened",
                      walk->frame->next_ordinal++);
}

bool walk_child(Walk *walk, const Child *child)
{
    Frame *frame = walk->frame;
    if (walk_is_over(walk))
        return false;
    if (frame->next_ordinal >= LIMIT_EVIDENCE_MEMBERS || walk->depth >= LIMIT_EVIDENCE_DEPTH) {
        bool is_deep = walk->depth >= LIMIT_EVIDENCE_DEPTH;
        walk_set_status(walk, STATUS_LIMIT,
                        is_deep ? "containers are nested deeper than %u"
                                : "it holds more than %u items",
                        is_deep ? LIMIT_EVIDENCE_DEPTH : LIMIT_EVIDENCE_MEMBERS);
        return false;
    }
    if (!layer_is(child->layer, strlen(child->layer))) {
        leave_out(walk, child);
        return true;
    }
    walk->place[walk->depth++] = frame->next_ordinal++;
    bool ok = deal_with(walk, child);
    walk->depth--;
    return ok && !walk->ended;
}

// ---- The whole --------------------------------------------------------------------------------

static uint64_t time_limit_ms(const WalkOptions *options, uint64_t size_bytes)
{
    if (options->time_limit_ms != 0)
        return options->time_limit_ms;
    return LIMIT_EVIDENCE_TIME_MS + (size_bytes >> 20) * LIMIT_EVIDENCE_TIME_MS_PER_MIB;
}

bool walk_run(Source *evidence, const WalkOptions *options, const WalkSink *sink)
{
    uint64_t size = source_size(evidence);
    Walk walk = {.options = options,
                 .sink = sink,
                 .digest = digest_state_new(DIGEST_ENGINE_AUTO),
                 .deadline_ms = used_ms() + (int64_t)time_limit_ms(options, size)};
    if (walk.digest == NULL)
        return false;
    Frame root = {.name = options->name, .is_root = true, .is_taken = !options->passes_root};
    walk.frame = &root;
    // A raw image in parts is opened as one; its type is that of the whole.
    g_autoptr(Source) joined = options->only_search ? NULL : image_join_parts(&walk, evidence);
    Source *whole = joined != NULL ? joined : evidence;
    const Child child = {
        .name = options->name, .source = whole, .type = joined != NULL ? NULL : options->type};
    const SniffType *type = type_of(&child, whole);
    open_contents(&walk, &child, type, whole);
    if (walk.expired)
        set_status(&root, STATUS_TIMEOUT, TIME_REASON);

    Work work = {.item = {.place = walk.place,
                          .name = options->name,
                          .layer = "",
                          .has_size = true,
                          .size_bytes = size,
                          .type = type},
                 .inside_not_examined_bytes = root.inside_not_examined_bytes};
    // What was found damaged on the way, every worker says: each reads other parts.
    cap_findings(root.findings);
    work.item.findings = root.findings;
    if (root.is_taken) {
        work.item.status = root.status;
        work.item.reason = root.reason;
        work.item.identifiers = root.identifiers;
        work.item.not_examined_bytes = root.not_examined_bytes;
    }
    count_not_examined(&work);
    bool ok = !walk.ended && sink->finish(sink->user_data, &work.item);
    frame_clear(&root);
    for (size_t i = 0; i < G_N_ELEMENTS(walk.scratch); i++)
        g_free(walk.scratch[i].bytes);
    digest_state_free(walk.digest);
    return ok;
}
