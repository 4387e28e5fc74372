// SPDX-License-Identifier: Apache-2.0
//
// The two ways in which a worker loses the file system and the network.
#pragma once

#include <glib.h>
#include <stdbool.h>

// The Landlock ABI of the running kernel; 0 when there is none.
int confine_landlock_abi(void);

// Gives up every right that ABI knows: files, TCP, abstract sockets, signals to others. Needs
// no_new_privs. CLEW_ERROR_UNSUPPORTED when the kernel refuses.
bool confine_by_landlock(int abi, GError **err);

// Moves the process into new user, mount, network and IPC name spaces whose only file system is an
// empty read-only one. CLEW_ERROR_UNSUPPORTED when the system does not allow that.
bool confine_by_namespace(GError **err);
