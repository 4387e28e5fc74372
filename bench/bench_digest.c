// SPDX-License-Identifier: Apache-2.0
//
// Three digests of files against hashdeep: bench_digest [-n REPEATS] [-f FILES] FOLDER
//
// Makes FILES (default 10,000) files of about 64 KiB and two of 512 MiB in a new folder under
// FOLDER (2 GB are needed), reads them once so that all come from memory, and then measures in
// turn, REPEATS times (default 5), the wall time of
//
//   clew      MD5, SHA-1 and SHA-256, two threads, each taking the next file; one large file alone
//             is read and hashed in overlap
//   hashdeep  -c md5,sha256 -j2 over the same files (two digests, not three)
//
// and prints the ratio of the medians, and the ratio of processor time, which other work on the
// machine disturbs less. The folder is removed at the end.
#include "hash/digest.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <spawn.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

extern char **environ;

enum { REPEATS_MAX = 99, LANES = 2, LARGE_FILES = 2, PATH_BYTES = 4096 };
#define LARGE_BYTES ((size_t)512 << 20)
#define PIECE_BYTES ((size_t)1 << 20)

typedef struct {
    const char *name, *folder;
    unsigned first, count; // files of this folder, by number
    bool alone;            // one file with threads of its own instead of two lanes
    double megabytes;
} Work;

typedef struct {
    double wall, cpu; // seconds
} Cost;

typedef struct {
    const Work *work;
    atomic_uint next;
    atomic_bool failed;
} Queue;

static void die(const char *what, const char *path)
{
    fprintf(stderr, "bench_digest: cannot %s %s: %s\n", what, path, strerror(errno));
    exit(2);
}

static double seconds_of(struct timeval t)
{
    return (double)t.tv_sec + (double)t.tv_usec * 1e-6;
}

// Now, with the processor time of this process or of its children that have ended.
static Cost clock_now(int whose)
{
    struct timespec wall;
    struct rusage usage;
    clock_gettime(CLOCK_MONOTONIC, &wall);
    getrusage(whose, &usage);
    return (Cost){.wall = (double)wall.tv_sec + (double)wall.tv_nsec * 1e-9,
                  .cpu = seconds_of(usage.ru_utime) + seconds_of(usage.ru_stime)};
}

static Cost cost_since(Cost start, int whose)
{
    Cost now = clock_now(whose);
    return (Cost){.wall = now.wall - start.wall, .cpu = now.cpu - start.cpu};
}

static void file_path(char path[PATH_BYTES], const char *folder, unsigned number)
{
    snprintf(path, PATH_BYTES, "%s/%05u", folder, number);
}

// Bytes that do not repeat from file to file; what they are does not matter to the speed.
static void file_make(const char *folder, unsigned number, size_t size)
{
    static uint64_t piece[PIECE_BYTES / 8];
    static uint64_t state = 88172645463325252;
    char path[PATH_BYTES];
    file_path(path, folder, number);
    int fd = open(path, O_WRONLY | O_CREAT | O_EXCL, 0600);
    if (fd < 0)
        die("make", path);
    while (size > 0) {
        size_t part = size < PIECE_BYTES ? size : PIECE_BYTES;
        for (size_t i = 0; i < (part + 7) / 8; i++) {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            piece[i] = state;
        }
        if (write(fd, piece, part) != (ssize_t)part)
            die("write", path);
        size -= part;
    }
    close(fd);
}

static void *lane_main(void *argument)
{
    Queue *queue = argument;
    const Work *work = queue->work;
    DigestState *state = digest_state_new(DIGEST_ENGINE_AUTO);
    const DigestFdOptions options = {.single = !work->alone};
    for (unsigned i; state && (i = atomic_fetch_add(&queue->next, 1)) < work->count;) {
        char path[PATH_BYTES];
        DigestSet set;
        DigestFdResult result;
        file_path(path, work->folder, work->first + i);
        int fd = open(path, O_RDONLY | O_CLOEXEC);
        if (fd < 0 || !digest_fd(state, fd, &options, &set, &result))
            atomic_store(&queue->failed, true);
        if (fd >= 0)
            close(fd);
    }
    if (!state)
        atomic_store(&queue->failed, true);
    digest_state_free(state);
    return NULL;
}

static Cost clew_cost(const Work *work)
{
    Queue queue = {.work = work};
    pthread_t threads[LANES];
    unsigned lanes = work->alone ? 1 : LANES;
    Cost start = clock_now(RUSAGE_SELF);
    for (unsigned i = 0; i < lanes; i++) {
        if (pthread_create(&threads[i], NULL, lane_main, &queue) != 0)
            die("start", "a thread");
    }
    for (unsigned i = 0; i < lanes; i++)
        pthread_join(threads[i], NULL);
    Cost cost = cost_since(start, RUSAGE_SELF);
    if (queue.failed)
        die("digest", work->folder);
    return cost;
}

static Cost hashdeep_cost(const Work *work)
{
    char path[PATH_BYTES];
    file_path(path, work->folder, work->first);
    const char *target = work->count == 1 ? path : work->folder;
    char *arguments[] = {"hashdeep", "-c", "md5,sha256", "-j2", "-r", (char *)target, NULL};
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
    pid_t child;
    int status = 0;
    Cost start = clock_now(RUSAGE_CHILDREN);
    errno = posix_spawnp(&child, arguments[0], &actions, NULL, arguments, environ);
    if (errno != 0)
        die("run", "hashdeep (Debian package hashdeep)");
    waitpid(child, &status, 0);
    posix_spawn_file_actions_destroy(&actions);
    if (!WIFEXITED(status) || WEXITSTATUS(status) != 0)
        die("run to its end", "hashdeep");
    return cost_since(start, RUSAGE_CHILDREN);
}

static int compare(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static double median(double values[], int count)
{
    qsort(values, (size_t)count, sizeof(double), compare);
    return values[count / 2];
}

static void measure(const Work *work, int repeats)
{
    enum { CLEW, HASHDEEP, BOTH };
    double wall[BOTH][REPEATS_MAX], cpu[BOTH][REPEATS_MAX];
    clew_cost(work); // into memory
    for (int r = 0; r < repeats; r++) {
        for (int who = CLEW; who < BOTH; who++) {
            Cost cost = who == CLEW ? clew_cost(work) : hashdeep_cost(work);
            wall[who][r] = cost.wall;
            cpu[who][r] = cost.cpu;
        }
    }
    double own = median(wall[CLEW], repeats), peer = median(wall[HASHDEEP], repeats);
    printf("%-22s clew %5.0f MB/s  hashdeep %5.0f MB/s  ratio %.2f (%s 3)  processor time %.2f\n",
           work->name, work->megabytes / own, work->megabytes / peer, peer / own,
           peer / own >= 3 ? ">=" : "UNDER",
           median(cpu[HASHDEEP], repeats) / median(cpu[CLEW], repeats));
}

static void folder_remove(const char *folder, unsigned count)
{
    char path[PATH_BYTES];
    for (unsigned i = 0; i < count; i++) {
        file_path(path, folder, i);
        unlink(path);
    }
    rmdir(folder);
}

int main(int argc, char **argv)
{
    int repeats = 5, files = 10000, option;
    while ((option = getopt(argc, argv, "n:f:")) != -1) {
        if (option == 'n')
            repeats = atoi(optarg);
        else if (option == 'f')
            files = atoi(optarg);
        else
            optind = argc + 1;
    }
    if (optind != argc - 1 || repeats < 1 || repeats > REPEATS_MAX || files < 1) {
        fprintf(stderr, "usage: bench_digest [-n REPEATS] [-f FILES] FOLDER\n");
        return 2;
    }
    char small[PATH_BYTES / 2], large[PATH_BYTES / 2];
    snprintf(small, sizeof small, "%s/clew-bench-small-XXXXXX", argv[optind]);
    snprintf(large, sizeof large, "%s/clew-bench-large-XXXXXX", argv[optind]);
    if (!mkdtemp(small) || !mkdtemp(large))
        die("make a folder in", argv[optind]);

    double bytes = 0;
    for (int i = 0; i < files; i++) {
        size_t size = 49152 + (size_t)i * 7919 % 32768;
        file_make(small, (unsigned)i, size);
        bytes += (double)size;
    }
    for (unsigned i = 0; i < LARGE_FILES; i++)
        file_make(large, i, LARGE_BYTES);

    const double large_megabytes = (double)LARGE_BYTES / 1e6;
    char name[64];
    snprintf(name, sizeof name, "%d files of 64 KB", files);
    const Work works[] = {
        {name, small, 0, (unsigned)files, false, bytes / 1e6},
        {"two files of 512 MiB", large, 0, LARGE_FILES, false, LARGE_FILES * large_megabytes},
        {"one file of 512 MiB", large, 0, 1, true, large_megabytes},
    };
    printf("engine: %s\n", digest_engine_name(DIGEST_ENGINE_AUTO));
    for (size_t i = 0; i < sizeof works / sizeof works[0]; i++)
        measure(&works[i], repeats);
    folder_remove(small, (unsigned)files);
    folder_remove(large, LARGE_FILES);
    return 0;
}
