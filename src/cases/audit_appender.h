// SPDX-License-Identifier: Apache-2.0
//
// AuditAppender: derives what follows from the leaves, after they were committed, in a thread of
// its own with its own handle on the database:
//
//     new leaves -> tree file -> head -> signer -> checkpoint file, table -> witnesses
//
// At most one head a second, and only when there is news. Nothing of it stands in the way of an
// act: when the signer or a witness does not answer, acts are recorded all the same, it is said,
// and asked again. When the server was down in between, it goes on where it was.
//
// A witness (C2SP tlog-witness) keeps the last head it saw, cosigns only what extends it, and so
// knows of a record that was cut or made anew. How bytes travel to it is the caller's (AuditPost).
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

#include "cases/audit_key.h"
#include "cases/audit_signer.h"
#include "cases/casework.h"

typedef struct {
    const char *url; // submission prefix, without "/add-checkpoint"
    AuditKey key;    // type AUDIT_KEY_WITNESS
} AuditWitness;

// Posts a body; gives the HTTP status and the body of the answer (newly allocated, bounded by
// LIMIT_CHECKPOINT_BYTES). False when there was no answer.
typedef bool AuditPost(void *user_data, const char *url, const char *body, unsigned *ret_status,
                       char **ret_answer, GError **err);

// Something that people should know, once when it begins and once when it is over. Called from the
// appender's thread.
typedef void AuditSay(void *user_data, const char *sentence);

typedef struct {
    CaseworkOptions casework; // opened in the thread
    AuditSigner *signer;      // borrowed; used by the appender alone from now on
    const AuditWitness *witnesses;
    size_t witness_count;
    AuditPost *post; // may be NULL without witnesses
    AuditSay *say;   // may be NULL
    void *user_data;
} AuditAppenderOptions;

typedef struct AuditAppender AuditAppender;

// Texts of the options are copied.
AuditAppender *audit_appender_start(const AuditAppenderOptions *options, GError **err);

// Appends what is there, makes a last head, and ends.
void audit_appender_stop(AuditAppender *appender);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(AuditAppender, audit_appender_stop)

// ---- One step, without a thread: for tests and commands ---------------------------------------

typedef struct AuditHead AuditHead;
AuditHead *audit_head_new(Casework *work, const AuditAppenderOptions *options, GError **err);
void audit_head_free(AuditHead *head);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(AuditHead, audit_head_free)

// Follows the leaves and makes a head when there is news; *ret_size is that of the newest head.
bool audit_head_advance(AuditHead *head, uint64_t *ret_size, GError **err);

// Gives the newest head to the witnesses that have not cosigned it. False when one could not; the
// others were asked all the same.
bool audit_head_witness(AuditHead *head, GError **err);
