// SPDX-License-Identifier: Apache-2.0
//
// Locator: where an item's bytes lie, as a person types it back: the locator of its record (a JSON
// array of layers) or its path (layers joined by " > ", escaped as in model/path_text.h). Either
// way the first layer is a file and the others are steps inside it.
#pragma once

#include <glib.h>
#include <stdbool.h>

typedef struct {
    char *file;      // bytes, as the system has the name
    char **steps;    // NULL-terminated, may be empty: layers as JSON, or escaped names
    bool are_layers; // `steps` are layers of a locator
} Locator;

// Reads a locator (it begins with "[{") or a path. White space around the parts of a locator is
// passed over. CLEW_ERROR_INVALID says what is wrong with the text.
bool locator_parse(const char *text, Locator *ret_locator, GError **err);

void locator_clear(Locator *locator);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Locator, locator_clear)
