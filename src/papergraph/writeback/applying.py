"""A plan → files and store, by the journal."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from papergraph.writeback.journal import Outcome, Rewrite, write

if TYPE_CHECKING:
    from papergraph.store.protocol import Store
    from papergraph.writeback.planning import Plan


def apply_plan(store: Store, folder: Path, plan: Plan) -> Outcome:
    """Write the patches and import the files with them, in one change set; see `journal.write`."""
    if not plan.patches:
        return Outcome()
    rewrites = [Rewrite(p.file, p.uri, p.path, p.old, p.new) for p in plan.patches]
    return write(store, folder, rewrites, plan.changes, "write-back " + " ".join(p.path.rsplit("/", 1)[-1] for p in plan.patches))
