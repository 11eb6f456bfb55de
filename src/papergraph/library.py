"""The Python interface: what the commands use."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self, TypeVar

from papergraph import editing, merging, timeline
from papergraph.errors import PapergraphError, StaleError, StoreError, UnknownNameError, UsageError
from papergraph.folding import relation_id
from papergraph.graph import stated_as
from papergraph.model import Concept, Evidence, Graph, Node, Note, Paper, Relation, Source, Topic
from papergraph.query.names import resolve
from papergraph.query.path import Step, shortest_path
from papergraph.query.related import Related, related, topic_path
from papergraph.store import is_server, open_store
from papergraph.store.changes import Change, ChangeSet
from papergraph.store.protocol import Filter, Hit, Likeness, Statistics, Store, Surroundings
from papergraph.vocabulary import RELATIONS, Conflict, Label, Status

if TYPE_CHECKING:
    from threading import Event

    import networkx

    from papergraph.backups import Backup
    from papergraph.calibration import Calibration, Effect
    from papergraph.checkup import Finding
    from papergraph.copying import CopyPlan
    from papergraph.differences import Part
    from papergraph.importing import ImportPlan
    from papergraph.origins import Origin
    from papergraph.provenance import Assertion, Fact, Standing
    from papergraph.query.contradictions import Disagreement
    from papergraph.query.suggestions import Suggestions
    from papergraph.resolve.matching import Duplicate
    from papergraph.store.protocol import Progress
    from papergraph.syncing import OriginPlan
    from papergraph.view import Alike, Page
    from papergraph.writeback.journal import Outcome as WrittenBack
    from papergraph.writeback.planning import Plan as WriteBack


_T = TypeVar("_T")
_ATTEMPTS = 10
"""How often a change by hand is made anew when others keep changing the same."""
_FOUND = 200
"""So many hits of a search are on its page."""
_COMPARED = 500
"""Contents are compared for pages of up to so many papers: each takes about 10 ms."""


class Library:
    """A store of reading notes, opened. Use it as a context manager, or call `close`.

    Names of papers, topics and concepts are matched without case, width and punctuation, by id, by identifier, by an
    unambiguous part, and nearly; `UnknownNameError` and `AmbiguousNameError` carry the candidates. Every operation
    raises `StoreError` where the store fails, and then has changed nothing.

    Examples
    --------
    >>> import papergraph, tempfile, pathlib
    >>> folder = pathlib.Path(tempfile.mkdtemp())
    >>> _ = (folder / "notes.md").write_text('''# Attention
    ... - [Pause Tokens Help Language Models Think](https://arxiv.org/abs/2310.02226) (oral)
    ...   - Same idea as the paper below?
    ... - [Transformers Are Multi-State RNNs](https://arxiv.org/abs/2401.06104)
    ... ''')
    >>> with papergraph.open(folder / "library.db") as library:
    ...     plan = library.import_notes(folder / "notes.md")
    ...     for one in library.related("pause tokens"):
    ...         print(one.paper.title, [r.text for r in one.reasons if r.kind == "relation"])
    Transformers Are Multi-State RNNs ['is similar to “Transformers Are Multi-State RNNs” (hedged)']
    """

    def __init__(self, store: Store) -> None:
        self.store = store

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exc: object) -> None:
        self.close()

    def close(self) -> None:
        """Let go of the store."""
        self.store.close()

    # --- in

    def plan_import(
        self,
        *paths: Path | str,
        encoding: str | None = None,
        collection: str | None = None,
        jobs: int = 0,
        replace: bool = False,
        prune: bool = False,
        lexicons: Sequence[Path] = (),
        progress: Progress | None = None,
    ) -> ImportPlan:
        """What importing files or folders of notes would change; nothing is changed. See `importing.plan_import`."""
        from papergraph.importing import plan_import

        return plan_import(self.store, [Path(p) for p in paths], encoding=encoding, collection=collection, jobs=jobs, rewritten=replace, prune=prune, lexicons=lexicons, progress=progress)

    def import_notes(
        self,
        *paths: Path | str,
        encoding: str | None = None,
        collection: str | None = None,
        jobs: int = 0,
        replace: bool = False,
        prune: bool = False,
        lexicons: Sequence[Path] = (),
        progress: Progress | None = None,
    ) -> ImportPlan:
        """Import files or folders of notes in one change set, and return what was changed and what went wrong.

        Importing the same notes again changes nothing; edited notes change just what was edited; what the user added
        stays. What files stated that have gone stays too, unless `prune`.
        """

        def import_() -> ImportPlan:
            plan = self.plan_import(*paths, encoding=encoding, collection=collection, jobs=jobs, replace=replace, prune=prune, lexicons=lexicons, progress=progress)
            self.apply_plan(plan, *paths)
            return plan

        return self.again(import_)

    def apply_plan(self, plan: ImportPlan, *paths: Path | str, verb: str = "import") -> ChangeSet | None:
        """Make the changes of a plan, logged as the import of `paths`; `None` if there are none."""
        if not plan.changes:
            # a store that one may only read is up to date as well
            with suppress(StoreError):
                self.store.keep(plan.keep)
            return None
        action = f"{verb} " + " ".join(Path(p).name or str(p) for p in paths)
        return self.store.apply(plan.changes, by="import", action=action, details=plan.details, keep=plan.keep, after=plan.after)

    def origins(self) -> tuple[Origin, ...]:
        """Where the notes stand that were imported on this machine, in the order of their paths."""
        from papergraph.origins import origins

        return origins(self.store)

    def forget(self, path: Path | str) -> Origin:
        """No longer look after the notes that were imported from `path`; what they stated stays."""
        wanted = str(Path(path).resolve())
        found = next((o for o in self.origins() if wanted in o.paths), None)
        if found is None:
            raise UsageError(f"no notes were imported from {path}; `papergraph sources` lists what was")
        self.store.keep({found.key: None})
        return found

    def plan_sync(
        self, origin: Origin, *, prune: bool = False, replace: bool = False, jobs: int = 0, lexicons: Sequence[Path] = (), progress: Progress | None = None
    ) -> OriginPlan:
        """What the notes of one origin would change; nothing is changed."""
        from papergraph.syncing import plan_sync

        return plan_sync(self.store, origin, prune=prune, rewritten=replace, jobs=jobs, lexicons=lexicons, progress=progress)

    def sync_origin(
        self,
        origin: Origin,
        *,
        dry_run: bool = False,
        prune: bool = False,
        replace: bool = False,
        jobs: int = 0,
        lexicons: Sequence[Path] = (),
        progress: Progress | None = None,
    ) -> tuple[OriginPlan, tuple[Part, ...], ChangeSet | None]:
        """Bring the store up to date with the notes of one origin: what was found, what is different, and the change set."""

        def sync() -> tuple[OriginPlan, tuple[Part, ...], ChangeSet | None]:
            one = self.plan_sync(origin, prune=prune, replace=replace, jobs=jobs, lexicons=lexicons, progress=progress)
            if one.plan is None:
                return one, (), None
            return one, self.describe(one.plan.changes), None if dry_run else self.apply_plan(one.plan, *origin.paths, verb="sync")

        return self.again(sync)

    def sync(self, *, prune: bool = False, replace: bool = False, lexicons: Sequence[Path] = ()) -> tuple[OriginPlan, ...]:
        """Bring the store up to date with all notes that were imported, a change set for each origin where something changed."""
        return tuple(self.sync_origin(o, prune=prune, replace=replace, lexicons=lexicons)[0] for o in self.origins())

    def changes_of_files(self, stop: Event | None = None) -> Iterator[tuple[Origin, ...]]:
        """The origins whose files changed, whenever some have, until `stop` is set or Ctrl-C."""
        from papergraph.syncing import changes_of_files

        return changes_of_files(self.origins(), stop)

    # --- questions

    def find(self, name: str, *labels: str) -> Node:
        """The paper, topic or concept that `name` means."""
        return resolve(self.store, name, *labels)

    def paper(self, name: str) -> Paper:
        """The paper that `name` means."""
        found = resolve(self.store, name, Label.PAPER)
        assert isinstance(found, Paper)
        return found

    def related(
        self, paper: str, *, limit: int = 10, types: Sequence[str] = (), min_confidence: float = 0.0, likeness: Likeness | None = None
    ) -> list[Related]:
        """Related papers, best first, each with its reasons; `likeness` stands in for likeness by words (see `extras`)."""
        kinds = [editing.relation_type(t) for t in types]
        return related(self.store, self.paper(paper), limit=limit, types=kinds, min_confidence=min_confidence, likeness=likeness)

    def path(self, source: str, target: str) -> list[Step] | None:
        """The shortest explained way from one paper, topic or concept to another; `None` if there is none."""
        return shortest_path(self.store, self.find(source), self.find(target))

    def search(self, text: str, limit: int = 20) -> tuple[Hit, ...]:
        """Titles, notes, concepts and topics that hold all the words of `text`, best first."""
        return self.store.search(text, limit)

    def show(self, name: str) -> Surroundings:
        """A paper, topic or concept with its notes and edges."""
        return self.store.around(self.find(name).id)

    def topic_path(self, topic: Topic) -> str:
        """The topic with those above it: `LLM › Usage`."""
        return topic_path(self.store, topic)

    def papers(self, *, topic: str | None = None, marker: str | None = None, decision: str | None = None, role: str | None = None) -> tuple[Paper, ...]:
        """Papers in the order of the notes; `topic` counts with all topics below it."""
        return self.store.papers(Filter(topics=self._with_narrower(topic), marker=marker, decision=decision.casefold() if decision else None, role=role))

    def relations(
        self, *, types: Sequence[str] = (), status: str | None = None, min_confidence: float = 0.0, topic: str | None = None
    ) -> tuple[tuple[Relation, Node, Node], ...]:
        """Relations with their two ends, the most confident first; those that were rejected only if `status` asks for them."""
        kinds = tuple(editing.relation_type(t) for t in types)
        return self.store.relations(Filter(topics=self._with_narrower(topic), types=kinds, status=status, min_confidence=min_confidence))

    def contradictions(self, *, min_confidence: float = 0.0) -> tuple[tuple[Relation, Node, Node], ...]:
        """The relations that say that two works contradict each other."""
        return self.relations(types=("contradicts",), min_confidence=min_confidence)

    def disagreements(self, *, kinds: Sequence[Conflict] = (), min_confidence: float = 0.0, limit: int = 100) -> list[Disagreement]:
        """Contradictions that are stated, relations that cannot all hold, and gaps where a contradiction might be. See `query.contradictions`."""
        from papergraph.query.contradictions import disagreements

        return disagreements(self.store, kinds=kinds, min_confidence=min_confidence, limit=limit)

    def suggest(self, paper: str | None = None, *, limit: int = 10, progress: Progress | None = None) -> Suggestions:
        """Pairs of papers that may be related but of which nothing is stated, each with its reasons; of `paper` alone if named. Nothing is stored."""
        from papergraph.query.suggestions import suggest

        return suggest(self.store, self.paper(paper) if paper is not None else None, limit=limit, progress=progress)

    def topics(self) -> tuple[tuple[Topic, int], ...]:
        """Topics with the number of papers right under each, in the order of the notes."""
        return self.store.topics()

    def concepts(self) -> tuple[tuple[Concept, int, int], ...]:
        """Concepts with how many relations and notes name them."""
        return self.store.concepts()

    def statistics(self) -> Statistics:
        """How much is in the library."""
        return self.store.statistics()

    def history(self, name: str | None = None, limit: int | None = None) -> tuple[ChangeSet, ...]:
        """Change sets, newest first; only those that touched one paper, topic, concept or relation if named."""
        if name is None:
            return self.store.history(limit=limit)
        if name.startswith("r-") and (relation := self.store.relations_by_id([name]).get(name)):
            ids = stated_as(relation, self.store.mentions_of([relation.source, relation.target]))
            numbers = {c.number: c for i in ids for c in self.store.history(i)}
            return tuple(numbers[n] for n in sorted(numbers, reverse=True))[:limit]
        # what is in the graph no longer is still in the log
        touched = not self.store.get([name]) and self.store.touches([name])
        return self.store.history(name if touched else self.find(name).id, limit)

    def change_set(self, number: int) -> tuple[ChangeSet, tuple[Part, ...]]:
        """One change set, and what it changed as a reader would call it."""
        from papergraph.differences import describe

        found = self.store.change_set(timeline.change_set(self.store, number).number)
        assert found is not None
        return found, describe(self.store, found.changes)

    def describe(self, changes: Sequence[Change]) -> tuple[Part, ...]:
        """What changes that are made or planned mean to a reader."""
        from papergraph.differences import describe

        return describe(self.store, changes)

    def diff(self, start: str, end: str = "now") -> tuple[int, int, tuple[Part, ...]]:
        """What is different from one time to another (days, times, numbers of change sets), with the change sets that were the newest then."""
        first, last = timeline.number_at(self.store, start), timeline.number_at(self.store, end)
        return first, last, self.describe(timeline.changes_from_to(self.store, first, last))

    def at(self, when: str) -> Library:
        """The library as it was then (a day's end, a time, a change set's number), in memory, without its history."""
        said = timeline.statements_at(self.store, timeline.number_at(self.store, when))
        past = Library(open_store(":memory:"))
        past.store.apply([Change(None, s) for s in said], by="user", action=f"as of {when}")
        return past

    def _with_narrower(self, topic: str | None) -> tuple[str, ...]:
        return self._narrower({self.find(topic, Label.TOPIC).id}) if topic is not None else ()

    def _narrower(self, topics: set[str]) -> tuple[str, ...]:
        """These topics (ids) with all below them, sorted."""
        wanted = set(topics)
        below: dict[str, list[str]] = {}
        for t, _ in self.store.topics():
            if t.broader:
                below.setdefault(t.broader, []).append(t.id)
        queue = list(wanted)
        while queue:
            for narrower in below.get(queue.pop(), []):
                if narrower not in wanted:
                    wanted.add(narrower)
                    queue.append(narrower)
        return tuple(sorted(wanted))

    def standing(self, evidence: Evidence, lines: int = 2) -> Standing:
        """Where a quote stands in its file now, with so many lines around it."""
        from papergraph.provenance import Witness

        return Witness(self.store).standing(evidence, lines)

    def between(self, a: str, b: str) -> list[str]:
        """The ids of the relations between two papers, or a paper and a concept; those that were rejected too."""
        ends = self.find(a).id, self.find(b).id
        ids = {relation_id(kind, *pair, symmetric=RELATIONS[kind].symmetric) for kind in RELATIONS for pair in (ends, ends[::-1])}
        relations = self.store.relations_by_id(ids).values()
        found = [r.id for r in sorted(relations, key=lambda r: (r.status is Status.REJECTED, -r.confidence, r.id))]
        if not found:
            raise UsageError(f"no relation is stated between '{a}' and '{b}'; `papergraph path` may find a way")
        return found

    def why(self, name: str) -> tuple[Relation | Node, tuple[Assertion, ...], tuple[Fact, ...]]:
        """A relation (by id), paper, topic, concept or note (by id) with who states it, and of a paper each fact with who gives it."""
        from papergraph.provenance import Witness

        witness = Witness(self.store)
        # a paper's name may begin like a relation's id: R-CNN
        found: Relation | Node | None = self.store.relations_by_id([name]).get(name) or self.store.get([name]).get(name)
        if found is None:
            try:
                found = self.find(name)
            except UnknownNameError:
                if name.startswith("r-"):
                    self._relations([name])
                raise
        return found, witness.assertions(found), witness.facts(found) if isinstance(found, Paper) else ()

    # --- changes by hand

    def add_relation(
        self, source: str, kind: str, target: str, *, note: str | None = None, confidence: float = 1.0, hedged: bool = False
    ) -> ChangeSet | None:
        """State a relation; `None` if it stands just so already."""
        name = editing.relation_type(kind)
        a, b = self.find(source, Label.PAPER, Label.CONCEPT), self.find(target, Label.PAPER, Label.CONCEPT)

        def add() -> ChangeSet | None:
            changes = editing.add_relation(self.store, a, name, b, note=note, confidence=confidence, hedged=hedged)
            return self._apply(changes, f"add relation {a.id} {kind} {b.id}")

        return self.again(add)

    def add_paper(
        self,
        title: str,
        *,
        authors: Sequence[str] = (),
        year: int | None = None,
        venue: str | None = None,
        url: str | None = None,
        topics: Sequence[str] = (),
        markers: Sequence[str] = (),
    ) -> Paper:
        """Add a paper, or what is known of one that is there."""
        ids = [self.find(t, Label.TOPIC).id for t in topics]

        def add() -> Paper:
            paper, changes = editing.add_paper(self.store, title, authors=authors, year=year, venue=venue, url=url, topics=ids, markers=markers)
            self._apply(changes, f"add paper {paper.title}")
            return paper

        return self.again(add)

    def add_topic(self, name: str, *, broader: str | None = None) -> Topic:
        """Add a topic, under another if `broader` names it."""
        above = self.find(broader, Label.TOPIC) if broader else None
        under = above if isinstance(above, Topic) else None

        def add() -> Topic:
            topic, changes = editing.add_topic(self.store, name, under)
            self._apply(changes, f"add topic {topic.pref_label}")
            return topic

        return self.again(add)

    def add_concept(self, name: str) -> Concept:
        """Add a concept."""

        def add() -> Concept:
            concept, changes = editing.add_concept(self.store, name)
            self._apply(changes, f"add concept {concept.pref_label}")
            return concept

        return self.again(add)

    def add_alias(self, of: str, name: str) -> ChangeSet | None:
        """Give a paper, topic or concept another name; `None` if it has it."""
        node = self.find(of)
        return self.again(lambda: self._apply(editing.add_alias(self.store, node, name), f"add alias {node.id} {name}"))

    def remove(self, element: str, *labels: str) -> ChangeSet | None:
        """Take out a relation (by id), paper, topic or concept; what notes state stays out when they are imported again."""
        found = self._relations([element])[0] if element.startswith("r-") and not labels else self.find(element, *labels)
        return self.again(lambda: self._apply(editing.remove(self.store, found), f"remove {found.id}"))

    def accept(self, *ids: str, reason: str | None = None) -> ChangeSet | None:
        """Say that relations (by id) hold; `None` if that was said already. They stay when the notes that state them change or go."""
        return self._decide(ids, Status.ACCEPTED, "accept", reason)

    def reject(self, *ids: str, reason: str | None = None) -> ChangeSet | None:
        """Say that relations (by id) do not hold; `None` if that was said already. They are in no answer, whatever the notes state."""
        return self._decide(ids, Status.REJECTED, "reject", reason)

    def _decide(self, ids: Sequence[str], status: Status, verb: str, reason: str | None) -> ChangeSet | None:
        wanted = dict.fromkeys(ids)

        def changes() -> list[Change]:
            return [c for r in self._relations(wanted) for c in editing.decide(self.store, r, status, reason)]

        what = f"{len(wanted)} relations" if len(wanted) > 1 else "".join(wanted)
        # what the notes state matters too, so that it is read when nobody else can write any more
        return self.store.apply(changes, by="user", action=f"{verb} {what}")

    def retype(self, relation: str, kind: str) -> ChangeSet | None:
        """Say that a relation (by id) is of another type: the former is rejected, the new one stands on the same sentences."""
        return self.edit_relation(relation, kind=kind)

    def reverse(self, relation: str) -> ChangeSet | None:
        """Say that a relation (by id) runs the other way."""
        return self.edit_relation(relation, reverse=True)

    def edit_relation(
        self, relation: str, *, kind: str | None = None, reverse: bool = False, confidence: float | None = None, hedged: bool | None = None
    ) -> ChangeSet | None:
        """Put a relation (by id) right: type, direction, confidence (0..1), hedge; `None` if it stands just so already."""
        name = editing.relation_type(kind) if kind else None
        what = [kind or "", "reversed" if reverse else "", f"confidence {confidence}" if confidence is not None else "", "" if hedged is None else "hedged" if hedged else "not hedged"]

        def edit() -> ChangeSet | None:
            (found,) = self._relations([relation])
            changes = editing.revise(self.store, found, kind=name, reverse=reverse, confidence=confidence, hedged=hedged)
            return self._apply(changes, f"edit relation {relation} {' '.join(w for w in what if w)}")

        return self.again(edit)

    def edit_paper(self, paper: str, **fields: Any) -> ChangeSet | None:
        """Put facts of a paper right (see `editing.edit_paper`); they stand above those of the notes. `None` if they stand just so already."""
        found = self.paper(paper)
        return self.again(lambda: self._apply(editing.edit_paper(self.store, found, **fields), f"edit paper {found.id} {' '.join(fields)}"))

    def _relations(self, ids: Iterable[str]) -> list[Relation]:
        """The relations with these ids, in their order."""
        wanted = tuple(ids)
        found = self.store.relations_by_id(wanted)
        if missing := [i for i in wanted if i not in found]:
            raise UsageError(f"no relation has the id {', '.join(missing)}; `papergraph relations` lists them")
        return [found[i] for i in wanted]

    def calibrate(self, *, dry_run: bool = False) -> tuple[Calibration, Effect, ChangeSet | None]:
        """Refit how sure relations are from what the user accepted and rejected: the model, what it changes, and its change set."""
        from papergraph import calibration

        def fit() -> tuple[Calibration, Effect, ChangeSet | None]:
            before = calibration.active(self.store)
            decided = calibration.decisions(self.store)
            model = calibration.fit(decided)
            changes = calibration.changes(self.store, model)
            told = calibration.effect(decided, model, changes, before)
            stands = model == before and not changes
            return model, told, None if dry_run or stands else self._calibrate(model, changes, f"calibrate on {len(decided)} decisions")

        return self.again(fit)

    def reset_calibration(self) -> ChangeSet | None:
        """Go back to the confidence that comes with papergraph; `None` where that stands."""
        from papergraph import calibration

        def reset() -> ChangeSet | None:
            changes = calibration.changes(self.store, None)
            return self._calibrate(None, changes, "calibrate --reset") if changes or calibration.active(self.store) else None

        return self.again(reset)

    def _calibrate(self, model: Calibration | None, changes: Sequence[Change], action: str) -> ChangeSet | None:
        from papergraph.calibration import BY

        return self.store.apply(changes, by=BY, action=action, details={"calibration": model.data() if model else {}}, even_empty=True)

    # --- who is who

    def duplicates(self, least: float = 0.5, progress: Progress | None = None) -> list[Duplicate]:
        """Papers that are one work with a certainty of at least `least`, surest first; not those that the user told apart. See `resolve.matching`."""
        from papergraph.resolve.matching import duplicates

        found = duplicates(self.store.papers(Filter()), least=least, progress=progress)
        apart = merging.parted(self.store, [(d.first.id, d.second.id) for d in found])
        # merging what the user split would take that back
        return [d for d in found if (d.first.id, d.second.id) not in apart and not any(c.after is None for c in merging.merge(self.store, d.first, d.second))]

    def merge(self, a: str, b: str) -> ChangeSet | None:
        """Say that two papers are one work; `None` if they are already. `split` takes it back at any later time."""
        first, second = self.paper(a), self.paper(b)
        return self.again(lambda: self._apply(merging.merge(self.store, first, second), f"merge {first.id} {second.id}"))

    def merge_all(self, pairs: Sequence[tuple[str, str]]) -> ChangeSet | None:
        """Say of several pairs of papers (ids) that they are one work each, in one change set."""

        def merge() -> ChangeSet | None:
            found = self.store.get({i for pair in pairs for i in pair})
            papers = [(found.get(a), found.get(b)) for a, b in pairs]
            changes = {c.statement.key: c for a, b in papers if isinstance(a, Paper) and isinstance(b, Paper) for c in merging.merge(self.store, a, b)}
            return self._apply(tuple(changes.values()), f"merge {len(pairs)} pairs")

        return self.again(merge)

    def split(self, paper: str, name: str | None = None) -> ChangeSet | None:
        """Say that one of a paper's names is another work; or of another paper that it is another work, `None` if that was said already.

        `merge` takes it back at any later time.
        """
        found = self.paper(paper)
        other = self._other(found, name)

        def split() -> ChangeSet | None:
            changes = merging.split(self.store, found, name) if other is None else merging.tell_apart(self.store, found, other)
            return self._apply(changes, f"split {found.id} {name or ''}".strip())

        return self.again(split)

    def _other(self, paper: Paper, name: str | None) -> Paper | None:
        """Another paper that `name` means; `None` if it means this one or none."""
        try:
            found = self.paper(name) if name is not None else paper
        except PapergraphError:
            return None
        return found if found.id != paper.id else None

    def _apply(self, changes: Sequence[Change], action: str) -> ChangeSet | None:
        return self.store.apply(changes, by="user", action=action)

    def again(self, work: Callable[[], _T]) -> _T:
        """Do `work`, which reads, decides and applies; anew if somebody else has changed the same in between."""
        for attempt in range(_ATTEMPTS):
            try:
                return work()
            except StaleError:
                if attempt == _ATTEMPTS - 1:
                    raise
        raise AssertionError("unreachable")

    def undo(self, number: int | None = None) -> ChangeSet:
        """Take back a change set, also an import, the newest that stands if `number` is `None`; `redo` brings it back."""

        def undo() -> ChangeSet:
            undone, changes = timeline.undo(self.store, number)
            return self._take_back(changes, f"undo {undone.number}", undone)

        return self.again(undo)

    def redo(self, number: int | None = None) -> ChangeSet:
        """Bring back a change set that was undone, the one undone last if `number` is `None`."""

        def redo() -> ChangeSet:
            brought_back, undoing, changes = timeline.redo(self.store, number)
            return self._take_back(changes, f"redo {brought_back.number}", undoing)

        return self.again(redo)

    def _take_back(self, changes: Sequence[Change], action: str, of: ChangeSet) -> ChangeSet:
        from papergraph.following import taken_back
        from papergraph.origins import unread

        changes = taken_back(self.store, changes, of.number)
        # what files state may be of older rules or of no calibration now: they are read again
        done = self.store.apply(changes, by="user", action=action, undoes=of.number, keep=unread(self.origins()) if of.details or of.undoes else None, even_empty=True)
        assert done is not None
        return done

    # --- back into the notes

    def plan_write_back(
        self,
        *paths: Path | str,
        style: str = "auto",
        encoding: str | None = None,
        collection: str | None = None,
        lexicons: Sequence[Path] = (),
        without: Collection[str] = (),
        progress: Progress | None = None,
    ) -> WriteBack:
        """The lines that would state in Markdown notes what was added or accepted here; nothing is written. See `writeback.planning`."""
        from papergraph.writeback.planning import plan_write_back

        files = [Path(p) for p in paths]
        return plan_write_back(self.store, files, style=style, encoding=encoding, collection=collection, lexicons=lexicons, without=without, progress=progress)

    def write_back(self, plan: WriteBack, folder: Path | str) -> WrittenBack:
        """Write a plan's lines into the notes and import them, all or nothing; `folder` keeps the journal and the backups. See `writeback.journal`."""
        from papergraph.writeback.applying import apply_plan

        return apply_plan(self.store, Path(folder), plan)

    def recover_write_back(self, folder: Path | str) -> tuple[WrittenBack, ...]:
        """Finish a write-back that was cut off, or clear it away; empty where there was none."""
        from papergraph.writeback.journal import recover

        return recover(self.store, Path(folder))

    def undo_write_back(self, folder: Path | str) -> WrittenBack:
        """Give the files of the last write-back their former contents back, and take back what the store was told."""
        from papergraph.writeback.journal import undo

        return undo(self.store, Path(folder))

    # --- out

    def copy_to(self, target: Library, progress: Progress | None = None) -> CopyPlan:
        """Copy everything, with its history, into another library, which must be empty or hold a part of just this one.

        It can be cut off and run again. See `copying`.
        """
        from papergraph.copying import copy, plan_copy

        plan = plan_copy(self.store, target.store)
        copy(self.store, target.store, plan, progress)
        return plan

    def backup(self, file: Path | str, *, replace: bool = False, progress: Progress | None = None) -> Backup:
        """Write the whole library to one file, checked, while others may go on working with it. See `backups.backup`."""
        from papergraph.backups import backup

        return backup(self.store, Path(file), replace=replace, progress=progress)

    def examine(self, progress: Progress | None = None) -> list[Finding]:
        """What is wrong with the store, and what mends it; empty where all is well. See `checkup.examine`."""
        from papergraph.checkup import examine

        return examine(self.store, progress)

    def export_decisions(self) -> Iterator[str]:
        """What the user accepted and rejected as training data: a JSON object a line."""
        from papergraph.exchange.decisions import lines

        return lines(self.store)

    def export_neo4j_csv(self, folder: Path | str, progress: Progress | None = None) -> str:
        """Write files for `neo4j-admin database import` into a new folder, and give the command that reads them."""
        from papergraph.exchange.neo4jcsv import write

        return write(self.store, Path(folder), progress)

    def graph(
        self,
        *,
        topic: str | None = None,
        around: str | None = None,
        depth: int = 1,
        query: str | None = None,
        types: Sequence[str] = (),
        min_confidence: float = 0.0,
    ) -> Graph:
        """The whole graph, or a part of it; what several of these choose is put together.

        Parameters
        ----------
        topic
            What stands under this topic or those below it, and what that is related to.
        around, depth
            What is within so many steps of this paper, topic or concept.
        query
            What a search for these words finds (the first 200), papers of topics found included, with what that is related to and the topics
            that it stands under.
        types
            Relations of these types alone, with their ends and the topics of those; or within what the above choose.
        min_confidence
            Relations below it (0..1) are left out.
        """
        whole = self.store.graph()
        kinds = {editing.relation_type(t) for t in types}
        if kinds or min_confidence > 0:
            kept_relations = tuple(r for r in whole.relations if (not kinds or r.type in kinds) and r.confidence >= min_confidence)
            whole = Graph(whole.nodes, whole.edges, kept_relations)
        live = [r for r in whole.relations if r.status is not Status.REJECTED]
        kept: set[str] = set()
        if topic is None and around is None and query is None:
            if not kinds:
                return whole
            ends = {end for r in live for end in (r.source, r.target)}
            kept = ends | _topics_of(whole, ends)
        if topic is not None:
            topics = set(self._with_narrower(topic))
            kept |= topics | {p.id for p in self.store.papers(Filter(topics=tuple(topics)))}
            kept |= {end for r in live if {r.source, r.target} & kept for end in (r.source, r.target)}
        if around is not None:
            front = {self.find(around).id}
            kept |= front
            for _ in range(depth):
                front = {b for _, b, _ in self.store.neighbours(front)} - kept
                kept |= front
        if query is not None:
            hits = [h.node for h in self.store.search(query, _FOUND)]
            found = {i for n in hits for i in ((n.about, *n.mentions) if isinstance(n, Note) else (n.id,)) if i}
            if topics_found := {n.id for n in hits if isinstance(n, Topic)}:
                found |= {p.id for p in self.store.papers(Filter(topics=self._narrower(topics_found)))}
            if not found:
                raise UsageError(f"nothing in the library holds '{query}'; try fewer words")
            found |= {end for r in live if {r.source, r.target} & found for end in (r.source, r.target)}
            kept |= found | _topics_of(whole, found)
        return subgraph(whole, kept)

    def to_networkx(self) -> networkx.MultiDiGraph[str]:
        """The whole graph for networkx."""
        from papergraph.graph import to_networkx

        return to_networkx(self.store.graph())

    def export_json(self) -> str:
        """The whole graph as node-link JSON, equal for equal graphs, byte for byte."""
        from papergraph.exchange.nodelink import dumps

        return dumps(self.store.graph())

    def view(
        self,
        *,
        title: str = "papergraph",
        topic: str | None = None,
        around: str | None = None,
        depth: int = 1,
        query: str | None = None,
        types: Sequence[str] = (),
        min_confidence: float = 0.0,
        anew: bool = False,
        progress: Progress | None = None,
    ) -> Page:
        """The interactive page, which needs no network; a notebook shows it inline. What to show is chosen as for `graph`.

        Where the whole graph's nodes stand is kept in the store, so that they stand there again when the page is next made, unless
        `anew`. Likeness of contents is on it for up to 500 papers.
        """
        from papergraph.view import compose, render

        graph = self.graph(topic=topic, around=around, depth=depth, query=query, types=types, min_confidence=min_confidence)
        chosen = (topic and f"topic {topic}", around and f"around {around}, {depth} steps", query and f"“{query}”", types and ", ".join(types), min_confidence and f"confidence of at least {min_confidence}")
        asked = [str(x) for x in chosen if x]
        whole = topic is None and around is None and query is None and not types and min_confidence == 0
        before = self.store.positions() if whole and not anew else {}
        scene = compose(graph, alike=self._alike(graph, progress), before=before)
        if whole and scene.wide.at != before:
            # a store that one may only read gives a page as well
            with suppress(StoreError):
                self.store.keep_positions(scene.wide.at)
        part = f"Only {'; '.join(asked)}: {len(graph.papers()):,} of {self.store.paper_count():,} papers" if asked else ""
        return render(scene, title=title, part=part)

    def _alike(self, graph: Graph, progress: Progress | None) -> list[Alike] | None:
        from papergraph.view import Alike

        papers = graph.papers()
        if len(papers) > _COMPARED:
            return None
        out: list[Alike] = []
        for n, paper in enumerate(papers):
            if progress is not None:
                progress("comparing contents", n, len(papers))
            out += [Alike(paper.id, a.paper.id, a.score, a.terms) for a in self.store.alike(paper.id, 10)]
        return out


def _topics_of(graph: Graph, ids: set[str]) -> set[str]:
    """The topics that papers among `ids` stand under, and those above them."""
    above = {n.id: n.broader for n in graph.nodes if isinstance(n, Topic)}
    found: set[str] = set()
    for node in graph.nodes:
        if isinstance(node, Paper) and node.id in ids:
            for topic in node.topics:
                at: str | None = topic
                while at is not None and at in above and at not in found:
                    found.add(at)
                    at = above[at]
    return found


def subgraph(graph: Graph, kept: set[str]) -> Graph:
    """The papers, topics and concepts in `kept`, the notes about them or that mention them, and the edges between."""
    notes = {n.id for n in graph.nodes if isinstance(n, Note) and (n.about in kept or not kept.isdisjoint(n.mentions))}
    sources = {n.source for n in graph.nodes if isinstance(n, Note) and n.id in notes}
    kept = kept | notes | sources
    nodes = tuple(n for n in graph.nodes if n.id in kept and (not isinstance(n, Source) or n.id in sources))
    return Graph(
        nodes,
        tuple(e for e in graph.edges if e.source in kept and e.target in kept),
        tuple(r for r in graph.relations if r.source in kept and r.target in kept),
    )


def open(
    location: Path | str, *, create: bool = True, username: str | None = None, password: str | None = None, database: str | None = None
) -> Library:
    """The library in the store at `location`, which is made where there is none, unless `create` is false.

    Parameters
    ----------
    location
        A file, or the address of a Neo4j server (`neo4j://host`, `bolt://host`, each also `+s` or `+ssc`).
    username, password, database
        For a Neo4j server. They are taken from here alone, not from the environment.

    Raises
    ------
    StoreError
        If it cannot be opened.
    """
    login = None
    if is_server(str(location)):
        from papergraph.store.neo4j import Login

        login = Login(username, password, database)
    return Library(open_store(str(location), create=create, login=login))
