// SPDX-License-Identifier: Apache-2.0
//
// Values of items in an Outlook store by their MAPI property (MS-OXPROPS). Private to the sealed
// object of libpff.
#pragma once

#include <glib.h>
#include <libpff.h>
#include <stdbool.h>
#include <stdint.h>

#include "model/record.h"

// MS-OXPROPS.
typedef enum {
    PST_SUBJECT = 0x0037,
    PST_CLIENT_SUBMIT_TIME = 0x0039,
    PST_REPRESENTING_ADDRESS = 0x0065,
    PST_TRANSPORT_HEADERS = 0x007d,
    PST_SENDER_ADDRESS = 0x0c1f,
    PST_DELIVERY_TIME = 0x0e06,
    PST_DISPLAY_NAME = 0x3001,
    PST_ADDRESS = 0x3003,
    PST_CREATION_TIME = 0x3007,
    PST_MODIFICATION_TIME = 0x3008,
    PST_ATTACHMENT_SHORT_NAME = 0x3704,
    PST_ATTACHMENT_LONG_NAME = 0x3707,
    PST_ATTACHMENT_PATH = 0x3708,
    PST_ATTACHMENT_LONG_PATH = 0x370d,
    PST_SMTP_ADDRESS = 0x39fe,
    PST_SENDER_SMTP_ADDRESS = 0x5d01,
    PST_REPRESENTING_SMTP_ADDRESS = 0x5d02,
    PST_STORE_PASSWORD = 0x67ff,
} PstProperty;

// A text in UTF-8, newly allocated; NULL when the item has none or it is longer than `limit` bytes.
// `set` is 0 but for recipients, where each is a set.
char *pst_text(libpff_item_t *item, int set, PstProperty property, size_t limit);

// False when the item has no such number.
bool pst_number(libpff_item_t *item, PstProperty property, uint32_t *ret_number);

// In UTC; ZONE_NONE when the item has none.
ItemTime pst_time(libpff_item_t *item, PstProperty property);
