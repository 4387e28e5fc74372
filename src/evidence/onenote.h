// SPDX-License-Identifier: Apache-2.0
//
// OneNote sections (.one, .onetoc2; MS-ONESTORE): pictures and attached files lie in them whole, as
// file data store objects (section 2.6.13):
//
//   16   GUID {BDE316E7-2665-4511-A4C4-8D4D0B7A9EAC}
//   u64  bytes
//   u32  unused
//   u64  reserved
//        the bytes, padded to a multiple of 8
//   16   GUID {71FBA722-0F79-4A0B-BB13-899256426B24}
//
// They are found by their GUID wherever they lie, so also those that the section lists no more; the
// tables that lead to them are not needed. All else is searched.
#pragma once

#include "evidence/container.h"

extern const Container onenote_container;
