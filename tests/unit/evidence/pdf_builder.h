// SPDX-License-Identifier: Apache-2.0
//
// Makes small PDF documents for tests, also with older states in front of newer ones.
#pragma once

#include <glib.h>

typedef struct PdfBuilder PdfBuilder;

PdfBuilder *pdf_builder_new(void);
void pdf_builder_free(PdfBuilder *builder);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(PdfBuilder, pdf_builder_free)

// An object as it is written between "obj" and "endobj".
void pdf_builder_object(PdfBuilder *builder, unsigned number, const char *text);
// `dictionary` is what stands between "<<" and "/Length".
void pdf_builder_stream(PdfBuilder *builder, unsigned number, const char *dictionary,
                        const void *bytes, size_t size);
// Ends this state of the document: the table of objects since the last one, a trailer, the end
// mark.
void pdf_builder_close(PdfBuilder *builder);

// What has been written so far. Borrowed; may be changed.
GByteArray *pdf_builder_bytes(PdfBuilder *builder);
