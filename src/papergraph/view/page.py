"""Scene → page: pyvis makes the file and carries vis-network; the template, the style and the script are ours."""

from __future__ import annotations

import base64
import hashlib
import html
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import Any

from papergraph.view.labels import clean
from papergraph.view.payload import core, details, packed
from papergraph.view.scene import Scene

SCRIPTS = (
    "model.js",  # what the page was given, as columns
    "look.js",  # colours, fonts, small makers of elements
    "state.js",  # what one sees: filters, focus, what is chosen; undo; the address
    "walk.js",  # neighbourhoods, shortest paths, related papers
    "paint.js",  # areas, lines, cards, signs, on anything that draws like a canvas
    "stage.js",  # vis-network: the camera, the pointer, dragging; bitmaps while it moves
    "panel.js",  # what is told of what is chosen
    "search.js",
    "legend.js",  # the key, which filters too
    "picture.js",  # PNG, SVG, print
    "keys.js",
    "live.js",  # a page that a running papergraph serves
    "start.js",
)
"""The parts of the page's script, in their order; they share one scope."""


@dataclass(frozen=True, slots=True)
class Page:
    """An interactive page as one HTML text, to be written as UTF-8; a notebook shows it inline."""

    html: str
    title: str = "papergraph"

    def __str__(self) -> str:
        return self.html

    def __repr__(self) -> str:
        return f"Page({self.title!r}, {len(self.html):,} characters)"

    def save(self, path: Path | str) -> None:
        """Write it to a file, as UTF-8 whatever the locale."""
        Path(path).write_text(self.html, encoding="utf-8", newline="")

    def _repr_html_(self) -> str:
        """A frame that holds the page; it runs apart from the notebook and can reach nothing of it."""
        allowed = "allow-scripts allow-downloads allow-modals allow-popups allow-popups-to-escape-sandbox"
        return (
            f'<iframe title="{html.escape(clean(self.title), quote=True)}" sandbox="{allowed}" '
            f'style="width:100%;height:640px;border:1px solid #8888;border-radius:8px" srcdoc="{html.escape(self.html, quote=True)}"></iframe>'
        )


def render(scene: Scene, *, title: str = "papergraph", part: str = "", told: Mapping[str, Any] | None = None) -> Page:
    """The whole page.

    Parameters
    ----------
    scene
        What to show.
    title
        The page's title.
    part
        What part of the library it shows, in words; empty for all of it.
    told
        What a page that is served, not written, is told beside that (`serving`); `None` for a page that stands by itself.

    Returns
    -------
    Page
        One self-contained HTML file. Equal scenes give equal pages, byte for byte. A Content-Security-Policy in it allows no
        request and no script but the page's own, told by their hashes; one that is served may ask its own server.
    """
    import jinja2
    import pyvis
    from pyvis.network import Network

    here = files("papergraph.view")
    title = clean(title) or "papergraph"
    library = (files(pyvis) / "lib" / "vis-9.1.2" / "vis-network.min.js").read_text(encoding="utf-8").replace("</script", "<\\/script")
    script = script_text()
    style = (here / "page.css").read_text(encoding="utf-8")
    net = Network(cdn_resources="local", notebook=False)
    drawn = {**core(scene, title), **(told or {})}
    net.set_template_dir(str(here), "page.html")
    # pyvis makes an environment that escapes nothing
    net.templateEnv = jinja2.Environment(loader=jinja2.FileSystemLoader(str(here)), autoescape=True, keep_trailing_newline=True)
    net.templateEnv.globals.update(
        title=title,
        part=clean(part),
        library=library,
        script=script,
        style=style,
        policy=_policy([library, script], style, asks=told is not None),
        core=packed(drawn),
        details=packed({} if told is not None else details(scene)),
        empty=not scene.nodes and told is None,
    )
    return Page(str(net.generate_html("page.html")), title)


def script_text() -> str:
    """The page's script: its parts in one function, of which no more than `window.papergraph`, for tests, is seen from outside."""
    here = files("papergraph.view") / "script"
    parts = [(here / name).read_text(encoding="utf-8") for name in SCRIPTS]
    return '"use strict";\n(() => {\n' + "\n".join(parts) + "})();\n"


def _policy(scripts: list[str], style: str, *, asks: bool) -> str:
    def hashed(text: str) -> str:
        return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"

    own, none = "'self'", "'none'"
    return (
        f"default-src 'none'; script-src {' '.join(map(hashed, scripts))}; style-src {hashed(style)}; img-src data: blob:; "
        f"connect-src {own if asks else none}; base-uri 'none'; form-action 'none'"
    )
