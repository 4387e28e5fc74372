// SPDX-License-Identifier: Apache-2.0
//
// Random parts of messages, and their comparison. Everything is well-formed: what is encoded must
// arrive unchanged.
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "model/match.h"
#include "model/record.h"
#include "wire/place.h"

uint64_t random_u64(void);
bool random_bool(void);
// Absent (NULL), empty, or some characters of one to four bytes.
char *random_text(size_t limit);
void random_bytes(void *target, size_t size_bytes);
StillFacts *random_still(void);
VideoFacts *random_video(void);
ItemTimes random_times(void);
// Ordinals are small, so that places are often alike.
Place random_place(unsigned max_depth);
// Append up to four.
void random_findings(GPtrArray *findings);
void random_identifiers(GPtrArray *identifiers);
// Its media_type is NULL.
Record *random_record(void);
// Up to four Match, newly allocated; their texts are static.
GArray *random_matches(void);

// Either may be NULL when both are.
void assert_same_still(const StillFacts *a, const StillFacts *b);
void assert_same_video(const VideoFacts *a, const VideoFacts *b);
void assert_same_times(const ItemTimes *a, const ItemTimes *b);
void assert_same_place(const Place *a, const Place *b);
void assert_same_digests(const Digests *a, const Digests *b);
void assert_same_findings(const GPtrArray *a, const GPtrArray *b);
void assert_same_identifiers(const GPtrArray *a, const GPtrArray *b);
// All but the media type, which messages carry beside the record.
void assert_same_record(const Record *a, const Record *b);
void assert_same_matches(const GArray *a, const GArray *b);
