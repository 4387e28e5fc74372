// SPDX-License-Identifier: Apache-2.0
//
// Sorting in memory goes byte by byte from the first (American flag sort, in place), which for rows
// that begin with hash values means three passes and short insertion sorts. Depth is bounded by the
// row's length, so no input makes it slow or deep.
#include "index/row_sorter.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define MIN_MEMORY_BYTES ((size_t)1 << 20)
#define SHORT_ROWS 24u
#define BUFFER_ROWS 4096u
#define MERGE_WAYS 64u

// A sorted run in an unnamed file, read through a buffer.
typedef struct {
    int descriptor;
    uint64_t rows;
    uint64_t next; // number of the row after the buffered ones
    uint32_t held;
    uint32_t used;
    SortRow *buffer; // BUFFER_ROWS
} Run;

struct RowSorter {
    char *folder;
    SortRow *rows;
    size_t count;
    size_t capacity;
    size_t max_rows;
    Run runs[MERGE_WAYS];
    uint32_t run_count;
    uint64_t total;
    uint64_t position; // of the next row, when all are in memory
};

RowSorter *row_sorter_new(const char *folder, size_t memory_bytes)
{
    RowSorter *sorter = calloc(1, sizeof *sorter);
    if (sorter == NULL)
        return NULL;
    if (memory_bytes < MIN_MEMORY_BYTES)
        memory_bytes = MIN_MEMORY_BYTES;
    sorter->max_rows = memory_bytes / ROW_BYTES;
    sorter->folder = strdup(folder);
    if (sorter->folder == NULL) {
        row_sorter_free(sorter);
        return NULL;
    }
    return sorter;
}

static void run_clear(Run *run)
{
    if (run->buffer != NULL)
        close(run->descriptor);
    free(run->buffer);
    *run = (Run){0};
}

void row_sorter_free(RowSorter *sorter)
{
    if (sorter == NULL)
        return;
    for (uint32_t i = 0; i < sorter->run_count; i++)
        run_clear(&sorter->runs[i]);
    free(sorter->rows);
    free(sorter->folder);
    free(sorter);
}

static void insertion_sort(SortRow *rows, size_t count, uint32_t depth)
{
    for (size_t i = 1; i < count; i++) {
        SortRow row = rows[i];
        size_t k = i;
        for (; k > 0 && memcmp(row.bytes + depth, rows[k - 1].bytes + depth, ROW_BYTES - depth) < 0;
             k--)
            rows[k] = rows[k - 1];
        rows[k] = row;
    }
}

// Brings every row into the place of its byte; starts and ends are those of the 256 places.
static void exchange_rows(SortRow *rows, uint32_t depth, size_t starts[256], const size_t ends[256])
{
    for (uint32_t byte = 0; byte < 256; byte++) {
        while (starts[byte] < ends[byte]) {
            SortRow row = rows[starts[byte]];
            while (row.bytes[depth] != byte) {
                uint32_t target = row.bytes[depth];
                SortRow other = rows[starts[target]];
                rows[starts[target]++] = row;
                row = other;
            }
            rows[starts[byte]++] = row;
        }
    }
}

static void sort_rows(SortRow *rows, size_t count, uint32_t depth)
{
    if (count <= SHORT_ROWS || depth == ROW_BYTES) {
        if (depth < ROW_BYTES)
            insertion_sort(rows, count, depth);
        return;
    }
    size_t starts[256] = {0};
    size_t ends[256];
    for (size_t i = 0; i < count; i++)
        starts[rows[i].bytes[depth]]++;
    size_t total = 0;
    for (uint32_t byte = 0; byte < 256; byte++) {
        size_t held = starts[byte];
        starts[byte] = total;
        total += held;
        ends[byte] = total;
    }
    exchange_rows(rows, depth, starts, ends);
    for (uint32_t byte = 0; byte < 256; byte++) {
        size_t start = byte == 0 ? 0 : ends[byte - 1];
        if (ends[byte] - start > 1)
            sort_rows(rows + start, ends[byte] - start, depth + 1);
    }
}

static size_t drop_repeats(SortRow *rows, size_t count)
{
    size_t kept = 0;
    for (size_t i = 0; i < count; i++) {
        if (kept == 0 || memcmp(&rows[kept - 1], &rows[i], ROW_BYTES) != 0)
            rows[kept++] = rows[i];
    }
    return kept;
}

static void sort_held(RowSorter *sorter)
{
    if (sorter->count > 1)
        sort_rows(sorter->rows, sorter->count, 0);
    sorter->count = drop_repeats(sorter->rows, sorter->count);
}

// File systems without O_TMPFILE get a named file that is unlinked at once.
static int open_unnamed(const char *folder)
{
    int descriptor = open(folder, O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
    if (descriptor >= 0 || (errno != EOPNOTSUPP && errno != EISDIR && errno != ENOENT))
        return descriptor;
    char *path = NULL;
    if (asprintf(&path, "%s/.rows.XXXXXX", folder) < 0)
        return -1;
    descriptor = mkostemp(path, O_CLOEXEC);
    if (descriptor >= 0)
        unlink(path);
    free(path);
    return descriptor;
}

static bool write_rows(int descriptor, const SortRow *rows, size_t count)
{
    const uint8_t *data = (const uint8_t *)rows;
    size_t left = count * ROW_BYTES;
    while (left > 0) {
        ssize_t written = write(descriptor, data, left);
        if (written < 0 && errno == EINTR)
            continue;
        if (written < 0)
            return false;
        data += written;
        left -= (size_t)written;
    }
    return true;
}

static bool run_open(Run *run, const char *folder)
{
    *run = (Run){.descriptor = open_unnamed(folder)};
    if (run->descriptor < 0)
        return false;
    run->buffer = malloc(BUFFER_ROWS * sizeof *run->buffer);
    if (run->buffer != NULL)
        return true;
    close(run->descriptor);
    errno = ENOMEM;
    return false;
}

static void run_seek(Run *run, uint64_t first)
{
    run->next = first < run->rows ? first : run->rows;
    run->held = 0;
    run->used = 0;
}

// The row at hand, or NULL at the end or with *ret_errno set.
static const SortRow *run_peek(Run *run, int *ret_errno)
{
    if (run->used < run->held)
        return &run->buffer[run->used];
    uint64_t left = run->rows - run->next;
    uint32_t wanted = left < BUFFER_ROWS ? (uint32_t)left : BUFFER_ROWS;
    size_t size = (size_t)wanted * ROW_BYTES;
    for (size_t done = 0; done < size;) {
        ssize_t got = pread(run->descriptor, (uint8_t *)run->buffer + done, size - done,
                            (off_t)(run->next * ROW_BYTES + done));
        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0) {
            *ret_errno = got < 0 ? errno : EIO;
            return NULL;
        }
        done += (size_t)got;
    }
    run->next += wanted;
    run->held = wanted;
    run->used = 0;
    return wanted > 0 ? run->buffer : NULL;
}

// Merges runs [first, run_count) into one, which takes the place of the first of them.
static bool merge_runs(RowSorter *sorter, uint32_t first)
{
    Run merged;
    if (!run_open(&merged, sorter->folder))
        return false;
    for (uint32_t i = first; i < sorter->run_count; i++)
        run_seek(&sorter->runs[i], 0);
    SortRow previous = {{0}};
    int failed = 0;
    while (failed == 0) {
        Run *least = NULL;
        const SortRow *row = NULL;
        for (uint32_t i = first; i < sorter->run_count; i++) {
            const SortRow *other = run_peek(&sorter->runs[i], &failed);
            if (other != NULL && (row == NULL || memcmp(other, row, ROW_BYTES) < 0)) {
                row = other;
                least = &sorter->runs[i];
            }
        }
        if (row == NULL)
            break;
        bool repeated = merged.rows > 0 && memcmp(&previous, row, ROW_BYTES) == 0;
        previous = *row;
        least->used++;
        if (repeated)
            continue;
        merged.buffer[merged.held++] = previous;
        merged.rows++;
        if (merged.held == BUFFER_ROWS) {
            failed = write_rows(merged.descriptor, merged.buffer, merged.held) ? failed : errno;
            merged.held = 0;
        }
    }
    if (failed == 0 && !write_rows(merged.descriptor, merged.buffer, merged.held))
        failed = errno;
    if (failed != 0) {
        run_clear(&merged);
        errno = failed;
        return false;
    }
    for (uint32_t i = first; i < sorter->run_count; i++)
        run_clear(&sorter->runs[i]);
    sorter->runs[first] = merged;
    sorter->run_count = first + 1;
    return true;
}

static bool spill(RowSorter *sorter)
{
    sort_held(sorter);
    if (sorter->run_count == MERGE_WAYS && !merge_runs(sorter, 0))
        return false;
    Run *run = &sorter->runs[sorter->run_count];
    if (!run_open(run, sorter->folder))
        return false;
    sorter->run_count++;
    run->rows = sorter->count;
    if (!write_rows(run->descriptor, sorter->rows, sorter->count))
        return false;
    sorter->count = 0;
    return true;
}

static bool make_room(RowSorter *sorter)
{
    if (sorter->count < sorter->capacity)
        return true;
    if (sorter->capacity == sorter->max_rows)
        return spill(sorter);
    size_t capacity = sorter->capacity * 2 + BUFFER_ROWS;
    if (capacity > sorter->max_rows)
        capacity = sorter->max_rows;
    SortRow *rows = realloc(sorter->rows, capacity * sizeof *rows);
    if (rows == NULL)
        return false;
    sorter->rows = rows;
    sorter->capacity = capacity;
    return true;
}

bool row_sorter_add(RowSorter *sorter, const SortRow *row)
{
    if (!make_room(sorter))
        return false;
    sorter->rows[sorter->count++] = *row;
    return true;
}

bool row_sorter_finish(RowSorter *sorter)
{
    if (sorter->run_count == 0) {
        sort_held(sorter);
        sorter->total = sorter->count;
        return true;
    }
    if (sorter->count > 0 && !spill(sorter))
        return false;
    free(sorter->rows);
    sorter->rows = NULL;
    sorter->capacity = 0;
    if (sorter->run_count > 1 && !merge_runs(sorter, 0))
        return false;
    sorter->total = sorter->runs[0].rows;
    row_sorter_seek(sorter, 0);
    return true;
}

uint64_t row_sorter_count(const RowSorter *sorter)
{
    return sorter->total;
}

void row_sorter_seek(RowSorter *sorter, uint64_t first)
{
    sorter->position = first < sorter->total ? first : sorter->total;
    if (sorter->run_count > 0)
        run_seek(&sorter->runs[0], first);
}

const SortRow *row_sorter_next(RowSorter *sorter, int *ret_errno)
{
    *ret_errno = 0;
    if (sorter->run_count == 0)
        return sorter->position < sorter->total ? &sorter->rows[sorter->position++] : NULL;
    const SortRow *row = run_peek(&sorter->runs[0], ret_errno);
    if (row != NULL)
        sorter->runs[0].used++;
    return row;
}
