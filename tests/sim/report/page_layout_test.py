# SPDX-License-Identifier: Apache-2.0
"""page_layout_test.py SAMPLES CHROMIUM: how the page of a run looks at several widths and on paper.

SAMPLES is report_samples. After every test the browser must have logged nothing, thrown nothing and
asked for nothing but the file.
"""
import os
import pathlib
import subprocess
import sys
import tempfile
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "sweep/report"))
from browser import Browser  # noqa: E402

SAMPLES, CHROMIUM = sys.argv[1], sys.argv[2]


class LayoutTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory(prefix="bitloom_pages_")
        for name in ("golden", "pages"):
            os.mkdir(os.path.join(cls.folder.name, name))
        subprocess.run([SAMPLES, os.path.join(cls.folder.name, "golden"),
                        os.path.join(cls.folder.name, "pages")], check=True)
        cls.pages = sorted(pathlib.Path(cls.folder.name, "pages").glob("*.html"))
        cls.browser = Browser(CHROMIUM)

    @classmethod
    def tearDownClass(cls):
        cls.browser.__exit__()
        cls.folder.cleanup()

    def tearDown(self):
        self.browser.settle()
        self.assertEqual(self.browser.problems, [])
        self.assertIsNone(self.browser.run("document.documentElement.dataset.errors"))

    def open(self, page, width=1400):
        self.browser.problems.clear()
        self.browser.resize(width, 900)
        self.browser.open(page)
        self.browser.settle()

    def each(self, *widths):
        self.assertTrue(self.pages)
        for page in self.pages:
            for width in widths:
                self.open(page, width)
                yield page, width

    # Only boxes that scroll of themselves may be wider than the window.
    def test_nothing_is_wider_than_the_window(self):
        for _, width in self.each(1400, 650, 400):
            self.assertLessEqual(self.browser.run("document.documentElement.scrollWidth"), width)
            outside = self.browser.run("""[...document.querySelectorAll('body *')].filter((e) => {
                const box = e.getBoundingClientRect();
                return box.width > 0 && box.right > innerWidth + 1 && !e.closest('.scroll, svg');
            }).map((e) => e.outerHTML.slice(0, 80))""")
            self.assertEqual(outside, [])

    def test_the_table_of_layers_is_whole_at_1400_px(self):
        for _ in self.each(1400):
            table, box = self.browser.run("(() => { const t = document.getElementById('layers'); return [t.scrollWidth, t.parentElement.clientWidth]; })()")
            self.assertLessEqual(table, box)

    # Below 700 px, a value of the configuration has room for words: none is a column of characters.
    def test_pairs_are_not_broken_into_characters(self):
        for _ in self.each(650, 400):
            narrow = self.browser.run("""[...document.querySelectorAll('.pairs :is(td, th)')]
                .filter((cell) => cell.textContent.length > 12 && cell.clientWidth < 90).map((cell) => cell.textContent)""")
            self.assertEqual(narrow, [])
            lefts = self.browser.run("[...new Set([...document.querySelectorAll('.pairs th')].map((cell) => Math.round(cell.getBoundingClientRect().left)))]")
            self.assertEqual(len(lefts), 1)

    def test_one_column_of_charts_below_700_px(self):
        for _, width in self.each(650, 400):
            boxes = self.browser.run("[...document.querySelectorAll('#charts figure')].map((f) => Math.round(f.getBoundingClientRect().left))")
            self.assertEqual(len(set(boxes)), 1)
            # Texts of charts stay readable: 14 units of the chart are 10 px at least.
            scale = self.browser.run("Math.min(...[...document.querySelectorAll('figure svg')].map((s) => s.clientWidth / s.viewBox.baseVal.width))")
            self.assertGreater(14 * scale, 10)

    def test_labels_of_different_layers_differ(self):
        for _ in self.each(1400):
            names, labels = self.browser.run("(() => { const names = result.layers.map((l) => l.name); return [names, shortLabels(names, 22)]; })()")
            self.assertEqual(len(set(names)), len(set(labels)))

    def test_short_labels(self):
        self.open(self.pages[0])

        def short(texts, length):
            return self.browser.run(f"shortLabels({texts!r}, {length})")
        self.assertEqual(short(["conv1", "conv2"], 20), ["conv1", "conv2"])
        self.assertEqual(short(["analognet_kws_cim8", "analognet_vww_cim8"], 12), ["kws_cim8", "vww_cim8"])
        self.assertEqual(short(["/blocks/blocks.0/first/first.0/Conv", "/head/Gemm"], 22),
                         ["blocks.0/first.0/Conv", "head/Gemm"])
        middle = [f"a{'x' * 30}{k}{'y' * 30}" for k in range(9)]
        self.assertEqual(len(set(short(middle, 10))), 9)
        self.assertEqual(short(["b" * 40, "b" * 40], 10), ["bbbbb\u2026bbbb"] * 2)

    # One colour a group, in every chart that shows it.
    def test_a_component_has_one_colour(self):
        for _ in self.each(1400):
            colours = self.browser.run("""(() => {
                const found = {};
                for (const id of ['energy-components', 'area'])
                  for (const mark of document.querySelectorAll(`#${id} .mark`)) {
                    const group = result.energy_groups[mark.dataset.tip.split(': ')[0]] ?? 'other';
                    (found[group] ??= []).push(mark.getAttribute('fill'));
                  }
                for (const mark of document.querySelectorAll('#energy .mark'))
                  (found[mark.dataset.tip.split('\\n')[1].split(': ')[0]] ??= []).push(mark.getAttribute('fill'));
                return Object.fromEntries(Object.entries(found).filter(([group]) => group in GROUP_COLORS));
            })()""")
            for group, fills in colours.items():
                self.assertEqual(len(set(fills)), 1, (group, set(fills)))
            used = [fills[0] for fills in colours.values()]
            self.assertEqual(len(used), len(set(used)))

    def test_leakage_can_be_hidden(self):
        for _ in self.each(1400):
            if not self.browser.run("leaks(result)"):
                self.assertEqual(self.browser.run("document.querySelectorAll('.leakage').length"), 0)
                continue
            for chart in ("energy", "energy-components"):
                marks = f"[...document.querySelectorAll('#{chart} .mark')].map((m) => m.dataset.tip)"
                before = self.browser.run(marks)
                self.browser.click(f"#{chart} .leakage")
                after = self.browser.run(marks)
                self.assertTrue(0 < len(after) < len(before))
                self.assertFalse([tip for tip in after if "leakage" in tip])
                self.assertIn("without leakage", self.browser.run(f"document.querySelector('#{chart} svg').textContent"))
                self.browser.click(f"#{chart} .leakage")
                self.assertEqual(self.browser.run(marks), before)

    def test_accuracy_is_shown_close_and_whole(self):
        for _ in self.each(1400):
            if not self.browser.run("document.getElementById('accuracy') !== null"):
                continue
            ticks = "[...document.querySelectorAll('#accuracy svg text')].map((t) => t.textContent).filter((t) => /^[0-9.]+ %$/.test(t)).map(parseFloat)"
            self.assertLess(max(self.browser.run(ticks)) - min(self.browser.run(ticks)), 60)
            self.browser.click("#accuracy .whole")
            self.assertTrue({0, 100} <= set(self.browser.run(ticks)))

    def test_the_roofline_has_linear_axes_too(self):
        self.open(next(page for page in self.pages if "realistic" in page.name or len(self.pages) == 1))
        place = "[...document.querySelectorAll('#roofline .mark')].map((m) => Number(m.getAttribute('cx')))"
        before = self.browser.run(place)
        self.browser.click("#roofline .linear")
        after = self.browser.run(place)
        self.assertEqual(len(after), len(before))
        self.assertNotEqual(after, before)

    # On paper: light, open, without buttons, nothing wider than the sheet.
    def test_paper(self):
        for _ in self.each(1400):
            self.browser.media("print")
            self.browser.run("dispatchEvent(new Event('beforeprint'))")
            self.assertEqual(self.browser.run("document.documentElement.dataset.theme"), "light")
            self.assertEqual(self.browser.run("document.querySelectorAll('details:not([open])').length"), 0)
            self.assertEqual(self.browser.run("[...document.querySelectorAll('.tool')].filter((b) => b.getClientRects().length > 0).length"), 0)
            split = self.browser.run("[...document.querySelectorAll('figure')].filter((f) => getComputedStyle(f).breakInside !== 'avoid').length")
            self.assertEqual(split, 0)
            self.browser.resize(703, 900)  # A4 within its margins
            self.assertLessEqual(self.browser.run("document.documentElement.scrollWidth"), 703)
            self.browser.run("dispatchEvent(new Event('afterprint'))")
            self.assertEqual(self.browser.run("document.documentElement.dataset.theme"), None)
            self.browser.media("")


if __name__ == "__main__":
    if CHROMIUM == "none":
        print("no chromium was found when the build was configured")
        sys.exit(77)
    unittest.main(argv=[sys.argv[0], *sys.argv[3:]], verbosity=1)
