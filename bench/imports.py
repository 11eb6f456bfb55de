"""How fast notes are imported, and how that grows: rates beside bare SudachiPy, one process beside two, whole vaults and bibliographies.

usage: python bench/imports.py [--copies N] [--notes N ...] [--entries N ...] [--json]

Ratios and exponents count; the machine's absolute times do not. Nothing here is asserted. The whole takes about half an hour; quick: --copies 3
--notes 300 900 --entries 500 1500.
"""

from __future__ import annotations

import argparse
import json
import math
import os
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path
from typing import Any

from papergraph.importing import extract, read_files
from papergraph.lang import tokens
from papergraph.model import Statement
from papergraph.notes import Document, read
from papergraph.reading import NotesFile
from papergraph.store import open_store
from papergraph.store.changes import changes_between
from vaults import write_bibliography, write_vault

ROOT = Path(__file__).parent.parent
JAPANESE = ROOT / "data" / "iclr2024-notes.txt"
ENGLISH = ROOT / "bench" / "extraction" / "golds"
Figures = list[dict[str, Any]]


# --- rates


def japanese(copies: int) -> list[Document]:
    """The sample notes so many times, each copy about other papers, so that nothing is found in a cache."""
    text = JAPANESE.read_text(encoding="utf-8")
    texts = [text.replace("する", f"する{n} ").replace(" 🔵", f" {n} 🔵").replace(" 🔴", f" {n} 🔴") for n in range(copies)]
    return [read(t, f"{n}.txt", f"bench/{n}.txt") for n, t in enumerate(texts)]


def english(copies: int) -> list[Document]:
    """The benchmark's English notes so many times, each copy with other words, names and identifiers."""
    files = sorted(f for folder in ENGLISH.glob("en-*") for f in folder.rglob("*") if f.is_file() and "ja" not in folder.name)
    out = []
    for n in range(copies):
        for file in files:
            path = f"{n}/{file.relative_to(ENGLISH).as_posix()}"
            out.append(read(_varied(file.read_text(encoding="utf-8"), n), path, f"bench/{path}"))
    return out


def _varied(text: str, n: int) -> str:
    text = re.sub(r"(?<=\d{4}\.)\d{4,5}", lambda m: f"{(int(m[0]) + 7_919 * n) % 10 ** len(m[0]):0{len(m[0])}}", text)
    # every fourth word of five letters and more
    count = iter(range(10**9))
    return re.sub(r"(?<![\w/.@:-])[A-Za-z][a-z]{4,}(?![\w/.@:-])", lambda m: m[0] if next(count) % 4 else f"{m[0]}{_syllables(n)}", text)


def _syllables(n: int) -> str:
    return "".join("bdfgklmnprst"[d % 12] + "aeiou"[d % 5] for d in (n % 60, n // 60 % 60))


def best(work: Callable[[], object], runs: int = 3) -> float:
    """The least of some runs' CPU seconds: those of other processes do not count."""
    times = []
    for _ in range(runs):
        tokens.morphemes.cache_clear()
        start = time.process_time()
        work()
        times.append(time.process_time() - start)
    return min(times)


def rates(name: str, documents: list[Document]) -> Figures:
    """Lines a second of bare SudachiPy, of extraction, and of an import into a store."""
    import sudachipy

    tokenizer = sudachipy.Dictionary().tokenizer(mode=sudachipy.SplitMode.C)
    lines = [line for d in documents for line in d.text.splitlines() if line.strip()]
    texts = [(d.text, d.path, d.uri) for d in documents]

    def bare() -> None:
        for line in lines:
            list(tokenizer.tokenize(line))

    def reading() -> list[Document]:
        return [read(*t) for t in texts]

    def stated() -> list[Statement]:
        return extract(reading(), jobs=1)[0]

    def stored() -> None:
        statements = stated()
        with tempfile.TemporaryDirectory() as folder, open_store(str(Path(folder) / "x.db"), create=True) as store:
            store.apply(changes_between([], statements), by="import", action="bench")

    works: list[tuple[str, Callable[[], object]]] = [("bare SudachiPy", bare), ("notes → blocks", reading), ("notes → statements", stated), ("notes → store", stored)]
    found = [(work, len(lines) / best(do)) for work, do in works]
    return [{"corpus": name, "lines": len(lines), "work": work, "rate": rate, "ratio": rate / found[0][1]} for work, rate in found]


# --- processes


def jobs(folder: Path) -> Figures:
    """Wall seconds of extraction alone by one process and by two, on all notes of a folder."""
    files = [NotesFile(f, f"bench/{f.relative_to(folder).as_posix()}") for f in sorted(folder.rglob("*.md"))]
    documents, _ = read_files(files)
    out: Figures = []
    for count in (1, 2):
        tokens.morphemes.cache_clear()
        start = time.perf_counter()
        extract(documents, jobs=count)
        out.append({"jobs": count, "notes": len(files), "seconds": time.perf_counter() - start})
    return out


# --- whole imports


def whole(path: Path, size: int, kind: str, *options: str) -> dict[str, Any]:
    """Seconds and peak memory of the whole process of `papergraph import PATH` into a new store."""
    with tempfile.TemporaryDirectory() as folder:
        command = [str(Path(sys.executable).parent / "papergraph"), "--db", str(Path(folder) / "x.db"), "import", *options, str(path)]
        start = time.perf_counter()
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        _, status, used = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        seconds = time.perf_counter() - start
        if process.returncode:
            raise SystemExit(f"{' '.join(command)} ended with {process.returncode}")
        stored = sum(f.stat().st_size for f in Path(folder).iterdir())
    return {"kind": kind, "size": size, "seconds": seconds, "cpu": used.ru_utime + used.ru_stime, "MiB": used.ru_maxrss / 1024, "stored": stored / 2**20}


def grown(rows: Figures) -> Figures:
    """Add to each row but the first the exponents of CPU time and memory since the one before."""
    for a, b in pairwise(rows):
        b["exponent"] = math.log(b["cpu"] / a["cpu"]) / math.log(b["size"] / a["size"])
    return rows


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--copies", type=int, default=20, help="copies of the sample notes whose rate is measured (20; of the English ones a quarter)")
    options.add_argument("--notes", type=int, nargs="*", default=[1_000, 3_000, 10_000], help="sizes of vaults (1,000 3,000 10,000)")
    options.add_argument("--entries", type=int, nargs="*", default=[5_000, 15_000, 50_000], help="sizes of BibTeX files (5,000 15,000 50,000)")
    options.add_argument("--json", action="store_true", help="print JSON")
    given = options.parse_args()
    # whole processes first: the peak memory that Linux tells of one is never less than what this one has when it starts it
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        vaults: Figures = []
        entries: Figures = []
        parallel: Figures = []
        for size in given.notes:
            write_vault(folder / f"vault{size}", size)
            vaults.append(whole(folder / f"vault{size}", size, "notes", "--jobs", "1"))
        for size in given.entries:
            write_bibliography(folder / f"{size}.bib", size)
            entries.append(whole(folder / f"{size}.bib", size, "BibTeX entries"))
        if given.notes:
            middle = sorted(given.notes)[len(given.notes) // 2]
            for count in ("1", "2"):
                parallel.append({"jobs": int(count), "notes": middle, "seconds": whole(folder / f"vault{middle}", middle, "notes", "--jobs", count)["seconds"], "whole": True})
            parallel += jobs(folder / f"vault{middle}")
    rate: Figures = []
    if given.copies:
        extract([read(JAPANESE.read_text(encoding="utf-8"), "a.txt", "warm/a.txt")])
        rate += [*rates("Japanese", japanese(given.copies)), *rates("English", english(max(given.copies // 4, 1)))]
    figures = {"rates": rate, "jobs": parallel, "whole": [*grown(vaults), *grown(entries)]}
    print(json.dumps(figures, ensure_ascii=False, indent=2) if given.json else _tables(figures))


def _tables(figures: dict[str, Figures]) -> str:
    out = []
    for row in figures["rates"]:
        if row["work"] == "bare SudachiPy":
            out.append(f"{row['corpus']} notes, {row['lines']:,} lines, warm, one process")
        out.append(f"  {row['work']:36}{row['rate']:10,.0f} lines/s {row['ratio']:7.2f} ×")
    for row in figures["jobs"]:
        first = next(r for r in figures["jobs"] if r.get("whole") == row.get("whole"))
        what = "import, whole process" if row.get("whole") else "extraction alone"
        out.append(f"{row['notes']:,} notes, {what}, --jobs {row['jobs']}: {row['seconds']:.1f} s, {first['seconds'] / row['seconds']:.2f} × as fast as one")
    out.append(f"{'papergraph import, whole process':36}{'seconds':>9}{'CPU':>9}{'MiB':>8}{'store MiB':>11}{'exponent':>10}")
    for row in figures["whole"]:
        told = f"{row['exponent']:10.2f}" if "exponent" in row else ""
        out.append(f"  {row['size']:>9,} {row['kind']:24}{row['seconds']:9.1f}{row['cpu']:9.1f}{row['MiB']:8.0f}{row['stored']:11.0f}{told}")
    return "\n".join(out)


if __name__ == "__main__":
    main()
