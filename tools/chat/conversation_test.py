#!/usr/bin/python3
"""What a person sees and what the commands send, with a link that the test plays."""

import asyncio
import unittest

from tools.chat import render
from tools.chat.conversation import Conversation
from tools.chat.fake_link import Stage, TIME, joined, message, settle, within

ADA = {"session": "s1", "name": "Ada"}
GRACE = {"session": "s2Grace", "name": "Grace"}


class ConversationTest(unittest.IsolatedAsyncioTestCase):
    async def asyncSetUp(self):
        self.lines = []
        self.conversation = Conversation(
            "lobby", lambda line: self.lines.append(render.plain(line)))
        self.stage = Stage(self.conversation, name="Ada")
        self.conversation.attach(self.stage.client)
        await self.stage.__aenter__()
        self.addAsyncCleanup(self.stage.__aexit__)
        self.link = await self.stage.link()
        request = await self.link.take("join")
        old = message(1, "old", session="s2Grace")
        self.link.give(**joined(request, offset=1, history=[old], more="s1"))
        await self.answer_members("lobby")
        self.assertEqual(self.without_times(), ["lobby: 1 here", "#1 Grace: old"])

    async def answer_members(self, room):
        request = await self.link.take("members")
        self.assertEqual(request["room"], room)
        self.link.give(type="members", id=request["id"], room=room, version=1, count=2,
                       members=[ADA, GRACE], next=None)
        await settle()

    def without_times(self):
        """The lines that were shown since the last call."""
        lines, self.lines = self.lines, []
        return [line.partition(" ")[2] if line[2:3] == ":" else line for line in lines]

    async def do(self, line, kind, **answer):
        """Executes a line that sends a request; answers it and returns it."""
        doing = asyncio.create_task(self.conversation.execute(line))
        request = await self.link.take(kind)
        self.link.give(**({"type": "ack"} | answer), id=request["id"])
        await within(doing)
        await settle()
        return {name: value for name, value in request.items() if name not in ("id", "type")}

    async def test_messages_with_and_without_targets(self):
        self.link.give(**message(2, "mine", session="s1"))
        self.link.give(**message(3, "theirs"))
        await settle()
        lobby = {"room": "lobby"}
        for line, kind, request in [
                ("/edit b", "edit", {"target": 2, "text": "b"}),
                ("/edit #9 b", "edit", {"target": 9, "text": "b"}),
                ("/delete", "delete", {"target": 2}),
                ("/react 👍", "react", {"target": 3, "key": "👍"}),
                ("/unreact #2 👍", "react", {"target": 2, "key": "👍", "on": False}),
                ("/msg Grace psst", "direct",
                 {"to": {"name": "Grace", **lobby}, "text": "psst", "room": None}),
                ("/msg @s2 psst", "direct",
                 {"to": {"session": "s2Grace"}, "text": "psst", "room": None}),
        ]:
            expected = {name: value for name, value in (lobby | request).items() if value}
            expected |= {"on": False} if "on" in request else {}
            self.assertEqual(await self.do(line, kind), expected)

    async def test_saying_and_its_refusal(self):
        await self.conversation.execute("//hello")
        request = await self.link.take("publish")
        self.assertEqual(request["text"], "/hello")
        self.assertIn("1 not acknowledged", self.conversation.status)
        self.link.give(type="error", id=request["id"], code="too_large", message="too large")
        await settle()
        self.assertEqual(self.without_times(), ["too large"])
        self.assertNotIn("not acknowledged", self.conversation.status)

    async def test_errors_are_shown_and_nothing_is_sent(self):
        for line, error in [("/nonsense", "there is no /nonsense; /help shows what there is"),
                            ("/edit x", "there is no message yet; name one by #N"),
                            ("/msg @zzz x", "@zzz is nobody here")]:
            await self.conversation.execute(line)
            self.assertEqual(self.without_times(), [error])
        await self.conversation.execute("   ")
        await self.link.nothing()
        await self.do("/delete #9", "delete", type="error", code="not_yours", message="not yours")
        self.assertEqual(self.without_times(), ["not yours"])

    async def test_who(self):
        await self.do("/who", "members", type="members", room="lobby", version=1, count=2,
                      members=[GRACE, ADA], next=None)
        self.assertEqual(self.without_times(), ["Ada @s1 (you)", "Grace @s2Grac"])

    async def test_pages_go_back_from_the_oldest(self):
        request = await self.do("/history 5", "history", type="events", room="lobby", epoch="e1",
                                first=1, events=[message(1, "older", session="s2Grace")])
        self.assertEqual(request, {"room": "lobby", "before": 1, "limit": 5})
        self.assertEqual(self.without_times(),
                         ["#1 Grace: older", "that is the oldest that is kept"])

    async def test_people_of_one_name_are_told_apart(self):
        self.link.give(**message(2, session="s2Grace"))
        other = {"session": "s3Grace#long", "name": "Grace"}
        self.link.give(type="presence", room="lobby", version=2, count=3, joined=[other], left=[])
        self.link.give(**message(3, session="s3Grace#long"))
        self.link.give(**message(4, "two\nlines", session="s2Grace"))
        self.link.give(type="direct", time=TIME, text="psst", **{"from": other})
        self.link.give(**message(5) | {"from": ADA})
        await settle()
        self.assertEqual(self.without_times(), [
            "#2 Grace: hello", "Grace came · 3 here", "#3 Grace@s3Grac: hello",
            "#4 Grace@s2Grac: two", "    lines", "Grace@s3Grac to you alone: psst",
            "#5 Ada: hello"])

    async def test_authors_of_history_are_told_apart(self):
        await self.do("/history", "history", type="events", room="lobby", epoch="e1", first=1,
                      events=[message(1) | {"from": {"session": session, "name": "Alan"}}
                              for session in ["s4", "s5"]])
        self.assertEqual(self.without_times()[:2], ["#1 Alan@s4: hello", "#1 Alan@s5: hello"])

    async def test_typing(self):
        for text in ["/", "/he", "h", "he", "hel"]:
            self.conversation.typed(text)
        await settle()
        self.assertEqual(await self.link.take("typing"),
                         {"type": "typing", "room": "lobby", "on": True})
        self.conversation.typed("")
        self.conversation.typed("")
        await settle()
        self.assertFalse((await self.link.take("typing"))["on"])
        await self.link.nothing()

        typing = {"type": "typing", "room": "lobby", "from": GRACE, "on": True, "expires": TIME}
        self.link.give(**typing)
        self.link.give(**typing | {"from": ADA})
        await settle()
        self.assertTrue(self.conversation.status.endswith("Grace is typing…"))
        self.link.give(**message(2, session="s2Grace"))
        await settle()
        self.assertNotIn("typing", self.conversation.status)

    async def test_coming_back_is_told(self):
        for missed, recovered, line in [
                (0, True, "lobby: back, missed nothing"),
                (2, True, "lobby: back, missed nothing; while you were away, 2 came"),
                (2, False, "lobby: back, some messages may be lost")]:
            self.link.lose()
            self.link = await self.stage.resumed_link()
            self.assertEqual(self.without_times(), ["the connection was lost; connecting again"])
            self.assertIn("connecting again", self.conversation.status)
            request = await self.link.take("join")
            offset = request["recover"]["offset"]
            self.link.give(**joined(request, offset + missed, recovered))
            if recovered:
                for number in range(missed):
                    self.link.give(**message(offset + 1 + number, "missed"))
            await settle()
            self.assertEqual(self.without_times()[0], line)
            self.assertTrue(self.conversation.status.startswith("connected"))

    async def test_without_a_connection_requests_are_refused(self):
        self.link.lose()
        await settle()
        self.without_times()
        await self.conversation.execute("/who")
        self.assertEqual(self.without_times(), ["not connected; try again when it is back"])

    async def test_rooms(self):
        joining = asyncio.create_task(self.conversation.execute("/join tea"))
        request = await self.link.take("join")
        self.link.give(**joined(request))
        self.link.give(**message(1, "milk?") | {"room": "tea"})
        self.link.give(type="presence", room="tea", version=2, count=2, joined=[GRACE], left=[])
        await within(joining)
        await settle()
        self.assertEqual(self.conversation.room, "tea")
        milk = render.plain(render.event(message(1, "milk?"))[0])
        self.assertEqual(self.without_times(),
                         ["tea: 1 here", "[tea] " + milk, "Grace came · 2 here"])
        await self.conversation.execute("/join lobby")
        self.assertEqual(self.conversation.room, "lobby")
        await self.conversation.execute("/join tea")
        await self.link.nothing()
        await self.do("/leave", "leave")
        self.assertEqual(self.conversation.room, "lobby")

    async def test_a_refused_room_is_not_entered(self):
        await self.do("/join no!", "join", type="error", code="bad_room", message="bad room")
        self.assertEqual(self.without_times(), ["bad room"])
        self.assertIn(" · lobby · ", self.conversation.status)
        await self.conversation.execute("hello")
        self.assertEqual((await self.link.take("publish"))["room"], "lobby")

    async def test_a_room_that_is_not_answered_is_not_entered(self):
        joining = asyncio.create_task(self.conversation.execute("/join tea"))
        await self.link.take("join")
        self.link.lose()
        await within(joining)
        self.assertIn("the connection was lost; try again when it is back", self.without_times())
        self.link = await self.stage.resumed_link()
        self.link.give(**joined(await self.link.take("join"), recovered=True))
        await self.link.nothing()
        self.assertIn(" · lobby · ", self.conversation.status)

    async def test_in_no_room(self):
        await self.do("/leave", "leave")
        self.assertEqual(self.without_times(), ["left lobby"])
        self.assertIn("in no room", self.conversation.status)
        self.conversation.typed("hello")
        for line in ["hello", "/leave", "/who", "/msg Grace x", "/edit #1 x", "/react #1 x",
                     "/history"]:
            await self.conversation.execute(line)
            self.assertEqual(self.without_times(),
                             ["you are in no room; /join ROOM enters one"], line)
        await self.link.nothing()

    async def test_a_room_that_can_not_be_joined_again_is_left(self):
        self.link.lose()
        self.link = await self.stage.resumed_link()
        request = await self.link.take("join")
        self.link.give(type="error", id=request["id"], code="room_full", message="full")
        await settle()
        self.assertEqual(self.without_times()[1:], ["full"])
        self.assertIsNone(self.conversation.room)

    async def test_direct_messages_and_help(self):
        self.link.give(type="direct", time=TIME, text="psst", **{"from": GRACE})
        await settle()
        self.assertEqual(self.without_times(), ["Grace to you alone: psst"])
        await self.conversation.execute("/help")
        self.assertGreater(len(self.without_times()), 10)
        self.assertFalse(self.conversation.ended)
        await self.conversation.execute("/quit")
        self.assertTrue(self.conversation.ended)


if __name__ == "__main__":
    unittest.main()
