"""`papergraph review`: proposed relations one by one, each decision in the store at once."""

from typing import TYPE_CHECKING, Annotated

import typer

from papergraph.cli.app import app, open_library
from papergraph.cli.output import inform, place
from papergraph.cli.queries import MinConfidence, TopicName, Types
from papergraph.errors import PapergraphError, StoreBusyError, UsageError
from papergraph.reviewing import Deed, Mode, Order, Review, meet, outdated, press, queue, refuse, settle, summary
from papergraph.vocabulary import Status

if TYPE_CHECKING:
    from papergraph.cli.reviewscreen import Context
    from papergraph.cli.terminal import Terminal
    from papergraph.library import Library
    from papergraph.model import Evidence, Relation

_AROUND = 2
"""Lines of the notes shown before and after a quote."""
_FOUND = {"moved": "moved since the import", "changed": "its words have changed since the import", "lost": "no longer there; as it was at the import", "unread": "the file cannot be read; as it was at the import"}


@app.command()
def review(
    context: typer.Context,
    order: Annotated[Order, typer.Option("--order", help="Which come first: those least sure, the surest, or as they stand in the notes.")] = Order.LOWEST,
    type: Types = None,
    source: Annotated[str | None, typer.Option("--source", metavar="PATH", help="Only relations stated in this file; a part of its path does.")] = None,
    topic: TopicName = None,
    min_confidence: MinConfidence = 0.0,
    hedged: Annotated[bool, typer.Option("--hedged", help="Only those that the notes hedge.")] = False,
) -> None:
    """Go through the proposed relations one by one, each with its quote in context: accept, reject, put right, skip."""
    from papergraph.cli.terminal import Terminal, is_terminal

    if not is_terminal():
        raise UsageError("review asks on a terminal, and this is none; use `papergraph relations --status proposed --json`, then `papergraph accept ID…` and `papergraph reject ID… --reason WHY`")
    with open_library(context) as library:
        begun = queue(library.relations(types=type or (), status=Status.PROPOSED, min_confidence=min_confidence, topic=topic), order=order, source=source, hedged=hedged)
        if not begun.queue:
            inform("no relations like that are proposed; nothing is to be decided")
            raise typer.Exit(1)
        at_work = _Session(library, begun, order)
        try:
            with Terminal() as terminal:
                at_work.run(terminal)
        finally:
            # also where the store or the terminal failed: what is decided is decided
            inform("\n".join(summary(at_work.review)))


class _Session:
    """A review that is driven by keys and does its deeds in a library; `review` is where it stands."""

    def __init__(self, library: "Library", begun: Review, order: Order) -> None:
        self.library = library
        self.review = begun
        self.order = order
        self._shown: tuple[Relation, list[Context]] | None = None

    def run(self, terminal: "Terminal") -> None:
        """Until it is over."""
        try:
            while self.review.mode is not Mode.OVER:
                try:
                    self.review = meet(self.review, self._look)
                except StoreBusyError as error:
                    self.review = refuse(self.review, str(error))
                self._show(terminal)
                self._keys(terminal)
        except KeyboardInterrupt:
            return

    def _look(self, relation: str) -> "Relation | None":
        return self.library.store.relations_by_id([relation]).get(relation)

    def _show(self, terminal: "Terminal") -> None:
        from papergraph.cli.reviewscreen import screen

        here, order = self.review, self.order
        contexts = self._contexts(here.item.relation) if here.item else []
        terminal.show(lambda width, height: screen(here, contexts, order, width, height))

    def _contexts(self, relation: "Relation") -> "list[Context]":
        """The sentences of a relation where they stand; read once, for each character of a reason draws anew."""
        if self._shown is None or self._shown[0] != relation:
            self._shown = relation, [_context(self.library, e) for e in relation.evidence]
        return self._shown[1]

    def _keys(self, terminal: "Terminal") -> None:
        """Take the keys pressed; what follows one that moved on was not meant for what is shown then, and is dropped."""
        for key in terminal.pressed():
            before = self.review
            self.review, deed = press(before, key)
            if deed is not None:
                self.review = self._do(deed)
            if deed is not None or self.review.at != before.at:
                terminal.forget()
                return

    def _do(self, deed: Deed) -> Review:
        try:
            if outdated(self.review, deed, self._look):
                return refuse(self.review, "it has changed meanwhile; look again")
            return settle(self.review, deed, self._change(deed))
        except PapergraphError as error:
            return refuse(self.review, str(error))

    def _change(self, deed: Deed) -> int | None:
        """Do a deed in the library; the number of its change set."""
        library = self.library
        match deed:
            case Deed("accept", relation):
                done = library.accept(relation)
            case Deed("reject", relation, reason=reason):
                done = library.reject(relation, reason=reason)
            case Deed("retype", relation, str(kind), reverse=reverse):
                done = library.edit_relation(relation, kind=kind, reverse=reverse)
            case Deed("reverse", relation):
                done = library.reverse(relation)
            case _:
                done = library.undo(deed.number)
        return done.number if done else None


def _context(library: "Library", evidence: "Evidence") -> "Context":
    from papergraph.cli.reviewscreen import Context

    if evidence.path is None:
        return Context(place(evidence), "", evidence.quote, "")
    found = library.standing(evidence, lines=_AROUND)
    line = found.line if found.line is not None else evidence.line
    said = f"  ({_FOUND[found.state]})" if found.state in _FOUND else ""
    return Context(f"{evidence.path}:{line}{said}", found.before, found.quote, found.after)
