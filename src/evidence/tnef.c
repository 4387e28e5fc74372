// SPDX-License-Identifier: Apache-2.0
#include "evidence/tnef.h"

#include <inttypes.h>
#include <string.h>

#include "base/limits.h"
#include "evidence/mail_address.h"
#include "evidence/rtf_compressed.h"
#include "evidence/tnef_properties.h"

#define SIGNATURE_BYTES 6u
#define ATTRIBUTE_BYTES 9u // before the data
#define CHECKSUM_BYTES 2u
#define RTF_BYTES (LIMIT_EVIDENCE_MEMORY_BYTES)

// MS-OXTNEF section 2.1.3.2.
enum {
    ATTRIBUTE_OEM_CODEPAGE = 0x00069007,
    ATTRIBUTE_MESSAGE_PROPERTIES = 0x00069003,
    ATTRIBUTE_RECIPIENTS = 0x00069004,
    ATTRIBUTE_BODY = 0x0002800c,
    ATTRIBUTE_DATE_SENT = 0x00038005,
    ATTRIBUTE_ATTACH_BEGIN = 0x00069002,
    ATTRIBUTE_ATTACH_PROPERTIES = 0x00069005,
    ATTRIBUTE_ATTACH_DATA = 0x0006800f,
    ATTRIBUTE_ATTACH_TITLE = 0x00018010,
    ATTRIBUTE_ATTACH_METAFILE = 0x00068011,
    ATTRIBUTE_ATTACH_CREATED = 0x00038012,
    ATTRIBUTE_ATTACH_MODIFIED = 0x00038013,
};

// MS-OXPROPS.
enum {
    PROPERTY_ID_REPRESENTING_ADDRESS = 0x0065,
    PROPERTY_ID_HEADERS = 0x007d,
    PROPERTY_ID_SENDER_ADDRESS = 0x0c1f,
    PROPERTY_ID_BODY = 0x1000,
    PROPERTY_ID_RTF = 0x1009,
    PROPERTY_ID_HTML = 0x1013,
    PROPERTY_ID_DISPLAY_NAME = 0x3001,
    PROPERTY_ID_ADDRESS = 0x3003,
    PROPERTY_ID_ATTACH_DATA = 0x3701,
    PROPERTY_ID_ATTACH_SHORT_NAME = 0x3704,
    PROPERTY_ID_ATTACH_LONG_NAME = 0x3707,
    PROPERTY_ID_ATTACH_PATH = 0x3708,
    PROPERTY_ID_ATTACH_RENDERING = 0x3709,
    PROPERTY_ID_ATTACH_LONG_PATH = 0x370d,
    PROPERTY_ID_SMTP_ADDRESS = 0x39fe,
    PROPERTY_ID_SENDER_SMTP = 0x5d01,
    PROPERTY_ID_REPRESENTING_SMTP = 0x5d02,
};

// What an attachment is made of, gathered from its attributes.
typedef struct {
    unsigned number;
    bool begun;
    char *title, *short_name, *long_name, *display_name, *path; // owned
    Extent data, metafile;
    Property object; // size 0: none
    bool is_cut;
    ItemTimes times;
} Attachment;

typedef struct {
    Walk *walk;
    Source *source;
    unsigned codepage;
    ItemTime sent;
    Attachment attachment;
    unsigned attachments;
    bool stopped; // the walk is over
} Tnef;

typedef struct {
    uint8_t level;
    uint32_t which;
    uint64_t offset, size_bytes; // of the data
    bool is_cut;                 // fewer bytes are there than it says
} Attribute;

static bool fits(const SniffType *type, Source *source)
{
    return strcmp(type->media_type, "application/vnd.ms-tnef") == 0;
}

// ---- Attachments ------------------------------------------------------------------------------

static void attachment_clear(Attachment *attachment)
{
    g_free(attachment->title);
    g_free(attachment->short_name);
    g_free(attachment->long_name);
    g_free(attachment->display_name);
    g_free(attachment->path);
    *attachment = (Attachment){0};
}

static char *attachment_name(const Attachment *attachment)
{
    const char *names[] = {attachment->long_name, attachment->title, attachment->short_name,
                           attachment->display_name};
    for (size_t i = 0; i < G_N_ELEMENTS(names); i++) {
        if (names[i] != NULL && names[i][0] != 0)
            return g_strdup(names[i]);
    }
    return g_strdup_printf("attachment %u", attachment->number);
}

// One stretch of bytes of an attachment. `what` tells several of one attachment apart.
static bool deliver_extent(Tnef *tnef, const char *name, const char *what, Extent extent)
{
    const Attachment *attachment = &tnef->attachment;
    g_autofree char *layer = g_strdup_printf("{\"attachment\":%u%s}", attachment->number, what);
    g_autoptr(Source) bytes = source_new_range(tnef->source, extent.offset, extent.size_bytes);
    ItemTimes times = attachment->times;
    if (times.modified.zone == ZONE_NONE)
        times.modified = tnef->sent;
    const Child child = {.name = name,
                         .layer = layer,
                         .source = bytes,
                         .times = times,
                         .status = attachment->is_cut ? STATUS_CORRUPT : STATUS_OK,
                         .reason = attachment->is_cut ? "the attachment breaks off" : NULL};
    return walk_child(tnef->walk, &child);
}

// Section 2.1.3.4: an object begins with the interface that reads it. A message is TNEF in its
// turn, an OLE object is a storage.
static Extent object_bytes(Source *source, const Property *object)
{
    static const uint8_t interface[16] = {[8] = 0xc0, [15] = 0x46};
    static const uint8_t message[4] = {7, 3, 2, 0}, storage[4] = {0x0b}, stream[4] = {0x0c};
    uint8_t first[16];
    Extent extent = {.offset = object->offset, .size_bytes = object->size_bytes};
    if (extent.size_bytes < sizeof first ||
        !source_read_exact(source, extent.offset, first, sizeof first, NULL) ||
        memcmp(first + 4, interface + 4, sizeof first - 4) != 0)
        return extent;
    if (memcmp(first, message, 4) == 0 || memcmp(first, storage, 4) == 0 ||
        memcmp(first, stream, 4) == 0) {
        extent.offset += sizeof first;
        extent.size_bytes -= sizeof first;
    }
    return extent;
}

static bool deliver_reference(Tnef *tnef, const char *name)
{
    const Attachment *attachment = &tnef->attachment;
    g_autofree char *layer = g_strdup_printf("{\"attachment\":%u}", attachment->number);
    g_autoptr(GPtrArray) findings = findings_new();
    findings_add(findings, FINDING_REFERENCE, 0, attachment->path);
    const Child child = {.name = name,
                         .layer = layer,
                         .times = attachment->times,
                         .findings = findings,
                         .status = STATUS_UNREADABLE,
                         .reason = "the attachment is only named here and lies elsewhere"};
    return walk_child(tnef->walk, &child);
}

static bool deliver_attachment(Tnef *tnef)
{
    const Attachment *attachment = &tnef->attachment;
    if (!attachment->begun)
        return true;
    g_autofree char *name = attachment_name(attachment);
    bool has_data = attachment->data.size_bytes > 0, has_object = attachment->object.size_bytes > 0;
    if (!has_data && !has_object && attachment->path != NULL)
        return deliver_reference(tnef, name);
    if (has_data && !deliver_extent(tnef, name, "", attachment->data))
        return false;
    if (has_object && !deliver_extent(tnef, name, ",\"part\":\"object\"",
                                      object_bytes(tnef->source, &attachment->object)))
        return false;
    if (attachment->metafile.size_bytes == 0)
        return true;
    g_autofree char *picture = g_strconcat(name, ".wmf", NULL);
    return deliver_extent(tnef, picture, ",\"part\":\"metafile\"", attachment->metafile);
}

static bool end_attachment(Tnef *tnef)
{
    bool ok = deliver_attachment(tnef);
    attachment_clear(&tnef->attachment);
    return ok;
}

static void take_text(Tnef *tnef, char **target, const Property *property)
{
    if (*target == NULL)
        *target = tnef_text(tnef->source, property, tnef->codepage);
}

static bool take_attachment_property(void *user_data, const Property *property)
{
    Tnef *tnef = user_data;
    Attachment *attachment = &tnef->attachment;
    switch (property->id) {
    case PROPERTY_ID_ATTACH_LONG_NAME:
        take_text(tnef, &attachment->long_name, property);
        break;
    case PROPERTY_ID_ATTACH_SHORT_NAME:
        take_text(tnef, &attachment->short_name, property);
        break;
    case PROPERTY_ID_DISPLAY_NAME:
        take_text(tnef, &attachment->display_name, property);
        break;
    case PROPERTY_ID_ATTACH_PATH:
    case PROPERTY_ID_ATTACH_LONG_PATH:
        take_text(tnef, &attachment->path, property);
        break;
    case PROPERTY_ID_ATTACH_DATA:
        attachment->object = *property;
        break;
    case PROPERTY_ID_ATTACH_RENDERING:
        if (attachment->metafile.size_bytes == 0)
            attachment->metafile =
                (Extent){.offset = property->offset, .size_bytes = property->size_bytes};
        break;
    default:
        break;
    }
    return true;
}

// ---- Messages ---------------------------------------------------------------------------------

static bool deliver_body(Tnef *tnef, const char *name, const char *layer, Source *bytes,
                         const char *media_type, Status status)
{
    const Child child = {.name = name,
                         .layer = layer,
                         .source = bytes,
                         .times = {.modified = tnef->sent},
                         .type = media_type != NULL ? sniff_by_media_type(media_type) : NULL,
                         .status = status,
                         .reason = status != STATUS_OK ? "the compressed RTF is damaged" : NULL};
    return walk_child(tnef->walk, &child);
}

static bool deliver_rtf(Tnef *tnef, const Property *property, const char *layer)
{
    g_autoptr(GError) error = NULL;
    g_autofree uint8_t *packed = NULL;
    g_autoptr(GBytes) rtf = NULL;
    bool is_damaged = false;
    if (property->size_bytes <= RTF_BYTES)
        packed = g_try_malloc((size_t)property->size_bytes);
    if (packed != NULL && source_read_exact(tnef->source, property->offset, packed,
                                            (size_t)property->size_bytes, &error))
        rtf = rtf_compressed_unpack(packed, (size_t)property->size_bytes, &is_damaged, &error);
    if (rtf == NULL) {
        walk_not_examined(tnef->walk, property->size_bytes,
                          "the message body could not be read%s%s", error != NULL ? ": " : "",
                          error != NULL ? error->message : "");
        return true;
    }
    g_autoptr(Source) bytes = source_new_bytes(g_steal_pointer(&rtf));
    return deliver_body(tnef, "body.rtf", layer, bytes, NULL,
                        is_damaged ? STATUS_CORRUPT : STATUS_OK);
}

static void add_address(Tnef *tnef, const Property *property)
{
    g_autofree char *address = tnef_text(tnef->source, property, tnef->codepage);
    if (address != NULL)
        mail_address_add(tnef->walk, address);
}

static bool take_message_property(void *user_data, const Property *property)
{
    Tnef *tnef = user_data;
    // A list may hold the same property twice.
    g_autofree char *layer = g_strdup_printf("{\"property\":\"%04x\",\"offset\":%" PRIu64 "}",
                                             property->id, property->offset);
    g_autoptr(Source) bytes =
        source_new_range(tnef->source, property->offset, property->size_bytes);
    bool ok = true;
    switch (property->id) {
    case PROPERTY_ID_RTF:
        ok = deliver_rtf(tnef, property, layer);
        break;
    case PROPERTY_ID_HTML:
        ok = deliver_body(tnef, "body.html", layer, bytes, "text/html", STATUS_OK);
        break;
    case PROPERTY_ID_BODY:
        ok = deliver_body(tnef, "body.txt", layer, bytes, "text/plain", STATUS_OK);
        break;
    case PROPERTY_ID_HEADERS:
        ok = deliver_body(tnef, "headers.txt", layer, bytes,
                          property->type == PROPERTY_STRING8 ? "message/rfc822" : NULL, STATUS_OK);
        break;
    case PROPERTY_ID_SENDER_ADDRESS:
    case PROPERTY_ID_SENDER_SMTP:
    case PROPERTY_ID_REPRESENTING_ADDRESS:
    case PROPERTY_ID_REPRESENTING_SMTP:
    case PROPERTY_ID_ADDRESS:
    case PROPERTY_ID_SMTP_ADDRESS:
        add_address(tnef, property);
        break;
    default:
        break;
    }
    tnef->stopped |= !ok;
    return ok;
}

// ---- Attributes -------------------------------------------------------------------------------

// Section 2.1.3.3.3.4: year, month, day, hour, minute, second, weekday; in UTC.
static ItemTime read_time(const Tnef *tnef, const Attribute *attribute)
{
    Cursor cursor = cursor_init(tnef->source, attribute->offset, attribute->size_bytes);
    int parts[6];
    for (size_t i = 0; i < G_N_ELEMENTS(parts); i++)
        parts[i] = cursor_u16(&cursor);
    ItemTime time = {.zone = ZONE_NONE};
    if (cursor.failed)
        return time;
    g_autoptr(GDateTime) date =
        g_date_time_new_utc(parts[0], parts[1], parts[2], parts[3], parts[4], parts[5]);
    if (date != NULL)
        time = (ItemTime){.seconds = g_date_time_to_unix(date), .zone = ZONE_UTC};
    return time;
}

static void damaged(Tnef *tnef, const Attribute *attribute, const char *what)
{
    walk_add_finding(tnef->walk, FINDING_DAMAGED, attribute->size_bytes,
                     "%s of the attribute at byte %" PRIu64 " %s", what, attribute->offset,
                     g_str_equal(what, "the checksum") ? "is wrong" : "break off");
}

static bool take_properties(Tnef *tnef, const Attribute *attribute,
                            bool (*found)(void *user_data, const Property *property))
{
    Cursor cursor = cursor_init(tnef->source, attribute->offset, attribute->size_bytes);
    if (!tnef_properties_read(&cursor, found, tnef) && !tnef->stopped)
        damaged(tnef, attribute, "the properties");
    return !tnef->stopped;
}

// A list of properties for each recipient.
static bool take_recipients(Tnef *tnef, const Attribute *attribute)
{
    Cursor cursor = cursor_init(tnef->source, attribute->offset, attribute->size_bytes);
    uint32_t count = cursor_u32(&cursor);
    for (uint32_t i = 0; i < count && !cursor.failed; i++) {
        if (!tnef_properties_read(&cursor, take_message_property, tnef))
            break;
    }
    return !tnef->stopped;
}

static bool take_message_attribute(Tnef *tnef, const Attribute *attribute)
{
    switch (attribute->which) {
    case ATTRIBUTE_OEM_CODEPAGE: {
        Cursor cursor = cursor_init(tnef->source, attribute->offset, attribute->size_bytes);
        tnef->codepage = cursor_u32(&cursor);
        return true;
    }
    case ATTRIBUTE_DATE_SENT:
        tnef->sent = read_time(tnef, attribute);
        return true;
    case ATTRIBUTE_BODY: {
        g_autofree char *layer =
            g_strdup_printf("{\"attribute\":\"body\",\"offset\":%" PRIu64 "}", attribute->offset);
        g_autoptr(Source) text =
            source_new_range(tnef->source, attribute->offset, attribute->size_bytes);
        return deliver_body(tnef, "body.txt", layer, text, "text/plain", STATUS_OK);
    }
    case ATTRIBUTE_MESSAGE_PROPERTIES:
        return take_properties(tnef, attribute, take_message_property);
    case ATTRIBUTE_RECIPIENTS:
        return take_recipients(tnef, attribute);
    default:
        return true;
    }
}

static bool take_attachment_attribute(Tnef *tnef, const Attribute *attribute)
{
    Attachment *attachment = &tnef->attachment;
    const Extent extent = {.offset = attribute->offset, .size_bytes = attribute->size_bytes};
    if (attribute->which == ATTRIBUTE_ATTACH_BEGIN) {
        if (!end_attachment(tnef))
            return false;
        attachment->begun = true;
        attachment->number = ++tnef->attachments;
        return true;
    }
    if (!attachment->begun) {
        attachment->begun = true;
        attachment->number = ++tnef->attachments;
    }
    attachment->is_cut |= attribute->is_cut;
    switch (attribute->which) {
    case ATTRIBUTE_ATTACH_TITLE:
        take_text(tnef, &attachment->title,
                  &(Property){.type = PROPERTY_STRING8,
                              .offset = extent.offset,
                              .size_bytes = extent.size_bytes});
        break;
    case ATTRIBUTE_ATTACH_DATA:
        attachment->data = extent;
        break;
    case ATTRIBUTE_ATTACH_METAFILE:
        attachment->metafile = extent;
        break;
    case ATTRIBUTE_ATTACH_CREATED:
        attachment->times.created = read_time(tnef, attribute);
        break;
    case ATTRIBUTE_ATTACH_MODIFIED:
        attachment->times.modified = read_time(tnef, attribute);
        break;
    case ATTRIBUTE_ATTACH_PROPERTIES:
        return take_properties(tnef, attribute, take_attachment_property);
    default:
        break;
    }
    return true;
}

// The sum of its bytes, modulo 65,536.
static bool checksum_is_right(Tnef *tnef, const Attribute *attribute, uint16_t said)
{
    uint8_t piece[4096];
    uint32_t sum = 0;
    for (uint64_t done = 0; done < attribute->size_bytes && !walk_is_over(tnef->walk);) {
        uint64_t left = attribute->size_bytes - done;
        ssize_t count = source_read(tnef->source, attribute->offset + done, piece,
                                    (size_t)MIN(left, (uint64_t)sizeof piece), NULL);
        if (count <= 0)
            return false;
        for (ssize_t i = 0; i < count; i++)
            sum += piece[i];
        done += (uint64_t)count;
    }
    return (sum & 0xffff) == said;
}

// False when no attribute lies at the cursor.
static bool read_attribute(Cursor *cursor, Attribute *ret_attribute)
{
    uint8_t level = cursor_u8(cursor);
    uint32_t which = cursor_u32(cursor), size = cursor_u32(cursor);
    if (cursor->failed || (level != 1 && level != 2))
        return false;
    uint64_t left = cursor->end - cursor->offset;
    *ret_attribute = (Attribute){.level = level,
                                 .which = which,
                                 .offset = cursor->offset,
                                 .size_bytes = MIN(size, left),
                                 .is_cut = size > left};
    return true;
}

// Returns where the attributes end.
static uint64_t take_attributes(Tnef *tnef)
{
    uint64_t end = SIGNATURE_BYTES;
    Cursor cursor = cursor_init(tnef->source, end, UINT64_MAX);
    Attribute attribute;
    while (!tnef->stopped && cursor.offset < cursor.end && !walk_is_over(tnef->walk) &&
           read_attribute(&cursor, &attribute)) {
        cursor_skip(&cursor, attribute.size_bytes);
        uint16_t checksum = cursor_u16(&cursor);
        if (attribute.is_cut)
            walk_set_status(tnef->walk, STATUS_CORRUPT,
                            "it breaks off in the attribute at byte %" PRIu64, attribute.offset);
        else if (!checksum_is_right(tnef, &attribute, checksum))
            damaged(tnef, &attribute, "the checksum");
        bool ok = attribute.level == 2 ? take_attachment_attribute(tnef, &attribute)
                                       : take_message_attribute(tnef, &attribute);
        tnef->stopped |= !ok;
        end = attribute.offset + attribute.size_bytes;
        end = cursor.failed ? cursor.end : end + CHECKSUM_BYTES;
        if (cursor.failed)
            break;
    }
    return end;
}

static void open_tnef(Walk *walk, Source *source)
{
    Tnef tnef = {.walk = walk, .source = source};
    uint64_t end = take_attributes(&tnef);
    tnef.stopped |= !tnef.stopped && !end_attachment(&tnef);
    attachment_clear(&tnef.attachment);
    uint64_t size = source_size(source);
    const Extent rest = {.offset = end, .size_bytes = size - MIN(end, size)};
    if (rest.size_bytes > 0 && !tnef.stopped)
        walk_leftover(walk, source, &rest, 1, LEFTOVER_APPENDED, 1);
}

const Container tnef_container = {.name = "TNEF", .fits = fits, .open = open_tnef};
