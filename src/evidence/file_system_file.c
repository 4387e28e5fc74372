// SPDX-License-Identifier: Apache-2.0
#include <inttypes.h>
#include <string.h>

#include "base/limits.h"
#include "evidence/file_system_private.h"
#include "evidence/tsk_image.h"

// Extended attributes and other side streams shorter than this hold no picture, and on some systems
// every file has several.
#define SIDE_STREAM_BYTES_MIN 512
// A stream with more holes than this, and mostly holes, is read without them: hashing a terabyte of
// zeros tells nothing.
#define HOLES_MAX (256ull << 20)
#define HOLES_RATIO 8
// Blocks of a deleted file that are looked up one by one.
#define BLOCKS_CHECKED_MAX 65536u
#define NTFS_BOOT_INODE 7
#define NTFS_TABLE_INODE_MAX 1 // $MFT and the copy of its beginning
#define NTFS_BAD_CLUSTERS_INODE 8

typedef struct {
    FileTree *tree;
    TSK_FS_FILE *file;
    const char *path;
    FileOrigin origin;
    bool is_deleted;
    uint32_t reparse_tag; // NTFS; 0: none
} Entry;

// ---- What is said of every stream -------------------------------------------------------------

static bool has_attributes(const FileTree *tree)
{
    return tree->kind == VOLUME_NTFS || tree->kind == VOLUME_HFS_PLUS || tree->kind == VOLUME_APFS;
}

static char *make_layer(const Entry *entry, uint64_t inode, const TSK_FS_ATTR *attribute)
{
    const TSK_FS_META *meta = entry->file->meta;
    GString *layer = g_string_new("{");
    g_string_append(layer, entry->tree->layer_prefix);
    g_string_append_printf(layer, "\"inode\":%" PRIu64, inode);
    if (attribute != NULL && has_attributes(entry->tree))
        g_string_append_printf(layer, ",\"attribute\":\"%u-%u\"", (unsigned)attribute->type,
                               (unsigned)attribute->id);
    // The same inode under another name, or a name that outlived its inode.
    bool is_shared = meta == NULL || meta->nlink > 1 || entry->is_deleted;
    if (is_shared && entry->origin.is_named)
        g_string_append_printf(layer, ",\"folder\":%" PRIu64 ",\"entry\":%" PRIu64,
                               entry->origin.folder, entry->origin.entry);
    g_string_append_c(layer, '}');
    return g_string_free(layer, FALSE);
}

// Names past the limit keep their end, which tells most.
static char *make_name(const Entry *entry, const char *separator, const char *stream)
{
    g_autofree char *name =
        g_strconcat(entry->tree->name_prefix, entry->path, separator, stream, NULL);
    size_t length = strlen(name);
    if (length < LIMIT_NAME_BYTES)
        return g_steal_pointer(&name);
    const char *tail = name + length - (LIMIT_NAME_BYTES - 16);
    const char *slash = strchr(tail, '/');
    return g_strconcat("/...", slash != NULL ? slash : tail, NULL);
}

static ItemTime make_time(const FileTree *tree, int64_t seconds, uint32_t nanoseconds)
{
    if (seconds == 0)
        return (ItemTime){.zone = ZONE_NONE};
    bool is_local = tree->kind == VOLUME_FAT || tree->kind == VOLUME_EXFAT;
    return (ItemTime){.seconds = seconds,
                      .nanoseconds = nanoseconds < 1000000000u ? nanoseconds : 0,
                      .zone = is_local ? ZONE_UNKNOWN : ZONE_UTC};
}

static ItemTimes make_times(const Entry *entry)
{
    const TSK_FS_META *meta = entry->file->meta;
    const FileTree *tree = entry->tree;
    if (meta == NULL)
        return (ItemTimes){0};
    return (ItemTimes){
        .modified = make_time(tree, meta->mtime, meta->mtime_nano),
        .accessed = make_time(tree, meta->atime, meta->atime_nano),
        .changed = make_time(tree, meta->ctime, meta->ctime_nano),
        .created = make_time(tree, meta->crtime, meta->crtime_nano),
    };
}

// How many of a deleted file's blocks are in use again, of how many looked at.
static void count_blocks_in_use(const FileTree *tree, uint64_t *ret_used, uint64_t *ret_checked)
{
    uint64_t block_bytes = tree->fs->block_size, blocks = 0;
    for (guint i = 0; i < tree->runs->len; i++) {
        const Run *run = &g_array_index(tree->runs, Run, i);
        if (run->kind == RUN_STORED)
            blocks += run->size_bytes / block_bytes;
    }
    uint64_t step = blocks / BLOCKS_CHECKED_MAX + 1;
    for (guint i = 0; i < tree->runs->len; i++) {
        const Run *run = &g_array_index(tree->runs, Run, i);
        if (run->kind != RUN_STORED)
            continue;
        uint64_t first = (run->offset - (uint64_t)tree->fs->offset) / block_bytes;
        for (uint64_t b = 0; b < run->size_bytes / block_bytes; b += step) {
            *ret_used +=
                (tree->fs->block_getflags(tree->fs, first + b) & TSK_FS_BLOCK_FLAG_ALLOC) != 0;
            ++*ret_checked;
        }
    }
    tsk_error_reset();
}

// FAT forgets with the file which clusters it had. exFAT keeps it for what lay in one piece, and
// does not tell the kit's user.
static bool is_guess(const FileTree *tree)
{
    uint64_t stored = 0;
    for (guint i = 0; i < tree->runs->len; i++)
        stored += g_array_index(tree->runs, Run, i).size_bytes;
    return (tree->kind == VOLUME_FAT || tree->kind == VOLUME_EXFAT) &&
           stored > tree->fs->block_size;
}

static void add_deleted_findings(const Entry *entry, GPtrArray *findings, uint64_t blocks_in_use,
                                 uint64_t blocks_checked)
{
    GString *detail = g_string_new("deleted");
    if (is_guess(entry->tree))
        g_string_append(detail, "; where it lies is a guess, all but its first block");
    if (blocks_in_use > 0)
        g_string_append_printf(
            detail, "; of %" PRIu64 " of its blocks %" PRIu64 " belong to something else now",
            blocks_checked, blocks_in_use);
    findings_add(findings, FINDING_DELETED, 0, detail->str);
    if (entry->origin.is_orphan)
        findings_add(findings, FINDING_ORPHAN, 0, "the folder it lay in is gone");
    g_string_free(detail, TRUE);
}

// ---- Entries without bytes --------------------------------------------------------------------

typedef struct {
    Status status;
    const char *reason;
    FindingType finding; // with `detail` when that is not NULL
    const char *detail;
} Remark;

static bool deliver_name(const Entry *entry, uint64_t inode, Remark remark)
{
    g_autofree char *name = make_name(entry, "", "");
    g_autofree char *layer = make_layer(entry, inode, NULL);
    g_autoptr(GPtrArray) findings = findings_new();
    if (remark.detail != NULL)
        findings_add(findings, remark.finding, 0, remark.detail);
    const Child child = {.name = name,
                         .layer = layer,
                         .times = make_times(entry),
                         .findings = findings,
                         .status = remark.status,
                         .reason = remark.reason};
    return walk_child(entry->tree->walk, &child);
}

static bool deliver_special(const Entry *entry)
{
    const TSK_FS_META *meta = entry->file->meta;
    g_autofree char *detail = NULL;
    if (meta->type == TSK_FS_META_TYPE_LNK) {
        g_autofree char *target = g_utf8_make_valid(meta->link != NULL ? meta->link : "?", -1);
        detail = g_strdup_printf("symbolic link to %s", target);
    } else {
        detail = g_strdup("device, pipe or socket");
    }
    return deliver_name(entry, meta->addr,
                        (Remark){.finding = FINDING_SPECIAL_FILE, .detail = detail});
}

// ---- Streams ----------------------------------------------------------------------------------

typedef struct {
    const char *separator; // between the file's name and the stream's
    const char *name;      // "" for the main contents
    const char *detail;    // of FINDING_ALTERNATE_STREAM; NULL: none
} StreamName;

// Is this attribute contents, and under which name?
static bool name_stream(const Entry *entry, const TSK_FS_ATTR *attribute, StreamName *ret_name)
{
    const char *name = attribute->name != NULL ? attribute->name : "";
    bool is_folder = TSK_FS_IS_DIR_META(entry->file->meta->type);
    *ret_name = (StreamName){.separator = "", .name = ""};
    switch ((unsigned)attribute->type) {
    case TSK_FS_ATTR_TYPE_NTFS_DATA:
        if (*name == '\0')
            return true;
        *ret_name = (StreamName){":", name, "alternate data stream"};
        return true;
    case TSK_FS_ATTR_TYPE_NTFS_EA:
    case TSK_FS_ATTR_TYPE_NTFS_LOG:
        *ret_name = (StreamName){":", *name != '\0' ? name : "$EA", "NTFS attribute"};
        return entry->tree->kind == VOLUME_NTFS && attribute->size >= SIDE_STREAM_BYTES_MIN;
    case TSK_FS_ATTR_TYPE_DEFAULT:
    case TSK_FS_ATTR_TYPE_HFS_DATA:
        return !is_folder;
    case TSK_FS_ATTR_TYPE_HFS_RSRC:
        *ret_name = (StreamName){"/", "..namedfork/rsrc", "resource fork"};
        return attribute->size > 0;
    case TSK_FS_ATTR_TYPE_HFS_EXT_ATTR:
        *ret_name = (StreamName){":", name, "extended attribute"};
        return attribute->size >= SIDE_STREAM_BYTES_MIN;
    default:
        return false;
    }
}

// Contents that NTFS keeps in another place or form, which the main stream only stands for.
static const char *reparse_reason(const Entry *entry)
{
    static const struct {
        uint32_t tag;
        const char *reason;
    } rows[] = {
        {0x80000017, "it is compressed by Windows (CompactOS), which is not unpacked"},
        {0x80000013, "its contents are in the store of Windows data deduplication"},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++)
        if (rows[i].tag == entry->reparse_tag)
            return rows[i].reason;
    return NULL;
}

static uint32_t find_reparse_tag(const Entry *entry, int count)
{
    if (entry->tree->kind != VOLUME_NTFS)
        return 0;
    for (int i = 0; i < count; i++) {
        const TSK_FS_ATTR *attribute = tsk_fs_file_attr_get_idx(entry->file, i);
        if (attribute != NULL && attribute->type == TSK_FS_ATTR_TYPE_NTFS_REPARSE &&
            (attribute->flags & TSK_FS_ATTR_RES) && attribute->rd.buf != NULL &&
            attribute->rd.buf_size >= 4 && attribute->size >= 4)
            return attribute->rd.buf[0] | (uint32_t)attribute->rd.buf[1] << 8 |
                   (uint32_t)attribute->rd.buf[2] << 16 | (uint32_t)attribute->rd.buf[3] << 24;
    }
    return 0;
}

// Why the stream is not read at all; STATUS_OK when it is.
static Remark refuse_stream(const Entry *entry, const StreamPlan *plan,
                            const TSK_FS_ATTR *attribute, bool is_main)
{
    uint64_t volume_bytes = source_size(entry->tree->volume);
    const char *reason = is_main ? reparse_reason(entry) : NULL;
    if (attribute->flags & TSK_FS_ATTR_ENC)
        return (Remark){STATUS_ENCRYPTED, "it is encrypted by NTFS (EFS)", FINDING_ENCRYPTED,
                        "encrypted by NTFS: EFS"};
    if (ext_is_encrypted(entry->tree, entry->file->meta->addr))
        return (Remark){STATUS_ENCRYPTED, "it is encrypted by ext4 (fscrypt)", FINDING_ENCRYPTED,
                        "ext4 file encryption (fscrypt)"};
    if (reason != NULL)
        return (Remark){.status = STATUS_UNSUPPORTED, .reason = reason};
    if (entry->is_deleted && plan->damaged_bytes > 0 && plan->stored_bytes == 0)
        return (Remark){.status = STATUS_UNREADABLE,
                        .reason = "it is deleted, and nothing tells any more where it lay"};
    if (plan->stored_bytes > volume_bytes)
        return (Remark){.status = STATUS_CORRUPT, .reason = "its runs are longer than the volume"};
    if (!plan->has_runs && plan->size_bytes > LIMIT_EVIDENCE_ITEM_BYTES)
        return (Remark){.status = STATUS_LIMIT, .reason = "it unpacks to more than 64 GiB"};
    return (Remark){STATUS_OK};
}

// As long as the volume, and of all of it only the clusters that are said to be bad are its own.
// The kit leaves its holes out of the runs.
static bool is_bad_clusters(const Entry *entry, const StreamName *name)
{
    return entry->tree->kind == VOLUME_NTFS && entry->file->meta->addr == NTFS_BAD_CLUSTERS_INODE &&
           strcmp(name->name, "$Bad") == 0;
}

static bool is_mostly_holes(const StreamPlan *plan)
{
    return plan->has_runs && plan->hole_bytes > HOLES_MAX &&
           plan->hole_bytes / HOLES_RATIO > plan->stored_bytes;
}

static void account_for_deleted(const Entry *entry, const StreamPlan *plan, GPtrArray *findings)
{
    uint64_t in_use = 0, checked = 0;
    if (entry->tree->fs->block_getflags != NULL)
        count_blocks_in_use(entry->tree, &in_use, &checked);
    if (in_use == 0 && plan->damaged_bytes == 0)
        stream_claim_space(entry->tree, plan, entry->file->meta->addr);
    add_deleted_findings(entry, findings, in_use, checked);
}

static void account_for_used(const Entry *entry, const StreamPlan *plan, GPtrArray *findings)
{
    // What a damaged file covers is searched as well.
    if (!(entry->file->meta->flags & TSK_FS_META_FLAG_ALLOC))
        findings_add(findings, FINDING_DAMAGED, 0, "its name is in use, its metadata is free");
    else if (plan->damaged_bytes == 0)
        stream_note_space(entry->tree, plan);
}

static bool deliver_stream(const Entry *entry, const TSK_FS_ATTR *attribute, const StreamName *name)
{
    FileTree *tree = entry->tree;
    bool is_bad = is_bad_clusters(entry, name);
    StreamPlan plan = stream_plan(tree, attribute, is_bad);
    g_autoptr(GPtrArray) findings = findings_new();
    if (entry->is_deleted)
        account_for_deleted(entry, &plan, findings);
    else
        account_for_used(entry, &plan, findings);
    if (name->detail != NULL)
        findings_add(findings, FINDING_ALTERNATE_STREAM, 0, name->detail);
    if (is_bad && plan.stored_bytes == 0)
        return true;
    if (is_bad || is_mostly_holes(&plan)) {
        g_autofree char *detail = g_strdup_printf(
            "%" PRIu64 " bytes of holes were left out; the digests are of the stored part",
            plan.hole_bytes);
        stream_plan_compact(tree, &plan);
        findings_add(findings, FINDING_NOT_EXAMINED, 0, detail);
    }
    Remark refusal = refuse_stream(entry, &plan, attribute, name->detail == NULL);
    if (refusal.detail != NULL)
        findings_add(findings, refusal.finding, plan.size_bytes, refusal.detail);

    g_autofree char *child_name = make_name(entry, name->separator, name->name);
    g_autofree char *layer = make_layer(entry, entry->file->meta->addr, attribute);
    g_autoptr(Source) source =
        refusal.status == STATUS_OK ? stream_source_new(tree, &plan, attribute) : NULL;
    // The boot sectors alone look like a whole volume.
    bool is_boot = tree->kind == VOLUME_NTFS && entry->file->meta->addr == NTFS_BOOT_INODE;
    // What is resident in the table of files is delivered as those files.
    bool is_table = tree->kind == VOLUME_NTFS && entry->file->meta->addr <= NTFS_TABLE_INODE_MAX;
    const Child child = {.name = child_name,
                         .layer = layer,
                         .source = source,
                         .is_not_searched = is_table,
                         .type = is_boot ? sniff_bytes(NULL, 0) : NULL,
                         .has_size = refusal.status != STATUS_UNREADABLE,
                         .size_bytes = plan.size_bytes,
                         .times = make_times(entry),
                         .findings = findings,
                         .status = refusal.status,
                         .reason = refusal.reason};
    return walk_child(tree->walk, &child);
}

// A file without any stream: empty, or one whose contents are not known.
static bool deliver_without_stream(const Entry *entry)
{
    const TSK_FS_META *meta = entry->file->meta;
    g_autofree char *reason = tsk_image_take_error("its contents are not described");
    Remark remark = {.status = STATUS_CORRUPT, .reason = reason};
    if (meta->size > 0 || meta->attr_state == TSK_FS_META_ATTR_ERROR)
        return deliver_name(entry, meta->addr, remark);

    g_autofree char *name = make_name(entry, "", "");
    g_autofree char *layer = make_layer(entry, meta->addr, NULL);
    g_autoptr(GPtrArray) findings = findings_new();
    g_autoptr(Source) nothing = source_new_memory("", 0);
    g_array_set_size(entry->tree->runs, 0);
    if (entry->is_deleted)
        add_deleted_findings(entry, findings, 0, 0);
    const Child child = {.name = name,
                         .layer = layer,
                         .source = nothing,
                         .times = make_times(entry),
                         .findings = findings};
    return walk_child(entry->tree->walk, &child);
}

static bool deliver_streams(Entry *entry)
{
    bool is_folder = TSK_FS_IS_DIR_META(entry->file->meta->type), has_stream = false;
    tsk_error_reset();
    int count = tsk_fs_file_attr_getsize(entry->file);
    entry->reparse_tag = find_reparse_tag(entry, count);
    for (int i = 0; i < count; i++) {
        const TSK_FS_ATTR *attribute = tsk_fs_file_attr_get_idx(entry->file, i);
        StreamName name;
        if (attribute == NULL || !name_stream(entry, attribute, &name))
            continue;
        has_stream = true;
        if (!deliver_stream(entry, attribute, &name))
            return false;
    }
    return has_stream || is_folder || deliver_without_stream(entry);
}

// ---- Entries ----------------------------------------------------------------------------------

static bool is_label(const TSK_FS_FILE *file)
{
    return file->name != NULL && file->name->name != NULL && file->meta->size == 0 &&
           g_str_has_suffix(file->name->name, " (Volume Label Entry)");
}

bool file_deliver(FileTree *tree, TSK_FS_FILE *file, const char *path, FileOrigin origin)
{
    const TSK_FS_META *meta = file->meta;
    bool is_name_free = file->name == NULL || (file->name->flags & TSK_FS_NAME_FLAG_UNALLOC);
    Entry entry = {
        .tree = tree, .file = file, .path = path, .origin = origin, .is_deleted = is_name_free};
    uint64_t inode = meta != NULL ? meta->addr : file->name != NULL ? file->name->meta_addr : 0;
    bool is_left_alone = is_name_free && file->name != NULL &&
                         (meta == NULL || (meta->flags & TSK_FS_META_FLAG_ALLOC));
    if (is_left_alone)
        return deliver_name(&entry, inode,
                            (Remark){.finding = FINDING_DELETED,
                                     .detail = inode == 0
                                                   ? "deleted; only its name is left"
                                                   : "deleted; only its name is left, its metadata "
                                                     "belongs to another file now"});
    if (meta == NULL) {
        g_autofree char *reason = g_strdup_printf(
            "its metadata could not be read: %s",
            origin.metadata_error != NULL ? origin.metadata_error : "it belongs to another file");
        return deliver_name(&entry, inode, (Remark){.status = STATUS_CORRUPT, .reason = reason});
    }
    switch (meta->type) {
    case TSK_FS_META_TYPE_LNK:
    case TSK_FS_META_TYPE_FIFO:
    case TSK_FS_META_TYPE_CHR:
    case TSK_FS_META_TYPE_BLK:
    case TSK_FS_META_TYPE_SOCK:
    case TSK_FS_META_TYPE_SHAD:
    case TSK_FS_META_TYPE_WHT:
        return deliver_special(&entry);
    case TSK_FS_META_TYPE_VIRT_DIR:
        return true;
    case TSK_FS_META_TYPE_VIRT: // the kit's own names for areas of a FAT volume
        return tree->kind == VOLUME_FAT || tree->kind == VOLUME_EXFAT || deliver_streams(&entry);
    default:
        return is_label(file) || deliver_streams(&entry);
    }
}
