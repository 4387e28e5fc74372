// SPDX-License-Identifier: Apache-2.0
//
// Any bytes in place of a scan's state file: read as they are, and once more as payloads of a log
// whose frames are whole, since no fuzzer guesses a checksum. Whatever is accepted must open again
// and say the same.
//
//   raw       'r', the bytes of the file
//   payloads  'p', then for each: u16 length, the bytes
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cases/frame_log.h"
#include "cases/scan_state.h"
#include "fuzz_target.h"
#include "wire/codec.h"

#define FINGERPRINT "fuzz"
#define MAGIC "ClewScan"

static void assert_that(bool rule)
{
    if (!rule)
        abort();
}

static void write_raw(const char *path, const uint8_t *data, size_t size)
{
    GError *error = NULL;
    g_file_set_contents_full(path, (const char *)data, (gssize)size, G_FILE_SET_CONTENTS_NONE, 0600,
                             &error);
    assert_that(error == NULL);
}

// Behind the head of a state.
static void write_payloads(const char *path, Reader *reader)
{
    scan_state_free(scan_state_create(path, FINGERPRINT, NULL));
    g_autoptr(FrameLog) log = frame_log_open(path, MAGIC, NULL);
    Reader head;
    uint64_t surplus;
    assert_that(frame_log_next(log, &head, NULL) == FRAME_LOG_FRAME);
    frame_log_keep(log);
    assert_that(frame_log_cut(log, &surplus, NULL) && surplus == 0);
    while (!reader->failed && reader_remaining(reader) > 0) {
        size_t length = reader_u16le(reader);
        const uint8_t *payload = reader_bytes(reader, length);
        if (payload == NULL)
            return;
        codec_put_bytes(frame_log_begin(log), payload, length);
        assert_that(frame_log_end(log, NULL));
    }
}

typedef struct {
    uint64_t items, entries;
} Counts;

static bool count_item(void *user_data, const ScanStateItem *item, GError **err)
{
    Counts *counts = user_data;
    assert_that(item->entry == counts->entries);
    counts->items++;
    return true;
}

static bool count_entry(void *user_data, uint64_t entry, const char *path, GError **err)
{
    Counts *counts = user_data;
    assert_that(entry == counts->entries);
    counts->entries++;
    return true;
}

// False when it is refused.
static bool open_and_replay(const char *path, ScanStatePosition *ret_position)
{
    g_autoptr(ScanState) state = scan_state_open(path, FINGERPRINT, NULL);
    if (state == NULL)
        return false;
    *ret_position = scan_state_position(state);
    Counts counts = {0};
    const ScanStateReplay replay = {count_item, count_entry, &counts};
    if (scan_state_replay(state, &replay, NULL))
        assert_that(counts.items == ret_position->items && counts.entries == ret_position->entries);
    ret_position->last_path = NULL; // borrowed
    return true;
}

static void check(const char *path)
{
    ScanStatePosition first, second;
    if (!open_and_replay(path, &first))
        return;
    assert_that(open_and_replay(path, &second));
    assert_that(second.cut_bytes == 0 && first.items == second.items &&
                first.entries == second.entries && first.has_place == second.has_place &&
                first.is_complete == second.is_complete);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    g_autofree char *path =
        g_strdup_printf("%s/clew-fuzz-scan-state-%d", g_get_tmp_dir(), (int)getpid());
    if (size == 0 || (data[0] != 'r' && data[0] != 'p'))
        return 0;
    unlink(path);
    if (data[0] == 'r') {
        write_raw(path, data + 1, size - 1);
    } else {
        Reader reader = reader_init(data + 1, size - 1);
        write_payloads(path, &reader);
    }
    check(path);
    unlink(path);
    return 0;
}
