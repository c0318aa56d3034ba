#!/usr/bin/python3
"""Edits, deletions and reactions: what may be changed, by whom, and what the others see."""

import unittest

from tests.chat.peer import chat_server, peer, peers


class ChangeTest(unittest.IsolatedAsyncioTestCase):
    async def test_an_edit_replaces_text_and_data(self):
        with chat_server() as server:
            async with peers(server, "Ada", "Grace") as (ada, grace):
                await ada.say("hello", data=1)
                for offset, content in enumerate(
                        [{"text": "hello!"}, {"text": "hello!", "data": [2]}, {"text": ""}], 2):
                    ack = await ada.ok(type="edit", room="lobby", target=1, **content)
                    self.assertEqual(ack["offset"], offset)
                    event = await grace.take("edit")
                    self.assertEqual(event["from"], {"session": ada.session, "name": "Ada"})
                    self.assertEqual((event["offset"], event["target"]), (offset, 1))
                    self.assertEqual({name: event[name] for name in ("text", "data")
                                      if name in event}, content)
                    self.assertEqual(await ada.take("edit"), event)

    async def test_a_deletion(self):
        with chat_server() as server:
            async with peers(server, "Ada", "Grace") as (ada, grace):
                await ada.say("hello")
                self.assertEqual((await ada.ok(type="delete", room="lobby", target=1))["offset"], 2)
                event = await grace.take("delete")
                self.assertEqual((event["offset"], event["target"]), (2, 1))

    async def test_reactions_come_and_go_once(self):
        with chat_server() as server:
            async with peers(server, "Ada", "Grace") as (ada, grace):
                await ada.say("hello")
                react = {"type": "react", "room": "lobby", "target": 1}
                for key in ["👍", "x" * 32, "+"]:
                    await grace.ok(**react, key=key)
                # What changes nothing is acknowledged, and nobody hears of it.
                await grace.ok(**react, key="👍")
                await grace.ok(**react, key="👍", on=True)
                await ada.ok(**react, key="👍", on=False)
                await ada.ok(**react, key="👍")
                await grace.ok(**react, key="👍", on=False)
                await grace.ok(**react, key="👍", on=False)
                await grace.ok(**react, key="👍")
                await ada.say("end")
                await ada.take("message", text="end")
                self.assertEqual(
                    [(event["from"]["name"], event["key"], event["on"])
                     for event in ada.left("reaction")],
                    [("Grace", "👍", True), ("Grace", "x" * 32, True), ("Grace", "+", True),
                     ("Ada", "👍", True), ("Grace", "👍", False), ("Grace", "👍", True)])
                self.assertEqual([event["offset"] for event in ada.left("reaction")],
                                 list(range(2, 8)))


class ErrorsTest(unittest.IsolatedAsyncioTestCase):
    async def refuse_all(self, one, code, target, but=()):
        for kind, members in [("edit", {"text": "x"}), ("delete", {}), ("react", {"key": "+"})]:
            if kind not in but:
                await one.refused(code, type=kind, room="lobby", target=target, **members)

    async def test_only_the_author_edits_and_deletes(self):
        with chat_server() as server:
            async with peers(server, "Ada", "Ada") as (ada, other):
                await ada.say("hello")
                await self.refuse_all(other, "not_yours", 1, but=["react"])
                await ada.ok(type="edit", room="lobby", target=1, text="mine")

    async def test_targets_that_are_no_messages(self):
        with chat_server() as server:
            async with peer(server, room="lobby") as ada:
                await ada.say("hello")
                await ada.ok(type="edit", room="lobby", target=1, text="x")
                await ada.ok(type="react", room="lobby", target=1, key="+")
                for target in [2, 3, 4, 10**6]:
                    await self.refuse_all(ada, "no_such_message", target)
                await ada.ok(type="delete", room="lobby", target=1)
                for target in [1, 4]:
                    await self.refuse_all(ada, "no_such_message", target)

    async def test_what_is_not_kept_can_not_be_changed(self):
        with chat_server(history={"events": 3}) as server:
            async with peer(server, room="lobby") as ada:
                for _ in range(5):
                    await ada.say("x")
                await self.refuse_all(ada, "no_such_message", 2)
                await ada.ok(type="edit", room="lobby", target=3, text="y")
                await self.refuse_all(ada, "no_such_message", 3)

    async def test_messages_of_other_rooms_are_others(self):
        with chat_server() as server:
            async with peer(server, room="lobby") as ada:
                await ada.join("tea")
                await ada.say("one", "tea")
                await self.refuse_all(ada, "no_such_message", 1)

    async def test_contents(self):
        with chat_server() as server:
            async with peer(server, room="lobby") as ada:
                await ada.say("hello")
                edit = {"type": "edit", "room": "lobby", "target": 1}
                await ada.refused("bad_frame", **edit)
                await ada.refused("too_large", **edit, text="x" * 16385)
                await ada.refused("too_large", **edit, text="", data="x" * 16383)
                for key in ["", "x" * 33, "é" * 17, 1, None]:
                    await ada.refused("bad_frame", type="react", room="lobby", target=1, key=key)
                self.assertEqual((await ada.say("next"))["offset"], 2)


if __name__ == "__main__":
    unittest.main()
