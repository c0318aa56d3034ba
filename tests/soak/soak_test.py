#!/usr/bin/python3
"""Days of a server in a short time: people come, talk and go in all ways, and it stays as it is.

Nobody of those who are well may lose anything, nothing may leak, and the memory of the server must not
grow once it has seen everything. tools/soak runs it for longer, and with a closer look at that.
"""

import asyncio
import collections
import contextlib
import os
import random
import statistics
import unittest

from tests.chaos import faults
from tests.chaos.crowd import crowd
from tests.chat.http_peer import ask, stream
from tests.chat.peer import peer, until
from tests.process.client import connect
from tests.process.server import Server

SECONDS = float(os.environ.get("SOAK_SECONDS", 40))
SEED = int(os.environ.get("SOAK_SEED", random.SystemRandom().randrange(2**32)))
# By how much the memory may grow after the first part, in percent; 0: it is not looked at. Within a
# minute, the heap has not seen everything: what that is for finds a leak that is worth the name.
GROWTH = float(os.environ.get("SOAK_GROWTH", 30))
# The run is in so many parts. The memory is measured after each, when all have gone but the crowd; a
# single one says little, as what the heap keeps comes and goes.
PARTS = 10
# After the warm-up, and at the end.
FIRST_PARTS = slice(3, 6)
LAST_PARTS = slice(-3, None)
ROOMS = 20
CONFIG = {
    "threads": 2,
    "limits": {"message_bytes": 65536, "log_bytes": 262144, "outbox_bytes": 262144},
    # What is remembered is forgotten soon: how much it is must not depend on how fast the machine is.
    "routes": [{"route": "chat", "options": {
        "resume_seconds": 2, "history": {"events": 50, "bytes": 100_000, "seconds": 5}}}],
}


class Town:
    """What happens. Each coroutine of `habits` does its thing once."""

    def __init__(self, server, chance):
        self._server = server
        self._chance = chance
        self.done = collections.Counter()
        self.habits = [self.visit, self.visit, self.visit, self.reset, self.kill, self.read_slowly,
                       self.post, self.follow, self.echo]

    def room(self):
        return f"room{self._chance.randrange(ROOMS)}"

    async def visit(self):
        """Joins some rooms, talks, and goes in some way."""
        async with peer(self._server) as visitor:
            for room in {self.room(), self.room()}:
                await visitor.join(room, name="visitor", history=10, presence=True)
                for number in range(self._chance.randrange(5)):
                    await visitor.say("x" * self._chance.randrange(2000), room)
                if self._chance.random() < 0.3:
                    await visitor.ok(type="leave", room=room)
            if self._chance.random() < 0.5:
                visitor.cut()

    async def reset(self):
        await faults.reset_in_mid_frame(self._server.port)

    async def kill(self):
        # A process costs the machine more than the server.
        if self._chance.random() < 0.2:
            await faults.kill(self._server.port, 5)

    async def read_slowly(self):
        """Does not read what is said in its room, until it is too much."""
        # In rooms of its own: nobody else can keep up with the other either.
        room = f"/chat/deaf{self._chance.randrange(4)}"
        deaf = await faults.dial(self._server.port, faults.HANDSHAKE.replace(b"/chat", room.encode()))
        async with connect(self._server.url(room)) as talker:
            for _ in range(150):
                await talker.send("y" * 60_000)
                await talker.recv()
        deaf.close()

    async def post(self):
        """The HTTP interface."""
        room = self.room()
        answer = await ask(self._server, "POST", f"/api/rooms/{room}/messages", {"text": "posted"})
        assert answer.status == 201, answer
        for path in ("/api/rooms", f"/api/rooms/{room}/messages", f"/api/rooms/{room}/members"):
            answer = await ask(self._server, "GET", path)
            assert answer.status == 200, answer

    async def follow(self):
        """An event stream, until it has told something."""
        room = self.room()
        async with stream(self._server, room) as follower:
            await follower.place()
            await ask(self._server, "POST", f"/api/rooms/{room}/messages", {"text": "followed"})
            assert await follower.event() is not None

    async def echo(self):
        async with connect(self._server.url("/echo")) as client:
            await client.send("z" * self._chance.randrange(60_000))
            await client.recv()

    async def live(self, seconds):
        """Everybody does this and that for so long, and then all are gone."""
        end = asyncio.get_running_loop().time() + seconds

        async def do(habit):
            while True:
                await habit()
                self.done[habit.__name__] += 1
                if asyncio.get_running_loop().time() > end:
                    return
                await asyncio.sleep(self._chance.random() * 0.05)

        await asyncio.gather(*map(do, self.habits))


class SoakTest(unittest.IsolatedAsyncioTestCase):
    async def test_soak(self):
        print(f"{SECONDS} s, seed {SEED}", flush=True)
        with Server(config=CONFIG) as server:
            town = Town(server, random.Random(SEED))
            memory = []
            async with crowd(server.url("/chat")) as healthy:
                for part in range(PARTS):
                    await town.live(SECONDS / PARTS)
                    healthy.assert_well()
                    await self.wait_alone(server, len(healthy.everybody))
                    memory.append(resident(server.pid))
                    print(f"part {part}: {memory[-1] / 2**20:.1f} MiB, {dict(town.done)}", flush=True)
            self.assertEqual(set(town.done), {habit.__name__ for habit in town.habits})
            # With a sanitizer, it fails here if there is a leak.
            self.assertEqual(await asyncio.to_thread(server.stop), 0)
            print(server.log[-1], flush=True)
            self.assertIn(" slow_readers=", server.log[-1])
        before, after = (statistics.mean(memory[parts]) for parts in (FIRST_PARTS, LAST_PARTS))
        grown = (after - before) / before * 100
        print(f"after the warm-up {before / 2**20:.1f} MiB, at the end {after / 2**20:.1f} MiB: "
              f"{grown:+.1f} %", flush=True)
        if GROWTH > 0:
            self.assertLess(grown, GROWTH)

    async def wait_alone(self, server, count):
        """Waits until nobody else is there."""
        async def is_alone():
            with contextlib.suppress(OSError):
                opened = sum(" connected" in line for line in server.log)
                return opened - sum(" disconnected" in line for line in server.log) == count
            return False

        await until(is_alone, "that all others have gone")


def resident(pid):
    """How much memory a process has, in bytes."""
    with open(f"/proc/{pid}/statm", encoding="ascii") as statm:
        return int(statm.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")


if __name__ == "__main__":
    unittest.main()
