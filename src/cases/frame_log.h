// SPDX-License-Identifier: Apache-2.0
//
// FrameLog: a file that grows by whole frames and survives a death at any moment. A frame is
//
//   u64 checksum, u32 length of the payload, the payload        (little-endian, one after another)
//
// behind 8 bytes that say what the file is. The checksum is the first 8 bytes of the SHA-256 over
// the checksum of the frame before (0 before the first), the length and the payload, so that no
// frame can be lost, doubled or moved unnoticed. The first frame that is not whole ends the log:
// what the last writer did not bring to disk is not there, and appending goes on in its place.
//
//   frame_log_create -> (begin -> end)* ...                      a new file
//   frame_log_open -> (next, keep)* -> cut -> (begin -> end)*    one that exists
//
// Appended frames are written and synced at the latest when 256 of them or a second have come
// together. One thread at a time; another process that opens the same file is refused
// (CLEW_ERROR_BUSY).
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/reader.h"

#define FRAME_LOG_MAGIC_BYTES 8
#define FRAME_LOG_PAYLOAD_MAX (64u << 20)

typedef struct FrameLog FrameLog;

// Makes the file with mode 0600; nothing is in it before the first sync. CLEW_ERROR_CONFLICT when
// it exists.
FrameLog *frame_log_create(const char *path, const char magic[FRAME_LOG_MAGIC_BYTES], GError **err);

// Opens it for reading frames and then appending. CLEW_ERROR_NOT_FOUND; CLEW_ERROR_INVALID when it
// is no such file; CLEW_ERROR_BUSY. It is not changed before frame_log_cut.
FrameLog *frame_log_open(const char *path, const char magic[FRAME_LOG_MAGIC_BYTES], GError **err);

typedef enum {
    FRAME_LOG_FRAME,
    FRAME_LOG_OVER,   // there is no further whole frame
    FRAME_LOG_FAILED, // err is set
} FrameLogOutcome;

// The next frame; the reader's bytes are valid until the next call. What is appended is not given.
FrameLogOutcome frame_log_next(FrameLog *log, Reader *ret_payload, GError **err);

// Reads from the start again, not further than what was kept.
void frame_log_rewind(FrameLog *log);

// Everything up to and with the frame that frame_log_next gave last stays when the log is cut.
void frame_log_keep(FrameLog *log);

// Takes away what was not kept; appending goes on there. *ret_bytes is how much that was.
bool frame_log_cut(FrameLog *log, uint64_t *ret_bytes, GError **err);

// Where the payload of a new frame is put, behind what stands there already.
GByteArray *frame_log_begin(FrameLog *log);
// CLEW_ERROR_LIMIT when the payload is too long; then there is no new frame. After a failure to
// write every further call fails.
bool frame_log_end(FrameLog *log, GError **err);

// Syncs when that is due; to be called now and then while no frames come.
bool frame_log_tick(FrameLog *log, GError **err);
bool frame_log_sync(FrameLog *log, GError **err);

// The file; borrowed, to recognise it.
int frame_log_descriptor(const FrameLog *log);

// Tries to sync; whoever must know whether that works calls frame_log_sync before.
void frame_log_free(FrameLog *log);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(FrameLog, frame_log_free)
