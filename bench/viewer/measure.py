"""One viewer with one graph: makes the page, opens it in headless Chromium and uses it, by real mouse and keyboard.

usage: python bench/viewer/measure.py VIEWER NODES RUNS

A process of its own, so that it can be ended: prints one JSON object a line, as soon as something is known.
"""

from __future__ import annotations

import gzip
import json
import math
import os
import shutil
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from graphs import community_graph
from pages import VIEWERS, MissingLibraryError

from papergraph.model import Graph

HERE = Path(__file__).parent
FLAGS = "--no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking --disable-component-update --disable-sync"
SECONDS = 2.0
"""How long the page is panned, and zoomed."""
RATE = 60
"""Mouse events a second."""
SETTLE = 60
"""Seconds that a layout in the browser is waited for."""
OPENING = 60
"""Seconds after which a page is opened no further time."""

Figures = dict[str, float | int | str | None]


def words_of(graph: Graph, many: int) -> list[str]:
    """Words to search for: the second of titles all over the graph."""
    titles = [p.title.split() for p in graph.papers()]
    return [titles[(2 * n + 1) * len(titles) // (2 * many)][1] for n in range(many)]


@contextmanager
def chromium() -> Iterator[Any]:
    from playwright.sync_api import sync_playwright

    path = os.environ.get("PAPERGRAPH_CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if path is None:
        sys.exit("no Chromium on this machine (PAPERGRAPH_CHROMIUM names one)")
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=path, args=FLAGS.split())
        yield running
        running.close()


class Tab:
    """One page, opened once."""

    def __init__(self, browser: Any, file: Path) -> None:
        self.browser = browser
        self.context = browser.new_context(viewport={"width": 1280, "height": 800}, offline=True)
        self.context.set_default_timeout(0)
        self.context.add_init_script(path=HERE / "probe.js")
        self.page = self.context.new_page()
        self.asked: set[str] = set()
        self.page.on("request", lambda r: self.asked.add(r.url) if r.url.startswith("http") else None)
        self.page.goto(file.as_uri(), wait_until="commit")
        drawn = self.page.evaluate("bench.drawn()")
        self.drawn: float = drawn["ink"] if drawn["mark"] is None else drawn["mark"]

    def memory(self) -> Figures:
        """MiB of live JavaScript objects, and of the whole process that draws the tab."""
        session = self.context.new_cdp_session(self.page)
        session.send("HeapProfiler.collectGarbage")
        session.send("Performance.enable")
        heap = {m["name"]: m["value"] for m in session.send("Performance.getMetrics")["metrics"]}["JSHeapUsedSize"]
        session.detach()
        whole = self.browser.new_browser_cdp_session()
        renderers = [p["id"] for p in whole.send("SystemInfo.getProcessInfo")["processInfo"] if p["type"] == "renderer"]
        whole.detach()
        # the browser keeps a spare process for the next tab
        return {"heap MiB": heap / 2**20, "process MiB": max((m for p in renderers if (m := _private_mib(p))), default=None)}

    def frames(self, prefix: str, move: Callable[[int], None]) -> Figures:
        """Frames a second while `move` is called at 60 Hz: all of them, by the median gap, and by the longest twentieth of the gaps."""
        self.page.evaluate("bench.frames.start()")
        start = time.perf_counter()
        n = 0
        while (now := time.perf_counter()) - start < SECONDS:
            time.sleep(max(0.0, start + n / RATE - now))
            move(n)
            n += 1
        gaps = sorted(self.page.evaluate("bench.frames.stop()")) or [SECONDS * 1000]
        worst = gaps[-max(1, len(gaps) // 20) :]
        return {
            f"{prefix} fps": 1000 / statistics.mean(gaps),
            f"{prefix} median fps": 1000 / statistics.median(gaps),
            f"{prefix} worst fps": 1000 / statistics.mean(worst),
            f"{prefix} longest ms": gaps[-1],
        }

    def pan(self) -> Figures:
        x, y = self.page.evaluate("bench.stage().grip")
        mouse = self.page.mouse
        mouse.move(x, y)
        mouse.down()
        # a circle above the grip, once a second
        found = self.frames("pan", lambda n: mouse.move(x + 120 * math.sin(n / RATE * 2 * math.pi), y - 120 + 120 * math.cos(n / RATE * 2 * math.pi)))
        mouse.move(x + 3, y - 30)
        mouse.up()
        return found

    def zoom(self) -> Figures:
        """Some way in and out again, so that much of the graph stays in sight."""
        wheel = self.wheel()
        return self.frames("zoom", lambda n: wheel(0, -50 if n // 12 % 2 == 0 else 50))

    def dive(self) -> Figures:
        """From the whole to few nodes, so that all that is drawn nearer is drawn once."""
        wheel = self.wheel()
        return self.frames("dive", lambda n: wheel(0, -50 if n % 3 == 0 else 0))

    def wheel(self) -> Callable[[float, float], None]:
        self.page.mouse.move(*self.page.evaluate("bench.stage().middle"))
        wheel: Callable[[float, float], None] = self.page.mouse.wheel
        return wheel

    def timed(self, what: str, act: Callable[[], None]) -> dict[str, float | None]:
        """What the probe's promise `what` tells of `act`."""
        self.page.evaluate(f"() => {{ window.told = bench.{what}(); }}")
        act()
        told: dict[str, float | None] | None = self.page.evaluate("window.told")
        return told or {}

    def questions(self, words: list[str]) -> Figures:
        page = self.page
        if not (page.locator("#search").count() and page.locator("#results").count()):
            return {}
        searches, selects = [], []
        for word in words:
            page.locator("#search").focus()
            page.locator("#search").fill("")
            page.wait_for_timeout(300)
            searches.append(self.timed("search", lambda word=word: page.keyboard.insert_text(word)))  # type: ignore[misc]
            page.wait_for_timeout(300)
            selects.append(self.timed("select", lambda: page.keyboard.press("Enter")))
            page.wait_for_timeout(700)
        return {
            "search first ms": searches[0].get("frame"),
            "search ms": _median(s.get("frame") for s in searches),
            "search list ms": _median(s.get("change") for s in searches),
            "select ms": _median(s.get("frame") for s in selects),
        }

    def filters(self, runs: int) -> Figures:
        box = self.page.locator("#filter-Concept")
        if not box.count():
            return {}
        found = []
        for _ in range(runs + runs % 2):
            found.append(self.timed("filter", box.click if box.is_visible() else lambda: box.evaluate("box => box.click()")))
            self.page.wait_for_timeout(500)
        return {"filter ms": _median(f.get("frame") for f in found), "filter sharp ms": _median(f.get("sharp") for f in found)}


def measure(viewer: str, nodes: int, runs: int) -> Iterator[Figures]:
    """What there is to know of the viewer, as it becomes known."""
    graph = community_graph(nodes)
    made = VIEWERS[viewer](graph)
    content = made.html.encode()
    yield {"render s": made.render, "layout s": made.layout, "file MB": len(content) / 1e6, "gzip MB": len(gzip.compress(content, 6)) / 1e6}
    with tempfile.TemporaryDirectory() as folder, chromium() as browser:
        file = Path(folder) / "page.html"
        file.write_bytes(content)
        start, opened = time.perf_counter(), []
        tab = Tab(browser, file)
        opened.append(tab.drawn)
        while len(opened) < runs and time.perf_counter() - start < OPENING:
            tab.context.close()
            tab = Tab(browser, file)
            opened.append(tab.drawn)
        yield {"draw s": statistics.median(opened) / 1000, "requests": len(tab.asked)}
        if viewer == "force-graph":
            settled = tab.page.evaluate("wait => bench.settled(wait)", SETTLE * 1000)
            yield {"settled s": settled and settled / 1000}
        tab.page.evaluate("bench.idle()")
        # what the page prepares while nothing happens
        tab.page.wait_for_timeout(1500)
        yield tab.memory()
        # first what asks for a view of the whole graph
        yield tab.filters(runs)
        yield tab.pan()
        yield tab.zoom()
        yield tab.dive()
        yield tab.questions(words_of(graph, runs))
        if tab.page.evaluate("bench.blank()"):
            yield {"trouble": "the canvas is blank"}


def _median(found: Iterator[float | None]) -> float | None:
    known = [f for f in found if f is not None]
    return statistics.median(known) if known else None


def _private_mib(process: int) -> float | None:
    """Memory that the process shares with no other; `None` where the system does not tell."""
    try:
        lines = Path(f"/proc/{process}/smaps_rollup").read_text(encoding="ascii").splitlines()
    except OSError:
        return None
    return sum(int(line.split()[1]) for line in lines if line.startswith("Private_")) / 1024


if __name__ == "__main__":
    try:
        for figures in measure(sys.argv[1], int(sys.argv[2]), int(sys.argv[3])):
            print(json.dumps(figures), flush=True)
    except MissingLibraryError as missing:
        sys.exit(str(missing))
