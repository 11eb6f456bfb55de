"""`papergraph sync` and `papergraph sources`."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from papergraph.cli.app import app, open_library, own_lexicons
from papergraph.cli.importing import report_files
from papergraph.cli.output import complain, inform, print_json, progress_bar, show, table, when
from papergraph.cli.timeline import parts_data, show_parts
from papergraph.cli.writeback import finish_write_back
from papergraph.errors import StoreError
from papergraph.library import Library

if TYPE_CHECKING:
    from papergraph.origins import Origin
    from papergraph.syncing import OriginPlan

_SHOWN_PROBLEMS = 5


@app.command()
def sync(
    context: typer.Context,
    dry_run: Annotated[bool, typer.Option("--dry-run", "-n", help="Say what would change, and change nothing.")] = False,
    watch: Annotated[bool, typer.Option("--watch", "-w", help="Go on whenever a file of notes changes, until Ctrl-C.")] = False,
    prune: Annotated[bool, typer.Option("--prune", help="Take out what files stated that have gone.")] = False,
    replace: Annotated[bool, typer.Option("--replace", help="Files may have been rewritten from the ground up.")] = False,
    jobs: Annotated[int, typer.Option("--jobs", "-j", min=0, help="Processes that read; 0 for as many as the amount is worth.")] = 0,
    json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Bring the store up to date with all notes that were ever imported; files that have not changed are not read.

    What you added or decided stays. Files that have gone are said, and what they stated stays unless you say --prune.
    """
    with open_library(context) as library:
        if not dry_run:
            finish_write_back(context, library)
        known = library.origins()
        if not known:
            inform("no notes were imported yet, or by an older papergraph that did not keep where they stand: papergraph import NOTES")
            raise typer.Exit(1)
        failed = _sync(library, known, dry_run=dry_run, prune=prune, replace=replace, jobs=jobs, json=json)
        if watch and not dry_run:
            inform("watching; Ctrl-C ends it")
            try:
                for some in library.changes_of_files():
                    try:
                        _sync(library, some, dry_run=False, prune=prune, replace=replace, jobs=jobs, json=json)
                    except StoreError as error:
                        complain(f"{error}; tried again when a file changes")
            except KeyboardInterrupt:
                inform("no longer watching")
                return
    if failed:
        raise typer.Exit(1)


@app.command()
def sources(
    context: typer.Context,
    forget: Annotated[Path | None, typer.Option("--forget", metavar="PATH", help="No longer look after the notes imported from there; what they stated stays.")] = None,
    json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """List the files of notes that are imported, with where they stand and when they were last seen."""
    from papergraph.origins import having, is_file

    with open_library(context) as library:
        if forget is not None:
            inform(f"{', '.join(library.forget(forget).paths)}: no longer looked after")
            return
        found, known = library.store.sources(), library.origins()
    rows = []
    for source in found:
        stands = having(known, source.uri)
        origin, file = stands or (None, None)
        rows.append((source, str(file) if file else None, origin.seen_at(source.uri) if origin else None, file is not None and is_file(file)))
    if json:
        print_json([{"id": s.id, "uri": s.uri, "title": s.title, "date": s.date, "file": f, "lastSeen": at, "there": there} for s, f, at, there in rows])
    elif rows:
        told = [[s.uri, when(at) if at else "", "" if there else "gone" if f else "not known"] for s, f, at, there in rows]
        show(table([("Source", "fold"), ("Last seen", "left"), ("", "left")], told))
        for o in known:
            inform(f"from {', '.join(o.paths)}")
    else:
        inform("no notes were imported yet: papergraph import NOTES")
        raise typer.Exit(1)


def _sync(library: Library, known: "tuple[Origin, ...]", *, dry_run: bool, prune: bool, replace: bool, jobs: int, json: bool) -> bool:
    """Whether something could not be read."""
    told: list[dict[str, Any]] = []
    failed = False
    for origin in known:
        with progress_bar(not json) as progress:
            one, parts, change = library.sync_origin(origin, dry_run=dry_run, prune=prune, replace=replace, jobs=jobs, lexicons=own_lexicons(), progress=progress)
        failed = failed or bool(one.failure) or bool(one.plan and one.plan.failures)
        if json:
            told.append(_data(one, change.number if change else None, parts_data(parts)))
            continue
        show_parts(parts)
        _report(one, change.number if change else None, dry_run=dry_run)
    if json:
        print_json({"dryRun": dry_run, "origins": told})
    return failed


def _report(one: "OriginPlan", number: int | None, *, dry_run: bool) -> None:
    where = ", ".join(one.origin.paths)
    for path in one.missing:
        inform(f"{path} is not there")
    if one.plan is None:
        complain(one.failure)
        return
    report_files(one.plan, _SHOWN_PROBLEMS)
    files = f"{len(one.plan.files)} file{'s' if len(one.plan.files) != 1 else ''}"
    if number is not None:
        inform(f"{where}: {files}; change set {number}, `papergraph undo {number}` takes it back")
    elif one.plan.changes and dry_run:
        inform(f"{where}: {files} (dry run: nothing was changed)")
    else:
        inform(f"{where}: {files}, nothing has changed")


def _data(one: "OriginPlan", number: int | None, differences: list[dict[str, Any]]) -> dict[str, Any]:
    plan = one.plan
    return {
        "paths": list(one.origin.paths),
        "missing": list(one.missing),
        "failure": one.failure or None,
        "changeSet": number,
        "differences": differences,
        "renamed": [{"from": a, "to": b} for a, b in plan.renamed] if plan else [],
        "gone": list(plan.gone) if plan else [],
        "pruned": list(plan.pruned) if plan else [],
        "problems": [{"path": p.path, "line": p.line, "message": p.message} for p in plan.problems] if plan else [],
        "failures": list(plan.failures) if plan else [],
    }
