"""The published benchmark: its golds stand in their notes, and its scorer counts as README.md says."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

FOLDER = Path(__file__).parent.parent / "bench" / "extraction"
sys.path.append(str(FOLDER))  # at the end: run.py there must not hide server/run.py
import baselines  # noqa: E402 - bench/extraction
import check  # noqa: E402
import gold as golds  # noqa: E402
import measures  # noqa: E402
import predictions  # noqa: E402
import score as command  # noqa: E402
import sentences  # noqa: E402

NAMES = sorted(p.stem for p in golds.GOLDS.glob("*.json"))


def gold_of(name: str) -> golds.Gold:
    return golds.load_all((name,))[0]


def as_prediction(gold: golds.Gold) -> dict[str, Any]:
    """A gold as the export of an extractor that finds all of it and nothing else."""
    nodes: dict[str, dict[str, Any]] = {}
    edges: list[dict[str, Any]] = []
    for p in gold.papers:
        if p.counted:
            nodes[f"p-{p.title}"] = {"label": "Paper", "title": p.title, "role": p.role, **p.fields}
            topics = p.fields["topics"] or []
            ids = ["t-" + " > ".join(topics[: n + 1]) for n in range(len(topics))]
            nodes |= {i: {"label": "Topic", "prefLabel": t} for i, t in zip(ids, topics, strict=True)}
            edges += [{"source": inner, "target": outer, "type": "BROADER"} for outer, inner in pairwise(ids)]
            edges += [{"source": f"p-{p.title}", "target": i, "type": "HAS_TOPIC"} for i in ids[-1:]]
    for r in gold.relations:
        if r.clear:
            ends = []
            for names in (r.source, r.target):
                known = next((f"p-{n}" for n in names if f"p-{n}" in nodes), f"c-{names[0]}")
                nodes.setdefault(known, {"label": "Concept", "prefLabel": names[0]})
                ends.append(known)
            edges.append({"source": ends[0], "target": ends[1], "type": r.types[0], "hedged": r.hedged, "confidence": 0.9})
    for n, remark in enumerate(gold.remarks or ()):
        nodes[f"n-{n}"] = {"label": "Note", "text": remark.quote, "kind": "opinion"}
    return {"nodes": [{"id": i, **n} for i, n in nodes.items()], "edges": edges}


@pytest.mark.parametrize("name", NAMES)
def test_every_title_quote_and_line_of_a_gold_stands_in_its_notes(name: str) -> None:
    assert list(check.problems(gold_of(name))) == []


def test_the_golds_are_in_two_halves_of_both_languages() -> None:
    assert {(g.half, g.lang) for g in golds.load_all()} == {("a", "en"), ("a", "ja"), ("b", "en"), ("b", "ja")}


@pytest.mark.parametrize("name", NAMES)
def test_a_gold_scores_one_against_itself(name: str) -> None:
    gold = gold_of(name)
    score = measures.score(gold, predictions.parse(as_prediction(gold)))
    assert {k: (part, whole) for k, (part, whole) in score.counts.items() if part != whole} == {}
    assert (score.f1("relations"), score.wrong, score.missed) == (1.0, (), ())


@pytest.mark.parametrize("name", NAMES)
def test_nothing_scores_nothing(name: str) -> None:
    score = measures.score(gold_of(name), predictions.parse({"nodes": [], "edges": []}))
    assert {part for part, _ in score.counts.values()} == {0}
    assert (score.f1("relations"), score.f1("entries")) == (0.0, 0.0)


# --- a small case by hand

A, B, C = "Alpha Ordering of Streams", "Beta Trees for Everyone", "Gamma"


def paper(title: str, role: str = "entry", **fields: Any) -> golds.GoldPaper:
    return golds.GoldPaper((title,), role, "n.md", 1, dict.fromkeys(measures.FIELDS) | fields, (), untitled=False, counted=True)


def stated(source: str, kind: str, target: str, *more: str, hedged: bool = False, clear: bool = True) -> golds.GoldRelation:
    return golds.GoldRelation((source,), (target,), "paper", (kind, *more), hedged, clear, "q", "n.md", 1)


GOLD = golds.Gold(
    name="hand",
    lang="en",
    layout="bullets",
    half="a",
    files=("n.md",),
    papers=(paper(A, authors=["Ada Lovelace"], year=2020), paper(B), paper(C, "cited")),
    relations=(stated(A, "EXTENDS", B), stated(A, "SIMILAR_TO", C, "EQUIVALENT_TO", hedged=True), stated(B, "USES", C, clear=False)),
    remarks=None,
    listed_remarks=(),
    notes=Path(),
)


def found(*edges: tuple[str, str, str], hedged: bool = False, confidence: float = 0.9) -> predictions.Prediction:
    nodes = [{"id": t, "label": "Paper", "title": t, "authors": ["Lovelace, Ada"], "year": 2021} for t in (A, B, "A Paper That Is Nowhere")]
    told = [{"source": s, "type": k, "target": t, "hedged": hedged, "confidence": confidence} for s, k, t in edges]
    return predictions.parse({"nodes": [*nodes, {"id": C, "label": "Concept", "prefLabel": C}], "edges": told})


@pytest.mark.parametrize(
    ("prediction", "expected"),
    [
        # right, but turned round: the type is right, the direction is not
        (
            found((B, "EXTENDS", A)),
            {"precision": (1, 1), "recall": (1, 2), "typed_recall": (1, 2), "type": (1, 1), "direction": (0, 1), "hedge": (1, 1)},
        ),
        # of another type: found, not as its type
        (
            found((A, "USES", B)),
            {"precision": (1, 1), "recall": (1, 2), "typed_recall": (0, 2), "typed_precision": (0, 1), "direction": (0, 0)},
        ),
        # an equally right type of a symmetric relation, without its hedge
        (found((C, "EQUIVALENT_TO", A)), {"recall": (1, 2), "typed_recall": (1, 2), "direction": (0, 0), "hedge": (0, 1)}),
        # arguable in the gold: neither right nor wrong
        (found((B, "USES", C)), {"precision": (0, 0), "recall": (0, 2)}),
        # stated nowhere
        (found((A, "USES", "A Paper That Is Nowhere")), {"precision": (0, 1), "recall": (0, 2)}),
        # right, but unsure
        (found((A, "EXTENDS", B), confidence=0.6), {"precision": (1, 1), "sure.precision": (0, 0), "sure.recall": (0, 2)}),
    ],
)
def test_relations_are_counted(prediction: predictions.Prediction, expected: dict[str, tuple[int, int]]) -> None:
    counts = measures.score(GOLD, prediction).counts
    assert {k: counts[f"relations.{k}"] for k in expected} == expected


def test_papers_and_fields_are_counted() -> None:
    counts = measures.score(GOLD, found()).counts
    assert {
        k: counts[k] for k in ("entries.precision", "entries.recall", "cited.recall", "fields.authors", "fields.year", "fields.url")
    } == {
        "entries.precision": (2, 3),
        "entries.recall": (2, 2),
        "cited.recall": (0, 1),
        "fields.authors": (1, 1),
        "fields.year": (0, 1),
        "fields.url": (0, 0),
    }


# --- the command


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[", "cannot be read as JSON"),
        ("[]", "expected an object with a list 'nodes'"),
        ('{"nodes": []}', "expected a list 'edges'"),
        ('{"nodes": [{"id": 1}], "edges": []}', "nodes[0]: expected an object with 'id' and 'label'"),
        ('{"nodes": [], "edges": [{"source": 1, "target": 2, "type": "USES"}]}', "edges[0]: source 1 is the id of no node"),
        (None, "no such file"),
    ],
)
def test_a_prediction_that_cannot_be_scored_is_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], text: str | None, message: str
) -> None:
    if text is not None:
        (tmp_path / "en-org.json").write_text(text, encoding="utf-8")
    assert command.main([str(tmp_path), "--gold", "en-org"]) == 1
    told = capsys.readouterr().err
    assert message in told
    assert "en-org.json" in told


def test_the_example_of_the_documentation_is_a_prediction() -> None:
    example = (FOLDER / "README.md").read_text(encoding="utf-8").split("```json\n")[1].split("```")[0]
    prediction = predictions.parse(json.loads(example))
    assert (len(prediction.papers), prediction.papers[0].topics) == (2, (("Consensus",),))
    assert [(r.type, r.target, r.confidence) for r in prediction.relations] == [
        ("DIFFERS_FROM", "Paxos Made Simple", 0.9),
        ("USES", "leader election", 1.0),
    ]


def test_the_command_scores_a_half_as_json(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    chosen = golds.load_all(half="b")
    for gold in chosen:
        (tmp_path / f"{gold.name}.json").write_text(json.dumps(as_prediction(gold)), encoding="utf-8")
    assert command.main([str(tmp_path), "--half", "b", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert list(told["golds"]) == [g.name for g in chosen]
    assert told["all"]["f1"] == {"entries": 1.0, "relations": 1.0, "relations.typed": 1.0}


@pytest.mark.parametrize("baseline", baselines.BASELINES.values(), ids=baselines.BASELINES)
def test_baselines_find_something_and_are_not_perfect(baseline: Callable[[golds.Gold], predictions.Prediction]) -> None:
    score = measures.total(measures.score(g, baseline(g)) for g in golds.load_all())
    assert 0 < (score.f1("relations") or 0) < 1


# --- sentences


@pytest.mark.parametrize("lang", ["en", "ja"])
def test_sentences_hold_their_targets_and_cover_every_type(lang: str) -> None:
    rows = sentences.load(sentences.FILES / f"{lang}.jsonl")
    assert len({r.text for r in rows}) == len(rows) >= 120
    assert [r.text for r in rows if r.target not in r.text] == []
    for half in golds.HALVES:
        assert {r.type for r in rows if r.half == half} == golds.TYPES | {sentences.NONE}


def test_right_guesses_score_one() -> None:
    tally = sentences.Tally()
    for row in sentences.load(sentences.FILES / "en.jsonl"):
        target = sentences.BEFORE if row.position else row.target
        tally.add(row, [] if row.type == sentences.NONE else [sentences.Guess(row.type, target, row.forward, row.hedged, 1.0)])
    told = tally.as_json()
    assert (told["macroF1"], tally.errors) == (1.0, [])
    assert told["kept out"] == {"part": 30, "whole": 30}
