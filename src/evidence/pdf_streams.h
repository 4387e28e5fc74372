// SPDX-License-Identifier: Apache-2.0
//
// The streams of one revision of a PDF document as children. Private to pdf*.c.
#pragma once

#include <glib.h>

#include "evidence/office_gaps.h"
#include "evidence/pdf_qpdf.h"
#include "evidence/walk.h"

typedef struct {
    Walk *walk;
    PdfFile *file;
    // 0: the document as it stands; else an older state, whose streams are only delivered when
    // their bytes belong to no later one.
    unsigned revision;
    GHashTable *delivered; // offsets of streams (gint64) that were delivered; shared by revisions
    OfficeGaps *gaps;      // told where delivered streams lie
    uint64_t begin;        // of the document in the source
} PdfRevision;

// False when the walk is over.
bool pdf_streams_deliver(const PdfRevision *revision);
