#!/usr/bin/python3
"""Python's websockets: what its documentation offers for sending a message to many clients.

    server.py loop PORT         awaits send() for each client: what one writes first
    server.py broadcast PORT    websockets.broadcast() on uvloop: what its page on performance advises

Follows "Broadcasting messages" and "Performance" in the documentation of websockets 10.4.
"""

import asyncio
import sys

import websockets

rooms = {}


async def send_to_each(room, message):
    # A copy: clients come and go while this waits.
    for client in list(room):
        try:
            await client.send(message)
        except websockets.ConnectionClosed:
            pass


async def send_to_all(room, message):
    websockets.broadcast(room, message)


def handler(send):
    async def serve(client):
        room = rooms.setdefault(client.path, set())
        room.add(client)
        try:
            async for message in client:
                await send(room, message)
        except websockets.ConnectionClosed:
            pass
        finally:
            room.remove(client)
    return serve


async def main(send, port):
    # asyncio and uvloop set TCP_NODELAY themselves. No pings: none of the peers sends any.
    async with websockets.serve(handler(send), "127.0.0.1", port, compression=None,
                                ping_interval=None, max_size=2**20):
        print("listening", flush=True)
        await asyncio.Future()


if __name__ == "__main__":
    form, port_text = sys.argv[1:]
    if form == "broadcast":
        import uvloop
        uvloop.install()
    asyncio.run(main({"loop": send_to_each, "broadcast": send_to_all}[form], int(port_text)))
