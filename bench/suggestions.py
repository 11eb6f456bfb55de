"""What `papergraph suggest` is worth: relations that a careful reader found in notes are hidden, and it is seen at which rank they come back.

usage: python bench/suggestions.py [FOLDER] [--half a|b] [--json]

FOLDER holds golds NAME.json with their notes in NAME/ or notes/NAME/ (default: bench/extraction/golds). Each gold's notes are imported;
the reader's relations between papers stand in place of those that were extracted, a fifth of the pairs hidden at a time, with every
relation of such a pair. Each end of a hidden pair that the notes are about is asked for its suggestions. Papers that it stands in a known
relation to are in no list. MRR is the mean of 1/rank (0 where it does not come back), hits those among the first ten.

Twice: with the notes that state what is hidden taken out, so that no word of it is left; and with these notes as they stand, as where the
extraction missed a relation. Beside it likeness of contents alone, chance, and what each kind of ground adds. Nothing is asserted.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path
from statistics import fmean

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE / "extraction"))
import gold as golds  # noqa: E402 - bench/extraction/gold.py
from gold import Gold, GoldRelation, fold  # noqa: E402

import papergraph  # noqa: E402
from papergraph.folding import relation_id  # noqa: E402
from papergraph.model import Note, Paper, Relation, Statement  # noqa: E402
from papergraph.query import suggestions  # noqa: E402
from papergraph.query.pairs import Pair, pair  # noqa: E402
from papergraph.store import open_store  # noqa: E402
from papergraph.store.changes import Change  # noqa: E402
from papergraph.store.protocol import Store  # noqa: E402
from papergraph.vocabulary import RELATIONS, AssertedBy, Role  # noqa: E402

FOLDS = 5
FIRST = 10
Known = dict[Pair, list[tuple[Relation, GoldRelation]]]
"""The reader's relations by pair, each with where it is told."""
Ways = dict[str, Callable[[Store, Paper], list[str]]]


@dataclass
class Ranks:
    """Of each list, 1/rank of the hidden paper (0 where it is not in it), and whether it is among the first."""

    reciprocal: list[float] = field(default_factory=list)
    first: list[float] = field(default_factory=list)

    def at(self, rank: int) -> None:
        """One list with the hidden paper at `rank`, from 1; 0 where it is not in it."""
        self.reciprocal.append(1 / rank if rank else 0.0)
        self.first.append(float(0 < rank <= FIRST))

    def by_chance(self, candidates: int) -> None:
        """One list of so many in any order."""
        self.reciprocal.append(sum(1 / r for r in range(1, candidates + 1)) / candidates)
        self.first.append(min(FIRST / candidates, 1.0))

    def add(self, other: Ranks) -> None:
        self.reciprocal += other.reciprocal
        self.first += other.first

    def means(self) -> tuple[float, float]:
        return (fmean(self.reciprocal), fmean(self.first)) if self.first else (0.0, 0.0)


def known_of(gold: Gold, papers: Iterable[Paper]) -> Known:
    """The gold's relations between papers that were found in the notes."""
    ids: dict[str, str] = {}
    for paper in papers:
        for name in (paper.title, *paper.aliases):
            ids.setdefault(fold(name), paper.id)
    out: Known = {}
    for told in gold.relations:
        if told.target_kind != "paper":
            continue
        a, b = (next((ids[fold(n)] for n in names if fold(n) in ids), None) for names in (told.source, told.target))
        if a is not None and b is not None and a != b:
            kind = RELATIONS[told.types[0]]
            ends = pair(a, b) if kind.symmetric else (a, b)
            relation = Relation(relation_id(kind.name, *ends, symmetric=kind.symmetric), kind.name, *ends, 1.0, told.hedged, AssertedBy.EXTRACTOR)
            out.setdefault(pair(a, b), []).append((relation, told))
    return out


def tells(note: Note, told: GoldRelation) -> bool:
    """Whether a note holds the words that state a relation, or stands on their lines."""
    if fold(told.quote) in fold(note.text) or fold(note.text) in fold(told.quote):
        return True
    last = told.line + told.quote.count("\n")
    return note.path.endswith(told.file.rsplit("/", 1)[-1]) and told.line <= note.line <= last


def hidden(said: list[Statement], known: Known, hide: set[Pair], *, words: bool) -> Store:
    """A store with these statements, the known relations in place of those extracted, but for those to hide."""
    places = [told for p in hide for _, told in known[p]]
    kept = [s for s in said if not (isinstance(s.element, Relation) and not s.element.target.startswith("c-"))]
    if not words:
        kept = [s for s in kept if not (isinstance(s.element, Note) and any(tells(s.element, told) for told in places))]
    stated = [Statement(kept[0].asserter, relation) for ends, some in known.items() if ends not in hide for relation, _ in some]
    by_key = {s.key: s for s in (*kept, *stated)}
    store = open_store(":memory:")
    store.apply([Change(None, s) for s in by_key.values()], by="import", action="what is known")
    return store


def ways(shared: suggestions._Shared) -> Ways:
    """How others are ranked, by name."""

    def ranked(kinds: Iterable[str]) -> Callable[[Store, Paper], list[str]]:
        def rank(store: Store, paper: Paper) -> list[str]:
            chosen = {other: [c for c in found if c.kind in kinds] for other, found in gathered(paper).items()}
            return sorted((o for o, found in chosen.items() if found), key=lambda o: (-suggestions.score(chosen[o]), o))

        return rank

    cache: dict[str, dict[str, list[suggestions.Clue]]] = {}

    def gathered(paper: Paper) -> dict[str, list[suggestions.Clue]]:
        if paper.id not in cache:
            cache[paper.id] = suggestions.gather(shared, paper)
        return cache[paper.id]

    kinds = tuple(suggestions.WEIGHTS)
    return {
        "suggest": ranked(kinds),
        "likeness alone": lambda store, paper: [a.paper.id for a in store.alike(paper.id, 20)],
        **{f"without {k}": ranked([x for x in kinds if x != k]) for k in kinds},
    }


def measure(gold: Gold, *, words: bool) -> dict[str, Ranks]:
    """The ranks of every hidden pair of a gold, by way."""
    with papergraph.open(":memory:") as library:
        library.import_notes(gold.notes, jobs=1)
        graph_papers = library.store.graph().papers()
        known = known_of(gold, graph_papers)
        said = list(library.store.all_statements())
    out: dict[str, Ranks] = {}
    pairs = sorted(known)
    for n in range(FOLDS):
        hide = set(pairs[n::FOLDS])
        if not hide:
            continue
        with hidden(said, known, hide, words=words) as store:
            shared = suggestions._Shared(store)
            papers = {p.id: p for p in store.graph().papers()}
            total = len(papers)
            for name, rank in {**ways(shared), "chance": None}.items():
                ranks = out.setdefault(name, Ranks())
                for a, b in sorted(hide):
                    for one, other in ((a, b), (b, a)):
                        if one not in papers or other not in papers or papers[one].role is not Role.ENTRY:
                            continue
                        taken = {x for ends in known.keys() - hide if one in ends for x in ends}
                        if rank is None:
                            ranks.by_chance(total - len(taken - {one}) - 1)
                            continue
                        listed = [x for x in rank(store, papers[one]) if x not in taken]
                        ranks.at(listed.index(other) + 1 if other in listed else 0)
    return out


def load(folder: Path, half: str | None) -> list[Gold]:
    found = []
    for path in sorted(folder.glob("*.json")):
        loaded = golds.load(path)
        nested = folder / "notes" / path.stem
        found.append(loaded if not nested.is_dir() else Gold(**{f: getattr(loaded, f) for f in Gold.__slots__ if f != "notes"}, notes=nested))
    return [g for g in found if half is None or g.half == half]


def table(rows: dict[str, Ranks]) -> str:
    out = [f"| | lists | MRR | first {FIRST} |", "| --- | ---: | ---: | ---: |"]
    out += [f"| {name} | {len(r.first)} | {r.means()[0]:.2f} | {r.means()[1]:.2f} |" for name, r in rows.items()]
    return "\n".join(out)


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", nargs="?", type=Path, default=golds.GOLDS)
    parser.add_argument("--half", choices=golds.HALVES)
    parser.add_argument("--json", action="store_true")
    args = parser.parse_args(arguments)
    data: dict[str, dict[str, dict[str, float]]] = {}
    for words in (False, True):
        title = "with the words that state it" if words else "without the words that state it"
        whole: dict[str, Ranks] = {}
        each: dict[str, Ranks] = {}
        for gold in load(args.folder, args.half):
            print(title, gold.name, file=sys.stderr)
            found = measure(gold, words=words)
            for name, ranks in found.items():
                whole.setdefault(name, Ranks()).add(ranks)
            for name in ("suggest", "likeness alone"):
                if name in found and found[name].first:
                    each[f"{gold.name}, {name}"] = found[name]
        data[title] = {n: {"lists": len(r.first), "mrr": round(r.means()[0], 3), "hits": round(r.means()[1], 3)} for n, r in {**whole, **each}.items()}
        if not args.json:
            print(f"## {title}\n\n{table(whole)}\n\n{table(each)}\n")
    if args.json:
        print(json.dumps(data, ensure_ascii=False, indent=1))
    return 0


if __name__ == "__main__":
    sys.exit(main())
