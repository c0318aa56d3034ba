#!/usr/bin/python3
"""What survives a connection, and how: with links that the test plays."""

import asyncio
import unittest

from tools.chat.fake_link import Stage, joined, message, settle, within
from tools.chat.listener import NotConnected, Refused


class ClientTest(unittest.IsolatedAsyncioTestCase):
    async def joined_link(self, stage, offset=0):
        """The first link of a client that is in the lobby."""
        stage.client.join("lobby", 5)
        link = await stage.link()
        request = await link.take("join")
        self.assertEqual((request["room"], request["history"]), ("lobby", 5))
        self.assertNotIn("recover", request)
        link.give(**joined(request, offset))
        await settle()
        return link

    async def came_back(self, stage, offset, recovered=True, resumed=True, epoch="e1"):
        """The next link, when the client has joined the lobby again; and what it asked for."""
        if resumed:
            link = await stage.resumed_link()
        else:
            link = await stage.link("s3")
            request = await link.take("resume")
            link.give(type="error", id=request["id"], code="cannot_resume", message="unknown")
        request = await link.take("join")
        link.give(**joined(request, offset, recovered, epoch=epoch))
        return link, request

    async def test_a_message_is_acknowledged(self):
        async with Stage(name="Ada") as stage:
            link = await self.joined_link(stage)
            said = asyncio.create_task(stage.client.publish("lobby", "hello", {"mood": 1}))
            request = await link.take("publish")
            self.assertEqual(request, {"type": "publish", "id": request["id"], "room": "lobby",
                                       "text": "hello", "data": {"mood": 1}})
            self.assertEqual(stage.client.unacknowledged, 1)
            link.give(type="ack", id=request["id"], room="lobby", offset=7)
            self.assertEqual((await within(said))["offset"], 7)
            self.assertEqual(stage.client.unacknowledged, 0)

    async def test_after_a_loss_identity_place_and_messages_are_taken_up_in_this_order(self):
        async with Stage() as stage:
            link = await self.joined_link(stage, offset=3)
            link.give(**message(4))
            said = [asyncio.create_task(stage.client.publish("lobby", text)) for text in "ab"]
            ids = [(await link.take("publish"))["id"] for _ in said]
            link.lose()
            link, request = await self.came_back(stage, offset=6)
            self.assertEqual(request["recover"], {"epoch": "e1", "offset": 4})
            # What was missed comes first.
            link.give(**message(5))
            await link.nothing()
            self.assertFalse(stage.client.connected)
            link.give(**message(6))
            again = [await link.take("publish") for _ in said]
            self.assertEqual([request["id"] for request in again], ids)
            self.assertEqual([request["text"] for request in again], ["a", "b"])
            for offset, number in enumerate(ids, 5):
                link.give(type="ack", id=number, room="lobby", offset=offset, duplicate=True)
            self.assertEqual([(await within(ack))["offset"] for ack in said], [5, 6])
            self.assertEqual(stage.listener.told, [
                ("connected", False), ("joined", "lobby", "new", None), ("event", 4, True),
                ("lost", "the connection was lost"), ("connected", True),
                ("joined", "lobby", "recovered", 2), ("event", 5, True), ("event", 6, True)])

    async def test_what_is_said_without_a_connection_is_sent_on_the_next(self):
        async with Stage() as stage:
            link = await self.joined_link(stage)
            link.lose()
            link = await stage.resumed_link()
            said = asyncio.create_task(stage.client.publish("lobby", "x"))
            request = await link.take("join")
            await link.nothing()
            link.give(**joined(request, recovered=True))
            request = await link.take("publish")
            link.give(type="ack", id=request["id"], room="lobby", offset=1)
            await within(said)

    async def test_a_second_loss_before_the_identity_is_back(self):
        async with Stage() as stage:
            link = await self.joined_link(stage)
            link.lose()
            link = await stage.link("other")
            await link.take("resume")
            link.lose()
            # It is still the first one that is asked for.
            await stage.resumed_link("s1")
            await settle()
            self.assertEqual(stage.client.session, "s1")

    async def test_a_lost_identity_sends_again_only_what_is_not_among_what_was_missed(self):
        async with Stage() as stage:
            link = await self.joined_link(stage)
            said = [asyncio.create_task(stage.client.publish("lobby", text))
                    for text in ["came", "lost", "came"]]
            for _ in said:
                await link.take("publish")
            link.lose()
            link, _ = await self.came_back(stage, offset=3, resumed=False)
            # Another's message with the same text, and two of ours.
            link.give(**message(1, "came", session="s2"))
            link.give(**message(2, "came", session="s1"))
            link.give(**message(3, "came", session="s1"))
            request = await link.take("publish")
            self.assertEqual(request["text"], "lost")
            link.give(type="ack", id=request["id"], room="lobby", offset=4)
            acks = await within(asyncio.gather(*said))
            self.assertEqual([ack["offset"] for ack in acks], [2, 4, 3])
            await link.nothing()
            self.assertEqual(stage.client.session, "s3")

    async def test_a_lost_identity_knows_what_was_acknowledged_before_it_came(self):
        async with Stage() as stage:
            link = await self.joined_link(stage)
            first = asyncio.create_task(stage.client.publish("lobby", "same"))
            request = await link.take("publish")
            link.give(type="ack", id=request["id"], room="lobby", offset=1)
            await within(first)
            second = asyncio.create_task(stage.client.publish("lobby", "same"))
            await link.take("publish")
            link.lose()
            link, _ = await self.came_back(stage, offset=1, resumed=False)
            # That is the first one; nobody knows of the second.
            link.give(**message(1, "same", session="s1"))
            request = await link.take("publish")
            link.give(type="ack", id=request["id"], room="lobby", offset=2)
            self.assertEqual((await within(second))["offset"], 2)

    async def test_offsets_of_another_epoch_say_nothing(self):
        async with Stage() as stage:
            link = await self.joined_link(stage)
            said = asyncio.create_task(stage.client.publish("lobby", "x"))
            request = await link.take("publish")
            link.give(type="ack", id=request["id"], room="lobby", offset=9)
            await within(said)
            link.lose()
            link, _ = await self.came_back(stage, offset=0, recovered=False, epoch="e2")
            await settle()
            self.assertEqual(stage.client.rooms["lobby"].acknowledged, 0)

    async def test_what_may_be_lost_is_told(self):
        async with Stage() as stage:
            link = await self.joined_link(stage, offset=3)
            link.lose()
            link, _ = await self.came_back(stage, offset=1, recovered=False, epoch="e2")
            link.give(**message(2))
            link.lose()
            _, request = await self.came_back(stage, offset=2)
            self.assertEqual(request["recover"], {"epoch": "e2", "offset": 2})
            self.assertIn(("joined", "lobby", "lost", None), stage.listener.told)
            self.assertIn(("event", 2, True), stage.listener.told)

    async def test_a_request_is_not_sent_twice(self):
        async with Stage() as stage:
            link = await self.joined_link(stage)
            asked = asyncio.create_task(stage.client.request({"type": "members", "room": "lobby"}))
            await link.take("members")
            link.lose()
            with self.assertRaises(NotConnected):
                await within(asked)
            with self.assertRaises(NotConnected):
                await stage.client.request({"type": "members", "room": "lobby"})
            link, _ = await self.came_back(stage, offset=0)
            await link.nothing()

    async def test_errors(self):
        async with Stage() as stage:
            link = await self.joined_link(stage)
            asked = asyncio.create_task(stage.client.request(
                {"type": "delete", "room": "lobby", "target": 1}))
            request = await link.take("delete")
            link.give(type="error", id=request["id"], code="not_yours", message="not yours")
            with self.assertRaisesRegex(Refused, "not yours"):
                await within(asked)
            with self.assertRaisesRegex(Refused, "longer than 100 bytes"):
                await stage.client.publish("lobby", "é" * 51)
            await link.nothing()
            link.give(type="error", code="bad_frame", message="what?")
            await settle()
            self.assertEqual(stage.listener.told[-1], ("error", "bad_frame"))

    async def test_a_room_that_can_not_be_joined_is_given_up(self):
        async with Stage() as stage:
            link = await self.joined_link(stage)
            stage.client.join("full")
            request = await link.take("join")
            link.give(type="error", id=request["id"], code="too_many_rooms", message="no")
            await settle()
            self.assertEqual(list(stage.client.rooms), ["lobby"])
            self.assertEqual(stage.listener.told[-1], ("error", "too_many_rooms"))

    async def test_what_the_protocol_does_not_allow_is_counted(self):
        async with Stage() as stage:
            link = await self.joined_link(stage, offset=1)
            for offset in [2, 2, 5]:
                link.give(**message(offset))
            await settle()
            room = stage.client.rooms["lobby"]
            self.assertEqual((room.repeated, room.skipped, room.offset), (1, 2, 5))
            self.assertEqual(stage.listener.told[-2:], [("event", 2, True), ("event", 5, True)])

    async def test_our_own_coming_is_no_news(self):
        async with Stage() as stage:
            link = await self.joined_link(stage)
            ada = {"session": "s1", "name": "Ada"}
            link.give(type="presence", room="lobby", version=2, count=1, joined=[ada], left=[])
            await settle()
            self.assertEqual(stage.listener.told[-1], ("presence", [], [], 1))

    async def test_who_was_there_did_not_come(self):
        async with Stage(name="Ada") as stage:
            stage.client.join("lobby")
            link = await stage.link()
            frame = joined(await link.take("join"))
            ada, grace = [{"session": "s1", "name": "Ada"}, {"session": "s2", "name": "Grace"}]
            frame["presence"]["members"] = [ada, grace]
            link.give(**frame)
            alan = {"session": "s3", "name": "Alan"}
            presence = {"type": "presence", "room": "lobby", "count": 3, "left": []}
            link.give(**presence, version=2, joined=[ada, grace, alan])
            link.give(**presence, version=3, joined=[grace | {"name": "Grace H"}])
            link.give(**presence | {"left": ["s3"]}, version=4, joined=[])
            link.give(**presence, version=5, joined=[alan])
            await settle()
            self.assertEqual(stage.listener.told[-4:], [
                ("presence", ["Alan"], [], 3), ("presence", ["Grace H"], [], 3),
                ("presence", [], ["Alan"], 3), ("presence", ["Alan"], [], 3)])

    async def test_presence(self):
        async with Stage() as stage:
            link = await self.joined_link(stage)
            grace = {"session": "s2", "name": "Grace"}
            link.give(type="presence", room="lobby", version=1, count=9, joined=[grace], left=[])
            link.give(type="presence", room="lobby", version=2, count=2, joined=[grace], left=[])
            link.give(type="presence", room="lobby", version=3, count=0, joined=[],
                      left=["s2", "s9"])
            link.give(type="presence", room="lobby", version=4, count=2000, listed=False)
            await settle()
            self.assertEqual(stage.listener.told[-3:], [
                ("presence", ["Grace"], [], 2), ("presence", [], ["Grace", "somebody"], 0),
                ("presence", [], [], 2000)])


if __name__ == "__main__":
    unittest.main()
