"""One measurement: a server, and the load that meets it."""

import json
import subprocess
import tempfile

from bench.comparison.subjects import BOUND, ROOT, NotStarted, Server, end_group

# Beyond the time of the measurement itself: connecting, and waiting for what is late.
CONNECT_SECONDS = 60
DRAIN_SECONDS = 5


def failure_of_load(status, result, errors):
    """Why a load ended with a status that is not 0."""
    if result is not None:
        counts = [f"{result[name]} {name.replace('_', ' ')}"
                  for name in ("missing", "repeated", "out_of_order", "foreign", "disconnected")
                  if result.get(name)]
        reasons = result.get("errors", [])[:1] + ([", ".join(counts)] if counts else [])
        if reasons:
            return "; ".join(reasons)
    lines = errors.strip().splitlines()
    return lines[-1] if lines else f"the load ended with status {status}"


def too_slow(result):
    """Why a result tells of those messages only that were not too late; None if it tells of all."""
    unsent, due = result.get("unsent", 0), result.get("sent", 0) + result.get("unsent", 0)
    # One or two are late on any machine.
    if unsent > due / 100:
        return f"too slow: {unsent} of {due} messages could not be sent when they were due"
    if result.get("overdue"):
        return f"too slow: {result['overdue']} deliveries were still to come {DRAIN_SECONDS} s later"
    return None


def read_json(text):
    try:
        return json.loads(text)
    except ValueError:
        return None


def run_load(load, server, point, timing, cpu):
    """The load's result; or None, and why there is none."""
    flags = {"url": server.url, "server_pid": ",".join(map(str, server.pids)), "json": "-"}
    if point.get("rooms", 1) == 1:
        flags["url"] = server.url.replace("{room}", "0")
    flags |= {"warmup": f"{timing.warmup}s", "duration": f"{timing.duration}s",
              "drain": f"{DRAIN_SECONDS}s"} | point
    command = ["taskset", "--cpu-list", cpu, load]
    command += [f"--{name}" if given is True else f"--{name}={given}"
                for name, given in flags.items()]
    seconds = CONNECT_SECONDS + timing.warmup + timing.duration + DRAIN_SECONDS
    with tempfile.TemporaryFile("w+", encoding="utf-8", errors="replace") as errors:
        process = subprocess.Popen(
            BOUND + command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=errors,
            text=True, start_new_session=True, cwd=ROOT)
        try:
            output, _ = process.communicate(timeout=seconds)
        except subprocess.TimeoutExpired:
            return None, f"too slow: not done within {seconds:.0f} s"
        finally:
            end_group(process)
        errors.seek(0)
        said = errors.read()
    result = read_json(output)
    if process.returncode == 0 and result is not None:
        return result, None
    return None, failure_of_load(process.returncode, result, said)


def measure(subject, point, load, timing, cpus):
    """What is measured of a subject: {"result": ...} or {"failure": why}."""
    if point.get("rooms", 1) > 1 and not subject.has_rooms():
        return {"failure": "it has one room only"}
    server_cpu, load_cpu = cpus
    try:
        with Server(subject, server_cpu) as server:
            result, why = run_load(load, server, point, timing, load_cpu)
            # A server's end explains whatever the load saw of it.
            ended = server.ended()
    except NotStarted as error:
        return {"failure": str(error)}
    if ended is not None or result is None:
        return {"failure": ended or why}
    late = too_slow(result)
    return {"failure": late} if late else {"result": result}
