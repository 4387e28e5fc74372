#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Review over HTTP: stacks, leases, votes, what is seen of them, notes, schemes."""
import random
import threading
import time

import review_case

CASE = ANN = BOB = EVE = AUD = ADM = CUR = None  # review_case.run
UNUSED = {}                                      # media that no test has touched


def expect(reply, status, code=None, pointer=None):
    assert reply.status == status, reply
    if code:
        assert reply.json["code"] == code, reply
    if pointer is not None:
        assert reply.json["pointer"] == pointer, reply
    return reply.json


def case(path=""):
    return f"/cases/{CASE.id}{path}"


def stacks(person, query="", limit=200):
    return person.pages(case("/stacks") + (f"?{query}" if query else ""), limit)


def fresh_media():
    """A media of a stack of one that no test has touched."""
    if not UNUSED:
        UNUSED["media"] = [stack["leader"]["media"] for stack in stacks(ANN)
                           if stack["media_count"] == 1 and stack["stack"] != CASE.made["late"]]
    return UNUSED["media"].pop()


def cast(person, media, category="1", **more):
    return person.post(case("/votes"), {"media": [media], "category": category, **more})


def votes_on(person, media):
    return expect(person.get(case(f"/media/{media}/votes")), 200)


# ---- Stacks ----

def test_stacks_are_listed_in_each_order_and_page_by_page():
    whole = stacks(ANN)
    assert len(whole) == 30 and len({stack["stack"] for stack in whole}) == 30
    for order in ("case", "size", "newest"):
        assert stacks(ANN, f"order={order}", 7) == stacks(ANN, f"order={order}"), order
    assert stacks(ANN, "order=size")[0]["media_count"] == 3
    newest = [stack["stack"] for stack in stacks(ANN, "order=newest")]
    assert newest == sorted(newest, reverse=True)


def test_a_stack_says_how_far_its_media_are_and_no_hash():
    largest = stacks(ANN, "order=size")[0]
    assert largest["distance"] == {"least": 4, "most": 8}
    assert expect(ANN.get(case(f"/stacks/{largest['stack']}")), 200) == largest
    path = case(f"/stacks/{largest['stack']}/media")
    media = ANN.pages(path, 2)
    assert [one["distance"] for one in media] == [None, 4, 8]
    assert [one["orientation"] for one in media] == [None, "original", "original"]
    assert media[0]["media"] == largest["leader"]["media"] and media[0]["state"] == "open"
    text = ANN.get(path).body + ANN.get(case("/stacks")).body
    assert b"pdq" not in text and b"sha" not in text and b"md5" not in text


def test_stacks_of_another_case_are_not_there():
    other = EVE.get("/cases?number=24-002").json["items"][0]["id"]
    stack = EVE.get(f"/cases/{other}/stacks").json["items"][0]["stack"]
    expect(ANN.get(case(f"/stacks/{stack}")), 404, "not_found")
    expect(ANN.get(case(f"/stacks/{stack}/media")), 404, "not_found")
    expect(ANN.get(f"/cases/{other}/stacks"), 404, "not_found")
    expect(EVE.get(case("/stacks/999999")), 404, "not_found")


def test_queries_of_stacks_are_strict():
    for query in ("order=largest", "state=closed", "limit=0", "limit=201", "what=1", "cursor=x"):
        assert ANN.get(case(f"/stacks?{query}")).status in (400, 422), query
    cursor = ANN.get(case("/stacks?limit=1")).json["next"]
    expect(ANN.get(case(f"/stacks?limit=1&order=size&cursor={cursor}")), 422)


# ---- A lease that has ended ----
# First: who leases that stack anew is not late.

def test_a_vote_after_its_lease_is_stored_and_says_so():
    stack = CASE.made["late"]
    results = expect(BOB.post(case("/votes"), {"stack": stack, "category": "1"}), 201)
    assert [item["late"] for item in results["items"]] == [True]
    media = results["items"][0]["media"]
    assert votes_on(BOB, media)["votes"][0]["late"] is True
    assert expect(cast(ANN, media), 201)["items"][0]["late"] is False


# ---- Leases ----

def test_nobody_gets_the_stacks_of_another_and_renewing_and_releasing_are_harmless():
    mine = expect(BOB.post(case("/leases"), {"count": 5, "purpose": "review"}), 200)["items"]
    assert len(mine) == 5 and all(lease["until"] for lease in mine)
    held = {lease["stack"] for lease in mine}
    assert held == {lease["stack"] for lease in BOB.get(case("/leases")).json["items"]}
    both = expect(ANN.post(case("/leases"), {"count": 5}), 200)["items"]
    third = expect(EVE.post(case("/leases"), {"count": 20}), 200)["items"]
    twice = held & {lease["stack"] for lease in both}
    assert not twice & {lease["stack"] for lease in third}, "two voters decide; a third got it"
    assert expect(BOB.post(case("/leases/renew"), {"stacks": sorted(held)}), 200)["count"] == 5
    assert expect(BOB.post(case("/leases/renew"), {"stacks": [third[-1]["stack"]]}),
                  200)["count"] == (1 if third[-1]["stack"] in held else 0)
    assert expect(BOB.post(case("/leases/release"), {"stacks": sorted(held)[:2]}), 200)["count"] == 2
    assert expect(BOB.post(case("/leases/release"), {"stacks": sorted(held)[:2]}), 200)["count"] == 0
    assert expect(BOB.post(case("/leases/release"), {}), 200)["count"] == 3
    assert BOB.get(case("/leases")).json["items"] == []
    for person in (ANN, EVE):
        expect(person.post(case("/leases/release"), {}), 200)


def test_one_person_never_holds_more_than_twenty():
    for _ in range(3):
        expect(BOB.post(case("/leases"), {"count": 20, "order": "newest"}), 200)
    assert len(BOB.get(case("/leases")).json["items"]) == 20
    assert expect(BOB.post(case("/leases"), {"count": 1}), 200)["items"] == []
    expect(BOB.post(case("/leases/release"), {}), 200)


def test_what_is_wrong_with_a_lease_is_named():
    for body, pointer in (({"count": 0}, "/count"), ({"count": 21}, "/count"),
                          ({"order": "best"}, "/order"), ({"purpose": "x"}, "/purpose"),
                          ({"more": 1}, "/more")):
        expect(BOB.post(case("/leases"), body), 422, "invalid", pointer)
    expect(BOB.post(case("/leases/renew"), {"stacks": [1] * 21}), 422, "invalid", "/stacks")
    expect(BOB.post(case("/leases/renew"), {"stacks": ["a"]}), 422, "invalid", "/stacks/0")


def test_reviewers_at_once_never_hold_one_stack_three_times():
    got, lock = [], threading.Lock()

    def lease(person):
        for _ in range(4):
            items = person.post(case("/leases"), {"count": 2}).json["items"]
            with lock:
                got.extend(item["stack"] for item in items)
    threads = [threading.Thread(target=lease, args=(person,)) for person in (ANN, BOB, EVE)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(got) == 24 and max(got.count(stack) for stack in got) <= 2, got
    for person in (ANN, BOB, EVE):
        expect(person.post(case("/leases/release"), {}), 200)


# ---- Votes ----

def test_two_votes_decide_and_the_first_does_not():
    media = fresh_media()
    first = expect(cast(ANN, media), 201)
    assert first["counts"] == {"open": 1, "disputed": 0, "decided": 0}
    assert first["items"][0]["late"] is False and first["items"][0]["submitter"] is False
    second = expect(cast(BOB, media, self_generated="shared", commercial="no"), 201)
    assert second["items"][0]["state"] == "decided"
    ballot = votes_on(ANN, media)
    assert ballot["state"] == "decided" and len(ballot["votes"]) == 2
    assert ballot["decisions"][-1]["category"] == "1"
    assert ballot["decisions"][-1]["self_generated"] == "shared"


def test_a_voter_sees_nothing_of_others_before_they_voted():
    media = fresh_media()
    expect(cast(ANN, media), 201)
    blind = votes_on(BOB, media)
    assert blind == {"state": "open", "blind": True, "votes": [], "decisions": []}, blind
    assert len(votes_on(AUD, media)["votes"]) == 1, "an auditor, who cannot vote, sees it"
    expect(cast(BOB, media, "2"), 201)
    seen = votes_on(BOB, media)
    assert seen["blind"] is False and len(seen["votes"]) == 2 and seen["state"] == "disputed"
    third = votes_on(EVE, media)
    assert third["blind"] is True and third["votes"] == [] and third["decisions"] == []
    undone = next(vote["id"] for vote in seen["votes"] if vote["own"])
    expect(BOB.post(case(f"/votes/{undone}/undo")), 200)
    again = votes_on(BOB, media)
    assert again["blind"] is True and all(vote["own"] for vote in again["votes"]), again


def test_disputed_and_decided_stacks_are_found():
    media = fresh_media()
    stack = next(one["stack"] for one in stacks(ANN) if one["leader"]["media"] == media)
    expect(cast(ANN, media), 201)
    expect(cast(BOB, media, "4"), 201)
    for order in ("case", "size", "newest"):
        listed = {one["stack"]: one for one in stacks(ANN, f"state=disputed&order={order}", 3)}
        assert listed[stack]["disputed_count"] == 1
        assert stack in {one["stack"] for one in stacks(ANN, f"state=open&order={order}", 3)}
    disputed = ANN.get(case("/decisions?state=disputed")).json["items"]
    assert media in {row["media"] for row in disputed}
    assert all(row["category"] is None for row in disputed)
    expect(cast(EVE, media), 201)
    for order in ("case", "size", "newest"):
        decided = stacks(ANN, f"state=decided&order={order}", 3)
        assert decided == stacks(ANN, f"state=decided&order={order}")
        assert stack in {one["stack"] for one in decided}
        assert all(one["open_count"] == 0 for one in decided)
        opened = stacks(ANN, f"state=open&order={order}", 3)
        assert opened == stacks(ANN, f"state=open&order={order}")
        assert stack not in {one["stack"] for one in opened}
        assert len(opened) + len(decided) == 30


def test_a_vote_on_a_stack_is_one_on_each_of_its_media():
    stack = stacks(ANN, "order=size")[0]
    body = {"stack": stack["stack"], "category": "1", "note": "seen on a wall calendar"}
    expect(ANN.post(case("/votes"), {**body, "open_count": 2}), 409, "conflict")
    results = expect(ANN.post(case("/votes"), {**body, "open_count": 3}), 201)
    assert results["counts"]["open"] == 3 and len(results["items"]) == 3
    notes = ANN.get(case(f"/stacks/{stack['stack']}/notes")).json["items"]
    assert [note["text"] for note in notes] == ["seen on a wall calendar"]
    undone = expect(ANN.post(case("/votes/undo"), {}), 200)
    assert len(undone["items"]) == 3
    expect(ANN.post(case("/votes"), {**body, "note": None}), 201)
    ids = [item["vote"] for item in
           expect(BOB.post(case("/votes"), {"stack": stack["stack"], "category": "1"}), 201)["items"]]
    assert expect(BOB.post(case("/votes/undo"), {"votes": ids}), 200)["counts"]["open"] == 3


def test_undo_takes_back_what_was_decided():
    media = fresh_media()
    expect(cast(ANN, media), 201)
    vote = expect(cast(BOB, media), 201)["items"][0]["vote"]
    assert votes_on(ANN, media)["state"] == "decided"
    assert expect(BOB.post(case(f"/votes/{vote}/undo")), 200)["items"][0]["state"] == "open"
    expect(BOB.post(case(f"/votes/{vote}/undo")), 409, "conflict")
    expect(ANN.post(case(f"/votes/{vote}/undo")), 404, "not_found")
    assert votes_on(AUD, media)["decisions"][-1]["withdrawn"]
    assert any(row["undone"] for row in votes_on(AUD, media)["votes"])


def test_what_is_wrong_with_a_vote_is_named():
    media = fresh_media()
    good = {"media": [media], "category": "1"}
    for change, pointer in (({"media": None}, "/stack"), ({"media": []}, "/media"),
                            ({"stack": 1}, "/media"), ({"media": [0]}, "/media/0"),
                            ({"media": ["x"]}, "/media/0"), ({"category": None}, "/category"),
                            ({"category": ""}, "/category"), ({"commercial": "x"}, "/commercial"),
                            ({"self_generated": 1}, "/self_generated"), ({"note": ""}, "/note"),
                            ({"note": "x" * 4097}, "/note"), ({"more": 1}, "/more"),
                            ({"media": [media] * 10001}, "/media")):
        expect(BOB.post(case("/votes"), {**good, **change}), 422, "invalid", pointer)
    detail = expect(BOB.post(case("/votes"), {**good, "category": "77"}), 422)["detail"]
    assert "1" in detail and "2" in detail, "the codes there are"
    expect(BOB.post(case("/votes"), {**good, "media": [media, media]}), 422)
    expect(BOB.post(case("/votes"), {**good, "media": [media, 999999]}), 404)
    expect(BOB.post(case("/votes/undo"), {"votes": []}), 422, "invalid", "/votes")
    expect(BOB.post(case("/votes/undo"), {"votes": [999999]}), 404)
    assert votes_on(AUD, media)["votes"] == [], "all or nothing"


def test_the_same_key_votes_once():
    media = fresh_media()
    body = {"media": [media], "category": "1"}
    first = ANN.post(case("/votes"), body, key="vote-once")
    again = ANN.post(case("/votes"), body, key="vote-once")
    assert expect(first, 201) == expect(again, 201)
    assert again.headers["idempotency-replayed"] == "true"
    expect(ANN.post(case("/votes"), {**body, "category": "2"}, key="vote-once"), 409)
    assert len(votes_on(AUD, media)["votes"]) == 1


def test_a_vote_repeated_after_kill_9_is_one_vote():
    for number in range(5):
        media, key = fresh_media(), f"killed-{number}"
        body = {"media": [media], "category": "1"}

        def send():
            try:
                BOB.post(case("/votes"), body, key=key)  # pylint: disable=cell-var-from-loop
            except (OSError, EOFError):
                pass
            except Exception as error:  # pylint: disable=broad-except
                assert "Remote" in type(error).__name__ or "Incomplete" in type(error).__name__
        thread = threading.Thread(target=send)
        thread.start()
        time.sleep(random.uniform(0, 0.05) * number)
        CASE.kill()
        thread.join()
        CASE.start()
        expect(BOB.post(case("/votes"), body, key=key), 201)
        votes = votes_on(AUD, media)["votes"]
        assert len(votes) == 1 and votes[0]["account"] == BOB.account, votes


# ---- Decisions ----

def test_the_entry_of_a_decision_is_withdrawn_and_put_back_by_hand():
    media = fresh_media()
    expect(cast(ANN, media), 201)
    expect(cast(BOB, media), 201)

    def decision():
        rows = ANN.pages(case("/decisions"), 2)
        assert [row["id"] for row in rows] == sorted((row["id"] for row in rows), reverse=True)
        return next(row for row in rows if row["media"] == media)
    assert decision()["entry"] == "standing"
    path = case(f"/decisions/{decision()['id']}")
    expect(ANN.post(path + "/withdraw", {}), 422, "invalid", "/reason")
    expect(BOB.post(path + "/withdraw", {"reason": "test chart"}), 403, "denied")
    assert "already" in expect(ANN.post(path + "/reinstate", {"reason": "there"}), 409,
                               "conflict")["detail"]
    assert ANN.post(path + "/withdraw", {"reason": "test chart"}).status == 204
    assert decision()["entry"] == "withdrawn" and decision()["state"] == "decided"
    assert votes_on(ANN, media)["decisions"][-1]["entry"] == "withdrawn"
    assert "already" in expect(ANN.post(path + "/withdraw", {"reason": "again"}), 409,
                               "conflict")["detail"]
    assert ANN.post(path + "/reinstate", {"reason": "looked again"}).status == 204
    assert decision()["entry"] == "standing"
    assert votes_on(ANN, media)["decisions"][-1] == decision()
    expect(ANN.post(case("/decisions/999999/withdraw"), {"reason": "none"}), 404)


def test_what_means_neither_becomes_no_entry_and_what_stands_no_more_has_none():
    media = fresh_media()
    expect(cast(ANN, media, "4"), 201)
    expect(cast(BOB, media, "4"), 201)
    assert votes_on(ANN, media)["decisions"][-1]["entry"] == "none"
    expect(cast(ANN, media, "1"), 201)
    expect(cast(BOB, media, "1"), 201)
    expect(cast(BOB, media, "2"), 201)
    rows = votes_on(ANN, media)["decisions"]
    replaced = [row["entry"] for row in rows if row["withdrawn"] and row["category"] == "1"]
    assert replaced and set(replaced) == {"withdrawn"}, rows


# ---- Notes ----

def test_notes_and_tags_stay_on_record_when_they_are_removed():
    media = fresh_media()
    path = case(f"/media/{media}/notes")
    note = expect(BOB.post(path, {"text": "two lines\nof text"}), 201)["id"]
    tag = expect(BOB.post(path, {"tag": " Calendar "}), 201)["id"]
    assert expect(ANN.post(path, {"tag": "calendar"}), 201)["id"] == tag, "it is there already"
    items = ANN.pages(path, 1)
    assert [(item["kind"], item["text"]) for item in items] == \
        [("note", "two lines\nof text"), ("tag", "calendar")]
    mine = expect(ANN.post(path, {"text": "by ann"}), 201)["id"]
    expect(BOB.delete(case(f"/notes/{mine}")), 403, "denied")
    assert ANN.delete(case(f"/notes/{note}")).status == 204
    expect(ANN.delete(case(f"/notes/{note}")), 409, "conflict")
    removed = ANN.pages(path, 50)[0]
    assert removed["text"] is None and removed["removed"] and removed["removed_by"] == ANN.account


def test_what_is_wrong_with_a_note_is_named():
    path = case(f"/media/{fresh_media()}/notes")
    for body, pointer in (({}, "/text"), ({"text": ""}, "/text"), ({"tag": "x" * 65}, "/tag"),
                          ({"text": "x" * 4097}, "/text"), ({"text": "a", "tag": "b"}, "/tag"),
                          ({"text": "a", "more": 1}, "/more")):
        expect(BOB.post(path, body), 422, "invalid", pointer)
    expect(BOB.post(path, {"tag": "   "}), 422)
    expect(BOB.post(case("/media/999999/notes"), {"text": "a"}), 404)
    expect(BOB.get(case("/stacks/999999/notes")), 404)
    expect(BOB.delete(case("/notes/999999")), 404)


# ---- Schemes ----

def test_a_scheme_says_what_there_is_to_vote():
    scheme = expect(BOB.get("/schemes/vics-us"), 200)
    assert [code["code"] for code in scheme["codes"]][:2] == ["0", "1"] or scheme["codes"]
    assert {"notable", "ignorable"} <= {code["meaning"] for code in scheme["codes"]}
    assert scheme["self_generated"] == ["unknown", "no", "shared", "pressured", "alone"]
    assert scheme["commercial"] == ["unknown", "no", "yes"]
    keys = [code["key"] for code in scheme["codes"] if code["key"]]
    assert len(keys) == len(set(keys))
    expect(BOB.get("/schemes/none"), 404, "not_found")
    expect(BOB.get("/schemes/" + "x" * 65), 404)


# ---- Who may ----

READS = ("/stacks", "/stacks/{stack}", "/stacks/{stack}/media", "/media/{media}/votes",
         "/decisions", "/media/{media}/notes", "/stacks/{stack}/notes")
WRITES = (("/leases", {}), ("/leases/renew", {}), ("/leases/release", {}),
          ("/votes", {"media": [1], "category": "1"}), ("/votes/undo", {}), ("/votes/1/undo", None),
          ("/media/{media}/notes", {"text": "a"}), ("/stacks/{stack}/notes", {"text": "a"}),
          ("/decisions/1/withdraw", {"reason": "a"}), ("/decisions/1/reinstate", {"reason": "a"}))


def filled(path, number=None):
    stack = stacks(ANN)[0]
    number = number or CASE.id
    return f"/cases/{number}" + path.format(stack=stack["stack"], media=stack["leader"]["media"])


def test_strangers_get_401_and_wrong_roles_403():
    for path in READS:
        expect(CASE.server.get("/api/v1" + filled(path)), 401)
        expect(AUD.get(filled(path)), 200)
        for person in (ADM, CUR):
            assert person.get(filled(path)).status in (403, 404), path
    for path, body in (*WRITES, ("/leases", None)):
        method = "POST" if (path, body) != ("/leases", None) else "GET"
        expect(CASE.server.request(method, "/api/v1" + filled(path), body), 401)
        for person in (AUD, ADM, CUR):
            assert person.request(method, filled(path), body).status in (403, 404), path
    expect(CASE.server.get("/api/v1/schemes/vics-us"), 401)


def test_a_case_of_others_is_not_there():
    other = EVE.get("/cases?number=24-002").json["items"][0]["id"]
    for path in READS:
        expect(ANN.get(filled(path, other)), 404, "not_found")
    for path, body in WRITES:
        expect(ANN.post(filled(path, other), body), 404, "not_found")
    expect(ANN.delete(f"/cases/{other}/notes/1"), 404, "not_found")


if __name__ == "__main__":
    review_case.run(globals())
