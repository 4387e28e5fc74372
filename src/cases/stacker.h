// SPDX-License-Identifier: Apache-2.0
//
// Stacker: puts what needs eyes into stacks, one after another as it comes in.
//
// A stack has a leader: the media it began with. A media joins the stack of the nearest leader
// within STACK_DISTANCE bits (either pipeline, turned or mirrored in any of eight ways), or, a
// video, of a leader with which it shares most of its length; else it leads a stack of its own.
// Only leaders are compared with, so no chain of small steps can glue unlike pictures together: two
// members of a stack are at most 2 * STACK_DISTANCE bits apart, whatever came in between.
//
// Media with hashes of low quality (MATCHER_MIN_QUALITY) stand alone: a black frame is like any
// other black frame.
//
// The leaders of a case are kept in memory (index/), and a stacker follows what other processes
// have added before it answers. For one thread, inside the write transaction that stores its
// answer.
#pragma once

#include <glib.h>
#include <stdbool.h>
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

typedef struct {
    uint64_t stack_id;    // case_media id of the leader; that of the media itself when it leads
    unsigned distance;    // to the leader
    unsigned orientation; // what was done to the media so that it resembles the leader
    Pipeline pipeline;
    bool is_leader;
} StackPlace;

// Where the media belongs; makes it a leader when it belongs nowhere. Borrowed facts; both may be
// NULL. `case_media_id` is the id that it has or will have.
bool stacker_place(Stacker *stacker, uint64_t case_media_id, const StillFacts *still,
                   const VideoFrames *frames, StackPlace *ret_place, GError **err);

// The transaction in which places were given failed: forgets them.
void stacker_rollback(Stacker *stacker);
void stacker_commit(Stacker *stacker);
