// SPDX-License-Identifier: Apache-2.0
//
// The data in an RTF text (Rich Text Format 1.9.1): groups that hold a picture, an embedded object
// or a stored file as digits. Only what leads to them is understood. Whoever hides something in an
// RTF puts blanks, unknown words and further groups between the digits; these are passed over as
// Word does. Data is not held in memory: a group is a list of places, decoded when it is read.
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

#include "evidence/source.h"

typedef enum {
    RTF_PICTURE, // \pict
    RTF_OBJECT,  // \objdata: an object of OLE 1
    RTF_FILE,    // \themedata and alike: some file
} RtfKind;

typedef struct {
    RtfKind kind;
    bool is_dib;         // a picture without its file header
    const char *word;    // the destination's name, static: "pict"
    uint64_t group;      // its number: opening braces before it, from the start
    uint64_t begin, end; // from its opening to behind its closing brace
    bool is_cut;         // the text ends inside it
    Source *data;        // decoded; borrowed during the call
} RtfData;

typedef struct {
    // False ends the reading. Groups come in the order of their closing braces.
    bool (*found)(void *user_data, const RtfData *data);
    // Called now and then; false ends the reading. May be NULL.
    bool (*go_on)(void *user_data);
    void *user_data;
} RtfSink;

typedef struct {
    uint64_t end;    // behind the brace that closes the text; the size when there is none
    bool is_cut;     // the text ends inside a group
    bool is_limited; // data was left out: nested too deep, or in too many pieces
} RtfResult;

// Goes through the text. False when the sink ended it (err not set) or reading failed (err set).
bool rtf_read(Source *source, const RtfSink *sink, RtfResult *ret_result, GError **err);
