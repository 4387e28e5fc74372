// SPDX-License-Identifier: Apache-2.0
//
// Layout in the terms of wire/codec.h. A message has exactly one form: unknown bits are refused,
// and what a flag says is absent takes no bytes.
//
//   OPEN         u8 'O', u8 mode, name, text media_type, u64 size_bytes, u8 share, u16 shares,
//                u8 flags (1 resume, 2 verify images, 4 only search),
//                [place], u64 time_limit_ms,
//                u16 count, count * name (the passwords)
//   SPOOL        u8 'S'
//   STEPS        u8 'P', u8 are_layers, u8 count, count * name
//   SIBLING      u8 'B', u8 found, [u64 size_bytes]
//   TARGET       u8 'T', u8 more, [place]
//
//   ANNOUNCE     u8 'a', place, name, u16 length + layer, u8 flags (1 size, 2 structure),
//                [u64 size_bytes], times
//   CONTENTS     u8 'c', the bytes
//   FINISH       u8 'f', place, text media_type, u8 status, text reason,
//                u8 flags (1 size, 2 digests, 4 contents), [u64 size_bytes], [digests],
//                u64 not_examined_bytes, findings, identifiers
//   PROGRESS     u8 'p', u64 bytes
//   ASK_SIBLING  u8 's', name
//   ASK_TARGET   u8 't'
#include "wire/evidence_message.h"

#include <string.h>

#include "model/layer.h"
#include "wire/codec.h"

#define OPEN_MARK 'O'
#define SPOOL_MARK 'S'
#define STEPS_MARK 'P'
#define SIBLING_MARK 'B'
#define TARGET_MARK 'T'
#define ANNOUNCE_MARK 'a'
#define CONTENTS_MARK 'c'
#define FINISH_MARK 'f'
#define PROGRESS_MARK 'p'
#define ASK_SIBLING_MARK 's'
#define ASK_TARGET_MARK 't'

#define SHARES_MAX 256u

enum { OPEN_RESUME = 1, OPEN_VERIFY = 2, OPEN_SEARCH = 4 };
enum { ANNOUNCE_SIZE = 1, ANNOUNCE_STRUCTURE = 2 };
enum { FINISH_SIZE = 1, FINISH_DIGESTS = 2, FINISH_CONTENTS = 4 };

#define PLACE_BYTES (1 + 4 * LIMIT_EVIDENCE_DEPTH)
_Static_assert(LIMIT_NAME_BYTES + LIMIT_EVIDENCE_PASSWORDS * (EVIDENCE_PASSWORD_BYTES + 2) +
                       CODEC_MEDIA_TYPE_BYTES + PLACE_BYTES + 64 <=
                   LIMIT_MESSAGE_BYTES,
               "the longest OPEN fits");
_Static_assert(LIMIT_ITEM_FINDINGS *(LIMIT_REASON_BYTES + 11) +
                       LIMIT_ITEM_IDENTIFIERS * (LIMIT_REASON_BYTES + 3) + LIMIT_REASON_BYTES +
                       CODEC_MEDIA_TYPE_BYTES + PLACE_BYTES + 128 <=
                   LIMIT_MESSAGE_BYTES,
               "the longest FINISH fits");
_Static_assert((EVIDENCE_STEP_BYTES + 2) * LIMIT_EVIDENCE_DEPTH + 3 <= LIMIT_MESSAGE_BYTES,
               "the longest STEPS fits");

// Program to worker -------------------------------------------------------------------------------

// A password that was cut would open nothing.
static bool is_sent(const char *password)
{
    return strlen(password) <= EVIDENCE_PASSWORD_BYTES;
}

static void put_passwords(GByteArray *message, char **passwords)
{
    unsigned count = 0;
    for (char **at = passwords; at != NULL && *at != NULL; at++)
        count += is_sent(*at);
    count = MIN(count, LIMIT_EVIDENCE_PASSWORDS);
    codec_put(message, count, 2);
    for (char **at = passwords; count > 0; at++) {
        if (!is_sent(*at))
            continue;
        codec_put_name(message, *at, EVIDENCE_PASSWORD_BYTES);
        count--;
    }
}

static char **take_passwords(Reader *reader)
{
    unsigned count = reader_u16le(reader);
    codec_refuse_unless(reader, count <= LIMIT_EVIDENCE_PASSWORDS);
    if (count == 0 || reader->failed)
        return NULL;
    char **passwords = g_new0(char *, count + 1);
    for (unsigned i = 0; i < count && !reader->failed; i++)
        passwords[i] = codec_take_name(reader, EVIDENCE_PASSWORD_BYTES);
    return passwords;
}

void evidence_open_encode(const EvidenceOpen *open, GByteArray *ret_message)
{
    codec_put(ret_message, OPEN_MARK, 1);
    codec_put(ret_message, open->mode, 1);
    codec_put_name(ret_message, open->name, LIMIT_NAME_BYTES);
    codec_put_text(ret_message, open->media_type, CODEC_MEDIA_TYPE_BYTES);
    codec_put(ret_message, open->size_bytes, 8);
    codec_put(ret_message, open->share, 1);
    codec_put(ret_message, open->shares, 2);
    codec_put(ret_message,
              (open->has_resume ? OPEN_RESUME : 0u) | (open->verify_images ? OPEN_VERIFY : 0u) |
                  (open->only_search ? OPEN_SEARCH : 0u),
              1);
    if (open->has_resume)
        codec_put_place(ret_message, &open->resume);
    codec_put(ret_message, open->time_limit_ms, 8);
    put_passwords(ret_message, open->passwords);
}

bool evidence_open_decode(const uint8_t *message, size_t size_bytes, EvidenceOpen *ret_open)
{
    Reader reader = reader_init(message, size_bytes);
    codec_refuse_unless(&reader, reader_u8(&reader) == OPEN_MARK);
    EvidenceOpen open = {.mode = (EvidenceMode)codec_take_below(&reader, EVIDENCE_FIND + 1)};
    open.name = codec_take_name(&reader, LIMIT_NAME_BYTES);
    open.media_type = codec_take_text(&reader, CODEC_MEDIA_TYPE_BYTES);
    open.size_bytes = reader_u64le(&reader);
    open.share = reader_u8(&reader);
    open.shares = reader_u16le(&reader);
    codec_refuse_unless(&reader, open.shares <= SHARES_MAX && open.share < open.shares);
    unsigned flags = codec_take_flags(&reader, OPEN_RESUME | OPEN_VERIFY | OPEN_SEARCH);
    open.has_resume = flags & OPEN_RESUME;
    open.verify_images = flags & OPEN_VERIFY;
    open.only_search = flags & OPEN_SEARCH;
    if (open.has_resume)
        open.resume = codec_take_place(&reader);
    open.time_limit_ms = reader_u64le(&reader);
    open.passwords = take_passwords(&reader);
    if (!codec_is_whole(&reader)) {
        evidence_open_clear(&open);
        return false;
    }
    *ret_open = open;
    return true;
}

void evidence_open_clear(EvidenceOpen *open)
{
    g_free(open->name);
    g_free((char *)open->media_type);
    g_strfreev(open->passwords);
    *open = (EvidenceOpen){0};
}

void evidence_steps_encode(char **steps, bool are_layers, GByteArray *ret_message)
{
    unsigned count = MIN(g_strv_length(steps), LIMIT_EVIDENCE_DEPTH);
    codec_put(ret_message, STEPS_MARK, 1);
    codec_put(ret_message, are_layers, 1);
    codec_put(ret_message, count, 1);
    for (unsigned i = 0; i < count; i++)
        codec_put_name(ret_message, steps[i], EVIDENCE_STEP_BYTES);
}

bool evidence_steps_decode(const uint8_t *message, size_t size_bytes, char ***ret_steps,
                           bool *ret_are_layers)
{
    Reader reader = reader_init(message, size_bytes);
    codec_refuse_unless(&reader, reader_u8(&reader) == STEPS_MARK);
    bool are_layers = codec_take_below(&reader, 2);
    unsigned count = codec_take_below(&reader, LIMIT_EVIDENCE_DEPTH + 1);
    g_auto(GStrv) steps = g_new0(char *, count + 1);
    for (unsigned i = 0; i < count && !reader.failed; i++)
        steps[i] = codec_take_name(&reader, EVIDENCE_STEP_BYTES);
    if (!codec_is_whole(&reader))
        return false;
    *ret_steps = g_steal_pointer(&steps);
    *ret_are_layers = are_layers;
    return true;
}

void evidence_sibling_encode(bool found, uint64_t size_bytes, GByteArray *ret_message)
{
    codec_put(ret_message, SIBLING_MARK, 1);
    codec_put(ret_message, found, 1);
    if (found)
        codec_put(ret_message, size_bytes, 8);
}

bool evidence_sibling_decode(const uint8_t *message, size_t size_bytes, bool *ret_found,
                             uint64_t *ret_size_bytes)
{
    Reader reader = reader_init(message, size_bytes);
    codec_refuse_unless(&reader, reader_u8(&reader) == SIBLING_MARK);
    bool found = codec_take_below(&reader, 2) == 1;
    uint64_t sibling_bytes = found ? reader_u64le(&reader) : 0;
    if (!codec_is_whole(&reader))
        return false;
    *ret_found = found;
    *ret_size_bytes = sibling_bytes;
    return true;
}

void evidence_target_encode(const Place *place, GByteArray *ret_message)
{
    codec_put(ret_message, TARGET_MARK, 1);
    codec_put(ret_message, place != NULL, 1);
    if (place != NULL)
        codec_put_place(ret_message, place);
}

bool evidence_target_decode(const uint8_t *message, size_t size_bytes, bool *ret_more,
                            Place *ret_place)
{
    Reader reader = reader_init(message, size_bytes);
    codec_refuse_unless(&reader, reader_u8(&reader) == TARGET_MARK);
    bool more = codec_take_below(&reader, 2) == 1;
    Place place = more ? codec_take_place(&reader) : (Place){0};
    if (!codec_is_whole(&reader))
        return false;
    *ret_more = more;
    *ret_place = place;
    return true;
}

void evidence_spool_encode(GByteArray *ret_message)
{
    codec_put(ret_message, SPOOL_MARK, 1);
}

bool evidence_spool_decode(const uint8_t *message, size_t size_bytes)
{
    return size_bytes == 1 && message[0] == SPOOL_MARK;
}

// Worker to program: writing ----------------------------------------------------------------------

void evidence_announce_encode(const EvidenceAnnounce *announce, GByteArray *ret_message)
{
    bool is_root = announce->place.depth == 0;
    codec_put(ret_message, ANNOUNCE_MARK, 1);
    codec_put_place(ret_message, &announce->place);
    codec_put_name(ret_message, is_root ? "" : announce->name, LIMIT_NAME_BYTES);
    codec_put_name(ret_message, is_root ? "" : announce->layer, LIMIT_LAYER_BYTES);
    codec_put(ret_message,
              (announce->has_size ? ANNOUNCE_SIZE : 0u) |
                  (announce->is_structure ? ANNOUNCE_STRUCTURE : 0u),
              1);
    if (announce->has_size)
        codec_put(ret_message, announce->size_bytes, 8);
    codec_put_times(ret_message, &announce->times);
}

void evidence_contents_encode(const uint8_t *bytes, size_t size_bytes, GByteArray *ret_message)
{
    g_assert(size_bytes <= EVIDENCE_CONTENTS_BYTES);
    codec_put(ret_message, CONTENTS_MARK, 1);
    codec_put_bytes(ret_message, bytes, size_bytes);
}

void evidence_finish_encode(const EvidenceFinish *finish, GByteArray *ret_message)
{
    codec_put(ret_message, FINISH_MARK, 1);
    codec_put_place(ret_message, &finish->place);
    codec_put_text(ret_message, finish->media_type, CODEC_MEDIA_TYPE_BYTES);
    codec_put(ret_message, finish->status, 1);
    codec_put_text(ret_message, finish->reason, LIMIT_REASON_BYTES);
    codec_put(ret_message,
              (finish->has_size ? FINISH_SIZE : 0u) | (finish->has_digests ? FINISH_DIGESTS : 0u) |
                  (finish->has_contents ? FINISH_CONTENTS : 0u),
              1);
    if (finish->has_size)
        codec_put(ret_message, finish->size_bytes, 8);
    if (finish->has_digests)
        codec_put_digests(ret_message, &finish->digests);
    codec_put(ret_message, finish->not_examined_bytes, 8);
    codec_put_findings(ret_message, finish->findings, LIMIT_ITEM_FINDINGS);
    codec_put_identifiers(ret_message, finish->identifiers);
}

void evidence_progress_encode(uint64_t bytes, GByteArray *ret_message)
{
    codec_put(ret_message, PROGRESS_MARK, 1);
    codec_put(ret_message, bytes, 8);
}

void evidence_ask_sibling_encode(const char *name, GByteArray *ret_message)
{
    codec_put(ret_message, ASK_SIBLING_MARK, 1);
    codec_put_name(ret_message, name, LIMIT_NAME_BYTES);
}

void evidence_ask_target_encode(GByteArray *ret_message)
{
    codec_put(ret_message, ASK_TARGET_MARK, 1);
}

// Worker to program: reading ----------------------------------------------------------------------

// The evidence file itself has neither name nor layer; everything else has a layer.
static void take_announce(Reader *reader, EvidenceMessage *message)
{
    EvidenceAnnounce *announce = &message->announce;
    message->kind = EVIDENCE_MESSAGE_ANNOUNCE;
    announce->place = codec_take_place(reader);
    announce->name = codec_take_name(reader, LIMIT_NAME_BYTES);
    announce->layer = codec_take_name(reader, LIMIT_LAYER_BYTES);
    if (announce->name == NULL || announce->layer == NULL)
        return;
    if (announce->place.depth == 0)
        codec_refuse_unless(reader, announce->name[0] == '\0' && announce->layer[0] == '\0');
    else
        codec_refuse_unless(reader, layer_is(announce->layer, strlen(announce->layer)));

    unsigned flags = codec_take_flags(reader, ANNOUNCE_SIZE | ANNOUNCE_STRUCTURE);
    announce->has_size = flags & ANNOUNCE_SIZE;
    announce->is_structure = flags & ANNOUNCE_STRUCTURE;
    if (announce->has_size)
        announce->size_bytes = reader_u64le(reader);
    announce->times = codec_take_times(reader);
}

static void take_contents(Reader *reader, EvidenceMessage *message)
{
    message->kind = EVIDENCE_MESSAGE_CONTENTS;
    message->contents_bytes = reader_remaining(reader);
    message->contents = reader_bytes(reader, message->contents_bytes);
}

static void take_finish(Reader *reader, EvidenceMessage *message)
{
    EvidenceFinish *finish = &message->finish;
    message->kind = EVIDENCE_MESSAGE_FINISH;
    finish->place = codec_take_place(reader);
    finish->media_type = codec_take_text(reader, CODEC_MEDIA_TYPE_BYTES);
    finish->status = codec_take_below(reader, STATUS_COUNT);
    finish->reason = codec_take_text(reader, LIMIT_REASON_BYTES);
    codec_refuse_unless(reader, (finish->status == STATUS_OK) == (finish->reason == NULL));

    unsigned flags = codec_take_flags(reader, FINISH_SIZE | FINISH_DIGESTS | FINISH_CONTENTS);
    finish->has_size = flags & FINISH_SIZE;
    finish->has_digests = flags & FINISH_DIGESTS;
    finish->has_contents = flags & FINISH_CONTENTS;
    if (finish->has_size)
        finish->size_bytes = reader_u64le(reader);
    if (finish->has_digests)
        finish->digests = codec_take_digests(reader);
    finish->not_examined_bytes = reader_u64le(reader);
    finish->findings = codec_take_findings(reader, LIMIT_ITEM_FINDINGS);
    finish->identifiers = codec_take_identifiers(reader);
}

// What the program opens beside the evidence file must lie beside it.
static bool is_base_name(const char *name)
{
    return name[0] != '\0' && strchr(name, '/') == NULL && !g_str_equal(name, ".") &&
           !g_str_equal(name, "..");
}

static void take_ask_sibling(Reader *reader, EvidenceMessage *message)
{
    message->kind = EVIDENCE_MESSAGE_ASK_SIBLING;
    message->sibling = codec_take_name(reader, LIMIT_NAME_BYTES);
    codec_refuse_unless(reader, message->sibling != NULL && is_base_name(message->sibling));
}

static void take_message(Reader *reader, EvidenceMessage *message)
{
    switch (reader_u8(reader)) {
    case ANNOUNCE_MARK:
        take_announce(reader, message);
        break;
    case CONTENTS_MARK:
        take_contents(reader, message);
        break;
    case FINISH_MARK:
        take_finish(reader, message);
        break;
    case PROGRESS_MARK:
        message->kind = EVIDENCE_MESSAGE_PROGRESS;
        message->progress_bytes = reader_u64le(reader);
        break;
    case ASK_SIBLING_MARK:
        take_ask_sibling(reader, message);
        break;
    case ASK_TARGET_MARK:
        message->kind = EVIDENCE_MESSAGE_ASK_TARGET;
        break;
    default:
        codec_refuse_unless(reader, false);
    }
}

bool evidence_message_decode(const uint8_t *message, size_t size_bytes,
                             EvidenceMessage *ret_message)
{
    Reader reader = reader_init(message, size_bytes);
    EvidenceMessage taken = {0};
    take_message(&reader, &taken);
    if (!codec_is_whole(&reader)) {
        evidence_message_clear(&taken);
        return false;
    }
    *ret_message = taken;
    return true;
}

void evidence_message_clear(EvidenceMessage *message)
{
    g_free(message->announce.name);
    g_free(message->announce.layer);
    g_free(message->finish.media_type);
    g_free(message->finish.reason);
    if (message->finish.findings != NULL)
        g_ptr_array_unref(message->finish.findings);
    if (message->finish.identifiers != NULL)
        g_ptr_array_unref(message->finish.identifiers);
    g_free(message->sibling);
    *message = (EvidenceMessage){0};
}
