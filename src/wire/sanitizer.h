// SPDX-License-Identifier: Apache-2.0
//
// Whether this build carries AddressSanitizer, which maps terabytes of address space and writes its
// report to stderr. Asked in the few places of this floor where that changes what a lock may hold.
#pragma once

#if defined(__SANITIZE_ADDRESS__)
#define SANITIZER_BUILD 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define SANITIZER_BUILD 1
#endif
#endif

#ifndef SANITIZER_BUILD
#define SANITIZER_BUILD 0
#endif
