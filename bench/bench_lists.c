// SPDX-License-Identifier: Apache-2.0
//
// Reading of VICS JSON: bench_lists [-n REPEATS] [-m MEGABYTES] [FOLDER]
//
// Writes a hash set of MEGABYTES (default 200) and one of 20 MB into FOLDER (default: that for
// temporary files), and measures in turn, REPEATS times (default 5), the CPU time of
//
//   clew      the VICS reader over the large file, every entry delivered; also the tokenizer alone
//   jansson   json_load_file of the small file, which builds a tree and reads nothing out of it
//
// and prints medians and their ratio, and how far the peak of memory rose between the small and the
// large file. The files are removed at the end. Every figure also comes as one tab-separated line:
// ROW, name, value, unit, target, peer, ratio to the peer ("-": none).
#include <errno.h>
#include <fcntl.h>
#include <glib.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "lists/json_tokenizer.h"
#include "lists/list_format.h"

enum { REPEATS_MAX = 99 };
#define SMALL_MEGABYTES 20u
#define MEGABYTE 1000000.0

typedef struct {
    char *path;
    int descriptor;
    uint64_t size_bytes;
} Document;

typedef struct {
    uint64_t entries;
    uint64_t hashes;
} Count;

static _Noreturn void die(const char *what, const char *why)
{
    fprintf(stderr, "bench_lists: cannot %s: %s\n", what, why);
    exit(2);
}

static double cpu_seconds(void)
{
    struct timespec t;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

// Peak of resident memory so far, in kB.
static long peak_kb(void)
{
    g_autofree char *text = NULL;
    if (!g_file_get_contents("/proc/self/status", &text, NULL, NULL))
        return 0;
    const char *line = strstr(text, "VmHWM:");
    return line != NULL ? strtol(line + strlen("VmHWM:"), NULL, 10) : 0;
}

static uint64_t next_random(uint64_t *state)
{
    *state ^= *state << 13;
    *state ^= *state >> 7;
    *state ^= *state << 17;
    return *state;
}

static void write_hex(FILE *file, uint64_t *state, unsigned digits, bool upper)
{
    for (unsigned i = 0; i < digits; i += 16) {
        unsigned count = MIN(16u, digits - i);
        uint64_t value = next_random(state) >> (64 - 4 * count);
        fprintf(file, upper ? "%0*" G_GINT64_MODIFIER "X" : "%0*" G_GINT64_MODIFIER "x", (int)count,
                value);
    }
}

// An entry as exporters write it: digests, flags, a name, an alternative hash, members of no use.
static void write_entry(FILE *file, uint64_t *state, unsigned number)
{
    fprintf(file, "%s\n  {\"MediaID\": %u, \"MD5\": \"", number > 1 ? "," : "", number);
    write_hex(file, state, 32, true);
    fputs("\", \"SHA1\": \"", file);
    write_hex(file, state, 40, true);
    fprintf(
        file,
        "\", \"Category\": %u, \"MediaSize\": %u, \"VictimIdentified\": \"false\", "
        "\"OffenderIdentified\": false, \"IsDistributed\": \"true\", \"IsPrecategorized\": true, "
        "\"PrecategorizationSource\": \"A source\", \"Series\": \"Series %u\", "
        "\"Tags\": null, \"DateUpdated\": \"2023-06-07T02:31:49.8300Z\", "
        "\"RelativeFilePath\": \"Files\\\\%u.jpg\", \"MimeType\": \"image/jpeg\", "
        "\"AlternativeHashes\": [{\"HashName\": \"SHA256\", \"HashValue\": \"",
        number % 6, number * 37, number % 1000, number);
    write_hex(file, state, 64, false);
    fputs("\"}], \"Exifs\": [{\"PropertyName\": \"Make\", \"PropertyValue\": \"Maker\"}]}", file);
}

static Document make_document(const char *folder, const char *name, double megabytes)
{
    Document document = {.path = g_build_filename(folder, name, NULL)};
    uint64_t state = 0x9e3779b97f4a7c15u;
    FILE *file = fopen(document.path, "w");
    if (file == NULL)
        die("write the document", strerror(errno));
    fputs("{\"@odata.context\": \"http://github.com/VICSDATAMODEL/ProjectVic/DataModels/2.0.xml/"
          "Default/$metadata#Media\",\n \"value\": [",
          file);
    for (unsigned number = 1; (double)ftell(file) < megabytes * MEGABYTE; number++)
        write_entry(file, &state, number);
    fputs("\n]}\n", file);
    document.size_bytes = (uint64_t)ftell(file);
    if (fclose(file) != 0)
        die("write the document", strerror(errno));
    document.descriptor = open(document.path, O_RDONLY | O_CLOEXEC);
    return document;
}

static void remove_document(Document *document)
{
    close(document->descriptor);
    unlink(document->path);
    g_free(document->path);
}

static int64_t read_at(void *user_data, uint64_t offset, void *target, size_t size_bytes)
{
    const Document *document = user_data;
    return pread(document->descriptor, target, size_bytes, (off_t)offset);
}

static ListSource source_of(Document *document)
{
    return (ListSource){
        .read_at = read_at, .size_bytes = document->size_bytes, .user_data = document};
}

static bool take_header(void *user_data, const ListHeader *header)
{
    return true;
}

static bool take_entry(void *user_data, const ListEntry *entry)
{
    Count *count = user_data;
    count->entries++;
    count->hashes += entry->hash_count;
    return true;
}

static bool take_refused(void *user_data, uint64_t position, const char *reason)
{
    die("read the document", reason);
}

static double seconds_of_reader(Document *document, Count *ret_count)
{
    const ListSource source = source_of(document);
    Count count = {0};
    const ListSink sink = {
        .header = take_header, .entry = take_entry, .refused = take_refused, .user_data = &count};
    const ListReadOptions options = {0};
    g_autoptr(GError) error = NULL;
    double start = cpu_seconds();
    if (!list_format_by_name("vics")->read(&source, &options, &sink, &error))
        die("read the document", error->message);
    *ret_count = count;
    return cpu_seconds() - start;
}

static double seconds_of_tokenizer(Document *document)
{
    const ListSource source = source_of(document);
    g_autoptr(GError) error = NULL;
    ListInput input;
    JsonTokenizer tokenizer;
    JsonToken token;
    double start = cpu_seconds();
    if (!list_input_init(&input, &source, &error))
        die("read the document", error->message);
    json_tokenizer_init(&tokenizer, &input);
    do {
        if (!json_tokenizer_next(&tokenizer, &token, &error))
            die("read the document", error->message);
    } while (token.type != JSON_TOKEN_END);
    list_input_clear(&input);
    return cpu_seconds() - start;
}

static double seconds_of_jansson(const Document *document)
{
    json_error_t error;
    double start = cpu_seconds();
    json_t *root = json_load_file(document->path, 0, &error);
    double seconds = cpu_seconds() - start;
    if (root == NULL)
        die("read the document with jansson", error.text);
    json_decref(root);
    return seconds;
}

static int compare_doubles(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static double median(double *values, unsigned count)
{
    qsort(values, count, sizeof *values, compare_doubles);
    return values[count / 2];
}

static void print_row(const char *name, double value, const char *unit, const char *target,
                      const char *peer, double ratio)
{
    g_autofree char *ratio_text = ratio > 0 ? g_strdup_printf("%.2f", ratio) : g_strdup("-");
    printf("%-42s %10.1f %-6s target %-8s %s\n", name, value, unit, target, peer);
    printf("ROW\t%s\t%.1f\t%s\t%s\t%s\t%s\n", name, value, unit, target, peer, ratio_text);
}

static void measure(Document *small, Document *large, unsigned repeats)
{
    double reader[REPEATS_MAX], tokenizer[REPEATS_MAX], tree[REPEATS_MAX];
    Count count;
    seconds_of_reader(small, &count);
    long small_kb = peak_kb();
    for (unsigned i = 0; i < repeats; i++)
        reader[i] = seconds_of_reader(large, &count);
    for (unsigned i = 0; i < repeats; i++)
        tokenizer[i] = seconds_of_tokenizer(large);
    long large_kb = peak_kb();
    for (unsigned i = 0; i < repeats; i++)
        tree[i] = seconds_of_jansson(small);

    double large_mb = (double)large->size_bytes / MEGABYTE;
    double reader_rate = large_mb / median(reader, repeats);
    double tree_rate = (double)small->size_bytes / MEGABYTE / median(tree, repeats);
    g_autofree char *peer = g_strdup_printf("jansson, tree only: %.1f MB/s", tree_rate);
    printf("%" G_GUINT64_FORMAT " entries, %" G_GUINT64_FORMAT " hashes in %.0f MB\n",
           count.entries, count.hashes, large_mb);
    print_row("VICS parsing", reader_rate, "MB/s", ">= 50", peer, reader_rate / tree_rate);
    print_row("VICS entries", (double)count.entries / median(reader, repeats), "/s", "-", "-", 0);
    print_row("JSON tokens alone", large_mb / median(tokenizer, repeats), "MB/s", "-", peer,
              large_mb / median(tokenizer, repeats) / tree_rate);
    print_row("VICS memory, rise of the peak", (double)(large_kb - small_kb), "kB", "constant", "-",
              0);
}

int main(int argc, char **argv)
{
    unsigned repeats = 5;
    double megabytes = 200;
    int option;
    while ((option = getopt(argc, argv, "n:m:")) != -1) {
        if (option == 'n')
            repeats = (unsigned)CLAMP(atoi(optarg), 1, REPEATS_MAX);
        else if (option == 'm')
            megabytes = CLAMP(atof(optarg), 1.0, 100000.0);
        else
            return 2;
    }
    const char *folder = optind < argc ? argv[optind] : g_get_tmp_dir();
    Document small = make_document(folder, "bench_lists_small.json", SMALL_MEGABYTES);
    Document large = make_document(folder, "bench_lists_large.json", megabytes);
    measure(&small, &large, repeats);
    remove_document(&small);
    remove_document(&large);
    return 0;
}
