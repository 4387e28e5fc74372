// SPDX-License-Identifier: Apache-2.0
//
// EXIF blocks: texts come out as clean UTF-8, numbers within their ranges, the thumbnail inside the
// block.
#include "media/exif.h"

#include <glib.h>
#include <stdlib.h>
#include <string.h>

#include "base/limits.h"
#include "fuzz_target.h"

static void check_text(char *text)
{
    if (text == NULL)
        return;
    if (text[0] == 0 || !g_utf8_validate(text, -1, NULL))
        abort();
    for (const char *at = text; *at != 0; at = g_utf8_next_char(at)) {
        if (g_unichar_iscntrl(g_utf8_get_char(at)))
            abort();
    }
    if (strlen(text) > 2 * LIMIT_EXIF_TEXT) // a time and its offset
        abort();
    g_free(text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    ExifFacts facts = {0};
    exif_read(data, size, &facts);
    char *texts[] = {facts.make,        facts.model,      facts.software, facts.body_serial,
                     facts.lens_serial, facts.lens_model, facts.taken,    facts.digitized,
                     facts.modified,    facts.gps_time};
    for (size_t i = 0; i < G_N_ELEMENTS(texts); i++)
        check_text(texts[i]);
    bool is_on_earth =
        !facts.has_gps || (facts.gps_latitude >= -90 && facts.gps_latitude <= 90 &&
                           facts.gps_longitude >= -180 && facts.gps_longitude <= 180);
    if (facts.orientation > 8 || !is_on_earth)
        abort();

    size_t thumbnail_bytes = 0;
    const uint8_t *thumbnail = exif_find_thumbnail(data, size, &thumbnail_bytes);
    if (thumbnail != NULL &&
        (thumbnail < data || thumbnail_bytes > size || thumbnail + thumbnail_bytes > data + size))
        abort();
    return 0;
}
