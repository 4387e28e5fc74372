// SPDX-License-Identifier: Apache-2.0
//
// What the confined worker costs: a round trip, the same with a picture's worth of bytes through
// the shared buffer, and replacing a worker that fell. The peer of each figure is the same work in
// a plain forked process without a lock. Prints medians in microseconds.
//
// The program is its own worker program: started by itself as a zygote it serves.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/limits.h"
#include "wire/channel.h"
#include "wire/serve.h"
#include "wire/worker.h"
#include "wire/zygote_protocol.h"

#define ROUNDS 20000
#define SPAWNS 200
#define PICTURE_BYTES 200000u
#define BUFFER_BYTES (1u << 20)
#define TIMEOUT_MS 10000u

typedef struct {
    uint64_t sum_bytes; // how much of the buffer the worker adds up
    bool crash;
} Question;

// The worker's side ------------------------------------------------------------------------------

static uint64_t sum(const uint8_t *bytes, size_t size_bytes)
{
    uint64_t total = 0, word;
    for (size_t i = 0; i + sizeof word <= size_bytes; i += sizeof word) {
        memcpy(&word, bytes + i, sizeof word);
        total += word;
    }
    return total;
}

static bool handle(ServeSession *session, void *state, const ServeRequest *request)
{
    Question question;
    size_t size_bytes;
    const uint8_t *buffer = serve_buffer(session, &size_bytes);
    memcpy(&question, request->message, sizeof question);
    if (question.crash)
        abort();
    uint64_t total = sum(buffer, question.sum_bytes);
    return serve_reply(session, (const uint8_t *)&total, sizeof total);
}

static int serve(int argc, char **argv)
{
    const ServeProgram program = {
        .name = "bench_worker",
        .noun = "the worker",
        .handle = handle,
        .confine = {.memory_bytes = LIMIT_MEDIA_WORKER_MEMORY,
                    .cpu_seconds = LIMIT_MEDIA_ITEM_CPU_SECONDS,
                    .threads = true},
    };
    return serve_main(argc, argv, &program);
}

static _Noreturn void serve_plain(int socket, const uint8_t *buffer)
{
    Question question;
    while (channel_receive(socket, &question, sizeof question) == sizeof question) {
        uint64_t total = sum(buffer, question.sum_bytes);
        channel_send(socket, &total, sizeof total, NULL, 0);
    }
    _exit(0);
}

// Measuring ---------------------------------------------------------------------------------------

static double now_us(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec * 1e6 + (double)now.tv_nsec / 1e3;
}

static int compare(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static double median(double *values, size_t count)
{
    qsort(values, count, sizeof *values, compare);
    return values[count / 2];
}

static void check(bool succeeded, const char *what)
{
    if (succeeded)
        return;
    fprintf(stderr, "bench_worker: %s failed\n", what);
    exit(1);
}

static void ask(Worker *worker, const Question *question, GByteArray *reply)
{
    g_autofree char *reason = NULL;
    check(worker_send(worker, (const uint8_t *)question, sizeof *question, -1, NULL), "sending");
    WorkerOutcome expected = question->crash ? WORKER_CRASHED : WORKER_ANSWERED;
    check(worker_receive(worker, TIMEOUT_MS, reply, &reason) == expected, "receiving");
}

static Worker *spawn(Zygote *zygote)
{
    Worker *worker = worker_spawn(zygote, (WorkerOptions){.buffer_bytes = BUFFER_BYTES}, NULL);
    check(worker != NULL, "starting a worker");
    return worker;
}

static double confined_round_trip(Zygote *zygote, const uint8_t *picture, size_t size_bytes)
{
    static double times[ROUNDS];
    g_autoptr(Worker) worker = spawn(zygote);
    g_autoptr(GByteArray) reply = g_byte_array_new();
    const Question question = {.sum_bytes = size_bytes};
    for (size_t i = 0; i < ROUNDS; i++) {
        double start = now_us();
        memcpy(worker_buffer(worker), picture, size_bytes);
        ask(worker, &question, reply);
        times[i] = now_us() - start;
    }
    return median(times, ROUNDS);
}

static double plain_round_trip(const uint8_t *picture, size_t size_bytes)
{
    static double times[ROUNDS];
    int sockets[2];
    check(channel_open(sockets, NULL), "opening a channel");
    uint8_t *buffer =
        mmap(NULL, BUFFER_BYTES, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    pid_t child = fork();
    if (child == 0) {
        close(sockets[0]);
        serve_plain(sockets[1], buffer);
    }
    close(sockets[1]);

    const Question question = {.sum_bytes = size_bytes};
    uint64_t total;
    for (size_t i = 0; i < ROUNDS; i++) {
        double start = now_us();
        memcpy(buffer, picture, size_bytes);
        channel_send(sockets[0], &question, sizeof question, NULL, 0);
        check(channel_receive(sockets[0], &total, sizeof total) == sizeof total, "receiving");
        times[i] = now_us() - start;
    }
    close(sockets[0]);
    waitpid(child, NULL, 0);
    munmap(buffer, BUFFER_BYTES);
    return median(times, ROUNDS);
}

// From the question that kills a worker to the answer of its successor.
static double confined_respawn(Zygote *zygote)
{
    double times[SPAWNS];
    g_autoptr(GByteArray) reply = g_byte_array_new();
    for (size_t i = 0; i < SPAWNS; i++) {
        Worker *fallen = spawn(zygote);
        double start = now_us();
        ask(fallen, &(Question){.crash = true}, reply);
        worker_free(fallen);
        g_autoptr(Worker) next = spawn(zygote);
        ask(next, &(Question){0}, reply);
        times[i] = now_us() - start;
    }
    return median(times, SPAWNS);
}

static double confined_spawn(Zygote *zygote)
{
    double times[SPAWNS];
    for (size_t i = 0; i < SPAWNS; i++) {
        double start = now_us();
        worker_free(spawn(zygote));
        times[i] = now_us() - start;
    }
    return median(times, SPAWNS);
}

static double plain_fork(void)
{
    double times[SPAWNS];
    for (size_t i = 0; i < SPAWNS; i++) {
        double start = now_us();
        pid_t child = fork();
        if (child == 0)
            _exit(0);
        waitpid(child, NULL, 0);
        times[i] = now_us() - start;
    }
    return median(times, SPAWNS);
}

int main(int argc, char **argv)
{
    if (argc > 1)
        return serve(argc, argv);

    static uint8_t picture[PICTURE_BYTES];
    memset(picture, 0x5a, sizeof picture);
    g_autoptr(GError) error = NULL;
    double start = now_us();
    g_autoptr(Zygote) zygote = zygote_start((ZygoteOptions){.program = "/proc/self/exe"}, &error);
    if (zygote == NULL) {
        fprintf(stderr, "bench_worker: %s\n", error->message);
        return 1;
    }
    printf("sandbox: %s\n", zygote_sandbox(zygote));
    printf("%-40s %10s %10s\n", "median, us", "confined", "plain");
    printf("%-40s %10.0f %10s\n", "start of a zygote", now_us() - start, "-");
    printf("%-40s %10.1f %10.1f\n", "round trip", confined_round_trip(zygote, picture, 0),
           plain_round_trip(picture, 0));
    printf("%-40s %10.1f %10.1f\n", "round trip with 200 KB, summed",
           confined_round_trip(zygote, picture, sizeof picture),
           plain_round_trip(picture, sizeof picture));
    printf("%-40s %10.0f %10.0f\n", "start and end of a worker (plain: fork)",
           confined_spawn(zygote), plain_fork());
    printf("%-40s %10.0f %10s\n", "crash, replacement and its first answer",
           confined_respawn(zygote), "-");
    return 0;
}
