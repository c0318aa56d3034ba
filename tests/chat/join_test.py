#!/usr/bin/python3
"""Sessions, rooms and names: who comes in where, and what they are told."""

import contextlib
import unittest

from tests.chat.peer import chat_server, peer, peers

ALL_CHARACTERS = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._~:@-"


class WelcomeTest(unittest.IsolatedAsyncioTestCase):
    async def test_it_is_first_and_tells_the_limits(self):
        with chat_server(presence={"grace_ms": 1234}) as server:
            async with peer(server) as ada:
                self.assertEqual(ada.welcome["grace_ms"], 1234)
                self.assertEqual(ada.welcome["limits"], {
                    "text_bytes": 16384, "data_bytes": 16384, "rooms": 16, "history": 100})
                # It joins no room.
                await ada.refused("not_joined", type="publish", room="lobby", text="x")

    async def test_identities_are_all_different(self):
        with chat_server() as server:
            async with contextlib.AsyncExitStack() as stack:
                everybody = [await stack.enter_async_context(peer(server)) for _ in range(50)]
                secrets = [secret for one in everybody
                           for secret in (one.welcome["session"], one.welcome["token"])]
                self.assertEqual(len(set(secrets)), 100)
                # Long enough that nobody guesses one.
                self.assertGreaterEqual(min(map(len, secrets)), 16)

    async def test_a_path_with_a_room_joins_it(self):
        with chat_server() as server:
            async with peer(server, room="lobby") as grace:
                for text in ["one", "two", "three"]:
                    await grace.say(text)
                async with peer(server, "/chat/lobby?name=Ada%20L%C3%B6&history=2") as ada:
                    joined = await ada.take("joined")
                    self.assertNotIn("id", joined)
                    self.assertEqual((joined["room"], joined["offset"]), ("lobby", 3))
                    self.assertEqual([event["text"] for event in joined["history"]],
                                     ["two", "three"])
                    await ada.say("four")
                    event = await grace.take("message", text="four")
                    self.assertEqual(event["from"], {"session": ada.session, "name": "Ada Lö"})


class JoinTest(unittest.IsolatedAsyncioTestCase):
    async def test_joined_in_an_empty_room(self):
        with chat_server() as server:
            async with peer(server) as ada:
                joined = await ada.join("tea", name="Ada")
                self.assertEqual(joined, joined | {
                    "room": "tea", "offset": 0, "first": 1, "count": 1, "recovered": False,
                    "history": []})
                self.assertEqual(joined["presence"]["members"],
                                 [{"session": ada.session, "name": "Ada"}])
                self.assertIsNone(joined["presence"]["next"])

    async def test_the_second_sees_the_first(self):
        with chat_server() as server:
            async with peers(server, "Ada", "Grace") as (ada, grace):
                self.assertEqual(grace.joined["count"], 2)
                self.assertEqual(grace.joined["epoch"], ada.joined["epoch"])
                self.assertEqual(grace.joined["presence"]["members"],
                                 sorted([{"session": ada.session, "name": "Ada"},
                                         {"session": grace.session, "name": "Grace"}],
                                        key=lambda member: member["session"]))

    async def test_names(self):
        with chat_server() as server:
            for name in ["Ada", "A", "x" * 64, "こんにちは", "é" * 64, "👍" * 64, " a ", "a\u00a0b"]:
                async with peer(server, room="lobby", name=name) as ada:
                    self.assertEqual(ada.joined["presence"]["members"][0]["name"], name)
            async with peer(server, room="lobby") as somebody:
                self.assertEqual(somebody.joined["presence"]["members"][0]["name"], "guest")
            async with peer(server) as ada:
                for name in ["", "  ", "x" * 65, "é" * 65, "a\nb", "\x00", "a\x1b[2J", "\x7f", "a\x85"]:
                    await ada.refused("bad_name", type="join", room="lobby", name=name)
                await ada.join("lobby", name="Ada")

    async def test_names_need_not_be_unique(self):
        with chat_server() as server:
            async with peers(server, "Ada", "Ada") as (one, two):
                await one.say("hello")
                event = await two.take("message")
                self.assertEqual(event["from"], {"session": one.session, "name": "Ada"})
                self.assertEqual(two.joined["count"], 2)

    async def test_room_names(self):
        with chat_server() as server:
            async with peer(server) as ada:
                for room in ["a", "x" * 128, ALL_CHARACTERS, "..", "@:"]:
                    await ada.join(room)
                for room in ["", "x" * 129, "a b", "a/b", "é", "a\x00", "a?", "#a", "a%20b"]:
                    await ada.refused("bad_room", type="join", room=room)

    async def test_joining_twice_and_leaving(self):
        with chat_server() as server:
            async with peers(server, "Ada", "Grace") as (ada, grace):
                await ada.refused("already_joined", type="join", room="lobby")
                await ada.ok(type="leave", room="lobby")
                for kind, members in [("leave", {}), ("publish", {"text": "x"}),
                                      ("edit", {"target": 1, "text": "x"}),
                                      ("delete", {"target": 1}),
                                      ("react", {"target": 1, "key": "+"}),
                                      ("history", {"before": 1}), ("members", {}),
                                      ("typing", {"on": True})]:
                    await ada.refused("not_joined", type=kind, room="lobby", **members)
                # What is said meanwhile does not come.
                await grace.say("to nobody")
                await ada.join("lobby", name="Ada again")
                await grace.say("hello")
                self.assertEqual((await ada.take("message"))["text"], "hello")

    async def test_without_an_id_success_is_silent(self):
        with chat_server() as server:
            async with peer(server) as ada:
                await ada.send(type="join", room="lobby")
                self.assertNotIn("id", await ada.take("joined"))
                await ada.send(type="ping")
                self.assertEqual(await ada.take("pong"), {"type": "pong"})
                await ada.send(type="members", room="lobby")
                self.assertNotIn("id", await ada.take("members"))
                await ada.send(type="history", room="lobby", before=1)
                self.assertNotIn("id", await ada.take("events"))
                await ada.send(type="leave", room="lobby")
                await ada.pong()
                self.assertEqual(ada.left("ack", "error"), [])


class RoomsTest(unittest.IsolatedAsyncioTestCase):
    async def test_a_session_in_several_rooms(self):
        with chat_server() as server:
            async with peer(server, room="red") as ada, peer(server, room="red") as red, \
                    peer(server, room="blue") as blue:
                await ada.join("blue", name="Ada Blue")
                for room in ["red", "blue"]:
                    await ada.say("in " + room, room)
                self.assertEqual(await red.take("message"),
                                 await ada.take("message", room="red"))
                event = await blue.take("message")
                self.assertEqual(event, await ada.take("message", room="blue"))
                # A name is that of the room; offsets are those of the room.
                self.assertEqual((event["from"]["name"], event["offset"]), ("Ada Blue", 1))
                await red.pong()
                self.assertEqual(red.left("message"), [])

    async def test_a_session_has_sixteen_rooms(self):
        with chat_server() as server:
            async with peer(server) as ada:
                for number in range(16):
                    await ada.join(f"room{number}")
                await ada.refused("too_many_rooms", type="join", room="one-more")
                await ada.ok(type="leave", room="room3")
                await ada.join("one-more")

    async def test_the_server_has_so_many_rooms(self):
        with chat_server(rooms=2) as server:
            async with peer(server, room="one") as ada, peer(server) as grace:
                await ada.join("two")
                await grace.refused("too_many_rooms", type="join", room="three")
                await grace.join("one")


if __name__ == "__main__":
    unittest.main()
