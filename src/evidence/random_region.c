// SPDX-License-Identifier: Apache-2.0
//
// Windows of 64 KiB are measured: the first, the last, and some evenly between them. A container
// that was made in a hurry holds random bytes in its headers and whatever the medium held, often
// nothing, everywhere else; so sectors of a single value are left out of the measure, and the rest
// has to look random by itself.
#include "evidence/random_region.h"

#include <string.h>

#define WINDOW_BYTES 65536u
#define WINDOWS_MAX 16u
#define SECTOR_BYTES 512u

// Of random bytes, fewer than 1 in 1000 lie outside (255 degrees of freedom).
#define CHI_SQUARED_MIN 180.0
#define CHI_SQUARED_MAX 340.0
// One window of many may lie this far off.
#define CHI_SQUARED_NEAR_MIN 150.0
#define CHI_SQUARED_NEAR_MAX 400.0
// A first window of so many bytes that lies this far off makes every sum of 16 lie outside.
#define CHI_SQUARED_HOPELESS 20000.0
#define HOPELESS_BYTES_MIN 4096u

typedef struct {
    uint32_t counts[256];
    uint64_t total;
} Histogram;

// ---- The measure ------------------------------------------------------------------------------

// Four tables, because equal bytes one after another would wait for each other's count.
static void count_bytes(Histogram *histogram, const uint8_t *bytes, size_t size)
{
    uint32_t counts[4][256] = {0};
    size_t i = 0;
    for (; i + 4 <= size; i += 4) {
        counts[0][bytes[i]]++;
        counts[1][bytes[i + 1]]++;
        counts[2][bytes[i + 2]]++;
        counts[3][bytes[i + 3]]++;
    }
    for (; i < size; i++)
        counts[0][bytes[i]]++;
    for (unsigned byte = 0; byte < 256; byte++)
        histogram->counts[byte] +=
            counts[0][byte] + counts[1][byte] + counts[2][byte] + counts[3][byte];
    histogram->total += size;
}

static double chi_squared(const Histogram *histogram)
{
    if (histogram->total == 0)
        return 0;
    double expected = (double)histogram->total / 256, sum = 0;
    for (unsigned byte = 0; byte < 256; byte++) {
        double difference = histogram->counts[byte] - expected;
        sum += difference * difference;
    }
    return sum / expected;
}

static bool is_random(double chi)
{
    return chi >= CHI_SQUARED_MIN && chi <= CHI_SQUARED_MAX;
}

static bool is_nearly_random(double chi)
{
    return chi >= CHI_SQUARED_NEAR_MIN && chi <= CHI_SQUARED_NEAR_MAX;
}

double random_region_chi_squared(const uint8_t *bytes, size_t size_bytes)
{
    Histogram histogram = {0};
    count_bytes(&histogram, bytes, size_bytes);
    return chi_squared(&histogram);
}

// ---- Windows ----------------------------------------------------------------------------------

// What the windows of a source showed.
typedef struct {
    uint64_t size_bytes;
    unsigned windows;
    unsigned random_windows, near_windows; // among those without an empty sector
    bool is_first_random, is_last_random;
    uint64_t random_bytes; // of the random windows
    Histogram random;      // of their bytes
    double chi_least, chi_most;

    bool begins_empty;
    unsigned sectors, empty_sectors;
    Histogram filled; // of all bytes but those of empty sectors
} Survey;

static void add_histogram(Histogram *sum, const Histogram *histogram)
{
    for (unsigned byte = 0; byte < 256; byte++)
        sum->counts[byte] += histogram->counts[byte];
    sum->total += histogram->total;
}

// A sector of one value only.
static bool is_empty(const uint8_t *bytes, size_t size)
{
    return memcmp(bytes, bytes + 1, size - 1) == 0;
}

// Counts the bytes of all sectors that are not empty. Returns how many sectors are.
static unsigned count_filled(Histogram *histogram, const uint8_t *bytes, size_t size)
{
    unsigned empty = 0;
    size_t begin = 0;
    for (size_t at = 0; at < size; at += SECTOR_BYTES) {
        size_t sector = MIN(size - at, SECTOR_BYTES);
        if (!is_empty(bytes + at, sector))
            continue;
        count_bytes(histogram, bytes + begin, at - begin);
        begin = at + sector;
        empty++;
    }
    count_bytes(histogram, bytes + begin, size - begin);
    return empty;
}

static void survey_window(Survey *survey, const uint8_t *bytes, size_t size, bool is_last)
{
    Histogram filled = {0};
    unsigned empty = count_filled(&filled, bytes, size);
    double chi = chi_squared(&filled);
    bool is_first = survey->windows == 0;
    survey->begins_empty |= is_first && is_empty(bytes, MIN(size, SECTOR_BYTES));
    survey->windows++;
    survey->sectors += (unsigned)((size + SECTOR_BYTES - 1) / SECTOR_BYTES);
    survey->empty_sectors += empty;
    add_histogram(&survey->filled, &filled);
    survey->near_windows += empty == 0 && !is_random(chi) && is_nearly_random(chi);
    if (empty > 0 || !is_random(chi))
        return;

    survey->chi_least = survey->random_windows == 0 ? chi : MIN(survey->chi_least, chi);
    survey->chi_most = MAX(survey->chi_most, chi);
    survey->random_windows++;
    survey->random_bytes += size;
    survey->is_first_random |= is_first;
    survey->is_last_random |= is_last;
    add_histogram(&survey->random, &filled);
}

// False when the source could not be read.
static bool survey_source(Source *source, Survey *survey)
{
    uint64_t size = source_size(source);
    uint64_t all = (size + WINDOW_BYTES - 1) / WINDOW_BYTES;
    uint64_t count = MIN(all, (uint64_t)WINDOWS_MAX);
    g_autofree uint8_t *bytes = g_malloc(WINDOW_BYTES);
    survey->size_bytes = size;
    for (uint64_t i = 0; i < count; i++) {
        // Side by side while they fit, else apart, the last one at the end.
        uint64_t at = i * WINDOW_BYTES;
        if (all > WINDOWS_MAX)
            at = (uint64_t)((double)(size - WINDOW_BYTES) / (double)(count - 1) * (double)i);
        if (all > WINDOWS_MAX && i == count - 1)
            at = size - WINDOW_BYTES;
        size_t wanted = (size_t)MIN(size - at, (uint64_t)WINDOW_BYTES);
        // A rest shorter than a sector says nothing.
        if (wanted < SECTOR_BYTES)
            break;
        if (!source_read_exact(source, at, bytes, wanted, NULL))
            return false;
        survey_window(survey, bytes, wanted, i == count - 1);
        // No verdict can come out of what begins so far from random.
        if (i == 0 && survey->filled.total >= HOPELESS_BYTES_MIN &&
            chi_squared(&survey->filled) > CHI_SQUARED_HOPELESS)
            return false;
    }
    return survey->windows > 0;
}

// ---- Verdicts ---------------------------------------------------------------------------------

static const char *size_phrase(const Survey *survey)
{
    return survey->size_bytes % SECTOR_BYTES == 0 ? "the size is a multiple of 512"
                                                  : "the size is no multiple of 512";
}

// Random from beginning to end.
static bool is_all_random(const Survey *survey)
{
    return survey->random_windows > 0 && survey->near_windows <= 1 &&
           survey->random_windows + survey->near_windows == survey->windows &&
           is_random(chi_squared(&survey->random));
}

// Random sectors, the first among them, and nothing elsewhere.
static bool is_sparsely_random(const Survey *survey)
{
    return survey->empty_sectors > 0 && !survey->begins_empty &&
           survey->size_bytes % SECTOR_BYTES == 0 && is_random(chi_squared(&survey->filled));
}

// Random at both ends, where containers have their headers, or from the beginning over the greater
// part. The size of a container is a multiple of the sector's.
static bool is_partly_random(const Survey *survey)
{
    return survey->is_first_random &&
           (survey->is_last_random || 2 * survey->random_windows > survey->windows) &&
           survey->windows > 1 && survey->size_bytes % SECTOR_BYTES == 0 &&
           is_random(chi_squared(&survey->random));
}

uint64_t random_region_find(Source *source, char **ret_detail)
{
    Survey survey = {0};
    if (source_size(source) < WINDOW_BYTES || !survey_source(source, &survey))
        return 0;
    if (is_all_random(&survey)) {
        *ret_detail = g_strdup_printf(
            "bytes without any structure: chi-squared %.0f to %.0f in all %u windows; %s",
            survey.chi_least, survey.chi_most, survey.windows, size_phrase(&survey));
        return survey.size_bytes;
    }
    if (is_sparsely_random(&survey)) {
        *ret_detail = g_strdup_printf(
            "bytes without any structure: chi-squared %.0f in %u of %u sectors, the first among "
            "them, and nothing in the others; %s",
            chi_squared(&survey.filled), survey.sectors - survey.empty_sectors, survey.sectors,
            size_phrase(&survey));
        return survey.filled.total;
    }
    if (is_partly_random(&survey)) {
        *ret_detail = g_strdup_printf(
            "bytes without any structure: chi-squared %.0f to %.0f in %u of %u windows, the first "
            "%s; %s",
            survey.chi_least, survey.chi_most, survey.random_windows, survey.windows,
            survey.is_last_random ? "and the last among them" : "among them", size_phrase(&survey));
        return survey.random_bytes;
    }
    return 0;
}
