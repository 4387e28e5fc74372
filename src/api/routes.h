// SPDX-License-Identifier: Apache-2.0
//
// The resources' arrays of routes, each ended by a row whose path is NULL; routes.c joins them.
#pragma once

#include "api/route.h"

extern const ApiRoute routes_health[];
extern const ApiRoute routes_session[];
extern const ApiRoute routes_account[];
extern const ApiRoute routes_desk[];
extern const ApiRoute routes_units[];
extern const ApiRoute routes_tokens[];
extern const ApiRoute routes_schemes[];
extern const ApiRoute routes_cases[];
extern const ApiRoute routes_series[];
extern const ApiRoute routes_victims[];
extern const ApiRoute routes_links[];
extern const ApiRoute routes_identifiers[];
extern const ApiRoute routes_enquiries[];
extern const ApiRoute routes_retention[];
extern const ApiRoute routes_search[];
extern const ApiRoute routes_audit[];
extern const ApiRoute routes_ingest[];
extern const ApiRoute routes_examinations[];
extern const ApiRoute routes_media[];
extern const ApiRoute routes_comparisons[];
extern const ApiRoute routes_progress[];
extern const ApiRoute routes_previews[];
extern const ApiRoute routes_reveals[];
extern const ApiRoute routes_scans[];
extern const ApiRoute routes_review[];
extern const ApiRoute routes_votes[];
extern const ApiRoute routes_notes[];
extern const ApiRoute routes_statistics[];
extern const ApiRoute routes_ingest[];
extern const ApiRoute routes_match[];
extern const ApiRoute routes_sets[];
extern const ApiRoute routes_documents[];
