// SPDX-License-Identifier: Apache-2.0
//
// Writes a VICS case document again from its frame (model/vics_case.h) and the elements of its
// arrays, which the caller brings one by one. Runs in the program: the frame and the elements are
// text that the list worker or Clew wrote, and are checked once more with the bounded tokenizer.
//
// Everything keeps its order and form; members that were repeated stay so. The normal form is
// without white space but for a line end before each element and at the end.
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

#include "lists/list_writer.h"

typedef enum {
    VICS_ARRAY_MEDIA,
    VICS_ARRAY_IDENTIFIERS,
} VicsArray;

typedef struct VicsCaseFrame VicsCaseFrame;

typedef struct {
    // Brings the elements of one array, each with vics_case_frame_element.
    bool (*elements)(void *user_data, VicsCaseFrame *frame, unsigned case_ordinal, VicsArray array,
                     GError **err);
    void *user_data;
    // The first case holds more than it came with: its totals are counted anew, and it gets a list
    // of media when it had none.
    bool has_more;
    uint64_t media_files, precategorized; // the new totals
} VicsFrameContent;

// CLEW_ERROR_CORRUPT when the frame is none, or what the callback or the output say.
bool vics_case_frame_write(const char *frame, const VicsFrameContent *content,
                           const ListOutput *output, GError **err);

// One element: JSON text, brought into normal form. CLEW_ERROR_CORRUPT when it is not one value.
bool vics_case_frame_element(VicsCaseFrame *frame, const char *raw, GError **err);

typedef struct {
    const char *name;
    const char *json; // the new value
} VicsMemberEdit;

// Appends the object with some of its members changed: in their place, or at the end when they were
// absent. CLEW_ERROR_CORRUPT when `raw` is no object.
bool vics_object_edit(const char *raw, const VicsMemberEdit *edits, size_t edit_count,
                      GString *text, GError **err);

// Appends the JSON text in normal form. CLEW_ERROR_CORRUPT when it is none.
bool vics_normalise(const char *raw, GString *text, GError **err);
