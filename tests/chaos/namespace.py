"""Runs a test where it may do to the machine what it likes: in name spaces of its own (unshare(1)).

There it is root over its own network, which is a loopback alone, and over its own mounts; whoever
runs the test need not be.
"""

import contextlib
import fcntl
import os
import socket
import struct
import subprocess
import sys
import tempfile

_INSIDE = "CHAOS_IN_NAMESPACE"
# Of linux/sockios.h and linux/if.h.
_SIOCSIFFLAGS = 0x8914
_IFF_UP = 1


def enter():
    """Called first of all; starts the test again inside, unless it is."""
    if _INSIDE not in os.environ:
        os.environ[_INSIDE] = "1"
        os.execvp("unshare", ["unshare", "--map-root-user", "--net", "--mount", sys.executable,
                              *sys.argv])
    with socket.socket() as any_socket:
        fcntl.ioctl(any_socket, _SIOCSIFFLAGS, struct.pack("16sh14x", b"lo", _IFF_UP))


@contextlib.contextmanager
def disk(size):
    """The folder of a disk of its own."""
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={size}", "disk", folder], check=True)
        try:
            yield folder
        finally:
            subprocess.run(["umount", "--lazy", folder], check=True)
