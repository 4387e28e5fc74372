// SPDX-License-Identifier: Apache-2.0
//
// Every decoder: the first byte picks the media type, the rest is the file. The answer is a whole
// picture or an error with one of the codes that become a status; rows are never given twice, too
// many or outside their memory. Pictures of more than 4 megapixels are only opened, to keep the
// fuzzer fast.
#include "media/still.h"

#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "fuzz_target.h"

#define PIXELS_MAX (1u << 22)
#define ROOM 16

static const char *const media_types[] = {"image/jpeg", "image/bmp",  "image/png",   "image/gif",
                                          "image/webp", "image/tiff", "image/heic",  "image/avif",
                                          "image/heif", "image/jp2",  "image/x-j2c", "image/jxl"};

typedef struct {
    uint8_t *rows[ROOM];
    uint32_t done;
} Sink;

static uint8_t **next_rows(void *user_data, unsigned *ret_room)
{
    Sink *sink = user_data;
    *ret_room = 1 + sink->done % ROOM;
    return sink->rows;
}

static void commit(void *user_data, unsigned count)
{
    Sink *sink = user_data;
    sink->done += count;
}

static void check_error(const GError *error)
{
    bool is_expected = error != NULL && error->domain == CLEW_ERROR &&
                       (error->code == CLEW_ERROR_UNSUPPORTED ||
                        error->code == CLEW_ERROR_CORRUPT || error->code == CLEW_ERROR_LIMIT) &&
                       g_utf8_validate(error->message, -1, NULL) &&
                       strchr(error->message, '\n') == NULL;
    if (!is_expected)
        abort();
}

static void decode(Still *still)
{
    size_t row_bytes = (size_t)still_width(still) * (still_format(still) == STILL_GREY ? 1 : 4);
    Sink sink = {0};
    uint8_t *memory = g_malloc(ROOM * row_bytes);
    for (unsigned i = 0; i < ROOM; i++)
        sink.rows[i] = memory + i * row_bytes;
    StillSink target = {next_rows, commit, &sink};
    uint32_t rows;
    bool is_truncated;
    GError *error = NULL;
    if (!still_decode(still, &target, &rows, &is_truncated, &error))
        check_error(error);
    else if (error != NULL || sink.done != still_height(still) || rows > sink.done || rows == 0)
        abort();
    if (still_trailing_bytes(still) > SIZE_MAX / 2)
        abort();
    g_clear_error(&error);
    g_free(memory);
}

static void prepare(void)
{
    static bool is_prepared;
    if (is_prepared)
        return;
    still_prepare(NULL); // it minds the fuzzer's own thread, after all is loaded
    still_prepare_locked();
    is_prepared = true;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    prepare();
    if (size == 0)
        return 0;
    const char *media_type = media_types[data[0] % G_N_ELEMENTS(media_types)];
    GError *error = NULL;
    Still *still = still_open(data + 1, size - 1, media_type, &error);
    if (still == NULL)
        check_error(error);
    else if ((uint64_t)still_width(still) * still_height(still) <= PIXELS_MAX)
        decode(still);
    g_clear_error(&error);
    still_free(still);
    return 0;
}
