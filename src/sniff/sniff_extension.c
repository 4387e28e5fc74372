// SPDX-License-Identifier: Apache-2.0
#include <string.h>

#include "sniff/sniff_types.h"

#define EXTENSION_BYTES 12 // longer ones are part of a sentence, not an extension

// Extensions that programs add whatever the content is: nothing can be concluded from them.
static const char *const neutral[] = {
    "bak",  "old",  "orig",     "tmp",        "temp",    "dat",        "data", "bin", "cache",
    "part", "file", "download", "crdownload", "partial", "opdownload", "blob", "raw", "dump",
    "save", "copy", "swp",      "trashed",    "deleted", "dthumb",     "cnt",  "enc", "lock",
};

static bool is_letter(char c)
{
    return c >= 'a' && c <= 'z';
}

static bool is_extension_char(char c)
{
    return is_letter(c) || (c >= '0' && c <= '9') || c == '_' || c == '-';
}

// Copies the extension in lower case without its dot; false when the name has none that counts.
// Trailing dots and blanks are skipped, as some systems do when they open the file.
static bool name_extension(const char *name, char ret_text[EXTENSION_BYTES + 1])
{
    size_t end = strlen(name);
    while (end > 0 && (name[end - 1] == '.' || name[end - 1] == ' '))
        end--;
    size_t start = end;
    while (start > 0 && name[start - 1] != '.')
        start--;
    // No dot, a hidden file without extension, or something too long to be one.
    if (start <= 1 || end == start || end - start > EXTENSION_BYTES)
        return false;

    bool has_letter = false;
    for (size_t i = start; i < end; i++) {
        char c = name[i] >= 'A' && name[i] <= 'Z' ? (char)(name[i] - 'A' + 'a') : name[i];
        if (!is_extension_char(c))
            return false;
        has_letter |= is_letter(c);
        ret_text[i - start] = c;
    }
    ret_text[end - start] = 0;
    return has_letter;
}

static bool is_neutral(const char *extension)
{
    for (size_t i = 0; i < sizeof(neutral) / sizeof(neutral[0]); i++) {
        if (strcmp(neutral[i], extension) == 0)
            return true;
    }
    return false;
}

static bool has_extension(const SniffType *type, const char *extension)
{
    for (const char *const *each = type->extensions; each != NULL && *each != NULL; each++) {
        if (strcmp(*each, extension) == 0)
            return true;
    }
    return false;
}

static bool is_media(Family family)
{
    return family == FAMILY_STILL || family == FAMILY_VIDEO || family == FAMILY_AUDIO;
}

// How odd a name that belongs to `named` is on content of type `found`.
static ExtensionCheck compare(const TypeRow *found, const TypeRow *named)
{
    Family inside = found->type.family, outside = named->type.family;
    if (inside == outside || inside == FAMILY_TEXT ||
        (found->container != CONTAINER_NONE && found->container == named->container))
        return EXTENSION_HARMLESS;
    if (is_media(inside) && is_media(outside)) {
        // Sound and film share their containers; a still does not.
        bool one_is_still = inside == FAMILY_STILL || outside == FAMILY_STILL;
        return one_is_still ? EXTENSION_MISMATCH : EXTENSION_HARMLESS;
    }
    if (is_media(inside))
        return EXTENSION_DISGUISE;
    bool both_written =
        (inside == FAMILY_MAIL || inside == FAMILY_DOCUMENT) &&
        (outside == FAMILY_MAIL || outside == FAMILY_DOCUMENT || outside == FAMILY_TEXT);
    return both_written ? EXTENSION_HARMLESS : EXTENSION_MISMATCH;
}

ExtensionCheck sniff_check_extension(const SniffType *type, const char *name)
{
    char extension[EXTENSION_BYTES + 1];
    if (type->family == FAMILY_UNKNOWN || type->extensions == NULL ||
        !name_extension(name, extension) || is_neutral(extension) || has_extension(type, extension))
        return EXTENSION_FITS;

    const TypeRow *found = (const TypeRow *)type; // its first member; types live in one table
    bool is_known = false;
    ExtensionCheck mildest = EXTENSION_DISGUISE;
    for (size_t i = 0; i < TYPE_COUNT; i++) {
        if (!has_extension(&sniff_types[i].type, extension))
            continue;
        ExtensionCheck check = compare(found, &sniff_types[i]);
        mildest = !is_known || check < mildest ? check : mildest;
        is_known = true;
    }
    if (is_known)
        return mildest;
    // A name nobody uses: on media a disguise, on anything else nothing to say.
    return is_media(type->family) ? EXTENSION_DISGUISE : EXTENSION_FITS;
}
