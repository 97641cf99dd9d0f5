"""Measures what the README quotes: `python -m benchmarks [assess] [page] [visit] [stream]`, all of them unless told.

All together also writes `benchmarks/results.md`.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from benchmarks import first_visit, stream
from benchmarks.assess import comparison as assess
from benchmarks.figures import Figure, machine, table
from benchmarks.page import comparison as page

HERE = Path(__file__).parent
RESULTS = HERE / "results.md"
PARTS: dict[str, Callable[[], list[Figure]]] = {
    "assess": assess.figures,
    "page": page.figures,
    "visit": first_visit.figures,
    "stream": stream.figures,
}
NO_NODE = (
    "The peers at assessing run in Node.js 20 or newer. Install it (on Debian: `sudo apt-get install nodejs npm`)."
)


def main() -> None:
    """Measures and tells. A missed aim is marked in the table and is no failure: a busy machine may be why."""
    wanted = sys.argv[1:] or list(PARTS)
    if unknown := set(wanted) - set(PARTS):
        sys.exit(f"There is no part {', '.join(sorted(unknown))}. Known: {', '.join(PARTS)}.")
    _install(wanted)
    figures: list[Figure] = []
    for name in wanted:
        print(f"{name} ...", flush=True)
        figures += PARTS[name]()
    print(f"\n{table(figures)}\n\n{machine()}")
    if wanted == list(PARTS):
        RESULTS.write_text(_results(figures), encoding="utf-8")


def _install(wanted: list[str]) -> None:
    """What the parts need beside Python: the peers from npm, and a browser."""
    if "assess" in wanted:
        if not (shutil.which("node") and shutil.which("npm")):
            sys.exit(NO_NODE)
        words = ["npm", "ci", "--silent", "--ignore-scripts", "--prefix", str(HERE)]
        subprocess.run(words, check=True)
    if "visit" in wanted:
        subprocess.run([sys.executable, str(HERE.parent / "tests" / "browser" / "chromium.py")], check=True)


def _results(figures: list[Figure]) -> str:
    day = datetime.now(UTC).date().isoformat()
    return (
        "# What was measured\n\n"
        "Written by `make bench`; not to be edited. Ours and its peers ran by turns, in one run, on one machine:"
        f" {machine()}, on {day}.\nTimes are medians unless the note says otherwise; they compare within a row,"
        " not between machines.\n\n"
        f"{table(figures)}\n"
    )


if __name__ == "__main__":
    main()
