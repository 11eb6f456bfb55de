"""`papergraph contradictions`."""

from typing import TYPE_CHECKING, Annotated, Any

import typer

from papergraph.cli.app import app, open_library
from papergraph.cli.output import hanging, inform, print_json, quote_line, relation_data, relation_line, show, styled
from papergraph.cli.queries import Json, MinConfidence
from papergraph.vocabulary import RELATIONS, Conflict

if TYPE_CHECKING:
    from rich.console import RenderableType

    from papergraph.model import Relation
    from papergraph.query.contradictions import Disagreement

MEANING = {
    Conflict.STATED: "the notes say so",
    Conflict.OPPOSED: "relations of one pair that cannot all hold",
    Conflict.INCONSISTENT: "two that contradict each other, and what agrees with both",
    Conflict.IMPLIED: "nothing is said of these two: a gap worth a look, no fact",
}


@app.command()
def contradictions(
    context: typer.Context,
    kind: Annotated[list[Conflict] | None, typer.Option("--kind", "-k", help="Only this kind. May be repeated.")] = None,
    min_confidence: MinConfidence = 0.0,
    number: Annotated[int, typer.Option("--number", "-n", min=1, help="How many of each kind at most.")] = 100,
    json: Json = False,
) -> None:
    """Contradictions, stated or between relations, and gaps where one might be, each with its quotes."""
    with open_library(context) as library:
        asked = library.disagreements(kinds=kind or (), min_confidence=min_confidence, limit=number + 1)
    by_kind = {k: [d for d in asked if d.kind is k] for k in Conflict}
    found = [d for group in by_kind.values() for d in group[:number]]
    if json:
        print_json([_data(d) for d in found])
    else:
        for k, group in by_kind.items():
            if group:
                show(styled(f"{k}: {MEANING[k]}", "bold underline"), "")
                for one in group[:number]:
                    show(*_shown(one), "")
    if cut := [str(k) for k, group in by_kind.items() if len(group) > number]:
        inform(f"only the surest {number} that are {' and '.join(cut)}; -n shows more")
    if not found:
        inform("no contradictions like that")
        raise typer.Exit(1)


def _data(one: "Disagreement") -> dict[str, Any]:
    nodes = {n.id: n for n in (one.a, one.b, one.through) if n is not None}
    return {
        "kind": str(one.kind),
        "confidence": one.confidence,
        **{key: {"id": n.id, "name": n.name} for key, n in (("a", one.a), ("b", one.b), ("through", one.through)) if n is not None},
        "relations": [relation_data(r, nodes[r.source], nodes[r.target]) for r in one.relations],
    }


def _shown(one: "Disagreement") -> "list[RenderableType]":
    mark = "↔?" if one.kind is Conflict.IMPLIED else "↔"
    out: list[RenderableType] = [styled(one.a.name, "bold"), styled(f"{mark} {one.b.name}", "bold")]
    if one.kind is Conflict.IMPLIED:
        out.append(hanging(2, styled(f"as sure as the weaker of both: {one.confidence:.2f}", "dim")))
    for relation in one.relations:
        out.append(hanging(2, relation_line(relation)))
        if one.through is not None:
            out.append(hanging(4, styled(_sentence(one, relation))))
        out += [hanging(4, quote_line(e)) for e in relation.evidence]
    return out


def _sentence(one: "Disagreement", relation: "Relation") -> str:
    """The relation in words, with both its ends, where it takes three."""
    names = {n.id: n.name for n in (one.a, one.b, one.through) if n is not None}
    return f"{names[relation.source]} {RELATIONS[relation.type].active} {names[relation.target]}"
