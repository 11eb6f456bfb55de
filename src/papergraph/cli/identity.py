"""The commands that tell which names are one work: duplicates, merge, split, and the catalogue of titles."""

import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from papergraph.cli.app import app, data_folder, open_library
from papergraph.cli.output import clean, complain, hanging, inform, inform_done, paper_facts, print_json, progress_bar, show, styled, table
from papergraph.cli.queries import complete_paper
from papergraph.errors import UsageError
from papergraph.model import Paper

if TYPE_CHECKING:
    from papergraph.catalogue.index import CatalogueSource, Index
    from papergraph.catalogue.looking import Answer, Candidate
    from papergraph.resolve.matching import Duplicate

catalogue = typer.Typer(help="A catalogue of titles that one has as files: look works up, and complete what the notes tell of them, without a network.", no_args_is_help=True)
app.add_typer(catalogue, name="catalogue")

Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]
DryRun = Annotated[bool, typer.Option("--dry-run", "-n", help="Say what would be changed, and change nothing.")]
Place = Annotated[Path | None, typer.Option("--catalogue", metavar="FILE", help="The catalogue. Default: $PAPERGRAPH_CATALOGUE, else one file in your data folder.")]
Certainty = Annotated[float, typer.Option("--least", min=0.0, max=1.0, help="How sure it must be.")]
_SHOWN_PROBLEMS = 20


# --- who is who


@app.command()
def duplicates(context: typer.Context, least: Certainty = 0.5, json: Json = False) -> None:
    """Papers that may be one work under two names, the surest first, with reasons. `papergraph merge A B` makes them one."""
    with open_library(context) as library, progress_bar(not json) as progress:
        found = library.duplicates(least, progress)
    if json:
        print_json([_pair_data(d) for d in found])
    elif found:
        _show_pairs(found)
    else:
        inform(f"no two papers seem to be one work with a certainty of {least:g} or more")


def _show_pairs(found: "Sequence[Duplicate]") -> None:
    for duplicate in found:
        show(styled(f"{duplicate.match.certainty:.2f}  {', '.join(duplicate.match.reasons)}", "bold"))
        for paper in (duplicate.first, duplicate.second):
            facts = paper_facts(paper)
            show(hanging(2, styled(f"{paper.id}  {paper.title}")), *([hanging(4, styled(facts, "dim"))] if facts else []))


def _pair_data(duplicate: "Duplicate") -> dict[str, Any]:
    return {"certainty": duplicate.match.certainty, "reasons": list(duplicate.match.reasons), "first": duplicate.first.properties(), "second": duplicate.second.properties()}


@app.command()
def merge(
    context: typer.Context,
    a: Annotated[str | None, typer.Argument(metavar="[A]", help="A paper.", autocompletion=complete_paper)] = None,
    b: Annotated[str | None, typer.Argument(metavar="[B]", help="The same work under another name.", autocompletion=complete_paper)] = None,
    above: Annotated[float | None, typer.Option("--above", min=0.0, max=1.0, metavar="C", help="Merge all pairs that `papergraph duplicates` finds with this certainty or more.")] = None,
    dry_run: DryRun = False,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Merge without asking.")] = False,
    json: Json = False,
) -> None:
    """Say that two papers are one work, or that all pairs above a certainty are; `papergraph split` takes it back at any later time."""
    if (above is None) == (a is None) or (a is None) != (b is None):
        raise UsageError("say which two papers are one work (papergraph merge A B), or how sure it must be (papergraph merge --above 0.95)")
    if a is not None and b is not None:
        with open_library(context) as library:
            if dry_run:
                first, second = library.paper(a), library.paper(b)
                told = "they are one work already" if first.id == second.id else "they would be one work"
                if json:
                    print_json({"dryRun": True, "first": first.properties(), "second": second.properties(), "changeSet": None})
                else:
                    show(styled(f"{first.id}  {first.title}"), styled(f"{second.id}  {second.title}"))
                inform(f"{told} (dry run: nothing was changed)")
                return
            change = library.merge(a, b)
            merged = library.paper(a)
        if json:
            print_json({"paper": merged.properties(), "changeSet": change.number if change else None})
        else:
            show(styled(f"{merged.id}  {merged.title}"), *(hanging(2, styled(f"also {n}")) for n in merged.aliases))
        inform_done(change, "they are one work already; nothing was changed")
        return
    assert above is not None
    with open_library(context) as library:
        with progress_bar(not json) as progress:
            found = library.duplicates(above, progress)
        if not found or dry_run:
            if json:
                print_json({"dryRun": dry_run, "merged": [_pair_data(d) for d in found], "changeSet": None})
            else:
                _show_pairs(found)
            inform(f"{_pairs(found)} would be merged (dry run: nothing was changed)" if found else f"no pair has a certainty of {above:g} or more; nothing was changed")
            return
        _confirm(found, yes=yes)
        change = library.merge_all([(d.first.id, d.second.id) for d in found])
    if json:
        print_json({"dryRun": False, "merged": [_pair_data(d) for d in found], "changeSet": change.number if change else None})
    elif yes:
        _show_pairs(found)
    inform(f"{_pairs(found)} merged")
    inform_done(change, "nothing was changed")


def _pairs(found: "Sequence[Duplicate]") -> str:
    return f"{len(found):,} pair{'s' if len(found) != 1 else ''}"


def _confirm(found: "Sequence[Duplicate]", *, yes: bool) -> None:
    if yes:
        return
    if not (sys.stdin.isatty() and sys.stderr.isatty()):
        raise UsageError(f"not on a terminal, where it could be asked whether to merge {_pairs(found)}; nothing was changed: say --yes, or --dry-run to see them")
    _show_pairs(found)
    if not typer.confirm(f"Merge {'these' if len(found) != 1 else 'this'} {_pairs(found)}?", default=False, err=True):
        inform("nothing was changed")
        raise typer.Exit(1)


@app.command()
def split(
    context: typer.Context,
    paper: Annotated[str, typer.Argument(metavar="PAPER", help="A name of the paper, a part of it, or an id.", autocompletion=complete_paper)],
    name: Annotated[str | None, typer.Argument(metavar="[NAME]", help="Which of its names is another work, or another paper that is one; may be left out where there is one way only.")] = None,
) -> None:
    """Say that one of a paper's names is another work; what was merged is taken back. Of another paper, that the two are not one: duplicates leaves them out."""
    with open_library(context) as library:
        change = library.split(paper, name)
    inform_done(change, "they are told apart already; nothing was changed")


# --- the catalogue


def default_catalogue() -> Path:
    """The catalogue that is used where none is named: `PAPERGRAPH_CATALOGUE`, else one file in the user's data folder."""
    named = os.environ.get("PAPERGRAPH_CATALOGUE")
    return Path(named).expanduser() if named else data_folder() / "catalogue.db"


def open_catalogue(place: Path | None, *, create: bool = False) -> "Index":
    """The catalogue at `place`, or the default one."""
    from papergraph.catalogue.index import Index

    return Index(place or default_catalogue(), create=create)


@catalogue.command("add")
def catalogue_add(
    files: Annotated[list[Path], typer.Argument(metavar="FILE...", help="CSV, SQLite, BibTeX, or a dump of OpenAlex works or OpenReview notes (JSON, one a line or not, also .gz); or a folder of such.")],
    name: Annotated[str | None, typer.Option("--as", metavar="NAME", help="What to call it; the file's name if left out. A source of that name is replaced.")] = None,
    place: Place = None,
    json: Json = False,
) -> None:
    """Add the works of files; those of a source of the same name are replaced, the same file again changes nothing."""
    if name is not None and len(files) > 1:
        raise UsageError("--as names one source; give one file (or a folder) with it")
    told = []
    with open_catalogue(place, create=True) as index, progress_bar(not json) as progress:
        for path in files:
            added = index.add(path, name=name, progress=progress)
            told.append({**_source_data(added.source), "changed": added.changed, "replaced": added.replaced})
            for problem in added.problems[:_SHOWN_PROBLEMS]:
                complain(str(problem))
            if added.source.problems > _SHOWN_PROBLEMS and added.changed:
                complain(f"and {added.source.problems - _SHOWN_PROBLEMS:,} more problems")
            source = added.source
            if added.changed:
                inform(f"{source.name}: {source.works:,} works {'replace those that were there' if added.replaced else 'added'}")
            else:
                inform(f"{path.name} is in the catalogue already, as {source.name}; nothing was changed")
    if json:
        print_json(told)


@catalogue.command("list")
def catalogue_list(place: Place = None, json: Json = False) -> None:
    """What the catalogue holds."""
    with open_catalogue(place) as index:
        found = index.sources()
    if json:
        print_json([_source_data(s) for s in found])
    elif found:
        show(table((("Name", "left"), ("Works", "right"), ("Problems", "right"), ("Added", "left"), ("File", "fold")), [[s.name, f"{s.works:,}", f"{s.problems:,}", s.added, s.file] for s in found]))
    else:
        inform("the catalogue is empty; `papergraph catalogue add FILE` fills it")


def _source_data(source: "CatalogueSource") -> dict[str, Any]:
    return {"name": source.name, "file": source.file, "sha256": source.sha256, "works": source.works, "problems": source.problems, "added": source.added}


@catalogue.command("remove")
def catalogue_remove(name: Annotated[str, typer.Argument(metavar="NAME", help="The source, as `papergraph catalogue list` shows it.")], place: Place = None) -> None:
    """Remove a source with its works; `papergraph catalogue apply` then takes back what it said."""
    with open_catalogue(place) as index:
        gone = index.remove(name)
    inform(f"{gone.name} with {gone.works:,} works is removed")


@catalogue.command("look")
def catalogue_look(
    title: Annotated[str, typer.Argument(metavar="TITLE", help="A title, a short name, a DOI, an arXiv or OpenReview id, or an address.")],
    author: Annotated[list[str] | None, typer.Option("--author", help="An author. May be repeated.")] = None,
    year: Annotated[int | None, typer.Option("--year", min=1000, max=3000)] = None,
    least: Certainty = 0.93,
    place: Place = None,
    json: Json = False,
) -> None:
    """The work that a title or an identifier means; where several may be meant they are listed."""
    from papergraph.catalogue.looking import look
    from papergraph.resolve.identifiers import identifiers

    found = identifiers(title.strip()) if " " not in title.strip() else identifiers("")
    asked = Paper("", "" if found.any() else title, authors=tuple(author or ()), year=year, doi=found.doi, arxiv_id=found.arxiv_id, openreview_id=found.openreview_id)
    with open_catalogue(place) as index:
        answer = look(index, asked, least=least)
    if json:
        print_json(_answer_data(answer))
    elif answer.work is not None:
        _show_work(answer.work.paper, f"{answer.certainty:.2f}  {answer.how}: {', '.join(answer.reasons)}", f"{answer.work.source}, line {answer.work.line:,}")
    elif answer.candidates:
        inform("several works may be meant:" if len(answer.candidates) > 1 else "not sure enough; nearest is:")
        for c in answer.candidates:
            _show_work(c.work.paper, f"{c.match.certainty:.2f}  {', '.join(c.match.reasons)}", f"{c.work.source}, line {c.work.line:,}")
    else:
        inform(f"the catalogue holds no work like “{clean(title)}”")
    if answer.work is None:
        raise typer.Exit(1)


def _show_work(paper: Paper, why: str, where: str) -> None:
    identified = [f"{label} {value}" for label, value in (("doi", paper.doi), ("arXiv", paper.arxiv_id), ("OpenReview", paper.openreview_id)) if value]
    facts = ", ".join(paper.authors[:3]) + (" et al." if len(paper.authors) > 3 else "")
    told = " · ".join(x for x in (facts, paper.venue or "", str(paper.year or "")) if x)
    show(styled(paper.title, "bold"), *(hanging(2, styled(line)) for line in (told, "  ".join(identified), paper.url or "") if line), hanging(2, styled(why, "dim")), hanging(2, styled(where, "dim")))


def _answer_data(answer: "Answer") -> dict[str, Any]:
    def work_data(candidate: "Candidate") -> dict[str, Any]:
        return {"certainty": candidate.match.certainty, "reasons": list(candidate.match.reasons), "source": candidate.work.source, "line": candidate.work.line, **_work_properties(candidate.work.paper)}

    work = None if answer.work is None else {"source": answer.work.source, "line": answer.work.line, **_work_properties(answer.work.paper)}
    return {"work": work, "how": answer.how, "certainty": answer.certainty, "reasons": list(answer.reasons), "candidates": [work_data(c) for c in answer.candidates]}


def _work_properties(paper: Paper) -> dict[str, Any]:
    return {k: v for k, v in paper.properties().items() if k not in ("id", "role")}


@catalogue.command("apply")
def catalogue_apply(context: typer.Context, least: Certainty = 0.93, dry_run: DryRun = False, place: Place = None, json: Json = False) -> None:
    """Give the papers of the notes their full names, authors, years and identifiers from the catalogue; what the notes tell stays first."""
    from papergraph.catalogue.applying import changes

    with open_library(context) as library, open_catalogue(place) as index:
        with progress_bar(not json) as progress:
            found = changes(library.store, index, least=least, progress=progress)
        change = None if dry_run else library.store.apply(found, by="catalogue", action="catalogue apply")
    counts = {"added": sum(c.before is None for c in found), "changed": sum(c.before is not None and c.after is not None for c in found), "retracted": sum(c.after is None for c in found)}
    if json:
        told = [{"was": c.before.element.name if c.before else None, "is": c.after.element.name if c.after else None, "id": c.statement.element.id, "by": c.statement.asserter} for c in found if isinstance(c.statement.element, Paper)]  # type: ignore[union-attr]
        print_json({"dryRun": dry_run, **counts, "papers": told, "changeSet": change.number if change else None})
    elif dry_run:
        for c in found:
            verb = "retract" if c.after is None else "add" if c.before is None else "change"
            show(styled(f"{verb}  {c.statement.element.id}  {c.statement.element.name}"))  # type: ignore[union-attr]
    summary = f"what the catalogue says of {counts['added']:,} papers added, of {counts['changed']:,} changed, of {counts['retracted']:,} taken back"
    if dry_run:
        inform(f"{summary} (dry run: nothing was changed)")
    else:
        inform(summary)
        inform_done(change, "nothing was changed")
