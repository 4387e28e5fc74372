#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Retention and expunge: rules, what is due, two people, tombstones."""
import leads_case
from leads_case import expect

# pylint: disable=undefined-variable


def test_rules_of_a_case_and_of_all_cases():
    expect(ADM.put("/retention", {"kind": "note", "days": 365, "reason": "policy"}), 204)
    expect(ANN.put(NORTH + "/retention", {"kind": "preview", "days": 30, "from": "opened",
                                          "reason": "by law"}), 204)
    rules = {row["kind"]: row for row in expect(BOB.get(NORTH + "/retention"), 200)["items"]}
    assert rules["note"]["general"] and not rules["preview"]["general"]
    due = expect(ANN.get("/retention/due"), 200)["items"]
    assert {row["kind"] for row in due if row["case"] == CASE.north} <= {"preview"}
    expect(ANN.put(NORTH + "/retention", {"kind": "note", "days": 0, "reason": "x"}), 422, "/days")
    expect(ANN.put("/retention", {"kind": "note", "days": 1, "reason": "x"}), 403)
    general = expect(ADM.get("/retention"), 200)["items"]
    assert [(rule["kind"], rule["days"], rule["general"]) for rule in general] == [("note", 365, True)]
    expect(ANN.get("/retention"), 403)
    expect(BOB.put(NORTH + "/retention", {"kind": "note", "days": 1, "reason": "x"}), 403)
    expect(EVE.put(NORTH + "/retention", {"kind": "note", "days": 1, "reason": "x"}), 404)
    expect(CASE.server.get("/api/v1/retention/due"), 401)


def test_one_asks_and_another_one_approves():
    expect(ANN.post(f"{NORTH}/members", {"account": EVE.account}), 201)
    asked = expect(ANN.post(NORTH + "/expunges", {"kind": "identifier", "reason": "court"}), 201)
    path = f"/expunges/{asked['id']}"
    expect(ANN.post(path + "/approve"), 403)
    expect(ANN.post(NORTH + "/expunges", {"kind": "identifier", "reason": "again"}), 409)
    expect(BOB.post(path + "/approve"), 403)
    expect(EVE.post(path + "/approve"), 204)
    expect(EVE.post(path + "/refuse"), 409)
    row = expect(BOB.get(NORTH + "/expunges"), 200)["items"][0]
    assert (row["state"], row["asked_by"], row["decided_by"]) == \
        ("done", ANN.account, EVE.account)
    expect(BOB.get(NORTH + "/tombstones"), 200)


def test_a_stranger_finds_nothing_to_decide():
    asked = expect(EVE.post(SOUTH + "/expunges", {"kind": "note", "reason": "x"}), 201)["id"]
    expect(ANN.post(f"/expunges/{asked}/approve"), 404)
    expect(ANN.post(f"/expunges/{asked}/refuse"), 404)
    expect(ANN.get(SOUTH + "/expunges"), 404)
    expect(ANN.post(NORTH + "/expunges", {"kind": "all", "reason": "x"}), 422, "/kind")


if __name__ == "__main__":
    leads_case.run(globals())
