// SPDX-License-Identifier: Apache-2.0
//
// Any bytes an evidence worker or a program may send. A message has exactly one form: what decodes
// must encode to the same bytes again.
#include "wire/evidence_message.h"

#include <stdlib.h>
#include <string.h>

#include "fuzz_target.h"

static void assert_same(const GByteArray *again, const uint8_t *data, size_t size)
{
    if (again->len != size || memcmp(again->data, data, size) != 0)
        abort();
}

static void encode_message(const EvidenceMessage *message, GByteArray *again)
{
    switch (message->kind) {
    case EVIDENCE_MESSAGE_ANNOUNCE:
        evidence_announce_encode(&message->announce, again);
        break;
    case EVIDENCE_MESSAGE_CONTENTS:
        evidence_contents_encode(message->contents, message->contents_bytes, again);
        break;
    case EVIDENCE_MESSAGE_FINISH:
        evidence_finish_encode(&message->finish, again);
        break;
    case EVIDENCE_MESSAGE_PROGRESS:
        evidence_progress_encode(message->progress_bytes, again);
        break;
    case EVIDENCE_MESSAGE_ASK_SIBLING:
        evidence_ask_sibling_encode(message->sibling, again);
        break;
    case EVIDENCE_MESSAGE_ASK_TARGET:
        evidence_ask_target_encode(again);
        break;
    }
}

static void check_message(const uint8_t *data, size_t size)
{
    EvidenceMessage message;
    if (!evidence_message_decode(data, size, &message))
        return;
    g_autoptr(GByteArray) again = g_byte_array_new();
    encode_message(&message, again);
    evidence_message_clear(&message);
    assert_same(again, data, size);
}

static void check_open(const uint8_t *data, size_t size)
{
    EvidenceOpen open;
    if (!evidence_open_decode(data, size, &open))
        return;
    g_autoptr(GByteArray) again = g_byte_array_new();
    evidence_open_encode(&open, again);
    evidence_open_clear(&open);
    assert_same(again, data, size);
}

static void check_answers(const uint8_t *data, size_t size)
{
    g_autoptr(GByteArray) again = g_byte_array_new();
    g_auto(GStrv) steps = NULL;
    bool flag;
    uint64_t size_bytes;
    Place place;
    if (evidence_sibling_decode(data, size, &flag, &size_bytes))
        evidence_sibling_encode(flag, size_bytes, again);
    else if (evidence_target_decode(data, size, &flag, &place))
        evidence_target_encode(flag ? &place : NULL, again);
    else if (evidence_steps_decode(data, size, &steps, &flag))
        evidence_steps_encode(steps, flag, again);
    else if (evidence_spool_decode(data, size))
        evidence_spool_encode(again);
    else
        return;
    assert_same(again, data, size);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size > LIMIT_MESSAGE_BYTES)
        return 0; // no channel carries it
    check_message(data, size);
    check_open(data, size);
    check_answers(data, size);
    return 0;
}
