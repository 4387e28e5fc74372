// SPDX-License-Identifier: Apache-2.0
//
// The ordinary main of a fuzz target: runs every committed input, whole, cut short at many points
// and with single bytes changed by a fixed generator, so that each test run exercises the parsers
// without libFuzzer. Every input lies in a block of exactly its size, so that AddressSanitizer sees
// the first byte read past its end. Fails by crashing, or when the corpus holds nothing.
//
//   replay_NAME NAME CORPUS-FOLDER      as a test (TAP)
//   replay_NAME NAME FILE               one input as it is, to look at a crash
#include <dirent.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "fuzz_target.h"

#define CUTS 48
#define CHANGES 64
#define VARIED_BYTES_MAX (256u << 10) // larger inputs are replayed only as they are

// Runs the target on a copy of exactly `size` bytes.
static void run_exact(const uint8_t *data, size_t size)
{
    uint8_t *copy = malloc(size ? size : 1);
    if (!copy)
        abort();
    if (size)
        memcpy(copy, data, size);
    LLVMFuzzerTestOneInput(copy, size);
    free(copy);
}

static uint32_t next_random(uint32_t *state)
{
    *state = *state * 1664525u + 1013904223u;
    return *state >> 8;
}

static void run_cut_short(const uint8_t *data, size_t size)
{
    size_t step = size / CUTS + 1;
    for (size_t length = 0; length < size; length += step)
        run_exact(data, length);
}

static void run_changed(uint8_t *data, size_t size)
{
    uint32_t state = (uint32_t)size;
    for (unsigned i = 0; i < CHANGES && size > 0; i++) {
        size_t at = next_random(&state) % size;
        uint8_t before = data[at];
        data[at] = (uint8_t)next_random(&state);
        run_exact(data, size);
        data[at] = before;
    }
}

// The whole file, newly allocated; exits when it cannot be read.
static uint8_t *read_file(const char *path, size_t *ret_size)
{
    struct stat info;
    FILE *file = fopen(path, "rb");
    if (!file || fstat(fileno(file), &info) != 0) {
        perror(path);
        exit(1);
    }
    size_t size = (size_t)info.st_size;
    uint8_t *data = malloc(size ? size : 1);
    if (!data || fread(data, 1, size, file) != size) {
        fprintf(stderr, "%s: cannot be read whole\n", path);
        exit(1);
    }
    fclose(file);
    *ret_size = size;
    return data;
}

static void replay_file(const char *path, bool vary)
{
    size_t size = 0;
    uint8_t *data = read_file(path, &size);
    run_exact(data, size);
    if (vary && size <= VARIED_BYTES_MAX) {
        run_cut_short(data, size);
        run_changed(data, size);
    }
    free(data);
}

static int is_visible(const struct dirent *entry)
{
    return entry->d_name[0] != '.';
}

// Replays every file of the folder in name order; returns how many there were.
static unsigned replay_folder(const char *folder)
{
    struct dirent **entries = NULL;
    int count = scandir(folder, &entries, is_visible, alphasort);
    for (int i = 0; i < count; i++) {
        char path[4096];
        snprintf(path, sizeof path, "%s/%s", folder, entries[i]->d_name);
        replay_file(path, true);
        free(entries[i]);
    }
    free(entries);
    return count > 0 ? (unsigned)count : 0;
}

int main(int argc, char **argv)
{
    struct stat info;
    if (argc != 3 || stat(argv[2], &info) != 0) {
        fprintf(stderr, "usage: %s NAME CORPUS-FOLDER|FILE\n", argv[0]);
        return 2;
    }
    if (!S_ISDIR(info.st_mode)) {
        replay_file(argv[2], false);
        return 0;
    }

    run_exact((const uint8_t *)"", 0);
    unsigned files = replay_folder(argv[2]);
    printf("# %u inputs\n", files);
    printf("%s 1 %s replays its corpus\n1..1\n", files ? "ok" : "not ok", argv[1]);
    return files ? 0 : 1;
}
