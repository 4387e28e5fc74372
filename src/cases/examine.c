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
#include "cases/decoded.h"
#include "cases/evidence_reader.h"
#include "cases/segment.h"
#include "hash/digest.h"
#include "model/path_text.h"
#include "sniff/sniff.h"
#include "wire/media_message.h"

// Files up to here are read into the worker's buffer whatever they are; larger ones only when a
// worker will decode them, others stream through the digests.
#define BUFFERED_BYTES (1u << 20)
// What the buffer keeps between items; the pages of a larger picture are given back.
#define BUFFER_KEPT_BYTES (16u << 20)

// ---- The lane ---------------------------------------------------------------------------------

struct Lane {
    LaneOptions options;
    Worker *worker; // NULL after a fall, until the next picture
    uint64_t next_item;
    GByteArray *request, *reply;
    DigestState *digest;
    EvidenceReader *evidence;
};

static bool ensure_worker(Lane *lane, GError **err)
{
    if (lane->worker != NULL && worker_is_alive(lane->worker) &&
        worker_items(lane->worker) < LIMIT_WORKER_ITEMS)
        return true;
    g_clear_pointer(&lane->worker, worker_free);
    lane->worker =
        worker_spawn(lane->options.zygote, (WorkerOptions){.buffer_bytes = LIMIT_STILL_BYTES}, err);
    return lane->worker != NULL;
}

Lane *lane_new(LaneOptions options, GError **err)
{
    Lane *lane = g_new0(Lane, 1);
    lane->options = options;
    lane->request = g_byte_array_new();
    lane->reply = g_byte_array_new();
    lane->digest = digest_state_new(DIGEST_ENGINE_AUTO);
    if (lane->digest == NULL) {
        g_set_error(err, CLEW_ERROR, CLEW_ERROR_UNSUPPORTED,
                    "cannot compute MD5, SHA-1 and SHA-256: libcrypto refuses one of them (a FIPS "
                    "policy may)");
        lane_free(lane);
        return NULL;
    }
    lane->evidence = evidence_reader_new(options.evidence);
    if (!ensure_worker(lane, err)) {
        lane_free(lane);
        return NULL;
    }
    return lane;
}

void lane_free(Lane *lane)
{
    if (lane == NULL)
        return;
    worker_free(lane->worker);
    evidence_reader_free(lane->evidence);
    digest_state_free(lane->digest);
    g_byte_array_unref(lane->request);
    g_byte_array_unref(lane->reply);
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

static void set_digests(Record *record, const DigestSet *digests)
{
    memcpy(record->digests.md5, digests->md5, MD5_BYTES);
    memcpy(record->digests.sha1, digests->sha1, SHA1_BYTES);
    memcpy(record->digests.sha256, digests->sha256, SHA256_BYTES);
    record->has_digests = true;
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
        set_digests(record, &digests);
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

// Reads and digests the file and learns its type. True also when the file could not be read: the
// record says so.
static bool read_contents(Lane *lane, const WalkEntry *entry, Record *record,
                          Contents *ret_contents, GError **err)
{
    uint8_t *buffer = worker_buffer(lane->worker);
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
        bool decodable =
            ret_contents->type->can_decode && size <= worker_buffer_bytes(lane->worker);
        if (!decodable)
            return digest_stream(lane, entry, record, err);
        count = read_whole(entry->descriptor, buffer, (size_t)size, &failed_at);
        if (count < 0) {
            set_read_error(record, errno, failed_at);
            return true;
        }
    }
    DigestSet digests;
    digest_bytes(lane, buffer, (size_t)count, &digests);
    set_digests(record, &digests);
    note_change(record, entry, (uint64_t)count);
    ret_contents->in_buffer = true;
    return true;
}

// The type alone, for a share of a file whose bytes are another's to digest. False when it cannot
// be read: the record says so.
static bool sniff_file(Lane *lane, const WalkEntry *entry, Record *record, Contents *ret_contents)
{
    uint64_t failed_at = 0;
    uint8_t *buffer = worker_buffer(lane->worker);
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

// ---- Decoding ---------------------------------------------------------------------------------

// One question, one answer or the way the worker fell.
static WorkerOutcome ask_worker(Lane *lane, const Record *record, MediaReply *ret_reply,
                                char **ret_reason)
{
    MediaRequest request = {.item = lane->next_item++,
                            .size_bytes = record->size_bytes,
                            .media_type = record->media_type};
    g_byte_array_set_size(lane->request, 0);
    media_request_encode(&request, lane->request);
    // A send that fails means a worker that is gone; receiving tells how it went.
    worker_send(lane->worker, lane->request->data, lane->request->len, -1, NULL);
    WorkerOutcome outcome =
        worker_receive(lane->worker, LIMIT_MEDIA_ITEM_MS, lane->reply, ret_reason);
    if (outcome != WORKER_ANSWERED)
        return outcome;
    if (media_reply_decode(lane->reply->data, lane->reply->len, ret_reply)) {
        if (ret_reply->item == request.item)
            return WORKER_ANSWERED;
        media_reply_clear(ret_reply);
    }
    *ret_reason = worker_reject(lane->worker);
    return WORKER_NONSENSE;
}

static void reply_of_fall(MediaReply *reply, WorkerOutcome outcome, char *reason)
{
    *reply = (MediaReply){.status = outcome == WORKER_TIMED_OUT ? STATUS_TIMEOUT : STATUS_CRASHED,
                          .reason = reason,
                          .findings = findings_new()};
}

// Replaces the fallen worker and puts the same bytes before the new one.
static bool hand_over(Lane *lane, const Record *record, GError **err)
{
    Worker *fallen = g_steal_pointer(&lane->worker);
    bool ok = ensure_worker(lane, err);
    if (ok)
        memcpy(worker_buffer(lane->worker), worker_buffer(fallen), (size_t)record->size_bytes);
    worker_free(fallen);
    return ok;
}

// A worker that had served other items may have fallen over what they left behind: then the item
// gets a second chance with a fresh one, so that a crash costs the item that caused it.
static bool decode(Lane *lane, const Record *record, MediaReply *ret_reply, GError **err)
{
    bool had_served = worker_items(lane->worker) > 0;
    g_autofree char *reason = NULL;
    WorkerOutcome outcome = ask_worker(lane, record, ret_reply, &reason);
    if (outcome == WORKER_CRASHED && had_served) {
        if (!hand_over(lane, record, err))
            return false;
        g_clear_pointer(&reason, g_free);
        outcome = ask_worker(lane, record, ret_reply, &reason);
    }
    if (outcome == WORKER_ANSWERED)
        return true;
    reply_of_fall(ret_reply, outcome, g_steal_pointer(&reason));
    return true;
}

// Media that Clew knows and this version cannot decode is never counted as clean.
static void note_undecodable(Record *record, const SniffType *type)
{
    if (record->status != STATUS_OK || type->can_decode)
        return;
    if (type->family == FAMILY_STILL)
        record_set_status(record, STATUS_UNSUPPORTED, "no decoder for %s", type->media_type);
    else if (type->family == FAMILY_VIDEO)
        record_set_status(record, STATUS_UNSUPPORTED,
                          "this version gives the digests of a video and does not look into it");
}

// ---- Matching ---------------------------------------------------------------------------------

static bool has_certain_match(const GArray *matches)
{
    for (unsigned i = 0; i < matches->len; i++) {
        const Match *match = &g_array_index(matches, Match, i);
        if (match->type == MATCH_EXACT && !match->weak_digest && !match->contradicted)
            return true;
    }
    return false;
}

static bool match_exact(Lane *lane, Examined *examined, GError **err)
{
    if (lane->options.matcher == NULL || !examined->record->has_digests)
        return true;
    if (!matcher_exact(lane->options.matcher, &examined->record->digests, examined->matches, err))
        return false;
    examined->settled = has_certain_match(examined->matches);
    return true;
}

static bool match_near(Lane *lane, Examined *examined, GError **err)
{
    Matcher *matcher = lane->options.matcher;
    const Record *record = examined->record;
    if (matcher == NULL)
        return true;
    if (record->still != NULL &&
        !matcher_near(matcher, record->still, false, examined->matches, err))
        return false;
    return record->thumbnail == NULL ||
           matcher_near(matcher, record->thumbnail, true, examined->matches, err);
}

// Decodes and asks for what looks alike. The worker's facts move into the record.
static bool decode_and_match(Lane *lane, Examined *examined, GPtrArray **ret_findings, GError **err)
{
    Record *record = examined->record;
    MediaReply reply;
    if (!decode(lane, record, &reply, err))
        return false;
    if (reply.status != STATUS_OK)
        record_set_status(record, reply.status, "%s", reply.reason);
    record->still = g_steal_pointer(&reply.still);
    record->thumbnail = g_steal_pointer(&reply.thumbnail);
    findings_copy(record->findings, reply.findings);
    *ret_findings = g_ptr_array_ref(reply.findings);
    media_reply_clear(&reply);
    return match_near(lane, examined, err);
}

// The same bytes are decoded, and asked about, once in a scan. What a worker said of its evidence
// file is remembered for that file alone (`realm`), because it might have lied.
static bool decode_once(Lane *lane, Examined *examined, uint64_t realm, GError **err)
{
    Decoded *decoded = lane->options.decoded;
    Record *record = examined->record;
    DecodedTurn turn = decoded_ask(decoded, realm, record, examined->matches);
    if (turn == DECODED_KNOWN)
        return true;
    unsigned first_near = examined->matches->len;
    g_autoptr(GPtrArray) findings = NULL;
    bool ok = decode_and_match(lane, examined, &findings, err);
    if (turn == DECODED_MINE && ok)
        decoded_put(decoded, realm, record, findings, examined->matches, first_near);
    else if (turn == DECODED_MINE)
        decoded_give_up(decoded, realm, record);
    return ok;
}

static const SniffType *type_of(const Record *record)
{
    const SniffType *type =
        record->media_type != NULL ? sniff_by_media_type(record->media_type) : NULL;
    return type != NULL ? type : sniff_bytes(NULL, 0);
}

static bool is_media(const SniffType *type)
{
    return type->family == FAMILY_STILL || type->family == FAMILY_VIDEO;
}

// ---- What lies inside -------------------------------------------------------------------------

// One evidence file under a lane's hands.
typedef struct {
    Lane *lane;
    const EvidenceFile *file;
    const LaneSink *sink;
    uint64_t realm;
    bool has_room; // the picture in hand lies in the decoder's buffer
} Inside;

// Pictures go straight to where the decoder sees them.
static uint8_t *room_for_picture(void *user_data, size_t done, size_t more)
{
    Inside *inside = user_data;
    Lane *lane = inside->lane;
    if (done == 0)
        inside->has_room = ensure_worker(lane, NULL);
    if (!inside->has_room || more > worker_buffer_bytes(lane->worker) - done)
        return NULL;
    return worker_buffer(lane->worker) + done;
}

static bool digest_fetched(void *user_data, const uint8_t *bytes, size_t size_bytes)
{
    digest_state_update(user_data, bytes, size_bytes);
    return true;
}

static void drop_exact_matches(GArray *matches)
{
    for (unsigned i = matches->len; i-- > 0;)
        if (g_array_index(matches, Match, i).type == MATCH_EXACT)
            g_array_remove_index(matches, i);
}

static bool has_exact_match(const GArray *matches)
{
    for (unsigned i = 0; i < matches->len; i++)
        if (g_array_index(matches, Match, i).type == MATCH_EXACT)
            return true;
    return false;
}

// Reads an exact hit again through another worker and digests it here, so that one worker that was
// taken over cannot make a hit.
static bool verify(const Inside *inside, Examined *examined, const Place *place, GError **err)
{
    Lane *lane = inside->lane;
    Record *record = examined->record;
    if (!lane->options.verify_hits || !has_exact_match(examined->matches))
        return true;
    Fetched fetched;
    digest_state_begin(lane->digest);
    if (!evidence_fetch(lane->evidence, inside->file, place, digest_fetched, lane->digest, &fetched,
                        err))
        return false;
    DigestSet digests;
    digest_state_finish(lane->digest, &digests);
    bool is_same = fetched.found && g_strcmp0(fetched.locator, record->locator) == 0 &&
                   memcmp(digests.sha256, record->digests.sha256, SHA256_BYTES) == 0;
    if (is_same) {
        record->verified = true;
    } else if (!fetched.found) {
        record_add_finding(record, FINDING_UNVERIFIED, 0, "it could not be read a second time%s%s",
                           fetched.reason != NULL ? ": " : "",
                           fetched.reason != NULL ? fetched.reason : "");
    } else {
        drop_exact_matches(examined->matches);
        examined->settled = false;
        record_add_finding(record, FINDING_UNVERIFIED, 0,
                           "a second reading gave other bytes; the exact match is not counted");
    }
    fetched_clear(&fetched);
    return true;
}

static bool examine_inside(const Inside *inside, Examined *examined, const Place *place,
                           size_t contents_bytes, GError **err)
{
    Lane *lane = inside->lane;
    Record *record = examined->record;
    const SniffType *type = type_of(record);
    examined->is_media = is_media(type);
    if (!match_exact(lane, examined, err) || !verify(inside, examined, place, err))
        return false;
    if (examined->settled)
        return true;
    bool may_decode = type->can_decode && record->has_digests && record->size_bytes > 0;
    if (may_decode && contents_bytes == record->size_bytes && inside->has_room)
        return decode_once(lane, examined, inside->realm, err);
    if (may_decode && record->status == STATUS_OK)
        record_set_status(record, STATUS_LIMIT, "the picture is larger than %u MiB",
                          LIMIT_STILL_BYTES >> 20);
    note_undecodable(record, type);
    return true;
}

// The decoder's word about what lies behind the end gives way to that of those who looked there.
// Only findings from `first` on are its.
static void forget_appended(Record *record, unsigned first)
{
    for (unsigned i = record->findings->len; i-- > first;) {
        const Finding *finding = record->findings->pdata[i];
        if (finding->type == FINDING_APPENDED_DATA)
            g_ptr_array_remove_index(record->findings, i);
    }
}

static bool take_inside(void *user_data, Record *record, const Place *place, size_t contents_bytes,
                        GError **err)
{
    Inside *inside = user_data;
    Lane *lane = inside->lane;
    Examined examined = {.record = record, .matches = g_array_new(FALSE, FALSE, sizeof(Match))};
    unsigned told = record->findings->len;
    bool ok = examine_inside(inside, &examined, place, contents_bytes, err);
    forget_appended(record, told);
    inside->has_room = false;
    if (lane->worker != NULL && contents_bytes > BUFFER_KEPT_BYTES)
        worker_trim_buffer(lane->worker, BUFFER_KEPT_BYTES);
    if (!ok) {
        examined_clear(&examined);
        return false;
    }
    examined.left_out = matcher_may_leave_out(examined.matches);
    return inside->sink->item(inside->sink->user_data, &examined, place, err);
}

static void pass_progress(void *user_data, uint64_t bytes)
{
    const Inside *inside = user_data;
    inside->sink->progress(inside->sink->user_data, bytes);
}

static bool look_inside(Lane *lane, const WalkEntry *entry, const LanePart *part, Record *record,
                        bool only_searched, const LaneSink *sink, GError **err)
{
    const EvidenceFile file = {.descriptor = entry->descriptor,
                               .path = entry->path,
                               .size_bytes = record->size_bytes,
                               .media_type = record->media_type,
                               .record_path = record->path,
                               .locator = record->locator,
                               .item_id = record->item_id,
                               .source = entry->argument,
                               .only_searched = only_searched};
    Inside inside = {.lane = lane, .file = &file, .sink = sink, .realm = part->entry_number + 1};
    const EvidenceSink evidence_sink = {.room = room_for_picture,
                                        .item = take_inside,
                                        .progress = pass_progress,
                                        .user_data = &inside};
    const EvidencePart evidence_part = {
        .share = part->share, .shares = part->shares, .resume = part->resume};
    return evidence_walk(lane->evidence, &file, evidence_part, record, &evidence_sink, err);
}

// A picture is opened when something lies behind its end, or nothing could be made of it.
static bool has_inside(const Record *record, const SniffType *type)
{
    if (record->size_bytes == 0 || record->status == STATUS_UNREADABLE)
        return false;
    if (!type->can_decode || record->status != STATUS_OK)
        return true;
    for (unsigned i = 0; i < record->findings->len; i++) {
        const Finding *finding = record->findings->pdata[i];
        if (finding->type == FINDING_APPENDED_DATA || finding->type == FINDING_TRUNCATED)
            return true;
    }
    return false;
}

// ---- One file ---------------------------------------------------------------------------------

// The file as a whole: digests, match, and the picture when it is one.
static bool examine_whole(Lane *lane, const WalkEntry *entry, Examined *examined,
                          const Contents *contents, GError **err)
{
    Record *record = examined->record;
    examined->is_media = is_media(contents->type);
    check_name(record, contents->type, entry->path);
    if (!match_exact(lane, examined, err))
        return false;
    if (examined->settled || !contents->type->can_decode || record->size_bytes == 0)
        return true;
    if (!contents->in_buffer) {
        record_set_status(record, STATUS_LIMIT, "the picture is larger than %u MiB",
                          LIMIT_STILL_BYTES >> 20);
        return true;
    }
    return decode_once(lane, examined, 0, err);
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
        forget_appended(record, 0);
    return look_inside(lane, entry, part, record, role == SEGMENT_SEARCH, sink, err);
}

static bool examine_file(Lane *lane, const WalkEntry *entry, const LanePart *part,
                         Examined *examined, const LaneSink *sink, GError **err)
{
    Record *record = examined->record;
    Contents contents = {0};
    if (!ensure_worker(lane, err))
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
        note_undecodable(record, contents.type);
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
    if (lane->worker != NULL && record->size_bytes > BUFFER_KEPT_BYTES)
        worker_trim_buffer(lane->worker, BUFFER_KEPT_BYTES);
    if (!ok) {
        examined_clear(&examined);
        return false;
    }
    if (record->status != STATUS_OK && record->not_examined_bytes == 0)
        record->not_examined_bytes = record->size_bytes;
    examined.left_out = matcher_may_leave_out(examined.matches);
    return sink->item(sink->user_data, &examined, &whole, err);
}

void examined_clear(Examined *examined)
{
    g_clear_pointer(&examined->record, record_free);
    g_clear_pointer(&examined->matches, g_array_unref);
}
