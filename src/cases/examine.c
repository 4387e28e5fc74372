// SPDX-License-Identifier: Apache-2.0
#include "cases/examine.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/encoding.h"
#include "base/error.h"
#include "base/json_writer.h"
#include "base/limits.h"
#include "cases/lane.h"
#include "cases/segment.h"
#include "model/path_text.h"

// Files up to here are read into the worker's buffer whatever they are; larger ones only when a
// worker will decode them, others stream through the digests.
#define BUFFERED_BYTES (1u << 20)

// ---- The lane ---------------------------------------------------------------------------------

Lane *lane_new(LaneOptions options, GError **err)
{
    Lane *lane = g_new0(Lane, 1);
    lane->options = options;
    lane->digest = digest_state_new(DIGEST_ENGINE_AUTO);
    if (lane->digest == NULL) {
        g_set_error(err, CLEW_ERROR, CLEW_ERROR_UNSUPPORTED,
                    "cannot compute MD5, SHA-1 and SHA-256: libcrypto refuses one of them (a FIPS "
                    "policy may)");
        lane_free(lane);
        return NULL;
    }
    lane->evidence = evidence_reader_new(options.evidence);
    lane->media = media_client_new(options.zygote, options.is_cancelled, err);
    if (lane->media == NULL) {
        lane_free(lane);
        return NULL;
    }
    return lane;
}

void lane_free(Lane *lane)
{
    if (lane == NULL)
        return;
    media_client_free(lane->media);
    evidence_reader_free(lane->evidence);
    digest_state_free(lane->digest);
    g_free(lane);
}

// ---- Identity ---------------------------------------------------------------------------------

static void digest_bytes(Lane *lane, const void *bytes, size_t size_bytes, DigestSet *ret_digests)
{
    digest_state_begin(lane->digest);
    digest_state_update(lane->digest, bytes, size_bytes);
    digest_state_finish(lane->digest, ret_digests);
}

static void set_identity(Lane *lane, Record *record, const char *path)
{
    record->path = path_text_new(path);
    GString *locator = g_string_new(NULL);
    JsonWriter json;
    json_writer_init(&json, locator);
    json_write_begin_array(&json);
    json_write_begin_object(&json);
    json_write_member_string(&json, "file", record->path);
    json_write_end_object(&json);
    json_write_end_array(&json);

    DigestSet digests;
    digest_bytes(lane, locator->str, locator->len, &digests);
    record->item_id = encoding_hex_new(digests.sha256, 16);
    record->locator = g_string_free(locator, FALSE);
}

static ItemTime utc_time(struct timespec time)
{
    return (ItemTime){
        .seconds = time.tv_sec, .nanoseconds = (uint32_t)time.tv_nsec, .zone = ZONE_UTC};
}

static void set_times(Record *record, const WalkEntry *entry)
{
    record->times.modified = utc_time(entry->stat.st_mtim);
    record->times.accessed = utc_time(entry->stat.st_atim);
    record->times.changed = utc_time(entry->stat.st_ctim);
    struct statx extended;
    if (entry->descriptor >= 0 &&
        statx(entry->descriptor, "", AT_EMPTY_PATH, STATX_BTIME, &extended) == 0 &&
        extended.stx_mask & STATX_BTIME)
        record->times.created = (ItemTime){.seconds = extended.stx_btime.tv_sec,
                                           .nanoseconds = extended.stx_btime.tv_nsec,
                                           .zone = ZONE_UTC};
}

// What is said of an entry that holds no bytes to examine.
static void describe_unopened(Record *record, const WalkEntry *entry)
{
    switch (entry->kind) {
    case WALK_LINK:
        record_add_finding(record, FINDING_SPECIAL_FILE, 0, "symbolic link, not followed");
        if (entry->is_argument)
            record_set_status(record, STATUS_UNSUPPORTED,
                              "it is a symbolic link and was not followed; name its target");
        break;
    case WALK_SPECIAL:
        record_add_finding(record, FINDING_SPECIAL_FILE, 0, "%s, not opened", entry->what);
        record_set_status(record, STATUS_UNSUPPORTED, "it is %s and was not opened", entry->what);
        break;
    case WALK_LIMIT:
        record_set_status(record, STATUS_LIMIT, "%s", entry->reason);
        break;
    case WALK_UNREADABLE:
        record_set_status(record, STATUS_UNREADABLE, "%s", entry->reason);
        break;
    case WALK_FILE:
        break;
    }
}

// ---- Reading ----------------------------------------------------------------------------------

// Fills `target` from the start of the file. Returns how much was there, or -1 with errno and
// *ret_offset where it failed.
static int64_t read_whole(int descriptor, uint8_t *target, size_t size_bytes, uint64_t *ret_offset)
{
    size_t done = 0;
    while (done < size_bytes) {
        ssize_t count = pread(descriptor, target + done, size_bytes - done, (off_t)done);
        if (count < 0 && errno == EINTR)
            continue;
        if (count < 0) {
            *ret_offset = done;
            return -1;
        }
        if (count == 0)
            break;
        done += (size_t)count;
    }
    return (int64_t)done;
}

static void set_read_error(Record *record, int errno_value, uint64_t offset)
{
    record_set_status(record, STATUS_UNREADABLE, "reading failed at byte %" G_GUINT64_FORMAT ": %s",
                      offset, g_strerror(errno_value));
}

static bool same_moment(struct timespec a, struct timespec b)
{
    return a.tv_sec == b.tv_sec && a.tv_nsec == b.tv_nsec;
}

static void note_change(Record *record, const WalkEntry *entry, uint64_t bytes_read)
{
    struct stat now;
    uint8_t more; // some files hold more than their size says, such as those of /proc
    bool changed = pread(entry->descriptor, &more, 1, (off_t)bytes_read) == 1 ||
                   bytes_read != entry->size_bytes || fstat(entry->descriptor, &now) != 0 ||
                   now.st_size != entry->stat.st_size ||
                   !same_moment(now.st_mtim, entry->stat.st_mtim) ||
                   !same_moment(now.st_ctim, entry->stat.st_ctim);
    if (changed)
        record_add_finding(
            record, FINDING_CHANGED, 0,
            "the file changed while it was read, or is not as long as it says; the digests "
            "are of the bytes seen");
    record->size_bytes = bytes_read;
}

// The item's bytes as far as examining it needs them.
typedef struct {
    const SniffType *type;
    bool in_buffer; // all of them lie in the worker's buffer
} Contents;

static bool go_on(uint64_t bytes_done, void *user_data)
{
    const Lane *lane = user_data;
    return lane->options.is_cancelled == NULL || !lane->options.is_cancelled();
}

// Streams a file that is not to be decoded. False when cancelled.
static bool digest_stream(Lane *lane, const WalkEntry *entry, Record *record, GError **err)
{
    DigestSet digests;
    DigestFdResult result;
    DigestFdOptions options = {.progress = go_on, .user = lane};
    if (digest_fd(lane->digest, entry->descriptor, &options, &digests, &result)) {
        lane_set_digests(record, &digests);
        note_change(record, entry, result.bytes);
        return true;
    }
    if (result.status == DIGEST_FD_CANCELLED) {
        g_set_error(err, CLEW_ERROR, CLEW_ERROR_CANCELLED, "interrupted");
        return false;
    }
    set_read_error(record, result.error, result.bytes);
    return true;
}

// Videos are often large, and every lane has a buffer: so they get less of it than a picture may.
static bool fits_buffer(const Lane *lane, const SniffType *type, uint64_t size_bytes)
{
    uint64_t limit = type->family == FAMILY_VIDEO ? LIMIT_VIDEO_BUFFERED_BYTES
                                                  : media_client_buffer_bytes(lane->media);
    return type->can_decode && size_bytes <= limit;
}

// Reads and digests the file and learns its type. True also when the file could not be read: the
// record says so.
static bool read_contents(Lane *lane, const WalkEntry *entry, Record *record,
                          Contents *ret_contents, GError **err)
{
    uint8_t *buffer = media_client_buffer(lane->media);
    uint64_t size = entry->size_bytes;
    uint64_t failed_at = 0;
    size_t first = (size_t)MIN(size, BUFFERED_BYTES);
    if (size > BUFFERED_BYTES)
        first = SNIFF_BYTES;
    int64_t count = read_whole(entry->descriptor, buffer, first, &failed_at);
    if (count < 0) {
        set_read_error(record, errno, failed_at);
        return true;
    }
    ret_contents->type = sniff_bytes(buffer, MIN((size_t)count, SNIFF_BYTES));
    record->media_type = ret_contents->type->media_type;
    // The hash of a whole disk is in no list, and what lies on it is digested item by item.
    bool is_disk = entry->is_device || ret_contents->type->family == FAMILY_DISK_IMAGE;
    if (is_disk && !lane->options.evidence.verify_images)
        return true;
    if (size > BUFFERED_BYTES) {
        if (!fits_buffer(lane, ret_contents->type, size))
            return digest_stream(lane, entry, record, err);
        count = read_whole(entry->descriptor, buffer, (size_t)size, &failed_at);
        if (count < 0) {
            set_read_error(record, errno, failed_at);
            return true;
        }
    }
    DigestSet digests;
    digest_bytes(lane, buffer, (size_t)count, &digests);
    lane_set_digests(record, &digests);
    note_change(record, entry, (uint64_t)count);
    ret_contents->in_buffer = true;
    return true;
}

// The type alone, for a share of a file whose bytes are another's to digest. False when it cannot
// be read: the record says so.
static bool sniff_file(Lane *lane, const WalkEntry *entry, Record *record, Contents *ret_contents)
{
    uint64_t failed_at = 0;
    uint8_t *buffer = media_client_buffer(lane->media);
    int64_t count = read_whole(entry->descriptor, buffer, SNIFF_BYTES, &failed_at);
    if (count < 0) {
        set_read_error(record, errno, failed_at);
        return false;
    }
    ret_contents->type = sniff_bytes(buffer, (size_t)count);
    record->media_type = ret_contents->type->media_type;
    return true;
}

static void check_name(Record *record, const SniffType *type, const char *path)
{
    const char *slash = strrchr(path, '/');
    ExtensionCheck check = sniff_check_extension(type, slash != NULL ? slash + 1 : path);
    if (check == EXTENSION_DISGUISE)
        record_add_finding(record, FINDING_EXTENSION_MISMATCH, 0,
                           "%s under a name that is not media", type->media_type);
    else if (check == EXTENSION_MISMATCH)
        record_add_finding(record, FINDING_EXTENSION_MISMATCH, 0,
                           "%s under a name of another family", type->media_type);
}

// ---- One file ---------------------------------------------------------------------------------

static bool has_finding(const Record *record, FindingType type)
{
    for (unsigned i = 0; i < record->findings->len; i++)
        if (((const Finding *)record->findings->pdata[i])->type == type)
            return true;
    return false;
}

// A picture is opened when something lies behind its end, or nothing could be made of it; of a
// video its decoder does not say.
static bool has_inside(const Record *record, const SniffType *type)
{
    if (record->size_bytes == 0 || record->status == STATUS_UNREADABLE)
        return false;
    if (!type->can_decode || type->family == FAMILY_VIDEO || record->status != STATUS_OK)
        return true;
    return has_finding(record, FINDING_APPENDED_DATA) || has_finding(record, FINDING_TRUNCATED);
}

// Asked last of all that reads the file.
static void note_late_change(Lane *lane, const WalkEntry *entry, Examined *examined)
{
    Record *record = examined->record;
    if (!has_finding(record, FINDING_CHANGED))
        note_change(record, entry, record->size_bytes);
    if (has_finding(record, FINDING_CHANGED))
        lane_forget_preview(lane, examined, "the file changed while it was read");
}

// A video too large for the buffer is decoded from the file. Should that change in between, what
// was decoded is not what was digested, and the record says that it changed.
static bool look_at_large(Lane *lane, const WalkEntry *entry, Examined *examined, GError **err)
{
    bool is_readable = examined->record->status == STATUS_OK && examined->record->has_digests;
    if (!is_readable || (examined->settled && !lane_wants_preview(lane, examined)))
        return true;
    if (!examined->settled && !lane_decode(lane, examined, 0, entry->descriptor, err))
        return false;
    if (!lane_preview(lane, examined, 0, entry->descriptor, err))
        return false;
    note_late_change(lane, entry, examined);
    return true;
}

// The file as a whole: digests, match, and the picture when it is one.
static bool examine_whole(Lane *lane, const WalkEntry *entry, Examined *examined,
                          const Contents *contents, GError **err)
{
    Record *record = examined->record;
    examined->is_media = lane_is_media(contents->type);
    check_name(record, contents->type, entry->path);
    if (!lane_match_exact(lane, examined, err))
        return false;
    if (!contents->type->can_decode || record->size_bytes == 0)
        return true;
    if (contents->in_buffer)
        return (examined->settled || lane_decode(lane, examined, 0, -1, err)) &&
               lane_preview(lane, examined, 0, -1, err);
    if (contents->type->family == FAMILY_VIDEO)
        return look_at_large(lane, entry, examined, err);
    if (!examined->settled)
        record_set_status(record, STATUS_LIMIT, "the picture is larger than %u MiB",
                          LIMIT_STILL_BYTES >> 20);
    return true;
}

// What lies inside the file, unless it is known or another file's part. A known picture is known to
// its last byte; so is what is to be left out.
static bool examine_inside_of(Lane *lane, const WalkEntry *entry, const LanePart *part,
                              Examined *examined, const SniffType *type, const LaneSink *sink,
                              GError **err)
{
    Record *record = examined->record;
    bool is_known =
        (examined->settled && type->can_decode) || matcher_may_leave_out(examined->matches);
    if (is_known || !has_inside(record, type))
        return true;
    SegmentRole role = segment_role(entry, type, record);
    if (role == SEGMENT_COVERED)
        return true;
    if (type->can_decode)
        lane_forget_appended(record, 0);
    return lane_look_inside(lane, entry, part, record, role == SEGMENT_SEARCH, sink, err);
}

static bool examine_file(Lane *lane, const WalkEntry *entry, const LanePart *part,
                         Examined *examined, const LaneSink *sink, GError **err)
{
    Record *record = examined->record;
    Contents contents = {0};
    if (!media_client_ready(lane->media, err))
        return false;
    if (part->share > 0) {
        if (!sniff_file(lane, entry, record, &contents))
            return true;
    } else if (!read_contents(lane, entry, record, &contents, err)) {
        return false;
    }
    if (contents.type == NULL)
        return true;
    if (!examine_whole(lane, entry, examined, &contents, err))
        return false;
    if (!examine_inside_of(lane, entry, part, examined, contents.type, sink, err))
        return false;
    if (!examined->settled)
        lane_note_undecodable(record, contents.type);
    return true;
}

static Examined examined_new(Lane *lane, const WalkEntry *entry)
{
    Examined examined = {.record = record_new(),
                         .matches = g_array_new(FALSE, FALSE, sizeof(Match))};
    Record *record = examined.record;
    set_identity(lane, record, entry->path);
    if (entry->has_stat) {
        set_times(record, entry);
        record->has_size = entry->kind == WALK_FILE;
        record->size_bytes = record->has_size ? (uint64_t)entry->size_bytes : 0;
    }
    return examined;
}

bool lane_examine(Lane *lane, const WalkEntry *entry, const LanePart *part, const LaneSink *sink,
                  GError **err)
{
    static const Place whole = {0};
    Examined examined = examined_new(lane, entry);
    Record *record = examined.record;
    bool ok = true;
    if (entry->kind == WALK_FILE)
        ok = examine_file(lane, entry, part, &examined, sink, err);
    else
        describe_unopened(record, entry);
    media_client_trim(lane->media, record->size_bytes);
    if (!ok) {
        examined_clear(&examined);
        return false;
    }
    if (record->status != STATUS_OK && record->not_examined_bytes == 0)
        record->not_examined_bytes = record->size_bytes;
    examined.left_out = matcher_may_leave_out(examined.matches);
    lane_end_preview(lane, &examined);
    return sink->item(sink->user_data, &examined, &whole, err);
}

void examined_clear(Examined *examined)
{
    g_clear_pointer(&examined->record, record_free);
    g_clear_pointer(&examined->matches, g_array_unref);
    g_clear_pointer(&examined->frames, video_frames_free);
    g_clear_pointer(&examined->previews, preview_set_free);
    g_clear_pointer(&examined->preview_reason, g_free);
}
