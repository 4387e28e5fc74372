// SPDX-License-Identifier: Apache-2.0
//
// MD5, SHA-1 and SHA-256 of the same bytes in one pass.
//
// A DigestState is made once for each thread and used for any number of streams, so that many small
// files cost no allocation each:
//
//     new -> (begin -> update* -> finish)* -> free       bytes that come from anywhere
//     new -> digest_fd* -> free                          files
//
// Two engines give the same digests. DIGEST_ENGINE_FUSED runs the three algorithms through each
// block together: each of them is one long chain of dependent steps, and three independent chains
// fit into the time of the slowest (MD5). It needs a processor with SHA instructions. Otherwise
// libcrypto computes them one after another. No globals; a state belongs to one thread at a time.
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct {
    uint8_t md5[16];
    uint8_t sha1[20];
    uint8_t sha256[32];
} DigestSet;

typedef enum {
    DIGEST_ENGINE_AUTO = 0,
    DIGEST_ENGINE_LIBCRYPTO,
    DIGEST_ENGINE_FUSED,
} DigestEngine;

typedef struct DigestState DigestState;

// NULL with errno set: ENOMEM; ENOTSUP when this processor lacks the engine asked for, or libcrypto
// refuses one of the algorithms (a FIPS policy may refuse MD5). A new state has begun already.
DigestState *digest_state_new(DigestEngine engine);
void digest_state_free(DigestState *state);

// Forgets everything and starts a new stream.
void digest_state_begin(DigestState *state);
void digest_state_update(DigestState *state, const void *bytes, size_t size);

// The digests of all bytes since begin; begins again.
void digest_state_finish(DigestState *state, DigestSet *ret_digests);

bool digest_engine_available(DigestEngine engine);

// "fused" or "libcrypto"; for AUTO the one that would be taken.
const char *digest_engine_name(DigestEngine engine);

// ---- files

typedef enum {
    DIGEST_FD_COMPLETE,
    DIGEST_FD_SHORT,     // the file ended before `size` bytes
    DIGEST_FD_ERROR,     // reading failed, see `error`
    DIGEST_FD_CANCELLED, // by the progress callback
} DigestFdStatus;

// `bytes` is how far reading came: the size when complete, else the offset (from the start of the
// range) at which it ended, failed or was cancelled.
typedef struct {
    DigestFdStatus status;
    uint64_t bytes;
    int error; // errno of the failed read, else 0
} DigestFdResult;

// Called from the calling thread after each piece (at most 1 MiB) with the bytes read so far. False
// cancels.
typedef bool DigestProgress(uint64_t bytes_read, void *user);

// All zero: the whole file, large ones with reading and hashing overlapped, no progress.
typedef struct {
    uint64_t offset; // where to start
    uint64_t size;   // how many bytes there should be; 0: whatever there is up to the end
    bool single;     // stay in the calling thread whatever the size: for callers that already
                     // have a thread on every core
    DigestProgress *progress;
    void *user;
} DigestFdOptions;

// Digests a regular file or block device by pread(), so the descriptor's own offset is neither used
// nor moved. Memory is constant: 128 KiB for a small file; from 8 MiB on another 4 MiB, one
// or two more threads for the time of the call, and the rest is read while it is hashed.
// Interrupted reads are repeated. Returns true and the digests when complete; else false,
// `ret_digests` untouched. `ret_result` is always filled. `options` may be NULL.
bool digest_fd(DigestState *state, int fd, const DigestFdOptions *options, DigestSet *ret_digests,
               DigestFdResult *ret_result);
