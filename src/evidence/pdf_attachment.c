// SPDX-License-Identifier: Apache-2.0
#include "evidence/pdf_attachment.h"

#include <string.h>

#include "base/limits.h"

// Dictionaries and arrays in one another.
#define DEPTH_MAX 32u
#define DATE_BYTES 64u

struct PdfAttachments {
    GHashTable *by_object; // key_of() -> PdfAttachment
};

// ---- Dates ------------------------------------------------------------------------------------

// Days from 1970-01-01 in the Gregorian calendar.
static int64_t days_from_civil(int64_t year, int64_t month, int64_t day)
{
    year -= month <= 2;
    int64_t era = year / 400;
    int64_t year_of_era = year - era * 400;
    int64_t day_of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
    int64_t day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    return era * 146097 + day_of_era - 719468;
}

// Takes a number of so many digits. False, and nothing taken, when they are not there.
static bool take_digits(const char **text, unsigned digits, int64_t *ret_value)
{
    int64_t value = 0;
    for (unsigned i = 0; i < digits; i++) {
        if (!g_ascii_isdigit((*text)[i]))
            return false;
        value = value * 10 + ((*text)[i] - '0');
    }
    *text += digits;
    *ret_value = value;
    return true;
}

// The zone behind a time: Z, or +HH'mm and alike. False when none is said.
static bool take_zone(const char *text, int64_t *ret_seconds)
{
    int64_t hours = 0, minutes = 0;
    *ret_seconds = 0;
    if (*text == 'Z')
        return true;
    if (*text != '+' && *text != '-')
        return false;
    bool is_behind = *text++ == '-';
    if (!take_digits(&text, 2, &hours))
        return false;
    if (*text == '\'' || *text == ':')
        text++;
    take_digits(&text, 2, &minutes);
    *ret_seconds = (hours * 3600 + minutes * 60) * (is_behind ? -1 : 1);
    return true;
}

ItemTime pdf_date(const char *text)
{
    static const ItemTime absent = {.zone = ZONE_NONE};
    int64_t year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0, zone = 0;
    if (g_str_has_prefix(text, "D:"))
        text += 2;
    if (!take_digits(&text, 4, &year) || year == 0)
        return absent;
    bool goes_on = take_digits(&text, 2, &month) && take_digits(&text, 2, &day) &&
                   take_digits(&text, 2, &hour) && take_digits(&text, 2, &minute);
    if (goes_on)
        take_digits(&text, 2, &second);
    if (month < 1 || month > 12 || day < 1 || day > 31 || hour > 23 || minute > 59 || second > 60)
        return absent;
    bool has_zone = take_zone(text, &zone);
    int64_t seconds =
        days_from_civil(year, month, day) * 86400 + hour * 3600 + minute * 60 + second - zone;
    return (ItemTime){.seconds = seconds, .zone = has_zone ? ZONE_UTC : ZONE_UNKNOWN};
}

// ---- File specifications ----------------------------------------------------------------------

static gint64 key_of(int number, int generation)
{
    return (gint64)number << 32 | (uint32_t)generation;
}

static ItemTime read_date(PdfFile *file, PdfNode parameters, const char *key)
{
    char text[DATE_BYTES];
    if (!pdf_text(file, pdf_get(file, parameters, key), text, sizeof text))
        return (ItemTime){.zone = ZONE_NONE};
    return pdf_date(text);
}

static char *read_name(PdfFile *file, PdfNode specification)
{
    static const char *const keys[] = {"/UF", "/F", "/Unix", "/DOS", "/Mac"};
    char name[LIMIT_NAME_BYTES];
    for (size_t i = 0; i < G_N_ELEMENTS(keys); i++)
        if (pdf_text(file, pdf_get(file, specification, keys[i]), name, sizeof name) &&
            name[0] != '\0')
            return g_strdup(name);
    return NULL;
}

static void take_stream(PdfAttachments *attachments, PdfFile *file, PdfNode stream,
                        const char *name)
{
    int number = 0, generation = 0;
    if (pdf_kind(file, stream) != PDF_STREAM ||
        !pdf_is_indirect(file, stream, &number, &generation))
        return;
    gint64 key = key_of(number, generation);
    if (g_hash_table_contains(attachments->by_object, &key))
        return;
    PdfNode parameters = pdf_get(file, stream, "/Params");
    PdfAttachment *attachment = g_new0(PdfAttachment, 1);
    attachment->name = g_strdup(name);
    attachment->times.created = read_date(file, parameters, "/CreationDate");
    attachment->times.modified = read_date(file, parameters, "/ModDate");
    g_hash_table_insert(attachments->by_object, g_memdup2(&key, sizeof key), attachment);
}

// What is attached by a dictionary, if it attaches anything.
static void take_specification(PdfAttachments *attachments, PdfFile *file, PdfNode dictionary)
{
    PdfNode files = pdf_get(file, dictionary, "/EF"), first = PDF_NONE;
    if (pdf_kind(file, files) != PDF_DICTIONARY)
        return;
    g_autofree char *name = read_name(file, dictionary);
    size_t count = pdf_values(file, files, &first);
    for (size_t i = 0; name != NULL && i < count; i++)
        take_stream(attachments, file, first + (PdfNode)i, name);
}

// Goes through a value and what is written inside it; what is referred to has its own turn.
static void search(PdfAttachments *attachments, PdfFile *file, PdfNode node, unsigned depth)
{
    PdfKind kind = pdf_kind(file, node);
    PdfNode first = PDF_NONE;
    if (kind != PDF_ARRAY && kind != PDF_DICTIONARY && kind != PDF_STREAM)
        return;
    if (kind == PDF_DICTIONARY)
        take_specification(attachments, file, node);
    size_t count = depth < DEPTH_MAX ? pdf_values(file, node, &first) : 0;
    for (size_t i = 0; i < count; i++) {
        int number = 0, generation = 0;
        PdfNode value = first + (PdfNode)i;
        if (!pdf_is_indirect(file, value, &number, &generation))
            search(attachments, file, value, depth + 1);
    }
}

// -----------------------------------------------------------------------------------------------

static void attachment_free(void *pointer)
{
    PdfAttachment *attachment = pointer;
    g_free(attachment->name);
    g_free(attachment);
}

PdfAttachments *pdf_attachments_find(Walk *walk, PdfFile *file)
{
    PdfAttachments *attachments = g_new0(PdfAttachments, 1);
    attachments->by_object =
        g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, attachment_free);
    for (size_t i = 0; i < pdf_object_count(file) && !walk_is_over(walk); i++) {
        int number = 0, generation = 0;
        search(attachments, file, pdf_object(file, i, &number, &generation), 0);
        pdf_release(file);
    }
    return attachments;
}

void pdf_attachments_free(PdfAttachments *attachments)
{
    if (attachments == NULL)
        return;
    g_hash_table_unref(attachments->by_object);
    g_free(attachments);
}

const PdfAttachment *pdf_attachments_get(const PdfAttachments *attachments, int number,
                                         int generation)
{
    gint64 key = key_of(number, generation);
    return g_hash_table_lookup(attachments->by_object, &key);
}
