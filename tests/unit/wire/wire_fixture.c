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

VideoFacts *random_video(void)
{
    VideoFacts *video = video_facts_new();
    video->width = (uint32_t)g_test_rand_int_range(1, (int)LIMIT_VIDEO_SIDE + 1);
    video->height = (uint32_t)g_test_rand_int_range(1, (int)LIMIT_VIDEO_SIDE + 1);
    video->container = random_text(LIMIT_VIDEO_TEXT);
    video->codec = random_text(LIMIT_VIDEO_TEXT);
    video->frame_rate = g_test_rand_double_range(0, 240);
    video->duration_seconds = g_test_rand_double_range(0, 1e6);
    video->rotation = 90u * (unsigned)g_test_rand_int_range(0, 4);
    video->choice = (FrameChoice){(FramePipeline)g_test_rand_int_range(0, FRAMES_PIPELINE_COUNT),
                                  (FrameSampling)g_test_rand_int_range(0, SAMPLING_COUNT),
                                  g_test_rand_double_range(0, 60)};
    video->frames_seen = random_u64();
    video->frames_hashed = random_u64();
    video->seconds_seen = g_test_rand_double_range(0, 1e6);
    video->damaged = random_u64();
    video->other_streams = (unsigned)g_test_rand_int_range(0, 65536);
    video->is_truncated = random_bool();
    video->trim_top = random_bool() ? video->height / 4 : 0;
    video->created = random_text(LIMIT_VIDEO_TEXT);
    video->make = random_text(LIMIT_VIDEO_TEXT);
    video->model = random_text(LIMIT_VIDEO_TEXT);
    video->software = random_text(LIMIT_VIDEO_TEXT);
    video->has_location = random_bool();
    if (video->has_location) {
        video->latitude = g_test_rand_double_range(-90, 90);
        video->longitude = g_test_rand_double_range(-180, 180);
    }
    return video;
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

Record *random_record(void)
{
    Record *record = record_new();
    record->path = random_text(2000);
    record->locator = random_text(2000);
    record->item_id = random_text(32);
    record->parent_id = random_text(32);
    record->has_size = random_bool();
    record->size_bytes = record->has_size ? random_u64() : 0;
    record->status = (Status)g_test_rand_int_range(0, STATUS_COUNT);
    record->reason = random_text(1000);
    record->has_digests = random_bool();
    if (record->has_digests)
        random_bytes(&record->digests, sizeof record->digests);
    record->times = random_times();
    record->not_examined_bytes = random_u64();
    random_findings(record->findings);
    random_identifiers(record->identifiers);
    record->still = random_bool() ? random_still() : NULL;
    record->thumbnail = random_bool() ? random_still() : NULL;
    record->video = random_bool() ? random_video() : NULL;
    record->verified = random_bool();
    record->same_as = random_text(32);
    return record;
}

static const char *random_choice(const char *const *texts, int count)
{
    return texts[g_test_rand_int_range(0, count)];
}

static const MatchVideo *random_match_video(void)
{
    static const MatchPiece pieces[] = {
        {12, 47, 185, 220, 1, 36, 34, 8, false},
        {50.5, 50.5, 7.25, 7.25, 1, 1, 1, 0, true},
    };
    static const MatchVideo videos[] = {
        {true, true, FRAMES_VPDQ, false, 96.5, 12.25, 2, pieces},
        {true, false, FRAMES_SCALED, true, -1, -1, 1, pieces},
        {false, true, FRAMES_VPDQ, false, -1, -1, 1, pieces + 1},
    };
    int choice = g_test_rand_int_range(0, (int)G_N_ELEMENTS(videos) + 1);
    return choice < (int)G_N_ELEMENTS(videos) ? &videos[choice] : NULL;
}

GArray *random_matches(void)
{
    static const char *const sets[] = {"nsrl", "caf\xc3\xa9", "project vic"};
    static const char *const words[] = {NULL, "", "1", "uk-legal"};
    GArray *matches = g_array_new(FALSE, FALSE, sizeof(Match));
    for (int count = g_test_rand_int_range(0, 5); count > 0; count--) {
        Match match = {
            .set_name = random_choice(sets, G_N_ELEMENTS(sets)),
            .set_kind = (SetKind)g_test_rand_int_range(0, SET_KIND_COUNT),
            .entry = random_u64(),
            .category = random_choice(words, G_N_ELEMENTS(words)),
            .scheme = random_choice(words, G_N_ELEMENTS(words)),
            .meaning = (Meaning)g_test_rand_int_range(0, MEANING_IGNORABLE + 1),
            .type = random_bool() ? MATCH_EXACT : MATCH_NEAR,
            .digests = (unsigned)g_test_rand_int_range(0, 1 << HASH_PDQ),
            .weak_digest = random_bool(),
            .distance = (unsigned)g_test_rand_int_range(0, 257),
            .pipeline = (Pipeline)g_test_rand_int_range(0, PIPELINE_COUNT + 1),
            .orientation = (unsigned)g_test_rand_int_range(0, ORIENTATION_COUNT),
            .in_thumbnail = random_bool(),
            .contradicted = random_bool(),
            .video = random_match_video(),
        };
        g_array_append_val(matches, match);
    }
    return matches;
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

void assert_same_video(const VideoFacts *a, const VideoFacts *b)
{
    if (a == NULL || b == NULL) {
        g_assert_true(a == b);
        return;
    }
    g_assert_cmpuint(a->width, ==, b->width);
    g_assert_cmpuint(a->height, ==, b->height);
    g_assert_cmpstr(a->container, ==, b->container);
    g_assert_cmpstr(a->codec, ==, b->codec);
    g_assert_cmpfloat(a->frame_rate, ==, b->frame_rate);
    g_assert_cmpfloat(a->duration_seconds, ==, b->duration_seconds);
    g_assert_cmpuint(a->rotation, ==, b->rotation);
    g_assert_cmpint(a->choice.pipeline, ==, b->choice.pipeline);
    g_assert_cmpint(a->choice.sampling, ==, b->choice.sampling);
    g_assert_cmpfloat(a->choice.per_second, ==, b->choice.per_second);
    g_assert_cmpuint(a->frames_seen, ==, b->frames_seen);
    g_assert_cmpuint(a->frames_hashed, ==, b->frames_hashed);
    g_assert_cmpfloat(a->seconds_seen, ==, b->seconds_seen);
    g_assert_cmpuint(a->damaged, ==, b->damaged);
    g_assert_cmpuint(a->other_streams, ==, b->other_streams);
    g_assert_true(a->is_truncated == b->is_truncated);
    g_assert_cmpuint(a->trim_top, ==, b->trim_top);
    g_assert_cmpstr(a->created, ==, b->created);
    g_assert_cmpstr(a->make, ==, b->make);
    g_assert_cmpstr(a->model, ==, b->model);
    g_assert_cmpstr(a->software, ==, b->software);
    g_assert_true(a->has_location == b->has_location);
    g_assert_cmpfloat(a->latitude, ==, b->latitude);
    g_assert_cmpfloat(a->longitude, ==, b->longitude);
}

static void assert_same_piece(const MatchPiece *a, const MatchPiece *b)
{
    g_assert_cmpfloat(a->from, ==, b->from);
    g_assert_cmpfloat(a->to, ==, b->to);
    g_assert_cmpfloat(a->their_from, ==, b->their_from);
    g_assert_cmpfloat(a->their_to, ==, b->their_to);
    g_assert_cmpfloat(a->speed, ==, b->speed);
    g_assert_cmpuint(a->frames, ==, b->frames);
    g_assert_cmpuint(a->matched, ==, b->matched);
    g_assert_cmpuint(a->distance, ==, b->distance);
    g_assert_true(a->is_static == b->is_static);
}

static void assert_same_match_video(const MatchVideo *a, const MatchVideo *b)
{
    if (a == NULL || b == NULL) {
        g_assert_true(a == b);
        return;
    }
    g_assert_true(a->item_is_video == b->item_is_video);
    g_assert_true(a->entry_is_video == b->entry_is_video);
    g_assert_cmpint(a->pipeline, ==, b->pipeline);
    g_assert_true(a->is_trimmed == b->is_trimmed);
    g_assert_cmpfloat(a->item_percent, ==, b->item_percent);
    g_assert_cmpfloat(a->entry_percent, ==, b->entry_percent);
    g_assert_cmpuint(a->piece_count, ==, b->piece_count);
    for (unsigned i = 0; i < a->piece_count; i++)
        assert_same_piece(&a->pieces[i], &b->pieces[i]);
}

void assert_same_record(const Record *a, const Record *b)
{
    g_assert_cmpstr(a->path, ==, b->path);
    g_assert_cmpstr(a->locator, ==, b->locator);
    g_assert_cmpstr(a->item_id, ==, b->item_id);
    g_assert_cmpstr(a->parent_id, ==, b->parent_id);
    g_assert_true(a->has_size == b->has_size);
    g_assert_cmpuint(a->size_bytes, ==, b->size_bytes);
    g_assert_cmpint(a->status, ==, b->status);
    g_assert_cmpstr(a->reason, ==, b->reason);
    g_assert_true(a->has_digests == b->has_digests);
    assert_same_digests(&a->digests, &b->digests);
    assert_same_times(&a->times, &b->times);
    g_assert_cmpuint(a->not_examined_bytes, ==, b->not_examined_bytes);
    assert_same_findings(a->findings, b->findings);
    assert_same_identifiers(a->identifiers, b->identifiers);
    assert_same_still(a->still, b->still);
    assert_same_still(a->thumbnail, b->thumbnail);
    assert_same_video(a->video, b->video);
    g_assert_true(a->verified == b->verified);
    g_assert_cmpstr(a->same_as, ==, b->same_as);
}

static void assert_same_match(const Match *a, const Match *b)
{
    assert_same_match_video(a->video, b->video);
    g_assert_cmpstr(a->set_name, ==, b->set_name);
    g_assert_cmpint(a->set_kind, ==, b->set_kind);
    g_assert_cmpuint(a->entry, ==, b->entry);
    g_assert_cmpstr(a->category, ==, b->category);
    g_assert_cmpstr(a->scheme, ==, b->scheme);
    g_assert_cmpint(a->meaning, ==, b->meaning);
    g_assert_cmpint(a->type, ==, b->type);
    g_assert_cmpuint(a->digests, ==, b->digests);
    g_assert_true(a->weak_digest == b->weak_digest);
    g_assert_cmpuint(a->distance, ==, b->distance);
    g_assert_cmpint(a->pipeline, ==, b->pipeline);
    g_assert_cmpuint(a->orientation, ==, b->orientation);
    g_assert_true(a->in_thumbnail == b->in_thumbnail);
    g_assert_true(a->contradicted == b->contradicted);
}

void assert_same_matches(const GArray *a, const GArray *b)
{
    g_assert_cmpuint(a->len, ==, b->len);
    for (unsigned i = 0; i < a->len; i++)
        assert_same_match(&g_array_index(a, Match, i), &g_array_index(b, Match, i));
}
