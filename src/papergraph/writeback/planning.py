"""What to write back: relations of the store that no notes state yet → lines in files, each read again before it is taken. Writes nothing."""

from __future__ import annotations

import os
import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from papergraph.calibration import Calibration, active
from papergraph.errors import NotesError, UsageError
from papergraph.folding import source_id
from papergraph.following import changes as follow
from papergraph.graph import id_between_works, stated_as
from papergraph.importing import known_elsewhere, named_by_lexicon, words_for
from papergraph.lang.words import Words, default_words
from papergraph.model import USER, Concept, Node, Paper, Relation, Statement
from papergraph.notes import decode
from papergraph.origins import find_files
from papergraph.store.changes import Change, changes_between
from papergraph.vocabulary import RELATIONS, AssertedBy, Role, Status
from papergraph.writeback.checking import Notebook, Wish, fault
from papergraph.writeback.patch import Coding, Insertion, insertion_after, patched, unified_diff
from papergraph.writeback.phrasing import Wanted, language_for, properties, references, remarks
from papergraph.writeback.places import imported_places
from papergraph.writeback.placing import Slot, slots
from papergraph.writeback.sheets import Sheet, read_sheets
from papergraph.writeback.style import Habits, habits_of, together

if TYPE_CHECKING:
    from papergraph.store.protocol import Progress, Store

STYLES = ("auto", "bullet", "property")
_MOST_TRIALS = 48
"""So many wordings and places are tried for one relation under one entry."""


@dataclass(frozen=True, slots=True)
class Line:
    """One relation with the line that states it: `noted` tells that the user's note is in it."""

    relation: Relation
    uri: str
    text: str
    form: str
    noted: bool
    insertion: Insertion


@dataclass(frozen=True, slots=True)
class Unwritable:
    """A relation that cannot be written back, and why."""

    relation: Relation
    reason: str


@dataclass(frozen=True, slots=True)
class FilePatch:
    """A file with the lines put into it: `file` is where it really stands, links followed."""

    file: Path
    uri: str
    path: str
    old: bytes
    new: bytes
    text: str
    lines: tuple[Line, ...]

    def diff(self) -> Iterator[str]:
        """The lines of a unified diff."""
        return unified_diff(self.path, self.text, [line.insertion for line in self.lines])


@dataclass(frozen=True, slots=True)
class Plan:
    """Patches by uri, what the store is to be told with them, what cannot be written, and files that could not be read."""

    patches: tuple[FilePatch, ...] = ()
    changes: tuple[Change, ...] = ()
    unwritable: tuple[Unwritable, ...] = ()
    failures: tuple[str, ...] = ()

    @property
    def lines(self) -> tuple[Line, ...]:
        """All lines, by file and place."""
        return tuple(line for p in self.patches for line in p.lines)


@dataclass(frozen=True, slots=True)
class _Candidate:
    """One way to write a relation."""

    relation: Relation
    wish: Wish
    form: str
    text: str
    noted: bool
    insertion: Insertion


def plan_write_back(
    store: Store,
    paths: Sequence[Path],
    *,
    style: str = "auto",
    encoding: str | None = None,
    collection: str | None = None,
    lexicons: Sequence[Path] = (),
    without: Collection[str] = (),
    progress: Progress | None = None,
) -> Plan:
    """The lines that state in `paths` what the user added or accepted in `store` and no notes state yet.

    A line is taken only if the file with it, read again with its collection as an import would, states that relation, and
    nothing else is read otherwise than before.

    Parameters
    ----------
    paths
        Files or folders of notes, as they are imported.
    style
        `bullet`, `property`, or `auto` for what each file does.
    encoding, collection, lexicons
        As for `importing.plan_import`.
    without
        Relations (ids) that are left alone.

    Raises
    ------
    UsageError
        If the style is none.
    NotesError
        If a path does not exist or a lexicon is not as it should be.
    """
    if style not in STYLES:
        raise UsageError(f"unknown style '{style}'; the styles are {', '.join(STYLES)}")
    words = words_for(paths, lexicons)
    sources = store.sources()
    files = find_files(paths, sources, collection).files
    wanted = [r for r in _wanted(store) if r.id not in without]
    if not wanted:
        return Plan()
    known = {s.uri: s.sha256 for s in sources}
    sheets, documents, failures, refused = read_sheets(files, known, encoding, imported_places(store))
    notebook = Notebook(documents, (*known_elsewhere(store, [f.uri for f in files], sources), *named_by_lexicon(words)), words, progress)
    return _Planner(store, notebook, sheets, refused, words or default_words(), style, encoding).plan(wanted, failures, progress)


def _wanted(store: Store) -> list[Relation]:
    """The relations that the user added or accepted and no source of notes states, by id."""
    said = [s.element for s in store.statements([USER]) if isinstance(s.element, Relation) and not s.removed]
    works = store.works_of({end for r in said for end in (r.source, r.target)})
    found = store.relations_by_id({id_between_works(r, works) for r in said})
    kept = [r for r in found.values() if r.status is not Status.REJECTED and (r.status is Status.ACCEPTED or r.asserted_by is AssertedBy.USER)]
    mentions = store.mentions_of({end for r in kept for end in (r.source, r.target)})
    of: dict[str, dict[str, str]] = {}
    for mention, work in mentions.items():
        of.setdefault(work, {})[mention] = work
    variants = {variant: r.id for r in kept for variant in stated_as(r, {**of.get(r.source, {}), **of.get(r.target, {})})}
    stated = {variants[s.element.id] for s in store.statements_on(variants) if s.asserter.startswith("s-")}
    return sorted((r for r in kept if r.id not in stated), key=lambda r: r.id)


class _Planner:
    """What planning works with: the store, the notes, and what they are like."""

    def __init__(self, store: Store, notebook: Notebook, sheets: Mapping[str, Sheet], refused: Mapping[str, str], words: Words, style: str, encoding: str | None) -> None:
        self.store = store
        self.notebook = notebook
        self.sheets = dict(sheets)
        self.refused = dict(refused)
        self.style = style
        self.encoding = encoding
        self.habits = {uri: habits_of(document, words) for uri, document in notebook.documents.items()}
        self.all = together(self.habits.values())
        self.calibration = active(store) or Calibration()
        self.accepted: dict[str, list[_Candidate]] = {}
        self.tried: dict[str, str] = {}
        self._pages: dict[str, str] | None = None
        self._owners: dict[str, str] | None = None

    def plan(self, wanted: Sequence[Relation], failures: tuple[str, ...], progress: Progress | None) -> Plan:
        """Choose a line for each relation, file by file, under one end or else under the other."""
        ends = {end for r in wanted for end in (r.source, r.target)}
        nodes = self.store.get(ends)
        mentions: dict[str, set[str]] = {end: {end} for end in ends}
        for mention, work in self.store.mentions_of(ends).items():
            mentions.setdefault(work, {work}).add(mention)
        stated = self.store.statements_on({m for some in mentions.values() for m in some})
        sites = {r.id: self._sites(r, mentions, stated) for r in wanted}
        open_ = list(wanted)
        done = 0
        for turn in range(max((len(found) for found, _ in sites.values()), default=0)):
            by_file: dict[str, list[tuple[Relation, list[_Candidate]]]] = {}
            for relation in open_:
                found, _ = sites[relation.id]
                if turn < len(found):
                    uri, end = found[turn]
                    by_file.setdefault(uri, []).append((relation, self._candidates(relation, uri, end, nodes, mentions)))
            for uri, asked in sorted(by_file.items()):
                if progress:
                    progress("writing", done, len(wanted))
                self._settle(uri, asked)
                done = sum(len(a) for a in self.accepted.values())
            written = {c.relation.id for some in self.accepted.values() for c in some}
            open_ = [r for r in open_ if r.id not in written]
        unwritable = tuple(Unwritable(r, self.tried.get(r.id) or sites[r.id][1]) for r in open_)
        return self._finish(unwritable, failures)

    def _sites(self, relation: Relation, mentions: Mapping[str, set[str]], stated: Sequence[Statement]) -> tuple[list[tuple[str, str]], str]:
        """`(uri, end)` of each entry under which the relation may be written, and why there is none."""
        found: list[tuple[str, str]] = []
        reasons: list[str] = []
        uris = {source_id(uri): uri for uri in (*self.sheets, *self.refused)}
        for end in (relation.source, relation.target):
            for s in sorted((s for s in stated if s.element.id in mentions[end]), key=lambda s: s.asserter):
                if not isinstance(s.element, Paper) or s.element.role is not Role.ENTRY or not s.asserter.startswith("s-"):
                    continue
                uri = uris.get(s.asserter)
                if uri is None:
                    reasons.append(f"{s.element.path}: its file is not among those given")
                elif uri in self.refused or (reason := self._differs(uri)):
                    reasons.append(self.refused.get(uri) or reason)
                elif (uri, end) not in found:
                    found.append((uri, end))
        if RELATIONS[relation.type].symmetric and len({uri for uri, _ in found}) == 1:
            # who reads on compares the later with the earlier
            found.sort(key=lambda site: max((s.element.line or 0 for s in stated if isinstance(s.element, Paper) and s.element.id in mentions[site[1]] and s.asserter in uris), default=0), reverse=True)
        return found, "; ".join(dict.fromkeys(reasons)) or "neither end has an entry of its own in a Markdown file"

    def _differs(self, uri: str) -> str:
        """Why a file, read now, states something else than when it was imported; empty if it does not."""
        if changes_between(self.store.statements([source_id(uri)]), self._calibrated(self.notebook.taken(uri).statements)):
            self.refused[uri] = f"{self.sheets[uri].notes.path}: reads otherwise than when it was imported (files beside it, a lexicon or papergraph have changed); import it first"
        return self.refused.get(uri, "")

    def _candidates(self, relation: Relation, uri: str, end: str, nodes: Mapping[str, Node], mentions: Mapping[str, set[str]]) -> list[_Candidate]:
        """The ways to write a relation under the entry of one of its ends, the most natural first."""
        state, document = self.notebook.taken(uri).state, self.notebook.documents[uri]
        other = nodes.get(relation.target if end == relation.source else relation.source)
        entry = next((e for e in state.entries if not e.cited and e.paper.id in mentions[end]), None)
        if entry is None or not isinstance(other, Paper | Concept):
            return []
        file = self.habits[uri]
        symmetric = RELATIONS[relation.type].symmetric
        note = next((e.quote for e in relation.evidence if e.rule == USER), "")
        wanted = Wanted(relation.type, end == relation.target and not symmetric, relation.hedged, note, other)
        ends = tuple(n for n in (nodes.get(relation.source), nodes.get(relation.target)) if n is not None)
        wish = Wish(relation.type, frozenset(mentions[relation.source]), frozenset(mentions[relation.target]), relation.hedged, ends)
        calls = references(other, *self._names_of(other, uri, mentions[other.id]), file, self.all)
        own = [state.document.text[b.offsets[0] : b.offsets[-1] + 1] for b in state.order if state.subject.get(id(b)) is entry and b is not entry.block]
        language = language_for(own, file, self.all)
        told = [(t, False) for t in properties(wanted, calls[:3], language, file, self.all)]
        said = list(remarks(wanted, calls[:3], language, file, self.all, state.legend.brackets))
        said += [x for x in remarks(wanted, calls[3:5], language, file, self.all, state.legend.brackets) if not x[1]]
        out: list[_Candidate] = []
        for slot, (text, noted) in self._forms(slots(state, entry, file, self.all), told, said, file):
            if not _encodable(text, self.sheets[uri].coding):
                continue
            insertion = insertion_after(document.text, slot.line, (*slot.before, slot.lead + text, *slot.after))
            out.append(_Candidate(relation, wish, slot.form, text, noted, insertion))
        return out

    def _forms(self, places: Sequence[Slot], told: Sequence[tuple[str, bool]], said: Sequence[tuple[str, bool]], file: Habits) -> list[tuple[Slot, tuple[str, bool]]]:
        """Places with the texts for them, in the order in which they are tried."""
        lines = [(slot, text) for slot in places if slot.form == "property" for text in told]
        spots = [slot for slot in places if slot.form != "property"]
        noted, bare = [t for t in said if t[1]], [t for t in said if not t[1]]
        bullets = [(slot, text) for slot in spots[:2] for text in noted[:8]]
        bullets += [(slot, text) for slot in spots for text in bare[:12]]
        if self.style == "bullet":
            return bullets[:_MOST_TRIALS]
        if self.style == "property":
            return lines[:_MOST_TRIALS]
        first = bool(file.labels) or (bool(self.all.labels) and bool(file.properties))
        # where nobody writes properties, a labelled line would be a foreign body
        others = lines if self.all.properties else []
        return ([*lines[:6], *bullets] if first else [*bullets[: _MOST_TRIALS - 6], *others[:6]])[:_MOST_TRIALS]

    def _names_of(self, other: Paper | Concept, uri: str, ids: set[str]) -> tuple[str | None, list[str], str | None]:
        """`(what wikilinks call it, further names for one, the relative path to its file)`."""
        if isinstance(other, Concept):
            return other.pref_label, [], None
        if self._pages is None:
            self._pages = {}
            for name, _ in self.all.pages.most_common():
                paper = self.notebook.catalogue.by_page(name)
                if paper is not None:
                    self._pages.setdefault(paper.id, name)
        page: str | None = next((self._pages[i] for i in sorted(ids) if i in self._pages), None)
        home = next((u for u, d in self.notebook.documents.items() if self._owner(u) in ids and u.split("/", 1)[0] == uri.split("/", 1)[0]), None)
        if home is None:
            return page, [], None
        document = self.notebook.documents[home]
        near = os.path.relpath(document.path, PurePosixPath(self.notebook.documents[uri].path).parent).replace(os.sep, "/")
        return page, [document.stem, other.title, *other.aliases], near if re.fullmatch(r"[\w./-]+", near, re.ASCII) else None

    def _owner(self, uri: str) -> str | None:
        """The paper that a file is about."""
        if self._owners is None:
            self._owners = {}
            for name, document in self.notebook.documents.items():
                known = self.notebook.catalogue.by_page(document.stem)
                if known is not None:
                    self._owners[name] = known.id
        return self._owners.get(uri)

    def _settle(self, uri: str, asked: Sequence[tuple[Relation, list[_Candidate]]]) -> None:
        """Take the first good candidate of each relation: all at once if that works, else by halves."""
        able = [(r, cs) for r, cs in asked if cs]
        for relation, candidates in asked:
            if not candidates:
                self.tried[relation.id] = f"{self.notebook.documents[uri].path}: there is no place for a line about it (it stands in a table, a record or running text)"
        if not able:
            return
        if len(able) > 1:
            if not self._fault(uri, [cs[0] for _, cs in able]):
                self.accepted.setdefault(uri, []).extend(cs[0] for _, cs in able)
                return
            half = len(able) // 2
            self._settle(uri, able[:half])
            self._settle(uri, able[half:])
            return
        relation, candidates = able[0]
        reasons: dict[str, None] = {}
        for candidate in candidates:
            reason = self._fault(uri, [candidate])
            if not reason:
                self.accepted.setdefault(uri, []).append(candidate)
                return
            reasons[reason] = None
        told = "; ".join(islice(reasons, 2))
        self.tried[relation.id] = f"{self.notebook.documents[uri].path}: no wording was read back as just this relation ({told})"

    def _fault(self, uri: str, more: Sequence[_Candidate]) -> str:
        chosen = [*self.accepted.get(uri, ()), *more]
        text, spans = patched(self.notebook.documents[uri].text, [c.insertion for c in chosen])
        return fault(self.notebook.taken(uri), self.notebook.again(uri, text), spans, [c.wish for c in chosen])

    def _finish(self, unwritable: tuple[Unwritable, ...], failures: tuple[str, ...]) -> Plan:
        """The patches, with what the store is to be told once they are applied."""
        patches: list[FilePatch] = []
        changes: list[Change] = []
        lost: list[Unwritable] = []
        texts: dict[str, str] = {}
        said: list[tuple[Sequence[Statement], Sequence[Statement]]] = []
        for uri, chosen in sorted(self.accepted.items()):
            sheet, document = self.sheets[uri], self.notebook.documents[uri]
            text, _ = patched(document.text, [c.insertion for c in chosen])
            new = sheet.coding.encode(text)
            if not self._decodes(new, text, sheet):
                lost += [Unwritable(c.relation, f"{document.path}: with this line its encoding could no longer be told") for c in chosen]
                continue
            lines = tuple(Line(c.relation, uri, c.text, c.form, c.noted, c.insertion) for c in sorted(chosen, key=lambda c: c.insertion.at))
            patches.append(FilePatch(sheet.file, uri, document.path, sheet.data, new, document.text, lines))
            before, after = self.store.statements([source_id(uri)]), self._calibrated(self.notebook.again(uri, text).statements)
            changes += changes_between(before, after)
            texts[uri] = text
            said.append((before, after))
        if texts:
            # as an import does: what the user's decisions rest on is found again in the new text
            changes += follow(self.store, {uri: uri for uri in texts}, [s for b, _ in said for s in b], [s for _, a in said for s in a], texts.get)
        return Plan(tuple(patches), tuple(changes), (*unwritable, *lost), failures)

    def _calibrated(self, said: Sequence[Statement]) -> list[Statement]:
        """What an import would state."""
        return [self.calibration.apply(s) for s in said]

    def _decodes(self, data: bytes, text: str, sheet: Sheet) -> bool:
        try:
            return decode(data, sheet.notes.path, self.encoding).text == text
        except NotesError:
            return False


def _encodable(text: str, coding: Coding) -> bool:
    try:
        coding.encode(text)
    except UnicodeEncodeError:
        return False
    return True
