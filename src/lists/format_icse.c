// SPDX-License-Identifier: Apache-2.0
//
// ICSE CSV: semicolons and a first line of
//   MD5;SHA1;PhotoDNA;Image ID;Is distributed;Victim identified;Offender identified;Series name;
//   Number of submissions;File Available;Media Type;Baseline
// The baseline column is the category (real child, under 13, severe, confirmed by two countries).
#include "lists/formats.h"

#include <string.h>

#include "base/error.h"
#include "lists/csv_columns.h"
#include "lists/csv_reader.h"
#include "lists/list_emit.h"
#include "lists/list_lines.h"

static const char *const EXTRA[] = {"Number of submissions", "File Available", NULL};

static bool line_mentions(const Line *line, const char *word)
{
    return g_strstr_len(line->text, (gssize)line->length, word) != NULL;
}

static int recognise(const uint8_t *bytes, size_t size_bytes)
{
    Line line;
    bool complete;
    return list_first_line(bytes, size_bytes, &line, &complete) && line_mentions(&line, ";") &&
                   line_mentions(&line, "MD5") && line_mentions(&line, "Image ID") &&
                   line_mentions(&line, "Victim identified")
               ? 2
               : 0;
}

// A category of "yes" says little: the baseline is named, and "no" is no category.
static bool baseline_entry(void *user_data, const ListEntry *entry)
{
    const ListSink *sink = user_data;
    ListEntry named = *entry;
    int baseline =
        entry->category != NULL ? list_tristate(entry->category, strlen(entry->category)) : 0;
    char text[] = "baseline";
    if (baseline >= 0)
        named.category = baseline == 1 ? text : NULL;
    return sink->entry(sink->user_data, &named);
}

static bool baseline_refused(void *user_data, uint64_t position, const char *reason)
{
    const ListSink *sink = user_data;
    return sink->refused(sink->user_data, position, reason);
}

static bool read_records(CsvReader *csv, const ListReadOptions *options, const ListSink *sink,
                         GError **err)
{
    const ListSink named = {
        .entry = baseline_entry, .refused = baseline_refused, .user_data = (void *)sink};
    CsvColumns columns = {0};
    CsvOutcome outcome;
    const char *reason;
    bool ok = true;
    while (ok && (outcome = csv_reader_next(csv, &reason, err)) != CSV_RECORD_END) {
        if (outcome == CSV_RECORD_FAILED) {
            ok = false;
        } else if (outcome == CSV_RECORD_REFUSED) {
            ok = list_emit_refused(sink, csv->line, reason, err);
        } else if (columns.count > 0) {
            ok = csv_columns_emit(&columns, csv, options, &named, err);
        } else {
            columns = csv_columns_from_headings(csv->fields, csv->field_count, EXTRA);
            ok = columns.hash_columns > 0;
            if (!ok)
                g_set_error(err, CLEW_ERROR, CLEW_ERROR_CORRUPT,
                            "line %" G_GUINT64_FORMAT ": expected the headings of an ICSE list",
                            csv->line);
        }
    }
    csv_columns_clear(&columns);
    return ok;
}

static bool read_list(const ListSource *source, const ListReadOptions *options,
                      const ListSink *sink, GError **err)
{
    ListInput input;
    CsvReader csv = {0};
    ListHeader header = {.description = "ICSE CSV", .scheme = "interpol-baseline"};
    bool ok = list_input_init(&input, source, err) && list_emit_header(sink, &header, err);
    if (ok) {
        csv_reader_init(&csv, &input, ';');
        ok = read_records(&csv, options, sink, err);
    }
    csv_reader_clear(&csv);
    list_input_clear(&input);
    return ok;
}

const ListFormat list_format_icse = {
    .name = "icse",
    .summary = "ICSE CSV, separated by semicolons",
    .position_unit = "line",
    .recognise = recognise,
    .read = read_list,
};
