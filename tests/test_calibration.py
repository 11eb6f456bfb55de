"""The user's own confidence, fitted from decisions."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from papergraph import calibration
from papergraph.calibration import Calibration, Decision, fit
from papergraph.errors import UsageError
from papergraph.library import Library
from papergraph.model import Evidence, Relation
from papergraph.store import open_store
from papergraph.store.protocol import Filter
from papergraph.vocabulary import AssertedBy

RULES = ("en:same-idea", "en:extends")


def decision(n: int, rule: str, said: float, *, holds: bool) -> Decision:
    evidence = Evidence(None, "q", "a.md", n, 0, 1, rule, said)
    return Decision(Relation(f"r-{n}", "EXTENDS", "p-a", f"p-{n}", said, False, AssertedBy.EXTRACTOR, evidence=(evidence,)), evidence, holds)


def test_few_decisions_change_little_and_many_much() -> None:
    few = [decision(n, RULES[n % 2], 0.8, holds=n % 10 != 0) for n in range(20)]
    many = [decision(n, RULES[n % 2], 0.8, holds=n % 2 == 0) for n in range(400)]
    assert fit(few).of(few[0].evidence) == pytest.approx(0.85, abs=0.06)
    model = fit(many)
    assert model.of(many[0].evidence) > 0.93
    assert model.of(many[1].evidence) < 0.2


def test_a_calibration_keeps_the_order_of_one_rules_sentences() -> None:
    model = fit([decision(n, RULES[n % 2], 0.5 + n / 200, holds=n % 3 != 0) for n in range(90)])
    told = [model.of(Evidence(rule=RULES[0], confidence=c / 100)) for c in range(5, 100, 5)]
    assert told == sorted(told)
    assert all(0 < p < 1 for p in told)


@pytest.mark.parametrize("holds", [[True] * 30, [False] * 30, [True, False] * 5])
def test_too_little_to_learn_from_is_said(holds: list[bool]) -> None:
    with pytest.raises(UsageError, match="at least 20 are needed, of both kinds: papergraph review"):
        fit([decision(n, RULES[0], 0.8, holds=h) for n, h in enumerate(holds)])


def notes(folder: Path, size: int) -> Path:
    folder.mkdir(exist_ok=True)
    for n in range(size):
        text = f"# T\n- [Study {n} of Long Things in Models](https://arxiv.org/abs/2401.{n:05d})\n  - {'Same idea as' if n % 2 else 'Builds on'} the paper below.\n- [Work {n} on Other Wide Matters](https://arxiv.org/abs/2402.{n:05d})\n"
        (folder / f"n{n:03d}.md").write_text(text, encoding="utf-8")
    return folder


@pytest.mark.parametrize("kind", ["memory", "neo4j"])
def test_calibrating_holds_for_imports_and_goes_back(kind: str, request: pytest.FixtureRequest, tmp_path: Path) -> None:
    from conftest import empty

    with Library(empty(request, tmp_path, kind)) as library:
        folder = notes(tmp_path / "notes", 40)
        library.import_notes(folder)
        found = {r.type: [x.id for x, _, _ in library.relations(types=(r.type.lower().replace("_", "-"),))] for r, _, _ in library.relations()}
        (similar, extends) = found["SIMILAR_TO"], found["EXTENDS"]
        library.accept(*similar[:12])
        library.reject(*extends[:12], reason="never")
        before = library.export_json()
        model, effect, none = library.calibrate(dry_run=True)
        assert none is None
        assert library.export_json() == before
        assert (effect.decisions, effect.accepted) == (24, 12)
        assert effect.brier_after < effect.brier_before
        _, _, change = library.calibrate()
        assert change is not None
        assert change.details == {"calibration": model.data()}
        one, other = (library.store.relations_by_id([i])[i] for i in (similar[-1], extends[-1]))
        assert one.confidence > 0.7 > 0.5 > other.confidence
        assert {r.confidence for r, _, _ in library.store.relations(Filter(status="accepted"))} == {1.0}
        calibrated = library.export_json()
        # what a rule says of a sentence stays, and what is read from now on is calibrated too
        assert other.evidence[0].confidence > 0.7
        library.import_notes(folder)
        assert library.export_json() == calibrated
        notes(folder, 41)
        library.import_notes(folder)
        assert calibration.active(library.store) == model
        new = [r for r, _, _ in library.relations(types=("extends",)) if r.id not in extends]
        assert [r.confidence for r in new] == [other.confidence]
        library.undo()
        library.undo(change.number)
        assert library.export_json() == before
        assert calibration.active(library.store) is None
        library.redo(change.number)
        assert library.export_json() == calibrated
        with Library(open_store(":memory:")) as other:
            library.copy_to(other)
            assert calibration.active(other.store) == model
        assert library.reset_calibration() is not None
        assert library.export_json() == before
        assert library.reset_calibration() is None


def test_decisions_are_training_data(tmp_path: Path) -> None:
    with Library(open_store(":memory:")) as library:
        library.import_notes(notes(tmp_path / "notes", 2))
        a, b = (r.id for r, _, _ in library.relations())
        library.accept(a)
        library.reject(b, reason="ちがう")
        told = {d["id"]: d for d in map(json.loads, library.export_decisions())}
    assert [(told[i]["label"], told[i]["reason"]) for i in (a, b)] == [("accepted", None), ("rejected", "ちがう")]
    assert told[b]["evidence"][0]["quote"] in ("Same idea as the paper below.", "Builds on the paper below.")
    assert told[b]["evidence"][0]["prefix"].endswith("  - ")
    assert told[a]["source"]["name"]
    assert told[a]["decidedAt"] >= "2024"


def test_a_calibration_of_nothing_changes_nothing() -> None:
    assert Calibration().of(Evidence(confidence=0.83)) == 0.83
