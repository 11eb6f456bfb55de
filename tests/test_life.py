"""Whatever happens to notes and library, nothing dangles, nothing of the user's is lost, and all of it can be taken back."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, precondition, rule, run_state_machine_as_test

from conftest import Neo4j
from life import Life, at_random
from papergraph.library import Library
from papergraph.store import open_store
from papergraph.store.protocol import Store


class AnyLife(RuleBasedStateMachine):
    """Hypothesis chooses what happens, and shrinks what goes wrong."""

    @staticmethod
    def open() -> Store:
        return open_store(":memory:")

    def __init__(self) -> None:
        super().__init__()
        self._folder = tempfile.TemporaryDirectory()
        notes = Path(self._folder.name, "notes")
        notes.mkdir()
        self.library = Library(self.open())
        self.data: st.DataObject | None = None
        self.life = Life(self.library, notes, self._choose)

    def _choose(self, values: list[object]) -> object:
        assert self.data is not None
        return self.data.draw(st.sampled_from(values))

    @rule(operation=st.sampled_from(sorted(set(Life.OPERATIONS) - {"edit", "read"})), data=st.data())
    def happen(self, operation: str, data: st.DataObject) -> None:
        self.data = data
        self.life.step(operation)
        self.life.check()

    @rule(data=st.data())
    def write_and_read(self, data: st.DataObject) -> None:
        self.data = data
        self.life.edit()
        self.life.read()
        self.life.check()

    @precondition(lambda self: len(self.library.history(limit=12)) > 10)
    @rule()
    def take_all_back(self) -> None:
        self.life.undo_all()

    def teardown(self) -> None:
        try:
            self.life.undo_all()
        finally:
            self.library.close()
            self._folder.cleanup()


CALM = {"deadline": None, "suppress_health_check": list(HealthCheck), "print_blob": True}


def test_any_life_can_be_taken_back() -> None:
    run_state_machine_as_test(AnyLife, settings=settings(max_examples=12, stateful_step_count=40, **CALM))  # type: ignore[arg-type]


def test_any_life_can_be_taken_back_on_neo4j(server: Neo4j) -> None:
    class There(AnyLife):
        @staticmethod
        def open() -> Store:
            server.clear()
            return server.open()

    phases = (Phase.generate,)
    run_state_machine_as_test(There, settings=settings(max_examples=3, stateful_step_count=15, phases=phases, **CALM))  # type: ignore[arg-type]


@pytest.mark.parametrize("seed", range(3))
def test_a_longer_life(seed: int, tmp_path: Path) -> None:
    with _life(tmp_path, seed) as life:
        for _ in range(120):
            life.step(str(life.choose(list(Life.OPERATIONS))))
            life.check()
        assert life.done["read"] > 5
        life.undo_all()


@contextmanager
def _life(folder: Path, seed: int) -> Iterator[Life]:
    notes = folder / "notes"
    notes.mkdir()
    with Library(open_store(str(folder / "life.db"), create=True)) as library:
        yield Life(library, notes, at_random(seed))
