"""What befalls clients and the machine. Each of these does it once, and returns when it is done."""

import asyncio
import contextlib
import os
import resource
import socket
import struct
import subprocess
import sys

from tests.process.server import DEADLINE_SECONDS

HANDSHAKE = (b"GET /chat HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\n"
             b"Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
             b"Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n")
# A masked text frame of 1,000 bytes (RFC 6455, section 5.2); the mask is zero.
FRAME = b"\x81\xfe" + struct.pack("!H", 1000) + b"\0\0\0\0" + b"x" * 1000
# It begins a message of two such frames.
FRAGMENT = b"\x01" + FRAME[1:]
# TCP_REPAIR of linux/tcp.h: a socket that is closed while it is on says nothing to its peer.
TCP_REPAIR = 19


async def dial(port, handshake=HANDSHAKE):
    """A socket that is a client of /chat, or of what else the handshake asks for."""
    loop = asyncio.get_running_loop()
    client = socket.socket()
    client.setblocking(False)
    await asyncio.wait_for(loop.sock_connect(client, ("127.0.0.1", port)), DEADLINE_SECONDS)
    if handshake is not None:
        await loop.sock_sendall(client, handshake)
        answer = b""
        while not answer.endswith(b"\r\n\r\n"):
            piece = await asyncio.wait_for(loop.sock_recv(client, 1), DEADLINE_SECONDS)
            if not piece:
                raise ConnectionResetError(f"after {answer!r}")
            answer += piece
        if not answer.startswith(b"HTTP/1.1 101 "):
            raise ConnectionRefusedError(answer)
    return client


def reset(client):
    """Ends it as a crash does: what is under way is lost."""
    client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    client.close()


async def reset_in_mid_frame(port):
    """Connections that end where something is half sent."""
    loop = asyncio.get_running_loop()
    for beginning in (HANDSHAKE[:60], b""):
        client = await dial(port, handshake=None)
        await loop.sock_sendall(client, beginning)
        reset(client)
    for beginning in (FRAME[:1], FRAME[:5], FRAME[:500], FRAGMENT, FRAGMENT + FRAME[:9], FRAME):
        client = await dial(port)
        await loop.sock_sendall(client, beginning)
        reset(client)


async def vanish(port, path="/chat"):
    """Connections whose client is gone without a word, as when its machine was switched off."""
    for sent in (b"", FRAME[:500]):
        client = await dial(port, HANDSHAKE.replace(b"/chat", path.encode()))
        await asyncio.get_running_loop().sock_sendall(client, sent)
        client.setsockopt(socket.IPPROTO_TCP, TCP_REPAIR, 1)
        client.close()


async def half_close(port):
    """A client that will say nothing more, in the middle of something, and goes on to read."""
    client = await dial(port)
    await asyncio.get_running_loop().sock_sendall(client, FRAME[:500])
    client.shutdown(socket.SHUT_WR)
    return client


async def talk(port):
    """One that does as it should: it says something, and leaves."""
    client = await dial(port)
    await asyncio.get_running_loop().sock_sendall(client, FRAME)
    client.close()


async def kill(port, clients=20):
    """A process with several clients that talk all the time is killed with SIGKILL."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", VICTIM, str(port), str(clients), stdout=subprocess.PIPE)
    try:
        line = await asyncio.wait_for(process.stdout.readline(), DEADLINE_SECONDS)
        assert line == b"talking\n", line
    finally:
        process.kill()
        await process.wait()


# It reads nothing, so that the server still has something for it when it dies.
VICTIM = f"""
import socket, sys, time
clients = []
for _ in range(int(sys.argv[2])):
    client = socket.create_connection(("127.0.0.1", int(sys.argv[1])), {DEADLINE_SECONDS})
    client.sendall({HANDSHAKE!r})
    answer = b""
    while not answer.endswith(b"\\r\\n\\r\\n"):
        piece = client.recv(1)
        assert piece, answer
        answer += piece
    assert answer.startswith(b"HTTP/1.1 101 "), answer
    client.setblocking(False)
    clients.append(client)
talked = False
while True:
    for client in clients:
        try:
            client.send({FRAME!r})
        except BlockingIOError:
            pass
    if not talked:
        print("talking", flush=True)
        talked = True
    time.sleep(0.05)
"""


@contextlib.contextmanager
def no_descriptors(pid):
    """The process can open nothing any more, for as long as the `with` lasts."""
    before = resource.prlimit(pid, resource.RLIMIT_NOFILE)
    opened = len(os.listdir(f"/proc/{pid}/fd"))
    resource.prlimit(pid, resource.RLIMIT_NOFILE, (min(opened, 3), before[1]))
    try:
        yield
    finally:
        resource.prlimit(pid, resource.RLIMIT_NOFILE, before)


@contextlib.contextmanager
def little_memory(pid, left=16 << 20):
    """The process gets no more memory than so much, for as long as the `with` lasts."""
    before = resource.prlimit(pid, resource.RLIMIT_AS)
    with open(f"/proc/{pid}/statm", encoding="ascii") as statm:
        has = int(statm.read().split()[0]) * os.sysconf("SC_PAGE_SIZE")
    resource.prlimit(pid, resource.RLIMIT_AS, (has + left, before[1]))
    try:
        yield
    finally:
        resource.prlimit(pid, resource.RLIMIT_AS, before)


async def hoard(port, clients=300):
    """Clients that together have the server hold more than that, and then go."""
    loop = asyncio.get_running_loop()
    held = [await dial(port) for _ in range(clients)]
    # A message of a megabyte that lacks its end.
    most = b"\x81\xff" + struct.pack("!Q", 1_000_000) + b"\0\0\0\0" + b"x" * 990_000

    async def send(client):
        # It may be ended on the way.
        with contextlib.suppress(OSError):
            await asyncio.wait_for(loop.sock_sendall(client, most), DEADLINE_SECONDS)

    await asyncio.gather(*map(send, held))
    for client in held:
        client.close()
