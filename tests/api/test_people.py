#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Signing in to clewd: the first link, invitations, sessions, second factors, accounts, tokens."""
import time

import client
import people
import tap

API = people.API
SERVER = client.Server()
EVERYBODY = None  # by the first test


def expect(reply, status, code=None):
    assert reply.status == status, f"{status} wanted: {reply}"
    assert code is None or reply.json["code"] == code, reply
    return reply


def refused_at(reply, pointer):
    """Wrong input, and where."""
    assert expect(reply, 422).json["pointer"] == pointer, reply
    return reply


def extra(name, roles=("reviewer",), unit="North"):
    """One more person, for a test that spoils them."""
    return people.add(EVERYBODY.adm, name, EVERYBODY.units[unit], list(roles))


# ---- The beginning ----


def test_a_fresh_server_writes_one_link_that_only_its_owner_reads():
    path = SERVER.data / "administrator-link"
    assert path.stat().st_mode & 0o777 == 0o600
    link = path.read_text(encoding="ascii").strip()
    assert link.startswith(f"http://{SERVER.host}:{SERVER.port}/#/invitation/")
    assert str(path) in SERVER.log() and link.rsplit("/", 1)[1] not in SERVER.log()
    assert SERVER.get(API + "/login").json == {"ready": False, "password_characters": 12}


def test_the_link_makes_an_administrator_who_makes_the_others():
    global EVERYBODY  # pylint: disable=global-statement
    invitation = people.first_invitation(SERVER)
    opened = expect(SERVER.post(API + "/invitation/open", {"invitation": invitation}), 200).json
    assert opened["name"] == "administrator" and opened["roles"] == ["administrator"]
    EVERYBODY = SERVER.people()
    assert SERVER.get(API + "/login").json["ready"] is True
    for path in ("open", "enrol"):  # it is good once
        expect(SERVER.post(API + "/invitation/" + path, {"invitation": invitation}), 403, "denied")


def test_a_session_says_who_one_is():
    session = expect(EVERYBODY.ann.get(API + "/session"), 200).json
    assert session["name"] == "ann" and session["roles"] == ["investigator"]
    assert session["second_factor"] is True and session["csrf_token"] == EVERYBODY.ann.csrf
    assert session["second_factor_fresh_until"] < session["second_factor_until"]


# ---- Invitations ----


def test_invitations_that_are_none_are_refused_alike():
    said = set()
    for text in ("0" * 64, "x", "0" * 63, "é" * 10):
        reply = expect(SERVER.post(API + "/invitation/open", {"invitation": text}), 403, "denied")
        said.add(reply.json["detail"])
    assert len(said) == 1
    refused_at(SERVER.post(API + "/invitation/open", {}), "/invitation")
    refused_at(SERVER.post(API + "/invitation/accept", {"invitation": "0" * 64, "code": "1"}),
               "/password")


def test_a_poor_password_or_a_wrong_code_does_not_use_the_invitation_up():
    fields = {"name": "vic", "display": "Vic", "unit": EVERYBODY.units["North"],
              "roles": ["reviewer"]}
    made = expect(EVERYBODY.adm.post(API + "/accounts", fields), 201).json
    person, invitation = people.Person(SERVER, "vic"), made["invitation"]
    assert made["account"]["state"] == "invited"
    person.read_uri(SERVER.post(API + "/invitation/enrol", {"invitation": invitation}).json["uri"])
    answer = {"invitation": invitation, "password": "short", "code": "000000"}
    expect(SERVER.post(API + "/invitation/accept", answer), 422, "invalid")
    expect(SERVER.post(API + "/invitation/accept", {**answer, "password": person.password}), 422)
    person.accept(invitation).log_in()
    expect(person.get(API + "/session"), 200)


# ---- Logging in ----


def test_a_wrong_name_and_a_wrong_password_are_told_alike():
    said = {expect(SERVER.post(API + "/session", {"name": name, "password": "not the right one"}),
                   401, "unauthenticated").json["detail"] for name in ("bob", "nobody-at-all")}
    assert len(said) == 1
    refused_at(SERVER.post(API + "/session", {"name": "bob"}), "/password")
    refused_at(SERVER.post(API + "/session", {"name": "bob", "password": "x", "token": 1}), "/token")


def test_too_many_failures_have_to_wait_and_are_told_how_long():
    request = {"name": "somebody", "password": "not the right one"}
    for _ in range(12):
        reply = SERVER.post(API + "/session", request)
        if reply.status == 429:
            break
        expect(reply, 401)
    expect(reply, 429, "too_many_requests")
    assert 1 <= int(reply.headers["retry-after"]) <= 300


def test_without_a_second_factor_one_reads_and_does_not_administer():
    person = extra("dee", ("administrator",)).log_in(second_factor=False)
    assert expect(person.get(API + "/session"), 200).json["second_factor"] is False
    expect(person.get(API + "/units"), 200)
    expect(person.get(API + "/accounts"), 403, "second_factor")
    expect(person.post(API + "/tokens", {"name": "t", "scopes": ["match"], "days": 1}), 403,
           "second_factor")
    expect(person.post(API + "/session/second-factor", {"code": "000000"}), 403, "denied")
    code = person.recovery_codes[0]
    given = expect(person.post(API + "/session/second-factor", {"code": code}), 200).json
    assert given["second_factor"] is True
    expect(person.get(API + "/accounts"), 200)
    expect(person.post(API + "/session/second-factor", {"code": code}), 403, "denied")


def test_logging_out_ends_the_session_at_once():
    person = extra("lou")
    reply = expect(person.delete(API + "/session"), 204)
    assert "Max-Age=0" in reply.headers["set-cookie"]
    expect(person.get(API + "/session"), 401)


def test_a_write_needs_the_token_of_its_own_session():
    ann, body = EVERYBODY.ann, {"number": "csrf", "scheme": "vics-us"}
    for csrf in (None, "", "0" * 64, EVERYBODY.bob.csrf):
        expect(ann.post(API + "/cases", body, csrf=csrf), 403, "csrf")


def test_the_cookie_is_for_this_server_alone():
    reply = SERVER.post(API + "/session", {"name": "cur", "password": EVERYBODY.cur.password})
    cookie = expect(reply, 201).headers["set-cookie"]
    assert "HttpOnly" in cookie and "SameSite=Strict" in cookie and "Domain" not in cookie
    session = EVERYBODY.cur.session
    expect(SERVER.get(API + "/session", headers={"Cookie": "__Host-clew-session=" + session}), 401)
    expect(SERVER.get(API + "/session", session=session, headers={"Host": "other.example"}), 421)
    expect(EVERYBODY.cur.post(API + "/cases", {}, headers={"Origin": "http://other.example"}), 403)
    with client.Server() as other:
        expect(other.get(API + "/session", session=session), 401)


# ---- One's own secrets ----


def test_another_password_ends_all_sessions():
    person = extra("pia")
    first, new = person.session, "eleven slow rivers"
    person.log_in(second_factor=False)
    change = {"old_password": person.password, "new_password": new, "code": person.recovery_codes[0]}
    expect(person.post(API + "/account/password", {**change, "old_password": "not that one"}), 403)
    expect(person.post(API + "/account/password", {**change, "new_password": "password1234"}), 422)
    expect(person.post(API + "/account/password", {**change, "code": "000000"}), 403)
    refused_at(person.post(API + "/account/password", {"old_password": "x"}), "/new_password")
    expect(person.post(API + "/account/password", change), 204)
    expect(person.get(API + "/session"), 401)
    expect(person.get(API + "/session", session=first), 401)
    expect(SERVER.post(API + "/session", {"name": "pia", "password": person.password}), 401)
    person.password = new
    person.log_in(second_factor=False)


def test_another_authenticator_takes_a_code_of_each():
    person = extra("sam")
    old = person.recovery_codes
    person.read_uri(expect(person.post(API + "/account/second-factor"), 200).json["uri"])
    expect(person.put(API + "/account/second-factor", {"old_code": old[0], "new_code": "000000"}), 422)
    change = {"old_code": old[0], "new_code": person.code()}
    codes = expect(person.put(API + "/account/second-factor", change), 200).json["recovery_codes"]
    assert len(codes) == 8 and not set(codes) & set(old)
    expect(person.get(API + "/session"), 401)
    person.log_in(code=codes[0])
    expect(person.get(API + "/session"), 200)


# ---- Administration ----


def test_units_are_made_changed_and_closed():
    adm = EVERYBODY.adm
    fields = {"name": "West", "agency": "A", "country": "BE", "contact": "desk"}
    unit = expect(adm.post(API + "/units", fields), 201).json
    path = f"{API}/units/{unit['id']}"
    expect(adm.post(API + "/units", fields), 409, "conflict")
    expect(adm.post(API + "/units", {**fields, "country": "be"}), 422)
    refused_at(adm.post(API + "/units", {"name": "x"}), "/country")
    changed = expect(adm.put(path, {**fields, "contact": "night desk"},
                             headers={"If-Match": f'"{unit["version"]}"'}), 200).json
    assert changed["contact"] == "night desk"
    expect(adm.put(path, fields, headers={"If-Match": f'"{unit["version"]}"'}), 412)
    assert expect(EVERYBODY.bob.get(path), 200).json == changed
    assert expect(adm.post(path + "/close"), 200).json["state"] == "closed"
    expect(adm.post(f"{API}/units/{EVERYBODY.units['North']}/close"), 409, "conflict")
    expect(adm.get(API + "/units/99999"), 404)
    first = expect(adm.get(API + "/units?limit=2"), 200).json
    rest = expect(adm.get(API + "/units?limit=2&cursor=" + first["next"]), 200).json
    assert len(first["items"]) == 2 and unit["id"] in [row["id"] for row in rest["items"]]


def test_other_roles_end_the_sessions_of_an_account():
    person = extra("rob")
    path = f"{API}/accounts/{person.id}"
    fields = {"display": "Rob", "unit": EVERYBODY.units["North"], "roles": ["reviewer"]}
    refused_at(EVERYBODY.adm.put(path, {**fields, "roles": ["king"]}), "/roles")
    expect(EVERYBODY.adm.put(path, {**fields, "display": "Robert"}), 200)
    expect(person.get(API + "/session"), 200)
    expect(EVERYBODY.adm.put(path, {**fields, "roles": ["investigator"]}), 200)
    expect(person.get(API + "/session"), 401)
    assert expect(EVERYBODY.adm.get(path), 200).json["roles"] == ["investigator"]


def test_a_reset_ends_everything_and_gives_a_new_invitation():
    person = extra("ray", ("investigator",))
    token = person.token("match")
    made = expect(EVERYBODY.adm.post(f"{API}/accounts/{person.id}/reset"), 200).json
    expect(person.get(API + "/session"), 401)
    expect(SERVER.post(API + "/session", {"name": "ray", "password": person.password}), 401)
    expect(SERVER.get(API + "/cases", token=token), 401)
    person.accept(made["invitation"])
    person.log_in(code=person.recovery_codes[0])
    expect(person.get(API + "/session"), 200)


def test_a_closed_account_is_closed_at_once_and_for_good():
    person = extra("cyd")
    path = f"{API}/accounts/{person.id}"
    assert expect(EVERYBODY.adm.post(path + "/close"), 200).json["state"] == "closed"
    expect(person.get(API + "/session"), 401)
    expect(SERVER.post(API + "/session", {"name": "cyd", "password": person.password}), 401)
    expect(EVERYBODY.adm.post(path + "/reset"), 409)
    everybody = expect(EVERYBODY.ann.get(API + "/people?limit=200"), 200).json["items"]
    assert person.id not in [row["id"] for row in everybody] and EVERYBODY.bob.id in \
        [row["id"] for row in everybody]


def test_nobody_changes_or_resets_themselves():
    adm = EVERYBODY.adm
    fields = {"display": "Adm", "unit": EVERYBODY.units["North"], "roles": ["investigator"]}
    expect(adm.put(f"{API}/accounts/{adm.id}", fields), 409)
    expect(adm.post(f"{API}/accounts/{adm.id}/reset"), 409)


def test_secrets_are_never_kept_for_a_second_reply():
    fields = {"name": "kim", "display": "Kim", "unit": EVERYBODY.units["North"],
              "roles": ["reviewer"]}
    expect(EVERYBODY.adm.post(API + "/accounts", fields, headers={"Idempotency-Key": "k"}), 400)


# ---- Tokens ----


def test_tokens_are_made_listed_and_revoked():
    ann = EVERYBODY.ann
    case = ann.open_case("tokens")
    body = {"name": "station", "scopes": ["ingest"], "days": 7, "case": case}
    made = expect(ann.post(API + "/tokens", body), 201).json
    row = next(row for row in ann.get(API + "/tokens").json["items"] if row["id"] == made["id"])
    assert row["scopes"] == ["ingest"] and row["case"] == case and row["revoked"] is None
    assert made["token"] not in ann.get(API + "/tokens").body.decode()
    expect(SERVER.get(f"{API}/cases/{case}", token=made["token"]), 200)
    expect(SERVER.get(API + "/tokens", token=made["token"]), 403, "denied")
    expect(EVERYBODY.bob.delete(f"{API}/tokens/{made['id']}"), 404)
    assert EVERYBODY.bob.get(f"{API}/tokens?account={ann.id}").json["items"] == []
    listed = EVERYBODY.adm.get(f"{API}/tokens?account={ann.id}").json["items"]
    assert made["id"] in [row["id"] for row in listed]
    expect(EVERYBODY.adm.delete(f"{API}/tokens/{made['id']}"), 204)
    expect(SERVER.get(f"{API}/cases/{case}", token=made["token"]), 401)


def test_a_token_is_narrow_and_ends():
    ann = EVERYBODY.ann
    body = {"name": "t", "scopes": ["case_read"], "days": 1}
    refused_at(ann.post(API + "/tokens", {**body, "days": 366}), "/days")
    refused_at(ann.post(API + "/tokens", {**body, "scopes": []}), "/scopes")
    refused_at(ann.post(API + "/tokens", {**body, "scopes": ["all"]}), "/scopes")
    expect(ann.post(API + "/tokens", {**body, "scopes": ["ingest"]}), 422)
    expect(ann.post(API + "/tokens", {**body, "account": EVERYBODY.bob.id}), 403, "denied")
    mine, other = ann.open_case("bound"), ann.open_case("not-bound")
    token = ann.token("case_read", case=mine)
    expect(SERVER.get(f"{API}/cases/{mine}", token=token), 200)
    expect(SERVER.get(f"{API}/cases/{other}", token=token), 404)


# ---- The end ----


def test_the_link_is_gone_when_the_server_starts_again():
    assert SERVER.stop() == 0
    with client.Server(data=SERVER.data) as again:
        assert not (SERVER.data / "administrator-link").exists()
        expect(again.get(API + "/session", session=EVERYBODY.aud.session), 200)


def test_no_secret_is_in_the_log():
    log = SERVER.log()
    for person in (EVERYBODY.root, EVERYBODY.ann):
        for secret in (person.session, person.csrf, person.password, *person.recovery_codes):
            assert secret not in log


if __name__ == "__main__":
    began = time.monotonic()
    try:
        tap.main(globals())
    finally:
        if SERVER.process.poll() is None:
            SERVER.stop()
        print(f"# {time.monotonic() - began:.1f} s")
