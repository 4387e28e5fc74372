// SPDX-License-Identifier: Apache-2.0
#include "api/routes.h"

const ApiRoute *const *api_routes(void)
{
    static const ApiRoute *const tables[] = {
        routes_health,       routes_session,   routes_account,     routes_units,
        routes_tokens,       routes_schemes,   routes_cases,       routes_series,
        routes_victims,      routes_links,     routes_identifiers, routes_enquiries,
        routes_retention,    routes_search,    routes_audit,       routes_ingest,
        routes_examinations, routes_media,     routes_comparisons, routes_progress,
        routes_previews,     routes_reveals,   routes_scans,       routes_review,
        routes_votes,        routes_notes,     routes_statistics,  routes_match,
        routes_sets,         routes_documents, routes_desk,        NULL,
    };
    return tables;
}
