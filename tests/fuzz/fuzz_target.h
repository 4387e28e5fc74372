// SPDX-License-Identifier: Apache-2.0
//
// What every fuzz target defines: one call on one untrusted input. It must return 0 and leave
// nothing behind (no leak, no changed global), so that inputs can follow one another. The same
// source is linked with libFuzzer (make fuzz) or with replay_main.c (every test run).
#pragma once

#include <stddef.h>
#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
