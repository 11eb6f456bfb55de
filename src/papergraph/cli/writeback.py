"""`papergraph write-back`: relations that were added or accepted go into the notes, shown as a patch first."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from papergraph.cli.app import app, data_folder, open_library, own_lexicons, store_location
from papergraph.cli.output import clean, complain, console, inform, print_json, progress_bar, relation_data
from papergraph.errors import UsageError
from papergraph.library import Library

if TYPE_CHECKING:
    from papergraph.writeback.journal import Outcome
    from papergraph.writeback.planning import Plan

_SHOWN = 20


@app.command("write-back")
def write_back(
    context: typer.Context,
    paths: Annotated[list[Path] | None, typer.Argument(metavar="[PATH...]", help="Files or folders of notes that are imported; all of them if left out. Only Markdown is written.")] = None,
    style: Annotated[str, typer.Option("--style", metavar="STYLE", help="bullet, property, or auto: as each file does.")] = "auto",
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Write without asking.")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", "-n", help="Show the patch, and write nothing.")] = False,
    undo: Annotated[bool, typer.Option("--undo", help="Give the files of the last write-back their former contents back.")] = False,
    encoding: Annotated[str | None, typer.Option(help="The files' encoding, as they were imported.")] = None,
    collection: Annotated[str | None, typer.Option("--as", metavar="NAME", help="What the folder of notes was called when it was imported.")] = None,
    lexicon: Annotated[list[Path] | None, typer.Option(help="A lexicon of your own, as for the import.", exists=True, dir_okay=False)] = None,
    json: Annotated[bool, typer.Option("--json", help="Print JSON: the plan, written only with --yes.")] = False,
) -> None:
    """Write relations that you added or accepted into your Markdown notes; shows the patch and asks first. All notes that are imported, unless you name some."""
    from papergraph.origins import is_there
    from papergraph.writeback.applying import together

    with open_library(context) as library:
        folder = journal_folder(context)
        if undo:
            _undo(library, folder, json=json)
            return
        if not dry_run:
            finish_write_back(context, library)
        own = own_lexicons(lexicon)
        # as a sync reads them; where a lexicon has gone, what its notes state reads otherwise, and that is told for each of their files
        ways = [(o.paths, o.encoding, o.collection, _lexicons(own, o.lexicons)) for o in library.origins()] if not paths else [(tuple(map(str, paths)), encoding, collection, own)]
        if not ways:
            raise UsageError("say which notes: papergraph write-back PATH… (they were imported by an older papergraph, or not yet)")
        plans: list[Plan] = []
        try:
            with progress_bar(not json) as progress:
                for where, code, name, words in ways:
                    present = [p for p in where if paths or is_there(Path(p))]
                    written = {line.relation.id for plan in plans for line in plan.lines}
                    if present:
                        plans.append(library.plan_write_back(*present, encoding=code, collection=name, style=style, lexicons=words, without=written, progress=progress))
        except KeyboardInterrupt:
            complain("interrupted; nothing was changed")
            raise typer.Exit(1) from None
        whole = together(plans)
        if not json:
            _show(whole)
        done: Outcome | None = None
        if whole.patches and not dry_run and (yes or (not json and _confirmed(whole))):
            try:
                done = library.write_back(whole, folder)
            except KeyboardInterrupt:
                complain("interrupted; the next `papergraph write-back` finishes what was begun, or clears it away")
                raise typer.Exit(1) from None
        if json:
            print_json(_data(whole, done, store_location(context)))
        elif done:
            _tell(done, "wrote")
            inform(f"{_counted(whole)}; `papergraph write-back --undo` takes it back")
        elif whole.patches:
            inform(f"would write {_counted(whole)}" + (" (dry run: nothing was written)" if dry_run else ""))
    if whole.failures or (done is not None and done.conflicts):
        raise typer.Exit(1)


def journal_folder(context: typer.Context) -> Path:
    """Where the journal and the backups of the store's write-backs are."""
    from papergraph.writeback.journal import folder_beside

    return folder_beside(store_location(context), data_folder())


def finish_write_back(context: typer.Context, library: Library) -> None:
    """Finish a write-back that was cut off, or clear it away; what reads notes does it first, so that it never sees half of one."""
    folder = journal_folder(context)
    if folder.is_dir():
        for outcome in library.recover_write_back(folder):
            if outcome.written or outcome.change_set or not outcome.conflicts:
                _tell(outcome, "finished an interrupted write-back")
            else:
                _complain(outcome)


def _lexicons(own: list[Path], of_origin: tuple[str, ...]) -> list[Path]:
    """The lexicons that are there to read an origin's notes by, in the order in which a sync takes them."""
    from papergraph.origins import is_there

    return [*own, *(p for p in map(Path, of_origin) if p not in own and is_there(p))]


def _counted(plan: "Plan") -> str:
    lines, files = len(plan.lines), len(plan.patches)
    return f"{lines} relation{'s' if lines != 1 else ''} into {files} file{'s' if files != 1 else ''}"


def _confirmed(plan: "Plan") -> bool:
    if not (sys.stdin.isatty() and sys.stderr.isatty()):
        raise UsageError("not on a terminal, where it could be asked whether to write; nothing was written: say --yes, or --dry-run to see the patch only")
    if typer.confirm(f"Write {_counted(plan)}?", default=False, err=True):
        return True
    inform("nothing was written")
    raise typer.Exit(1)


_COLOURS = {"+": "green", "-": "red", "@": "cyan"}


def _show(plan: "Plan") -> None:
    from rich.text import Text

    out = console()
    for patch in plan.patches:
        for n, line in enumerate(patch.diff()):
            style = "bold" if n < 2 else _COLOURS.get(line[:1], "")
            out.print(Text(clean(line.replace("\t", "    ")), style=style), soft_wrap=True)
    for one in plan.unwritable[:_SHOWN]:
        inform(f"not written: {one.relation.id} ({one.relation.type}): {one.reason}")
    if len(plan.unwritable) > _SHOWN:
        inform(f"… and {len(plan.unwritable) - _SHOWN} more that are not written (--json lists them all)")
    for failure in plan.failures:
        complain(failure)
    if not plan.patches:
        inform("nothing to write back" if plan.unwritable else "nothing to write back: the notes state all that you added or accepted")


def _tell(outcome: "Outcome", what: str) -> None:
    _complain(outcome)
    inform(what + (f": {', '.join(outcome.written)}" if outcome.written else "") + (f"; change set {outcome.change_set.number}" if outcome.change_set else ""))


def _complain(outcome: "Outcome") -> None:
    for conflict in outcome.conflicts:
        complain(conflict)


def _undo(library: Library, folder: Path, *, json: bool) -> None:
    done = library.undo_write_back(folder)
    if json:
        print_json({"restored": list(done.written), "conflicts": list(done.conflicts), "changeSet": done.change_set.number if done.change_set else None})
    else:
        _tell(done, "restored")
    if done.conflicts:
        raise typer.Exit(1)


def _data(plan: "Plan", done: "Outcome | None", location: str) -> dict[str, Any]:
    return {
        "store": location,
        "written": done is not None,
        "changeSets": [done.change_set.number] if done and done.change_set else [],
        "conflicts": list(done.conflicts) if done else [],
        "files": [
            {
                "path": p.path,
                "uri": p.uri,
                "diff": "\n".join(p.diff()) + "\n",
                "lines": [{"relation": x.relation.id, "type": x.relation.type, "form": x.form, "text": x.text, "withNote": x.noted} for x in p.lines],
            }
            for p in plan.patches
        ],
        "notWritable": [{"relation": relation_data(u.relation), "reason": u.reason} for u in plan.unwritable],
        "failures": list(plan.failures),
    }
