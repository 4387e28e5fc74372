// SPDX-License-Identifier: Apache-2.0
//
// Files attached to a PDF document: every dictionary with /EF, wherever it stands (ISO 32000-1,
// 7.11.4). The streams themselves need not say what they are.
#pragma once

#include <glib.h>

#include "evidence/pdf_qpdf.h"
#include "evidence/walk.h"

typedef struct {
    char *name; // bytes
    ItemTimes times;
} PdfAttachment;

typedef struct PdfAttachments PdfAttachments;

PdfAttachments *pdf_attachments_find(Walk *walk, PdfFile *file);
void pdf_attachments_free(PdfAttachments *attachments);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(PdfAttachments, pdf_attachments_free)

// What is known of the stream with this number as an attached file; NULL: it is none. Borrowed.
const PdfAttachment *pdf_attachments_get(const PdfAttachments *attachments, int number,
                                         int generation);

// "D:20240131235959+01'00'" and shorter forms (ISO 32000-1, 7.9.4). Absent when it is none.
ItemTime pdf_date(const char *text);
