"""`papergraph suggest`."""

from typing import TYPE_CHECKING, Annotated, Any

import typer

from papergraph.cli.app import app, open_library
from papergraph.cli.output import hanging, inform, numbered, print_json, progress_bar, quote_line, relation_data, show, styled
from papergraph.cli.queries import Json, Number, complete_paper

if TYPE_CHECKING:
    from papergraph.model import Note
    from papergraph.query.suggestions import Ground, Suggestion

_QUOTED = 2
"""Sentences shown for each reason."""


@app.command()
def suggest(
    context: typer.Context,
    paper: Annotated[str | None, typer.Argument(metavar="[PAPER]", help="Only pairs with this paper: a title, a part of it, an alias, an identifier, or an id.", autocompletion=complete_paper)] = None,
    number: Number = 10,
    json: Json = False,
) -> None:
    """Pairs of papers that may be related but of which nothing is stated, each with its reasons. Nothing is stored."""
    with open_library(context) as library, progress_bar(not json) as progress:
        found = library.suggest(paper, limit=number, progress=progress if paper is None else None)
    if json:
        print_json({"lookedAt": found.looked_at, "entries": found.entries, "suggestions": [_data(s) for s in found.found]})
    elif paper is not None and found.found:
        show(styled(found.found[0].a.title, "bold"), "")
    for rank, one in enumerate(() if json else found.found, 1):
        _show(rank, one, whole=paper is None)
    if found.looked_at < found.entries:
        inform(f"looked at the {found.looked_at:,} of {found.entries:,} entries that have most in common with few others; name a paper to look at another")
    if not found.found:
        inform("no pair has anything in common that nothing is said of")
        raise typer.Exit(1)
    inform("proposals, no facts, and nothing is stored: the commands state one, with the type that you put for related-to")


def _command(one: "Suggestion") -> list[str]:
    """What would state it: ids, for a title in a shell is a command."""
    return ["papergraph", "add", "relation", one.a.id, "related-to", one.b.id]


def _data(one: "Suggestion") -> dict[str, Any]:
    return {
        "a": {"id": one.a.id, "title": one.a.title},
        "b": {"id": one.b.id, "title": one.b.title},
        "score": one.score,
        "grounds": [_ground_data(g) for g in one.grounds],
        "command": _command(one),
    }


def _ground_data(ground: "Ground") -> dict[str, Any]:
    return {
        "kind": ground.kind,
        "text": ground.text,
        "weight": ground.weight,
        "notes": [{"id": n.id, "text": n.text, "path": n.path, "line": n.line, "start": n.start, "end": n.end} for n in ground.notes],
        "relations": [relation_data(r) for r in ground.relations],
        **({"node": ground.node.id} if ground.node else {}),
    }


def _show(rank: int, one: "Suggestion", *, whole: bool) -> None:
    from rich.text import Text

    parts: list[Any] = [*([styled(one.a.title, "bold")] if whole else []), Text.assemble("? ", styled(one.b.title, "bold"), styled(f"  {one.score:.2f}", "dim"))]
    for ground in one.grounds:
        parts.append(styled(ground.text))
        parts += [hanging(2, _note_line(n)) for n in ground.notes[:_QUOTED]]
        parts += [hanging(2, quote_line(e)) for r in ground.relations[:_QUOTED] for e in r.evidence[:1]]
    show(numbered(rank, *parts, styled(" ".join(_command(one)), "cyan")), "")


def _note_line(note: "Note") -> Any:
    from rich.text import Text

    return Text.assemble(styled(f"“{note.text}”"), "  ", styled(f"{note.path}:{note.line}", "dim"))
