// SPDX-License-Identifier: Apache-2.0
//
// Image: files that hold a medium in a wrapper: E01, QCOW, VMDK, VHD, VHDX, VDI, DMG. The wrapper's
// own magic is asked before any library sees the bytes, because the libraries that guess take an
// unknown wrapper for a raw medium. What is known but cannot be opened (L01, Ex01, AD1, AFF …) is
// named with its reason, and its bytes are searched.
//
// Further files of an image (segments, extents, parents) are looked for beside the evidence file by
// their base names. What is missing is a finding with the bytes it would have held.
#pragma once

#include "evidence/container.h"
#include "evidence/source.h"
#include "evidence/walk.h"

extern const Container image_container;

// The whole of a set of raw parts (.001, .aa …) of which the evidence file `first` (borrowed, must
// outlive it) is the first by its name. Parts that are missing or too short between others read as
// zeroes and are findings; so is an evidence file that is a later part of a set. NULL when it is no
// first part or no second one lies beside it.
// Asked before the evidence file's type is looked at, since the parts alone have none.
Source *image_join_parts(Walk *walk, Source *first);
