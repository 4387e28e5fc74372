#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Statistics over HTTP: numbers of units and cases that one may see, never of persons."""
import review_case

CASE = ANN = BOB = EVE = AUD = ADM = CUR = None  # review_case.run


def numbers(person, query=""):
    reply = person.get("/statistics" + query)
    assert reply.status == 200, reply
    return reply.json


def test_one_call_counts_cases_months_categories_and_what_was_examined():
    stack = ANN.get(f"/cases/{CASE.id}/stacks").json["items"][0]
    vote = {"media": [stack["leader"]["media"]], "category": "1"}
    for person in (ANN, BOB):
        assert person.post(f"/cases/{CASE.id}/votes", vote).status == 201
    got = numbers(ANN)
    assert [one["case"] for one in got["cases"]] == [CASE.id]
    one = got["cases"][0]
    assert one["media"] == 32 and one["items"] == one["items_examined"] == 32
    assert one["decided"] == 1 and one["median_seconds"] == one["ninetieth_seconds"] > 0
    assert sum(cell["media"] for cell in got["cells"]) == 32
    decided = [cell for cell in got["cells"] if cell["state"] == "decided"]
    assert [(cell["category"], cell["scheme"], cell["kind"], cell["media"]) for cell in decided] == \
        [("1", "vics-us", "new", 1)]
    assert {cell["month"] for cell in got["cells"]} == {"2026-01"}
    assert got["statuses"] == [{"status": "ok", "items": 32}]


def test_filters_narrow_and_a_case_one_may_not_see_is_not_there():
    assert numbers(ANN, f"?case={CASE.id}")["cases"] == numbers(ANN)["cases"]
    assert numbers(ANN, "?unit=999")["cells"] == []
    assert numbers(ANN, "?from=2026-01-02")["cells"] == []
    assert numbers(ANN, "?to=2026-01-01")["cells"] == []
    assert numbers(ANN, "?from=2026-01-01&to=2026-01-02")["cells"] == numbers(ANN)["cells"]
    assert len(numbers(EVE)["cases"]) == 2
    other = next(one["case"] for one in numbers(EVE)["cases"] if one["case"] != CASE.id)
    assert ANN.get(f"/statistics?case={other}").status == 404
    assert other not in {one["case"] for one in numbers(AUD)["cases"]}


def test_nobody_is_named():
    text = ANN.get("/statistics").body
    for name in ("ann", "bob", "account"):
        assert name.encode() not in text, name


def test_queries_are_strict():
    for query in ("from=2026-13-01", "from=2026-1-1", "from=yesterday", "to=2026-02-30",
                  "from=2026-01-01T00:00:00Z", "case=0", "case=x", "unit=-1", "person=1"):
        reply = ANN.get("/statistics?" + query)
        assert reply.status == 400, f"{query}: {reply}"


def test_strangers_and_roles_that_may_not():
    assert CASE.server.get("/api/v1/statistics").status == 401
    assert BOB.get("/statistics").status == 403
    assert CUR.get("/statistics").status == 403
    assert numbers(ADM)["cases"] == [], "an administrator is no member"


if __name__ == "__main__":
    review_case.run(globals())
