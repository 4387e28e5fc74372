// SPDX-License-Identifier: Apache-2.0
#include "sniff/segment_name.h"

#include <glib.h>
#include <string.h>

// More digits than any set has; keeps every number in range.
#define DIGITS_MAX 6

static bool is_digits(const char *text, size_t length)
{
    for (size_t i = 0; i < length; i++)
        if (!g_ascii_isdigit(text[i]))
            return false;
    return length > 0;
}

static unsigned digits_value(const char *text, size_t length)
{
    unsigned value = 0;
    for (size_t i = 0; i < length; i++)
        value = value * 10 + (unsigned)(text[i] - '0');
    return value;
}

// Letters as digits to the base of 26, of one case. False for anything else.
static bool letters_value(const char *text, size_t length, bool lower, unsigned *ret_value)
{
    unsigned value = 0;
    for (size_t i = 0; i < length; i++) {
        if (lower ? !g_ascii_islower(text[i]) : !g_ascii_isupper(text[i]))
            return false;
        value = value * 26 + (unsigned)(text[i] - (lower ? 'a' : 'A'));
    }
    *ret_value = value;
    return length > 0;
}

static void append_letters(GString *text, unsigned value, unsigned width, bool lower)
{
    char letters[8] = "";
    for (unsigned i = width; i > 0; i--) {
        letters[i - 1] = (char)((lower ? 'a' : 'A') + value % 26);
        value /= 26;
    }
    g_string_append_len(text, letters, width);
}

static bool ends_with(const char *name, const char *ending)
{
    size_t length = strlen(name), ending_length = strlen(ending);
    return length > ending_length && g_ascii_strcasecmp(name + length - ending_length, ending) == 0;
}

// Length of the digits that end before `end`.
static size_t digits_before(const char *name, size_t end)
{
    size_t count = 0;
    while (count < end && g_ascii_isdigit(name[end - count - 1]))
        count++;
    return count;
}

// ---- One parser and one maker for each kind -----------------------------------------------------

// What a part beyond .E99 is counted from. An extension that begins with S or L is taken for the
// 100th part of an .s01 or .L01 set rather than for the nine thousandth of an .E01 set.
static char ewf_first_letter(char letter)
{
    char upper = g_ascii_toupper(letter);
    char first = upper == 'S' || upper == 'L' ? upper : 'E';
    return g_ascii_islower(letter) ? g_ascii_tolower(first) : first;
}

// The letter before the last two goes on counting: the first of "E01" and "EAA", the second of
// "Ex01" and "ExAA".
static bool parse_ewf(const char *name, SegmentName *parsed)
{
    const char *dot = strrchr(name, '.');
    size_t length = dot != NULL && dot != name ? strlen(dot + 1) : 0;
    if ((length != 3 && length != 4) || !g_ascii_isalpha(dot[1]))
        return false;
    const char *extension = dot + 1, *counter = extension + length - 2;
    char moving = extension[length - 3], start;
    if (length == 3) {
        start = parsed->first_letter = ewf_first_letter(moving);
    } else {
        char first = g_ascii_toupper(extension[0]);
        if ((first != 'E' && first != 'L') || !g_ascii_isalpha(moving))
            return false;
        parsed->first_letter = extension[0];
        start = parsed->second_letter = g_ascii_islower(moving) ? 'x' : 'X';
    }
    parsed->is_lower = g_ascii_islower(extension[0]);
    parsed->width = 2;
    parsed->stem_bytes = (size_t)(extension - name);
    if (is_digits(counter, 2)) {
        parsed->number = digits_value(counter, 2);
        return moving == start && parsed->number > 0;
    }
    unsigned letters;
    if (moving < start || !letters_value(counter, 2, parsed->is_lower, &letters))
        return false;
    parsed->number = 100 + (unsigned)(moving - start) * 676 + letters;
    return true;
}

static bool make_ewf(const SegmentName *parsed, unsigned number, GString *name)
{
    if (number == 0)
        return false;
    bool is_second = parsed->second_letter != 0;
    char start = is_second ? parsed->second_letter : parsed->first_letter;
    if (is_second)
        g_string_append_c(name, parsed->first_letter);
    if (number < 100) {
        g_string_append_printf(name, "%c%02u", start, number);
        return true;
    }
    unsigned moved = (number - 100) / 676;
    if (moved > (unsigned)((g_ascii_islower(start) ? 'z' : 'Z') - start))
        return false;
    g_string_append_c(name, (char)(start + (char)moved));
    append_letters(name, (number - 100) % 676, 2, parsed->is_lower);
    return true;
}

static bool parse_numbered(const char *name, SegmentName *parsed)
{
    size_t length = strlen(name), digits = digits_before(name, length);
    if (digits < 3 || digits > DIGITS_MAX || digits + 1 >= length ||
        name[length - digits - 1] != '.')
        return false;
    // Beyond .999 the numbers grow: .0999 and .1000 are of different sets.
    parsed->stem_bytes = length - digits;
    parsed->number = digits_value(name + length - digits, digits);
    parsed->width = digits == 4 && name[length - 4] != '0' ? 3 : (unsigned)digits;
    return true;
}

static bool make_numbered(const SegmentName *parsed, unsigned number, GString *name)
{
    g_string_append_printf(name, "%0*u", (int)parsed->width, number);
    return true;
}

static bool parse_lettered(const char *name, SegmentName *parsed)
{
    size_t length = strlen(name), letters = 0;
    while (letters < length && g_ascii_isalpha(name[length - letters - 1]))
        letters++;
    bool is_split_default = letters == length && length == 3 && name[0] == 'x';
    if (is_split_default)
        letters = 2;
    else if (letters < 2 || letters > 3 || letters + 1 >= length ||
             name[length - letters - 1] != '.')
        return false;
    parsed->stem_bytes = length - letters;
    parsed->width = (unsigned)letters;
    parsed->is_lower = g_ascii_islower(name[length - 1]);
    if (!letters_value(name + length - letters, letters, parsed->is_lower, &parsed->number))
        return false;
    parsed->number++;
    return true;
}

static bool make_lettered(const SegmentName *parsed, unsigned number, GString *name)
{
    unsigned count = parsed->width == 2 ? 26 * 26 : 26 * 26 * 26;
    if (number == 0 || number > count)
        return false;
    append_letters(name, number - 1, parsed->width, parsed->is_lower);
    return true;
}

static bool parse_rar_parts(const char *name, SegmentName *parsed)
{
    size_t length = strlen(name);
    if (!ends_with(name, ".rar") && !ends_with(name, ".exe"))
        return false;
    size_t digits = digits_before(name, length - 4);
    size_t begin = length - 4 - digits;
    if (digits == 0 || digits > DIGITS_MAX || begin <= 5 ||
        g_ascii_strncasecmp(name + begin - 5, ".part", 5) != 0)
        return false;
    parsed->stem_bytes = begin;
    parsed->number = digits_value(name + begin, digits);
    parsed->width = (unsigned)digits;
    parsed->is_lower = g_ascii_islower(name[length - 1]);
    return parsed->number > 0;
}

static bool make_rar_parts(const SegmentName *parsed, unsigned number, GString *name)
{
    g_string_append_printf(name, "%0*u", (int)parsed->width, number);
    g_string_append(name, parsed->is_lower ? ".rar" : ".RAR");
    return number > 0;
}

// x.rar is 1, x.r00 is 2, x.r99 is 101, x.s00 is 102.
static bool parse_rar_old(const char *name, SegmentName *parsed)
{
    const char *dot = strrchr(name, '.');
    if (dot == NULL || dot == name || strlen(dot) != 4)
        return false;
    parsed->stem_bytes = (size_t)(dot + 1 - name);
    parsed->is_lower = g_ascii_islower(dot[1]);
    parsed->width = 2;
    parsed->number = 1;
    SegmentName of_parts;
    if (g_ascii_strcasecmp(dot, ".rar") == 0)
        return !parse_rar_parts(name, &of_parts);
    char letter = g_ascii_tolower(dot[1]);
    if (letter < 'r' || letter > 'z' || !is_digits(dot + 2, 2))
        return false;
    parsed->number = 2 + (unsigned)(letter - 'r') * 100 + digits_value(dot + 2, 2);
    return true;
}

static bool make_rar_old(const SegmentName *parsed, unsigned number, GString *name)
{
    if (number == 0 || number > 1 + 9 * 100)
        return false;
    if (number == 1) {
        g_string_append(name, parsed->is_lower ? "rar" : "RAR");
        return true;
    }
    char letter = (char)((parsed->is_lower ? 'r' : 'R') + (char)((number - 2) / 100));
    g_string_append_printf(name, "%c%02u", letter, (number - 2) % 100);
    return true;
}

static bool parse_zip(const char *name, SegmentName *parsed)
{
    const char *dot = strrchr(name, '.');
    size_t digits = dot != NULL && dot != name ? strlen(dot) : 0;
    if (digits < 4 || digits - 2 > DIGITS_MAX || g_ascii_tolower(dot[1]) != 'z')
        return false;
    digits -= 2;
    parsed->stem_bytes = (size_t)(dot + 1 - name);
    parsed->is_lower = g_ascii_islower(dot[1]);
    parsed->width = 2;
    parsed->number = 0;
    if (g_ascii_strcasecmp(dot, ".zip") == 0)
        return true;
    if (!is_digits(dot + 2, digits) || (digits > 2 && dot[2] == '0'))
        return false;
    parsed->number = digits_value(dot + 2, digits);
    return parsed->number > 0;
}

static bool make_zip(const SegmentName *parsed, unsigned number, GString *name)
{
    if (number == 0)
        g_string_append(name, parsed->is_lower ? "zip" : "ZIP");
    else
        g_string_append_printf(name, "%c%02u", parsed->is_lower ? 'z' : 'Z', number);
    return true;
}

static bool parse_ad1(const char *name, SegmentName *parsed)
{
    size_t length = strlen(name), digits = digits_before(name, length);
    if (digits == 0 || digits > DIGITS_MAX || digits + 3 >= length ||
        name[length - digits] == '0' ||
        g_ascii_strncasecmp(name + length - digits - 3, ".ad", 3) != 0)
        return false;
    parsed->stem_bytes = length - digits;
    parsed->number = digits_value(name + length - digits, digits);
    return true;
}

static bool make_ad1(const SegmentName *parsed, unsigned number, GString *name)
{
    g_string_append_printf(name, "%u", number);
    return number > 0;
}

static bool parse_vmdk(const char *name, SegmentName *parsed)
{
    if (!ends_with(name, ".vmdk"))
        return false;
    size_t end = strlen(name) - strlen(".vmdk"), digits = digits_before(name, end);
    parsed->is_lower = g_ascii_islower(name[end + 1]);
    parsed->number = 0;
    parsed->width = 3;
    parsed->first_letter = 's';
    parsed->stem_bytes = end;
    if (end > 5 && g_ascii_strncasecmp(name + end - 5, "-flat", 5) == 0) {
        parsed->stem_bytes = end - 5;
        parsed->first_letter = 'l';
        parsed->number = 1;
    } else if (digits >= 3 && digits <= DIGITS_MAX && end > digits + 2 &&
               name[end - digits - 2] == '-' &&
               (name[end - digits - 1] == 's' || name[end - digits - 1] == 'f')) {
        parsed->stem_bytes = end - digits - 2;
        parsed->first_letter = name[end - digits - 1];
        parsed->number = digits_value(name + end - digits, digits);
        parsed->width = (unsigned)digits;
        return parsed->number > 0;
    }
    return true;
}

static bool make_vmdk(const SegmentName *parsed, unsigned number, GString *name)
{
    if (parsed->first_letter == 'l' && number > 1)
        return false;
    if (number > 0 && parsed->first_letter == 'l')
        g_string_append(name, "-flat");
    else if (number > 0)
        g_string_append_printf(name, "-%c%0*u", parsed->first_letter, (int)parsed->width, number);
    g_string_append(name, parsed->is_lower ? ".vmdk" : ".VMDK");
    return true;
}

static bool parse_dmg(const char *name, SegmentName *parsed)
{
    size_t length = strlen(name);
    parsed->is_lower = length > 0 && g_ascii_islower(name[length - 1]);
    parsed->width = 3;
    parsed->number = 1;
    if (ends_with(name, ".dmg")) {
        parsed->stem_bytes = length - 3;
        return true;
    }
    if (!ends_with(name, ".dmgpart"))
        return false;
    size_t end = length - strlen(".dmgpart"), digits = digits_before(name, end);
    if (digits < 3 || digits > DIGITS_MAX || end <= digits + 1 || name[end - digits - 1] != '.')
        return false;
    parsed->stem_bytes = end - digits;
    parsed->number = digits_value(name + end - digits, digits);
    return parsed->number > 1;
}

static bool make_dmg(const SegmentName *parsed, unsigned number, GString *name)
{
    if (number == 1)
        g_string_append(name, parsed->is_lower ? "dmg" : "DMG");
    else
        g_string_append_printf(name, parsed->is_lower ? "%03u.dmgpart" : "%03u.DMGPART", number);
    return number > 0;
}

// ---- The table ----------------------------------------------------------------------------------

static const struct {
    bool (*parse)(const char *name, SegmentName *parsed);
    // Appends to `name`, which holds the stem.
    bool (*make)(const SegmentName *parsed, unsigned number, GString *name);
    unsigned opener; // number of the part by which the set is opened
} kinds[SEGMENT_KIND_COUNT] = {
    [SEGMENT_EWF] = {parse_ewf, make_ewf, 1},
    [SEGMENT_NUMBERED] = {parse_numbered, make_numbered, 1},
    [SEGMENT_LETTERED] = {parse_lettered, make_lettered, 1},
    [SEGMENT_RAR_PARTS] = {parse_rar_parts, make_rar_parts, 1},
    [SEGMENT_RAR_OLD] = {parse_rar_old, make_rar_old, 1},
    [SEGMENT_ZIP] = {parse_zip, make_zip, 0},
    [SEGMENT_AD1] = {parse_ad1, make_ad1, 1},
    [SEGMENT_VMDK] = {parse_vmdk, make_vmdk, 0},
    [SEGMENT_DMG] = {parse_dmg, make_dmg, 1},
};

bool segment_name_parse(SegmentKind kind, const char *name, SegmentName *ret_parsed)
{
    SegmentName parsed = {.kind = kind};
    if (!kinds[kind].parse(name, &parsed))
        return false;
    *ret_parsed = parsed;
    return true;
}

bool segment_name_find(const SniffType *type, const char *name, SegmentName *ret_parsed)
{
    // What the content rules out is not tried: nearly every extension of three letters could be an
    // EWF segment's or a piece of split(1).
    static const struct {
        const char *media_type; // NULL: any
        SegmentKind kind;
    } order[] = {
        {"application/x-ewf", SEGMENT_EWF},
        {"application/x-ewf2", SEGMENT_EWF},
        {"application/x-ewf-logical", SEGMENT_EWF},
        {"application/vnd.rar", SEGMENT_RAR_PARTS},
        {"application/vnd.rar", SEGMENT_RAR_OLD},
        {"application/x-ad1", SEGMENT_AD1},
        {"application/x-vmdk", SEGMENT_VMDK},
        {NULL, SEGMENT_ZIP},
        {NULL, SEGMENT_DMG},
        {NULL, SEGMENT_VMDK},
        {NULL, SEGMENT_AD1},
        {NULL, SEGMENT_NUMBERED},
        {NULL, SEGMENT_LETTERED},
    };
    for (size_t i = 0; i < sizeof(order) / sizeof(order[0]); i++) {
        const char *wanted = order[i].media_type;
        if ((wanted == NULL || strcmp(wanted, type->media_type) == 0) &&
            segment_name_parse(order[i].kind, name, ret_parsed))
            return true;
    }
    return false;
}

char *segment_name_of_part(const char *name, const SegmentName *parsed, unsigned number)
{
    g_autoptr(GString) made = g_string_new_len(name, (gssize)parsed->stem_bytes);
    if (!kinds[parsed->kind].make(parsed, number, made))
        return NULL;
    return g_string_free(g_steal_pointer(&made), FALSE);
}

char *segment_name_of_opener(const char *name, const SegmentName *parsed)
{
    return segment_name_of_part(name, parsed, kinds[parsed->kind].opener);
}
