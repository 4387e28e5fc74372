// SPDX-License-Identifier: Apache-2.0
//
// CSV of any origin: comma, semicolon or tab, a first record of headings, --columns, or digests
// that speak for themselves. Columns that mean nothing here are not read, and the header says how
// many they are.
#include "lists/formats.h"

#include <string.h>

#include "base/error.h"
#include "lists/csv_columns.h"
#include "lists/csv_reader.h"
#include "lists/list_emit.h"
#include "lists/list_lines.h"

typedef struct {
    const ListReadOptions *options;
    const ListSink *sink;
    CsvReader csv;
    CsvColumns columns;
} CsvList;

// The first line's columns, read as headings and as values.
static size_t hash_columns_of_line(const Line *line, char delimiter)
{
    CsvField fields[CSV_FIELDS];
    size_t count = 0;
    const char *text = line->text;
    const char *end = line->text + line->length;
    while (count < CSV_FIELDS) {
        const char *stop = memchr(text, delimiter, (size_t)(end - text));
        stop = stop != NULL ? stop : end;
        bool quoted = stop - text >= 2 && text[0] == '"' && stop[-1] == '"';
        fields[count++] = quoted ? (CsvField){text + 1, (size_t)(stop - text) - 2}
                                 : (CsvField){text, (size_t)(stop - text)};
        if (stop == end)
            break;
        text = stop + 1;
    }
    CsvColumns headings = csv_columns_from_headings(fields, count, NULL);
    CsvColumns values = csv_columns_from_values(fields, count, &(ListReadOptions){0});
    size_t found = headings.hash_columns + values.hash_columns;
    csv_columns_clear(&headings);
    csv_columns_clear(&values);
    return count > 1 || headings.hash_columns > 0 ? found : 0;
}

static int recognise(const uint8_t *bytes, size_t size_bytes)
{
    Line line;
    bool complete;
    if (!list_first_line(bytes, size_bytes, &line, &complete))
        return 0;
    char delimiter = csv_guess_delimiter((const uint8_t *)line.text, line.length);
    return hash_columns_of_line(&line, delimiter) > 0 ? 1 : 0;
}

static bool emit_header(const CsvList *list, size_t field_count, GError **err)
{
    size_t read = 0;
    for (size_t i = 0; i < list->columns.count; i++)
        read += list->columns.columns[i].role != ROLE_NONE;
    size_t unread = field_count > read ? field_count - read : 0;
    g_autofree char *description =
        unread == 0 ? g_strdup_printf("CSV, %zu columns", field_count)
                    : g_strdup_printf("CSV, %zu columns, of which %zu mean nothing to Clew",
                                      field_count, unread);
    return list_emit_header(list->sink, &(ListHeader){.description = description}, err);
}

static bool fail_no_columns(const CsvReader *csv, GError **err)
{
    g_autofree char *first = list_text_new(csv->fields[0].text, csv->fields[0].length);
    g_set_error(err, CLEW_ERROR, CLEW_ERROR_INVALID,
                "line %" G_GUINT64_FORMAT ": no column is known to hold a hash (the first is "
                "\"%.60s\"); say which, as in --columns md5=1",
                csv->line, first != NULL ? first : "");
    return false;
}

// Whether a record under given columns has no value where a hash should be: then it is headings.
static bool is_heading(const CsvList *list)
{
    for (size_t i = 0; i < list->columns.count && i < list->csv.field_count; i++) {
        const char *text = list->csv.fields[i].text;
        size_t length = list->csv.fields[i].length;
        list_trim(&text, &length);
        if (list->columns.columns[i].role == ROLE_HASH && length > 0 &&
            (length >= 32 || list_hex_run(text, length) == length))
            return false;
    }
    return true;
}

// Decides the columns from the first record; *ret_is_entry says whether it is one itself.
static bool decide_columns(CsvList *list, bool *ret_is_entry, GError **err)
{
    const CsvReader *csv = &list->csv;
    list->columns = csv_columns_from_options(list->options);
    *ret_is_entry = list->columns.hash_columns > 0 && !is_heading(list);
    if (list->columns.hash_columns == 0) {
        csv_columns_clear(&list->columns);
        list->columns = csv_columns_from_headings(csv->fields, csv->field_count, NULL);
    }
    if (list->columns.hash_columns == 0) {
        csv_columns_clear(&list->columns);
        list->columns = csv_columns_from_values(csv->fields, csv->field_count, list->options);
        *ret_is_entry = true;
    }
    if (list->columns.hash_columns == 0)
        return fail_no_columns(csv, err);
    return emit_header(list, csv->field_count, err);
}

static bool read_records(CsvList *list, GError **err)
{
    bool decided = false;
    for (;;) {
        const char *reason;
        bool is_entry = true;
        switch (csv_reader_next(&list->csv, &reason, err)) {
        case CSV_RECORD_END:
            return true;
        case CSV_RECORD_FAILED:
            return false;
        case CSV_RECORD_REFUSED:
            if (!list_emit_refused(list->sink, list->csv.line, reason, err))
                return false;
            continue;
        case CSV_RECORD_GIVEN:
            break;
        }
        if (!decided && !decide_columns(list, &is_entry, err))
            return false;
        decided = true;
        if (is_entry &&
            !csv_columns_emit(&list->columns, &list->csv, list->options, list->sink, err))
            return false;
    }
}

// Bytes up to the first line end decide the delimiter.
static bool fill_first_line(ListInput *input, GError **err)
{
    while (!input->at_end && list_input_has_room(input) &&
           memchr(input->buffer + input->position, '\n', input->end - input->position) == NULL)
        if (!list_input_more(input, err))
            return false;
    return true;
}

static bool read_list(const ListSource *source, const ListReadOptions *options,
                      const ListSink *sink, GError **err)
{
    ListInput input;
    CsvList list = {.options = options, .sink = sink};
    bool ok = list_input_init(&input, source, err) && fill_first_line(&input, err);
    if (ok) {
        char delimiter =
            csv_guess_delimiter(input.buffer + input.position, input.end - input.position);
        csv_reader_init(&list.csv, &input, delimiter);
        ok = read_records(&list, err);
    }
    csv_columns_clear(&list.columns);
    csv_reader_clear(&list.csv);
    list_input_clear(&input);
    return ok;
}

const ListFormat list_format_csv = {
    .name = "csv",
    .summary = "CSV with headings or --columns; comma, semicolon or tab",
    .position_unit = "line",
    .recognise = recognise,
    .read = read_list,
};
