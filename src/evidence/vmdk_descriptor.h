// SPDX-License-Identifier: Apache-2.0
//
// The text that says what a VMDK disk is made of, in a file of its own or inside a sparse extent:
//
//   createType="twoGbMaxExtentSparse"
//   parentCID=ffffffff
//   parentFileNameHint="base.vmdk"
//   RW 4192256 SPARSE "disk-s001.vmdk"
//   RW 2048 FLAT "disk-flat.vmdk" 0
//
// Source: "Virtual Disk Format 5.0", VMware, 2011.
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

// No text is longer; no disk has more extents.
#define VMDK_DESCRIPTOR_BYTES_MAX (1u << 20)
#define VMDK_EXTENTS_MAX 4096u

typedef enum {
    VMDK_EXTENT_FLAT, // raw bytes from an offset on; also VMFS
    VMDK_EXTENT_SPARSE,
    VMDK_EXTENT_ZERO,
    VMDK_EXTENT_OTHER, // devices, and kinds that are not known
} VmdkExtentKind;

typedef struct {
    VmdkExtentKind kind;
    char *kind_name; // as written: "SESPARSE"
    uint64_t sectors;
    char *name;      // NULL for zeroes
    uint64_t offset; // in sectors, of a flat extent
} VmdkExtent;

typedef struct {
    char *create_type; // NULL when it is not said
    bool has_parent;
    char *parent_name;  // NULL when it is not said
    GPtrArray *extents; // of VmdkExtent *, owned
} VmdkDescriptor;

// NULL with CLEW_ERROR_CORRUPT when the text names no extents.
VmdkDescriptor *vmdk_descriptor_parse(const char *text, size_t size_bytes, GError **err);
void vmdk_descriptor_free(VmdkDescriptor *descriptor);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(VmdkDescriptor, vmdk_descriptor_free)
