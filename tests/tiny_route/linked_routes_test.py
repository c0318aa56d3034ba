#!/usr/bin/python3
"""The server serves every route of routes/routes.bzl, whose names are the arguments.

A route registers itself, and nothing else names it: were it not for `alwayslink`, the linker would
leave it out, and nobody else would notice.
"""

import http.client
import re
import sys
import unittest

from tests.process.server import Server

ROUTES = sys.argv[1:]


class LinkedRoutesTest(unittest.TestCase):
    def test_every_route_of_the_list_is_served_and_no_other(self):
        with Server() as server:
            self.assertNotEqual(ROUTES, [])
            self.assertEqual(set(server.routes.values()), set(ROUTES))
            for pattern, name in server.routes.items():
                path = re.sub(r"\{\w+\}|\*", "x", pattern)
                connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=10)
                connection.request("GET", path)
                response = connection.getresponse()
                # An answer of the route, which need not have an x; or that it speaks WebSocket.
                self.assertIn(response.status, [200, 404, 426], f"{name} at {path}")
                # Others may not end.
                if response.status == 404:
                    self.assertNotIn(b"nothing is served at", response.read(), f"{name} at {path}")
                connection.close()


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])
