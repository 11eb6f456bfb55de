"""Plans → files and store, by the journal."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from papergraph.writeback.journal import Outcome, Rewrite, write
from papergraph.writeback.planning import Plan, Unwritable

if TYPE_CHECKING:
    from papergraph.store.protocol import Store

_LATER = "its file is written for other relations now; run `papergraph write-back` again"


def together(plans: Sequence[Plan]) -> Plan:
    """The plans for several folders as one; what cannot be written in any of them is told once.

    Each was made for the notes and the store as they stand, so that of two that would change the same only the first is taken,
    and what the other would write is told to be left for the next time.
    """
    taken: list[Plan] = []
    later: list[Unwritable] = []
    files: set[Path] = set()
    keys: set[tuple[str, str]] = set()
    for plan in plans:
        mine = {p.file for p in plan.patches}
        told = {c.statement.key for c in plan.changes}
        if mine & files or told & keys:
            later += [Unwritable(line.relation, _LATER) for line in plan.lines]
            continue
        taken.append(plan)
        files |= mine
        keys |= told
    written = {line.relation.id for plan in taken for line in plan.lines}
    # what one folder has no place for, another one may; where none has, the reason that names a file tells most
    left = (*(u for plan in plans for u in sorted(plan.unwritable, key=lambda u: ":" in u.reason)), *later)
    return Plan(
        tuple(p for plan in taken for p in plan.patches),
        tuple(c for plan in taken for c in plan.changes),
        tuple({u.relation.id: u for u in left if u.relation.id not in written}.values()),
        tuple(dict.fromkeys(f for plan in plans for f in plan.failures)),
    )


def apply_plan(store: Store, folder: Path, plan: Plan) -> Outcome:
    """Write the patches and import the files with them, in one change set; see `journal.write`."""
    if not plan.patches:
        return Outcome()
    rewrites = [Rewrite(p.file, p.uri, p.path, p.old, p.new) for p in plan.patches]
    return write(store, folder, rewrites, plan.changes, "write-back " + " ".join(p.path.rsplit("/", 1)[-1] for p in plan.patches))
