# SPDX-License-Identifier: Apache-2.0
"""The rules of the tree: levels of includes, where SystemC may be, licence lines, names, sizes.

tree_test.py [ROOT]; every broken rule is one line, and the exit status is then 1. Each rule is
also tried on a made-up offender, so that a rule that cannot fail is noticed.
"""
import re
import subprocess
import sys
from pathlib import Path, PurePosixPath

# Lowest first; a folder uses itself and those before it. Longer prefixes win.
LEVELS = [
    ("models/base",),
    ("models/numeric",),
    ("workloads/trace",),
    ("workloads/import",),
    ("workloads/data",),
    ("workloads/quantize",),
    ("models/energy",),
    ("models/pe", "models/memory", "models/vector", "models/cim"),
    ("models/array", "models/cim/digital"),
    ("models/chip",),
    ("sim/config", "sim/report"),
    ("sim/mapping",),
    ("sim/engine",),
    ("sim/verify", "sim/dpi", "sim/sweep"),
    ("sim/cli",),
    ("sim/main.cpp",),
]
LEVEL_OF = {folder: level for level, folders in enumerate(LEVELS) for folder in folders}

SYSTEMC_FOLDERS = ("models/array/", "models/memory/", "models/chip/", "sim/engine/",
                   "sim/main.cpp", "tests/", "sim/verify/systolic_array_check")
SYSTEMC_HEADERS = re.compile(r"systemc(\.h)?|tlm(_utils)?(\.h|/.*)?|sysc/.*")

TOP = {"sim", "rtl", "models", "workloads", "scripts", "tests", "CMakeLists.txt",
       "CMakePresets.json", "README.md", "LICENSE"}

# Folders of tests that mirror nothing, as DESIGN names them.
TESTS_OF_THEIR_OWN = {"bench", "cli", "cosim", "fuzz", "golden", "property", "support", "tree"}

LARGEST = 3 * 1024 * 1024

# Where packages come from is the business of each machine, not of the program. Written in pieces:
# this file is searched, too.
FOREIGN = ["pypi" + ".org", "files.python" + "hosted.org", "deb." + "debian.org",
           "archive." + "ubuntu.com", "npm" + "js", "crates" + ".io", "conda" + "-forge",
           "jfrog" + ".io", "artifact" + "ory"]

SPDX = "SPDX-License-Identifier: Apache-2.0"
INCLUDE = re.compile(r'^\s*#\s*include\s+([<"])([^>"]+)[>"]', re.MULTILINE)


def folder_level(path):
    """The level of a file, or None for one outside the levels."""
    for parent in [PurePosixPath(path), *PurePosixPath(path).parents]:
        if str(parent) in LEVEL_OF:
            return LEVEL_OF[str(parent)]
    return None


def check_levels(path, text):
    level = folder_level(path)
    if level is None:
        if path.split("/")[0] in ("models", "workloads", "sim") and path.endswith((".h", ".cpp")):
            yield f"{path}: its folder has no level: add it to tests/tree/tree_test.py"
        return
    for bracket, target in INCLUDE.findall(text):
        if bracket == "<":
            continue
        other = folder_level(target)
        if target.startswith("tests/"):
            yield f"{path}: includes {target}: only tests see tests"
        elif other is not None and other > level:
            yield f"{path}: includes {target} of a higher level"
        elif other == level and target.split("/")[:2] != path.split("/")[:2]:
            yield f"{path}: includes {target} of another folder of the same level"


def check_systemc(path, text):
    if path.startswith(SYSTEMC_FOLDERS):
        return
    for _, target in INCLUDE.findall(text):
        if SYSTEMC_HEADERS.fullmatch(target):
            yield f"{path}: includes {target}: SystemC is for block boundaries only"


def check_licence(path, text):
    if SPDX not in text.split("\n", 1)[0]:
        yield f"{path}: the first line must have {SPDX}"


def check_once(path, text):
    if path.endswith(".h") and "#pragma once" not in text:
        yield f"{path}: a header has '#pragma once'"


def check_foreign(path, text):
    for word in FOREIGN:
        if word in text.lower():
            yield f"{path}: has '{word}'"


def check_top(path):
    top = path.split("/")[0]
    if top not in TOP and not top.startswith("."):
        yield f"{path}: '{top}' is no top-level entry"


def check_mirror(path, folders):
    parts = path.split("/")
    if parts[0] != "tests" or not path.endswith(".cpp") or len(parts) < 3:
        return
    if parts[1] in TESTS_OF_THEIR_OWN:
        return
    mirrored = "/".join(parts[1:-1])
    if mirrored not in folders:
        yield f"{path}: mirrors no folder '{mirrored}'"


def check_size(path, size):
    if size > LARGEST:
        yield f"{path}: {size} bytes: at most {LARGEST}"


def try_rules():
    """Every rule finds its offender and leaves a good file alone."""
    good = f'// {SPDX}\n#pragma once\n#include "models/base/error.h"\n#include <vector>\n'
    cases = [
        (list(check_levels("models/numeric/a.h", good)), 0),
        (list(check_levels("models/numeric/a.h", '#include "sim/report/csv.h"')), 1),
        (list(check_levels("models/base/a.h", '#include "models/numeric/format.h"')), 1),
        (list(check_levels("workloads/trace/a.h", '#include "workloads/import/load.h"')), 1),
        (list(check_levels("models/energy/a.h", '#  include "models/chip/gemm_chip/gemm_chip.h"')), 1),
        (list(check_levels("sim/report/a.h", '#include "sim/config/read.h"')), 1),
        (list(check_levels("sim/cli/a.h", '#include "tests/support/in_child.h"')), 1),
        (list(check_levels("models/new/a.h", good)), 1),
        (list(check_systemc("models/numeric/a.h", "#include <systemc>")), 1),
        (list(check_systemc("sim/report/a.h", "#include <tlm_utils/simple_target_socket.h>")), 1),
        (list(check_systemc("models/array/a.h", "#include <systemc>")), 0),
        (list(check_licence("a.h", good)), 0),
        (list(check_licence("a.h", "#pragma once\n")), 1),
        (list(check_once("a.h", good)), 0),
        (list(check_once("a.h", "// nothing")), 1),
        (list(check_foreign("a.txt", "from https://" + FOREIGN[0])), 1),
        (list(check_foreign("a.txt", good)), 0),
        (list(check_top("docs/a.md")), 1),
        (list(check_top(".gitignore")) + list(check_top("rtl/a.sv")), 0),
        (list(check_mirror("tests/models/nothing/a_test.cpp", {"models/base"})), 1),
        (list(check_mirror("tests/models/base/a_test.cpp", {"models/base"})), 0),
        (list(check_size("a", LARGEST + 1)), 1),
        (list(check_size("a", LARGEST)), 0),
    ]
    return [f"rule case {i}: found {len(found)}, expected {expected}: {found}"
            for i, (found, expected) in enumerate(cases) if len(found) != expected]


def check_tree(root):
    listed = subprocess.run(["git", "-C", str(root), "ls-files", "-z"], check=True,
                            capture_output=True).stdout.decode().split("\0")
    files = [f for f in listed if f and (root / f).is_file()]
    folders = {str(parent) for f in files for parent in PurePosixPath(f).parents}
    problems = []
    for path in files:
        data = (root / path).read_bytes()
        problems += check_top(path)
        problems += check_mirror(path, folders)
        problems += check_size(path, len(data))
        if b"\0" in data[:8192]:
            continue
        text = data.decode("utf-8", errors="replace")
        problems += check_foreign(path, text)
        if path.endswith((".h", ".cpp", ".sv", ".svh")):
            problems += check_licence(path, text)
        if path.endswith((".h", ".cpp")):
            problems += check_once(path, text)
            problems += check_levels(path, text)
            problems += check_systemc(path, text)
    if len(files) < 100:
        problems.append(f"{root}: only {len(files)} tracked files: is this the repository?")
    return problems


def main():
    root = Path(sys.argv[1] if len(sys.argv) > 1 else Path(__file__).parents[2])
    problems = try_rules()
    inside = subprocess.run(["git", "-C", str(root), "rev-parse", "--git-dir"],
                            capture_output=True).returncode == 0
    if not inside:
        print(f"{root} is no git repository: the tree is not checked")
        return 1 if problems else 77  # 77: skipped
    problems += check_tree(root)
    for problem in problems:
        print(problem)
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
