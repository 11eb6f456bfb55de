"""`papergraph propose`: relations that a language model finds in notes. The one command that sends anything anywhere."""

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from papergraph.cli.app import app, open_library
from papergraph.cli.output import (
    arrow,
    clean,
    complain,
    hanging,
    inform,
    print_json,
    progress_bar,
    quote_line,
    relation_data,
    relation_line,
    show,
    styled,
)
from papergraph.errors import UsageError
from papergraph.library import Library

if TYPE_CHECKING:
    from papergraph.extras.chat import Address
    from papergraph.extras.inquiry import Inquiry
    from papergraph.extras.proposals import Outcome
    from papergraph.store.changes import ChangeSet

KEY = "PAPERGRAPH_LLM_KEY"


@app.command()
def propose(
    context: typer.Context,
    paths: Annotated[list[Path], typer.Argument(metavar="PATH...", help="Files or folders of notes that are imported.")],
    llm: Annotated[str | None, typer.Option("--llm", metavar="ADDRESS", help="An OpenAI-compatible server, for example http://localhost:11434/v1. Nothing is sent without it.")] = None,
    model: Annotated[str | None, typer.Option("--model", metavar="NAME", help="The model, as the server calls it.")] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", "-n", help="Print what would be sent, and send nothing.")] = False,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Send without asking.")] = False,
    insecure: Annotated[bool, typer.Option("--insecure", help="Allow plain http to another machine.")] = False,
    timeout: Annotated[float, typer.Option("--timeout", min=0.1, max=3600, help="Seconds to wait for one answer.")] = 120.0,
    encoding: Annotated[str | None, typer.Option(help="The files' encoding, as they were imported.")] = None,
    collection: Annotated[str | None, typer.Option("--as", metavar="NAME", help="What the folder of notes was called when it was imported.")] = None,
    json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Send remarks to a language model, and keep the relations it finds as proposals with their quotes.

    The key, if the server wants one, is taken from PAPERGRAPH_LLM_KEY.
    """
    from papergraph.extras.chat import Chat, parse_address
    from papergraph.extras.inquiry import gather
    from papergraph.extras.proposals import ask, record

    if not dry_run and (llm is None or model is None):
        raise UsageError("say which server and model: papergraph propose PATH --llm ADDRESS --model NAME; --dry-run shows what would be sent")
    if model is not None and not (0 < len(model) <= 100 and model.isprintable()):
        raise UsageError("--model: a name of at most 100 printable characters")
    address = parse_address(llm, insecure=insecure) if llm else None
    with open_library(context) as library:
        inquiries, failures = gather(library.store, paths, encoding=encoding, collection=collection)
        for failure in failures:
            complain(failure)
        if not inquiries:
            inform("these notes have no remarks on a paper; nothing to ask")
            raise typer.Exit(1)
        if dry_run or address is None or model is None:
            _show_inquiries(inquiries, address, model, json=json)
            raise typer.Exit(1 if failures else 0)
        chat = Chat(address, model, key=os.environ.get(KEY) or None, timeout=timeout)
        _confirm(inquiries, address, model, yes=yes)
        try:
            with progress_bar(not json) as progress:
                outcome = ask(inquiries, model, chat.ask, progress)
        except KeyboardInterrupt:
            complain("interrupted; nothing was changed")
            raise typer.Exit(1) from None
        change = record(library.store, outcome, inquiries, "propose " + " ".join(p.name or str(p) for p in paths))
        _report(library, outcome, change, inquiries, json=json)
    if failures or outcome.stopped or outcome.unusable:
        raise typer.Exit(1)


def _by_file(inquiries: "tuple[Inquiry, ...]") -> list[dict[str, Any]]:
    out: dict[str, dict[str, Any]] = {}
    for inquiry in inquiries:
        file = out.setdefault(inquiry.path, {"path": inquiry.path, "characters": 0, "requests": 0})
        file["characters"] += inquiry.characters
        file["requests"] += 1
    return list(out.values())


def _plan(inquiries: "tuple[Inquiry, ...]", address: "Address | None", model: str | None) -> str:
    whole = sum(len(m["content"]) for i in inquiries for m in i.messages())
    titles = len({p.id for i in inquiries for p in (i.paper, *i.others)})
    requests = f"{len(inquiries)} request{'s' if len(inquiries) != 1 else ''}"
    lines = [
        f"{sum(i.characters for i in inquiries):,} characters of notes and {titles} titles, {whole:,} characters with instructions, in {requests}",
        f"to {address.shown if address else 'a server that --llm names'}, model {model or 'that --model names'}:",
    ]
    lines += [f"  {f['path']}: {f['characters']:,} characters, {f['requests']} paper{'s' if f['requests'] != 1 else ''}" for f in _by_file(inquiries)]
    return "\n".join(lines)


def _confirm(inquiries: "tuple[Inquiry, ...]", address: "Address", model: str, *, yes: bool) -> None:
    if yes:
        return
    if not (sys.stdin.isatty() and sys.stderr.isatty()):
        raise UsageError("not on a terminal, where it could be asked whether to send the notes; nothing was sent: say --yes, or --dry-run to see what would be")
    inform("would be sent: " + _plan(inquiries, address, model))
    if not typer.confirm("Send it?", default=False, err=True):
        inform("nothing was sent")
        raise typer.Exit(1)


def _show_inquiries(inquiries: "tuple[Inquiry, ...]", address: "Address | None", model: str | None, *, json: bool) -> None:
    if json:
        asked = [{"path": i.path, "paper": i.paper.id, "title": i.paper.title, "messages": i.messages()} for i in inquiries]
        print_json({"address": address.shown if address else None, "model": model, "dryRun": True, "files": _by_file(inquiries), "requests": asked})
        return
    inform("would be sent: " + _plan(inquiries, address, model) + "\n(dry run: nothing was sent)")
    for n, inquiry in enumerate(inquiries):
        system, user = inquiry.messages()
        sys.stdout.write("" if n else f"--- with every request\n{system['content']}\n\n")
        sys.stdout.write(f"--- {clean(inquiry.path)}: {clean(inquiry.paper.title)}\n" + "\n".join(map(clean, user["content"].split("\n"))) + "\n\n")


def _report(library: Library, outcome: "Outcome", change: "ChangeSet | None", inquiries: "tuple[Inquiry, ...]", *, json: bool) -> None:
    from papergraph.extras.proposals import present

    found = present(library.store, outcome)
    if json:
        print_json(
            {
                "files": _by_file(inquiries),
                "asked": outcome.asked,
                "proposed": [relation_data(r, a, b) for r, a, b in found],
                "changeSet": change.number if change else None,
                "dropped": [{"reason": reason, "count": n} for reason, n in outcome.dropped],
                "unusable": list(outcome.unusable),
                "stopped": outcome.stopped,
            }
        )
    else:
        for relation, source, target in found:
            show(relation_line(relation), hanging(2, styled(source.name)), hanging(2, styled(f"{arrow(relation)} {target.name}")))
            show(*(hanging(4, quote_line(e)) for e in relation.evidence), "")
    for reason, n in outcome.dropped:
        inform(f"dropped {n}: {reason}")
    for problem in outcome.unusable:
        complain(problem)
    if outcome.stopped:
        complain(f"stopped after {outcome.asked} of {len(inquiries)}: {outcome.stopped}")
    told = f"{len(found)} relation{'s' if len(found) != 1 else ''} proposed"
    inform(f"{told}; change set {change.number}, `papergraph undo` takes it back" if change else f"{told}; nothing was changed")
