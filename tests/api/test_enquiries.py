#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Is it already known? What the asker is told, and what the owner."""
import leads_case
from leads_case import expect

# pylint: disable=undefined-variable


def test_the_same_content_is_told_with_the_owners_contact():
    assert expect(ANN.post(NORTH + "/enquiries", {"media": [CASE.media[1]]}), 200)["items"] == []
    CASE.add(CASE.south, 2)
    told = expect(ANN.post(NORTH + "/enquiries", {"media": [CASE.media[2]]}), 200)["items"]
    assert len(told) == 1 and told[0]["case"] is None and told[0]["known_media"] is None
    assert told[0]["owner"]["unit"] == "South" and told[0]["state"] == "unidentified"
    known = expect(BOB.get(NORTH + "/enquiries/known"), 200)["items"]
    assert [row["media"] for row in known] == [CASE.media[2]]


def test_the_owner_hears_of_it():
    questions = expect(EVE.get(SOUTH + "/enquiries/questions"), 200)["items"]
    assert [row["asker"]["unit"] for row in questions] == ["North"]
    notices = expect(EVE.get(SOUTH + "/enquiries/notices"), 200)["items"]
    assert notices and notices[0]["owner"] and notices[0]["enquiry"] == questions[0]["id"]
    path = f"/enquiries/{questions[0]['id']}/answer"
    expect(ANN.post(path, {"answer": "same"}), 404)
    expect(EVE.post(path, {"answer": "perhaps"}), 422, "/answer")
    expect(BOB.post(path, {"answer": "same"}), 403)


def test_a_restricted_case_says_nothing_and_its_owner_hears_of_it():
    expect(EVE.request("PATCH", SOUTH, {"restricted": True}), 200)
    CASE.add(CASE.south, 3)
    record = ANN.get(NORTH + "/audit").json["items"]
    assert expect(ANN.post(NORTH + "/enquiries", {"media": [CASE.media[3]]}), 200)["items"] == []
    grown = [row for row in ANN.get(NORTH + "/audit").json["items"] if row not in record]
    assert [(row["action"], row["details"]["known"]) for row in grown] == [("enquiry", 0)]
    questions = expect(EVE.get(SOUTH + "/enquiries/questions"), 200)["items"]
    assert CASE.media[3] in {row["media"] for row in questions}


def test_who_may_not_ask():
    body = {"media": [CASE.media[1]]}
    expect(BOB.post(NORTH + "/enquiries", body), 403)
    expect(EVE.post(NORTH + "/enquiries", body), 404)
    expect(CASE.server.post(f"/api/v1{NORTH}/enquiries", body), 401)
    expect(ANN.post(NORTH + "/enquiries", {"media": [0]}), 422, "/media/0")
    expect(ANN.post(NORTH + "/enquiries", {"media": [999999]}), 404)


if __name__ == "__main__":
    leads_case.run(globals())
