// SPDX-License-Identifier: Apache-2.0
//
// PDQ hashes of many variants of a few real pictures, for bench_index --real:
//
//     make_pdq_values OUT COUNT PICTURE.jpg...
//
// Each picture, decoded to grey with its shorter side near 300 pixels, is cropped at random places
// to 60..100 % of its sides, saved again as JPEG at a random quality, decoded and hashed. OUT gets
// COUNT values of 32 bytes, as evenly from the pictures as it goes. Pictures that cannot be read
// are named and left out.
#include "hash/pdq.h"

#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <jpeglib.h>

#define SHORTER_SIDE 300u
#define MIN_SIDE 64u

typedef struct {
    uint8_t *pixels;
    uint32_t width;
    uint32_t height;
} Grey;

typedef struct {
    struct jpeg_error_mgr manager;
    jmp_buf back;
} Failure;

static uint64_t random_state = 42;

// At least `low`, below `high`.
static uint32_t random_between(uint32_t low, uint32_t high)
{
    random_state = random_state * 6364136223846793005u + 1442695040888963407u;
    return low + (uint32_t)((random_state >> 33) % (high - low));
}

static void leave(j_common_ptr jpeg)
{
    Failure *failure = (Failure *)jpeg->err;
    longjmp(failure->back, 1);
}

static void keep_quiet(j_common_ptr jpeg)
{
    (void)jpeg;
}

static void choose_scale(struct jpeg_decompress_struct *jpeg)
{
    uint32_t side = jpeg->image_width < jpeg->image_height ? jpeg->image_width : jpeg->image_height;
    jpeg->scale_num = 1;
    jpeg->scale_denom = 1;
    while (jpeg->scale_denom < 8 && side / (jpeg->scale_denom * 2) >= SHORTER_SIDE)
        jpeg->scale_denom *= 2;
}

// Decodes to grey; pixels NULL when it cannot be done. The caller frees them.
static Grey decode(const uint8_t *bytes, size_t size)
{
    struct jpeg_decompress_struct jpeg;
    Failure failure;
    Grey *volatile grey = calloc(1, sizeof *grey);
    Grey result = {0};
    jpeg.err = jpeg_std_error(&failure.manager);
    failure.manager.error_exit = leave;
    failure.manager.output_message = keep_quiet;
    jpeg_create_decompress(&jpeg);
    if (grey != NULL && setjmp(failure.back) == 0) {
        jpeg_mem_src(&jpeg, bytes, size);
        jpeg_read_header(&jpeg, TRUE);
        jpeg.out_color_space = JCS_GRAYSCALE;
        choose_scale(&jpeg);
        jpeg_start_decompress(&jpeg);
        grey->width = jpeg.output_width;
        grey->height = jpeg.output_height;
        grey->pixels = malloc((size_t)grey->width * grey->height);
        while (grey->pixels != NULL && jpeg.output_scanline < jpeg.output_height) {
            uint8_t *row = grey->pixels + (size_t)jpeg.output_scanline * grey->width;
            jpeg_read_scanlines(&jpeg, &row, 1);
        }
        result = *grey;
    } else if (grey != NULL) {
        free(grey->pixels);
    }
    jpeg_destroy_decompress(&jpeg);
    free(grey);
    return result;
}

// Saves a part of the picture as JPEG; the caller frees the bytes.
static uint8_t *save_crop(const Grey *grey, PdqRect crop, int quality, unsigned long *ret_size)
{
    struct jpeg_compress_struct jpeg;
    struct jpeg_error_mgr manager;
    uint8_t *bytes = NULL;
    *ret_size = 0;
    jpeg.err = jpeg_std_error(&manager);
    jpeg_create_compress(&jpeg);
    jpeg_mem_dest(&jpeg, &bytes, ret_size);
    jpeg.image_width = crop.width;
    jpeg.image_height = crop.height;
    jpeg.input_components = 1;
    jpeg.in_color_space = JCS_GRAYSCALE;
    jpeg_set_defaults(&jpeg);
    jpeg_set_quality(&jpeg, quality, TRUE);
    jpeg_start_compress(&jpeg, TRUE);
    while (jpeg.next_scanline < jpeg.image_height) {
        uint8_t *row = grey->pixels + (size_t)(crop.y + jpeg.next_scanline) * grey->width + crop.x;
        jpeg_write_scanlines(&jpeg, &row, 1);
    }
    jpeg_finish_compress(&jpeg);
    jpeg_destroy_compress(&jpeg);
    return bytes;
}

static bool hash_grey(const Grey *grey, PdqHash *ret_hash)
{
    PdqOptions options = {.pixels = PDQ_PIXELS_GREY, .pipelines = PDQ_FULL};
    PdqHasher *hasher = pdq_hasher_new(grey->width, grey->height, &options);
    PdqResult result;
    if (hasher == NULL)
        return false;
    pdq_hasher_push(hasher, grey->pixels, grey->width, grey->height);
    bool ok = pdq_hasher_finish(hasher) && pdq_hasher_result(hasher, PDQ_FULL, &result);
    if (ok)
        *ret_hash = result.hash;
    pdq_hasher_free(hasher);
    return ok;
}

static bool hash_variant(const Grey *grey, PdqHash *ret_hash)
{
    PdqRect crop = {.width = grey->width * random_between(60, 101) / 100,
                    .height = grey->height * random_between(60, 101) / 100};
    crop.x = random_between(0, grey->width - crop.width + 1);
    crop.y = random_between(0, grey->height - crop.height + 1);
    unsigned long size;
    uint8_t *bytes = save_crop(grey, crop, (int)random_between(30, 96), &size);
    Grey again = decode(bytes, size);
    bool ok = again.pixels != NULL && hash_grey(&again, ret_hash);
    free(again.pixels);
    free(bytes);
    return ok;
}

static Grey read_picture(const char *path)
{
    Grey grey = {0};
    FILE *file = fopen(path, "rbe");
    if (file == NULL || fseek(file, 0, SEEK_END) != 0) {
        perror(path);
        return grey;
    }
    long size = ftell(file);
    rewind(file);
    uint8_t *bytes = malloc(size > 0 ? (size_t)size : 1);
    if (bytes != NULL && size > 0 && fread(bytes, 1, (size_t)size, file) == (size_t)size)
        grey = decode(bytes, (size_t)size);
    fclose(file);
    free(bytes);
    if (grey.pixels == NULL || grey.width < MIN_SIDE || grey.height < MIN_SIDE) {
        fprintf(stderr, "%s: left out\n", path);
        free(grey.pixels);
        grey.pixels = NULL;
    }
    return grey;
}

int main(int argc, char **argv)
{
    if (argc < 4) {
        fprintf(stderr, "usage: make_pdq_values OUT COUNT PICTURE.jpg...\n");
        return 2;
    }
    FILE *out = fopen(argv[1], "wbe");
    uint32_t wanted = (uint32_t)strtoul(argv[2], NULL, 10);
    uint32_t made = 0;
    if (out == NULL) {
        perror(argv[1]);
        return 2;
    }
    for (int i = 3; i < argc; i++) {
        Grey grey = read_picture(argv[i]);
        uint32_t share = (wanted - made) / (uint32_t)(argc - i);
        for (uint32_t k = 0; grey.pixels != NULL && k < share; k++) {
            PdqHash hash;
            if (hash_variant(&grey, &hash))
                made += fwrite(hash.bytes, sizeof hash.bytes, 1, out) == 1;
        }
        free(grey.pixels);
    }
    fprintf(stderr, "%u values of %d pictures\n", made, argc - 3);
    return fclose(out) == 0 && made > 0 ? 0 : 1;
}
