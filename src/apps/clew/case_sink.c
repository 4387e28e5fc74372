// SPDX-License-Identifier: Apache-2.0
#include "apps/clew/case_sink.h"

#include "base/clock.h"
#include "cases/case_file.h"
#include "cases/examination.h"
#include "cases/ingest.h"

#define HAND_OVER_MS 1000

struct CaseSink {
    const CaseSinkForm *form;
    void *self;
    int64_t last_ms; // of the last handing over
};

CaseSink *case_sink_new(const CaseSinkForm *form, void *self)
{
    CaseSink *sink = g_new(CaseSink, 1);
    *sink = (CaseSink){.form = form, .self = self, .last_ms = clock_monotonic_ms()};
    return sink;
}

void case_sink_free(CaseSink *sink)
{
    if (sink == NULL)
        return;
    sink->form->free(sink->self);
    g_free(sink);
}

bool case_sink_begin(CaseSink *sink, int64_t begun_us, const char *provenance, GError **err)
{
    return sink->form->begin(sink->self, begun_us, provenance, err);
}

bool case_sink_end(CaseSink *sink, int64_t ended_us, const char *totals, GError **err)
{
    return sink->form->end(sink->self, ended_us, totals, err);
}

bool case_sink_add(CaseSink *sink, const ScanItem *item, GError **err)
{
    return sink->form->add(sink->self, item, err) && case_sink_tick(sink, err);
}

bool case_sink_tick(CaseSink *sink, GError **err)
{
    return clock_monotonic_ms() - sink->last_ms < HAND_OVER_MS || case_sink_flush(sink, err);
}

bool case_sink_flush(CaseSink *sink, GError **err)
{
    bool ok = sink->form->flush(sink->self, err);
    sink->last_ms = clock_monotonic_ms();
    return ok;
}

CaseSinkCounts case_sink_counts(const CaseSink *sink)
{
    return sink->form->counts(sink->self);
}

// ---- This machine's database ------------------------------------------------------------------

typedef struct {
    Casework *work;     // borrowed
    const Actor *actor; // borrowed
    uint64_t case_id, examination;
    char *evidence, *root;
    Ingest *ingest;
} LocalSink;

static bool local_begin(void *self, int64_t begun_us, const char *provenance, GError **err)
{
    LocalSink *sink = self;
    const ExaminationNew request = {.case_id = sink->case_id,
                                    .evidence = sink->evidence,
                                    .root = sink->root,
                                    .begun_us = begun_us,
                                    .provenance = provenance};
    g_autoptr(Act) act = act_begin(sink->work, sink->actor, AUDIT_SCAN, err);
    return act != NULL && examination_begin(act, &request, &sink->examination, err) &&
           act_commit(act, err);
}

static bool local_end(void *self, int64_t ended_us, const char *totals, GError **err)
{
    const LocalSink *sink = self;
    g_autoptr(Act) act = act_begin(sink->work, sink->actor, AUDIT_SCAN, err);
    return act != NULL &&
           examination_end(act, sink->case_id, sink->examination, ended_us, totals, err) &&
           act_commit(act, err);
}

static bool local_add(void *self, const ScanItem *item, GError **err)
{
    const LocalSink *sink = self;
    return ingest_add(sink->ingest,
                      &(IngestItem){.record = item->record,
                                    .matches = item->matches,
                                    .frames = item->frames,
                                    .is_media = item->is_media,
                                    .left_out = item->left_out,
                                    .previews = item->previews,
                                    .preview_reason = item->preview_reason},
                      err);
}

static bool local_flush(void *self, GError **err)
{
    return ingest_flush(((LocalSink *)self)->ingest, err);
}

static CaseSinkCounts local_counts(const void *self)
{
    IngestCounts counts = ingest_counts(((const LocalSink *)self)->ingest);
    return (CaseSinkCounts){counts.items_new, counts.media_new, counts.eyes_new, counts.stacks_new};
}

static void local_free(void *self)
{
    LocalSink *sink = self;
    ingest_free(sink->ingest);
    g_free(sink->evidence);
    g_free(sink->root);
    g_free(sink);
}

static const CaseSinkForm local_form = {.begin = local_begin,
                                        .end = local_end,
                                        .add = local_add,
                                        .flush = local_flush,
                                        .counts = local_counts,
                                        .free = local_free};

CaseSink *case_sink_local(Casework *work, const Actor *actor, const char *number,
                          const char *evidence, const char *root, GError **err)
{
    g_autoptr(CaseFile) file = case_file_find(work, actor, number, err);
    if (file == NULL)
        return NULL;
    Ingest *ingest = ingest_open(
        work, actor,
        &(IngestOptions){.case_id = file->id, .evidence = evidence, .evidence_root = root}, err);
    if (ingest == NULL)
        return NULL;
    LocalSink *sink = g_new(LocalSink, 1);
    *sink = (LocalSink){.work = work,
                        .actor = actor,
                        .case_id = file->id,
                        .evidence = g_strdup(evidence),
                        .root = g_strdup(root),
                        .ingest = ingest};
    return case_sink_new(&local_form, sink);
}
