// SPDX-License-Identifier: Apache-2.0
#include "api/examination_body.h"

#include <glib.h>
#include <string.h>

#include "base/limits.h"
#include "model/hash_list.h"
#include "model/plain_text.h"
#include "model/record.h"

#define DIGEST_BYTES 32u
#define HOST_BYTES_MAX 255u
#define SHORT_BYTES_MAX 256u
#define KEY_BYTES_MAX 64u

// People will read it in a report.
static void check_text(ApiObject *in, const char *member, size_t max_bytes)
{
    const char *text = api_object_text(in, member, 0, max_bytes);
    if (!plain_text_is(text, strlen(text)))
        api_object_refuse(in, member, "holds characters that act on what shows it");
}

static void check_count(ApiObject *in, const char *member)
{
    api_object_int(in, member, 0, INT64_MAX);
}

static bool is_limit_name(const char *name)
{
    size_t length = strlen(name);
    return length > 0 && length <= KEY_BYTES_MAX &&
           strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789_") == length;
}

// Which limits there are differs from version to version.
static void check_limits(ApiObject *in)
{
    ApiObject *limits = api_object_child(in, "limits");
    json_t *value;
    const char *name;
    json_t *object = (json_t *)api_object_any(in, "limits");
    if (object == NULL || !json_is_object(object))
        return;
    if (json_object_size(object) > LIMIT_PROVENANCE_LIMITS)
        api_object_refuse(in, "limits", "must have at most %u members", LIMIT_PROVENANCE_LIMITS);
    json_object_foreach(object, name, value)
    {
        if (is_limit_name(name))
            check_count(limits, name);
    }
}

static void check_sets(ApiObject *in)
{
    ApiArray *sets = api_object_array(in, "sets", 0, LIMIT_PROVENANCE_SETS);
    for (size_t i = 0; i < api_array_size(sets); i++) {
        ApiObject *set = api_array_object(sets, i);
        uint8_t digest[DIGEST_BYTES];
        SetKind kind;
        check_text(set, "name", SHORT_BYTES_MAX);
        if (!set_kind_from_name(api_object_text(set, "kind", 1, KEY_BYTES_MAX), &kind))
            api_object_refuse(set, "kind", "is no kind of a set");
        check_count(set, "entries");
        check_count(set, "generation");
        api_object_hex(set, "digest", digest, sizeof digest);
    }
}

static char *text_of(ApiObject *in, const char *member)
{
    const json_t *object = api_object_any(in, member);
    char *text = object != NULL ? json_dumps(object, JSON_COMPACT) : NULL;
    char *copy = g_strdup(text != NULL ? text : "{}");
    free(text);
    return copy;
}

char *examination_provenance(ApiObject *in, const char *member)
{
    ApiObject *provenance = api_object_child(in, member);
    check_text(provenance, "clew", KEY_BYTES_MAX);
    check_text(provenance, "started", KEY_BYTES_MAX);
    check_text(provenance, "host", HOST_BYTES_MAX);
    check_text(provenance, "command_line", LIMIT_PROVENANCE_COMMAND);
    check_text(provenance, "libraries", LIMIT_PROVENANCE_TEXT);
    check_text(provenance, "decoders", LIMIT_PROVENANCE_TEXT);
    check_text(provenance, "sandbox", LIMIT_PROVENANCE_TEXT);
    check_text(provenance, "videos", SHORT_BYTES_MAX);
    check_count(provenance, "distance");
    check_count(provenance, "min_quality");
    check_count(provenance, "jobs");
    check_limits(provenance);
    check_sets(provenance);
    api_object_int_or(provenance, "more_sets", 0, INT64_MAX, 0);
    return text_of(in, member);
}

char *examination_totals(ApiObject *in, const char *member)
{
    static const char *const counts[] = {
        "items",    "media",          "exact",          "near",
        "left_out", "evidence_bytes", "examined_bytes", "not_examined_bytes"};
    ApiObject *totals = api_object_child(in, member);
    for (size_t i = 0; i < G_N_ELEMENTS(counts); i++)
        check_count(totals, counts[i]);
    ApiObject *not_examined = api_object_child(totals, "not_examined");
    for (unsigned status = STATUS_OK + 1; status < STATUS_COUNT; status++)
        check_count(not_examined, status_name((Status)status));
    api_object_bool(totals, "complete");
    api_object_bool(totals, "partial");
    return text_of(in, member);
}
