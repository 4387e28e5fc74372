// SPDX-License-Identifier: Apache-2.0
//
// One conversation with an evidence worker: opening it on a file, answering what it asks for, and
// knowing where it is. Shared by the walk and by fetching; private to cases/evidence_*.c.
#pragma once

#include <glib.h>

#include "cases/evidence_reader.h"
#include "hash/digest.h"
#include "wire/evidence_message.h"

typedef struct FetchSession FetchSession;

struct EvidenceReader {
    EvidenceReaderOptions options;
    DigestState *digest; // of item ids
    Worker *worker;      // for walks; NULL until needed, or after a fall
    unsigned worker_source;
    FetchSession *fetch; // NULL when there is none
};

// An item that was announced and is not finished.
typedef struct {
    Place place;
    char *path, *locator, *item_id;
    bool is_structure;
    bool has_size;
    uint64_t size_bytes;
    ItemTimes times;
} OpenItem;

typedef struct {
    EvidenceReader *reader; // borrowed
    const EvidenceFile *file;
    Worker *worker;  // borrowed
    GPtrArray *open; // of OpenItem *, from the outermost in
    Place announced; // last; a walk only goes forward
    GByteArray *request, *reply;
    uint64_t waited_ms;    // for messages, in all
    uint64_t begun_cpu_ms; // of the worker when it was opened
} EvidenceSession;

void evidence_session_init(EvidenceSession *session, EvidenceReader *reader,
                           const EvidenceFile *file, Worker *worker);
void evidence_session_clear(EvidenceSession *session);

// Spawns a worker and gives it a spool file.
Worker *evidence_worker_spawn(EvidenceReader *reader, GError **err);

// Sends OPEN with a copy of the file's descriptor. That the worker is gone shows when receiving.
bool evidence_session_open(EvidenceSession *session, const EvidenceOpen *open, GError **err);

// The next message that concerns items; requests for siblings are answered on the way. On
// WORKER_ANSWERED the message is to be cleared. Sets err (and returns WORKER_CRASHED) only when
// the user has cancelled.
WorkerOutcome evidence_session_receive(EvidenceSession *session, EvidenceMessage *ret_message,
                                       char **ret_reason, GError **err);

// Notes an announced item; borrowed. NULL when the walk has come past its place.
const OpenItem *evidence_session_announce(EvidenceSession *session,
                                          const EvidenceAnnounce *announce);

// Takes the item at this place from the open ones, with all that are still open in it. NULL when it
// was not announced.
OpenItem *evidence_session_finish(EvidenceSession *session, const Place *place);

void open_item_free(OpenItem *item);
