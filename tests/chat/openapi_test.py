#!/usr/bin/python3
"""openapi.json says what the server does: every operation, and every answer that it may give."""

import asyncio
import json
import pathlib
import unittest

from tests.chat.http_peer import request, stream
from tests.chat.peer import chat_server, peer
from tests.chat.schema import SCHEMA, jsonschema
from tests.chat.tokens import bearer, guarded_server, token
from tests.process.server import Server

API = json.loads(pathlib.Path("routes/chat/openapi.json").read_text(encoding="utf-8"))
METHODS = ("get", "post", "put", "delete", "patch", "options")
JSON = {"Content-Type": "application/json"}
FOREIGN = {"Origin": "https://other.example"}
MESSAGES = "/api/rooms/{room}/messages"
MEMBERS = "/api/rooms/{room}/members"
EVENTS = "/chat/{room}/events"


def resolver():
    return jsonschema.RefResolver("openapi.json", API,
                                  store={"openapi.json": API, "protocol.schema.json": SCHEMA})


def resolved(value):
    """What a reference within the document stands for."""
    while "$ref" in value:
        value = resolver().resolve(value["$ref"])[1]
    return value


def problem(schema, value):
    """What is wrong with a value; None if nothing is."""
    validator = jsonschema.Draft202012Validator(schema, resolver=resolver())
    error = jsonschema.exceptions.best_match(validator.iter_errors(value))
    return error and f"{error.json_path}: {error.message} in {json.dumps(value)}"


def operations():
    return {(path, method): item[method]
            for path, item in API["paths"].items() for method in METHODS if method in item}


class OpenApiTest(unittest.TestCase):
    def setUp(self):
        self.left = {(path, method, status) for (path, method), operation in operations().items()
                     for status in operation["responses"]}

    def answered(self, path, method, answer):
        """The answer is one of those that the operation has, and as it has it."""
        place = (path, method, str(answer.status))
        responses = operations()[path, method]["responses"]
        self.assertIn(str(answer.status), responses, place)
        self.left.discard(place)
        response = resolved(responses[str(answer.status)])
        schema = response["content"]["application/json"]["schema"]
        self.assertIsNone(problem(schema, answer.body), place)
        for name, header in response.get("headers", {}).items():
            self.assertIsNone(problem(header["schema"], answer.headers[name]), place)

    def ask(self, server, method, path, *, expect, room="lobby", query="", body=None, headers=None,
            operation=None):
        """Asks for an operation's path, with its own method or another."""
        answer = request(server, method.upper(), path.replace("{room}", room) + query, body,
                         headers)
        self.assertEqual(answer.status, expect, (method, path, answer.body))
        self.answered(path, operation or method, answer)
        return answer.body

    def post(self, server, *, expect, **request_):
        return self.ask(server, "post", MESSAGES, expect=expect, **request_)

    def test_every_answer_of_every_operation(self):
        with chat_server(rooms=2) as server:
            self.success(server)
            self.wrong(server)
            asyncio.run(self.while_somebody_is_there(server))
        with chat_server(api={"keys": ["key"]}) as server:
            self.without_a_key(server)
        with guarded_server() as server:
            self.with_tokens(server)
        self.assertEqual(self.left, set(), "answers that nobody asked for")

    def success(self, server):
        key = {"Idempotency-Key": "1"}
        body = {"text": "hello", "data": [1, {"a": None}], "name": "Bot", "ignored": True}
        self.assertIsNone(problem({"$ref": "#/components/schemas/Post"}, body))
        self.post(server, expect=201, body=body, headers=key)
        self.post(server, expect=200, body=body, headers=key)
        self.post(server, expect=201, body={"data": None})
        self.assertEqual(len(self.ask(server, "get", MESSAGES, expect=200)["events"]), 2)
        self.ask(server, "get", MESSAGES, expect=200, query="?before=2&limit=1")
        self.ask(server, "get", MEMBERS, expect=200)
        self.assertEqual(len(self.ask(server, "get", "/api/rooms", expect=200)["rooms"]), 1)

    def wrong(self, server):
        for path, method in operations():
            # What the operations of this path are not.
            self.ask(server, "delete", path, operation=method, expect=405)
            if path != "/api/rooms":
                self.ask(server, method, path, room="a%20b", expect=400)
            self.ask(server, method, path, headers=FOREIGN, expect=403)
        self.post(server, expect=400, body="{", headers=JSON)
        self.post(server, expect=400, body="[" * 17, headers=JSON)
        for body in [{}, {"text": 1}, {"text": "x", "name": ""}]:
            self.assertIsNotNone(problem({"$ref": "#/components/schemas/Post"}, body))
            self.post(server, expect=400, body=body)
        self.post(server, expect=413, body={"text": "x" * 16385})
        self.post(server, expect=413, body={"text": "x" * 70000})
        self.post(server, expect=415, body='{"text": "x"}')
        for path in [MESSAGES, MEMBERS, "/api/rooms"]:
            for number in ["0", "101", "x"]:
                self.ask(server, "get", path, query=f"?limit={number}", expect=400)
        self.ask(server, "get", EVENTS, query="?history=101", expect=400)
        for path in [MESSAGES, MEMBERS]:
            self.ask(server, "get", path, room="nowhere", expect=404)

    async def while_somebody_is_there(self, server):
        async with peer(server, room="lobby", name="Ada") as ada, peer(server, room="tea"), \
                stream(server, query="?history=100", last_id="x:1") as reader:
            await ada.say("said")
            await ada.ok(type="edit", room="lobby", target=3, text="edited")
            await ada.ok(type="react", room="lobby", target=3, key="+")
            await ada.ok(type="delete", room="lobby", target=3)
            schema = operations()[EVENTS, "get"]["responses"]["200"]["content"]
            types = []
            for event in await reader.events(7):
                types.append(event["type"])
                self.assertIsNone(problem(schema["text/event-stream"]["schema"], event))
            self.assertEqual(types, ["gap", "message", "message", "message", "edit", "reaction",
                                     "delete"])
            self.left.discard((EVENTS, "get", "200"))
            events = self.ask(server, "get", MESSAGES, expect=200)["events"]
            self.assertTrue(events[2]["deleted"])
            self.assertEqual(self.ask(server, "get", MEMBERS, expect=200)["count"], 1)
            rooms = self.ask(server, "get", "/api/rooms", expect=200, query="?limit=1")
            self.assertEqual(rooms["next"], "lobby")
            for path, method in [(MESSAGES, "post"), (EVENTS, "get")]:
                self.ask(server, method, path, room="full", expect=503,
                         body={"text": "x"} if method == "post" else None)

    def without_a_key(self, server):
        for (path, method), operation in operations().items():
            if {"key": []} in operation.get("security", API["security"]):
                self.ask(server, method, path, expect=401)
                self.ask(server, method, path, expect=401, headers={"Authorization": "Bearer x"})


    def with_tokens(self, server):
        """Where tokens are asked for, the answers have the same form."""
        shown = bearer(token(rooms={"list": ["*"]}))
        for (path, method), operation in operations().items():
            self.assertIn({"token": []}, operation.get("security", API["security"]))
            self.ask(server, method, path, expect=401)
            self.ask(server, method, path, expect=401, headers=bearer("x"))
            if path == "/api/rooms":
                self.ask(server, method, path, expect=200, headers=shown)
            else:
                body = {"text": "x"} if method == "post" else None
                self.ask(server, method, path, expect=403, headers=shown, body=body)


class DocumentTest(unittest.TestCase):
    def test_the_paths_are_those_that_are_served(self):
        with Server() as server:
            served = {pattern for pattern, name in server.routes.items() if name == "chat"}
        self.assertEqual(set(API["paths"]) | {"/chat", "/chat/{room}"}, served)

    def test_every_reference_stands_for_something(self):
        def visit(value):
            if isinstance(value, dict):
                if "$ref" in value:
                    resolver().resolve(value["$ref"])
                value = list(value.values())
            if isinstance(value, list):
                for each in value:
                    visit(each)

        visit(API)

    def test_schemas_are_schemas(self):
        for schema in API["components"]["schemas"].values():
            jsonschema.Draft202012Validator.check_schema(schema)

    def test_they_allow_nothing_else(self):
        schemas = API["components"]["schemas"]
        self.assertIsNone(problem(schemas["Error"], {"error": {"code": "bad_json", "message": "x"}}))
        for wrong in [{}, {"error": "x"}, {"error": {"code": "other", "message": "x"}},
                      {"error": {"code": "bad_json", "message": "x"}, "status": 400}]:
            self.assertIsNotNone(problem(schemas["Error"], wrong))


if __name__ == "__main__":
    unittest.main()
