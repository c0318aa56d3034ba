#!/usr/bin/python3
"""No secret of anybody is in the log, whichever way it came, whatever is logged, in either format."""

import asyncio
import base64
import hmac
import http.client
import json
import socket
import tempfile
import unittest

from tests.process.client import closed, connect, receive, wait_log, websockets
from tests.process.server import DEADLINE_SECONDS, Server, run

CHAT = "fanfare.chat.v1"


class Secrets:
    """Secrets that a log is searched for."""

    def __init__(self):
        self._all = {}

    def new(self, what):
        """A secret of its own; `what` is for the message of a failure."""
        secret = f"hush{len(self._all):03}hush"
        self._all[secret] = what
        return secret

    def new_jwt(self, what):
        """A JSON Web Token of which no part may be seen."""
        def part(value):
            data = json.dumps(value).encode() if isinstance(value, dict) else value
            encoded = base64.urlsafe_b64encode(data).decode().rstrip("=")
            # The first bytes of a part are the same in all tokens.
            self._all[encoded[12:]] = what
            return encoded
        number = len(self._all)
        return ".".join(map(part, [{"alg": f"HS{number:09}"}, {"sub": f"somebody{number:09}"},
                                   b"signature of %09d" % number]))

    def add(self, what, secret):
        assert len(secret) > 8, secret
        self._all[secret] = what

    def found_in(self, lines):
        text = "\n".join(lines)
        return [what for secret, what in self._all.items() if secret in text]


def ask(server, method, path, body=None, headers=None):
    """The status of a plain HTTP request, whose path may be any text."""
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=DEADLINE_SECONDS)
    connection.request(method, path, body, headers or {})
    status = connection.getresponse().status
    connection.close()
    return status


def ask_raw(server, request):
    """What a peer that speaks no HTTP is told."""
    with socket.create_connection(("127.0.0.1", server.port), DEADLINE_SECONDS) as peer:
        peer.sendall(request.encode())
        peer.shutdown(socket.SHUT_WR)
        answer = b""
        while piece := peer.recv(4096):
            answer += piece
        return answer


class SecretsTest(unittest.IsolatedAsyncioTestCase):
    async def test_nothing_of_them_is_in_the_text_format(self):
        await self.in_format("text")

    async def test_nothing_of_them_is_in_json(self):
        await self.in_format("json")

    async def in_format(self, log_format):
        secrets = Secrets()
        key = secrets.new("a key of the configuration")
        config = {
            "log": {"format": log_format, "level": "debug", "lines_per_second": 0},
            "log_messages": True,
            "limits": {"message_bytes": 100_000},
            "routes": [{"route": "chat", "options": {"api": {"keys": [key]}}}],
        }
        with Server(config=config) as server:
            await self.handshakes(server, secrets)
            await self.frames(server, secrets)
            await self.protocol(server, secrets)
            await self.ends(server, secrets)
            await asyncio.to_thread(self.requests, server, secrets, key)
            # Something of each way is there: it was logged at all.
            for shown in ["connected", "disconnected", ">> ", "<< ", "answered 404 to ", "***"]:
                self.assertTrue([line for line in server.raw_log if shown in line], shown)
            self.assertEqual(server.stop(), 0)
            self.assertEqual(secrets.found_in(server.raw_log), [])

    async def test_a_token_that_lets_somebody_in(self):
        secrets = Secrets()
        secret = secrets.new("the secret of the configuration") + "x" * 32

        def token(what, key=secret, **claims):
            def part(data):
                return base64.urlsafe_b64encode(data).decode().rstrip("=")
            signed = ".".join(part(json.dumps(value).encode()) for value in [
                {"alg": "HS256", "typ": "JWT"}, {"sub": "ada " + what, "exp": 4e9} | claims])
            signature = part(hmac.digest(key.encode(), signed.encode(), "sha256"))
            secrets.add(what + ": its claims", signed.partition(".")[2])
            secrets.add(what + ": its signature", signature)
            return signed + "." + signature

        with tempfile.NamedTemporaryFile("w", encoding="utf-8") as key_file:
            key_file.write(secret)
            key_file.flush()
            jwt = {"algorithm": "HS256", "key_file": key_file.name, "cookie": "session"}
            config = {"log": {"level": "debug", "lines_per_second": 0},
                      "routes": [{"route": "echo", "auth": {"jwt": jwt}}]}
            with Server(config=config) as server:
                def show(good):
                    return [
                        {"extra_headers": {"Authorization": "Bearer " + good}},
                        {"subprotocols": ["bearer." + good]},
                        {"extra_headers": {"Cookie": "a=b; session=" + good}},
                    ]
                for way in show(token("a token that is right")):
                    async with connect(server.url("/echo"), **way) as client:
                        await client.send("hello")
                        self.assertEqual(await receive(client), "hello")
                for wrong in [token("of somebody else", key="y" * 40), token("too old", exp=1),
                              token("no token") + "x", "not-a-token-" + secrets.new("no JWT")]:
                    for way in show(wrong):
                        with self.assertRaises(websockets.InvalidStatusCode):
                            await connect(server.url("/echo"), **way)
                server.wait_log("was refused at /echo")
                self.assertEqual(server.stop(), 0)
                self.assertEqual(secrets.found_in(server.raw_log), [])

    async def handshakes(self, server, secrets):
        query = "&".join([
            "token=" + secrets.new("a token in a query"),
            "Access_Token=" + secrets.new("another name in a query"),
            "api%5Fkey=" + secrets.new("an escaped name in a query"),
            "jwt=" + secrets.new_jwt("a JWT in a query"),
        ])
        headers = {
            "Authorization": "Bearer " + secrets.new("a bearer token in a header"),
            "Cookie": "a=b; session=" + secrets.new("a cookie"),
            "X-Api-Key": secrets.new("a key in a header"),
        }
        subprotocols = [CHAT, "bearer." + secrets.new("a token in a subprotocol"),
                        secrets.new_jwt("a JWT as a subprotocol")]
        async with connect(server.url("/chat/lobby?" + query), extra_headers=headers,
                           subprotocols=subprotocols) as client:
            await receive(client)
        # Those that are refused.
        for path in ["/nowhere?" + query, "/nowhere/" + secrets.new_jwt("a JWT in a path")]:
            with self.assertRaises(websockets.InvalidStatusCode):
                await connect(server.url(path), extra_headers=headers, subprotocols=subprotocols)
        with self.assertRaises(websockets.InvalidStatusCode):
            await connect(server.url("/chat?" + query), origin="https://elsewhere.example",
                          extra_headers=headers)

    async def frames(self, server, secrets):
        """In and out: what is sent to /echo comes back."""
        inner = json.dumps({"token": secrets.new("JSON in a string of JSON"), "a": 1})
        frames = [
            json.dumps({"token": secrets.new("a member of JSON")}),
            json.dumps({"a": [{"Client-Secret": secrets.new("a nested member")}]}, indent=2),
            json.dumps({"keys": [secrets.new("an array"), secrets.new("more of an array")]}),
            json.dumps({"password": 'a"b\\' + secrets.new("behind a quote")}),
            '{"\\u0074oken": "' + secrets.new("an escaped name") + '"}',
            json.dumps({"text": inner}),
            json.dumps({"text": json.dumps({"text": inner})}),
            '{"a": 1, "token": "' + secrets.new("JSON without an end"),
            "Authorization: Basic " + secrets.new("a header in a message") + "\nHost: a",
            "have a look: Bearer " + secrets.new("a bearer token in a message"),
            "https://example.com/?a=b&key=" + secrets.new("a link"),
            "a " + secrets.new_jwt("a JWT in a message") + " b",
            # What the log shows of a message ends within the secret, and before it.
            "x" * 240 + secrets.new_jwt("a JWT at the end of what is shown"),
            "x" * 225 + '{"token": "' + secrets.new("a secret at the end of what is shown") + '"}',
            "x" * 1014 + secrets.new_jwt("a JWT at the end of what is looked at"),
            "Bearer " + "x" * 1010 + secrets.new("far behind") + "x" * 50_000,
            ('{"secret": "' + secrets.new("a binary message") + '"}').encode(),
            b"\x00\xff" + secrets.new_jwt("a JWT in a binary message").encode() + b"\xff",
        ]
        async with connect(server.url("/echo")) as client:
            for frame in frames:
                await client.send(frame)
                self.assertEqual(await receive(client), frame)
        # Through a room.
        async with connect(server.url("/chat/secrets")) as one, \
                connect(server.url("/chat/secrets")) as other:
            await one.send(frames[0])
            self.assertEqual(await receive(other), frames[0])

    async def protocol(self, server, secrets):
        """The chat's own tokens, both ways."""
        async with connect(server.url("/chat/secrets?name=Ada"), subprotocols=[CHAT]) as client:
            welcome = json.loads(await receive(client))
            self.assertEqual(json.loads(await receive(client))["type"], "joined")
            secrets.add("the token of welcome", welcome["token"])
            await client.send(json.dumps({
                "type": "publish", "id": "1", "room": "secrets",
                "text": "it is " + secrets.new_jwt("a JWT in a chat's message"),
                "data": {"api_key": secrets.new("a chat's data")}}))
            for _ in range(2):
                await receive(client)
        async with connect(server.url("/chat"), subprotocols=[CHAT]) as client:
            secrets.add("another token of welcome", json.loads(await receive(client))["token"])
            for token in ["wrong-" + secrets.new("a wrong token"), welcome["token"]]:
                await client.send(json.dumps({"type": "resume", "id": "1", "token": token,
                                              "session": welcome["session"]}))
                answer = json.loads(await receive(client))
            self.assertEqual(answer["type"], "ack")
            # Not JSON: the answer tells where.
            await client.send('{"type": "resume", "token": ' + secrets.new("no JSON") + "}")
            self.assertEqual(json.loads(await receive(client))["code"], "bad_json")

    async def ends(self, server, secrets):
        client = await connect(server.url("/echo"))
        await client.close(4000, "token=" + secrets.new("a close frame's reason"))
        client = await connect(server.url("/echo"))
        await client.close(4000, "no: " + secrets.new_jwt("a JWT in a close frame's reason")[:110])
        client = await connect(server.url("/chat/" + secrets.new_jwt("a JWT as a room") + "x" * 99))
        self.assertEqual((await closed(client))[0], 1008)
        await wait_log(server, r"4000", 2)

    def requests(self, server, secrets, key):
        def bearer(secret):
            return {"Authorization": "Bearer " + secret, "Content-Type": "application/json"}
        messages = "/api/rooms/lobby/messages"
        self.assertEqual(ask(server, "GET", messages, headers=bearer(key)), 200)
        wrong = bearer(secrets.new("a wrong key"))
        self.assertEqual(ask(server, "GET", messages, headers=wrong), 401)
        post = json.dumps({"text": "hello", "data": {"token": secrets.new("a published message")}})
        self.assertEqual(ask(server, "POST", messages, post, bearer(key)), 201)
        bad = '{"token": ' + secrets.new("a body that is not JSON")
        self.assertEqual(ask(server, "POST", messages, bad, bearer(key)), 400)
        for path, status in [
                ("/nowhere?key=" + secrets.new("a key in a query"), 404),
                ("/nowhere/" + secrets.new_jwt("a JWT in a path"), 404),
                (messages + "?limit=no&token=" + secrets.new("a query that is wrong"), 400),
                ("/%zz?password=" + secrets.new("a target that is malformed"), 400),
        ]:
            self.assertEqual(ask(server, "GET", path, headers=bearer(key)), status, path)
        # What is no HTTP at all, and what is too large.
        self.assertIn(b" 400 ", ask_raw(
            server, "token=" + secrets.new("no HTTP") + " HTTP/9.9\r\n\r\n"))
        self.assertIn(b" 431 ", ask_raw(
            server, "GET /?token=" + secrets.new("headers that are too large") +
            " HTTP/1.1\r\nX: " + "x" * 10_000 + "\r\n\r\n"))
        # An event stream.
        head = f"GET /chat/lobby/events?token={secrets.new('a stream')} HTTP/1.1\r\nHost: a\r\n\r\n"
        self.assertIn(b" 200 ", ask_raw(server, head))

    def test_nor_in_errors_of_the_configuration(self):
        secrets = Secrets()
        for config in [
                {"routes": [{"route": "chat", "options": {"api": {
                    "keys": [secrets.new("a key that is none") + " "]}}}]},
                {"routes": [{"route": secrets.new_jwt("a JWT as a name")}]},
        ]:
            result = run("--listen=127.0.0.1:0", config=config)
            self.assertEqual(result.returncode, 1)
            self.assertEqual(secrets.found_in([result.stderr, result.stdout]), [])


if __name__ == "__main__":
    unittest.main()
