// SPDX-License-Identifier: Apache-2.0
//
// Takes the members that Clew has a use for out of one Media or Identifier of a VICS case document.
// What is not understood is counted and left alone: the whole object is kept besides.
#pragma once

#include <glib.h>
#include <stdbool.h>

#include "lists/json_tokenizer.h"
#include "lists/photodna_guard.h"
#include "model/vics_case.h"

// From the object's JSON text (media->raw, identifier->raw), which is well-formed. The guard sees
// all media of a document, one after another.
void vics_media_take_members(VicsMedia *media, PhotodnaGuard *guard);
void vics_identifier_take_members(VicsIdentifier *identifier);

// Takes one member of a case: `name` is its key, `value` its scalar value.
void vics_case_head_take(VicsCaseHead *head, const char *name, const JsonToken *value);
