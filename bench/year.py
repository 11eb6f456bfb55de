"""A year of use: files of notes, rounds of edits and imports, decisions; do the store's size and the time of an import stay in line with what there is?

usage: python bench/year.py [--files 500] [--rounds 200] [--decisions 1000] [--unchanged 10000] [--db URI]

Each round edits some files (a remark more, a paper more, a line taken out, a section moved, a file renamed) and imports the folder; decisions are spread
over the rounds. Told every tenth of the way: papers, logged changes, bytes of the store in all, for each statement and logged change, and seconds for the
round's import. At the end the exponents of growth (1 is linear), and how long a folder of unchanged files takes to be compared.
"""

from __future__ import annotations

import argparse
import math
import os
import random
import sys
import tempfile
import time
from pathlib import Path

import papergraph
from papergraph.library import Library

WORDS = "attention sequence state space model tuning contrastive sparse vision language token memory context retrieval scaling training pruning probing".split()
REMARKS = (
    *("Same idea as the paper below.", "「上の論文と主張が一致」", "They show it on five data sets.", "面白い。", "Builds on the paper above.", "The opposite of the previous paper.", "「下の論文と同じ話題？」"),
    *("Uses LoRA throughout.", "状態空間モデルにも当てはまるらしい", "Isn't this the same as the paper above?"),
)


def title(r: random.Random) -> str:
    return " ".join(r.sample(WORDS, 5)).title() + f" {r.randrange(10**6)}"


def paper(r: random.Random) -> list[str]:
    return [f"- [{title(r)}](https://arxiv.org/abs/{r.randrange(1000, 3000)}.{r.randrange(10**5):05d})", *(f"  - {x}" for x in r.sample(REMARKS, 2))]


def new_file(r: random.Random) -> list[str]:
    return [f"# Topic {r.randrange(40)}", *(line for _ in range(6) for line in paper(r))]


def edit(files: dict[Path, list[str]], r: random.Random) -> None:
    for path in r.sample(sorted(files), max(1, len(files) // 50)):
        lines = files[path]
        way = r.random()
        if way < 0.35:
            lines += paper(r)
        elif way < 0.7:
            lines.insert(r.randrange(2, len(lines)), f"  - {r.choice(REMARKS)}")
        elif way < 0.9 and len(lines) > 12:
            del lines[r.randrange(3, len(lines))]
        else:
            path.unlink()
            other = path.with_name(f"renamed {r.randrange(10**6)}.md")
            files[other] = files.pop(path)
            path = other
        path.write_text("\n".join(lines) + "\n", encoding="utf-8")


def exponent(xs: list[float], ys: list[float]) -> float:
    """The slope of a least-squares line through the logarithms: y grows as x to this power."""
    a, b = [math.log(x) for x in xs], [math.log(y) for y in ys]
    ma, mb = sum(a) / len(a), sum(b) / len(b)
    return sum((x - ma) * (y - mb) for x, y in zip(a, b, strict=True)) / sum((x - ma) ** 2 for x in a)


def year(folder: Path, args: argparse.Namespace) -> None:
    r = random.Random(7)
    notes = folder / "notes"
    notes.mkdir()
    files = {notes / f"n{n:04d}.md": new_file(r) for n in range(args.files)}
    for path, lines in files.items():
        path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    logged, sizes, seconds, contents, made = [], [], [], [], 0
    print("| round | papers | statements | logged changes | MB | bytes each | import, s | ms a file |\n| ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |")
    with opened(args.db, folder / "year.db") as library:
        for n in range(args.rounds + 1):
            if n:
                edit(files, r)
            start = time.perf_counter()
            library.import_notes(notes, replace=True)
            spent = time.perf_counter() - start
            made += decide(library, args.decisions * (n + 1) // (args.rounds + 1) - made, r)
            if n % max(1, args.rounds // 10) == 0:
                changes = sum(c.size for c in library.history())
                statements = sum(1 for _ in library.store.all_statements())
                # a server's files are its own matter
                size = sum(f.stat().st_size for f in folder.glob("year.db*")) or math.nan
                logged.append(float(changes))
                contents.append(float(statements + changes))
                sizes.append(float(size))
                seconds.append(spent)
                print(f"| {n} | {library.store.paper_count()} | {statements} | {changes} | {size / 1e6:.1f} | {size / (statements + changes):.0f} | {spent:.2f} | {1000 * spent / len(files):.1f} |", flush=True)
        print(f"\n{made} decisions; {sum(1 for _ in library.relations(status='accepted'))} accepted and {sum(1 for _ in library.relations(status='rejected'))} rejected relations stand")
    grows = "" if args.db else f"size grows as (statements and logged changes)^{exponent(contents, sizes):.2f}; "
    print(f"{grows}time of an import, as logged changes grow {logged[-1] / logged[0]:.1f} times: ^{exponent(logged[1:], seconds[1:]):.2f}")


def decide(library: Library, number: int, r: random.Random) -> int:
    found = [x.id for x, _, _ in library.relations(status="proposed")]
    for one in r.sample(found, min(number, len(found))):
        (library.accept if r.random() < 0.7 else library.reject)(one)
    return min(number, len(found))


def opened(uri: str | None, file: Path) -> Library:
    """The server's store, or one in a file."""
    if uri is None:
        return papergraph.open(file)
    return papergraph.open(uri, username=os.environ.get("NEO4J_USERNAME"), password=os.environ.get("NEO4J_PASSWORD"))


def unchanged(folder: Path, number: int, uri: str | None) -> None:
    r = random.Random(3)
    notes = folder / "many"
    for n in range(number):
        path = notes / f"d{n // 200:03d}" / f"n{n:05d}.md"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("\n".join(new_file(r)[:8]) + "\n", encoding="utf-8")
    with opened(uri, folder / "many.db") as library:
        start = time.perf_counter()
        library.import_notes(notes)
        first = time.perf_counter() - start
        times = []
        for _ in range(3):
            start = time.perf_counter()
            (done,) = [o for o in library.sync() if o.origin.paths == (str(notes.resolve()),)]
            times.append(time.perf_counter() - start)
            assert done.plan is not None
            assert done.plan.changes == ()
    print(f"{number} files: imported in {first:.1f} s; unchanged, compared in {sorted(times)[1]:.2f} s, {first / sorted(times)[1]:.0f} times as fast")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("--files", type=int, default=500)
    parser.add_argument("--rounds", type=int, default=200)
    parser.add_argument("--decisions", type=int, default=1000)
    parser.add_argument("--unchanged", type=int, default=10_000)
    parser.add_argument("--db", metavar="URI", help="a server's empty database instead of a file; NEO4J_USERNAME and NEO4J_PASSWORD are heeded")
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        if args.rounds:
            year(Path(folder), args)
        if args.unchanged:
            unchanged(Path(folder), args.unchanged, args.db)
    return 0


if __name__ == "__main__":
    sys.exit(main())
