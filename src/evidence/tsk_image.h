// SPDX-License-Identifier: Apache-2.0
//
// A source as The Sleuth Kit wants to read it. The kit's own openers are never used: they guess at
// wrappers, follow names, and read by a shared file offset. Private to evidence/file_system*.c.
#pragma once

#include <glib.h>

#include "evidence/source.h"
#include "evidence/walk.h"

struct TSK_IMG_INFO;
typedef struct TskImage TskImage;

// Borrows both. While the walk is over, every read fails, so that the kit's long loops come to an
// end. NULL without memory.
TskImage *tsk_image_new(Walk *walk, Source *source);

// After everything that was opened on it has been closed.
void tsk_image_free(TskImage *image);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(TskImage, tsk_image_free)

struct TSK_IMG_INFO *tsk_image_info(TskImage *image);

// The kit's last error as one phrase, and forgets it. Newly allocated; `fallback` when it said
// nothing.
char *tsk_image_take_error(const char *fallback);
