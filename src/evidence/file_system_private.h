// SPDX-License-Identifier: Apache-2.0
//
// What the files of file_system*.c share. Here alone, and in tsk_image.c, are the kit's types seen.
#pragma once

// Debian builds the library with locks, and its header hides their fields unless told so.
#define TSK_MULTITHREAD_LIB
#include <tsk/libtsk.h>

#include "evidence/file_system.h"

// Where the inodes of an ext volume with encrypted files lie (file_system_ext.c).
typedef struct {
    bool has_encryption; // nothing else is set without it
    uint32_t block_bytes, inode_bytes, group_inodes, descriptor_bytes;
    uint64_t descriptors_at;
} ExtInodes;

// One tree of files: a file system, or one volume of an APFS container.
typedef struct {
    Walk *walk;
    Source *volume;
    VolumeSpace *space;
    VolumeKind kind;
    TSK_FS_INFO *fs;
    bool is_mapped;     // block addresses count from the start of `volume`
    char *name_prefix;  // before the leading '/' of names; "" for most
    char *layer_prefix; // first members of layers, with the comma behind; "" for most
    uint32_t orphans_max;
    GArray *runs; // of Run; of the stream at hand
    ExtInodes ext_inodes;
} FileTree;

// ---- Streams: the bytes of one attribute ------------------------------------------------------

typedef enum {
    RUN_STORED,
    RUN_HOLE,    // zeros by definition
    RUN_LOST,    // the file system no longer knows where
    RUN_OUTSIDE, // said to lie where the volume has no bytes
} RunKind;

typedef struct {
    uint64_t begin;  // in the stream
    uint64_t offset; // in the volume, of RUN_STORED
    uint64_t size_bytes;
    RunKind kind;
} Run;

typedef struct {
    uint64_t size_bytes;  // of the stream
    uint64_t valid_bytes; // behind them it reads as zeros, whatever is stored
    uint64_t stored_bytes, hole_bytes, damaged_bytes; // of the runs inside size_bytes
    bool has_runs; // `tree->runs` tell where all its bytes are; else the kit reads it
} StreamPlan;

// Lays out the runs of an attribute in tree->runs. `gaps_are_holes`: what no run covers is not
// lost.
StreamPlan stream_plan(FileTree *tree, const TSK_FS_ATTR *attribute, bool gaps_are_holes);

// Leaves the holes out: afterwards the stream consists of its stored runs.
void stream_plan_compact(FileTree *tree, StreamPlan *plan);

// Tells the tree's space which bytes of the volume the stream covers, and which are its slack.
void stream_note_space(FileTree *tree, const StreamPlan *plan);

// Likewise of a deleted file, whose bytes may be another's by now.
void stream_claim_space(FileTree *tree, const StreamPlan *plan, uint64_t inode);

// The stream as a source. Borrows the tree, its runs and the attribute; yours to free.
Source *stream_source_new(FileTree *tree, const StreamPlan *plan, const TSK_FS_ATTR *attribute);

// ---- ext --------------------------------------------------------------------------------------

void ext_inodes_init(FileTree *tree);
// Is the file encrypted by fscrypt? False also when that cannot be told.
bool ext_is_encrypted(FileTree *tree, uint64_t inode);

// ---- Files: one entry of a folder -------------------------------------------------------------

typedef struct {
    bool is_orphan;
    bool is_named; // it has a place in a folder: the next two tell which
    uint64_t folder, entry;
    const char *metadata_error; // why there is no metadata, when the kit said so; or NULL
} FileOrigin;

// Delivers an entry and its streams under `path`, which begins with '/'. False when the walk is
// over.
bool file_deliver(FileTree *tree, TSK_FS_FILE *file, const char *path, FileOrigin origin);

// ---- Trees: folders and orphans ---------------------------------------------------------------

// Delivers everything in the tree. False when the walk is over.
bool tree_walk(FileTree *tree);
