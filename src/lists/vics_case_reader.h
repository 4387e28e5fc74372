// SPDX-License-Identifier: Apache-2.0
//
// Reads a VICS case document (1.3, 2.0) as it streams by, in memory that grows with its largest
// media and never with the document. What it delivers is enough to write the document again: each
// media and identifier as a whole, and the frame around them.
//
//   {"@odata.context": "…#Cases", "value": [{"CaseID": …, "Media": [ *, * ], "Identifiers": [ *
//   ]}]}
//    \____________________ frame ____________________________/ media      \ frame … identifiers
//
// A document that breaks or reaches a limit fails as a whole: an import that left something out
// could not be exported again.
#pragma once

#include <glib.h>
#include <stdbool.h>

#include "lists/list_format.h"
#include "model/vics_case.h"

// Each returns false to stop the reader, which then fails with CLEW_ERROR_CANCELLED unless *err
// says more. What is given is borrowed until the call returns.
typedef struct {
    bool (*media)(void *user_data, const VicsMedia *media, GError **err);
    bool (*identifier)(void *user_data, const VicsIdentifier *identifier, GError **err);
    bool (*head)(void *user_data, const VicsCaseHead *head, GError **err);
    bool (*document)(void *user_data, const VicsDocument *document, GError **err); // last, once
    void *user_data;
} VicsCaseSink;

// CLEW_ERROR_CORRUPT where the text is no JSON or no case document, with its position;
// CLEW_ERROR_UNSUPPORTED for a hash set; CLEW_ERROR_LIMIT.
bool vics_case_read(const ListSource *source, const VicsCaseSink *sink, GError **err);
