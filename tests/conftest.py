from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Self

import neo4j
import pytest

from papergraph import folding
from papergraph.library import Library
from papergraph.model import USER, Paper, Statement
from papergraph.store import open_store
from papergraph.store.changes import Change
from papergraph.store.neo4j import Login
from papergraph.store.protocol import Store

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT / "server"))
import run as local_server  # noqa: E402 - server/run.py

DATA = ROOT / "data"
ICLR = DATA / "iclr2024-notes.txt"
IMAGE = "neo4j:5.26-community"
STORES = ["file", "memory", "neo4j"]


def pytest_configure() -> None:
    """Processes that the tests start heed Ctrl-C, though whoever runs the tests in the background has it ignored."""
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """One worker runs all tests on the Neo4j server, for they share its one database; their ids hold its name."""
    from xdist.scheduler import LoadScopeScheduling

    class OneServer(LoadScopeScheduling):  # type: ignore[misc]
        def _split_scope(self, nodeid: str) -> str:
            return "neo4j" if "neo4j" in nodeid else nodeid

    return OneServer(config, log)


# --- a real Neo4j server


@dataclass(frozen=True)
class Neo4j:
    """A server that the tests may fill and empty."""

    uri: str
    login: Login

    def open(self, *, create: bool = True) -> Store:
        return open_store(self.uri, create=create, login=self.login)

    def driver(self) -> neo4j.Driver:
        return neo4j.GraphDatabase.driver(self.uri, auth=(self.login.username, self.login.password), notifications_min_severity="OFF")

    def run(self, query: str, **parameters: Any) -> list[dict[str, Any]]:
        with self.driver() as driver:
            return [r.data() for r in driver.execute_query(query, parameters, database_=self.login.database).records]  # type: ignore[arg-type]

    def clear(self) -> None:
        """Empty it, but for the schema."""
        self.run("MATCH (n) WHERE NOT n:Store CALL (n) { DETACH DELETE n }")
        self.run("MATCH (s:Store) SET s = {id: s.id, version: s.version, changeSets: 0}")


@cache
def neo4j_way() -> str | None:
    """How a server is had here: `uri`, `docker` or `maven`; `None` if not at all."""
    if os.environ.get("NEO4J_URI"):
        return "uri"
    if local_server.missing() is None:
        return "maven"
    if shutil.which("docker") and subprocess.run(["docker", "info"], capture_output=True, check=False).returncode == 0:
        return "docker"
    return None


WITHOUT = "the tests on a real Neo4j server: they need NEO4J_URI (with NEO4J_USERNAME, NEO4J_PASSWORD), Java 17 with Maven, or Docker"


def pytest_terminal_summary(terminalreporter: Any) -> None:
    if not hasattr(terminalreporter.config, "workerinput") and neo4j_way() is None:
        terminalreporter.write_line(f"skipped {WITHOUT}")


@pytest.fixture(scope="session")
def neo4j_classes() -> str:
    return local_server.class_path()


@pytest.fixture(scope="session")
def neo4j_server(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Neo4j]:
    way = neo4j_way()
    if way is None:
        if os.environ.get("PAPERGRAPH_REQUIRE_NEO4J"):
            pytest.fail(f"cannot run {WITHOUT}")
        pytest.skip(f"skipped {WITHOUT}")
    if way == "uri":
        database = os.environ.get("NEO4J_DATABASE")
        server = Neo4j(os.environ["NEO4J_URI"], Login(os.environ.get("NEO4J_USERNAME", "neo4j"), os.environ.get("NEO4J_PASSWORD", ""), database))
        if server.run("MATCH (n) WHERE NOT n:PapergraphTests RETURN n LIMIT 1"):
            pytest.fail("the database that NEO4J_URI names is not empty; the tests would delete what is in it: give them an empty one")
        yield server
        server.run("MATCH (n) CALL (n) { DETACH DELETE n }")
    elif way == "maven":
        classes = request.getfixturevalue("neo4j_classes")
        running = local_server.Server(tmp_path_factory.mktemp("neo4j"), heap="768m", page_cache="64m", classes=classes).start()
        yield Neo4j(running.uri, Login("neo4j", running.password))
        running.kill()  # its data goes with the folder
    else:
        yield from _in_docker()


def _in_docker() -> Iterator[Neo4j]:
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        port = s.getsockname()[1]
    environment = {**os.environ, "NEO4J_AUTH": "neo4j/" + "only-for-tests"}
    command = ["docker", "run", "--rm", "-d", "-e", "NEO4J_AUTH", "-p", f"127.0.0.1:{port}:7687", IMAGE]
    container = subprocess.run(command, check=True, capture_output=True, text=True, env=environment).stdout.strip()
    server = Neo4j(f"bolt://127.0.0.1:{port}", Login("neo4j", "only-for-tests"))
    try:
        end = time.monotonic() + 120
        while True:
            try:
                with server.driver() as driver:
                    driver.verify_connectivity()
                break
            except neo4j.exceptions.DriverError:
                if time.monotonic() > end:
                    raise
                time.sleep(1)
        yield server
    finally:
        subprocess.run(["docker", "stop", container], check=False, capture_output=True)


@pytest.fixture
def server(neo4j_server: Neo4j) -> Neo4j:
    """The server, with an empty database."""
    neo4j_server.clear()
    return neo4j_server


# --- stores

A, B = Paper(folding.paper_id("First Paper"), "First Paper"), Paper(folding.paper_id("論文その2"), "論文その2", markers=("🔴",), decision="oral")


def put(store: Store, *papers: Paper, by: str = "user") -> None:
    store.apply([Change(None, Statement(USER, p)) for p in papers], by=by, action="put")


def empty(request: pytest.FixtureRequest, tmp_path: Path, kind: str) -> Store:
    """An empty store of that kind."""
    if kind == "neo4j":
        found: Neo4j = request.getfixturevalue("server")
        return found.open()
    return open_store(":memory:" if kind == "memory" else str(tmp_path / "store.db"), create=True)


def filled(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Library]:
    """A library with the ICLR notes in a store of the kind that `request.param` names."""
    if request.param == "file":
        path = tmp_path / "iclr.db"
        path.write_bytes(request.getfixturevalue("iclr_file").read_bytes())
        with Library(open_store(str(path))) as opened:
            yield opened
        return
    with Library(empty(request, tmp_path, request.param)) as opened:
        opened.import_notes(ICLR)
        yield opened


@pytest.fixture(params=STORES)
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    """Each kind of store, empty: contract tests run on all of them."""
    with empty(request, tmp_path, request.param) as opened:
        yield opened


@pytest.fixture
def library() -> Iterator[Library]:
    with Library(open_store(":memory:")) as opened:
        yield opened


@pytest.fixture
def write(tmp_path: Path) -> Callable[[str, str], Path]:
    """Writes a file of notes below a folder of its own and gives its path."""

    def write(name: str, text: str) -> Path:
        path = tmp_path / "notes" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8", newline="")
        return path

    return write


@pytest.fixture(scope="session")
def iclr_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store file with the ICLR notes; copy it before changing it."""
    path = tmp_path_factory.mktemp("iclr") / "iclr.db"
    with Library(open_store(str(path), create=True)) as opened:
        opened.import_notes(ICLR)
    return path


@pytest.fixture
def iclr(iclr_file: Path, tmp_path: Path) -> Iterator[Library]:
    """A library with the ICLR notes that a test may change."""
    path = tmp_path / "iclr.db"
    path.write_bytes(iclr_file.read_bytes())
    with Library(open_store(str(path))) as opened:
        yield opened


PAUSE = "Think before you speak: Training Language Models With Pause Tokens"
DISSECTING = "Dissecting learning and forgetting in language model finetuning"
MECHANISTIC = "What happens when you fine-tuning your model? Mechanistic analysis of procedurally generated tasks"


def paper_id(title: str) -> str:
    return folding.paper_id(title)


# --- the page in a real browser

FLAGS = "--no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking --disable-component-update --disable-sync"


def chromium() -> str | None:
    return os.environ.get("PAPERGRAPH_CHROMIUM") or next((p for n in ("chromium", "chromium-browser", "google-chrome") if (p := shutil.which(n))), None)


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    path = chromium()
    if path is None:
        if os.environ.get("PAPERGRAPH_REQUIRE_BROWSER"):
            pytest.fail("no Chromium, but PAPERGRAPH_REQUIRE_BROWSER is set")
        pytest.skip("no Chromium on this machine (PAPERGRAPH_CHROMIUM names one)")
    playwright_api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    # no longer than the module: while it runs, no other test of this process could start an event loop
    with playwright_api.sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=path, args=FLAGS.split())
        yield running
        running.close()


class Opened:
    """A page in the browser, with all that it complained of, asked for or was refused."""

    def __init__(
        self, browser: Any, file: Path, *, fragment: str = "", width: int = 1280, height: int = 800, scheme: str = "light", offline: bool = False, **context: Any
    ) -> None:
        self.context = browser.new_context(viewport={"width": width, "height": height}, color_scheme=scheme, reduced_motion="reduce", **context)
        self.context.set_offline(offline)
        self.context.add_init_script("addEventListener('securitypolicyviolation', (e) => console.error(`refused ${e.violatedDirective} ${e.blockedURI} ${e.sample}`))")
        self.page = self.context.new_page()
        self.trouble: list[str] = []
        self.page.on("console", lambda m: self.trouble.append(m.text))
        self.page.on("pageerror", lambda e: self.trouble.append(str(e)))
        self.page.on("dialog", self._dialog)
        self.page.on("popup", lambda p: self.trouble.append(f"popup {p.url}"))
        own = file.as_uri()
        self.page.on("request", lambda r: None if r.url.split("#")[0] == own or r.url.startswith("blob:") else self.trouble.append(f"request {r.url[:200]}"))
        self.page.goto(own + fragment)
        # an empty page has nothing to wait for
        self.page.evaluate("window.papergraph?.ready")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exc: object) -> None:
        self.context.close()

    def _dialog(self, dialog: Any) -> None:
        self.trouble.append(f"dialog {dialog.message}")
        dialog.dismiss()

    @property
    def panel(self) -> Any:
        return self.page.locator("#panel")

    @property
    def heading(self) -> str:
        return str(self.panel.locator("h2").inner_text())

    def choose(self, element: str) -> None:
        """As if one had clicked the node or edge."""
        self.page.evaluate("id => papergraph.choose(id)", element)


# --- the page, as `reader.Reader` sees it


@pytest.fixture(scope="module")
def notes(iclr_file: Path) -> Iterator[Library]:
    """The ICLR notes, to be read only."""
    with Library(open_store(str(iclr_file))) as opened:
        yield opened


@pytest.fixture(scope="module")
def graph(notes: Library) -> Any:
    """Their graph."""
    return notes.graph()


@pytest.fixture(scope="module")
def desk(browser: Any, iclr_file: Path) -> Iterator[Any]:
    from reader import Reader, page_of

    with Reader(browser, page_of(iclr_file)) as opened:
        yield opened


@pytest.fixture
def reader(desk: Any) -> Iterator[Any]:
    """The page of the ICLR notes, opened anew."""
    from reader import anew

    yield from anew(desk)


@pytest.fixture(scope="module")
def few(browser: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    from reader import Reader, small, written

    with Reader(browser, written(tmp_path_factory.mktemp("small"), small(), "Small & fine")) as opened:
        yield opened


@pytest.fixture
def little(few: Any) -> Iterator[Any]:
    """The page of `reader.small`, opened anew."""
    from reader import anew

    yield from anew(few)
