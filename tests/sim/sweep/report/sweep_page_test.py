# SPDX-License-Identifier: Apache-2.0
"""sweep_page_test.py SAMPLES CHROMIUM: uses the pages of a sweep as a reader would.

Mouse and keys go through the browser's own input. After every test the browser must have logged
nothing, thrown nothing and asked for nothing but the file.
"""
import csv
import io
import json
import os
import subprocess
import sys
import tempfile
import time
import unittest

from browser import Browser

SAMPLES, CHROMIUM = sys.argv[1], sys.argv[2]


class PageTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory(prefix="bitloom_pages_")
        subprocess.run([SAMPLES, cls.folder.name], check=True)
        cls.browser = Browser(CHROMIUM)

    @classmethod
    def tearDownClass(cls):
        cls.browser.__exit__()
        cls.folder.cleanup()

    def tearDown(self):
        self.browser.settle()
        self.assertEqual(self.browser.problems, [])
        self.assertIsNone(self.run_js("document.documentElement.dataset.errors"))

    def run_js(self, script):
        return self.browser.run(script)

    def open(self, name, everything=True):
        """A page as it opens, or with the points of all networks on the frontier or not."""
        self.browser.problems.clear()
        seconds = self.browser.open(os.path.join(self.folder.name, name))
        self.browser.settle()
        if everything:
            if self.run_js("workloads.length > 1"):
                self.browser.select("#network", "all")
            self.browser.click("#front-only")
        return seconds

    def frontier_by_definition(self, floor=None, workload=None):
        """Of the data that the page holds, by the rule of sim/sweep/frontier.h, pair by pair."""
        data = self.run_js("data")
        rule = data["sweeps"][0]["frontier"]
        values = {metric["name"]: [float(v) if isinstance(v, str) else v for v in metric["values"]]
                  for metric in data["metrics"]}
        codes = data["workload"]["codes"] or [0] * len(data["point"]["number"])

        def takes_part(i):
            if data["point"]["failed"][i] or (workload is not None and codes[i] != workload):
                return False
            if floor is not None and not (values["accuracy"][i] is not None and 100 * values["accuracy"][i] >= floor):
                return False
            for limit in rule["limits"]:
                value = values.get(limit["metric"], [None] * len(codes))[i]
                if value is None or (value > limit["bound"] if limit["at_most"] else value < limit["bound"]):
                    return False
            return all(values[o["metric"]][i] is not None for o in rule["objectives"])

        def costs(i):
            return [(-1 if o["maximize"] else 1) * values[o["metric"]][i] for o in rule["objectives"]]

        groups = {}
        for i in filter(takes_part, range(len(codes))):
            groups.setdefault(codes[i], []).append((i, costs(i)))
        return {i for group in groups.values() for i, mine in group
                if not any(other != mine and all(a <= b for a, b in zip(other, mine)) for _, other in group)}

    def shown(self):
        return self.run_js("view.shown.length")

    def texts(self, selector):
        return self.run_js(f"[...document.querySelectorAll({json.dumps(selector)})].map((e) => e.textContent)")

    def column(self, name):
        """The cells in sight of a column, by its id."""
        return self.run_js(f"""(() => {{
            const at = [...document.querySelectorAll('#points-table th')].findIndex((th) => th.dataset.column === {json.dumps(name)});
            return [...document.querySelectorAll('tr[data-point]')].map((row) => row.children[at].textContent);
        }})()""")

    def place_on_chart(self, chart, finder, *numbers):
        """Where a value is drawn, in the window."""
        x, y = self.run_js(f"""(() => {{
            const element = document.getElementById('{chart}');
            element.scrollIntoView({{block: 'center'}});
            return echarts.getInstanceByDom(element).convertToPixel({json.dumps(finder)}, {json.dumps(list(numbers))});
        }})()""")
        self.browser.settle()
        left, top = self.run_js(f"(() => {{ const b = document.getElementById('{chart}').getBoundingClientRect(); return [b.x, b.y]; }})()")
        return left + x, top + y

    # It opens on the frontier of the first network, which is the database's and the definition's.
    def test_it_opens_on_the_frontier_of_the_first_network(self):
        self.open("many.html", everything=False)
        front = set(self.run_js("[...view.front]"))
        self.assertEqual(front, self.frontier_by_definition(workload=0))
        self.assertEqual(front, set(self.run_js("everyPoint.filter((i) => data.point.frontier[i] && workloadOf(i) === 0)")))
        self.assertEqual(self.shown(), len(front))
        self.assertEqual(set(self.column("front")), {"\u25cf"})
        self.assertEqual(self.run_js("document.getElementById('network').value"), "0")
        drawn = self.run_js("""echarts.getInstanceByDom(document.getElementById('front-chart')).getOption()
            .series.filter((s) => s.id.startsWith('front')).flatMap((s) => s.data.map((d) => d.value[2]))""")
        self.assertEqual(set(drawn), front)
        self.assertIn(f"{len(front)} of ", self.texts("#front-note")[0])
        self.assertNotIn("that of the sweep has", self.texts("#front-note")[0])

    def test_each_network_has_its_own_frontier(self):
        self.open("many.html", everything=False)
        self.browser.select("#network", "zoo/keywords" if self.run_js("workloads[0]") == "zoo/digits" else "zoo/digits")
        self.assertEqual(set(self.run_js("[...view.front]")), self.frontier_by_definition(workload=1))
        self.browser.select("#network", "all")
        self.assertEqual(set(self.run_js("[...view.front]")), self.frontier_by_definition())

    # Limits, other objectives, ties: what C++ found is what the page finds.
    def test_limits_and_objectives_of_the_sweep_count(self):
        self.open("limited.html", everything=False)
        self.browser.select("#network", "all")
        front = set(self.run_js("[...view.front]"))
        self.assertEqual(front, self.frontier_by_definition())
        self.assertEqual(front, set(self.run_js("everyPoint.filter((i) => data.point.frontier[i])")))
        self.assertGreaterEqual(min(self.run_js("[...view.front].map((i) => accuracy.number[i])")), 80)
        self.assertIn("accuracy \u2265 80 %", self.texts("#front-note")[0])
        self.assertEqual(self.run_js("[view.x.name, view.y.name]"), ["cycles", "area_mm2"])

    def test_a_floor_of_accuracy_leaves_out_what_is_below(self):
        self.open("many.html", everything=False)
        before = self.run_js("view.front.size")
        self.browser.type("#floor", "95")
        front = set(self.run_js("[...view.front]"))
        self.assertEqual(front, self.frontier_by_definition(floor=95, workload=0))
        self.assertTrue(0 < len(front) < before)
        self.assertGreaterEqual(min(self.run_js("view.matching.map((i) => accuracy.number[i])")), 95)
        self.assertIn(f"that of the sweep has {before}", self.texts("#front-note")[0])
        self.assertIn("at least 95.00 % (the floor)", self.texts("#tiles-note")[0])
        self.browser.type("#floor", "")
        self.browser.key("Backspace")
        self.assertEqual(self.run_js("view.front.size"), before)

    # What is named best is none of the points that guess.
    def test_best_points_are_accurate_ones(self):
        self.open("many.html", everything=False)
        best = self.run_js("Math.max(...[...view.front].map((i) => accuracy.number[i]))")
        self.browser.click(".tile[data-metric='latency_s']")
        chosen = self.run_js("accuracy.number[view.chosen]")
        self.assertGreaterEqual(chosen, best - 5)
        self.assertLess(self.run_js("Math.min(...[...view.front].map((i) => accuracy.number[i]))"), best - 5)
        self.assertIn(f"accuracy {chosen:.2f} %", self.texts(".tile[data-metric='latency_s']")[0])

    def test_accuracy_is_percent(self):
        self.open("many.html")
        self.assertEqual(self.run_js("accuracy.title"), "accuracy (%)")
        values = [float(cell) for cell in self.column("metric:accuracy") if cell]
        self.assertTrue(all(1 < value <= 100 for value in values))
        self.browser.select("#front-y", "accuracy")
        axis = self.run_js("(() => { const a = echarts.getInstanceByDom(document.getElementById('front-chart')).getModel().getComponent('yAxis', 0).axis; return [a.type, ...a.scale.getExtent()]; })()")
        low, high = self.run_js("(() => { const v = view.matching.map((i) => accuracy.number[i]).filter(isFinite); return [Math.min(...v), Math.max(...v)]; })()")
        self.assertEqual(axis[0], "value")
        self.assertTrue(axis[1] <= low and axis[2] >= high and axis[2] - axis[1] < 2 * (high - low), (axis, low, high))

    def test_hovering_a_point_tells_what_it_is(self):
        self.open("many.html")
        point, x, y = self.run_js("(() => { const i = view.fronts.flat().reduce((a, i) => (view.y.number[i] < view.y.number[a] ? i : a)); return [i, view.x.number[i], view.y.number[i]]; })()")
        self.browser.move(*self.place_on_chart("front-chart", {"seriesId": "front0"}, x, y))
        self.browser.wait("document.querySelector('.point-tip') !== null")
        tip = self.texts(".point-tip")[0]
        self.assertIn(f"point {point}", tip)
        for part in ("latency (", "energy (", "chip", "rows"):
            self.assertIn(part, tip)

    def test_clicking_a_point_chooses_it_and_shows_its_layers(self):
        self.open("many.html")
        point, x, y = self.run_js("(() => { const i = view.fronts[0].at(-1); return [i, view.x.number[i], view.y.number[i]]; })()")
        self.browser.click_at(*self.place_on_chart("front-chart", {"seriesId": "front0"}, x, y))
        self.assertEqual(self.run_js("view.chosen"), point)
        self.assertIn(f"point {point}", self.texts("#chosen h3")[0])
        layers = self.run_js("layersOf(view.chosen).names")
        drawn = self.run_js("echarts.getInstanceByDom(document.getElementById('layers-chart')).getOption().xAxis[0].data")
        self.assertEqual(drawn, layers)

    def test_hovering_a_layer_tells_its_numbers(self):
        self.open("many.html")
        self.browser.move(*self.place_on_chart("layers-chart", {"seriesIndex": 0}, 1, 0))
        self.browser.wait("document.querySelector('#layers-chart .point-tip') !== null")
        cycles = self.run_js("grouped(layersOf(view.chosen).values[0][1])")
        self.assertIn(f"cycles: {cycles}", self.texts("#layers-chart .point-tip")[0])
        table = self.run_js("[...document.querySelectorAll('#layers-numbers tr')].map((row) => [...row.children].map((cell) => cell.textContent))")
        self.assertEqual([row[0] for row in table[1:]], self.run_js("layersOf(view.chosen).names"))
        self.assertEqual(table[2][1], cycles)
        self.browser.select("#layers-mode", "utilization")
        rows = self.run_js("echarts.getInstanceByDom(document.getElementById('layers-chart')).getOption().yAxis[0].data")
        self.assertGreater(len(rows), 1)

    def test_arrow_keys_walk_along_the_front(self):
        self.open("many.html")
        self.browser.place("#front-chart")
        self.run_js("document.getElementById('front-chart').focus()")
        front = self.run_js("view.fronts.flat().sort((a, b) => view.x.number[a] - view.x.number[b])")
        walked = []
        for key in ("Home", "ArrowRight", "ArrowRight", "ArrowLeft", "End", "ArrowRight"):
            self.browser.key(key)
            walked.append(self.run_js("view.chosen"))
        self.assertEqual(walked, [front[0], front[1], front[2], front[1], front[-1], front[-1]])
        self.assertIn("latency", self.texts(".spoken")[0])

    def test_filters_keep_what_they_say(self):
        self.open("many.html")
        total = self.shown()
        self.browser.type("input[data-column='parameter:chip']", "ant")
        self.assertEqual(set(self.column("parameter:chip")), {"ant"})
        one = self.shown()
        self.browser.type("input[data-column='parameter:array.rows']", ">=64")
        two = self.shown()
        self.assertTrue(0 < two < one < total)
        self.assertEqual(self.run_js("view.shown.every((i) => points.parameters.find((c) => c.name === 'array.rows').number[i] >= 64)"), True)
        self.browser.type("input[data-column='parameter:buffer.weights']", "16KiB..64KiB")
        self.assertEqual(set(self.column("parameter:buffer.weights")) - {"16KiB", "32KiB", "64KiB"}, set())
        self.browser.type("input[data-column='metric:accuracy']", "nonsense")
        self.assertEqual(self.run_js("document.querySelector(\"input[data-column='metric:accuracy']\").getAttribute('aria-invalid')"), "true")
        for _ in range(3):
            self.browser.click(".chip[data-filter]")
        self.assertEqual(self.shown(), total)
        self.assertEqual(self.run_js("document.querySelector(\"input[data-column='parameter:chip']\").value"), "")

    # Each filter against the same question asked in Python.
    def test_filter_language(self):
        self.open("many.html")
        rows = self.run_js("everyPoint.map((i) => points.parameters.find((c) => c.name === 'array.rows').number[i])")
        for text, test in {"> 16": lambda v: v > 16, "<=16": lambda v: v <= 16, "8": lambda v: v == 8,
                           "!= 8": lambda v: v != 8, "= 64": lambda v: v == 64, "8 128": lambda v: v in (8, 128),
                           "16..64": lambda v: 16 <= v <= 64, "..16": lambda v: v <= 16, "": lambda v: True}.items():
            self.browser.type("input[data-column='parameter:array.rows']", text or " ")
            self.assertEqual(self.shown(), sum(map(test, rows)), text)

    def test_headers_sort_both_ways_and_missing_values_come_last(self):
        self.open("many.html")
        latency = "th[data-column='metric:latency_s'] button"
        for direction, sign in (("ascending", 1), ("descending", -1)):
            self.browser.click(latency)
            self.assertEqual(self.run_js(f"document.querySelector(\"{latency}\").parentElement.getAttribute('aria-sort')"), direction)
            cells = [float(cell.replace(",", "")) for cell in self.column("metric:latency_s")]
            self.assertEqual(cells, sorted(cells, key=lambda v: sign * v))
            self.run_js("document.getElementById('rows').scrollTop = 1e9")
            self.browser.settle()
            self.assertEqual(self.column("metric:latency_s")[-1], "")
            self.run_js("document.getElementById('rows').scrollTop = 0")
            self.browser.settle()
        self.browser.click("th[data-column='parameter:buffer.weights'] button")
        self.assertEqual(self.column("parameter:buffer.weights")[0], "8KiB")  # as numbers, not as texts

    def test_only_rows_in_sight_exist(self):
        self.open("many.html")
        filled = self.run_js("document.querySelectorAll('tr[data-point]').length")
        self.assertTrue(18 < filled < 60, filled)
        self.run_js("document.getElementById('rows').scrollTop = 26 * 1000")
        self.browser.settle()
        self.assertIn("1003", self.column("number"))
        self.assertLess(self.run_js("document.querySelectorAll('tr[data-point]').length"), 60)

    def test_keys_choose_rows(self):
        self.open("many.html")
        self.run_js("choose(-1)")
        self.browser.place("#rows")
        self.run_js("document.getElementById('rows').focus()")
        for _ in range(30):
            self.browser.key("ArrowDown")
        self.browser.key("ArrowUp")
        self.assertEqual(self.run_js("view.chosen"), 28)
        seen = self.run_js("(() => { const row = document.querySelector('tr.chosen').getBoundingClientRect(), box = document.getElementById('rows').getBoundingClientRect(); return row.top >= box.top && row.bottom <= box.bottom; })()")
        self.assertTrue(seen)

    def test_the_rows_shown_are_saved_as_csv(self):
        self.open("many.html")
        self.browser.type("input[data-column='parameter:scheme']", "int8")
        self.browser.click("th[data-column='metric:latency_s'] button")
        path = os.path.join(self.browser.downloads, "points.csv")
        self.browser.click("#save-csv")
        end = time.monotonic() + 20
        while not (os.path.exists(path) and os.path.getsize(path) > 0) and time.monotonic() < end:
            time.sleep(0.05)
        with open(path, newline="", encoding="utf-8") as file:
            rows = list(csv.DictReader(file))
        os.remove(path)
        self.assertEqual(len(rows), self.shown())
        self.assertEqual({row["scheme"] for row in rows}, {"int8"})
        latencies = [float(row["latency_s"]) for row in rows if row["latency_s"]]
        self.assertEqual(latencies, sorted(latencies))
        exact = self.run_js("data.metrics.find((m) => m.name === 'latency_s').values[%s]" % rows[0]["point"])
        self.assertEqual(latencies[0], exact)  # every digit, in seconds

    def test_only_the_front_is_a_filter(self):
        self.open("many.html")
        self.assertGreater(self.shown(), self.run_js("view.front.size"))
        self.browser.click("#front-only")
        self.assertEqual(self.shown(), self.run_js("view.front.size"))
        self.assertEqual(set(self.column("front")), {"\u25cf"})

    # Dragging along the first axis keeps what lies in between, everywhere.
    def test_brushing_an_axis_filters(self):
        self.open("many.html")
        total = self.shown()
        self.browser.place("#parallel-chart")
        left, top, width, height = self.run_js("(() => { const b = document.getElementById('parallel-chart').getBoundingClientRect(); return [b.x, b.y, b.width, b.height]; })()")
        names = self.run_js("echarts.getInstanceByDom(document.getElementById('parallel-chart')).getOption().parallelAxis.map((axis) => axis.name)")
        left += 56 + (width - 166) / (len(names) - 1) * names.index("columns")  # from the middle of one axis to that of the next
        self.browser.drag((left, top + 80), (left, top + 76 + (height - 100) * 0.35))
        self.browser.wait("view.filters.has('brush')")
        self.browser.settle()
        kept = set(self.run_js("view.shown.map((i) => varying[0].text(i))"))
        self.assertTrue(kept and kept < {"8", "16", "32", "64", "128"}, kept)
        self.assertIn("128", kept)
        self.assertLess(self.shown(), total)
        self.browser.select("#colour", "network")  # redraws: the range stays, to be seen, too
        drawn = self.run_js("echarts.getInstanceByDom(document.getElementById('parallel-chart')).getModel().getComponent('parallelAxis', %d).activeIntervals.length" % names.index("columns"))
        self.assertEqual(drawn, 1)
        self.assertEqual(set(self.run_js("view.shown.map((i) => varying[0].text(i))")), kept)
        self.browser.click("#parallel-clear")
        self.assertEqual(self.shown(), total)

    # A point without some key has a place on that axis: its line would not be drawn at all.
    def test_points_without_a_key_have_lines(self):
        self.open("many.html")
        axes, lines = self.run_js("""(() => {
            const option = echarts.getInstanceByDom(document.getElementById('parallel-chart')).getOption();
            return [option.parallelAxis.map((axis) => [axis.type, axis.name, axis.data ?? []]),
                    option.series.flatMap((s) => s.data.map((d) => d.value))];
        })()""")
        self.assertEqual(len(lines), self.run_js("data.sweeps[0].done"))
        at = [name for _, name, _ in axes].index("weights")
        self.assertEqual(axes[at][2][:2], ["\u2013", "8KiB"])
        self.assertIn(0, {line[at] for line in lines})
        for dim, (kind, _, names) in enumerate(axes):
            if kind == "category":
                self.assertTrue({line[dim] for line in lines} <= set(range(len(names))))

    # Against a small analysis of variance of its own.
    def test_sensitivity_is_the_share_of_the_variance(self):
        self.open("many.html")
        self.browser.click("#effects-log")
        values = self.run_js("everyPoint.map((i) => [points.parameters.find((c) => c.name === 'array.columns').text(i), metricNamed('latency_s').number[i]])")
        values = [(group, v) for group, v in values if v is not None]
        mean = sum(v for _, v in values) / len(values)
        groups = {}
        for group, v in values:
            groups.setdefault(group, []).append(v)
        share = (sum(len(g) * (sum(g) / len(g) - mean) ** 2 for g in groups.values()) /
                 sum((v - mean) ** 2 for _, v in values))
        label = self.run_js("document.querySelector(\"#effects button[aria-label^='latency by columns']\").textContent")
        self.assertEqual(label, f"{100 * share:.1f} %")
        self.browser.click("#effects button[aria-label^='accuracy by scheme']")
        self.assertEqual(self.texts("#effect-title"), ["accuracy by scheme"])
        bars = self.run_js("echarts.getInstanceByDom(document.getElementById('effect-chart')).getOption().xAxis[0].data")
        self.assertEqual(bars, ["int2", "int3", "int4", "int6", "int8"])

    def test_two_sweeps_are_compared_point_by_point(self):
        self.open("two.html")
        self.assertEqual(self.run_js("view.fronts.length"), 4)  # of two sweeps and two networks
        pairs = self.run_js("matchedPoints().pairs.length")
        self.assertGreater(pairs, 400)
        self.assertIn("points of exploration1 have a partner", self.texts("#comparison p")[0])
        median = self.run_js("""(() => {
            const latency = metricNamed('latency_s').number;
            return quantile(matchedPoints().pairs.map(([a, b]) => latency[b] / latency[a]).filter(isFinite).sort((a, b) => a - b), 0.5);
        })()""")
        self.assertAlmostEqual(median, 1 / 1.25, delta=0.02)
        self.assertIn(f"\u00d7{median:.3f}", self.texts("#ratio-note")[0])
        self.browser.select("#ratio-metric", "efficiency")
        self.browser.move(*self.place_on_chart("ratio-chart", {"seriesIndex": 0}, self.run_js("echarts.getInstanceByDom(document.getElementById('ratio-chart')).getOption().series[0].data.findIndex((d) => d.value > 20)"), 1))
        self.browser.wait("[...document.querySelectorAll('#ratio-chart div')].some((e) => e.textContent.endsWith('pairs'))")

    def test_failures_are_listed_by_message(self):
        self.open("many.html")
        counts = [int(text) for text in self.texts("#failures-table tbody td:first-child")]
        self.assertEqual(sum(counts), self.run_js("data.sweeps[0].failed"))
        self.browser.click("#failures-table button")
        self.assertIn("Failed: ", self.texts("#chosen .failed")[0])

    def test_one_point(self):
        self.open("one.html")
        self.assertEqual(self.run_js("[...view.front]"), [0])
        self.assertEqual(self.texts("#sensitivity, #parallel"), [])  # nothing varies
        self.assertEqual(len(self.column("number")), 1)

    def test_without_metrics(self):
        self.open("without_metrics.html")
        self.assertEqual(len(self.column("number")), 5)
        self.assertEqual(self.run_js("view.front.size"), 0)

    # Odd names stay texts; integers keep every digit.
    def test_hostile_names(self):
        self.open("hostile.html")
        self.assertEqual(self.run_js("document.querySelectorAll('img, u, i').length"), 0)
        self.assertEqual(self.column("metric:huge")[:2], ["9,223,372,036,854,775,807", "9,223,372,036,854,775,806"])
        self.assertIn("a,\"b\"\r\nc", self.run_js("points.parameters.map((c) => c.text(2))"))
        rows = list(csv.reader(io.StringIO(self.run_js("csvOf(everyPoint)"), newline="")))
        self.assertEqual({len(row) for row in rows}, {len(rows[0])})
        self.assertEqual(len(rows), 9)
        self.assertLessEqual(self.run_js("document.documentElement.scrollWidth"), 1280)
        for i in range(8):
            self.run_js(f"choose({i})")
            self.browser.settle()

    def test_both_themes_and_narrow_windows(self):
        self.open("two.html")
        self.browser.click("#theme")
        self.assertEqual(self.run_js("document.documentElement.dataset.theme"), "dark")
        self.browser.resize(420, 800)
        self.browser.settle()
        self.assertLessEqual(self.run_js("document.documentElement.scrollWidth"), 420)
        self.browser.resize(1280, 900)

    # Only boxes that scroll of themselves may be wider than the window; one column below 700 px.
    def test_nothing_is_wider_than_the_window(self):
        for width in (1400, 650, 400):
            self.browser.resize(width, 900)
            self.open("limited.html", everything=False)
            self.assertLessEqual(self.run_js("document.documentElement.scrollWidth"), width)
            outside = self.run_js("""[...document.querySelectorAll('body *')].filter((e) => {
                const box = e.getBoundingClientRect();
                return box.width > 0 && box.right > innerWidth + 1 && !e.closest('.scroll, .spoken');
            }).map((e) => e.outerHTML.slice(0, 80))""")
            self.assertEqual(outside, [])
            if width < 700:
                self.assertEqual(self.run_js("new Set([...document.querySelectorAll('.halves .pairs')].map((e) => e.getBoundingClientRect().left)).size"), 1)
            else:
                box, table = self.run_js("(() => { const t = document.getElementById('effects'); return [t.parentElement.clientWidth, t.scrollWidth]; })()")
                self.assertLessEqual(table, box)
        self.browser.resize(1280, 900)

    def test_metrics_stand_before_parameters(self):
        self.open("many.html")
        heads = self.run_js("[...document.querySelectorAll('#points-table th')].map((th) => th.dataset.column)")
        kinds = [head.split(":")[0] for head in heads if head.startswith(("metric:", "parameter:")) and head != "metric:seconds"]
        self.assertEqual(kinds, sorted(kinds))  # metric, parameter
        self.assertEqual(heads[2:5], ["metric:latency_s", "metric:energy_pj", "metric:accuracy"])
        parts = "[...document.querySelectorAll('#points-table th')].filter((th) => th.dataset.column.startsWith('metric:energy_pj.') && th.clientWidth > 0).length"
        self.assertEqual(self.run_js(parts), 0)
        self.browser.click("#show-parts")
        self.assertEqual(self.run_js(parts), 3)
        leaking = self.run_js("(() => { const n = (name) => metricNamed(name).value[0]; return n('energy_pj') - n('energy_pj.leakage') - n('energy_pj_without_leakage'); })()")
        self.assertEqual(leaking, 0)

    def test_labels_that_differ_stay_different(self):
        self.open("many.html")
        self.assertEqual(self.run_js("points.parameters.map((c) => c.label)"),
                         ["columns", "rows", "weights", "chip", "inputs", "network", "scheme"])
        self.assertEqual(self.run_js("shortNames(['a.rows', 'b.rows', 'c.bits', 'x'])"), ["a.rows", "b.rows", "c.bits", "x"])
        for chart, axis in (("layers-chart", "xAxis"), ("effect-chart", "xAxis")):
            labels = self.run_js(f"echarts.getInstanceByDom(document.getElementById('{chart}')).getOption().{axis}[0].data")
            self.assertEqual(len(labels), len(set(labels)))

    # On paper: light, open, without controls, each chart in one canvas.
    def test_paper(self):
        self.open("many.html", everything=False)
        self.browser.click("#theme")
        self.browser.media("print")
        self.run_js("dispatchEvent(new Event('beforeprint'))")
        self.assertEqual(self.run_js("document.documentElement.dataset.theme"), "light")
        self.assertEqual(self.run_js("document.querySelectorAll('details:not([open])').length"), 0)
        self.assertEqual(self.run_js("[...document.querySelectorAll('.controls, .tool')].filter((e) => e.getClientRects().length > 0).length"), 0)
        self.assertEqual(self.run_js("document.querySelectorAll('.chart > .copy').length"), self.run_js("charts.length"))
        self.assertEqual(len(self.column("number")), min(200, self.shown()))
        self.browser.resize(703, 900)
        self.assertLessEqual(self.run_js("document.documentElement.scrollWidth"), 703)
        self.run_js("dispatchEvent(new Event('afterprint'))")
        self.assertEqual(self.run_js("document.documentElement.dataset.theme"), "dark")
        self.assertEqual(self.run_js("document.querySelectorAll('.copy').length"), 0)
        self.browser.media("")
        self.browser.resize(1280, 900)

    # Generous bounds, for a machine that does other things, too: a page that is slow in kind
    # (quadratic, a row of the document a point) misses them by far.
    def test_ten_thousand_points_stay_fluid(self):
        self.assertLess(self.open("most.html"), 25)
        start = time.monotonic()
        self.browser.type("input[data-column='parameter:chip']", "ant")
        self.browser.click("th[data-column='metric:energy_pj'] button")
        self.browser.click("#front-only")
        self.assertLess(time.monotonic() - start, 25)
        worst = self.run_js("""new Promise((done) => {
            const box = document.getElementById('rows');
            let left = 20, worst = 0, last = performance.now();
            const step = () => {
                const now = performance.now();
                worst = Math.max(worst, now - last);
                last = now;
                box.scrollTop += 400;
                if (--left > 0) requestAnimationFrame(step); else done(worst);
            };
            requestAnimationFrame(step);
        })""")
        self.assertLess(worst, 1000)


if __name__ == "__main__":
    if CHROMIUM == "none":
        print("no chromium was found when the build was configured")
        sys.exit(77)
    unittest.main(argv=[sys.argv[0], *sys.argv[3:]], verbosity=1)
