// SPDX-License-Identifier: Apache-2.0
//
// Provenance: how an evidence was examined. Every report opens with it, and a case keeps it with
// what came of it.
#pragma once

#include <glib.h>
#include <stdbool.h>

#include "base/json_writer.h"
#include "cases/matcher.h"
#include "cases/scan.h"

// Where results come from: enough to repeat the scan and to judge it.
typedef struct {
    const char *command_line;
    const char *started;  // UTC, RFC 3339
    const char *host;     // of this machine
    const char *sandbox;  // in force for the decoders
    const char *decoders; // versions of the libraries that decoded
    unsigned distance, min_quality, jobs;
    FrameChoice frame_choice; // which frames of videos were hashed, and how
    const MatcherSet *sets;
    size_t set_count;
    size_t more_sets; // that were asked too and are not among these
} Provenance;

// The object, as docs/json.md tells it.
void provenance_json(JsonWriter *json, const Provenance *provenance);

// The member "not_examined": items by status.
void not_examined_json(JsonWriter *json, const ScanTotals *totals);

// The bytes that were examined and those that were not add up to those of the evidence.
uint64_t not_examined_bytes(const ScanTotals *totals);

// What a case keeps, newly allocated JSON: the provenance within its limits (base/limits.h), and
// what came of it.
char *provenance_for_case(const Provenance *provenance);
char *totals_for_case(const ScanTotals *totals);
