"""Certificates for tests, signed by themselves, and servers that show them."""

import pathlib
import shutil
import ssl
import subprocess
import sys
import tempfile

from tests.process.server import DEADLINE_SECONDS, Server

if shutil.which("openssl") is None:
    # Not skipped: nobody would notice that nothing is tested any more.
    sys.exit("the tests make certificates: apt-get install openssl")


class Certificates:
    """A folder with the certificates that were made, for as long as the `with` lasts."""

    def __enter__(self):
        self._folder = tempfile.TemporaryDirectory()
        self.folder = pathlib.Path(self._folder.name)
        return self

    def __exit__(self, *_):
        self._folder.cleanup()

    def make(self, name, *hosts):
        """NAME.pem and NAME.key for these hosts, or localhost; returns the settings for them."""
        names = ",".join([f"DNS:{host}" for host in hosts or ["localhost"]] + ["IP:127.0.0.1"])
        settings = {"certificate": str(self.folder / f"{name}.pem"),
                    "key": str(self.folder / f"{name}.key")}
        subprocess.run(
            ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256",
             "-nodes", "-days", "2", "-subj", "/CN=test", "-addext", "subjectAltName=" + names,
             "-out", settings["certificate"], "-keyout", settings["key"]],
            check=True, capture_output=True, stdin=subprocess.DEVNULL, timeout=DEADLINE_SECONDS)
        return settings

    def trust(self, *names):
        """A client's context that trusts these."""
        context = ssl.create_default_context()
        for name in names:
            context.load_verify_locations(self.folder / f"{name}.pem")
        return context


class SecureServer(Server):
    """A server that speaks plain text at its first address and TLS at its second."""

    def __init__(self, *flags, certificates, config=None):
        config = {"listen": ["127.0.0.1:0", "https://127.0.0.1:0"], **(config or {}),
                  "tls": {"certificates": certificates}}
        super().__init__(*flags, config=config, listen=None)

    @property
    def secure_port(self):
        return int(self.addresses[1].rpartition(":")[2])

    def secure_url(self, path, scheme="wss", host="127.0.0.1"):
        return f"{scheme}://{host}:{self.secure_port}{path}"
