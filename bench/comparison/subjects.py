"""The servers that are compared, as processes."""

import contextlib
import dataclasses
import os
import pathlib
import re
import signal
import socket
import subprocess
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
START = str(ROOT / "bench" / "peers" / "start")

# The first start of some peers compiles them.
PREPARE_SECONDS = 300
START_SECONDS = 30
STOP_SECONDS = 3
# How `start` says that a peer's packages are not there.
SKIPPED_STATUS = 3

LISTENING = re.compile(r"\blistening\b")
# A program that ends with whoever started it, even if that was killed.
BOUND = ["setpriv", "--pdeathsig", "KILL", "--"]


class NotStarted(Exception):
    """Why a server does not serve."""


class Skipped(NotStarted):
    """It can not be had here."""


@dataclasses.dataclass(frozen=True)
class Subject:
    name: str
    # With {port} and {cpu} to be filled in.
    command: tuple
    # The path of a room, with {room} if there are rooms.
    path: str
    versions: str = ""

    def has_rooms(self):
        return "{room}" in self.path


def fanfare(server, threads=1):
    """Fanfare, once for each way to send that it knows."""
    usage = subprocess.run([server, "--help"], capture_output=True, text=True, check=False).stdout
    command = (server, "--listen=127.0.0.1:{port}", f"--threads={threads}")
    # taskset does for it what `start` does for the peers.
    pinned = ("taskset", "--cpu-list", "{cpu}", *command)
    if "--egress " not in usage:
        return [Subject("fanfare", pinned, "/chat/{room}")]
    return [Subject(f"fanfare-{egress}", (*pinned, f"--egress={egress}"), "/chat/{room}")
            for egress in ("io_uring", "syscalls")]


def peers():
    def lines(option):
        output = subprocess.run([START, option], capture_output=True, text=True, check=True).stdout
        return [line.split("\t") for line in output.splitlines()]

    versions = dict(lines("--versions"))
    return [Subject(name, (START, name, "--port={port}", "--cpu={cpu}"), path, versions[name])
            for name, path, _ in lines("--list")]


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def descendants(pid):
    """A process and its children, and theirs."""
    pids = [pid]
    for parent in pids:
        with contextlib.suppress(OSError):
            for children in pathlib.Path(f"/proc/{parent}/task").glob("*/children"):
                pids += map(int, children.read_text(encoding="ascii").split())
    return pids


def end_group(process):
    """Ends a process that has a session of its own, and whatever it started."""
    for sign, seconds in ((signal.SIGTERM, STOP_SECONDS), (signal.SIGKILL, None)):
        # The group may live on without the process, so it is signalled in any case.
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, sign)
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(seconds)


class Server:
    """A subject that serves, for as long as the `with` lasts: `url`, `pids` and `ended()`."""

    def __init__(self, subject, cpu, seconds=START_SECONDS):
        self._subject = subject
        self._cpu = cpu
        self._seconds = seconds

    def __enter__(self):
        port = free_port()
        self.url = f"ws://127.0.0.1:{port}{self._subject.path}"
        command = [part.format(port=port, cpu=self._cpu) for part in self._subject.command]
        # A file, as nobody reads a pipe while the server is measured.
        self._log = tempfile.TemporaryFile("w+", encoding="utf-8", errors="replace")
        self._process = subprocess.Popen(
            BOUND + command, stdin=subprocess.DEVNULL, stdout=self._log, stderr=subprocess.STDOUT,
            start_new_session=True, cwd=ROOT)
        try:
            self._wait_until_listening()
        except BaseException:
            self.__exit__()
            raise
        self.pids = descendants(self._process.pid)
        return self

    def __exit__(self, *_):
        end_group(self._process)
        self._log.close()

    def _lines(self):
        self._log.seek(0)
        return self._log.read().splitlines()

    def _wait_until_listening(self):
        deadline = time.monotonic() + self._seconds
        while not any(map(LISTENING.search, self._lines())):
            if self._process.poll() is not None:
                self._raise_why()
            if time.monotonic() > deadline:
                raise NotStarted(f"it does not listen after {self._seconds} s")
            time.sleep(0.02)
        # What only waited for the server to listen ends meanwhile.
        time.sleep(0.1)

    def _raise_why(self):
        last = (self._lines() or ["it said nothing"])[-1]
        if self._process.returncode == SKIPPED_STATUS:
            raise Skipped(last.removeprefix("skipped: "))
        raise NotStarted(f"it ended with status {self._process.returncode}: {last}")

    def ended(self):
        """How the server ended; None while it runs."""
        status = self._process.poll()
        if status is None:
            return None
        last = (self._lines() or ["it said nothing"])[-1]
        how = f"signal {-status}" if status < 0 else f"status {status}"
        return f"the server ended with {how}: {last}"
