// SPDX-License-Identifier: Apache-2.0
//
// Text that holds bytes written as text: a base64 file, uuencoded and yEnc blocks (in news and
// mail), data: URIs, base64 media in JSON, XML and vCards, PGP messages.
#pragma once

#include "evidence/container.h"

extern const Container encoded_text_container;
