#!/usr/bin/python3
"""Ratios, medians and tables of a comparison."""

import unittest

from bench.comparison import measure, ratios, scenarios, table

METRIC = scenarios.Metric(("server", "cpu"), "CPU, ns")
SCENARIO = scenarios.Scenario("chat", "Chat", "Talk.", {"connections": 4}, (METRIC,))


def run(subject, number, cpu=None, failure=None, **result):
    common = {"scenario": "chat", "point": {}, "round": number, "subject": subject}
    if failure is not None:
        return common | {"failure": failure}
    return common | {"result": {"server": {"cpu": cpu}, **result}}


class RatiosTest(unittest.TestCase):
    def test_the_median_leaves_out_what_failed(self):
        runs = [run("a", 0, 30), run("a", 1, failure="no"), run("a", 2, 10)]
        self.assertEqual(ratios.median(runs, METRIC), 20)
        self.assertIsNone(ratios.median(runs[1:2], METRIC))

    def test_a_number_that_is_not_there_is_none(self):
        self.assertIsNone(ratios.value({"result": {}}, METRIC))
        self.assertIsNone(ratios.value({"result": {"server": {"cpu": None}}}, METRIC))

    def test_ratios_are_within_a_round(self):
        # The machine slowed down to a half in the second round; the ratio did not change.
        references = [run("ours", 0, 100), run("ours", 1, 200), run("ours", 2, 100)]
        runs = [run("a", 0, 200), run("a", 1, 400), run("a", 2, 300)]
        self.assertEqual(ratios.ratio(runs, references, METRIC), ratios.Ratio(2, 2, 3))

    def test_a_ratio_needs_both(self):
        references = [run("ours", 0, failure="no"), run("ours", 1, 10)]
        runs = [run("a", 0, 20), run("a", 1, 30)]
        self.assertEqual(ratios.ratio(runs, references, METRIC), ratios.Ratio(3, 3, 3))
        self.assertIsNone(ratios.ratio(runs[:1], references, METRIC))
        self.assertIsNone(ratios.ratio(runs, [], METRIC))
        self.assertIsNone(ratios.ratio(runs, [run("ours", 1, 0)], METRIC))

    def test_each_reason_once(self):
        runs = [run("a", 0, failure="x"), run("a", 1, failure="y"), run("a", 2, failure="x")]
        self.assertEqual(ratios.failures(runs), ["x", "y"])


class TableTest(unittest.TestCase):
    def rows(self, runs, subjects):
        return table.scenario_table(SCENARIO, runs, subjects, "ours")[2:]

    def test_the_reference_is_first_and_the_others_by_their_cost(self):
        runs = [run("slow", 0, 5000), run("quick", 0, 1500), run("ours", 0, 2000)]
        self.assertEqual(self.rows(runs, ["slow", "quick", "ours"]),
                         ["| ours | 2,000 |  |",
                          "| quick | **0.75×** 1,500 |  |",
                          "| slow | **2.50×** 5,000 |  |"])

    def test_rounds_show_their_spread(self):
        runs = [run("ours", i, 100) for i in range(3)]
        runs += [run("a", i, cpu) for i, cpu in enumerate((150, 120, 1200))]
        self.assertEqual(self.rows(runs, ["ours", "a"])[1], "| a | **1.50×** (1.20–12.0) 150 |  |")

    def test_a_failure_is_shown_last_with_its_reason(self):
        runs = [run("ours", 0, 100), run("a", 0, failure="it |ended\nbadly"), run("b", 0, 200)]
        self.assertEqual(self.rows(runs, ["ours", "a", "b"])[2],
                         "| a | – | failed: it /ended badly |")

    def test_a_failure_in_some_rounds_says_so(self):
        runs = [run("ours", 0, 100), run("ours", 1, 100),
                run("a", 0, 200), run("a", 1, failure="no")]
        self.assertEqual(self.rows(runs, ["ours", "a"])[1],
                         "| a | **2.00×** (2.00–2.00) 200 | failed in 1 of 2 rounds: no |")

    def test_without_the_reference_there_are_numbers_only(self):
        runs = [run("ours", 0, failure="no"), run("a", 0, 200)]
        self.assertEqual(self.rows(runs, ["ours", "a"]),
                         ["| ours | – | failed: no |", "| a | 200 |  |"])

    def test_it_says_when_the_load_was_the_limit(self):
        runs = [run("ours", 0, 100, load={"is_bottleneck": True})]
        self.assertEqual(self.rows(runs, ["ours"]), ["| ours | 100 | the load was the limit |"])

    def test_ratios_have_three_digits(self):
        self.assertEqual([table.significant(x) for x in (0.0512, 0.5, 1.034, 12.36, 1234.5)],
                         ["0.051", "0.50", "1.03", "12.4", "1,234"])

    def test_the_report_names_who_was_skipped(self):
        comparison = {"machine": "A machine.", "reference": "ours", "runs": [run("ours", 0, 1)],
                      "subjects": [{"name": "ours"}, {"name": "a", "skipped": "no Go"}]}
        text = table.report(comparison, [SCENARIO], {"chat": "chat.svg"})
        self.assertIn("- a was not measured: no Go\n", text)
        self.assertIn("### Chat\n\nTalk.\n\n| server |", text)
        self.assertIn("![Chat](chat.svg)", text)

    def test_between_the_markers(self):
        page = f"before\n{table.BEGIN}\nold\n{table.END}\nafter\n"
        new = table.put_between_markers(page, "new\n")
        self.assertEqual(new, f"before\n{table.BEGIN}\nnew\n{table.END}\nafter\n")
        self.assertEqual(table.put_between_markers(new, "new\n"), new)
        self.assertIsNone(table.put_between_markers("no place", "new"))


class MeasureTest(unittest.TestCase):
    def test_a_load_says_why_it_failed(self):
        result = {"missing": 3, "out_of_order": 1, "errors": ["client 2 lacks message 7", "more"]}
        self.assertEqual(measure.failure_of_load(1, result, ""),
                         "client 2 lacks message 7; 3 missing, 1 out of order")
        self.assertEqual(measure.failure_of_load(2, None, "progress\ncannot connect\n"),
                         "cannot connect")
        self.assertEqual(measure.failure_of_load(2, None, ""), "the load ended with status 2")

    def test_late_messages_are_too_slow(self):
        self.assertIsNone(measure.too_slow({"sent": 1000, "unsent": 10, "overdue": 0}))
        self.assertIn("11 of 1000 messages", measure.too_slow({"sent": 989, "unsent": 11}))
        self.assertIn("5 deliveries", measure.too_slow({"sent": 1000, "unsent": 0, "overdue": 5}))


class ScenariosTest(unittest.TestCase):
    def test_names_are_unique(self):
        names = [scenario.name for scenario in scenarios.SCENARIOS]
        self.assertEqual(len(names), len(set(names)))

    def test_a_load_needs_a_publisher_for_each_client_at_most(self):
        for scenario in scenarios.SCENARIOS:
            for quick in (False, True):
                for flags in scenario.points(quick):
                    with self.subTest(scenario.name, quick=quick, flags=flags):
                        self.assertLessEqual(
                            flags["publishers"] + flags.get("stalled", 0), flags["connections"])
                        self.assertLessEqual(flags.get("rooms", 1), flags["connections"])

    def test_a_sweep_is_a_point_for_each_value(self):
        sweep = scenarios.Scenario("s", "S", "", {"publishers": 1}, (),
                                   ("connections", [1, 1000, 2000]))
        self.assertEqual([flags["connections"] for flags in sweep.points(False)], [1, 1000, 2000])
        self.assertEqual([flags["connections"] for flags in sweep.points(True)], [1, 200])


if __name__ == "__main__":
    unittest.main()
