"""What is measured: the flags of //bench/load for each scenario, and the columns of its table."""

import dataclasses

# With --quick no measurement has more connections; rooms and publishers shrink with them.
QUICK_CONNECTIONS = 200


@dataclasses.dataclass(frozen=True)
class Metric:
    """A number in the result of a measurement: its place there, and how a table shows it."""
    path: tuple
    title: str
    # What one shown unit is in the result's unit.
    unit: float = 1
    # Decimals that are shown.
    digits: int = 0


CPU = Metric(("server", "cpu_ns_per_delivery"), "CPU, ns/delivery")
DELIVERIES = Metric(("deliveries_per_s",), "deliveries/s")
P50 = Metric(("latency_us", "p50"), "p50, µs")
P99 = Metric(("latency_us", "p99"), "p99, µs")
MEMORY = Metric(("server", "bytes_per_connection"), "memory, KiB/connection", 1024, 1)
CONNECT_CPU = Metric(("connect", "server_cpu_ns_per_connection"), "CPU, µs/connection", 1000)
CONNECTS = Metric(("connect", "per_s"), "connections/s")

# Which of the two a reader should compare depends on the scenario, so tables show all three.
TRAFFIC = (CPU, DELIVERIES, P99)
# At a fixed rate every server that keeps up delivers the same.
OPEN_LOOP = (CPU, P50, P99)


@dataclasses.dataclass(frozen=True)
class Scenario:
    name: str
    title: str
    what: str
    # Flags of the load; True for a flag without a value.
    load: dict
    metrics: tuple = TRAFFIC
    # A sweep: a flag and its values, each measured by itself; for a plot instead of a table.
    sweep: tuple = ()

    def points(self, quick):
        """The flags of the load for each measurement."""
        flag, values = self.sweep or (None, [None])
        points = []
        for value in values:
            flags = dict(self.load) if flag is None else self.load | {flag: value}
            if quick:
                flags = smaller(flags)
            # Those that are the same when they are smaller are measured once.
            if flags not in points:
                points.append(flags)
        return points


def smaller(flags):
    flags = dict(flags)
    factor = max(1, flags["connections"] / QUICK_CONNECTIONS)
    flags["connections"] = round(flags["connections"] / factor)
    for flag in ("rooms", "publishers", "churn"):
        if flags.get(flag, 0) > 1:
            flags[flag] = max(1, round(flags[flag] / factor))
    return flags


SCENARIOS = [
    Scenario("chat-room", "Chat room",
             "500 clients, one of which speaks: its next message when all have the last.",
             {"connections": 500, "publishers": 1, "lockstep": True}),
    Scenario("busy-room", "Busy room",
             "500 clients, 16 of which speak: each the next when its last came back.",
             {"connections": 500, "publishers": 16}),
    Scenario("everybody-talks", "Everybody talks",
             "100 clients, all of which speak: each the next when its last came back.",
             {"connections": 100, "publishers": 100}),
    Scenario("small-talk", "Small talk",
             "5 clients, all of which speak: each the next when its last came back.",
             {"connections": 5, "publishers": 5}),
    Scenario("big-room", "Big room",
             "10,000 clients, one of which speaks: its next message when all have the last.",
             {"connections": 10_000, "publishers": 1, "lockstep": True}),
    Scenario("many-rooms", "Many rooms",
             "2,000 rooms of 5; in 200 of them one speaks: the next when its last came back.",
             {"connections": 10_000, "rooms": 2000, "publishers": 200}),
    Scenario("big-messages", "Big messages",
             "100 clients, 4 of which send 16 KiB: each the next when its last came back.",
             {"connections": 100, "publishers": 4, "size": 16 * 1024}),
    Scenario("slow-readers", "Slow readers",
             "The busy room, with 5 clients that never read.",
             {"connections": 500, "publishers": 16, "stalled": 5}),
    Scenario("churn", "Churn",
             "500 clients, of which 50 a second leave and come back; 40 messages a second.",
             {"connections": 500, "publishers": 1, "rate": 40, "churn": 50}, OPEN_LOOP),
    Scenario("idle", "Idle",
             "10,000 clients connect, and then nothing is said.",
             {"connections": 10_000, "publishers": 0}, (MEMORY, CONNECT_CPU, CONNECTS)),
    Scenario("idle-full", "Idle, as many as there can be",
             "19,000 clients connect, and then nothing is said: about all that a limit of 20,000 "
             "descriptors allows.",
             {"connections": 19_000, "publishers": 0}, (MEMORY, CONNECT_CPU, CONNECTS)),
    Scenario("latency-by-rate", "Latency by rate",
             "500 clients, to which 4 speak on a schedule, whatever comes back.",
             {"connections": 500, "publishers": 4}, OPEN_LOOP,
             ("rate", [10, 30, 100, 200, 400, 800, 1600])),
    Scenario("deliveries-by-connections", "Deliveries by connections",
             "10 clients speak: each the next when its last came back.",
             {"publishers": 10}, TRAFFIC,
             ("connections", [10, 30, 100, 300, 1000, 3000, 10_000])),
]
