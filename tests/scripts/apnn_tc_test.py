# SPDX-License-Identifier: Apache-2.0
"""scripts/papers/apnn_tc.py --quick: its tables against the cycle model, written down again here.

apnn_tc_test.py ROOT PROGRAM; every wrong cell is one line, and the exit status is then 1. The
checks are also tried on a table with a wrong number, so that one that cannot fail is noticed.
"""
import subprocess
import sys
import tempfile
from math import ceil
from pathlib import Path

ROWS, COLUMNS, WORD = 64, 64, 128
SHAPES = {"## GEMM": (64, 128, 128), "## Convolution": (256, 128, 9 * 128)}


def parse(text):
    """[(columns, rows)] of the Markdown tables under each heading: {heading: tables}."""
    found, heading, lines = {}, None, []
    for line in text.splitlines() + [""]:
        if line.startswith("|"):
            lines.append([cell.strip() for cell in line.strip("|").split("|")])
            continue
        if lines:
            found.setdefault(heading, []).append((lines[0], lines[2:]))
            lines = []
        if line.startswith("## "):
            heading = line
    return found


def number(cell):
    return float(cell.replace(",", ""))


def least_cycles(variant, m, n, k):
    if variant == "int4":
        return ceil(m / 128) * ceil(n / 256) * k
    if variant == "int8":
        return ceil(m / 64) * ceil(n / 128) * k
    p, q = int(variant[1]), int(variant[3])
    words = ceil(k / WORD)
    return words * min(ceil(m / ROWS) * ceil(n / COLUMNS) * p * q,
                       ceil(q * m / ROWS) * ceil(n / COLUMNS) * p,
                       ceil(m / ROWS) * ceil(p * n / COLUMNS) * q,
                       ceil(q * m / ROWS) * ceil(p * n / COLUMNS))


def check(found):
    """Every wrong cell."""
    problems = []

    def expect(place, name, value, good):
        if not good:
            problems.append(f"{place}: {name} is {value}")

    for start, (m, n, k) in SHAPES.items():
        headings = [h for h in found if h and h.startswith(start)]
        if len(headings) != 1 or len(found[headings[0]]) != 2:
            problems.append(f"{start}: not one section of two tables")
            continue
        (head_columns, head_rows), (columns, rows) = found[headings[0]]
        runs = {row[0]: dict(zip(columns, row)) for row in rows}
        if sorted(runs) != ["int4", "int8", "w1a2", "w8a8"]:
            problems.append(f"{start}: runs of {sorted(runs)}")
            continue
        for variant, run in runs.items():
            place = f"{start} {variant}"
            least = least_cycles(variant, m, n, k)
            expect(place, "array alone", run["array alone [cycles]"],
                   number(run["array alone [cycles]"]) == least)
            for memory in ("LPDDR4-3200", "HBM2-2000"):
                array = number(run[f"array, {memory} [cycles]"])
                layer = number(run[f"layer, {memory} [cycles]"])
                # Smaller tiles only add cycles. 8 planes of 8 channels fill the columns: there the
                # mapper's cut through K adds at most the last words of its parts.
                expect(place, f"array, {memory}", array,
                       least <= array <= 1.2 * least if variant == "w8a8" else array >= least)
                expect(place, f"layer, {memory}", layer, layer > array)
            bits = int(variant[3]) * int(variant[1]) if variant[0] == "w" else int(variant[3]) ** 2
            fast = number(run["layer, HBM2-2000 [cycles]"])
            tops = 2 * m * n * k * 500e6 / fast / 1e12
            expect(place, "logical rate", run["logical rate, HBM2-2000 [TOPS]"],
                   abs(number(run["logical rate, HBM2-2000 [TOPS]"]) - tops) < 0.002)
            expect(place, "binary rate", run["binary rate, HBM2-2000 [TOPS]"],
                   abs(number(run["binary rate, HBM2-2000 [TOPS]"]) - tops * bits) < 0.02)
            used = 100 * m * n * k * bits / (ROWS * COLUMNS * WORD) / fast
            expect(place, "used", run["used, HBM2-2000 [%]"],
                   abs(number(run["used, HBM2-2000 [%]"]) - used) < 0.02)
            expect(place, "energy", run["energy, LPDDR4-3200 [uJ]"],
                   number(run["energy, LPDDR4-3200 [uJ]"]) > 0)
            for base in ("int4", "int8"):
                ratio = least_cycles(base, m, n, k) / least
                expect(place, f"array alone over {base}", run[f"array alone over {base}"],
                       abs(number(run[f"array alone over {base}"]) - ratio) < 0.006)
                ratio = number(runs[base]["layer, HBM2-2000 [cycles]"]) / fast
                expect(place, f"layer over {base}", run[f"layer over {base}, HBM2-2000"],
                       abs(number(run[f"layer over {base}, HBM2-2000"]) - ratio) < 0.006)
        head = dict(zip(head_columns, head_rows[0]))
        published = number(head["paper: w1a2 [TOPS]"]) / number(head["paper: int4 [TOPS]"])
        expect(start, "paper: speed-up", head["paper: speed-up"],
               abs(number(head["paper: speed-up"]) - published) < 0.03)
        for memory in ("LPDDR4-3200", "HBM2-2000"):
            cell = f"layer, {memory} [cycles]"
            ratio = number(runs["int4"][cell]) / number(runs["w1a2"][cell])
            expect(start, f"speed-up, {memory}", head[f"speed-up, layer, {memory}"],
                   abs(number(head[f"speed-up, layer, {memory}"]) - ratio) < 0.006)
    return problems


def try_checks(text):
    """Each changed number of the last table is noticed, and a missing table."""
    problems = []
    lines = text.splitlines()
    last = max(i for i, line in enumerate(lines) if line.startswith("| w8a8"))
    cells = lines[last].split("|")
    for i in range(3, len(cells) - 1):
        if i == 11:  # energy has no closed form
            continue
        wrong = cells[:i] + [f" {number(cells[i]) * 0.3:,.3f} "] + cells[i + 1:]
        if not check(parse("\n".join(lines[:last] + ["|".join(wrong)] + lines[last + 1:]))):
            problems.append(f"a wrong number in column {i} of '{lines[last]}' goes unnoticed")
    if not check(parse("\n".join(lines[:last - 5]))):
        problems.append("a missing table goes unnoticed")
    return problems


def run(root, program, *options):
    script = Path(root) / "scripts" / "papers" / "apnn_tc.py"
    return subprocess.run([sys.executable, "-B", str(script), "--program", str(program), *options],
                          capture_output=True, text=True)


def main():
    root, program = sys.argv[1:]
    done = run(root, program, "--quick")
    if done.returncode != 0 or done.stderr:
        print(f"exit status {done.returncode}: {done.stderr}")
        return 1
    problems = check(parse(done.stdout)) + try_checks(done.stdout)
    with tempfile.TemporaryDirectory() as folder:
        written = Path(folder) / "tables.md"
        again = run(root, program, "--quick", "--output", str(written))
        if again.stdout or written.read_text() != done.stdout:
            problems.append("--output does not write what is printed without it")
        missing = run(root, Path(folder) / "missing")
        if missing.returncode != 2 or "no such file" not in missing.stderr:
            problems.append(f"a missing program: {missing.returncode}: {missing.stderr}")
        failing = run(root, "/bin/false", "--quick")
        if failing.returncode != 2 or not failing.stderr.startswith("apnn_tc.py: /bin/false run"):
            problems.append(f"a failing program: {failing.returncode}: {failing.stderr}")
    for problem in problems:
        print(problem)
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
