// SPDX-License-Identifier: Apache-2.0
//
// Payloads of the frames (cases/frame_log.h), in the terms of wire/codec.h:
//
//   HEAD        u8 'H', u8 version, text program version, text fingerprint       the first frame
//   ITEM        u8 'I', u64 entry, u8 flags (1 left out, 2 media), place, record (record_message.h)
//   ENTRY_DONE  u8 'E', u64 entry, long name path
//   COMPLETE    u8 'C', u64 items, u64 entries
//
// A payload has exactly one form. Opening goes through all frames once and follows the rules of
// order; replaying goes through them again and takes the records apart.
#include "cases/scan_state.h"

#include <unistd.h>

#include "base/error.h"
#include "cases/frame_log.h"
#include "sniff/sniff.h"
#include "wire/codec.h"
#include "wire/record_message.h"

#define MAGIC "ClewScan"
#define STATE_VERSION 1

#define HEAD_MARK 'H'
#define ITEM_MARK 'I'
#define ENTRY_DONE_MARK 'E'
#define COMPLETE_MARK 'C'

#define VERSION_BYTES 64u
#define PATH_BYTES (4u << 20)

enum { ITEM_LEFT_OUT = 1, ITEM_MEDIA = 2 };

struct ScanState {
    char *path;
    FrameLog *log;
    ScanStatePosition position; // last_path borrows the next
    char *last_path;
    GHashTable *texts; // set of char *, owned: what replayed items borrow
    GPtrArray *videos; // of MatchVideo *, owned: the same
};

// ---- Following what was written ---------------------------------------------------------------

typedef struct {
    uint8_t mark;
    ScanStateItem item; // ITEM: without record and matches
    Reader record;      // ITEM: the record's bytes
    uint64_t entry;     // ENTRY_DONE
    char *path;         // ENTRY_DONE; owned
    uint64_t items;     // COMPLETE
    uint64_t entries;   // COMPLETE
} Frame;

static void frame_clear(Frame *frame)
{
    g_free(frame->path);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Frame, frame_clear)

static void take_item(Reader *payload, Frame *frame)
{
    frame->item.entry = reader_u64le(payload);
    unsigned flags = codec_take_flags(payload, ITEM_LEFT_OUT | ITEM_MEDIA);
    frame->item.left_out = flags & ITEM_LEFT_OUT;
    frame->item.is_media = flags & ITEM_MEDIA;
    frame->item.place = codec_take_place(payload);
    size_t size_bytes = reader_remaining(payload);
    frame->record = reader_init(reader_bytes(payload, size_bytes), size_bytes);
}

static bool take_frame(Reader *payload, Frame *frame)
{
    frame->mark = reader_u8(payload);
    switch (frame->mark) {
    case ITEM_MARK:
        take_item(payload, frame);
        break;
    case ENTRY_DONE_MARK:
        frame->entry = reader_u64le(payload);
        frame->path = codec_take_long_name(payload, PATH_BYTES);
        break;
    case COMPLETE_MARK:
        frame->items = reader_u64le(payload);
        frame->entries = reader_u64le(payload);
        break;
    default:
        codec_refuse_unless(payload, false);
    }
    return codec_is_whole(payload);
}

// Whether a scan that stands at this position writes such a frame next.
static bool may_follow(const ScanStatePosition *position, const Frame *frame)
{
    switch (frame->mark) {
    case ITEM_MARK:
        return frame->item.entry == position->entries;
    case ENTRY_DONE_MARK:
        return frame->entry == position->entries;
    default:
        return frame->items == position->items && frame->entries == position->entries;
    }
}

static void advance(ScanState *state, const Frame *frame)
{
    ScanStatePosition *position = &state->position;
    position->is_complete = frame->mark == COMPLETE_MARK;
    if (frame->mark == ITEM_MARK) {
        position->items++;
        position->has_place = true;
        position->place = frame->item.place;
    } else if (frame->mark == ENTRY_DONE_MARK) {
        position->entries++;
        position->has_place = false;
        g_free(state->last_path);
        position->last_path = state->last_path = g_strdup(frame->path);
    }
}

// ---- Opening ----------------------------------------------------------------------------------

static ScanState *state_new(const char *path, FrameLog *log)
{
    ScanState *state = g_new0(ScanState, 1);
    state->path = g_strdup(path);
    state->log = log;
    state->texts = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    state->videos = g_ptr_array_new_with_free_func(g_free);
    return state;
}

void scan_state_free(ScanState *state)
{
    if (state == NULL)
        return;
    frame_log_free(state->log);
    g_hash_table_unref(state->texts);
    g_ptr_array_unref(state->videos);
    g_free(state->last_path);
    g_free(state->path);
    g_free(state);
}

ScanState *scan_state_create(const char *path, const char *fingerprint, GError **err)
{
    FrameLog *log = frame_log_create(path, MAGIC, err);
    if (log == NULL)
        return NULL;
    g_autoptr(ScanState) state = state_new(path, log);
    GByteArray *head = frame_log_begin(log);
    codec_put(head, HEAD_MARK, 1);
    codec_put(head, STATE_VERSION, 1);
    codec_put_text(head, CLEW_VERSION, VERSION_BYTES);
    codec_put_text(head, fingerprint, SCAN_STATE_FINGERPRINT_BYTES);
    if (frame_log_end(log, err) && frame_log_sync(log, err))
        return g_steal_pointer(&state);
    unlink(path); // so that the same command works once there is room
    return NULL;
}

static bool refuse(const ScanState *state, ClewError code, const char *why, GError **err)
{
    g_set_error(err, CLEW_ERROR, code, "cannot go on with %s: %s", state->path, why);
    return false;
}

static bool check_head(const ScanState *state, const char *fingerprint, GError **err)
{
    Reader payload;
    FrameLogOutcome outcome = frame_log_next(state->log, &payload, err);
    if (outcome == FRAME_LOG_FAILED)
        return false;
    if (outcome == FRAME_LOG_OVER || reader_u8(&payload) != HEAD_MARK)
        return refuse(state, CLEW_ERROR_CORRUPT, "its beginning is damaged", err);
    if (reader_u8(&payload) != STATE_VERSION)
        return refuse(state, CLEW_ERROR_CONFLICT, "it was begun by another version of Clew", err);

    g_autofree char *program = codec_take_text(&payload, VERSION_BYTES);
    g_autofree char *asked = codec_take_text(&payload, SCAN_STATE_FINGERPRINT_BYTES);
    if (!codec_is_whole(&payload) || program == NULL || asked == NULL)
        return refuse(state, CLEW_ERROR_CORRUPT, "its beginning is damaged", err);
    if (!g_str_equal(program, CLEW_VERSION)) {
        g_autofree char *why =
            g_strdup_printf("it was begun by Clew %s, but this is %s", program, CLEW_VERSION);
        return refuse(state, CLEW_ERROR_CONFLICT, why, err);
    }
    if (!g_str_equal(asked, fingerprint))
        return refuse(state, CLEW_ERROR_CONFLICT,
                      "it was begun with other paths, other options or other hash sets; scan anew "
                      "with --state and another file",
                      err);
    return true;
}

// What the entry's own record says is repeated by the next scan as long as the entry is not
// finished.
static bool counts_at_once(const Frame *frame)
{
    return frame->mark != ITEM_MARK || frame->item.place.depth > 0;
}

// Goes through all frames and stays behind the last that counts.
static bool follow(ScanState *state, GError **err)
{
    Reader payload;
    FrameLogOutcome outcome;
    ScanStatePosition kept = state->position;
    frame_log_keep(state->log);
    while ((outcome = frame_log_next(state->log, &payload, err)) == FRAME_LOG_FRAME) {
        g_auto(Frame) frame = {0};
        if (!take_frame(&payload, &frame) || !may_follow(&state->position, &frame))
            return refuse(state, CLEW_ERROR_CORRUPT, "it says what no scan writes", err);
        advance(state, &frame);
        if (!counts_at_once(&frame))
            continue;
        frame_log_keep(state->log);
        kept = state->position;
    }
    state->position = kept;
    return outcome == FRAME_LOG_OVER;
}

ScanState *scan_state_open(const char *path, const char *fingerprint, GError **err)
{
    FrameLog *log = frame_log_open(path, MAGIC, err);
    if (log == NULL)
        return NULL;
    g_autoptr(ScanState) state = state_new(path, log);
    if (!check_head(state, fingerprint, err) || !follow(state, err) ||
        !frame_log_cut(log, &state->position.cut_bytes, err))
        return NULL;
    return g_steal_pointer(&state);
}

// ---- Replaying --------------------------------------------------------------------------------

// The same text, owned by the state; NULL for NULL.
static const char *keep_text(ScanState *state, const char *text)
{
    if (text == NULL)
        return NULL;
    const char *known = g_hash_table_lookup(state->texts, text);
    if (known != NULL)
        return known;
    char *copy = g_strdup(text);
    g_hash_table_add(state->texts, copy);
    return copy;
}

// The same pieces, owned by the state; NULL for NULL.
static const MatchVideo *keep_video(ScanState *state, const MatchVideo *video)
{
    if (video == NULL)
        return NULL;
    size_t pieces_bytes = video->piece_count * sizeof(MatchPiece);
    MatchVideo *copy = g_malloc(sizeof *copy + pieces_bytes);
    MatchPiece *pieces = (MatchPiece *)(copy + 1);
    *copy = *video;
    memcpy(pieces, video->pieces, pieces_bytes);
    copy->pieces = pieces;
    g_ptr_array_add(state->videos, copy);
    return copy;
}

static const char *keep_media_type(ScanState *state, const char *media_type)
{
    const SniffType *type = media_type != NULL ? sniff_by_media_type(media_type) : NULL;
    return type != NULL ? type->media_type : keep_text(state, media_type);
}

static void keep_texts(ScanState *state, RecordMessage *message)
{
    message->record->media_type = keep_media_type(state, message->media_type);
    for (unsigned i = 0; i < message->matches->len; i++) {
        Match *match = &g_array_index(message->matches, Match, i);
        match->set_name = keep_text(state, match->set_name);
        match->category = keep_text(state, match->category);
        match->scheme = keep_text(state, match->scheme);
        match->video = keep_video(state, match->video);
    }
}

static bool replay_item(ScanState *state, const Frame *frame, const ScanStateReplay *replay,
                        GError **err)
{
    RecordMessage message;
    if (!record_message_decode(frame->record.data, frame->record.size_bytes, &message))
        return refuse(state, CLEW_ERROR_CORRUPT, "a record in it cannot be read", err);
    keep_texts(state, &message);
    ScanStateItem item = frame->item;
    item.record = message.record;
    item.matches = message.matches;
    bool ok = replay->item(replay->user_data, &item, err);
    record_message_clear(&message);
    return ok;
}

static bool replay_frame(ScanState *state, Reader *payload, const ScanStateReplay *replay,
                         GError **err)
{
    g_auto(Frame) frame = {0};
    if (!take_frame(payload, &frame))
        return refuse(state, CLEW_ERROR_CORRUPT, "it changed while it was read", err);
    if (frame.mark == ITEM_MARK)
        return replay_item(state, &frame, replay, err);
    if (frame.mark == ENTRY_DONE_MARK && replay->entry_done != NULL)
        return replay->entry_done(replay->user_data, frame.entry, frame.path, err);
    return true;
}

bool scan_state_replay(ScanState *state, const ScanStateReplay *replay, GError **err)
{
    Reader payload;
    FrameLogOutcome outcome;
    frame_log_rewind(state->log);
    outcome = frame_log_next(state->log, &payload, err); // HEAD
    while (outcome == FRAME_LOG_FRAME &&
           (outcome = frame_log_next(state->log, &payload, err)) == FRAME_LOG_FRAME)
        if (!replay_frame(state, &payload, replay, err))
            return false;
    return outcome == FRAME_LOG_OVER;
}

ScanStatePosition scan_state_position(const ScanState *state)
{
    return state->position;
}

int scan_state_descriptor(const ScanState *state)
{
    return frame_log_descriptor(state->log);
}

// ---- Appending --------------------------------------------------------------------------------

bool scan_state_append_item(ScanState *state, const ScanStateItem *item, GError **err)
{
    Frame frame = {.mark = ITEM_MARK, .item = *item};
    g_assert(may_follow(&state->position, &frame));
    GByteArray *payload = frame_log_begin(state->log);
    codec_put(payload, ITEM_MARK, 1);
    codec_put(payload, item->entry, 8);
    codec_put(payload, (item->left_out ? ITEM_LEFT_OUT : 0u) | (item->is_media ? ITEM_MEDIA : 0u),
              1);
    codec_put_place(payload, &item->place);
    record_message_encode(item->record, item->matches, payload);
    if (!frame_log_end(state->log, err))
        return false;
    advance(state, &frame);
    return true;
}

bool scan_state_append_entry_done(ScanState *state, uint64_t entry, const char *path, GError **err)
{
    Frame frame = {.mark = ENTRY_DONE_MARK, .entry = entry, .path = (char *)path};
    g_assert(may_follow(&state->position, &frame));
    GByteArray *payload = frame_log_begin(state->log);
    codec_put(payload, ENTRY_DONE_MARK, 1);
    codec_put(payload, entry, 8);
    codec_put_long_name(payload, path, PATH_BYTES);
    if (!frame_log_end(state->log, err))
        return false;
    advance(state, &frame);
    return true;
}

bool scan_state_append_complete(ScanState *state, GError **err)
{
    Frame frame = {.mark = COMPLETE_MARK};
    GByteArray *payload = frame_log_begin(state->log);
    codec_put(payload, COMPLETE_MARK, 1);
    codec_put(payload, state->position.items, 8);
    codec_put(payload, state->position.entries, 8);
    if (!frame_log_end(state->log, err))
        return false;
    advance(state, &frame);
    return true;
}

bool scan_state_tick(ScanState *state, GError **err)
{
    return frame_log_tick(state->log, err);
}

bool scan_state_sync(ScanState *state, GError **err)
{
    return frame_log_sync(state->log, err);
}
