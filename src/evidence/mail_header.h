// SPDX-License-Identifier: Apache-2.0
//
// Header fields of a message or of one of its parts (RFC 5322, 2045, 2047, 2183, 2231), by GMime.
// The block of fields is kept as it lies in the message; values are taken out when asked for.
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "evidence/encoded_text_stream.h"
#include "evidence/line_reader.h"
#include "evidence/walk.h"
#include "model/record.h"

// Kept of one block of fields; what is behind it is not read.
#define MAIL_HEADER_BYTES (1u << 20)

// GMime sets itself up: in the zygote, before any fork. Called again it does nothing.
void mail_prepare(void);

typedef struct {
    GString *text; // the lines, each ended by one LF; owned
    bool is_cut;   // there were more than MAIL_HEADER_BYTES
    bool in_field; // a field has begun
} MailHeader;

MailHeader *mail_header_new(void);
void mail_header_free(MailHeader *header);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(MailHeader, mail_header_free)
void mail_header_clear(MailHeader *header);

// Takes one more line. False when the line is no part of a header: the body begins with it.
bool mail_header_add_line(MailHeader *header, const Line *line);

// The fields at `offset` of a source, up to an empty line. Sets *ret_body behind that.
MailHeader *mail_header_read(Source *source, uint64_t offset, uint64_t *ret_body);

// The value of the first field of this name, unfolded and cut to 64 KiB; newly allocated, NULL when
// there is none.
char *mail_header_value(const MailHeader *header, const char *name);

// What the fields say of a part's contents.
typedef struct {
    char *media_type;  // "image/jpeg", lower case; never NULL
    char *boundary;    // of a multipart; NULL: none
    char *file_name;   // bytes; NULL: none
    char *smime_type;  // of application/pkcs7-mime, lower case; may be NULL
    char *access_type; // of message/external-body; may be NULL
    bool is_encoded;
    TextEncoding encoding;
    char *unknown_encoding;                 // named in its stead; NULL: known
    char *partial_id;                       // of message/partial; NULL: none
    unsigned partial_number, partial_total; // 0: not said
    ItemTimes times;                        // of the file, as its sender said
} MailContent;

// `default_type` is what a part without Content-Type is.
MailContent *mail_content_new(const MailHeader *header, const char *default_type);
void mail_content_free(MailContent *content);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(MailContent, mail_content_free)

// The Date field in UTC; ZONE_NONE when there is none that can be read.
ItemTime mail_header_date(const MailHeader *header);

// Adds the addresses of senders and recipients to the walk's current container.
void mail_header_add_identifiers(const MailHeader *header, Walk *walk);
