// SPDX-License-Identifier: Apache-2.0
#include "evidence/encoded_text.h"

#include <inttypes.h>
#include <string.h>

#include "evidence/encoded_text_search.h"

// What is searched before anything is said of a text. A longer one is opened in any case, so that
// time and progress are watched while it is searched.
#define SEARCHED_AT_ONCE (64ull << 20)
#define BEGINNING_BYTES 8u // more than a block is known by
#define GAPS_AT_ONCE 1024u

static bool may_hold_text(const SniffType *type, Source *source)
{
    if (type->family == FAMILY_TEXT || strcmp(type->media_type, "image/svg+xml") == 0)
        return true;
    char first[8];
    return type->family == FAMILY_UNKNOWN &&
           source_read_exact(source, 0, first, sizeof first, NULL) &&
           memcmp(first, "=ybegin ", sizeof first) == 0;
}

static bool fits(const SniffType *type, Source *source)
{
    if (!may_hold_text(type, source))
        return false;
    uint64_t position = 0;
    EncodedBlock block;
    return source_size(source) > SEARCHED_AT_ONCE || encoded_text_find_whole(source, &block) ||
           encoded_text_find(source, &position, SEARCHED_AT_ONCE, &block);
}

static bool deliver_pgp(Walk *walk, const EncodedBlock *block, const Child *described,
                        Source *source)
{
    bool is_encrypted = block->kind == ENCODED_BLOCK_PGP_ENCRYPTED;
    g_autoptr(Source) text = source_new_range(source, block->offset, block->size_bytes);
    Child child = *described;
    child.name = "PGP message";
    child.source = text;
    child.type = sniff_by_media_type("application/octet-stream");
    child.status = is_encrypted ? STATUS_ENCRYPTED : STATUS_UNSUPPORTED;
    child.reason = is_encrypted ? "the PGP message is encrypted"
                                : "PGP messages that are signed or compressed are not opened";
    return walk_child(walk, &child);
}

static bool deliver(Walk *walk, Source *source, const EncodedBlock *block)
{
    g_autofree char *name = block->name[0] != 0
                                ? g_strdup(block->name)
                                : g_strdup_printf("base64 at %" PRIu64, block->offset);
    g_autofree char *layer = g_strdup_printf("{\"offset\":%" PRIu64 "}", block->offset);
    Child child = {.name = name, .layer = layer};
    if (block->kind != ENCODED_BLOCK_DATA)
        return deliver_pgp(walk, block, &child, source);
    g_autoptr(EncodedStream) stream =
        encoded_stream_new(source, block->offset, block->size_bytes, block->encoding);
    child.read = encoded_stream_read;
    child.user_data = stream;
    return walk_child(walk, &child);
}

// The text between blocks, which may hold media as it is.
static bool search_gaps(Walk *walk, Source *source, GArray *gaps, bool is_last)
{
    if (gaps->len < (is_last ? 1 : GAPS_AT_ONCE))
        return true;
    bool ok = walk_leftover(walk, source, (const Extent *)(const void *)gaps->data, gaps->len,
                            LEFTOVER_GAP, 1);
    g_array_set_size(gaps, 0);
    return ok;
}

static void add_gap(GArray *gaps, uint64_t begin, uint64_t end)
{
    const Extent gap = {.offset = begin, .size_bytes = end - begin};
    if (end > begin)
        g_array_append_val(gaps, gap);
}

static bool deliver_blocks(Walk *walk, Source *source, GArray *gaps)
{
    uint64_t size = source_size(source), gap_begin = 0, position = 0;
    EncodedBlock block;
    if (encoded_text_find_whole(source, &block)) {
        if (!deliver(walk, source, &block))
            return false;
        gap_begin = position = block.offset + block.size_bytes;
    }
    while (position < size && !walk_is_over(walk)) {
        uint64_t end = position + MIN(SEARCHED_AT_ONCE, size - position);
        // Letters that lie across the border of two pieces are seen from the second.
        position -= MIN(position - gap_begin, BEGINNING_BYTES);
        if (!encoded_text_find(source, &position, end, &block))
            continue;
        if (!deliver(walk, source, &block))
            return false;
        add_gap(gaps, gap_begin, block.offset);
        gap_begin = position;
        if (!search_gaps(walk, source, gaps, false))
            return false;
    }
    add_gap(gaps, gap_begin, size);
    return search_gaps(walk, source, gaps, true);
}

static void open_text(Walk *walk, Source *source)
{
    g_autoptr(GArray) gaps = g_array_new(FALSE, FALSE, sizeof(Extent));
    deliver_blocks(walk, source, gaps);
}

const Container encoded_text_container = {
    .name = "text with encoded blocks", .fits = fits, .open = open_text};
