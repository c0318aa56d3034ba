"""What a client knows of a room: where it is in its log, and who is there."""

import dataclasses

MOST_AUTHORS = 200


@dataclasses.dataclass
class Room:
    name: str
    # How many events are wanted when it is joined.
    history: int = 0

    # Whether this connection has asked to join it.
    asked: bool = False
    epoch: str | None = None
    # That of the newest event that came.
    offset: int = 0
    # That of our own newest one that was acknowledged, in this epoch; it may be still to come.
    acknowledged: int = 0
    # Up to here, events are what was missed.
    goal: int = 0
    # The oldest that is kept; and the oldest that was shown, which pages go back from.
    first: int = 1
    oldest: int = 1
    count: int = 0
    version: int = 0
    # Session to name, of those whose coming was told.
    names: dict[str, str] = dataclasses.field(default_factory=dict)
    # The same of those who said something lately, the last one last; they may be gone.
    authors: dict[str, str] = dataclasses.field(default_factory=dict)
    # Whether there are more than the first page of them, which came with `joined`.
    more: bool = False

    # Events that came though they had come before, and that did not come though later ones did.
    # The protocol allows neither.
    repeated: int = 0
    skipped: int = 0

    def join_request(self, name):
        request = {"type": "join", "room": self.name, "name": name, "history": self.history}
        if self.epoch is not None:
            request["recover"] = {"epoch": self.epoch, "offset": self.offset}
        return request

    def enter(self, joined):
        """Takes a `joined`; returns how it went and the events to show first.

        `new`: joined for the first time; `recovered`: what was missed follows; `lost`: some of it
        may never come.
        """
        known, was = self.epoch, self.offset
        self.count = joined["count"]
        self.first = joined["first"]
        self._meet(joined["presence"])
        self.goal = joined["offset"]
        if joined["recovered"]:
            return "recovered", []
        self.epoch, self.offset = joined["epoch"], joined["offset"]
        shown = joined["history"]
        if known == self.epoch:
            shown = [event for event in shown if event["offset"] > was]
        if known is None or known != self.epoch:
            self.acknowledged = 0
            self.oldest = shown[0]["offset"] if shown else self.offset + 1
            self.authors.clear()
        self.note_authors(shown)
        return ("new" if known is None else "lost"), shown

    def advance(self, event):
        """Whether an event is one that did not come before."""
        offset = event["offset"]
        if offset <= self.offset:
            self.repeated += 1
            return False
        self.skipped += offset - self.offset - 1
        self.offset = offset
        self.note_authors([event])
        return True

    @property
    def caught_up(self):
        return self.offset >= self.goal

    def _meet(self, presence):
        self.version = presence["version"]
        self.more = presence.get("next") is not None
        self.names = {member["session"]: member["name"] for member in presence.get("members", [])}

    def add_members(self, members):
        for member in members:
            self.names.setdefault(member["session"], member["name"])

    def note_authors(self, events):
        for event in events:
            author = event["from"]
            self.authors.pop(author["session"], None)
            self.authors[author["session"]] = author["name"]
            if len(self.authors) > MOST_AUTHORS:
                del self.authors[next(iter(self.authors))]

    def has_namesake(self, member):
        """Whether another of those who are there, or said something lately, has a member's name."""
        return any(name == member["name"] and session != member["session"]
                   for known in [self.names, self.authors] for session, name in known.items())

    def change(self, presence, ours):
        """Takes a presence frame; returns the names of who joined and who left, None if it is old.

        We know where we are: our session is in neither. Nor is who was known under this name: the
        first frame after `joined` tells some of them again.
        """
        if presence["version"] <= self.version:
            return None
        self.version, self.count = presence["version"], presence["count"]
        new = {member["session"]: member["name"] for member in presence.get("joined", [])}
        left = presence.get("left", [])
        gone = [self.names.pop(session, "somebody") for session in left if session != ours]
        came = [name for session, name in new.items()
                if session != ours and self.names.get(session) != name]
        self.names.update(new)
        return came, gone
