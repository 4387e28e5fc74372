// SPDX-License-Identifier: Apache-2.0
#include "cases/traits.h"

#include <math.h>
#include <string.h>

#include "cases/identifiers.h"

#define MICRO 1e6
#define CELL_MICRO_DEGREES 900
#define POLAR_COSINE 0.01 // cells near the poles grow no wider than this makes them
#define LATITUDE_MAX 90.0
#define LONGITUDE_MAX 180.0

static const char *const kind_names[TRAIT_KIND_COUNT] = {
    [TRAIT_CAMERA] = "camera",
    [TRAIT_CAMERA_SERIAL] = "camera_serial",
    [TRAIT_JPEG_TABLES] = "jpeg_tables",
    [TRAIT_SOFTWARE] = "software",
    [TRAIT_PLACE] = "place",
    [TRAIT_TAKEN] = "taken",
    [TRAIT_FOLDER] = "folder",
    [TRAIT_FILE_NAME] = "file_name",
    [TRAIT_EMAIL] = "email",
    [TRAIT_PHONE] = "phone",
    [TRAIT_ACCOUNT] = "account",
    [TRAIT_IP] = "ip",
    [TRAIT_DEVICE] = "device",
    [TRAIT_URL] = "url",
    [TRAIT_NAME] = "name",
};

const char *trait_kind_name(TraitKind kind)
{
    g_return_val_if_fail((unsigned)kind < TRAIT_KIND_COUNT, "unknown");
    return kind_names[kind];
}

bool trait_kind_from_name(const char *name, TraitKind *ret_kind)
{
    for (unsigned i = 0; name != NULL && i < TRAIT_KIND_COUNT; i++)
        if (g_str_equal(name, kind_names[i])) {
            *ret_kind = (TraitKind)i;
            return true;
        }
    return false;
}

void trait_free(Trait *trait)
{
    if (trait == NULL)
        return;
    g_free(trait->value);
    g_free(trait->written);
    g_free(trait);
}

// Takes the value; NULL adds nothing.
static void add(GPtrArray *traits, TraitKind kind, char *value)
{
    if (value == NULL)
        return;
    Trait *trait = g_new0(Trait, 1);
    trait->kind = kind;
    trait->value = value;
    g_ptr_array_add(traits, trait);
}

// ---- Names ------------------------------------------------------------------------------------

#define LAYER " > "

// In lower case; NULL when it says nothing.
static char *telling_name(const char *name, size_t length)
{
    g_autofree char *lower = g_utf8_strdown(name, (gssize)length);
    return *lower == '\0' || trait_name_is_generic(lower) ? NULL : g_steal_pointer(&lower);
}

static bool is_layer_end(const char *path, size_t end)
{
    return end >= strlen(LAYER) && memcmp(path + end - strlen(LAYER), LAYER, strlen(LAYER)) == 0;
}

// Where the last part of the first `end` bytes begins.
static size_t part_start(const char *path, size_t end)
{
    while (end > 0 && path[end - 1] != '/' && !is_layer_end(path, end))
        end--;
    return end;
}

static size_t without_separators(const char *path, size_t end)
{
    while (end > 0 && (path[end - 1] == '/' || is_layer_end(path, end)))
        end -= path[end - 1] == '/' ? 1 : strlen(LAYER);
    return end;
}

char *trait_folder(const char *path)
{
    size_t end = without_separators(path, part_start(path, strlen(path)));
    size_t start = part_start(path, end);
    return telling_name(path + start, end - start);
}

char *trait_file_name(const char *name)
{
    return telling_name(name, strlen(name));
}

// ---- Places -----------------------------------------------------------------------------------

static int64_t floor_divide(int64_t value, int64_t by)
{
    return value >= 0 ? value / by : -((-value + by - 1) / by);
}

static int64_t column_width(int64_t row)
{
    double middle = (double)(row * CELL_MICRO_DEGREES + CELL_MICRO_DEGREES / 2) / MICRO;
    double cosine = cos(middle * G_PI / LONGITUDE_MAX);
    return llround(CELL_MICRO_DEGREES / (cosine > POLAR_COSINE ? cosine : POLAR_COSINE));
}

static bool to_micro(double latitude, double longitude, int64_t *ret_latitude,
                     int64_t *ret_longitude)
{
    if (!isfinite(latitude) || !isfinite(longitude) || fabs(latitude) > LATITUDE_MAX ||
        fabs(longitude) > LONGITUDE_MAX)
        return false;
    *ret_latitude = llround(latitude * MICRO);
    *ret_longitude = llround(longitude * MICRO);
    if (*ret_longitude == llround(LONGITUDE_MAX * MICRO))
        *ret_longitude = -*ret_longitude;
    return *ret_latitude != 0 || *ret_longitude != 0;
}

static char *cell_name(int64_t row, int64_t column)
{
    return g_strdup_printf("%" G_GINT64_FORMAT ":%" G_GINT64_FORMAT, row, column);
}

char *trait_place(double latitude, double longitude)
{
    int64_t north, east;
    if (!to_micro(latitude, longitude, &north, &east))
        return NULL;
    int64_t row = floor_divide(north, CELL_MICRO_DEGREES);
    return cell_name(row, floor_divide(east, column_width(row)));
}

GPtrArray *trait_places_around(double latitude, double longitude, unsigned reach)
{
    GPtrArray *cells = g_ptr_array_new_with_free_func(g_free);
    int64_t north, east, span = (int64_t)MIN(reach, TRAIT_PLACE_REACH);
    if (!to_micro(latitude, longitude, &north, &east))
        return cells;
    int64_t middle = floor_divide(north, CELL_MICRO_DEGREES);
    for (int64_t row = middle - span; row <= middle + span; row++) {
        int64_t column = floor_divide(east, column_width(row));
        for (int64_t i = column - span; i <= column + span; i++)
            g_ptr_array_add(cells, cell_name(row, i));
    }
    return cells;
}

// ---- Times ------------------------------------------------------------------------------------

// Of "2026:01:31 23:59:59": places of what must be digits, and where the minute ends.
#define TAKEN_SHAPE "dddd:dd:dd dd:dd"
#define TAKEN_LENGTH (sizeof TAKEN_SHAPE - 1)
#define CLOCK_NOT_SET ":01:01 00:00"
#define YEAR_LENGTH 4u

static char *taken_minute(const char *taken)
{
    if (taken == NULL || strlen(taken) < TAKEN_LENGTH)
        return NULL;
    for (size_t i = 0; i < TAKEN_LENGTH; i++)
        if (TAKEN_SHAPE[i] == 'd' ? !g_ascii_isdigit(taken[i]) : taken[i] != TAKEN_SHAPE[i])
            return NULL;
    if (strncmp(taken, "0000", YEAR_LENGTH) == 0 ||
        strncmp(taken + YEAR_LENGTH, CLOCK_NOT_SET, strlen(CLOCK_NOT_SET)) == 0)
        return NULL;
    return g_strdup_printf("%.4s-%.2s-%.2sT%.5s", taken, taken + 5, taken + 8, taken + 11);
}

// ---- Records ----------------------------------------------------------------------------------

static char *joined(const char *first, const char *second, const char *third)
{
    g_autofree char *text =
        g_strdup_printf("%s %s%s%s", first != NULL ? first : "", second != NULL ? second : "",
                        third != NULL ? " #" : "", third != NULL ? third : "");
    g_strstrip(text);
    return *text != '\0' ? g_utf8_strdown(text, -1) : NULL;
}

static void add_exif(GPtrArray *traits, const ExifFacts *exif)
{
    if (exif->make != NULL || exif->model != NULL)
        add(traits, TRAIT_CAMERA, joined(exif->make, exif->model, NULL));
    if (exif->body_serial != NULL && *exif->body_serial != '\0')
        add(traits, TRAIT_CAMERA_SERIAL, joined(exif->make, exif->model, exif->body_serial));
    if (exif->software != NULL && *exif->software != '\0')
        add(traits, TRAIT_SOFTWARE, g_utf8_strdown(exif->software, -1));
    if (exif->has_gps)
        add(traits, TRAIT_PLACE, trait_place(exif->gps_latitude, exif->gps_longitude));
    add(traits, TRAIT_TAKEN, taken_minute(exif->taken));
}

static void add_still(GPtrArray *traits, const StillFacts *still)
{
    if (still->has_jpeg_tables) {
        GString *hex = g_string_new(NULL);
        for (size_t i = 0; i < sizeof still->jpeg_tables; i++)
            g_string_append_printf(hex, "%02x", still->jpeg_tables[i]);
        add(traits, TRAIT_JPEG_TABLES, g_string_free(hex, FALSE));
    }
    if (still->exif.present)
        add_exif(traits, &still->exif);
}

static void add_identifier(GPtrArray *traits, const Identifier *identifier)
{
    char *value = identifier_normalise(TRAIT_EMAIL, identifier->value);
    if (identifier->kind != IDENTIFIER_EMAIL || value == NULL) {
        g_free(value);
        return;
    }
    add(traits, TRAIT_EMAIL, value);
    ((Trait *)traits->pdata[traits->len - 1])->written = g_strdup(identifier->value);
}

GPtrArray *traits_of_record(const Record *record)
{
    GPtrArray *traits = g_ptr_array_new_with_free_func((GDestroyNotify)trait_free);
    if (record->still != NULL)
        add_still(traits, record->still);
    // What a folder of anything but media is called leads nowhere.
    if (record->path != NULL && (record->still != NULL || record->video != NULL))
        add(traits, TRAIT_FOLDER, trait_folder(record->path));
    for (unsigned i = 0; i < record->identifiers->len; i++)
        add_identifier(traits, record->identifiers->pdata[i]);
    return traits;
}
