// SPDX-License-Identifier: Apache-2.0
#include "wire_fixture.h"

#include "base/limits.h"

// Builders ----------------------------------------------------------------------------------------

uint64_t random_u64(void)
{
    return (uint64_t)(uint32_t)g_test_rand_int() << 32 | (uint32_t)g_test_rand_int();
}

bool random_bool(void)
{
    return g_test_rand_int() & 1;
}

char *random_text(size_t limit)
{
    static const gunichar letters[] = {'a', ' ', '"', '\\', 0xe9, 0x20ac, 0x4e2d, 0x1f4f7};
    if (g_test_rand_int_range(0, 4) == 0)
        return NULL;
    GString *text = g_string_new(NULL);
    int count = g_test_rand_int_range(0, (int)limit / 4 + 1);
    for (int i = 0; i < count; i++)
        g_string_append_unichar(text,
                                letters[g_test_rand_int_range(0, (int)G_N_ELEMENTS(letters))]);
    return g_string_free(text, FALSE);
}

void random_bytes(void *target, size_t size_bytes)
{
    for (size_t i = 0; i < size_bytes; i++)
        ((uint8_t *)target)[i] = (uint8_t)g_test_rand_int();
}

static ExifFacts random_exif(void)
{
    ExifFacts exif = {
        .present = true,
        .make = random_text(LIMIT_EXIF_TEXT),
        .model = random_text(LIMIT_EXIF_TEXT),
        .software = random_text(LIMIT_EXIF_TEXT),
        .body_serial = random_text(LIMIT_EXIF_TEXT),
        .lens_serial = random_text(LIMIT_EXIF_TEXT),
        .lens_model = random_text(LIMIT_EXIF_TEXT),
        .taken = random_text(LIMIT_EXIF_TEXT),
        .digitized = random_text(LIMIT_EXIF_TEXT),
        .modified = random_text(LIMIT_EXIF_TEXT),
        .gps_time = random_text(LIMIT_EXIF_TEXT),
        .orientation = (unsigned)g_test_rand_int_range(0, 9),
        .has_gps = random_bool(),
        .has_gps_altitude = random_bool(),
    };
    if (exif.has_gps) {
        exif.gps_latitude = g_test_rand_double_range(-90, 90);
        exif.gps_longitude = g_test_rand_double_range(-180, 180);
    }
    if (exif.has_gps_altitude)
        exif.gps_altitude_metres = g_test_rand_double_range(-500, 9000);
    return exif;
}

StillFacts *random_still(void)
{
    StillFacts *still = still_facts_new();
    still->decoded = random_bool();
    still->width = (uint32_t)g_test_rand_int_range(1, (int)LIMIT_STILL_SIDE + 1);
    still->height = (uint32_t)g_test_rand_int_range(1, (int)LIMIT_STILL_SIDE + 1);
    still->frames = (uint32_t)g_test_rand_int();
    for (unsigned i = 0; still->decoded && i < PIPELINE_COUNT; i++) {
        PdqFacts *pdq = &still->pdq[i];
        pdq->present = random_bool();
        if (!pdq->present)
            continue;
        pdq->quality = (uint8_t)g_test_rand_int_range(0, 101);
        random_bytes(pdq->hash, sizeof pdq->hash);
    }
    if (still->pdq[PIPELINE_512_TRIMMED].present || still->pdq[PIPELINE_FULL_TRIMMED].present) {
        still->trim_left = still->width / 4;
        still->trim_right = still->width / 3;
        still->trim_top = still->height / 2;
    }
    still->has_jpeg_tables = random_bool();
    if (still->has_jpeg_tables)
        random_bytes(still->jpeg_tables, sizeof still->jpeg_tables);
    if (random_bool())
        still->exif = random_exif();
    return still;
}

static ItemTime random_time(void)
{
    Zone zone = (Zone)g_test_rand_int_range(0, ZONE_UNKNOWN + 1);
    if (zone == ZONE_NONE)
        return (ItemTime){0};
    return (ItemTime){.seconds = (int64_t)random_u64(),
                      .nanoseconds = (uint32_t)g_test_rand_int_range(0, 1000000000),
                      .zone = zone};
}

ItemTimes random_times(void)
{
    return (ItemTimes){random_time(), random_time(), random_time(), random_time()};
}

Place random_place(unsigned max_depth)
{
    Place place = {.depth = (unsigned)g_test_rand_int_range(0, (int)max_depth + 1)};
    for (unsigned i = 0; i < place.depth; i++)
        place.ordinal[i] = (uint32_t)g_test_rand_int_range(0, 3);
    return place;
}

void random_findings(GPtrArray *findings)
{
    for (int count = g_test_rand_int_range(0, 5); count > 0; count--) {
        g_autofree char *detail = random_text(LIMIT_REASON_BYTES);
        findings_add(findings, (FindingType)g_test_rand_int_range(0, FINDING_TYPE_COUNT),
                     random_u64(), detail);
    }
}

void random_identifiers(GPtrArray *identifiers)
{
    for (int count = g_test_rand_int_range(0, 5); count > 0; count--) {
        g_autofree char *value = random_text(LIMIT_REASON_BYTES);
        if (value != NULL && value[0] != '\0')
            identifiers_add(identifiers, IDENTIFIER_EMAIL, value);
    }
}

// Comparison --------------------------------------------------------------------------------------

static void assert_same_exif(const ExifFacts *a, const ExifFacts *b)
{
    g_assert_true(a->present == b->present);
    g_assert_cmpstr(a->make, ==, b->make);
    g_assert_cmpstr(a->model, ==, b->model);
    g_assert_cmpstr(a->software, ==, b->software);
    g_assert_cmpstr(a->body_serial, ==, b->body_serial);
    g_assert_cmpstr(a->lens_serial, ==, b->lens_serial);
    g_assert_cmpstr(a->lens_model, ==, b->lens_model);
    g_assert_cmpstr(a->taken, ==, b->taken);
    g_assert_cmpstr(a->digitized, ==, b->digitized);
    g_assert_cmpstr(a->modified, ==, b->modified);
    g_assert_cmpstr(a->gps_time, ==, b->gps_time);
    g_assert_cmpuint(a->orientation, ==, b->orientation);
    g_assert_true(a->has_gps == b->has_gps && a->has_gps_altitude == b->has_gps_altitude);
    g_assert_cmpfloat(a->gps_latitude, ==, b->gps_latitude);
    g_assert_cmpfloat(a->gps_longitude, ==, b->gps_longitude);
    g_assert_cmpfloat(a->gps_altitude_metres, ==, b->gps_altitude_metres);
}

void assert_same_still(const StillFacts *a, const StillFacts *b)
{
    g_assert_true((a == NULL) == (b == NULL));
    if (a == NULL)
        return;
    g_assert_true(a->decoded == b->decoded);
    g_assert_cmpuint(a->width, ==, b->width);
    g_assert_cmpuint(a->height, ==, b->height);
    g_assert_cmpuint(a->frames, ==, b->frames);
    for (unsigned i = 0; i < PIPELINE_COUNT; i++) {
        g_assert_true(a->pdq[i].present == b->pdq[i].present);
        g_assert_cmpuint(a->pdq[i].quality, ==, b->pdq[i].quality);
        g_assert_cmpmem(a->pdq[i].hash, sizeof a->pdq[i].hash, b->pdq[i].hash,
                        sizeof b->pdq[i].hash);
    }
    g_assert_cmpuint(a->trim_left, ==, b->trim_left);
    g_assert_cmpuint(a->trim_top, ==, b->trim_top);
    g_assert_cmpuint(a->trim_right, ==, b->trim_right);
    g_assert_cmpuint(a->trim_bottom, ==, b->trim_bottom);
    g_assert_true(a->has_jpeg_tables == b->has_jpeg_tables);
    g_assert_cmpmem(a->jpeg_tables, sizeof a->jpeg_tables, b->jpeg_tables, sizeof b->jpeg_tables);
    assert_same_exif(&a->exif, &b->exif);
}

static void assert_same_time(const ItemTime *a, const ItemTime *b)
{
    g_assert_cmpint(a->zone, ==, b->zone);
    g_assert_cmpint(a->seconds, ==, b->seconds);
    g_assert_cmpuint(a->nanoseconds, ==, b->nanoseconds);
}

void assert_same_times(const ItemTimes *a, const ItemTimes *b)
{
    assert_same_time(&a->modified, &b->modified);
    assert_same_time(&a->accessed, &b->accessed);
    assert_same_time(&a->changed, &b->changed);
    assert_same_time(&a->created, &b->created);
}

void assert_same_place(const Place *a, const Place *b)
{
    g_assert_cmpuint(a->depth, ==, b->depth);
    for (unsigned i = 0; i < a->depth; i++)
        g_assert_cmpuint(a->ordinal[i], ==, b->ordinal[i]);
}

void assert_same_digests(const Digests *a, const Digests *b)
{
    g_assert_cmpmem(a->md5, MD5_BYTES, b->md5, MD5_BYTES);
    g_assert_cmpmem(a->sha1, SHA1_BYTES, b->sha1, SHA1_BYTES);
    g_assert_cmpmem(a->sha256, SHA256_BYTES, b->sha256, SHA256_BYTES);
}

void assert_same_findings(const GPtrArray *a, const GPtrArray *b)
{
    g_assert_cmpuint(a->len, ==, b->len);
    for (unsigned i = 0; i < a->len; i++) {
        const Finding *x = a->pdata[i], *y = b->pdata[i];
        g_assert_cmpint(x->type, ==, y->type);
        g_assert_cmpuint(x->bytes, ==, y->bytes);
        g_assert_cmpstr(x->detail, ==, y->detail);
    }
}

void assert_same_identifiers(const GPtrArray *a, const GPtrArray *b)
{
    g_assert_cmpuint(a->len, ==, b->len);
    for (unsigned i = 0; i < a->len; i++) {
        const Identifier *x = a->pdata[i], *y = b->pdata[i];
        g_assert_cmpint(x->kind, ==, y->kind);
        g_assert_cmpstr(x->value, ==, y->value);
    }
}
