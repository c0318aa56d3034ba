#!/usr/bin/python3
"""Messages: what is said arrives as it was said, at all, in one order, and once."""

import datetime
import json
import unittest

from tests.chat.peer import chat_server, peer, peers

DATA = [None, True, False, 0, -1, 1.5, 2**53, "", "é\u2028\x00", [], {}, [[1], {"a": [None]}],
        {"": {"type": "message", "id": "1"}, "text": "x", "ключ": ["👍"]}]
TEXTS = ["hello", "é", "こんにちは", "👨‍👩‍👧‍👦", "\x00\x1f\u2028\ufeff\x7f", '"\\/', "a\nb\tc", "{}"]
REMEMBERED = 256


class PublishTest(unittest.IsolatedAsyncioTestCase):
    async def test_all_get_it_the_author_too(self):
        with chat_server() as server:
            async with peers(server, "Ada", "Grace") as (ada, grace):
                before = datetime.datetime.now(datetime.timezone.utc)
                ack = await ada.say("hello", data={"mood": 1})
                self.assertEqual(ack["offset"], 1)
                event = await grace.take("message")
                self.assertEqual(event, event | {
                    "room": "lobby", "offset": 1, "text": "hello", "data": {"mood": 1},
                    "from": {"session": ada.session, "name": "Ada"}})
                self.assertEqual(await ada.take("message"), event)
                said = datetime.datetime.fromisoformat(event["time"])
                self.assertLess(abs(said - before), datetime.timedelta(minutes=1))

    async def test_texts_and_data_are_not_changed(self):
        with chat_server() as server:
            async with peers(server, "Ada", "Grace") as (ada, grace):
                for text in TEXTS:
                    await ada.say(text)
                    event = await grace.take("message")
                    self.assertEqual(event["text"], text)
                    self.assertNotIn("data", event)
                for data in DATA:
                    await ada.ok(type="publish", room="lobby", data=data)
                    event = await grace.take("message")
                    self.assertEqual(json.dumps(event["data"], sort_keys=True),
                                     json.dumps(data, sort_keys=True))
                    self.assertEqual(event["text"], "")

    async def test_offsets_have_no_gap_and_one_order(self):
        with chat_server() as server:
            async with peers(server, "a", "b", "c") as everybody:
                for number in range(30):
                    for one in everybody:
                        await one.send(type="publish", id=f"p{number}", room="lobby",
                                       text=f"{one.session} {number}")
                received = [await one.events(90) for one in everybody]
                self.assertEqual(received[1], received[0])
                self.assertEqual(received[2], received[0])
                self.assertEqual([event["offset"] for event in received[0]],
                                 list(range(1, 91)))
                for one in everybody:
                    own = {event["text"]: event["offset"] for event in received[0]
                           if event["from"]["session"] == one.session}
                    self.assertEqual(list(own), [f"{one.session} {i}" for i in range(30)])
                    for number in range(30):
                        ack = await one.answer(f"p{number}")
                        self.assertEqual(ack["offset"], own[f"{one.session} {number}"])

    async def test_the_sizes_of_texts_and_data(self):
        with chat_server() as server:
            async with peer(server, room="lobby") as ada:
                for text in ["x" * 16384, "é" * 8192, "\x00" * 16384]:
                    await ada.say(text)
                    self.assertEqual((await ada.take("message"))["text"], text)
                    await ada.refused("too_large", type="publish", room="lobby", text=text + "x")
                # Its two quotes are part of what is encoded.
                await ada.say("", data="x" * 16382)
                await ada.refused("too_large", type="publish", room="lobby", data="x" * 16383)
                await ada.refused("too_large", type="publish", room="lobby", text="x",
                                  data=["é"] * 5000)
                self.assertEqual((await ada.take("message"))["data"], "x" * 16382)
                self.assertEqual((await ada.say("next"))["offset"], 5)


class OnceTest(unittest.IsolatedAsyncioTestCase):
    async def test_a_repeated_id_is_acknowledged_and_not_sent_again(self):
        with chat_server() as server:
            async with peers(server, "Ada", "Grace") as (ada, grace):
                first = await ada.say("hello", id="same")
                self.assertNotIn("duplicate", first)
                for text in ["hello", "whatever it says now"]:
                    self.assertEqual(await ada.say(text, id="same"), first | {"duplicate": True})
                # Another's ids are its own.
                self.assertNotIn("duplicate", await grace.say("hello", id="same"))
                await ada.say("end")
                for one in [ada, grace]:
                    self.assertEqual([event["text"] for event in await one.events(3)],
                                     ["hello", "hello", "end"])

    async def test_also_across_resume(self):
        for threads in [1, 2]:
            with chat_server(threads=threads) as server:
                async with peers(server, "Ada", "Grace") as (ada, grace):
                    acks = [await ada.say(f"{i}", id=f"p{i}") for i in range(3)]
                    ada.cut()
                    async with peer(server) as back:
                        await back.resume(ada)
                        await back.join("lobby", name="Ada")
                        for i in range(3):
                            self.assertEqual(await back.say(f"{i}", id=f"p{i}"),
                                             acks[i] | {"duplicate": True})
                        await back.say("3", id="p3")
                        self.assertEqual([event["text"] for event in await grace.events(4)],
                                         ["0", "1", "2", "3"])

    async def test_the_newest_are_remembered(self):
        with chat_server() as server:
            async with peer(server, room="lobby") as ada:
                for number in range(REMEMBERED + 1):
                    await ada.say("x", id=f"p{number}")
                for number in [1, REMEMBERED]:
                    ack = await ada.say("x", id=f"p{number}")
                    self.assertEqual((ack.get("duplicate"), ack["offset"]), (True, number + 1))
                ack = await ada.say("x", id="p0")
                self.assertEqual((ack.get("duplicate"), ack["offset"]), (None, REMEMBERED + 2))

    async def test_a_refused_publish_is_not_remembered(self):
        with chat_server() as server:
            async with peer(server, room="lobby") as ada:
                await ada.refused("too_large", type="publish", id="p", room="lobby",
                                  text="x" * 16385)
                self.assertNotIn("duplicate", await ada.say("x", id="p"))


if __name__ == "__main__":
    unittest.main()
