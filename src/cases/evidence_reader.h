// SPDX-License-Identifier: Apache-2.0
//
// EvidenceReader: the program's side of looking inside one evidence file. It runs the confined
// workers, puts their story together into records, and survives their falls:
//
//   every item is announced before it is opened; when a worker falls, the item in hand gets a
//   record that says so, and the next worker goes on behind it. With no item in hand the next
//   worker tries the same once more. After LIMIT_EVIDENCE_FALLS falls the rest of the file is said
//   not to be examined.
//
// A worker serves one evidence source only. What it says is believed as far as it is well-formed;
// an exact hit is read again through another worker and digested here (evidence_fetch).
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

#include "model/record.h"
#include "wire/place.h"
#include "wire/worker.h"

typedef struct EvidenceReader EvidenceReader;

typedef struct {
    Zygote *zygote; // of clew-evidence-worker; borrowed
    bool (*is_cancelled)(void);
    const char *const *passwords; // tried on what is encrypted; NULL: none; borrowed
    bool verify_images;
    GTimeZone *zone;     // of times that do not say theirs; NULL: they stay without; borrowed
    unsigned silence_ms; // a worker may report nothing for so long; 0: LIMIT_EVIDENCE_SILENCE_MS
} EvidenceReaderOptions;

EvidenceReader *evidence_reader_new(EvidenceReaderOptions options);
void evidence_reader_free(EvidenceReader *reader);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(EvidenceReader, evidence_reader_free)

// An open file of the evidence; borrowed.
typedef struct {
    int descriptor;
    const char *path; // as the system has it; siblings are looked for beside it
    uint64_t size_bytes;
    const char *media_type;  // as sniffed; NULL: unknown
    const char *record_path; // of its record: the beginning of all paths inside
    const char *locator;     // of its record
    const char *item_id;     // of its record
    bool only_searched;      // not opened, because its set is opened elsewhere
    unsigned source;         // which evidence source it belongs to: the argument it was found under
} EvidenceFile;

typedef struct {
    // The next bytes of a picture or video, of which `done` have come; 0: the first of a new one.
    void (*contents)(void *user_data, uint64_t done, const uint8_t *bytes, size_t size_bytes);
    // One item, in the order in which they are finished: what lies in a container comes before the
    // container. The record is yours. contents_bytes of it went to `contents`. False stops the
    // walk.
    bool (*item)(void *user_data, Record *record, const Place *place, uint64_t contents_bytes,
                 GError **err);
    // Bytes of the file gone through since the last call.
    void (*progress)(void *user_data, uint64_t bytes);
    void *user_data;
} EvidenceSink;

typedef struct {
    unsigned share, shares; // 0, 0: everything
    const Place *resume;    // go on behind this item; NULL: from the beginning
} EvidencePart;

// Walks the file. What is said of the file itself goes into `root` (borrowed): status, findings,
// identifiers, bytes not examined. False when the walk cannot go on: CLEW_ERROR_CANCELLED, no
// worker can be had, or the sink's error.
bool evidence_walk(EvidenceReader *reader, const EvidenceFile *file, EvidencePart part,
                   Record *root, const EvidenceSink *sink, GError **err);

// What reading one item again gave.
typedef struct {
    bool found;    // there is such an item
    char *locator; // of what was read
    char *path;
    Status status;
    char *reason;
    uint64_t size_bytes;
} Fetched;

void fetched_clear(Fetched *fetched);

// Reads the bytes of one item through a worker of its own, which stays for items behind this one in
// the same file. `bytes` may return false to stop. False with err set as with evidence_walk; a
// worker that falls or an item that is not there is said in *ret_fetched.
// evidence_reader_end_file lets that worker go; evidence_walk does so at its end.
void evidence_reader_end_file(EvidenceReader *reader);
bool evidence_fetch(EvidenceReader *reader, const EvidenceFile *file, const Place *place,
                    bool (*bytes)(void *user_data, const uint8_t *bytes, size_t size_bytes),
                    void *user_data, Fetched *ret_fetched, GError **err);

// An item that a path or locator leads to.
typedef struct {
    Place place;
    char *path, *locator;
    bool has_size;
    uint64_t size_bytes;
} Candidate;

void candidate_free(Candidate *candidate);

// Finds the items that `steps` lead to (NULL-terminated; layers of a locator, or escaped names as
// in a path). `ret_candidates` is of Candidate *, appended in the order of the walk; with
// EVIDENCE_CANDIDATES of them the search ends.
#define EVIDENCE_CANDIDATES 1000u
bool evidence_find(EvidenceReader *reader, const EvidenceFile *file, char **steps,
                   bool steps_are_layers, GPtrArray *ret_candidates, GError **err);
