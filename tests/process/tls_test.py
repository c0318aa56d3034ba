#!/usr/bin/python3
"""TLS: what it needs of the configuration, who is shown what, and who is refused."""

import http.client
import os
import pathlib
import signal
import socket
import ssl
import unittest

from tests.process.certificates import Certificates, SecureServer
from tests.process.server import DEADLINE_SECONDS, ConfigFile, Server, run


def connected(server, context, name="localhost"):
    """A socket whose handshake is done."""
    raw = socket.create_connection(("127.0.0.1", server.secure_port), DEADLINE_SECONDS)
    try:
        return context.wrap_socket(raw, server_hostname=name)
    except BaseException:
        raw.close()
        raise


def names(tls):
    return [value for kind, value in tls.getpeercert()["subjectAltName"] if kind == "DNS"]


def end_of(raw):
    """What comes until the end of the connection."""
    raw.settimeout(DEADLINE_SECONDS)
    answer = b""
    try:
        while part := raw.recv(65536):
            answer += part
    except ConnectionResetError:
        pass
    return answer


class ConfigTest(unittest.TestCase):
    def assert_error(self, problem, config, *flags):
        with ConfigFile(config) as file_flags:
            file = file_flags[0].partition("=")[2]
            for how in ["--config=", "--check_config="]:
                result = run(how + file, *flags)
                self.assertEqual((result.stderr, result.stdout, result.returncode),
                                 (f"server: {file}: {problem}\n", "", 1))

    def test_an_address_and_a_certificate_need_each_other(self):
        self.assert_error("listen[1]: https:// needs a certificate: tls.certificates is empty",
                          {"listen": ["localhost:0", "https://localhost:0"]})
        with Certificates() as certificates:
            tls = {"certificates": [certificates.make("a")]}
            self.assert_error("tls.certificates: there is nobody to show them to: no address of "
                              "listen begins with https://", {"tls": tls, "listen": "localhost:0"})
            # Flags win, also here.
            with ConfigFile({"tls": tls}) as flags:
                result = run(*flags, "--listen=https://127.0.0.1:0", "--print_config")
                self.assertEqual((result.stderr, result.returncode), ("", 0))
                self.assertIn('"https://127.0.0.1:0"', result.stdout)

    def test_what_is_wrong_with_a_file_is_said(self):
        with Certificates() as certificates:
            one, two = certificates.make("one"), certificates.make("two")
            for files, problem in [
                    ({**one, "key": two["key"]},
                     f"key: {two['key']}: is not the key of {one['certificate']}"),
                    ({**one, "certificate": "/nowhere.pem"},
                     "certificate: can not open /nowhere.pem: No such file or directory"),
                    ({**one, "certificate": one["key"]},
                     f"certificate: {one['key']}: expected certificates in PEM: no start line"),
            ]:
                self.assert_error("tls.certificates[0]." + problem,
                                  {"listen": "https://127.0.0.1:0",
                                   "tls": {"certificates": [files]}})


class HandshakeTest(unittest.TestCase):
    def test_the_certificate_is_that_of_the_name(self):
        with Certificates() as certificates:
            files = [certificates.make("one", "one.example", "localhost"),
                     certificates.make("two", "two.example", "*.two.example")]
            trust = certificates.trust("one", "two")
            with SecureServer(certificates=files) as server:
                for name, shown in [("one.example", "one.example"), ("localhost", "one.example"),
                                    ("two.example", "two.example"),
                                    ("sub.two.example", "two.example")]:
                    with connected(server, trust, name) as tls:
                        self.assertEqual(names(tls)[0], shown)
                # Who asks for another is shown the first, and need not like it.
                with self.assertRaisesRegex(ssl.SSLError, "Hostname mismatch"):
                    connected(server, trust, "three.example")

    def test_only_new_versions_and_good_ciphers(self):
        with Certificates() as certificates:
            files = [certificates.make("a")]
            old = certificates.trust("a")
            # Debian's client would not even try, otherwise.
            old.set_ciphers("ALL:@SECLEVEL=0")
            old.minimum_version = ssl.TLSVersion.TLSv1
            old.maximum_version = ssl.TLSVersion.TLSv1_1
            weak = certificates.trust("a")
            weak.maximum_version = ssl.TLSVersion.TLSv1_2
            weak.set_ciphers("AES128-SHA:ECDHE-ECDSA-AES128-SHA")
            with SecureServer(certificates=files) as server:
                with self.assertRaisesRegex(ssl.SSLError, "(?i)protocol.version"):
                    connected(server, old)
                with self.assertRaisesRegex(ssl.SSLError, "(?i)handshake.failure"):
                    connected(server, weak)
                for version in [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3]:
                    new = certificates.trust("a")
                    new.minimum_version = new.maximum_version = version
                    new.set_alpn_protocols(["h2", "http/1.1"])
                    with connected(server, new) as tls:
                        self.assertRegex(tls.cipher()[0], "GCM|CHACHA20")
                        self.assertEqual(tls.selected_alpn_protocol(), "http/1.1")
                server.wait_log("warn 127.0.0.1:\\d+ failed at TLS: unsupported protocol")
                server.stop()
                self.assertRegex(server.log[-1], r"\btls_handshakes=2 tls_failures=2\b")

    def test_the_oldest_version_can_be_set(self):
        with Certificates() as certificates:
            files = [certificates.make("a")]
            old = certificates.trust("a")
            old.maximum_version = ssl.TLSVersion.TLSv1_2
            server = SecureServer(certificates=files)
            server._config._config["tls"]["min_version"] = "1.3"  # pylint: disable=protected-access
            with server:
                with self.assertRaisesRegex(ssl.SSLError, "(?i)protocol.version"):
                    connected(server, old)


    def test_a_key_that_all_may_read_is_told_of(self):
        with Certificates() as certificates:
            files = certificates.make("a")
            for mode, is_told in [(0o600, False), (0o640, False), (0o644, True)]:
                os.chmod(files["key"], mode)
                with SecureServer(certificates=[files]) as server:
                    self.assertEqual(server.stop(), 0)
                line = (f'warn "{files["key"]}" has a private key, and every user of this machine '
                        "may read it: chmod o-r")
                self.assertEqual(line in server.log, is_told, server.log)


class ReloadTest(unittest.TestCase):
    def test_new_certificates_are_shown_and_nobody_is_dropped(self):
        certificates = self.enterContext(Certificates())
        files = certificates.make("a", "old.example", "localhost")
        trust = certificates.trust("a")
        with ConfigFile({"listen": "https://127.0.0.1:0",
                         "tls": {"certificates": [files]}}) as flags:
            with Server(*flags, listen=None) as server:
                server.secure_port = server.port
                with connected(server, trust) as before:
                    self.assertEqual(names(before)[0], "old.example")
                    # As certbot does: the same files, renewed.
                    certificates.make("a", "new.example", "localhost")
                    server.send_signal(signal.SIGHUP)
                    server.wait_log("the new configuration is in place")
                    with connected(server, certificates.trust("a")) as after:
                        self.assertEqual(names(after)[0], "new.example")
                    before.sendall(b"GET /nowhere HTTP/1.1\r\nHost: localhost\r\n\r\n")
                    self.assertRegex(before.recv(1000), rb"HTTP/1.1 404")
                    # What is half written changes nothing.
                    pathlib.Path(files["key"]).write_text("", encoding="ascii")
                    server.send_signal(signal.SIGHUP)
                    server.wait_log(r"the configuration stays as it was: .*tls\.certificates\[0\]\.key")
                    with connected(server, certificates.trust("a")) as after:
                        self.assertEqual(names(after)[0], "new.example")


class StrangerTest(unittest.TestCase):
    """Who does not speak TLS where TLS is spoken."""

    def setUp(self):
        certificates = self.enterContext(Certificates())
        self.server = self.enterContext(SecureServer(
            certificates=[certificates.make("a")], config={"limits": {"handshake_seconds": 2}}))
        self.trust = certificates.trust("a")

    def raw(self):
        connection = socket.create_connection(("127.0.0.1", self.server.secure_port),
                                              DEADLINE_SECONDS)
        self.addCleanup(connection.close)
        return connection

    def counters(self):
        self.server.stop()
        return dict(pair.split("=") for pair in self.server.log[-1].split() if "=" in pair)

    def test_plain_http_is_told_what_is_spoken(self):
        connection = http.client.HTTPConnection("127.0.0.1", self.server.secure_port,
                                                timeout=DEADLINE_SECONDS)
        connection.request("GET", "/chat")
        answer = connection.getresponse()
        self.assertEqual(answer.status, 400)
        self.assertIn(b"this port speaks TLS: use https://, or wss://", answer.read())
        connection.close()
        counters = self.counters()
        self.assertEqual(counters["requests_refused"], "1")
        self.assertNotIn("tls_failures", counters)

    def test_garbage_ends_that_connection_alone(self):
        with connected(self.server, self.trust) as good:
            for garbage in [b"\x00" * 100, b"SSH-2.0-OpenSSH_9.2\r\n", b"\x16\x03\x01\xff\xff" * 99]:
                raw = self.raw()
                raw.sendall(garbage)
                self.assertNotIn(b"HTTP", end_of(raw))
            # A session that is open already, and breaks.
            raw = self.raw()
            broken = self.trust.wrap_socket(raw.dup(), server_hostname="localhost")
            raw.sendall(b"\x17\x03\x03\x00\x40" + b"x" * 64)
            end_of(raw)
            broken.close()
            good.sendall(b"GET /nowhere HTTP/1.1\r\nHost: localhost\r\n\r\n")
            self.assertRegex(good.recv(1000), rb"HTTP/1.1 404")
        self.assertEqual(self.counters()["tls_failures"], "4")

    def test_tls_where_plain_text_is_spoken(self):
        raw = socket.create_connection(("127.0.0.1", self.server.port), DEADLINE_SECONDS)
        with self.assertRaises(ssl.SSLError):
            self.trust.wrap_socket(raw, server_hostname="localhost")
        raw.close()

    def test_a_handshake_that_stops_is_cut(self):
        silent, begun = self.raw(), self.raw()
        begun.sendall(b"\x16\x03\x01\x02\x00\x01")
        self.assertEqual(end_of(silent), b"")
        self.assertEqual(end_of(begun), b"")
        with connected(self.server, self.trust) as tls:
            # The request has what is left of the time.
            tls.sendall(b"GET /chat HTTP/1.1\r\n")
            self.assertEqual(end_of(tls), b"")
        self.assertEqual(self.counters()["handshake_timeouts"], "3")


if __name__ == "__main__":
    unittest.main()
