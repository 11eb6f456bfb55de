"""Files of notes → statements, by this process or by several.

All notes are read and surveyed first, so that a name is known everywhere; then each document is extracted, and let go.
Each process keeps what it reads: only what its notes make known, and what they state, goes between.
"""

from __future__ import annotations

import gc
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Concatenate, NamedTuple, ParamSpec, TypeVar

from papergraph.errors import NotesError

if TYPE_CHECKING:
    from concurrent.futures import ProcessPoolExecutor

    from papergraph.extract import Catalogue, Known, Reading, Survey
    from papergraph.lang.words import Words
    from papergraph.model import Problem, Statement
    from papergraph.notes import Document
    from papergraph.store.protocol import Progress

_P = ParamSpec("_P")
_T = TypeVar("_T")
_PIECE = 32
"""Documents that a process works on before it hands over."""


def path_of(uri: str) -> str:
    """The path within the collection that a source's uri tells."""
    return uri.split("/", 1)[1] if "/" in uri else uri


@dataclass(frozen=True, slots=True)
class NotesFile:
    """A file to read: where it is, its `uri` (collection and path) and its `path` within the collection."""

    file: Path
    uri: str

    @property
    def path(self) -> str:
        """The path relative to the imported folder; the name alone for a file imported by itself."""
        return path_of(self.uri)

    def size(self) -> int:
        """How many bytes it has, as far as can be told."""
        try:
            return self.file.stat().st_size
        except OSError:
            return 0


def read_file(file: NotesFile, encoding: str | None) -> Document | str:
    """The document of a file, or why it could not be read."""
    from papergraph.notes import read

    try:
        return read(_decoded(file, encoding), file.path, file.uri)
    except NotesError as error:
        return str(error)


def read_text(file: NotesFile, encoding: str | None = None) -> str | None:
    """The text of a file; `None` if it cannot be read."""
    try:
        return _decoded(file, encoding)
    except NotesError:
        return None


def _decoded(file: NotesFile, encoding: str | None) -> str:
    from papergraph.notes import decode
    from papergraph.notes.decode import LARGEST_FILE

    try:
        size = file.file.stat().st_size
        if size > LARGEST_FILE:
            raise NotesError(f"{file.path}: {size:,} bytes; the largest file read has {LARGEST_FILE:,}")
        return decode(file.file.read_bytes(), file.path, encoding).text
    except OSError as error:
        raise NotesError(f"{file.path}: cannot be read: {error.strerror or error}") from error


def is_bibliography(document: Document) -> bool:
    """Whether a document lists works."""
    from papergraph.notes import BlockKind

    return any(b.kind is BlockKind.RECORD for b in document.blocks)


def stand_beside(bibliographies: Sequence[bool]) -> bool:
    """Whether bibliographies stand beside notes of other sorts, given which documents are some: what those cite from, and no notes themselves."""
    return any(bibliographies) and not all(bibliographies)


class _Read(NamedTuple):
    """What is told of a file or document that was read."""

    bibliography: bool
    failure: str = ""


@dataclass(slots=True)
class _Share:
    """What one process works on: files, or documents that are read already. Nothing is kept longer than it is needed."""

    notes: Sequence[NotesFile | Document]
    encoding: str | None
    words: Words | None
    documents: list[Document] = field(default_factory=list)
    surveys: list[Survey | None] = field(default_factory=list)
    catalogue: Catalogue | None = None

    def read(self, start: int, end: int) -> list[_Read]:
        told = []
        for notes in self.notes[start:end]:
            document = read_file(notes, self.encoding) if isinstance(notes, NotesFile) else notes
            if isinstance(document, str):
                told.append(_Read(bibliography=False, failure=document))
            else:
                self.documents.append(document)
                told.append(_Read(is_bibliography(document)))
        return told

    def survey(self, beside: bool) -> list[Known]:  # noqa: FBT001 - goes to another process by position
        """The papers that this share makes known; `beside` tells that its bibliographies stand beside other notes."""
        from papergraph.extract import survey

        for document in self.documents:
            self.surveys.append(survey(replace(document, library=True) if beside and is_bibliography(document) else document, self.words))
        self.documents.clear()
        return [k for s in self.surveys if s for k in s.known()]

    def hear(self, known: tuple[Known, ...]) -> None:
        """Take in what all shares make known."""
        from papergraph.extract import Catalogue

        self.catalogue = Catalogue(known)

    def state(self, start: int, end: int) -> list[Reading]:
        """What some of the documents that could be read state."""
        from papergraph.extract import read_document

        assert self.catalogue is not None
        out = []
        for n in range(start, min(end, len(self.surveys))):
            survey, self.surveys[n] = self.surveys[n], None
            assert survey is not None
            out.append(read_document(survey, self.catalogue))
        return out


class Work:
    """Notes on their way to statements: `read` them, then `extract`."""

    def __init__(self, shares: Sequence[_Share], pools: Sequence[ProcessPoolExecutor]) -> None:
        self._shares = shares
        self._pools = pools
        self._known: list[list[Known]] = []

    def read(self, progress: Progress | None = None) -> list[str]:
        """Read all notes; for each, in order, why it could not be read, or an empty string."""
        read = list(self._pieces(_Share.read, "reading", progress))
        told = [r.bibliography for r in read if not r.failure]
        self._known = self._each(_Share.survey, stand_beside(told))
        return [r.failure for r in read]

    def extract(self, others: Iterable[Known], progress: Progress | None = None) -> tuple[list[Statement], list[Problem]]:
        """What the notes, taken together, state; `others` are papers known from elsewhere."""
        self._each(_Share.hear, (*(k for known in self._known for k in known), *others))
        statements: list[Statement] = []
        problems: list[Problem] = []
        for reading in self._pieces(_Share.state, "extracting", progress):
            statements += reading.statements
            problems += reading.problems
        return statements, problems

    def _each(self, do: Callable[[_Share, Any], _T], told: Any) -> list[_T]:
        """What each share gives."""
        if not self._pools:
            return [do(share, told) for share in self._shares]
        return [done.result() for done in [pool.submit(_in_share, do, told) for pool in self._pools]]

    def _pieces(self, do: Callable[[_Share, int, int], list[_T]], what: str, progress: Progress | None) -> Iterator[_T]:
        """What the shares give for each of their notes, in order."""
        size, step = sum(len(s.notes) for s in self._shares), _PIECE if self._pools else 1
        bounds = [(k, n, n + step) for k, share in enumerate(self._shares) for n in range(0, len(share.notes), step)]
        coming = deque(self._pools[k].submit(_in_share, do, n, end) for k, n, end in bounds) if self._pools else None
        done = 0
        for k, n, end in bounds:
            for one in coming.popleft().result() if coming else do(self._shares[k], n, end):
                if progress:
                    progress(what, done, size)
                done += 1
                yield one


_share: list[_Share] = []
"""The share of this process, if it was started for one."""


def _start(share: _Share) -> None:
    # what is made here is kept, or goes when nothing refers to it: looking for cycles only costs time
    gc.disable()
    _share[:] = [share]


def _in_share(do: Callable[Concatenate[_Share, _P], _T], *args: _P.args, **kwargs: _P.kwargs) -> _T:
    return do(_share[0], *args, **kwargs)


@contextmanager
def at_work(notes: Sequence[NotesFile | Document], words: Words | None, jobs: int, encoding: str | None = None) -> Iterator[Work]:
    """So many processes to read and extract `notes`, as far as there are notes for each."""
    if min(jobs, len(notes)) < 2:
        yield Work([_Share(notes, encoding, words)], ())
        return
    from concurrent.futures import ProcessPoolExecutor

    size = -(-len(notes) // min(jobs, len(notes)))
    shares = [_Share(notes[n : n + size], encoding, words) for n in range(0, len(notes), size)]
    pools = [ProcessPoolExecutor(1, initializer=_start, initargs=(share,)) for share in shares]
    try:
        yield Work(shares, pools)
    finally:
        for pool in pools:
            pool.shutdown(cancel_futures=True)
