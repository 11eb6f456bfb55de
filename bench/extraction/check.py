"""Check that every title, quote and line of the golds stands in its notes.

usage: python bench/extraction/check.py [NAME ...]
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path

import gold as golds
from gold import HALVES, TYPES, Gold, fold

ROLES = ("entry", "cited")
CERTAINTIES = ("clear", "arguable")


def problems(gold: Gold) -> Iterator[str]:
    """What is off in a gold, each with the place."""
    yield from _places(gold)
    yield from _values(json.loads(gold.notes.with_suffix(".json").read_text(encoding="utf-8")), gold.name)


def _places(gold: Gold) -> Iterator[str]:
    lines: dict[str, list[str]] = {}
    for file in gold.files:
        if (gold.notes / file).is_file():
            lines[file] = gold.text(file).split("\n")
        else:
            yield f"{gold.name}: no file {file} in its notes"
    named = [("paper", p.names, p.file, p.line) for p in gold.papers if not p.untitled]
    quoted = [
        (kind, (x.quote,), x.file, x.line) for kind, xs in (("relation", gold.relations), ("remark", gold.listed_remarks)) for x in xs
    ]
    for kind, wanted, file, line in [*named, *quoted]:
        if file not in lines:
            yield f"{gold.name}: {kind} in {file}, which is not in source.path"
            continue
        around = fold("".join(lines[file][line - 1 : line + 2]))  # it may run over its line's end
        if not any(fold(w) and fold(w) in around for w in wanted):
            yield f"{gold.name}: {file}:{line} does not hold the {kind} {wanted[0][:80]!r}"


def _values(raw: dict[str, object], name: str) -> Iterator[str]:
    source, papers, relations = raw["source"], raw["papers"], raw["relations"]
    assert isinstance(source, dict) and isinstance(papers, list) and isinstance(relations, list)
    if source.get("licence") != "CC0-1.0" or source.get("half") not in HALVES:
        yield f"{name}: expected the licence CC0-1.0 and half a or b in source"
    titles = {fold(t) for p in papers for t in [p["title"], *p.get("title_alts", [])]}
    for p in papers:
        if p["role"] not in ROLES or p.get("confidence", "clear") not in CERTAINTIES:
            yield f"{name}: bad role or confidence of {p['title']!r}"
    for r in relations:
        where = f"{name}: relation at line {r['line']}"
        if not {r["type"], *r.get("alt_types", [])} <= TYPES or r["confidence"] not in CERTAINTIES or not isinstance(r["hedged"], bool):
            yield f"{where}: bad type, confidence or hedged"
        if fold(r["source"]) not in titles:
            yield f"{where}: source {r['source']!r} is no paper of this gold"
        if r["target_kind"] == "paper" and fold(r["target"]) not in titles:
            yield f"{where}: target {r['target']!r} is no paper of this gold"


def main(names: list[str]) -> int:
    """0 if all stands, else 1."""
    off = 0
    for gold in golds.load_all(tuple(Path(n).stem for n in names)):
        for problem in problems(gold):
            print(problem)
            off += 1
        clear = sum(r.clear for r in gold.relations)
        print(
            f"{gold.name}: {len(gold.papers)} papers, {len(gold.relations)} relations ({clear} clear), {len(gold.listed_remarks)} remarks",
            file=sys.stderr,
        )
    return int(bool(off))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
