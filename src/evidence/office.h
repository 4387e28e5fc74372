// SPDX-License-Identifier: Apache-2.0
//
// OpenDocument and EPUB files: ZIP archives whose members may be encrypted one by one, with
// nothing in the ZIP to show it. A member of META-INF says so (OpenDocument 1.3 part 2, 4.8.3;
// EPUB OCF 3.2, 3.5.2.2). The archive itself is opened like every other.
#pragma once

#include <stddef.h>

#include "evidence/container.h"

// Before the archives in the table.
extern const Container office_container;

// Members that META-INF/manifest.xml of an OpenDocument file calls encrypted.
unsigned office_manifest_encrypted(const char *xml, size_t size);

// Resources that META-INF/encryption.xml of an EPUB file calls encrypted; fonts that are only
// obfuscated do not count.
unsigned office_rights_encrypted(const char *xml, size_t size);
