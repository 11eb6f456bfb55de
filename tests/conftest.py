from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from papergraph import folding
from papergraph.library import Library
from papergraph.store import open_store

DATA = Path(__file__).parent.parent / "data"
ICLR = DATA / "iclr2024-notes.txt"


@pytest.fixture(params=["file", "memory"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[object]:
    """Each kind of store, empty: contract tests run on all of them."""
    location = ":memory:" if request.param == "memory" else str(tmp_path / "store.db")
    with open_store(location, create=True) as opened:
        yield opened


@pytest.fixture
def library() -> Iterator[Library]:
    with Library(open_store(":memory:")) as opened:
        yield opened


@pytest.fixture
def write(tmp_path: Path) -> Callable[[str, str], Path]:
    """Writes a file of notes below a folder of its own and gives its path."""

    def write(name: str, text: str) -> Path:
        path = tmp_path / "notes" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8", newline="")
        return path

    return write


@pytest.fixture(scope="session")
def iclr_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store file with the ICLR notes; copy it before changing it."""
    path = tmp_path_factory.mktemp("iclr") / "iclr.db"
    with Library(open_store(str(path), create=True)) as opened:
        opened.import_notes(ICLR)
    return path


@pytest.fixture
def iclr(iclr_file: Path, tmp_path: Path) -> Iterator[Library]:
    """A library with the ICLR notes that a test may change."""
    path = tmp_path / "iclr.db"
    path.write_bytes(iclr_file.read_bytes())
    with Library(open_store(str(path))) as opened:
        yield opened


PAUSE = "Think before you speak: Training Language Models With Pause Tokens"
DISSECTING = "Dissecting learning and forgetting in language model finetuning"
MECHANISTIC = "What happens when you fine-tuning your model? Mechanistic analysis of procedurally generated tasks"


def paper_id(title: str) -> str:
    return folding.paper_id(title)
