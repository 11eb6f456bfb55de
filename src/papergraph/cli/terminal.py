"""A terminal as a window of lines and single keys, given back as it was whatever happens."""

from __future__ import annotations

import codecs
import os
import re
import select
import shutil
import signal
import sys
from collections.abc import Callable
from types import FrameType
from typing import TYPE_CHECKING, Any, Self

from papergraph.cli.output import console
from papergraph.errors import UsageError

if TYPE_CHECKING:
    from rich.text import Text

Draw = Callable[[int, int], "list[Text]"]
"""The lines of a window of so many columns and rows."""
_KEY = re.compile(r"\x1b(?:\[[0-?]*[ -/]*[@-~]|O.)|.", re.DOTALL)
_NAMES = {
    "\r": "enter",
    "\n": "enter",
    "\x1b": "escape",
    "\x7f": "backspace",
    "\x08": "backspace",
    "\x1b[C": "right",
    "\x1b[D": "left",
    "\x1bOC": "right",
    "\x1bOD": "left",
    "\x03": "quit",
    "\x04": "quit",
}
_ESCAPE_SECONDS = 0.05
"""How long the rest of a key's code may take after its Esc."""


def is_terminal() -> bool:
    """Whether keys come from a terminal and lines go to one."""
    return sys.stdin.isatty() and sys.stdout.isatty()


class Terminal:
    """The terminal while a program has it: keys come singly and unseen, lines go where they belong.

    Each line is put at its own row, so that nothing ever scrolls or wraps; a change of the window's size draws anew at once. A
    terminal without these means (`TERM=dumb`) gets one screen after another.
    """

    def __init__(self) -> None:
        try:
            import termios  # noqa: F401 - not on every system
        except ImportError:
            raise UsageError("this system's terminal gives no single keys; use `papergraph relations --status proposed`, `accept ID…` and `reject ID…`") from None
        self._in, self._out = sys.stdin.fileno(), sys.stdout.fileno()
        self._decode = codecs.getincrementaldecoder("utf-8")("replace")
        self._console = console()
        self._plain = self._console.is_dumb_terminal
        self._draw: Draw | None = None
        self._drawing = False
        self._before: list[Any] = []
        self._handlers: dict[signal.Signals, Any] = {}

    def __enter__(self) -> Self:
        import termios

        self._before = termios.tcgetattr(self._in)
        self._handlers = {s: signal.signal(s, do) for s, do in ((signal.SIGWINCH, self._resized), (signal.SIGCONT, self._resumed), (signal.SIGTERM, self._ended), (signal.SIGHUP, self._ended))}
        self._take()
        return self

    def __exit__(self, *exc: object) -> None:
        import termios

        for which, handler in self._handlers.items():
            signal.signal(which, handler)
        self._write("" if self._plain else "\x1b[?25h\x1b[?1049l")
        termios.tcsetattr(self._in, termios.TCSADRAIN, self._before)

    def _take(self) -> None:
        import termios
        import tty

        tty.setcbreak(self._in)
        # Ctrl-Z would leave the window to the shell
        mode = termios.tcgetattr(self._in)
        mode[6][termios.VSUSP] = bytes([os.fpathconf(self._in, "PC_VDISABLE") & 0xFF])
        termios.tcsetattr(self._in, termios.TCSANOW, mode)
        self._write("" if self._plain else "\x1b[?1049h\x1b[?25l")

    def show(self, draw: Draw) -> None:
        """Draw a screen, and again whenever the window's size changes."""
        self._draw = draw
        self._redraw()

    def _redraw(self) -> None:
        if self._draw is None or self._drawing:
            return
        self._drawing = True
        try:
            size = shutil.get_terminal_size() if self._plain else os.get_terminal_size(self._out)
            lines = [self._rendered(line) for line in self._draw(size.columns, size.lines)]
        finally:
            self._drawing = False
        if self._plain:
            self._write("\n".join(line for line in lines if line.strip()) + "\n\n")
        else:
            self._write("".join(f"\x1b[{n};1H{line}\x1b[K" for n, line in enumerate(lines, 1)) + "\x1b[J")

    def _rendered(self, line: Text) -> str:
        with self._console.capture() as got:
            self._console.print(line, end="", soft_wrap=True)
        return got.get()

    def _write(self, text: str) -> None:
        data = text.encode(sys.stdout.encoding or "utf-8", "replace")
        while data:
            data = data[os.write(self._out, data) :]

    def pressed(self) -> list[str]:
        """The keys that were pressed, at least one: characters, or the names that `papergraph.reviewing.press` knows."""
        try:
            data = os.read(self._in, 1024)
            if data.endswith(b"\x1b") and select.select([self._in], [], [], _ESCAPE_SECONDS)[0]:
                data += os.read(self._in, 1024)
        except KeyboardInterrupt:
            return ["quit"]
        if not data:
            return ["quit"]
        return [_NAMES.get(k, k if len(k) == 1 else "") for k in _KEY.findall(self._decode.decode(data))]

    def forget(self) -> None:
        """Drop keys that were pressed before what is shown now was."""
        import termios

        termios.tcflush(self._in, termios.TCIFLUSH)

    def _resized(self, _signal: int, _frame: FrameType | None) -> None:
        self._redraw()

    def _resumed(self, _signal: int, _frame: FrameType | None) -> None:
        self._take()
        self._redraw()

    def _ended(self, _signal: int, _frame: FrameType | None) -> None:
        raise KeyboardInterrupt
