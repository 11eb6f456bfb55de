"""The page over HTTP, on this machine alone: who may ask, and what is answered.

Only the loopback interface listens. A request must name this server as its host (no other name that resolves here will do), come from no
other page, and bear the token that stands in the link; there are no cookies, and no other page is allowed to read an answer.
"""

from __future__ import annotations

import hmac
import os
import secrets
import socket
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Any, TypeVar

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.routing import Route

from papergraph.errors import AmbiguousNameError, PapergraphError, StoreError, UnknownNameError, UsageError
from papergraph.library import Library
from papergraph.model import Note, Paper, Topic
from papergraph.serving.atlas import Atlas, Sheet, relation_of
from papergraph.view import render
from papergraph.view.details import relation_details, told_of
from papergraph.view.payload import core
from papergraph.vocabulary import RELATIONS

if TYPE_CHECKING:
    import uvicorn
    from starlette.types import ASGIApp, Receive, Scope, Send

_T = TypeVar("_T")
HOST = "127.0.0.1"
LONGEST_BODY = 65_536
"""Bytes of a request's body, at most."""
_HEADERS = {
    "cache-control": "no-store",
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "x-frame-options": "DENY",
    "cross-origin-resource-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
    "content-security-policy": "frame-ancestors 'none'",
}


@dataclass
class Server:
    """The page of one library.

    Parameters
    ----------
    opener
        Opens the library; called in the one thread that works with it.
    title
        The page's title.
    token
        What the link bears; made anew for each server if left out.
    """

    opener: Callable[[], Library]
    title: str = "papergraph"
    token: str = field(default_factory=lambda: secrets.token_urlsafe(24))
    port: int = field(default=0, init=False)

    def __post_init__(self) -> None:
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="library")
        self._library: Library | None = None
        self._atlas: Atlas | None = None
        self._running: uvicorn.Server | None = None

    @property
    def address(self) -> str:
        """The link that opens the page."""
        return f"http://{HOST}:{self.port}/?token={self.token}"

    def application(self) -> Starlette:
        """The routes, behind the guard."""
        asks = {"map": self._map, "place": self._place, "around": self._around, "path": self._path, "node": self._node, "edge": self._edge, "search": self._search}
        return Starlette(
            routes=[
                Route("/", self._page, methods=["GET"]),
                *(Route(f"/api/{name}", self._answers(work), methods=["GET"]) for name, work in asks.items()),
                Route("/api/relation", self._answers(self._add), methods=["POST"]),
                Route("/api/decision", self._answers(self._decide), methods=["POST"]),
                Route("/api/undo", self._answers(self._undo), methods=["POST"]),
            ],
            middleware=[Middleware(_Guard, server=self)],
        )

    def run(self, *, port: int = 0, ready: Callable[[str], None] = lambda address: None) -> None:
        """Serve until it is interrupted; `ready` is called with the link once it can be opened.

        Raises
        ------
        UsageError
            If the port is taken.
        """
        import uvicorn

        listening = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        # elsewhere than on POSIX it would let another process listen on the same port
        if os.name == "posix":
            listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listening.bind((HOST, port))
        except OSError as error:
            listening.close()
            raise UsageError(f"port {port} cannot be used: {error.strerror}; leave --port out, and a free one is taken") from error
        self.port = listening.getsockname()[1]
        # what cannot be opened is told before anybody is sent to it
        try:
            self._thread.submit(self._open).result()
            listening.listen()
            ready(self.address)
            self._running = uvicorn.Server(
                uvicorn.Config(self.application(), log_level="error", access_log=False, server_header=False, date_header=False, lifespan="off", ws="none")
            )
            self._running.run(sockets=[listening])
        finally:
            listening.close()
            self.close()

    def stop(self) -> None:
        """End `run`, from another thread."""
        if self._running is not None:
            self._running.should_exit = True

    def close(self) -> None:
        """Let go of the library."""
        if self._library is not None:
            self._thread.submit(self._library.close).result()
            self._library = None
        self._thread.shutdown()

    # --- in the library's thread

    def _open(self) -> Library:
        if self._library is None:
            self._library = self.opener()
            self._atlas = Atlas(self._library)
        return self._library

    async def _work(self, work: Callable[[], _T]) -> _T:
        import asyncio

        return await asyncio.get_running_loop().run_in_executor(self._thread, work)

    def _sheets(self) -> Atlas:
        self._open()
        assert self._atlas is not None
        return self._atlas

    def _told(self, sheet: Sheet) -> dict[str, Any]:
        return {
            "live": {
                "at": sheet.at,
                "name": sheet.name,
                "leftOut": sheet.left_out,
                "counts": {n.id: sheet.counts[n.id] for n in sheet.scene.nodes if n.id in sheet.counts},
                "relations": [{"type": t.name, "active": t.active} for t in RELATIONS.values()],
            }
        }

    def _core(self, sheet: Sheet) -> dict[str, Any]:
        return {**core(sheet.scene, self.title), **self._told(sheet)}

    # --- answers

    async def _page(self, request: Request) -> Response:
        def work() -> str:
            sheet = self._sheets().map()
            return render(sheet.scene, title=self.title, told=self._told(sheet)).html

        try:
            return HTMLResponse(await self._work(work))
        except PapergraphError as error:
            return Response(str(error), status_code=503, media_type="text/plain")

    def _answers(self, work: Callable[[dict[str, str], dict[str, Any]], Any]) -> Callable[[Request], Awaitable[Response]]:
        async def answer(request: Request) -> Response:
            body: dict[str, Any] = {}
            if request.method == "POST":
                try:
                    body = await request.json()
                except ValueError:
                    return _problem(400, "the request is no JSON")
                if not isinstance(body, dict):
                    return _problem(400, "the request is no JSON object")
            try:
                return JSONResponse(await self._work(partial(work, dict(request.query_params), body)))
            except UnknownNameError as error:
                return _problem(404, str(error))
            except (UsageError, AmbiguousNameError) as error:
                return _problem(400, str(error))
            except StoreError as error:
                return _problem(503, str(error))

        return answer

    def _map(self, asked: dict[str, str], _: dict[str, Any]) -> Any:
        return self._core(self._sheets().map())

    def _path(self, asked: dict[str, str], _: dict[str, Any]) -> Any:
        return self._core(self._sheets().path(asked.get("from", ""), asked.get("to", "")))

    def _place(self, asked: dict[str, str], _: dict[str, Any]) -> Any:
        return self._core(self._sheets().place(asked.get("id", "")))

    def _around(self, asked: dict[str, str], _: dict[str, Any]) -> Any:
        depth = asked.get("depth", "1")
        if depth not in ("1", "2", "3"):
            raise UsageError("a depth is 1, 2 or 3")
        return self._core(self._sheets().around(asked.get("id", ""), int(depth)))

    def _node(self, asked: dict[str, str], _: dict[str, Any]) -> Any:
        library = self._open()
        own = asked.get("id", "")
        if own.startswith("k-"):
            return told_of(Topic(own, ""), (), ())
        found = self._sheets().node(own)
        near = library.store.around(found.id)
        told = told_of(found, near.notes, near.relations)
        if isinstance(found, Paper):
            told["related"] = [{"id": r.paper.id, "name": r.paper.title, "score": r.score, "reasons": list(dict.fromkeys(x.text for x in r.reasons))[:3]} for r in library.related(found.id, limit=8)]
        return told

    def _edge(self, asked: dict[str, str], _: dict[str, Any]) -> Any:
        return {"evidence": relation_details(relation_of(self._open(), asked.get("id", "")))}

    def _search(self, asked: dict[str, str], _: dict[str, Any]) -> Any:
        library = self._open()
        out: dict[str, dict[str, Any]] = {}
        for hit in library.search(asked.get("text", "")[:400], 40):
            node = hit.node
            own = node.about or next(iter(node.mentions), None) if isinstance(node, Note) else node.id
            if own is not None and own not in out:
                out[own] = {"id": own, "text": node.text} if isinstance(node, Note) else {"id": own, "name": node.name, "kind": node.label.lower()}
        named = library.store.get([i for i, h in out.items() if "name" not in h])
        for own, node in named.items():
            if own in out:
                out[own] |= {"name": node.name, "kind": node.label.lower()}
        return {"hits": [h for h in out.values() if "name" in h]}

    def _add(self, _: dict[str, str], body: dict[str, Any]) -> Any:
        values = {k: body.get(k) for k in ("source", "type", "target", "note")}
        if not all(isinstance(values[k], str) for k in ("source", "type", "target")) or not isinstance(values["note"] or "", str):
            raise UsageError("a relation needs source, type and target")
        done = self._open().add_relation(str(values["source"]), str(values["type"]), str(values["target"]), note=values["note"] or None, hedged=body.get("hedged") is True)
        return {"changeSet": done.number if done else None}

    def _undo(self, _: dict[str, str], body: dict[str, Any]) -> Any:
        number = body.get("changeSet")
        if type(number) is not int:
            raise UsageError("say which change set to take back")
        return {"changeSet": self._open().undo(number).number}

    def _decide(self, _: dict[str, str], body: dict[str, Any]) -> Any:
        edge, decision = body.get("id"), body.get("decision")
        if not isinstance(edge, str) or decision not in ("accept", "reject"):
            raise UsageError("a decision needs the relation's id, and is 'accept' or 'reject'")
        library = self._open()
        relation = relation_of(library, edge)
        if body.get("status") not in (None, relation.status):
            raise UsageError(f"somebody has {relation.status} it meanwhile; load the page anew to see it as it is")
        done = library.accept(relation.id) if decision == "accept" else library.reject(relation.id)
        return {"changeSet": done.number if done else None}


class _Guard:
    """Lets through what comes from the page itself, on this machine, with the token."""

    def __init__(self, app: ASGIApp, server: Server) -> None:
        self.app = app
        self.server = server

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return

        async def named(message: Any) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message["headers"], *((k.encode(), v.encode()) for k, v in _HEADERS.items())]
            await send(message)

        refused = self._refusal(Request(scope))
        if refused is not None:
            await refused(scope, receive, named)
            return
        await self.app(scope, receive, named)

    def _refusal(self, request: Request) -> Response | None:
        own = {f"{name}:{self.server.port}" for name in (HOST, "localhost")}
        host = request.headers.get("host", "").lower()
        if host not in own:
            return _problem(421, "this server answers to its own address only")
        api = request.url.path.startswith("/api/")
        origin = request.headers.get("origin")
        if origin is not None and origin.lower() != f"http://{host}":
            return _problem(403, "this page may not ask here")
        if api and request.headers.get("sec-fetch-site", "same-origin") not in ("same-origin", "none"):
            return _problem(403, "this page may not ask here")
        token = request.headers.get("x-papergraph-token", "") if api else request.query_params.get("token", "")
        if not hmac.compare_digest(token.encode("utf-8", "replace"), self.server.token.encode()):
            text = "the token is missing or wrong; open the link that `papergraph serve` printed"
            return _problem(401, text) if api else Response(text, status_code=401, media_type="text/plain")
        if request.method == "POST":
            if request.headers.get("content-type", "").partition(";")[0].strip().lower() != "application/json":
                return _problem(415, "a change is sent as JSON")
            length = request.headers.get("content-length", "")
            if not length.isdigit() or int(length) > LONGEST_BODY:
                return _problem(413, f"a request has at most {LONGEST_BODY:,} bytes, and says how many")
        return None


def _problem(status: int, text: str) -> Response:
    return JSONResponse({"error": text}, status_code=status)
