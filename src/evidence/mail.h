// SPDX-License-Identifier: Apache-2.0
//
// Messages (.eml, .emlx, .mht, news): each part is a child with its contents decoded. Messages in a
// message are children whose bytes are opened in turn. The parts of a message that was sent in
// pieces (message/partial) are looked for beside it and joined.
//
// Splitting a message into its parts is our own (mail_structure.h), so that a message of any size
// and nesting is gone through in bounded memory; what the fields say is read by GMime.
#pragma once

#include "evidence/container.h"

extern const Container mail_container;
