// SPDX-License-Identifier: Apache-2.0
//
// Reading an item: every byte passes the digests once. What comes as a stream is kept, because its
// type is known only after the first bytes and containers want to go back and forth: in memory up
// to LIMIT_EVIDENCE_MEMORY_BYTES, behind that in the spool, an unlinked file that the program gave.
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "base/error.h"
#include "evidence/walk_private.h"

#define PIECE_BYTES (1u << 20)
// A source's bytes up to here are kept in memory while they are digested.
#define KEPT_BYTES (16u << 20)
// What a scratch buffer keeps between items.
#define SCRATCH_KEPT_BYTES (4u << 20)
#define SEND_BYTES (192u << 10)

static void fail(Contents *contents, Status status, const char *reason)
{
    if (contents->status != STATUS_OK)
        return;
    contents->status = status;
    contents->reason = g_strdup(reason);
}

// Bytes or time are used up: what was read so far is all there will be.
static bool is_too_much(Walk *walk, Contents *contents)
{
    if (contents->size_bytes > LIMIT_EVIDENCE_ITEM_BYTES)
        fail(contents, STATUS_LIMIT, "it gives more than 64 GiB");
    else if (walk_is_over(walk))
        fail(contents, STATUS_TIMEOUT, "the time for this evidence file ran out");
    return contents->status != STATUS_OK;
}

// ---- Scratch ----------------------------------------------------------------------------------

// A buffer of this depth with room for `size` bytes; its contents stay. NULL without memory.
static uint8_t *scratch_reserve(Walk *walk, size_t size)
{
    Scratch *scratch = &walk->scratch[walk->depth];
    if (scratch->capacity >= size)
        return scratch->bytes;
    size_t capacity = MAX(size, scratch->capacity * 2);
    uint8_t *bytes = g_try_realloc(scratch->bytes, capacity);
    if (bytes == NULL)
        return NULL;
    *scratch = (Scratch){.bytes = bytes, .capacity = capacity};
    return bytes;
}

static void scratch_trim(Walk *walk)
{
    Scratch *scratch = &walk->scratch[walk->depth];
    if (scratch->capacity <= SCRATCH_KEPT_BYTES)
        return;
    g_free(scratch->bytes);
    *scratch = (Scratch){0};
}

// ---- A source ---------------------------------------------------------------------------------

// Digests a source piece by piece; small ones are kept in memory.
static bool read_source(Walk *walk, Source *source, Contents *contents)
{
    uint64_t size = source_size(source);
    bool keep = size <= KEPT_BYTES;
    size_t room = (size_t)(keep ? MAX(size, 1) : PIECE_BYTES);
    uint8_t *buffer = scratch_reserve(walk, room);
    if (buffer == NULL) {
        fail(contents, STATUS_LIMIT, "there is no memory to read it");
        return true;
    }
    g_autoptr(GError) error = NULL;
    digest_state_begin(walk->digest);
    while (contents->size_bytes < size) {
        uint8_t *target = keep ? buffer + contents->size_bytes : buffer;
        uint64_t left = size - contents->size_bytes;
        size_t wanted = (size_t)MIN(left, (uint64_t)PIECE_BYTES);
        ssize_t count = source_read(source, contents->size_bytes, target, wanted, &error);
        if (count <= 0)
            break;
        digest_state_update(walk->digest, target, (size_t)count);
        contents->size_bytes += (uint64_t)count;
        if (!walk_tell_progress(walk, (uint64_t)count))
            return false;
        if (contents->size_bytes < size && is_too_much(walk, contents))
            break;
    }
    if (contents->size_bytes < size)
        fail(contents, error != NULL ? status_of_error(error) : STATUS_UNREADABLE,
             error != NULL ? error->message : "it ends before the size it is listed with");
    contents->has_digests = contents->size_bytes > 0 || size == 0;
    digest_state_finish(walk->digest, &contents->digests);
    if (keep) {
        contents->source = source_new_memory(buffer, contents->size_bytes);
        contents->owned = true;
    } else if (contents->size_bytes < size) {
        contents->source = source_new_range(source, 0, contents->size_bytes);
        contents->owned = true;
    } else {
        contents->source = source;
    }
    return true;
}

// ---- A stream ---------------------------------------------------------------------------------

static bool spool_write(Walk *walk, uint64_t offset, const uint8_t *bytes, size_t size)
{
    while (size > 0) {
        ssize_t count = pwrite(walk->options->spool, bytes, size, (off_t)offset);
        if (count < 0 && errno == EINTR)
            continue;
        if (count <= 0)
            return false;
        bytes += count;
        offset += (uint64_t)count;
        size -= (size_t)count;
    }
    return true;
}

static ssize_t spool_read_at(void *user_data, uint64_t offset, void *target, size_t size,
                             GError **err)
{
    const struct {
        int descriptor;
        uint64_t begin;
    } *spooled = user_data;
    ssize_t count = pread(spooled->descriptor, target, size, (off_t)(spooled->begin + offset));
    if (count < 0)
        clew_error_set_errno(err, errno, "cannot read from the spool file");
    return count;
}

static Source *spool_source(Walk *walk, uint64_t begin, uint64_t size)
{
    static const SourceOps ops = {spool_read_at, g_free};
    struct {
        int descriptor;
        uint64_t begin;
    } *spooled = g_malloc(sizeof *spooled);
    spooled->descriptor = walk->options->spool;
    spooled->begin = begin;
    return source_new(&ops, spooled, size);
}

// Where the bytes of a stream go.
typedef struct {
    bool in_memory;
    bool in_spool;
    uint64_t spool_begin;
} Keeping;

// Moves what was kept in memory to the spool. False when there is no room: nothing is kept then.
static bool move_to_spool(Walk *walk, Keeping *keeping, const uint8_t *bytes, size_t size)
{
    keeping->in_memory = false;
    keeping->spool_begin = walk->spool_end;
    keeping->in_spool = walk->options->spool >= 0 &&
                        walk->spool_end + size <= LIMIT_EVIDENCE_SPOOL_BYTES &&
                        spool_write(walk, walk->spool_end, bytes, size);
    if (keeping->in_spool)
        walk->spool_end += size;
    return keeping->in_spool;
}

// Keeps a piece that lies in the buffer at the place where memory keeping wants it.
static void keep_piece(Walk *walk, Keeping *keeping, const uint8_t *buffer, uint64_t before,
                       const uint8_t *piece, size_t size)
{
    if (keeping->in_memory && before + size > LIMIT_EVIDENCE_MEMORY_BYTES) {
        move_to_spool(walk, keeping, buffer, (size_t)before + size);
        return;
    }
    if (!keeping->in_spool)
        return;
    if (walk->spool_end + size <= LIMIT_EVIDENCE_SPOOL_BYTES &&
        spool_write(walk, walk->spool_end, piece, size))
        walk->spool_end += size;
    else
        keeping->in_spool = false;
}

static void keep_end(Walk *walk, const Keeping *keeping, const uint8_t *buffer, Contents *contents)
{
    if (keeping->in_memory)
        contents->source = source_new_memory(buffer, contents->size_bytes);
    else if (keeping->in_spool)
        contents->source = spool_source(walk, keeping->spool_begin, contents->size_bytes);
    contents->owned = contents->source != NULL;
}

static bool read_stream(Walk *walk, const Child *child, Contents *contents)
{
    Keeping keeping = {.in_memory = true};
    uint8_t *buffer = NULL;
    g_autoptr(GError) error = NULL;
    digest_state_begin(walk->digest);
    for (;;) {
        size_t at = keeping.in_memory ? (size_t)contents->size_bytes : 0;
        buffer = scratch_reserve(walk, at + PIECE_BYTES);
        if (buffer == NULL) {
            fail(contents, STATUS_LIMIT, "there is no memory to read it");
            return true;
        }
        ssize_t count = child->read(child->user_data, buffer + at, PIECE_BYTES, &error);
        if (count <= 0)
            break;
        digest_state_update(walk->digest, buffer + at, (size_t)count);
        keep_piece(walk, &keeping, buffer, contents->size_bytes, buffer + at, (size_t)count);
        contents->size_bytes += (uint64_t)count;
        if (!walk_tell_progress(walk, (uint64_t)count))
            return false;
        if (is_too_much(walk, contents))
            break;
    }
    if (error != NULL)
        fail(contents, status_of_error(error), error->message);
    contents->has_digests = contents->size_bytes > 0 || contents->status == STATUS_OK;
    digest_state_finish(walk->digest, &contents->digests);
    keep_end(walk, &keeping, buffer, contents);
    return true;
}

// -----------------------------------------------------------------------------------------------

// What was read is not what lay there, where the image is damaged.
static void note_damage(Contents *contents, uint64_t before)
{
    if (source_damage_count() != before)
        fail(contents, STATUS_CORRUPT,
             "a part of it lies in damaged bytes of the image, which read as zeroes");
}

bool contents_read(Walk *walk, const Child *child, bool digested, Contents *ret_contents)
{
    *ret_contents = (Contents){.spool_mark = walk->spool_end};
    uint64_t damage = source_damage_count();
    if (child->source == NULL || digested) {
        bool ok = child->source == NULL ? read_stream(walk, child, ret_contents)
                                        : read_source(walk, child->source, ret_contents);
        note_damage(ret_contents, damage);
        return ok;
    }
    ret_contents->source = child->source;
    ret_contents->size_bytes = source_size(child->source);
    return true;
}

void contents_clear(Walk *walk, Contents *contents)
{
    if (contents->owned)
        source_free(contents->source);
    g_free(contents->reason);
    walk->spool_end = contents->spool_mark;
    *contents = (Contents){.spool_mark = walk->spool_end};
    scratch_trim(walk);
}

bool contents_send(Walk *walk, Source *source)
{
    uint64_t size = source_size(source);
    g_autofree uint8_t *piece = g_malloc(SEND_BYTES);
    for (uint64_t offset = 0; offset < size;) {
        ssize_t count = source_read(source, offset, piece, SEND_BYTES, NULL);
        if (count <= 0)
            break;
        if (!walk->sink->contents(walk->sink->user_data, piece, (size_t)count)) {
            walk->ended = true;
            return false;
        }
        offset += (uint64_t)count;
    }
    return true;
}
