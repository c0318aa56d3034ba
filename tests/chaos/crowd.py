"""The clients that nothing happens to: whatever befalls others, they lose nothing.

They speak fanfare.chat.v1. Some say numbered messages, one after the other; each must be told every
message once, in order, over the one connection that it has.
"""

import asyncio
import collections
import contextlib
import json

from tests.process.client import connect, within

PROTOCOL = "fanfare.chat.v1"
# Between two messages of one of them, so that they leave the machine to the others.
PAUSE_SECONDS = 0.02


class Healthy:
    """One of them. `heard` has what each said: its name to its numbers."""

    def __init__(self, name, room, socket):
        self.name = name
        self.room = room
        self.heard = collections.defaultdict(list)
        self.times = []
        self.said = 0
        self._socket = socket
        self._answers = {}
        self._moved = asyncio.Event()
        self._reading = asyncio.create_task(self._read())

    async def _read(self):
        async for text in self._socket:
            frame = json.loads(text)
            if (asked := self._answers.pop(frame.get("id"), None)) is not None:
                asked.set_result(frame)
            elif frame["type"] == "error":
                raise AssertionError(f"{self.name} was told: {frame}")
            elif frame["type"] == "message":
                # What others say is no number of theirs.
                if (number := frame["text"].rpartition(" ")[2]).isdigit():
                    self.heard[frame["from"]["name"]].append(int(number))
                self.times.append(frame["time"])
            self._moved.set()

    async def ask(self, **frame):
        self.assert_well()
        frame["id"] = f"{self.name} {len(self._answers)} {self.said} {frame['type']}"
        answer = self._answers[frame["id"]] = asyncio.get_running_loop().create_future()
        await self._socket.send(json.dumps(frame))
        done, _ = await within(asyncio.wait([answer, self._reading],
                                            return_when=asyncio.FIRST_COMPLETED), "an answer")
        if answer not in done:
            self.assert_well()
        answer = answer.result()
        assert answer["type"] != "error", (self.name, frame, answer)
        return answer

    async def say(self):
        """Says its next number."""
        await self.ask(type="publish", room=self.room, text=f"number {self.said}")
        self.said += 1

    def assert_well(self):
        if self._reading.done():
            self._reading.result()
            raise AssertionError(f"{self.name} was disconnected: {self._socket.close_code} "
                                 f"{self._socket.close_reason!r}")

    async def hears(self, name, count):
        """Waits until it has been told so many messages of somebody."""
        while len(self.heard[name]) < count:
            self.assert_well()
            self._moved.clear()
            moved = asyncio.create_task(self._moved.wait())
            await within(asyncio.wait([moved, self._reading],
                                      return_when=asyncio.FIRST_COMPLETED),
                         f"what {self.name} is to hear of {name}")
            moved.cancel()

    async def leave(self):
        self._reading.cancel()
        await self._socket.close()


class Crowd:
    """`talk` is what they do for as long as the `with` of `crowd` lasts."""

    def __init__(self, writers, readers):
        self.writers = writers
        self.everybody = writers + readers
        self._is_over = False
        self._talking = [asyncio.create_task(self._talk(writer)) for writer in writers]

    async def _talk(self, writer):
        while not self._is_over:
            await writer.say()
            await asyncio.sleep(PAUSE_SECONDS)

    def assert_well(self):
        for client in self.everybody:
            client.assert_well()
        for talking in self._talking:
            if talking.done():
                talking.result()

    async def hear_more(self, count=10):
        """Waits until everybody has been told `count` more messages of each writer."""
        aims = {writer.name: writer.said + count for writer in self.writers}
        for client in self.everybody:
            for name, aim in aims.items():
                await client.hears(name, aim)
        self.assert_well()

    async def finish(self):
        """They stop, and each has been told everything, once and in order."""
        self._is_over = True
        await asyncio.gather(*self._talking)
        for client in self.everybody:
            for writer in self.writers:
                await client.hears(writer.name, writer.said)
                assert client.heard[writer.name] == list(range(writer.said)), (
                    client.name, writer.name, client.heard[writer.name][-20:], writer.said)
        return sum(writer.said for writer in self.writers)

    async def cancel(self):
        for talking in self._talking:
            talking.cancel()
        await asyncio.gather(*self._talking, return_exceptions=True)


@contextlib.asynccontextmanager
async def crowd(url, writers=2, readers=2, room="lobby"):
    """Connected, in the room and talking; at the end of the `with`, each must have heard it all."""
    # unittest turns it on, and it takes more time than all else.
    asyncio.get_running_loop().set_debug(False)
    async with contextlib.AsyncExitStack() as stack:
        clients = []
        for number in range(writers + readers):
            socket = await stack.enter_async_context(connect(url, subprotocols=[PROTOCOL]))
            client = Healthy(f"healthy{number}", room, socket)
            stack.push_async_callback(client.leave)
            clients.append(client)
        for client in clients:
            await client.ask(type="join", room=room, name=client.name)
        self = Crowd(clients[:writers], clients[writers:])
        stack.push_async_callback(self.cancel)
        await self.hear_more()
        yield self
        await self.hear_more()
        print(f"{await self.finish()} messages to each of {len(clients)}", flush=True)
