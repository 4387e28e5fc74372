// SPDX-License-Identifier: Apache-2.0
#include "cases/preview_intake.h"

#include "base/error.h"
#include "base/limits.h"
#include "cases/preview_store.h"
#include "store/media_read.h"
#include "store/vault.h"
#include "wire/media_preview.h"

#define SMALL_SIDE 192u

static bool check_sides(const PreviewBox *box, GError **err)
{
    uint32_t side = box->kind == PREVIEW_512 ? LIMIT_PREVIEW_SIDE : SMALL_SIDE;
    if (box->width >= 1 && box->height >= 1 && box->width <= side && box->height <= side)
        return true;
    g_set_error(err, CLEW_ERROR, CLEW_ERROR_INVALID,
                "a preview %s has sides of at most %u pixels, and not %u x %u",
                preview_kind_name(box->kind), side, box->width, box->height);
    return false;
}

static unsigned count_kind(const PreviewSet *previews, PreviewKind kind)
{
    unsigned count = 0;
    for (unsigned i = 0; i < previews->pictures->len; i++)
        count += ((const PreviewPicture *)previews->pictures->pdata[i])->kind == kind;
    return count;
}

static bool check_count(const PreviewBox *box, const PreviewSet *previews, GError **err)
{
    unsigned most = box->kind == PREVIEW_STRIP ? LIMIT_PREVIEW_STRIP : 1;
    if (count_kind(previews, box->kind) < most)
        return true;
    g_set_error(err, CLEW_ERROR, CLEW_ERROR_INVALID, "a media has at most %u previews %s", most,
                preview_kind_name(box->kind));
    return false;
}

bool preview_intake_open(Casework *work, const PreviewBox *box, PreviewSet *previews, GError **err)
{
    const Vault *vault = casework_vault(work, err);
    size_t size_bytes;
    const void *sealed = g_bytes_get_data(box->box, &size_bytes);
    if (vault == NULL || !check_sides(box, err) || !check_count(box, previews, err))
        return false;
    g_autoptr(GError) error = NULL;
    g_autoptr(GBytes) jpeg = vault_unseal_box(vault, sealed, size_bytes, &error);
    if (jpeg == NULL) {
        g_set_error(err, CLEW_ERROR, CLEW_ERROR_INVALID,
                    "a preview was not sealed to the key of this server, or was changed");
        return false;
    }
    const uint8_t *bytes = g_bytes_get_data(jpeg, &size_bytes);
    if (size_bytes > LIMIT_PREVIEW_BYTES ||
        !media_preview_is_plain(bytes, size_bytes, box->width, box->height)) {
        g_set_error(err, CLEW_ERROR, CLEW_ERROR_INVALID,
                    "a preview is no plain baseline JPEG of %u x %u pixels and at most %u KiB "
                    "without metadata",
                    box->width, box->height, LIMIT_PREVIEW_BYTES >> 10);
        return false;
    }
    preview_set_add(previews, box->kind, box->kind == PREVIEW_STRIP ? box->milliseconds : 0,
                    box->width, box->height, g_steal_pointer(&jpeg));
    return true;
}

bool preview_intake_store(Act *act, uint64_t case_id, const uint8_t sha256[SHA256_BYTES],
                          const PreviewSet *previews, const char *reason, bool *ret_wanted,
                          unsigned *ret_stored, GError **err)
{
    uint64_t media_id;
    bool has_preview;
    *ret_stored = 0;
    if (!media_read_wants(act_database(act), case_id, sha256, &media_id, &has_preview, err))
        return false;
    *ret_wanted = media_id != 0;
    if (media_id == 0)
        return true;
    if (previews->pictures->len > 0)
        return preview_store(act, media_id, previews, ret_stored, err);
    if (has_preview || reason == NULL)
        return true;
    *ret_stored = 1;
    return preview_store_reason(act, media_id, reason, err);
}
