"""How fast and how well a catalogue finds works: titles as they are, with slips, short names, identifiers, and titles it does not hold.

usage: python bench/identity/catalogue.py [--titles 100000] [--looks 3000] [--wrong]

Beside it stands what one would do otherwise: `rapidfuzz.process.extractOne` over all titles, a full scan in C, with the
score cut-off that makes it fastest and still finds slips.
"""

from __future__ import annotations

import argparse
import csv
import random
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from generator import Work, _slip, works
from rapidfuzz import fuzz, process
from vocabulary import VENUES

from papergraph.catalogue.index import Index
from papergraph.catalogue.looking import Answer, look
from papergraph.folding import fold
from papergraph.model import Paper

Query = tuple[Paper, str | None]
"""What is asked, and the folded title of the work that is meant; `None` if the catalogue does not hold it."""


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--titles", type=int, default=100_000)
    parser.add_argument("--looks", type=int, default=3_000)
    parser.add_argument("--few-words", action="store_true", help="titles of a few hundred words only: the worst case")
    parser.add_argument("--wrong", action="store_true", help="show what is wrong, on standard error")
    args = parser.parse_args()
    rng = random.Random(7)
    # titles of one spelling once, so that what is meant can be told
    found = list({fold(w.title): w for w in works(args.titles * 5 // 4, 3, few_words=args.few_words)}.values())
    rng.shuffle(found)
    held, others = found[: args.titles], found[args.titles :]
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "works.csv"
        _write(file, held)
        start = time.process_time()
        with Index(Path(folder) / "catalogue.db", create=True) as index:
            index.add(file)
            built = time.process_time() - start
            size = index.path.stat().st_size
            print(f"{len(held):,} titles: added in {built:.0f} s ({len(held) / built:,.0f} a second), {size / 1e6:.0f} MB\n")
            print("| looked up | look-ups a second | found | wrong | none given | a scan by rapidfuzz, a second | the catalogue is faster |\n| --- | ---: | ---: | ---: | ---: | ---: | ---: |")
            titles = [fold(w.title) for w in held]
            whole: list[Query] = []
            for name, queries in _queries(rng, held, others, args.looks // 5).items():
                whole += queries
                _row(name, queries, index, titles, wrong=args.wrong)
            rng.shuffle(whole)
            _row("all of these", whole, index, titles, wrong=False)
    return 0


def _write(path: Path, held: Sequence[Work]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        out = csv.writer(file)
        out.writerow(["title", "authors", "year", "venue", "doi", "arxiv_id", "openreview_id"])
        out.writerows([w.title, "; ".join(w.authors), w.year, VENUES[w.venue][1][0], w.doi, w.arxiv, w.openreview] for w in held)


def _queries(rng: random.Random, held: Sequence[Work], others: Sequence[Work], many: int) -> dict[str, list[Query]]:
    def some(makes: Callable[[Work], Paper | None], pool: Sequence[Work], *, known: bool = True) -> list[Query]:
        out: list[Query] = []
        while len(out) < many:
            work = rng.choice(pool)
            asked = makes(work)
            if asked is not None:
                out.append((asked, fold(work.title) if known else None))
        return out

    slips = some(lambda w: Paper("", s) if (s := _slip(rng, w.title)) != w.title else None, held)
    return {
        "titles as they are": some(lambda w: Paper("", w.title), held),
        "titles with a slip": slips,
        "titles with a slip, and authors": some(lambda w: Paper("", _slip(rng, w.title), authors=w.authors[:2], year=w.year), held),
        "identifiers": some(lambda w: Paper("", "", doi=w.doi), held),
        "titles that it does not hold": some(lambda w: Paper("", w.title), others, known=False),
    }


def _row(name: str, queries: Sequence[Query], index: Index, titles: Sequence[str], *, wrong: bool) -> None:
    start = time.process_time()
    answers: list[Answer] = [look(index, asked) for asked, _ in queries]
    rate = len(queries) / (time.process_time() - start)
    good = bad = 0
    for (asked, meant), answer in zip(queries, answers, strict=True):
        got = fold(answer.work.paper.title) if answer.work else None
        good += got is not None and got == meant
        bad += got is not None and got != meant
        if wrong and got != meant:
            print(f"{name}: {asked.title} {asked.authors} → {answer.work and answer.work.paper.title} ({answer.certainty:.2f} {answer.reasons}) {[c.work.paper.title for c in answer.candidates[:3]]}", file=sys.stderr)
    scanned = [fold(asked.title) for asked, _ in queries if asked.title][:60]
    start = time.process_time()
    for title in scanned:
        process.extractOne(title, titles, scorer=fuzz.ratio, score_cutoff=80)
    scan = len(scanned) / (time.process_time() - start) if scanned else 0.0
    ratio = f"{rate / scan:,.0f} ×" if scan else ""
    print(f"| {name} | {rate:,.0f} | {good / len(queries):.1%} | {bad / len(queries):.1%} | {1 - (good + bad) / len(queries):.1%} | {f'{scan:,.1f}' if scan else '–'} | {ratio} |", flush=True)


if __name__ == "__main__":
    sys.exit(main())
