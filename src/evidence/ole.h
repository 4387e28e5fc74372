// SPDX-License-Identifier: Apache-2.0
//
// OLE2 compound files: Word, Excel and PowerPoint before 2007, Outlook messages, Thumbs.db,
// installers. Every stream is a child; streams that hold pictures or objects in records of their
// own are containers again (ole_streams.h). Unused sectors are searched, which is where pictures
// lie that were deleted from a document.
#pragma once

#include "evidence/container.h"

extern const Container ole_container;
