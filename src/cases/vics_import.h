// SPDX-License-Identifier: Apache-2.0
//
// A case document that somebody else made comes into a case. It is read twice through the confined
// worker: once to see that all of it can be taken, and once to take it, in batches that are each
// one act. A document that breaks leaves nothing; one whose import was cut short counts for nothing
// until the same file is imported again, which goes on where it ended. The same file twice changes
// nothing and leaves no act.
//
// What a document says of a media (category, series, a victim identified) is what somebody else
// says: it is told beside the media as such, and is never a vote.
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

#include "cases/casework.h"
#include "store/vics_store.h"
#include "wire/worker.h"

typedef struct {
    uint64_t case_id;
    int descriptor;     // of the file; stays the caller's
    const char *name;   // of the file, as it is told
    const char *scheme; // of its categories; NULL: as its region says
    Zygote *zygote;     // of clew-list-worker
    void (*progress)(void *user_data, uint64_t bytes_read, uint64_t bytes_in_all); // may be NULL
    bool (*is_cancelled)(void *user_data, GError **err); // with err set; may be NULL
    void *user_data;
} VicsImportOptions;

#define VICS_IMPORT_BATCH 1000u

// *ret_was_there: this very file is in the case already, and nothing was done. Errors:
// CLEW_ERROR_DENIED (may not bring anything in), _NOT_FOUND (no such case), _CONFLICT (the case is
// not open, the file changed meanwhile, or somebody else imports it), _INVALID (no such scheme),
// and those of vics_client_read.
VicsDocumentRow *vics_import(Casework *work, const Actor *actor, const VicsImportOptions *options,
                             bool *ret_was_there, GError **err);

// Documents of a case that are complete, by id: of VicsDocumentRow *, without their frames.
GPtrArray *vics_documents(Casework *work, const Actor *actor, uint64_t case_id, GError **err);

// What they say of a content: of VicsSaying *.
GPtrArray *vics_say(Casework *work, const Actor *actor, uint64_t case_id, const Digests *digests,
                    GError **err);
