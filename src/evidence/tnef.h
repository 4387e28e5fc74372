// SPDX-License-Identifier: Apache-2.0
//
// TNEF, the winmail.dat that Outlook sends (MS-OXTNEF): attachments under their long names, OLE
// objects and messages attached to messages, message bodies.
//
//   u32  0x223e9f78
//   u16  key
//   attributes, one after another:
//     u8   level: 1 of the message, 2 of an attachment
//     u32  which
//     u32  bytes
//     the bytes
//     u16  their sum
//
// An attribute attAttachRendData begins an attachment; those of level 2 behind it belong to it.
#pragma once

#include "evidence/container.h"

extern const Container tnef_container;
