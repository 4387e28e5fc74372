// SPDX-License-Identifier: Apache-2.0
//
// Where a scan brings its items when it is told a case: into the database of this machine, or to a
// server. Items are gathered and handed over about once a second, so that work on them begins while
// the scan runs; what was handed over stays there when the scan is ended or killed, and coming with
// the same items again changes nothing.
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

#include "cases/casework.h"
#include "cases/scan.h"

typedef struct CaseSink CaseSink;

typedef struct {
    uint64_t items_new, media_new, eyes_new, stacks_new;
} CaseSinkCounts;

// One place to bring items to. `self` is what open gave.
typedef struct {
    bool (*begin)(void *self, int64_t begun_us, const char *provenance, GError **err);
    bool (*end)(void *self, int64_t ended_us, const char *totals, GError **err);
    bool (*add)(void *self, const ScanItem *item, GError **err);
    bool (*flush)(void *self, GError **err);
    CaseSinkCounts (*counts)(const void *self);
    void (*free)(void *self);
} CaseSinkForm;

CaseSink *case_sink_new(const CaseSinkForm *form, void *self);
void case_sink_free(CaseSink *sink);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(CaseSink, case_sink_free)

// The scan begins and ends: how it examines, and what came of it (apps/clew/provenance.h), are kept
// with the case. One that never says its end was cut off.
bool case_sink_begin(CaseSink *sink, int64_t begun_us, const char *provenance, GError **err);
bool case_sink_end(CaseSink *sink, int64_t ended_us, const char *totals, GError **err);

bool case_sink_add(CaseSink *sink, const ScanItem *item, GError **err);
// Hands over what has waited for a second.
bool case_sink_tick(CaseSink *sink, GError **err);
bool case_sink_flush(CaseSink *sink, GError **err);
CaseSinkCounts case_sink_counts(const CaseSink *sink);

// Into the database behind `work` (borrowed), by the person at the command line or the actor of a
// job. CLEW_ERROR_NOT_FOUND when there is no case of this number.
CaseSink *case_sink_local(Casework *work, const Actor *actor, const char *number,
                          const char *evidence, const char *root, GError **err);

// To a server, with the token of a file: previews travel in boxes sealed to the server's key. While
// the server does not answer, the scan waits. CLEW_ERROR_NOT_FOUND when it has no such case for
// this token.
struct ServerClient;
CaseSink *case_sink_server(struct ServerClient *client, const char *number, const char *evidence,
                           const char *root, GError **err);
