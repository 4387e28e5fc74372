#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What happens to every call before and behind its handler: access, form, paging, repeats, events."""
import http.client
import threading
import time

import client
import tap

INVESTIGATOR, REVIEWER = "token-investigator", "token-reviewer"
TRY = "/api/v1/try/"
OCTETS = {"Content-Type": "application/octet-stream"}


def expect(reply, status, code=None):
    assert reply.status == status, reply
    if code:
        assert reply.json["code"] == code, reply
    return reply


def test_health_is_for_everybody_and_says_nothing_more():
    assert expect(SERVER.get("/api/v1/health"), 200).body == b'{"status":"ok"}'


def test_a_stranger_gets_401_from_what_needs_a_session():
    for options in ({}, {"token": "token-nobody"}, {"session": "session-nobody"},
                    {"token": "x" * 5000}, {"headers": {"Authorization": "Bearer "}}):
        reply = expect(SERVER.get("/api/v1/session", **options), 401, "unauthenticated")
        assert reply.headers["www-authenticate"].startswith("Bearer")
    expect(SERVER.get("/api/v1/session", headers={"Authorization": "Basic eDp5"}), 401)


def test_a_token_and_a_session_say_who_they_are():
    by_token = expect(SERVER.get("/api/v1/session", token=REVIEWER), 200).json
    assert by_token["name"] == "reviewer" and by_token["csrf_token"] is None
    assert "review" in by_token["permissions"] and "administer" not in by_token["permissions"]
    assert expect(SERVER.get("/api/v1/session", session="session-auditor"), 200) \
        .json["csrf_token"] == "c" * 64
    expect(SERVER.get("/api/v1/session", token=REVIEWER, session="session-auditor"), 400)


def test_schemes_are_listed():
    items = expect(SERVER.get("/api/v1/schemes", token=REVIEWER), 200).json["items"]
    assert {"id": "vics-us"}.items() <= next(i for i in items if i["id"] == "vics-us").items()


def test_writes_in_a_session_need_its_csrf_token():
    for csrf in (None, "", "c" * 63, "c" * 65, "c" * 63 + "d"):
        expect(SERVER.post(TRY + "echo", {"text": "a"}, session="session-reviewer", csrf=csrf), 403,
               "csrf")
    expect(SERVER.post(TRY + "echo", {"text": "a"}, session="session-reviewer"), 200)
    expect(SERVER.post(TRY + "echo", {"text": "a"}, token=REVIEWER), 200)


def test_a_permission_that_is_missing_is_denied():
    expect(SERVER.get(TRY + "audit", token=REVIEWER), 403, "denied")


def test_a_second_factor_is_asked_for():
    expect(SERVER.get(TRY + "admin", session="session-administrator"), 403, "second_factor")
    expect(SERVER.get(TRY + "admin", session="session-administrator-2"), 500)


def test_a_case_that_may_not_be_seen_is_not_found():
    expect(SERVER.get(TRY + "cases/1", token=INVESTIGATOR), 200)
    expect(SERVER.get(TRY + "cases/2", token=INVESTIGATOR), 404, "not_found")
    expect(SERVER.get(TRY + "cases/1", token=REVIEWER), 404, "not_found")


def test_a_fault_tells_its_id_and_nothing_else():
    reply = expect(SERVER.get(TRY + "audit", token="token-auditor"), 500, "internal")
    assert b"secret" not in reply.body and "set-cookie" not in reply.headers
    assert f"id {reply.json['id']}: the inner detail /var/lib/secret" in SERVER.log()


def test_paths_and_methods_that_are_none():
    expect(SERVER.get("/api/v1/none", token=REVIEWER), 404)
    expect(SERVER.get("/api", token=REVIEWER), 404)
    reply = expect(SERVER.request("DELETE", "/api/v1/health"), 405)
    assert reply.headers["allow"] == "OPTIONS, GET, HEAD"
    reply = expect(SERVER.request("OPTIONS", TRY + "echo", check=False), 204)
    assert reply.headers["allow"] == "OPTIONS, POST"
    assert "access-control-allow-origin" not in reply.headers


def test_head_is_get_without_the_body():
    head, get = SERVER.request("HEAD", "/api/v1/health"), SERVER.get("/api/v1/health")
    assert head.status == 200 and head.body == b"" and head.headers["etag"] == get.headers["etag"]
    assert head.headers["content-length"] == get.headers["content-length"]


def test_query_parameters_are_strict():
    for query in ("x=1", "limit=0", "limit=201", "limit=1e1", "limit=%201", "limit=", "limit",
                  "limit=1&limit=1", "limit=+5"):
        expect(SERVER.get(f"{TRY}rows?{query}", token=REVIEWER), 400, "bad_request")


def test_pages_follow_one_another():
    rows, cursor = [], ""
    for _ in range(5):
        page = expect(SERVER.get(f"{TRY}rows?limit=3{cursor}", token=REVIEWER), 200).json
        rows += page["items"]
        if page["next"] is None:
            break
        cursor = "&cursor=" + page["next"]
    assert rows == list(range(1, 11)), rows


def test_a_cursor_is_good_for_its_list_its_filters_and_its_caller_only():
    cursor = SERVER.get(f"{TRY}rows?limit=3", token=REVIEWER).json["next"]
    expect(SERVER.get(f"{TRY}rows?cursor={cursor}&limit=9", token=REVIEWER), 200)
    expect(SERVER.get(f"{TRY}rows?cursor={cursor}&state=open", token=REVIEWER), 422)
    expect(SERVER.get(f"{TRY}rows?cursor={cursor}", token=INVESTIGATOR), 422)
    changed = cursor[:-5] + ("A" if cursor[-5] != "A" else "B") + cursor[-4:]
    expect(SERVER.get(f"{TRY}rows?cursor={changed}", token=REVIEWER), 422)


def test_an_unchanged_reply_is_not_sent_again():
    etag = SERVER.get("/api/v1/session", token=REVIEWER).headers["etag"]
    reply = SERVER.get("/api/v1/session", token=REVIEWER, headers={"If-None-Match": etag})
    assert reply.status == 304 and reply.body == b"" and reply.headers["etag"] == etag
    expect(SERVER.get("/api/v1/session", token=INVESTIGATOR, headers={"If-None-Match": etag}), 200)


def test_versions_guard_writes():
    etag = SERVER.get(TRY + "cases/1", token=INVESTIGATOR).headers["etag"]
    assert etag.startswith('"3-')
    for value, status in ((etag, 201), ('"3"', 201), ("*", 201), ('"2"', 412), ('"30"', 412),
                          ("3", 412), ('"', 412), ("", 412)):
        expect(SERVER.post(TRY + "write", {"text": "a"}, token=REVIEWER,
                           headers={"If-Match": value}), status)


def test_a_repeated_write_is_done_once():
    def write(key, text, **more):
        return SERVER.post(TRY + "write", {"text": text}, token=REVIEWER,
                           headers={"Idempotency-Key": key}, **more)
    first = expect(write("key-1", "a"), 201)
    again = expect(write("key-1", "a"), 201)
    assert again.body == first.body and again.headers["idempotency-replayed"] == "true"
    expect(write("key-1", "b"), 409, "conflict")
    assert expect(write("key-2", "a"), 201).json["writes"] == first.json["writes"] + 1
    for key in ("", "x" * 65, "a b"):
        expect(write(key, "a"), 400)


def test_many_at_once_with_one_key_are_one_write():
    replies = []

    def write():
        replies.append(SERVER.post(TRY + "write", {"text": "same"}, token=REVIEWER,
                                   headers={"Idempotency-Key": "one"}))
    threads = [threading.Thread(target=write) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert {reply.status for reply in replies} == {201}, replies
    assert len({reply.body for reply in replies}) == 1, replies


def test_what_is_wrong_with_a_body_is_named():
    reply = expect(SERVER.post(TRY + "echo", {"text": 7}, token=REVIEWER), 422, "invalid")
    assert reply.json["pointer"] == "/text"
    reply = expect(SERVER.post(TRY + "echo", {"text": "a", "more": 1}, token=REVIEWER), 422)
    assert reply.json["pointer"] == "/more"


def test_bodies_have_their_type():
    for content_type in ("text/plain", "application/x-www-form-urlencoded", "", None,
                         "application/json; charset=latin1", "multipart/form-data; boundary=x"):
        expect(SERVER.post(TRY + "echo", b'{"text":"a"}', token=REVIEWER,
                           headers={"Content-Type": content_type}), 415, "media_type")
    expect(SERVER.post(TRY + "echo", b'{"text":"a"}', token=REVIEWER,
                       headers={"Content-Type": "application/json; charset=utf-8"}), 200)
    expect(SERVER.post(TRY + "echo", b'{"text":"a"}', token=REVIEWER,
                       headers={"Content-Encoding": "gzip"}), 415)
    expect(SERVER.request("GET", "/api/v1/health", b"{}"), 400)


def test_bytes_and_files_arrive_whole():
    assert expect(SERVER.post(TRY + "bytes", b"x" * 1000000, token=REVIEWER, headers=OCTETS), 200) \
        .json == {"bytes": 1000000}
    assert expect(SERVER.post(TRY + "file", b"x" * 20000000, token=REVIEWER, headers=OCTETS), 200) \
        .json == {"bytes": 20000000}
    assert expect(SERVER.post(TRY + "file", b"", token=REVIEWER, headers=OCTETS), 200) \
        .json == {"bytes": 0}


def test_the_session_cookie_is_not_for_scripts_or_other_sites():
    cookie = expect(SERVER.post(TRY + "sign-in", {}), 204).headers["set-cookie"]
    assert cookie == "clew-session=session-reviewer; Path=/; HttpOnly; SameSite=Strict", cookie


def test_connections_are_used_again():
    link = http.client.HTTPConnection(SERVER.host, SERVER.port, timeout=30)
    for path, status in (("/api/v1/health", 200), ("/api/v1/none", 404), ("/", 200),
                         ("/api/v1/session", 401), ("/api/v1/health", 200)):
        link.request("GET", path)
        socket = link.sock
        reply = link.getresponse()
        reply.read()
        assert reply.status == status and link.sock is socket, path
    link.close()


# ---- Events ----

def open_stream(**headers):
    link = http.client.HTTPConnection(SERVER.host, SERVER.port, timeout=30)
    link.request("GET", TRY + "ticks", headers={"Authorization": "Bearer " + REVIEWER, **headers})
    reply = link.getresponse()
    assert reply.status == 200 and reply.getheader("content-type") == "text/event-stream"
    return link, reply


def read_events(reply, last):
    lines = []
    while f"id: {last}" not in lines:
        lines.append(reply.readline().decode().strip())
    return lines


def test_events_come_as_they_happen_and_go_on_where_the_client_stopped():
    link, reply = open_stream()
    lines = read_events(reply, 3)
    assert [line for line in lines if line.startswith("id")] == ["id: 1", "id: 2", "id: 3"], lines
    assert "event: tick" in lines and "data: 2" in lines
    reply.close()
    link.close()
    link, reply = open_stream(**{"Last-Event-ID": "2"})
    assert "id: 1" not in read_events(reply, 3)
    reply.close()
    link.close()


def test_a_stream_whose_client_has_gone_ends():
    def threads():
        return len(list(client.Path(f"/proc/{SERVER.process.pid}/task").iterdir()))
    time.sleep(1.5)  # streams of other tests end
    before = threads()
    streams = [open_stream() for _ in range(10)]
    assert threads() >= before + 10
    for link, reply in streams:
        reply.close()
        link.close()
    end = time.monotonic() + 20
    while threads() > before and time.monotonic() < end:
        time.sleep(0.1)
    assert threads() <= before, f"{threads()} threads, {before} before"


def test_too_many_streams_are_refused():
    streams = []
    try:
        for _ in range(60):  # as many as one address may have, less a few
            streams.append(open_stream())
    finally:
        for link, reply in streams:
            reply.close()
            link.close()
    time.sleep(1)
    expect(SERVER.get("/api/v1/health"), 200)


def test_a_server_with_open_streams_stops():
    with client.double() as server:
        link = http.client.HTTPConnection(server.host, server.port, timeout=30)
        link.request("GET", TRY + "ticks", headers={"Authorization": "Bearer " + REVIEWER})
        link.getresponse().readline()
        began = time.monotonic()
        assert server.stop() == 0
        assert time.monotonic() - began < 9, "it waited for the stream"
        link.close()


# ---- Rates ----

def test_strangers_are_slowed_down():
    with client.double() as server:
        statuses = []
        for _ in range(100):
            reply = server.get("/api/v1/session", token="token-nobody")
            statuses.append(reply.status)
        assert statuses[:50] == [401] * 50 and 429 in statuses, statuses
        assert int(reply.headers["retry-after"]) >= 1 if reply.status == 429 else True
        assert server.get("/api/v1/health").status == 200
        assert server.get("/api/v1/session", token=REVIEWER).status == 200, \
            "others behind the same address go on"


# ---- Behind a proxy ----

def test_behind_a_proxy_cookies_are_secure_and_forwarded_addresses_count():
    with client.double("--behind-tls-proxy") as server:
        named = {"Host": "clew.example", "X-Forwarded-For": "203.0.113.5",
                 "Origin": "https://clew.example"}
        reply = expect(server.post(TRY + "sign-in", {}, headers=named), 204)
        assert reply.headers["set-cookie"] == \
            "__Host-clew-session=session-reviewer; Path=/; HttpOnly; SameSite=Strict; Secure"
        assert reply.headers["strict-transport-security"].startswith("max-age=")
        named["Cookie"] = "clew-session=session-reviewer"
        expect(server.get("/api/v1/session", headers=named), 401)
        named["Cookie"] = "__Host-clew-session=session-reviewer"
        expect(server.get("/api/v1/session", headers=named), 200)


def test_nothing_of_a_person_is_in_the_log():
    SERVER.get("/api/v1/session?name=hidden-word", token="hidden-token")
    SERVER.get("/hidden-path")
    assert "hidden" not in SERVER.log()
    assert "GET /api/v1/try/cases/{case} 200" in SERVER.log()


if __name__ == "__main__":
    with client.double() as SERVER:
        tap_error = None
        try:
            tap.main(globals())
        except SystemExit as done:
            tap_error = done
    raise tap_error
