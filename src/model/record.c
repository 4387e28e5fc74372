// SPDX-License-Identifier: Apache-2.0
#include "model/record.h"

#include <stdarg.h>

#include "base/error.h"

const char *status_name(Status status)
{
    static const char *const names[STATUS_COUNT] = {
        [STATUS_OK] = "ok",           [STATUS_UNSUPPORTED] = "unsupported",
        [STATUS_CORRUPT] = "corrupt", [STATUS_ENCRYPTED] = "encrypted",
        [STATUS_LIMIT] = "limit",     [STATUS_TIMEOUT] = "timeout",
        [STATUS_CRASHED] = "crashed", [STATUS_UNREADABLE] = "unreadable",
    };
    g_assert((unsigned)status < STATUS_COUNT);
    return names[status];
}

Status status_of_error(const GError *error)
{
    static const struct {
        ClewError code;
        Status status;
    } rows[] = {
        {CLEW_ERROR_CORRUPT, STATUS_CORRUPT},     {CLEW_ERROR_INVALID, STATUS_CORRUPT},
        {CLEW_ERROR_ENCRYPTED, STATUS_ENCRYPTED}, {CLEW_ERROR_DENIED, STATUS_ENCRYPTED},
        {CLEW_ERROR_LIMIT, STATUS_LIMIT},         {CLEW_ERROR_UNSUPPORTED, STATUS_UNSUPPORTED},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++)
        if (g_error_matches(error, CLEW_ERROR, rows[i].code))
            return rows[i].status;
    return STATUS_UNREADABLE;
}

const char *finding_type_name(FindingType type)
{
    static const char *const names[FINDING_TYPE_COUNT] = {
        [FINDING_EXTENSION_MISMATCH] = "extension_mismatch",
        [FINDING_TRUNCATED] = "truncated",
        [FINDING_CHANGED] = "changed_while_read",
        [FINDING_SPECIAL_FILE] = "special_file",
        [FINDING_APPENDED_DATA] = "appended_data",
        [FINDING_THUMBNAIL] = "thumbnail_not_examined",
        [FINDING_DELETED] = "deleted",
        [FINDING_ORPHAN] = "orphan",
        [FINDING_CARVED] = "carved",
        [FINDING_ALTERNATE_STREAM] = "alternate_stream",
        [FINDING_ENCRYPTED] = "encrypted",
        [FINDING_RANDOM_REGION] = "random_region",
        [FINDING_NOT_EXAMINED] = "not_examined",
        [FINDING_SEGMENT] = "segment",
        [FINDING_DAMAGED] = "damaged",
        [FINDING_STORED_HASH] = "stored_hash",
        [FINDING_UNRECOGNISED] = "unrecognised",
        [FINDING_AMBIGUOUS] = "ambiguous",
        [FINDING_REFERENCE] = "reference",
        [FINDING_UNVERIFIED] = "unverified",
        [FINDING_NO_VIDEO] = "no_video",
    };
    g_assert((unsigned)type < FINDING_TYPE_COUNT);
    return names[type];
}

const char *pipeline_name(Pipeline pipeline)
{
    static const char *const names[PIPELINE_COUNT] = {
        [PIPELINE_512] = "pdq_512",
        [PIPELINE_FULL] = "pdq_full",
        [PIPELINE_512_TRIMMED] = "pdq_512",
        [PIPELINE_FULL_TRIMMED] = "pdq_full",
    };
    g_assert((unsigned)pipeline < PIPELINE_COUNT);
    return names[pipeline];
}

bool pipeline_is_trimmed(Pipeline pipeline)
{
    return pipeline == PIPELINE_512_TRIMMED || pipeline == PIPELINE_FULL_TRIMMED;
}

const char *orientation_name(unsigned orientation)
{
    static const char *const names[ORIENTATION_COUNT] = {
        "original", "rot90", "rot180", "rot270", "flip_x", "flip_y", "flip_plus", "flip_minus",
    };
    g_assert(orientation < ORIENTATION_COUNT);
    return names[orientation];
}

static void finding_free(void *pointer)
{
    Finding *finding = pointer;
    g_free(finding->detail);
    g_free(finding);
}

GPtrArray *findings_new(void)
{
    return g_ptr_array_new_with_free_func(finding_free);
}

void findings_add(GPtrArray *findings, FindingType type, uint64_t bytes, const char *detail)
{
    Finding *finding = g_new0(Finding, 1);
    finding->type = type;
    finding->bytes = bytes;
    finding->detail = g_strdup(detail);
    g_ptr_array_add(findings, finding);
}

void findings_copy(GPtrArray *findings, const GPtrArray *more)
{
    for (unsigned i = 0; i < more->len; i++) {
        const Finding *finding = more->pdata[i];
        findings_add(findings, finding->type, finding->bytes, finding->detail);
    }
}

const char *identifier_kind_name(IdentifierKind kind)
{
    static const char *const names[IDENTIFIER_COUNT] = {[IDENTIFIER_EMAIL] = "email"};
    g_assert((unsigned)kind < IDENTIFIER_COUNT);
    return names[kind];
}

static void identifier_free(void *pointer)
{
    Identifier *identifier = pointer;
    g_free(identifier->value);
    g_free(identifier);
}

GPtrArray *identifiers_new(void)
{
    return g_ptr_array_new_with_free_func(identifier_free);
}

void identifiers_add(GPtrArray *identifiers, IdentifierKind kind, const char *value)
{
    for (unsigned i = 0; i < identifiers->len; i++) {
        const Identifier *known = identifiers->pdata[i];
        if (known->kind == kind && g_str_equal(known->value, value))
            return;
    }
    Identifier *identifier = g_new0(Identifier, 1);
    identifier->kind = kind;
    identifier->value = g_strdup(value);
    g_ptr_array_add(identifiers, identifier);
}

Record *record_new(void)
{
    Record *record = g_new0(Record, 1);
    record->findings = findings_new();
    record->identifiers = identifiers_new();
    return record;
}

void record_free(Record *record)
{
    if (record == NULL)
        return;
    g_free(record->path);
    g_free(record->locator);
    g_free(record->item_id);
    g_free(record->parent_id);
    g_free(record->reason);
    g_free(record->same_as);
    g_ptr_array_unref(record->findings);
    g_ptr_array_unref(record->identifiers);
    still_facts_free(record->still);
    still_facts_free(record->thumbnail);
    video_facts_free(record->video);
    g_free(record);
}

void record_set_status(Record *record, Status status, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    g_free(record->reason);
    record->reason = g_strdup_vprintf(format, arguments);
    record->status = status;
    va_end(arguments);
}

void record_add_finding(Record *record, FindingType type, uint64_t bytes, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    g_autofree char *detail = g_strdup_vprintf(format, arguments);
    va_end(arguments);
    findings_add(record->findings, type, bytes, detail);
}

// The texts of EXIF facts, for copying and freeing alike.
#define EXIF_TEXTS 10
static void exif_texts(ExifFacts *exif, char **ret_texts[EXIF_TEXTS])
{
    char **texts[EXIF_TEXTS] = {
        &exif->make,       &exif->model, &exif->software,  &exif->body_serial, &exif->lens_serial,
        &exif->lens_model, &exif->taken, &exif->digitized, &exif->modified,    &exif->gps_time,
    };
    for (size_t i = 0; i < EXIF_TEXTS; i++)
        ret_texts[i] = texts[i];
}

void exif_facts_clear(ExifFacts *exif)
{
    char **texts[EXIF_TEXTS];
    exif_texts(exif, texts);
    for (size_t i = 0; i < EXIF_TEXTS; i++)
        g_free(*texts[i]);
    *exif = (ExifFacts){0};
}

StillFacts *still_facts_new(void)
{
    return g_new0(StillFacts, 1);
}

StillFacts *still_facts_copy(const StillFacts *facts)
{
    StillFacts *copy = g_new(StillFacts, 1);
    *copy = *facts;
    char **texts[EXIF_TEXTS];
    exif_texts(&copy->exif, texts);
    for (size_t i = 0; i < EXIF_TEXTS; i++)
        *texts[i] = g_strdup(*texts[i]);
    return copy;
}

void still_facts_free(StillFacts *facts)
{
    if (facts == NULL)
        return;
    exif_facts_clear(&facts->exif);
    g_free(facts);
}
