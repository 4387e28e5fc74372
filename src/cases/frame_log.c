// SPDX-License-Identifier: Apache-2.0
//
// Reading goes through stdio on a second descriptor, appending through pwrite at a position of our
// own, so that neither moves the other.
#include "cases/frame_log.h"

#include <errno.h>
#include <fcntl.h>
#include <openssl/sha.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/error.h"
#include "wire/codec.h"

#define HEAD_BYTES 12 // checksum and length
#define CHECKSUM_BYTES 8

#define SYNC_FRAMES 256
#define SYNC_MS 1000
// Written, though not yet synced, when so much has come together.
#define WRITE_BYTES (1u << 20)

// A border between two frames.
typedef struct {
    uint64_t offset;
    uint8_t checksum[CHECKSUM_BYTES]; // of the frame before
} Border;

struct FrameLog {
    char *path;
    int descriptor;
    FILE *reading; // NULL: a new file
    GByteArray *frame;
    Border read;    // behind the frame that was read last
    Border kept;    // what stays
    uint64_t limit; // reading goes no further; the file's size at first

    GByteArray *pending; // appended, not yet written
    uint64_t begun_at;   // where in `pending` the frame begins that is being put together
    uint64_t written;    // the file's size
    uint8_t checksum[CHECKSUM_BYTES]; // of the frame that was appended last
    unsigned unsynced;                // frames
    int64_t synced_ms;
    bool has_failed;
};

// ---- Life -------------------------------------------------------------------------------------

static FrameLog *log_new(const char *path, int descriptor)
{
    FrameLog *log = g_new0(FrameLog, 1);
    log->path = g_strdup(path);
    log->descriptor = descriptor;
    log->frame = g_byte_array_new();
    log->pending = g_byte_array_new();
    log->read.offset = log->kept.offset = FRAME_LOG_MAGIC_BYTES;
    log->synced_ms = clock_monotonic_ms();
    return log;
}

static bool lock(const FrameLog *log, GError **err)
{
    if (flock(log->descriptor, LOCK_EX | LOCK_NB) == 0)
        return true;
    if (errno == EWOULDBLOCK) {
        g_set_error(err, CLEW_ERROR, CLEW_ERROR_BUSY, "cannot use %s: another process writes to it",
                    log->path);
        return false;
    }
    return clew_error_set_errno(err, errno, "cannot lock %s", log->path);
}

// A file whose folder does not know of it yet would be gone after a power failure. Best effort:
// some file systems cannot sync a folder.
static void sync_folder(const char *path)
{
    g_autofree char *folder = g_path_get_dirname(path);
    int descriptor = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (descriptor < 0)
        return;
    (void)fsync(descriptor);
    close(descriptor);
}

FrameLog *frame_log_create(const char *path, const char magic[FRAME_LOG_MAGIC_BYTES], GError **err)
{
    int descriptor = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (descriptor < 0) {
        if (errno == EEXIST)
            g_set_error(err, CLEW_ERROR, CLEW_ERROR_CONFLICT,
                        "cannot write %s: the file exists; name another, or resume it", path);
        else
            clew_error_set_errno(err, errno, "cannot write %s", path);
        return NULL;
    }
    g_autoptr(FrameLog) log = log_new(path, descriptor);
    if (!lock(log, err))
        return NULL;
    codec_put_bytes(log->pending, magic, FRAME_LOG_MAGIC_BYTES);
    sync_folder(path);
    return g_steal_pointer(&log);
}

// O_NONBLOCK, so that a FIFO is refused rather than waited for.
static FrameLog *open_regular(const char *path, GError **err)
{
    int descriptor = open(path, O_RDWR | O_CLOEXEC | O_NONBLOCK);
    if (descriptor < 0) {
        clew_error_set_errno(err, errno, "cannot open %s", path);
        return NULL;
    }
    g_autoptr(FrameLog) log = log_new(path, descriptor);
    struct stat status;
    if (fstat(descriptor, &status) != 0) {
        clew_error_set_errno(err, errno, "cannot look at %s", path);
        return NULL;
    }
    if (!S_ISREG(status.st_mode)) {
        g_set_error(err, CLEW_ERROR, CLEW_ERROR_INVALID, "cannot go on with %s: it is no file",
                    path);
        return NULL;
    }
    if (!lock(log, err))
        return NULL;
    log->written = log->limit = (uint64_t)status.st_size;
    return g_steal_pointer(&log);
}

FrameLog *frame_log_open(const char *path, const char magic[FRAME_LOG_MAGIC_BYTES], GError **err)
{
    g_autoptr(FrameLog) log = open_regular(path, err);
    if (log == NULL)
        return NULL;
    int second = fcntl(log->descriptor, F_DUPFD_CLOEXEC, 0);
    log->reading = second >= 0 ? fdopen(second, "rb") : NULL;
    if (log->reading == NULL) {
        clew_error_set_errno(err, errno, "cannot read %s", path);
        if (second >= 0)
            close(second);
        return NULL;
    }
    char found[FRAME_LOG_MAGIC_BYTES];
    if (fread(found, sizeof found, 1, log->reading) != 1 ||
        memcmp(found, magic, sizeof found) != 0) {
        g_set_error(err, CLEW_ERROR, CLEW_ERROR_INVALID,
                    "cannot go on with %s: it does not begin as such a file does", path);
        return NULL;
    }
    return g_steal_pointer(&log);
}

void frame_log_free(FrameLog *log)
{
    if (log == NULL)
        return;
    if (!log->has_failed && log->unsynced > 0)
        frame_log_sync(log, NULL);
    if (log->reading != NULL)
        fclose(log->reading);
    close(log->descriptor);
    g_byte_array_unref(log->frame);
    g_byte_array_unref(log->pending);
    g_free(log->path);
    g_free(log);
}

// ---- Frames -----------------------------------------------------------------------------------

// `frame` begins with the checksum of the frame before; that place is given to its own.
static void seal(uint8_t *frame, size_t size_bytes)
{
    uint8_t digest[SHA256_DIGEST_LENGTH];
    SHA256(frame, size_bytes, digest);
    memcpy(frame, digest, CHECKSUM_BYTES);
}

// Reads exactly that much behind what stands in the frame. False at the end of the file (errno 0)
// or with errno set.
static bool read_more(FrameLog *log, size_t size_bytes)
{
    size_t before = log->frame->len;
    g_byte_array_set_size(log->frame, (guint)(before + size_bytes));
    errno = 0;
    return fread(log->frame->data + before, 1, size_bytes, log->reading) == size_bytes;
}

static FrameLogOutcome end_of_reading(FrameLog *log, GError **err)
{
    if (!ferror(log->reading))
        return FRAME_LOG_OVER;
    clew_error_set_errno(err, errno, "cannot read %s", log->path);
    return FRAME_LOG_FAILED;
}

static uint32_t payload_bytes(const FrameLog *log)
{
    Reader head = reader_init(log->frame->data, HEAD_BYTES);
    reader_skip(&head, CHECKSUM_BYTES);
    return reader_u32le(&head);
}

FrameLogOutcome frame_log_next(FrameLog *log, Reader *ret_payload, GError **err)
{
    uint64_t left = log->limit - MIN(log->read.offset, log->limit);
    if (log->reading == NULL || left < HEAD_BYTES)
        return FRAME_LOG_OVER;
    g_byte_array_set_size(log->frame, 0);
    if (!read_more(log, HEAD_BYTES))
        return end_of_reading(log, err);
    uint32_t size_bytes = payload_bytes(log);
    if (size_bytes > left - HEAD_BYTES || size_bytes > FRAME_LOG_PAYLOAD_MAX)
        return FRAME_LOG_OVER;
    if (!read_more(log, size_bytes))
        return end_of_reading(log, err);

    uint8_t stated[CHECKSUM_BYTES];
    memcpy(stated, log->frame->data, CHECKSUM_BYTES);
    memcpy(log->frame->data, log->read.checksum, CHECKSUM_BYTES);
    seal(log->frame->data, log->frame->len);
    if (memcmp(stated, log->frame->data, CHECKSUM_BYTES) != 0)
        return FRAME_LOG_OVER;
    log->read.offset += log->frame->len;
    memcpy(log->read.checksum, stated, CHECKSUM_BYTES);
    *ret_payload = reader_init(log->frame->data + HEAD_BYTES, size_bytes);
    return FRAME_LOG_FRAME;
}

void frame_log_rewind(FrameLog *log)
{
    log->limit = log->kept.offset;
    log->read = (Border){.offset = FRAME_LOG_MAGIC_BYTES};
    // Cannot fail on a regular file; if it did, no checksum would fit.
    if (log->reading != NULL)
        (void)fseeko(log->reading, FRAME_LOG_MAGIC_BYTES, SEEK_SET);
}

void frame_log_keep(FrameLog *log)
{
    log->kept = log->read;
}

bool frame_log_cut(FrameLog *log, uint64_t *ret_bytes, GError **err)
{
    uint64_t surplus = log->written - log->kept.offset;
    if (surplus > 0 && ftruncate(log->descriptor, (off_t)log->kept.offset) != 0)
        return clew_error_set_errno(err, errno, "cannot shorten %s", log->path);
    log->written = log->kept.offset;
    memcpy(log->checksum, log->kept.checksum, CHECKSUM_BYTES);
    *ret_bytes = surplus;
    return true;
}

// ---- Appending --------------------------------------------------------------------------------

static bool fail(FrameLog *log, GError **err)
{
    log->has_failed = true;
    return clew_error_set_errno(err, errno, "cannot write %s", log->path);
}

static bool write_pending(FrameLog *log, GError **err)
{
    if (log->has_failed) {
        g_set_error(err, CLEW_ERROR, CLEW_ERROR_IO, "cannot write %s: an earlier write failed",
                    log->path);
        return false;
    }
    size_t done = 0;
    while (done < log->pending->len) {
        ssize_t count = pwrite(log->descriptor, log->pending->data + done, log->pending->len - done,
                               (off_t)(log->written + done));
        if (count < 0 && errno == EINTR)
            continue;
        if (count < 0)
            return fail(log, err);
        done += (size_t)count;
    }
    log->written += done;
    g_byte_array_set_size(log->pending, 0);
    return true;
}

int frame_log_descriptor(const FrameLog *log)
{
    return log->descriptor;
}

bool frame_log_sync(FrameLog *log, GError **err)
{
    if (!write_pending(log, err))
        return false;
    if (fdatasync(log->descriptor) != 0 && errno != EINVAL) // EINVAL: nothing to sync there
        return fail(log, err);
    log->unsynced = 0;
    log->synced_ms = clock_monotonic_ms();
    return true;
}

bool frame_log_tick(FrameLog *log, GError **err)
{
    bool is_due = log->has_failed || log->unsynced >= SYNC_FRAMES ||
                  (log->unsynced > 0 && clock_monotonic_ms() - log->synced_ms >= SYNC_MS);
    if (is_due)
        return frame_log_sync(log, err);
    return log->pending->len < WRITE_BYTES || write_pending(log, err);
}

GByteArray *frame_log_begin(FrameLog *log)
{
    log->begun_at = log->pending->len;
    codec_put_bytes(log->pending, log->checksum, CHECKSUM_BYTES);
    codec_put(log->pending, 0, HEAD_BYTES - CHECKSUM_BYTES);
    return log->pending;
}

bool frame_log_end(FrameLog *log, GError **err)
{
    size_t size_bytes = log->pending->len - log->begun_at;
    size_t payload = size_bytes - HEAD_BYTES;
    if (payload > FRAME_LOG_PAYLOAD_MAX) {
        g_byte_array_set_size(log->pending, (guint)log->begun_at);
        g_set_error(err, CLEW_ERROR, CLEW_ERROR_LIMIT,
                    "cannot write %s: an entry of %zu bytes is longer than it may be (%u)",
                    log->path, payload, FRAME_LOG_PAYLOAD_MAX);
        return false;
    }
    uint8_t *frame = log->pending->data + log->begun_at;
    for (unsigned i = 0; i < HEAD_BYTES - CHECKSUM_BYTES; i++)
        frame[CHECKSUM_BYTES + i] = (uint8_t)(payload >> (8 * i));
    seal(frame, size_bytes);
    memcpy(log->checksum, frame, CHECKSUM_BYTES);
    log->unsynced++;
    return frame_log_tick(log, err);
}
