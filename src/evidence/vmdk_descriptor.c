// SPDX-License-Identifier: Apache-2.0
#include "evidence/vmdk_descriptor.h"

#include <string.h>

#include "base/error.h"

static void free_extent(void *pointer)
{
    VmdkExtent *extent = pointer;
    g_free(extent->kind_name);
    g_free(extent->name);
    g_free(extent);
}

void vmdk_descriptor_free(VmdkDescriptor *descriptor)
{
    if (descriptor == NULL)
        return;
    g_free(descriptor->create_type);
    g_free(descriptor->parent_name);
    g_ptr_array_unref(descriptor->extents);
    g_free(descriptor);
}

// The next word, or what stands in quotation marks. NULL at the end of the line.
static char *take_word(const char **line)
{
    const char *at = *line;
    while (*at == ' ' || *at == '\t')
        at++;
    if (*at == 0)
        return NULL;
    bool is_quoted = *at == '"';
    at += is_quoted;
    size_t length = strcspn(at, is_quoted ? "\"" : " \t");
    char *word = g_strndup(at, length);
    *line = at + length + (is_quoted && at[length] == '"');
    return word;
}

static bool take_number(const char **line, uint64_t *ret_number)
{
    g_autofree char *word = take_word(line);
    return word != NULL &&
           g_ascii_string_to_unsigned(word, 10, 0, INT64_MAX / 512, ret_number, NULL);
}

static VmdkExtentKind kind_of(const char *name)
{
    static const struct {
        const char *name;
        VmdkExtentKind kind;
    } kinds[] = {
        {"FLAT", VMDK_EXTENT_FLAT},     {"VMFS", VMDK_EXTENT_FLAT},
        {"SPARSE", VMDK_EXTENT_SPARSE}, {"VMFSSPARSE", VMDK_EXTENT_SPARSE},
        {"ZERO", VMDK_EXTENT_ZERO},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(kinds); i++)
        if (g_ascii_strcasecmp(name, kinds[i].name) == 0)
            return kinds[i].kind;
    return VMDK_EXTENT_OTHER;
}

// RW SECTORS KIND "NAME" OFFSET
static void take_extent(VmdkDescriptor *descriptor, const char *line)
{
    VmdkExtent extent = {0};
    if (descriptor->extents->len >= VMDK_EXTENTS_MAX || !take_number(&line, &extent.sectors))
        return;
    extent.kind_name = take_word(&line);
    if (extent.kind_name == NULL)
        return;
    extent.kind = kind_of(extent.kind_name);
    extent.name = take_word(&line);
    take_number(&line, &extent.offset);
    g_ptr_array_add(descriptor->extents, g_memdup2(&extent, sizeof(extent)));
}

// The value behind `key` and "=", without its quotation marks; NULL when the line is another.
static char *value_of(const char *line, const char *key)
{
    size_t length = strlen(key);
    if (g_ascii_strncasecmp(line, key, length) != 0)
        return NULL;
    line += length;
    while (*line == ' ')
        line++;
    if (*line++ != '=')
        return NULL;
    return take_word(&line);
}

static void take_line(VmdkDescriptor *descriptor, const char *line)
{
    static const char *const accesses[] = {"RW ", "RDONLY ", "NOACCESS "};
    for (size_t i = 0; i < G_N_ELEMENTS(accesses); i++) {
        if (g_ascii_strncasecmp(line, accesses[i], strlen(accesses[i])) == 0) {
            take_extent(descriptor, line + strlen(accesses[i]));
            return;
        }
    }
    g_autofree char *parent_id = value_of(line, "parentCID");
    if (parent_id != NULL)
        descriptor->has_parent = g_ascii_strcasecmp(parent_id, "ffffffff") != 0;
    if (descriptor->create_type == NULL)
        descriptor->create_type = value_of(line, "createType");
    if (descriptor->parent_name == NULL)
        descriptor->parent_name = value_of(line, "parentFileNameHint");
}

VmdkDescriptor *vmdk_descriptor_parse(const char *text, size_t size_bytes, GError **err)
{
    g_autoptr(VmdkDescriptor) descriptor = g_new0(VmdkDescriptor, 1);
    descriptor->extents = g_ptr_array_new_with_free_func(free_extent);
    size_t end = strnlen(text, MIN(size_bytes, (size_t)VMDK_DESCRIPTOR_BYTES_MAX));
    for (size_t at = 0; at < end;) {
        size_t length = 0;
        while (at + length < end && text[at + length] != '\n' && text[at + length] != '\r')
            length++;
        g_autofree char *line = g_strndup(text + at, length);
        take_line(descriptor, g_strstrip(line));
        at += length + 1;
    }
    if (descriptor->extents->len > 0)
        return g_steal_pointer(&descriptor);
    g_set_error_literal(err, CLEW_ERROR, CLEW_ERROR_CORRUPT, "its descriptor names no extents");
    return NULL;
}
