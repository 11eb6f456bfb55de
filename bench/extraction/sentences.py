"""Score papergraph on single labelled sentences: which relation, if any, one sentence of a note states.

usage: python bench/extraction/sentences.py [FILE.jsonl ...] [--half a|b] [--errors] [--json]
                                            [--write FOLDER | --predictions FOLDER]

Without a file: sentences/en.jsonl and sentences/ja.jsonl. Each sentence becomes a note of its own: it stands below its paper, between
two other papers. For another extractor: --write FOLDER writes these notes as LANG-NUMBER.md, --predictions FOLDER scores
LANG-NUMBER.json, in the form that score.py reads. README.md says what is measured.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import predictions
from gold import DIRECTED, HALVES, fold
from predictions import PredictedRelation, Prediction
from report import markdown

FILES = Path(__file__).parent / "sentences"
NONE = "NONE"
BEFORE, AFTER = "An Earlier Paper of the Same List", "A Later Paper of the Same List"
STAND_IN = "Zebrafish Qualia Under Lanterns"
"""The subject of a sentence that has none, and what makes a short one a title."""


@dataclass(frozen=True, slots=True)
class Sentence:
    """A line of the file; see README.md."""

    name: str
    text: str
    subject: str
    target: str
    position: bool
    type: str
    also: frozenset[str]
    forward: bool
    hedged: bool
    half: str

    @property
    def right(self) -> frozenset[str]:
        return self.also | {self.type}

    def notes(self) -> str:
        """The sentence as it stands in somebody's list."""
        lines = [
            f"- [{BEFORE}](https://arxiv.org/abs/2401.00001)",
            f"- [{self.subject}](https://arxiv.org/abs/2401.00002)",
            f"  - {self.text}",
        ]
        return "\n".join([*lines, f"- [{AFTER}](https://arxiv.org/abs/2401.00003)"])


@dataclass(frozen=True, slots=True)
class Guess:
    """A relation found, seen from the sentence's paper; `target` is empty if that is neither of its ends."""

    type: str
    target: str
    forward: bool
    hedged: bool
    confidence: float

    def names(self, sentence: Sentence) -> bool:
        if sentence.position and self.target in (BEFORE, AFTER):
            return True
        found, wanted = fold(self.target), fold(sentence.target)
        return bool(found) and bool(wanted) and (found in wanted or wanted in found)


def load(path: Path) -> list[Sentence]:
    lines = path.read_text(encoding="utf-8").splitlines()
    return [_sentence(json.loads(line), f"{path.stem}-{n:03}") for n, line in enumerate(lines, 1)]


def _sentence(raw: dict[str, Any], name: str) -> Sentence:
    subject = raw["subject"] or STAND_IN
    if re.search(r"[\[\]]", subject):
        subject = STAND_IN
    if subject.isascii() and len(subject.split()) < 3:
        subject = f"{subject}: {STAND_IN}"
    # "does not use X" states no use; "does not support X" states that they contradict
    denied = raw["negated"] and raw["type"] not in ("CONTRADICTS", "DIFFERS_FROM")
    return Sentence(
        name=name,
        text=raw["text"].replace("\n", " "),
        subject=subject,
        target=raw["target"] or "",
        position=raw["target_kind"] == "position",
        type=NONE if denied else raw["type"],
        also=frozenset(raw["alt_types"]),
        forward=raw.get("direction", "forward") == "forward",
        hedged=raw["hedged"],
        half=raw["half"],
    )


def guesses(sentence: Sentence, found: Prediction) -> list[Guess]:
    """What was found of the sentence's paper; if nothing, what was found at all."""
    own = [g for r in found.relations if (g := _guess(sentence, r)).target]
    return own or [_guess(sentence, r) for r in found.relations]


def _guess(sentence: Sentence, relation: PredictedRelation) -> Guess:
    ends = fold(relation.source), fold(relation.target)
    target = {ends[0]: relation.target, ends[1]: relation.source}.get(fold(sentence.subject), "")
    return Guess(relation.type, target, ends[0] == fold(sentence.subject), relation.hedged, relation.confidence)


def pick(sentence: Sentence, found: list[Guess]) -> Guess | None:
    """The guess that counts: of those with the right target, if any, the one of the right type, if any, else the surest."""
    candidates = [g for g in found if g.names(sentence)] or found
    for wanted in ({sentence.type}, sentence.right):
        if fits := [g for g in candidates if g.type in wanted]:
            return fits[0]
    return max(candidates, key=lambda g: g.confidence, default=None)


class Tally:
    """Counts over sentences."""

    def __init__(self) -> None:
        self.right: Counter[str] = Counter()
        self.false: Counter[str] = Counter()
        self.missed: Counter[str] = Counter()
        self.counts = {name: [0, 0] for name in ("kept out", "target", "direction", "hedge")}
        self.errors: list[str] = []

    def add(self, sentence: Sentence, found: list[Guess]) -> None:
        best = pick(sentence, found)
        kind = best.type if best else NONE
        if sentence.type == NONE:
            self._count("kept out", sentence, found, ok=kind == NONE or kind in sentence.also)
            self.false[kind] += kind != NONE and kind not in sentence.also
        elif best and kind in sentence.right:
            self.right[sentence.type] += 1
            self._count("target", sentence, found, ok=best.names(sentence))
            self._count("hedge", sentence, found, ok=best.hedged == sentence.hedged)
            if kind in DIRECTED:
                self._count("direction", sentence, found, ok=best.forward == sentence.forward)
        elif kind not in sentence.right:
            self.missed[sentence.type] += 1
            self.false[kind] += kind != NONE
            self._tell("missed" if kind == NONE else "type", sentence, found)

    def _count(self, name: str, sentence: Sentence, found: list[Guess], *, ok: bool) -> None:
        self.counts[name][0] += ok
        self.counts[name][1] += 1
        if not ok:
            self._tell(name, sentence, found)

    def _tell(self, what: str, sentence: Sentence, found: list[Guess]) -> None:
        got = "; ".join(f"{g.type} {g.confidence:.2f} {'' if g.forward else '<- '}{g.target[:40]}" for g in found) or "nothing"
        self.errors.append(f"{what}: {sentence.name} {sentence.type} [{sentence.target}]: {sentence.text}\n    got {got}")

    def f1(self) -> dict[str, float]:
        """By type, of the types that stand in the sentences."""
        kinds = sorted(set(self.right) | set(self.missed))
        return {k: 2 * self.right[k] / (2 * self.right[k] + self.false[k] + self.missed[k]) for k in kinds}

    def as_json(self) -> dict[str, Any]:
        f1 = self.f1()
        right, missed = self.right.total(), self.missed.total()
        return {
            "macroF1": round(sum(f1.values()) / len(f1), 4) if f1 else None,
            "recall": {"part": right, "whole": right + missed},
            **{name: {"part": a, "whole": b} for name, (a, b) in self.counts.items()},
            "F1": {k: round(v, 4) for k, v in f1.items()},
        }


def extract(sentence: Sentence) -> Prediction:
    """What papergraph finds in the sentence's note, read alone."""
    import tempfile

    import papergraph

    with tempfile.TemporaryDirectory() as folder, papergraph.open(Path(folder) / "library.db") as library:
        notes = Path(folder) / f"{sentence.name}.md"
        notes.write_text(sentence.notes(), encoding="utf-8")
        library.import_notes(notes, jobs=1)
        return predictions.parse(json.loads(library.export_json()), sentence.name)


def tallies(files: list[Path], half: str | None, predict: Callable[[Sentence], Prediction]) -> dict[str, Tally]:
    """One for each file and half."""
    out: dict[str, Tally] = {}
    for path in files:
        for sentence in load(path):
            if half in (None, sentence.half):
                out.setdefault(f"{path.stem} {sentence.half}", Tally()).add(sentence, guesses(sentence, predict(sentence)))
    return dict(sorted(out.items()))


def table(scores: dict[str, Tally]) -> str:
    kinds = sorted({k for t in scores.values() for k in t.f1()})
    names = ("recall", "kept out", "target", "direction", "hedge")
    rows = []
    for name, tally in scores.items():
        told, f1 = tally.as_json(), tally.f1()
        macro = "–" if told["macroF1"] is None else f"{told['macroF1']:.2f}"
        rows.append(
            [name, macro, *(f"{told[n]['part']}/{told[n]['whole']}" for n in names), *(f"{f1[k]:.2f}" if k in f1 else "–" for k in kinds)]
        )
    return markdown(["sentences", "macro F1", *names, *kinds], rows)


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("files", nargs="*", type=Path, help="sentences, one JSON object a line")
    parser.add_argument("--half", choices=HALVES, help="the sentences of this half alone")
    parser.add_argument("--errors", action="store_true", help="list what was wrong")
    parser.add_argument("--json", action="store_true", help="print JSON")
    other = parser.add_mutually_exclusive_group()
    other.add_argument("--write", type=Path, metavar="FOLDER", help="write the sentences' notes here, and score nothing")
    other.add_argument("--predictions", type=Path, metavar="FOLDER", help="score what stands here instead of running papergraph")
    args = parser.parse_args(arguments)
    files = args.files or sorted(FILES.glob("*.jsonl"))
    if args.write:
        args.write.mkdir(parents=True, exist_ok=True)
        for sentence in (s for f in files for s in load(f) if args.half in (None, s.half)):
            (args.write / f"{sentence.name}.md").write_text(sentence.notes(), encoding="utf-8")
        return 0
    try:
        scores = tallies(
            files, args.half, (lambda s: predictions.load(args.predictions / f"{s.name}.json")) if args.predictions else extract
        )
    except predictions.PredictionError as error:
        print(error, file=sys.stderr)
        return 1
    if args.json:
        told = {name: t.as_json() | ({"errors": t.errors} if args.errors else {}) for name, t in scores.items()}
        print(json.dumps(told, ensure_ascii=False, indent=1))
        return 0
    print(table(scores))
    if args.errors:
        for name, tally in scores.items():
            print(f"\n{name}", *sorted(tally.errors), sep="\n  ")
    return 0


if __name__ == "__main__":
    sys.exit(main())
