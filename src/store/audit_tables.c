// SPDX-License-Identifier: Apache-2.0
#include "store/audit_tables.h"

#include <openssl/evp.h>
#include <string.h>

#include "store/hash_text.h"

// NAME, types of the columns behind id and seq, the columns themselves (with a comma in front).
#define AUDITED(table_name, column_types, column_names)                                            \
    {                                                                                              \
        .name = table_name, .types = column_types, .columns = "id, seq" column_names,              \
        .by_id = "SELECT id, seq" column_names " FROM " table_name " WHERE id = ?1",               \
        .by_range = "SELECT id, seq" column_names " FROM " table_name                              \
                    " WHERE id BETWEEN ?1 AND ?2 AND seq = ?3 ORDER BY id",                        \
        .by_seq = "SELECT id, seq" column_names " FROM " table_name " ORDER BY seq, id",           \
    }

static const AuditTableInfo tables[TABLE_COUNT] = {
    [TABLE_UNIT] = AUDITED("unit", "ttttti", ", name, agency, country, contact, state, made_us"),
    [TABLE_ACCOUNT] =
        AUDITED("account", "ttiitii", ", name, display, unit_id, roles, state, made_us, closed_us"),
    [TABLE_ACCOUNT_SECRET] =
        AUDITED("account_secret", "bbii", ", password_sealed, totp_sealed, password_us, totp_us"),
    [TABLE_RECOVERY_CODE] =
        AUDITED("recovery_code", "ibii", ", account_id, hash, made_us, used_us"),
    [TABLE_TOKEN] = AUDITED("token", "itbiiiii",
                            ", account_id, name, hash, scopes, case_id, made_us, ends_us, "
                            "revoked_us"),
    [TABLE_OBJECT_KEY] = AUDITED("object_key", "tibi", ", kind, object_id, wrapped, made_us"),
    [TABLE_CASE_FILE] = AUDITED("case_file", "titttiiiitiiit",
                                ", number, unit_id, title, state, scheme, voters, voter_units, "
                                "restricted, preview_days, reference, opened_us, closed_us, "
                                "decided_set_id, outcome"),
    [TABLE_CASE_MEMBER] = AUDITED("case_member", "iii", ", case_id, account_id, added_us"),
    [TABLE_EVIDENCE] = AUDITED("evidence", "itti", ", case_id, name, root, added_us"),
    [TABLE_MEDIA] = AUDITED("media", "bbbittttiiiiibt",
                            ", sha256, sha1, md5, size_bytes, media_type, family, status, reason, "
                            "width, height, frames, duration_ms, pdq_quality, hashes, facts"),
    [TABLE_ITEM] = AUDITED("item", "iibbitttttiiitt",
                           ", case_id, evidence_id, item_key, parent_key, media_id, path, locator, "
                           "name, status, reason, size_bytes, modified_us, created_us, times, "
                           "findings"),
    [TABLE_CASE_MEDIA] = AUDITED("case_media", "iitiiiiitt",
                                 ", case_id, media_id, kind, stack_id, distance, orientation, "
                                 "pipeline, added_us, decision, category"),
    [TABLE_MEDIA_MATCH] =
        AUDITED("media_match", "iiiittiitt",
                ", case_id, media_id, set_id, entry_id, type, meaning, is_weak, distance, "
                "category, detail"),
    [TABLE_PREVIEW] = AUDITED("preview", "itiiib",
                              ", media_id, kind, ordinal, milliseconds, object_key_id, sealed"),
    [TABLE_VOTE] = AUDITED("vote", "iiiiitttiii",
                           ", case_id, media_id, account_id, unit_id, undoes, category, "
                           "self_generated, commercial, is_late, is_submitter, made_us"),
    [TABLE_DECISION] =
        AUDITED("decision", "iiittttiiiiitiiiiiiit",
                ", case_id, media_id, case_media_id, state, category, self_generated, commercial, "
                "in_favour, against, units, voters, voter_units, votes, account_id, made_us, "
                "waited_us, set_id, entry_id, entry_withdrawn_us, withdrawn_us, withdrawn_why"),
    [TABLE_NOTE] = AUDITED("note", "iiittiiii",
                           ", case_id, case_media_id, is_stack, kind, text, account_id, made_us, "
                           "removed_us, removed_by"),
    [TABLE_SERIES] = AUDITED("series", "iti", ", unit_id, name, made_us"),
    [TABLE_SERIES_MEDIA] =
        AUDITED("series_media", "iiiii", ", series_id, case_id, media_id, joined_us, left_us"),
    [TABLE_VICTIM] = AUDITED("victim", "ittibi",
                             ", unit_id, reference, state, name_key_id, name_sealed, made_us"),
    [TABLE_VICTIM_STATE] =
        AUDITED("victim_state", "ititii", ", victim_id, state, unit_id, reason, since_us, made_us"),
    [TABLE_VICTIM_LINK] = AUDITED("victim_link", "iiiiii",
                                  ", victim_id, series_id, case_id, media_id, made_us, left_us"),
    [TABLE_IDENTIFIER] = AUDITED("identifier", "biiitttiiti",
                                 ", nonce, case_id, media_id, item_id, kind, value, written, "
                                 "at_us, port, source, made_us"),
    [TABLE_ENQUIRY] = AUDITED("enquiry", "iiiiitittiii",
                              ", case_id, media_id, account_id, owner_case_id, owner_media_id, "
                              "kind, distance, state, victim_state, made_us, answered_us, "
                              "answered_by"),
    [TABLE_RETENTION_RULE] =
        AUDITED("retention_rule", "ititti", ", case_id, kind, days, counts_from, reason, made_us"),
    [TABLE_EXPUNGE] = AUDITED("expunge", "itttiiii",
                              ", case_id, kind, reason, state, asked_by, asked_us, decided_by, "
                              "decided_us"),
    [TABLE_TOMBSTONE] =
        AUDITED("tombstone", "iittii", ", expunge_id, case_id, what, detail, count, made_us"),
    [TABLE_VICS_DOCUMENT] =
        AUDITED("vics_document", "iitbitttttttiiiiiii",
                ", case_id, account_id, name, sha256, size_bytes, state, frame, version, region, "
                "scheme, case_number, application, media, identifiers, files, not_understood, "
                "photodna, photodna_bad, added_us"),
    [TABLE_VICS_MEDIA] =
        AUDITED("vics_media", "iitiitbbbitttti",
                ", document_id, case_id, kind, case_ordinal, ordinal, raw, md5, sha1, sha256, "
                "size_bytes, category, category_source, series, media_type, victim_identified"),
    [TABLE_EXAMINATION] = AUDITED("examination", "iiitiitt",
                                  ", case_id, evidence_id, account_id, login, begun_us, ended_us, "
                                  "provenance, totals"),
};

const AuditTableInfo *audit_table(AuditTable table)
{
    return (unsigned)table < TABLE_COUNT && tables[table].name != NULL ? &tables[table] : NULL;
}

static void add_value(EVP_MD_CTX *hash, const Statement *row, int column, char type)
{
    switch (type) {
    case 'i': {
        hash_text_number(hash, (uint64_t)statement_int(row, column));
        break;
    }
    case 'r': {
        double real = statement_real(row, column);
        uint64_t bits;
        memcpy(&bits, &real, sizeof bits);
        hash_text_number(hash, bits);
        break;
    }
    case 't': {
        const char *text = statement_text(row, column);
        hash_text_bytes(hash, text, statement_text_length(row, column));
        break;
    }
    default: {
        size_t size_bytes;
        const uint8_t *bytes = statement_blob(row, column, &size_bytes);
        hash_text_bytes(hash, bytes, size_bytes);
    }
    }
}

void audit_row_hash(AuditTable table, const Statement *row, uint8_t ret_hash[SHA256_BYTES])
{
    const AuditTableInfo *info = audit_table(table);
    g_assert(info != NULL);
    EVP_MD_CTX *hash = hash_text_new("clew row 1");
    hash_text_bytes(hash, info->name, strlen(info->name));
    hash_text_number(hash, (uint64_t)statement_int(row, 0));
    hash_text_number(hash, (uint64_t)statement_int(row, 1));
    for (int i = 0; info->types[i] != '\0'; i++) {
        if (statement_is_null(row, i + 2))
            continue;
        hash_text_number(hash, (uint64_t)i);
        add_value(hash, row, i + 2, info->types[i]);
    }
    hash_text_finish(hash, ret_hash);
}
