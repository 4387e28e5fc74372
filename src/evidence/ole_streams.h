// SPDX-License-Identifier: Apache-2.0
//
// Streams of office files that are containers themselves: what lies in them is found by their own
// records, not by a search of the bytes, because records cut pictures to pieces and pack them. Such
// a stream is known by its name, not by its bytes; so the reader of the document gives the child a
// type that only the stream's row in the table of containers answers to. (To everybody else the
// type says "unknown".) Private to ole*.c and container.c.
#pragma once

#include "evidence/container.h"

extern const SniffType ole_workbook_type;
extern const SniffType ole_presentation_type;
extern const SniffType ole_pictures_type;
extern const SniffType ole_package_type;
extern const SniffType ole_thumbnail_type;

// Excel: joins drawing records that are split every 8 KB.
extern const Container ole_workbook_container;
// PowerPoint: embedded objects, packed or not.
extern const Container ole_presentation_container;
// Whatever holds drawing records as they are: PowerPoint's pictures, Word's data.
extern const Container ole_pictures_container;
// "\1Ole10Native": a file put into a document by the object packager.
extern const Container ole_package_container;
// A numbered stream of Thumbs.db.
extern const Container ole_thumbnail_container;
