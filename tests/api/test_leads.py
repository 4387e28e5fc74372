#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Series, victims, links and identifiers; and that nothing of a hidden case shows in any of them."""
import leads_case
from leads_case import expect

# pylint: disable=undefined-variable


def test_a_series_holds_media_of_cases():
    made = expect(ANN.post("/series", {"name": "garden"}), 201)
    path = f"{NORTH}/series/{made['id']}"
    expect(ANN.post(path + "/media", {"media": [CASE.media[1], CASE.media[2]]}), 204)
    expect(ANN.post(path + "/leave", {"media": [CASE.media[2]]}), 204)
    items = expect(ANN.get(path + "/media?limit=1"), 200)
    assert items["next"] and items["items"][0]["media"] == CASE.media[1]
    rest = expect(ANN.get(f"{path}/media?limit=1&cursor={items['next']}"), 200)
    assert rest["items"][0]["left"] is not None and rest["next"] is None
    whole = expect(ANN.get(f"/series/{made['id']}"), 200)
    assert whole["media"] == 1 and whole["cases"] == [CASE.north]
    expect(EVE.get(f"/series/{made['id']}"), 404)
    expect(ANN.post(path + "/media", {"media": [999999]}), 404)
    expect(ANN.post(path + "/media", {"media": []}), 422, "/media")
    expect(ANN.post("/series", {"name": ""}), 422, "/name")
    expect(BOB.post("/series", {"name": "mine"}), 403)
    expect(CASE.server.get("/api/v1/series"), 401)


def test_a_victim_has_states_links_and_a_sealed_name():
    victim = expect(ANN.post("/victims", {"reference": "V-1"}), 201)
    path = f"/victims/{victim['id']}"
    link = expect(ANN.post(path + "/links", {"case": CASE.north, "media": CASE.media[1]}), 201)
    changed = expect(ANN.post(path + "/states", {"state": "being_worked", "reason": "a lead",
                                                 "since": "2020-01-02T03:04:05Z"}), 200)
    assert changed["state"] == "being_worked" and not changed["has_name"]
    expect(ANN.put(path + "/name", {"name": "A. Sample"}), 204)
    assert expect(ANN.post(path + "/name/read"), 200) == {"name": "A. Sample"}
    expect(EVE.post(path + "/name/read"), 404)
    expect(ANN.delete(path + "/name"), 204)
    expect(ANN.post(path + "/name/read"), 404)
    whole = expect(ANN.get(path), 200)
    assert [row["state"] for row in whole["history"]][-1] == "being_worked"
    assert whole["history"][-1]["since"] == "2020-01-02T03:04:05Z"
    expect(ANN.delete(f"{path}/links/{link['id']}"), 204)
    expect(ANN.post(path + "/links", {"case": CASE.north}), 422, "/series")
    expect(ANN.post(path + "/links", {"case": CASE.south, "media": CASE.media[1]}), 404)
    expect(ANN.post(path + "/states", {"state": "found", "reason": "x"}), 422, "/state")
    expect(ANN.post(path + "/states", {"state": "identified", "reason": "x", "since": "soon"}), 422,
           "/since")
    expect(BOB.post("/victims", {"reference": "V-2"}), 403)
    expect(EVE.get(path), 404)
    expect(CASE.server.get("/api/v1/victims"), 401)


def test_media_of_an_identified_victim_leave_the_queue():
    before = expect(ANN.get("/who"), 200)["items"]
    assert {row["media"] for row in before} == set(CASE.media.values())
    victim = expect(ANN.post("/victims", {"reference": "V-3"}), 201)["id"]
    expect(ANN.post(f"/victims/{victim}/links", {"case": CASE.north, "media": CASE.media[3]}), 201)
    expect(ANN.post(f"/victims/{victim}/states", {"state": "identified", "reason": "known"}), 200)
    after = expect(ANN.get(f"/who?case={CASE.north}"), 200)["items"]
    assert {row["media"] for row in after} == {CASE.media[1], CASE.media[2]}
    expect(EVE.get(f"/who?case={CASE.north}"), 404)
    assert expect(EVE.get("/who"), 200)["items"] == []


def test_identifiers_are_entered_and_removed():
    path = NORTH + "/identifiers"
    made = expect(ANN.post(path, {"kind": "email", "value": "A.Sample@Example.org"}), 201)
    expect(ANN.post(path, {"kind": "ip", "value": "192.0.2.1", "port": 443,
                           "at": "2024-05-06T07:08:09Z", "media": CASE.media[1]}), 201)
    items = expect(ANN.get(path), 200)["items"]
    assert items[0]["value"] == "a.sample@example.org"
    assert items[1]["port"] == 443 and items[1]["at"] == "2024-05-06T07:08:09Z"
    expect(ANN.post(path, {"kind": "email", "value": "nobody"}), 422)
    expect(ANN.post(path, {"kind": "post", "value": "x"}), 422, "/kind")
    expect(BOB.post(path, {"kind": "email", "value": "b@example.org"}), 403)
    expect(EVE.get(path), 404)
    expect(ANN.delete(f"{path}/{made['id']}"), 204)
    expect(ANN.delete(f"{path}/{made['id']}"), 404)


def names(reply, member):
    return [row[member] for row in expect(reply, 200)["items"]]


def refused(path):
    """What one query cannot ask."""
    for query in ("media=1", "case=0", "case=x", f"case={CASE.north}&media=0"):
        reply = expect(ANN.get(f"{path}?{query}"), 400)
        assert "query parameter" in reply["detail"], reply


def test_series_are_found_by_case_and_by_media():
    one, two = CASE.media[1], CASE.media[2]
    ids = [expect(ANN.post("/series", {"name": name}), 201)["id"] for name in ("by 1", "by 2")]
    for series, media in zip(ids, ([one, two], [one])):
        expect(ANN.post(f"{NORTH}/series/{series}/media", {"media": media}), 204)
    of_media = f"/series?case={CASE.north}&media="
    assert {"by 1", "by 2"} <= set(names(ANN.get(of_media + str(one)), "name"))
    assert "by 2" not in names(ANN.get(of_media + str(two)), "name")
    assert names(ANN.get(of_media + "999999"), "name") == []
    whole = expect(ANN.get(f"/series?case={CASE.north}"), 200)["items"]
    assert {row["name"]: row["media_of_case"] for row in whole}["by 1"] == 2
    first = expect(ANN.get(of_media + f"{one}&limit=1"), 200)
    rest = names(ANN.get(f"{of_media}{one}&cursor={first['next']}"), "id")
    assert first["items"][0]["id"] not in rest and ids[1] in rest
    expect(ANN.get(f"{of_media}{two}&cursor={first['next']}"), 422)
    expect(ANN.post(f"{NORTH}/series/{ids[1]}/leave", {"media": [one]}), 204)
    assert "by 2" not in names(ANN.get(of_media + str(one)), "name")
    rows = names(ANN.get(f"{NORTH}/series/{ids[0]}/media?media={two}"), "media")
    assert rows == [two]
    expect(ANN.get(f"{NORTH}/series/{ids[0]}/media?media=x"), 400)
    refused("/series")
    expect(EVE.get(f"/series?case={CASE.north}"), 404)
    expect(EVE.get(of_media + str(one)), 404)


def test_victims_are_found_by_what_they_are_linked_to_and_by_state():
    one, two = CASE.media[1], CASE.media[2]
    series = expect(ANN.post("/series", {"name": "of victims"}), 201)["id"]
    expect(ANN.post(f"{NORTH}/series/{series}/media", {"media": [two]}), 204)
    direct, grouped, apart = (expect(ANN.post("/victims", {"reference": f"by {i}"}), 201)["id"]
                              for i in range(3))
    expect(ANN.post(f"/victims/{direct}/links", {"case": CASE.north, "media": one}), 201)
    link = expect(ANN.post(f"/victims/{grouped}/links", {"series": series}), 201)["id"]
    expect(ANN.post(f"/victims/{grouped}/states",
                    {"state": "safeguarded", "reason": "known", "since": "2021-02-03T04:05:06Z"}),
           200)
    of_media = f"/victims?case={CASE.north}&media="
    assert names(ANN.get(f"/victims?series={series}"), "id") == [grouped]
    assert direct in names(ANN.get(of_media + str(one)), "id")
    assert grouped in names(ANN.get(of_media + str(two)), "id")
    assert grouped not in names(ANN.get(of_media + str(one)), "id")
    of_case = names(ANN.get(f"/victims?case={CASE.north}"), "id")
    assert {direct, grouped} <= set(of_case) and apart not in of_case
    safe = expect(ANN.get(f"/victims?case={CASE.north}&state=safeguarded"), 200)["items"]
    assert [(row["id"], row["since"]) for row in safe] == [(grouped, "2021-02-03T04:05:06Z")]
    assert apart in names(ANN.get("/victims?state=unidentified&limit=200"), "id")
    assert grouped not in names(ANN.get("/victims?state=unidentified&limit=200"), "id")
    first = expect(ANN.get(f"/victims?case={CASE.north}&limit=1"), 200)
    expect(ANN.get(f"/victims?case={CASE.north}&state=identified&cursor={first['next']}"), 422)
    expect(ANN.delete(f"/victims/{grouped}/links/{link}"), 204)
    assert names(ANN.get(f"/victims?series={series}"), "id") == []
    refused("/victims")
    expect(ANN.get("/victims?state=found"), 400)
    expect(ANN.get("/victims?series=0"), 400)
    expect(EVE.get(f"/victims?series={series}"), 404)
    expect(EVE.get(f"/victims?case={CASE.north}"), 404)
    assert names(EVE.get("/victims?state=safeguarded"), "id") == []


def test_identifiers_are_found_by_media():
    path = NORTH + "/identifiers"
    made = expect(ANN.post(path, {"kind": "email", "value": "m@example.org",
                                  "media": CASE.media[3]}), 201)["id"]
    assert names(ANN.get(f"{path}?media={CASE.media[3]}"), "id") == [made]
    assert made not in names(ANN.get(f"{path}?media={CASE.media[1]}"), "id")
    expect(ANN.get(path + "?media=0"), 400)
    expect(EVE.get(f"{path}?media={CASE.media[3]}"), 404)


def test_a_camera_links_media_of_visible_cases_only():
    links = {row["kind"]: row for row in
             expect(ANN.get(f"{NORTH}/media/{CASE.media[1]}/links"), 200)["items"]}
    assert links["camera"]["value"] == "maker one" and links["camera"]["uses"] == 3
    assert links["camera"]["cases"] == 1 and links["folder"]["uses"] == 3
    assert expect(ANN.get(NORTH + "/links"), 200)["items"] == []
    expect(EVE.get(f"{NORTH}/media/{CASE.media[1]}/links"), 404)
    expect(EVE.get(NORTH + "/links"), 404)
    assert expect(ANN.get(f"{NORTH}/media/999999/links"), 200) == {"items": []}


# Every reading route, as ann or bob of North may ask it.
READS = ("/series", "/series/{series}", "{north}/series/{series}/media", "/victims",
         "/victims/{victim}", "/series?case={case}", "/series?case={case}&media={media}",
         "/victims?case={case}", "/victims?case={case}&media={media}", "/victims?series={series}",
         "/victims?state=being_worked", "{north}/identifiers?media={media}", "/who", "/who?case={case}", "{north}/links",
         "{north}/media/{media}/links", "{north}/identifiers", "{north}/enquiries/known",
         "{north}/enquiries/questions", "{north}/enquiries/notices", "{north}/retention",
         "/retention/due", "{north}/expunges", "{north}/tombstones", "{north}/audit",
         "{north}", "/cases", "{north}/members", "{north}/evidence")
SEARCHES = ({"kind": "trait", "trait": "camera", "term": "Maker One"},
            {"kind": "trait", "trait": "email", "term": "hidden@example.org"},
            {"kind": "prefix", "term": "gate"}, {"kind": "note", "term": "hidden"},
            {"kind": "dates", "from": "1990-01-01T00:00:00Z"})
# Reading routes that name things of the hidden case.
HIDDEN = ("/series/{series}", "{south}/series/{series}/media", "/victims/{victim}",
          "/series?case={case}", "/series?case={case}&media={media}", "/victims?case={case}",
          "/victims?case={case}&media={media}", "/victims?series={series}",
          "/who?case={case}", "{south}/links", "{south}/media/{media}/links", "{south}/identifiers",
          "{south}/enquiries/known", "{south}/enquiries/questions", "{south}/enquiries/notices",
          "{south}/retention", "{south}/expunges", "{south}/tombstones", "{south}/audit")


def look(person, names):
    replies = {path: person.get(path.format(**names)) for path in READS}
    replies.update({str(body): person.post("/search", body) for body in SEARCHES})
    for path, reply in replies.items():
        assert reply.status == 200, (path, reply)
    return {path: reply.body for path, reply in replies.items()}


def test_nothing_of_a_hidden_case_shows_anywhere():
    names = {"north": NORTH, "south": SOUTH, "case": CASE.north, "media": CASE.media[1],
             "series": expect(ANN.post("/series", {"name": "seen"}), 201)["id"],
             "victim": expect(ANN.post("/victims", {"reference": "V-seen"}), 201)["id"]}
    expect(ANN.post(f"{NORTH}/series/{names['series']}/media", {"media": [CASE.media[1]]}), 204)
    expect(ANN.post(f"/victims/{names['victim']}/links",
                    {"case": CASE.north, "media": CASE.media[1]}), 201)
    before = {person.name: look(person, names) for person in (ANN, BOB)}

    hidden = CASE.add(CASE.south, 1, 2, 50)  # two pictures that North has as well, and a new one
    series = expect(EVE.post("/series", {"name": "hidden"}), 201)["id"]
    expect(EVE.post(f"{SOUTH}/series/{series}/media", {"media": list(hidden.values())}), 204)
    victim = expect(EVE.post("/victims", {"reference": "V-hidden"}), 201)["id"]
    expect(EVE.post(f"/victims/{victim}/links", {"case": CASE.south, "media": hidden[50]}), 201)
    expect(EVE.post(f"/victims/{victim}/states", {"state": "being_worked", "reason": "x"}), 200)
    expect(EVE.post(SOUTH + "/identifiers", {"kind": "email", "value": "hidden@example.org"}), 201)
    expect(EVE.post("/search", {"kind": "prefix", "term": "gate"}), 200)

    for person in (ANN, BOB):
        after = look(person, names)
        for path, body in after.items():
            if "search" in path or path.endswith("/audit"):
                continue
            assert body == before[person.name][path], (person.name, path, body)
    # The record of the case has grown by nothing: searches over all cases are of none.
    assert look(ANN, names)["{north}/audit"] == before["ann"]["{north}/audit"]
    names.update(series=series, victim=victim, case=CASE.south, media=hidden[50])
    none = dict(names, series=999999, victim=999999)
    for path in HIDDEN:
        for person in (ANN, BOB):
            reply = person.get(path.format(**names))
            assert reply.status == 404, (path, reply)
            if "{series}" in path[:9] or "{victim}" in path:
                other = person.get(path.format(**none))
                assert other.json["detail"].replace("999999", "N") == \
                    reply.json["detail"].replace(str(series), "N").replace(str(victim), "N")
    for method, path, body in (
            ("POST", f"{SOUTH}/series/{series}/media", {"media": [hidden[50]]}),
            ("POST", f"/victims/{victim}/states", {"state": "identified", "reason": "x"}),
            ("POST", f"/victims/{victim}/links", {"case": CASE.north, "media": CASE.media[1]}),
            ("PUT", f"/victims/{victim}/name", {"name": "x"}),
            ("POST", SOUTH + "/identifiers", {"kind": "name", "value": "x"}),
            ("POST", SOUTH + "/enquiries", {"media": [hidden[50]]}),
            ("PUT", SOUTH + "/retention", {"kind": "note", "days": 1, "reason": "x"}),
            ("POST", SOUTH + "/expunges", {"kind": "note", "reason": "x"}),
            ("POST", "/search", {"kind": "prefix", "term": "gate", "case": CASE.south})):
        assert ANN.request(method, path, body).status == 404, path
    # The auditor of North reads the record of North only.
    cases = {leaf["case"] for leaf in expect(AUD.get("/audit?limit=200"), 200)["items"]}
    assert CASE.south not in cases and CASE.north in cases
    expect(AUD.get(f"/audit?case={CASE.south}"), 404)
    # And eve, of South, sees as little of North.
    assert {row["case"] for row in expect(EVE.get("/who"), 200)["items"]} == {CASE.south}
    # A media that only the hidden case has is as one that nobody has.
    assert ANN.get(f"{NORTH}/media/{hidden[50]}/links").body == \
        ANN.get(f"{NORTH}/media/999999/links").body


if __name__ == "__main__":
    leads_case.run(globals())
