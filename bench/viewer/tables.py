"""The figures as tables: one for each size, viewers side by side, goals beside papergraph's own."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

Value = float | int | str | None
Figures = Mapping[str, Value]
OURS = "papergraph"


@dataclass(frozen=True, slots=True)
class Row:
    """A figure of the table; `goals` are for papergraph, by number of nodes, 0 for any number."""

    key: str
    label: str
    digits: int = 0
    more_is_better: bool = False
    goals: Mapping[int, float] = field(default_factory=dict)

    def goal(self, nodes: int) -> float | None:
        """What papergraph is to reach with so many nodes; `None` if nothing was set."""
        return self.goals.get(nodes, self.goals.get(0))

    def met(self, value: float, nodes: int) -> bool | None:
        """Whether `value` reaches the goal; `None` without one."""
        goal = self.goal(nodes)
        if goal is None:
            return None
        return value >= goal if self.more_is_better else value <= goal


ROWS = (
    Row("render s", "page made, s", 2),
    Row("layout s", "  of it layout, s", 2, goals={10_000: 2.0, 50_000: 10.0}),
    Row("file MB", "file, MB", 2, goals={10_000: 1.5, 50_000: 5.0}),
    Row("gzip MB", "  gzipped, MB", 2),
    Row("draw s", "open → first draw, s", 2, goals={10_000: 0.5, 50_000: 1.0}),
    Row("settled s", "open → layout settled, s", 1),
    Row("pan fps", "pan, frames/s", 1, more_is_better=True, goals={0: 50}),
    Row("pan median fps", "  median", 1, more_is_better=True),
    Row("pan worst fps", "  worst 5 %", 1, more_is_better=True),
    Row("pan longest ms", "  longest gap, ms"),
    Row("zoom fps", "zoom, frames/s", 1, more_is_better=True, goals={0: 50}),
    Row("zoom median fps", "  median", 1, more_is_better=True),
    Row("zoom worst fps", "  worst 5 %", 1, more_is_better=True),
    Row("zoom longest ms", "  longest gap, ms"),
    Row("dive fps", "dive, frames/s", 1, more_is_better=True, goals={0: 50}),
    Row("dive worst fps", "  worst 5 %", 1, more_is_better=True),
    Row("dive longest ms", "  longest gap, ms"),
    Row("search ms", "search → frame, ms", goals={0: 20}),
    Row("search list ms", "  → list", 1),
    Row("search first ms", "  the first time"),
    Row("select ms", "select → frame, ms", goals={0: 250}),
    Row("filter ms", "filter → frame, ms", goals={0: 150}),
    Row("filter sharp ms", "  → sharp"),
    Row("heap MiB", "JavaScript heap, MiB", 1),
    Row("process MiB", "tab's process, MiB"),
    Row("requests", "asked of the network"),
)


def table(nodes: int, found: Mapping[str, Figures]) -> Iterator[str]:
    """The lines of one size's table. A ratio tells how many times better papergraph is; below 1, how much worse."""
    viewers = list(found)
    yield f"{nodes:,} nodes, {3 * nodes:,} edges"
    yield f"  {'':26}" + "".join(f"{v:>20}" + (f"{'goal':>16}" if v == OURS else "") for v in viewers)
    for row in ROWS:
        if any(row.key in figures for figures in found.values()):
            yield f"  {row.label:26}" + "".join(_cell(row, nodes, v, found) for v in viewers)
    for viewer, figures in found.items():
        if told := figures.get("trouble"):
            yield f"  {viewer}: {told}"


def missed(nodes: int, ours: Figures) -> list[str]:
    """The goals that papergraph does not reach, as `label value (goal)`."""
    out = []
    for row in ROWS:
        value = ours.get(row.key)
        if isinstance(value, int | float) and row.met(value, nodes) is False:
            out.append(f"{row.label.strip()} {value:,.{row.digits}f} ({_bound(row, nodes)})")
    return out


def _bound(row: Row, nodes: int) -> str:
    goal = row.goal(nodes)
    return "" if goal is None else f"{'≥' if row.more_is_better else '≤'} {goal:g}"


def _cell(row: Row, nodes: int, viewer: str, found: Mapping[str, Figures]) -> str:
    value, own = found[viewer].get(row.key), found.get(OURS, {}).get(row.key)
    known = isinstance(value, int | float)
    text = f"{value:,.{row.digits}f}" if known else "–"
    if viewer == OURS:
        verdict = ""
        if known and (met := row.met(value, nodes)) is not None:  # type: ignore[arg-type]
            verdict = " met" if met else " MISSED"
        return f"{text:>20}" + f"{_bound(row, nodes) + verdict:>16}"
    ratio = ""
    if known and isinstance(own, int | float) and value and own:
        better = own / value if row.more_is_better else value / own  # type: ignore[operator]
        ratio = f"{better:.2f} ×" if better < 10 else f"{better:,.0f} ×"
    return f"{text:>10}{ratio:>10}"
