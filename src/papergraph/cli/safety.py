"""The commands that keep a store safe: doctor, backup, restore."""

import gc
import sys
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from papergraph.cli.app import app, data_folder, open_library, store_location
from papergraph.cli.output import clean, complain, hanging, inform, print_json, progress_bar, show, styled
from papergraph.errors import StoreError, StoreMissingError, UsageError
from papergraph.store import is_server

if TYPE_CHECKING:
    from papergraph.backups import Backup, Replaced
    from papergraph.checkup import Finding
    from papergraph.library import Library

_SHOWN = 5
"""So many places of a finding are shown; --json has them all."""
_COMPARED = 10_000
"""Papers are compared with each other in libraries of up to so many: that takes about 1 ms each."""
_STYLES = {"error": "red", "warning": "yellow", "note": "cyan"}


@app.command()
def doctor(
    context: typer.Context,
    fix: Annotated[bool, typer.Option("--fix", help="Mend what can be mended without losing anything.")] = False,
    json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Look whether the store is sound, and say what mends it; exit code 1 if something is wrong."""
    from papergraph.checkup import Severity

    # everything is read once and kept to the end: looking for cycles only costs time
    gc.disable()
    context.call_on_close(gc.enable)
    location = store_location(context)
    path = None if is_server(location) else Path(location).expanduser()
    findings, library = _examine(context, path, json=json)
    done: list[str] = []
    try:
        if fix and any(f.fix for f in findings):
            from papergraph.checkup import mend

            with progress_bar(not json) as progress:
                done = [str(d) for d in mend(library.store if library else None, path, data_folder(), location, findings, progress)]
            if library:
                library.close()
            findings, library = _examine(context, path, json=json)
    finally:
        if library:
            library.close()
    if json:
        print_json({"store": location, "findings": [_finding_data(f) for f in findings], "done": done})
    else:
        _report(location, findings, done)
    if any(f.severity is not Severity.NOTE for f in findings):
        raise typer.Exit(1)


def _examine(context: typer.Context, path: Path | None, *, json: bool) -> "tuple[list[Finding], Library | None]":
    from papergraph.checkup import Finding, Severity, examine, examine_around, examine_duplicates, examine_file
    from papergraph.resolve.matching import SURE

    location = store_location(context)
    around = examine_file(path) if path else []
    try:
        library = open_library(context, restoring=True)
    except StoreMissingError:
        raise
    except StoreError as error:
        return [Finding(Severity.ERROR, str(error)), *around], None
    try:
        with progress_bar(not json) as progress:
            found = [*examine(library.store, progress), *examine_around(location, data_folder()), *around]
            if not any(f.severity is Severity.ERROR for f in found) and library.store.paper_count() <= _COMPARED:
                found += examine_duplicates(library.duplicates(SURE, progress))
            return found, library
    except StoreError as error:
        return [Finding(Severity.ERROR, str(error), mend="papergraph restore BACKUP"), *around], library
    except BaseException:
        library.close()
        raise


def _finding_data(finding: "Finding") -> dict[str, object]:
    return {
        "severity": str(finding.severity),
        "what": finding.what,
        "where": list(finding.where),
        "mend": finding.mend,
        "fix": str(finding.fix) if finding.fix else None,
    }


def _report(location: str, findings: "Sequence[Finding]", done: Sequence[str]) -> None:
    from rich.text import Text

    for finding in findings:
        many = f" ({len(finding.where):,})" if len(finding.where) > 1 else ""
        show(Text.assemble((f"{finding.severity}  ", f"bold {_STYLES[finding.severity]}"), clean(finding.what) + many))
        for where in finding.where[:_SHOWN]:
            show(hanging(4, styled(where)))
        if len(finding.where) > _SHOWN:
            show(hanging(4, styled(f"… and {len(finding.where) - _SHOWN:,} more (--json lists them all)")))
        if finding.mend:
            show(hanging(4, styled(f"→ {finding.mend}", "dim")))
    for one in done:
        inform({"rebuild": "the graph was made anew from what is stated", "leftovers": "what was left was deleted", "recover": "what was cut off was finished"}.get(one, one))
    if not findings:
        inform(f"{location} is sound")


@app.command()
def backup(
    context: typer.Context,
    file: Annotated[Path | None, typer.Argument(metavar="[FILE]", help="The file. Default: the store's name with the date, beside it; for a server in your data folder.")] = None,
    force: Annotated[bool, typer.Option("--force", help="Replace the file if it is there.")] = False,
    json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Write the whole store to one file, checked, while others may go on working with it; `restore` takes it back."""
    from papergraph.backups import backup as write
    from papergraph.backups import dated_name

    location = store_location(context)
    target = file or dated_name(location, data_folder(), _now())
    with open_library(context) as library, progress_bar(not json) as progress:
        done = write(library.store, target, replace=force, progress=progress)
    if json:
        print_json({"store": location, **_backup_data(done)})
    else:
        inform(f"{target}: {_told(done)}, {done.size / 1e6:,.1f} MB; `papergraph restore {target}` takes it back")


@app.command()
def restore(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(metavar="FILE", help="What `papergraph backup` wrote, or any papergraph store's file.")],
    dry_run: Annotated[bool, typer.Option("--dry-run", "-n", help="Say what would be replaced, and replace nothing.")] = False,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")] = False,
    json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Put a backup in the place of the store, which itself is backed up first."""
    from papergraph import backups

    location = store_location(context)
    kept = backups.dated_name(location, data_folder(), _now(), "before-restore")
    found = backups.read_backup(file)
    if is_server(location):
        with open_library(context, create=not dry_run, restoring=True) as library:
            present = backups.present_server(library.store)  # type: ignore[arg-type]
    else:
        present = backups.present_file(Path(location).expanduser())
    if not json:
        inform(f"{location} holds {_told(present) if present else 'nothing'}")
        inform(f"{file} holds {_told(found)}")
    was: Path | None = None
    if not dry_run:
        if not yes:
            _ask(location)
        with progress_bar(not json) as progress:
            if is_server(location):
                with open_library(context, create=True, restoring=True) as library:
                    was = backups.restore_server(file, library.store, kept, progress)  # type: ignore[arg-type]
            else:
                was = backups.restore_file(file, Path(location).expanduser(), kept, progress)
    if json:
        before = None if present is None else {"changeSets": present.change_sets, "newestAt": present.newest_at, "newestAction": present.newest_action, "why": present.why}
        print_json({"store": location, "dryRun": dry_run, "present": before, "backup": _backup_data(found), "kept": str(was) if was else None})
    elif dry_run:
        inform("dry run: nothing was changed")
    else:
        inform(f"restored; what was there is kept in {was}" if was else "restored")


def _ask(location: str) -> None:
    if not (sys.stdin.isatty() and sys.stderr.isatty()):
        raise UsageError(f"this replaces all that {location} holds; say --yes if that is meant, --dry-run to see what it is")
    if not typer.confirm("Replace it?", err=True):
        complain("nothing was changed")
        raise typer.Exit(1)


def _now() -> datetime:
    return datetime.now().astimezone()


def _told(what: "Backup | Replaced") -> str:
    if what.change_sets is None:
        return f"what cannot be read ({getattr(what, 'why', None)})"
    newest = f", the newest of {what.newest_at} ({what.newest_action})" if what.newest_at else ""
    return f"{what.change_sets:,} change set{'s' if what.change_sets != 1 else ''}{newest}"


def _backup_data(done: "Backup") -> dict[str, object]:
    return {"file": str(done.file), "bytes": done.size, "version": done.version, "changeSets": done.change_sets, "newestAt": done.newest_at, "newestAction": done.newest_action}
