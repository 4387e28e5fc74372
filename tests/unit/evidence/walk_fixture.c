// SPDX-License-Identifier: Apache-2.0
#include "walk_fixture.h"

#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/encoding.h"

typedef struct {
    Walked *walked;
    WalkFixtureOptions options;
    GPtrArray *open; // of WalkedItem *, announced; [i] is the last with depth i + 1
    GByteArray *contents;
} Sink;

static void item_free(void *pointer)
{
    WalkedItem *item = pointer;
    g_free(item->path);
    g_free(item->locator);
    g_free(item->name);
    g_free(item->layer);
    g_free(item->reason);
    g_free(item->sha256);
    g_free(item->md5);
    g_clear_pointer(&item->findings, g_ptr_array_unref);
    g_clear_pointer(&item->identifiers, g_ptr_array_unref);
    g_clear_pointer(&item->contents, g_byte_array_unref);
    g_free(item);
}

// The announced item around a place; stretches have none of their own.
static const WalkedItem *container_of(const Sink *sink, unsigned depth)
{
    for (unsigned i = MIN(depth - 1, sink->open->len); i-- > 0;)
        if (sink->open->pdata[i] != NULL)
            return sink->open->pdata[i];
    return NULL;
}

static bool announce(void *user_data, const WalkItem *announced)
{
    Sink *sink = user_data;
    g_assert_cmpuint(announced->depth, >, 0);
    g_assert_nonnull(announced->name);
    g_assert_nonnull(announced->layer);
    g_assert_true(g_str_has_prefix(announced->layer, "{"));
    g_ptr_array_set_size(sink->open, (int)announced->depth - 1);
    const WalkedItem *around = container_of(sink, announced->depth);
    WalkedItem *item = g_new0(WalkedItem, 1);
    item->name = g_strdup(announced->name);
    item->layer = g_strdup(announced->layer);
    item->path =
        around == NULL ? g_strdup(item->name) : g_strconcat(around->path, " > ", item->name, NULL);
    item->locator = around == NULL ? g_strdup(item->layer)
                                   : g_strconcat(around->locator, ",", item->layer, NULL);
    item->depth = announced->depth;
    memcpy(item->place, announced->place, announced->depth * sizeof announced->place[0]);
    item->is_structure = announced->is_structure;
    item->times = announced->times;
    g_ptr_array_add(sink->walked->items, item);
    g_ptr_array_add(sink->open, item);
    g_byte_array_set_size(sink->contents, 0);
    return true;
}

static bool contents(void *user_data, const uint8_t *bytes, size_t size)
{
    Sink *sink = user_data;
    if (sink->options.keeps_contents)
        g_byte_array_append(sink->contents, bytes, (unsigned)size);
    return true;
}

static WalkedItem *item_to_finish(Sink *sink, const WalkItem *told)
{
    if (told->depth > 0)
        return sink->open->pdata[told->depth - 1];
    WalkedItem *root = g_new0(WalkedItem, 1);
    root->name = g_strdup(told->name);
    root->path = g_strdup("");
    root->locator = g_strdup("");
    root->layer = g_strdup("");
    g_ptr_array_add(sink->walked->items, root);
    return root;
}

static bool finish(void *user_data, const WalkItem *told)
{
    Sink *sink = user_data;
    WalkedItem *item = item_to_finish(sink, told);
    item->finished = true;
    item->status = told->status;
    item->reason = g_strdup(told->reason);
    g_assert_true((told->status == STATUS_OK) == (told->reason == NULL));
    item->type = told->type;
    item->size_bytes = told->size_bytes;
    item->not_examined_bytes = told->not_examined_bytes;
    item->has_digests = told->has_digests;
    if (told->has_digests) {
        item->sha256 = encoding_hex_new(told->digests.sha256, SHA256_BYTES);
        item->md5 = encoding_hex_new(told->digests.md5, MD5_BYTES);
    }
    item->findings = findings_new();
    if (told->findings != NULL)
        findings_copy(item->findings, told->findings);
    item->identifiers = identifiers_new();
    for (unsigned i = 0; told->identifiers != NULL && i < told->identifiers->len; i++) {
        const Identifier *identifier = told->identifiers->pdata[i];
        identifiers_add(item->identifiers, identifier->kind, identifier->value);
    }
    if (told->has_contents && sink->options.keeps_contents) {
        item->contents = g_byte_array_new();
        g_byte_array_append(item->contents, sink->contents->data, sink->contents->len);
    }
    g_byte_array_set_size(sink->contents, 0);
    // In the order of finishing.
    g_ptr_array_set_free_func(sink->walked->items, NULL);
    g_ptr_array_remove(sink->walked->items, item);
    g_ptr_array_set_free_func(sink->walked->items, item_free);
    g_ptr_array_add(sink->walked->items, item);
    return true;
}

static bool progress(void *user_data, uint64_t bytes)
{
    Sink *sink = user_data;
    sink->walked->progress_bytes += bytes;
    return true;
}

static int sibling(void *user_data, const char *name, uint64_t *ret_size_bytes)
{
    const Sink *sink = user_data;
    if (sink->options.folder == NULL || strchr(name, '/') != NULL)
        return -1;
    g_autofree char *path = g_build_filename(sink->options.folder, name, NULL);
    int descriptor = open(path, O_RDONLY | O_CLOEXEC);
    struct stat status;
    if (descriptor >= 0 && fstat(descriptor, &status) == 0)
        *ret_size_bytes = (uint64_t)status.st_size;
    return descriptor;
}

// Every worker walks structures; the items in them are dealt out by their ordinals.
static WalkChoice deal(void *user_data, const WalkItem *item)
{
    const Sink *sink = user_data;
    if (item->name == NULL) { // a stretch of searched space: what it holds lies in no item
        g_ptr_array_set_size(sink->open, (int)item->depth - 1);
        g_ptr_array_add(sink->open, NULL);
    }
    if (sink->options.choose != NULL)
        return sink->options.choose(sink->options.choose_data, item);
    if (sink->options.shares <= 1)
        return WALK_TAKE;
    for (unsigned i = 0; i + 1 < item->depth; i++) {
        const WalkedItem *around = i < sink->open->len ? sink->open->pdata[i] : NULL;
        if (around == NULL || !around->is_structure)
            return WALK_TAKE;
    }
    if (item->is_structure)
        return sink->options.share == 0 ? WALK_TAKE : WALK_PASS;
    return item->place[item->depth - 1] % sink->options.shares == sink->options.share ? WALK_TAKE
                                                                                      : WALK_SKIP;
}

static Walked *run(Source *source, const char *name, WalkFixtureOptions options)
{
    Walked *walked = g_new0(Walked, 1);
    walked->items = g_ptr_array_new_with_free_func(item_free);
    Sink sink = {.walked = walked,
                 .options = options,
                 .open = g_ptr_array_new(),
                 .contents = g_byte_array_new()};
    g_autofree char *spool_path = NULL;
    int spool = g_file_open_tmp("clew-test-XXXXXX", &spool_path, NULL);
    unlink(spool_path);
    const WalkOptions walk_options = {.name = name,
                                      .passes_root = options.share > 0,
                                      .passwords = options.passwords,
                                      .verify_images = options.verify_images,
                                      .spool = spool,
                                      .time_limit_ms = options.time_limit_ms};
    const WalkSink walk_sink = {.choose = deal,
                                .announce = announce,
                                .contents = contents,
                                .finish = finish,
                                .progress = progress,
                                .sibling = sibling,
                                .user_data = &sink};
    g_assert_true(walk_run(source, &walk_options, &walk_sink) || options.may_end);
    close(spool);
    g_ptr_array_unref(sink.open);
    g_byte_array_unref(sink.contents);
    return walked;
}

Walked *walk_fixture_file(const char *path, WalkFixtureOptions options)
{
    int descriptor = open(path, O_RDONLY | O_CLOEXEC);
    struct stat status;
    if (descriptor < 0 || fstat(descriptor, &status) != 0)
        g_error("cannot open %s", path);
    g_autofree char *folder = g_path_get_dirname(path);
    g_autofree char *name = g_path_get_basename(path);
    if (options.folder == NULL)
        options.folder = folder;
    g_autoptr(Source) source = source_new_descriptor(descriptor, (uint64_t)status.st_size);
    return run(source, name, options);
}

Walked *walk_fixture_bytes(const void *bytes, size_t size, const char *name,
                           WalkFixtureOptions options)
{
    g_autoptr(Source) source = source_new_memory(bytes, size);
    return run(source, name, options);
}

Walked *walk_fixture_media(const char *relative, WalkFixtureOptions options)
{
    const char *media = g_getenv("CLEW_TEST_MEDIA");
    if (media == NULL) {
        g_test_skip("CLEW_TEST_MEDIA is not set");
        return NULL;
    }
    g_autofree char *path = g_build_filename(media, relative, NULL);
    return walk_fixture_file(path, options);
}

const WalkedItem *walked_find(const Walked *walked, const char *path)
{
    for (unsigned i = 0; i < walked->items->len; i++) {
        const WalkedItem *item = walked->items->pdata[i];
        if (item->finished && g_str_equal(item->path, path))
            return item;
    }
    return NULL;
}

const WalkedItem *walked_find_sha256(const Walked *walked, const char *sha256)
{
    for (unsigned i = 0; i < walked->items->len; i++) {
        const WalkedItem *item = walked->items->pdata[i];
        if (item->finished && g_strcmp0(item->sha256, sha256) == 0)
            return item;
    }
    return NULL;
}

const WalkedItem *walked_root(const Walked *walked)
{
    return walked->items->pdata[walked->items->len - 1];
}

const char *walked_finding(const WalkedItem *item, FindingType type)
{
    for (unsigned i = 0; i < item->findings->len; i++) {
        const Finding *finding = item->findings->pdata[i];
        if (finding->type == type)
            return finding->detail != NULL ? finding->detail : "";
    }
    return NULL;
}

unsigned walked_count(const Walked *walked, bool (*is_wanted)(const WalkedItem *item))
{
    unsigned count = 0;
    for (unsigned i = 0; i < walked->items->len; i++)
        count += is_wanted(walked->items->pdata[i]);
    return count;
}

void walked_dump(const Walked *walked)
{
    for (unsigned i = 0; i < walked->items->len; i++) {
        const WalkedItem *item = walked->items->pdata[i];
        if (!item->finished)
            continue;
        g_autofree char *path = g_strescape(item->path, NULL);
        g_printerr("# %-9s %10" G_GUINT64_FORMAT " %.8s %-26s %s%s%s\n", status_name(item->status),
                   item->size_bytes, item->sha256 != NULL ? item->sha256 : "-",
                   item->type != NULL ? item->type->media_type : "-", path,
                   item->reason != NULL ? "  -- " : "", item->reason != NULL ? item->reason : "");
        for (unsigned f = 0; item->findings != NULL && f < item->findings->len; f++) {
            const Finding *finding = item->findings->pdata[f];
            g_printerr("#      %s %" G_GUINT64_FORMAT " %s\n", finding_type_name(finding->type),
                       finding->bytes, finding->detail != NULL ? finding->detail : "");
        }
    }
}

void walked_free(Walked *walked)
{
    if (walked == NULL)
        return;
    g_ptr_array_unref(walked->items);
    g_free(walked);
}
