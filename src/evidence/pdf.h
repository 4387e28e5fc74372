// SPDX-License-Identifier: Apache-2.0
//
// PDF documents. Every stream of every revision is a child:
//   - JPEG and JPEG 2000 pictures exactly as they were put in,
//   - other pictures as a TIFF file made here around their samples, since bare samples are no
//     file: name "object N (bitmap).tif"; its digests are those of the TIFF made,
//   - attached files under their names,
//   - everything else decoded.
// What lies between the streams is searched, and so is a document that cannot be parsed.
#pragma once

#include "evidence/container.h"

extern const Container pdf_container;

// To be called before the worker locks itself: brings the library's own state into being.
void pdf_prepare(void);
