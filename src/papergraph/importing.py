"""Files of notes → what a store must change. Reads files and statements; applies nothing."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

from papergraph.errors import NotesError
from papergraph.folding import paper_id, source_id
from papergraph.model import Note, Paper, Problem, Source, Statement
from papergraph.resolve.names import short_names
from papergraph.store.changes import Change, changes_between
from papergraph.vocabulary import Role

if TYPE_CHECKING:
    from papergraph.extract import Catalogue, Known, Reading, Survey
    from papergraph.extract.state import Extraction
    from papergraph.lang.words import Words
    from papergraph.notes import Document
    from papergraph.store.protocol import Progress, Store

SUFFIXES = (".md", ".markdown", ".mdown", ".mkd", ".txt", ".text", ".org", ".bib", ".html", ".htm")
"""The endings of files that are taken from a folder; a file named itself may have any."""
_SKIPPED = frozenset(("node_modules", "__pycache__", "site-packages"))
_PARALLEL_BYTES = 4_000_000
_ENOUGH = 4
"""Statements on papers and notes from which a file can be told from another."""


@dataclass(frozen=True, slots=True)
class NotesFile:
    """A file to read: where it is, its `uri` (collection and path) and its `path` within the collection."""

    file: Path
    uri: str

    @property
    def path(self) -> str:
        """The path relative to the imported folder; the name alone for a file imported by itself."""
        return self.uri.split("/", 1)[1] if "/" in self.uri else self.uri


@dataclass(frozen=True, slots=True)
class ImportPlan:
    """What an import would change, and what went wrong.

    `problems` are passages that could not be read as meant; `failures` whole files that could not be read, whose
    earlier contents stay as they are.
    """

    files: tuple[NotesFile, ...]
    changes: tuple[Change, ...]
    problems: tuple[Problem, ...]
    failures: tuple[str, ...]


def find_files(paths: Sequence[Path], sources: Iterable[Source] = (), collection: str | None = None) -> tuple[list[NotesFile], list[str]]:
    """The files of notes at `paths`, and the uris of known sources whose files have gone from a folder among them.

    A file whose place ends in a known source's uri is that source, so that one file of an imported folder can be
    imported again by itself.

    Raises
    ------
    NotesError
        If a path does not exist, cannot be read, or is a folder without notes.
    """
    known = sorted((s.uri for s in sources), key=lambda u: (-u.count("/"), u))
    found: dict[str, NotesFile] = {}
    gone: list[str] = []
    for path in paths:
        if not path.exists():
            raise NotesError(f"{path}: no such file or folder")
        if path.is_dir():
            root = path.resolve()
            name = collection or root.name or "notes"
            files = sorted(_walk(root))
            if not files:
                raise NotesError(f"{path}: a folder without notes; files ending in {', '.join(SUFFIXES)} are read")
            here = [NotesFile(f, f"{name}/{f.relative_to(root).as_posix()}") for f in files]
            if collection is None:
                here = [NotesFile(n.file, _known_as(n.file, known) or n.uri) for n in here]
            present = {n.uri for n in here}
            gone += [u for u in known if u.startswith(f"{name}/") and u not in present and not (root / u.removeprefix(f"{name}/")).exists()]
        else:
            full = path.resolve()
            uri = f"{collection}/{full.name}" if collection else _known_as(full, known) or f"{full.parent.name or 'notes'}/{full.name}"
            here = [NotesFile(full, uri)]
        for notes_file in here:
            other = found.setdefault(notes_file.uri, notes_file)
            if other.file != notes_file.file:
                raise NotesError(f"{other.file} and {notes_file.file} would both be {notes_file.uri}; import one of them with --as NAME")
    return list(found.values()), gone


def _walk(root: Path) -> Iterable[Path]:
    for folder, folders, files in os.walk(root, followlinks=False):
        folders[:] = [f for f in folders if not f.startswith(".") and f not in _SKIPPED]
        for name in files:
            if name.casefold().endswith(SUFFIXES) and not name.startswith("."):
                yield Path(folder, name)


def _known_as(file: Path, known: Iterable[str]) -> str | None:
    place = "/" + file.as_posix().lstrip("/")
    return next((uri for uri in known if place.endswith("/" + uri)), None)


def plan_import(
    store: Store,
    paths: Sequence[Path],
    *,
    encoding: str | None = None,
    collection: str | None = None,
    jobs: int = 0,
    rewritten: bool = False,
    lexicons: Sequence[Path] = (),
    progress: Progress | None = None,
) -> ImportPlan:
    """What importing `paths` would change in `store`.

    Parameters
    ----------
    paths
        Files or folders of notes.
    encoding
        The files' encoding; `None` to find it.
    collection
        What to call the notes' folder; `None` for its own name.
    jobs
        How many processes read; 0 for as many as the amount of notes is worth.
    rewritten
        Whether a file may take the place of one of the same name that it has nothing in common with.
    lexicons
        The user's own lexicons; one named `papergraph.toml` beside the notes is taken as well.
    progress
        Called with what is being done, how many files are done and how many there are.

    Raises
    ------
    NotesError
        If nothing at all could be read, a lexicon is not as it should be, or a file has nothing in common with what was imported under its name.
    """
    words = words_for(paths, lexicons)
    sources = store.sources()
    files, gone = find_files(paths, sources, collection)
    documents, failures = read_files(files, encoding, progress)
    if not documents and failures:
        raise NotesError("\n".join(failures))
    context = _context(store, [f.uri for f in files], sources)
    said, problems = extract(documents, context, words=words, jobs=jobs, progress=progress)
    asserters = sorted(source_id(u) for u in (*(d.uri for d in documents), *gone))
    before = store.statements(asserters)
    if not rewritten:
        _check_same(documents, before, said)
    return ImportPlan(tuple(files), changes_between(before, said), tuple(problems), tuple(failures))


def _check_same(documents: Sequence[Document], before: Sequence[Statement], after: Sequence[Statement]) -> None:
    """Refuse a file that would wipe out another one of the same name: nothing of what that stated stands in it."""
    now = {s.key for s in after}
    said: dict[str, list[Statement]] = {}
    for s in before:
        if isinstance(s.element, Paper | Note):
            said.setdefault(s.asserter, []).append(s)
    for document in documents:
        old = said.get(source_id(document.uri), [])
        if len(old) >= _ENOUGH and not any(s.key in now for s in old):
            raise NotesError(
                f"{document.path}: has nothing in common with the notes imported as {document.uri}; "
                "if these are other notes, give them a name of their own with --as NAME; if they were rewritten, say --replace"
            )


def read_files(files: Sequence[NotesFile], encoding: str | None = None, progress: Progress | None = None) -> tuple[list[Document], list[str]]:
    """The documents of files, and what could not be read."""
    from papergraph.notes import decode, read
    from papergraph.notes.decode import LARGEST_FILE

    documents: list[Document] = []
    failures: list[str] = []
    for done, file in enumerate(files):
        if progress:
            progress("reading", done, len(files))
        try:
            size = file.file.stat().st_size
            if size > LARGEST_FILE:
                raise NotesError(f"{file.path}: {size:,} bytes; the largest file read has {LARGEST_FILE:,}")
            documents.append(read(decode(file.file.read_bytes(), file.path, encoding).text, file.path, file.uri))
        except OSError as error:
            failures.append(f"{file.path}: cannot be read: {error.strerror or error}")
        except NotesError as error:
            failures.append(str(error))
    return documents, failures


def words_for(paths: Sequence[Path], lexicons: Sequence[Path] = ()) -> Words | None:
    """The words to read `paths` by: the default ones (`None`), or those with the user's own files, in order: `lexicons`, then `papergraph.toml` beside the notes."""
    from papergraph.lang.words import FILE, read_words

    beside = dict.fromkeys((p if p.is_dir() else p.parent) / FILE for p in paths)
    files = [f for f in (*lexicons, *beside) if f.is_file()]
    return read_words(files) if files else None


def extract(
    documents: Sequence[Document], context: tuple[Known, ...] = (), *, words: Words | None = None, jobs: int = 1, progress: Progress | None = None
) -> tuple[list[Statement], list[Problem]]:
    """What `documents`, taken together, state; `context` are papers known from other files of the same collections."""
    from papergraph.extract import Catalogue, read_document, survey

    if jobs == 0:
        jobs = (os.cpu_count() or 1) if sum(len(d.text) for d in documents) > _PARALLEL_BYTES else 1
    documents = _with_libraries(documents)
    others = (*context, *_aliased(words))
    readings: Iterable[Reading]
    if jobs > 1 and len(documents) > 1:
        readings = _in_parallel(documents, others, words, min(jobs, len(documents)))
    else:
        surveys = [survey(d, words) for d in documents]
        catalogue = Catalogue((*(k for s in surveys for k in s.known()), *others))
        readings = (read_document(s, catalogue) for s in surveys)
    statements: list[Statement] = []
    problems: list[Problem] = []
    for done, reading in enumerate(readings):
        if progress:
            progress("extracting", done, len(documents))
        statements += reading.statements
        problems += reading.problems
    return statements, problems


def extraction_of(document: Document, documents: Sequence[Document], words: Words | None = None) -> Extraction:
    """The state of extraction at its end for one of `documents`, which are taken together: for explaining."""
    from papergraph.extract import Catalogue, read_document, survey

    surveys = {d.uri: survey(d, words) for d in _with_libraries(documents)}
    catalogue = Catalogue((*(k for s in surveys.values() for k in s.known()), *_aliased(words)))
    own = surveys[document.uri]
    read_document(own, catalogue)
    return own.state


def _with_libraries(documents: Sequence[Document]) -> Sequence[Document]:
    """Bibliographies beside notes of other sorts are what those cite from, and no notes themselves."""
    from papergraph.notes import BlockKind

    lists = [bool(d.blocks) and any(b.kind is BlockKind.RECORD for b in d.blocks) for d in documents]
    if all(lists) or not any(lists):
        return documents
    return [replace(d, library=True) if is_list else d for d, is_list in zip(documents, lists, strict=True)]


def _aliased(words: Words | None) -> Iterable[Known]:
    """Works that the user's lexicon names."""
    from papergraph.extract import Known

    for title, names in (words.aliases if words else {}).items():
        yield Known(Paper(paper_id(title), title, Role.CITED), (title, *names))


def _in_parallel(documents: Sequence[Document], others: tuple[Known, ...], words: Words | None, jobs: int) -> Iterable[Reading]:
    """The readings in the order of the documents. Each process keeps its share's surveys; only what they make known, and readings, go between."""
    from concurrent.futures import ProcessPoolExecutor

    size = -(-len(documents) // jobs)
    shares = [documents[n : n + size] for n in range(0, len(documents), size)]
    pools = [ProcessPoolExecutor(1, initializer=_start_worker, initargs=(share, words)) for share in shares]
    try:
        surveyed = [pool.submit(_survey_share) for pool in pools]
        known = (*(k for told in surveyed for k in told.result()), *others)
        for pool in pools:
            pool.submit(_hear, known)
        pieces = [
            pool.submit(_read_share, n, n + _PIECE) for pool, share in zip(pools, shares, strict=True) for n in range(0, len(share), _PIECE)
        ]
        for piece in pieces:
            yield from piece.result()
    finally:
        for pool in pools:
            pool.shutdown(cancel_futures=True)


_PIECE = 32
"""Documents that a process reads before it hands over."""


@dataclass(slots=True)
class _Share:
    """What one process has to read, with what it needs for it."""

    documents: Sequence[Document]
    words: Words | None
    surveys: list[Survey] = field(default_factory=list)
    catalogue: Catalogue | None = None


_share: list[_Share] = []


def _start_worker(documents: Sequence[Document], words: Words | None) -> None:
    _share[:] = [_Share(documents, words)]


def _survey_share() -> list[Known]:
    from papergraph.extract import survey

    share = _share[0]
    share.surveys = [survey(d, share.words) for d in share.documents]
    return [k for s in share.surveys for k in s.known()]


def _hear(known: tuple[Known, ...]) -> None:
    from papergraph.extract import Catalogue

    _share[0].catalogue = Catalogue(known)


def _read_share(start: int, end: int) -> list[Reading]:
    from papergraph.extract import read_document

    share = _share[0]
    assert share.catalogue is not None
    return [read_document(s, share.catalogue) for s in share.surveys[start:end]]


def _context(store: Store, uris: Sequence[str], sources: Iterable[Source]) -> tuple[Known, ...]:
    """The papers of other files of the same collections, as their own files would make them known."""
    from papergraph.extract import Known

    read = set(uris)
    folders = {u.split("/", 1)[0] for u in uris}
    others = {s.id: s for s in sources if s.uri not in read and s.uri.split("/", 1)[0] in folders}
    entries: dict[str, list[Paper]] = {}
    for s in store.statements(others):
        if isinstance(s.element, Paper) and s.element.role is Role.ENTRY:
            entries.setdefault(s.asserter, []).append(s.element)
    out = []
    for asserter, papers in sorted(entries.items()):
        stem = others[asserter].uri.rsplit("/", 1)[-1].rsplit(".", 1)[0]
        for paper in papers:
            pages = (stem,) if len(papers) == 1 else ()
            out.append(Known(paper, (paper.title, *short_names(paper.title), *paper.aliases), pages))
    return tuple(out)
