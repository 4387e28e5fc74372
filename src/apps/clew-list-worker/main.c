// SPDX-License-Identifier: Apache-2.0
//
// clew-list-worker: reads hash lists and case documents that others made, inside a sandbox, and
// hands out their entries (probe/list_probe.h). Started by clew; it has no options.
#include "base/limits.h"
#include "lists/list_format.h"
#include "probe/list_probe.h"
#include "wire/serve.h"

int main(int argc, char **argv)
{
    const ServeProgram program = {
        .name = "clew-list-worker",
        .noun = "the list reader",
        .versions = list_formats_versions,
        .prepare = list_formats_prepare,
        .handle = list_probe_handle,
        .confine = {.memory_bytes = LIMIT_LIST_WORKER_MEMORY},
    };
    return serve_main(argc, argv, &program);
}
