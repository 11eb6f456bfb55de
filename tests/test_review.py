"""A review: keys in → decisions in the store out. Without a terminal, drawn at any size, and in a real pseudo-terminal."""

from __future__ import annotations

import fcntl
import os
import pty
import re
import select
import shutil
import signal
import struct
import subprocess
import sys
import termios
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conftest import ICLR, STORES, filled
from papergraph.cli.folds import folds, shortened
from papergraph.cli.review import _Session
from papergraph.cli.reviewscreen import Context, screen
from papergraph.library import Library
from papergraph.model import Relation
from papergraph.reviewing import TYPE_KEYS, Deed, Mode, Order, Review, meet, press, queue, summary
from papergraph.store import open_store
from papergraph.vocabulary import Status
from test_cli import Run, run, width

__all__ = ["run"]

TYPES = {kind.name: key for key, kind in TYPE_KEYS.items()}


def begin(library: Library, **how: object) -> Review:
    return queue(library.relations(status=Status.PROPOSED), **how)  # type: ignore[arg-type]


class Driven(_Session):
    """A review driven by keys without a terminal."""

    def press(self, *keys: str) -> Driven:
        for key in keys:
            self.review = meet(self.review, self._look)
            self.review, deed = press(self.review, key)
            if deed is not None:
                self.review = self._do(deed)
        self.review = meet(self.review, self._look)
        return self

    def type(self, text: str) -> Driven:
        return self.press(*text)


@pytest.fixture
def every(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Library]:
    """A library with the ICLR notes in each kind of store."""
    yield from filled(request, tmp_path)


@pytest.fixture
def session(iclr: Library) -> Driven:
    return Driven(iclr, begin(iclr), Order.LOWEST)


def status_of(library: Library, *relations: Relation) -> list[str]:
    found = library.store.relations_by_id(r.id for r in relations)
    return [str(found[r.id].status) if r.id in found else "gone" for r in relations]


# --- which, and in what order


@pytest.mark.parametrize(("order", "sign"), [(Order.LOWEST, 1), (Order.SUREST, -1)])
def test_the_least_or_the_most_certain_first(iclr: Library, order: Order, sign: int) -> None:
    found = [i.relation.confidence for i in begin(iclr, order=order).queue]
    assert len(found) == 7
    assert found == sorted(found, key=lambda c: sign * c)


def test_as_they_stand_in_the_notes(iclr: Library) -> None:
    lines = [min(e.line or 0 for e in i.relation.evidence) for i in begin(iclr, order=Order.NOTES).queue]
    assert lines == sorted(lines)


def test_only_some(iclr: Library, write: Callable[[str, str], Path]) -> None:
    iclr.import_notes(write("other.md", "# A\n- [A Paper on Notes](https://arxiv.org/abs/2401.00001)\n  - 下の論文と主張が一致\n- [Another Paper on Notes](https://arxiv.org/abs/2401.00002)\n"))
    assert len(begin(iclr).queue) == 8
    assert len(begin(iclr, source="other").queue) == len(begin(iclr, source="OTHER.MD").queue) == 1
    assert len(begin(iclr, source=ICLR.name).queue) == 7
    assert begin(iclr, source="none.md").mode is Mode.END
    hedged = begin(iclr, hedged=True).queue
    assert 0 < len(hedged) < 8
    assert all(i.relation.hedged for i in hedged)
    iclr.accept(hedged[0].relation.id)
    assert len(begin(iclr).queue) == 7


def test_a_symmetric_relation_is_told_from_what_the_notes_are_about(iclr: Library) -> None:
    (item,) = [i for i in begin(iclr).queue if i.relation.type == "SIMILAR_TO" and "induction heads" in (i.source.name, i.target.name)]
    assert (item.source.label, item.target.name) == ("Paper", "induction heads")


# --- keys


@pytest.mark.parametrize(
    ("keys", "expected"),
    [
        (["a"], ["accepted", "proposed", "proposed"]),
        (["r", "enter"], ["rejected", "proposed", "proposed"]),
        (["s", "a"], ["proposed", "accepted", "proposed"]),
        (["right", "right", "left", "a"], ["proposed", "accepted", "proposed"]),
        (["ａ", "ｓ", "ａ"], ["accepted", "proposed", "accepted"]),
        (["a", "r", "escape", "a"], ["accepted", "accepted", "proposed"]),
        # one that is decided is not decided again, but can be taken back
        (["a", "b", "r", "enter"], ["accepted", "proposed", "proposed"]),
        (["a", "a", "u"], ["accepted", "proposed", "proposed"]),
        (["a", "a", "u", "u"], ["proposed", "proposed", "proposed"]),
        (["a", "a", "b", "b", "u"], ["proposed", "accepted", "proposed"]),
        (["a", "u", "r", "enter"], ["rejected", "proposed", "proposed"]),
        (["u", "b", "x", "あ", "?", "a", "t", "escape", "q", "a"], ["proposed", "proposed", "proposed"]),
        (["t", TYPES["USES"]], ["rejected", "proposed", "proposed"]),
        (["t", TYPES["USES"], "u"], ["proposed", "proposed", "proposed"]),
    ],
    ids=lambda v: " ".join(v) if isinstance(v, list) else None,
)
def test_keys_in_decisions_out(session: Driven, keys: list[str], expected: list[str]) -> None:
    relations = [i.relation for i in session.review.queue[:3]]
    session.press(*keys)
    assert status_of(session.library, *relations) == expected


def test_a_reason_is_typed(session: Driven) -> None:
    first, second = (i.relation for i in session.review.queue[:2])
    session.press("r").type("主張が違う。q?").press("backspace", "", "enter").press("r", "enter")
    found = session.library.store.relations_by_id([first.id, second.id])
    assert [found[r.id].reason for r in (first, second)] == ["主張が違う。q", None]
    assert session.review.mode is Mode.ITEM


def about(session: Driven, kind: str) -> Relation:
    """The review at the first relation of that type between two papers."""
    at = next(n for n, i in enumerate(session.review.queue) if i.relation.type == kind and i.source.label == i.target.label == "Paper")
    session.review = replace(session.review, at=at)
    return session.review.queue[at].relation


def test_another_type_either_way(session: Driven) -> None:
    relation = about(session, "CONSISTENT_WITH")
    item = session.review.item
    assert item is not None
    session.press("t", TYPES["EXTENDS"])
    (new,) = [r for r, _, _ in session.library.relations(types=["extends"])]
    assert (new.source, new.target, new.status, new.asserted_by) == (item.source.id, item.target.id, "accepted", "user")
    assert [e.quote for e in new.evidence] == [e.quote for e in relation.evidence]
    session.press("u", "t", "v", TYPES["EXTENDS"])
    (new,) = [r for r, _, _ in session.library.relations(types=["extends"])]
    assert (new.source, new.target) == (item.target.id, item.source.id)
    session.press("b", "t")
    assert session.review.said.startswith("it is given another type: extends, change set")


def test_another_type_of_what_is_told_the_other_way_than_stored(session: Driven) -> None:
    at = next(n for n, i in enumerate(session.review.queue) if i.turned)
    session.review = replace(session.review, at=at)
    item = session.review.queue[at]
    session.press("t", "v", TYPES["USES"])
    assert {r.source for r, _, _ in session.library.relations(types=["uses"])} >= {item.source.id}


def test_reversing(iclr: Library, write: Callable[[str, str], Path]) -> None:
    iclr.import_notes(write("new.md", "# A\n- [A Paper on Notes](https://arxiv.org/abs/2401.00001)\n  - 下の論文の手法を使っている\n- [Another Paper on Notes](https://arxiv.org/abs/2401.00002)\n"))
    session = Driven(iclr, begin(iclr, source="new.md"), Order.LOWEST)
    (before,) = [i.relation for i in session.review.queue]
    session.press("v")
    (after,) = iclr.relations(types=[before.type], status="accepted")
    assert (after[0].source, after[0].target) == (before.target, before.source)
    assert status_of(iclr, before) == ["rejected"]
    assert session.review.mode is Mode.END
    session.press("u")
    assert status_of(iclr, before, after[0]) == ["proposed", "gone"]
    assert session.review.mode is Mode.ITEM


def test_what_cannot_be_reversed_says_so(session: Driven) -> None:
    for kind in ("CONSISTENT_WITH", "CONTRADICTS"):
        about(session, kind)
        assert "nothing to reverse" in session.press("v").review.said
    at = next(n for n, i in enumerate(session.review.queue) if i.relation.type == "APPLIES_TO")
    session.review = replace(session.review, at=at)
    assert "starts from a paper" in session.press("v").review.said
    assert session.review.decisions == ()


@pytest.mark.parametrize("every", STORES, indirect=True)
def test_every_store_keeps_what_is_decided(every: Library) -> None:
    session = Driven(every, begin(every), Order.NOTES)
    relations = [i.relation for i in session.review.queue]
    session.press("a", "r").type("違う").press("enter", "t", TYPES["RELATED_TO"], "s", "a", "u")
    assert status_of(every, *relations) == ["accepted", "rejected", "rejected", *["proposed"] * 4]
    assert [d.number for d in session.review.decisions] == [2, 3, 4, 5]
    assert [c.number for c in every.history(limit=1)] == [6]


# --- others write meanwhile


def test_what_others_decided_or_took_out_is_passed_over(session: Driven) -> None:
    ids = [i.relation.id for i in session.review.queue]
    session.library.accept(ids[1])
    session.library.remove(ids[2])
    session.press("s")
    assert session.review.item is not None
    assert session.review.item.relation.id == ids[3]
    assert f"passed over {ids[1]}: it was accepted elsewhere; passed over {ids[2]}: it has gone" in session.review.said
    session.library.reject(ids[0])
    session.press("b")
    assert session.review.item.relation.id == ids[3]
    assert len(session.review.queue) == 4


def test_what_changed_while_it_was_shown_is_shown_again_first(session: Driven) -> None:
    first, second = (i.relation for i in session.review.queue[:2])
    session.library.reject(first.id)
    shown, deed = press(session.review, "a")
    assert deed == Deed("accept", first.id)
    session.review = meet(replace(shown, mode=session._do(deed).mode), session._look)
    assert status_of(session.library, first, second) == ["rejected", "proposed"]
    assert session.review.item is not None
    assert session.review.item.relation.id == second.id


def test_what_cannot_be_undone_says_why(session: Driven) -> None:
    first = session.review.queue[0].relation
    session.press("a")
    session.library.reject(first.id)
    session.press("u")
    assert "undo these first" in session.review.said
    assert status_of(session.library, first) == ["rejected"]


def test_the_summary_names_the_change_sets(session: Driven) -> None:
    session.press("a", "a", "r", "enter", "t", TYPES["USES"], "s", "a", "u")
    assert summary(session.review) == [
        "accepted: 2 (change sets 2, 3)",
        "rejected: 1 (change set 4)",
        "given another type: 1 (change set 5)",
        "taken back: 1",
        "skipped: 1",
        "left to decide: 3",
        "`papergraph undo N` takes back a change set",
    ]
    session.library.undo(4)
    assert summary(begin(session.library)) == ["left to decide: 4"]


# --- what it looks like

HOSTILE = "\x1b[31m赤\x07い\u202e論文\x9b1m [bold]x[/bold]\u200d👩‍🔬が🇯🇵、" * 20
CONTEXTS = [Context(f"notes{n}.md:{n}", "前の行。\nその次の行\n  - ", "“引用された文”。位置エンコーディングは要らない、と言っている。" * 3, " 続き\nthe next line of the notes\n") for n in range(3)]
KEYS = [[], ["t"], ["t", "v"], ["r", *"理由はこうだ" * 30], ["?"], ["a"], ["a", "b"], ["z"], ["s"] * 7]


@pytest.mark.parametrize("keys", KEYS, ids=lambda k: "".join(k)[:6] or "first")
@pytest.mark.parametrize("size", [(80, 24), (120, 50), (40, 14), (31, 10), (24, 8), (8, 2), (200, 12)])
def test_a_screen_fits_its_window(session: Driven, keys: list[str], size: tuple[int, int]) -> None:
    session.press(*keys)
    columns, rows = size
    for contexts in ([], CONTEXTS[:1], CONTEXTS, [replace(CONTEXTS[0], before=HOSTILE, quote=HOSTILE, after=HOSTILE, place=HOSTILE)]):
        lines = screen(session.review, contexts, Order.LOWEST, columns, rows)
        assert len(lines) <= rows
        assert all(line.cell_len < columns for line in lines)
        assert not re.search(r"[\x00-\x1f\x7f-\x9f\u202e]", "".join(line.plain for line in lines))


def plain(review: Review, contexts: list[Context], columns: int = 80, rows: int = 24) -> list[str]:
    return [line.plain for line in screen(review, contexts, Order.LOWEST, columns, rows)]


def test_the_quote_is_whole_before_what_stands_around_it(session: Driven) -> None:
    context = replace(CONTEXTS[0], before="あ" * 2000 + "\n", after="い" * 2000)
    shown = "".join(plain(session.review, [context])).replace(" ", "")
    assert context.quote.replace(" ", "") in shown
    assert 0 < shown.count("あ") < 2000
    assert 0 < shown.count("い") < 2000
    small = plain(session.review, CONTEXTS, rows=16)
    assert any(re.fullmatch(r"and \d more sentences?", line) for line in small)
    assert small[-1].startswith("a accept")


def test_every_mode_shows_its_keys(session: Driven) -> None:
    def bottom(*keys: str) -> str:
        return plain(Driven(session.library, session.press(*keys).review, Order.LOWEST).review, [])[-1]

    about(session, "CONSISTENT_WITH")
    assert bottom() == "a accept  r reject  t type  s skip  b back  u undo  ? help  q quit"
    assert bottom("t") == "1–0 the type  v the other way round  Esc leave it"
    assert bottom("escape", "r") == "Enter reject  Esc back"
    assert bottom("escape", "a", "b") == "s skip  b back  u undo  ? help  q quit"
    assert bottom(*("s",) * 9) == "b back  u undo  ? help  q quit"


@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=120), st.integers(2, 40))
def test_lines_fold_into_columns_and_lose_nothing_but_spaces(text: str, columns: int) -> None:
    lines = [text[a:b] for a, b in folds(text, columns)]
    assert "".join(lines).replace(" ", "") == text.replace(" ", "")
    from rich.cells import cell_len

    assert all(sum(map(cell_len, line)) <= columns or len(folds(line, columns)) == 1 for line in lines)
    assert sum(map(cell_len, shortened(text, columns))) <= max(columns, 1)


@pytest.mark.parametrize(
    ("text", "columns", "lines"),
    [
        ("位置の情報は要らない。", 8, ["位置の情", "報は要ら", "ない。"]),
        ("位置の情報は。", 12, ["位置の情報", "は。"]),
        ("「位置」の「情報」", 8, ["「位置」", "の「情", "報」"]),
        ("Vision Mamba の論文は逆", 14, ["Vision Mamba", "の論文は逆"]),
        ("a verylongwordindeed b", 8, ["a", "verylong", "wordinde", "ed b"]),
        ("が" * 3 + "か\u3099", 4, ["がが", "がか\u3099"]),
        ("👩‍🔬👩‍🔬", 2, ["👩‍🔬", "👩‍🔬"]),
        ("", 4, []),
    ],
)
def test_where_lines_break(text: str, columns: int, lines: list[str]) -> None:
    assert [text[a:b] for a, b in folds(text, columns)] == lines


# --- in a terminal

POSITION = re.compile(r"\x1b\[(\d+);1H")
CODES = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")


class Window:
    """A papergraph review in a pseudo-terminal."""

    def __init__(self, store: Path, *words: str, **env: str) -> None:
        self.master, slave = pty.openpty()
        self.resize(80, 24)
        self.before = termios.tcgetattr(slave)
        self.slave = slave
        command = [sys.executable, "-m", "papergraph", "--db", str(store), "review", *words]
        self.process = subprocess.Popen(command, stdin=slave, stdout=slave, stderr=slave, start_new_session=True, env={**os.environ, "TERM": "xterm-256color", "PYTHONUTF8": "1", **env})
        self.raw = ""

    def resize(self, columns: int, rows: int) -> None:
        fcntl.ioctl(self.master, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))

    def until(self, words: str, seconds: float = 30) -> str:
        """What it wrote up to and with these words."""
        end = time.monotonic() + seconds
        while words not in CODES.sub("", self.raw):
            assert time.monotonic() < end, f"{words!r} did not come: {self.raw[-2000:]!r}"
            if select.select([self.master], [], [], 0.1)[0]:
                try:
                    self.raw += os.read(self.master, 65536).decode("utf-8", "replace")
                except OSError:
                    break
        assert words in CODES.sub("", self.raw), self.raw[-2000:]
        return self.raw

    def send(self, keys: str, words: str) -> str:
        """Send keys and wait for these words; what was written since."""
        self.raw = ""
        os.write(self.master, keys.encode())
        return self.until(words)

    def screen(self) -> dict[int, str]:
        """The rows of what was drawn last, by their numbers."""
        drawn = POSITION.split(self.raw)
        return {int(n): CODES.sub("", text) for n, text in zip(drawn[1::2], drawn[2::2], strict=True)}

    def close(self) -> None:
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()
        os.close(self.master)
        os.close(self.slave)


@contextmanager
def window(store: Path, *words: str, **env: str) -> Iterator[Window]:
    opened = Window(store, *words, **env)
    try:
        yield opened
    finally:
        opened.close()


@pytest.fixture
def store_file(iclr_file: Path, tmp_path: Path) -> Path:
    return Path(shutil.copy(iclr_file, tmp_path / "store.db"))


def statuses(store: Path) -> list[str]:
    with Library(open_store(str(store))) as library:
        return sorted(f"{r.status}{f' ({r.reason})' if r.reason else ''}" for status in (None, "rejected") for r, _, _ in library.relations(status=status) if r.status != "proposed")


def test_a_session_in_a_terminal(store_file: Path) -> None:
    with window(store_file) as opened:
        opened.until("quit")
        rows = opened.screen()
        assert rows[1].startswith("1 of 7 · least sure first")
        assert "state space もこの再パラメータ化手法に当てはまるらしい" in "".join(r.strip() for r in rows.values())
        assert max(map(width, rows.values())) < 80
        opened.send("a", "2 of 7 · accepted 1")
        opened.send("r", "Why not?")
        # longer than what one read of 32 bytes would hold
        opened.send("主張は逆ではなく、前提が違うだけ", "前提が違うだけ_")
        opened.send("\r", "3 of 7 · accepted 1 · rejected 1")
        opened.raw = ""
        opened.resize(50, 16)
        opened.process.send_signal(signal.SIGWINCH)  # for it is not the terminal that controls the process
        opened.until("u undo  ? help  q quit")
        assert max(map(width, opened.screen().values())) < 50
        opened.send("?", "any key")
        opened.send(" ", "3 of 7")
        out = opened.send("q", "`papergraph undo N` takes back a change set")
        assert "accepted: 1 (change set 2)" in out
        assert "\x1b[?1049l" in out
        assert opened.process.wait(20) == 0
        assert termios.tcgetattr(opened.slave) == opened.before
    assert statuses(store_file) == ["accepted", "rejected (主張は逆ではなく、前提が違うだけ)"]


def test_keys_meant_for_what_was_not_shown_yet_do_nothing(store_file: Path) -> None:
    with window(store_file) as opened:
        opened.until("1 of 7")
        opened.send("aaaaaaa", "2 of 7")
        opened.send("q", "left to decide: 6")
    assert statuses(store_file) == ["accepted"]


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGTERM, signal.SIGINT])
def test_what_was_decided_is_kept_when_it_is_killed(store_file: Path, how: signal.Signals) -> None:
    with window(store_file) as opened:
        opened.until("1 of 7")
        opened.send("a", "2 of 7")
        opened.send("r", "Why not?")
        opened.process.send_signal(how)
        assert opened.process.wait(20) == (-9 if how is signal.SIGKILL else 0)
        if how is not signal.SIGKILL:
            assert termios.tcgetattr(opened.slave) == opened.before
    assert statuses(store_file) == ["accepted"]


def test_another_papergraph_decides_meanwhile(store_file: Path) -> None:
    with Library(open_store(str(store_file))) as library:
        ids = [i.relation.id for i in begin(library).queue]
        with window(store_file) as opened:
            opened.until("1 of 7")
            library.reject(ids[0])
            assert f"passed over {ids[0]}" in CODES.sub("", opened.send("a", "1 of 6"))
            opened.send("q", "elsewhere: 1")
        assert status_of(library, *library.store.relations_by_id(ids[:1]).values()) == ["rejected"]


def test_without_colours(store_file: Path) -> None:
    with window(store_file, NO_COLOR="1") as opened:
        assert not re.search(r"\x1b\[[0-9;]*\b(3[0-7]|9[0-7]|38;)[0-9;]*m", opened.until("q quit"))
    with window(store_file, TERM="dumb") as opened:
        assert "\x1b" not in opened.until("q quit")
        opened.send("a", "2 of 7")
        assert "\x1b" not in opened.send("q", "accepted: 1")


def test_notes_cannot_steer_the_terminal(store_file: Path, write: Callable[[str, str], Path]) -> None:
    with Library(open_store(str(store_file))) as library:
        library.import_notes(write("evil.md", "# A\n- [A Paper \x9b31m\x07 Codes \u202eand More](https://arxiv.org/abs/2401.00001)\n  - 下の論文と主張が一致 \x1b]0;x\x07\x9b2J[bold]\n- [Another Paper on Notes](https://arxiv.org/abs/2401.00002)\n"))
    with window(store_file, "--source", "evil") as opened:
        drawn = opened.until("q quit")
        assert "1 of 1" in drawn
        assert not re.search("[\x00-\x09\x0b\x0c\x0e-\x1a\x1c-\x1f\x7f-\x9f\u202e]", drawn)
        assert not re.search(r"\x1b(?!\[(?:[0-9;]*[mHKJ]|\?(?:25|1049)[hl]))", drawn)
        assert drawn.count("\x1b[2J") == 0


def test_not_on_a_terminal(run: Run) -> None:
    found = run("review", code=2)
    for words in ("relations --status proposed --json", "accept ID…", "reject ID… --reason"):
        assert words in found.stderr


def test_nothing_to_decide(store_file: Path) -> None:
    with window(store_file, "--type", "extends") as opened:
        opened.until("no relations like that are proposed")
        assert opened.process.wait(20) == 1
