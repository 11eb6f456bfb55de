"""`papergraph import`."""

import gc
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from papergraph.cli.app import app, open_library, own_lexicons, store_location
from papergraph.cli.output import complain, inform, print_json, progress_bar, show, table
from papergraph.cli.timeline import parts_data, show_parts
from papergraph.cli.writeback import finish_write_back
from papergraph.errors import StoreMissingError
from papergraph.library import Library
from papergraph.store import open_store
from papergraph.store.changes import count, is_beside

if TYPE_CHECKING:
    from papergraph.differences import Part
    from papergraph.importing import ImportPlan

_SHOWN_PROBLEMS = 20


@app.command("import")
def import_(
    context: typer.Context,
    paths: Annotated[list[Path], typer.Argument(metavar="PATH...", help="Files or folders of notes: Markdown, plain text, org-mode, HTML, BibTeX.")],
    dry_run: Annotated[bool, typer.Option("--dry-run", "-n", help="Say what would change, and change nothing.")] = False,
    encoding: Annotated[str | None, typer.Option(help="The files' encoding, for example cp932. Default: found out.")] = None,
    collection: Annotated[str | None, typer.Option("--as", metavar="NAME", help="What to call the folder of notes. Default: its own name.")] = None,
    jobs: Annotated[int, typer.Option("--jobs", "-j", min=0, help="Processes that read; 0 for as many as the amount is worth.")] = 0,
    prune: Annotated[bool, typer.Option("--prune", help="Take out what files stated that have gone from the folders.")] = False,
    replace: Annotated[bool, typer.Option("--replace", help="A file may take the place of one of the same name that it has nothing in common with.")] = False,
    lexicon: Annotated[list[Path] | None, typer.Option(help="A lexicon of your own beside papergraph.toml in the notes' folder and in your settings.", exists=True, dir_okay=False)] = None,
    json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Import notes; what they no longer say goes, what you added by hand stays."""
    from papergraph.origins import check_paths

    # what an import makes is kept to its end, or goes when nothing refers to it: looking for cycles only costs time
    gc.disable()
    context.call_on_close(gc.enable)
    location = store_location(context)
    check_paths(paths)
    try:
        library, new = open_library(context), False
    except StoreMissingError:
        library, new = Library(open_store(":memory:")), True
    try:
        with library:
            if not new and not dry_run:
                finish_write_back(context, library)

            def read() -> "ImportPlan":
                with progress_bar(not json) as progress:
                    found = library.plan_import(
                        *paths, encoding=encoding, collection=collection, jobs=jobs, replace=replace, prune=prune, lexicons=own_lexicons(lexicon), progress=progress
                    )
                if not new and not dry_run:
                    library.apply_plan(found, *paths)
                return found

            plan = library.again(read)
            parts = library.describe(plan.changes) if dry_run else ()
        if new and not dry_run and plan.changes:
            with open_library(context, create=True) as library:
                library.apply_plan(plan, *paths)
    except KeyboardInterrupt:
        complain("interrupted; nothing was changed")
        raise typer.Exit(1) from None
    _report(plan, location, parts, dry_run=dry_run, json=json)
    if plan.failures:
        raise typer.Exit(1)


def report_files(plan: "ImportPlan", most: int) -> None:
    """Say which files were renamed, which have gone, what could not be read as meant (`most` problems at most), and which files could not be read."""
    for before, after in plan.renamed:
        inform(f"{before} is {after} now")
    for uri in plan.gone:
        inform(f"{uri} has gone; what it stated stays (--prune takes it out)")
    for uri in plan.pruned:
        inform(f"{uri} has gone, and what it stated is taken out")
    for problem in plan.problems[:most]:
        inform(f"{problem}")
    if len(plan.problems) > most:
        inform(f"… and {len(plan.problems) - most} more problems (--json lists them all)")
    for failure in plan.failures:
        complain(failure)


def _report(plan: "ImportPlan", location: str, parts: "tuple[Part, ...]", *, dry_run: bool, json: bool) -> None:
    # a paper that several files tell of is one paper
    counts = count({(c.verb, c.statement.element.id): c for c in plan.changes if not is_beside(c.statement)}.values())
    if json:
        print_json(
            {
                "store": location,
                "dryRun": dry_run,
                "files": [f.uri for f in plan.files],
                "changes": [{"what": what, "label": label, "count": n} for what, label, n in counts],
                "problems": [{"path": p.path, "line": p.line, "message": p.message} for p in plan.problems],
                "failures": list(plan.failures),
                "renamed": [{"from": a, "to": b} for a, b in plan.renamed],
                "gone": list(plan.gone),
                "pruned": list(plan.pruned),
                **({"differences": parts_data(parts)} if dry_run else {}),
            }
        )
        return
    labels = ("Source", "Paper", "Topic", "Concept", "Note", "Relation")
    verbs = list(dict.fromkeys(what for what, _, _ in counts))
    files = f"{len(plan.files)} file{'s' if len(plan.files) != 1 else ''}"
    if not counts:
        inform(f"{files}: nothing has changed since the last import")
    else:
        show_parts(parts)
        number = {(what, label): n for what, label, n in counts}
        rows = [[what, *(str(number.get((what, label), "")) for label in labels)] for what in verbs]
        show(table([("" if not dry_run else "would be", "left"), *((f"{label}s", "right") for label in labels)], rows))
        inform(f"{files} → {location}" + (" (dry run: nothing was changed)" if dry_run else ""))
    report_files(plan, _SHOWN_PROBLEMS)
    if plan.failures:
        inform(f"{len(plan.failures)} of {files} could not be read; what they said before is kept")
