// SPDX-License-Identifier: Apache-2.0
//
// What is in a case, for those who may see it: lists of media and items, and all there is of one.
// CLEW_ERROR_NOT_FOUND for a case that the actor may not see, and for what is not in it.
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

#include "cases/casework.h"
#include "store/media_order.h"
#include "store/media_read.h"

// Rows of a case that one call looks at for what an index does not find; a page can be short and
// still not the last.
#define MEDIA_LIST_SCAN 5000u

// Appends a page behind `after_id` (MediaListRow). *ret_next: go on behind this row; 0: that was
// all.
bool media_list(Casework *work, const Actor *actor, uint64_t case_id, const MediaListFilter *filter,
                uint64_t after_id, unsigned limit, GArray *rows, uint64_t *ret_next, GError **err);
bool item_list(Casework *work, const Actor *actor, uint64_t case_id, const ItemListFilter *filter,
               uint64_t after_id, unsigned limit, GArray *rows, uint64_t *ret_next, GError **err);

// Those of these media that are in the case, in this order (MediaListRow).
bool media_list_these(Casework *work, const Actor *actor, uint64_t case_id,
                      const uint64_t *media_ids, size_t count, GArray *rows, GError **err);

// All that fit, as media ids (uint64_t) in order, as they are now; *ret_more: there are more.
#define MEDIA_ORDER_MAX 1000000u
bool media_order(Casework *work, const Actor *actor, uint64_t case_id,
                 const MediaListFilter *filter, MediaSort sort, GArray *ids, bool *ret_more,
                 GError **err);

// One media with everything about it. Zeroed before.
#define MEDIA_PLACES 200u
#define MEDIA_MATCHES 200u
typedef struct {
    MediaDetail detail;
    GArray *places; // of ItemListRow, the first MEDIA_PLACES
    bool more_places;
    GArray *matches;  // of MediaMatchRow, the first MEDIA_MATCHES
    GArray *previews; // of MediaPreviewRow
    char *missing;    // why there are no previews; NULL: not said
} MediaWhole;
bool media_whole(Casework *work, const Actor *actor, uint64_t case_id, uint64_t media_id,
                 MediaWhole *ret_whole, GError **err);
void media_whole_clear(MediaWhole *whole);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(MediaWhole, media_whole_clear)

// Of contents those that need eyes in the case and have neither previews nor a reason for having
// none: appends their digests (SHA256_BYTES each).
bool media_wants_previews(Casework *work, const Actor *actor, uint64_t case_id,
                          const GByteArray *digests, GByteArray *wanted, GError **err);
