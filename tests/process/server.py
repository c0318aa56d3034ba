"""The server as a process: starts it, reads its log and stops it.

Every wait has a deadline, and fails with the log that was read until then.
"""

import contextlib
import faulthandler
import json
import os
import re
import resource
import signal
import subprocess
import tempfile
import threading
import time

# For whatever must happen; long, because a machine may be busy.
DEADLINE_SECONDS = 20

LISTENING = re.compile(r"listening on https?://(\S+)/ \(WebSocket: wss?://\1/\)")
ROUTE = re.compile(r"info   (/\S*) +(\S+)")
# The last line of the start.
STARTED = re.compile(r"shards: \d+, egress: \w+")

# A test that hangs nevertheless says where, before Bazel ends it.
faulthandler.dump_traceback_later(int(os.environ.get("TEST_TIMEOUT", 60)) - 5, exit=True)


def binary():
    return os.environ["SERVER"]


def run(*flags, config=None):
    """Runs a server that must end by itself; the result has returncode, stdout and stderr."""
    with ConfigFile(config) as config_flags:
        return subprocess.run([binary(), *config_flags, *flags], capture_output=True, text=True,
                              stdin=subprocess.DEVNULL, timeout=DEADLINE_SECONDS, check=False)


class ConfigFile:
    """The flag for a configuration, in a file for as long as the `with` lasts; none for None.

    A string is written as it is, everything else as JSON.
    """

    def __init__(self, config):
        self._config = config
        self._file = None

    def __enter__(self):
        if self._config is None:
            return []
        text = self._config if isinstance(self._config, str) else json.dumps(self._config)
        self._file = tempfile.NamedTemporaryFile("w", suffix=".json", encoding="utf-8")
        self._file.write(text)
        self._file.flush()
        return ["--config=" + self._file.name]

    def __exit__(self, *_):
        if self._file is not None:
            self._file.close()


class Server:
    """A running server, killed at the end of the `with` if it still runs then.

    It listens at a free port of 127.0.0.1, unless `listen` is None. `descriptors`: how many files
    it may have open. `command`: what starts it, if it is not started by itself; `env`: what it finds
    in its environment besides; `pass_fds`: as of subprocess.Popen. `log_file`: where its log goes,
    if it is not read as it comes.
    """

    # pylint: disable=too-many-instance-attributes

    def __init__(self, *flags, config=None, listen="127.0.0.1:0", descriptors=None, command=None,
                 env=None, pass_fds=(), log_file=None):
        self._flags = list(flags)
        if listen is not None:
            self._flags.append("--listen=" + listen)
        self._config = ConfigFile(config)
        self._descriptors = descriptors
        self._command = command or [binary()]
        self._environment = os.environ | (env or {})
        self._pass_fds = pass_fds
        self._log_file = log_file
        self._changed = threading.Condition()
        self._ended = False
        self._lines = []

    def __enter__(self):
        with self._config as config_flags, contextlib.ExitStack() as stack:
            log = subprocess.PIPE
            if self._log_file is not None:
                log = stack.enter_context(open(self._log_file, "ab"))
            self._process = subprocess.Popen(
                [*self._command, *config_flags, *self._flags], stdin=subprocess.DEVNULL,
                stdout=log, stderr=subprocess.STDOUT, preexec_fn=self._limit,
                env=self._environment, pass_fds=self._pass_fds)
            self._reader = threading.Thread(target=self._read, daemon=True)
            self._reader.start()
            try:
                self.wait_log(STARTED)
            except BaseException:
                self.__exit__()
                raise
        return self

    def __exit__(self, *_):
        if self._process.poll() is None:
            self._process.kill()
        self._process.wait()
        self._reader.join()
        if self._process.stdout is not None:
            self._process.stdout.close()

    def _limit(self):
        if self._descriptors is not None:
            resource.setrlimit(resource.RLIMIT_NOFILE, (self._descriptors, self._descriptors))

    def _log_lines(self):
        if self._log_file is None:
            yield from self._process.stdout
            return
        with open(self._log_file, "rb") as log:
            line = b""
            while True:
                has_ended = self._process.poll() is not None
                line += log.readline()
                if line.endswith(b"\n") or (has_ended and line):
                    yield line
                    line = b""
                elif has_ended:
                    return
                else:
                    # Nothing tells when a file has more.
                    time.sleep(0.01)

    def _read(self):
        for line in self._log_lines():
            with self._changed:
                self._lines.append(line.decode("utf-8", "backslashreplace").rstrip("\n"))
                self._changed.notify_all()
        with self._changed:
            self._ended = True
            self._changed.notify_all()

    @property
    def raw_log(self):
        """The lines so far, as they are."""
        with self._changed:
            return list(self._lines)

    @property
    def log(self):
        """The lines so far, without their times: "info 127.0.0.1:5 connected"."""
        return [line.partition(" ")[2] for line in self.raw_log]

    def wait_log(self, pattern, count=1):
        """Waits until `count` lines or more have the pattern in them; returns their matches."""
        pattern = re.compile(pattern)
        deadline = time.monotonic() + DEADLINE_SECONDS
        with self._changed:
            while True:
                matches = [match for match in map(pattern.search, self._lines) if match]
                if len(matches) >= count:
                    return matches
                left = deadline - time.monotonic()
                if self._ended or left <= 0:
                    log = "\n".join(self._lines[-50:])
                    raise AssertionError(
                        f"{len(matches)} of {count} lines with {pattern.pattern!r} are in the log, "
                        f"which ends with:\n{log}")
                self._changed.wait(left)

    @property
    def routes(self):
        """What it serves, by its log: pattern to name."""
        return {match[1]: match[2] for match in map(ROUTE.fullmatch, self.log) if match}

    @property
    def addresses(self):
        """Where it listens: "127.0.0.1:PORT"."""
        return [match[1] for match in map(LISTENING.search, self.raw_log) if match]

    @property
    def port(self):
        return int(self.addresses[0].rpartition(":")[2])

    def url(self, path, scheme="ws"):
        return f"{scheme}://{self.addresses[0]}{path}"

    @property
    def pid(self):
        return self._process.pid

    def send_signal(self, number):
        self._process.send_signal(number)

    def is_running(self):
        return self._process.poll() is None

    def wait_end(self):
        """Waits until the process has ended and its log is read; returns the exit code."""
        code = self._process.wait(DEADLINE_SECONDS)
        self._reader.join(DEADLINE_SECONDS)
        return code

    def stop(self, number=signal.SIGTERM):
        self.send_signal(number)
        return self.wait_end()
