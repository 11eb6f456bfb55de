"""Which part of a page is its main content, and what in it is none."""

from __future__ import annotations

import re
from collections.abc import Sequence

from papergraph.notes.htmltokens import VOID, Token

_DROPPED = frozenset(
    "annotation aside audio button canvas dialog footer form head iframe map nav noembed noframes noscript object rp rt script search select style svg"
    " template textarea title video xmp".split()
)
_DROPPED_ROLES = frozenset(("navigation", "search", "contentinfo", "complementary"))
_NO_DISPLAY = re.compile(r"display\s*+:\s*+none", re.IGNORECASE)
_PERMALINK = re.compile(r"(?:^|\s)(?:headerlink|doc-anchor|header-?anchor|heading-?(?:anchor|link)|anchor-?link|anchorjs-link)(?:\s|$)", re.IGNORECASE)


def is_dropped(text: str, token: Token, kept: str) -> bool:
    """Whether an element and all in it are no content: navigation, forms, what is hidden; not the element named `kept`."""
    said = token.attributes
    if token.name in _DROPPED and token.name != kept:
        # notes below a text are often marked as an aside
        return not (token.name == "aside" and text[slice(*said.get("role", (0, 0)))].startswith("doc-"))
    if not said:
        return False
    if "hidden" in said or text[slice(*said.get("aria-hidden", (0, 0)))] == "true" or text[slice(*said.get("role", (0, 0)))] in _DROPPED_ROLES:
        return True
    if "style" in said and _NO_DISPLAY.search(text, *said["style"]):
        return True
    return token.name == "a" and "class" in said and _PERMALINK.search(text[slice(*said["class"])]) is not None


def find_main(text: str, tokens: Sequence[Token], kept: str) -> tuple[int, int]:
    """Which tokens are the main content: of `main`, `article` and `role=main` the one with the most text.

    Where a second one apart from it has a quarter as much, the page is a list of articles, and all of it counts. Of a `main` that holds
    little but one `article`, what is around that are comments and the like, unless the title is among it.
    """
    seen, dropped = 0, 0
    open_: list[tuple[int, int] | None] = []
    found: list[tuple[int, int, int]] = []
    for n, token in enumerate(tokens):
        if token.name == "#text":
            seen += 0 if dropped else len(text[token.start : token.end].strip())
        elif token.closing:
            begun = open_.pop()
            if dropped:
                dropped -= 1
            elif begun is not None:
                found.append((seen - begun[1], begun[0], n + 1))
        elif token.name not in VOID:
            if dropped or is_dropped(text, token, kept):
                dropped += 1
            main = token.name in ("main", "article") or text[slice(*token.attributes.get("role", (0, 0)))] == "main"
            open_.append((n, seen) if main else None)
    best = max(found, key=lambda f: (f[0], -f[1]), default=(0, 0, 0))
    rivals = [f for f in found if f[2] <= best[1] or f[1] >= best[2]]
    if not best[0] or any(4 * f[0] >= best[0] for f in rivals):
        return 0, len(tokens)
    for inner in sorted(found, key=lambda f: (-f[0], f[1])):
        if best[1] < inner[1] and inner[2] < best[2] and 4 * inner[0] >= 3 * best[0]:
            around = (*tokens[best[1] : inner[1]], *tokens[inner[2] : best[2]])
            if not any(t.name == "h1" for t in around):
                return inner[1], inner[2]
            break
    return best[1], best[2]
