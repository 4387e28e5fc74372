// SPDX-License-Identifier: Apache-2.0
//
// What an evidence worker says arrives unchanged, and what breaks a rule does not arrive at all.
#include <string.h>

#include "base/limits.h"
#include "wire/evidence_message.h"
#include "wire_fixture.h"

// Builders ----------------------------------------------------------------------------------------

// Any bytes but NUL.
static char *random_name(int limit)
{
    int length = g_test_rand_int_range(0, limit + 1);
    char *name = g_malloc0((size_t)length + 1);
    for (int i = 0; i < length; i++)
        name[i] = (char)g_test_rand_int_range(1, 256);
    return name;
}

static EvidenceAnnounce random_announce(void)
{
    EvidenceAnnounce announce = {
        .place = random_place(LIMIT_EVIDENCE_DEPTH),
        .has_size = random_bool(),
        .times = random_times(),
        .is_structure = random_bool(),
    };
    bool is_root = announce.place.depth == 0;
    announce.name = is_root ? g_strdup("") : random_name(300);
    announce.layer = is_root ? g_strdup("")
                             : g_strdup_printf("{\"member\":%" G_GUINT64_FORMAT "}", random_u64());
    announce.size_bytes = announce.has_size ? random_u64() : 0;
    return announce;
}

static void announce_clear(EvidenceAnnounce *announce)
{
    g_free(announce->name);
    g_free(announce->layer);
}

static EvidenceFinish random_finish(void)
{
    EvidenceFinish finish = {
        .place = random_place(LIMIT_EVIDENCE_DEPTH),
        .media_type = random_bool() ? g_strdup("image/jpeg") : NULL,
        .status = (Status)g_test_rand_int_range(0, STATUS_COUNT),
        .has_size = random_bool(),
        .has_digests = random_bool(),
        .not_examined_bytes = random_u64(),
        .has_contents = random_bool(),
        .findings = findings_new(),
        .identifiers = identifiers_new(),
    };
    finish.reason = finish.status != STATUS_OK ? g_strdup("some reason") : NULL;
    finish.size_bytes = finish.has_size ? random_u64() : 0;
    if (finish.has_digests)
        random_bytes(&finish.digests, sizeof finish.digests);
    random_findings(finish.findings);
    random_identifiers(finish.identifiers);
    return finish;
}

static EvidenceFinish plain_finish(void)
{
    return (EvidenceFinish){.findings = findings_new(), .identifiers = identifiers_new()};
}

static void finish_clear(EvidenceFinish *finish)
{
    EvidenceMessage message = {.finish = *finish};
    evidence_message_clear(&message);
}

static EvidenceOpen random_open(void)
{
    EvidenceOpen open = {
        .mode = (EvidenceMode)g_test_rand_int_range(0, EVIDENCE_FIND + 1),
        .name = random_name(255),
        .media_type = random_bool() ? g_strdup("application/pdf") : NULL,
        .size_bytes = random_u64(),
        .shares = (unsigned)g_test_rand_int_range(1, 257),
        .has_resume = random_bool(),
        .verify_images = random_bool(),
        .time_limit_ms = random_u64(),
    };
    open.share = (unsigned)g_test_rand_int_range(0, (int)open.shares);
    if (open.has_resume)
        open.resume = random_place(LIMIT_EVIDENCE_DEPTH);
    int count = g_test_rand_int_range(0, 4);
    open.passwords = count > 0 ? g_new0(char *, (size_t)count + 1) : NULL;
    for (int i = 0; i < count; i++)
        open.passwords[i] = random_name(EVIDENCE_PASSWORD_BYTES);
    return open;
}

static GByteArray *encoded_announce(const EvidenceAnnounce *announce)
{
    GByteArray *message = g_byte_array_new();
    evidence_announce_encode(announce, message);
    return message;
}

static GByteArray *encoded_finish(const EvidenceFinish *finish)
{
    GByteArray *message = g_byte_array_new();
    evidence_finish_encode(finish, message);
    return message;
}

static bool decodes(const GByteArray *message)
{
    EvidenceMessage taken;
    if (!evidence_message_decode(message->data, message->len, &taken))
        return false;
    evidence_message_clear(&taken);
    return true;
}

static bool is_announced(const char *name, const char *layer)
{
    const EvidenceAnnounce announce = {
        .place = {.depth = 1}, .name = (char *)name, .layer = (char *)layer};
    g_autoptr(GByteArray) message = encoded_announce(&announce);
    return decodes(message);
}

// Encodes, clears, and says whether the decoder takes it.
static bool is_finished(EvidenceFinish *finish)
{
    g_autoptr(GByteArray) message = encoded_finish(finish);
    finish_clear(finish);
    return decodes(message);
}

static bool is_opened(const EvidenceOpen *open)
{
    g_autoptr(GByteArray) message = g_byte_array_new();
    evidence_open_encode(open, message);
    EvidenceOpen taken;
    if (!evidence_open_decode(message->data, message->len, &taken))
        return false;
    evidence_open_clear(&taken);
    return true;
}

static bool is_asked_for(const char *sibling)
{
    g_autoptr(GByteArray) message = g_byte_array_new();
    evidence_ask_sibling_encode(sibling, message);
    return decodes(message);
}

// Changes every byte in turn to a few others; nothing may happen but acceptance or refusal.
static void shake(GByteArray *message, bool (*decode)(const GByteArray *message))
{
    for (unsigned i = 0; i < message->len; i++) {
        uint8_t before = message->data[i];
        for (unsigned change = 1; change < 256; change = change * 2 + 1) {
            message->data[i] = (uint8_t)(before ^ change);
            decode(message);
        }
        message->data[i] = before;
    }
}

// Worker to program -------------------------------------------------------------------------------

static void test_announces_arrive_unchanged(void)
{
    for (unsigned i = 0; i < 2000; i++) {
        EvidenceAnnounce sent = random_announce();
        g_autoptr(GByteArray) message = encoded_announce(&sent);
        EvidenceMessage arrived;
        g_assert_true(evidence_message_decode(message->data, message->len, &arrived));
        g_assert_cmpint(arrived.kind, ==, EVIDENCE_MESSAGE_ANNOUNCE);
        assert_same_place(&sent.place, &arrived.announce.place);
        g_assert_cmpstr(sent.name, ==, arrived.announce.name);
        g_assert_cmpstr(sent.layer, ==, arrived.announce.layer);
        g_assert_true(sent.has_size == arrived.announce.has_size);
        g_assert_cmpuint(sent.size_bytes, ==, arrived.announce.size_bytes);
        g_assert_true(sent.is_structure == arrived.announce.is_structure);
        assert_same_times(&sent.times, &arrived.announce.times);
        evidence_message_clear(&arrived);
        announce_clear(&sent);
    }
}

static void test_finishes_arrive_unchanged(void)
{
    for (unsigned i = 0; i < 2000; i++) {
        EvidenceFinish sent = random_finish();
        g_autoptr(GByteArray) message = encoded_finish(&sent);
        EvidenceMessage arrived;
        g_assert_true(evidence_message_decode(message->data, message->len, &arrived));
        g_assert_cmpint(arrived.kind, ==, EVIDENCE_MESSAGE_FINISH);
        const EvidenceFinish *finish = &arrived.finish;
        assert_same_place(&sent.place, &finish->place);
        g_assert_cmpstr(sent.media_type, ==, finish->media_type);
        g_assert_cmpint(sent.status, ==, finish->status);
        g_assert_cmpstr(sent.reason, ==, finish->reason);
        g_assert_true(sent.has_size == finish->has_size);
        g_assert_cmpuint(sent.size_bytes, ==, finish->size_bytes);
        g_assert_true(sent.has_digests == finish->has_digests);
        assert_same_digests(&sent.digests, &finish->digests);
        g_assert_cmpuint(sent.not_examined_bytes, ==, finish->not_examined_bytes);
        g_assert_true(sent.has_contents == finish->has_contents);
        assert_same_findings(sent.findings, finish->findings);
        assert_same_identifiers(sent.identifiers, finish->identifiers);
        evidence_message_clear(&arrived);
        finish_clear(&sent);
    }
}

static void test_contents_fill_a_message(void)
{
    g_autofree uint8_t *bytes = g_malloc(EVIDENCE_CONTENTS_BYTES);
    random_bytes(bytes, EVIDENCE_CONTENTS_BYTES);
    g_autoptr(GByteArray) message = g_byte_array_new();
    evidence_contents_encode(bytes, EVIDENCE_CONTENTS_BYTES, message);
    g_assert_cmpuint(message->len, ==, LIMIT_MESSAGE_BYTES);

    EvidenceMessage arrived;
    g_assert_true(evidence_message_decode(message->data, message->len, &arrived));
    g_assert_cmpint(arrived.kind, ==, EVIDENCE_MESSAGE_CONTENTS);
    g_assert_cmpuint(arrived.contents_bytes, ==, EVIDENCE_CONTENTS_BYTES);
    g_assert_true(memcmp(arrived.contents, bytes, EVIDENCE_CONTENTS_BYTES) == 0);
    evidence_message_clear(&arrived);
}

static void test_short_messages_arrive_unchanged(void)
{
    g_autoptr(GByteArray) message = g_byte_array_new();
    EvidenceMessage arrived;
    evidence_progress_encode(1ull << 40, message);
    g_assert_true(evidence_message_decode(message->data, message->len, &arrived));
    g_assert_cmpint(arrived.kind, ==, EVIDENCE_MESSAGE_PROGRESS);
    g_assert_cmpuint(arrived.progress_bytes, ==, 1ull << 40);

    g_byte_array_set_size(message, 0);
    evidence_ask_sibling_encode("case 1.E02", message);
    g_assert_true(evidence_message_decode(message->data, message->len, &arrived));
    g_assert_cmpint(arrived.kind, ==, EVIDENCE_MESSAGE_ASK_SIBLING);
    g_assert_cmpstr(arrived.sibling, ==, "case 1.E02");
    evidence_message_clear(&arrived);

    g_byte_array_set_size(message, 0);
    evidence_ask_target_encode(message);
    g_assert_true(evidence_message_decode(message->data, message->len, &arrived));
    g_assert_cmpint(arrived.kind, ==, EVIDENCE_MESSAGE_ASK_TARGET);
}

static void test_largest_finish_fits_a_message(void)
{
    EvidenceFinish finish = plain_finish();
    g_autofree char *longest = g_strnfill(4 * LIMIT_REASON_BYTES, 'a');
    finish.status = STATUS_LIMIT;
    finish.reason = g_strdup(longest);
    finish.place.depth = LIMIT_EVIDENCE_DEPTH;
    for (unsigned i = 0; i < 2 * LIMIT_ITEM_FINDINGS; i++)
        findings_add(finish.findings, FINDING_DAMAGED, i, longest);
    for (unsigned i = 0; i < 2 * LIMIT_ITEM_IDENTIFIERS; i++) {
        g_autofree char *value = g_strdup_printf("%u@%s", i, longest);
        identifiers_add(finish.identifiers, IDENTIFIER_EMAIL, value);
    }
    g_autoptr(GByteArray) message = encoded_finish(&finish);
    finish_clear(&finish);
    g_assert_cmpuint(message->len, <=, LIMIT_MESSAGE_BYTES);

    EvidenceMessage arrived;
    g_assert_true(evidence_message_decode(message->data, message->len, &arrived));
    g_assert_cmpuint(arrived.finish.findings->len, ==, LIMIT_ITEM_FINDINGS);
    g_assert_cmpuint(arrived.finish.identifiers->len, ==, LIMIT_ITEM_IDENTIFIERS);
    evidence_message_clear(&arrived);
}

static void test_long_names_are_cut_by_the_encoder(void)
{
    g_autofree char *name = g_strnfill(LIMIT_NAME_BYTES + 100, 'n');
    const EvidenceAnnounce announce = {
        .place = {.depth = 1}, .name = name, .layer = (char *)"{\"member\":0}"};
    g_autoptr(GByteArray) message = encoded_announce(&announce);
    EvidenceMessage arrived;
    g_assert_true(evidence_message_decode(message->data, message->len, &arrived));
    g_assert_cmpuint(strlen(arrived.announce.name), ==, LIMIT_NAME_BYTES);
    evidence_message_clear(&arrived);
}

static void test_the_evidence_file_itself_is_sent_without_name_and_layer(void)
{
    const EvidenceAnnounce announce = {.name = (char *)"disk.E01", .layer = (char *)"{\"a\":1}"};
    g_autoptr(GByteArray) message = encoded_announce(&announce);
    EvidenceMessage arrived;
    g_assert_true(evidence_message_decode(message->data, message->len, &arrived));
    g_assert_cmpstr(arrived.announce.name, ==, "");
    g_assert_cmpstr(arrived.announce.layer, ==, "");
    evidence_message_clear(&arrived);

    // u8 mark, u8 depth, u16 length of the name, u16 length of the layer: a name appears.
    static const uint8_t named[] = {'a', 0, 1, 0, 'x', 0, 0, 0, 0, 0, 0, 0};
    static const uint8_t unnamed[] = {'a', 0, 0, 0, 0, 0, 0, 0, 0, 0, 0};
    g_assert_false(evidence_message_decode(named, sizeof named, &arrived));
    g_assert_true(evidence_message_decode(unnamed, sizeof unnamed, &arrived));
    evidence_message_clear(&arrived);
}

static void test_layers_that_would_break_the_json_are_refused(void)
{
    g_assert_true(is_announced("a", "{\"member\":1}"));
    g_assert_false(is_announced("a", ""));
    g_assert_false(is_announced("a", "{\"member\":1},{\"member\":2}"));
    g_assert_false(is_announced("a", "{\"member\":1}]"));
    g_assert_false(is_announced("a", "{\"member\":\"\xff\"}"));
}

static void test_layers_that_are_too_long_are_refused(void)
{
    g_autofree char *fill = g_strnfill(2 * LIMIT_LAYER_BYTES, '}');
    g_autofree char *layer = g_strdup_printf("{\"a\":\"%s\"}", fill);
    g_assert_false(is_announced("a", layer));
}

static void test_siblings_that_lead_elsewhere_are_refused(void)
{
    g_assert_true(is_asked_for("..."));
    g_assert_true(is_asked_for("image.002\xff"));
    g_assert_false(is_asked_for(""));
    g_assert_false(is_asked_for("."));
    g_assert_false(is_asked_for(".."));
    g_assert_false(is_asked_for("/etc/passwd"));
    g_assert_false(is_asked_for("../image.002"));
    g_assert_false(is_asked_for("a/"));

    static const uint8_t with_nul[] = {'s', 3, 0, 'a', 0, 'b'};
    EvidenceMessage message;
    g_assert_false(evidence_message_decode(with_nul, sizeof with_nul, &message));
}

static void test_status_and_reason_belong_together(void)
{
    EvidenceFinish finish = plain_finish();
    finish.status = STATUS_ENCRYPTED;
    g_assert_false(is_finished(&finish));
    finish = plain_finish();
    finish.reason = g_strdup("but it is fine");
    g_assert_false(is_finished(&finish));
}

static void test_values_out_of_range_are_refused(void)
{
    EvidenceFinish finish = plain_finish();
    finish.status = STATUS_COUNT;
    finish.reason = g_strdup("x");
    g_assert_false(is_finished(&finish));

    finish = plain_finish();
    findings_add(finish.findings, FINDING_TYPE_COUNT, 0, NULL);
    g_assert_false(is_finished(&finish));

    finish = plain_finish();
    identifiers_add(finish.identifiers, IDENTIFIER_COUNT, "a@b.example");
    g_assert_false(is_finished(&finish));

    EvidenceAnnounce announce = {.name = (char *)"", .layer = (char *)""};
    announce.times.created = (ItemTime){.zone = ZONE_UTC, .nanoseconds = 1000000000};
    g_autoptr(GByteArray) message = encoded_announce(&announce);
    g_assert_false(decodes(message));
}

static void test_places_that_are_too_deep_are_refused(void)
{
    EvidenceFinish finish = plain_finish();
    finish.place.depth = LIMIT_EVIDENCE_DEPTH;
    g_autoptr(GByteArray) message = encoded_finish(&finish);
    finish_clear(&finish);
    g_assert_true(decodes(message));

    static const uint8_t ordinal[4] = {0};
    message->data[1]++;
    g_autoptr(GByteArray) deeper = g_byte_array_new();
    g_byte_array_append(deeper, message->data, 2);
    g_byte_array_append(deeper, ordinal, sizeof ordinal);
    g_byte_array_append(deeper, message->data + 2, message->len - 2);
    g_assert_false(decodes(deeper));
}

static void test_identifiers_that_become_alike_are_sent_once(void)
{
    EvidenceFinish finish = plain_finish();
    identifiers_add(finish.identifiers, IDENTIFIER_EMAIL, "a\nb@c.example");
    identifiers_add(finish.identifiers, IDENTIFIER_EMAIL, "a\tb@c.example");
    identifiers_add(finish.identifiers, IDENTIFIER_EMAIL, "");
    g_autoptr(GByteArray) message = encoded_finish(&finish);
    finish_clear(&finish);
    EvidenceMessage arrived;
    g_assert_true(evidence_message_decode(message->data, message->len, &arrived));
    g_assert_cmpuint(arrived.finish.identifiers->len, ==, 1);
    const Identifier *only = arrived.finish.identifiers->pdata[0];
    g_assert_cmpstr(only->value, ==, "a b@c.example");
    evidence_message_clear(&arrived);
}

static void test_identifiers_that_repeat_are_refused(void)
{
    EvidenceFinish finish = plain_finish();
    identifiers_add(finish.identifiers, IDENTIFIER_EMAIL, "a@b");
    identifiers_add(finish.identifiers, IDENTIFIER_EMAIL, "a@c");
    g_autoptr(GByteArray) message = encoded_finish(&finish);
    finish_clear(&finish);
    g_assert_true(decodes(message));
    message->data[message->len - 1] = 'b';
    g_assert_false(decodes(message));
}

// The encoder cleans; a compromised worker would not.
static void test_harmful_text_is_cleaned_by_the_encoder_and_refused_by_the_decoder(void)
{
    EvidenceFinish finish = plain_finish();
    finish.status = STATUS_CORRUPT;
    finish.reason = g_strdup("a\x1b[2J!");
    g_autoptr(GByteArray) message = encoded_finish(&finish);
    finish_clear(&finish);
    EvidenceMessage arrived;
    g_assert_true(evidence_message_decode(message->data, message->len, &arrived));
    g_assert_cmpstr(arrived.finish.reason, ==, "a\xef\xbf\xbd[2J!");
    evidence_message_clear(&arrived);

    *(uint8_t *)memchr(message->data, '!', message->len) = 0x1b;
    g_assert_false(decodes(message));
}

static void test_cut_messages_are_refused_and_nothing_is_written(void)
{
    for (unsigned i = 0; i < 200; i++) {
        EvidenceFinish finish = random_finish();
        EvidenceAnnounce announce = random_announce();
        g_autoptr(GByteArray) finished = encoded_finish(&finish);
        g_autoptr(GByteArray) announced = encoded_announce(&announce);
        finish_clear(&finish);
        announce_clear(&announce);

        EvidenceMessage untouched = {.progress_bytes = 5}, target = untouched;
        for (unsigned length = 0; length < finished->len; length++)
            g_assert_false(evidence_message_decode(finished->data, length, &target));
        for (unsigned length = 0; length < announced->len; length++)
            g_assert_false(evidence_message_decode(announced->data, length, &target));
        g_assert_cmpmem(&target, sizeof target, &untouched, sizeof untouched);
    }
}

static void test_longer_messages_are_refused(void)
{
    EvidenceFinish finish = plain_finish();
    g_autoptr(GByteArray) message = encoded_finish(&finish);
    finish_clear(&finish);
    g_assert_true(decodes(message));
    g_byte_array_append(message, (const uint8_t *)"", 1);
    g_assert_false(decodes(message));
}

static void test_changed_bytes_never_break_the_decoder(void)
{
    for (unsigned i = 0; i < 20; i++) {
        EvidenceFinish finish = random_finish();
        EvidenceAnnounce announce = random_announce();
        g_autoptr(GByteArray) finished = encoded_finish(&finish);
        g_autoptr(GByteArray) announced = encoded_announce(&announce);
        finish_clear(&finish);
        announce_clear(&announce);
        shake(finished, decodes);
        shake(announced, decodes);
    }
}

// Program to worker -------------------------------------------------------------------------------

static void assert_same_passwords(char **a, char **b)
{
    g_assert_true((a == NULL) == (b == NULL));
    for (; a != NULL && *a != NULL; a++, b++)
        g_assert_cmpstr(*a, ==, *b);
    g_assert_true(b == NULL || *b == NULL);
}

static void test_opens_arrive_unchanged(void)
{
    for (unsigned i = 0; i < 2000; i++) {
        EvidenceOpen sent = random_open(), arrived;
        g_autoptr(GByteArray) message = g_byte_array_new();
        evidence_open_encode(&sent, message);
        g_assert_true(evidence_open_decode(message->data, message->len, &arrived));
        g_assert_cmpint(sent.mode, ==, arrived.mode);
        g_assert_cmpstr(sent.name, ==, arrived.name);
        g_assert_cmpstr(sent.media_type, ==, arrived.media_type);
        g_assert_cmpuint(sent.size_bytes, ==, arrived.size_bytes);
        g_assert_cmpuint(sent.share, ==, arrived.share);
        g_assert_cmpuint(sent.shares, ==, arrived.shares);
        g_assert_true(sent.has_resume == arrived.has_resume);
        assert_same_place(&sent.resume, &arrived.resume);
        g_assert_true(sent.verify_images == arrived.verify_images);
        g_assert_cmpuint(sent.time_limit_ms, ==, arrived.time_limit_ms);
        assert_same_passwords(sent.passwords, arrived.passwords);

        EvidenceOpen target = {0};
        for (unsigned length = 0; length < message->len; length += 7)
            g_assert_false(evidence_open_decode(message->data, length, &target));
        evidence_open_clear(&sent);
        evidence_open_clear(&arrived);
    }
}

static void test_shares_out_of_range_are_refused(void)
{
    EvidenceOpen open = {.name = (char *)"", .shares = 1};
    g_assert_true(is_opened(&open));
    open.share = 1;
    g_assert_false(is_opened(&open));
    open = (EvidenceOpen){.name = (char *)"", .shares = 0};
    g_assert_false(is_opened(&open));
    open.shares = 257;
    g_assert_false(is_opened(&open));
    open = (EvidenceOpen){.name = (char *)"", .shares = 1, .mode = (EvidenceMode)3};
    g_assert_false(is_opened(&open));
}

static void test_as_many_passwords_as_may_be_tried_fit_a_message(void)
{
    g_autofree char *name = g_strnfill(LIMIT_NAME_BYTES, 'n');
    EvidenceOpen open = {.name = name, .shares = 1}, arrived;
    open.passwords = g_new0(char *, LIMIT_EVIDENCE_PASSWORDS + 6);
    for (unsigned i = 0; i < LIMIT_EVIDENCE_PASSWORDS + 5; i++)
        open.passwords[i] = g_strnfill(EVIDENCE_PASSWORD_BYTES, 'p');
    g_autoptr(GByteArray) message = g_byte_array_new();
    evidence_open_encode(&open, message);
    g_strfreev(open.passwords);
    g_assert_cmpuint(message->len, <=, LIMIT_MESSAGE_BYTES);
    g_assert_true(evidence_open_decode(message->data, message->len, &arrived));
    g_assert_cmpuint(g_strv_length(arrived.passwords), ==, LIMIT_EVIDENCE_PASSWORDS);
    evidence_open_clear(&arrived);
}

static void test_passwords_that_are_too_long_are_left_out(void)
{
    g_autofree char *longer = g_strnfill(EVIDENCE_PASSWORD_BYTES + 1, 'p');
    char *passwords[] = {(char *)"first", longer, (char *)"last", NULL};
    EvidenceOpen open = {.name = (char *)"a", .shares = 1, .passwords = passwords}, arrived;
    g_autoptr(GByteArray) message = g_byte_array_new();
    evidence_open_encode(&open, message);
    g_assert_true(evidence_open_decode(message->data, message->len, &arrived));
    char *expected[] = {(char *)"first", (char *)"last", NULL};
    assert_same_passwords(expected, arrived.passwords);
    evidence_open_clear(&arrived);
}

static void assert_steps_arrive(char **steps, bool are_layers)
{
    g_autoptr(GByteArray) message = g_byte_array_new();
    evidence_steps_encode(steps, are_layers, message);
    g_auto(GStrv) arrived = NULL;
    bool are_layers_there = !are_layers;
    for (unsigned length = 0; length < message->len; length++)
        g_assert_false(evidence_steps_decode(message->data, length, &arrived, &are_layers_there));
    g_assert_true(evidence_steps_decode(message->data, message->len, &arrived, &are_layers_there));
    g_assert_true(g_strv_equal((const char *const *)steps, (const char *const *)arrived));
    g_assert_true(are_layers == are_layers_there);
}

static void test_steps_arrive_unchanged(void)
{
    char *none[] = {NULL};
    char *layers[] = {(char *)"{\"offset\":1048576}", (char *)"{\"inode\":42}", NULL};
    char *names[] = {(char *)"p2", (char *)"a\xff", (char *)"", NULL};
    assert_steps_arrive(none, true);
    assert_steps_arrive(layers, true);
    assert_steps_arrive(names, false);
}

static void test_the_longest_steps_fit_a_message(void)
{
    char *steps[LIMIT_EVIDENCE_DEPTH + 1] = {NULL};
    g_autofree char *longest = g_strnfill(EVIDENCE_STEP_BYTES, 's');
    for (unsigned i = 0; i < LIMIT_EVIDENCE_DEPTH; i++)
        steps[i] = longest;
    g_autoptr(GByteArray) message = g_byte_array_new();
    evidence_steps_encode(steps, false, message);
    g_assert_cmpuint(message->len, <=, LIMIT_MESSAGE_BYTES);
    g_auto(GStrv) arrived = NULL;
    bool are_layers = true;
    g_assert_true(evidence_steps_decode(message->data, message->len, &arrived, &are_layers));
    g_assert_cmpuint(g_strv_length(arrived), ==, LIMIT_EVIDENCE_DEPTH);
}

static void test_answers_arrive_unchanged(void)
{
    g_autoptr(GByteArray) message = g_byte_array_new();
    bool found = false, more = false;
    uint64_t size_bytes = 0;
    evidence_sibling_encode(true, 1ull << 33, message);
    g_assert_true(evidence_sibling_decode(message->data, message->len, &found, &size_bytes));
    g_assert_true(found);
    g_assert_cmpuint(size_bytes, ==, 1ull << 33);

    g_byte_array_set_size(message, 0);
    evidence_sibling_encode(false, 7, message);
    g_assert_true(evidence_sibling_decode(message->data, message->len, &found, &size_bytes));
    g_assert_false(found);
    g_assert_cmpuint(size_bytes, ==, 0);

    const Place sent = {.depth = 2, .ordinal = {7, 1u << 31}};
    Place place;
    g_byte_array_set_size(message, 0);
    evidence_target_encode(&sent, message);
    g_assert_true(evidence_target_decode(message->data, message->len, &more, &place));
    g_assert_true(more);
    assert_same_place(&sent, &place);

    g_byte_array_set_size(message, 0);
    evidence_target_encode(NULL, message);
    g_assert_true(evidence_target_decode(message->data, message->len, &more, &place));
    g_assert_false(more);

    g_byte_array_set_size(message, 0);
    evidence_spool_encode(message);
    g_assert_true(evidence_spool_decode(message->data, message->len));
}

static void test_answers_that_are_none_are_refused(void)
{
    static const uint8_t sibling[] = {'B', 0, 1, 0, 0, 0, 0, 0, 0, 0}, target[] = {'T', 2},
                         spool[] = {'S', 0};
    bool flag = false;
    uint64_t size_bytes = 5;
    Place place = {.depth = 9};
    g_assert_false(evidence_sibling_decode(sibling, sizeof sibling, &flag, &size_bytes));
    g_assert_false(evidence_sibling_decode(target, sizeof target, &flag, &size_bytes));
    g_assert_false(evidence_target_decode(target, sizeof target, &flag, &place));
    g_assert_false(evidence_target_decode(target, 1, &flag, &place));
    g_assert_false(evidence_spool_decode(spool, sizeof spool));
    g_assert_false(evidence_spool_decode(spool, 0));
    g_assert_false(evidence_spool_decode(target, 1));
    g_assert_cmpuint(size_bytes, ==, 5);
    g_assert_cmpuint(place.depth, ==, 9);
}

// Places ------------------------------------------------------------------------------------------

static void test_containers_come_before_what_lies_in_them(void)
{
    // In the order of a walk.
    static const Place places[] = {
        {.depth = 0},
        {.depth = 1, .ordinal = {0}},
        {.depth = 2, .ordinal = {0, 0}},
        {.depth = 3, .ordinal = {0, 0, 9}},
        {.depth = 2, .ordinal = {0, 1}},
        {.depth = 1, .ordinal = {1}},
        {.depth = 2, .ordinal = {1, 0}},
        {.depth = 1, .ordinal = {1u << 31}},
    };
    for (int i = 0; i < (int)G_N_ELEMENTS(places); i++)
        for (int j = 0; j < (int)G_N_ELEMENTS(places); j++) {
            int order = place_compare(&places[i], &places[j]);
            g_assert_cmpint((order > 0) - (order < 0), ==, (i > j) - (i < j));
        }
}

static void test_within_is_a_matter_of_the_outer_ordinals(void)
{
    const Place root = {.depth = 0}, a = {.depth = 1, .ordinal = {4}},
                in_a = {.depth = 3, .ordinal = {4, 2, 2}}, b = {.depth = 1, .ordinal = {5}};
    g_assert_true(place_is_within(&in_a, &a));
    g_assert_true(place_is_within(&a, &a));
    g_assert_true(place_is_within(&in_a, &root));
    g_assert_true(place_is_within(&root, &root));
    g_assert_false(place_is_within(&a, &in_a));
    g_assert_false(place_is_within(&in_a, &b));
    g_assert_false(place_is_within(&root, &a));
}

// What lies in a place follows it without a break: whatever lies between the two lies in it, too.
static void test_order_and_containment_agree(void)
{
    for (unsigned i = 0; i < 20000; i++) {
        Place a = random_place(4), b = random_place(4), c = random_place(4);
        g_assert_cmpint(place_compare(&a, &b), ==, -place_compare(&b, &a));
        bool is_between = place_compare(&a, &b) <= 0 && place_compare(&b, &c) <= 0;
        if (is_between) {
            g_assert_cmpint(place_compare(&a, &c), <=, 0);
            g_assert_true(!place_is_within(&c, &a) || place_is_within(&b, &a));
        }
        if (place_is_within(&a, &b))
            g_assert_cmpint(place_compare(&a, &b), >=, 0);
    }
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/evidence_message/announces_arrive_unchanged",
                    test_announces_arrive_unchanged);
    g_test_add_func("/evidence_message/finishes_arrive_unchanged", test_finishes_arrive_unchanged);
    g_test_add_func("/evidence_message/contents_fill_a_message", test_contents_fill_a_message);
    g_test_add_func("/evidence_message/short_messages_arrive_unchanged",
                    test_short_messages_arrive_unchanged);
    g_test_add_func("/evidence_message/largest_finish_fits_a_message",
                    test_largest_finish_fits_a_message);
    g_test_add_func("/evidence_message/long_names_are_cut_by_the_encoder",
                    test_long_names_are_cut_by_the_encoder);
    g_test_add_func("/evidence_message/the_evidence_file_itself_is_sent_without_name_and_layer",
                    test_the_evidence_file_itself_is_sent_without_name_and_layer);
    g_test_add_func("/evidence_message/layers_that_would_break_the_json_are_refused",
                    test_layers_that_would_break_the_json_are_refused);
    g_test_add_func("/evidence_message/layers_that_are_too_long_are_refused",
                    test_layers_that_are_too_long_are_refused);
    g_test_add_func("/evidence_message/siblings_that_lead_elsewhere_are_refused",
                    test_siblings_that_lead_elsewhere_are_refused);
    g_test_add_func("/evidence_message/status_and_reason_belong_together",
                    test_status_and_reason_belong_together);
    g_test_add_func("/evidence_message/values_out_of_range_are_refused",
                    test_values_out_of_range_are_refused);
    g_test_add_func("/evidence_message/places_that_are_too_deep_are_refused",
                    test_places_that_are_too_deep_are_refused);
    g_test_add_func("/evidence_message/identifiers_that_become_alike_are_sent_once",
                    test_identifiers_that_become_alike_are_sent_once);
    g_test_add_func("/evidence_message/identifiers_that_repeat_are_refused",
                    test_identifiers_that_repeat_are_refused);
    g_test_add_func("/evidence_message/harmful_text_is_cleaned_or_refused",
                    test_harmful_text_is_cleaned_by_the_encoder_and_refused_by_the_decoder);
    g_test_add_func("/evidence_message/cut_messages_are_refused_and_nothing_is_written",
                    test_cut_messages_are_refused_and_nothing_is_written);
    g_test_add_func("/evidence_message/longer_messages_are_refused",
                    test_longer_messages_are_refused);
    g_test_add_func("/evidence_message/changed_bytes_never_break_the_decoder",
                    test_changed_bytes_never_break_the_decoder);
    g_test_add_func("/evidence_message/opens_arrive_unchanged", test_opens_arrive_unchanged);
    g_test_add_func("/evidence_message/shares_out_of_range_are_refused",
                    test_shares_out_of_range_are_refused);
    g_test_add_func("/evidence_message/as_many_passwords_as_may_be_tried_fit_a_message",
                    test_as_many_passwords_as_may_be_tried_fit_a_message);
    g_test_add_func("/evidence_message/passwords_that_are_too_long_are_left_out",
                    test_passwords_that_are_too_long_are_left_out);
    g_test_add_func("/evidence_message/steps_arrive_unchanged", test_steps_arrive_unchanged);
    g_test_add_func("/evidence_message/the_longest_steps_fit_a_message",
                    test_the_longest_steps_fit_a_message);
    g_test_add_func("/evidence_message/answers_arrive_unchanged", test_answers_arrive_unchanged);
    g_test_add_func("/evidence_message/answers_that_are_none_are_refused",
                    test_answers_that_are_none_are_refused);
    g_test_add_func("/place/containers_come_before_what_lies_in_them",
                    test_containers_come_before_what_lies_in_them);
    g_test_add_func("/place/within_is_a_matter_of_the_outer_ordinals",
                    test_within_is_a_matter_of_the_outer_ordinals);
    g_test_add_func("/place/order_and_containment_agree", test_order_and_containment_agree);
    return g_test_run();
}
