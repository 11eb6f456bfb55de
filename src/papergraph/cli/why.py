"""`papergraph why`: who states an edge or a fact, from which sentence, and whether that still stands there."""

from typing import TYPE_CHECKING, Annotated, Any

import typer

from papergraph.cli.app import app, open_library
from papergraph.cli.output import arrow, clean, hanging, place, print_json, relation_data, relation_line, show, styled, when
from papergraph.cli.queries import complete_paper
from papergraph.model import Paper, Relation

if TYPE_CHECKING:
    from rich.text import Text

    from papergraph.provenance import Assertion, Fact, Standing

STATES = {
    "there": "it stands there",
    "moved": "it has moved since the last import",
    "changed": "its words have changed since the last import",
    "lost": "it no longer stands in the notes",
    "unread": "its file is not to be had here; as of the last import",
}


@app.command()
def why(
    context: typer.Context,
    edge: Annotated[str, typer.Argument(metavar="EDGE", help="A relation's id (papergraph relations), or the name of a paper, topic or concept.", autocompletion=complete_paper)],
    other: Annotated[str | None, typer.Argument(metavar="[OTHER]", help="With a paper's name: all relations between the two.", autocompletion=complete_paper)] = None,
    json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Say why something is in the graph: who states it, by which rule, since when, with its sentence as it stands now."""
    with open_library(context) as library:
        wanted = library.between(edge, other) if other is not None else [edge]
        found = [library.why(w) for w in wanted]
        ends = library.store.get({e for x, _, _ in found if isinstance(x, Relation) for e in (x.source, x.target)})
    names = {i: n.name for i, n in ends.items()}
    if json:
        data = [_data(x, assertions, facts, names) for x, assertions, facts in found]
        print_json(data[0] if other is None else data)
        return
    for element, assertions, facts in found:
        if isinstance(element, Relation):
            show(relation_line(element), hanging(2, styled(names.get(element.source, element.source))), hanging(2, styled(f"{arrow(element)} {names.get(element.target, element.target)}")))
        else:
            show(styled(element.name, "bold"), styled(f"{element.label.lower()}  {element.id}", "dim"))
        for assertion in assertions:
            _show_assertion(assertion)
        if facts:
            _show_facts(facts)


def _show_assertion(one: "Assertion") -> None:
    show("", hanging(2, styled(_headline(one), "bold")))
    told = [t for t in (_rules(one), _times(one)) if t]
    element = one.statement.element
    if isinstance(element, Relation) and element.reason:
        told.append(f"because: {element.reason}")
    if isinstance(element, Relation) and one.who == "you":
        told.append(f"{element.status}")
    show(*(hanging(4, styled(t, "dim")) for t in told))
    for evidence, standing in one.evidence:
        state = STATES[standing.state] if evidence.path else ""
        show("", hanging(4, styled(f"{place(evidence)}{': ' + state if state else ''}", "red" if standing.state == "lost" else "")), hanging(6, quote_in_context(standing)))


def _headline(one: "Assertion") -> str:
    where = one.source.uri if one.source else ""
    return {
        "notes": where or "notes",
        "kept": f"{where or 'notes'} (kept, for you decided on it)",
        "language model": f"a language model, on {where}",
        "catalogue": f"the catalogue {one.statement.asserter.partition(':')[2]}",
    }.get(one.who, "you")


def _rules(one: "Assertion") -> str:
    made = one.last.details if one.last else {}
    version = f"papergraph {made['papergraph']}, rules {made['rules']}, lexicon {made['lexicon']}" if made.get("lexicon") else ""
    rules = f"by the rule{'s' if len(one.rules) > 1 else ''} {', '.join(one.rules)}" if one.rules else ""
    return "; ".join(t for t in (rules, version) if t)


def _times(one: "Assertion") -> str:
    told = []
    if one.first:
        told.append(f"since {when(one.first.at)} (change set {one.first.number})")
    if one.last and one.first and one.last.number != one.first.number:
        told.append(f"as now since {when(one.last.at)} (change set {one.last.number})")
    if one.seen_at:
        told.append(f"last seen {when(one.seen_at)}")
    return ", ".join(told)


def quote_in_context(standing: "Standing") -> "Text":
    """The quote in bold between the lines around it."""
    from rich.text import Text

    out = Text()
    for text, style in ((standing.before, "dim"), (standing.quote, "bold"), (standing.after, "dim")):
        out.append("\n".join(clean(line) for line in text.splitlines()) + ("\n" if text.endswith(("\n", "\r")) else ""), style)
    return out


def _show_facts(facts: tuple["Fact", ...]) -> None:
    from papergraph.cli.output import table

    rows: list[list[Any]] = []
    for f in facts:
        where = f.place or ""
        state = f" ({f.state})" if f.state in ("moved", "lost") else ""
        rows.append([f.field.replace("_", " "), f.value, f"{_headline(f.by)}", styled(where + state, "dim")])
    show("", styled("Facts", "bold underline"), table([("Field", "left"), ("Value", "fold"), ("Who", "fold"), ("Where", "left")], rows))


def _data(element: Any, assertions: tuple["Assertion", ...], facts: tuple["Fact", ...], names: dict[str, str]) -> dict[str, Any]:
    what: dict[str, Any]
    if isinstance(element, Relation):
        what = {"relation": {**relation_data(element), "sourceName": names.get(element.source), "targetName": names.get(element.target)}}
    else:
        what = {"node": {"id": element.id, "label": str(element.label), "name": element.name}}
    out = {**what, "assertions": [_assertion_data(a) for a in assertions]}
    if isinstance(element, Paper):
        out["facts"] = [{"field": f.field, "value": f.value, "who": f.by.who, "source": f.by.source.uri if f.by.source else None, "place": f.place, "state": f.state} for f in facts]
    return out


def _assertion_data(a: "Assertion") -> dict[str, Any]:
    element = a.statement.element
    return {
        "who": a.who,
        "source": a.source.uri if a.source else None,
        "rules": list(a.rules),
        "madeBy": dict(a.last.details) if a.last else {},
        "firstAt": a.first.at if a.first else None,
        "firstChangeSet": a.first.number if a.first else None,
        "changedAt": a.last.at if a.last else None,
        "changedChangeSet": a.last.number if a.last else None,
        "seenAt": a.seen_at,
        **({"status": str(element.status), "reason": element.reason} if isinstance(element, Relation) and a.who == "you" else {}),
        "evidence": [
            {**e.properties(), "state": s.state if e.path else None, "now": {"line": s.line, "before": s.before, "quote": s.quote, "after": s.after}} for e, s in a.evidence
        ],
    }
