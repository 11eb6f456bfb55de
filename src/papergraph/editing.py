"""Changes by hand → changes of statements: add, edit, remove, accept, reject. What the user says outlives every import."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any

from papergraph.errors import UsageError
from papergraph.folding import concept_id, fold, paper_id, relation_id, squeeze, topic_id
from papergraph.graph import stated_as
from papergraph.model import EDIT, ENDS, KEPT, USER, Concept, Evidence, Node, Note, Paper, Relation, Source, Statement, Topic
from papergraph.resolve.identifiers import identifiers, is_web
from papergraph.resolve.identity import identifier_keys
from papergraph.store.changes import Change
from papergraph.store.protocol import Store
from papergraph.vocabulary import RELATIONS, AssertedBy, Role, Status


def relation_type(name: str) -> str:
    """The type that `name` means, whatever its case and separators.

    Raises
    ------
    UsageError
        If there is none; with the nearest.
    """
    wanted = name.strip().casefold().replace("_", "-").replace(" ", "-")
    options = {r.option: r.name for r in RELATIONS.values()}
    if wanted in options:
        return options[wanted]
    import difflib

    near = difflib.get_close_matches(wanted, options, n=1, cutoff=0.5)
    hint = f"; did you mean '{near[0]}'?" if near else ""
    raise UsageError(f"unknown relation '{name}'{hint} The types are: {', '.join(options)}")


def _put(store: Store, statements: Sequence[Statement]) -> tuple[Change, ...]:
    held = {s.key: s for s in store.statements_on({s.element.id for s in statements})}
    return tuple(Change(held.get(s.key), s) for s in statements if held.get(s.key) != s)


def add_relation(store: Store, source: Node, kind: str, target: Node, *, note: str | None = None, confidence: float = 1.0, hedged: bool = False) -> tuple[Change, ...]:
    """The changes that state a relation by the user.

    Raises
    ------
    UsageError
        If the ends are the same, the source is no paper, the target neither paper nor concept, or `confidence` is
        outside 0..1.
    """
    if source.id == target.id:
        raise UsageError(f"'{source.name}' cannot be related to itself")
    if not isinstance(source, Paper) and isinstance(target, Paper) and RELATIONS[kind].symmetric:
        source, target = target, source
    if not isinstance(source, Paper):
        raise UsageError(f"a relation starts from a paper; '{source.name}' is a {source.label.lower()}")
    if not isinstance(target, Paper | Concept):
        raise UsageError(f"a relation leads to a paper or a concept; '{target.name}' is a {target.label.lower()}")
    if not 0 <= confidence <= 1:
        raise UsageError(f"a confidence is between 0 and 1, not {confidence}")
    ends = sorted((source.id, target.id)) if RELATIONS[kind].symmetric else [source.id, target.id]
    own = relation_id(kind, *ends, symmetric=RELATIONS[kind].symmetric)
    own_words = _words(note, "note")
    evidence = (Evidence(None, own_words, None, None, None, None, "user", confidence, hedged),) if own_words else ()
    relation = Relation(own, kind, ends[0], ends[1], confidence, hedged, AssertedBy.USER, Status.ACCEPTED, evidence)
    return _state(store, relation, (source, target))


def _state(store: Store, relation: Relation, ends: Sequence[Paper | Concept]) -> tuple[Change, ...]:
    """The changes that make a relation between works the user's word, in place of what the user said of it under any of their names.

    It vouches for its ends, so that it stays when the notes that named them go.
    """
    said = _said_of(store, relation) or [relation]
    # what was said before in words of one's own stays beside what is said now
    put = [replace(relation, id=r.id, source=r.source, target=r.target, evidence=tuple(dict.fromkeys((*(e for e in r.evidence if e.path is None), *relation.evidence)))) for r in said]
    beside = [s for r in put for s in (*_vouchers(r.id, ends), *_known_ends(r.id, ends))]
    return _put(store, [*(Statement(USER, r) for r in put), *beside])


def _said_of(store: Store, relation: Relation) -> list[Relation]:
    """What the user said of a relation of the graph, under any names of the works at its ends."""
    mentions = store.mentions_of([relation.source, relation.target])
    return [s.element for s in store.statements_on(stated_as(relation, mentions)) if s.asserter == USER and isinstance(s.element, Relation)]


def _word_on(store: Store, relation: Relation) -> list[Relation]:
    """What the user said of a relation of the graph; where that is nothing yet, the relation as it stands, without the sentences of the notes."""
    return _said_of(store, relation) or [replace(relation, evidence=tuple(e for e in relation.evidence if e.path is None))]


def _ends(store: Store, relation: Relation) -> list[Paper | Concept]:
    """What a relation of the graph is between."""
    return [end for end in store.get([relation.source, relation.target]).values() if isinstance(end, Paper | Concept)]


def _vouchers(relation: str, ends: Iterable[Paper | Concept]) -> list[Statement]:
    """Statements that keep the ends of a user's relation in the graph."""
    return [Statement(f"{USER}:{relation}", Paper(e.id, e.title, Role.CITED) if isinstance(e, Paper) else Concept(e.id, e.pref_label)) for e in ends]


def _known_ends(relation: str, ends: Iterable[Paper | Concept]) -> list[Statement]:
    """Statements that know the ends of a decision by their identifiers: they are the same works when their titles are put right in the notes."""
    keys = [(e, identifier_keys(e)) for e in ends if isinstance(e, Paper)]
    return [Statement(f"{ENDS}{relation}", Paper(e.id, "", Role.CITED, same=same)) for e, same in keys if same]


def add_paper(
    store: Store,
    title: str,
    *,
    authors: Sequence[str] = (),
    year: int | None = None,
    venue: str | None = None,
    url: str | None = None,
    topics: Sequence[str] = (),
    markers: Sequence[str] = (),
) -> tuple[Paper, tuple[Change, ...]]:
    """The paper, and the changes that put it into the store.

    Raises
    ------
    UsageError
        If the title is empty or the address none of the web.
    """
    title = _name(title, "title")
    for value in (*authors, venue or "", url or "", *markers):
        _valid(value, "value")
    if url and not is_web(url):
        raise UsageError(f"'{url}' is no web address; give one that begins with https://")
    found = identifiers(url or "")
    paper = Paper(
        paper_id(title),
        title,
        Role.ENTRY,
        tuple(authors),
        year,
        venue,
        url=url,
        doi=found.doi,
        arxiv_id=found.arxiv_id,
        openreview_id=found.openreview_id,
        markers=tuple(markers),
        topics=tuple(topics),
    )
    return paper, _put(store, [Statement(USER, paper)])


def add_topic(store: Store, name: str, broader: Topic | None = None) -> tuple[Topic, tuple[Change, ...]]:
    """The topic, and the changes that put it under `broader`, or at the top."""
    label = _name(name, "name")
    path = [label]
    above = broader
    seen: set[str] = set()
    while above is not None and above.id not in seen:
        seen.add(above.id)
        path.insert(0, above.pref_label)
        found = store.get([above.broader]).get(above.broader) if above.broader else None
        above = found if isinstance(found, Topic) else None
    topic = Topic(topic_id(tuple(path)), label, broader=broader.id if broader else None)
    return topic, _put(store, [Statement(USER, topic)])


def add_concept(store: Store, name: str) -> tuple[Concept, tuple[Change, ...]]:
    """The concept, and the changes that put it into the store."""
    label = _name(name, "name")
    concept = Concept(concept_id(label), label)
    return concept, _put(store, [Statement(USER, concept)])


def add_alias(store: Store, node: Node, name: str) -> tuple[Change, ...]:
    """The changes that give a paper, topic or concept another name."""
    name = _name(name, "name")
    if isinstance(node, Paper):
        if fold(name) in {fold(n) for n in (node.title, *node.aliases)}:
            return ()
        return _put(store, [replace(s, element=replace(s.element, aliases=(*s.element.aliases, name))) for s in _edits(store, node) if isinstance(s.element, Paper)])
    held = next((s.element for s in store.statements_on([node.id]) if s.asserter == USER), None)
    if isinstance(node, Topic | Concept):
        label = held if isinstance(held, Topic | Concept) else node
        if fold(name) in {fold(n) for n in (node.pref_label, *node.alt_labels)}:
            return ()
        return _put(store, [Statement(USER, replace(label, alt_labels=(*label.alt_labels, name)))])
    raise UsageError(f"a {node.label.lower()} has no other names")


def _name(text: str, what: str) -> str:
    text = _valid(text, what)
    text = squeeze("".join(c for c in text if c.isprintable() or c.isspace()))
    if not text:
        raise UsageError(f"the {what} is empty")
    return text


def _words(text: str | None, what: str) -> str | None:
    """The user's own words on one line; `None` for none."""
    return squeeze(_valid(text, what)) or None if text else None


def _valid(text: str, what: str) -> str:
    try:
        text.encode()
    except UnicodeEncodeError as error:
        raise UsageError(f"the {what} is not valid Unicode; check the terminal's encoding") from error
    return text


def decide(store: Store, relation: Relation, status: Status, reason: str | None = None) -> tuple[Change, ...]:
    """The changes that record what the user has decided about a relation of the graph; none if that stands already.

    The decision is the user's statement of the relation as it stands, with that status, the reason and without evidence, which stays
    that of the notes; should they no longer state it, an import keeps the sentences. It holds for the type between the two works,
    whatever rule states it. An accepted relation is certain from then on (its evidence tells what it was before), and vouches for its
    ends, so that it stays when the notes that state it go.
    """
    reason = _words(reason, "reason")
    if relation.status is status and (reason is None or reason == relation.reason):
        return ()
    told = [e.confidence for e in relation.evidence if e.path is not None]
    sure = 1.0 if status is Status.ACCEPTED else max(told, default=relation.confidence)
    stands = _word_on(store, relation)
    decided = [replace(r, status=status, reason=reason, confidence=sure) for r in stands]
    ends = _ends(store, relation)
    # what was added by hand vouches for its ends whatever is decided about it
    ids = [r.id for r in decided if r.asserted_by is not AssertedBy.USER]
    beside = [s for r in decided for s in _known_ends(r.id, ends)]
    if status is Status.ACCEPTED:
        return _put(store, [*(Statement(USER, r) for r in decided), *(s for i in ids for s in _vouchers(i, ends)), *beside])
    return (*_put(store, [*(Statement(USER, r) for r in decided), *beside]), *_dropped(store, relation, [f"{USER}:{i}" for i in ids]))


def _dropped(store: Store, relation: Relation, asserters: Sequence[str]) -> tuple[Change, ...]:
    """The changes that take back what is said beside a relation on its ends."""
    ends = {relation.source, relation.target, *store.mentions_of([relation.source, relation.target])}
    return tuple(Change(s, None) for s in store.statements_on(ends) if s.asserter in asserters)


def revise(
    store: Store, relation: Relation, *, kind: str | None = None, reverse: bool = False, confidence: float | None = None, hedged: bool | None = None
) -> tuple[Change, ...]:
    """The changes that put a relation right: another type or direction is another relation, so that the former is rejected.

    The new one is the user's, accepted, on the same sentences. Another certainty or hedge decides nothing.

    Raises
    ------
    UsageError
        If it cannot be reversed, or stands just so already.
    """
    new_kind = kind or relation.type
    symmetric = RELATIONS[new_kind].symmetric
    source, target = (relation.target, relation.source) if reverse else (relation.source, relation.target)
    if reverse and symmetric:
        raise UsageError(f"{RELATIONS[new_kind].option} holds both ways; there is nothing to reverse")
    ends = sorted((source, target)) if symmetric else [source, target]
    nodes = store.get(ends)
    start = nodes.get(ends[0])
    if not isinstance(start, Paper):
        if not symmetric:
            raise UsageError(f"a relation starts from a paper; '{start.name if start else ends[0]}' is none")
        ends.reverse()
    own = relation_id(new_kind, *ends, symmetric=symmetric)
    found = [end for end in nodes.values() if isinstance(end, Paper | Concept)]
    hedge = relation.hedged if hedged is None else hedged
    if own == relation.id:
        said = _word_on(store, relation)
        put = [replace(r, confidence=relation.confidence if confidence is None else confidence, hedged=hedge) for r in said]
        return _put(store, [*(Statement(USER, r) for r in put), *(s for r in put for s in _known_ends(r.id, found))])
    wanted = replace(
        relation,
        id=own,
        type=new_kind,
        source=ends[0],
        target=ends[1],
        confidence=1.0 if confidence is None else confidence,
        hedged=hedge,
        asserted_by=AssertedBy.USER,
        status=Status.ACCEPTED,
        reason=None,
        evidence=(),
    )
    kept: dict[str, list[Evidence]] = {}
    for e in relation.evidence:
        kept.setdefault(f"{KEPT}{e.source}" if e.source else USER, []).append(e)
    # what is of that type already keeps its sentences
    held = {s.asserter: s.element.evidence for s in store.statements_on([own]) if isinstance(s.element, Relation)}
    both = {asserter: tuple(dict.fromkeys((*held.get(asserter, ()), *kept.get(asserter, ())))) for asserter in (USER, *kept)}
    wanted = replace(wanted, evidence=both.pop(USER))
    sentences = [Statement(asserter, replace(wanted, asserted_by=AssertedBy.EXTRACTOR, status=Status.PROPOSED, evidence=pieces)) for asserter, pieces in both.items()]
    why = f"is {RELATIONS[new_kind].option}{' the other way' if reverse else ''}"
    former = decide(store, relation, Status.REJECTED, f"{why}; before: {relation.reason}" if relation.reason else why)
    return (*former, *_state(store, wanted, found), *_put(store, sentences))


def edit_paper(store: Store, paper: Paper, **fields: Any) -> tuple[Change, ...]:
    """The changes that put facts of a paper right: the user's stand above those of the notes.

    Parameters
    ----------
    fields
        Fields of `Paper` with their values: title, authors, year, venue, decision, url, doi, arxiv_id, openreview_id, read_at, markers, tags.

    Raises
    ------
    UsageError
        If the title is empty, the address none of the web, or an identifier none.
    """
    for field, value in fields.items():
        for text in value if isinstance(value, tuple) else (value,):
            _valid(str(text), field.replace("_", " "))
    if "title" in fields:
        fields["title"] = _name(fields["title"], "title")
    if fields.get("url") and not is_web(fields["url"]):
        raise UsageError(f"'{fields['url']}' is no web address; give one that begins with https://")
    for field, what in (("doi", "DOI, for example 10.1000/182"), ("arxiv_id", "arXiv id, for example 2310.02226")):
        if given := fields.pop(field, None):
            fields |= _identified(str(given), field, what)
    if fields.get("url"):
        # as for a paper that is added
        found = identifiers(fields["url"])
        fields |= {k: v for k in ("doi", "arxiv_id", "openreview_id") if (v := getattr(found, k)) and k not in fields}
    return _put(store, [replace(s, element=replace(s.element, **fields)) for s in _edits(store, paper) if isinstance(s.element, Paper)])


def _edits(store: Store, paper: Paper) -> list[Statement]:
    """What the user says of a paper, under any of its names: that is changed where there is something to change, and one under its own name is among them."""
    mentions = {paper.id, *store.mentions_of([paper.id])}
    said = [s for s in store.statements_on(mentions) if s.by_user and not s.removed]
    if all(s.element.id != paper.id for s in said):
        said.append(Statement(EDIT, Paper(paper.id, "", Role.CITED, same=identifier_keys(paper))))
    return said


def _identified(given: str, field: str, what: str) -> dict[str, str]:
    """The fields that an identifier gives, in its one spelling, be it bare or an address."""
    texts = (given.strip(), f"arXiv:{given.strip()}") if field == "arxiv_id" else (given.strip(),)
    found = next((i for text in texts if (i := identifiers(text)).doi or i.arxiv_id), None)
    if found is None:
        raise UsageError(f"'{given}' is no {what}")
    # arXiv registers its preprints as DOIs
    return {"arxiv_id": found.arxiv_id} if found.arxiv_id else {"doi": found.doi or ""}


def remove(store: Store, element: Node | Relation) -> tuple[Change, ...]:
    """The changes that take an element out: what only the user stated goes; what notes state is marked as removed.

    Raises
    ------
    UsageError
        For a note or a source: those follow the files.
    """
    if isinstance(element, Note | Source):
        raise UsageError(f"a {element.label.lower()} follows its file; edit the notes and import them again")
    if isinstance(element, Relation):
        ids = stated_as(element, store.mentions_of([element.source, element.target]))
        said = store.statements_on(ids)
        beside = _dropped(store, element, [f"{kind}{i}" for kind in (f"{USER}:", ENDS) for i in ids])
    else:
        said = store.statements_on({element.id, *store.mentions_of([element.id])} if isinstance(element, Paper) else {element.id})
        beside = ()
        if any(s.asserter.startswith(f"{USER}:") and not s.aside for s in said):
            raise UsageError(f"'{element.name}' is an end of a relation that you added or accepted; remove that first (papergraph show {element.id})")
    if not any(s.names and s.asserter != USER for s in said):
        return (*(Change(s, None) for s in said if s.by_user or s.asserter.startswith(KEPT)), *beside)
    own = next((s for s in said if s.key == (element.id, USER)), None)
    if isinstance(element, Relation):
        known = _known_ends(element.id, _ends(store, element))
        stay = {s.key for s in known}
        gone = (*(c for c in beside if c.statement.key not in stay), *(Change(s, None) for s in said if s.asserter.startswith(KEPT)))
        return (Change(own, Statement(USER, element, removed=True)), *_put(store, known), *gone)
    if isinstance(element, Paper):
        # by its identifiers it stays out when its title is put right in the notes, but for as long only as nobody else has them
        element = Paper(element.id, element.title, element.role, same=identifier_keys(element))
    return (Change(own, Statement(USER, element, removed=True)),)
