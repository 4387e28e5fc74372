// SPDX-License-Identifier: Apache-2.0
//
// clew-media-worker: decodes pictures and videos inside a sandbox and says what it saw
// (probe/media_probe.h).
// Started by clew; it has no options.
#include "base/limits.h"
#include "media/still.h"
#include "media/video.h"
#include "probe/compare_probe.h"
#include "probe/media_probe.h"
#include "wire/serve.h"

static bool prepare(GError **err)
{
    return still_prepare(err) && video_prepare(err);
}

static const char *versions(void)
{
    static char *text = NULL; // the process has one thread when it is asked, and is asked once
    if (text == NULL)
        text = g_strjoin("; ", still_versions(), video_versions(), NULL);
    return text;
}

static void *begin(GError **err)
{
    still_prepare_locked();
    return compare_probe_new();
}

int main(int argc, char **argv)
{
    const ServeProgram program = {
        .name = "clew-media-worker",
        .noun = "the decoder",
        .versions = versions,
        .prepare = prepare,
        .begin = begin,
        .handle = media_probe_handle,
        .confine = {.memory_bytes = LIMIT_MEDIA_WORKER_MEMORY,
                    .cpu_seconds = LIMIT_MEDIA_ITEM_CPU_SECONDS,
                    .threads = true},
    };
    return serve_main(argc, argv, &program);
}
