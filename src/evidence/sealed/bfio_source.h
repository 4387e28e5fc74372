// SPDX-License-Identifier: Apache-2.0
//
// A Source as the file that a libyal library reads: the library's input and output handle with our
// callbacks. Nothing is opened and no descriptor's offset is used. Linked into every sealed object
// (tools/seal-object.sh), where it calls that family's own helper libraries, and not to be called
// from outside.
#pragma once

#include <glib.h>
#include <libbfio.h>
#include <stdbool.h>

#include "evidence/source.h"

// A handle that reads `source` (borrowed, must outlive it). To be freed with libbfio_handle_free.
// NULL with err set when the library refuses.
libbfio_handle_t *bfio_source_handle(Source *source, GError **err);

// Sets err from a library's error and frees that: "attempted: cause", the cause as the library
// names it first. The code is the source's when reading it failed, else `code`. Returns false.
bool bfio_source_take_error(libbfio_error_t **error, int code, const char *attempted, GError **err);
