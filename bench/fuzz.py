"""Hostile notes by the thousand: nothing raises, every place stands, twice is the same, and time grows with length.

usage: python bench/fuzz.py [--notes N] [--seed S] [--seconds T] [--failures DIR]
       python bench/fuzz.py --growth [--longest N] [--slow SECONDS] [--only TEXT]

Note number n is the same wherever it is made, so pieces add up: a run says with which --seed the next begins.
"""

from __future__ import annotations

import argparse
import math
import signal
import sys
import tempfile
import time
import traceback
from collections.abc import Callable, Iterator
from pathlib import Path

from holds import broken
from hostile import MARKS, TOKENS, long_line, made, sources
from papergraph.importing import extract
from papergraph.notes import read

ALLOWED, A_CHARACTER = 4.0, 0.000_08
"""CPU seconds that checking a note may take (it is read and extracted twice), and for each of its characters."""
STEEP = 1.3
"""The exponent of growth above which time is not linear in length."""


class TooSlow(BaseException):
    """A note took more than its time; no `Exception`, lest it be caught."""


def _stop(*_: object) -> None:
    raise TooSlow


def failure_of(path: str, text: str) -> str | None:
    """What is wrong with a note; `None` if nothing."""
    signal.setitimer(signal.ITIMER_PROF, ALLOWED + A_CHARACTER * len(text))
    try:
        return "\n".join(broken(text, path)) or None
    except TooSlow:
        return "too slow\n" + "".join(traceback.format_exc(limit=-6))
    except Exception:
        return traceback.format_exc(limit=-6)
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)


def fuzz(first: int, notes: int, seconds: float, folder: Path) -> int:
    """Check notes from number `first` on; the number of failures."""
    known = sources()
    signal.signal(signal.SIGPROF, _stop)
    started, failures, characters, n = time.monotonic(), 0, 0, first
    while n < first + notes and time.monotonic() - started < seconds:
        path, text = made(n, known)
        characters += len(text)
        told = failure_of(path, text)
        if told is not None:
            failures += 1
            folder.mkdir(parents=True, exist_ok=True)
            (folder / f"{n}.note").write_bytes(f"{path}\n".encode() + text.encode("utf-8", "surrogatepass"))
            (folder / f"{n}.why").write_text(told, encoding="utf-8", errors="backslashreplace")
            print(f"note {n} ({path}, {len(text):,} characters): {told.strip().splitlines()[-1]!r}", flush=True)
        n += 1
    took = time.monotonic() - started
    done = n - first
    print(f"notes {first} to {n - 1}: {done:,} notes, {characters:,} characters, {failures} failures, {took:,.0f} s, {done / max(took, 0.001):,.0f} notes/s; next --seed {n}")
    return failures


# --- growth

BEGINNINGS: dict[str, list[str]] = {
    "a.md": ["- [A Title of Some Work](https://arxiv.org/abs/1701.00001)\n  - The same as ", "", "# ", "- ", "| a | b |\n|---|---|\n| ", "## References\n[1] ", "- A Title of Some Work ("],
    "a.txt": ["- 「」: 僕の発言\n- A Title of Some Work 🔴\n- ", "これは"],
    "a.bib": ["@article{a, title={A Title of Some Work}, note = {", "", "@article{a, author = {"],
    "a.org": ["- ", "* A\n:PROPERTIES:\n:AUTHOR: "],
    "a.html": ["<html><body><ul><li>", ""],
}
ENDS = ("", "!x")
"""What long lines end with; the second one only after a layout's first beginning."""


def lines_of(n: int) -> dict[str, Note]:
    """Notes of `n` lines or things, all of one sort."""

    def each(line: str) -> str:
        return "".join(line.replace("%", str(k)) for k in range(n))

    paper = "[A Study Number% of Many Works](https://arxiv.org/abs/1701.%)"
    return {
        "entries": ("a.md", each(f"- {paper}\n  - The same claim as the previous paper.\n")),
        "entries under headings": ("a.md", each(f"## {paper}\nAnn Lee, ICML 2020\n\nThis extends Study Number% of Many.\n")),
        "entries by authors": ("a.md", each("- A Study Number% of Many Works, Ann Lee% and Bo Chen, ICML 2020\n  - Unlike Lee% et al. (2020) it is new.\n")),
        "named entries": ("a.md", each("- [NoteNet%: A Study of Works](https://arxiv.org/abs/%)\n  - NoteNet% proposes Foo% Bar Net (FBN). It is similar to NoteNet1.\n")),
        "cited in items": ("a.md", "- [A Study of Works and More](https://arxiv.org/abs/1)\n" + each("  - a remark, the same as\n    - [Other Study Number % of Things](https://arxiv.org/abs/%)\n")),
        "references": ("a.md", each("A claim of Lee% et al. (2020) [%].\n\n") + "## References\n" + each("[%] A. Lee%, B. Chen. Attention Revisited Number % Times. In ICML, 2020.\n\n")),
        "footnotes": ("a.md", each("A claim.[^%]\n\n") + each("[^%]: A. Lee%. Attention Revisited Number % Times. In ICML, 2020.\n\n")),
        "wikilinks": ("a.md", each("- [[Page %]] extends [[Other %|a name %]].\n")),
        "prose": ("a.md", each("This work extends the previous one, and Lee% et al. (2020) propose the opposite. ")),
        "prose links": ("a.md", each("It is similar to " + paper + ", and uses BERT%. ")),
        "keys beside links": ("a.md", each("[a](b) [lee:x%2020]. So ")),
        "addresses": ("a.md", each("So https://a.b/% is [a](https://arxiv.org/abs/%). ")),
        "a paragraph": ("a.md", each("A line of prose that is similar to the one before\n")),
        "related work": ("a.md", "# A Study of Works and More\nAnn Lee. ICML 2020. https://arxiv.org/abs/1\n## Related work\n" + each(f"- {paper}\n")),
        "a related line": ("a.md", "# A Study of Works and More\nAnn Lee. ICML 2020. https://arxiv.org/abs/1\n\nrelated:: " + each("[[Page %]], ") + "\n"),
        "titles in a line": ("a.md", "# A Study of Works and More\nAnn Lee. ICML 2020. https://arxiv.org/abs/1\n\nSee also: " + each("A Study Number% of Many; ") + "\n"),
        "headings": ("a.md", each("## A Topic %\n")),
        "rows": ("a.md", "| Paper | Venue |\n|---|---|\n" + each(f"| {paper} | ICML 2020 |\n")),
        "cells": ("a.md", "|" + "a|" * n + "\n|" + "-|" * n + "\n|" + each("A Study Number% of Many|") + "\n"),
        "legend": ("a.md", each("- 🔴: 好き%\n") + each(f"- {paper} 🔴\n")),
        "labels": ("a.md", each("Label%: a value\n")),
        "one line again": ("a.md", each("- a remark that stays the same\n")),
        "one relation again": ("a.md", f"- {paper}\n- [Other Works](https://arxiv.org/abs/2)\n" + each("  - Same claim as the previous paper, said the time %.\n")),
        "positions in prose": ("a.md", each("上の二つの論文の拡張である%。\n\n")),
        "code spans": ("a.md", each("`a%` b ")),
        "escaped bars": ("a.md", "| a | b |\n|---|---|\n| x | " + each("a% \\| ") + "|\n"),
        "keys": ("a.md", each("It extends [@lee%2020], and Lee% et al. (2020).\n\n")),
        "images that link": ("a.md", each("[![](https://a.b/%)](https://arxiv.org/abs/%) ")),
        "acronyms": ("a.md", "- [A Study of Works and More](https://arxiv.org/abs/1)\n" + each("  - It is similar to Foo Bar Net% (FBN%) and Nets.\n")),
        "html in markdown": ("a.md", each("<details><summary>a %</summary>b</details>\n\n")),
        "scripts in markdown": ("a.md", "<div>\n" + each("<script>a %\n")),
        "flat items": ("a.txt", each("- A Study Number% of Many Works 🔴\n- 上の論文と主張が一致%\n")),
        "flat headings": ("a.txt", each("見出し%について\n- 項目%\n")),
        "flat headings alone": ("a.txt", each("見出し%\n") + "- a\n"),
        "flat prose": ("a.txt", each("これは論文%と似ている。上の論文の拡張か？\n\n")),
        "a flat line": ("a.txt", each("これは論文%と似ている。上の論文の拡張か？")),
        "glued items": ("a.txt", "- a" + each("。- 項目%")),
        "tags alone": ("a.txt", each("<tag%>\n")),
        "brackets": ("a.txt", "- 「」: 僕の発言\n- A Study of Many Works 🔴\n- " + each("「面白い%」という話。") + "\n"),
        "bibtex": ("a.bib", each("@article{lee%, title={A Study Number% of Many Works}, author={Lee%, Ann and Chen, Bo}, year=2020, annote={Extends \\cite{lee1}. NoteNet%: new.}}\n")),
        "bibtex that inherits": ("a.bib", each("@article{lee%, title={A Study Number% of Many Works}, crossref={lee1}}\n")),
        "broken bibtex": ("a.bib", each("@article{lee%, title={A Study {Number% of Many Works}, year=2020}\n")),
        "bibtex fields": ("a.bib", "@article{lee, title={A Study of Works and More}, " + each("note% = {a remark %}, ") + "}\n"),
        "bibtex remarks": ("a.bib", "@article{lee, title={A Study of Works and More}}\n" + each("A remark % between entries.\n\n")),
        "org headings": ("a.org", each("** [[https://arxiv.org/abs/%][A Study Number% of Many]] :tag:\n:PROPERTIES:\n:AUTHOR: Lee%, Ann\n:YEAR: 2020\n:END:\nSimilar to the previous paper.\n")),
        "org drawers unclosed": ("a.org", each("* A %\n:PROPERTIES:\n:A: b\n")),
        "org quotes": ("a.org", each("#+begin_quote\na %\n") + each("#+end_quote\n")),
        "html items": ("a.html", "<html><body><ul>" + each("<li><a href='https://arxiv.org/abs/%'>A Study Number% of Many</a>: extends the previous paper")),
        "html tables": ("a.html", "<html><body>" + each("<table><tr><td>a %")),
        "front matter": ("a.md", "---\ntitle: A\nauthors:\n" + each("  - Ann Lee%\n") + "---\n# A\n"),
        "deep front matter": ("a.md", "---\na: " + "[" * min(n, 30_000) + "\n---\n# A\n"),
    }


Note = tuple[str, str]


def seconds_of(path: str, text: str, most: float) -> float:
    """CPU seconds to read and extract a note, the better of two times where they are few; infinite above `most`."""
    signal.setitimer(signal.ITIMER_PROF, most)
    try:
        times = []
        for _ in range(2):
            start = time.process_time()
            extract([read(text, path)])
            times.append(time.process_time() - start)
            if times[0] > 0.25:
                break
        return min(times)
    except TooSlow:
        return math.inf
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)


def exponent(sizes: list[int], times: list[float]) -> float:
    """The slope of log time over log size, by least squares over the larger sizes (times of 20 ms and more)."""
    points = [(math.log(s), math.log(t)) for s, t in zip(sizes, times, strict=True) if 0.02 <= t < math.inf]
    if math.inf in times:
        return math.inf
    if len(points) < 2:
        return 0.0
    x, y = (sum(p[k] for p in points) / len(points) for k in (0, 1))
    return sum((a - x) * (b - y) for a, b in points) / sum((a - x) ** 2 for a, _ in points)


def families() -> Iterator[tuple[str, Callable[[int], Note], float]]:
    """`(name, note of a size, largest size as a share)` of each family of long lines and of long notes."""
    for path, beginnings in BEGINNINGS.items():
        for n, begin in enumerate(beginnings):
            for token in dict.fromkeys((*TOKENS, *(m for m in MARKS if m))):
                for end in ENDS[: 1 if n else None]:
                    yield f"{path} {begin!r} {token!r} {end!r}", lambda n, p=path, b=begin, t=token, e=end: (p, b + long_line(t, n) + e + "\n"), 1.0  # type: ignore[misc]
    for name in lines_of(1):
        yield f"many {name}", lambda n, name=name: lines_of(n)[name], 1 / 16  # type: ignore[misc]


def growth(longest: int, slow: float, only: str) -> int:
    """Measure each family; the number of those that take more than `slow` seconds and do not grow with their length."""
    signal.signal(signal.SIGPROF, _stop)
    extract([read("- [A Title of a Paper](https://arxiv.org/abs/1)\n  - 上の論文と似ている。 It extends it.\n", "a.md")])
    steep, steepest, count = 0, [], 0
    for name, note, share in families():
        if only not in name:
            continue
        sizes = [int(longest * share) // 8, int(longest * share) // 4, int(longest * share) // 2, int(longest * share)]
        times: list[float] = []
        for size in sizes:
            times.append(seconds_of(*note(size), most=30.0))
            if times[-1] == math.inf:
                break
        slope = exponent(sizes[: len(times)], times)
        count += 1
        steepest.append((slope, times[-1], name))
        if slope > STEEP and times[-1] > slow:
            steep += 1
            print(f"STEEP {slope:5.2f}  {' '.join(f'{t:8.3f}' for t in times)} s  {name}", flush=True)
    print(f"{count:,} families to {longest:,} characters, {steep} steep; the slowest:")
    for slope, last, name in sorted(steepest, key=lambda s: -s[1])[:12]:
        print(f"  {slope:5.2f} {last:8.3f} s  {name}")
    return steep


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--notes", type=int, default=1_000, help="how many notes (1,000)")
    options.add_argument("--seed", type=int, default=0, help="the number of the first note (0)")
    options.add_argument("--seconds", type=float, default=math.inf, help="stop after so long")
    options.add_argument("--failures", type=Path, default=Path(tempfile.gettempdir()) / "papergraph-fuzz", help="where failing notes are written")
    options.add_argument("--growth", action="store_true", help="measure how time grows with the length of a line and of a note")
    options.add_argument("--longest", type=int, default=64_000, help="characters of the longest line for --growth (64,000)")
    options.add_argument("--slow", type=float, default=0.5, help="seconds up to which growth does not matter (0.5)")
    options.add_argument("--only", default="", help="of the families those whose name holds this")
    given = options.parse_args()
    sys.exit(1 if (growth(given.longest, given.slow, given.only) if given.growth else fuzz(given.seed, given.notes, given.seconds, given.failures)) else 0)


if __name__ == "__main__":
    main()
