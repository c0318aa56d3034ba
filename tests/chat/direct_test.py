#!/usr/bin/python3
"""Messages to one person."""

import unittest

from tests.chat.peer import chat_server, peer, peers


class DirectTest(unittest.IsolatedAsyncioTestCase):
    async def test_to_a_session_or_a_name(self):
        for threads in [1, 2]:
            with chat_server(threads=threads) as server:
                async with peers(server, "Ada", "Grace", "Alan") as (ada, grace, alan):
                    for to in [{"session": grace.session}, {"name": "Grace", "room": "lobby"}]:
                        ack = await ada.ok(type="direct", to=to, text="psst 👍")
                        self.assertEqual(ack.keys() - {"room"}, {"type", "id"})
                        frame = await grace.take("direct")
                        self.assertEqual((frame["text"], frame["from"]), (
                            "psst 👍", {"session": ada.session, "name": "Ada"}))
                    # Nobody else gets it, and it is not kept.
                    self.assertEqual((await alan.say("end"))["offset"], 1)
                    for one in [ada, alan, grace]:
                        await one.take("message")
                        await one.pong()
                        self.assertEqual(one.left("direct"), [])

    async def test_to_a_session_that_shares_no_room(self):
        with chat_server() as server:
            async with peer(server, room="tea", name="Ada") as ada, peer(server) as grace:
                await ada.join("coffee", name="Ada Coffee")
                await ada.ok(type="direct", to={"session": grace.session}, text="hello")
                # The name of the newest room.
                self.assertEqual((await grace.take("direct"))["from"],
                                 {"session": ada.session, "name": "Ada Coffee"})

    async def test_after_resume_it_goes_to_the_new_connection(self):
        with chat_server(threads=2) as server:
            async with peers(server, "Ada", "Grace") as (ada, grace):
                grace.cut()
                async with peer(server) as back:
                    await back.resume(grace)
                    await ada.ok(type="direct", to={"session": grace.session}, text="still you?")
                    self.assertEqual((await back.take("direct"))["text"], "still you?")

    async def test_errors(self):
        with chat_server() as server:
            async with peers(server, "Ada", "Twin", "Twin") as (ada, twin, _):
                async with peer(server, room="tea", name="Grace") as grace:
                    for code, to in [
                            ("no_such_member", {"session": "nobody"}),
                            ("no_such_member", {"name": "Nobody", "room": "lobby"}),
                            ("no_such_member", {"name": "Grace", "room": "lobby"}),
                            ("ambiguous_name", {"name": "Twin", "room": "lobby"}),
                            ("not_joined", {"name": "Grace", "room": "tea"}),
                            ("bad_frame", {}), ("bad_frame", {"name": "Grace"}),
                            ("bad_frame", {"session": 1}), ("bad_frame", "Grace")]:
                        await ada.refused(code, type="direct", to=to, text="x")
                    await ada.refused("bad_frame", type="direct", to={"session": twin.session})
                    await ada.refused("too_large", type="direct", to={"session": twin.session},
                                      text="x" * 16385)
                    await ada.ok(type="direct", to={"session": twin.session}, text="x" * 16384)
                    for one in [grace, twin]:
                        await one.pong()
                    self.assertEqual(grace.left("direct"), [])
                    self.assertEqual(len(twin.left("direct")), 1)

    async def test_who_is_gone_gets_nothing(self):
        with chat_server(presence={"grace_ms": 60_000}) as server:
            async with peers(server, "Ada", "Grace") as (ada, grace):
                await grace.close()
                await ada.refused("no_such_member", type="direct", to={"session": grace.session},
                                  text="x")


if __name__ == "__main__":
    unittest.main()
