// SPDX-License-Identifier: Apache-2.0
//
// Where the desk's files lie when nobody says where.
#pragma once

// In a build tree the folder "desk" of the build folder, once it is built; else where it is
// installed, whether or not anything is there. Newly allocated.
char *desk_folder_find(void);
