"""A network that breaks: a TCP proxy whose connections are cut as the test wishes."""

import asyncio
import socket
import struct

HOW = ("reset", "end", "half", "stall")


class Proxy:
    """Forwards to a port of this machine. Each connection may be cut:

    reset  both ends get an RST: what is under way is lost
    end    both get the end of the stream, without a close frame, perhaps within a frame
    half   the client's end is reset; the server's stays, and notices nothing
    stall  nothing is forwarded any more, and later both are reset
    """

    def __init__(self, port):
        self._port = port
        self._pairs = []
        self._open = set()
        # Whether whoever connects is reset at once.
        self.is_shut = False

    async def __aenter__(self):
        self._server = await asyncio.start_server(self._accept, "127.0.0.1", 0)
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(self, *_):
        self._server.close()
        for pair in list(self._pairs):
            pair.end("reset")
        for task in list(self._open):
            task.cancel()
        await asyncio.gather(*self._open, return_exceptions=True)

    def url(self, path):
        return f"ws://127.0.0.1:{self.port}{path}"

    def pairs(self):
        """The connections that are not cut."""
        return [pair for pair in self._pairs if not pair.is_cut]

    def cut(self, pair, how):
        pair.end(how)

    def shut(self):
        """Resets all connections, and those to come until `is_shut` is taken back."""
        self.is_shut = True
        for pair in self.pairs():
            pair.end("reset")

    async def _accept(self, reader, writer):
        self._open.add(asyncio.current_task())
        pair = None
        try:
            to_server = await asyncio.open_connection("127.0.0.1", self._port)
            pair = Pair((reader, writer), to_server)
            self._pairs.append(pair)
            if not self.is_shut:
                await pair.run()
        except OSError:
            # The server is gone, or the client is, already.
            writer.transport.abort()
        finally:
            if pair is not None:
                pair.end("reset")
                self._pairs.remove(pair)
            self._open.discard(asyncio.current_task())


class Pair:
    def __init__(self, client, server):
        self.is_cut = False
        self._client = client
        self._server = server
        # Whether what comes is thrown away.
        self._stalled = False

    async def run(self):
        await asyncio.gather(self._pump(self._client[0], self._server[1]),
                             self._pump(self._server[0], self._client[1]))

    async def _pump(self, reader, writer):
        try:
            while data := await reader.read(65536):
                if not self._stalled:
                    writer.write(data)
                    await writer.drain()
        except OSError:
            pass
        if not self._stalled:
            writer.close()

    def end(self, how):
        self.is_cut = True
        if how == "stall":
            self._stalled = True
            asyncio.get_running_loop().call_later(0.05, self.end, "reset")
        elif how == "half":
            self._stalled = True
            reset(self._client[1])
        elif how == "end":
            self._client[1].close()
            self._server[1].close()
        else:
            reset(self._client[1])
            reset(self._server[1])


def reset(writer):
    raw = writer.transport.get_extra_info("socket")
    if raw is not None and raw.fileno() >= 0:
        raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    writer.transport.abort()
