// SPDX-License-Identifier: Apache-2.0
//
// What PDQ adds to decoding a JPEG: bench_pdq [-n REPEATS] FILE.jpg...
//
// Every file is decoded and hashed in memory by one thread, each variant in turn, REPEATS times
// round (default 5); the median CPU time counts. Medians are summed over the files of one size and
// divided by the sum of the peer, which is a plain streamed RGB decode of the same files by
// libjpeg-turbo in the same run. "4-12 MP" is all files of 3 megapixels and more.
#include "hash/pdq.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <jpeglib.h>

enum { REPEATS_MAX = 99, ENGINES = 3, STRIP = 16 };
enum { HASH_512, HASH_BOTH, HASH_BORDER, HASHES };
enum { VARIANTS = 2 + ENGINES * HASHES }; // RGB decode, RGBX decode, then each engine's hashes
enum { CLASS_1, CLASS_2, CLASS_4, CLASS_8, CLASS_12, CLASS_LARGE, CLASSES };

static const PdqEngine engines[ENGINES] = {PDQ_ENGINE_BASELINE, PDQ_ENGINE_AVX2, PDQ_ENGINE_AVX512};
static const char *const hash_names[HASHES] = {"pdq_512", "both", "both + border"};
static const double limits[ENGINES][HASHES] = {
    {1.10, 1.65, 1.65}, {1.10, 1.45, 1.45}, {1.10, 1.35, 1.35}};
static const char *const class_names[CLASSES] = {"1 MP", "2 MP",  "4 MP",
                                                 "8 MP", "12 MP", "4-12 MP"};

typedef struct {
    unsigned files;
    double sums[VARIANTS];
    size_t bytes; // most that a hasher held
} Tally;

typedef struct {
    unsigned char *bytes;
    size_t size;
    double pixels;
} File;

static double cpu_seconds(void)
{
    struct timespec t;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
    return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

static int compare(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static bool file_read(const char *path, File *ret_file)
{
    FILE *stream = fopen(path, "rb");
    if (!stream)
        return false;
    fseek(stream, 0, SEEK_END);
    long size = ftell(stream);
    rewind(stream);
    ret_file->size = size > 0 ? (size_t)size : 0;
    ret_file->bytes = malloc(ret_file->size + 1);
    bool whole =
        ret_file->bytes && fread(ret_file->bytes, 1, ret_file->size, stream) == ret_file->size;
    fclose(stream);
    return whole && ret_file->size > 0;
}

static void jpeg_begin(struct jpeg_decompress_struct *jpeg, struct jpeg_error_mgr *errors,
                       const File *file, J_COLOR_SPACE space)
{
    jpeg->err = jpeg_std_error(errors);
    jpeg_create_decompress(jpeg);
    jpeg_mem_src(jpeg, file->bytes, file->size);
    jpeg_read_header(jpeg, TRUE);
    jpeg->out_color_space = space;
    jpeg_start_decompress(jpeg);
}

static void jpeg_end(struct jpeg_decompress_struct *jpeg)
{
    jpeg_finish_decompress(jpeg);
    jpeg_destroy_decompress(jpeg);
}

static void decode_only(File *file, J_COLOR_SPACE space)
{
    struct jpeg_decompress_struct jpeg;
    struct jpeg_error_mgr errors;
    jpeg_begin(&jpeg, &errors, file, space);
    file->pixels = (double)jpeg.output_width * jpeg.output_height;
    size_t stride = (size_t)jpeg.output_width * (unsigned)jpeg.output_components;
    unsigned char *memory = malloc(stride * STRIP);
    JSAMPROW rows[STRIP];
    for (size_t i = 0; memory && i < STRIP; i++)
        rows[i] = memory + i * stride;
    while (memory && jpeg.output_scanline < jpeg.output_height)
        jpeg_read_scanlines(&jpeg, rows, STRIP);
    free(memory);
    jpeg_end(&jpeg);
}

static size_t decode_and_hash(const File *file, PdqEngine engine, int hash)
{
    struct jpeg_decompress_struct jpeg;
    struct jpeg_error_mgr errors;
    jpeg_begin(&jpeg, &errors, file, JCS_EXT_RGBX);
    PdqOptions options = {.engine = engine,
                          .pipelines = hash == HASH_512 ? PDQ_512 : PDQ_BOTH,
                          .find_border = hash == HASH_BORDER};
    PdqHasher *hasher = pdq_hasher_new(jpeg.output_width, jpeg.output_height, &options);
    if (!hasher)
        abort();
    while (jpeg.output_scanline < jpeg.output_height) {
        unsigned room;
        uint8_t **rows = pdq_hasher_rows(hasher, &room);
        pdq_hasher_commit(hasher, jpeg_read_scanlines(&jpeg, rows, room));
    }
    if (!pdq_hasher_finish(hasher))
        abort();
    size_t bytes = pdq_hasher_bytes(hasher);
    pdq_hasher_free(hasher);
    jpeg_end(&jpeg);
    return bytes;
}

static int class_of(double pixels)
{
    double megapixels = pixels / 1e6;
    return megapixels < 1.5  ? CLASS_1
           : megapixels < 3  ? CLASS_2
           : megapixels < 6  ? CLASS_4
           : megapixels < 10 ? CLASS_8
                             : CLASS_12;
}

static void measure(File *file, int repeats, Tally tallies[CLASSES])
{
    double times[VARIANTS][REPEATS_MAX] = {0};
    size_t bytes = 0;
    for (int r = 0; r < repeats; r++) {
        for (int v = 0; v < VARIANTS; v++) {
            PdqEngine engine = v < 2 ? PDQ_ENGINE_AUTO : engines[(v - 2) / HASHES];
            if (!pdq_engine_available(engine))
                continue;
            double start = cpu_seconds();
            if (v < 2)
                decode_only(file, v == 0 ? JCS_RGB : JCS_EXT_RGBX);
            else
                bytes = decode_and_hash(file, engine, (v - 2) % HASHES);
            times[v][r] = cpu_seconds() - start;
        }
    }
    int own = class_of(file->pixels);
    for (int c = 0; c < CLASSES; c++) {
        if (c != own && (c != CLASS_LARGE || own < CLASS_4))
            continue;
        tallies[c].files++;
        if (tallies[c].bytes < bytes)
            tallies[c].bytes = bytes;
        for (int v = 0; v < VARIANTS; v++) {
            qsort(times[v], (size_t)repeats, sizeof(double), compare);
            tallies[c].sums[v] += times[v][repeats / 2];
        }
    }
}

static void report(int class, const Tally *tally)
{
    if (tally->files == 0)
        return;
    double decode = tally->sums[0];
    printf("%s: %u files, RGB decode %.2f ms each, RGBX %.3fx, hasher at most %.2f MB\n",
           class_names[class], tally->files, decode * 1e3 / tally->files, tally->sums[1] / decode,
           (double)tally->bytes / 1e6);
    for (int e = 0; e < ENGINES; e++) {
        if (!pdq_engine_available(engines[e]))
            continue;
        printf("  %-7s", pdq_engine_name(engines[e]));
        for (int h = 0; h < HASHES; h++) {
            double ratio = tally->sums[2 + e * HASHES + h] / decode;
            printf("  %s %.3fx", hash_names[h], ratio);
            if (class == CLASS_LARGE)
                printf(" (%s %.2f)", ratio <= limits[e][h] ? "<=" : "OVER", limits[e][h]);
        }
        printf("\n");
    }
}

int main(int argc, char **argv)
{
    int repeats = 5, first = 1;
    if (argc > 2 && strcmp(argv[1], "-n") == 0) {
        repeats = atoi(argv[2]);
        first = 3;
    }
    if (first >= argc || repeats < 1 || repeats > REPEATS_MAX) {
        fprintf(stderr, "usage: bench_pdq [-n REPEATS] FILE.jpg...\n");
        return 2;
    }
    Tally tallies[CLASSES] = {0};
    for (int i = first; i < argc; i++) {
        File file = {0};
        if (!file_read(argv[i], &file)) {
            fprintf(stderr, "bench_pdq: cannot read %s: %s\n", argv[i], strerror(errno));
            return 2;
        }
        measure(&file, repeats, tallies);
        free(file.bytes);
    }
    for (int c = 0; c < CLASSES; c++)
        report(c, &tallies[c]);
    return 0;
}
