// SPDX-License-Identifier: Apache-2.0
//
// An authenticator that knows nobody: a server that is started before there are accounts answers
// strangers only.
#pragma once

#include "api/authenticate.h"

const ApiAuthenticator *authenticator_of_nobody(void);
