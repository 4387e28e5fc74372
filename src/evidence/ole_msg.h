// SPDX-License-Identifier: Apache-2.0
//
// Outlook messages ([MS-OXMSG]): a storage for each attachment and recipient; properties of text
// and bytes are streams named by their tag, times stand in a table.
#pragma once

#include "evidence/ole_file.h"
#include "evidence/walk.h"

// For the stream that holds an attachment's bytes: its file name (newly allocated) and times. NULL
// for every other stream.
char *ole_msg_attachment(const OleFile *file, const OleEntry *entry, ItemTimes *ret_times);

// Tells the current container the mail addresses of senders, recipients and headers.
void ole_msg_addresses(Walk *walk, const OleFile *file);
