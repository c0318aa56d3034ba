#!/usr/bin/python3
"""Coming back to a room: what was missed follows without a seam, or its loss is told."""

import unittest

from tests.chat.peer import chat_server, peer, peers
from tests.process.client import connect


def place(joined, offset=None):
    """What a client that was there until this offset comes back with."""
    return {"epoch": joined["epoch"], "offset": joined["offset"] if offset is None else offset}


class RecoveredTest(unittest.IsolatedAsyncioTestCase):
    async def test_what_was_missed_follows_once_and_in_order(self):
        for threads in [1, 2]:
            with chat_server(threads=threads) as server:
                async with peers(server, "Ada", "Grace") as (ada, grace):
                    await ada.say("before")
                    last = await grace.take("message")
                    grace.cut()
                    for number in range(50):
                        await ada.say(f"{number}")
                    await ada.events(1)
                    missed = await ada.events(50)
                    async with peer(server) as back:
                        joined = await back.join(recover=place(grace.joined, last["offset"]))
                        self.assertTrue(joined["recovered"])
                        self.assertEqual((joined["epoch"], joined["offset"]),
                                         (grace.joined["epoch"], 51))
                        self.assertEqual(await back.events(50), missed)
                        await ada.say("new")
                        self.assertEqual((await back.take("message"))["offset"], 52)
                        self.assertEqual(back.left("message"), [])

    async def test_there_is_no_seam_while_others_go_on(self):
        with chat_server(threads=2) as server:
            async with peers(server, "Ada", "Grace") as (ada, grace):
                for number in range(200):
                    await ada.send(type="publish", id=f"a{number}", room="lobby", text="x" * 100)
                for _ in range(20):
                    # Wherever the log's head is at this moment.
                    async with peer(server) as back:
                        joined = await back.join(recover=place(grace.joined, 0))
                        self.assertTrue(joined["recovered"])
                        first = await back.events(1)
                        self.assertEqual(first[0]["offset"], 1)
                for number in range(200):
                    await ada.answer(f"a{number}")
                async with peer(server) as back:
                    await back.join(recover=place(grace.joined, 0))
                    self.assertEqual(await back.events(200), await ada.events(200))

    async def test_nothing_was_missed(self):
        with chat_server() as server:
            async with peers(server, "Ada", "Grace") as (ada, grace):
                await ada.say("hello")
                event = await grace.take("message")
                await grace.ok(type="leave", room="lobby")
                joined = await grace.join(recover=place(grace.joined, event["offset"]))
                self.assertEqual((joined["recovered"], joined["offset"]), (True, 1))
                await ada.say("new")
                self.assertEqual((await grace.take("message"))["offset"], 2)

    async def test_it_repeats_what_was_sent(self):
        with chat_server() as server:
            async with peer(server, room="lobby") as ada:
                await ada.say("deleted later", data=[1])
                await ada.ok(type="edit", room="lobby", target=1, text="edited")
                await ada.ok(type="react", room="lobby", target=1, key="👍")
                await ada.ok(type="delete", room="lobby", target=1)
                sent = await ada.events(4)
                self.assertEqual(sent[0]["text"], "deleted later")
                async with peer(server) as back:
                    joined = await back.join(recover=place(ada.joined))
                    self.assertTrue(joined["recovered"])
                    self.assertEqual(await back.events(4), sent)

    async def test_what_plain_clients_say_is_recovered_too(self):
        with chat_server() as server:
            async with peer(server, room="lobby") as ada, \
                    connect(server.url("/chat/lobby")) as plain:
                await ada.ok(type="leave", room="lobby")
                for message in ["text", b"\x00\xff"]:
                    await plain.send(message)
                    await plain.recv()
                await ada.join(recover=place(ada.joined))
                text, binary = await ada.events(2)
                self.assertEqual((text["text"], text["from"]["name"]), ("text", "guest"))
                self.assertEqual((binary["text"], binary["binary"]), ("", "AP8="))


class NotRecoveredTest(unittest.IsolatedAsyncioTestCase):
    async def test_another_epoch(self):
        with chat_server() as server:
            async with peer(server, room="lobby") as ada, peer(server, room="tea") as grace:
                self.assertNotEqual(ada.joined["epoch"], grace.joined["epoch"])
                await ada.say("one")
                await ada.say("two")
                for epoch in [grace.joined["epoch"], "nonsense", ""]:
                    async with peer(server) as back:
                        joined = await back.join(recover={"epoch": epoch, "offset": 0}, history=1)
                        self.assertEqual((joined["recovered"], joined["offset"]), (False, 2))
                        # Only what `history` asked for.
                        self.assertEqual([event["text"] for event in joined["history"]], ["two"])
                        await back.pong()
                        self.assertEqual(back.left("message"), [])

    async def test_a_server_that_started_again(self):
        with chat_server() as server:
            async with peer(server, room="lobby") as ada:
                await ada.say("old life")
        with chat_server() as server:
            async with peer(server) as back:
                await back.refused("cannot_resume", type="resume", session=ada.session,
                                   token=ada.welcome["token"])
                joined = await back.join(recover=place(ada.joined, 1))
                self.assertEqual((joined["recovered"], joined["offset"]), (False, 0))
                self.assertNotEqual(joined["epoch"], ada.joined["epoch"])

    async def test_what_is_not_kept_any_more(self):
        with chat_server(history={"events": 5}) as server:
            async with peer(server, room="lobby") as ada:
                for number in range(12):
                    await ada.say(f"{number}")
                events = await ada.events(12)
                for offset, recovered in [(6, False), (7, True), (11, True), (12, True),
                                          (0, False)]:
                    async with peer(server) as back:
                        joined = await back.join(recover=place(ada.joined, offset))
                        self.assertEqual((offset, joined["recovered"]), (offset, recovered))
                        self.assertEqual((joined["first"], joined["offset"]), (8, 12))
                        if recovered:
                            self.assertEqual(await back.events(12 - offset), events[offset:])
                        await back.pong()
                        self.assertEqual(back.left("message"), [])

    async def test_an_offset_that_has_not_been_yet(self):
        with chat_server() as server:
            async with peer(server, room="lobby") as ada:
                await ada.say("one")
                async with peer(server) as back:
                    joined = await back.join(recover=place(ada.joined, 2))
                    self.assertEqual((joined["recovered"], joined["offset"]), (False, 1))


if __name__ == "__main__":
    unittest.main()
