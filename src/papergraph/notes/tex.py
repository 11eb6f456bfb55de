r"""TeX → what a reader sees of it; accents and text symbols are those of the LaTeX2e reference manual, 23.5."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

from papergraph.folding import squeeze
from papergraph.notes.document import Link
from papergraph.notes.placed import WEB, Placed, trimmed

# each alternative begins with a character of its own, so that the search jumps to these
_TOKEN = re.compile(rf"\\(?:([A-Za-z]++)\*?|(.))|\{{|\}}|~|---?|``|''|\$|{WEB.pattern}|@", re.DOTALL)
_RUNS = {"~": " ", "--": "–", "---": "—", "``": "“", "''": "”"}
_MATH = re.compile(r"\$[^$\\]*+(?:\\.[^$\\]*+)*+\$", re.DOTALL)
_IN_ADDRESS = re.compile(r"[A-Za-z0-9_@.]")
_KEY = re.compile(r"[A-Za-z0-9_](?:[\w:.#+?/&-]*\w)?", re.ASCII)
_CITED = re.compile(r"(?:[ \t]*+\[[^\[\]{}]*+\]){0,2}[ \t]*+\{([^{}]*+)\}")
_GROUP = re.compile(r"[ \t]*+\{([^{}]*+)\}")
_AFTER_WORD = re.compile(r"\{\}|[ \t]++|")
_ACCENTED = re.compile(r"[ \t]*+(?:\{[ \t]*+(\\?[ij](?![A-Za-z])|[^\W\d_])[ \t]*+\}|(\\[ij](?![A-Za-z])|[^\W\d_]))")
_ACCENTS = dict(zip("`'^\"~=.cvHkurdb", "\u0300\u0301\u0302\u0308\u0303\u0304\u0307\u0327\u030c\u030b\u0328\u0306\u030a\u0323\u0331", strict=True))
_LETTERS = {
    **dict(w.split(":") for w in "ss:ß o:ø O:Ø l:ł L:Ł ae:æ AE:Æ oe:œ OE:Œ aa:å AA:Å i:ı j:ȷ dh:ð DH:Ð th:þ TH:Þ dj:đ DJ:Đ ng:ŋ NG:Ŋ".split()),
    **dict(w.split(":") for w in "dots:… ldots:… textellipsis:… textendash:– textemdash:— textquoteright:’ textquoteleft:‘ textquotesingle:'".split()),
    **dict(w.split(":") for w in "textquotedblleft:“ textquotedblright:” textasciitilde:~ textasciicircum:^ textbackslash:\\ textbar:|".split()),
    **dict(w.split(":") for w in "textless:< textgreater:> textunderscore:_ textdollar:$ textbullet:• textperiodcentered:· textdegree:°".split()),
    **dict(w.split(":") for w in "textregistered:® texttrademark:™ textcopyright:© copyright:© pounds:£ euro:€ texteuro:€ S:§ P:¶ slash:/".split()),
    **dict(w.split(":") for w in "guillemotleft:« guillemotright:» textmu:µ texttimes:× textbraceleft:{ textbraceright:} TeX:TeX LaTeX:LaTeX".split()),
}
_LAYOUT = frozenset("begin end label vspace hspace includegraphics color textcolor noopsort SortNoop".split())
"""Commands whose first argument is not seen."""

_SPACES = frozenset("item par newline linebreak quad qquad space hfill smallskip medskip bigskip".split())
_STRONG = frozenset("textbf bf bfseries mathbf strong".split())
_DECLARATIONS = frozenset("em it itshape tt ttfamily sc scshape sl slshape rm rmfamily sf sffamily small large normalsize noindent protect relax centering".split())


def read_tex(source: str, stretches: Sequence[tuple[int, int]], between: str = "\n") -> Placed:
    r"""What is seen of these stretches of `source`: no braces or commands, accents and text symbols as one character.

    Formulas stay as written. `\url`, `\href`, bare addresses, `\cite…{key}` and `@key` become links.

    >>> text = r"Schr{\"o}dinger's \emph{cat} -- \& {\O}rsted, $\alpha_{1}$"
    >>> read_tex(text, [(0, len(text))]).folded().text
    "Schrödinger's cat – & Ørsted, $\\alpha_{1}$"
    """
    placed = Placed()
    groups: list[tuple[int, str | None, bool]] = []
    for n, (start, end) in enumerate(stretches):
        if n and between:
            placed.put(between, stretches[n - 1][1])
        pos = start
        while (token := _TOKEN.search(source, pos, end)) is not None:
            at = token.start()
            if at > pos:
                placed.run(source, pos, at)
            pos = token.end()
            match source[at]:
                case "\\":
                    pos = _word(placed, source, token, end, groups) if token[1] else _sign(placed, source, token, end)
                case "{":
                    groups.append((len(placed), None, False))
                case "}":
                    if groups:
                        begin, target, strong = groups.pop()
                        if target:
                            placed.links.append(Link(begin, len(placed), target))
                        if strong:
                            placed.strong.append((begin, len(placed)))
                case "$":
                    formula = _MATH.match(source, at, end)
                    pos = formula.end() if formula else pos
                    placed.run(source, at, pos)
                case "h":
                    pos = at + len(trimmed(token[0]))
                    _address(placed, source, at, pos)
                case "@":
                    key = None if at and _IN_ADDRESS.match(source, at - 1) else _KEY.match(source, pos, end)
                    pos = key.end() if key else pos
                    placed.run(source, at, pos)
                    if key:
                        placed.links.append(Link(len(placed) - (pos - at), len(placed), key[0], "key"))
                case _:
                    placed.put(_RUNS[token[0]], at)
        placed.run(source, pos, end)
    placed.links += [Link(begin, len(placed), target) for begin, target, _ in groups if target]
    return placed


def _word(placed: Placed, source: str, token: re.Match[str], end: int, groups: list[tuple[int, str | None, bool]]) -> int:
    """A command named by letters; the offset after what it takes."""
    word, after = token[1], token.end()
    if word in _LETTERS:
        if _LETTERS[word] == word:
            placed.run(source, *token.span(1))
        else:
            placed.put(_LETTERS[word], token.start())
        swallowed = _AFTER_WORD.match(source, after, end)
        return swallowed.end() if swallowed else after
    if word in _ACCENTS and (accented := _ACCENTED.match(source, after, end)):
        return _accent(placed, token.start(), _ACCENTS[word], accented)
    if word in ("url", "path", "nolinkurl") and (group := _GROUP.match(source, after, end)):
        _address(placed, source, *group.span(1))
        return group.end()
    if word == "href" and (group := _GROUP.match(source, after, end)) and source.startswith("{", group.end()):
        groups.append((len(placed), plain_address(group[1]), False))
        return group.end() + 1
    if "cite" in word and (cited := _CITED.match(source, after, end)):
        begin = len(placed)
        placed.run(source, *cited.span(1))
        for key in re.finditer(r"[^\s,]+", cited[1]):
            placed.links.append(Link(begin + key.start(), begin + key.end(), key[0], "key"))
        return cited.end()
    if word in _LAYOUT and (group := _GROUP.match(source, after, end)):
        placed.put(" ", token.start())
        return group.end()
    if word in _SPACES:
        placed.put(" ", token.start())
        return after
    if source.startswith("{", after) and after < end:
        if word in _STRONG:
            groups.append((len(placed), None, True))
            return after + 1
        return after
    if word in _STRONG or word in _DECLARATIONS:
        if word in _STRONG and groups:
            groups[-1] = (len(placed), groups[-1][1], True)
        swallowed = _AFTER_WORD.match(source, after, end)
        return swallowed.end() if swallowed else after
    # an unknown command without an argument is rather lost meaning than layout
    placed.run(source, token.start(), after)
    return after


def _sign(placed: Placed, source: str, token: re.Match[str], end: int) -> int:
    """A command named by one sign; the offset after what it takes."""
    sign = token[2]
    if sign in _ACCENTS and (accented := _ACCENTED.match(source, token.end(), end)):
        return _accent(placed, token.start(), _ACCENTS[sign], accented)
    if sign in "\\ ,;:\n\t":
        placed.put(" ", token.start())
    elif sign in "()[]":
        placed.run(source, token.start(), token.end())
    elif sign not in "-/!@":
        placed.put(sign, token.start())
    return token.end()


def _accent(placed: Placed, start: int, mark: str, accented: re.Match[str]) -> int:
    letter = (accented[1] or accented[2]).lstrip("\\")
    placed.put(unicodedata.normalize("NFC", letter + mark), start)
    return accented.end()


def _address(placed: Placed, source: str, start: int, end: int) -> None:
    """An address as it is seen: TeX's escapes are not."""
    begin, pos = len(placed), start
    for escape in re.finditer(r"\\(?=[_%&#~$])", source[start:end]):
        placed.run(source, pos, start + escape.start())
        pos = start + escape.end()
    placed.run(source, pos, end)
    if target := plain_address(source[start:end]):
        placed.links.append(Link(begin, len(placed), target))


def plain_address(raw: str) -> str:
    r"""An address without TeX's escapes and braces.

    >>> plain_address(r"https://example.org/a\_b\#{c}")
    'https://example.org/a_b#c'
    """
    if "\\" in raw or "{" in raw:
        raw = re.sub(r"\\(?:url|path)\b|\\([_%&#~$])(?:\{\})?|[{}]", lambda m: m[1] or "", raw)
    return squeeze(raw)


def plain_tex(raw: str) -> str:
    r"""What is seen of a piece of TeX, on one line.

    >>> plain_tex(r"Erd{\H{o}}s,  {\v S}ime")
    'Erdős, Šime'
    """
    return read_tex(raw, [(0, len(raw))]).folded().text if _TOKEN.search(raw) else " ".join(raw.split())
