"""The plots of a comparison, as SVG: lines that are labelled where they end, and no legend."""

import matplotlib

matplotlib.use("svg")

# pylint: disable=wrong-import-position
from matplotlib import pyplot
from matplotlib.ticker import FuncFormatter, LogLocator, NullFormatter

from bench.comparison import ratios
from bench.comparison.scenarios import DELIVERIES, MEMORY, P50, P99

# Paul Tol's "muted" colours, which people with colour blindness tell apart, dark ones first: labels
# are written in them. https://personal.sron.nl/~pault/
COLOURS = ["#332288", "#117733", "#CC6677", "#44AA99", "#882255", "#999933", "#AA4499", "#6699CC"]
FANFARE = "#D55E00"
FLOOR = "#777777"
INK = "#333333"

pyplot.rcParams.update({
    "svg.fonttype": "path", "svg.hashsalt": "fanfare", "font.family": "DejaVu Sans",
    "font.size": 9, "axes.spines.top": False, "axes.spines.right": False,
    "axes.edgecolor": "#AAAAAA", "axes.labelcolor": INK, "text.color": INK, "xtick.color": INK,
    "ytick.color": INK, "axes.grid": True, "grid.color": "#E8E8E8", "grid.linewidth": 0.6,
    "axes.axisbelow": True, "figure.facecolor": "white", "axes.titlesize": 10,
    "axes.titlelocation": "left",
})


def styles(names):
    """Colour and line of each subject: the same in all plots."""
    result, colours = {}, iter(COLOURS * 2)
    for name in names:
        if name.startswith("fanfare"):
            dashes = "-" if not any("fanfare" in other for other in result) else (0, (4, 1.2))
            result[name] = {"color": FANFARE, "linewidth": 2.4, "linestyle": dashes, "zorder": 5}
        elif name == "floor":
            result[name] = {"color": FLOOR, "linewidth": 1.4, "linestyle": (0, (1, 1)), "zorder": 4}
        else:
            result[name] = {"color": next(colours), "linewidth": 1.3, "zorder": 3}
    return result


def plain_number(amount, _=None):
    """1, 10, 100, 1k, 10k, 1M."""
    for unit, letter in ((1e6, "M"), (1e3, "k")):
        if amount >= unit:
            return f"{amount / unit:g}{letter}"
    return f"{amount:g}"


def microseconds(amount, _=None):
    for unit, name in ((1e6, "s"), (1e3, "ms")):
        if amount >= unit:
            return f"{amount / unit:g} {name}"
    return f"{amount:g} µs"


def spread(positions, gap):
    """Positions that are at least `gap` apart, each as near to its own as that allows, in order."""
    order = sorted(range(len(positions)), key=lambda i: positions[i])
    groups = []
    for i in order:
        groups.append([[i], positions[i]])
        # A group is a run of labels that touch; its middle is the mean of where they want to be.
        while len(groups) > 1 and (groups[-1][1] - groups[-2][1] <
                                   gap * (len(groups[-1][0]) + len(groups[-2][0])) / 2):
            members, middle = groups.pop()
            before, other = groups.pop()
            count = len(members) + len(before)
            groups.append([before + members,
                           (other * len(before) + middle * len(members)) / count])
    result = [0.0] * len(positions)
    for members, middle in groups:
        for place, i in enumerate(members):
            result[i] = middle + gap * (place - (len(members) - 1) / 2)
    return result


def label_ends(axes, ends):
    """Names the lines beside the axes; `ends` maps names to the last point and the style of each."""
    if not ends:
        return
    axes.figure.canvas.draw()
    to_axes = axes.transAxes.inverted()
    places = {name: to_axes.transform(axes.transData.transform(point))
              for name, (point, _) in ends.items()}
    gap = 13 / (axes.get_window_extent().height * 72 / axes.figure.dpi)
    heights = spread([places[name][1] for name in ends], gap)
    for (name, (point, style)), height in zip(ends.items(), heights):
        bold = {"fontweight": "bold"} if name.startswith("fanfare") else {}
        axes.annotate(
            name, point, xytext=(1.04, height), textcoords="axes fraction", va="center",
            color=style["color"], annotation_clip=False, **bold,
            # From the middle of the label's left side.
            arrowprops={"arrowstyle": "-", "color": style["color"], "linewidth": 0.5,
                        "relpos": (0, 0.5), "shrinkA": 0, "shrinkB": 2, "alpha": 0.7})


def log_axis(axis, formatter):
    least, most = axis.get_view_interval()
    # Powers of ten alone would be a label or two where there are few.
    axis.set_major_locator(LogLocator(10, (1,) if most / least > 1000 else (1, 2, 5)))
    axis.set_major_formatter(FuncFormatter(formatter))
    axis.set_minor_formatter(NullFormatter())
    axis.set_tick_params(which="both", length=0)


def series(runs, scenario, name, metric):
    """(value of the sweep's flag, median) for each point that was measured."""
    own = ratios.of(runs, scenario=scenario.name, subject=name)
    flag = scenario.sweep[0]
    points = []
    for at in sorted({run["point"][flag] for run in own}):
        median = ratios.median([run for run in own if run["point"][flag] == at], metric)
        if median:
            points.append((at, median))
    return points


def draw_lines(axes, runs, scenario, metric, style_of, labels):
    ends = {}
    for name, style in style_of.items():
        points = series(runs, scenario, name, metric)
        if points:
            axes.plot(*zip(*points), marker="o", markersize=3, **style)
            ends[name] = (points[-1], style)
    axes.set_xscale("log")
    axes.set_yscale("log")
    ticks = sorted({at for name in style_of for at, _ in series(runs, scenario, name, metric)})
    axes.set_xticks(ticks, [plain_number(tick) for tick in ticks], minor=False)
    axes.xaxis.set_minor_formatter(NullFormatter())
    axes.tick_params(axis="x", which="both", length=0)
    return ends if labels else {}


def save(figure, file):
    figure.savefig(file, format="svg", bbox_inches="tight", metadata={"Date": None})
    pyplot.close(figure)


def latency(runs, scenario, names, file):
    figure, panels = pyplot.subplots(1, 2, figsize=(9, 4.4), sharey=True)
    style_of = styles(names)
    for axes, metric, title in zip(panels, (P50, P99), ("Median (p50)", "p99")):
        ends = draw_lines(axes, runs, scenario, metric, style_of, labels=metric is P99)
        axes.set_title(title)
        axes.set_xlabel(f"messages per second, each to {runs[0]['point']['connections']} clients")
        log_axis(axes.yaxis, microseconds)
        label_ends(axes, ends)
    figure.suptitle("Latency from the scheduled time of a message to each client", x=0.07, y=1.0,
                    ha="left", fontsize=11)
    figure.subplots_adjust(wspace=0.08)
    save(figure, file)


def throughput(runs, scenario, names, file):
    figure, axes = pyplot.subplots(figsize=(7, 4.4))
    ends = draw_lines(axes, runs, scenario, DELIVERIES, styles(names), labels=True)
    axes.set_xlabel("clients in the room")
    log_axis(axes.yaxis, plain_number)
    label_ends(axes, ends)
    axes.set_title(f"Deliveries per second, {scenario.load['publishers']} clients speaking",
                   fontsize=11)
    save(figure, file)


def memory(runs, scenario, names, file):
    found = {name: ratios.median(ratios.of(runs, scenario=scenario.name, subject=name),
                                     MEMORY) for name in names}
    bars = sorted(((amount / MEMORY.unit, name) for name, amount in found.items()
                   if amount is not None), reverse=True)
    if not bars:
        return
    style_of = styles(names)
    figure, axes = pyplot.subplots(figsize=(7, 0.3 * len(bars) + 0.6))
    for place, (amount, name) in enumerate(bars):
        ours = name.startswith("fanfare")
        axes.barh(place, amount, height=0.62,
                  color=style_of[name]["color"] if ours else "#B8BEC6")
        axes.text(amount, place, f" {amount:.1f} KiB", va="center",
                  fontweight="bold" if ours else "normal")
    axes.set_yticks(range(len(bars)), [name for _, name in bars])
    axes.tick_params(length=0)
    axes.xaxis.set_visible(False)
    axes.grid(False)
    for side in ("left", "bottom"):
        axes.spines[side].set_visible(False)
    connections = ratios.of(runs, scenario=scenario.name)[0]["point"]["connections"]
    axes.set_title(f"The server's memory for each of {connections:,} idle connections",
                   fontsize=11)
    save(figure, file)


KINDS = {
    "latency-by-rate": ("latency.svg", latency),
    "deliveries-by-connections": ("deliveries.svg", throughput),
    "idle": ("memory.svg", memory),
}


def draw(comparison, scenarios, folder):
    """Draws what was measured into the folder; maps the names of scenarios to the files."""
    files = {}
    names = [subject["name"] for subject in comparison["subjects"] if "skipped" not in subject]
    for scenario in scenarios:
        file, plot = KINDS.get(scenario.name, (None, None))
        own = ratios.of(comparison["runs"], scenario=scenario.name)
        if file and any("result" in run for run in own):
            plot(own, scenario, names, folder / file)
            files[scenario.name] = file
    return files

