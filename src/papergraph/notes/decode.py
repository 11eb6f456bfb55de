"""Bytes of a file → its text: UTF-8 first, then what can be told surely, else an error that says where."""

from __future__ import annotations

import codecs
from dataclasses import dataclass

from papergraph.errors import NotesError
from papergraph.folding import is_cjk

LARGEST_FILE = 256 * 1024 * 1024
"""Bytes above which a file is refused: no reading notes are that long."""

_JAPANESE = ("cp932", "euc_jp")


@dataclass(frozen=True, slots=True)
class Decoded:
    """A file's text without byte order mark, newlines as they stand, and the encoding it was in."""

    text: str
    encoding: str


def decode(data: bytes, name: str, encoding: str | None = None) -> Decoded:
    """The text of `data`.

    Parameters
    ----------
    data
        The whole file.
    name
        What error messages call it.
    encoding
        The encoding to use; `None` to find it: UTF-8, UTF-16 with a byte order mark, Shift_JIS, EUC-JP.

    Raises
    ------
    NotesError
        If the file is empty, binary, or in no encoding that can be told; with the line and byte that show it.
    """
    found = _decoded(data, name, encoding)
    if not found.text.strip():
        raise NotesError(f"{name}: the file is empty; nothing to import")
    return found


def _decoded(data: bytes, name: str, encoding: str | None) -> Decoded:
    if encoding is not None:
        return _decode_as(data, name, encoding)
    for mark, utf16 in ((codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16")):
        if data.startswith(mark):
            return _decode_as(data, name, utf16)
    if b"\0" in data[:65536]:
        raise NotesError(f"{name}: looks like a binary file (a zero byte at offset {data.index(0)}), not notes; give text or Markdown")
    try:
        return Decoded(data.decode("utf-8-sig"), "utf-8")
    except UnicodeDecodeError as error:
        found = None if _is_damaged_utf8(data) else _detect(data)
        if found is not None:
            return found
        at = error.start
        line = data.count(b"\n", 0, at) + 1
        column = len(data[data.rfind(b"\n", 0, at) + 1 : at].decode("utf-8", "replace")) + 1
        raise NotesError(
            f"{name}:{line}: not UTF-8: byte 0x{data[at]:02x} at column {column} (offset {at}); "
            "say which encoding it is, for example --encoding cp932, or save the file as UTF-8"
        ) from error


def _decode_as(data: bytes, name: str, encoding: str) -> Decoded:
    try:
        codec = codecs.lookup(encoding)
        text = data.decode(codec.name)
    except LookupError as error:
        raise NotesError(f"unknown encoding '{encoding}'; Python's names count, for example utf-8, cp932, euc_jp, utf-16") from error
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise NotesError(f"{name}:{line}: not {codec.name}: byte 0x{data[error.start]:02x} at offset {error.start}; try another --encoding") from error
    return Decoded(text.removeprefix("\ufeff"), codec.name)


def _is_damaged_utf8(data: bytes) -> bool:
    """Whether most of what is not ASCII is valid UTF-8: then another encoding would only turn it into rubbish."""
    text = data.decode("utf-8", "replace")
    broken = text.count("\ufffd")
    return sum(1 for c in text if c > "\x7f") - broken > 4 * broken


def _detect(data: bytes) -> Decoded | None:
    from charset_normalizer import from_bytes

    # the head is enough to tell the encoding; the whole must then decode in it
    best = from_bytes(data[: 64 * 1024].rsplit(b"\n", 1)[0] or data[: 64 * 1024], cp_isolation=list(_JAPANESE)).best()
    for candidate in ([best.encoding] if best is not None else []):
        try:
            text = data.decode(candidate)
        except UnicodeDecodeError:
            continue
        if is_cjk(text):
            return Decoded(text, candidate)
    return None
