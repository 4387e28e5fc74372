// SPDX-License-Identifier: Apache-2.0
//
// Text that strangers wrote and people read: valid UTF-8 in which nothing acts on a terminal or
// turns the direction of the text around it. (Names of files are model/path_text.h: there two
// different names must never look the same.)
#pragma once

#include <stdbool.h>
#include <stddef.h>

// Whether the text is such already.
bool plain_text_is(const char *text, size_t length);

// Makes it such, newly allocated: white space becomes a blank, other harmful characters and what
// is not UTF-8 become U+FFFD; cut at limit_bytes between characters. May be empty.
char *plain_text_new(const char *text, size_t length, size_t limit_bytes);
