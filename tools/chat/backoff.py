"""How long to wait before the next attempt."""

import random


class Backoff:
    """Twice as long each time, up to `most` seconds; and never as long as the others wait.

    A server that comes back must not meet all its clients in one moment, so each delay is
    anywhere between half of what is due and all of it.
    """

    def __init__(self, first=0.25, most=15.0, chance=random.random):
        self._first = first
        self._most = most
        self._chance = chance
        self._attempts = 0

    def next(self):
        due = min(self._most, self._first * 2 ** min(self._attempts, 30))
        self._attempts += 1
        return due * (0.5 + 0.5 * self._chance())

    def reset(self):
        self._attempts = 0
