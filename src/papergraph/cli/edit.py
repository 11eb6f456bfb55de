"""The commands that change the store by hand: add, edit, remove, accept, reject, undo, redo."""

from typing import Annotated

import typer

from papergraph.cli.app import app, open_library
from papergraph.cli.output import hanging, inform, inform_done, print_json, quote_line, relation_data, relation_line, show, styled
from papergraph.cli.queries import complete_paper, complete_type
from papergraph.model import USER, Relation
from papergraph.vocabulary import RELATIONS, Label

add = typer.Typer(help="Add a relation, paper, topic, concept or alias by hand.", no_args_is_help=True)
remove = typer.Typer(help="Remove a relation, paper, topic or concept; it stays out when the notes are imported again.", no_args_is_help=True)
edit = typer.Typer(help="Put facts of a paper, or a relation, right; what you say stands above the notes.", no_args_is_help=True)
app.add_typer(add, name="add")
app.add_typer(edit, name="edit")
app.add_typer(remove, name="remove")

Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]
Name = Annotated[str, typer.Argument(metavar="NAME", help="A name, a part of it, or an id.", autocompletion=complete_paper)]
Reason = Annotated[str | None, typer.Option("--reason", help="Why, in your own words.")]
Ids = Annotated[list[str], typer.Argument(metavar="ID...", help="The relations' ids, as `papergraph relations` shows them.")]


@add.command("relation")
def add_relation(
    context: typer.Context,
    a: Annotated[str, typer.Argument(metavar="A", help="The paper that is related.", autocompletion=complete_paper)],
    kind: Annotated[str, typer.Argument(metavar="TYPE", help="; ".join(r.option for r in RELATIONS.values()), autocompletion=complete_type)],
    b: Annotated[str, typer.Argument(metavar="B", help="The paper or concept that it is related to.", autocompletion=complete_paper)],
    note: Annotated[str | None, typer.Option("--note", help="Why, in your own words.")] = None,
    confidence: Annotated[float, typer.Option("--confidence", min=0.0, max=1.0, help="How sure it is.")] = 1.0,
    hedged: Annotated[bool, typer.Option("--hedged", help="It is only supposed.")] = False,
    json: Json = False,
) -> None:
    """State that A is related to B: papergraph add relation "paper A" similar-to "paper B"."""
    with open_library(context) as library:
        change = library.add_relation(a, kind, b, note=note, confidence=confidence, hedged=hedged)
        source, target = library.find(a), library.find(b)
        found = [(r, o) for r, o in library.store.around(source.id).relations if o.id == target.id and r.asserted_by == "user"]
    if json:
        print_json([relation_data(r, source, target) for r, _ in found])
    else:
        for relation, _ in found:
            if change is None or any(c.statement.element.id == relation.id for c in change.changes):
                words = RELATIONS[relation.type]
                show(relation_line(relation), hanging(2, styled(source.name)))
                show(hanging(2, styled(f"{words.active if relation.source == source.id else words.passive} {target.name}")))
                show(*(hanging(4, quote_line(e)) for e in relation.evidence))
        for c in change.changes if change else ():
            if c.before is not None and isinstance(c.before.element, Relation) and c.statement.asserter == USER:
                inform(f"you had stated it already ({c.before.element.status}{', hedged' if c.before.element.hedged else ''}, confidence {c.before.element.confidence:.2f}); it is as above now")
    inform_done(change, "it stands just so already; nothing was changed")


@add.command("paper")
def add_paper(
    context: typer.Context,
    title: Annotated[str, typer.Argument(help="The title.")],
    author: Annotated[list[str] | None, typer.Option("--author", help="An author. May be repeated.")] = None,
    year: Annotated[int | None, typer.Option("--year", min=1000, max=3000)] = None,
    venue: Annotated[str | None, typer.Option("--venue")] = None,
    url: Annotated[str | None, typer.Option("--url", help="Its address; identifiers are taken from it.")] = None,
    topic: Annotated[list[str] | None, typer.Option("--topic", help="A topic that it belongs to. May be repeated.")] = None,
    marker: Annotated[list[str] | None, typer.Option("--marker", help="A mark. May be repeated.")] = None,
    json: Json = False,
) -> None:
    """Add a paper, or what you know of one that is there."""
    from papergraph.exchange.nodelink import node_properties

    with open_library(context, create=True) as library:
        before = library.store.history(limit=1)
        paper = library.add_paper(title, authors=author or (), year=year, venue=venue, url=url, topics=topic or (), markers=marker or ())
        after = library.store.history(limit=1)
        node = library.store.get([paper.id])[paper.id]
    if json:
        print_json(node_properties(node))
    else:
        show(styled(f"{node.id}  {node.name}"))
    inform_done(after[0] if after and after[:1] != before[:1] else None, "it is there already; nothing was changed")


@add.command("topic")
def add_topic(
    context: typer.Context,
    name: Annotated[str, typer.Argument(help="The topic's name.")],
    broader: Annotated[str | None, typer.Option("--broader", help="The topic that it stands under.")] = None,
) -> None:
    """Add a topic."""
    with open_library(context, create=True) as library:
        topic = library.add_topic(name, broader=broader)
    show(styled(f"{topic.id}  {topic.pref_label}"))


@add.command("concept")
def add_concept(context: typer.Context, name: Annotated[str, typer.Argument(help="The concept's name.")]) -> None:
    """Add a concept, so that relations can lead to it."""
    with open_library(context, create=True) as library:
        concept = library.add_concept(name)
    show(styled(f"{concept.id}  {concept.pref_label}"))


@add.command("alias")
def add_alias(context: typer.Context, of: Name, alias: Annotated[str, typer.Argument(metavar="ALIAS", help="Another name for it.")]) -> None:
    """Give a paper, topic or concept another name, for example its acronym."""
    with open_library(context) as library:
        change = library.add_alias(of, alias)
    inform_done(change, "it has that name already; nothing was changed")


@edit.command("relation")
def edit_relation(
    context: typer.Context,
    relation: Annotated[str, typer.Argument(metavar="ID", help="The relation's id, as `papergraph relations` shows it.")],
    type: Annotated[str | None, typer.Option("--type", "-t", help="Its right type, for example similar-to.", autocompletion=complete_type)] = None,
    reverse: Annotated[bool, typer.Option("--reverse", help="It runs the other way.")] = False,
    confidence: Annotated[float | None, typer.Option("--confidence", min=0.0, max=1.0, help="How sure it is.")] = None,
    hedged: Annotated[bool | None, typer.Option("--hedged/--not-hedged", help="It is only supposed, or it is not.")] = None,
) -> None:
    """Put a relation right. Another type or direction is another relation on the same sentences; the former is rejected."""
    if type is None and not reverse and confidence is None and hedged is None:
        raise typer.BadParameter("say what is to be changed: --type, --reverse, --confidence, --hedged")
    with open_library(context) as library:
        change = library.edit_relation(relation, kind=type, reverse=reverse, confidence=confidence, hedged=hedged)
    inform_done(change, "it stands just so already; nothing was changed")


@edit.command("paper")
def edit_paper(
    context: typer.Context,
    name: Name,
    title: Annotated[str | None, typer.Option("--title", help="Its title; the present one stays as another name.")] = None,
    author: Annotated[list[str] | None, typer.Option("--author", help="An author. May be repeated; replaces those you gave before.")] = None,
    year: Annotated[int | None, typer.Option("--year", min=1000, max=3000)] = None,
    venue: Annotated[str | None, typer.Option("--venue")] = None,
    decision: Annotated[str | None, typer.Option("--decision", help="For example oral.")] = None,
    url: Annotated[str | None, typer.Option("--url")] = None,
    doi: Annotated[str | None, typer.Option("--doi")] = None,
    arxiv: Annotated[str | None, typer.Option("--arxiv", help="Its arXiv id.")] = None,
    marker: Annotated[list[str] | None, typer.Option("--marker", help="A mark. May be repeated.")] = None,
    tag: Annotated[list[str] | None, typer.Option("--tag", help="A tag. May be repeated.")] = None,
) -> None:
    """Put facts of a paper right; the notes' own stay below them, and come back when you undo."""
    several = {"authors": tuple(author or ()), "markers": tuple(marker or ()), "tags": tuple(tag or ())}
    single = {"title": title, "year": year, "venue": venue, "decision": decision, "url": url, "doi": doi, "arxiv_id": arxiv}
    fields = {k: v for k, v in {**single, **several}.items() if v}
    if not fields:
        raise typer.BadParameter("say what is to be changed, for example --year 2024")
    with open_library(context) as library:
        change = library.edit_paper(name, **fields)
    inform_done(change, "it stands just so already; nothing was changed")


def _remove(context: typer.Context, name: str, *labels: str) -> None:
    with open_library(context) as library:
        change = library.remove(name, *labels)
    inform_done(change, "nothing was changed")


@remove.command("relation")
def remove_relation(context: typer.Context, relation: Annotated[str, typer.Argument(metavar="ID", help="The relation's id, as `papergraph relations` shows it.")]) -> None:
    """Remove a relation."""
    if not relation.startswith("r-"):
        raise typer.BadParameter("a relation is removed by its id (r-…); `papergraph relations` shows it")
    _remove(context, relation)


@remove.command("paper")
def remove_paper(context: typer.Context, name: Name) -> None:
    """Remove a paper with its notes and relations."""
    _remove(context, name, Label.PAPER)


@remove.command("topic")
def remove_topic(context: typer.Context, name: Name) -> None:
    """Remove a topic; its papers stay."""
    _remove(context, name, Label.TOPIC)


@remove.command("concept")
def remove_concept(context: typer.Context, name: Name) -> None:
    """Remove a concept with its relations."""
    _remove(context, name, Label.CONCEPT)


@app.command()
def accept(context: typer.Context, relations: Ids, reason: Reason = None) -> None:
    """Say that relations hold; they stay, whatever becomes of the notes that state them."""
    with open_library(context) as library:
        change = library.accept(*relations, reason=reason)
    inform_done(change, "accepted already; nothing was changed")


@app.command()
def reject(context: typer.Context, relations: Ids, reason: Reason = None) -> None:
    """Say that relations do not hold; they are in no answer, and stay out when the notes are imported again."""
    with open_library(context) as library:
        change = library.reject(*relations, reason=reason)
    inform_done(change, "rejected already; nothing was changed")


@app.command()
def undo(context: typer.Context, number: Annotated[int | None, typer.Argument(metavar="[N]", help="The number of the change set; the newest that stands if left out.")] = None) -> None:
    """Take back a change set, also an import; `papergraph redo` brings it back."""
    with open_library(context) as library:
        done = library.undo(number)
        undone = library.store.head(done.undoes or 0)
    assert undone is not None
    inform(f"undid change set {undone.number} ({undone.action}) by change set {done.number}; `papergraph redo {undone.number}` brings it back")


@app.command()
def redo(context: typer.Context, number: Annotated[int | None, typer.Argument(metavar="[N]", help="The number of the change set that was undone; the one undone last if left out.")] = None) -> None:
    """Bring back a change set that was undone."""
    with open_library(context) as library:
        done = library.redo(number)
        brought_back = library.store.head(int(done.action.removeprefix("redo ")))
    assert brought_back is not None
    inform(f"brought back change set {brought_back.number} ({brought_back.action}) by change set {done.number}; `papergraph undo {brought_back.number}` takes it back again")
