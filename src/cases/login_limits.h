// SPDX-License-Identifier: Apache-2.0
//
// How often somebody may try to log in. After some failures each further one makes the next wait
// twice as long, up to a bound; nothing is ever locked for good.
//
// Failures count for the pair of name and address, for the address, for the name, and, once the
// password was right, for codes of the second factor. Somebody who logged in from an address before
// does not wait there for what strangers elsewhere do to their name. Names that do not exist count
// like those that do, so waiting tells nobody which is which.
//
// A clock that went back makes nobody wait: a failure that lies in the future is forgotten.
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "cases/casework.h"

typedef struct {
    const char *name, *address;
} LoginPlace;

// CLEW_ERROR_BUSY with the seconds to wait.
bool login_limits_allow(Casework *work, LoginPlace place, GError **err);
bool login_limits_allow_code(Casework *work, uint64_t account_id, GError **err);

// How long the two above refuse from now on; account_id 0: without codes.
bool login_limits_wait(Casework *work, LoginPlace place, uint64_t account_id, int64_t *ret_wait_us,
                       GError **err);

// Counts a failure, in a transaction of its own. *ret_report is not 0 when so many failures of this
// name should be put on record: at 5, 10, 20, 40 …
bool login_limits_failed(Casework *work, LoginPlace place, uint64_t *ret_report, GError **err);
bool login_limits_code_failed(Casework *work, uint64_t account_id, uint64_t *ret_report,
                              GError **err);

// Inside the transaction of a login: forgets its failures and remembers the address. *ret_failures:
// how many there were of this name since the last one.
bool login_limits_succeeded(Casework *work, LoginPlace place, uint64_t *ret_failures, GError **err);
bool login_limits_code_succeeded(Casework *work, uint64_t account_id, GError **err);
