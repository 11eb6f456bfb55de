"""The commands about what was when: history, diff, at."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated, Any

import typer

from papergraph.cli.app import ANSWERS, AsOf, app, open_library
from papergraph.cli.output import hanging, inform, print_json, show, styled, table, when
from papergraph.errors import UsageError

if TYPE_CHECKING:
    from papergraph.differences import Difference, Part
    from papergraph.store.changes import ChangeSet

SIGNS = {"added": "+", "accepted": "✓", "rejected": "✗", "changed": "~", "moved": "→", "renamed": "→", "merged": "=", "split": "≠", "retracted": "−", "removed": "−"}
_STYLES = {"+": "green", "✓": "green", "−": "red", "✗": "red", "~": "yellow", "→": "dim", "=": "cyan", "≠": "cyan"}
MOST = 40
"""So many differences of one file are listed."""
Moved = Annotated[bool, typer.Option("--moved", help="List also what only stands elsewhere.")]
Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]


@app.command()
def history(
    context: typer.Context,
    name: Annotated[str | None, typer.Argument(metavar="[NAME|N]", help="Only changes of this paper, topic, concept or relation; or a change set's number, for what it changed.")] = None,
    number: Annotated[int, typer.Option("--number", "-n", min=1, help="How many at most.")] = 20,
    moved: Moved = False,
    json: Json = False,
) -> None:
    """List change sets, the newest first, or show what one of them changed."""
    with open_library(context) as library:
        if name is not None and name.isdecimal() and len(name) < 20:
            head, parts = library.change_set(int(name))
            if json:
                print_json({**_head(head), "differences": parts_data(parts)})
            else:
                show(styled(f"{head.number}  {when(head.at)}  {head.action}", "bold"), *_details(head))
                show_parts(parts, moved=moved)
            return
        found = library.history(name, number)
    if json:
        print_json([_head(c) for c in found])
        return
    if not found:
        inform("nothing has been changed yet")
        raise typer.Exit(1)
    rows: list[list[Any]] = []
    for c in found:
        what = ", ".join(f"{n} {label.lower()}{'s' if n != 1 else ''} {verb}" for verb, label, n in c.counts if label != "Beside")
        rows.append([str(c.number), when(c.at), styled(c.action + (f" (undone by {c.undone_by})" if c.undone_by else "")), what])
    show(table([("No", "right"), ("When", "left"), ("Action", "fold"), ("Changes", "fold")], rows))


def _details(head: "ChangeSet") -> list[Any]:
    told = "; ".join(f"{k} {v}" for k, v in head.details.items())
    return [styled(told, "dim")] if told else []


def _head(c: "ChangeSet") -> dict[str, Any]:
    return {
        "number": c.number,
        "at": c.at,
        "by": c.by,
        "action": c.action,
        "changes": [{"what": w, "label": label, "count": n} for w, label, n in c.counts],
        **({"undoes": c.undoes} if c.undoes else {}),
        **({"undoneBy": c.undone_by} if c.undone_by else {}),
        **({"madeBy": dict(c.details)} if c.details else {}),
    }


@app.command()
def diff(
    context: typer.Context,
    start: Annotated[str, typer.Argument(metavar="FROM", help="A day (2026-05-01: its end), a time, or the number of a change set (0: the empty store).")],
    end: Annotated[str, typer.Argument(metavar="[TO]", help="The same; now if left out.")] = "now",
    moved: Moved = False,
    json: Json = False,
) -> None:
    """What is different in the store from one time to another."""
    with open_library(context) as library:
        first, last, parts = library.diff(start, end)
    if json:
        print_json({"from": first, "to": last, "differences": parts_data(parts)})
        return
    if not parts:
        inform(f"nothing is different between change sets {first} and {last}")
        return
    show_parts(parts, moved=moved)
    inform(f"from change set {first} to {last}")


@app.command("at", context_settings={"allow_extra_args": True, "ignore_unknown_options": True, "allow_interspersed_args": False})
def at(
    context: typer.Context,
    moment: Annotated[str, typer.Argument(metavar="DATE", help="A day (2026-05-01: its end), a time, or the number of a change set.")],
    command: Annotated[list[str], typer.Argument(metavar="COMMAND...", help="A command that asks, with its arguments.")],
) -> None:
    """Answer a question as of a day: papergraph at 2026-05-01 related "Vision Mamba"."""
    if command[0] not in ANSWERS:
        raise UsageError(f"'{command[0]}' is no command that can be asked of the past; these are: {', '.join(ANSWERS)}")
    root = context.find_root()
    root.obj = AsOf(moment, root.obj)
    tree = typer.main.get_command(app)
    assert hasattr(tree, "get_command")
    found = tree.get_command(context, command[0])
    with found.make_context(command[0], list(command[1:]), parent=root) as inner:
        found.invoke(inner)


def parts_data(parts: Sequence["Part"]) -> list[dict[str, Any]]:
    """Differences for `--json`."""
    return [{"by": p.by, "differences": [_data(d) for d in p.differences]} for p in parts]


def _data(d: "Difference") -> dict[str, Any]:
    given = {"details": list(d.details), "place": d.place, "was": d.was}
    return {"verb": d.verb, "what": d.what, "name": d.name, "id": d.id, **{k: v for k, v in given.items() if v}}


def show_parts(parts: Sequence["Part"], *, moved: bool = False) -> None:
    """Print differences, by who makes them; what only stands elsewhere is counted unless `moved`."""
    for part in parts:
        show(styled(part.by, "bold"))
        shifted = shown = 0
        for d in part.differences:
            if d.verb == "moved" and not moved:
                shifted += 1
                continue
            shown += 1
            if shown > MOST:
                continue
            sign = SIGNS[d.verb]
            line = styled(f"{sign} {d.what}  {d.name}", _STYLES[sign])
            where = f"  {d.was} → {d.place or ''}".rstrip(" →") if d.was and d.verb in ("moved", "renamed") else f"  {d.place}" if d.place and d.what in ("note", "relation") else ""
            line.append_text(styled(where, "dim"))
            show(hanging(2, line), *(hanging(6, styled(x)) for x in d.details))
        if shown > MOST:
            show(hanging(2, styled(f"… and {shown - MOST:,} more (--json has all)", "dim")))
        if shifted:
            show(hanging(2, styled(f"→ {shifted} that only stand{'s' if shifted == 1 else ''} elsewhere", "dim")))

