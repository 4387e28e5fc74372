// SPDX-License-Identifier: Apache-2.0
//
// Record: what Clew says of one item. The walk fills identity, size, times and digests; the media
// worker adds what decoding showed; matching adds nothing here (model/match.h). A record with any
// status is complete: "could not examine" is an answer.
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

#include "model/digest_set.h"
#include "model/video.h"

// Whether the item was examined. Everything but STATUS_OK counts as "could not examine".
typedef enum {
    STATUS_OK, // also for bytes that are no media
    STATUS_UNSUPPORTED,
    STATUS_CORRUPT,
    STATUS_ENCRYPTED,
    STATUS_LIMIT,
    STATUS_TIMEOUT,
    STATUS_CRASHED,
    STATUS_UNREADABLE,
    STATUS_COUNT,
} Status;

const char *status_name(Status status);

// The status of an item that could not be examined for this reason. What is denied is what lacks a
// password; other errors than those of CLEW_ERROR, and NULL, are STATUS_UNREADABLE.
Status status_of_error(const GError *error);

typedef enum {
    FINDING_EXTENSION_MISMATCH, // content and name are of different families
    FINDING_TRUNCATED,          // the picture ends early; what was there is hashed
    FINDING_CHANGED,            // the file changed while it was read
    FINDING_SPECIAL_FILE,       // FIFO, socket, device or link: named, not opened
    FINDING_APPENDED_DATA,      // bytes after the end of a picture or container
    FINDING_THUMBNAIL,          // an embedded thumbnail could not be examined
    FINDING_DELETED,            // the file system lists it as deleted
    FINDING_ORPHAN,             // deleted, and the folder it lay in is gone
    FINDING_CARVED,             // found by its own shape in bytes that no parser delivered
    FINDING_ALTERNATE_STREAM,   // NTFS: beside the main contents of a file
    FINDING_ENCRYPTED,          // a marker says so: what, and by which program where that is known
    FINDING_RANDOM_REGION,      // bytes without any structure, as encrypted containers have them
    FINDING_NOT_EXAMINED,       // a part could not be looked at: why, and how many bytes
    FINDING_SEGMENT,            // one part of a set of files: of which, and which part
    FINDING_DAMAGED,            // bytes that fail their checksum: which
    FINDING_STORED_HASH,        // a hash stored in an image agrees, or does not
    FINDING_UNRECOGNISED,       // a volume without a known file system; it was searched
    FINDING_AMBIGUOUS,          // several file systems fit; each was walked
    FINDING_REFERENCE,          // names contents that lie elsewhere and were not followed
    FINDING_UNVERIFIED,         // a second reading gave other bytes than the first
    FINDING_NO_VIDEO,           // it is of a type for videos and holds none
    FINDING_TYPE_COUNT,
} FindingType;

const char *finding_type_name(FindingType type);

typedef struct {
    FindingType type;
    char *detail;   // UTF-8, one phrase; may be NULL
    uint64_t bytes; // bytes concerned; 0 when the number says nothing
} Finding;

// A growing list of Finding *, owned by the array.
GPtrArray *findings_new(void);
// Appends a finding; the detail is copied.
void findings_add(GPtrArray *findings, FindingType type, uint64_t bytes, const char *detail);
// Appends copies of all of `more`.
void findings_copy(GPtrArray *findings, const GPtrArray *more);

// What leads to a person or an account, found in the item's headers.
typedef enum {
    IDENTIFIER_EMAIL, // an address of a mail's headers
    IDENTIFIER_COUNT,
} IdentifierKind;

const char *identifier_kind_name(IdentifierKind kind);

typedef struct {
    IdentifierKind kind;
    char *value; // UTF-8
} Identifier;

// A growing list of Identifier *, owned by the array, without repetitions.
GPtrArray *identifiers_new(void);
void identifiers_add(GPtrArray *identifiers, IdentifierKind kind, const char *value);

// A point in time with what is known of its zone. FAT and EXIF do not say one.
typedef enum {
    ZONE_NONE, // the time is absent
    ZONE_UTC,
    ZONE_UNKNOWN, // local time of an unknown place, printed without a zone
} Zone;

typedef struct {
    int64_t seconds; // since 1970-01-01 in its zone
    uint32_t nanoseconds;
    Zone zone;
} ItemTime;

typedef struct {
    ItemTime modified, accessed, changed, created;
} ItemTimes;

// One pipeline's perceptual hash of one picture (shared/PDQ: pdq_512 and pdq_full).
typedef struct {
    bool present;
    uint8_t quality;            // 0-100
    uint8_t hash[8][PDQ_BYTES]; // by PdqOrientation; [0] as the picture stands
} PdqFacts;

typedef enum {
    PIPELINE_512,         // nearest neighbour to 512x512 first, as the C++ file tool
    PIPELINE_FULL,        // every pixel, as the library entry point
    PIPELINE_512_TRIMMED, // the same after uniform borders were cut off
    PIPELINE_FULL_TRIMMED,
    PIPELINE_COUNT,
} Pipeline;

// "pdq_512" or "pdq_full", without the trimming.
const char *pipeline_name(Pipeline pipeline);
bool pipeline_is_trimmed(Pipeline pipeline);

// Names of the eight orientations, in the order of PdqFacts.hash: what was done to the picture
// in hand so that it matches.
#define ORIENTATION_COUNT 8
const char *orientation_name(unsigned orientation);

// EXIF of a still. Texts are UTF-8 without control characters, NULL when absent.
typedef struct {
    bool present;
    char *make, *model, *software;
    char *body_serial, *lens_serial, *lens_model;
    char *taken, *digitized, *modified; // as written, "2026:01:31 23:59:59", with offset if given
    unsigned orientation;               // 1-8, 0 when absent
    bool has_gps;
    double gps_latitude, gps_longitude; // degrees, north and east positive
    bool has_gps_altitude;
    double gps_altitude_metres; // above sea level
    char *gps_time;             // UTC, RFC 3339
} ExifFacts;

// Frees the texts and zeroes the facts.
void exif_facts_clear(ExifFacts *exif);

// What decoding a still showed.
typedef struct {
    bool decoded; // pixels were seen; otherwise only what the header said is set
    uint32_t width, height;
    uint32_t frames; // pictures in the file; 1 for most
    PdqFacts pdq[PIPELINE_COUNT];
    uint32_t trim_left, trim_top, trim_right, trim_bottom; // pixels cut for the trimmed hashes
    bool has_jpeg_tables;
    uint8_t jpeg_tables[SHA256_BYTES]; // SHA-256 of the quantisation tables, zig-zag, in id order
    ExifFacts exif;
} StillFacts;

typedef struct {
    char *path;      // for people: model/path_text.h
    char *locator;   // for programs: a JSON array of layers
    char *item_id;   // hex, the same for the same locator on every run
    char *parent_id; // NULL at the top
    bool has_size;
    uint64_t size_bytes;
    const char *media_type; // static, from sniff/; NULL when nothing was read
    Status status;
    char *reason; // one phrase when status is not STATUS_OK, else NULL
    bool has_digests;
    Digests digests;
    ItemTimes times;
    uint64_t not_examined_bytes; // of size_bytes, here and in what lies inside
    GPtrArray *findings;         // of Finding *, owned; never NULL after record_new
    GPtrArray *identifiers;      // of Identifier *, owned; never NULL after record_new
    StillFacts *still;           // NULL when it is no still or was not decoded
    StillFacts *thumbnail;       // of the embedded EXIF thumbnail; NULL when there is none
    VideoFacts *video;           // NULL when nothing moves in it or it was not decoded
    bool verified; // a fresh worker read it again and this program digested it: the same
    char *same_as; // item_id of the first item with the same bytes in this run; or NULL
} Record;

Record *record_new(void);
void record_free(Record *record);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Record, record_free)

// Sets status and reason (formatted; replaces an earlier reason).
void record_set_status(Record *record, Status status, const char *format, ...) G_GNUC_PRINTF(3, 4);

// Appends a finding; detail is formatted.
void record_add_finding(Record *record, FindingType type, uint64_t bytes, const char *format, ...)
    G_GNUC_PRINTF(4, 5);

StillFacts *still_facts_new(void);
StillFacts *still_facts_copy(const StillFacts *facts);
void still_facts_free(StillFacts *facts);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(StillFacts, still_facts_free)
