#!/usr/bin/python3
"""What systemd says of the units, which it does not start here."""

import glob
import re
import subprocess
import tempfile
import unittest

from tests.process.server import binary, run

# Of 10, which is a service that nothing is kept from. What is left is that it serves the network.
MOST_EXPOSED = 1.5


def analyze(*arguments):
    return subprocess.run(["systemd-analyze", *arguments], stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, text=True, check=False)


class UnitsTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        subprocess.run(["packaging/install", "--destdir=" + folder.name, "--prefix=/usr"],
                       check=True, env={"PATH": "/usr/bin:/bin", "FANFARE_ROOT": "."})
        self.root = folder.name
        self.units = sorted(glob.glob(self.root + "/usr/lib/systemd/system/*"))
        self.assertEqual([unit.rpartition(".")[2] for unit in self.units], ["service", "socket"])
        with open(self.units[0], encoding="utf-8") as service:
            self.service = service.read()

    def setting(self, name):
        return re.search(rf"^{name}=(.*)$", self.service, re.MULTILINE)[1]

    def test_systemd_has_nothing_to_say_against_them(self):
        # As if this were the root.
        with open(self.units[0], "w", encoding="utf-8") as service:
            service.write(self.service.replace("=/usr/bin/", f"={self.root}/usr/bin/"))
        result = analyze("verify", "--man=no", *self.units)
        self.assertEqual((result.returncode, result.stdout), (0, ""))

    def test_a_mistake_in_them_would_be_found(self):
        with open(self.units[0], "a", encoding="utf-8") as service:
            service.write("[Service]\nProtectSistem=strict\n")
        self.assertIn("ProtectSistem", analyze("verify", "--man=no", *self.units).stdout)

    def test_little_is_left_to_the_service(self):
        result = analyze("security", "--offline=true", f"--threshold={round(MOST_EXPOSED * 10)}",
                         "--no-pager", self.units[0])
        self.assertEqual(result.returncode, 0, result.stdout)

    def test_its_system_calls_have_io_uring(self):
        self.assertIn("@aio", analyze("syscall-filter", "@system-service").stdout.split())
        self.assertIn("io_uring_enter", analyze("syscall-filter", "@aio").stdout.split())
        self.assertIn("@system-service", self.setting("SystemCallFilter"))

    def test_it_has_the_time_that_a_stop_takes(self):
        config = run("--print_config").stdout
        shutdown = int(re.search(r'"shutdown_seconds": (\d+)', config)[1])
        # And the log's.
        self.assertGreater(int(self.setting("TimeoutStopSec").rstrip("s")), shutdown + 2)

    def test_the_paths_are_those_of_the_prefix(self):
        self.assertEqual(self.setting("ExecStart"),
                         "/usr/bin/fanfare --config=/etc/fanfare/fanfare.json")
        self.assertNotIn("@bindir@", self.service)
        version = subprocess.run([self.root + "/usr/bin/fanfare", "--version"], text=True,
                                 stdout=subprocess.PIPE, check=True).stdout
        self.assertEqual(version, subprocess.run([binary(), "--version"], text=True,
                                                 stdout=subprocess.PIPE, check=True).stdout)


if __name__ == "__main__":
    unittest.main()
