// SPDX-License-Identifier: Apache-2.0
//
// "\1Ole10Native": a u32 size, then a package, or the native data of some other OLE 1 program.
#include "evidence/office_gaps.h"
#include "evidence/ole_object.h"
#include "evidence/ole_streams.h"

const SniffType ole_package_type = {.media_type = "application/octet-stream"};

#define SIZE_BYTES 4u

static void package_open(Walk *walk, Source *source)
{
    g_autoptr(OfficeGaps) gaps = office_gaps_new();
    g_auto(OlePackage) package = {0};
    uint64_t size = source_size(source);
    bool is_package = ole_package_read(source, SIZE_BYTES, &package);
    if (!is_package)
        package = (OlePackage){.file_name = g_strdup("data"),
                               .offset = SIZE_BYTES,
                               .size_bytes = size > SIZE_BYTES ? size - SIZE_BYTES : 0};
    g_autoptr(Source) part = source_new_range(source, package.offset, package.size_bytes);
    const Child child = {.name = package.file_name,
                         .layer = is_package ? "{\"package\":1}" : "{\"data\":1}",
                         .source = part,
                         .status = package.is_cut ? STATUS_CORRUPT : STATUS_OK,
                         .reason = package.is_cut ? "the package breaks off before its end" : NULL};
    if (package.size_bytes > 0 && !walk_child(walk, &child))
        return;
    office_gaps_deliver(gaps, package.offset, package.size_bytes);
    office_gaps_search(gaps, walk, source, 0, size);
}

static bool package_fits(const SniffType *type, Source *source)
{
    return type == &ole_package_type;
}

const Container ole_package_container = {
    .name = "packaged object", .fits = package_fits, .open = package_open};
