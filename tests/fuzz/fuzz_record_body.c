// SPDX-License-Identifier: Apache-2.0
//
// Any bytes as a record that is sent to a case. What is taken can be ingested: it has an item id, a
// path, and a status that is known, and becomes rows.
#include "api/record_body.h"

#include <stdlib.h>
#include <string.h>

#include "cases/ingest_record.h"
#include "fuzz_target.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    g_autoptr(ApiBody) body = api_body_parse((const char *)data, size, NULL);
    if (body == NULL)
        return 0;
    g_autoptr(RecordBody) read = record_body_new(api_body_root(body));
    if (!api_body_ok(body, NULL))
        return 0;
    if (read->record->item_id == NULL || *read->record->path == '\0' ||
        !g_utf8_validate(read->record->path, -1, NULL))
        abort();
    const IngestItem item = {.record = read->record,
                             .frames = read->frames,
                             .is_media = read->is_media,
                             .preview_reason = read->preview_reason};
    IngestRecord *record = ingest_record_new(&item, NULL);
    if (record == NULL)
        abort();
    ingest_record_item(record);
    ingest_record_free(record);
    return 0;
}
