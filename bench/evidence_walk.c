// SPDX-License-Identifier: Apache-2.0
//
// The walk of one piece of evidence in this process: no worker, no sandbox, no messages, nothing
// decoded. bench/evidence.py takes it as the measure of what the worker adds.
//
//   evidence_walk FILE…
//
// For each file a line of tab-separated values: items with digests, their bytes, seconds, seconds
// of processor time.
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "evidence/evidence.h"
#include "evidence/walk.h"

typedef struct {
    uint64_t items, bytes;
} Sum;

static bool count_item(void *user_data, const WalkItem *item)
{
    Sum *sum = user_data;
    if (item->has_digests) {
        sum->items++;
        sum->bytes += item->size_bytes;
    }
    return true;
}

static bool pass_item(void *user_data, const WalkItem *item)
{
    (void)user_data;
    (void)item;
    return true;
}

static bool pass_contents(void *user_data, const uint8_t *bytes, size_t size_bytes)
{
    (void)user_data;
    (void)bytes;
    (void)size_bytes;
    return true;
}

static bool pass_progress(void *user_data, uint64_t bytes)
{
    (void)user_data;
    (void)bytes;
    return true;
}

static double cpu_seconds(void)
{
    struct rusage usage;
    getrusage(RUSAGE_SELF, &usage);
    return (double)(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) +
           (double)(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) * 1e-6;
}

static bool walk_file(const char *path)
{
    int descriptor = open(path, O_RDONLY | O_CLOEXEC);
    int spool = memfd_create("spool", MFD_CLOEXEC);
    struct stat info;
    if (descriptor < 0 || spool < 0 || fstat(descriptor, &info) != 0) {
        perror(path);
        return false;
    }
    g_autoptr(Source) evidence = source_new_descriptor(descriptor, (uint64_t)info.st_size);
    g_autofree char *name = g_path_get_basename(path);
    Sum sum = {0};
    const WalkSink sink = {.announce = pass_item,
                           .contents = pass_contents,
                           .finish = count_item,
                           .progress = pass_progress,
                           .user_data = &sum};
    double cpu = cpu_seconds();
    g_autoptr(GTimer) timer = g_timer_new();
    bool ok = walk_run(evidence, &(WalkOptions){.name = name, .spool = spool}, &sink);
    printf("%" PRIu64 "\t%" PRIu64 "\t%.4f\t%.4f\n", sum.items, sum.bytes,
           g_timer_elapsed(timer, NULL), cpu_seconds() - cpu);
    close(spool);
    return ok;
}

int main(int argc, char **argv)
{
    g_autoptr(GError) error = NULL;
    if (argc < 2) {
        fprintf(stderr, "usage: evidence_walk FILE…\n");
        return 2;
    }
    if (!evidence_prepare(&error)) {
        fprintf(stderr, "evidence_walk: %s\n", error->message);
        return 2;
    }
    for (int i = 1; i < argc; i++)
        if (!walk_file(argv[i]))
            return 1;
    return 0;
}
