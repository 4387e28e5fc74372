// SPDX-License-Identifier: Apache-2.0
//
// What a worker says of two pictures arrives unchanged, and what breaks a rule does not arrive.
#include "wire/compare_message.h"

static CompareAnswer some_answer(void)
{
    CompareAnswer answer = {.status = STATUS_OK,
                            .is_same = true,
                            .orientation = 5,
                            .correlation = 0.9,
                            .agreement = 0.95,
                            .map = {-1, 0, 640, 0, 1, 0},
                            .width = {640, 320},
                            .height = {480, 240},
                            .inside = {{0, 0, 640, 480}, {0, 0, 320, 240}},
                            .shared = {{0, 0, 640, 480}, {0, 0, 320, 240}},
                            .beyond = {{0, 0.25, 0, 0}},
                            .has_border = {false, true},
                            .tones = COMPARE_DARKER | COMPARE_B_COLOURLESS,
                            .gain = 0.8,
                            .offset = -3,
                            .noise = 2.5,
                            .region_count = COMPARE_REGIONS_MAX};
    for (unsigned i = 0; i < COMPARE_REGIONS_MAX; i++)
        answer.regions[i] =
            (CompareRegion){{{i, 2, i + 9, 12}, {i, 1, i + 4, 6}}, {0.125, 0.5}, 40};
    return answer;
}

static bool arrives(const CompareAnswer *answer, CompareAnswer *ret_arrived)
{
    g_autoptr(GByteArray) message = g_byte_array_new();
    compare_answer_encode(answer, message);
    return compare_answer_decode(message->data, message->len, ret_arrived);
}

static void an_answer_arrives_unchanged(void)
{
    CompareAnswer answer = some_answer(), arrived;
    g_assert_true(arrives(&answer, &arrived));
    g_assert_cmpmem(&arrived, sizeof arrived, &answer, sizeof answer);
}

static void pictures_that_are_unlike_have_a_reason(void)
{
    CompareAnswer answer = {.status = STATUS_OK, .reason = (char *)"unlike"}, arrived;
    g_assert_true(arrives(&answer, &arrived));
    g_assert_cmpstr(arrived.reason, ==, "unlike");
    compare_answer_clear(&arrived);
    answer.reason = NULL;
    g_assert_false(arrives(&answer, &arrived));
}

static void what_breaks_a_rule_is_refused(void)
{
    CompareAnswer answer = some_answer(), arrived;
    answer.regions[3].box[0].right = -1;
    g_assert_false(arrives(&answer, &arrived));
    answer = some_answer();
    answer.regions[0].share[1] = 1.5;
    g_assert_false(arrives(&answer, &arrived));
    answer = some_answer();
    answer.orientation = ORIENTATION_COUNT;
    g_assert_false(arrives(&answer, &arrived));
    answer = some_answer();
    answer.status = STATUS_CRASHED;
    g_assert_false(arrives(&answer, &arrived));
}

static void every_shorter_message_is_refused(void)
{
    CompareAnswer answer = some_answer(), arrived;
    g_autoptr(GByteArray) message = g_byte_array_new();
    compare_answer_encode(&answer, message);
    for (unsigned i = 0; i < message->len; i++)
        g_assert_false(compare_answer_decode(message->data, i, &arrived));
}

static void requests_arrive_unchanged(void)
{
    const CompareSideRequest side = {1, true, 123456789012, "video/mp4"};
    CompareSideRequest side_arrived;
    g_autofree char *media_type = NULL;
    g_autoptr(GByteArray) message = g_byte_array_new();
    compare_side_request_encode(&side, message);
    g_assert_true(compare_message_is_request(message->data, message->len));
    g_assert_true(
        compare_side_request_decode(message->data, message->len, &side_arrived, &media_type));
    g_assert_cmpuint(side_arrived.side, ==, 1);
    g_assert_true(side_arrived.is_video);
    g_assert_cmpuint(side_arrived.size_bytes, ==, 123456789012);
    g_assert_cmpstr(media_type, ==, "video/mp4");
    message->data[2] = 2; // there is no third side
    g_autofree char *none = NULL;
    g_assert_false(compare_side_request_decode(message->data, message->len, &side_arrived, &none));
}

static void how_a_side_was_saved_arrives(void)
{
    const CompareSideAnswer answer = {STATUS_OK, NULL, 85, 2, 1, true};
    CompareSideAnswer arrived;
    g_autoptr(GByteArray) message = g_byte_array_new();
    compare_side_answer_encode(&answer, message);
    g_assert_true(compare_side_answer_decode(message->data, message->len, &arrived));
    g_assert_cmpuint(arrived.jpeg_quality, ==, 85);
    g_assert_cmpuint(arrived.jpeg_across, ==, 2);
    g_assert_true(arrived.is_progressive);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
#define ADD(name) g_test_add_func("/compare_message/" #name, name)
    ADD(an_answer_arrives_unchanged);
    ADD(pictures_that_are_unlike_have_a_reason);
    ADD(what_breaks_a_rule_is_refused);
    ADD(every_shorter_message_is_refused);
    ADD(requests_arrive_unchanged);
    ADD(how_a_side_was_saved_arrives);
    return g_test_run();
}
