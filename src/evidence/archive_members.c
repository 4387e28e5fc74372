// SPDX-License-Identifier: Apache-2.0
#include "evidence/archive_members.h"

#include <inttypes.h>

#include "base/error.h"
#include "base/reader.h"
#include "evidence/archive_coverage.h"

ArchiveMembers archive_members_of_kind(ArchiveKind kind)
{
    switch (kind) {
    case ARCHIVE_TAR:
        return (ArchiveMembers){.format = READER_TAR};
    case ARCHIVE_CPIO:
        return (ArchiveMembers){.format = READER_CPIO};
    case ARCHIVE_AR:
        return (ArchiveMembers){.format = READER_AR};
    case ARCHIVE_CAB:
        return (ArchiveMembers){.format = READER_CAB, .has_local_times = true};
    case ARCHIVE_LHA:
        return (ArchiveMembers){.format = READER_LHA, .has_local_times = true};
    case ARCHIVE_XAR:
        return (ArchiveMembers){.format = READER_XAR};
    case ARCHIVE_ISO:
        return (ArchiveMembers){.format = READER_ISO};
    case ARCHIVE_WARC:
        return (ArchiveMembers){.format = READER_WARC};
    default:
        return (ArchiveMembers){.format = READER_FORMAT_COUNT};
    }
}

// ---- Members ----------------------------------------------------------------------------------

static void forget_zone(ItemTime *time)
{
    if (time->zone == ZONE_UTC)
        time->zone = ZONE_UNKNOWN;
}

static void forget_zones(ItemTimes *times)
{
    forget_zone(&times->modified);
    forget_zone(&times->accessed);
    forget_zone(&times->changed);
    forget_zone(&times->created);
}

// Members that are tried although the one before them could not be unpacked; behind these they are
// listed only.
#define FAILURES_MAX 100u

typedef struct {
    Walk *walk;
    const ArchiveMembers *members;
    Source *source; // one of the two
    ArchiveStream *stream;
    ArchiveReader *reader; // owned
    ArchiveTally *tally;
    uint64_t index; // of the next entry
    unsigned failures;
    GError *failure; // the last; once there are too many, that of all further members
} Delivery;

static Status status_of_failure(const Delivery *delivery)
{
    switch (delivery->failure->code) {
    case CLEW_ERROR_UNSUPPORTED:
        return STATUS_UNSUPPORTED;
    case CLEW_ERROR_DENIED:
        return STATUS_ENCRYPTED;
    case CLEW_ERROR_LIMIT:
        return STATUS_LIMIT;
    default:
        return STATUS_CORRUPT;
    }
}

// From level 2 on an LHA header has the time in UTC; its level is its 21st byte.
static bool is_utc(const Delivery *delivery, const ArchiveEntry *entry)
{
    uint8_t level = 0;
    return delivery->members->format == READER_LHA && delivery->source != NULL &&
           source_read_exact(delivery->source, entry->header_offset + 20, &level, 1, NULL) &&
           level >= 2;
}

static bool deliver(Delivery *delivery, ArchiveEntry *entry, uint64_t index)
{
    const ArchiveMembers *members = delivery->members;
    g_autofree char *own_name =
        entry->name == NULL ? g_strdup_printf("member %" PRIu64, index) : NULL;
    g_autofree char *layer = g_strdup_printf("{\"member\":%" PRIu64 "}", index);
    g_autofree char *reason = NULL;
    g_autoptr(GPtrArray) findings = findings_new();
    Status status = STATUS_OK;
    if (entry->is_encrypted) {
        status = STATUS_ENCRYPTED;
        reason = g_strdup_printf("it is encrypted (%s)%s", members->cipher,
                                 walk_passwords(delivery->walk)[0] != NULL
                                     ? "; passwords cannot be tried on archives of this kind"
                                     : "");
        findings_add(findings, FINDING_ENCRYPTED, entry->size_bytes, members->cipher);
    } else if (delivery->failures >= FAILURES_MAX) {
        status = status_of_failure(delivery);
        reason = g_strdup_printf("not tried, like those before it: %s", delivery->failure->message);
    }
    if (members->has_local_times && !is_utc(delivery, entry))
        forget_zones(&entry->times);
    const Child child = {.name = own_name != NULL ? own_name : entry->name,
                         .layer = layer,
                         .read = status == STATUS_OK ? archive_reader_read : NULL,
                         .user_data = delivery->reader,
                         .has_size = entry->has_size,
                         .size_bytes = entry->size_bytes,
                         .times = entry->times,
                         .findings = findings,
                         .status = status,
                         .reason = reason};
    return walk_child(delivery->walk, &child);
}

static bool open_reader(Delivery *delivery, GError **err)
{
    ReaderFormat format = delivery->members->format;
    delivery->reader =
        delivery->source != NULL
            ? archive_reader_open(delivery->walk, format, delivery->source, err)
            : archive_reader_open_stream(delivery->walk, format, delivery->stream, err);
    return delivery->reader != NULL;
}

// Reads on behind a member that could not be unpacked, with a fresh reader that unpacks nothing up
// to there. False when that fails too.
static bool restart(Delivery *delivery, ArchiveEntry *ret_entry)
{
    if (!delivery->members->is_restartable || delivery->failures >= FAILURES_MAX)
        return false;
    delivery->failures++;
    g_clear_pointer(&delivery->reader, archive_reader_free);
    if (!open_reader(delivery, NULL))
        return false;
    for (uint64_t i = 0; i <= delivery->index; i++)
        if (walk_is_over(delivery->walk) ||
            archive_reader_next(delivery->reader, ret_entry, NULL) != READER_ENTRY)
            return false;
    return true;
}

// The next entry. READER_FAILED is the end, with the container's status set.
static ReaderNext next(Delivery *delivery, ArchiveEntry *ret_entry)
{
    g_autoptr(GError) error = NULL;
    ReaderNext result = archive_reader_next(delivery->reader, ret_entry, &error);
    if (result != READER_FAILED || error->code == CLEW_ERROR_CANCELLED)
        return result;
    g_clear_error(&delivery->failure);
    delivery->failure = g_steal_pointer(&error);
    if (restart(delivery, ret_entry))
        return READER_ENTRY;
    // The end may have come right behind the member that failed.
    if (delivery->reader != NULL && !archive_reader_has_failed(delivery->reader))
        return READER_END;
    walk_set_error(delivery->walk, delivery->failure);
    return READER_FAILED;
}

static bool deliver_all(Delivery *delivery)
{
    g_autoptr(GError) error = NULL;
    ArchiveTally *tally = delivery->tally;
    *tally = (ArchiveTally){0};
    if (!open_reader(delivery, &error)) {
        walk_set_error(delivery->walk, error);
        return !walk_is_over(delivery->walk);
    }
    bool ok = true;
    ArchiveEntry entry;
    ReaderNext result = READER_ENTRY;
    while (ok && (result = next(delivery, &entry)) == READER_ENTRY) {
        uint64_t index = delivery->index++;
        tally->entries++;
        if (!entry.is_file)
            continue;
        entry.is_encrypted &= delivery->members->cipher != NULL;
        tally->members++;
        tally->encrypted += entry.is_encrypted;
        ok = deliver(delivery, &entry, index);
    }
    tally->is_complete = result == READER_END;
    if (delivery->reader != NULL) {
        tally->position = archive_reader_position(delivery->reader);
        tally->damaged_bytes = archive_reader_damaged_bytes(delivery->reader);
    }
    return ok && !walk_is_over(delivery->walk);
}

static bool deliver_and_clear(Delivery *delivery)
{
    bool ok = deliver_all(delivery);
    archive_reader_free(delivery->reader);
    g_clear_error(&delivery->failure);
    return ok;
}

bool archive_members_deliver(Walk *walk, const ArchiveMembers *members, Source *source,
                             ArchiveTally *ret_tally)
{
    Delivery delivery = {.walk = walk, .members = members, .source = source, .tally = ret_tally};
    return deliver_and_clear(&delivery);
}

bool archive_members_deliver_stream(Walk *walk, const ArchiveMembers *members,
                                    ArchiveStream *stream, ArchiveTally *ret_tally)
{
    Delivery delivery = {.walk = walk, .members = members, .stream = stream, .tally = ret_tally};
    return deliver_and_clear(&delivery);
}

// ---- The whole --------------------------------------------------------------------------------

// A signature is known, whatever follows it; so what is searched is less than the whole.
#define KNOWN_BYTES 64u

// Where the archive ends, when the format says so better than the reader's position does.
static uint64_t find_end(ArchiveKind kind, Source *source, uint64_t position)
{
    uint8_t bytes[4] = {0};
    Reader reader = reader_init(bytes, sizeof bytes);
    uint64_t end = position;
    // [MS-CAB] 2.1, cbCabinet.
    if (kind == ARCHIVE_CAB && source_read_exact(source, 8, bytes, 4, NULL))
        end = reader_u32le(&reader);
    // ISO 9660, 8.4.8: sectors of the volume, in the primary descriptor.
    if (kind == ARCHIVE_ISO && source_read_exact(source, 32768 + 80, bytes, 4, NULL))
        end = (uint64_t)reader_u32le(&reader) * 2048;
    // The members of a XAR archive come in any order, and where its heap ends is said nowhere.
    if (kind == ARCHIVE_XAR)
        end = source_size(source);
    return MIN(MAX(end, position), source_size(source));
}

void archive_members_open(Walk *walk, ArchiveKind kind, Source *source, uint64_t begin)
{
    ArchiveMembers members = archive_members_of_kind(kind);
    ArchiveTally tally;
    g_autoptr(Source) archive = source_new_range(source, begin, source_size(source) - begin);
    if (!archive_members_deliver(walk, &members, archive, &tally))
        return;
    uint64_t size = source_size(archive), position = MIN(tally.position, size);
    uint64_t end = tally.is_complete ? find_end(kind, archive, position) : size;
    g_autoptr(ArchiveCoverage) coverage = archive_coverage_new();
    archive_coverage_add(coverage, begin, begin + MAX(position, MIN(KNOWN_BYTES, size)));
    if (tally.is_complete)
        archive_coverage_add(coverage, begin, begin + end);
    else
        walk_not_examined(walk, size - position,
                          "the archive cannot be read from byte %" PRIu64 " on", begin + position);
    if (tally.damaged_bytes > 0)
        walk_not_examined(walk, tally.damaged_bytes, "damaged headers were passed over");
    archive_coverage_search(coverage, walk, source, begin + end);
}
