#!/usr/bin/python3
"""The addresses for operators, and the dashboard that shows what they tell."""

import json
import re
import signal
import socket
import unittest
import urllib.error
import urllib.request

from tests.process.client import closed, connect, endpoint, receive
from tests.process.server import DEADLINE_SECONDS, Server, run

CONFIG = {"admin": {"listen": "127.0.0.1:0"}}
ADMIN = re.compile(r"info for operators: http://(\S+)/ ")


def get(server, path):
    """Status and text."""
    address = server.wait_log(ADMIN)[0][1]
    try:
        with urllib.request.urlopen(f"http://{address}{path}", timeout=DEADLINE_SECONDS) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.read().decode()


def ask(server, method, path, body):
    """Status and JSON."""
    address = server.wait_log(ADMIN)[0][1]
    request = urllib.request.Request(f"http://{address}{path}", json.dumps(body).encode(),
                                     {"Content-Type": "application/json"}, method=method)
    with urllib.request.urlopen(request, timeout=DEADLINE_SECONDS) as answer:
        return answer.status, json.load(answer)


class AdminTest(unittest.IsolatedAsyncioTestCase):
    async def test_it_is_there_until_the_last_session_has_gone(self):
        with Server(config=CONFIG) as server:
            self.assertEqual(get(server, "/healthz"), (200, "ok\n"))
            self.assertEqual(get(server, "/readyz"), (200, "ready\n"))
            async with connect(server.url("/chat")):
                self.assertRegex(get(server, "/metrics")[1],
                                 r'(?m)^fanfare_sessions_opened_total\{shard="\d+",route="chat"\} 1$')
                # Whose closing handshake has to wait for this thread.
                server.send_signal(signal.SIGTERM)
                server.wait_log("stopping on SIGTERM")
                deadline = DEADLINE_SECONDS * 100
                while get(server, "/readyz")[0] == 200 and deadline > 0:
                    deadline -= 1
                self.assertEqual(get(server, "/readyz"), (503, "stopping\n"))

    async def test_lines_that_are_missing_in_the_log_are_counted(self):
        with Server(config=CONFIG | {"log": {"lines_per_second": 1}}) as server:
            for _ in range(9):
                async with connect(server.url("/echo")):
                    pass
            text = get(server, "/metrics")[1]
            dropped = re.search(r'(?m)^fanfare_log_lines_dropped_total\{reason="too_many"\} (\d+)$',
                                text)
            # Each is two lines, and one of each kind is written in a second.
            self.assertGreaterEqual(int(dropped[1]), 1)
            self.assertIn('\nfanfare_log_lines_dropped_total{reason="not_written"} 0\n', text)

    def test_without_the_setting_it_is_at_8081_or_where_there_is_room(self):
        # The port is in use, by us or by somebody else.
        with socket.socket() as taken:
            try:
                taken.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                taken.bind(("127.0.0.1", 8081))
                taken.listen()
            except OSError:
                pass
            with Server() as first, Server() as second:
                for server in (first, second):
                    self.assertEqual(get(server, "/healthz"), (200, "ok\n"))
                    server.wait_log(r"info cannot listen on 127\.0\.0\.1:8081: Address already in "
                                    r"use; operators are answered at another port$")
                self.assertNotEqual(first.wait_log(ADMIN)[0][1], second.wait_log(ADMIN)[0][1])

    def test_it_can_be_switched_off(self):
        with Server(config={"admin": {"listen": []}}) as server:
            self.assertFalse([line for line in server.log if "operators" in line])

    async def test_what_an_operator_does_is_in_the_log(self):
        with Server(config=CONFIG) as server:
            async with connect(server.url("/chat")) as client:
                sessions = json.loads(get(server, "/sessions")[1])["sessions"]
                number = sessions[0]["id"]
                self.assertEqual(sessions[0]["peer"], endpoint(client))
                self.assertEqual(ask(server, "PUT", "/log_level", {"level": "error"}),
                                 (200, {"level": "error"}))
                self.assertEqual(ask(server, "POST", f"/sessions/{number}/message",
                                     {"text": "go\nhome"})[0], 200)
                self.assertEqual(await receive(client), "go\nhome")
                self.assertEqual(ask(server, "POST", f"/sessions/{number}/close",
                                     {"code": 4000, "reason": "late\nnow"})[0], 200)
                self.assertEqual(await closed(client), (4000, "late\nnow"))
            operator = r"info operator 127\.0\.0\.1:\d+ "
            of_client = rf"session {number} of {re.escape(endpoint(client))}$"
            # Of which the level that was set first hides nothing.
            server.wait_log(operator + "sets the log's level to error$")
            server.wait_log(operator + "sends 7 bytes to " + of_client)
            server.wait_log(operator + r'closes \(4000 "late\\nnow"\) ' + of_client)

    def test_whom_it_refuses_is_in_the_log(self):
        with Server(config=CONFIG | {"log": {"lines_per_second": 0}}) as server:
            address = server.wait_log(ADMIN)[0][1]
            for headers, body, status, line in [
                    ({"Host": "rebound.example"}, None, 403,
                     r'/sessions, which is for operators: Host: "rebound\.example" is not'),
                    ({"Content-Type": "text/plain"}, b"{}", 415,
                     r"/sessions/1/close, which is for operators: Content-Type: expected"),
                    ({"Content-Type": "application/json", "Origin": "https://other.example"},
                     b"{}", 403, r"/sessions/1/close, which is for operators: pages of other")]:
                path = "/sessions" if body is None else "/sessions/1/close"
                request = urllib.request.Request(f"http://{address}{path}", body, headers)
                with self.assertRaises(urllib.error.HTTPError) as refused:
                    urllib.request.urlopen(request, timeout=DEADLINE_SECONDS)
                refused.exception.close()
                self.assertEqual(refused.exception.code, status)
                server.wait_log(r"warn 127\.0\.0\.1:\d+ was refused at " + line)

    def test_an_address_that_strangers_may_reach_is_told_of(self):
        for address, is_told in [("127.0.0.1:0", False), ("0.0.0.0:0", True)]:
            with Server(config={"admin": {"listen": address}}) as server:
                server.wait_log(ADMIN.pattern + r".*; whoever reaches it may ask and steer\)$")
                self.assertEqual(server.stop(), 0)
                told = [line for line in server.log if re.match(
                    r"warn operators are answered at 0\.0\.0\.0:\d+, and whoever reaches it may ask "
                    r"and steer: ", line)]
                self.assertEqual(bool(told), is_told, server.log)

    def test_an_address_that_is_taken(self):
        with Server() as server:
            address = server.addresses[0]
            result = run("--listen=127.0.0.1:0", config={"admin": {"listen": address}})
            self.assertEqual(result.stderr.splitlines()[-1],
                             f"server: cannot listen on {address}: Address already in use")
            self.assertEqual(result.returncode, 1)


class DashboardTest(unittest.TestCase):
    """core/admin/grafana.json and README.md, against what the server tells."""

    def setUp(self):
        with Server(config=CONFIG) as server:
            text = get(server, "/metrics")[1]
        self.families = dict(re.findall(r"(?m)^# TYPE (\S+) (\S+)$", text))
        self.assertGreater(len(self.families), 10)

    def test_every_query_asks_for_metrics_that_are_there(self):
        with open("core/admin/grafana.json", encoding="utf-8") as file:
            dashboard = json.load(file)
        queries = [target["expr"] for panel in dashboard["panels"]
                   for target in panel.get("targets", [])]
        self.assertGreater(len(queries), 8)
        asked = set()
        for query in queries:
            names = re.findall(r"\b(?:fanfare|process)_[a-z_]+", query)
            self.assertTrue(names, query)
            for name in names:
                family = re.sub("_bucket$", "", name)
                self.assertIn(family, self.families, query)
                if name != family:
                    self.assertEqual(self.families[family], "histogram", query)
                if self.families[family] == "counter":
                    self.assertRegex(query, rf"rate\({name}\b", "of a counter, the rate says more")
                asked.add(family)
        self.assertIn("fanfare_messages_sent_total", asked)

    def test_every_panel_has_its_place(self):
        with open("core/admin/grafana.json", encoding="utf-8") as file:
            panels = json.load(file)["panels"]
        self.assertEqual(len({panel["id"] for panel in panels}), len(panels))
        cells = set()
        for panel in panels:
            place = panel["gridPos"]
            self.assertLessEqual(place["x"] + place["w"], 24)
            for x in range(place["x"], place["x"] + place["w"]):
                for y in range(place["y"], place["y"] + place["h"]):
                    self.assertNotIn((x, y), cells, panel["title"])
                    cells.add((x, y))

    def test_every_metric_is_documented(self):
        with open("core/admin/README.md", encoding="utf-8") as file:
            documented = set(re.findall(r"`((?:fanfare|process)_[a-z_]+)", file.read()))
        self.assertEqual(documented, set(self.families))


if __name__ == "__main__":
    unittest.main()
