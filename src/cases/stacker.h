// SPDX-License-Identifier: Apache-2.0
//
// Stacker: puts what needs eyes into stacks, one after another as it comes in.
//
// A stack has a leader: the media it began with. A picture joins the stack of the nearest leader
// within STACK_DISTANCE bits (by the hash over all its pixels, with its border or without, turned
// or mirrored in any of eight ways), a video that of a leader with which it shares most of its
// length; what finds none leads a stack of its own. Only leaders are compared with, so no chain of
// small steps can glue unlike pictures together: two members of a stack are at most 2 *
// STACK_DISTANCE bits apart, whatever came in between. Unlike pictures are 128 bits apart, give or
// take 9.
//
// Pictures with hashes of low quality (MATCHER_MIN_QUALITY) stand alone: a black frame is like any
// other black frame.
//
// The leaders of a case are kept in memory, and a stacker follows what other processes have added
// before it answers. For one thread, inside the write transaction that stores its answer.
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "cases/casework.h"
#include "model/record.h"
#include "model/video.h"

#define STACK_DISTANCE 24u

// Of two videos that show the same: pieces cover this share of the shorter one, at least.
#define STACK_VIDEO_SHARE 0.8

typedef struct Stacker Stacker;

Stacker *stacker_open(Casework *work, uint64_t case_id, GError **err);
void stacker_free(Stacker *stacker);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Stacker, stacker_free)

// One media that looks for its place; its row and frames are in the database by now. Facts are
// borrowed; both may be NULL.
typedef struct {
    uint64_t case_media_id; // that it will have; above all that were given before
    uint64_t media_id;
    const StillFacts *still;
    const VideoFrames *frames;
} StackAsk;

typedef struct {
    uint64_t stack_id;    // case_media id of the leader; that of the media itself when it leads
    unsigned distance;    // to the leader; of videos the median of the longest piece
    unsigned orientation; // what was done to the media so that it resembles the leader
    Pipeline pipeline;
    bool is_leader;
} StackPlace;

// Where each belongs, in order: what leads a stack is found by those behind it. Many at a time are
// cheaper than one by one.
bool stacker_place(Stacker *stacker, const StackAsk *asks, size_t count, StackPlace *ret_places,
                   GError **err);

// The transaction in which places were given has ended.
void stacker_commit(Stacker *stacker);
void stacker_rollback(Stacker *stacker); // forgets them
