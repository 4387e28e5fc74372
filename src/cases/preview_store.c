// SPDX-License-Identifier: Apache-2.0
#include "cases/preview_store.h"

#include "store/media_rows.h"
#include "store/vault.h"

#define SEALED_AS PREVIEW_SEALED_AS

static bool key_of_media(Act *act, uint64_t media_id, uint64_t *ret_row_id, ObjectKey *ret_key,
                         GError **err)
{
    const VaultObject media = {"media", media_id};
    const Vault *vault = casework_vault(act_work(act), err);
    if (vault == NULL || !vault_object_key_find(act_database(act), media, ret_row_id, err))
        return false;
    if (*ret_row_id != 0)
        return vault_object_key_open(vault, act_database(act), *ret_row_id, ret_key, err);
    if (!act_new_ids(act, TABLE_OBJECT_KEY, 1, ret_row_id, err))
        return false;
    const ObjectKeyRow row = {*ret_row_id, act_seq(act), act_now_us(act)};
    if (!vault_object_key_new(vault, act_database(act), media, row, ret_key, err))
        return false;
    act_wrote(act, TABLE_OBJECT_KEY, *ret_row_id);
    return true;
}

static bool store_one(Act *act, uint64_t media_id, const PreviewPicture *picture, unsigned ordinal,
                      uint64_t key_id, const ObjectKey *key, unsigned *stored, GError **err)
{
    PreviewRow row = {.seq = act_seq(act),
                      .media_id = media_id,
                      .kind = preview_kind_name(picture->kind),
                      .ordinal = ordinal,
                      .has_milliseconds = picture->kind == PREVIEW_STRIP,
                      .milliseconds = picture->milliseconds,
                      .object_key_id = key_id};
    if (!act_new_ids(act, TABLE_PREVIEW, 1, &row.id, err))
        return false;
    size_t size_bytes;
    const void *jpeg = g_bytes_get_data(picture->jpeg, &size_bytes);
    g_autoptr(GBytes) sealed =
        object_key_seal(key, (VaultObject){SEALED_AS, row.id}, jpeg, size_bytes);
    row.sealed = sealed;
    bool inserted;
    if (!preview_rows_insert(act_database(act), &row, &inserted, err))
        return false;
    if (inserted) {
        act_wrote(act, TABLE_PREVIEW, row.id);
        (*stored)++;
    }
    return true;
}

bool preview_store(Act *act, uint64_t media_id, const PreviewSet *previews, unsigned *ret_stored,
                   GError **err)
{
    uint64_t key_id;
    g_auto(ObjectKey) key = {0};
    if (!key_of_media(act, media_id, &key_id, &key, err))
        return false;
    unsigned stored = 0, ordinals[PREVIEW_KIND_COUNT] = {0};
    for (unsigned i = 0; i < previews->pictures->len; i++) {
        const PreviewPicture *picture = previews->pictures->pdata[i];
        if (!store_one(act, media_id, picture, ordinals[picture->kind]++, key_id, &key, &stored,
                       err))
            return false;
    }
    if (ret_stored != NULL)
        *ret_stored = stored;
    return preview_rows_missing(act_database(act), media_id, NULL, err);
}

bool preview_store_reason(Act *act, uint64_t media_id, const char *reason, GError **err)
{
    return preview_rows_missing(act_database(act), media_id, reason, err);
}

bool preview_load(Casework *work, uint64_t media_id, PreviewKind kind, unsigned ordinal,
                  GBytes **ret_jpeg, GError **err)
{
    uint64_t id, key_id;
    g_autoptr(GBytes) sealed = NULL;
    *ret_jpeg = NULL;
    if (!preview_rows_get(casework_database(work), media_id, preview_kind_name(kind), ordinal, &id,
                          &key_id, &sealed, err))
        return false;
    if (sealed == NULL)
        return true;
    const Vault *vault = casework_vault(work, err);
    g_auto(ObjectKey) key = {0};
    if (vault == NULL || !vault_object_key_open(vault, casework_database(work), key_id, &key, err))
        return false;
    size_t size_bytes;
    const void *bytes = g_bytes_get_data(sealed, &size_bytes);
    *ret_jpeg = object_key_unseal(&key, (VaultObject){SEALED_AS, id}, bytes, size_bytes, err);
    return *ret_jpeg != NULL;
}
