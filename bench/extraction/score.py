"""Score an extractor's predictions against the golds.

usage: python bench/extraction/score.py PREDICTIONS [--gold NAME ...] [--half a|b] [--errors] [--json]

PREDICTIONS is a folder with one NAME.json for each gold, or with one --gold the JSON file itself. Its form and what each
measure means: README.md. Needs Python only.
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

import gold as golds
import measures
import predictions
from measures import Score
from report import table


def main(arguments: list[str] | None = None) -> int:
    """0 scored, 1 a prediction cannot be read or is missing, 2 wrong use."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("predictions", type=Path)
    parser.add_argument("--gold", action="append", default=[], metavar="NAME", help="score this gold alone; may be repeated")
    parser.add_argument("--half", choices=golds.HALVES, help="score the golds of this half alone")
    parser.add_argument("--errors", action="store_true", help="list what was wrong and what was missed")
    parser.add_argument("--json", action="store_true", help="print JSON")
    args = parser.parse_args(arguments)
    try:
        chosen = golds.load_all(tuple(args.gold), args.half)
    except ValueError as error:
        parser.error(str(error))
    if not chosen:
        parser.error(f"none of the named golds is of half {args.half}")
    if args.predictions.is_file() and len(chosen) > 1:
        parser.error(f"{args.predictions} is a file; say with --gold which gold it is of, or give a folder with one file for each gold")
    try:
        scores = {
            g.name: measures.score(
                g, predictions.load(args.predictions if args.predictions.is_file() else args.predictions / f"{g.name}.json")
            )
            for g in chosen
        }
    except predictions.PredictionError as error:
        print(error, file=sys.stderr)
        return 1
    if args.json:
        print(json.dumps(as_json(scores, errors=args.errors), ensure_ascii=False, indent=1))
        return 0
    print(table({**scores, "all": measures.total(scores.values())}, first="gold"))
    if args.errors:
        for name, score in scores.items():
            for kind, lines in (("wrong", score.wrong), ("missed", score.missed)):
                print(f"\n{name}: {kind}", *(lines or ["nothing"]), sep="\n  ")
    return 0


def as_json(scores: dict[str, Score], *, errors: bool = False) -> dict[str, object]:
    """Each gold's score and their total."""
    told = {name: s.as_json() | ({"wrong": list(s.wrong), "missed": list(s.missed)} if errors else {}) for name, s in scores.items()}
    return {"golds": told, "all": measures.total(scores.values()).as_json()}


if __name__ == "__main__":
    sys.exit(main())
