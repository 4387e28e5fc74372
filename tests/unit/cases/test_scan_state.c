// SPDX-License-Identifier: Apache-2.0
//
// What a scan has reported comes back whole or not at all, wherever its file was cut off, and only
// to the scan that asks the same.
#include "cases/scan_state.h"

#include <glib/gstdio.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/error.h"
#include "cases/frame_log.h"
#include "wire/codec.h"
#include "wire/record_message.h"
#include "wire_fixture.h"

#define FINGERPRINT "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"
#define MAGIC "ClewScan"

typedef struct {
    char *folder;
    char *path; // of the state
} Fixture;

static void set_up(Fixture *fixture, const void *unused)
{
    fixture->folder = g_dir_make_tmp("clew-scan-state-XXXXXX", NULL);
    fixture->path = g_build_filename(fixture->folder, "state", NULL);
}

static void tear_down(Fixture *fixture, const void *unused)
{
    g_autofree char *command = g_strdup_printf("rm -rf '%s'", fixture->folder);
    g_assert_cmpint(system(command), ==, 0);
    g_free(fixture->folder);
    g_free(fixture->path);
}

// ---- What a scan does ---------------------------------------------------------------------------

typedef struct {
    bool is_item; // else the entry is done
    uint64_t entry;
    char *path;
    Record *record;
    GArray *matches;
    bool left_out, is_media;
    Place place;
} Step;

static void step_free(void *pointer)
{
    Step *step = pointer;
    g_free(step->path);
    record_free(step->record);
    if (step->matches != NULL)
        g_array_unref(step->matches);
    g_free(step);
}

static Step *item_step(uint64_t entry, Place place)
{
    Step *step = g_new0(Step, 1);
    step->is_item = true;
    step->entry = entry;
    step->record = random_record();
    step->record->media_type = random_bool() ? "image/jpeg" : NULL;
    step->matches = random_matches();
    step->left_out = random_bool();
    step->is_media = random_bool();
    step->place = place;
    return step;
}

static Step *done_step(uint64_t entry)
{
    Step *step = g_new0(Step, 1);
    step->entry = entry;
    step->path = g_strdup_printf("folder \xff/%" G_GUINT64_FORMAT ".jpg", entry);
    return step;
}

// Each entry has up to three items inside, then its own record, then it is finished.
static GPtrArray *random_steps(unsigned entries)
{
    GPtrArray *steps = g_ptr_array_new_with_free_func(step_free);
    for (unsigned entry = 0; entry < entries; entry++) {
        int inside = g_test_rand_int_range(0, 4);
        for (int i = 0; i < inside; i++)
            g_ptr_array_add(steps,
                            item_step(entry, (Place){.depth = 2, .ordinal = {1, (uint32_t)i}}));
        g_ptr_array_add(steps, item_step(entry, (Place){0}));
        g_ptr_array_add(steps, done_step(entry));
    }
    return steps;
}

// The same with one item inside and little in it, for what is done once for each byte of the file.
static GPtrArray *small_steps(unsigned entries)
{
    GPtrArray *steps = g_ptr_array_new_with_free_func(step_free);
    for (unsigned entry = 0; entry < entries; entry++)
        for (unsigned depth = 2; depth-- > 0;) {
            Step *step = g_new0(Step, 1);
            *step = (Step){.is_item = true, .entry = entry, .place = {.depth = depth}};
            step->record = record_new();
            step->record->path = g_strdup_printf("%u", depth);
            step->matches = g_array_new(FALSE, FALSE, sizeof(Match));
            g_ptr_array_add(steps, step);
            if (depth == 0)
                g_ptr_array_add(steps, done_step(entry));
        }
    return steps;
}

static void append(ScanState *state, const Step *step)
{
    g_autoptr(GError) error = NULL;
    const ScanStateItem item = {.record = step->record,
                                .matches = step->matches,
                                .left_out = step->left_out,
                                .is_media = step->is_media,
                                .entry = step->entry,
                                .place = step->place};
    if (step->is_item)
        scan_state_append_item(state, &item, &error);
    else
        scan_state_append_entry_done(state, step->entry, step->path, &error);
    g_assert_no_error(error);
}

static ScanState *create(const char *path)
{
    g_autoptr(GError) error = NULL;
    ScanState *state = scan_state_create(path, FINGERPRINT, &error);
    g_assert_no_error(error);
    return state;
}

static ScanState *resume(const char *path)
{
    g_autoptr(GError) error = NULL;
    ScanState *state = scan_state_open(path, FINGERPRINT, &error);
    g_assert_no_error(error);
    return state;
}

static void sync_state(ScanState *state)
{
    g_autoptr(GError) error = NULL;
    scan_state_sync(state, &error);
    g_assert_no_error(error);
}

// ---- What comes back ----------------------------------------------------------------------------

typedef struct {
    const GPtrArray *steps;
    unsigned next;
} Expected;

static bool expect_item(void *user_data, const ScanStateItem *item, GError **err)
{
    Expected *expected = user_data;
    g_assert_cmpuint(expected->next, <, expected->steps->len);
    const Step *step = expected->steps->pdata[expected->next++];
    g_assert_true(step->is_item);
    g_assert_cmpuint(step->entry, ==, item->entry);
    g_assert_true(step->left_out == item->left_out && step->is_media == item->is_media);
    assert_same_place(&step->place, &item->place);
    assert_same_record(step->record, item->record);
    g_assert_cmpstr(step->record->media_type, ==, item->record->media_type);
    assert_same_matches(step->matches, item->matches);
    return true;
}

static bool expect_done(void *user_data, uint64_t entry, const char *path, GError **err)
{
    Expected *expected = user_data;
    g_assert_cmpuint(expected->next, <, expected->steps->len);
    const Step *step = expected->steps->pdata[expected->next++];
    g_assert_false(step->is_item);
    g_assert_cmpuint(step->entry, ==, entry);
    g_assert_cmpstr(step->path, ==, path);
    return true;
}

// The first `count` steps, and nothing else.
static void assert_replays(ScanState *state, const GPtrArray *steps, unsigned count)
{
    g_autoptr(GError) error = NULL;
    Expected expected = {.steps = steps};
    const ScanStateReplay replay = {
        .item = expect_item, .entry_done = expect_done, .user_data = &expected};
    scan_state_replay(state, &replay, &error);
    g_assert_no_error(error);
    g_assert_cmpuint(expected.next, ==, count);
}

static void assert_position_after(const ScanState *state, const GPtrArray *steps, unsigned count)
{
    ScanStatePosition expected = {0}, position = scan_state_position(state);
    for (unsigned i = 0; i < count; i++) {
        const Step *step = steps->pdata[i];
        expected.items += step->is_item;
        expected.entries += !step->is_item;
        expected.has_place = step->is_item;
        expected.place = step->place;
        expected.last_path = step->is_item ? expected.last_path : step->path;
    }
    g_assert_cmpuint(position.items, ==, expected.items);
    g_assert_cmpuint(position.entries, ==, expected.entries);
    g_assert_cmpstr(position.last_path, ==, expected.last_path);
    g_assert_true(position.has_place == expected.has_place);
    if (expected.has_place)
        assert_same_place(&position.place, &expected.place);
}

// How many of the first `count` steps a resumed scan need not do again.
static unsigned counting(const GPtrArray *steps, unsigned count)
{
    while (count > 0) {
        const Step *last = steps->pdata[count - 1];
        if (!last->is_item || last->place.depth > 0)
            return count;
        count--;
    }
    return 0;
}

static void assert_refused(const char *path, const char *fingerprint, ClewError code)
{
    g_autofree char *before = NULL, *after = NULL;
    gsize size_before = 0, size_after = 0;
    bool is_file = g_file_test(path, G_FILE_TEST_IS_REGULAR) &&
                   g_file_get_contents(path, &before, &size_before, NULL);
    g_autoptr(GError) error = NULL;
    g_autoptr(ScanState) state = scan_state_open(path, fingerprint, &error);
    g_assert_null(state);
    g_assert_error(error, CLEW_ERROR, (int)code);
    if (!is_file)
        return;
    g_assert_true(g_file_get_contents(path, &after, &size_after, NULL));
    g_assert_cmpuint(size_before, ==, size_after);
    g_assert_true(memcmp(before, after, size_before) == 0);
}

static uint64_t size_of(const char *path)
{
    struct stat status;
    g_assert_cmpint(stat(path, &status), ==, 0);
    return (uint64_t)status.st_size;
}

static void write_file(const char *path, const void *bytes, size_t size_bytes)
{
    FILE *file = fopen(path, "wb"); // unlike GLib's function, does not wait for the disk
    g_assert_nonnull(file);
    g_assert_cmpuint(fwrite(bytes, 1, size_bytes, file), ==, size_bytes);
    g_assert_cmpint(fclose(file), ==, 0);
}

// A log of the steps, with the size of the file after each of them; [0] with none.
typedef struct {
    char *bytes;
    gsize size_bytes;
    uint64_t *borders;
} Recorded;

static Recorded record_steps(const char *path, const GPtrArray *steps)
{
    Recorded recorded = {.borders = g_new0(uint64_t, steps->len + 1)};
    g_autoptr(ScanState) state = create(path);
    recorded.borders[0] = size_of(path);
    for (unsigned i = 0; i < steps->len; i++) {
        append(state, steps->pdata[i]);
        sync_state(state);
        recorded.borders[i + 1] = size_of(path);
    }
    g_assert_true(g_file_get_contents(path, &recorded.bytes, &recorded.size_bytes, NULL));
    g_assert_cmpuint(recorded.size_bytes, ==, recorded.borders[steps->len]);
    return recorded;
}

static void recorded_clear(Recorded *recorded)
{
    g_free(recorded->bytes);
    g_free(recorded->borders);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Recorded, recorded_clear)

// ---- Going on -----------------------------------------------------------------------------------

static void test_what_was_appended_comes_back(Fixture *fixture, const void *unused)
{
    g_autoptr(GPtrArray) steps = random_steps(200);
    ScanState *state = create(fixture->path);
    for (unsigned i = 0; i < steps->len; i++)
        append(state, steps->pdata[i]);
    assert_position_after(state, steps, steps->len);
    scan_state_free(state);

    state = resume(fixture->path);
    assert_position_after(state, steps, steps->len);
    assert_replays(state, steps, steps->len);
    assert_replays(state, steps, steps->len); // as often as wanted
    scan_state_free(state);
}

static void test_a_new_state_stands_at_the_beginning(Fixture *fixture, const void *unused)
{
    g_autoptr(GPtrArray) none = g_ptr_array_new();
    ScanState *state = create(fixture->path);
    assert_position_after(state, none, 0);
    assert_replays(state, none, 0);
    scan_state_free(state);
    state = resume(fixture->path);
    assert_position_after(state, none, 0);
    assert_replays(state, none, 0);
    g_assert_cmpuint(scan_state_position(state).cut_bytes, ==, 0);
    scan_state_free(state);
}

static void test_a_scan_may_be_resumed_after_every_step(Fixture *fixture, const void *unused)
{
    g_autoptr(GPtrArray) steps = random_steps(20);
    scan_state_free(create(fixture->path));
    unsigned done = 0;
    while (done < steps->len) {
        g_autoptr(ScanState) state = resume(fixture->path);
        assert_position_after(state, steps, done);
        assert_replays(state, steps, done);
        append(state, steps->pdata[done++]);
        // What does not count alone is appended together with what makes it count.
        while (counting(steps, done) < done)
            append(state, steps->pdata[done++]);
    }
    g_autoptr(ScanState) state = resume(fixture->path);
    assert_replays(state, steps, steps->len);
}

static bool keep_matches(void *user_data, const ScanStateItem *item, GError **err)
{
    GArray *kept = user_data;
    g_array_append_vals(kept, item->matches->data, item->matches->len);
    return true;
}

static void test_texts_of_matches_outlive_the_replay(Fixture *fixture, const void *unused)
{
    g_autoptr(GPtrArray) steps = random_steps(50);
    g_autoptr(GArray) expected = g_array_new(FALSE, FALSE, sizeof(Match));
    g_autoptr(GArray) kept = g_array_new(FALSE, FALSE, sizeof(Match));
    ScanState *state = create(fixture->path);
    for (unsigned i = 0; i < steps->len; i++) {
        const Step *step = steps->pdata[i];
        append(state, step);
        if (step->is_item)
            g_array_append_vals(expected, step->matches->data, step->matches->len);
    }
    scan_state_free(state);

    state = resume(fixture->path);
    const ScanStateReplay replay = {.item = keep_matches, .user_data = kept};
    g_assert_true(scan_state_replay(state, &replay, NULL));
    assert_same_matches(expected, kept);
    scan_state_free(state);
}

static bool stop_at_once(void *user_data, const ScanStateItem *item, GError **err)
{
    g_set_error(err, CLEW_ERROR, CLEW_ERROR_CANCELLED, "enough");
    return false;
}

static void test_a_callback_may_end_the_replay(Fixture *fixture, const void *unused)
{
    g_autoptr(GPtrArray) steps = random_steps(2);
    g_autoptr(GError) error = NULL;
    ScanState *state = create(fixture->path);
    for (unsigned i = 0; i < steps->len; i++)
        append(state, steps->pdata[i]);
    scan_state_free(state);
    state = resume(fixture->path);
    g_assert_false(scan_state_replay(state, &(ScanStateReplay){.item = stop_at_once}, &error));
    g_assert_error(error, CLEW_ERROR, CLEW_ERROR_CANCELLED);
    scan_state_free(state);
}

static void test_completion_is_remembered_until_something_follows(Fixture *fixture,
                                                                  const void *unused)
{
    g_autoptr(GPtrArray) steps = random_steps(3);
    ScanState *state = create(fixture->path);
    for (unsigned i = 0; i < steps->len; i++)
        append(state, steps->pdata[i]);
    g_assert_false(scan_state_position(state).is_complete);
    g_assert_true(scan_state_append_complete(state, NULL));
    g_assert_true(scan_state_position(state).is_complete);
    scan_state_free(state);

    state = resume(fixture->path);
    g_assert_true(scan_state_position(state).is_complete);
    assert_position_after(state, steps, steps->len);
    assert_replays(state, steps, steps->len);
    Step *more = done_step(3);
    append(state, more);
    step_free(more);
    g_assert_false(scan_state_position(state).is_complete);
    scan_state_free(state);
}

// ---- Ends of every kind -------------------------------------------------------------------------

// As a kill or a power failure leaves it: the file has any length.
static void test_a_file_cut_anywhere_goes_on_behind_its_last_whole_frame(Fixture *fixture,
                                                                         const void *unused)
{
    g_autoptr(GPtrArray) steps = small_steps(2);
    g_auto(Recorded) recorded = record_steps(fixture->path, steps);
    g_autofree char *cut = g_build_filename(fixture->folder, "cut", NULL);

    for (gsize length = 0; length <= recorded.size_bytes; length++) {
        write_file(cut, recorded.bytes, length);
        if (length < recorded.borders[0]) {
            assert_refused(cut, FINGERPRINT,
                           length < strlen(MAGIC) ? CLEW_ERROR_INVALID : CLEW_ERROR_CORRUPT);
            continue;
        }
        unsigned whole = steps->len;
        while (recorded.borders[whole] > length)
            whole--;
        unsigned count = counting(steps, whole);

        ScanState *state = resume(cut);
        assert_position_after(state, steps, count);
        g_assert_cmpuint(scan_state_position(state).cut_bytes, ==,
                         length - recorded.borders[count]);
        g_assert_cmpuint(size_of(cut), ==, recorded.borders[count]);
        assert_replays(state, steps, count);
        for (unsigned i = count; i < steps->len; i++)
            append(state, steps->pdata[i]);
        scan_state_free(state);

        // The frames are chained, so that the same steps give the same file.
        g_autofree char *healed = NULL;
        gsize healed_bytes = 0;
        g_assert_true(g_file_get_contents(cut, &healed, &healed_bytes, NULL));
        g_assert_cmpuint(healed_bytes, ==, recorded.size_bytes);
        g_assert_true(memcmp(healed, recorded.bytes, healed_bytes) == 0);
    }
}

// As a file system leaves it that knew the length but not yet the bytes.
static void test_a_tail_of_zeros_is_taken_away(Fixture *fixture, const void *unused)
{
    g_autoptr(GPtrArray) steps = random_steps(4);
    g_auto(Recorded) recorded = record_steps(fixture->path, steps);
    unsigned middle = steps->len / 2;
    uint64_t from = recorded.borders[middle] + 5;
    memset(recorded.bytes + from, 0, recorded.size_bytes - from);
    write_file(fixture->path, recorded.bytes, recorded.size_bytes);

    g_autoptr(ScanState) state = resume(fixture->path);
    assert_replays(state, steps, counting(steps, middle));
}

static void test_a_changed_byte_ends_the_log_before_its_frame(Fixture *fixture, const void *unused)
{
    g_autoptr(GPtrArray) steps = small_steps(2);
    g_auto(Recorded) recorded = record_steps(fixture->path, steps);
    g_autofree char *changed = g_build_filename(fixture->folder, "changed", NULL);
    for (gsize at = 0; at < recorded.size_bytes; at++) {
        recorded.bytes[at] ^= 0x10;
        write_file(changed, recorded.bytes, recorded.size_bytes);
        recorded.bytes[at] ^= 0x10;
        if (at < recorded.borders[0]) {
            assert_refused(changed, FINGERPRINT,
                           at < strlen(MAGIC) ? CLEW_ERROR_INVALID : CLEW_ERROR_CORRUPT);
            continue;
        }
        unsigned whole = steps->len;
        while (recorded.borders[whole] > at)
            whole--;
        g_autoptr(ScanState) state = resume(changed);
        assert_replays(state, steps, counting(steps, whole));
    }
}

static void test_what_was_synced_survives_a_killed_process(Fixture *fixture, const void *unused)
{
    g_autoptr(GPtrArray) steps = random_steps(30);
    unsigned synced = steps->len / 2;
    pid_t child = fork();
    if (child == 0) {
        ScanState *state = create(fixture->path);
        for (unsigned i = 0; i < steps->len; i++) {
            append(state, steps->pdata[i]);
            if (i + 1 == synced)
                sync_state(state);
        }
        raise(SIGKILL);
    }
    int status = 0;
    g_assert_cmpint(waitpid(child, &status, 0), ==, child);
    g_assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);

    g_autoptr(ScanState) state = resume(fixture->path);
    ScanStatePosition position = scan_state_position(state);
    unsigned count = (unsigned)(position.items + position.entries);
    g_assert_cmpuint(count, >=, counting(steps, synced));
    assert_replays(state, steps, count);
}

// The entry's own record is repeated by the next scan as long as the entry is not finished.
static void test_the_record_of_an_entry_counts_once_it_is_finished(Fixture *fixture,
                                                                   const void *unused)
{
    g_autoptr(GPtrArray) steps = g_ptr_array_new_with_free_func(step_free);
    g_ptr_array_add(steps, item_step(0, (Place){.depth = 1, .ordinal = {7}}));
    g_ptr_array_add(steps, item_step(0, (Place){0}));
    ScanState *state = create(fixture->path);
    append(state, steps->pdata[0]);
    append(state, steps->pdata[1]);
    scan_state_free(state);

    state = resume(fixture->path);
    ScanStatePosition position = scan_state_position(state);
    g_assert_cmpuint(position.items, ==, 1);
    g_assert_cmpuint(position.entries, ==, 0);
    g_assert_true(position.has_place);
    g_assert_cmpuint(position.place.ordinal[0], ==, 7);
    assert_replays(state, steps, 1);
    scan_state_free(state);
}

// ---- Refusals -----------------------------------------------------------------------------------

static void test_an_existing_file_is_never_overwritten(Fixture *fixture, const void *unused)
{
    g_autoptr(GError) error = NULL;
    write_file(fixture->path, "evidence", 8);
    g_autoptr(ScanState) state = scan_state_create(fixture->path, FINGERPRINT, &error);
    g_assert_null(state);
    g_assert_error(error, CLEW_ERROR, CLEW_ERROR_CONFLICT);
    g_autofree char *contents = NULL;
    g_assert_true(g_file_get_contents(fixture->path, &contents, NULL, NULL));
    g_assert_cmpstr(contents, ==, "evidence");
}

static void test_the_file_is_for_its_user_alone(Fixture *fixture, const void *unused)
{
    mode_t before = umask(0);
    scan_state_free(create(fixture->path));
    umask(before);
    struct stat status;
    g_assert_cmpint(stat(fixture->path, &status), ==, 0);
    g_assert_cmpint(status.st_mode & 0777, ==, 0600);
}

static void test_another_question_is_refused(Fixture *fixture, const void *unused)
{
    g_autoptr(GError) error = NULL;
    scan_state_free(create(fixture->path));
    assert_refused(fixture->path, "another", CLEW_ERROR_CONFLICT);
    g_autoptr(ScanState) state = scan_state_open(fixture->path, "another", &error);
    g_assert_null(state);
    g_assert_nonnull(strstr(error->message, "other paths, other options or other hash sets"));
    scan_state_free(resume(fixture->path));
}

static void begin_log(const char *path, unsigned version, const char *program, FrameLog **ret_log)
{
    FrameLog *log = frame_log_create(path, MAGIC, NULL);
    g_assert_nonnull(log);
    GByteArray *head = frame_log_begin(log);
    codec_put(head, 'H', 1);
    codec_put(head, version, 1);
    codec_put_text(head, program, 64);
    codec_put_text(head, FINGERPRINT, SCAN_STATE_FINGERPRINT_BYTES);
    g_assert_true(frame_log_end(log, NULL));
    *ret_log = log;
}

static void test_another_version_is_refused(Fixture *fixture, const void *unused)
{
    FrameLog *log;
    begin_log(fixture->path, 1, "0.0.1-other", &log);
    frame_log_free(log);
    assert_refused(fixture->path, FINGERPRINT, CLEW_ERROR_CONFLICT);

    g_assert_cmpint(g_unlink(fixture->path), ==, 0);
    begin_log(fixture->path, 2, CLEW_VERSION, &log);
    frame_log_free(log);
    assert_refused(fixture->path, FINGERPRINT, CLEW_ERROR_CONFLICT);
}

// One frame behind the head that is whole, but says what cannot be.
static void assert_frame_refused(Fixture *fixture, const void *payload, size_t size_bytes)
{
    FrameLog *log;
    begin_log(fixture->path, 1, CLEW_VERSION, &log);
    codec_put_bytes(frame_log_begin(log), payload, size_bytes);
    g_assert_true(frame_log_end(log, NULL));
    frame_log_free(log);
    assert_refused(fixture->path, FINGERPRINT, CLEW_ERROR_CORRUPT);
    g_assert_cmpint(g_unlink(fixture->path), ==, 0);
}

static void test_what_no_scan_writes_is_refused(Fixture *fixture, const void *unused)
{
    static const uint8_t unknown[] = {'X'};
    static const uint8_t item_of_a_later_entry[] = {'I', 1, 0, 0, 0, 0, 0, 0, 0, 0, 0};
    static const uint8_t unknown_flag[] = {'I', 0, 0, 0, 0, 0, 0, 0, 0, 4, 0};
    static const uint8_t too_deep[] = {'I', 0, 0, 0, 0, 0, 0, 0, 0, 0, 33};
    static const uint8_t later_entry[] = {'E', 1, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 'a'};
    static const uint8_t path_with_nul[] = {'E', 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0};
    static const uint8_t left_over[] = {'E', 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 'a', 'b'};
    static const uint8_t wrong_sum[] = {'C', 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0};
    assert_frame_refused(fixture, "", 0);
    assert_frame_refused(fixture, unknown, sizeof unknown);
    assert_frame_refused(fixture, item_of_a_later_entry, sizeof item_of_a_later_entry);
    assert_frame_refused(fixture, unknown_flag, sizeof unknown_flag);
    assert_frame_refused(fixture, too_deep, sizeof too_deep);
    assert_frame_refused(fixture, later_entry, sizeof later_entry);
    assert_frame_refused(fixture, path_with_nul, sizeof path_with_nul);
    assert_frame_refused(fixture, left_over, sizeof left_over);
    assert_frame_refused(fixture, wrong_sum, sizeof wrong_sum);
}

static void test_a_record_that_cannot_be_read_ends_the_replay(Fixture *fixture, const void *unused)
{
    static const uint8_t item[] = {'I', 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 5, 0, 0, 0, 'R', 1, 'x'};
    g_autoptr(GPtrArray) none = g_ptr_array_new();
    g_autoptr(GError) error = NULL;
    Expected expected = {.steps = none};
    FrameLog *log;
    begin_log(fixture->path, 1, CLEW_VERSION, &log);
    codec_put_bytes(frame_log_begin(log), item, sizeof item);
    g_assert_true(frame_log_end(log, NULL));
    frame_log_free(log);

    g_autoptr(ScanState) state = resume(fixture->path);
    const ScanStateReplay replay = {.item = expect_item, .user_data = &expected};
    g_assert_false(scan_state_replay(state, &replay, &error));
    g_assert_error(error, CLEW_ERROR, CLEW_ERROR_CORRUPT);
}

static void test_other_files_are_refused(Fixture *fixture, const void *unused)
{
    assert_refused(fixture->path, FINGERPRINT, CLEW_ERROR_NOT_FOUND);
    write_file(fixture->path, "", 0);
    assert_refused(fixture->path, FINGERPRINT, CLEW_ERROR_INVALID);
    write_file(fixture->path, "a picture, say", 14);
    assert_refused(fixture->path, FINGERPRINT, CLEW_ERROR_INVALID);
    g_assert_cmpint(g_unlink(fixture->path), ==, 0);
    g_assert_cmpint(mkfifo(fixture->path, 0600), ==, 0);
    assert_refused(fixture->path, FINGERPRINT, CLEW_ERROR_INVALID);
    g_autoptr(GError) error = NULL;
    g_autoptr(ScanState) state = scan_state_open(fixture->folder, FINGERPRINT, &error);
    g_assert_null(state);
    g_assert_nonnull(error);
}

static void test_two_scans_do_not_share_a_state(Fixture *fixture, const void *unused)
{
    ScanState *first = create(fixture->path);
    assert_refused(fixture->path, FINGERPRINT, CLEW_ERROR_BUSY);
    scan_state_free(first);
    first = resume(fixture->path);
    assert_refused(fixture->path, FINGERPRINT, CLEW_ERROR_BUSY);
    scan_state_free(first);
}

#define ADD(name, function)                                                                        \
    g_test_add("/scan_state/" name, Fixture, NULL, set_up, function, tear_down)

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    ADD("what_was_appended_comes_back", test_what_was_appended_comes_back);
    ADD("a_new_state_stands_at_the_beginning", test_a_new_state_stands_at_the_beginning);
    ADD("a_scan_may_be_resumed_after_every_step", test_a_scan_may_be_resumed_after_every_step);
    ADD("texts_of_matches_outlive_the_replay", test_texts_of_matches_outlive_the_replay);
    ADD("a_callback_may_end_the_replay", test_a_callback_may_end_the_replay);
    ADD("completion_is_remembered_until_something_follows",
        test_completion_is_remembered_until_something_follows);
    ADD("a_file_cut_anywhere_goes_on_behind_its_last_whole_frame",
        test_a_file_cut_anywhere_goes_on_behind_its_last_whole_frame);
    ADD("a_tail_of_zeros_is_taken_away", test_a_tail_of_zeros_is_taken_away);
    ADD("a_changed_byte_ends_the_log_before_its_frame",
        test_a_changed_byte_ends_the_log_before_its_frame);
    ADD("what_was_synced_survives_a_killed_process",
        test_what_was_synced_survives_a_killed_process);
    ADD("the_record_of_an_entry_counts_once_it_is_finished",
        test_the_record_of_an_entry_counts_once_it_is_finished);
    ADD("an_existing_file_is_never_overwritten", test_an_existing_file_is_never_overwritten);
    ADD("the_file_is_for_its_user_alone", test_the_file_is_for_its_user_alone);
    ADD("another_question_is_refused", test_another_question_is_refused);
    ADD("another_version_is_refused", test_another_version_is_refused);
    ADD("what_no_scan_writes_is_refused", test_what_no_scan_writes_is_refused);
    ADD("a_record_that_cannot_be_read_ends_the_replay",
        test_a_record_that_cannot_be_read_ends_the_replay);
    ADD("other_files_are_refused", test_other_files_are_refused);
    ADD("two_scans_do_not_share_a_state", test_two_scans_do_not_share_a_state);
    return g_test_run();
}
