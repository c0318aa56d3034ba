"""What a person does with a chat, without the terminal: commands in, lines of text out."""

import asyncio
import contextlib

from tools.chat import commands, render
from tools.chat.listener import Listener, NotConnected, Refused

HISTORY = 20
# How often the others are told that somebody goes on typing; each holds for 5 s.
TYPING_SECONDS = 3


class Conversation(Listener):
    """`show` gets every line that is to be seen, as render's; `changed` is called if `status` did.

    `attach` gives it its client before anything happens.
    """

    # pylint: disable=too-many-instance-attributes

    def __init__(self, room, show, changed=lambda: None, history=HISTORY):
        # The one that is spoken in; None is none.
        self.room = room
        self.ended = False
        # Set at the first connection.
        self.begun = asyncio.Event()
        self._client = None
        self._show = show
        self._changed = changed
        self._history = history
        self._status = "connecting"
        # Rooms to offsets: of the newest message, and of our own.
        self._newest = {}
        self._own = {}
        # Room and session to name and the timer that ends it.
        self._typing = {}
        self._told_typing = 0.0
        self._tasks = set()

    def attach(self, client):
        self._client = client
        client.join(self.room, self._history)

    @property
    def status(self):
        """The toolbar's line."""
        parts = [self._status, self.room or "in no room"]
        if self.room in self._client.rooms and self._client.connected:
            parts.append(f"{self._client.rooms[self.room].count} here")
        if self._client.unacknowledged:
            parts.append(f"{self._client.unacknowledged} not acknowledged")
        parts.append(render.typing([name for (room, _), (name, _) in self._typing.items()
                                    if room == self.room]))
        return " · ".join(filter(None, parts))

    def _here(self):
        if self.room is None:
            raise commands.CommandError("you are in no room; /join ROOM enters one")
        return self.room

    async def execute(self, line):
        """Does what a typed line says."""
        if not line.strip():
            return
        try:
            name, arguments = commands.parse(line)
            await getattr(self, "do_" + name)(**arguments)
        except (commands.CommandError, Refused) as error:
            self._show(render.error(str(error)))
        except NotConnected as error:
            self._show(render.error(f"{error}; try again when it is back"))

    def typed(self, text):
        """The input line changed."""
        self._begin(self._tell_typing(text))

    async def _tell_typing(self, text):
        if self.room is None:
            return
        now = asyncio.get_running_loop().time()
        if not text and self._told_typing:
            self._told_typing = 0.0
            await self._client.tell({"type": "typing", "room": self.room, "on": False})
        elif text and not text.startswith("/") and now >= self._told_typing + TYPING_SECONDS:
            self._told_typing = now
            await self._client.tell({"type": "typing", "room": self.room, "on": True})

    async def do_say(self, text):
        # Not awaited: the next line may be typed before this one is acknowledged.
        self._begin(self._publish(self._here(), text))
        # The message itself says that the typing ended.
        self._told_typing = 0.0

    async def _publish(self, room, text):
        try:
            await self._client.publish(room, text)
        except Refused as refused:
            self._show(render.error(str(refused)))
        self._changed()

    async def do_help(self):
        for line in [*commands.HELP.values(), commands.LITERAL]:
            self._show(render.quiet(line))

    async def do_who(self):
        members = await self._client.all_members(self._here())
        for member in sorted(members, key=lambda member: member["name"].casefold()):
            you = " (you)" if member["session"] == self._client.session else ""
            self._show([render.author(member), *render.quiet(f" {render.short_id(member)}{you}")])

    async def do_msg(self, name, text):
        to = {"name": name, "room": self._here()}
        if name.startswith("@"):
            names = self._client.rooms[self.room].names
            found = [session for session in names if session.startswith(name[1:])]
            if len(found) != 1:
                raise commands.CommandError(f"{name} is {'nobody' if not found else 'several'} here")
            to = {"session": found[0]}
        await self._client.request({"type": "direct", "to": to, "text": text})
        self._show(render.quiet(f"to {name} alone: {text}"))

    async def do_edit(self, target, text):
        await self._about(target or self._own.get(self.room), type="edit", text=text)

    async def do_delete(self, target):
        await self._about(target or self._own.get(self.room), type="delete")

    async def do_react(self, target, key):
        await self._about(target or self._newest.get(self.room), type="react", key=key)

    async def do_unreact(self, target, key):
        await self._about(target or self._newest.get(self.room), type="react", key=key, on=False)

    async def _about(self, target, **frame):
        room = self._here()
        if target is None:
            raise commands.CommandError("there is no message yet; name one by #N")
        await self._client.request({**frame, "room": room, "target": target})

    async def do_history(self, count):
        room = self._client.rooms[self._here()]
        page = await self._client.request(
            {"type": "history", "room": room.name, "before": room.oldest, "limit": count})
        events = page["events"]
        room.note_authors(events)
        for event in events:
            self._show_event(room, event)
        if events:
            room.oldest = events[0]["offset"]
        if room.oldest <= page["first"]:
            self._show(render.quiet("that is the oldest that is kept"))

    async def do_join(self, room):
        if room in self._client.rooms:
            self._turn_to(room)
        else:
            # on_joined turns to it, if it comes so far.
            await self._client.enter(room, self._history)

    async def do_leave(self):
        left = self._here()
        try:
            await self._client.leave(left)
        finally:
            # Also if it is refused: the server knows nothing of our being there.
            self._turn_to(next(iter(self._client.rooms), None))
        self._show(render.quiet(f"left {left}"))

    def _turn_to(self, room):
        self.room = room
        self._changed()

    async def do_quit(self):
        self.ended = True

    def on_connected(self, resumed):
        if not resumed:
            self._own.clear()
        self._status = "connected"
        self.begun.set()
        self._changed()

    def on_lost(self, why, retry_in):
        if self._status != "connecting again":
            self._show(render.error(f"{why}; connecting again"))
        self._status = "connecting again"
        self._changed()

    def on_joined(self, room, how, missed):
        if how == "new":
            words = render.quiet(f"{room.name}: {room.count} here")
            self._turn_to(room.name)
        elif how == "recovered":
            what = f"; while you were away, {missed} came" if missed else ""
            words = render.quiet(f"{room.name}: back, missed nothing{what}")
        else:
            words = render.error(f"{room.name}: back, some messages may be lost")
        self._show(words)
        if room.more:
            self._begin(self._meet_others(room))
        self._changed()

    def _begin(self, work):
        task = asyncio.create_task(work)
        # The loop holds it only weakly.
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _meet_others(self, room):
        """The names of who is on later pages, so that it can be told who left."""
        await self._client.ready()
        with contextlib.suppress(Refused, NotConnected):
            room.add_members(await self._client.all_members(room.name))

    def on_event(self, room, event, is_new):
        if event["type"] == "message":
            self._newest[room.name] = event["offset"]
            if event["from"]["session"] == self._client.session:
                self._own[room.name] = event["offset"]
            self._end_typing(room.name, event["from"]["session"])
        self._show_event(room, event)

    def _show_event(self, room, event):
        for number, line in enumerate(render.event(event, room.has_namesake(event["from"]))):
            if number == 0 and len(self._client.rooms) > 1:
                line = [*render.quiet(f"[{room.name}] "), *line]
            self._show(line)

    def on_presence(self, room, joined, left):
        if room.name == self.room and (joined or left):
            self._show(render.presence(joined, left, room.count))
        self._changed()

    def on_typing(self, room, member, seconds):
        session = member["session"]
        self._end_typing(room.name, session)
        if seconds and session != self._client.session:
            timer = asyncio.get_running_loop().call_later(
                seconds, self._end_typing, room.name, session)
            self._typing[room.name, session] = (member["name"], timer)
        self._changed()

    def _end_typing(self, room, session):
        _, timer = self._typing.pop((room, session), (None, None))
        if timer is not None:
            timer.cancel()
            self._changed()

    def on_direct(self, frame):
        rooms = self._client.rooms.values()
        for line in render.direct(frame, any(room.has_namesake(frame["from"]) for room in rooms)):
            self._show(line)

    def on_error(self, error):
        self._show(render.error(error["message"]))
        if self.room not in self._client.rooms:
            # It could not be joined, or not again.
            self._turn_to(next(iter(self._client.rooms), None))
