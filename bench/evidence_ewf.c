// SPDX-License-Identifier: Apache-2.0
//
// Reading the medium in an E01 set from start to end: one handle of libewf, as its tools use it,
// against Clew's reader with one and with several lanes, each a process of its own as the workers
// are.
//
//   evidence_ewf FIRST_SEGMENT ROUNDS LANES
//
// One row a figure:
//
//   row <tab> name <tab> value <tab> unit <tab> target <tab> peer <tab> ratio
#include <fcntl.h>
#include <glib.h>
#include <libewf.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "evidence/ewf_medium.h"
#include "evidence/ewf_sections.h"
#include "evidence/piece_medium.h"

#define ROUNDS_MAX 32
#define LANES_MAX 64
#define PIECE_BYTES (1u << 20)
#define SHARE_BYTES (16ull << 20) // of the medium, dealt out in turn

static void fail(const char *what, const char *why)
{
    fprintf(stderr, "evidence_ewf: %s: %s\n", what, why);
    exit(2);
}

// ---- libewf -----------------------------------------------------------------------------------

static double read_by_libewf(const char *path, uint64_t *ret_bytes)
{
    char **names = NULL;
    int count = 0;
    libewf_handle_t *handle = NULL;
    size64_t size = 0;
    g_autoptr(GTimer) timer = g_timer_new();
    if (libewf_glob(path, strlen(path), LIBEWF_FORMAT_UNKNOWN, &names, &count, NULL) != 1 ||
        libewf_handle_initialize(&handle, NULL) != 1 ||
        libewf_handle_open(handle, names, count, LIBEWF_OPEN_READ, NULL) != 1 ||
        libewf_handle_get_media_size(handle, &size, NULL) != 1)
        fail(path, "libewf cannot open it");
    g_autofree uint8_t *piece = g_malloc(PIECE_BYTES);
    uint64_t done = 0;
    while (done < size) {
        ssize_t got = libewf_handle_read_buffer(handle, piece, PIECE_BYTES, NULL);
        if (got <= 0)
            fail(path, "libewf cannot read it");
        done += (uint64_t)got;
    }
    libewf_handle_close(handle, NULL);
    libewf_handle_free(&handle, NULL);
    libewf_glob_free(names, count, NULL);
    *ret_bytes = done;
    return g_timer_elapsed(timer, NULL);
}

// ---- Clew -------------------------------------------------------------------------------------

// The segments in their order: libewf's naming is asked, nothing else of it.
static GPtrArray *open_segments(const char *path)
{
    GPtrArray *segments = g_ptr_array_new_with_free_func((GDestroyNotify)source_free);
    char **names = NULL;
    int count = 0;
    if (libewf_glob(path, strlen(path), LIBEWF_FORMAT_UNKNOWN, &names, &count, NULL) != 1)
        fail(path, "no segments");
    for (int i = 0; i < count; i++) {
        int descriptor = open(names[i], O_RDONLY | O_CLOEXEC);
        struct stat info;
        if (descriptor < 0 || fstat(descriptor, &info) != 0)
            fail(names[i], "cannot be opened");
        g_ptr_array_add(segments, source_new_descriptor(descriptor, (uint64_t)info.st_size));
    }
    libewf_glob_free(names, count, NULL);
    return segments;
}

// The medium in all segments.
static PieceMedium *open_medium(const GPtrArray *segments)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(EwfMedium) ewf = NULL;
    for (unsigned i = 0; i < segments->len; i++) {
        g_autoptr(EwfSegment) segment = ewf_segment_read(segments->pdata[i], &error);
        if (segment != NULL && i == 0)
            ewf = ewf_medium_new(segment, &error);
        if (ewf == NULL || segment == NULL)
            fail("a segment", error->message);
        ewf_medium_add(ewf, segments->pdata[i], segment);
    }
    GArray *gaps = NULL;
    PieceMedium *medium = ewf_medium_finish(g_steal_pointer(&ewf), &gaps);
    g_array_unref(gaps);
    return medium;
}

// One lane: its shares of the medium.
static void read_shares(const GPtrArray *segments, unsigned lane, unsigned lanes)
{
    g_autoptr(PieceMedium) pieces = open_medium(segments);
    Source *medium = piece_medium_source(pieces);
    g_autofree uint8_t *piece = g_malloc(PIECE_BYTES);
    for (uint64_t at = lane * SHARE_BYTES; at < source_size(medium); at += lanes * SHARE_BYTES) {
        uint64_t end = at + SHARE_BYTES;
        ssize_t got = 1;
        for (uint64_t offset = at; offset < end && got > 0; offset += (uint64_t)got)
            got = source_read(medium, offset, piece, PIECE_BYTES, NULL);
    }
}

static double read_by_lanes(const char *path, unsigned lanes)
{
    g_autoptr(GTimer) timer = g_timer_new();
    g_autoptr(GPtrArray) segments = open_segments(path);
    pid_t pids[LANES_MAX];
    for (unsigned lane = 0; lane < lanes; lane++) {
        pids[lane] = fork();
        if (pids[lane] == 0) {
            read_shares(segments, lane, lanes);
            _exit(0);
        }
    }
    for (unsigned lane = 0; lane < lanes; lane++) {
        int status = 0;
        if (waitpid(pids[lane], &status, 0) != pids[lane] || status != 0)
            fail(path, "a lane failed");
    }
    return g_timer_elapsed(timer, NULL);
}

// -----------------------------------------------------------------------------------------------

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

int main(int argc, char **argv)
{
    unsigned rounds = argc == 4 ? (unsigned)atoi(argv[2]) : 0;
    unsigned lanes = argc == 4 ? (unsigned)atoi(argv[3]) : 0;
    if (rounds == 0 || rounds > ROUNDS_MAX || lanes == 0 || lanes > LANES_MAX) {
        fprintf(stderr, "usage: evidence_ewf FIRST_SEGMENT ROUNDS LANES\n");
        return 2;
    }
    double peer[ROUNDS_MAX], one[ROUNDS_MAX], many[ROUNDS_MAX];
    uint64_t bytes = 0;
    for (unsigned round = 0; round < rounds; round++) {
        peer[round] = read_by_libewf(argv[1], &bytes);
        one[round] = read_by_lanes(argv[1], 1);
        many[round] = read_by_lanes(argv[1], lanes);
    }
    double mb = (double)bytes * 1e-6;
    double by_peer = mb / median(peer, rounds), by_one = mb / median(one, rounds),
           by_many = mb / median(many, rounds);
    printf("row\tE01, one lane\t%.0f\tMB/s\t-\tone libewf handle: %.0f MB/s\t%.2f\n", by_one,
           by_peer, by_one / by_peer);
    printf("row\tE01, %u lanes\t%.0f\tMB/s\t>= 1.7x\tone libewf handle: %.0f MB/s\t%.2f\n", lanes,
           by_many, by_peer, by_many / by_peer);
    return 0;
}
