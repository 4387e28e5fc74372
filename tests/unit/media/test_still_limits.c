// SPDX-License-Identifier: Apache-2.0
//
// Bombs end as a limit before they cost memory, everything not decoded is refused by name, the
// libraries are silent, and preparing leaves one thread.
#include <glib.h>
#include <string.h>
#include <unistd.h>

#include "base/error.h"
#include "base/limits.h"
#include "media/still.h"
#include "sniff/sniff.h"
#include "test_sink.h"

// Run first: later tests decode, and libheif and libvips may then start threads.
static void preparing_leaves_one_thread(void)
{
    g_autoptr(GDir) tasks = g_dir_open("/proc/self/task", 0, NULL);
    unsigned count = 0;
    while (g_dir_read_name(tasks) != NULL)
        count++;
    g_assert_cmpuint(count, ==, 1);
}

static void put_u32be(GByteArray *bytes, uint32_t value)
{
    uint8_t four[4] = {(uint8_t)(value >> 24), (uint8_t)(value >> 16), (uint8_t)(value >> 8),
                       (uint8_t)value};
    g_byte_array_append(bytes, four, 4);
}

static uint32_t crc32(const uint8_t *bytes, size_t count)
{
    uint32_t crc = UINT32_MAX;
    for (size_t i = 0; i < count; i++) {
        crc ^= bytes[i];
        for (unsigned bit = 0; bit < 8; bit++)
            crc = crc >> 1 ^ (0xedb88320 & (0 - (crc & 1)));
    }
    return ~crc;
}

static void put_chunk(GByteArray *bytes, const char *type, const uint8_t *data, unsigned length)
{
    put_u32be(bytes, length);
    size_t at = bytes->len;
    g_byte_array_append(bytes, (const uint8_t *)type, 4);
    g_byte_array_append(bytes, data, length);
    put_u32be(bytes, crc32(bytes->data + at, bytes->len - at));
}

// A PNG of 8-bit RGB that declares a size and holds one empty deflate block.
static GByteArray *png_of(uint32_t width, uint32_t height, bool is_interlaced)
{
    GByteArray *bytes = g_byte_array_new();
    g_autoptr(GByteArray) header = g_byte_array_new();
    put_u32be(header, width);
    put_u32be(header, height);
    g_byte_array_append(header, (const uint8_t[]){8, 2, 0, 0, is_interlaced}, 5);
    g_byte_array_append(bytes, (const uint8_t *)"\x89PNG\r\n\x1a\n", 8);
    put_chunk(bytes, "IHDR", header->data, header->len);
    put_chunk(bytes, "IDAT", (const uint8_t *)"\x78\x9c\x03\x00\x00\x00\x00\x01", 8);
    put_chunk(bytes, "IEND", NULL, 0);
    return bytes;
}

static ClewError error_of(const GByteArray *bytes, const char *media_type)
{
    g_autoptr(GError) error = NULL;
    g_auto(Picture) picture = {0};
    g_autoptr(Still) still = still_open(bytes->data, bytes->len, media_type, &error);
    if (still != NULL)
        test_sink_decode(still, &picture, &error);
    g_assert_nonnull(error);
    g_assert_true(error->domain == CLEW_ERROR);
    g_assert_null(strchr(error->message, '\n'));
    return (ClewError)error->code;
}

static void a_png_too_large_is_a_limit(void)
{
    static const uint32_t sizes[][3] = {
        {LIMIT_STILL_SIDE + 1, 1, 0}, // a side
        {1, LIMIT_STILL_SIDE + 1, 0},
        {30000, 30000, 0}, // streamed
        {12000, 12000, 1}, // interlaced: the whole picture in memory
        {0x7fffffff, 0x7fffffff, 0},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(sizes); i++) {
        g_autoptr(GByteArray) bytes = png_of(sizes[i][0], sizes[i][1], sizes[i][2] != 0);
        g_assert_cmpint(error_of(bytes, "image/png"), ==, CLEW_ERROR_LIMIT);
    }
    g_autoptr(GByteArray) empty = png_of(10, 10, false);
    g_assert_cmpint(error_of(empty, "image/png"), ==, CLEW_ERROR_CORRUPT);
}

static void a_gif_too_large_is_a_limit(void)
{
    g_autoptr(GByteArray) bytes = g_byte_array_new();
    g_byte_array_append(bytes, (const uint8_t *)"GIF89a\xff\xff\xff\xff\0\0\0;", 14);
    g_assert_cmpint(error_of(bytes, "image/gif"), ==, CLEW_ERROR_LIMIT);
}

static char *read_fixture(const char *name, size_t *ret_size_bytes)
{
    g_autofree char *path =
        g_build_filename(g_getenv("CLEW_SOURCE"), "tests", "fixtures", "stills", name, NULL);
    char *bytes = NULL;
    g_assert_true(g_file_get_contents(path, &bytes, ret_size_bytes, NULL));
    return bytes;
}

static size_t find_marker(const char *bytes, size_t size_bytes, uint8_t marker, size_t from)
{
    for (size_t at = from; at + 1 < size_bytes; at++) {
        if ((uint8_t)bytes[at] == 0xff && (uint8_t)bytes[at + 1] == marker)
            return at;
    }
    g_assert_not_reached();
}

// Sets height and width in the frame header (marker 0xc0 + `kind`).
static GByteArray *jpeg_of(const char *name, uint8_t kind, unsigned width, unsigned height)
{
    size_t size_bytes;
    g_autofree char *bytes = read_fixture(name, &size_bytes);
    size_t frame = find_marker(bytes, size_bytes, (uint8_t)(0xc0 + kind), 2);
    bytes[frame + 5] = (char)(height >> 8);
    bytes[frame + 6] = (char)height;
    bytes[frame + 7] = (char)(width >> 8);
    bytes[frame + 8] = (char)width;
    GByteArray *array = g_byte_array_new();
    g_byte_array_append(array, (const uint8_t *)bytes, (unsigned)size_bytes);
    return array;
}

static void a_jpeg_too_large_is_a_limit(void)
{
    g_autoptr(GByteArray) sequential = jpeg_of("jpeg-rgb.jpg", 0, 65000, 65000);
    g_assert_cmpint(error_of(sequential, "image/jpeg"), ==, CLEW_ERROR_LIMIT);
    g_autoptr(GByteArray) progressive = jpeg_of("jpeg-progressive.jpg", 2, 20000, 20000);
    g_assert_cmpint(error_of(progressive, "image/jpeg"), ==, CLEW_ERROR_LIMIT);
}

// A sequential JPEG of that many rows streams: memory stays as it was.
static void a_jpeg_of_many_rows_streams(void)
{
    g_autoptr(GByteArray) bytes = jpeg_of("jpeg-rgb.jpg", 0, 24, 65000);
    g_autoptr(Still) still = still_open(bytes->data, bytes->len, "image/jpeg", NULL);
    g_auto(Picture) picture = {0};
    g_assert_true(test_sink_decode(still, &picture, NULL));
    g_assert_true(picture.is_truncated);
    g_assert_cmpuint(picture.rows, ==, 65000);
}

// The last scan again and again: each is decoded into every coefficient.
static void a_jpeg_of_endless_scans_is_a_limit(void)
{
    g_autoptr(GByteArray) bytes = jpeg_of("jpeg-progressive.jpg", 2, 24, 20);
    size_t scan = 0, next = 2;
    for (;;) {
        bool is_last = true;
        for (size_t at = next; at + 1 < bytes->len; at++) {
            if (bytes->data[at] == 0xff && bytes->data[at + 1] == 0xda) {
                scan = at;
                next = at + 2;
                is_last = false;
                break;
            }
        }
        if (is_last)
            break;
    }
    size_t scan_bytes = bytes->len - 2 - scan;
    g_autofree uint8_t *again = g_memdup2(bytes->data + scan, scan_bytes);
    g_byte_array_set_size(bytes, bytes->len - 2);
    for (unsigned i = 0; i <= LIMIT_STILL_JPEG_SCANS; i++)
        g_byte_array_append(bytes, again, (unsigned)scan_bytes);
    g_byte_array_append(bytes, (const uint8_t *)"\xff\xd9", 2);
    g_assert_cmpint(error_of(bytes, "image/jpeg"), ==, CLEW_ERROR_LIMIT);
}

static void more_bytes_than_a_picture_may_have_are_a_limit(void)
{
    g_autoptr(GError) error = NULL;
    const uint8_t byte = 0xff; // never looked at
    g_assert_null(still_open(&byte, (size_t)LIMIT_STILL_BYTES + 1, "image/jpeg", &error));
    g_assert_error(error, CLEW_ERROR, CLEW_ERROR_LIMIT);
}

static void refuses_other_types_by_name(void)
{
    static const char *const types[] = {"image/vnd.microsoft.icon", "image/svg+xml", "video/mp4",
                                        "image/x-portable-anymap",  "image/x-exr",   "text/plain",
                                        "application/octet-stream"};
    for (size_t i = 0; i < G_N_ELEMENTS(types); i++) {
        g_autoptr(GError) error = NULL;
        g_assert_false(still_supports(types[i]));
        g_assert_null(still_open((const uint8_t *)"x", 1, types[i], &error));
        g_assert_error(error, CLEW_ERROR, CLEW_ERROR_UNSUPPORTED);
        g_assert_nonnull(strstr(error->message, types[i]));
    }
}

// A type is what the caller says: bytes of another are never handed to another decoder.
static void a_type_is_decoded_by_its_own_decoder_only(void)
{
    size_t size_bytes;
    g_autofree char *bytes = read_fixture("png-rgb.png", &size_bytes);
    static const char *const types[] = {"image/jpeg", "image/gif",  "image/webp",
                                        "image/tiff", "image/heic", "image/avif",
                                        "image/jp2",  "image/jxl",  "image/bmp"};
    for (size_t i = 0; i < G_N_ELEMENTS(types); i++) {
        g_autoptr(GError) error = NULL;
        g_assert_null(still_open((uint8_t *)bytes, size_bytes, types[i], &error));
        g_assert_nonnull(error);
    }
}

// What sniffing promises, decoding keeps, and nothing is decoded that sniffing denies.
static void decodes_exactly_what_sniffing_says(void)
{
    static const char *const decoded[] = {"image/jpeg", "image/png", "image/gif",  "image/webp",
                                          "image/tiff", "image/bmp", "image/heic", "image/heif",
                                          "image/avif", "image/jp2", "image/jpx",  "image/x-j2c",
                                          "image/jxl"};
    for (size_t i = 0; i < G_N_ELEMENTS(decoded); i++) {
        g_assert_true(still_supports(decoded[i]));
        g_assert_true(sniff_by_media_type(decoded[i])->can_decode);
    }
    g_assert_false(sniff_by_media_type("image/x-canon-cr2")->can_decode);
}

// libvips gathers its errors in one buffer: what one picture left there must not be told of the
// next, nor make a sound one count as damaged.
static void an_error_is_not_blamed_on_the_next_picture(void)
{
    static const char *const names[] = {"tiff-strips.tif", "gif-animated.gif", "heic.heic",
                                        "jp2.jp2"};
    char *alone[G_N_ELEMENTS(names)] = {NULL};
    for (unsigned round = 0; round < 2; round++) {
        for (size_t i = 0; i < G_N_ELEMENTS(names); i++) {
            // Forwards, then backwards: each message must stay the same.
            size_t index = round == 0 ? i : G_N_ELEMENTS(names) - 1 - i;
            size_t size_bytes;
            g_autofree char *bytes = read_fixture(names[index], &size_bytes);
            g_autoptr(GError) error = NULL;
            const char *type = sniff_bytes((uint8_t *)bytes, size_bytes)->media_type;
            g_assert_null(still_open((uint8_t *)bytes, 40, type, &error));
            if (round == 0)
                alone[index] = g_strdup(error->message);
            else
                g_assert_cmpstr(error->message, ==, alone[index]);
            g_autoptr(Still) sound = still_open((uint8_t *)bytes, size_bytes, type, NULL);
            g_auto(Picture) picture = {0};
            g_assert_true(test_sink_decode(sound, &picture, NULL));
            g_assert_false(picture.is_truncated);
        }
    }
    for (size_t i = 0; i < G_N_ELEMENTS(names); i++)
        g_free(alone[i]);
}

static void libraries_say_nothing_on_stderr(void)
{
    size_t size_bytes;
    g_autofree char *path = NULL;
    int file = g_file_open_tmp(NULL, &path, NULL);
    int kept = dup(STDERR_FILENO);
    dup2(file, STDERR_FILENO);
    static const char *const names[] = {"png-rgb.png",  "gif-animated.gif", "tiff-strips.tif",
                                        "jpeg-rgb.jpg", "webp-lossy.webp",  "heic.heic",
                                        "avif.avif",    "jp2.jp2",          "jxl.jxl"};
    for (size_t i = 0; i < G_N_ELEMENTS(names); i++) {
        g_autofree char *bytes = read_fixture(names[i], &size_bytes);
        const char *type = sniff_bytes((uint8_t *)bytes, size_bytes)->media_type;
        for (size_t cut = size_bytes / 2; cut < size_bytes; cut += size_bytes / 8) {
            g_autoptr(Still) still = still_open((uint8_t *)bytes, cut, type, NULL);
            g_auto(Picture) picture = {0};
            if (still != NULL)
                test_sink_decode(still, &picture, NULL);
        }
    }
    dup2(kept, STDERR_FILENO);
    close(kept);
    g_assert_cmpint(lseek(file, 0, SEEK_END), ==, 0);
    close(file);
    unlink(path);
}

// Files that crashed another reader. Ours may refuse them; it must answer. (When a library of the
// decoders crashes here it is named in docs/, and the sandbox is what stands behind it.)
static void answers_on_files_that_crashed_others(void)
{
    const char *media = g_getenv("CLEW_TEST_MEDIA");
    if (media == NULL) {
        g_test_skip("CLEW_TEST_MEDIA is not set");
        return;
    }
    g_autofree char *folder =
        g_build_filename(media, "evidence", "python-pillow_Pillow", "Tests", "images", NULL);
    g_autoptr(GDir) directory = g_dir_open(folder, 0, NULL);
    g_assert_nonnull(directory);
    unsigned files = 0, decoded = 0, truncated = 0;
    for (const char *name = g_dir_read_name(directory); name != NULL;
         name = g_dir_read_name(directory)) {
        g_autofree char *path = g_build_filename(folder, name, NULL);
        g_autofree char *bytes = NULL;
        size_t size_bytes;
        g_assert_true(g_file_get_contents(path, &bytes, &size_bytes, NULL));
        g_autoptr(GError) error = NULL;
        const char *type = sniff_bytes((uint8_t *)bytes, size_bytes)->media_type;
        g_autoptr(Still) still = still_open((uint8_t *)bytes, size_bytes, type, &error);
        g_auto(Picture) picture = {0};
        bool is_decoded = still != NULL && test_sink_decode(still, &picture, &error);
        g_assert_cmpint(is_decoded, ==, error == NULL);
        files++;
        decoded += is_decoded;
        truncated += is_decoded && picture.is_truncated;
    }
    g_test_message("%u files: %u decoded, %u of them truncated", files, decoded, truncated);
    g_assert_cmpuint(files, >=, 45);
    g_assert_cmpuint(truncated, >=, 3);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_autoptr(GError) error = NULL;
    still_prepare(&error);
    g_assert_no_error(error);
    preparing_leaves_one_thread();
    still_prepare_locked();
    g_test_add_func("/still/png_too_large", a_png_too_large_is_a_limit);
    g_test_add_func("/still/gif_too_large", a_gif_too_large_is_a_limit);
    g_test_add_func("/still/jpeg_too_large", a_jpeg_too_large_is_a_limit);
    g_test_add_func("/still/jpeg_of_many_rows_streams", a_jpeg_of_many_rows_streams);
    g_test_add_func("/still/jpeg_of_endless_scans", a_jpeg_of_endless_scans_is_a_limit);
    g_test_add_func("/still/too_many_bytes", more_bytes_than_a_picture_may_have_are_a_limit);
    g_test_add_func("/still/refuses_other_types", refuses_other_types_by_name);
    g_test_add_func("/still/own_decoder_only", a_type_is_decoded_by_its_own_decoder_only);
    g_test_add_func("/still/decodes_what_sniffing_says", decodes_exactly_what_sniffing_says);
    g_test_add_func("/still/errors_do_not_pile_up", an_error_is_not_blamed_on_the_next_picture);
    g_test_add_func("/still/libraries_are_silent", libraries_say_nothing_on_stderr);
    g_test_add_func("/still/answers_on_crashers", answers_on_files_that_crashed_others);
    return g_test_run();
}
