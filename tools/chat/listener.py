"""What a client tells whoever uses it."""


class Refused(Exception):
    """The server's error; its message, `code`, and the `frame`."""

    def __init__(self, frame):
        super().__init__(frame["message"])
        self.code = frame["code"]
        self.frame = frame


class NotConnected(Exception):
    """There was no connection, or it was lost before the answer came."""


class Listener:
    """All of it is called on the client's loop, and does nothing here."""

    def on_frame(self, frame):
        """A frame came: every one, before anything else is told of it."""

    def on_connected(self, resumed):
        """Frames can be sent; `resumed` is whether the identity is that of the last connection."""

    def on_lost(self, why, retry_in):
        """The connection is lost, or the attempt failed; the next is made in so many seconds."""

    def on_joined(self, room, how, missed):
        """A room was joined: see Room.enter. `missed` events follow, or None knows how many."""

    def on_event(self, room, event, is_new):
        """An event of a room: each once, in order. Not `is_new`: of the history before us."""

    def on_presence(self, room, joined, left):
        """These names came and went; room.count is what is left."""

    def on_typing(self, room, member, seconds):
        """A member is typing for so many seconds more; 0 is not any more."""

    def on_direct(self, frame):
        """A direct message to us."""

    def on_error(self, error):
        """An error of the server that belongs to nothing we wait for, or ends our stay in a room."""
