// SPDX-License-Identifier: Apache-2.0
#include "api/problem.h"

G_DEFINE_QUARK(clew - api - problem - quark, api_problem)

typedef struct {
    int problem;      // an ApiProblem
    const char *code; // stable, for programs
    const char *title;
} StatusRow;

static const StatusRow statuses[] = {
    {400, "bad_request", "Bad Request"},
    {401, "unauthenticated", "Unauthorized"},
    {403, "denied", "Forbidden"},
    {404, "not_found", "Not Found"},
    {405, "method_not_allowed", "Method Not Allowed"},
    {409, "conflict", "Conflict"},
    {411, "length_required", "Length Required"},
    {412, "precondition_failed", "Precondition Failed"},
    {413, "limit", "Content Too Large"},
    {414, "target_too_long", "URI Too Long"},
    {415, "media_type", "Unsupported Media Type"},
    {417, "expectation_failed", "Expectation Failed"},
    {421, "misdirected", "Misdirected Request"},
    {422, "invalid", "Unprocessable Content"},
    {428, "precondition_required", "Precondition Required"},
    {429, "too_many_requests", "Too Many Requests"},
    {431, "headers_too_large", "Request Header Fields Too Large"},
    {500, "internal", "Internal Server Error"},
    {501, "unsupported", "Not Implemented"},
    {503, "busy", "Service Unavailable"},
    {API_PROBLEM_SECOND_FACTOR, "second_factor", "Forbidden"},
    {API_PROBLEM_CSRF, "csrf", "Forbidden"},
};

#define STATUS_INTERNAL 500
#define KINDS_FROM 1000 // ApiProblem values that are ten times their status, and a digit

static const int status_of_code[] = {
    [CLEW_ERROR_NOT_FOUND] = 404, [CLEW_ERROR_INVALID] = 422,   [CLEW_ERROR_UNSUPPORTED] = 501,
    [CLEW_ERROR_CORRUPT] = 500,   [CLEW_ERROR_LIMIT] = 413,     [CLEW_ERROR_DENIED] = 403,
    [CLEW_ERROR_CONFLICT] = 409,  [CLEW_ERROR_BUSY] = 503,      [CLEW_ERROR_ENCRYPTED] = 422,
    [CLEW_ERROR_IO] = 500,        [CLEW_ERROR_CANCELLED] = 503, [CLEW_ERROR_INTERNAL] = 500,
};

static const StatusRow *row_of(int problem)
{
    for (unsigned i = 0; i < G_N_ELEMENTS(statuses); i++)
        if (statuses[i].problem == problem)
            return &statuses[i];
    return NULL;
}

const char *api_problem_title(int status)
{
    const StatusRow *row = row_of(status);
    return row != NULL ? row->title : "Error";
}

int api_problem_status(const GError *error)
{
    if (error == NULL)
        return STATUS_INTERNAL;
    if (error->domain == API_PROBLEM)
        return row_of(error->code) == NULL ? STATUS_INTERNAL
               : error->code > KINDS_FROM  ? error->code / 10
                                           : error->code;
    if (error->domain == CLEW_ERROR && (unsigned)error->code < G_N_ELEMENTS(status_of_code))
        return status_of_code[error->code];
    return STATUS_INTERNAL;
}

// CLEW_ERROR_ENCRYPTED shares its status with CLEW_ERROR_INVALID and is told apart by code.
static const char *code_of(const GError *error, int status)
{
    if (g_error_matches(error, CLEW_ERROR, CLEW_ERROR_ENCRYPTED))
        return "encrypted";
    const StatusRow *row = row_of(error->domain == API_PROBLEM ? error->code : status);
    return row != NULL ? row->code : "internal";
}

json_t *api_problem_json(const GError *error, const char *pointer, const char *id)
{
    int status = api_problem_status(error);
    g_autofree char *detail =
        status == STATUS_INTERNAL
            ? g_strdup("the server failed at this; its log says more under the id of this reply")
            : g_utf8_make_valid(error->message, -1);
    return json_pack("{ss ss si ss ss ss* ss*}", "type", "about:blank", "title",
                     api_problem_title(status), "status", status, "code", code_of(error, status),
                     "detail", detail, "pointer", pointer, "id", id);
}

bool api_refuse_content(GError **err)
{
    if (err == NULL || !g_error_matches(*err, CLEW_ERROR, CLEW_ERROR_CORRUPT))
        return false;
    GError *refused = g_error_new_literal(API_PROBLEM, API_PROBLEM_UNPROCESSABLE, (*err)->message);
    g_clear_error(err);
    g_propagate_error(err, refused);
    return false;
}
