// SPDX-License-Identifier: Apache-2.0
//
// The program's side of its confined workers.
//
// A Zygote is one worker program started before anything large is mapped. It parses nothing: it
// loads its libraries once and forks a fresh worker on request, which locks itself (wire/confine.h)
// before it reads the first byte. A Worker is one such child with a private socket and a buffer
// that only the program can write: the bytes that were digested are the bytes that are decoded.
//
//   zygote_start -> worker_spawn -> worker_send / worker_receive … -> worker_free -> zygote_free
//
// Everything a worker sends is untrusted: a message is copied out, bounded by LIMIT_MESSAGE_BYTES
// and decoded by the bounded reader. A worker that crashes, stalls or talks nonsense is killed and
// costs one item; the caller spawns another (well under a millisecond). A Zygote may be shared by
// threads; a Worker belongs to one thread at a time. When the program dies, in whatever way, its
// zygotes and their workers die with it.
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

typedef struct Zygote Zygote;
typedef struct Worker Worker;

typedef struct {
    const char *program;   // "clew-media-worker": beside this executable, else in libexecdir;
                           //   a name with a slash is a path
    bool allow_unconfined; // decode even where no sandbox can be had (--unconfined)
    bool keep_stderr;      // what libraries print about hostile bytes is dropped otherwise
} ZygoteOptions;

// Starts the program and learns what sandbox it can have. CLEW_ERROR_UNSUPPORTED when no sandbox
// can be had and allow_unconfined is false; CLEW_ERROR_NOT_FOUND when the program is not there;
// CLEW_ERROR_CONFLICT when it is of another version.
Zygote *zygote_start(ZygoteOptions options, GError **err);

// The same in two steps, so that several programs start side by side: zygote_begin starts one, and
// zygote_await waits until it is ready. Nothing else may be asked of it in between.
Zygote *zygote_begin(ZygoteOptions options, GError **err);
bool zygote_await(Zygote *zygote, GError **err);

// One line for provenance: "landlock 7, seccomp, no-new-privs, 3 GiB", or "UNCONFINED (why)";
// borrowed.
const char *zygote_sandbox(const Zygote *zygote);

// Versions of the libraries inside the worker, for provenance; borrowed.
const char *zygote_versions(const Zygote *zygote);

// Lets go of it; it ends when its last worker is freed.
void zygote_free(Zygote *zygote);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Zygote, zygote_free)

typedef struct {
    size_t buffer_bytes; // size of the shared buffer (reserved, not touched); 0: none
} WorkerOptions;

// CLEW_ERROR_UNSUPPORTED when the worker could not lock itself; CLEW_ERROR_INTERNAL when the zygote
// is gone; CLEW_ERROR_IO when there is no memory or process to be had.
Worker *worker_spawn(Zygote *zygote, WorkerOptions options, GError **err);

// Where the program places the bytes of an item; the worker sees them read-only. Pages past
// `keep_bytes` are given back to the system by worker_trim_buffer.
uint8_t *worker_buffer(Worker *worker);
size_t worker_buffer_bytes(const Worker *worker);
void worker_trim_buffer(Worker *worker, size_t keep_bytes);

typedef enum {
    WORKER_ANSWERED,
    WORKER_CRASHED,   // died; the reason says by what
    WORKER_TIMED_OUT, // was killed after timeout_ms
    WORKER_NONSENSE,  // its message breaks the rules; was killed
} WorkerOutcome;

// Sends one message, with at most one descriptor (-1: none; it stays the caller's). That the worker
// has died meanwhile is no error here: worker_receive says how. CLEW_ERROR_LIMIT when the message
// is longer than LIMIT_MESSAGE_BYTES.
bool worker_send(Worker *worker, const uint8_t *message, size_t size_bytes, int descriptor,
                 GError **err);

// Waits until a message (or the worker's end) can be received. False when wait_ms have passed;
// nothing is killed, so that a caller can wait in slices and look around in between.
bool worker_wait(Worker *worker, unsigned wait_ms);

// Waits for one message. On WORKER_ANSWERED `reply` holds it; else the worker is gone and
// *ret_reason (newly allocated) says why in a phrase: "the decoder was stopped by signal 11
// (Segmentation fault)".
WorkerOutcome worker_receive(Worker *worker, unsigned timeout_ms, GByteArray *reply,
                             char **ret_reason);

// For a message that could be read but not decoded: stops the worker and returns the reason that
// belongs to WORKER_NONSENSE, newly allocated.
char *worker_reject(Worker *worker);

// True while it can be asked again; false after any outcome but WORKER_ANSWERED.
bool worker_is_alive(const Worker *worker);

// Messages sent to it so far; a pool replaces a worker after LIMIT_WORKER_ITEMS.
uint64_t worker_items(const Worker *worker);

// Its sandbox, as zygote_sandbox; borrowed.
const char *worker_sandbox(const Worker *worker);

// CPU time it has used so far; 0 once it is gone.
uint64_t worker_cpu_ms(const Worker *worker);

// Its process id, for diagnosis; 0 once it is gone.
pid_t worker_pid(const Worker *worker);

// Ends it at once; it holds nothing that would need a tidy end. On return the process is gone.
void worker_free(Worker *worker);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Worker, worker_free)
