#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""api/openapi.yaml against the route table of the program."""
import json
import re
import subprocess

import client
import tap

BODY_TYPES = {"json": "application/json", "bytes": "application/octet-stream",
              "file": "application/octet-stream"}


def routes():
    text = subprocess.run([client.DOUBLE, "--routes"], check=True, stdout=subprocess.PIPE,
                          text=True).stdout
    found = {}
    for line in text.splitlines():
        row = json.loads(line)
        row["path"] = re.sub(r"\{([a-z_]+):word\}", r"{\1}", row["path"])
        found[row["method"], row["path"]] = row
    assert len(found) >= 3, "the program has no routes"
    return found


def described():
    return {(method, path): operation for method, path, operation in client.operations()}


def pairs():
    table, page = routes(), described()
    for key in sorted(table.keys() & page.keys()):
        yield key, table[key], page[key]


def parameters(path, operation, place):
    item = client.API["paths"][path]
    both = [client.resolve(p) for p in item.get("parameters", []) + operation.get("parameters", [])]
    return {parameter["name"] for parameter in both if parameter["in"] == place}


def test_the_description_is_an_openapi_document():
    assert client.API["openapi"].startswith("3.1")
    for path, item in client.API["paths"].items():
        assert path.startswith("/api/v1/"), path
        assert not set(item) - {*client.METHODS, "parameters", "summary"}, path


def test_every_route_is_described_and_every_description_has_its_route():
    table, page = routes(), described()
    tap.fail_with([f"{key} is not described" for key in sorted(table.keys() - page.keys())] +
                  [f"{key} has no route" for key in sorted(page.keys() - table.keys())])


def test_operations_have_the_names_of_the_table():
    tap.fail_with(f"{key}: {row['operation']} in the table" for key, row, operation in pairs()
                  if row["operation"] != operation.get("operationId"))


def test_permissions_are_those_of_the_table():
    tap.fail_with(f"{key}: {row['permission']} in the table" for key, row, operation in pairs()
                  if row["permission"] != operation.get("x-permission"))


def test_operations_for_strangers_say_so_and_others_do_not():
    tap.fail_with(f"{key}: security" for key, row, operation in pairs()
                  if (row["permission"] == "none") != (operation.get("security") == []))


def test_a_second_factor_is_said_where_it_is_needed():
    tap.fail_with(f"{key}: x-second-factor" for key, row, operation in pairs()
                  if row["second_factor"] != operation.get("x-second-factor", False))


def test_writes_without_an_idempotency_key_are_marked():
    tap.fail_with(f"{key}: x-unrepeatable" for key, row, operation in pairs()
                  if row["unrepeatable"] != operation.get("x-unrepeatable", False))


def test_query_parameters_are_those_of_the_table():
    tap.fail_with(f"{key}: {row['query']} in the table" for key, row, operation in pairs()
                  if set(row["query"].split()) != parameters(key[1], operation, "query"))


def test_path_parameters_are_those_of_the_path():
    tap.fail_with(f"{key}: its path parameters" for key, _, operation in pairs()
                  if set(re.findall(r"\{([a-z_]+)\}", key[1])) !=
                  parameters(key[1], operation, "path"))


def test_bodies_are_of_the_kind_in_the_table():
    problems = []
    for key, row, operation in pairs():
        content = client.resolve(operation.get("requestBody", {})).get("content", {})
        wanted = {BODY_TYPES[row["body"]]} if row["body"] != "none" else set()
        if set(content) != wanted:
            problems.append(f"{key}: a body of {row['body']} in the table")
    tap.fail_with(problems)


def test_every_operation_describes_success_and_problems():
    for key, _, operation in pairs():
        responses = operation["responses"]
        assert "default" in responses, key
        assert client.resolve(responses["default"]) == client.API["components"]["responses"]["Problem"]
        assert any(status.startswith("2") for status in responses), key


def test_every_reference_leads_somewhere():
    def walk(node):
        if isinstance(node, dict):
            if isinstance(node.get("$ref"), str):
                client.resolve(node)
            for value in node.values():
                walk(value)
        elif isinstance(node, list):
            for value in node:
                walk(value)
    walk(client.API)


def test_every_object_of_a_schema_is_closed():
    def open_objects(node, where):
        if isinstance(node, dict):
            if node.get("type") == "object" and "additionalProperties" not in node:
                yield where
            for name, value in node.items():
                yield from open_objects(value, f"{where}/{name}")
        elif isinstance(node, list):
            for at, value in enumerate(node):
                yield from open_objects(value, f"{where}/{at}")
    tap.fail_with(f"{where}: additionalProperties" for where in open_objects(client.API, ""))


def test_the_client_refuses_a_reply_that_is_not_described():
    headers = dict(client.FIXED, **{"content-security-policy": "default-src 'none'",
                                    "cache-control": "no-store",
                                    "content-type": "application/json"})
    client.check_reply("GET", "/api/v1/health", client.Reply(200, headers, b'{"status":"ok"}'))
    for status, body in ((200, b'{"status":"bad"}'), (200, b'{"status":"ok","x":1}'),
                         (201, b'{"status":"ok"}'), (404, b'{}')):
        try:
            client.check_reply("GET", "/api/v1/health", client.Reply(status, headers, body))
        except Exception:  # pylint: disable=broad-except
            continue
        raise AssertionError(f"{status} {body} was taken")


if __name__ == "__main__":
    tap.main(globals())
