#!/usr/bin/python3
"""The Debian package, in a root of its own: installed, started, upgraded, removed and purged.

dpkg runs with --root, and the package's scripts with DPKG_ROOT, as when Debian makes an image: with no
system but this one's programs, and no systemd that runs.
"""

import asyncio
import contextlib
import glob
import http.client
import os
import re
import socket
import subprocess
import sys
import tempfile
import unittest

from tests.process.client import connect, receive
from tests.process.server import DEADLINE_SECONDS
from tests.process.service import Manager, listening

# dpkg wants to be root; where the test is not, it is in a name space of its own.
if os.geteuid() != 0:
    os.execvp("unshare", ["unshare", "--map-root-user", sys.executable, *sys.argv])

CONFIG = "/etc/fanfare/fanfare.json"
LINKS = ["/etc/systemd/system/multi-user.target.wants/fanfare.service",
         "/etc/systemd/system/sockets.target.wants/fanfare.socket"]
PATH = {"PATH": "/usr/sbin:/usr/bin:/sbin:/bin"}


def output(*command, **options):
    return subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True, env=PATH,
                          timeout=DEADLINE_SECONDS * 5, **options).stdout


def package():
    (file,) = glob.glob("packaging/fanfare_*_*.deb")
    return file


def field(name):
    return output("dpkg-deb", "--field", package(), name).strip()


class Root:
    """A folder that dpkg takes for a system on which what the package depends on is installed."""

    def __init__(self):
        needed = sorted(set(dependencies()))
        self._folder = tempfile.TemporaryDirectory(dir="/tmp")
        self.path = self._folder.name
        for name in ["etc", "tmp", "var/lib/dpkg/info", "var/lib/dpkg/updates"]:
            os.makedirs(os.path.join(self.path, name))
        self.write("/var/lib/dpkg/status", output("dpkg-query", "--status", *needed))

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._folder.cleanup()

    def file(self, name):
        return self.path + name

    def has(self, name):
        return os.path.lexists(self.file(name))

    def read(self, name):
        with open(self.file(name), encoding="utf-8") as file:
            return file.read()

    def write(self, name, text):
        with open(self.file(name), "w", encoding="utf-8") as file:
            file.write(text)

    def dpkg(self, *arguments):
        result = subprocess.run(
            ["dpkg", "--root=" + self.path, "--force-script-chrootless", "--force-confold",
             *arguments], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False,
            env=PATH | {"DEBIAN_FRONTEND": "noninteractive"})
        if result.returncode != 0:
            raise AssertionError(result.stdout)
        return result.stdout

    def status(self):
        return output("dpkg-query", "--admindir=" + self.file("/var/lib/dpkg"), "--show",
                      "--showformat=${db:Status-Status} ${Version}", "fanfare")


def dependencies():
    """The installed package that satisfies each entry of Depends."""
    installed = providers()
    return [next(installed[name] for name in re.findall(r"([^\s|(]+)(?: \([^)]*\))?", alternatives)
                 if name in installed)
            for alternatives in field("Depends").split(", ")]


def providers():
    """The installed package of each name, which may be one that others provide."""
    found = {}
    for line in output("dpkg-query", "--show", "--showformat=${db:Status-Status}\t${Package}\t"
                       "${Provides}\n").splitlines():
        status, name, provides = line.split("\t")
        if status == "installed":
            found |= {other: name for other in re.findall(r"(?:^|, )([^\s,]+)", provides)}
            found[name] = name
    return found


def next_version(folder, config):
    """The package of a later version, whose configuration is another."""
    tree = os.path.join(folder, "tree")
    output("dpkg-deb", "--raw-extract", package(), tree)
    control = os.path.join(tree, "DEBIAN/control")
    with open(control, encoding="utf-8") as file:
        text = file.read()
    version = field("Version") + "+next"
    with open(control, "w", encoding="utf-8") as file:
        file.write(re.sub("^Version: .*$", "Version: " + version, text, flags=re.MULTILINE))
    with open(tree + CONFIG, "w", encoding="utf-8") as file:
        file.write(config)
    output("dpkg-deb", "-Znone", "--build", tree, folder)
    (file,) = glob.glob(folder + "/*.deb")
    return file, version


@contextlib.contextmanager
def others():
    """What else may listen on a machine: Prometheus's node exporter, and somebody at our own port."""
    with contextlib.ExitStack() as stack:
        for port in [9100, 8081]:
            taken = stack.enter_context(socket.socket())
            taken.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            # It may be taken already, by such a one.
            with contextlib.suppress(OSError):
                taken.bind(("127.0.0.1", port))
                taken.listen()
        yield


class PackageTest(unittest.TestCase):
    def test_it_depends_on_what_its_program_is_linked_with(self):
        with tempfile.TemporaryDirectory() as folder:
            output("dpkg-deb", "--extract", package(), folder)
            program = folder + "/usr/bin/fanfare"
            needed = re.findall(r"NEEDED +(\S+)", output("objdump", "--private-headers", program))
            paths = dict(re.findall(r"^\s+(\S+) => (/\S+)", output("ldd", program), re.MULTILINE))
        self.assertIn("libsystemd.so.0", needed)
        # The other name is as the package has it, where /lib is /usr/lib. The loader has no path.
        names = {library: {path, os.path.realpath(path), "/usr" + path}
                 for library, path in paths.items() if library in needed}
        self.assertGreaterEqual(len(names), len(needed) - 1)
        found = subprocess.run(["dpkg-query", "--search", *sorted(set().union(*names.values()))],
                               capture_output=True, text=True, check=False).stdout
        owners = {path: owner.partition(":")[0]
                  for owner, path in (line.split(": ") for line in found.splitlines())}
        depends = dependencies()
        for library, places in names.items():
            self.assertIn({owners[path] for path in places if path in owners} & set(depends),
                          [{name} for name in depends], library)

    def test_what_is_in_it(self):
        with tempfile.TemporaryDirectory() as folder:
            output("dpkg-deb", "--raw-extract", package(), folder)
            subprocess.run(["md5sum", "--quiet", "--strict", "--check", "DEBIAN/md5sums"],
                           cwd=folder, check=True)
            # The program has no symbols for a debugger.
            self.assertIn("no symbols", subprocess.run(
                ["nm", folder + "/usr/bin/fanfare"], capture_output=True, text=True,
                check=False).stderr)
        for line in output("dpkg-deb", "--contents", package()).splitlines():
            mode, owner, *_, name = line.split()
            executable = name.endswith(("/", "/fanfare")) and not name.endswith("/doc/fanfare")
            self.assertEqual(owner, "root/root", line)
            self.assertEqual(mode[1:], "rwxr-xr-x" if executable else "rw-r--r--", line)

    def test_the_version_is_what_the_program_says(self):
        self.assertEqual(output(os.environ["SERVER"], "--version"), f"fanfare {field('Version')}\n")

    def test_a_life(self):
        with Root() as root:
            root.dpkg("--install", package())
            self.assertEqual(root.status(), "installed " + field("Version"))
            self.assertRegex(root.read("/etc/passwd"), r"(?m)^fanfare:.*:/usr/sbin/nologin$")
            for link in LINKS:
                self.assertTrue(root.has(os.readlink(root.file(link))), link)
            self.assert_serves(root)

            # The configuration that is there is the administrator's.
            own = root.read(CONFIG).replace('"origins": []', '"origins": ["https://example.com"]')
            root.write(CONFIG, own)
            with tempfile.TemporaryDirectory() as folder:
                later, version = next_version(folder, '{"threads": 1}')
                root.dpkg("--install", later)
                self.assertEqual(root.status(), "installed " + version)
                self.assertEqual(root.read(CONFIG), own)
                self.assertEqual(root.read(CONFIG + ".dpkg-dist"), '{"threads": 1}')
                self.assert_serves(root)

            root.dpkg("--remove", "fanfare")
            self.assertFalse(root.has("/usr/bin/fanfare"))
            self.assertFalse(root.has("/lib/systemd/system/fanfare.service"))
            self.assertEqual(root.read(CONFIG), own)

            root.dpkg("--purge", "fanfare")
            self.assertFalse(root.has("/etc/fanfare/fanfare.json"))
            self.assertEqual([link for link in LINKS if root.has(link)], [])
            self.assertFalse(root.has("/usr/share/doc/fanfare"))

    def test_a_configuration_that_nobody_touched_is_replaced(self):
        with Root() as root, tempfile.TemporaryDirectory() as folder:
            root.dpkg("--install", package())
            later, _ = next_version(folder, '{"threads": 1}')
            root.dpkg("--install", later)
            self.assertEqual(root.read(CONFIG), '{"threads": 1}')

    def test_what_an_administrator_disabled_stays_so(self):
        with Root() as root, tempfile.TemporaryDirectory() as folder:
            root.dpkg("--install", package())
            for link in LINKS:
                os.remove(root.file(link))
            root.dpkg("--install", next_version(folder, "{}")[0])
            self.assertEqual([link for link in LINKS if root.has(link)], [])

    def assert_serves(self, root):
        """What the unit would start, with its socket."""
        unit = root.read("/lib/systemd/system/fanfare.service")
        program, *flags = re.search("^ExecStart=(.*)$", unit, re.MULTILINE)[1].split()
        flags = [flag.replace("=/etc/", f"={root.path}/etc/") for flag in flags]
        with listening() as passed, others(), Manager([("fanfare", passed)]) as manager, \
                manager.server(*flags, program=root.file(program)) as server:
            manager.wait_told("READY")
            self.assertEqual(server.port, passed.getsockname()[1])
            admin = server.wait_log(r"for operators: http://127.0.0.1:(\d+)/")[0][1]
            for port, path in [(server.port, "/"), (int(admin), "/healthz")]:
                client = http.client.HTTPConnection("127.0.0.1", port, timeout=DEADLINE_SECONDS)
                client.request("GET", path)
                self.assertEqual(client.getresponse().status, 200, path)
                client.close()
            asyncio.run(self.chat(server))
            self.assertEqual(server.stop(), 0)

    async def chat(self, server):
        async with connect(server.url("/chat")) as client:
            await client.send("hello")
            self.assertEqual(await receive(client), "hello")


if __name__ == "__main__":
    unittest.main()
