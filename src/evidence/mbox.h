// SPDX-License-Identifier: Apache-2.0
//
// Mailboxes of messages one after another, each behind a line that begins "From " (RFC 4155 and its
// forerunners). Each message is a child; it lies in the mailbox as it is, but for lines that begin
// ">From ". The mailbox may be of any size: nothing of it is kept but pieces of messages
// (message/partial), whose joined messages are the mailbox's last children.
#pragma once

#include "evidence/container.h"

extern const Container mbox_container;
