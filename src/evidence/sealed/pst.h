// SPDX-License-Identifier: Apache-2.0
//
// Outlook's stores (.pst, .ost, .pab), by libpff: every item of every folder with its bodies, its
// transport headers and its attachments, as they lie; items attached to items; items that were
// deleted and can be recovered. Folders and subjects make up a child's name, the store's own
// identifiers its layer.
#pragma once

#include "evidence/container.h"

extern const Container pst_container;
