// SPDX-License-Identifier: Apache-2.0
//
// A message that was sent in pieces (RFC 2046 section 5.2.2): the bodies of the pieces, one after
// another, are the message.
#pragma once

#include <glib.h>
#include <stdbool.h>

#include "evidence/mail_header.h"
#include "evidence/walk.h"

// Pieces of one message.
#define MAIL_PIECES_MAX 1000u

typedef struct {
    char *id;
    unsigned total;    // 0: not known yet; only the last piece has to say it
    GPtrArray *bodies; // of Source *, owned; [n - 1] is piece n, NULL: not found
} MailPieces;

MailPieces *mail_pieces_new(const MailContent *content);
void mail_pieces_free(MailPieces *pieces);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(MailPieces, mail_pieces_free)

// Takes a piece's body (taken in any case). False when it is none of this message's, or is there
// already.
bool mail_pieces_add(MailPieces *pieces, const MailContent *content, Source *body);

// "part 2 of 3 of the message ID", for a finding; newly allocated.
char *mail_pieces_describe(const MailPieces *pieces, unsigned number);

// Number of the first piece that is missing; 0 when all are there.
unsigned mail_pieces_missing(const MailPieces *pieces);

// Delivers the joined message as a child of the current container. All pieces must be there; their
// sources move to the message.
bool mail_pieces_deliver(MailPieces *pieces, Walk *walk, const char *layer, ItemTimes times);

// Looks for the other pieces in files beside the evidence file, whose names differ in one number
// ("part.1.eml", "part.2.eml"), and adds them. `sources` keeps the files open (owned by it).
void mail_pieces_find_siblings(MailPieces *pieces, Walk *walk, unsigned number, GPtrArray *sources);
