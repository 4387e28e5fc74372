// SPDX-License-Identifier: Apache-2.0
//
// PdfReader: the bytes of one stream of a PDF document, to be pulled. qpdf pushes them, so they are
// decoded in windows: a stream longer than one window is decoded again from its start for each, as
// memory must not depend on what a stream unpacks to.
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "evidence/pdf_qpdf.h"
#include "evidence/walk.h"

typedef struct PdfReader PdfReader;

typedef struct {
    bool raw;       // only decrypted
    GBytes *head;   // comes first; NULL: nothing. Borrowed
    bool has_limit; // no more than limit_bytes come behind the head
    uint64_t limit_bytes;
} PdfReaderOptions;

// The file must outlive the reader, and the node must stay valid.
PdfReader *pdf_reader_new(Walk *walk, PdfFile *file, PdfNode stream, PdfReaderOptions options);
void pdf_reader_free(PdfReader *reader);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(PdfReader, pdf_reader_free)

// Of the form that Child.read has. CLEW_ERROR_CORRUPT where decoding breaks.
ssize_t pdf_reader_read(void *user_data, void *target, size_t size, GError **err);

// Bytes of a stream, decoded or (`raw`) as they lie in the file; as many as there were until the
// walk was over.
uint64_t pdf_stream_bytes(Walk *walk, PdfFile *file, PdfNode stream, bool raw);
