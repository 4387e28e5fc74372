// SPDX-License-Identifier: Apache-2.0
//
// RTF documents: pictures and embedded objects, which stand in the text as hexadecimal digits or as
// counted bytes.
#pragma once

#include "evidence/container.h"

extern const Container rtf_container;
