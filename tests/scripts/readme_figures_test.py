# SPDX-License-Identifier: Apache-2.0
"""scripts/readme_figures.py finds what differs, changes nothing else, and misses no lost place."""
import pathlib
import sys
import unittest

ROOT = pathlib.Path(sys.argv.pop(1))
sys.path.insert(0, str(ROOT / "scripts"))
import readme_figures  # noqa: E402

TEXT = "| a | 1.0 us | 2.0 uJ |\n| b | 1.0 us | 2.0 uJ |\n"
ROW_B = r"(?m)^\| b \| (.*?) \| (.*?) \|$"


class Settle(unittest.TestCase):
    def settle(self, pattern, values):
        problems = []
        return readme_figures.settle(TEXT, pattern, values, problems), problems

    def test_equal_figures_are_left_alone(self):
        self.assertEqual(self.settle(ROW_B, ["1.0 us", "2.0 uJ"]), (TEXT, []))

    def test_a_figure_that_differs_is_named_and_replaced_in_its_place_alone(self):
        text, problems = self.settle(ROW_B, ["1.25 us", "2.0 uJ"])
        self.assertEqual(text, TEXT.replace("b | 1.0 us", "b | 1.25 us"))
        self.assertEqual(problems, ["README.md:2: says '1.0 us', the program '1.25 us'"])

    def test_a_place_that_is_lost_or_ambiguous_is_a_problem(self):
        for pattern in (r"\| c \| (.*?) \|", r"\| (1\.0 us) \|"):
            text, problems = self.settle(pattern, ["9"])
            self.assertEqual(text, TEXT)
            self.assertIn("must be one", problems[0])


if __name__ == "__main__":
    unittest.main()
