// SPDX-License-Identifier: Apache-2.0
//
// The comparing half of clew-media-worker's work: two pictures, or two frames of two videos, in;
// where they differ out. Runs in the confined worker; nothing of a picture leaves it.
#pragma once

#include <glib.h>
#include <stdbool.h>

#include "wire/compare_message.h"
#include "wire/serve.h"

// What the worker keeps between requests: the two sides, and how they lay on each other last.
typedef struct CompareProbe CompareProbe;

CompareProbe *compare_probe_new(void);
void compare_probe_free(CompareProbe *probe);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(CompareProbe, compare_probe_free)

// Takes a side; the descriptor becomes the probe's.
void compare_probe_side(CompareProbe *probe, const CompareSideRequest *request, int descriptor,
                        CompareSideAnswer *ret_answer);
// Compares; CLEW_ERROR-like outcomes are statuses in the answer.
void compare_probe_pair(CompareProbe *probe, const CompareRequest *request,
                        CompareAnswer *ret_answer);

// Answers a request for which compare_message_is_request is true; `state` is a CompareProbe
// (ServeProgram.handle).
bool compare_probe_handle(ServeSession *session, void *state, const ServeRequest *request);
