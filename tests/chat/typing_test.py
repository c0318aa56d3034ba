#!/usr/bin/python3
"""Who is typing: passed on, not kept, not too often."""

import datetime
import unittest

from tests.chat.peer import chat_server, peer, peers


class TypingTest(unittest.IsolatedAsyncioTestCase):
    async def test_the_others_are_told(self):
        for threads in [1, 2]:
            with chat_server(threads=threads) as server:
                async with peers(server, "Ada", "Grace") as (ada, grace):
                    await ada.send(type="typing", room="lobby", on=True)
                    frame = await grace.take("typing")
                    self.assertEqual(frame, frame | {
                        "room": "lobby", "on": True,
                        "from": {"session": ada.session, "name": "Ada"}})
                    expires = datetime.datetime.fromisoformat(frame["expires"])
                    left = expires - datetime.datetime.now(datetime.timezone.utc)
                    self.assertLessEqual(left, datetime.timedelta(seconds=5.1))
                    self.assertGreater(left, datetime.timedelta(seconds=1))
                    await ada.send(type="typing", room="lobby", on=False)
                    self.assertFalse((await grace.take("typing"))["on"])
                    # Without an id, nothing answers.
                    await ada.pong()
                    self.assertEqual(ada.left("ack", "error"), [])

    async def test_with_an_id_it_is_acknowledged(self):
        with chat_server() as server:
            async with peer(server, room="lobby") as ada:
                await ada.ok(type="typing", room="lobby", on=True)
                await ada.refused("not_joined", type="typing", room="tea", on=True)

    async def test_repetition_is_not_passed_on(self):
        with chat_server() as server:
            async with peers(server, "Ada", "Grace") as (ada, grace):
                for on in [True, True, True, False]:
                    await ada.ok(type="typing", room="lobby", on=on)
                # Another's typing is another's.
                await grace.ok(type="typing", room="lobby", on=True)
                await ada.say("end")
                await grace.take("message")
                await grace.pong()
                self.assertEqual([frame["on"] for frame in grace.left("typing")
                                  if frame["from"]["session"] == ada.session], [True, False])
                self.assertEqual((await ada.take("typing", on=True))["type"], "typing")

    async def test_it_is_no_event(self):
        with chat_server() as server:
            async with peers(server, "Ada", "Grace") as (ada, grace):
                await ada.ok(type="typing", room="lobby", on=True)
                self.assertEqual((await ada.say("hello"))["offset"], 1)
                page = await grace.ask(type="history", room="lobby", before=2)
                self.assertEqual([event["type"] for event in page["events"]], ["message"])


if __name__ == "__main__":
    unittest.main()
