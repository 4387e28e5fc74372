// SPDX-License-Identifier: Apache-2.0
//
// What `clew hash` and `clew scan` share: the paths to walk, the decoders' zygote, the progress
// line.
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

#include "apps/command/command.h"
#include "cases/scan.h"

// The options both commands have; the first member of their option structs.
typedef struct {
    bool one_file_system;
    bool unconfined;
    bool verify_images;
    bool scaled, keyframes;
    char *files0_from;
    char *passwords;
    char *timezone;
    char *fps;
    int64_t jobs;
} WalkOptions;

// Their rows for the option tables.
#define WALK_OPTION_ROWS(type)                                                                     \
    {"one-file-system", OPTION_FLAG, offsetof(type, walk.one_file_system), NULL,                   \
     "do not descend into folders on other file systems"},                                         \
        {"files0-from", OPTION_FILE, offsetof(type, walk.files0_from), "FILE",                     \
         "read the paths from FILE (- for standard input), each ended by a NUL byte"},             \
        {"jobs", OPTION_NUMBER, offsetof(type, walk.jobs), "N",                                    \
         "examine N files at once (default: one per processor)"},                                  \
        {"passwords", OPTION_FILE, offsetof(type, walk.passwords), "FILE",                         \
         "try the lines of FILE as passwords on encrypted archives and documents"},                \
        {"timezone", OPTION_TEXT, offsetof(type, walk.timezone), "ZONE",                           \
         "zone of times that do not say theirs, as on FAT: Europe/Berlin, +02:00"},                \
        {"fps", OPTION_TEXT, offsetof(type, walk.fps), "N",                                        \
         "hash N frames of each second of a video; 0: every frame"},                               \
        {"keyframes", OPTION_FLAG, offsetof(type, walk.keyframes), NULL,                           \
         "decode and hash only the key frames of videos: fast"},                                   \
        {"scaled", OPTION_FLAG, offsetof(type, walk.scaled), NULL,                                 \
         "hash videos from reduced frames: faster, not vPDQ"},                                     \
        {"verify-images", OPTION_FLAG, offsetof(type, walk.verify_images), NULL,                   \
         "digest disk images as a whole and check the hashes stored in them"},                     \
    {                                                                                              \
        "unconfined", OPTION_FLAG, offsetof(type, walk.unconfined), NULL,                          \
            "decode even where no sandbox can be had (the result says so)"                         \
    }

// The walk over the arguments or the list; exactly one of them must be given.
FolderWalk *walk_of_options(const App *app, const WalkOptions *options, char **arguments,
                            GError **err);

// The number of lanes asked for, or the number of processors. CLEW_ERROR_INVALID for more than
// JOBS_MAX.
#define JOBS_MAX 256
bool jobs_of_options(const WalkOptions *options, unsigned *ret_jobs, GError **err);

// The confined workers and what they are told, for as long as a scan runs.
typedef struct {
    Zygote *media, *evidence;
    char **passwords; // NULL: none
    GTimeZone *zone;  // NULL: none
    char *sandbox;    // of both, one line for provenance
    char *versions;   // of the libraries inside both
} Workers;

// Starts them and reads what the options name.
Workers *workers_of_options(const WalkOptions *options, GError **err);
// The evidence worker alone: no decoder, and nothing for provenance.
Workers *evidence_worker_of_options(const WalkOptions *options, GError **err);
// What a scan is told of them.
EvidenceReaderOptions workers_evidence(const Workers *workers, const WalkOptions *options);
void workers_free(Workers *workers);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Workers, workers_free)

// The files that this command writes (of ScanOwnFile), for the case that they lie below the paths:
// standard output and error at first, when they are files, and what is added.
GArray *own_files_new(void);
void own_file_add(GArray *own_files, int descriptor);
// Says that one of them was come across.
void own_file_say(const App *app, const char *path);

// Counts the bytes below the paths in the background, for the time left; 0 until it is done.
typedef struct ByteCount ByteCount;
ByteCount *byte_count_new(char **paths, bool one_file_system);
uint64_t byte_count_total(ByteCount *count);
void byte_count_free(ByteCount *count);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ByteCount, byte_count_free)
