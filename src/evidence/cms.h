// SPDX-License-Identifier: Apache-2.0
//
// Signed and encrypted messages of S/MIME and signed documents (.p7m, .p7s; CMS, RFC 5652): what
// was only signed is a child, what is encrypted is said to be.
#pragma once

#include "evidence/container.h"

extern const Container cms_container;
