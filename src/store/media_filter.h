// SPDX-License-Identifier: Apache-2.0
//
// What lists of media are cut down to, as conditions of a statement. For the files that read media.
#pragma once

#include <glib.h>
#include <stdbool.h>

#include "store/media_read.h"

#define MEDIA_FILTER_TEXTS 6 // that one filter binds, at most

// Appends " AND …" for each thing that is filtered by, over c (case_media), m (media) and ?1 (the
// case), and gives the texts that are to be bound from parameter `first` on, borrowed. `whole`: the
// statement goes through the whole case and not a page of it.
typedef struct {
    unsigned first;
    bool whole;
} MediaFilterPlace;
unsigned media_filter_append(GString *sql, const MediaListFilter *filter, MediaFilterPlace place,
                             const char *ret_texts[MEDIA_FILTER_TEXTS]);
