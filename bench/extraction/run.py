"""Run papergraph and the baselines over every gold's notes, score them, and write the tables.

usage: python bench/extraction/run.py [--half a|b] [--output FOLDER] [--keep FOLDER] [--json]

Writes RESULTS.md and results.json into FOLDER (default: beside this file). With --half, or without --output, the tables are
printed too. --keep keeps papergraph's predictions, one NAME.json a gold, as score.py reads them.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

import gold as golds
import measures
import predictions
from baselines import BASELINES
from gold import Gold
from measures import Score
from report import field_table, table, type_table

import papergraph

HERE = Path(__file__).parent
NAME = "papergraph"
Scores = dict[str, dict[str, Score]]
"""By system, then by gold."""


def extract(gold: Gold) -> str:
    """papergraph's export of a gold's notes, imported into an empty store."""
    with tempfile.TemporaryDirectory() as folder, papergraph.open(Path(folder) / "library.db") as library:
        library.import_notes(gold.notes, jobs=1)
        return library.export_json()


def scores_of(chosen: list[Gold], keep: Path | None) -> Scores:
    out: Scores = {NAME: {}}
    for gold in chosen:
        print(gold.name, file=sys.stderr)
        export = extract(gold)
        if keep:
            keep.mkdir(parents=True, exist_ok=True)
            (keep / f"{gold.name}.json").write_text(export, encoding="utf-8")
        out[NAME][gold.name] = measures.score(gold, predictions.parse(json.loads(export), gold.name))
        for name, baseline in BASELINES.items():
            out.setdefault(name, {})[gold.name] = measures.without_papers(measures.score(gold, baseline(gold)))
    return out


def totals(scores: Scores, chosen: list[Gold], holds: Callable[[Gold], bool]) -> dict[str, Score]:
    """Each system's score on the golds of which `holds` is true."""
    names = [g.name for g in chosen if holds(g)]
    return {system: measures.total(by_gold[n] for n in names) for system, by_gold in scores.items()}


def page(scores: Scores, chosen: list[Gold]) -> str:
    """RESULTS.md."""
    parts: dict[str, Callable[[Gold], bool]] = {
        "All golds": lambda g: True,
        "Half a": lambda g: g.half == "a",
        "Half b": lambda g: g.half == "b",
        "English": lambda g: g.lang == "en",
        "Japanese": lambda g: g.lang == "ja",
    }
    out = [
        "# Results",
        f"Made by `python bench/extraction/run.py`, papergraph {papergraph.__version__}. What each measure means: [README.md](README.md). "
        "The baselines are told the papers and find relations only.",
    ]
    for title, holds in parts.items():
        if some := [g for g in chosen if holds(g)]:
            clear = sum(len({r.key for r in g.relations if r.clear}) for g in some)
            out += [f"## {title}\n{len(some)} sets, {clear} clear relations.", table(totals(scores, some, holds), first="system")]
    rows = {f"{g.name} ({g.half})": scores[NAME][g.name] for g in chosen}
    everything = totals(scores, chosen, lambda g: True)
    out += [
        f"## {NAME}, each set\n" + table(rows, first="set (half)"),
        f"## {NAME}, papers, fields and remarks\nRight of those that the gold has; fields of the entries found.\n\n"
        + field_table({**rows, "all": everything[NAME]}, first="set (half)"),
        "## Recall by type\n" + type_table({name: everything[name] for name in (NAME, "cue words")}),
    ]
    return "\n\n".join(out) + "\n"


def as_json(scores: Scores, chosen: list[Gold]) -> dict[str, object]:
    systems = {
        system: {"golds": {n: s.as_json() for n, s in by.items()}, "all": measures.total(by.values()).as_json()}
        for system, by in scores.items()
    }
    return {
        "papergraph": papergraph.__version__,
        "golds": {g.name: {"half": g.half, "lang": g.lang, "layout": g.layout} for g in chosen},
        "systems": systems,
    }


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--half", choices=golds.HALVES, help="the golds of this half alone; prints, and writes only with --output")
    parser.add_argument("--output", type=Path, metavar="FOLDER", help="where RESULTS.md and results.json go")
    parser.add_argument("--keep", type=Path, metavar="FOLDER", help="keep papergraph's predictions here")
    parser.add_argument("--json", action="store_true", help="print JSON instead of the tables")
    args = parser.parse_args(arguments)
    chosen = golds.load_all(half=args.half)
    scores = scores_of(chosen, args.keep)
    text, data = page(scores, chosen), json.dumps(as_json(scores, chosen), ensure_ascii=False, indent=1)
    output = args.output or (None if args.half else HERE)
    if output:
        output.mkdir(parents=True, exist_ok=True)
        (output / "RESULTS.md").write_text(text, encoding="utf-8")
        (output / "results.json").write_text(data + "\n", encoding="utf-8")
    print(data if args.json else text)
    return 0


if __name__ == "__main__":
    sys.exit(main())
