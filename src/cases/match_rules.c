// SPDX-License-Identifier: Apache-2.0
#include "cases/match_rules.h"

#include <string.h>

void asked_values_add(AskedValues *asked, const uint8_t value[PDQ_BYTES], Pipeline pipeline,
                      unsigned orientation)
{
    memcpy(asked->values[asked->count], value, PDQ_BYTES);
    asked->pipelines[asked->count] = pipeline;
    asked->orientations[asked->count++] = orientation;
}

// Untrimmed before trimmed, unturned before turned: of equal distances the first one is told.
void asked_values_of_still(AskedValues *asked, const StillFacts *still, unsigned min_quality)
{
    for (unsigned trimmed = 0; trimmed < 2; trimmed++) {
        for (unsigned orientation = 0; orientation < ORIENTATION_COUNT; orientation++) {
            for (unsigned pipeline = 0; pipeline < PIPELINE_COUNT; pipeline++) {
                const PdqFacts *facts = &still->pdq[pipeline];
                if (facts->present && facts->quality >= min_quality &&
                    pipeline_is_trimmed((Pipeline)pipeline) == (trimmed == 1))
                    asked_values_add(asked, facts->hash[orientation], (Pipeline)pipeline,
                                     orientation);
            }
        }
    }
}

bool match_rules_exact(const ListEntry *entry, const void *data, Match *match)
{
    const AskedDigests *asked = data;
    unsigned agree = 0, listed = 0;
    for (size_t i = 0; i < entry->hash_count; i++) {
        const ListHash *hash = &entry->hashes[i];
        if (hash->type >= HASH_PDQ || !(asked->types & 1u << hash->type))
            continue;
        listed |= 1u << hash->type;
        if (memcmp(hash->value, asked->values[hash->type], hash_type_bytes(hash->type)) == 0)
            agree |= 1u << hash->type;
    }
    const unsigned md5 = 1u << HASH_MD5, sha1 = 1u << HASH_SHA1, sha256 = 1u << HASH_SHA256;
    match->type = MATCH_EXACT;
    match->digests = agree;
    match->weak_digest = !(agree & sha256) && (agree & (md5 | sha1)) != (md5 | sha1);
    match->contradicted = (listed & ~agree) != 0;
    return agree != 0;
}

bool match_rules_near(const ListEntry *entry, const void *data, Match *match)
{
    const AskedValues *asked = data;
    match->type = MATCH_NEAR;
    match->distance = asked->distance + 1;
    match->in_thumbnail = asked->is_thumbnail;
    for (size_t value = 0; value < asked->count; value++) {
        for (size_t i = 0; i < entry->hash_count; i++) {
            if (entry->hashes[i].type != HASH_PDQ)
                continue;
            unsigned distance = pdq_distance(entry->hashes[i].value, asked->values[value]);
            if (distance >= match->distance)
                continue;
            match->distance = distance;
            match->pipeline = asked->pipelines[value];
            match->orientation = asked->orientations[value];
        }
    }
    return match->distance <= asked->distance;
}

static bool is_known(const Match *match)
{
    bool is_sought = match->meaning == MEANING_NOTABLE || match->set_kind == SET_ALERT;
    return match->type == MATCH_EXACT && is_sought && !match->contradicted;
}

bool match_rules_needs_eyes(const GArray *matches, bool left_out, bool is_media)
{
    if (!is_media || left_out)
        return false;
    for (unsigned i = 0; i < matches->len; i++)
        if (is_known(&g_array_index(matches, Match, i)))
            return false;
    return true;
}
