// SPDX-License-Identifier: Apache-2.0
//
// What the sandbox, the messages and the bookkeeping cost, and what a second lane gains.
//
//   bench_scan CLEW ROUNDS FILE…
//
// In each round, in turn: the same work in this process without any of it (read, digest, sniff,
// decode, both pipelines, through the worker's own probe), `clew hash --jobs 1`, `--jobs 2`. CPU
// time of clew is that of all its processes. One row a figure:
//
//   row <tab> name <tab> value <tab> unit <tab> target <tab> peer <tab> ratio
#include <fcntl.h>
#include <glib.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "hash/digest.h"
#include "media/still.h"
#include "probe/media_probe.h"
#include "sniff/sniff.h"

#define ROUNDS_MAX 64

extern char **environ;

typedef struct {
    double wall, cpu;
} Cost;

static double seconds(struct timeval time)
{
    return (double)time.tv_sec + (double)time.tv_usec * 1e-6;
}

static double cpu_of(int who)
{
    struct rusage usage;
    getrusage(who, &usage);
    return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

// Reads the whole file into the buffer, which grows as needed.
static size_t read_file(const char *path, GByteArray *buffer)
{
    int descriptor = open(path, O_RDONLY | O_CLOEXEC);
    struct stat stat_buffer;
    if (descriptor < 0 || fstat(descriptor, &stat_buffer) != 0) {
        perror(path);
        exit(2);
    }
    size_t size = (size_t)stat_buffer.st_size;
    if (buffer->len < size)
        g_byte_array_set_size(buffer, (guint)size);
    size_t done = 0;
    ssize_t count;
    while (done < size && (count = read(descriptor, buffer->data + done, size - done)) > 0)
        done += (size_t)count;
    close(descriptor);
    return done;
}

static void examine(const uint8_t *bytes, size_t size, DigestState *digest)
{
    DigestSet digests;
    digest_state_begin(digest);
    digest_state_update(digest, bytes, size);
    digest_state_finish(digest, &digests);
    const SniffType *type = sniff_bytes(bytes, MIN(size, SNIFF_BYTES));
    if (!type->can_decode)
        return;
    MediaReply reply;
    media_probe_run(bytes, size, type->media_type, &reply);
    media_reply_clear(&reply);
}

static Cost run_in_process(char **paths)
{
    GTimer *timer = g_timer_new();
    double cpu = cpu_of(RUSAGE_SELF);
    DigestState *digest = digest_state_new(DIGEST_ENGINE_AUTO);
    GByteArray *buffer = g_byte_array_new();
    for (; *paths != NULL; paths++) {
        size_t size = read_file(*paths, buffer);
        examine(buffer->data, size, digest);
    }
    g_byte_array_unref(buffer);
    digest_state_free(digest);
    Cost cost = {.wall = g_timer_elapsed(timer, NULL), .cpu = cpu_of(RUSAGE_SELF) - cpu};
    g_timer_destroy(timer);
    return cost;
}

static Cost run_clew(const char *clew, const char *jobs, char **paths)
{
    GPtrArray *arguments = g_ptr_array_new();
    const char *const first[] = {clew, "hash", "--json", "--quiet", "--jobs", jobs};
    for (size_t i = 0; i < G_N_ELEMENTS(first); i++)
        g_ptr_array_add(arguments, (void *)first[i]);
    for (; *paths != NULL; paths++)
        g_ptr_array_add(arguments, *paths);
    g_ptr_array_add(arguments, NULL);

    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
    GTimer *timer = g_timer_new();
    double cpu = cpu_of(RUSAGE_CHILDREN);
    pid_t pid;
    int status = 0;
    if (posix_spawn(&pid, clew, &actions, NULL, (char **)arguments->pdata, environ) != 0 ||
        waitpid(pid, &status, 0) != pid || !WIFEXITED(status) || WEXITSTATUS(status) == 2) {
        fprintf(stderr, "bench_scan: %s hash failed\n", clew);
        exit(2);
    }
    Cost cost = {.wall = g_timer_elapsed(timer, NULL), .cpu = cpu_of(RUSAGE_CHILDREN) - cpu};
    g_timer_destroy(timer);
    posix_spawn_file_actions_destroy(&actions);
    g_ptr_array_unref(arguments);
    return cost;
}

static int compare_doubles(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static double median(double *values, unsigned count)
{
    qsort(values, count, sizeof *values, compare_doubles);
    return values[count / 2];
}

int main(int argc, char **argv)
{
    unsigned rounds = argc > 3 ? (unsigned)atoi(argv[2]) : 0;
    if (rounds == 0 || rounds > ROUNDS_MAX) {
        fprintf(stderr, "usage: bench_scan CLEW ROUNDS FILE…\n");
        return 2;
    }
    GError *error = NULL;
    if (!still_prepare(&error)) {
        fprintf(stderr, "bench_scan: %s\n", error->message);
        return 2;
    }
    still_prepare_locked();

    double overhead[ROUNDS_MAX], gain[ROUNDS_MAX], wall_two[ROUNDS_MAX];
    for (unsigned round = 0; round < rounds; round++) {
        Cost plain = run_in_process(argv + 3);
        Cost one = run_clew(argv[1], "1", argv + 3);
        Cost two = run_clew(argv[1], "2", argv + 3);
        overhead[round] = one.cpu / plain.cpu;
        gain[round] = one.wall / two.wall;
        wall_two[round] = two.wall;
    }
    printf(
        "row\tscan, CPU of clew hash --jobs 1 against in-process\t%.3f\tx\t<= 1.05\tthe same work "
        "without sandbox\t%.3f\n",
        median(overhead, rounds), median(overhead, rounds));
    printf("row\tscan, 2 lanes against 1\t%.3f\tx\t>= 1.6\tclew hash --jobs 1\t%.3f\n",
           median(gain, rounds), median(gain, rounds));
    printf("row\tscan, photos a second with 2 lanes\t%.1f\tfiles/s\t-\t-\t-\n",
           (argc - 3) / median(wall_two, rounds));
    return 0;
}
