#!/usr/bin/python3
"""A server with a route of another folder linked in, as its users meet it."""

import asyncio
import http.client
import unittest

from tests.process.client import closed, connect, receive, receive_many, websockets
from tests.process.server import Server, run


def get(server, path, method="GET"):
    """A plain HTTP request; returns its status, headers and body."""
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=10)
    connection.request(method, path)
    response = connection.getresponse()
    body = response.read().decode()
    connection.close()
    return response.status, response.headers, body


class GreetServerTest(unittest.IsolatedAsyncioTestCase):
    async def test_the_start_shows_it_among_the_others(self):
        with Server() as server:
            self.assertEqual(server.routes["/greet/{name}"], "greet")
            self.assertEqual(server.routes["/chat"], "chat")

    async def test_websocket(self):
        with Server("--threads=2") as server:
            async with connect(server.url("/greet/Ada")) as ada:
                self.assertEqual(await receive(ada), "Hello, Ada!")
                async with connect(server.url("/greet/J%C3%BCrgen")) as juergen:
                    self.assertEqual(await receive(juergen), "Hello, Jürgen!")
                    await juergen.send("teste")
                    await ada.send("moin")
                    # One order for both, whichever it is.
                    said = await receive_many(ada, 2)
                    self.assertEqual(sorted(said), ["Ada: moin", "Jürgen: teste"])
                    self.assertEqual(await receive_many(juergen, 2), said)
                await ada.send("alone again")
                self.assertEqual(await receive(ada), "Ada: alone again")

    async def test_it_refuses_a_session_by_a_status(self):
        with Server() as server:
            client = await connect(server.url("/greet/" + "x" * 101))
            self.assertEqual(await closed(client), (1008, "a name has at most 100 bytes"))

    async def test_plain_http(self):
        with Server() as server:
            status, headers, body = get(server, "/greet/Ada")
            self.assertEqual((status, body), (200, "Hello, Ada!\n"))
            self.assertEqual(headers["Content-Type"], "text/plain; charset=utf-8")
            self.assertEqual(get(server, "/greet/%E4%B8%96")[2], "Hello, 世!\n")
            self.assertEqual(get(server, "/greet/Ada", "HEAD")[::2], (200, ""))
            status, headers, _ = get(server, "/greet/Ada", "POST")
            self.assertEqual((status, headers["Allow"]), (405, "GET, HEAD"))
            for path in ["/greet", "/greet/", "/greet/a/b"]:
                self.assertEqual(get(server, path)[0], 404, path)
            # What a route is given is always UTF-8.
            self.assertEqual(get(server, "/greet/%ff")[0], 400)

    async def test_the_configuration_changes_its_pattern_and_option(self):
        with Server("--config=tests/tiny_route/greet.json") as server:
            self.assertEqual(server.routes["/hi/{name}"], "greet")
            self.assertNotIn("/greet/{name}", server.routes)
            self.assertEqual(get(server, "/hi/Ada")[2], "Good morning, Ada!\n")
            self.assertEqual(get(server, "/greet/Ada")[0], 404)
            async with connect(server.url("/hi/Ada")) as ada:
                self.assertEqual(await receive(ada), "Good morning, Ada!")
            with self.assertRaises(websockets.InvalidStatusCode):
                await connect(server.url("/greet/Ada"))

    async def test_a_mistake_in_an_option_names_its_place(self):
        for options, error in [
                ({"greting": "Hi"}, 'greting: unknown key; did you mean "greeting"?'),
                ({"size": 1}, "size: unknown key; known are greeting"),
                ({"greeting": 5}, "greeting: expected a string, got 5"),
        ]:
            routes = [{"route": "chat"}, {"route": "greet", "options": options}]
            result = await asyncio.to_thread(run, "--listen=127.0.0.1:0", config={"routes": routes})
            self.assertTrue(result.stderr.endswith(f".json: routes[1].options.{error}\n"),
                            result.stderr)
            self.assertEqual(result.returncode, 1)


if __name__ == "__main__":
    unittest.main()
