"""What a service manager is to the server: systemd, as far as a service sees it."""

import contextlib
import os
import socket
import tempfile

from tests.process.server import DEADLINE_SECONDS, Server, binary

# Becomes the server, with the sockets as descriptors 3 and up, as sd_listen_fds(3) says.
START = """
server="$1" sockets="$2"; shift 2
next=3
for socket in ${sockets}; do eval "exec ${next}<&${socket}"; next=$((next + 1)); done
LISTEN_PID=$$ exec "${server}" "$@"
"""


class Manager:
    """What systemd is to a service of Type=notify, as far as the service sees it.

    `sockets`: (name, socket) each, which are passed. They stay open here, too, as systemd keeps them.
    """

    def __init__(self, sockets=(), watchdog_us=None):
        self._folder = tempfile.TemporaryDirectory(dir="/tmp")
        path = os.path.join(self._folder.name, "notify")
        self._told = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self._told.bind(path)
        self._told.settimeout(DEADLINE_SECONDS)
        self._sockets = [passed for _, passed in sockets]
        self._environment = {"NOTIFY_SOCKET": path}
        if sockets:
            self._environment |= {"LISTEN_FDS": str(len(sockets)),
                                  "LISTEN_FDNAMES": ":".join(name for name, _ in sockets)}
        if watchdog_us is not None:
            self._environment["WATCHDOG_USEC"] = str(watchdog_us)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._told.close()
        self._folder.cleanup()

    def server(self, *flags, program=None, **options):
        """A Server that this manager starts; it listens at nothing but what is asked for."""
        numbers = [passed.fileno() for passed in self._sockets]
        command = ["/bin/bash", "-c", START, "start", program or binary(),
                   " ".join(map(str, numbers))]
        return Server(*flags, command=command, pass_fds=numbers, env=self._environment,
                      **({"listen": None} | options))

    def told(self):
        """The next that the server tells: name to value."""
        return dict(line.split("=", 1) for line in self._told.recv(4096).decode().splitlines())

    def is_told_nothing(self, seconds=1):
        """Whether nothing comes for so long, after what was told already."""
        self._told.settimeout(seconds)
        try:
            while True:
                self.told()
        except TimeoutError:
            return True
        finally:
            self._told.settimeout(DEADLINE_SECONDS)

    def wait_told(self, name):
        while name not in (told := self.told()):
            pass
        return told


@contextlib.contextmanager
def listening(host="127.0.0.1"):
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.create_server((host, 0), family=family) as passed:
        yield passed
