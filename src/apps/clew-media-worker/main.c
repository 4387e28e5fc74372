// SPDX-License-Identifier: Apache-2.0
//
// clew-media-worker: decodes pictures inside a sandbox and says what it saw (probe/media_probe.h).
// Started by clew; it has no options.
#include "base/limits.h"
#include "media/still.h"
#include "probe/media_probe.h"
#include "wire/serve.h"

static void *begin(GError **err)
{
    still_prepare_locked();
    return NULL;
}

int main(int argc, char **argv)
{
    const ServeProgram program = {
        .name = "clew-media-worker",
        .noun = "the decoder",
        .versions = still_versions,
        .prepare = still_prepare,
        .begin = begin,
        .handle = media_probe_handle,
        .confine = {.memory_bytes = LIMIT_MEDIA_WORKER_MEMORY,
                    .cpu_seconds = LIMIT_MEDIA_ITEM_CPU_SECONDS,
                    .threads = true},
    };
    return serve_main(argc, argv, &program);
}
