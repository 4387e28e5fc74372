#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The record over HTTP: leaves by what they say, the signed head, proofs."""
import time

import leads_case
from leads_case import expect

# pylint: disable=undefined-variable


def test_leaves_are_found_by_case_account_action_and_time():
    expect(ANN.post("/series", {"name": "garden"}), 201)
    leaf = expect(AUD.get("/audit?action=series_changed"), 200)["items"][0]
    assert leaf["actor"] == "ann" and leaf["account"] == ANN.account and leaf["case"] is None
    of_case = expect(AUD.get(f"/audit?case={CASE.north}&limit=200"), 200)["items"]
    assert {row["case"] for row in of_case} == {CASE.north}
    assert {"case_opened", "ingest"} <= {row["action"] for row in of_case}
    assert expect(BOB.get(NORTH + "/audit?limit=200"), 200)["items"] == of_case
    mine = expect(AUD.get(f"/audit?account={ANN.account}&limit=200"), 200)["items"]
    assert mine and {row["account"] for row in mine} == {ANN.account}
    assert expect(AUD.get("/audit?from=2999-01-01T00:00:00Z"), 200)["items"] == []
    assert leaf in expect(AUD.get(f"/audit?from={leaf['time']}"), 200)["items"]
    assert leaf not in expect(AUD.get(f"/audit?to={leaf['time']}&limit=200"), 200)["items"]


def test_pages_have_every_leaf_once_newest_first():
    whole = [row["leaf"] for row in expect(AUD.get("/audit?limit=200"), 200)["items"]]
    assert whole == sorted(whole, reverse=True)
    found, cursor = [], ""
    while cursor is not None:
        page = expect(AUD.get(f"/audit?limit=3{cursor}"), 200)
        found += [row["leaf"] for row in page["items"]]
        cursor = page["next"] and "&cursor=" + page["next"]
    assert found == whole


def test_who_may_not_read_it():
    for person in (ANN, BOB, ADM, EVE, CUR):
        expect(person.get("/audit"), 403)
        expect(person.get("/audit/checkpoint"), 403)
        expect(person.get("/audit/leaves/1/proof"), 403)
    expect(EVE.get(NORTH + "/audit"), 404)
    expect(AUD.get(SOUTH + "/audit"), 404)
    expect(CASE.server.get("/api/v1/audit"), 401)
    expect(AUD.get("/audit?from=yesterday"), 400)


def test_a_leaf_is_proven_under_a_signed_head():
    leaf = expect(AUD.get(f"/audit?case={CASE.north}&limit=1"), 200)["items"][0]["leaf"]
    end = time.monotonic() + 30
    while AUD.get(f"/audit/leaves/{leaf}/proof").status == 404 and time.monotonic() < end:
        time.sleep(0.3)
    proof = AUD.get(f"/audit/leaves/{leaf}/proof")
    expect(proof, 200)
    assert proof.body.startswith(b"c2sp.org/tlog-proof@v1\n")
    assert f"leaf-{leaf}." in proof.headers["content-disposition"]
    head = AUD.get("/audit/checkpoint")
    expect(head, 200)
    assert head.body.startswith(b"clew/")


def test_a_leaf_of_a_hidden_case_has_no_proof():
    CASE.add(CASE.south, 70)
    seen = {row["leaf"] for row in expect(AUD.get("/audit?limit=200"), 200)["items"]}
    missing = set(range(1, max(seen))) - seen
    assert missing
    last = max(missing)
    reply = AUD.get(f"/audit/leaves/{last}/proof")
    none = AUD.get("/audit/leaves/99999999/proof")
    expect(reply, 404)
    assert none.json["detail"].replace("99999999", str(last)) == reply.json["detail"]


if __name__ == "__main__":
    leads_case.run(globals())
