// SPDX-License-Identifier: Apache-2.0
#include "made_up.h"

#include <string.h>

#include "base/error.h"

static const MadeUp *made_up_rows;

void made_up_use(const MadeUp *rows)
{
    made_up_rows = rows;
}

static const MadeUp *row_of(Source *source)
{
    char first[32] = {0};
    source_read(source, 0, first, sizeof first - 1, NULL);
    for (const MadeUp *row = made_up_rows; first[0] == '#' && row->name != NULL; row++) {
        size_t length = strlen(row->name);
        if (strncmp(first + 1, row->name, length) == 0 && first[1 + length] == ':')
            return row;
    }
    return NULL;
}

static bool fits(const SniffType *type, Source *source)
{
    return row_of(source) != NULL;
}

static void open_row(Walk *walk, Source *source)
{
    row_of(source)->open(walk, source);
}

// The linker takes this one, because it comes first.
const Container *container_find(const SniffType *type, Source *source)
{
    static const Container made_up = {.name = "made up", .fits = fits, .open = open_row};
    return made_up.fits(type, source) ? &made_up : NULL;
}

static char *layer_of(unsigned number)
{
    return g_strdup_printf("{\"number\":%u}", number);
}

bool made_up_bytes(Walk *walk, unsigned number, const char *name, const void *bytes, size_t size)
{
    g_autofree char *layer = layer_of(number);
    g_autoptr(Source) source = source_new_memory(bytes, size);
    const Child child = {.name = name, .layer = layer, .source = source};
    return walk_child(walk, &child);
}

bool made_up_text(Walk *walk, unsigned number, const char *name, const char *text)
{
    return made_up_bytes(walk, number, name, text, strlen(text));
}

static ssize_t stream_read(void *user_data, void *target, size_t size, GError **err)
{
    MadeUpStream *stream = user_data;
    if (stream->size == 0 && stream->code != 0) {
        g_set_error(err, CLEW_ERROR, stream->code, "the stream broke");
        return -1;
    }
    size_t count = MIN(size, stream->size);
    memset(target, stream->fill, count);
    stream->size -= count;
    return (ssize_t)count;
}

bool made_up_stream(Walk *walk, unsigned number, const char *name, MadeUpStream stream)
{
    g_autofree char *layer = layer_of(number);
    const Child child = {.name = name,
                         .layer = layer,
                         .read = stream_read,
                         .user_data = &stream,
                         .has_size = stream.listed_bytes > 0,
                         .size_bytes = stream.listed_bytes};
    return walk_child(walk, &child);
}

GByteArray *made_up_picture(const char *name)
{
    g_autofree char *path =
        g_build_filename(g_getenv("CLEW_SOURCE"), "tests", "corpus", "still", name, NULL);
    char *bytes;
    size_t size;
    g_autoptr(GError) error = NULL;
    g_file_get_contents(path, &bytes, &size, &error);
    g_assert_no_error(error);
    // The first byte tells the fuzz target what to do.
    GByteArray *picture = g_byte_array_new_take((uint8_t *)bytes, size);
    return g_byte_array_remove_range(picture, 0, 1);
}

void append_text(GByteArray *bytes, const char *text)
{
    g_byte_array_append(bytes, (const uint8_t *)text, (unsigned)strlen(text));
}

void append_array(GByteArray *bytes, const GByteArray *more)
{
    g_byte_array_append(bytes, more->data, more->len);
}

void append_noise(GByteArray *bytes, size_t size)
{
    for (size_t i = 0; i < size; i++) {
        const uint8_t letter = (uint8_t)('a' + i * i % 23);
        g_byte_array_append(bytes, &letter, 1);
    }
}

void append_random(GByteArray *bytes, size_t size)
{
    GRand *rand = g_rand_new_with_seed(7);
    for (size_t i = 0; i < size; i++) {
        const uint8_t byte = (uint8_t)g_rand_int_range(rand, 0, 256);
        g_byte_array_append(bytes, &byte, 1);
    }
    g_rand_free(rand);
}

Walked *walk_text(const char *text)
{
    return walk_fixture_bytes(text, strlen(text), "evidence", (WalkFixtureOptions){0});
}

Walked *walk_array(const GByteArray *bytes)
{
    return walk_fixture_bytes(bytes->data, bytes->len, "evidence", (WalkFixtureOptions){0});
}

static char *story_of(const Walked *walked)
{
    GString *story = g_string_new(NULL);
    for (unsigned i = 0; i < walked->items->len; i++) {
        const WalkedItem *item = walked->items->pdata[i];
        if (!item->finished || item->depth == 0)
            continue;
        g_string_append_printf(story, "%s%s %s%s%s%s", story->len > 0 ? "\n" : "", item->path,
                               status_name(item->status), item->reason != NULL ? " [" : "",
                               item->reason != NULL ? item->reason : "",
                               item->reason != NULL ? "]" : "");
    }
    return g_string_free(story, FALSE);
}

void assert_story(const Walked *walked, const char *expected)
{
    g_autofree char *story = story_of(walked);
    g_assert_cmpstr(story, ==, expected);
}

void made_up_wrapped(Walk *walk, Source *source)
{
    size_t size;
    const uint8_t *bytes = source_map(source, &size, NULL);
    const uint8_t *colon = memchr(bytes, ':', size);
    size_t begin = (size_t)(colon + 1 - bytes);
    g_autoptr(Source) inner = source_new_range(source, begin, size - begin);
    const Child child = {.name = "inner", .layer = "{\"part\":1}", .source = inner};
    walk_child(walk, &child);
}
