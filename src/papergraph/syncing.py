"""All notes that a store knows, compared with their files, and again whenever they change."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from papergraph.errors import LexiconError, NotesError
from papergraph.importing import ImportPlan, plan_import
from papergraph.origins import SUFFIXES, Origin, is_there, origins
from papergraph.store.protocol import Store

if TYPE_CHECKING:
    from threading import Event

    from papergraph.store.protocol import Progress

_SETTLE_MS = 500
"""How long files must have been at rest before they are read: an editor saves in several steps."""


@dataclass(frozen=True, slots=True)
class OriginPlan:
    """What one origin's notes would change; `plan` is `None` where they could not be compared, and `failure` says why."""

    origin: Origin
    plan: ImportPlan | None
    failure: str = ""
    missing: tuple[str, ...] = ()
    """Paths that are not there."""


def plan_sync(
    store: Store, origin: Origin, *, prune: bool = False, jobs: int = 0, rewritten: bool = False, lexicons: Sequence[Path] = (), progress: Progress | None = None
) -> OriginPlan:
    """What the notes of one origin would change.

    Parameters
    ----------
    lexicons
        The user's own lexicons that are read with all notes, beside those given to the import.
    """
    # whoever watches asks again with what was known when the watch began
    origin = next((o for o in origins(store) if o.key == origin.key), origin)
    paths = [Path(p) for p in origin.paths]
    present = [p for p in paths if is_there(p)]
    missing = [p for p in paths if p not in present]
    named = [*lexicons, *(p for p in map(Path, origin.lexicons) if p not in lexicons)]
    absent = next((p for p in named if not is_there(p)), None)
    if absent is not None:
        # without it, what its words state would go
        return OriginPlan(origin, None, f"{absent}: this lexicon, by which the notes were read, is not there; put it back, or import them again without it", tuple(map(str, missing)))
    try:
        plan = plan_import(
            store,
            present,
            origin=origin,
            encoding=origin.encoding,
            collection=origin.collection,
            jobs=jobs,
            rewritten=rewritten,
            prune=prune,
            lexicons=named,
            progress=progress,
        )
    except (NotesError, LexiconError) as error:
        return OriginPlan(origin, None, str(error), tuple(map(str, missing)))
    return OriginPlan(origin, plan, missing=tuple(map(str, missing)))


def changes_of_files(known: Sequence[Origin], stop: Event | None = None) -> Iterator[tuple[Origin, ...]]:
    """The origins whose files changed, whenever some have, until `stop` is set: what watches is watchfiles.

    Folders that are not there are not watched.
    """
    from watchfiles import DefaultFilter, watch

    class Notes(DefaultFilter):
        def __call__(self, change: object, path: str) -> bool:
            return path.casefold().endswith((*SUFFIXES, "papergraph.toml")) and super().__call__(change, path)  # type: ignore[arg-type]

    # a file is watched with its folder, for editors replace it
    folders = {str(p if p.is_dir() else p.parent) for o in known for p in map(Path, o.paths) if (p if p.is_dir() else p.parent).is_dir()}
    if not folders:
        return
    for changes in watch(*sorted(folders), watch_filter=Notes(), debounce=10 * _SETTLE_MS, step=_SETTLE_MS, stop_event=stop, raise_interrupt=True):
        touched = [Path(path) for _, path in changes]
        found = tuple(o for o in known if any(t.is_relative_to(p) or t.name == "papergraph.toml" for t in touched for p in map(Path, o.paths)))
        if found:
            yield found
