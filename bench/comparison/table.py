"""The Markdown of a comparison."""

from bench.comparison import ratios

BEGIN = "<!-- bench/compare: begin -->"
END = "<!-- bench/compare: end -->"

NOTHING = "–"


def number(amount, digits=0):
    return f"{amount:,.{digits}f}"


def significant(amount):
    """A ratio with about three digits: 0.051, 1.03, 12.4, 310."""
    if amount >= 100:
        return number(amount)
    if amount >= 10:
        return number(amount, 1)
    return number(amount, 2 if amount >= 0.1 else 3)


def cell(runs, references, metric, is_reference):
    median = ratios.median(runs, metric)
    if median is None:
        return NOTHING
    text = number(median / metric.unit, metric.digits)
    ratio = ratios.ratio(runs, references, metric)
    if is_reference or ratio is None:
        return text
    shown = f"**{significant(ratio.median)}×**"
    if len(runs) > 1:
        shown += f" ({significant(ratio.least)}–{significant(ratio.most)})"
    return f"{shown} {text}"


def plain(text):
    """Text of others, such as an error, within a cell."""
    return " ".join(text.replace("|", "/").split())


def notes(runs):
    parts = []
    reasons = ratios.failures(runs)
    if reasons:
        failed = sum("failure" in run for run in runs)
        often = "" if failed == len(runs) else f" in {failed} of {len(runs)} rounds"
        parts.append(f"failed{often}: " + "; ".join(map(plain, reasons)))
    measured = [run["result"] for run in runs if "result" in run]
    limited = sum(result.get("load", {}).get("is_bottleneck", False) for result in measured)
    if limited:
        parts.append("the load was the limit" +
                     ("" if limited == len(measured) else f" in {limited} of {len(measured)} rounds"))
    dropped = max((result.get("stalled_disconnected", 0) for result in measured), default=0)
    if dropped:
        parts.append(f"dropped {dropped} of those that do not read")
    return "; ".join(parts)


def scenario_table(scenario, runs, subjects, reference):
    """One row for each subject, the reference first and the others by their first metric."""
    by_subject = {name: ratios.of(runs, scenario=scenario.name, subject=name)
                  for name in subjects}
    references = by_subject.get(reference, [])

    def order(name):
        median = ratios.median(by_subject[name], scenario.metrics[0])
        return (name != reference, median is None, median or 0)

    header = ["server", *(metric.title for metric in scenario.metrics), "notes"]
    lines = ["| " + " | ".join(header) + " |",
             "| --- |" + " ---: |" * len(scenario.metrics) + " --- |"]
    for name in sorted(by_subject, key=order):
        own = by_subject[name]
        if own:
            cells = [cell(own, references, metric, name == reference)
                     for metric in scenario.metrics]
            lines.append("| " + " | ".join([name, *cells, notes(own)]) + " |")
    return lines


def sweep_failures(scenario, runs, subjects):
    """What a plot does not show: where a subject failed, and why."""
    flag = scenario.sweep[0]
    lines = []
    for name in subjects:
        own = ratios.of(runs, scenario=scenario.name, subject=name)
        for run in own:
            if "failure" in run:
                lines.append(f"- {name} failed at {number(run['point'].get(flag, 0))} {flag}: "
                             f"{plain(run['failure'])}")
    return lines


def report(comparison, scenarios, plots):
    """All of it: `comparison` is the raw JSON, `plots` maps scenario names to files."""
    runs, reference = comparison["runs"], comparison["reference"]
    subjects = comparison["subjects"]
    measured = [subject["name"] for subject in subjects if "skipped" not in subject]
    lines = [comparison["machine"], "",
             f"× is relative to {reference} in the same round: median (least–most).", ""]
    for subject in subjects:
        if "skipped" in subject:
            lines.append(f"- {subject['name']} was not measured: {plain(subject['skipped'])}")
    if len(measured) < len(subjects):
        lines.append("")
    for scenario in scenarios:
        if not ratios.of(runs, scenario=scenario.name):
            continue
        lines += [f"### {scenario.title}", "", scenario.what, ""]
        if not scenario.sweep:
            lines += scenario_table(scenario, runs, measured, reference) + [""]
        if scenario.name in plots:
            lines += [f"![{scenario.title}]({plots[scenario.name]})", ""]
        if scenario.sweep and (failed := sweep_failures(scenario, runs, measured)):
            lines += failed + [""]
    versions = [f"- {subject['name']}: {subject['versions']}"
                for subject in subjects if subject.get("versions")]
    if versions:
        lines += ["Versions:", "", *versions, ""]
    return "\n".join(lines)


def put_between_markers(page, text):
    """The page with `text` in the place between its marker lines; None if it has no such place."""
    before, begin, rest = page.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not begin or not end:
        return None
    return f"{before}{BEGIN}\n{text.rstrip()}\n{END}{after}"
