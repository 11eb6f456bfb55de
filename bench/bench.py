"""The speed tables: what a user waits for, beside what a user would take instead, all in one run.

usage: python bench/bench.py [--copies N] [--runs N] [--json]

Ratios count; the machine's absolute times do not. Nothing here is asserted.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).parent.parent
NOTES = ROOT / "data" / "iclr2024-notes.txt"


def process_seconds(command: list[str], runs: int) -> float:
    """Median wall seconds of a whole process, after one run to warm the disk's cache."""
    times = []
    for n in range(runs + 1):
        start = time.perf_counter()
        # as on a user's machine, where Python keeps compiled modules
        env = {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"}
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=env)
        if n:
            times.append(time.perf_counter() - start)
    return statistics.median(times)


def best_seconds(work: Callable[[], object], runs: int = 3) -> float:
    times = []
    for _ in range(runs):
        start = time.perf_counter()
        work()
        times.append(time.perf_counter() - start)
    return min(times)


def start_table(runs: int) -> list[tuple[str, float, float]]:
    """Whole processes beside `python -c "import typer"`."""
    with tempfile.TemporaryDirectory() as folder:
        db = str(Path(folder) / "bench.db")
        papergraph = [str(Path(sys.executable).parent / "papergraph"), "--db", db]
        subprocess.run([*papergraph, "import", str(NOTES)], check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        base = process_seconds([sys.executable, "-c", "import typer"], runs)
        rows = [("python -c 'import typer'", base, 1.0)]
        for words in (["search", "論文"], ["search", "論文", "--json"], ["related", "dissecting"], ["show", "vision mamba"], ["import", str(NOTES)]):
            took = process_seconds([*papergraph, *words], runs)
            rows.append((f"papergraph {' '.join(w if w != str(NOTES) else NOTES.name for w in words)}", took, took / base))
        return rows


def import_table(copies: int) -> list[tuple[str, float, float]]:
    """Lines a second of an import, warm, beside SudachiPy tokenizing the same text."""
    import sudachipy

    from papergraph.importing import extract
    from papergraph.lang import tokens
    from papergraph.notes import read
    from papergraph.store import open_store
    from papergraph.store.changes import changes_between

    text = NOTES.read_text(encoding="utf-8")
    # every copy speaks of other papers, so that none is found in a cache
    texts = [text.replace("する", f"する{n} ").replace(" 🔵", f" {n} 🔵").replace(" 🔴", f" {n} 🔴") for n in range(copies)]
    lines = [line for t in texts for line in t.split("\n") if line]
    tokenizer = sudachipy.Dictionary().tokenizer(mode=sudachipy.SplitMode.C)

    def bare() -> None:
        for line in lines:
            list(tokenizer.tokenize(line))

    def extraction() -> list[object]:
        tokens.morphemes.cache_clear()
        return list(extract([read(t, f"{n}.txt", f"bench/{n}.txt") for n, t in enumerate(texts)], jobs=1)[0])

    def whole() -> None:
        statements = extraction()
        with tempfile.TemporaryDirectory() as folder, open_store(str(Path(folder) / "x.db"), create=True) as store:
            store.apply(changes_between([], statements), by="import", action="bench")  # type: ignore[arg-type]

    extract([read(text, "a.txt", "warm/a.txt")])
    base = len(lines) / best_seconds(bare)
    rows = [("SudachiPy alone", base, 1.0)]
    for name, work in (("notes → statements", extraction), ("notes → store", whole)):
        rate = len(lines) / best_seconds(work)
        rows.append((name, rate, rate / base))
    return rows


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--copies", type=int, default=20, help="how often the sample notes are imported (20)")
    options.add_argument("--runs", type=int, default=7, help="runs of each process (7)")
    options.add_argument("--json", action="store_true", help="print JSON")
    given = options.parse_args()
    start, rate = start_table(given.runs), import_table(given.copies)
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    if given.json:
        print(json.dumps({"start": start, "import": rate, "peakMiB": memory, "copies": given.copies}, ensure_ascii=False, indent=2))
        return
    print(f"whole processes, median of {given.runs} runs on {os.cpu_count()} cores")
    for name, seconds, ratio in start:
        print(f"  {name:46}{seconds * 1000:8.0f} ms {ratio:7.2f} ×")
    print(f"\nimport of {given.copies} files, {given.copies * len(NOTES.read_text(encoding='utf-8').splitlines()):,} lines, warm, one process")
    for name, lines, ratio in rate:
        print(f"  {name:46}{lines:8,.0f} lines/s {ratio:5.2f} ×")
    print(f"\npeak memory of this process: {memory:.0f} MiB")


if __name__ == "__main__":
    main()
