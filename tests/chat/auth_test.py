#!/usr/bin/python3
"""A chat that asks for tokens: how they are shown, what they allow, and how they end.

They are PyJWT's, and the clients those of other hands: Python's websockets and Node's ws.
"""

import json
import os
import time
import unittest

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa

from tests.chat.http_peer import ask, request, stream
from tests.chat.peer import PROTOCOL, chat_server, peer
from tests.chat.tokens import SECRET, bearer, guarded_server, jwt, key_file, token
from tests.clients.node import NodeClient
from tests.process.client import closed, connect, receive, wait_log, websockets
from tests.process.server import ConfigFile, run


async def refusal(server, path="/chat/lobby", **options):
    """The status and the words that a handshake is refused with."""
    try:
        async with connect(server.url(path), **options):
            raise AssertionError("it was let in")
    except websockets.InvalidStatusCode as error:
        return error.status_code


class SourcesTest(unittest.IsolatedAsyncioTestCase):
    """Where a token may be, with clients of other hands."""

    async def test_python_websockets(self):
        with guarded_server(settings={"cookie": "token"}) as server:
            for options in [{"extra_headers": bearer(token())},
                            {"extra_headers": {"Cookie": f"a=b; token={token()}"}},
                            {"subprotocols": [f"bearer.{token()}"]}]:
                async with connect(server.url("/chat/lobby"), **options) as plain:
                    await plain.send("hello")
                    self.assertEqual(await receive(plain), "hello")
            async with peer(server, room="lobby", token=token(name="Ada")) as ada:
                self.assertEqual(ada.joined["presence"]["members"],
                                 [{"session": ada.session, "name": "Ada"}])

    async def test_node_ws(self):
        with guarded_server(settings={"cookie": "token"}) as server:
            url = server.url("/chat/lobby")
            shown = f"bearer.{token()}"
            for options, protocol in [({"headers": bearer(token())}, ""),
                                      ({"headers": {"Cookie": f"token={token()}"}}, ""),
                                      ({"protocols": [shown]}, shown)]:
                async with NodeClient(url, **options) as node:
                    self.assertEqual((await node.opened())["protocol"], protocol)
                    await node.send("hello")
                    self.assertEqual(await node.receive(), "hello")
            async with NodeClient(url, protocols=[shown, PROTOCOL]) as node:
                self.assertEqual((await node.opened())["protocol"], PROTOCOL)
                welcome = json.loads(await node.receive())
                self.assertTrue(990 <= welcome["expires_in"] <= 1000, welcome)
            async with NodeClient(url) as node:
                self.assertEqual(await node.event(), ("refused", 401))

    async def test_refusals(self):
        with guarded_server(settings={"issuer": "us", "audience": "fanfare"}) as server:
            good = {"iss": "us", "aud": ["others", "fanfare"]}
            self.assertEqual(await refusal(server), 401)
            async with peer(server, token=token(**good)):
                pass
            now = time.time()
            for wrong, why in [
                    (token(life=-1, **good), "has expired"),
                    (token(nbf=now + 100, **good), "is not valid yet"),
                    (token(**good | {"iss": "them"}), "is of another issuer"),
                    (token(**good | {"aud": "others"}), "is for another audience"),
                    (token(key="x" * 32, **good), "is not signed with a key of ours"),
                    (token(algorithm="HS512", **good), "is not signed with HS256"),
                    (jwt.encode({"sub": "ada", "exp": now + 9, **good}, None, "none"), "is no JWT"),
            ]:
                answer = request(server, "GET", "/api/rooms", headers=bearer(wrong))
                self.assertEqual(answer.status, 401)
                self.assertIn(why, answer.body["error"])
                self.assertEqual(answer.headers["WWW-Authenticate"],
                                 'Bearer error="invalid_token"')
                self.assertEqual(await refusal(server, extra_headers=bearer(wrong)), 401)
            two = bearer(token(**good)) | {"Sec-WebSocket-Protocol": "bearer.x"}
            self.assertEqual(request(server, "GET", "/api/rooms", headers=two).status, 400)
            self.assertEqual(server.stop(), 0)
            self.assertNotIn("eyJ", "\n".join(server.raw_log))

    async def test_a_cookie_of_a_foreign_page(self):
        with guarded_server(settings={"cookie": "token"}) as server:
            cookie = {"Cookie": f"token={token()}"}
            foreign = cookie | {"Origin": "http://other.example"}
            self.assertEqual(await refusal(server, extra_headers=foreign), 403)
            answer = request(server, "POST", "/api/rooms/lobby/messages", {"text": "x"}, foreign)
            self.assertEqual(answer.status, 403)
            answer = request(server, "POST", "/api/rooms/lobby/messages", {"text": "x"}, cookie)
            self.assertEqual(answer.status, 201)


class KeysTest(unittest.IsolatedAsyncioTestCase):
    """Public keys, as an issuer publishes them."""

    def public_pem(self, key):
        return key.public_key().public_bytes(
            serialization.Encoding.PEM,
            serialization.PublicFormat.SubjectPublicKeyInfo).decode()

    async def come(self, settings, good, bad):
        with chat_server(auth={"jwt": settings}) as server:
            async with peer(server, token=good):
                pass
            for text in bad:
                self.assertEqual(await refusal(server, extra_headers=bearer(text)), 401)

    async def test_es256_in_a_set(self):
        old, new = (ec.generate_private_key(ec.SECP256R1()) for _ in range(2))
        keys = []
        for name, key in [("old", old), ("new", new)]:
            keys.append(self.ec_jwk(key) | {"kid": name, "use": "sig"})
        with key_file(json.dumps({"keys": keys})) as name:
            await self.come({"algorithm": "ES256", "jwks_file": name},
                            token(key=new, algorithm="ES256", headers={"kid": "new"}),
                            [token(key=new, algorithm="ES256", headers={"kid": "old"}),
                             token(key=new, algorithm="ES256", headers={"kid": "x"})])

    def ec_jwk(self, key):
        numbers = key.public_key().public_numbers()

        def number(value):
            return jwt.utils.base64url_encode(value.to_bytes(32, "big")).decode()
        return {"kty": "EC", "crv": "P-256", "x": number(numbers.x), "y": number(numbers.y)}

    async def test_rs256_in_pem(self):
        key = rsa.generate_private_key(65537, 2048)
        pem = self.public_pem(key)
        with key_file(pem) as name:
            # Whoever has the public key, which is everybody, signs with it as if it were a secret.
            header, payload = (jwt.utils.base64url_encode(json.dumps(part).encode()) for part in (
                {"alg": "HS256"}, {"sub": "ada", "exp": int(time.time()) + 1000}))
            text = header + b"." + payload
            mac = jwt.algorithms.HMACAlgorithm(jwt.algorithms.HMACAlgorithm.SHA256)
            forged = text + b"." + jwt.utils.base64url_encode(mac.sign(text, pem.encode()))
            await self.come({"algorithm": "RS256", "key_file": name},
                            token(key=key, algorithm="RS256"), [forged.decode(), token()])


class RoomsTest(unittest.IsolatedAsyncioTestCase):
    """What a token allows."""

    async def test_over_websocket(self):
        rooms = {"join": ["tea", "team-*"], "publish": ["tea"], "list": []}
        with guarded_server() as server:
            async with peer(server, token=token(rooms=rooms)) as ada, \
                    peer(server, room="tea", token=token("grace")) as grace:
                await ada.refused("forbidden", type="join", room="milk")
                await ada.join("tea", name="Grace")
                await ada.join("team-a")
                await ada.say("hello", "tea")
                self.assertEqual((await grace.take("message"))["from"]["name"], "ada")
                await ada.refused("forbidden", type="publish", room="team-a", text="x")
                await ada.refused("forbidden", type="typing", room="team-a")
                await ada.ok(type="direct", to={"name": "grace", "room": "tea"}, text="psst")
                self.assertEqual((await grace.take("direct"))["from"]["name"], "ada")
                await ada.ok(type="leave", room="tea")
                error = await ada.ask(type="direct", to={"session": grace.session}, text="psst")
                self.assertEqual(error["code"], "forbidden")
            async with peer(server, "/chat/milk", token=token(rooms=rooms)) as ada:
                error = await ada.take("error")
                self.assertEqual((error["code"], error["room"]), ("forbidden", "milk"))

    async def test_plain_clients(self):
        with guarded_server() as server:
            headers = bearer(token(rooms={"join": ["tea"]}, name="Ada"))
            async with connect(server.url("/chat/milk"), extra_headers=headers) as plain:
                code, reason = await closed(plain)
                self.assertEqual(code, 1008)
                self.assertIn("your token does not let you", reason)
            async with connect(server.url("/chat/tea"), extra_headers=headers) as plain, \
                    peer(server, room="tea", token=token("grace")) as grace:
                names = [member["name"] for member in grace.joined["presence"]["members"]]
                self.assertEqual(sorted(names), ["Ada", "grace"])
                await grace.say("hello", "tea")
                self.assertEqual(await receive(plain), "hello")
                await plain.send("not for me")
                self.assertEqual((await closed(plain))[0], 1008)

    async def test_over_http(self):
        rooms = {"join": ["tea"], "publish": ["tea", "box"], "list": ["tea", "box"]}
        with guarded_server(api={"keys": ["own-key"]}) as server:
            headers = bearer(token(rooms=rooms, name="Ada"))

            async def status(method, path, body=None, shown=headers):
                return (await ask(server, method, path, body, shown)).status
            say = {"text": "hello", "name": "Grace"}
            self.assertEqual(await status("POST", "/api/rooms/tea/messages", say), 201)
            self.assertEqual(await status("POST", "/api/rooms/box/messages", say), 201)
            self.assertEqual(await status("POST", "/api/rooms/milk/messages", say), 403)
            self.assertEqual(await status("GET", "/api/rooms/box/messages"), 403)
            self.assertEqual(await status("GET", "/api/rooms/box/members"), 403)
            self.assertEqual(await status("GET", "/api/rooms/tea/members"), 200)
            page = await ask(server, "GET", "/api/rooms/tea/messages", headers=headers)
            self.assertEqual(page.body["events"][0]["from"]["name"], "Ada")
            # A key of the interface's own is a server's, and may do all.
            own = bearer("own-key")
            self.assertEqual(await status("POST", "/api/rooms/milk/messages", say, own), 201)
            self.assertEqual(await status("GET", "/chat/tea/events", None, own), 401)

            async def listed(shown, query=""):
                answer = await ask(server, "GET", "/api/rooms" + query, headers=shown)
                return [room["room"] for room in answer.body["rooms"]], answer.body["next"]
            self.assertEqual(await listed(own), (["box", "milk", "tea"], None))
            self.assertEqual(await listed(headers), (["box", "tea"], None))
            self.assertEqual(await listed(headers, "?limit=1"), (["box"], "box"))
            self.assertEqual(await listed(headers, "?limit=1&after=box"), (["tea"], None))

            refused = await ask(server, "GET", "/chat/milk/events", headers=headers)
            self.assertEqual((refused.status, refused.body["error"]["code"]), (403, "forbidden"))
            async with stream(server, "tea", **headers) as reader, \
                    peer(server, room="tea", token=token("grace")) as grace:
                await grace.say("hello", "tea")
                self.assertEqual((await reader.events(1))[0]["text"], "hello")

    async def test_nobody_takes_up_the_identity_of_another_user(self):
        with guarded_server() as server:
            async with peer(server, token=token()) as ada, \
                    peer(server, token=token("grace")) as grace:
                secret = {"session": ada.session, "token": ada.welcome["token"]}
                await grace.refused("cannot_resume", type="resume", **secret)
                async with peer(server, token=token()) as again:
                    await again.resume(ada)

    async def test_a_key_is_used_by_each_user_for_itself(self):
        with guarded_server() as server:
            answers = [request(server, "POST", "/api/rooms/tea/messages", {"text": user},
                               bearer(token(user)) | {"Idempotency-Key": "1"})
                       for user in ["ada", "grace", "ada"]]
            self.assertEqual([answer.status for answer in answers], [201, 201, 200])


class EndTest(unittest.IsolatedAsyncioTestCase):
    """Tokens expire, and are renewed."""

    async def test_a_session_ends_with_its_token(self):
        with guarded_server() as server:
            async with peer(server, room="tea", token=token(life=4)) as ada, \
                    connect(server.url("/chat/tea"), extra_headers=bearer(token(life=4))) as plain:
                self.assertLessEqual((await ada.take("token_expiring"))["expires_in"], 1)
                self.assertEqual(await ada.closed(), 4401)
                self.assertEqual(await closed(plain), (4401, "the token has expired"))

    async def test_a_token_is_renewed(self):
        with guarded_server() as server:
            async with peer(server, room="tea", token=token(life=4)) as ada:
                await ada.join("milk")
                await ada.take("token_expiring")
                await ada.refused("unauthorized", type="renew", token=token("grace"))
                # Of others in the same second there is no line.
                await wait_log(server, r"warn 127\.0\.0\.1:\d+ was refused another token: "
                                       r"the token is of another user$")
                await ada.refused("unauthorized", type="renew", token="")
                await ada.refused("bad_frame", type="renew")
                renewed = await ada.ask(type="renew", token=token(rooms=["tea"]))
                self.assertEqual(renewed["type"], "renewed")
                self.assertTrue(990 <= renewed["expires_in"] <= 1000, renewed)
                error = await ada.take("error")
                self.assertEqual((error["code"], error["room"]), ("forbidden", "milk"))
                await ada.say("still here", "tea")
                await ada.refused("not_joined", type="publish", room="milk", text="x")

    async def test_a_user_may_have_so_many_connections(self):
        with guarded_server(settings={"user_connections": 2}) as server:
            async with peer(server, token=token()), peer(server, token=token()):
                self.assertEqual(await refusal(server, extra_headers=bearer(token())), 429)
                async with peer(server, token=token("grace")):
                    pass

    async def test_without_auth_there_is_nothing_to_renew(self):
        with chat_server() as server:
            async with peer(server) as ada:
                self.assertNotIn("expires_in", ada.welcome)
                await ada.refused("unauthorized", type="renew", token=token())


class ConfigTest(unittest.TestCase):
    def test_a_secret_that_all_may_read_is_told_of(self):
        for mode, is_told in [(0o600, False), (0o640, False), (0o644, True)]:
            with key_file(SECRET) as name:
                os.chmod(name, mode)
                config = {"algorithm": "HS256", "key_file": name}
                with chat_server(auth={"jwt": config}) as server:
                    self.assertEqual(server.stop(), 0)
                    log = "\n".join(server.raw_log)
                self.assertEqual("every user of this machine" in log, is_told, log)
                self.assertNotIn(SECRET, log)

    def test_keys_are_looked_at_before_the_start(self):
        for content, problem in [("short", "expected a secret of 32 to 1024 bytes, got 5"),
                                 (None, "can not open it: No such file or directory")]:
            with key_file(content or "") as name:
                file = name if content else name + ".missing"
                jwt_settings = {"algorithm": "HS256", "key_file": file}
                config = {"routes": [{"route": "chat", "auth": {"jwt": jwt_settings}}]}
                with ConfigFile(config) as flags:
                    result = run("--check_config", flags[0].partition("=")[2])
                self.assertEqual(result.returncode, 1)
                self.assertIn(f'routes[0].auth.jwt.key_file: "{file}": {problem}', result.stderr)

    def test_what_is_printed_has_all_settings_and_no_key(self):
        with key_file(SECRET) as name:
            config = {"routes": [{"route": "chat", "auth": {"jwt": {
                "algorithm": "HS256", "key_file": name, "issuer": "us"}}}]}
            printed = run("--print_config", config=config).stdout
            self.assertIn(f'"key_file": "{name}"', printed)
            self.assertIn('"rooms_claim": "rooms"', printed)
            self.assertNotIn(SECRET, printed)
            with ConfigFile(printed) as flags:
                self.assertEqual(run("--print_config", *flags).stdout, printed)


if __name__ == "__main__":
    unittest.main()
