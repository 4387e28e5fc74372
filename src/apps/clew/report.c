// SPDX-License-Identifier: Apache-2.0
#include "apps/clew/report.h"

#include <math.h>
#include <openssl/crypto.h>

#include "apps/clew/console.h"
#include "apps/clew/video_frames.h"
#include "base/limits.h"
#include "store/database.h"

Report *report_open(const ReportForm *form, const char *path, bool overwrite, GError **err)
{
    g_autoptr(OutputFile) file = NULL;
    if (path != NULL) {
        file = output_file_open(path, (OutputFileOptions){.overwrite = overwrite}, err);
        if (file == NULL)
            return NULL;
    }
    Report *report = g_new0(Report, 1);
    report->form = form;
    report->file = g_steal_pointer(&file);
    report->text = g_string_new(NULL);
    return report;
}

bool report_send(Report *report, GError **err)
{
    if (report->file == NULL)
        return console_print(report->text, err);
    bool ok = output_file_write(report->file, report->text->str, report->text->len, err);
    g_string_truncate(report->text, 0);
    return ok;
}

bool report_commit(Report *report, GError **err)
{
    return report->file != NULL ? output_file_commit(report->file, err) : console_flush(err);
}

void report_free(Report *report)
{
    if (report == NULL)
        return;
    if (report->form->clear != NULL)
        report->form->clear(report);
    output_file_free(report->file);
    g_string_free(report->text, TRUE);
    g_free(report);
}

// hash/pdq.h, PdqOrientation: what the picture in hand is, relative to the listed one.
const char *report_orientation_text(unsigned orientation)
{
    static const char *const texts[ORIENTATION_COUNT] = {
        "as it is",    "turned clockwise", "turned half round", "turned counter-clockwise",
        "upside down", "mirrored",         "transposed",        "transposed the other way",
    };
    g_assert(orientation < ORIENTATION_COUNT);
    return texts[orientation];
}

char *report_match_text(const Match *match)
{
    GString *text = g_string_new(match_type_name(match->type));
    if (match->type == MATCH_EXACT) {
        g_string_append(text, match->weak_digest ? ", weak" : "");
        g_string_append(text, match->contradicted ? ", contradicted" : "");
        const char *separator = " (";
        for (unsigned type = HASH_MD5; type <= HASH_SHA256; type++) {
            if (match->digests & 1u << type) {
                g_string_append_printf(text, "%s%s", separator, hash_type_name((HashType)type));
                separator = " ";
            }
        }
        g_string_append_c(text, ')');
        return g_string_free(text, FALSE);
    }
    const MatchVideo *video = match->video;
    bool is_trimmed = video != NULL && video->is_trimmed;
    g_string_append_printf(text, ", %u bits", match->distance);
    if (match->pipeline < PIPELINE_COUNT) {
        g_string_append_printf(text, ", %s", pipeline_name(match->pipeline));
        is_trimmed = is_trimmed || pipeline_is_trimmed(match->pipeline);
    }
    if (video != NULL && video->item_is_video)
        g_string_append_printf(text, ", %s", frame_pipeline_name(video->pipeline));
    if (match->orientation != 0)
        g_string_append_printf(text, ", %s", report_orientation_text(match->orientation));
    if (is_trimmed)
        g_string_append(text, ", border cut off");
    if (match->in_thumbnail)
        g_string_append(text, ", embedded thumbnail");
    return g_string_free(text, FALSE);
}

static char *span_text(double from, double to)
{
    g_autofree char *first = video_time_text(from);
    if (to <= from)
        return g_steal_pointer(&first);
    g_autofree char *last = video_time_text(to);
    return g_strdup_printf("%s-%s", first, last);
}

static char *piece_text(const MatchVideo *video, const MatchPiece *piece)
{
    g_autofree char *ours = span_text(piece->from, piece->to);
    g_autofree char *theirs = span_text(piece->their_from, piece->their_to);
    if (!video->entry_is_video)
        return g_strdup_printf("the known picture is at %s, %u bits", ours, piece->distance);
    if (!video->item_is_video)
        return g_strdup_printf("it is their %s, %u bits", theirs, piece->distance);
    GString *text = g_string_new(NULL);
    g_string_append_printf(text, "%s is their %s, %.0f %% of frames, median distance %u", ours,
                           theirs, match_piece_percent(piece), piece->distance);
    if (fabs(piece->speed - 1) >= 0.005)
        g_string_append_printf(text, ", at %.2f times their speed", piece->speed);
    if (piece->is_static)
        g_string_append(text, ", an unchanging picture");
    return g_string_free(text, FALSE);
}

char **report_piece_texts(const MatchVideo *video)
{
    g_autoptr(GStrvBuilder) texts = g_strv_builder_new();
    for (unsigned i = 0; i < video->piece_count; i++) {
        g_autofree char *text = piece_text(video, &video->pieces[i]);
        g_strv_builder_add(texts, text);
    }
    return g_strv_builder_end(texts);
}

char *report_frequent_text(const MatcherFrequentEntry *entry)
{
    return g_strdup_printf("entry e%" G_GUINT64_FORMAT " of %s looks like %" G_GUINT64_FORMAT
                           " media: it may be a blank or a template",
                           entry->entry, entry->set_name, entry->media);
}

char *report_limits_text(void)
{
    return g_strdup_printf("%u MiB and %llu megapixels a picture (%llu where it cannot be decoded "
                           "in strips), %u s an item, %llu MiB a worker; inside a file %u levels, "
                           "%llu GiB an item, %u s of CPU and %u s for each MiB; of a video "
                           "%llu megapixels a frame, %u frames, %u hours, %u s of CPU and %u s for "
                           "each MiB",
                           LIMIT_STILL_BYTES >> 20, LIMIT_STILL_PIXELS / 1000000,
                           LIMIT_STILL_BUFFERED_PIXELS / 1000000, LIMIT_MEDIA_ITEM_MS / 1000,
                           LIMIT_MEDIA_WORKER_MEMORY >> 20, LIMIT_EVIDENCE_DEPTH,
                           LIMIT_EVIDENCE_ITEM_BYTES >> 30, LIMIT_EVIDENCE_TIME_MS / 1000,
                           LIMIT_EVIDENCE_TIME_MS_PER_MIB / 1000, LIMIT_VIDEO_PIXELS / 1000000,
                           LIMIT_VIDEO_FRAMES, LIMIT_VIDEO_SECONDS / 3600,
                           LIMIT_VIDEO_TIME_MS / 1000, LIMIT_VIDEO_TIME_MS_PER_MIB / 1000);
}

char *report_libraries_text(void)
{
    return g_strdup_printf("GLib %u.%u.%u; OpenSSL %s; SQLite %s", glib_major_version,
                           glib_minor_version, glib_micro_version,
                           OpenSSL_version(OPENSSL_VERSION_STRING), database_engine_version());
}

char *report_not_examined_text(const ScanTotals *totals)
{
    GString *text = g_string_new(NULL);
    for (unsigned status = STATUS_OK + 1; status < STATUS_COUNT; status++) {
        if (totals->not_examined[status] == 0)
            continue;
        g_autofree char *count = console_count(totals->not_examined[status]);
        g_string_append_printf(text, "%s%s %s", text->len > 0 ? ", " : "", count,
                               status_name((Status)status));
    }
    if (text->len == 0)
        g_string_append(text, "none");
    return g_string_free(text, FALSE);
}

char *report_bytes_text(const ScanTotals *totals)
{
    uint64_t not_examined = not_examined_bytes(totals);
    g_autofree char *all = console_bytes(totals->evidence_bytes);
    g_autofree char *seen = console_bytes(totals->evidence_bytes - not_examined);
    g_autofree char *unseen = console_bytes(not_examined);
    return g_strdup_printf("%s of evidence: %s examined, %s not", all, seen, unseen);
}

bool report_shows_finding(const Finding *finding)
{
    switch (finding->type) {
    case FINDING_EXTENSION_MISMATCH:
    case FINDING_APPENDED_DATA:
    case FINDING_ENCRYPTED:
    case FINDING_RANDOM_REGION:
    case FINDING_NOT_EXAMINED:
    case FINDING_DAMAGED:
    case FINDING_STORED_HASH:
    case FINDING_UNRECOGNISED:
    case FINDING_AMBIGUOUS:
    case FINDING_UNVERIFIED:
        return true;
    default:
        return false;
    }
}
