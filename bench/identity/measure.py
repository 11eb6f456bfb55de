"""How well works are told apart, and how fast: on generated papers of a seed not fitted on, and on DBLP–ACM.

usage: python bench/identity/measure.py [--works 6000] [--seed 11] [--dblp-acm FOLDER] [--large 100000] [--wrong]

`--dblp-acm` names a folder with DBLP.csv, ACM.csv and labels (`dblp_acm_demo_labels.csv`, `labeled_data_demo.csv` with
`dblp_demo.csv` and `acm_demo.csv`), as the source distribution of py_entitymatching holds them in its `datasets`. Nothing
of them is kept here. Beside ours stand what one would do otherwise: equal folded titles, and a threshold on rapidfuzz's
`ratio` of the titles, the threshold that does best on the very pairs it is measured on.
"""

from __future__ import annotations

import argparse
import csv
import sys
import time
from collections.abc import Sequence
from itertools import combinations
from pathlib import Path

from generator import Copy, copies, works
from pairing import HEAD, Score, score
from rapidfuzz.fuzz import ratio

from papergraph.folding import fold
from papergraph.model import Paper
from papergraph.resolve.matching import SURE, candidates, duplicates, match, match_prepared, prepare

Pair = tuple[str, str]


def generated(count: int, seed: int, *, whole: bool) -> tuple[list[Copy], set[Pair]]:
    """Copies of generated works, and the pairs of them that are one work."""
    found = copies(works(count, seed), seed, whole=whole)
    by_work: dict[int, list[str]] = {}
    for c in found:
        by_work.setdefault(c.work, []).append(c.paper.id)
    return found, {(a, b) for ids in by_work.values() for a, b in combinations(sorted(ids), 2)}


def on_generated(count: int, seed: int, *, whole: bool, wrong: bool) -> str:
    found, true = generated(count, seed, whole=whole)
    papers = {c.paper.id: c.paper for c in found}
    ours = duplicates(list(papers.values()), least=0.0)
    pairs = [(d.first.id, d.second.id) for d in ours]
    rows = [f"{len(found):,} generated papers, {'nearly all told, as in catalogues' if whole else 'much left out, as in notes'}, of {len({c.work for c in found}):,} works (seed {seed}), {len(true):,} true pairs; blocking keeps {len(set(pairs) & true) / len(true):.2%} of them", "", HEAD]
    for least in sorted({0.5, 0.8, SURE, 0.95}):
        rows.append(score([(d.first.id, d.second.id) for d in ours if d.match.certainty >= least], true).row(f"papergraph, certainty ≥ {least:g}"))
    by_title: dict[str, list[str]] = {}
    for p in papers.values():
        by_title.setdefault(fold(p.title), []).append(p.id)
    rows.append(score([(a, b) for ids in by_title.values() for a, b in combinations(sorted(ids), 2)], true).row("equal folded titles"))
    rows.append(_best_ratio([(p, fold(papers[p[0]].title), fold(papers[p[1]].title)) for p in pairs], true))
    if wrong:
        _show([(papers[d.first.id], papers[d.second.id], d.match) for d in ours if d.match.certainty >= SURE and (d.first.id, d.second.id) not in true], "wrong")
        certain = {(d.first.id, d.second.id): d.match for d in ours}
        _show([(papers[a], papers[b], certain.get((a, b)) or match(papers[a], papers[b])) for a, b in sorted(true) if (m := certain.get((a, b))) is None or m.certainty < SURE], "missed")
    return "\n".join(rows)


def _best_ratio(pairs: Sequence[tuple[Pair, str, str]], true: set[Pair]) -> str:
    rated = [(p, ratio(a, b)) for p, a, b in pairs]
    best: tuple[float, int, Score] | None = None
    for least in range(80, 101, 2):
        one = score([p for p, r in rated if r >= least], true)
        if best is None or one.f1 > best[0]:
            best = one.f1, least, one
    assert best
    return best[2].row(f"rapidfuzz ratio ≥ {best[1]}, the best threshold")


def _show(cases: Sequence[tuple[Paper, Paper, object]], what: str) -> None:
    for a, b, told in cases[:40]:
        print(what, told, *(f"   {p.title} | {', '.join(p.authors)} | {p.year} | {p.venue} | {p.doi} {p.arxiv_id}" for p in (a, b)), sep="\n", file=sys.stderr)


def dblp_acm(folder: Path) -> tuple[list[Paper], list[Paper], dict[Pair, bool]]:
    """The papers of both, and what the labels say of pairs of them."""

    def read(name: str) -> dict[str, Paper]:
        with (folder / name).open(encoding="utf-8", newline="") as file:
            return {
                r["id"]: Paper(r["id"], r["title"], authors=tuple(a.strip() for a in r["authors"].split(",") if a.strip()), venue=r["venue"] or None, year=int(float(r["year"])) if r["year"] else None)
                for r in csv.DictReader(file)
            }

    dblp, acm, few_dblp, few_acm = map(read, ("DBLP.csv", "ACM.csv", "dblp_demo.csv", "acm_demo.csv"))
    labels: dict[Pair, bool] = {}
    for name, (left, right, told) in {"dblp_acm_demo_labels.csv": ("ltable.id", "rtable.id", "gold"), "labeled_data_demo.csv": ("ltable_id", "rtable_id", "label")}.items():
        with (folder / name).open(encoding="utf-8", newline="") as file:
            for r in csv.DictReader(row for row in file if not row.startswith("#")):
                labels[r[left], r[right]] = r[told] == "1"
    return [*dblp.values(), *few_dblp.values()], [*acm.values(), *few_acm.values()], labels


def on_dblp_acm(folder: Path, *, wrong: bool) -> str:
    left, right, labels = dblp_acm(folder)
    ours, theirs = {p.id: p for p in left}, {p.id: p for p in right}
    known = [(a, b) for a, b in labels if a in ours and b in theirs]
    # whoever made the labelled sample into an exercise exchanged title and authors in some rows
    people = {fold(x) for p in right for x in p.authors}
    exchanged = {p.id for p in left if any(fold(x) in people for x in p.title.split(", "))}
    pairs = [p for p in known if p[0] not in exchanged]
    true = {p for p in pairs if labels[p]}
    certain = {(a, b): match(ours[a], theirs[b]) for a, b in pairs}
    lost = [p for p in known if p[0] in exchanged]
    rows = [f"DBLP–ACM: {len(pairs)} labelled pairs, {len(true)} of them one work ({len(lost)} more, {sum(labels[p] for p in lost)} of them one work, are left out: their title and authors are exchanged)", "", HEAD]
    for least in sorted({0.5, 0.8, SURE, 0.95}):
        rows.append(score([p for p, m in certain.items() if m.certainty >= least], true).row(f"papergraph, certainty ≥ {least:g}"))
    rows.append(score([(a, b) for a, b in pairs if fold(ours[a].title) == fold(theirs[b].title)], true).row("equal folded titles"))
    rows.append(_best_ratio([((a, b), fold(ours[a].title), fold(theirs[b].title)) for a, b in pairs], true))
    if wrong:
        _show([(ours[a], theirs[b], m) for (a, b), m in certain.items() if (m.certainty >= SURE) != ((a, b) in true)], "disagrees")
    whole = [p for p in left if "/" in p.id], [p for p in right if p.id.isdigit()]
    ready = [prepare(p) for p in (*whole[0], *whole[1])]
    cut = len(whole[0])
    found = [(ready[a].paper, ready[b].paper, m) for a, b in candidates(ready) if a < cut <= b and (m := match_prepared(ready[a], ready[b])).certainty >= SURE]
    plain = sum(fold(a.title) == fold(b.title) for a, b, _ in found)
    rows.append(f"\nThe whole tables, {len(whole[0])} × {len(whole[1])}: {len(found)} pairs at certainty ≥ {SURE:g}, {plain} of them with equal folded titles, {len({a.id for a, _, _ in found})} papers of DBLP, {len({b.id for _, b, _ in found})} of ACM.")
    if wrong:
        _show([f for f in found if fold(f[0].title) != fold(f[1].title)], "found")
    return "\n".join(rows)


def at_large(count: int) -> str:
    found = copies(works(count * 2 // 3, 5), 6, most=2)[:count]
    start = time.process_time()
    many = duplicates([c.paper for c in found])
    return f"`duplicates` among {len(found):,} papers: {time.process_time() - start:.0f} s, {len(many):,} pairs at certainty ≥ 0.5."


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--works", type=int, default=6000)
    parser.add_argument("--seed", type=int, default=11)
    parser.add_argument("--dblp-acm", type=Path, metavar="FOLDER")
    parser.add_argument("--large", type=int, default=0, metavar="PAPERS")
    parser.add_argument("--wrong", action="store_true", help="show what is wrong, on standard error")
    args = parser.parse_args()
    if args.works:
        for whole in (True, False):
            print(on_generated(args.works, args.seed, whole=whole, wrong=args.wrong), "", sep="\n")
    if args.dblp_acm:
        print(on_dblp_acm(args.dblp_acm, wrong=args.wrong), "", sep="\n")
    if args.large:
        print(at_large(args.large))
    return 0


if __name__ == "__main__":
    sys.exit(main())
