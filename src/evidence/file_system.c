// SPDX-License-Identifier: Apache-2.0
#include "evidence/file_system.h"

#include "base/limits.h"
#include "evidence/file_system_private.h"
#include "evidence/tsk_image.h"

struct FileSystem {
    Walk *walk;
    Source *volume;
    VolumeKind kind;
    TskImage *image;
    TSK_FS_INFO *fs;           // NULL for APFS
    const TSK_POOL_INFO *pool; // of APFS
};

static TSK_FS_TYPE_ENUM kit_type(VolumeKind kind)
{
    static const TSK_FS_TYPE_ENUM types[VOLUME_OPENED_COUNT] = {
        [VOLUME_NTFS] = TSK_FS_TYPE_NTFS,           [VOLUME_FAT] = TSK_FS_TYPE_FAT_DETECT,
        [VOLUME_EXFAT] = TSK_FS_TYPE_EXFAT,         [VOLUME_EXT] = TSK_FS_TYPE_EXT_DETECT,
        [VOLUME_HFS_PLUS] = TSK_FS_TYPE_HFS_DETECT, [VOLUME_APFS] = TSK_FS_TYPE_APFS,
        [VOLUME_ISO9660] = TSK_FS_TYPE_ISO9660,     [VOLUME_UFS] = TSK_FS_TYPE_FFS_DETECT,
    };
    return types[kind];
}

FileSystem *file_system_open(Walk *walk, Source *volume, VolumeKind kind, char **ret_reason)
{
    g_autoptr(FileSystem) file_system = g_new0(FileSystem, 1);
    file_system->walk = walk;
    file_system->volume = volume;
    file_system->kind = kind;
    file_system->image = tsk_image_new(walk, volume);
    if (file_system->image == NULL) {
        *ret_reason = g_strdup("there is no memory for it");
        return NULL;
    }
    TSK_IMG_INFO *image = tsk_image_info(file_system->image);
    tsk_error_reset();
    if (kind == VOLUME_APFS)
        file_system->pool = tsk_pool_open_img_sing(image, 0, TSK_POOL_TYPE_APFS);
    else
        file_system->fs = tsk_fs_open_img(image, 0, kit_type(kind));
    if (file_system->fs == NULL && file_system->pool == NULL) {
        *ret_reason = tsk_image_take_error("its first blocks are damaged");
        return NULL;
    }
    tsk_error_reset();
    return g_steal_pointer(&file_system);
}

void file_system_close(FileSystem *file_system)
{
    if (file_system == NULL)
        return;
    if (file_system->fs != NULL)
        tsk_fs_close(file_system->fs);
    if (file_system->pool != NULL)
        tsk_pool_close(file_system->pool);
    tsk_image_free(file_system->image);
    g_free(file_system);
}

uint64_t file_system_size(const FileSystem *file_system)
{
    uint64_t size = 0, blocks = 0, block_bytes = 0;
    if (file_system->pool != NULL) {
        blocks = file_system->pool->num_blocks;
        block_bytes = file_system->pool->block_size;
    } else {
        blocks = file_system->fs->block_count;
        block_bytes = file_system->fs->block_size;
    }
    return g_uint64_checked_mul(&size, blocks, block_bytes) ? size : UINT64_MAX;
}

// ---- Trees ------------------------------------------------------------------------------------

static bool walk_tree(const FileSystem *file_system, FileSystemOptions options, VolumeSpace *space,
                      TSK_FS_INFO *fs, const char *name_prefix, const char *layer_prefix)
{
    FileTree tree = {.walk = file_system->walk,
                     .volume = file_system->volume,
                     .space = space,
                     .kind = file_system->kind,
                     .fs = fs,
                     .is_mapped = fs->block_pre_size == 0 && fs->block_size > 0,
                     .name_prefix = g_strdup(name_prefix),
                     .layer_prefix = g_strdup(layer_prefix),
                     .orphans_max =
                         options.orphans_max != 0 ? options.orphans_max : LIMIT_EVIDENCE_ORPHANS,
                     .runs = g_array_new(FALSE, FALSE, sizeof(Run))};
    ext_inodes_init(&tree);
    bool ok = tree_walk(&tree);
    g_array_unref(tree.runs);
    g_free(tree.name_prefix);
    g_free(tree.layer_prefix);
    return ok;
}

// ---- APFS -------------------------------------------------------------------------------------

static bool deliver_encrypted_volume(const FileSystem *file_system, const char *name,
                                     const char *layer)
{
    g_autoptr(GPtrArray) findings = findings_new();
    findings_add(findings, FINDING_ENCRYPTED, 0, "APFS volume, encrypted (FileVault)");
    const Child child = {.name = name,
                         .layer = layer,
                         .findings = findings,
                         .status = STATUS_ENCRYPTED,
                         .reason = "the APFS volume is encrypted"};
    return walk_child(file_system->walk, &child);
}

static bool walk_apfs_volume(const FileSystem *file_system, const TSK_POOL_VOLUME_INFO *volume,
                             FileSystemOptions options, VolumeSpace *space)
{
    g_autofree char *described = volume->desc != NULL && *volume->desc != '\0'
                                     ? g_strdup(volume->desc)
                                     : g_strdup_printf("volume %d", volume->index);
    g_autofree char *name =
        g_strconcat(options.prefix != NULL ? "/" : "", options.prefix != NULL ? options.prefix : "",
                    "/", described, NULL);
    g_autofree char *layer = g_strdup_printf("{\"volume\":%d}", volume->index);
    if (volume->flags & TSK_POOL_VOLUME_FLAG_ENCRYPTED)
        return deliver_encrypted_volume(file_system, name, layer);
    tsk_error_reset();
    TSK_IMG_INFO *image = file_system->pool->get_img_info(file_system->pool, volume->block);
    TSK_FS_INFO *fs = image != NULL ? tsk_fs_open_img(image, 0, TSK_FS_TYPE_APFS) : NULL;
    if (fs == NULL) {
        if (image != NULL)
            tsk_img_close(image);
        g_autofree char *reason = tsk_image_take_error("its first blocks are damaged");
        const Child child = {
            .name = name, .layer = layer, .status = STATUS_CORRUPT, .reason = reason};
        return walk_child(file_system->walk, &child);
    }
    g_autofree char *layer_prefix = g_strdup_printf("\"volume\":%d,", volume->index);
    bool ok = walk_tree(file_system, options, space, fs, name, layer_prefix);
    tsk_fs_close(fs);
    tsk_img_close(image);
    return ok;
}

// -----------------------------------------------------------------------------------------------

bool file_system_walk(FileSystem *file_system, FileSystemOptions options, VolumeSpace *space)
{
    if (file_system->pool != NULL) {
        bool ok = true;
        for (const TSK_POOL_VOLUME_INFO *volume = file_system->pool->vol_list; ok && volume != NULL;
             volume = volume->next)
            ok = walk_apfs_volume(file_system, volume, options, space);
        return ok;
    }
    g_autofree char *name_prefix = NULL, *layer_prefix = NULL;
    if (options.prefix != NULL) {
        name_prefix = g_strconcat("/", options.prefix, NULL);
        layer_prefix = g_strdup_printf("\"fs\":\"%s\",", options.prefix);
    }
    return walk_tree(file_system, options, space, file_system->fs,
                     name_prefix != NULL ? name_prefix : "",
                     layer_prefix != NULL ? layer_prefix : "");
}
