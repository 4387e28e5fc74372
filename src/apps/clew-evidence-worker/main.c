// SPDX-License-Identifier: Apache-2.0
//
// clew-evidence-worker: looks inside images, file systems, archives, documents and mail, inside a
// sandbox, and says item by item what is there (probe/evidence_probe.h). Started by clew; it has no
// options.
#include <stdlib.h>

#include "base/limits.h"
#include "evidence/evidence.h"
#include "probe/evidence_probe.h"
#include "wire/serve.h"

int main(int argc, char **argv)
{
    // Times in evidence are read as they stand; the same file gives the same times everywhere.
    setenv("TZ", "UTC0", 1);
    const ServeProgram program = {
        .name = "clew-evidence-worker",
        .noun = "the evidence reader",
        .versions = evidence_probe_versions,
        .charsets = evidence_charsets,
        .prepare = evidence_probe_prepare,
        .begin = evidence_probe_begin,
        .handle = evidence_probe_handle,
        .confine = {.memory_bytes = LIMIT_EVIDENCE_WORKER_MEMORY,
                    .cpu_seconds = LIMIT_EVIDENCE_CPU_SECONDS,
                    .spool_bytes = LIMIT_EVIDENCE_SPOOL_BYTES,
                    .descriptors = LIMIT_EVIDENCE_SEGMENTS},
    };
    return serve_main(argc, argv, &program);
}
