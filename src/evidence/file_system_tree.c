// SPDX-License-Identifier: Apache-2.0
//
// Folders are gone through one in another, each once, by an own stack: the kit's walk stops without
// a word at 128 levels and at paths of 4096 bytes. Orphans are looked for by an own walk over the
// unused metadata, because the kit's list of them has no end on some FAT volumes and wants all
// folders walked a second time.
#include <stdlib.h>
#include <string.h>

#include "base/limits.h"
#include "evidence/file_system_private.h"
#include "evidence/tsk_image.h"

#define FOLDER_DEPTH_MAX 1024u
#define COMPLAINTS_MAX 16u

typedef struct {
    TSK_FS_DIR *folder;
    size_t next;        // entry
    size_t path_length; // of the folder itself
    bool is_deleted;
} Level;

typedef struct {
    FileTree *tree;
    GArray *levels;      // of Level, outermost first
    GString *path;       // of the entry at hand
    GHashTable *folders; // inodes of folders that were opened
    GHashTable *freed;   // inodes without an owner that some name led to
    bool in_orphans;
    uint32_t orphans;
    unsigned complaints;
} TreeWalk;

// In the kit but not in its public headers. The first tells where a folder of a FAT volume lies in,
// which else is looked for in the whole tree for each orphaned folder.
extern uint8_t fatfs_dir_buf_add(TSK_FS_INFO *fs, TSK_INUM_T parent, TSK_INUM_T folder);
extern void tsk_fs_meta_close(TSK_FS_META *meta);

static gpointer key_of(uint64_t inode)
{
    return (gpointer)(uintptr_t)inode;
}

static void complain(TreeWalk *walk, const char *fallback)
{
    g_autofree char *reason = tsk_image_take_error(fallback);
    g_autofree char *path = g_utf8_make_valid(walk->path->len > 0 ? walk->path->str : "/", -1);
    if (walk->complaints++ < COMPLAINTS_MAX)
        walk_add_finding(walk->tree->walk, FINDING_DAMAGED, 0, "folder %s was not listed: %s", path,
                         reason);
}

// ---- Folders ----------------------------------------------------------------------------------

// Goes into a folder; walk->path is its path.
static void enter(TreeWalk *walk, TSK_INUM_T inode, bool is_deleted)
{
    if (!g_hash_table_add(walk->folders, key_of(inode)))
        return;
    if (walk->levels->len >= FOLDER_DEPTH_MAX) {
        tsk_error_reset();
        complain(walk, "folders are nested deeper than 1024");
        return;
    }
    tsk_error_reset();
    // The kit's own list of orphans is never asked for; as the root it would lock itself up.
    TSK_FS_INFO *fs = walk->tree->fs;
    TSK_FS_DIR *folder =
        inode != TSK_FS_ORPHANDIR_INUM(fs) ? tsk_fs_dir_open_meta(fs, inode) : NULL;
    if (folder == NULL) {
        // Of a deleted folder little may be left.
        if (!is_deleted && !walk_is_over(walk->tree->walk))
            complain(walk, "it could not be read");
        tsk_error_reset();
        return;
    }
    Level level = {.folder = folder, .path_length = walk->path->len, .is_deleted = is_deleted};
    g_array_append_val(walk->levels, level);
}

static void leave(TreeWalk *walk)
{
    const Level *level = &g_array_index(walk->levels, Level, walk->levels->len - 1);
    tsk_fs_dir_close(level->folder);
    g_array_set_size(walk->levels, walk->levels->len - 1);
}

// Does the entry lead into a folder whose contents can still be its own?
static bool leads_on(const TSK_FS_FILE *file, bool is_deleted)
{
    const TSK_FS_NAME *name = file->name;
    bool is_folder = file->meta != NULL && file->meta->type == TSK_FS_META_TYPE_DIR &&
                     (TSK_FS_IS_DIR_NAME(name->type) || name->type == TSK_FS_NAME_TYPE_UNDEF);
    return is_folder && (!is_deleted || (file->meta->flags & TSK_FS_META_FLAG_UNALLOC));
}

// In a folder that is gone, FAT may show entries of the folder that took its place, and shows those
// of a folder that was moved twice.
static bool is_seen_elsewhere(TreeWalk *walk, const TSK_FS_FILE *file, bool in_deleted)
{
    VolumeKind kind = walk->tree->kind;
    if (file->meta == NULL || (kind != VOLUME_FAT && kind != VOLUME_EXFAT))
        return false;
    bool is_free = file->meta->flags & TSK_FS_META_FLAG_UNALLOC;
    return is_free ? g_hash_table_contains(walk->freed, key_of(file->meta->addr)) : in_deleted;
}

static bool may_have_another_orphan(TreeWalk *walk)
{
    uint32_t most = walk->tree->orphans_max;
    if (walk->orphans++ < most)
        return true;
    if (walk->orphans == most + 1)
        walk_not_examined(walk->tree->walk, 0,
                          "of more than %u entries without a folder the first were listed; the "
                          "others' contents were searched for media",
                          most);
    return false;
}

static bool deal_with(TreeWalk *walk, TSK_FS_FILE *file, FileOrigin origin, bool in_deleted)
{
    const TSK_FS_NAME *name = file->name;
    bool is_deleted = name->flags & TSK_FS_NAME_FLAG_UNALLOC;
    if (is_seen_elsewhere(walk, file, in_deleted) ||
        (walk->in_orphans && !may_have_another_orphan(walk)))
        return true;
    if (file->meta != NULL && (file->meta->flags & TSK_FS_META_FLAG_UNALLOC))
        g_hash_table_add(walk->freed, key_of(file->meta->addr));
    if (!file_deliver(walk->tree, file, walk->path->str, origin))
        return false;
    if (leads_on(file, is_deleted))
        enter(walk, file->meta->addr, is_deleted || in_deleted);
    return true;
}

// An entry with its metadata, when there is any. The kit's own tsk_fs_dir_get() takes the metadata
// of all deleted NTFS files away: it compares a sequence number that grows with deletion. Borrows
// the name. NULL without memory; `ret_reason` (newly allocated) when the metadata is unreadable.
static TSK_FS_FILE *open_entry(TSK_FS_INFO *fs, const TSK_FS_NAME *name, char **ret_reason)
{
    TSK_FS_FILE *file = calloc(1, sizeof *file); // the kit frees it
    if (file == NULL)
        return NULL;
    file->tag = TSK_FS_FILE_TAG;
    file->fs_info = fs;
    file->name = (TSK_FS_NAME *)(uintptr_t)name;
    tsk_error_reset();
    bool may_lead = name->meta_addr != 0 || (name->flags & TSK_FS_NAME_FLAG_ALLOC);
    if (may_lead && fs->file_add_meta(fs, file, name->meta_addr) != 0) {
        *ret_reason = tsk_image_take_error("it is damaged");
        if (file->meta != NULL)
            tsk_fs_meta_close(file->meta);
        file->meta = NULL;
    }
    tsk_error_reset();
    return file;
}

static void close_entry(TSK_FS_FILE *file)
{
    if (file == NULL)
        return;
    file->name = NULL;
    tsk_fs_file_close(file);
}

// The next entry of the innermost folder. False when the walk is over.
static bool step(TreeWalk *walk)
{
    Level *level = &g_array_index(walk->levels, Level, walk->levels->len - 1);
    TSK_FS_INFO *fs = walk->tree->fs;
    if (level->next >= tsk_fs_dir_getsize(level->folder)) {
        leave(walk);
        return true;
    }
    size_t entry = level->next++;
    const TSK_FS_NAME *name = tsk_fs_dir_get_name(level->folder, entry);
    if (name == NULL || name->name == NULL || TSK_FS_ISDOT(name->name) ||
        (name->meta_addr == TSK_FS_ORPHANDIR_INUM(fs) && name->type == TSK_FS_NAME_TYPE_VIRT_DIR))
        return true;
    bool in_deleted = level->is_deleted;
    g_string_truncate(walk->path, level->path_length);
    g_string_append_c(walk->path, '/');
    g_string_append(walk->path, name->name);
    g_autofree char *reason = NULL;
    TSK_FS_FILE *file = open_entry(fs, name, &reason);
    const FileOrigin origin = {.is_orphan = walk->in_orphans,
                               .is_named = true,
                               .folder = level->folder->addr,
                               .entry = entry,
                               .metadata_error = reason};
    bool ok = file == NULL || deal_with(walk, file, origin, in_deleted);
    close_entry(file);
    return ok;
}

static bool walk_levels(TreeWalk *walk)
{
    while (walk->levels->len > 0)
        if (walk_is_over(walk->tree->walk) || !step(walk))
            return false;
    return true;
}

// ---- Orphans ----------------------------------------------------------------------------------

typedef struct {
    TreeWalk *walk;
    GArray *inodes; // of uint64_t
    uint64_t left_out;
} OrphanSearch;

static TSK_WALK_RET_ENUM gather_orphan(TSK_FS_FILE *file, void *user_data)
{
    OrphanSearch *search = user_data;
    const TSK_FS_META *meta = file->meta;
    if (walk_is_over(search->walk->tree->walk))
        return TSK_WALK_STOP;
    if (meta == NULL || g_hash_table_contains(search->walk->freed, key_of(meta->addr)))
        return TSK_WALK_CONT;
    // Without a name and without contents nothing is left of it.
    bool has_name = meta->name2 != NULL && meta->name2->name[0] != '\0';
    if (!has_name && meta->size == 0)
        return TSK_WALK_CONT;
    uint64_t inode = meta->addr;
    // One more than the limit shows that there are more.
    if (search->inodes->len > search->walk->tree->orphans_max)
        return TSK_WALK_STOP;
    g_array_append_val(search->inodes, inode);
    return TSK_WALK_CONT;
}

// An orphan that no other orphan's folder led to yet, and what lies in it.
static bool deliver_orphan(TreeWalk *walk, uint64_t inode, bool folders)
{
    FileTree *tree = walk->tree;
    if (g_hash_table_contains(walk->freed, key_of(inode)))
        return true;
    tsk_error_reset();
    TSK_FS_FILE *file = tsk_fs_file_open_meta(tree->fs, NULL, inode);
    if (file == NULL || file->meta == NULL) {
        tsk_error_reset();
        tsk_fs_file_close(file);
        return true;
    }
    bool is_folder = file->meta->type == TSK_FS_META_TYPE_DIR;
    if (is_folder != folders || (!may_have_another_orphan(walk))) {
        tsk_fs_file_close(file);
        return true;
    }
    const char *name = file->meta->name2 != NULL ? file->meta->name2->name : "";
    if (*name != '\0')
        g_string_printf(walk->path, "/$OrphanFiles/%s", name);
    else
        g_string_printf(walk->path, "/$OrphanFiles/OrphanFile-%" G_GUINT64_FORMAT, inode);
    g_hash_table_add(walk->freed, key_of(inode));
    bool ok = file_deliver(tree, file, walk->path->str, (FileOrigin){.is_orphan = true});
    tsk_fs_file_close(file);
    if (ok && is_folder) {
        if (tree->kind == VOLUME_FAT || tree->kind == VOLUME_EXFAT)
            fatfs_dir_buf_add(tree->fs, TSK_FS_ORPHANDIR_INUM(tree->fs), inode);
        enter(walk, inode, true);
        ok = walk_levels(walk);
    }
    return ok;
}

static bool walk_orphans(TreeWalk *walk)
{
    FileTree *tree = walk->tree;
    OrphanSearch search = {.walk = walk, .inodes = g_array_new(FALSE, FALSE, sizeof(uint64_t))};
    walk->in_orphans = true;
    tsk_error_reset();
    bool failed = tsk_fs_meta_walk(tree->fs, tree->fs->first_inum, tree->fs->last_inum,
                                   TSK_FS_META_FLAG_UNALLOC | TSK_FS_META_FLAG_USED, gather_orphan,
                                   &search) != 0;
    bool ok = !walk_is_over(tree->walk);
    if (failed && ok) {
        g_autofree char *reason = tsk_image_take_error("the metadata could not be read");
        walk_add_finding(tree->walk, FINDING_DAMAGED, 0,
                         "entries without a folder were not all found: %s", reason);
    }
    // Folders first: what lies in one is listed there.
    for (unsigned pass = 0; pass < 2; pass++)
        for (guint i = 0; ok && i < search.inodes->len; i++)
            ok = deliver_orphan(walk, g_array_index(search.inodes, uint64_t, i), pass == 0);
    g_array_unref(search.inodes);
    return ok;
}

// -----------------------------------------------------------------------------------------------

// Streams of the root folder itself, which no entry leads to.
static bool deliver_root(TreeWalk *walk)
{
    TSK_FS_INFO *fs = walk->tree->fs;
    if (walk->tree->kind != VOLUME_NTFS)
        return true;
    tsk_error_reset();
    TSK_FS_FILE *root = tsk_fs_file_open_meta(fs, NULL, fs->root_inum);
    tsk_error_reset();
    if (root == NULL)
        return true;
    // Without a name it would count as deleted.
    TSK_FS_NAME name = {.tag = TSK_FS_NAME_TAG, .flags = TSK_FS_NAME_FLAG_ALLOC};
    root->name = &name;
    bool ok = root->meta == NULL || file_deliver(walk->tree, root, "/", (FileOrigin){0});
    root->name = NULL;
    tsk_fs_file_close(root);
    return ok;
}

static bool has_orphans(VolumeKind kind)
{
    return kind == VOLUME_NTFS || kind == VOLUME_FAT || kind == VOLUME_EXFAT ||
           kind == VOLUME_EXT || kind == VOLUME_UFS;
}

bool tree_walk(FileTree *tree)
{
    TreeWalk walk = {.tree = tree,
                     .levels = g_array_new(FALSE, FALSE, sizeof(Level)),
                     .path = g_string_new(NULL),
                     .folders = g_hash_table_new(NULL, NULL),
                     .freed = g_hash_table_new(NULL, NULL)};
    bool ok = deliver_root(&walk);
    if (ok) {
        enter(&walk, tree->fs->root_inum, false);
        ok = walk_levels(&walk) && (!has_orphans(tree->kind) || walk_orphans(&walk));
    }
    if (walk.complaints > COMPLAINTS_MAX)
        walk_add_finding(tree->walk, FINDING_DAMAGED, 0, "%u folders in all were not listed",
                         walk.complaints);
    while (walk.levels->len > 0)
        leave(&walk);
    g_array_unref(walk.levels);
    g_string_free(walk.path, TRUE);
    g_hash_table_unref(walk.folders);
    g_hash_table_unref(walk.freed);
    return ok;
}
