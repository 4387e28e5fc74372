// SPDX-License-Identifier: Apache-2.0
//
// A zlib stream (RFC 1950) inside a document, unpacked as it is read: metafiles and embedded
// objects of office files.
#pragma once

#include <glib.h>
#include <stdint.h>
#include <sys/types.h>

#include "evidence/source.h"

typedef struct OleInflate OleInflate;

// The stream lies in `packed` (borrowed) from `offset` on and is at most `size_bytes` long.
OleInflate *ole_inflate_new(Source *packed, uint64_t offset, uint64_t size_bytes);
void ole_inflate_free(OleInflate *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(OleInflate, ole_inflate_free)

// Of the form that Child.read has (evidence/walk.h). CLEW_ERROR_CORRUPT where the stream breaks.
ssize_t ole_inflate_read(void *user_data, void *target, size_t size, GError **err);
