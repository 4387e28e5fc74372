// SPDX-License-Identifier: Apache-2.0
//
// What is said of one picture, asked in place: hashes, trimmed variants, EXIF, thumbnail, findings
// and, for what cannot be decoded, a status with its reason.
#include <string.h>

#include "base/limits.h"
#include "hash/pdq.h"
#include "media/still.h"
#include "probe/media_probe.h"
#include "test_pictures.h"

#define NEAR 31

static MediaReply examine_as(const GByteArray *bytes, const char *media_type)
{
    // A copy of exactly that size, so that a sanitizer sees the first byte read past the end.
    g_autofree uint8_t *exact = g_memdup2(bytes->data, bytes->len);
    MediaReply reply;
    media_probe_run(exact, bytes->len, media_type, &reply);
    return reply;
}

static MediaReply examine(const GByteArray *bytes)
{
    return examine_as(bytes, "image/jpeg");
}

static unsigned distance(const uint8_t *a, const uint8_t *b)
{
    unsigned bits = 0;
    for (size_t i = 0; i < PDQ_BYTES; i++)
        bits += (unsigned)__builtin_popcount(a[i] ^ b[i]);
    return bits;
}

static const Finding *finding_of(const MediaReply *reply, FindingType type)
{
    for (unsigned i = 0; i < reply->findings->len; i++) {
        const Finding *finding = reply->findings->pdata[i];
        if (finding->type == type)
            return finding;
    }
    return NULL;
}

static void test_orders_of_orientations_agree(void)
{
    for (unsigned i = 0; i < ORIENTATION_COUNT; i++)
        g_assert_cmpstr(orientation_name(i), ==, pdq_orientation_name((PdqOrientation)i));
}

static void test_whole_picture(void)
{
    g_autoptr(GByteArray) jpeg = picture_jpeg((PictureOptions){.width = 800, .height = 600});
    MediaReply reply = examine(jpeg);
    g_assert_cmpint(reply.status, ==, STATUS_OK);
    g_assert_null(reply.reason);
    g_assert_null(reply.thumbnail);
    g_assert_cmpuint(reply.findings->len, ==, 0);

    const StillFacts *still = reply.still;
    g_assert_true(still->decoded);
    g_assert_cmpuint(still->width, ==, 800);
    g_assert_cmpuint(still->height, ==, 600);
    g_assert_cmpuint(still->frames, ==, 1);
    g_assert_true(still->pdq[PIPELINE_512].present && still->pdq[PIPELINE_FULL].present);
    g_assert_cmpuint(still->pdq[PIPELINE_512].quality, >, 50);
    g_assert_false(still->pdq[PIPELINE_512_TRIMMED].present);
    g_assert_false(still->pdq[PIPELINE_FULL_TRIMMED].present);
    g_assert_true(still->has_jpeg_tables);
    g_assert_false(still->exif.present);
    media_reply_clear(&reply);
}

static void test_orientations(void)
{
    g_autoptr(GByteArray) plain = picture_jpeg((PictureOptions){0});
    g_autoptr(GByteArray) mirrored = picture_jpeg((PictureOptions){.mirrored = true});
    MediaReply a = examine(plain), b = examine(mirrored);
    const PdqFacts *x = &a.still->pdq[PIPELINE_512], *y = &b.still->pdq[PIPELINE_512];
    g_assert_cmpuint(distance(x->hash[PDQ_ORIENTATION_ORIGINAL], y->hash[0]), >, NEAR);
    g_assert_cmpuint(distance(x->hash[PDQ_ORIENTATION_FLIP_Y], y->hash[0]), <=, NEAR);
    media_reply_clear(&a);
    media_reply_clear(&b);
}

static void test_border_is_trimmed(void)
{
    g_autoptr(GByteArray) plain = picture_jpeg((PictureOptions){0});
    g_autoptr(GByteArray) framed =
        picture_jpeg((PictureOptions){.width = 520, .height = 420, .border = 60});
    MediaReply a = examine(plain), b = examine(framed);
    const uint8_t *sought = a.still->pdq[PIPELINE_FULL].hash[0];
    g_assert_cmpuint(distance(sought, b.still->pdq[PIPELINE_FULL].hash[0]), >, NEAR);
    for (unsigned i = PIPELINE_512_TRIMMED; i <= PIPELINE_FULL_TRIMMED; i++) {
        g_assert_true(b.still->pdq[i].present);
        g_assert_cmpuint(distance(sought, b.still->pdq[i].hash[0]), <=, NEAR);
    }
    // The JPEG's blocks of 8 blur the edge.
    g_assert_cmpuint(b.still->trim_left, >=, 56);
    g_assert_cmpuint(b.still->trim_left, <=, 68);
    g_assert_cmpuint(b.still->trim_bottom, >=, 56);
    g_assert_cmpuint(b.still->trim_bottom, <=, 68);
    media_reply_clear(&a);
    media_reply_clear(&b);
}

static void test_thumbnail_is_hashed(void)
{
    g_autoptr(GByteArray) picture = picture_jpeg((PictureOptions){.mirrored = true});
    g_autoptr(GByteArray) small = picture_jpeg((PictureOptions){.width = 160, .height = 120});
    g_autoptr(GByteArray) both = picture_with_exif(picture, small);
    MediaReply reply = examine(both), alone = examine(small);

    g_assert_cmpint(reply.status, ==, STATUS_OK);
    g_assert_true(reply.still->exif.present);
    g_assert_cmpstr(reply.still->exif.make, ==, "Testcam");
    g_assert_nonnull(reply.thumbnail);
    g_assert_true(reply.thumbnail->decoded);
    g_assert_cmpuint(reply.thumbnail->width, ==, 160);
    g_assert_cmpuint(reply.thumbnail->height, ==, 120);
    g_assert_cmpmem(reply.thumbnail->pdq[PIPELINE_FULL].hash, ORIENTATION_COUNT * PDQ_BYTES,
                    alone.still->pdq[PIPELINE_FULL].hash, ORIENTATION_COUNT * PDQ_BYTES);
    media_reply_clear(&reply);
    media_reply_clear(&alone);
}

static void test_thumbnails_nest_no_deeper(void)
{
    g_autoptr(GByteArray) picture = picture_jpeg((PictureOptions){0});
    g_autoptr(GByteArray) inner = picture_jpeg((PictureOptions){.width = 40, .height = 30});
    g_autoptr(GByteArray) middle = picture_jpeg((PictureOptions){.width = 160, .height = 120});
    g_autoptr(GByteArray) thumbnail = picture_with_exif(middle, inner);
    g_autoptr(GByteArray) whole = picture_with_exif(picture, thumbnail);
    MediaReply reply = examine(whole);
    g_assert_cmpuint(reply.thumbnail->width, ==, 160);
    media_reply_clear(&reply);
}

static void test_broken_thumbnail(void)
{
    g_autoptr(GByteArray) picture = picture_jpeg((PictureOptions){0});
    g_autoptr(GByteArray) broken = g_byte_array_new();
    g_byte_array_append(broken, (const uint8_t *)"\xff\xd8\xff\xe0 not a picture", 18);
    g_autoptr(GByteArray) whole = picture_with_exif(picture, broken);
    MediaReply reply = examine(whole);
    g_assert_cmpint(reply.status, ==, STATUS_OK);
    g_assert_true(reply.still->decoded);
    g_assert_nonnull(reply.thumbnail); // it is there, and it says that it was not decoded
    g_assert_false(reply.thumbnail->decoded);
    g_assert_nonnull(finding_of(&reply, FINDING_THUMBNAIL));
    media_reply_clear(&reply);
}

static void test_tables_tell_the_quality(void)
{
    g_autoptr(GByteArray) first = picture_jpeg((PictureOptions){.quality = 85});
    g_autoptr(GByteArray) same = picture_jpeg((PictureOptions){.quality = 85, .mirrored = true});
    g_autoptr(GByteArray) other = picture_jpeg((PictureOptions){.quality = 86});
    MediaReply a = examine(first), b = examine(same), c = examine(other);
    g_assert_cmpmem(a.still->jpeg_tables, SHA256_BYTES, b.still->jpeg_tables, SHA256_BYTES);
    g_assert_cmpint(memcmp(a.still->jpeg_tables, c.still->jpeg_tables, SHA256_BYTES), !=, 0);
    media_reply_clear(&a);
    media_reply_clear(&b);
    media_reply_clear(&c);
}

static void test_trailing_data(void)
{
    g_autoptr(GByteArray) jpeg = picture_jpeg((PictureOptions){0});
    g_byte_array_append(jpeg, (const uint8_t *)"hidden behind the picture", 25);
    MediaReply reply = examine(jpeg);
    g_assert_cmpint(reply.status, ==, STATUS_OK);
    const Finding *finding = finding_of(&reply, FINDING_APPENDED_DATA);
    g_assert_nonnull(finding);
    g_assert_cmpuint(finding->bytes, ==, 25);
    media_reply_clear(&reply);
}

static void test_picture_that_ends_early(void)
{
    g_autoptr(GByteArray) jpeg = picture_jpeg((PictureOptions){0});
    g_byte_array_set_size(jpeg, jpeg->len * 2 / 3);
    MediaReply reply = examine(jpeg);
    g_assert_cmpint(reply.status, ==, STATUS_OK);
    g_assert_true(reply.still->decoded);
    g_assert_true(reply.still->pdq[PIPELINE_512].present);
    g_assert_nonnull(finding_of(&reply, FINDING_TRUNCATED));
    media_reply_clear(&reply);
}

static void assert_status(const GByteArray *bytes, const char *media_type, Status expected)
{
    MediaReply reply = examine_as(bytes, media_type);
    g_assert_cmpstr(status_name(reply.status), ==, status_name(expected));
    g_assert_nonnull(reply.reason);
    g_assert_cmpstr(reply.reason, !=, "");
    g_assert_true(reply.still == NULL || !reply.still->decoded);
    media_reply_clear(&reply);
}

static void test_bytes_that_are_no_picture(void)
{
    g_autoptr(GByteArray) bytes = g_byte_array_new();
    assert_status(bytes, "image/jpeg", STATUS_CORRUPT);
    g_byte_array_append(bytes, (const uint8_t *)"\xff\xd8\xff\xe0 and then nothing", 22);
    assert_status(bytes, "image/jpeg", STATUS_CORRUPT);
    assert_status(bytes, "image/png", STATUS_CORRUPT);
}

static void test_type_without_decoder(void)
{
    g_autoptr(GByteArray) jpeg = picture_jpeg((PictureOptions){0});
    assert_status(jpeg, "image/x-unheard-of", STATUS_UNSUPPORTED);
    assert_status(jpeg, "", STATUS_UNSUPPORTED);
}

// Height and width as the frame header declares them.
static void declare_size(GByteArray *jpeg, unsigned width, unsigned height)
{
    uint8_t *frame = memmem(jpeg->data, jpeg->len, "\xff\xc0\x00\x11\x08", 5);
    g_assert_nonnull(frame);
    const uint8_t size[] = {(uint8_t)(height >> 8), (uint8_t)height, (uint8_t)(width >> 8),
                            (uint8_t)width};
    memcpy(frame + 5, size, sizeof size);
}

static void test_too_many_pixels(void)
{
    g_autoptr(GByteArray) jpeg = picture_jpeg((PictureOptions){0});
    declare_size(jpeg, 65000, 65000);
    assert_status(jpeg, "image/jpeg", STATUS_LIMIT);
}

// Whatever comes in, what goes out is a message that the program takes.
static void test_damaged_pictures_give_valid_replies(void)
{
    g_autoptr(GByteArray) small = picture_jpeg((PictureOptions){.width = 64, .height = 48});
    g_autoptr(GByteArray) picture = picture_jpeg((PictureOptions){.width = 96, .height = 80});
    g_autoptr(GByteArray) whole = picture_with_exif(picture, small);
    for (unsigned i = 0; i < 500; i++) {
        g_autoptr(GByteArray) damaged = g_byte_array_new();
        g_byte_array_append(damaged, whole->data,
                            (unsigned)g_test_rand_int_range(1, (int)whole->len + 1));
        for (unsigned j = g_test_rand_int_range(0, 20); j > 0; j--)
            damaged->data[g_test_rand_int_range(0, (int)damaged->len)] = (uint8_t)g_test_rand_int();
        MediaReply reply = examine(damaged), arrived;
        g_autoptr(GByteArray) message = g_byte_array_new();
        media_reply_encode(&reply, message);
        g_assert_true(media_reply_decode(message->data, message->len, &arrived));
        media_reply_clear(&reply);
        media_reply_clear(&arrived);
    }
}

// Where the entropy-coded data of the first scan begins.
static unsigned first_scan(const GByteArray *jpeg)
{
    for (unsigned i = 2; i + 4 <= jpeg->len;) {
        unsigned length = (unsigned)jpeg->data[i + 2] << 8 | jpeg->data[i + 3];
        bool is_scan = jpeg->data[i + 1] == 0xda;
        i += 2 + length;
        if (is_scan)
            return i;
    }
    g_assert_not_reached();
}

static void test_picture_that_never_begins(void)
{
    g_autoptr(GByteArray) jpeg = picture_jpeg((PictureOptions){.width = 800, .height = 600});
    g_byte_array_set_size(jpeg, first_scan(jpeg));
    MediaReply reply = examine(jpeg);
    g_assert_cmpint(reply.status, ==, STATUS_CORRUPT);
    g_assert_cmpstr(reply.reason, ==, "the picture ends before anything of it can be seen");
    g_assert_nonnull(finding_of(&reply, FINDING_TRUNCATED));
    g_assert_cmpuint(reply.still->width, ==, 800);
    media_reply_clear(&reply);
}

#define WIDE_WIDTH 200
#define WIDE_HEIGHT 150

static void put16(GByteArray *bytes, unsigned value)
{
    const uint8_t two[] = {(uint8_t)value, (uint8_t)(value >> 8)};
    g_byte_array_append(bytes, two, sizeof two);
}

static void put_tiff_field(GByteArray *bytes, unsigned tag, unsigned value)
{
    put16(bytes, tag);
    put16(bytes, 3); // SHORT
    put16(bytes, 1);
    put16(bytes, 0);
    put16(bytes, value);
    put16(bytes, 0);
}

// An uncompressed grey TIFF; sample(x, y) has the bits asked for.
static GByteArray *grey_tiff(unsigned bits, unsigned (*sample)(unsigned x, unsigned y))
{
    enum { FIELDS = 8, PIXELS_AT = 8 + 2 + 12 * FIELDS + 4 };
    GByteArray *bytes = g_byte_array_new();
    g_byte_array_append(bytes, (const uint8_t *)"II*\0\10\0\0\0", 8);
    put16(bytes, FIELDS);
    put_tiff_field(bytes, 256, WIDE_WIDTH);
    put_tiff_field(bytes, 257, WIDE_HEIGHT);
    put_tiff_field(bytes, 258, bits);
    put_tiff_field(bytes, 259, 1); // no compression
    put_tiff_field(bytes, 262, 1); // black is zero
    put_tiff_field(bytes, 273, PIXELS_AT);
    put_tiff_field(bytes, 278, WIDE_HEIGHT); // rows in the strip
    put_tiff_field(bytes, 279, WIDE_WIDTH * WIDE_HEIGHT * bits / 8);
    put16(bytes, 0);
    put16(bytes, 0);
    for (unsigned y = 0; y < WIDE_HEIGHT; y++) {
        for (unsigned x = 0; x < WIDE_WIDTH; x++) {
            uint8_t low = (uint8_t)sample(x, y);
            if (bits == 8)
                g_byte_array_append(bytes, &low, 1);
            else
                put16(bytes, sample(x, y));
        }
    }
    return bytes;
}

static unsigned blobs(unsigned x, unsigned y)
{
    return 127 + (x / 23 * 37 + y / 17 * 71 + x * y / 200) % 128;
}

static unsigned stripes(unsigned x, unsigned y)
{
    return (x * x / 90 + y * 3) & 255;
}

static unsigned blobs_over_stripes(unsigned x, unsigned y)
{
    return blobs(x, y) << 8 | stripes(x, y);
}

static void test_wide_samples(void)
{
    g_autoptr(GByteArray) high = grey_tiff(8, blobs), low = grey_tiff(8, stripes);
    g_autoptr(GByteArray) wide = grey_tiff(16, blobs_over_stripes);
    MediaReply of_high = examine_as(high, "image/tiff"), of_low = examine_as(low, "image/tiff");
    MediaReply of_wide = examine_as(wide, "image/tiff");
    g_assert_cmpint(of_wide.status, ==, STATUS_OK);
    g_assert_true(of_wide.still->pdq[PIPELINE_512].present);
    const PdqFacts *pdq = of_wide.still->pdq;
    g_assert_cmpmem(pdq[PIPELINE_FULL].hash[0], PDQ_BYTES,
                    of_high.still->pdq[PIPELINE_FULL].hash[0], PDQ_BYTES);
    g_assert_cmpmem(pdq[PIPELINE_512].hash[0], PDQ_BYTES, of_low.still->pdq[PIPELINE_512].hash[0],
                    PDQ_BYTES);
    g_assert_cmpuint(distance(pdq[PIPELINE_FULL].hash[0], pdq[PIPELINE_512].hash[0]), >, NEAR);
    media_reply_clear(&of_high);
    media_reply_clear(&of_low);
    media_reply_clear(&of_wide);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_autoptr(GError) error = NULL;
    still_prepare(&error);
    g_assert_no_error(error);
    still_prepare_locked();

    g_test_add_func("/media_probe/orders_of_orientations_agree", test_orders_of_orientations_agree);
    g_test_add_func("/media_probe/whole_picture_is_described", test_whole_picture);
    g_test_add_func("/media_probe/mirrored_picture_is_found_by_its_orientation", test_orientations);
    g_test_add_func("/media_probe/border_is_trimmed", test_border_is_trimmed);
    g_test_add_func("/media_probe/thumbnail_is_hashed", test_thumbnail_is_hashed);
    g_test_add_func("/media_probe/thumbnails_nest_no_deeper", test_thumbnails_nest_no_deeper);
    g_test_add_func("/media_probe/broken_thumbnail_is_told", test_broken_thumbnail);
    g_test_add_func("/media_probe/tables_tell_the_quality", test_tables_tell_the_quality);
    g_test_add_func("/media_probe/trailing_data_is_found", test_trailing_data);
    g_test_add_func("/media_probe/picture_that_ends_early_is_hashed_and_told",
                    test_picture_that_ends_early);
    g_test_add_func("/media_probe/picture_that_never_begins_is_corrupt",
                    test_picture_that_never_begins);
    g_test_add_func("/media_probe/bytes_that_are_no_picture_are_corrupt",
                    test_bytes_that_are_no_picture);
    g_test_add_func("/media_probe/type_without_decoder_is_unsupported", test_type_without_decoder);
    g_test_add_func("/media_probe/too_many_pixels_are_a_limit", test_too_many_pixels);
    g_test_add_func("/media_probe/sixteen_bits_give_the_picture_s_hash_and_the_tool_s",
                    test_wide_samples);
    g_test_add_func("/media_probe/damaged_pictures_give_valid_replies",
                    test_damaged_pictures_give_valid_replies);
    return g_test_run();
}
