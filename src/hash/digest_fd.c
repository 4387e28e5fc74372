// SPDX-License-Identifier: Apache-2.0
//
// digest_fd(). Small files are read and hashed in turn in the calling thread. A file that turns out
// to be large goes on through a ring of chunks: the calling thread reads into free chunks, one
// thread for each part of the state's work hashes full ones, all in the same order.
//
//     chunk n lives in slot n % SLOTS; it may be read into when every part has done chunk n -
//     SLOTS, and hashed once `produced` > n. `produced` and `done[]` are guarded by the mutex, a
//     chunk's bytes by the order these impose.
#include "hash/digest.h"
#include "hash/digest_parts.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdlib.h>
#include <unistd.h>

#define OVERLAP_FROM ((uint64_t)8 << 20) // bytes after which threads pay
#define CHUNK_BYTES ((size_t)1 << 20)
enum { SLOTS = 4 };

typedef struct {
    int fd;
    uint64_t offset;    // of the range
    uint64_t remaining; // bytes to read at most
    bool to_the_end;    // then the end of the file is no shortage
    DigestProgress *progress;
    void *user;
    DigestFdResult *result;
} Reader;

typedef struct {
    DigestState *state;
    uint8_t *chunks;
    size_t sizes[SLOTS];
    unsigned parts;
    pthread_mutex_t mutex;
    pthread_cond_t changed;
    uint64_t produced;
    uint64_t done[DIGEST_PARTS_MAX];
    bool closed; // no chunk will follow
} Ring;

typedef struct {
    Ring *ring;
    unsigned part;
    pthread_t thread;
} Worker;

// Fills `to` as far as the file goes and keeps `result` up to date. Returns the bytes read. Reading
// goes on only while the status stays DIGEST_FD_COMPLETE and `remaining` is not 0.
static size_t reader_fill(Reader *reader, uint8_t *to, size_t size)
{
    DigestFdResult *result = reader->result;
    if (size > reader->remaining)
        size = (size_t)reader->remaining;
    size_t filled = 0;
    while (filled < size) {
        off_t at = (off_t)(reader->offset + result->bytes);
        ssize_t got = pread(reader->fd, to + filled, size - filled, at);
        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0) {
            if (got < 0) {
                result->error = errno;
                result->status = DIGEST_FD_ERROR;
            } else if (!reader->to_the_end) {
                result->status = DIGEST_FD_SHORT;
            }
            reader->remaining = 0;
            break;
        }
        filled += (size_t)got;
        result->bytes += (uint64_t)got;
        reader->remaining -= (uint64_t)got;
    }
    bool report = filled > 0 && result->status == DIGEST_FD_COMPLETE && reader->progress;
    if (report && !reader->progress(result->bytes, reader->user)) {
        result->status = DIGEST_FD_CANCELLED;
        reader->remaining = 0;
    }
    return filled;
}

// In the calling thread, up to `most` bytes of the range or its end.
static void digest_here(DigestState *state, Reader *reader, uint64_t most)
{
    uint8_t *buffer = digest_state_buffer(state);
    while (reader->remaining > 0 && reader->result->bytes < most) {
        size_t filled = reader_fill(reader, buffer, DIGEST_BUFFER_BYTES);
        digest_state_update(state, buffer, filled);
    }
}

static bool ring_wait_full(Ring *ring, unsigned part)
{
    pthread_mutex_lock(&ring->mutex);
    while (ring->produced == ring->done[part] && !ring->closed)
        pthread_cond_wait(&ring->changed, &ring->mutex);
    bool full = ring->produced > ring->done[part];
    pthread_mutex_unlock(&ring->mutex);
    return full;
}

static void ring_wait_free(Ring *ring)
{
    pthread_mutex_lock(&ring->mutex);
    for (unsigned part = 0; part < ring->parts;) {
        if (ring->produced - ring->done[part] < SLOTS)
            part++;
        else
            pthread_cond_wait(&ring->changed, &ring->mutex);
    }
    pthread_mutex_unlock(&ring->mutex);
}

static void ring_advance(Ring *ring, uint64_t *counter)
{
    pthread_mutex_lock(&ring->mutex);
    ++*counter;
    pthread_cond_broadcast(&ring->changed);
    pthread_mutex_unlock(&ring->mutex);
}

static void ring_close(Ring *ring)
{
    pthread_mutex_lock(&ring->mutex);
    ring->closed = true;
    pthread_cond_broadcast(&ring->changed);
    pthread_mutex_unlock(&ring->mutex);
}

static void *worker_main(void *argument)
{
    const Worker *worker = argument;
    Ring *ring = worker->ring;
    uint64_t *done = &ring->done[worker->part];
    while (ring_wait_full(ring, worker->part)) {
        size_t slot = (size_t)(*done % SLOTS);
        digest_state_update_part(ring->state, worker->part, ring->chunks + slot * CHUNK_BYTES,
                                 ring->sizes[slot]);
        ring_advance(ring, done);
    }
    return NULL;
}

// Starts a worker for each part; all or none.
static bool workers_start(Worker *workers, Ring *ring)
{
    for (unsigned part = 0; part < ring->parts; part++) {
        workers[part] = (Worker){.ring = ring, .part = part};
        if (pthread_create(&workers[part].thread, NULL, worker_main, &workers[part]) != 0) {
            ring_close(ring);
            while (part-- > 0)
                pthread_join(workers[part].thread, NULL);
            return false;
        }
    }
    return true;
}

static void produce(Ring *ring, Reader *reader)
{
    while (reader->remaining > 0) {
        ring_wait_free(ring);
        size_t slot = (size_t)(ring->produced % SLOTS);
        ring->sizes[slot] = reader_fill(reader, ring->chunks + slot * CHUNK_BYTES, CHUNK_BYTES);
        if (ring->sizes[slot] > 0)
            ring_advance(ring, &ring->produced);
    }
}

// False, with nothing read, when memory or threads cannot be had.
static bool digest_overlapped(DigestState *state, Reader *reader)
{
    Ring ring = {.state = state, .parts = digest_state_parts(state)};
    ring.chunks = malloc(SLOTS * CHUNK_BYTES);
    if (!ring.chunks)
        return false;
    pthread_mutex_init(&ring.mutex, NULL);
    pthread_cond_init(&ring.changed, NULL);

    Worker workers[DIGEST_PARTS_MAX];
    bool started = workers_start(workers, &ring);
    if (started) {
        produce(&ring, reader);
        ring_close(&ring);
        for (unsigned part = 0; part < ring.parts; part++)
            pthread_join(workers[part].thread, NULL);
    }
    pthread_cond_destroy(&ring.changed);
    pthread_mutex_destroy(&ring.mutex);
    free(ring.chunks);
    return started;
}

bool digest_fd(DigestState *state, int fd, const DigestFdOptions *options, DigestSet *ret_digests,
               DigestFdResult *ret_result)
{
    const DigestFdOptions defaults = {0};
    if (!options)
        options = &defaults;
    *ret_result = (DigestFdResult){.status = DIGEST_FD_COMPLETE};
    Reader reader = {
        .fd = fd,
        .offset = options->offset,
        .remaining = options->size > 0 ? options->size : UINT64_MAX,
        .to_the_end = options->size == 0,
        .progress = options->progress,
        .user = options->user,
        .result = ret_result,
    };

    digest_state_begin(state);
    digest_here(state, &reader, options->single ? UINT64_MAX : OVERLAP_FROM);
    if (reader.remaining > 0) {
        posix_fadvise(fd, (off_t)(reader.offset + ret_result->bytes), 0, POSIX_FADV_SEQUENTIAL);
        if (!digest_overlapped(state, &reader))
            digest_here(state, &reader, UINT64_MAX);
    }
    if (ret_result->status != DIGEST_FD_COMPLETE)
        return false;
    digest_state_finish(state, ret_digests);
    return true;
}
