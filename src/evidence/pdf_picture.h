// SPDX-License-Identifier: Apache-2.0
//
// Pictures of PDF documents that are not files: samples in rows, whose width, depth and colours
// stand in a dictionary (ISO 32000-1, 8.9.5). A TIFF header (TIFF 6.0) describes the same samples
// in the same order, so a file is had by putting one in front; fax codes stay coded.
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

#include "evidence/pdf_qpdf.h"

typedef struct {
    int64_t group; // /K: < 0 two-dimensional, 0 one, > 0 mixed
    bool black_is_1;
    bool aligns_bytes;
    uint64_t coded_bytes;
} PdfFax;

// The header for a picture's samples; with `fax`, for its fax codes. NULL, and a phrase that says
// why, when it cannot be told what the samples mean. `ret_bytes` is what belongs behind the header.
GBytes *pdf_picture_header(PdfFile *file, PdfNode image, const PdfFax *fax, uint64_t *ret_bytes,
                           const char **ret_reason);

// The fax parameters of a stream that is coded so.
PdfFax pdf_fax_read(PdfFile *file, PdfNode image);
