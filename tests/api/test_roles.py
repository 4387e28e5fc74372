#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Every route as every role, as a member of the case and not, with tokens, and as a stranger.

Whoever is not listed in ALLOWED is denied. The table is written by hand, from what the roles are
for, and not from the program: a new route fails here until somebody says who may call it.
"""
import http.client
import json
import re
import subprocess
import time

import client
import people
import tap

# Roles as the tests have them. Of the case are inv and rev; sou works for another unit as both; a
# token acts for inv: those of ingest and case_read are for the case, "elsewhere" reads another one.
EVERYBODY = "stranger inv rev sou aud adm cur t_match t_ingest t_case t_elsewhere t_audit"
PEOPLE = "inv rev sou aud adm cur"            # signed in, whatever their role
READERS = "inv rev aud t_ingest t_case"       # facts of this case
ALL_READERS = READERS + " sou t_elsewhere"    # facts of cases, each of their own
INVESTIGATORS = "inv sou"                     # in what is no case, or in their own
REVIEWERS = "inv rev"                         # look and vote in this case

ALLOWED = {
    # anybody
    "getHealth": EVERYBODY, "getLogin": EVERYBODY, "logIn": EVERYBODY,
    "openLink": EVERYBODY,
    "openInvitation": EVERYBODY, "enrolInvitation": EVERYBODY, "acceptInvitation": EVERYBODY,
    # one's own
    "getSession": PEOPLE, "logOut": PEOPLE, "giveSecondFactor": PEOPLE, "changePassword": PEOPLE,
    "enrolSecondFactor": PEOPLE, "changeSecondFactor": PEOPLE,
    "getPreferences": PEOPLE, "setPreferences": PEOPLE, "getExposure": PEOPLE,
    "listTokens": PEOPLE, "createToken": PEOPLE, "revokeToken": PEOPLE,
    "listOutcomes": PEOPLE, "listPeople": PEOPLE, "listUnits": PEOPLE, "getUnit": PEOPLE,
    "listSchemes": PEOPLE, "getScheme": PEOPLE,
    # administration
    "listAccounts": "adm", "createAccount": "adm", "getAccount": "adm", "changeAccount": "adm",
    "resetAccount": "adm", "closeAccount": "adm",
    "createUnit": "adm", "changeUnit": "adm", "closeUnit": "adm",
    # cases
    "listCases": ALL_READERS, "openCase": INVESTIGATORS,
    "getCase": READERS, "changeCase": "inv", "listMembers": READERS, "addMember": "inv",
    "removeMember": "inv", "listEvidence": READERS,
    "addRecords": "inv t_ingest", "addPreviews": "inv t_ingest", "getServerKey": "inv sou t_ingest",
    "listMedia": READERS, "getMedia": READERS, "listItems": READERS, "orderMedia": READERS,
    "getProgress": READERS, "getMethods": READERS, "listExaminations": READERS,
    "addExamination": "inv t_ingest", "endExamination": "inv t_ingest",
    "listStacks": READERS, "getStack": READERS, "listStackMedia": READERS,
    # review
    "listMediaNotes": READERS, "listStackNotes": READERS,
    "addMediaNote": REVIEWERS, "addStackNote": REVIEWERS, "removeNote": REVIEWERS,
    "listLeases": REVIEWERS, "leaseStacks": REVIEWERS, "renewLeases": REVIEWERS,
    "skipStack": REVIEWERS, "unskipStack": REVIEWERS, "listSkips": REVIEWERS,
    "releaseLeases": REVIEWERS, "castVotes": REVIEWERS, "undoVotes": REVIEWERS,
    "undoVote": REVIEWERS, "getVotes": READERS, "listDecisions": READERS,
    "withdrawDecisionEntry": "inv", "reinstateDecisionEntry": "inv",
    "compareMedia": REVIEWERS, "revealMedia": REVIEWERS, "endReveal": REVIEWERS,
    # leads
    "listIdentifiers": READERS, "addIdentifier": "inv", "removeIdentifier": "inv",
    "listCaseLinks": READERS, "listMediaLinks": READERS,
    "listSeries": ALL_READERS, "makeSeries": INVESTIGATORS, "getSeries": ALL_READERS,
    "listSeriesMedia": READERS, "joinSeries": "inv", "leaveSeries": "inv",
    "listVictims": ALL_READERS, "makeVictim": INVESTIGATORS, "getVictim": ALL_READERS,
    "setVictimState": INVESTIGATORS, "linkVictim": INVESTIGATORS, "unlinkVictim": INVESTIGATORS,
    "setVictimName": INVESTIGATORS, "destroyVictimName": INVESTIGATORS,
    "readVictimName": INVESTIGATORS, "listWho": ALL_READERS,
    # evidence and documents
    "listScans": READERS, "getScan": READERS, "followScan": READERS,
    "startScan": "inv t_ingest", "cancelScan": "inv t_ingest",
    "listDocuments": READERS, "importDocument": "inv t_ingest", "exportDocument": "inv",
    "exportItem": "inv", "viewMedia": "inv",
    "listRetention": READERS, "setRetention": "inv", "listRetentionDue": ALL_READERS,
    "setGeneralRetention": "adm", "listGeneralRetention": "adm", "listTombstones": READERS, "listExpunges": READERS,
    "askExpunge": "inv", "approveExpunge": INVESTIGATORS, "refuseExpunge": INVESTIGATORS,
    # sets
    "listSets": "inv sou aud cur", "getSet": "inv sou aud cur", "listSetEntries": "inv sou aud cur",
    "findMatchReference": "inv sou aud cur", "createSet": "cur", "importSet": "cur",
    "withdrawSetEntries": "cur", "reinstateSetEntries": "cur",
    # the record
    "listLeaves": "aud t_audit", "getCheckpoint": "aud t_audit", "getProof": "aud t_audit",
    "listCaseLeaves": READERS,
    # across
    "search": "inv rev sou aud", "searchExample": "inv rev sou aud",
    "enquire": "inv", "listKnown": READERS, "listQuestions": READERS, "listNotices": READERS,
    "answerEnquiry": INVESTIGATORS,
    "getStatistics": "inv sou aud adm", "matchHashes": "t_match", "matchPicture": "t_match",
}

NONE = 999999999                # an id that nothing has
STEP_OUT = ("logOut",)          # ends the session, so each comes with one more
SERVER = client.Server()
CALLERS = {}                    # name -> keyword arguments for ask()
WHO = None
CASE = 0


def ask(method, path, body, *, session=None, csrf=None, token=None):
    """Status and problem of one call; a stream is left as soon as it begins."""
    headers = {}
    if session:
        headers = {"Cookie": "clew-session=" + session, "X-CSRF-Token": csrf}
    if token:
        headers["Authorization"] = "Bearer " + token
    if body is not None:
        headers["Content-Type"] = "application/json" if body.startswith(b"{") else \
            "application/octet-stream"
    while True:
        link = http.client.HTTPConnection(SERVER.host, SERVER.port, timeout=60)
        link.request(method, path, body, headers)
        got = link.getresponse()
        problem = json.loads(got.read()) if got.status >= 400 else {}
        link.close()
        if got.status != 429:
            return got.status, problem
        time.sleep(float(got.getheader("Retry-After", "1")))


def routes():
    text = subprocess.run([client.DOUBLE, "--routes"], check=True, stdout=subprocess.PIPE,
                          text=True).stdout
    return [json.loads(line) for line in text.splitlines()]


def path_of(row):
    path = row["path"].replace("{case}", str(CASE))
    path = re.sub(r"\{[a-z_]+:word\}", "none", path)
    return re.sub(r"\{[a-z_]+\}", str(NONE), path)


def body_of(row):
    """One that no handler takes: who may call it is decided before."""
    return {"none": None, "json": b'{"no such member": 1}'}.get(row["body"], b"x")


def is_denied(caller, status, problem):
    """Denied means that the handler was not reached. What is wrong with the request comes later."""
    if caller == "stranger":
        return status == 401
    return (status == 403 and problem["code"] == "denied") or \
        (status == 404 and problem["detail"] == f"there is no case {CASE}")


def call(row, caller):
    arguments = CALLERS[caller]
    if row["operation"] in STEP_OUT and "session" in arguments:
        person = WHO[caller]
        again = people.Person(SERVER, person.name).log_in(second_factor=False)
        arguments = {"session": again.session, "csrf": again.csrf}
    return ask(row["method"], path_of(row), body_of(row), **arguments)


def make_callers():
    global WHO, CASE  # pylint: disable=global-statement
    made = SERVER.people()
    WHO = {"inv": made.ann, "rev": made.bob, "sou": made.eve, "aud": made.aud, "adm": made.adm,
           "cur": made.cur}
    CASE = made.ann.open_case("roles")
    elsewhere = made.ann.open_case("elsewhere")
    people.good(made.ann.post(f"{people.API}/cases/{CASE}/members", {"account": made.bob.id}))
    for name, person in WHO.items():
        CALLERS[name] = {"session": person.session, "csrf": person.csrf}
    CALLERS["stranger"] = {}
    CALLERS["t_match"] = {"token": made.ann.token("match")}
    CALLERS["t_ingest"] = {"token": made.ann.token("ingest", case=CASE)}
    CALLERS["t_case"] = {"token": made.ann.token("case_read", case=CASE)}
    CALLERS["t_elsewhere"] = {"token": made.ann.token("case_read", case=elsewhere)}
    CALLERS["t_audit"] = {"token": made.aud.token("audit_read")}
    assert set(CALLERS) == set(EVERYBODY.split())


def test_every_route_stands_in_the_table_and_nothing_else_does():
    there = {row["operation"] for row in routes()}
    tap.fail_with([f"{name}: say in ALLOWED who may call it" for name in sorted(there - set(ALLOWED))] +
                  [f"{name}: there is no such route" for name in sorted(set(ALLOWED) - there)])
    for name, callers in ALLOWED.items():
        assert set(callers.split()) <= set(EVERYBODY.split()), name


def test_whoever_is_not_listed_is_denied_and_whoever_is_gets_to_the_handler():
    make_callers()
    problems = []
    for row in routes():
        allowed = ALLOWED.get(row["operation"], "").split()
        for caller in CALLERS:
            status, problem = call(row, caller)
            what = f"{row['operation']} as {caller}: {status} {problem.get('detail', '')}"
            if is_denied(caller, status, problem) == (caller in allowed):
                problems.append(what)
            elif status == 500 or problem.get("code") in ("second_factor", "csrf"):
                problems.append(what)
    tap.fail_with(problems)


def test_a_case_of_others_looks_like_none():
    for method, body in (("GET", None), ("PATCH", b"{}")):
        status, problem = ask(method, f"{people.API}/cases/{CASE}", body, **CALLERS["sou"])
        none, other = ask(method, f"{people.API}/cases/{NONE}", body, **CALLERS["sou"])
        assert status == none == 404
        assert problem["detail"].replace(str(CASE), "") == other["detail"].replace(str(NONE), "")


def test_nobody_gets_in_with_what_was_revoked():
    token = WHO["inv"].token("case_read")
    rows = WHO["inv"].get(people.API + "/tokens?limit=200").json["items"]
    WHO["inv"].delete(f"{people.API}/tokens/{rows[-1]['id']}")
    assert ask("GET", people.API + "/cases", None, token=token)[0] == 401
    WHO["rev"].delete(people.API + "/session")
    assert ask("GET", people.API + "/cases", None, **CALLERS["rev"])[0] == 401


if __name__ == "__main__":
    try:
        tap.main(globals())
    finally:
        SERVER.stop()
