// SPDX-License-Identifier: Apache-2.0
#include "apps/clew/case_sink.h"

#include "base/clock.h"
#include "cases/case_file.h"
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

static bool local_add(void *self, const ScanItem *item, GError **err)
{
    return ingest_add(self,
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
    return ingest_flush(self, err);
}

static CaseSinkCounts local_counts(const void *self)
{
    IngestCounts counts = ingest_counts(self);
    return (CaseSinkCounts){counts.items_new, counts.media_new, counts.eyes_new, counts.stacks_new};
}

static void local_free(void *self)
{
    ingest_free(self);
}

static const CaseSinkForm local_form = {
    .add = local_add, .flush = local_flush, .counts = local_counts, .free = local_free};

CaseSink *case_sink_local(Casework *work, const Actor *actor, const char *number,
                          const char *evidence, const char *root, GError **err)
{
    g_autoptr(CaseFile) file = case_file_find(work, actor, number, err);
    if (file == NULL)
        return NULL;
    Ingest *ingest = ingest_open(
        work, actor,
        &(IngestOptions){.case_id = file->id, .evidence = evidence, .evidence_root = root}, err);
    return ingest != NULL ? case_sink_new(&local_form, ingest) : NULL;
}
