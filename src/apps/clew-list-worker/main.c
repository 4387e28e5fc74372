// SPDX-License-Identifier: Apache-2.0
//
// clew-list-worker: reads hash lists and case documents that others made, inside a sandbox, and
// hands out what they hold (probe/list_probe.h, probe/vics_probe.h). Started by clew; it has no
// options.
#include "base/limits.h"
#include "lists/list_format.h"
#include "probe/list_probe.h"
#include "probe/vics_probe.h"
#include "wire/serve.h"

static bool handle(ServeSession *session, void *state, const ServeRequest *request)
{
    return vics_request_is(request->message, request->size_bytes)
               ? vics_probe_handle(session, state, request)
               : list_probe_handle(session, state, request);
}

int main(int argc, char **argv)
{
    const ServeProgram program = {
        .name = "clew-list-worker",
        .noun = "the list reader",
        .versions = list_formats_versions,
        .prepare = list_formats_prepare,
        .handle = handle,
        .confine = {.memory_bytes = LIMIT_LIST_WORKER_MEMORY},
    };
    return serve_main(argc, argv, &program);
}
