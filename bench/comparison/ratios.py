"""From the runs of a comparison to the numbers of a table.

A run is what one measurement left: a dictionary with `scenario`, `point` (the flags of the load),
`round`, `subject`, and either `result` (the load's JSON) or `failure` (why there is none).
"""

import dataclasses
import statistics


@dataclasses.dataclass(frozen=True)
class Ratio:
    """A subject's number in units of the reference's number of the same round."""
    median: float
    least: float
    most: float


def value(run, metric):
    """The number of a run, or None."""
    found = run.get("result")
    for key in metric.path:
        found = (found or {}).get(key)
    return found


def values(runs, metric):
    return [number for run in runs if (number := value(run, metric)) is not None]


def median(runs, metric):
    """The median over the runs that have the number; None if none has."""
    numbers = values(runs, metric)
    return statistics.median(numbers) if numbers else None


def ratio(runs, references, metric):
    """The Ratio of runs to those of the reference, round by round; None if no round has both."""
    by_round = {run["round"]: value(run, metric) for run in references}
    ratios = [number / by_round[run["round"]] for run in runs
              if (number := value(run, metric)) is not None and by_round.get(run["round"])]
    if not ratios:
        return None
    return Ratio(statistics.median(ratios), min(ratios), max(ratios))


def failures(runs):
    """Why runs failed: each reason once, as they came."""
    return list(dict.fromkeys(run["failure"] for run in runs if "failure" in run))


def of(runs, **wanted):
    return [run for run in runs if all(run[key] == wish for key, wish in wanted.items())]
