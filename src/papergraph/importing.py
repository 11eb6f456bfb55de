"""Files of notes → what a store must change. Applies nothing."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from papergraph.errors import NotesError
from papergraph.folding import paper_id, source_id
from papergraph.model import Note, Paper, Problem, Source, Statement
from papergraph.reading import NotesFile, at_work, is_bibliography, read_file, stand_beside
from papergraph.resolve.names import short_names
from papergraph.store.changes import Change, changes_between
from papergraph.vocabulary import Role

if TYPE_CHECKING:
    from papergraph.extract import Known
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
    with at_work(files, words, jobs or _worth(sum(f.size() for f in files)), encoding) as work:
        failures = work.read(progress)
        read = [f for f, failure in zip(files, failures, strict=True) if not failure]
        if files and not read:
            raise NotesError("\n".join(failures))
        said, problems = work.extract((*_context(store, [f.uri for f in files], sources), *_aliased(words)), progress)
    asserters = sorted(source_id(u) for u in (*(f.uri for f in read), *gone))
    before = store.statements(asserters)
    if not rewritten:
        _check_same(read, before, said)
    return ImportPlan(tuple(files), changes_between(before, said), tuple(problems), tuple(f for f in failures if f))


def _check_same(files: Sequence[NotesFile], before: Sequence[Statement], after: Sequence[Statement]) -> None:
    """Refuse a file that would wipe out another one of the same name: nothing of what that stated stands in it."""
    now = {s.key for s in after}
    said: dict[str, list[Statement]] = {}
    for s in before:
        if isinstance(s.element, Paper | Note):
            said.setdefault(s.asserter, []).append(s)
    for file in files:
        old = said.get(source_id(file.uri), [])
        if len(old) >= _ENOUGH and not any(s.key in now for s in old):
            raise NotesError(
                f"{file.path}: has nothing in common with the notes imported as {file.uri}; "
                "if these are other notes, give them a name of their own with --as NAME; if they were rewritten, say --replace"
            )


def read_files(files: Sequence[NotesFile], encoding: str | None = None) -> tuple[list[Document], list[str]]:
    """The documents of files, and what could not be read."""
    read = [read_file(f, encoding) for f in files]
    return [d for d in read if not isinstance(d, str)], [d for d in read if isinstance(d, str)]


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
    with at_work(documents, words, jobs or _worth(sum(len(d.text) for d in documents))) as work:
        work.read()
        return work.extract((*context, *_aliased(words)), progress)


def _worth(size: int) -> int:
    """How many processes so many bytes of notes are worth."""
    return (os.cpu_count() or 1) if size > _PARALLEL_BYTES else 1


def extraction_of(document: Document, documents: Sequence[Document], words: Words | None = None) -> Extraction:
    """The state of extraction at its end for one of `documents`, which are taken together: for explaining."""
    from papergraph.extract import Catalogue, read_document, survey

    lists = [is_bibliography(d) for d in documents]
    beside = stand_beside(lists)
    surveys = {d.uri: survey(replace(d, library=beside and is_list), words) for d, is_list in zip(documents, lists, strict=True)}
    catalogue = Catalogue((*(k for s in surveys.values() for k in s.known()), *_aliased(words)))
    own = surveys[document.uri]
    read_document(own, catalogue)
    return own.state


def _aliased(words: Words | None) -> Iterable[Known]:
    """Works that the user's lexicon names."""
    from papergraph.extract import Known

    for title, names in (words.aliases if words else {}).items():
        yield Known(Paper(paper_id(title), title, Role.CITED), (title, *names))


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
