// SPDX-License-Identifier: Apache-2.0
#include "evidence/sealed/pst.h"

#include <inttypes.h>
#include <libbfio.h>
#define LIBPFF_HAVE_BFIO 1
#include <libpff.h>
#include <string.h>

#include "base/error.h"
#include "base/limits.h"
#include "evidence/mail_address.h"
#include "evidence/sealed/bfio_source.h"
#include "evidence/sealed/pst_free.h"
#include "evidence/sealed/pst_values.h"

#define FOLDER_DEPTH 64u
#define EMBEDDED_DEPTH 16u // items attached to items
#define NAME_BYTES 1024u   // of a folder, a subject, an attachment
#define HEADERS_BYTES (1u << 20)

typedef struct {
    Walk *walk;
    Source *source;
    libpff_file_t *file;
    GHashTable *items;         // identifiers of those met: damage can list one twice, or in itself
    const GPtrArray *findings; // of what is being delivered; NULL: none
} Store;

// An item with what its children's names and layers begin with.
typedef struct {
    libpff_item_t *item;
    const char *path; // "Inbox/Subject"
    const char
        *place; // "\"item\":2097188", and for attached items "\"item\":2097188,\"in\":\"0.2\""
    const char *chain; // numbers of the attachments that lead to it: "", "0", "0.2"
    ItemTimes times;
    unsigned depth; // of attached items
} Entry;

static bool deliver_item(Store *store, const Entry *entry);

static bool fits(const SniffType *type, Source *source)
{
    return strcmp(type->media_type, "application/vnd.ms-outlook") == 0;
}

static void forget(libpff_error_t **error)
{
    if (*error != NULL)
        libpff_error_free(error);
}

// ---- Names ------------------------------------------------------------------------------------

// A component of a name: no slash, and no empty one.
static char *component(char *name, const char *otherwise)
{
    if (name == NULL || name[0] == 0) {
        g_free(name);
        return g_strdup(otherwise);
    }
    return g_strdelimit(name, "/", '_');
}

// A subject may begin with a byte 1 and the length of its prefix ("RE: ") as another (MS-OXCMSG
// 2.2.1.46).
static char *subject_of(libpff_item_t *item)
{
    char *subject = pst_text(item, 0, PST_SUBJECT, NAME_BYTES);
    if (subject != NULL && subject[0] == 1 && subject[1] != 0)
        memmove(subject, subject + 2, strlen(subject + 2) + 1);
    return component(subject, "no subject");
}

static char *folder_name(libpff_item_t *folder)
{
    return component(pst_text(folder, 0, PST_DISPLAY_NAME, NAME_BYTES), "");
}

static char *joined(const char *path, const char *name)
{
    if (name[0] == 0)
        return g_strdup(path);
    return path[0] == 0 ? g_strdup(name) : g_strconcat(path, "/", name, NULL);
}

static ItemTimes item_times(libpff_item_t *item)
{
    ItemTimes times = {.modified = pst_time(item, PST_DELIVERY_TIME),
                       .created = pst_time(item, PST_CREATION_TIME)};
    if (times.modified.zone == ZONE_NONE)
        times.modified = pst_time(item, PST_CLIENT_SUBMIT_TIME);
    if (times.modified.zone == ZONE_NONE)
        times.modified = pst_time(item, PST_MODIFICATION_TIME);
    return times;
}

// ---- Bodies and headers -----------------------------------------------------------------------

static bool deliver_bytes(Store *store, const Entry *entry, const char *name, const void *bytes,
                          size_t size, const char *media_type)
{
    g_autofree char *path = joined(entry->path, name);
    g_autofree char *layer = g_strdup_printf("{%s,\"part\":\"%s\"}", entry->place, name);
    g_autoptr(Source) source = source_new_memory(bytes, size);
    const Child child = {.name = path,
                         .layer = layer,
                         .source = source,
                         .times = entry->times,
                         .findings = store->findings,
                         .type = media_type != NULL ? sniff_by_media_type(media_type) : NULL};
    return walk_child(store->walk, &child);
}

typedef struct {
    const char *name;
    const char *media_type; // NULL: by its bytes
    int (*get_size)(libpff_item_t *item, size_t *size, libpff_error_t **error);
    int (*get)(libpff_item_t *item, uint8_t *bytes, size_t size, libpff_error_t **error);
} Body;

// The library adds a NUL to what it hands out.
static bool deliver_body(Store *store, const Entry *entry, const Body *body)
{
    libpff_error_t *error = NULL;
    size_t size = 0;
    int found = body->get_size(entry->item, &size, &error);
    forget(&error);
    if (found != 1 || size <= 1)
        return true;
    if (size > LIMIT_EVIDENCE_MEMORY_BYTES) {
        walk_not_examined(store->walk, size, "%s of %s is too large", body->name, entry->path);
        return true;
    }
    g_autofree uint8_t *bytes = g_try_malloc(size);
    if (bytes == NULL || body->get(entry->item, bytes, size, &error) != 1) {
        forget(&error);
        walk_not_examined(store->walk, size, "%s of %s could not be read", body->name, entry->path);
        return true;
    }
    if (bytes[size - 1] == 0)
        size--;
    return deliver_bytes(store, entry, body->name, bytes, size, body->media_type);
}

static bool deliver_bodies(Store *store, const Entry *entry)
{
    static const Body bodies[] = {
        {"body.txt", "text/plain", libpff_message_get_plain_text_body_size,
         libpff_message_get_plain_text_body},
        {"body.html", "text/html", libpff_message_get_html_body_size, libpff_message_get_html_body},
        {"body.rtf", NULL, libpff_message_get_rtf_body_size, libpff_message_get_rtf_body},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(bodies); i++)
        if (!deliver_body(store, entry, &bodies[i]))
            return false;
    return true;
}

static void add_address(Store *store, libpff_item_t *item, int set, PstProperty property)
{
    g_autofree char *address = pst_text(item, set, property, NAME_BYTES);
    if (address != NULL)
        mail_address_add(store->walk, address);
}

// Items that never left this computer have no headers: their addresses are said of the store.
static void add_addresses(Store *store, libpff_item_t *item)
{
    static const PstProperty senders[] = {PST_SENDER_SMTP_ADDRESS, PST_SENDER_ADDRESS,
                                          PST_REPRESENTING_SMTP_ADDRESS, PST_REPRESENTING_ADDRESS};
    for (size_t i = 0; i < G_N_ELEMENTS(senders); i++)
        add_address(store, item, 0, senders[i]);
    libpff_error_t *error = NULL;
    libpff_item_t *recipients = NULL;
    int count = 0;
    if (libpff_message_get_recipients(item, &recipients, &error) == 1 &&
        libpff_item_get_number_of_record_sets(recipients, &count, &error) == 1) {
        for (int i = 0; i < count && i < (int)LIMIT_ITEM_IDENTIFIERS; i++) {
            add_address(store, recipients, i, PST_SMTP_ADDRESS);
            add_address(store, recipients, i, PST_ADDRESS);
        }
    }
    forget(&error);
    if (recipients != NULL)
        libpff_item_free(&recipients, NULL);
}

static bool deliver_headers(Store *store, const Entry *entry)
{
    g_autofree char *headers = pst_text(entry->item, 0, PST_TRANSPORT_HEADERS, HEADERS_BYTES);
    if (headers != NULL)
        return deliver_bytes(store, entry, "headers.txt", headers, strlen(headers),
                             "message/rfc822");
    add_addresses(store, entry->item);
    return true;
}

// ---- Attachments ------------------------------------------------------------------------------

static ssize_t read_attachment(void *user_data, void *target, size_t size, GError **err)
{
    libpff_error_t *error = NULL;
    ssize_t count = libpff_attachment_data_read_buffer(user_data, target, size, &error);
    if (count < 0)
        bfio_source_take_error((libbfio_error_t **)&error, CLEW_ERROR_CORRUPT,
                               "the attachment cannot be read", err);
    return count;
}

static char *attachment_name(libpff_item_t *attachment, int number)
{
    static const PstProperty names[] = {PST_ATTACHMENT_LONG_NAME, PST_ATTACHMENT_SHORT_NAME,
                                        PST_DISPLAY_NAME};
    g_autofree char *otherwise = g_strdup_printf("attachment %d", number);
    for (size_t i = 0; i < G_N_ELEMENTS(names); i++) {
        char *name = pst_text(attachment, 0, names[i], NAME_BYTES);
        if (name != NULL)
            return component(name, otherwise);
    }
    return g_steal_pointer(&otherwise);
}

static ItemTimes attachment_times(libpff_item_t *attachment, const Entry *entry)
{
    ItemTimes times = {.modified = pst_time(attachment, PST_MODIFICATION_TIME),
                       .created = pst_time(attachment, PST_CREATION_TIME)};
    if (times.modified.zone == ZONE_NONE)
        times.modified = entry->times.modified;
    return times;
}

static bool deliver_reference(Store *store, libpff_item_t *attachment, Child *child)
{
    g_autofree char *target = pst_text(attachment, 0, PST_ATTACHMENT_LONG_PATH, NAME_BYTES);
    if (target == NULL)
        target = pst_text(attachment, 0, PST_ATTACHMENT_PATH, NAME_BYTES);
    g_autoptr(GPtrArray) findings = findings_new();
    if (store->findings != NULL)
        findings_copy(findings, store->findings);
    findings_add(findings, FINDING_REFERENCE, 0, target != NULL ? target : "it is not said where");
    child->findings = findings;
    child->status = STATUS_UNREADABLE;
    child->reason = "the attachment is only named here and lies elsewhere";
    return walk_child(store->walk, child);
}

static bool deliver_embedded(Store *store, libpff_item_t *attachment, const Entry *entry,
                             Child *child, int number)
{
    libpff_error_t *error = NULL;
    libpff_item_t *item = NULL;
    bool is_deep = entry->depth >= EMBEDDED_DEPTH;
    if (is_deep || libpff_attachment_get_item(attachment, &item, &error) != 1) {
        forget(&error);
        child->status = is_deep ? STATUS_LIMIT : STATUS_CORRUPT;
        child->reason = is_deep ? "items are attached to items too many times"
                                : "the attached item cannot be opened";
        return walk_child(store->walk, child);
    }
    g_autofree char *chain = entry->chain[0] != 0 ? g_strdup_printf("%s.%d", entry->chain, number)
                                                  : g_strdup_printf("%d", number);
    const char *end = strstr(entry->place, ",\"in\"");
    int length = end != NULL ? (int)(end - entry->place) : (int)strlen(entry->place);
    g_autofree char *place = g_strdup_printf("%.*s,\"in\":\"%s\"", length, entry->place, chain);
    const Entry inner = {.item = item,
                         .path = child->name,
                         .place = place,
                         .chain = chain,
                         .times = item_times(item),
                         .depth = entry->depth + 1};
    bool ok = deliver_item(store, &inner);
    libpff_item_free(&item, NULL);
    return ok;
}

static bool deliver_data(Store *store, libpff_item_t *attachment, Child *child)
{
    libpff_error_t *error = NULL;
    size64_t size = 0;
    child->has_size = libpff_attachment_get_data_size(attachment, &size, &error) == 1;
    child->size_bytes = size;
    if (libpff_attachment_data_seek_offset(attachment, 0, SEEK_SET, &error) < 0)
        child->has_size = false;
    forget(&error);
    child->read = read_attachment;
    child->user_data = attachment;
    return walk_child(store->walk, child);
}

static bool deliver_attachment(Store *store, const Entry *entry, libpff_item_t *attachment,
                               int number)
{
    g_autofree char *name = attachment_name(attachment, number);
    g_autofree char *path = joined(entry->path, name);
    g_autofree char *layer = g_strdup_printf("{%s,\"attachment\":%d}", entry->place, number);
    Child child = {.name = path,
                   .layer = layer,
                   .times = attachment_times(attachment, entry),
                   .findings = store->findings};
    libpff_error_t *error = NULL;
    int type = LIBPFF_ATTACHMENT_TYPE_UNDEFINED;
    libpff_attachment_get_type(attachment, &type, &error);
    forget(&error);
    switch (type) {
    case LIBPFF_ATTACHMENT_TYPE_DATA:
        return deliver_data(store, attachment, &child);
    case LIBPFF_ATTACHMENT_TYPE_ITEM:
        return deliver_embedded(store, attachment, entry, &child, number);
    case LIBPFF_ATTACHMENT_TYPE_REFERENCE:
        return deliver_reference(store, attachment, &child);
    default:
        child.status = STATUS_UNSUPPORTED;
        child.reason = "the attachment is of a kind that is not known";
        return walk_child(store->walk, &child);
    }
}

static bool deliver_attachments(Store *store, const Entry *entry)
{
    libpff_error_t *error = NULL;
    int count = 0;
    if (libpff_message_get_number_of_attachments(entry->item, &count, &error) != 1)
        count = 0;
    forget(&error);
    for (int i = 0; i < count; i++) {
        libpff_item_t *attachment = NULL;
        if (walk_is_over(store->walk))
            return false;
        if (libpff_message_get_attachment(entry->item, i, &attachment, &error) != 1) {
            forget(&error);
            walk_add_finding(store->walk, FINDING_DAMAGED, 0,
                             "attachment %d of %s cannot be opened", i, entry->path);
            continue;
        }
        bool ok = deliver_attachment(store, entry, attachment, i);
        libpff_item_free(&attachment, NULL);
        if (!ok)
            return false;
    }
    return true;
}

static bool deliver_item(Store *store, const Entry *entry)
{
    return deliver_headers(store, entry) && deliver_bodies(store, entry) &&
           deliver_attachments(store, entry);
}

// ---- Folders ----------------------------------------------------------------------------------

static bool walk_item(Store *store, libpff_item_t *item, const char *path, const char *place,
                      unsigned depth);

// Takes the item.
static bool take_item(Store *store, libpff_item_t *item, const char *path, unsigned depth)
{
    libpff_error_t *error = NULL;
    uint32_t identifier = 0;
    libpff_item_get_identifier(item, &identifier, &error);
    forget(&error);
    g_autofree char *place = g_strdup_printf("\"item\":%" PRIu32, identifier);
    bool is_new = g_hash_table_add(store->items, GUINT_TO_POINTER(identifier));
    bool ok = !is_new || walk_item(store, item, path, place, depth);
    libpff_item_free(&item, NULL);
    return ok;
}

typedef int (*GetCount)(libpff_item_t *item, int *count, libpff_error_t **error);
typedef int (*GetItem)(libpff_item_t *item, int index, libpff_item_t **ret_item,
                       libpff_error_t **error);

static bool walk_items(Store *store, libpff_item_t *folder, const char *path, unsigned depth,
                       GetCount get_count, GetItem get_item)
{
    libpff_error_t *error = NULL;
    int count = 0;
    // Undefined items have none of these, which is no damage.
    if (get_count(folder, &count, &error) != 1)
        count = 0;
    forget(&error);
    for (int i = 0; i < count; i++) {
        libpff_item_t *item = NULL;
        if (walk_is_over(store->walk))
            return false;
        if (get_item(folder, i, &item, &error) != 1) {
            forget(&error);
            walk_add_finding(store->walk, FINDING_DAMAGED, 0, "item %d in %s cannot be opened", i,
                             path[0] != 0 ? path : "the store");
            continue;
        }
        if (!take_item(store, item, path, depth + 1))
            return false;
    }
    return true;
}

static bool walk_folder(Store *store, libpff_item_t *folder, const char *path, unsigned depth)
{
    g_autofree char *name = folder_name(folder);
    g_autofree char *inner = joined(path, name);
    // Items that views and rules are kept in. Outlook does not show them.
    g_autofree char *hidden = joined(inner, "(associated)");
    return walk_items(store, folder, inner, depth, libpff_item_get_number_of_sub_items,
                      libpff_item_get_sub_item) &&
           walk_items(store, folder, hidden, depth,
                      libpff_folder_get_number_of_sub_associated_contents,
                      libpff_folder_get_sub_associated_content);
}

static bool walk_item(Store *store, libpff_item_t *item, const char *path, const char *place,
                      unsigned depth)
{
    libpff_error_t *error = NULL;
    uint8_t type = LIBPFF_ITEM_TYPE_UNDEFINED;
    libpff_item_get_type(item, &type, &error);
    forget(&error);
    bool has_items = type == LIBPFF_ITEM_TYPE_FOLDER || type == LIBPFF_ITEM_TYPE_UNDEFINED;
    if (has_items && depth >= FOLDER_DEPTH) {
        walk_set_status(store->walk, STATUS_LIMIT, "folders are nested deeper than %u",
                        FOLDER_DEPTH);
        return true;
    }
    if (type == LIBPFF_ITEM_TYPE_FOLDER)
        return walk_folder(store, item, path, depth);
    g_autofree char *subject = subject_of(item);
    g_autofree char *own = joined(path, subject);
    const Entry entry = {
        .item = item, .path = own, .place = place, .chain = "", .times = item_times(item)};
    // Undefined items are the store itself, name tables, and what the library cannot place.
    if (type == LIBPFF_ITEM_TYPE_UNDEFINED)
        return deliver_attachments(store, &entry) &&
               walk_items(store, item, path, depth, libpff_item_get_number_of_sub_items,
                          libpff_item_get_sub_item);
    return deliver_item(store, &entry);
}

static bool walk_root(Store *store)
{
    libpff_error_t *error = NULL;
    libpff_item_t *root = NULL;
    if (libpff_file_get_root_item(store->file, &root, &error) == 1)
        return take_item(store, root, "", 0);
    g_autoptr(GError) failure = NULL;
    bfio_source_take_error((libbfio_error_t **)&error, CLEW_ERROR_CORRUPT,
                           "the store's items cannot be listed", &failure);
    walk_set_error(store->walk, failure);
    return true;
}

// ---- Deleted items ----------------------------------------------------------------------------

typedef int (*GetFromFile)(libpff_file_t *file, int index, libpff_item_t **item,
                           libpff_error_t **error);

static bool walk_lost(Store *store, int count, GetFromFile get, const char *word,
                      FindingType finding, const char *detail)
{
    g_autoptr(GPtrArray) findings = findings_new();
    findings_add(findings, finding, 0, detail);
    store->findings = findings;
    g_autofree char *path = g_strdup_printf("(%s)", word);
    bool ok = true;
    for (int i = 0; ok && i < count && !walk_is_over(store->walk); i++) {
        libpff_error_t *error = NULL;
        libpff_item_t *item = NULL;
        if (get(store->file, i, &item, &error) != 1) {
            forget(&error);
            continue;
        }
        g_autofree char *place = g_strdup_printf("\"%s\":%d", word, i);
        ok = walk_item(store, item, path, place, 1);
        libpff_item_free(&item, NULL);
    }
    store->findings = NULL;
    return ok;
}

static bool walk_deleted(Store *store)
{
    libpff_error_t *error = NULL;
    int recovered = 0, orphans = 0;
    if (libpff_file_recover_items(store->file, 0, &error) != 1)
        walk_add_finding(store->walk, FINDING_DAMAGED, 0, "deleted items could not be looked for");
    forget(&error);
    libpff_file_get_number_of_recovered_items(store->file, &recovered, &error);
    forget(&error);
    libpff_file_get_number_of_orphan_items(store->file, &orphans, &error);
    forget(&error);
    return walk_lost(store, recovered, libpff_file_get_recovered_item_by_index, "recovered",
                     FINDING_DELETED, "the store lists it no more") &&
           walk_lost(store, orphans, libpff_file_get_orphan_item_by_index, "orphan", FINDING_ORPHAN,
                     "its folder is gone");
}

// ---- The whole --------------------------------------------------------------------------------

// Reads for the library, and stops it when the walk is over: it can be busy for long.
typedef struct {
    Walk *walk;
    Source *source;
    libpff_file_t *file;
} Watch;

static ssize_t watched_read_at(void *user_data, uint64_t offset, void *target, size_t size,
                               GError **err)
{
    Watch *watch = user_data;
    if (walk_is_over(watch->walk)) {
        if (watch->file != NULL)
            libpff_file_signal_abort(watch->file, NULL);
        g_set_error_literal(err, CLEW_ERROR, CLEW_ERROR_CANCELLED, "the walk is over");
        return -1;
    }
    return source_read(watch->source, offset, target, size, err);
}

static void say_flags(Store *store)
{
    libpff_error_t *error = NULL;
    libpff_item_t *message_store = NULL;
    uint32_t password = 0;
    if (libpff_file_get_message_store(store->file, &message_store, &error) == 1 &&
        pst_number(message_store, PST_STORE_PASSWORD, &password) && password != 0)
        walk_add_finding(store->walk, FINDING_ENCRYPTED, 0,
                         "a password is set, which only makes Outlook ask for it: nothing is "
                         "encrypted and all was read");
    forget(&error);
    if (message_store != NULL)
        libpff_item_free(&message_store, NULL);
    if (libpff_file_is_corrupted(store->file, &error) == 1)
        walk_add_finding(store->walk, FINDING_DAMAGED, 0, "tables of the store are damaged");
    forget(&error);
}

// The store says how long it is.
static bool compare_size(Store *store)
{
    libpff_error_t *error = NULL;
    size64_t said = 0;
    uint64_t size = source_size(store->source);
    int found = libpff_file_get_size(store->file, &said, &error);
    forget(&error);
    if (found != 1 || said == size)
        return true;
    if (said > size) {
        walk_set_status(store->walk, STATUS_CORRUPT,
                        "the store breaks off: %" PRIu64 " of its %" PRIu64 " bytes are there",
                        size, (uint64_t)said);
        return true;
    }
    const Extent behind = {.offset = said, .size_bytes = size - said};
    return walk_leftover(store->walk, store->source, &behind, 1, LEFTOVER_APPENDED, 1);
}

static void walk_store(Store *store)
{
    say_flags(store);
    if (walk_root(store) && walk_deleted(store) && compare_size(store))
        pst_search_free(store->walk, store->source, store->file);
}

static bool open_file(Watch *watch, libbfio_handle_t *handle, GError **err)
{
    libpff_error_t *error = NULL;
    if (libpff_file_initialize(&watch->file, &error) == 1 &&
        libpff_file_open_file_io_handle(watch->file, handle, LIBPFF_OPEN_READ, &error) == 1)
        return true;
    return bfio_source_take_error((libbfio_error_t **)&error, CLEW_ERROR_CORRUPT,
                                  "the Outlook store cannot be opened", err);
}

static void open_store(Walk *walk, Source *source)
{
    static const SourceOps ops = {watched_read_at, NULL};
    Watch watch = {.walk = walk, .source = source};
    g_autoptr(Source) watched = source_new(&ops, &watch, source_size(source));
    g_autoptr(GError) error = NULL;
    libbfio_handle_t *handle = bfio_source_handle(watched, &error);
    if (handle != NULL && open_file(&watch, handle, &error)) {
        g_autoptr(GHashTable) items = g_hash_table_new(NULL, NULL);
        Store store = {.walk = walk, .source = source, .file = watch.file, .items = items};
        walk_store(&store);
    }
    if (watch.file != NULL)
        libpff_file_free(&watch.file, NULL);
    if (handle != NULL)
        libbfio_handle_free(&handle, NULL);
    if (error == NULL)
        return;
    walk_set_error(walk, error);
    // Behind the magic, so that it is not taken for a store inside itself.
    uint64_t size = source_size(source);
    const Extent rest = {.offset = 4, .size_bytes = size - MIN(size, 4)};
    if (rest.size_bytes > 0)
        walk_leftover(walk, source, &rest, 1, LEFTOVER_GAP, 1);
}

const Container pst_container = {.name = "Outlook store", .fits = fits, .open = open_store};
