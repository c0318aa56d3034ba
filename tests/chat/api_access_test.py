#!/usr/bin/python3
"""Who may use the HTTP interface of chat, and where it is served."""

import http.client
import json
import unittest

from tests.chat.http_peer import request
from tests.chat.peer import chat_server
from tests.process.server import Server, run

MESSAGES = "/api/rooms/lobby/messages"


class AccessTest(unittest.TestCase):
    def status(self, server, path="/api/rooms", method="GET", body=None, **headers):
        headers = {name.replace("_", "-"): value for name, value in headers.items()}
        answer = request(server, method, path, body, headers)
        if answer.status >= 400:
            self.assertEqual(answer.headers["WWW-Authenticate"],
                             "Bearer" if answer.status == 401 else None)
        return answer.status

    def test_keys(self):
        with chat_server(api={"keys": ["first-secret", "second-secret"]}) as server:
            for key in ["first-secret", "second-secret"]:
                self.assertEqual(self.status(server, Authorization=f"Bearer {key}"), 200)
                self.assertEqual(
                    self.status(server, MESSAGES, "POST", {"text": "x"}, Origin="http://x.example",
                                Host="x.example", Authorization=f"Bearer {key}"), 201)
            for wrong in ["", "Bearer third-secret", "Bearer first-secret2", "Basic first-secret"]:
                for path in ["/api/rooms", MESSAGES, "/api/rooms/lobby/members"]:
                    self.assertEqual(self.status(server, path, Authorization=wrong), 401)
                self.assertEqual(
                    self.status(server, MESSAGES, "POST", {"text": "x"}, Authorization=wrong), 401)
            self.assertEqual(self.status(server), 401)
            self.assertEqual(server.stop(), 0)
            self.assertNotIn("secret", "\n".join(server.raw_log))

    def test_readers_need_no_key(self):
        with chat_server(api={"keys": ["key"]}) as server:
            host, _, port = server.addresses[0].rpartition(":")
            client = http.client.HTTPConnection(host, int(port), timeout=20)
            client.request("GET", "/chat/lobby/events")
            self.assertEqual(client.getresponse().status, 200)
            client.close()

    def test_keys_that_can_not_be(self):
        for key in ["", "two words", "é"]:
            result = run("--listen=127.0.0.1:0", config={
                "routes": [{"route": "chat", "options": {"api": {"keys": [key]}}}]})
            self.assertRegex(result.stderr,
                             r"routes\[0\]\.options\.api\.keys: a key is 1 or more characters of "
                             r"A-Z a-z 0-9 - \. _ ~ \+ / =\n\Z")
            self.assertEqual(result.returncode, 1)

    def test_without_keys_only_this_machine(self):
        with chat_server() as server:
            port = server.port
            for host in [f"127.0.0.1:{port}", f"localhost:{port}", "localhost", f"[::1]:{port}"]:
                self.assertEqual(self.status(server, Host=host), 200)
                self.assertEqual(self.status(server, MESSAGES, "POST", {"text": "x"}, Host=host,
                                             Origin=f"http://{host}"), 201)
            for host in ["rebound.example", f"rebound.example:{port}", "192.0.2.1", "0.0.0.0"]:
                self.assertEqual(self.status(server, Host=host), 403)
                self.assertEqual(
                    self.status(server, MESSAGES, "POST", {"text": "x"}, Host=host), 403)
            for origin in ["http://other.example", "null", "http://localhost:1"]:
                self.assertEqual(self.status(server, MESSAGES, "POST", {"text": "x"},
                                             Origin=origin), 403)
            self.assertEqual(self.status(server, X_Forwarded_For="192.0.2.1"), 401)

    def test_a_page_of_another_site_can_not_post_as_a_form_does(self):
        with chat_server() as server:
            for content_type in ["text/plain", "application/x-www-form-urlencoded",
                                 "multipart/form-data"]:
                self.assertEqual(
                    self.status(server, MESSAGES, "POST", '{"text": "x"}',
                                Content_Type=content_type), 415)

    def test_without_keys_nobody_if_others_can_reach_the_server(self):
        with Server(listen="0.0.0.0:0") as server:
            answer = request(server, "GET", "/api/rooms")
            self.assertEqual((answer.status, answer.body["error"]["code"]), (401, "unauthorized"))
            self.assertIn("options.api.keys", answer.body["error"]["message"])
            self.assertEqual(self.status(server, MESSAGES, "POST", {"text": "x"}), 401)


class PatternsTest(unittest.TestCase):
    def test_it_is_served_where_the_configuration_says(self):
        patterns = ["/talk/{room}", "/talk/{room}/events", "/v1/{room}/messages", "/v1/rooms"]
        with Server(config={"routes": [{"route": "chat", "patterns": patterns}]}) as server:
            self.assertEqual(request(server, "POST", "/v1/tea/messages", {"text": "x"}).status, 201)
            self.assertEqual(request(server, "GET", "/v1/rooms").body["rooms"],
                             [{"room": "tea", "count": 0, "offset": 1}])
            for path in ["/api/rooms", MESSAGES, "/v1/tea/members"]:
                self.assertEqual(request(server, "GET", path).status, 404)

    def test_patterns_that_can_not_be_told_apart_are_errors(self):
        for pattern, problem_of_it in [("/talk/events", "must have a {room}"),
                                       ("/talk/{name}/messages", "must have a {room}"),
                                       ("/talk/{room}/rooms", "must not have a {room}")]:
            result = run("--listen=127.0.0.1:0", config={
                "routes": [{"route": "chat", "patterns": ["/talk", pattern]}]})
            self.assertIn(f"pattern {json.dumps(pattern)} {problem_of_it}", result.stderr)
            self.assertEqual(result.returncode, 1)


if __name__ == "__main__":
    unittest.main()
