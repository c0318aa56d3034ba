#!/usr/bin/python3
"""Becomes COMMAND (nginx) with a socket that listens on 127.0.0.1:PORT and has TCP_NODELAY, as its clients then have.

    listen.py PORT COMMAND...

nginx itself has no setting that reaches Nchan's connections, and with Nagle's algorithm each message would
wait for the client to acknowledge the last one. It takes sockets over as it does from its own older
process in an upgrade: by the variable NGINX.
"""

import os
import socket
import sys

port, *command = sys.argv[1:]
# The backlog is what nginx takes.
listener = socket.create_server(("127.0.0.1", int(port)), backlog=511)
listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
listener.set_inheritable(True)
os.environ["NGINX"] = f"{listener.fileno()};"
os.execvp(command[0], command)
