// SPDX-License-Identifier: Apache-2.0
#include "probe/media_probe.h"

#include <string.h>

#include "base/error.h"
#include "base/limits.h"
#include "hash/digest.h"
#include "hash/pdq.h"
#include "media/still.h"

G_STATIC_ASSERT(ORIENTATION_COUNT == PDQ_ORIENTATIONS);
G_STATIC_ASSERT(sizeof(((PdqResult *)NULL)->dihedral) == sizeof(((PdqFacts *)NULL)->hash));
G_DEFINE_AUTOPTR_CLEANUP_FUNC(PdqHasher, pdq_hasher_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(DigestState, digest_state_free)

// One encoded picture: the item itself or the thumbnail in it.
typedef struct {
    const uint8_t *bytes;
    size_t size_bytes;
    const char *media_type;
} Picture;

// Hashing -----------------------------------------------------------------------------------------

static uint8_t **next_rows(void *user_data, unsigned *ret_room)
{
    return pdq_hasher_rows(user_data, ret_room);
}

static void commit(void *user_data, unsigned count)
{
    pdq_hasher_commit(user_data, count);
}

// Decodes the whole picture into a hasher; with a crop, only what lies inside is hashed.
static PdqHasher *hash_rows(Still *still, const PdqRect *crop, bool *ret_truncated, GError **err)
{
    const PdqOptions options = {
        .pixels = still_format(still) == STILL_GREY ? PDQ_PIXELS_GREY : PDQ_PIXELS_RGBX,
        .crop = crop != NULL ? *crop : (PdqRect){0},
        .find_border = crop == NULL,
    };
    g_autoptr(PdqHasher) hasher = pdq_hasher_new(still_width(still), still_height(still), &options);
    if (hasher == NULL) {
        g_set_error(err, CLEW_ERROR, CLEW_ERROR_LIMIT,
                    "there is not enough memory to hash %u x %u pixels", still_width(still),
                    still_height(still));
        return NULL;
    }

    const StillSink sink = {.next_rows = next_rows, .commit = commit, .user_data = hasher};
    uint32_t rows = 0;
    if (!still_decode(still, &sink, &rows, ret_truncated, err))
        return NULL;
    if (!pdq_hasher_finish(hasher)) {
        g_set_error(err, CLEW_ERROR, CLEW_ERROR_CORRUPT, "only %u of %u rows could be decoded",
                    rows, still_height(still));
        return NULL;
    }
    return g_steal_pointer(&hasher);
}

static void keep_hash(const PdqHasher *hasher, PdqPipeline pipeline, PdqFacts *facts)
{
    PdqResult result;
    if (!pdq_hasher_result(hasher, pipeline, &result))
        return;
    facts->present = true;
    facts->quality = (uint8_t)result.quality;
    memcpy(facts->hash, result.dihedral, sizeof facts->hash);
}

// The picture once more without its uniform border. A failure here is none of the record's: the
// whole picture was decoded before.
static void hash_inside_border(const Picture *picture, const PdqRect *inside, StillFacts *facts)
{
    bool truncated;
    g_autoptr(Still) still =
        still_open(picture->bytes, picture->size_bytes, picture->media_type, NULL);
    g_autoptr(PdqHasher) hasher = still != NULL ? hash_rows(still, inside, &truncated, NULL) : NULL;
    if (hasher == NULL)
        return;
    keep_hash(hasher, PDQ_512, &facts->pdq[PIPELINE_512_TRIMMED]);
    keep_hash(hasher, PDQ_FULL, &facts->pdq[PIPELINE_FULL_TRIMMED]);
    facts->trim_left = inside->x;
    facts->trim_top = inside->y;
    facts->trim_right = facts->width - inside->x - inside->width;
    facts->trim_bottom = facts->height - inside->y - inside->height;
}

// The 512 pipeline is what the field's file tool gives, and that casts 16-bit samples to 8: it
// hashes their low bytes. Lists made with the tool hold such hashes; the full pipeline and the
// trimmed hashes have the high bytes, which look like the picture.
static void hash_low_bytes(const Picture *picture, PdqFacts *facts)
{
    bool truncated;
    *facts = (PdqFacts){0};
    g_autoptr(Still) still =
        still_open(picture->bytes, picture->size_bytes, picture->media_type, NULL);
    if (still == NULL)
        return;
    still_take_low_bytes(still);
    g_autoptr(PdqHasher) hasher = hash_rows(still, NULL, &truncated, NULL);
    if (hasher != NULL)
        keep_hash(hasher, PDQ_512, facts);
}

static bool hash_picture(const Picture *picture, Still *still, StillFacts *facts,
                         bool *ret_truncated, GError **err)
{
    g_autoptr(PdqHasher) hasher = hash_rows(still, NULL, ret_truncated, err);
    if (hasher == NULL)
        return false;
    facts->decoded = true;
    keep_hash(hasher, PDQ_512, &facts->pdq[PIPELINE_512]);
    keep_hash(hasher, PDQ_FULL, &facts->pdq[PIPELINE_FULL]);

    PdqRect inside;
    if (pdq_hasher_border(hasher, &inside))
        hash_inside_border(picture, &inside, facts);
    if (still_sample_bits(still) > 8)
        hash_low_bytes(picture, &facts->pdq[PIPELINE_512]);
    return true;
}

// Description -------------------------------------------------------------------------------------

static void describe(const Still *still, StillFacts *facts)
{
    facts->width = still_width(still);
    facts->height = still_height(still);
    facts->frames = still_frames(still);

    g_autoptr(GByteArray) tables = g_byte_array_new();
    still_metadata(still, &facts->exif, tables);
    if (tables->len == 0)
        return;
    DigestSet digests;
    g_autoptr(DigestState) digest = digest_state_new(DIGEST_ENGINE_AUTO);
    if (digest == NULL)
        return;
    digest_state_update(digest, tables->data, tables->len);
    digest_state_finish(digest, &digests);
    memcpy(facts->jpeg_tables, digests.sha256, sizeof facts->jpeg_tables);
    facts->has_jpeg_tables = true;
}

static StillFacts *examine_thumbnail(const Still *outer)
{
    Picture picture = {.media_type = "image/jpeg"};
    picture.bytes = still_thumbnail(outer, &picture.size_bytes);
    if (picture.bytes == NULL)
        return NULL;

    StillFacts *facts = still_facts_new();
    g_autoptr(Still) still =
        picture.size_bytes <= LIMIT_THUMBNAIL_BYTES
            ? still_open(picture.bytes, picture.size_bytes, picture.media_type, NULL)
            : NULL;
    if (still != NULL) {
        bool truncated;
        describe(still, facts);
        hash_picture(&picture, still, facts, &truncated, NULL);
    }
    return facts;
}

static void note_ends(const Still *still, bool truncated, GPtrArray *findings)
{
    if (truncated)
        findings_add(findings, FINDING_TRUNCATED, 0,
                     "the picture ends early or is damaged; what was there is hashed");
    size_t trailing_bytes = still_trailing_bytes(still);
    if (trailing_bytes > 0)
        findings_add(findings, FINDING_APPENDED_DATA, trailing_bytes,
                     "data after the end of the picture was not examined");
}

// The still as a whole ---------------------------------------------------------------------------

// A picture that breaks off before its first detail is filled up with one colour: nothing was seen.
static bool shows_nothing(const StillFacts *facts)
{
    return facts->pdq[PIPELINE_512].quality == 0 && facts->pdq[PIPELINE_FULL].quality == 0;
}

static bool examine(const Picture *picture, MediaReply *reply, GError **err)
{
    g_autoptr(Still) still =
        still_open(picture->bytes, picture->size_bytes, picture->media_type, err);
    if (still == NULL)
        return false;

    bool truncated = false;
    reply->still = still_facts_new();
    describe(still, reply->still);
    reply->thumbnail = examine_thumbnail(still);
    if (reply->thumbnail != NULL && !reply->thumbnail->decoded)
        findings_add(reply->findings, FINDING_THUMBNAIL, 0,
                     "the embedded thumbnail is damaged or too large and was not examined");
    bool hashed = hash_picture(picture, still, reply->still, &truncated, err);
    note_ends(still, truncated, reply->findings);
    if (hashed && truncated && shows_nothing(reply->still)) {
        g_set_error(err, CLEW_ERROR, CLEW_ERROR_CORRUPT,
                    "the picture ends before anything of it can be seen");
        return false;
    }
    return hashed;
}

void media_probe_run(const uint8_t *bytes, size_t size_bytes, const char *media_type,
                     MediaReply *ret_reply)
{
    const Picture picture = {.bytes = bytes, .size_bytes = size_bytes, .media_type = media_type};
    MediaReply reply = {.status = STATUS_OK, .findings = findings_new()};
    g_autoptr(GError) error = NULL;
    if (!examine(&picture, &reply, &error)) {
        reply.status = status_of_error(error);
        reply.reason = g_strdup(error->message);
    }
    *ret_reply = reply;
}
