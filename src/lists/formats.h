// SPDX-License-Identifier: Apache-2.0
//
// The rows of the table in list_format.c, one from each format's file.
#pragma once

#include "lists/list_format.h"

extern const ListFormat list_format_vics;
extern const ListFormat list_format_ncmec;
extern const ListFormat list_format_nsrl;
extern const ListFormat list_format_stopncii;
extern const ListFormat list_format_hashdeep;
extern const ListFormat list_format_icse;
extern const ListFormat list_format_vpdq;
extern const ListFormat list_format_pdq;
extern const ListFormat list_format_plain;
extern const ListFormat list_format_csv;
