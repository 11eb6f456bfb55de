"""Files of notes → what a store must change. Applies nothing."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

from papergraph.calibration import active
from papergraph.errors import NotesError
from papergraph.folding import paper_id, source_id
from papergraph.following import changes as follow
from papergraph.following import same_works
from papergraph.model import Note, Paper, Problem, Source, Statement
from papergraph.origins import Origin, any_changed, checked, find_files, origin_of, origins, replaced, to_keep
from papergraph.reading import NotesFile, at_work, is_bibliography, read_file, read_text, stand_beside
from papergraph.renaming import content_key, renamed
from papergraph.resolve.names import short_names
from papergraph.rules import rules_of
from papergraph.store.changes import Change, changes_between
from papergraph.store.changes import now as now_in_utc
from papergraph.timeline import newest_number
from papergraph.vocabulary import Role

if TYPE_CHECKING:
    from papergraph.extract import Known
    from papergraph.extract.state import Extraction
    from papergraph.lang.words import Words
    from papergraph.notes import Document
    from papergraph.store.protocol import Progress, Store

_PARALLEL_BYTES = 4_000_000
_ENOUGH = 4
"""Statements on papers and notes from which a file can be told from another."""


@dataclass(frozen=True, slots=True)
class ImportPlan:
    """What an import would change, and what went wrong.

    Attributes
    ----------
    files
        The files of notes, in their order; where none of them has changed since they were imported, none was parsed.
    changes
        What the store must change.
    problems
        Passages that could not be read as meant.
    failures
        Whole files that could not be read, whose earlier contents stay as they are.
    renamed
        Files that are called otherwise now, `(before, now)`.
    gone
        Sources whose files have gone: what they stated stays.
    pruned
        Those of them whose statements are taken out.
    details
        By what the notes were read; see `rules.Rules`.
    keep
        What the store is to keep beside the graph.
    after
        The number of the change set that was the newest when it was planned.
    """

    files: tuple[NotesFile, ...]
    changes: tuple[Change, ...]
    problems: tuple[Problem, ...] = ()
    failures: tuple[str, ...] = ()
    renamed: tuple[tuple[str, str], ...] = ()
    gone: tuple[str, ...] = ()
    pruned: tuple[str, ...] = ()
    details: Mapping[str, str] = field(default_factory=dict, hash=False)
    keep: Mapping[str, str | None] = field(default_factory=dict, hash=False)
    after: int | None = None


def plan_import(
    store: Store,
    paths: Sequence[Path],
    *,
    origin: Origin | None = None,
    encoding: str | None = None,
    collection: str | None = None,
    jobs: int = 0,
    rewritten: bool = False,
    prune: bool = False,
    lexicons: Sequence[Path] = (),
    progress: Progress | None = None,
) -> ImportPlan:
    """What importing `paths` would change in `store`.

    Notes are read where a file or the rules have changed since, then all of `paths` together, for a name that one file tells is known in all.

    Parameters
    ----------
    paths
        Files or folders of notes.
    origin
        The origin that they are, if some of its paths are not there and so not among `paths`.
    encoding
        The files' encoding; `None` to find it.
    collection
        What to call the notes' folder; `None` for its own name.
    jobs
        How many processes read; 0 for as many as the amount of notes is worth.
    rewritten
        Whether a file may take the place of one of the same name that it has nothing in common with.
    prune
        Whether to take out what files stated that have gone from the folders.
    lexicons
        The user's own lexicons; one named `papergraph.toml` beside the notes is taken as well.
    progress
        Called with what is being done, how many files are done and how many there are.

    Raises
    ------
    NotesError
        If nothing at all could be read, a lexicon is not as it should be, or a file has nothing in common with what was imported under its name.
    """
    after = newest_number(store)
    own = lexicon_files(paths, lexicons)
    words = read_lexicons(own)
    sources = store.sources()
    known = origins(store)
    found = find_files(paths, sources, collection, known=known, origin=origin)
    was = origin or origin_of(known, paths)
    taken = replaced(known, was, found.files, rewritten=rewritten and origin is None)
    origin = replace(was, collection=collection, encoding=encoding, lexicons=tuple(str(p.resolve()) for p in lexicons))
    rules = rules_of(own)
    # a name that a file told which is taken out now may have been known in others
    as_before = origin.reader == str(rules) and (was.collection, was.encoding) == (collection, encoding) and not (prune and found.gone)
    if as_before and not any_changed(found.files, sources, origin):
        said: list[Statement] = []
        problems: list[Problem] = []
        failures = [str(read_file(f, encoding)) if f.uri in origin.failed else "" for f in found.files]
        read: list[NotesFile] = []
    else:
        with at_work(found.files, words, jobs or _worth(sum(f.size() for f in found.files)), encoding) as work:
            failures = work.read(progress)
            read = [f for f, failure in zip(found.files, failures, strict=True) if not failure]
            if found.files and not read:
                raise NotesError("\n".join(failures))
            said, problems = work.extract((*known_elsewhere(store, [*(f.uri for f in found.files), *(found.gone if prune else ())], sources), *named_by_lexicon(words)), progress)
    model = active(store) if said else None
    if model is not None:
        said = [model.apply(s) for s in said]
    before = store.statements(sorted(source_id(u) for u in (*(f.uri for f in read), *found.gone)))
    if not rewritten:
        _check_same(read, before, said)
    imported = {s.uri for s in sources}
    moved = renamed(found.gone, [f.uri for f in read if f.uri not in imported], before, said)
    left = [u for u in found.gone if u not in moved]
    staying = {source_id(u) for u in left} if not prune else set()
    before = [s for s in before if s.asserter not in staying]
    now = {**{f.uri: f.uri for f in read}, **moved, **(dict.fromkeys(left) if prune else {})}
    following = follow(store, now, before, said, _Texts(read, encoding)) if read or prune else ()
    failed = [f for f, failure in zip(found.files, failures, strict=True) if failure]
    seen = checked(origin, found, known, at=now_in_utc(), reader=str(rules), failed=failed, gone=() if prune else left)
    return ImportPlan(
        found.files,
        (*changes_between(before, said), *following, *same_works(store, before, said)),
        tuple(problems),
        (*found.refused, *(f for f in failures if f)),
        tuple(sorted(moved.items())),
        tuple(left) if not prune else (),
        tuple(left) if prune else (),
        {"papergraph": rules.papergraph, "rules": rules.code, "lexicon": rules.lexicon},
        to_keep(known, seen, taken),
        after,
    )


class _Texts:
    """Gives the texts of files by the uris of their sources."""

    def __init__(self, files: Iterable[NotesFile], encoding: str | None) -> None:
        self._files = {f.uri: f for f in files}
        self._encoding = encoding

    def __call__(self, uri: str) -> str | None:
        file = self._files.get(uri)
        return read_text(file, self._encoding) if file else None


def _check_same(files: Sequence[NotesFile], before: Sequence[Statement], after: Sequence[Statement]) -> None:
    """Refuse a file that would wipe out another one of the same name: nothing of what that stated stands in it, and little in the others, as where two were swapped."""
    now, anywhere = {s.key for s in after}, {content_key(s) for s in after}
    said: dict[str, list[Statement]] = {}
    for s in before:
        if isinstance(s.element, Paper | Note):
            said.setdefault(s.asserter, []).append(s)
    for file in files:
        old = said.get(source_id(file.uri), [])
        if len(old) >= _ENOUGH and not any(s.key in now for s in old) and 2 * sum(content_key(s) in anywhere for s in old) < len(old):
            raise NotesError(
                f"{file.path}: has nothing in common with the notes imported as {file.uri}; "
                "if these are other notes, give them a name of their own with --as NAME; if they were rewritten, say --replace"
            )


def read_files(files: Sequence[NotesFile], encoding: str | None = None) -> tuple[list[Document], list[str]]:
    """The documents of files, and what could not be read."""
    read = [read_file(f, encoding) for f in files]
    return [d for d in read if not isinstance(d, str)], [d for d in read if isinstance(d, str)]


def lexicon_files(paths: Sequence[Path], lexicons: Sequence[Path] = ()) -> list[Path]:
    """The user's own lexicons that `paths` are read by, in order: `lexicons`, then `papergraph.toml` beside the notes."""
    from papergraph.lang.words import FILE

    beside = dict.fromkeys((p if p.is_dir() else p.parent) / FILE for p in paths)
    return [f for f in (*lexicons, *beside) if f.is_file()]


def words_for(paths: Sequence[Path], lexicons: Sequence[Path] = ()) -> Words | None:
    """The words to read `paths` by: the default ones (`None`), or those with the user's own files."""
    return read_lexicons(lexicon_files(paths, lexicons))


def read_lexicons(files: Sequence[Path]) -> Words | None:
    """The default words (`None`), or those with the user's own in these files."""
    from papergraph.lang.words import read_words

    return read_words(files) if files else None


def extract(
    documents: Sequence[Document], context: tuple[Known, ...] = (), *, words: Words | None = None, jobs: int = 1, progress: Progress | None = None
) -> tuple[list[Statement], list[Problem]]:
    """What `documents`, taken together, state; `context` are papers known from other files of the same collections."""
    with at_work(documents, words, jobs or _worth(sum(len(d.text) for d in documents))) as work:
        work.read()
        return work.extract((*context, *named_by_lexicon(words)), progress)


def _worth(size: int) -> int:
    """How many processes so many bytes of notes are worth."""
    return (os.cpu_count() or 1) if size > _PARALLEL_BYTES else 1


def extraction_of(document: Document, documents: Sequence[Document], words: Words | None = None) -> Extraction:
    """The state of extraction at its end for one of `documents`, which are taken together: for explaining."""
    from papergraph.extract import Catalogue, read_document, survey

    lists = [is_bibliography(d) for d in documents]
    beside = stand_beside(lists)
    surveys = {d.uri: survey(replace(d, library=beside and is_list), words) for d, is_list in zip(documents, lists, strict=True)}
    catalogue = Catalogue((*(k for s in surveys.values() for k in s.known()), *named_by_lexicon(words)))
    own = surveys[document.uri]
    read_document(own, catalogue)
    return own.state


def named_by_lexicon(words: Words | None) -> Iterable[Known]:
    """Works that the user's lexicon names."""
    from papergraph.extract import Known

    for title, names in (words.aliases if words else {}).items():
        yield Known(Paper(paper_id(title), title, Role.CITED), (title, *names))


def known_elsewhere(store: Store, uris: Sequence[str], sources: Iterable[Source]) -> tuple[Known, ...]:
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
