// SPDX-License-Identifier: Apache-2.0
//
// Brings heads of the record to witnesses over HTTP (an AuditPost), and reads them from options.
#pragma once

#include "cases/audit_appender.h"

// "--witness URL=KEY": CLEW_ERROR_INVALID unless the URL is http or https and the key a witness'.
// `ret_witness->url` is newly allocated.
bool witness_parse(const char *option, AuditWitness *ret_witness, GError **err);

// Once, before threads.
bool witness_http_init(GError **err);

bool witness_http_post(void *user_data, const char *url, const char *body, unsigned *ret_status,
                       char **ret_answer, GError **err);
